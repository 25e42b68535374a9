//! Digits that are told by how many there are: `1\underbrace{00\cdots0}_{n}5`.

use super::item::is_plain;
use super::{Parsed, Parser};
use crate::read::lexer::TokenKind as T;
use crate::read::tree::{Kind, Literal, NodeId, Span};
use crate::read::words;

impl Parser<'_> {
    /// Runs of one digit, and the digits before, between and behind them.
    pub(super) fn digits(&mut self, before: Option<NodeId>, start: Span) -> Parsed {
        let mut number = before;
        loop {
            let (next, count) = match self.peek() {
                T::Accent("underbrace") => self.repeated(start)?,
                T::Number(literal) if is_plain(literal) && number.is_some() => {
                    let span = self.advance();
                    let count = u32::try_from(span.of(self.text).len()).unwrap_or(u32::MAX);
                    let count = self.tree.push(Kind::Vulgar(count, 1), span);
                    (self.tree.push(Kind::Number(literal), span), count)
                }
                _ => break,
            };
            number = Some(match number {
                None => next,
                Some(before) => {
                    let ten = self.tree.push(Kind::Vulgar(10, 1), start);
                    let power = self.push(Kind::Power(ten, count), start);
                    let shifted = self.push_all(Kind::Product, &[before, power], start);
                    self.push_all(Kind::Sum, &[shifted, next], start)
                }
            });
        }
        number.ok_or(self.fault())
    }

    /// `\underbrace{99\cdots9}_{10}`: one digit so many times, and how many.
    fn repeated(&mut self, start: Span) -> Result<(NodeId, NodeId), super::Fault> {
        self.advance();
        let shape = [0, 1, 2, 3, 4].map(|ahead| self.peek_at(ahead));
        let [T::GroupOpen, T::Number(first), T::Ellipsis, T::Number(last), T::GroupClose] = shape
        else {
            return Err(self.fault());
        };
        let digits = [1, 3].map(|ahead| self.span_at(ahead).of(self.text).as_bytes());
        let digit = digits[0].first().copied();
        let same = digits.iter().all(|run| run.iter().all(|&byte| Some(byte) == digit));
        if !(is_plain(first) && is_plain(last) && same) {
            return Err(self.fault());
        }
        let at = self.span_at(1);
        let one = Span { start: at.start, end: at.start + 1 };
        self.at += 5;
        if !matches!(self.peek(), T::Underscore | T::Caret) {
            return Err(self.fault());
        }
        self.advance();
        let count = self.count_of_digits()?;
        // d (10^n - 1) / 9
        let digit = self.tree.push(Kind::Number(Literal::default()), one);
        let ten = self.tree.push(Kind::Vulgar(10, 1), one);
        let power = self.push(Kind::Power(ten, count), start);
        let unit = self.tree.push(Kind::Vulgar(1, 1), one);
        let minus = self.push(Kind::Negate(unit), start);
        let nines = self.push_all(Kind::Sum, &[power, minus], start);
        let nine = self.tree.push(Kind::Vulgar(9, 1), one);
        let ones = self.push(Kind::Fraction(nines, nine), start);
        Ok((self.push_all(Kind::Product, &[digit, ones], start), count))
    }

    /// `_n`, `_{10 \text{ digits}}`
    fn count_of_digits(&mut self) -> Parsed {
        let letter = matches!(self.peek_at(1), T::Symbol(_));
        let words = (2..5).take_while(|&ahead| self.peek_at(ahead) == T::Word).count();
        let named = (2..2 + words).all(|ahead| words::counts_digits(self.word_at(ahead)));
        if self.peek() == T::GroupOpen
            && letter
            && words > 0
            && named
            && self.peek_at(2 + words) == T::GroupClose
        {
            self.advance();
            let count = self.atom()?;
            self.at += words + 1;
            return Ok(count);
        }
        let count = self.argument()?;
        Ok(match self.tree.kind(count) {
            Kind::United(inner, _) => inner,
            _ => count,
        })
    }
}
