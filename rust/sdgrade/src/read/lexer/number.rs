//! Numbers in all notations: `1,000`, `12{,}345`, `1\,000`, `0.\overline{3}`, `0.333...`, `1.2e3`.

use super::{Lexer, TokenKind};
use crate::read::tree::Literal;

/// Whether a number may go on with this byte behind its digits: as a group, a fraction, an exponent, a digit
/// of a larger base. It mostly does not.
fn may_go_on(byte: u8) -> bool {
    !matches!(
        byte,
        0 | b'+'
            | b'-'
            | b'*'
            | b'/'
            | b'^'
            | b'_'
            | b')'
            | b']'
            | b'}'
            | b'<'
            | b'='
            | b'>'
            | b'g'..=b'z'
            | b'G'..=b'Z'
    )
}

impl Lexer<'_> {
    /// A number that begins at the current place.
    pub(super) fn number(&mut self) {
        let start = self.at;
        let digits = self.bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits > 0 && !may_go_on(self.byte(start + digits)) {
            self.at += digits;
            return self.emit(TokenKind::Number(Literal::default()), start);
        }
        if let Some(end) = self.hexadecimal_at(start) {
            self.at = end;
            return self.emit(TokenKind::Number(Literal::default()), start);
        }
        let mut literal = Literal::default();
        self.digits();
        if self.byte(start) != b'.' {
            literal.grouped = self.groups(start);
        }
        let mut fraction = false;
        if self.byte(self.at) == b'.' && !self.bytes[self.at..].starts_with(b"...") {
            let next = self.byte(self.at + 1);
            if next.is_ascii_digit() {
                fraction = true;
                self.at += 1;
                self.digits();
                // `3.141\,592`
                while let Some(width) = self.thin_space() {
                    let three = (0..3).all(|i| self.byte(self.at + width + i).is_ascii_digit());
                    if !three {
                        break;
                    }
                    self.at += width;
                    self.digits();
                }
            } else if self.repetend_at(self.at + 1).is_some() {
                fraction = true;
                self.at += 1;
            } else if !(next.is_ascii_alphabetic() || self.ends_sentence(self.at + 1)) {
                // `5.` is 5.
                self.at += 1;
            }
        } else if self.bytes[start..].starts_with(b".") {
            fraction = true;
        } else if self.bytes[self.at..].starts_with(b"{.}")
            && self.byte(self.at + 3).is_ascii_digit()
        {
            fraction = true;
            self.at += 3;
            self.digits();
        }
        if fraction && let Some((from, end)) = self.repetend_at(self.at) {
            literal.repeat = u32::try_from(from).unwrap_or(0);
            self.at = end;
        } else if fraction && self.ellipsis_at(self.at).is_some() {
            literal.dots = true;
            self.at = self.ellipsis_at(self.at).unwrap_or(self.at);
        } else if let Some((from, end)) = self.exponent_at(self.at, fraction) {
            literal.exponent = u32::try_from(from).unwrap_or(0);
            self.at = end;
        }
        self.emit(TokenKind::Number(literal), start);
    }

    /// Where digits end of which some are letters, as their base says behind them: `1A_{16}`, `ff_{16}`.
    pub(super) fn hexadecimal_at(&self, start: usize) -> Option<usize> {
        let digits = &self.bytes[start..];
        let length = digits.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let letters = digits[..length].iter().any(u8::is_ascii_alphabetic);
        let based = [&b"_{16}"[..], b"_16", b"_{12}"];
        (letters && length > 1 && based.iter().any(|base| digits[length..].starts_with(base)))
            .then_some(start + length)
    }

    /// Whether a full stop before a place ends a sentence: a space or a new line follows.
    fn ends_sentence(&self, at: usize) -> bool {
        match self.byte(at) {
            b'\\' => matches!(self.byte(at + 1), b' ' | b'\\'),
            byte => byte.is_ascii_whitespace() || byte == 0,
        }
    }

    fn digits(&mut self) {
        if self.byte(self.at) == b'.' {
            self.at += 1;
        }
        while self.byte(self.at).is_ascii_digit() {
            self.at += 1;
        }
    }

    /// `,345` groups after the first digits, where they are groups and not list items. Whether plain
    /// commas separated them: then `120,240` may also be a list.
    fn groups(&mut self, start: usize) -> bool {
        let plain = self.byte(self.at) == b',' && self.run_is_grouped(start);
        if self.at - start > 3 {
            return false;
        }
        loop {
            let Some(width) = self.group_separator(plain) else { return plain };
            let from = self.at + width;
            let digits = (0..4).take_while(|i| self.byte(from + i).is_ascii_digit()).count();
            if digits != 3 {
                return plain;
            }
            self.at = from + 3;
        }
    }

    /// Whether the whole run of digits and commas around the current place is made of groups.
    fn run_is_grouped(&mut self, start: usize) -> bool {
        if self.depth > 0 || self.at < self.ungrouped_before {
            return false;
        }
        let leads = self.byte(start) != b'0' && self.at - start <= 3;
        let mut at = self.at;
        // `12, 3` is a list, whatever stands behind the comma.
        let mut grouped = leads && self.byte(at + 1).is_ascii_digit();
        while self.byte(at) == b',' && self.byte(at + 1).is_ascii_digit() {
            let digits =
                self.bytes[at + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            grouped &= digits == 3;
            at += digits + 1;
        }
        // `1,100,-1` goes on as a list.
        grouped &= self.byte(at) != b',' || matches!(self.byte(at + 1), b' ' | b'\n' | 0);
        if !grouped {
            self.ungrouped_before = at;
        }
        grouped
    }

    /// The width of a thousands separator at the current place.
    fn group_separator(&self, plain: bool) -> Option<usize> {
        let rest = &self.bytes[self.at..];
        for separator in [&b"{,}"[..], b",\\!", b"\\,\\!", b",\\\\!", b"{,\\!}"] {
            if rest.starts_with(separator) {
                let spaces =
                    rest[separator.len()..].iter().take_while(|&&byte| byte == b' ').count();
                return Some(separator.len() + spaces);
            }
        }
        if let Some(width) = self.thin_space() {
            return Some(width);
        }
        let plain_space =
            self.depth == 0 && rest.first() == Some(&b' ') && self.environments.is_empty();
        ((plain && rest.first() == Some(&b',')) || plain_space).then_some(1)
    }

    /// `\,`, `\ ` or a narrow Unicode space.
    fn thin_space(&self) -> Option<usize> {
        let rest = &self.bytes[self.at..];
        [
            &b"\\,"[..],
            b"\\!",
            b"\\;",
            "\u{202f}".as_bytes(),
            "\u{2009}".as_bytes(),
            "\u{a0}".as_bytes(),
            b"~",
        ]
        .iter()
        .find(|space| rest.starts_with(space))
        .map(|space| space.len())
    }

    /// Repeating digits at a place: where they begin, and where the notation ends.
    fn repetend_at(&self, at: usize) -> Option<(usize, usize)> {
        let rest = self.bytes.get(at..)?;
        let digits_only = |from: usize, to: usize| {
            to > from
                && self.bytes[from..to].iter().all(|byte| byte.is_ascii_digit() || *byte == b' ')
        };
        for name in [&b"\\overline"[..], b"\\bar", b"\\overline ", b"\\bar "] {
            if rest.starts_with(name) {
                let open = at + name.len();
                if self.byte(open) == b'{' {
                    let inside = |byte: &&u8| byte.is_ascii_digit() || **byte == b' ';
                    let close = open + 1 + self.bytes[open + 1..].iter().take_while(inside).count();
                    return (self.byte(close) == b'}' && close > open + 1)
                        .then_some((open + 1, close + 1));
                }
                if self.byte(open).is_ascii_digit() {
                    return Some((open, open + 1));
                }
            }
        }
        if rest.first() == Some(&b'(') {
            let close = at + rest.iter().take(64).position(|&byte| byte == b')')?;
            return digits_only(at + 1, close).then_some((at + 1, close + 1));
        }
        // `\dot{1}4285\dot{7}`
        if rest.starts_with(b"\\dot") {
            let mut end = self.dotted(at)?;
            let mut probe = end;
            while self.byte(probe).is_ascii_digit() {
                probe += 1;
            }
            if let Some(last) = self.dotted(probe) {
                end = last;
            }
            return Some((at, end));
        }
        None
    }

    fn dotted(&self, at: usize) -> Option<usize> {
        let rest = self.bytes.get(at..)?.strip_prefix(b"\\dot")?;
        match rest {
            [b'{', digit, b'}', ..] if digit.is_ascii_digit() => Some(at + 7),
            [digit, ..] if digit.is_ascii_digit() => Some(at + 5),
            [b' ', digit, ..] if digit.is_ascii_digit() => Some(at + 6),
            _ => None,
        }
    }

    /// The end of an ellipsis at a place.
    fn ellipsis_at(&self, at: usize) -> Option<usize> {
        let rest = &self.bytes[at..];
        [&b"..."[..], b"\\ldots", b"\\dots", b"\\cdots", "…".as_bytes(), b"\\dotsc", b"\\ldots."]
            .iter()
            .find(|dots| rest.starts_with(dots))
            .map(|dots| at + dots.len())
            // `0.5252..` at the end
            .or_else(|| (rest == b"..").then_some(at + 2))
    }

    /// An exponent `e-5` after a number: where its digits begin, and its end.
    ///
    /// `2e-3` is two Euler's numbers minus three; `2.0e-3`, `2E-3`, `2e-10` and `2e3` are powers of ten.
    fn exponent_at(&self, at: usize, fraction: bool) -> Option<(usize, usize)> {
        let sign = self.byte(at);
        if !matches!(sign, b'e' | b'E') {
            return None;
        }
        let signed = matches!(self.byte(at + 1), b'+' | b'-');
        let from = at + 1;
        let digits_from = from + usize::from(signed);
        let digits =
            (0..).take_while(|i| self.byte(digits_from + i).is_ascii_digit()).take(20).count();
        let end = digits_from + digits;
        let scientific = digits > 0 && (fraction || sign == b'E' || !signed || digits > 1);
        (scientific && !self.byte(end).is_ascii_alphanumeric()).then_some((from, end))
    }
}
