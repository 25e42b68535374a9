//! Text to tokens: LaTeX, plain ASCII and Unicode in one alphabet.
//!
//! Spacing, sizing and styling commands vanish here, so that the parser sees one notation.

mod commands;
mod letters;
mod markup;
mod number;
mod unicode;

use crate::read::tree::{
    Constant, Delimiter, Environment, Function, Literal, Name, Relation, Series, Span,
};
use crate::value::Sign;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum TokenKind {
    Number(Literal),
    Vulgar(u32, u8),
    /// Unicode superscript digits, by their value and sign.
    Superscript(i32),
    Subscript(i32),
    Symbol(Name),
    Constant(Constant),
    Function(Function),
    /// A word: a run of letters inside `\text{…}`, or one outside that is neither a function nor a
    /// product of letters.
    Word,
    /// A number in a circle, which labels or numbers a statement.
    Circled(u32),
    /// `\forall`
    ForAll,
    /// `\exists`
    Exists,
    Limit,
    Integral,
    Plus,
    Minus,
    PlusMinus,
    MinusPlus,
    Times,
    Slash,
    Caret,
    Underscore,
    Bang,
    Prime(u32),
    Percent,
    Degree,
    Currency,
    Open(Delimiter),
    Close(Delimiter),
    /// `|`, which opens or closes.
    Bar,
    GroupOpen,
    GroupClose,
    Relation(Relation),
    Comma,
    Semicolon,
    Colon,
    Period,
    And,
    Or,
    /// `\neg` before a proposition.
    Not,
    /// `\quad`: separates two items where nothing else does.
    Quad,
    Union,
    Intersection,
    SetMinus,
    Fraction,
    Binomial,
    SquareRoot,
    /// `∛` and `∜`, by their degree.
    RootSign(u8),
    Over,
    Choose,
    Series(Series),
    Modulo,
    Accent(&'static str),
    Begin(Environment),
    End,
    Ampersand,
    RowBreak,
    Ellipsis,
    /// A command that the grammar does not know.
    UnknownCommand,
    /// A character that the grammar does not know.
    Unknown,
    EndOfText,
}

/// A token and where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) span: Span,
}

/// Splits `text[range]` into tokens; the last is [`TokenKind::EndOfText`].
pub(crate) fn tokens(text: &str, range: Span) -> Vec<Token> {
    let (start, end) = (range.start as usize, range.end as usize);
    let mut lexer = Lexer {
        text,
        bytes: &text.as_bytes()[..end],
        at: start,
        depth: 0,
        environments: Vec::new(),
        dollars_delimit: false,
        negation: None,
        bare_ends: Vec::new(),
        ungrouped_before: 0,
        in_words: false,
        tokens: Vec::with_capacity((end - start) / 2 + 4),
    };
    lexer.dollars_delimit = lexer.count_dollars().is_multiple_of(2);
    while lexer.at < end {
        lexer.next();
        lexer.negate();
    }
    lexer.emit(TokenKind::EndOfText, end);
    let mut tokens = lexer.tokens;
    if let Some(bar) = lone_bar(text, &tokens) {
        tokens[bar].kind = TokenKind::Relation(Relation::Other(Sign::Divides));
    }
    divisors(text, &mut tokens);
    tokens
}

/// Reads `3 \mid n` outside of brackets as a relation, wherever it stands: `2 \text{ if } 3 \mid n`.
fn divisors(text: &str, tokens: &mut [Token]) {
    let mut depth = 0_usize;
    for at in 1..tokens.len() {
        match tokens[at].kind {
            TokenKind::Open(_) | TokenKind::GroupOpen => depth += 1,
            TokenKind::Close(_) | TokenKind::GroupClose => depth = depth.saturating_sub(1),
            TokenKind::Bar
                if depth == 0
                    && tokens[at].span.of(text).starts_with("\\mid")
                    && matches!(tokens[at - 1].kind, TokenKind::Number(_))
                    && matches!(tokens[at + 1].kind, TokenKind::Symbol(_)) =>
            {
                tokens[at].kind = TokenKind::Relation(Relation::Other(Sign::Divides));
            }
            _ => {}
        }
    }
}

/// The one bar of a text, or of the condition of a set, where it stands between two things and in no bracket:
/// `6 \mid n`, `\{n : 6 \mid n\}`.
fn lone_bar(text: &str, tokens: &[Token]) -> Option<usize> {
    let is_bar = |token: &Token| {
        matches!(
            token.kind,
            TokenKind::Bar | TokenKind::Open(Delimiter::Bar) | TokenKind::Close(Delimiter::Bar)
        )
    };
    let opened = |tokens: &[Token]| {
        tokens.iter().any(|token| {
            matches!(token.kind, TokenKind::Open(_) | TokenKind::Close(_) | TokenKind::Word)
        })
    };
    let (from, to) = condition_of_set(text, tokens).unwrap_or((0, tokens.len() - 1));
    let bar = from + tokens[from..to].iter().position(is_bar)?;
    let (before, after) = (&tokens[from..bar], &tokens[bar + 1..to]);
    let alone = tokens[bar].kind == TokenKind::Bar && !after.iter().any(is_bar);
    (alone && !before.is_empty() && !after.is_empty() && !opened(before) && !opened(after))
        .then_some(bar)
}

