//! Units in signs and letters: `\mu\text{m}`, `kJ/mol`, `\frac{\text{m}}{\text{s}}`, `2h 30m`.

use super::{Parser, Parts};
use crate::read::lexer::TokenKind as T;
use crate::read::tree::{Delimiter, Kind, Name, NodeId, Span};
use crate::read::units;
use crate::value::Unit;

/// More tokens are no unit.
const MOST_TOKENS: usize = 40;

impl Parser<'_> {
    /// The unit that follows a number some tokens ahead, if signs or letters are part of it, and how many tokens it is:
    /// the longest there is. Words alone are read by [`Parser::annotation`].
    pub(super) fn unit_at(&self, ahead: usize) -> Option<(Unit, usize)> {
        let begins = match self.peek_at(ahead) {
            T::Fraction => self.peek_at(ahead + 1) == T::GroupOpen,
            T::Slash | T::GroupOpen | T::Word | T::Symbol(Name::Command("mu" | "Omega")) => true,
            T::Symbol(Name::Letter(letter)) => letter.is_ascii(),
            _ => false,
        };
        if !begins || !self.ends_number(ahead) {
            return None;
        }
        let (width, words) = self.unit_tokens(ahead);
        let from = self.span_at(ahead);
        (1..=width).rev().find_map(|width| {
            let last = self.span_at(ahead + width - 1);
            let plain = (ahead..ahead + width).all(|at| self.peek_at(at) == T::Word);
            // `m` of `mol` is none.
            let next = self.span_at(ahead + width);
            let runs_on = next.start == last.end
                && matches!(self.peek_at(ahead + width), T::Symbol(Name::Letter(_)) | T::Word);
            if plain || runs_on || !self.balanced(ahead, width) {
                return None;
            }
            let source = from.to(last).of(self.text);
            let upright = words.is_some_and(|word| word < ahead + width);
            // `9.8 t \text{ m/s}`: upright words are no part of what letters begin.
            let letters = matches!(self.peek_at(ahead), T::Symbol(Name::Letter(_)));
            if letters && upright && source.contains('{') {
                return None;
            }
            let unit = if upright { units::parse(source) } else { units::parse_bare(source) };
            Some((unit?, width))
        })
    }

    /// Whether the token before one ends a number.
    fn ends_number(&self, ahead: usize) -> bool {
        let before = (self.at + ahead).checked_sub(1).map(|at| self.tokens[at].kind);
        matches!(
            before,
            Some(
                T::Number(_)
                    | T::Vulgar(..)
                    | T::GroupClose
                    | T::Close(_)
                    | T::Superscript(_)
                    | T::Constant(_)
            )
        )
    }

    /// How many tokens may be a unit's, and where the first word among them is.
    fn unit_tokens(&self, ahead: usize) -> (usize, Option<usize>) {
        let mut words = None;
        let mut width = 0;
        while width < MOST_TOKENS {
            let at = ahead + width;
            let before = if width > 0 { self.peek_at(at - 1) } else { T::EndOfText };
            let allowed = match self.peek_at(at) {
                T::Word => {
                    words = words.or(Some(at));
                    true
                }
                T::Symbol(Name::Letter(letter)) => {
                    // `5 \text{ m} x`: behind upright words letters are letters.
                    let between =
                        Span { start: self.span_at(at.max(1) - 1).end, ..self.span_at(at) };
                    letter.is_ascii()
                        && (before != T::Word || !between.of(self.text).starts_with('}'))
                }
                T::Symbol(Name::Command("mu" | "Omega" | "ell"))
                | T::Slash
                | T::Times
                | T::Caret
                | T::Superscript(_)
                | T::GroupOpen
                | T::GroupClose
                | T::Open(Delimiter::Paren)
                | T::Close(Delimiter::Paren)
                | T::Fraction
                | T::Degree
                | T::Period => true,
                T::Symbol(Name::Segment(_)) => words.is_some(),
                T::Minus => width > 0,
                T::Number(_) => {
                    before == T::Caret
                        || before == T::Minus && width > 1
                        || before == T::GroupOpen && width > 1 && self.peek_at(at - 2) == T::Caret
                }
                _ => false,
            };
            if !allowed {
                break;
            }
            width += 1;
        }
        (width, words)
    }

    /// Whether every bracket among some tokens has its partner, and the last token may end a unit.
    fn balanced(&self, ahead: usize, width: usize) -> bool {
        let (mut groups, mut parentheses) = (0_usize, 0_usize);
        for at in ahead..ahead + width {
            let (open, close) = match self.peek_at(at) {
                T::GroupOpen => (&mut groups, false),
                T::GroupClose => (&mut groups, true),
                T::Open(_) => (&mut parentheses, false),
                T::Close(_) => (&mut parentheses, true),
                _ => continue,
            };
            if !close {
                *open += 1;
            } else if *open == 0 {
                return false;
            } else {
                *open -= 1;
            }
        }
        groups == 0
            && parentheses == 0
            && !matches!(
                self.peek_at(ahead + width - 1),
                T::Slash | T::Times | T::Caret | T::Minus | T::Fraction | T::Period
            )
    }

    /// `2h 30m`, `5 ft. 4 in.`, `3 kg 200 g`: a quantity in a unit and in smaller ones of the same kind.
    pub(super) fn mixed_units(&mut self, left: NodeId, start: Span) -> Option<NodeId> {
        if !matches!(self.tree.kind(left), Kind::Number(_)) {
            return None;
        }
        let (mut unit, mut width) = self.short_unit(0, None)?;
        let mut parts: Vec<(Option<usize>, Unit, usize)> = Vec::new();
        let mut number = None;
        loop {
            let end = width;
            let next = match self.peek_at(end) {
                T::Number(_) => Some(end),
                _ => None,
            };
            let more = next.and_then(|next| self.short_unit(next + 1, Some(&unit)));
            // `3 m 5 s`: before seconds, minutes.
            if let Some((Unit::Measure(second), _)) = &more
                && second.dimension == [("s", 1)]
                && matches!(&unit, Unit::Measure(first) if first.dimension == [("m", 1)])
                && self.span_at(end - 1).of(self.text) == "m"
            {
                unit = units::parse("min")?;
            }
            parts.push((number, unit.clone(), end));
            let Some((following, width_of)) = more else { break };
            if !same_kind(&unit, &following) {
                return None;
            }
            number = next;
            width = next? + 1 + width_of;
            unit = following;
        }
        if parts.len() < 2 {
            return None;
        }
        let from = self.at;
        let mut terms = Parts::new();
        for (number, unit, end) in parts {
            let (value, at) = match number {
                None => (left, start),
                Some(ahead) => {
                    self.at = from + ahead;
                    let T::Number(literal) = self.peek() else { return None };
                    let at = self.advance();
                    (self.tree.push(Kind::Number(literal), at), at)
                }
            };
            self.at = from + end;
            terms.push(self.united(value, unit, at));
        }
        Some(self.push_all(Kind::Sum, &terms, start))
    }

    /// The unit of one token some tokens ahead, and the full stop behind it.
    fn short_unit(&self, ahead: usize, before: Option<&Unit>) -> Option<(Unit, usize)> {
        if !matches!(self.peek_at(ahead), T::Word | T::Symbol(Name::Letter(_))) {
            return None;
        }
        let said = self.span_at(ahead).of(self.text);
        let next = self.span_at(ahead + 1);
        if next.start == self.span_at(ahead).end && matches!(self.peek_at(ahead + 1), T::Symbol(_))
        {
            return None;
        }
        // Behind hours, minutes.
        let of_time =
            |unit: &Unit| matches!(unit, Unit::Measure(known) if known.dimension == [("s", 1)]);
        let unit =
            units::parse(if said == "m" && before.is_some_and(of_time) { "min" } else { said })?;
        if !matches!(unit, Unit::Measure(_)) {
            return None;
        }
        let full_stop = self.peek_at(ahead + 1) == T::Period && !self.ends_item(ahead + 2);
        Some((unit, 1 + usize::from(full_stop)))
    }
}

fn same_kind(a: &Unit, b: &Unit) -> bool {
    matches!((a, b), (Unit::Measure(a), Unit::Measure(b)) if a.same_dimension(b))
}
