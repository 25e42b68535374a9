//! LaTeX commands: signs, text, styles and environments, with the arguments that they take.

use super::{Lexer, TokenKind, commands, matching_brace};
use crate::read::tree::{Delimiter, Environment, Name, Relation, Span};
use crate::read::units;

impl Lexer<'_> {
    /// A backslash and what follows it.
    pub(super) fn command(&mut self) {
        let start = self.at;
        let mut name_at = start + 1;
        let next = self.byte(name_at);
        if next == b'\\' {
            // `\frac` from a source that escaped twice; otherwise a row break.
            let name = letters_at(self.bytes, start + 2);
            let doubled = self.environments.is_empty()
                && (commands::command(name).is_some()
                    || commands::is_style(name)
                    || commands::is_text(name)
                    || matches!(
                        self.byte(start + 2),
                        b'{' | b'}' | b'%' | b'$' | b',' | b'!' | b';'
                    ));
            if !doubled {
                self.at = start + 2;
                self.skip_row_height();
                self.emit(TokenKind::RowBreak, start);
                return;
            }
            name_at = start + 2;
        }
        let name = letters_at(self.bytes, name_at);
        if name.is_empty() {
            self.sign_command(start, name_at);
            return;
        }
        let end = name_at + name.len();
        self.at = end;
        if name == "textcircled" {
            self.circled(start);
        } else if commands::is_text(name) {
            self.text_command(start, name);
        } else if commands::is_style(name) {
            self.style_command(name);
        } else if let Some(kind) = commands::command(name) {
            match kind {
                TokenKind::Open(delimiter) => {
                    self.depth += 1;
                    self.emit(TokenKind::Open(delimiter), start);
                }
                TokenKind::Close(delimiter) => {
                    self.depth = self.depth.saturating_sub(1);
                    self.emit(TokenKind::Close(delimiter), start);
                }
                // The bullet of a list of one.
                TokenKind::Times if name == "bullet" && self.tokens.is_empty() => {}
                TokenKind::Degree if self.last() == TokenKind::Caret => {
                    self.tokens.pop();
                    self.emit(TokenKind::Degree, start);
                }
                _ => self.emit(kind, start),
            }
        } else {
            self.emit(TokenKind::UnknownCommand, start);
        }
    }

    /// `[2pt]` after the `\\` that ends a row.
    fn skip_row_height(&mut self) {
        let rest = &self.bytes[self.at..];
        if rest.first() == Some(&b'[')
            && let Some(close) = rest.iter().take(12).position(|&byte| byte == b']')
            && let [number @ .., b'p' | b'e' | b'm' | b'c', b't' | b'm' | b'x'] = &rest[1..close]
            && number.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b' '))
        {
            self.at += close + 1;
        }
    }

    /// Commands of one sign: `\,`, `\{`, `\%`.
    fn sign_command(&mut self, start: usize, at: usize) {
        let sign = self.byte(at);
        self.at = (at + 1).min(self.bytes.len());
        match sign {
            b'{' => {
                self.depth += 1;
                self.emit(TokenKind::Open(Delimiter::Brace), start);
            }
            b'}' => {
                self.depth = self.depth.saturating_sub(1);
                self.emit(TokenKind::Close(Delimiter::Brace), start);
            }
            b'%' => self.emit(TokenKind::Percent, start),
            b'$' => self.emit(TokenKind::Currency, start),
            b'|' => self.emit(TokenKind::Bar, start),
            b'&' => self.emit(TokenKind::And, start),
            b'#' => self.restating(start),
            b'_' => self.emit(TokenKind::Underscore, start),
            // Spacing, delimiters of mathematics, and a backslash that nothing follows.
            b',' | b'!' | b';' | b':' | b'>' | b' ' | b'\n' | b'\t' | b'/' | b'-' | b'(' | b')'
            | b'[' | b']' | b'.' | 0 => {}
            0x80.. => self.at = at,
            _ => self.emit(TokenKind::Unknown, start),
        }
    }

    /// `\frac{3}{10} ## 0.3`: how some sources write one value twice.
    pub(super) fn restating(&mut self, start: usize) {
        let rest = &self.text[self.at..self.bytes.len()];
        let again = rest.trim_start().trim_start_matches('\\');
        let kind = if again.starts_with('#') {
            self.at += rest.len() - again.len() + 1;
            TokenKind::Relation(Relation::Equal)
        } else if again.starts_with("text{") {
            // `\#\text{good}`: how many there are.
            TokenKind::Word
        } else {
            TokenKind::Unknown
        };
        self.emit(kind, start);
    }

    /// `\text{…}` and its kin.
    fn text_command(&mut self, start: usize, name: &str) {
        while self.byte(self.at) == b' ' {
            self.at += 1;
        }
        if self.byte(self.at) != b'{' {
            return;
        }
        let Some(close) = matching_brace(self.bytes, self.at) else {
            // Nothing after it can be read: to look for every brace's partner would take a square.
            self.at = self.bytes.len();
            self.emit(TokenKind::Unknown, start);
            return;
        };
        let inner = Span::new(self.at + 1, close);
        let words = inner.of(self.text);
        let upright = matches!(name, "mathrm" | "operatorname" | "rm" | "mathsf" | "mathop");
        // Of `\mathrm{m} / \mathrm{min}` the second is a unit too.
        let behind_unit = matches!(self.last(), TokenKind::Slash)
            && matches!(
                self.tokens.iter().nth_back(1).map(|token| token.kind),
                Some(TokenKind::Word)
            );
        if upright && behind_unit && units::parse(words.trim()).is_some() {
            self.at = close + 1;
            let from = Span::new(inner.start as usize, close);
            self.tokens.push(super::Token { kind: TokenKind::Word, span: from });
            return;
        }
        // `\overrightarrow{\mathrm{AB}}`
        let capitals = words.trim();
        if upright
            && (2..=3).contains(&capitals.len())
            && capitals.bytes().all(|byte| byte.is_ascii_uppercase())
            && units::parse(capitals).is_none()
        {
            let outer = self.bytes;
            self.bytes = &outer[..close];
            self.at = inner.start as usize;
            while self.at < close {
                self.next_sign();
            }
            self.bytes = outer;
            self.at = close + 1;
            return;
        }
        // `\mathrm{C}_5^2`
        if let &[letter @ (b'A' | b'C' | b'P')] = words.trim_matches([' ', '~']).as_bytes()
            && upright
            && self.bytes[close + 1..].trim_ascii_start().starts_with(b"_")
        {
            self.at = close + 1;
            let letter = Name::Letter(char::from(letter));
            self.tokens.push(super::Token { kind: TokenKind::Symbol(letter), span: inner });
            return;
        }
        // `\textbf{i}`
        if let (b"i" | b"j" | b"k", "textbf") = (words.as_bytes(), name) {
            self.emit(TokenKind::Accent("vec"), start);
            return;
        }
        if let Some(kind) = commands::spelled(words.trim(), upright) {
            self.at = close + 1;
            self.emit(kind, start);
            return;
        }
        // `\operatorname{rank}(A)`
        if name == "operatorname"
            && words.len() > 1
            && words.bytes().all(|byte| byte.is_ascii_alphabetic())
            && self.opens_arguments(close + 1)
        {
            self.at = close + 1;
            let kind = TokenKind::Symbol(Name::Operator(inner));
            self.tokens.push(super::Token { kind, span: inner });
            return;
        }
        // `9.8 \mathrm{m/s^2}`
        let unit = upright
            && matches!(self.last(), TokenKind::Number(_) | TokenKind::Word)
            && units::is_unit(words);
        let mathematics = !unit && reads_as_mathematics(words, upright);
        let (outer, mode) = (self.bytes, self.in_words);
        self.bytes = &outer[..close];
        self.at = inner.start as usize;
        self.in_words = !mathematics;
        while self.at < close {
            self.next();
            self.negate();
        }
        self.bytes = outer;
        self.at = close + 1;
        self.in_words = mode;
    }

    /// Commands that only style what follows: dropped, some with their argument.
    fn style_command(&mut self, name: &str) {
        match name {
            "left" | "right" | "mleft" | "mright" => {
                let left = name.ends_with("left");
                while self.byte(self.at) == b' ' {
                    self.at += 1;
                }
                let start = self.at;
                if left && self.is_bar_of_set() {
                    return;
                }
                if !left && self.bare_ends.contains(&start) {
                    self.at += 1;
                    return;
                }
                let delimiter = match self.byte(self.at) {
                    b'.' => Delimiter::Nothing,
                    // `\{x \left|\right. x > 2\}`
                    b'|' if left && self.bytes[self.at + 1..].starts_with(b"\\right.") => {
                        self.at += 8;
                        return self.emit(TokenKind::Bar, start);
                    }
                    b'|' => Delimiter::Bar,
                    b'\\' if self.byte(self.at + 1) == b'|' => Delimiter::Bar,
                    b'<' | b'>' => Delimiter::Angle,
                    // Any other delimiter says itself which side it is.
                    _ => return,
                };
                self.at += if self.byte(self.at) == b'\\' { 2 } else { 1 };
                if left {
                    self.depth += 1;
                    self.emit(TokenKind::Open(delimiter), start);
                } else {
                    self.depth = self.depth.saturating_sub(1);
                    self.emit(TokenKind::Close(delimiter), start);
                }
            }
            "phantom" | "hspace" | "vspace" | "hphantom" | "label" | "color" | "textcolor"
            | "kern" => {
                while matches!(self.byte(self.at), b' ' | b'*') {
                    self.at += 1;
                }
                if self.byte(self.at) == b'{' {
                    self.skip_argument();
                } else if name == "phantom" {
                    self.skip_character();
                }
            }
            "begin" => self.begin(),
            "end" => {
                let start = self.at;
                self.skip_argument();
                self.environments.pop();
                self.emit(TokenKind::End, start);
            }
            // `2\mathbf{i} + 3\mathbf{j}`: unit vectors.
            "mathbf" | "boldsymbol" | "bm" | "pmb" if self.is_unit_vector() => {
                let start = self.at;
                self.emit(TokenKind::Accent("vec"), start);
            }
            "mathbb" | "Bbb" => {
                let start = self.at;
                while matches!(self.byte(self.at), b' ' | b'{') {
                    self.at += 1;
                }
                let letter = self.byte(self.at);
                self.skip_character();
                if self.byte(self.at) == b'}' {
                    self.at += 1;
                }
                let kind = match commands::blackboard(letter) {
                    Some(set) => TokenKind::Constant(set),
                    // `\mathbb{P}(A)`, `\mathbb{E}[X]`
                    None if letter.is_ascii_uppercase() => {
                        TokenKind::Symbol(Name::Letter(char::from(letter)))
                    }
                    None => TokenKind::Unknown,
                };
                self.emit(kind, start);
            }
            "not" => {
                if self.negation.is_some() {
                    self.emit(TokenKind::Unknown, self.at);
                } else {
                    self.negation = Some((self.at, self.tokens.len()));
                }
            }
            _ => {}
        }
    }

    /// Whether an `i`, `j` or `k` in braces follows that no accent stands over.
    fn is_unit_vector(&self) -> bool {
        let rest = &self.bytes[self.at..];
        let accented = self
            .tokens
            .iter()
            .rev()
            .take(2)
            .any(|token| matches!(token.kind, TokenKind::Accent(_)));
        !accented && matches!(rest, [b'{', b'i' | b'j' | b'k', b'}', ..])
    }

    /// `\{x \left| x > 2 \right. \}`: takes the bar of a set-builder, whose other end shows nothing.
    fn is_bar_of_set(&mut self) -> bool {
        /// How far the other end is looked for.
        const REACH: usize = 400;
        let rest = &self.text[self.at..self.bytes.len()];
        let bars = ["|", "\\lvert", "\\vert", "\\mid"];
        let Some(bar) = bars.into_iter().find(|bar| rest.starts_with(bar)) else { return false };
        let near = self.tokens.iter().rev().take(REACH);
        if !near.into_iter().any(|token| token.kind == TokenKind::Open(Delimiter::Brace)) {
            return false;
        }
        let (mut depth, mut at) = (0_usize, bar.len());
        while at < rest.len().min(REACH) {
            let here = &rest.as_bytes()[at..];
            if here.starts_with(b"\\left") && !here.starts_with(b"\\lefta") {
                depth += 1;
            } else if here.starts_with(b"\\right") && !here.starts_with(b"\\righta") {
                let gap = here[6..].iter().take_while(|&&byte| byte == b' ').count();
                if depth == 0 {
                    let end = 6 + gap;
                    if here.get(end) != Some(&b'.') {
                        return false;
                    }
                    self.bare_ends.push(self.at + at + end);
                    let start = self.at;
                    self.at += bar.len();
                    self.emit(TokenKind::Bar, start);
                    return true;
                }
                depth -= 1;
            }
            at += 1;
        }
        false
    }

    /// Negates the token after a `\not`, once it is there.
    pub(super) fn negate(&mut self) {
        let Some((start, before)) = self.negation else { return };
        let Some(token) = self.tokens.get_mut(before) else { return };
        token.kind = match token.kind {
            TokenKind::Relation(Relation::Equal) => TokenKind::Relation(Relation::NotEqual),
            TokenKind::Relation(Relation::In) => TokenKind::Relation(Relation::NotIn),
            TokenKind::Relation(Relation::Congruent) => TokenKind::Relation(Relation::NotCongruent),
            TokenKind::Relation(Relation::Less) => TokenKind::Relation(Relation::GreaterEqual),
            TokenKind::Relation(Relation::Greater) => TokenKind::Relation(Relation::LessEqual),
            _ => TokenKind::Unknown,
        };
        token.span = Span::new(start, self.at);
        self.negation = None;
    }

    /// Whether the arguments of a function open at a place.
    fn opens_arguments(&self, at: usize) -> bool {
        let rest = self.text[at..self.bytes.len()].trim_start();
        let rest = rest.strip_prefix("\\left").unwrap_or(rest);
        rest.starts_with(['(', '['])
    }

    /// `\textcircled{2}`
    fn circled(&mut self, start: usize) {
        let open = self.at;
        self.skip_argument();
        let inside = self.text[open..self.at].trim_matches(['{', '}', ' ']);
        let kind = match inside.parse() {
            Ok(number @ 1..=50) => TokenKind::Circled(number),
            _ => TokenKind::UnknownCommand,
        };
        self.emit(kind, start);
    }

    fn skip_character(&mut self) {
        if self.at < self.bytes.len() {
            self.at += self.text[self.at..].chars().next().map_or(1, char::len_utf8);
        }
    }

    fn skip_argument(&mut self) {
        while self.byte(self.at) == b' ' {
            self.at += 1;
        }
        if self.byte(self.at) == b'{' {
            self.at =
                matching_brace(self.bytes, self.at).map_or(self.bytes.len(), |close| close + 1);
        }
    }

    fn begin(&mut self) {
        let start = self.at;
        self.skip_argument();
        let name =
            self.text[start..self.at].trim_matches(|c: char| matches!(c, ' ' | '{' | '}' | '*'));
        let kind = match name {
            "matrix" | "pmatrix" | "bmatrix" | "Bmatrix" | "smallmatrix" | "psmallmatrix"
            | "array" | "tabular" => Some(Environment::Matrix),
            "vmatrix" | "Vmatrix" => Some(Environment::Determinant),
            "cases" | "dcases" | "rcases" => Some(Environment::Cases),
            "aligned" | "align" | "gathered" | "gather" | "split" | "equation" | "alignedat"
            | "eqnarray" | "multline" | "displaymath" | "math" => Some(Environment::Lines),
            _ => None,
        };
        if matches!(name, "array" | "tabular" | "alignedat") {
            self.skip_argument();
        }
        if self.byte(self.at) == b'[' && name.contains("matrix") {
            // `\begin{bmatrix}[1]` of mathtools.
            if let Some(close) = self.bytes[self.at..].iter().take(4).position(|&b| b == b']') {
                self.at += close + 1;
            }
        }
        self.environments.push(kind);
        self.emit(kind.map_or(TokenKind::UnknownCommand, TokenKind::Begin), start);
    }
}