/// Where the condition of a text that is one set-builder lies: behind its colon or `\mid`. A plain bar may be one of
/// two around an absolute value.
fn condition_of_set(text: &str, tokens: &[Token]) -> Option<(usize, usize)> {
    let &[open, ref inside @ .., close, _] = tokens else { return None };
    let braces = open.kind == TokenKind::Open(Delimiter::Brace)
        && close.kind == TokenKind::Close(Delimiter::Brace)
        && !inside.iter().any(|token| token.kind == TokenKind::Close(Delimiter::Brace));
    let begins = |token: &Token| match token.kind {
        TokenKind::Colon => true,
        TokenKind::Bar => token.span.of(text).trim() == "\\mid",
        _ => false,
    };
    let sign = tokens.iter().position(begins).filter(|_| braces)?;
    Some((sign + 1, tokens.len() - 2))
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// Open `(`, `[` and `\{`: inside them a comma between digits separates.
    depth: usize,
    /// The open environments, `None` for those that are not read.
    environments: Vec<Option<Environment>>,
    /// Whether `$` delimits mathematics here, or is the currency.
    dollars_delimit: bool,
    /// A `\not` that waits for its relation: where it stands, and the tokens before it.
    negation: Option<(usize, usize)>,
    /// Where the `\right.` stand that belong to the `\left|` of a set-builder.
    bare_ends: Vec<usize>,
    /// Up to this place, commas between digits separate: some of them do not stand before groups.
    ungrouped_before: usize,
    /// Inside `\text{…}`: letters are words.
    in_words: bool,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    /// Emits a token from `start` to the current place.
    fn emit(&mut self, kind: TokenKind, start: usize) {
        self.tokens.push(Token { kind, span: Span::new(start, self.at) });
    }

    fn single(&mut self, kind: TokenKind) {
        let start = self.at;
        self.at += 1;
        self.emit(kind, start);
    }

    fn count_dollars(&self) -> usize {
        if memchr::memchr(b'$', &self.bytes[self.at..]).is_none() {
            return 0;
        }
        let mut escaped = false;
        let mut count = 0;
        for &byte in &self.bytes[self.at..] {
            count += usize::from(byte == b'$' && !escaped);
            escaped = byte == b'\\' && !escaped;
        }
        count
    }

    fn last(&self) -> TokenKind {
        self.tokens.last().map_or(TokenKind::EndOfText, |token| token.kind)
    }

    fn next(&mut self) {
        if self.in_words { self.next_in_words() } else { self.next_sign() }
    }

    #[expect(clippy::too_many_lines, reason = "one line a sign")]
    fn next_sign(&mut self) {
        let start = self.at;
        match self.bytes[start] {
            b' ' | b'\t' | b'\n' | b'\r' | b'~' | 0x0b | 0x0c => self.at += 1,
            b'0'..=b'9' => self.number(),
            b'.' if self.byte(start + 1).is_ascii_digit() => self.number(),
            b'.' if self.bytes[start..].starts_with(b"...") => {
                self.at += 3;
                self.emit(TokenKind::Ellipsis, start);
            }
            b'a'..=b'z' | b'A'..=b'Z' => self.letters(),
            b'\\' => self.command(),
            b'+' if self.bytes[start..].starts_with(b"+-")
                || self.bytes[start..].starts_with(b"+/-") =>
            {
                self.at += if self.byte(start + 1) == b'/' { 3 } else { 1 };
                let kind = if self.at > start + 1 { TokenKind::PlusMinus } else { TokenKind::Plus };
                self.emit(kind, start);
            }
            b'+' => self.single(TokenKind::Plus),
            b'-' => {
                if self.byte(start + 1) == b'>' {
                    self.at += 2;
                    self.emit(TokenKind::Relation(Relation::Other(Sign::To)), start);
                } else {
                    self.single(TokenKind::Minus);
                }
            }
            b'*' => {
                // `**` is Python's power, or markdown's bold where it stands at an edge.
                if self.byte(start + 1) == b'*' {
                    self.at += 2;
                    self.emit(TokenKind::Caret, start);
                } else {
                    self.single(TokenKind::Times);
                }
            }
            b'/' => self.single(TokenKind::Slash),
            b'^' => self.single(TokenKind::Caret),
            b'_' => self.single(TokenKind::Underscore),
            // Behind a digit or a bracket, `4!=24` is a factorial and an equals sign.
            b'!' if self.byte(start + 1) == b'='
                && self.byte(start + 2) != b'='
                && !(start > 0
                    && matches!(self.bytes[start - 1], b'0'..=b'9' | b')' | b']' | b'}')) =>
            {
                self.at += 2;
                self.emit(TokenKind::Relation(Relation::NotEqual), start);
            }
            b'!' => self.single(TokenKind::Bang),
            b'\'' => {
                while self.byte(self.at) == b'\'' {
                    self.at += 1;
                }
                let count = u32::try_from(self.at - start).unwrap_or(u32::MAX);
                self.emit(TokenKind::Prime(count), start);
            }
            b'%' => self.single(TokenKind::Percent),
            b'$' => {
                if self.dollars_delimit {
                    self.at += 1;
                } else {
                    self.single(TokenKind::Currency);
                }
            }
            b'(' => {
                self.open(Delimiter::Paren, 1);
                self.counted_things();
            }
            b')' => self.close(Delimiter::Paren, 1),
            b'[' => self.open(Delimiter::Square, 1),
            b']' => self.close(Delimiter::Square, 1),
            b'{' => self.group_open(),
            b'}' => self.single(TokenKind::GroupClose),
            // The seconds of `21°14'24"`, the inches of `5'4"` and `8\frac12"`.
            b'"' if self.closes_inches(start) => {
                self.single(TokenKind::Prime(2));
            }
            b'|' => {
                self.at += if self.byte(start + 1) == b'|' && self.last() == TokenKind::EndOfText {
                    2
                } else {
                    1
                };
                self.emit(TokenKind::Bar, start);
            }
            b'=' => {
                self.at += if self.byte(start + 1) == b'=' { 2 } else { 1 };
                let kind = match self.byte(self.at) {
                    b'<' if self.at == start + 1 => {
                        self.at += 1;
                        Relation::LessEqual
                    }
                    b'>' if self.at == start + 1 => {
                        self.at += 1;
                        Relation::Other(Sign::Implies)
                    }
                    _ => Relation::Equal,
                };
                self.emit(TokenKind::Relation(kind), start);
            }
            b'<' => self.less_or_greater(Relation::Less, Relation::LessEqual),
            b'>' => self.less_or_greater(Relation::Greater, Relation::GreaterEqual),
            b',' => self.single(TokenKind::Comma),
            b';' => self.single(TokenKind::Semicolon),
            b':' => {
                self.at += if self.byte(start + 1) == b'=' { 2 } else { 1 };
                let kind = if self.at == start + 2 {
                    TokenKind::Relation(Relation::Equal)
                } else {
                    TokenKind::Colon
                };
                self.emit(kind, start);
            }
            // In aligned lines `&` only lines up.
            b'&' if matches!(self.environments.last(), Some(Some(Environment::Lines))) => {
                self.at += 1;
            }
            b'&' => self.single(TokenKind::Ampersand),
            b'.' => self.single(TokenKind::Period),
            b'#' => {
                self.at += 1;
                self.restating(start);
            }
            0x80.. => self.unicode(),
            _ => self.single(TokenKind::Unknown),
        }
    }

    /// Whether a quotation mark stands behind a number and closes no quotation.
    fn closes_inches(&self, start: usize) -> bool {
        let number = self.follows_number(start)
            || matches!(self.last(), TokenKind::GroupClose | TokenKind::Vulgar(..))
            || self
                .tokens
                .iter()
                .rev()
                .nth(1)
                .is_some_and(|token| token.kind == TokenKind::Fraction);
        number && !self.bytes[..start].contains(&b'"')
    }

    fn less_or_greater(&mut self, strict: Relation, weak: Relation) {
        let start = self.at;
        self.at += 1;
        let mut kind = strict;
        if self.byte(self.at) == b'=' {
            self.at += 1;
            kind = weak;
        } else if strict == Relation::Less && self.byte(self.at) == b'>' {
            self.at += 1;
            kind = Relation::NotEqual;
        }
        self.emit(TokenKind::Relation(kind), start);
    }

    fn open(&mut self, delimiter: Delimiter, width: usize) {
        let start = self.at;
        self.at += width;
        self.depth += 1;
        self.emit(TokenKind::Open(delimiter), start);
    }

    fn close(&mut self, delimiter: Delimiter, width: usize) {
        let start = self.at;
        self.at += width;
        self.depth = self.depth.saturating_sub(1);
        self.emit(TokenKind::Close(delimiter), start);
    }

    /// `{`, except in `{,}` and `{:}`, which are the bare signs.
    fn group_open(&mut self) {
        let start = self.at;
        if self.byte(start + 2) == b'}' && matches!(self.byte(start + 1), b',' | b':') {
            self.at += 3;
            let kind =
                if self.byte(start + 1) == b',' { TokenKind::Comma } else { TokenKind::Colon };
            self.emit(kind, start);
        } else if self.follows_number(start) && self.bytes[start..].starts_with(b"{}^")
            || matches!(self.last(), TokenKind::Number(_))
                && self.bytes[start..].starts_with(b"{ }^")
        {
            // `35 ${ }^{\circ}$`: nothing to hang the sign on.
            self.at += if self.byte(start + 1) == b'}' { 2 } else { 3 };
        } else {
            self.single(TokenKind::GroupOpen);
        }
    }
}

/// The place of the `}` that closes the `{` at `open`.
pub(crate) fn matching_brace(bytes: &[u8], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = open;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'{' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}
