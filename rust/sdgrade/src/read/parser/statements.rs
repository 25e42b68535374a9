//! Statements that are told by their numbers: `①③`, `(1)(3)`, `I and III only`.

use super::{Items, Parser};
use crate::read::lexer::TokenKind as T;
use crate::read::tree::{Delimiter, Kind, NodeId, Separator};
use crate::read::words;

/// The highest number of a statement.
const MOST_STATEMENTS: u32 = 12;

impl Parser<'_> {
    /// A whole answer of numbers in parentheses, or of Roman ones, each greater than the one before it. `(2)(3)` is
    /// no product: who works one out writes what it is.
    pub(super) fn statements(&mut self) -> Option<NodeId> {
        let (start, mark) = (self.here(), self.mark_place());
        let is_roman = matches!(self.peek(), T::Symbol(_) | T::Word);
        let found = self.numbers_of_statements();
        if found.is_none() {
            self.return_to(mark);
        }
        let (items, alone) = found?;
        self.take(T::Period);
        if self.peek() != T::EndOfText || items.len() < 2 && !alone && !is_roman {
            self.return_to(mark);
            return None;
        }
        Some(self.list(&items, start))
    }

    /// The numbers, and whether `only` says that there is no other.
    fn numbers_of_statements(&mut self) -> Option<(Items, bool)> {
        if words::one_of(self.word(), &["statement", "statements", "命题", "结论"]) {
            self.advance();
        }
        let mut alone = words::one_of(self.word(), &["only"]);
        self.at += usize::from(alone);
        let mut items = Items::new();
        let (mut last, mut separator, mut told) = (0, Separator::Comma, false);
        // `(1)(3)` may be a product.
        let mut parted = true;
        let mut style = None;
        while let Some((number, width, plain)) = self.statement_number() {
            if number <= last {
                return None;
            }
            last = number;
            told |= !plain;
            let start = self.here();
            let spelling =
                (self.peek() == T::Open(Delimiter::Paren), matches!(self.peek_at(1), T::Number(_)));
            let same = *style.get_or_insert(spelling) == spelling || !spelling.0;
            if !same || !parted && spelling.0 {
                return None;
            }
            self.at += width;
            items.push((separator, self.push(Kind::Circled(number), start)));
            separator = Separator::Comma;
            parted = false;
            while matches!(self.peek(), T::Comma | T::And | T::Or) {
                separator = match self.peek() {
                    T::And => Separator::And,
                    T::Or => Separator::Or,
                    _ => separator,
                };
                parted = true;
                self.advance();
            }
        }
        if words::one_of(self.word(), &["only"]) {
            alone = true;
            self.advance();
        }
        told.then_some((items, alone))
    }

    /// The number of a statement, its width, and whether it may as well be a letter: `(2)`, `III`, `I`.
    fn statement_number(&self) -> Option<(u32, usize, bool)> {
        let parenthesised = self.peek() == T::Open(Delimiter::Paren);
        let first = usize::from(parenthesised);
        let mut last = first;
        // `ii` may be two letters.
        while matches!(self.peek_at(last), T::Symbol(_))
            && matches!(self.peek_at(last + 1), T::Symbol(_))
            && self.span_at(last).end == self.span_at(last + 1).start
        {
            last += 1;
        }
        let written = match self.peek_at(first) {
            T::Number(_) if parenthesised => self.span_at(first).of(self.text),
            T::Symbol(_) => self.span_at(first).to(self.span_at(last)).of(self.text),
            T::Word => self.word_at(first),
            T::Circled(number) if !parenthesised => return Some((number, 1, false)),
            _ => return None,
        };
        let width = last + 1 + first;
        if parenthesised && self.peek_at(last + 1) != T::Close(Delimiter::Paren) {
            return None;
        }
        let number = written.parse().ok().or_else(|| roman(written, parenthesised))?;
        let plain = !parenthesised && written.len() == 1;
        (1..=MOST_STATEMENTS).contains(&number).then_some((number, width, plain))
    }
}

/// A Roman number of capitals, or of small letters where parentheses tell it from a word.
fn roman(written: &str, small: bool) -> Option<u32> {
    const NUMBERS: [&str; 12] =
        ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"];
    let at = NUMBERS
        .iter()
        .position(|number| *number == written || small && number.to_lowercase() == written)?;
    u32::try_from(at + 1).ok()
}
