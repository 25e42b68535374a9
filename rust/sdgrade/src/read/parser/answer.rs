//! A whole answer: which of its readings holds.

use super::item::is_plain;
use super::{Items, Parsed, Parser, Parts};
use crate::read::alteration;
use crate::read::lexer::{Token, TokenKind as T};
use crate::read::tree::{Delimiter, Kind, Name, NodeId, Relation, Separator, Span};
use crate::read::words;
use crate::value::{NoteKind, Sign, Value};

impl Parser<'_> {
    /// A whole answer.
    pub(super) fn answer(&mut self) -> Parsed {
        if self.is_derivation()
            && let Some(worked_out) = self.derivation()
        {
            return Ok(worked_out);
        }
        let start = self.start();
        self.return_to(start);
        match self.straight_answer() {
            Err(fault) if !fault.kind.is_limit() => self
                .formula()
                .or_else(|| self.derivation())
                .or_else(|| self.clauses())
                .or_else(|| self.sentence())
                .or_else(|| self.value_among_words())
                .or_else(|| self.spaced_numbers())
                .ok_or(fault),
            read => read,
        }
    }

    fn straight_answer(&mut self) -> Parsed {
        let start = self.here();
        let mark = self.mark_place();
        self.brace_set_builder();
        if let Some(date) = self.date_in_digits() {
            return Ok(date);
        }
        if let Some(record) = self.record() {
            return Ok(record);
        }
        self.end = self.tokens.len() - 1;
        self.return_to(mark);
        if let Some(divided) = self.quotient_and_remainder() {
            return Ok(divided);
        }
        if let Some(statements) = self.statements() {
            return Ok(statements);
        }
        if let Some(parts) = self.parts() {
            return Ok(parts);
        }
        if let Some(labelled) = self.lettered() {
            return Ok(labelled);
        }
        if let Some(choice) = self.choice() {
            return Ok(choice);
        }
        if let Some(restated) = self.restated() {
            return Ok(restated);
        }
        let items = self.items()?;
        if self.peek() != T::EndOfText {
            return Err(self.fault());
        }
        if let Some(kept) = self.without_rejected(&items, start) {
            return Ok(kept);
        }
        Ok(self.list(&items, start))
    }

    /// `17 R 3`: how often, and what remains.
    fn quotient_and_remainder(&mut self) -> Option<NodeId> {
        let remains = match self.peek_at(1) {
            T::Symbol(Name::Letter('R' | 'r')) => true,
            T::Word => words::one_of(self.word_at(1), &["remainder", "rem", "余"]),
            _ => false,
        };
        let numbers = [0, 2].map(|ahead| matches!(self.peek_at(ahead), T::Number(_)));
        let ends = 3 + usize::from(self.peek_at(3) == T::Period);
        if !remains || numbers != [true, true] || self.peek_at(ends) != T::EndOfText {
            return None;
        }
        let start = self.here();
        let quotient = self.atom().ok()?;
        let said = self.advance();
        let remainder = self.atom().ok()?;
        self.take(T::Period);
        let mut labelled = |value, label: &str| {
            let label = self.tree.push_said(Value::Text(label.to_owned()), said);
            self.push(Kind::Noted(value, NoteKind::Label, label), start)
        };
        let (quotient, remainder) =
            (labelled(quotient, "quotient"), labelled(remainder, "remainder"));
        Some(self.push_list(Separator::Comma, &[quotient, remainder], start))
    }

    /// `x = 5, x = -1 (rejected)`: the values that are kept, and under what: who takes a value back may have hedged.
    fn without_rejected(&mut self, items: &Items, start: Span) -> Option<NodeId> {
        if !items.iter().any(|&(_, item)| self.is_rejected(item)) {
            return None;
        }
        let (rejected, kept): (Items, Items) =
            items.iter().copied().partition(|&(_, item)| self.is_rejected(item));
        let &(_, first) = rejected.first().filter(|_| !kept.is_empty())?;
        let said = self.tree.span(first).to(self.tree.span(rejected[rejected.len() - 1].1));
        let value = self.list(&kept, start);
        Some(self.noted(value, NoteKind::Condition, said, start))
    }

    fn is_rejected(&self, id: NodeId) -> bool {
        match self.tree.kind(id) {
            Kind::Noted(inner, _, body) => {
                let said = self.tree.span(body).of(self.text);
                let words = said.trim_matches(|sign: char| !sign.is_alphabetic());
                alteration::rejects(words) || self.is_rejected(inner)
            }
            Kind::Chain(sides, _) => {
                self.tree.children(sides).last().is_some_and(|&last| self.is_rejected(last))
            }
            _ => false,
        }
    }

    /// `4 3 -1`: three numbers or more with nothing but spaces between them, as a tuple: what is sorted has an order.
    fn spaced_numbers(&mut self) -> Option<NodeId> {
        let mark = self.start();
        self.return_to(mark);
        let start = self.here();
        let mut numbers = Parts::new();
        while self.at < self.end {
            let sign = self.here();
            let apart = self.at == 0 || sign.start > self.span_before().end;
            let negative = self.take(T::Minus);
            let T::Number(literal) = self.peek() else { return None };
            let span = self.advance();
            if !apart || !is_plain(literal) || negative && span.start != sign.end {
                return None;
            }
            let number = self.tree.push(Kind::Number(literal), span);
            numbers.push(if negative { self.push(Kind::Negate(number), sign) } else { number });
        }
        let inside = self.tree.push_children(&numbers);
        let tuple = Kind::Delimited(Delimiter::Paren, Delimiter::Paren, inside);
        (numbers.len() > 2).then(|| self.push(tuple, start))
    }

    /// `{x | x > 2}` in braces that are not escaped: those of a set.
    fn brace_set_builder(&mut self) {
        let last = self.end.saturating_sub(1);
        let whole = self.peek() == T::GroupOpen
            && matches!(self.peek_at(1), T::Symbol(_))
            && matches!(self.peek_at(2), T::Bar | T::Relation(Relation::Other(Sign::Divides)))
            && self.tokens[last].kind == T::GroupClose
            && !self.tokens[self.at + 1..last].iter().any(|token| token.kind == T::GroupClose);
        if whole {
            self.make_set(self.at, last);
            self.tokens[self.at + 2].kind = T::Colon;
        }
    }

    /// Takes the braces at two places, which group for LaTeX, for those of a set.
    pub(super) fn make_set(&mut self, open: usize, close: usize) {
        self.tokens[open].kind = T::Open(Delimiter::Brace);
        self.tokens[close].kind = T::Close(Delimiter::Brace);
    }

    /// The letter of a token.
    fn letter_at(&self, ahead: usize) -> Option<char> {
        match self.peek_at(ahead) {
            T::Symbol(Name::Letter(letter)) => Some(letter),
            T::Word => {
                let mut letters = self.span_at(ahead).of(self.text).chars();
                letters.next().filter(|_| letters.next().is_none())
            }
            _ => None,
        }
    }

    /// `(A) 5`, `A) 5`, `A. 5` and `A: words`; a letter alone is a symbol.
    fn choice(&mut self) -> Option<NodeId> {
        let start = self.here();
        let in_parentheses = self.peek() == T::Open(Delimiter::Paren)
            && self.peek_at(2) == T::Close(Delimiter::Paren);
        let (letter, width) = match (self.letter_at(usize::from(in_parentheses))?, self.peek_at(1))
        {
            (letter, _) if in_parentheses => (letter, 3),
            (letter, T::Close(Delimiter::Paren) | T::Period) => (letter, 2),
            (letter, T::Colon)
                if letter.is_ascii_uppercase() && self.span_at(2).start > self.span_at(1).end =>
            {
                (letter, 2)
            }
            _ => return None,
        };
        if !matches!(letter, 'A'..='J' | 'a'..='h') {
            return None;
        }
        let after = self.peek_at(width);
        if after == T::EndOfText {
            self.at += width;
            return Some(self.push(Kind::Choice(letter, None), start));
        }
        // `(a) - 5` is a difference, `(a) -5` the option and its value.
        let signed = after == T::Minus
            && self.span_at(width).start > self.span_at(width - 1).end
            && self.span_at(width + 1).start == self.span_at(width).end;
        let stands_apart = matches!(
            after,
            T::Number(_) | T::Vulgar(..) | T::Word | T::Currency | T::Fraction | T::SquareRoot
        ) || signed
            // `(b) x`, where `(b)x` is a product
            || in_parentheses
                && matches!(after, T::Symbol(_))
                && self.stands_apart(self.at + width)
            // `(D) (1, 2]`, where `(x) (1+y)` is a product.
            || in_parentheses
                && letter.is_ascii_uppercase()
                && matches!(after, T::Open(_))
                // `(A) (B)` are two options.
                && !(self.letter_at(width + 1).is_some()
                    && matches!(self.peek_at(width + 2), T::Close(_)))
                && self.span_at(width).start > self.span_at(width - 1).end
            || (!in_parentheses && after != T::Minus);
        if !stands_apart {
            return None;
        }
        let mark = self.mark_place();
        self.at += width;
        let rest = self.here();
        let value = match self.items() {
            Ok(items) if self.peek() == T::EndOfText => self.list(&items, rest),
            _ => {
                // The words of the option.
                self.return_to(mark);
                self.at = self.end;
                let words = Span { start: rest.start, end: self.span_before().end };
                let said = Value::Text(self.normal(words));
                self.tree.push_said(said, words)
            }
        };
        Some(self.push(Kind::Choice(letter, Some(value)), start))
    }

    /// `x < -7 : (-\infty, -7)`: a relation, and again as an interval.
    fn restated(&mut self) -> Option<NodeId> {
        let colon = self.first_outside(|_, kind| kind == T::Colon)?;
        let relates = |token: &Token| matches!(token.kind, T::Relation(_));
        let (before, after) = (&self.tokens[self.at..colon], &self.tokens[colon + 1..self.end]);
        if !before.iter().any(relates)
            || before.iter().any(|token| token.kind == T::Word)
            || after.iter().any(relates)
            || !matches!(
                after.first()?.kind,
                T::Open(Delimiter::Paren | Delimiter::Square) | T::Close(Delimiter::Square)
            )
        {
            return None;
        }
        let (start, outer, mark) = (self.here(), self.end, self.mark_place());
        let both = [self.part_of(self.at, colon), self.part_of(colon + 1, outer)];
        self.end = outer;
        let [Some(relation), Some(interval)] = both else {
            self.return_to(mark);
            return None;
        };
        let sides = self.tree.push_children(&[relation, interval]);
        let relations = self.tree.push_relations(&[Relation::Other(Sign::Iff)]);
        Some(self.push(Kind::Chain(sides, relations), start))
    }
}
