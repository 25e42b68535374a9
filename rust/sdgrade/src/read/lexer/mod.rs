//! Text to tokens: LaTeX, plain ASCII and Unicode in one alphabet.
//!
//! Spacing, sizing and styling commands vanish here, so that the parser sees one notation.

mod commands;
mod markup;
mod number;
mod unicode;

use super::units;
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
    if let Some(bar) = lone_bar(&tokens) {
        tokens[bar].kind = TokenKind::Relation(Relation::Other(Sign::Divides));
    }
    tokens
}

/// The one bar of a text, where it stands between two things and in no bracket: `6 \mid n`.
fn lone_bar(tokens: &[Token]) -> Option<usize> {
    let is_bar = |token: &Token| {
        matches!(
            token.kind,
            TokenKind::Bar | TokenKind::Open(Delimiter::Bar) | TokenKind::Close(Delimiter::Bar)
        )
    };
    let bar = tokens.iter().position(is_bar)?;
    let opened = |tokens: &[Token]| {
        tokens.iter().any(|token| {
            matches!(token.kind, TokenKind::Open(_) | TokenKind::Close(_) | TokenKind::Word)
        })
    };
    let (before, after) = (&tokens[..bar], &tokens[bar + 1..tokens.len() - 1]);
    let alone = tokens[bar].kind == TokenKind::Bar && !after.iter().any(is_bar);
    (alone && !before.is_empty() && !after.is_empty() && !opened(before) && !opened(after))
        .then_some(bar)
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
            b'(' => {
                self.open(Delimiter::Paren, 1);
                self.counted_things();
            }
            b')' => self.close(Delimiter::Paren, 1),
            b'[' => self.open(Delimiter::Square, 1),
            b']' => self.close(Delimiter::Square, 1),
            b'{' => self.group_open(),
            b'}' => self.single(TokenKind::GroupClose),
            // The seconds of `21°14'24"`.
            b'"' if self.follows_number(start)
                && self.tokens.iter().any(|token| token.kind == TokenKind::Degree) =>
            {
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

    /// A run of ASCII letters: a function, a keyword, a word, or a product of letters.
    fn letters(&mut self) {
        let start = self.at;
        let mut end = start + 1;
        while self.byte(end).is_ascii_alphabetic() {
            end += 1;
        }
        if let Some(end) = self.hexadecimal_at(start) {
            self.at = end;
            return self.emit(TokenKind::Number(Literal::default()), start);
        }
        let run = &self.text[start..end];
        let raised = self.tokens.len() > 1
            && self.last() == TokenKind::GroupOpen
            && self.tokens[self.tokens.len() - 2].kind == TokenKind::Caret;
        if matches!(run, "st" | "nd" | "rd" | "th") && (self.follows_number(start) || raised) {
            self.at = end;
            return self.emit(TokenKind::Word, start);
        }
        // `3:30 p.m.`
        if self.bytes[end..].starts_with(b".m") && matches!(run, "a" | "p" | "A" | "P") {
            self.at = end + 2 + usize::from(self.byte(end + 2) == b'.');
            return self.emit(TokenKind::Word, start);
        }
        if end == start + 1 {
            if run.as_bytes()[0].is_ascii_uppercase() {
                return self.capitals(start, end);
            }
            self.at = end;
            let article = run == "a" && self.is_article(end);
            let letter = Name::Letter(char::from(self.bytes[start]));
            self.emit(if article { TokenKind::Word } else { TokenKind::Symbol(letter) }, start);
            return;
        }
        // `tip: 6`
        let label = end > start + 2 && self.bytes[end..].starts_with(b": ");
        if label && run.bytes().all(|byte| byte.is_ascii_lowercase()) {
            self.at = end;
            return self.emit(TokenKind::Word, start);
        }
        if run == "Rs" && self.stands_before_number(end) {
            self.at = end + usize::from(self.byte(end) == b'.');
            return self.emit(TokenKind::Currency, start);
        }
        // `\frac{n}{pm}`: a half of the day has its hour before it.
        if commands::is_half_day(run)
            && !matches!(self.last(), TokenKind::Number(_) | TokenKind::Word)
        {
            return self.product_of_letters(start, end);
        }
        if self.joins_letter(start, run) {
            return self.hyphenated(end);
        }
        if run == "times" && self.ends_count(end) || run == "in" && self.word_follows(end) {
            self.at = end;
            self.emit(TokenKind::Word, start);
        } else if let Some(kind) = commands::word(run) {
            self.at = end;
            self.emit(kind, start);
        } else if commands::is_word(run) && self.stands_alone(start, end)
            || self.is_unit(run)
            || self.stands_amid_words(run, end)
        {
            self.at = self.end_of_word(end);
            self.emit(TokenKind::Word, start);
        } else if run.bytes().all(|byte| byte.is_ascii_uppercase()) {
            self.capitals(start, end);
        } else {
            self.product_of_letters(start, end);
        }
    }

    /// Whether small letters stand between two words, as a third: `to buy the plums`.
    fn stands_amid_words(&self, run: &str, end: usize) -> bool {
        let rest = &self.text[end..self.bytes.len()];
        let next = rest.trim_start();
        let letters = next.bytes().take_while(u8::is_ascii_alphabetic).count();
        self.last() == TokenKind::Word
            && next.len() < rest.len()
            && run.bytes().all(|byte| byte.is_ascii_lowercase())
            && letters > 1
            && commands::is_word(&next[..letters])
            && commands::word(&next[..letters]).is_none()
    }

    /// Whether letters stand where a word does: a short one between spaces, not beside a digit or a sign.
    fn stands_alone(&self, start: usize, end: usize) -> bool {
        end - start > 3 || {
            let before = if start == 0 { b' ' } else { self.bytes[start - 1] };
            let after = self.byte(end);
            let next = self.bytes[end..].iter().find(|&&byte| byte != b' ').copied().unwrap_or(0);
            let apart = |byte: u8| {
                byte.is_ascii_whitespace()
                    || matches!(byte, b'$' | b'{' | b'~' | b'(' | b'\\' | b',')
            };
            let unit = units::is_unit(&self.text[start..end]);
            // `a maximum value of -3`
            let signed = self.last() == TokenKind::Word
                && self.text[end..self.bytes.len()]
                    .trim_start_matches([' ', '$'])
                    .strip_prefix('-')
                    .is_some_and(|rest| {
                        rest.starts_with(|c: char| c.is_ascii_digit() || c == '\\')
                    });
            (unit || apart(before))
                && !matches!(after, b'_' | b'^' | b'(' | b'\'')
                && (unit
                    || signed
                    || !matches!(next, b'+' | b'-' | b'=' | b'<' | b'>' | b'^' | b'*' | b'/'))
        }
    }

    /// Whether a number follows, after a full stop and spaces: `Rs. 930`.
    fn stands_before_number(&self, end: usize) -> bool {
        let rest = self.text[end..self.bytes.len()].trim_start_matches(['.', ' ']);
        rest.starts_with(|c: char| c.is_ascii_digit())
    }

    /// Whether a word follows, which no relation has on its right: `5 in total`.
    fn word_follows(&self, end: usize) -> bool {
        let rest = self.text[end..self.bytes.len()].trim_start();
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        letters > 2
            && commands::is_word(&rest[..letters])
            && commands::word(&rest[..letters]).is_none()
    }

    /// Whether `times` at a place counts, and multiplies nothing: `5 times`, `5 times a day`.
    fn ends_count(&self, end: usize) -> bool {
        let rest = self.text[end..self.bytes.len()].trim_start();
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        matches!(self.last(), TokenKind::Number(_))
            && (rest.is_empty()
                || rest.starts_with(['.', ',', ')', '}', '$'])
                || letters > 1 && commands::is_word(&rest[..letters])
                || rest.starts_with("a "))
    }

    /// Whether a word is tied to a letter by a hyphen: `P-value`, `x-intercept`.
    fn joins_letter(&self, start: usize, run: &str) -> bool {
        let &[.., letter, hyphen] = &self.tokens[..] else { return false };
        (matches!(letter.kind, TokenKind::Symbol(Name::Letter(_)))
            || letter.kind == TokenKind::Word && letter.span.end == letter.span.start + 1)
            && hyphen.kind == TokenKind::Minus
            && hyphen.span.end as usize == start
            && run.len() > 2
            && commands::is_word(run)
            && commands::word(run).is_none()
            && self.text[letter.span.end as usize..hyphen.span.start as usize]
                .bytes()
                .all(|byte| matches!(byte, b'$' | b'}'))
    }

    /// One word of a letter, its hyphen and the letters up to a place.
    fn hyphenated(&mut self, end: usize) {
        self.at = self.end_of_word(end);
        self.tokens.pop();
        if let Some(letter) = self.tokens.last_mut() {
            let start = letter.span.start as usize;
            *letter = Token { kind: TokenKind::Word, span: Span::new(start, self.at) };
        }
    }

    /// What is counted, in parentheses behind a number: `24 (medieval art pieces)`.
    fn counted_things(&mut self) {
        let rest = &self.bytes[self.at..];
        let Some(length) = rest.iter().take(64).position(|&byte| byte == b')') else { return };
        let numbered = self.tokens.len() > 1
            && matches!(self.tokens[self.tokens.len() - 2].kind, TokenKind::Number(_));
        let inside = &self.text[self.at..self.at + length];
        if !numbered || !commands::are_things(inside) {
            return;
        }
        let (outer, end) = (self.bytes, self.at + length);
        self.bytes = &outer[..end];
        let mode = std::mem::replace(&mut self.in_words, true);
        while self.at < end {
            self.next();
        }
        self.bytes = outer;
        self.in_words = mode;
    }

    /// Whether the last token is a number that ends where something starts.
    fn follows_number(&self, start: usize) -> bool {
        self.tokens.last().is_some_and(|token| {
            matches!(token.kind, TokenKind::Number(_)) && token.span.end as usize == start
        })
    }

    /// Whether letters are a unit's symbol behind a number.
    fn is_unit(&self, run: &str) -> bool {
        matches!(self.last(), TokenKind::Number(_) | TokenKind::Word) && units::is_unit(run)
    }

    fn product_of_letters(&mut self, start: usize, end: usize) {
        for at in start..end {
            let letter = self.bytes[at];
            if letter.is_ascii_alphabetic() {
                self.at = at + 1;
                self.emit(TokenKind::Symbol(Name::Letter(char::from(letter))), at);
            }
        }
        self.at = end;
    }

    /// Capital letters, which may stand apart: an angle, a segment, a word in order, or a set of
    /// options or corners.
    fn capitals(&mut self, start: usize, mut end: usize) {
        // `k_B T`: an index is one letter or a run without spaces.
        let index = self.last() == TokenKind::Underscore;
        let adjoining = end;
        loop {
            let spaces = self.bytes[end..].iter().take_while(|&&byte| byte == b' ').count();
            let next = self.byte(end + spaces);
            let alone = !self.byte(end + spaces + 1).is_ascii_lowercase();
            if spaces > 0 && !index && next.is_ascii_uppercase() && alone {
                end += spaces;
                while self.byte(end).is_ascii_uppercase() {
                    end += 1;
                }
                if self.byte(end).is_ascii_lowercase() {
                    end -= 1;
                    while self.byte(end - 1) == b' ' {
                        end -= 1;
                    }
                    break;
                }
            } else {
                break;
            }
        }
        // `A R_1` are two names.
        if self.byte(end) == b'_' {
            end = adjoining;
        }
        let angle = self.last() == TokenKind::Symbol(Name::Command("angle"));
        let kind = match commands::capitals(&self.text[start..end], angle) {
            commands::Capitals::Letters => return self.product_of_letters(start, end),
            commands::Capitals::Segment => Name::Segment,
            commands::Capitals::Angle => Name::Angle,
            commands::Capitals::Word => Name::Word,
        };
        self.at = end;
        self.emit(TokenKind::Symbol(kind(Span::new(start, end))), start);
    }

    /// Whether a lone `a` that ends at a place is the article: words stand around it.
    fn is_article(&self, end: usize) -> bool {
        let rest = &self.text[end..self.bytes.len()];
        let after = rest.trim_start();
        let word = &after[..after.bytes().take_while(u8::is_ascii_alphabetic).count()];
        matches!(self.last(), TokenKind::Word | TokenKind::EndOfText)
            && after.len() < rest.len()
            && word.len() > 2
            && commands::is_word(word)
    }

    /// The end of a word whose first letters end at a place: `right-angled`, `don't`.
    fn end_of_word(&self, mut end: usize) -> usize {
        loop {
            let rest = &self.text[end..self.bytes.len()];
            let joined = rest.strip_prefix(['-', '\'', '’']);
            let letters = |text: &str| -> usize {
                text.chars().take_while(|c| c.is_alphabetic()).map(char::len_utf8).sum()
            };
            match joined.map(letters) {
                Some(more) if more > 1 || more == 1 && !rest.starts_with('-') => {
                    end += rest.len() - joined.map_or(0, str::len) + more;
                }
                _ => return end,
            }
        }
    }

    /// What stands inside `\text{…}`: words, numbers and signs, and mathematics between `$`.
    fn next_in_words(&mut self) {
        let start = self.at;
        let rest = &self.text[start..self.bytes.len()];
        match self.bytes[start] {
            b'$' => match self.inner_mathematics() {
                Some(close) => {
                    let outer = std::mem::replace(&mut self.in_words, false);
                    self.at += 1;
                    while self.at < close {
                        self.next();
                        self.negate();
                    }
                    self.at = close + 1;
                    self.in_words = outer;
                }
                None => self.single(TokenKind::Currency),
            },
            b'\'' | b'"' | b'`' | b'?' => self.at += 1,
            b'!' if start == 0 || !self.byte(start - 1).is_ascii_digit() => self.at += 1,
            b'a'..=b'z' | b'A'..=b'Z' => {
                let letters = rest
                    .chars()
                    .take_while(|c| c.is_alphabetic())
                    .map(char::len_utf8)
                    .sum::<usize>();
                self.at = self.end_of_word(start + letters);
                let run = &self.text[start..self.at];
                if run.len() > 1 && run.bytes().all(|byte| byte.is_ascii_uppercase()) {
                    let known = commands::connective(run).is_some()
                        || commands::is_word(run)
                        || units::is_unit(run);
                    // Letters that are said are in their order: `ABCD` is not `BADC`.
                    if !known {
                        return self.emit(TokenKind::Word, start);
                    }
                }
                let kind = commands::connective(run);
                self.emit(kind.unwrap_or(TokenKind::Word), start);
            }
            _ => self.next_sign(),
        }
    }

    /// The `$` that closes the mathematics which opens at the current place.
    fn inner_mathematics(&self) -> Option<usize> {
        let from = self.at + 1;
        let inside = &self.bytes[from..];
        let close = (0..inside.len())
            .find(|&at| inside[at] == b'$' && (at == 0 || inside[at - 1] != b'\\'))?;
        (close > 0).then_some(from + close)
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
