//! Text to tokens: LaTeX, plain ASCII and Unicode in one alphabet.
//!
//! Spacing, sizing and styling commands vanish here, so that the parser sees one notation.

mod commands;
mod markup;
mod number;
mod unicode;

pub(crate) use commands::is_text;

use crate::ast::{
    Constant, Delimiter, Environment, Function, Literal, Name, Relation, Series, Span,
};

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
    /// The inside of `\text{…}`.
    Text,
    /// A run of letters that is neither a function nor a product of letters.
    Word,
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
        ungrouped_before: 0,
        tokens: Vec::with_capacity((end - start) / 2 + 4),
    };
    lexer.dollars_delimit = lexer.count_dollars().is_multiple_of(2);
    while lexer.at < end {
        lexer.next();
        lexer.negate();
    }
    lexer.emit(TokenKind::EndOfText, end);
    lexer.tokens
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
    /// Up to this place, commas between digits separate: some of them do not stand before groups.
    ungrouped_before: usize,
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

    #[expect(clippy::too_many_lines, reason = "one line a sign")]
    fn next(&mut self) {
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
                    self.emit(TokenKind::Relation(Relation::Other("to")), start);
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
            b'!' if self.byte(start + 1) == b'=' && self.byte(start + 2) != b'=' => {
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
            b'(' => self.open(Delimiter::Paren, 1),
            b')' => self.close(Delimiter::Paren, 1),
            b'[' => self.open(Delimiter::Square, 1),
            b']' => self.close(Delimiter::Square, 1),
            b'{' => self.group_open(),
            b'}' => self.single(TokenKind::GroupClose),
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
                        Relation::Other("Rightarrow")
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
            0x80.. => self.unicode(),
            _ => self.single(TokenKind::Unknown),
        }
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
        } else {
            self.single(TokenKind::GroupOpen);
        }
    }

    /// A run of ASCII letters: a function, a keyword, a word, or a product of letters.
    fn letters(&mut self) {
        let start = self.at;
        let mut end = start + 1;
        while self.byte(end).is_ascii_alphabetic() {
            end += 1;
        }
        let run = &self.text[start..end];
        if end == start + 1 {
            self.at = end;
            self.emit(TokenKind::Symbol(Name::Letter(char::from(self.bytes[start]))), start);
            return;
        }
        if let Some(kind) = commands::word(run) {
            self.at = end;
            self.emit(kind, start);
        } else if commands::is_word(run) {
            // An apostrophe inside belongs to the word.
            self.at = end;
            self.emit(TokenKind::Word, start);
        } else {
            for (offset, letter) in run.char_indices() {
                self.at = start + offset + 1;
                self.emit(TokenKind::Symbol(Name::Letter(letter)), start + offset);
            }
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