/// The run of ASCII letters at a place.
fn letters_at(bytes: &[u8], at: usize) -> &str {
    let rest = bytes.get(at..).unwrap_or(&[]);
    let len = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    std::str::from_utf8(&rest[..len]).unwrap_or("")
}

/// Whether the inside of `\text{…}` is mathematics: numbers, signs and single letters only.
fn reads_as_mathematics(words: &str, upright: bool) -> bool {
    // `A and C`
    let options = words.trim().split(" and ");
    if words.contains(" and ") && options.clone().all(|option| option.trim().len() == 1) {
        return words.is_ascii();
    }
    let mut run = 0;
    let mut any = false;
    for byte in words.bytes() {
        if byte.is_ascii_alphabetic() {
            run += 1;
            if run > 1 {
                return false;
            }
        } else {
            run = 0;
        }
        match byte {
            b'\\' | b'$' | b'"' => return false,
            b' ' => {}
            _ => any = true,
        }
    }
    let letters = words.bytes().filter(u8::is_ascii_alphabetic).count();
    let digits = words.bytes().any(|byte| byte.is_ascii_digit());
    // A single letter may be a unit; the parser decides. Letters in a list are options.
    any && words.is_ascii()
        && (letters == 0
            || (digits && upright)
            || words.contains('(')
            || (digits && words.contains('='))
            || (letters > 1 && words.contains(',')))
}
