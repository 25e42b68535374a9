//! Runs of letters: functions, words, units, names, and products of letters.

use super::{Lexer, Token, TokenKind, commands};
use crate::read::tree::{Literal, Name, Span};
use crate::read::units;

impl Lexer<'_> {
    /// A run of ASCII letters: a function, a keyword, a word, or a product of letters.
    #[expect(clippy::too_many_lines, reason = "one condition per kind of run")]
    pub(super) fn letters(&mut self) {
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
        if let Some(end) = self.half_of_day(run, end) {
            self.at = end;
            return self.emit(TokenKind::Word, start);
        }
        if end == start + 1 {
            let article = match run {
                "a" => self.is_article(end),
                // `A basis is`
                "A" => self.last() == TokenKind::Period && self.is_article(end),
                _ => false,
            };
            if article {
                self.at = end;
                return self.emit(TokenKind::Word, start);
            }
            if run.as_bytes()[0].is_ascii_uppercase() {
                return self.capitals(start, end);
            }
            self.at = end;
            let letter = Name::Letter(char::from(self.bytes[start]));
            return self.emit(TokenKind::Symbol(letter), start);
        }
        // `local max at`, `min = 2`
        if matches!(run, "max" | "min") && self.names_extreme(end) {
            self.at = end + usize::from(self.byte(end) == b'.');
            return self.emit(TokenKind::Word, start);
        }
        // `tip: 6`
        let label = !self.joins_letter(start, run)
            && end > start + 2
            && self.bytes[end..].starts_with(b": ");
        if label && run.bytes().all(|byte| byte.is_ascii_lowercase()) {
            self.at = end;
            return self.emit(TokenKind::Word, start);
        }
        // `USD 50`, `US\$50`
        let code = units::is_currency_code(run) && !matches!(self.last(), TokenKind::Number(_));
        if code && self.stands_before_number(end) {
            self.at = end;
            return self.emit(TokenKind::Currency, start);
        }
        if run == "US" && self.bytes[end..].starts_with(b"\\$") {
            self.at = end + 2;
            return self.emit(TokenKind::Currency, start);
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
        // `can't`
        let rest = &self.text[end..self.bytes.len()];
        if run.ends_with('n') && rest.starts_with(['\'', '’']) {
            let denied = self.end_of_word(end);
            if self.text[start..denied].ends_with('t') {
                self.at = denied;
                return self.emit(TokenKind::Word, start);
            }
        }
        // `Cov(X, Y)`
        if commands::is_measure(run) && matches!(self.byte(end), b'(' | b'[') {
            self.at = end;
            return self.emit(TokenKind::Symbol(Name::Operator(Span::new(start, end))), start);
        }
        if self.joins_letter(start, run) {
            return self.hyphenated(end);
        }
        if run == "times" && self.ends_count(end)
            || run == "in" && self.is_word_in(end)
            || matches!(run, "min" | "sec") && self.is_time(run, end)
        {
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

    /// Whether `max` or `min` up to a place names an extreme value, rather than takes one of something.
    fn names_extreme(&self, end: usize) -> bool {
        let rest = self.text[end..self.bytes.len()].trim_start_matches(['.', ' ']);
        match self.last() {
            TokenKind::Number(_) => false,
            TokenKind::Word => true,
            _ => {
                rest.starts_with(['=', ':'])
                    || self.next_word(end).is_some_and(|word| matches!(word, "at" | "value" | "is"))
            }
        }
    }

    /// Whether small letters stand between two words, as a third: `to buy the plums`.
    fn stands_amid_words(&self, run: &str, end: usize) -> bool {
        self.last() == TokenKind::Word
            && self.byte(end).is_ascii_whitespace()
            && run.bytes().all(|byte| byte.is_ascii_lowercase())
            && self.next_word(end).is_some()
    }

    /// The word that follows a place, unless it stands for mathematics.
    fn next_word(&self, end: usize) -> Option<&str> {
        let rest = self.text[end..self.bytes.len()].trim_start();
        let word = &rest[..rest.bytes().take_while(u8::is_ascii_alphabetic).count()];
        (commands::is_word(word) && commands::word(word).is_none()).then_some(word)
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
            let unit = units::is_bare_unit(&self.text[start..end]);
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

    /// Whether `times` at a place counts, and multiplies nothing: `5 times`, `5 times a day`.
    fn ends_count(&self, end: usize) -> bool {
        let rest = self.text[end..self.bytes.len()].trim_start();
        matches!(self.last(), TokenKind::Number(_))
            && (rest.is_empty()
                || rest.starts_with(['.', ',', ')', '}', '$'])
                || rest.starts_with("a ")
                || self.next_word(end).is_some())
    }

    /// Where `p.m.` ends, whose first letter ends at a place.
    fn half_of_day(&self, run: &str, end: usize) -> Option<usize> {
        let dotted = [&b".m"[..], b".M"].iter().any(|rest| self.bytes[end..].starts_with(rest));
        (dotted && matches!(run, "a" | "p" | "A" | "P"))
            .then(|| end + 2 + usize::from(self.byte(end + 2) == b'.'))
    }

    /// Whether `in` up to a place is a word: no relation has a word on its right (`5 in total`) or numbers on both
    /// sides (`1 in 6`). Behind a number and before nothing it is an inch.
    fn is_word_in(&self, end: usize) -> bool {
        let rest = self.text[end..self.bytes.len()].trim_start_matches([' ', '$', '}']);
        let numbered = matches!(self.last(), TokenKind::Number(_));
        let closes =
            rest.is_empty() || rest.starts_with(['.', ',', '^', '²', '³', ')', '*', '×', '/']);
        self.next_word(end).is_some_and(|word| word.len() > 1)
            || self.last() == TokenKind::Word
            || numbered
                && (closes
                    || rest.starts_with("\\times")
                    || rest.starts_with(|c: char| c.is_ascii_digit()))
    }

    /// Whether `min` or `sec` up to a place is no function: it stands behind a number, or divides a unit, and nothing
    /// follows that it could apply to.
    fn is_time(&self, run: &str, end: usize) -> bool {
        let rest = self.text[end..self.bytes.len()].trim_start();
        let divides = self.last() == TokenKind::Slash
            && self.tokens.iter().nth_back(1).is_some_and(|token| {
                matches!(token.kind, TokenKind::Word | TokenKind::Symbol(Name::Letter(_)))
            });
        let closes = rest.is_empty()
            || rest.starts_with([',', '.', ')', '}', '$', '^', ';'])
            || self.next_word(end).is_some()
            || run == "min" && rest.starts_with(|c: char| c.is_ascii_digit());
        closes && (divides || matches!(self.last(), TokenKind::Number(_)))
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
    pub(super) fn counted_things(&mut self) {
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
    pub(super) fn follows_number(&self, start: usize) -> bool {
        self.tokens.last().is_some_and(|token| {
            matches!(token.kind, TokenKind::Number(_)) && token.span.end as usize == start
        })
    }

    /// Whether letters are a unit's symbol behind a number.
    fn is_unit(&self, run: &str) -> bool {
        matches!(self.last(), TokenKind::Number(_) | TokenKind::Word) && units::is_bare_unit(run)
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
        let before = matches!(
            self.last(),
            TokenKind::Word | TokenKind::EndOfText | TokenKind::Comma | TokenKind::Period
        );
        before && after.len() < rest.len() && word.len() > 2 && commands::is_word(word)
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
    pub(super) fn next_in_words(&mut self) {
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
                if let Some(end) = self.half_of_day(run, self.at) {
                    self.at = end;
                    return self.emit(TokenKind::Word, start);
                }
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
