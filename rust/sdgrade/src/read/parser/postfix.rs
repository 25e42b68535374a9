//! What stands behind a thing: exponents, subscripts, degrees, factorials, percent.

use super::{Fault, FaultKind, Parsed, Parser, Parts};
use crate::read::lexer::TokenKind;
use crate::read::tree::{Kind, Name, NodeId, Span};
use crate::value::Unit;
use smallvec::smallvec;

impl Parser<'_> {
    pub(super) fn power(&mut self, base: NodeId, start: Span) -> Parsed {
        self.advance();
        if let Some(primes) = self.primes_in_group() {
            return Ok(self.push(Kind::Prime(base, primes), start));
        }
        // `^{\circ}`
        if self.peek() == TokenKind::GroupOpen && self.peek_at(2) == TokenKind::GroupClose {
            match self.peek_at(1) {
                TokenKind::Degree => {
                    self.at += 3;
                    return Ok(self.degrees(base, start));
                }
                // `60^{o}`
                TokenKind::Symbol(Name::Letter('o')) | TokenKind::Word
                    if self.span_at(1).of(self.text) == "o" && self.is_numeric(base) =>
                {
                    self.at += 3;
                    return Ok(self.degrees(base, start));
                }
                TokenKind::Plus | TokenKind::Minus | TokenKind::Times => {
                    self.advance();
                    let mark = self.mark();
                    self.advance();
                    return Ok(self.push(Kind::Power(base, mark), start));
                }
                // `12^{\text{th}}`
                TokenKind::Word if is_ordinal(self.span_at(1).of(self.text)) => {
                    self.at += 3;
                    let span = self.since(start);
                    return Ok(self.tree.push_unit(base, Unit::Ordinal, span));
                }
                _ => {}
            }
        }
        let exponent = match self.peek() {
            TokenKind::Prime(count) => {
                self.advance();
                return Ok(self.push(Kind::Prime(base, count), start));
            }
            TokenKind::Degree => {
                self.advance();
                return Ok(self.degrees(base, start));
            }
            TokenKind::Plus | TokenKind::Times => self.mark(),
            TokenKind::Minus
                if !self.starts_factor_at(1) && self.peek_at(1) != TokenKind::GroupOpen =>
            {
                self.mark()
            }
            _ => self.exponent()?,
        };
        Ok(self.push(Kind::Power(base, exponent), start))
    }

    /// Takes `{\prime \prime}`, and says how many primes it is.
    fn primes_in_group(&mut self) -> Option<u32> {
        if self.peek() != TokenKind::GroupOpen {
            return None;
        }
        let mut count = 0_u32;
        let mut width = 1;
        while let TokenKind::Prime(more) = self.peek_at(width) {
            count = count.saturating_add(more);
            width += 1;
        }
        if count == 0 || self.peek_at(width) != TokenKind::GroupClose {
            return None;
        }
        self.at += width + 1;
        Some(count)
    }

    /// Degrees, and the minutes and seconds after them: `30^\circ 15' 20''`.
    pub(super) fn degrees(&mut self, whole: NodeId, start: Span) -> NodeId {
        let mut parts: Parts = smallvec![whole];
        while let TokenKind::Number(literal) = self.peek() {
            let (marks, width) = match (self.peek_at(1), self.peek_at(2), self.peek_at(3)) {
                (TokenKind::Prime(marks), ..) => (marks, 2),
                (TokenKind::Caret, TokenKind::Prime(marks), _) => (marks, 3),
                (TokenKind::Caret, TokenKind::GroupOpen, TokenKind::Prime(1))
                    if self.peek_at(4) == TokenKind::Prime(1) =>
                {
                    (2, 6)
                }
                (TokenKind::Caret, TokenKind::GroupOpen, TokenKind::Prime(marks)) => (marks, 5),
                _ => break,
            };
            if marks > 2 || marks as usize != parts.len() {
                break;
            }
            let at = self.here();
            let mut part = self.tree.push(Kind::Number(literal), at);
            self.at += width;
            for _ in 0..marks {
                let sixty = self.tree.push(Kind::Vulgar(60, 1), at);
                part = self.push(Kind::Fraction(part, sixty), at);
            }
            parts.push(part);
        }
        let angle = match parts[..] {
            [whole] => whole,
            _ => self.push_all(Kind::Sum, &parts, start),
        };
        self.push(Kind::Degree(angle), start)
    }

    /// A sign that decorates, as in `\mathbb{Z}^+`.
    pub(super) fn mark(&mut self) -> NodeId {
        let span = self.advance();
        self.tree.push(Kind::Symbol(crate::read::tree::Name::Word(span)), span)
    }

    /// What a `^` raises to: a group, or one atom with its own sign and power.
    pub(super) fn exponent(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > 2 * self.deepest() {
            return Err(Fault { at: self.here(), kind: FaultKind::TooDeep });
        }
        let start = self.here();
        let made = if self.take(TokenKind::Minus) {
            let inner = self.exponent()?;
            self.push(Kind::Negate(inner), start)
        } else {
            let base = match self.peek() {
                TokenKind::Number(literal) => {
                    let span = self.advance();
                    self.tree.push(Kind::Number(literal), span)
                }
                _ => self.atom()?,
            };
            if self.peek() == TokenKind::Caret { self.power(base, start)? } else { base }
        };
        self.depth -= 1;
        self.check(made)
    }

    pub(super) fn postfix(&mut self, left: NodeId, start: Span) -> Parsed {
        let kind = match self.peek() {
            TokenKind::Bang => {
                self.advance();
                let double = self.take(TokenKind::Bang);
                Kind::Factorial(left, double)
            }
            TokenKind::Prime(count) => {
                self.advance();
                // `5' 6''`: feet and inches.
                let inches = matches!(self.tree.kind(left), Kind::Number(_))
                    && count == 1
                    && matches!(self.peek(), TokenKind::Number(_))
                    && self.peek_at(1) == TokenKind::Prime(2);
                if inches {
                    let feet = self.push(Kind::Prime(left, count), start);
                    let TokenKind::Number(literal) = self.peek() else { return Ok(feet) };
                    let at = self.advance();
                    let number = self.tree.push(Kind::Number(literal), at);
                    self.advance();
                    let inches = self.push(Kind::Prime(number, 2), at);
                    return Ok(self.push_all(Kind::Sum, &[feet, inches], start));
                }
                Kind::Prime(left, count)
            }
            TokenKind::Percent => {
                self.advance();
                Kind::Percent(left)
            }
            TokenKind::Degree => {
                self.advance();
                return Ok(self.degrees(left, start));
            }
            TokenKind::Superscript(value) => {
                let span = self.advance();
                let mut exponent = self.tree.push(Kind::Vulgar(value.unsigned_abs(), 1), span);
                if value < 0 {
                    exponent = self.tree.push(Kind::Negate(exponent), span);
                }
                Kind::Power(left, exponent)
            }
            TokenKind::Subscript(value) => {
                let span = self.advance();
                let index = self.tree.push(Kind::Vulgar(value.unsigned_abs(), 1), span);
                Kind::Subscript(left, index)
            }
            _ => {
                self.advance();
                let index = self.subscript()?;
                Kind::Subscript(left, index)
            }
        };
        Ok(self.push(kind, start))
    }

    /// What a `_` lowers: a group, or one token.
    pub(super) fn subscript(&mut self) -> Parsed {
        match self.peek() {
            TokenKind::Number(literal) => {
                let span = self.advance();
                Ok(self.tree.push(Kind::Number(literal), span))
            }
            TokenKind::Plus | TokenKind::Minus | TokenKind::Times => Ok(self.mark()),
            TokenKind::GroupOpen
                if matches!(
                    self.peek_at(1),
                    TokenKind::Plus | TokenKind::Minus | TokenKind::Times
                ) && self.peek_at(2) == TokenKind::GroupClose =>
            {
                self.advance();
                let mark = self.mark();
                self.advance();
                Ok(mark)
            }
            // `k_{\max}`
            TokenKind::Word | TokenKind::Function(_) => {
                let span = self.advance();
                let mark = crate::read::tree::Name::Word(span);
                Ok(self.tree.push(Kind::Symbol(mark), span))
            }
            TokenKind::GroupOpen
                if matches!(self.peek_at(1), TokenKind::Function(_))
                    && self.peek_at(2) == TokenKind::GroupClose =>
            {
                self.at += 3;
                let span = self.tokens[self.at - 2].span;
                let mark = crate::read::tree::Name::Word(span);
                Ok(self.tree.push(Kind::Symbol(mark), span))
            }
            _ => self.atom(),
        }
    }
}

fn is_ordinal(word: &str) -> bool {
    matches!(word, "st" | "nd" | "rd" | "th")
}
