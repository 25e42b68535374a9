//! Units in signs and letters: `\mu\text{m}`, `kJ/mol`, `\frac{\text{m}}{\text{s}}`, `2h 30m`.

use super::{Fault, Parser, Parts, power};
use crate::read::lexer::TokenKind as T;
use crate::read::tree::{Delimiter, Kind, Name, NodeId, Span};
use crate::read::units;
use crate::value::{NoteKind, Unit};
use smallvec::smallvec;

/// More tokens are no unit.
const MOST_TOKENS: usize = 40;

impl Parser<'_> {
    /// A value with the unit in signs or letters that follows it, or with what makes a quantity of it: `5 kJ/mol`,
    /// `2h 30m`, `8 cm by 5 cm`, `1.5 hours (90 minutes)`, `\$400 at 5\%`.
    pub(super) fn quantity(&mut self, left: NodeId, start: Span) -> Result<Option<NodeId>, Fault> {
        if let Some(mixed) = self.mixed_units(left, start) {
            return Ok(Some(mixed));
        }
        if let Some((unit, width)) = self.unit_at(0) {
            self.at += width;
            return Ok(Some(self.united(left, unit, start)));
        }
        // A letter begins none of these.
        if matches!(self.peek(), T::Symbol(_)) {
            return Ok(None);
        }
        if let Some(sides) = self.dimensions(left, start)? {
            return Ok(Some(sides));
        }
        Ok(self.at_a_rate(left, start))
    }

    /// The unit that follows a number some tokens ahead, if signs or letters are part of it, and how many tokens it is:
    /// the longest there is. Words alone are read by [`Parser::annotation`].
    pub(super) fn unit_at(&self, ahead: usize) -> Option<(Unit, usize)> {
        // `\mathrm{C}_5^2`
        if matches!(self.peek_at(ahead), T::Symbol(_)) && self.peek_at(ahead + 1) == T::Underscore {
            return None;
        }
        let begins = match self.peek_at(ahead) {
            T::Fraction => self.peek_at(ahead + 1) == T::GroupOpen,
            T::Slash
            | T::GroupOpen
            | T::Word
            | T::Symbol(Name::Command("mu" | "Omega") | Name::Segment(_)) => true,
            // The commonest variables begin no unit.
            T::Symbol(Name::Letter(letter)) => {
                letter.is_ascii()
                    && (!matches!(letter, 'x' | 'y' | 'z' | 'n' | 'a' | 'b')
                        || self.span_at(ahead + 1).start == self.span_at(ahead).end
                            && matches!(self.peek_at(ahead + 1), T::Symbol(_)))
            }
            _ => false,
        };
        if !begins || !self.ends_number(ahead) {
            return None;
        }
        let (width, words) = self.unit_tokens(ahead);
        let from = self.span_at(ahead);
        // Most letters are variables: `3x^2`.
        if words.is_none() && !self.may_be_unit(ahead, width) && !self.opens_upright(from) {
            return None;
        }
        let opens_upright = self.opens_upright(from);
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
            if letters && upright && !opens_upright && source.contains('{') {
                return None;
            }
            let unit = if upright || opens_upright {
                units::parse(source)
            } else {
                units::parse_bare(source)
            };
            Some((unit?, width))
        })
    }

    /// Whether a token is the first in upright type: `W` of `\text{ W/(m}^2\text{K)}`.
    fn opens_upright(&self, token: Span) -> bool {
        let before = self.text[..token.start as usize].trim_end_matches(['~', ' ']);
        ["\\mathrm{", "\\text{", "\\textrm{"].iter().any(|command| before.ends_with(command))
    }

    /// Whether letters that are no words may be a unit: two adjoin, one is a sign, or the first begins
    /// the unit of a speed or a torque.
    fn may_be_unit(&self, ahead: usize, width: usize) -> bool {
        let letter = |at: usize| matches!(self.peek_at(at), T::Symbol(Name::Letter(_)));
        let adjoin = |at: usize| {
            letter(at) && letter(at + 1) && self.span_at(at).end == self.span_at(at + 1).start
        };
        let sign =
            |at: usize| matches!(self.peek_at(at), T::Symbol(Name::Command(_) | Name::Segment(_)));
        matches!(self.span_at(ahead).of(self.text), "m" | "N")
            || (ahead..ahead + width).any(|at| adjoin(at) || sign(at))
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
                T::Symbol(Name::Command("mu" | "Omega" | "ell") | Name::Segment(_))
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
    fn mixed_units(&mut self, left: NodeId, start: Span) -> Option<NodeId> {
        if !matches!(self.tree.kind(left), Kind::Number(_)) {
            return None;
        }
        // A unit alone is read elsewhere.
        let stop = usize::from(self.peek_at(1) == T::Period);
        let numbered = matches!(self.peek_at(1 + stop), T::Number(_));
        if !numbered {
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

    /// Whether `by` and a number follow.
    pub(super) fn by_follows(&self) -> bool {
        self.word() == "by" && matches!(self.peek_at(1), T::Number(_))
    }

    /// `8 \text{ cm} \times 5 \text{ cm}`, `8.5 by 11`: the sides of something, which are no product.
    fn dimensions(&mut self, left: NodeId, start: Span) -> Result<Option<NodeId>, Fault> {
        if !matches!(self.peek(), T::Word | T::Times | T::Symbol(Name::Letter('x'))) {
            return Ok(None);
        }
        let mut sides: Parts = smallvec![left];
        loop {
            let by = self.by_follows();
            let crosses = matches!(self.here().of(self.text).trim(), "\\times" | "×" | "x")
                && matches!(self.peek_at(1), T::Number(_));
            let before = sides[sides.len() - 1];
            let fits = by && self.is_plain_number(before) || self.is_length(before);
            if !(by || crosses) || !fits {
                break;
            }
            let from = self.at;
            self.advance();
            let at = self.here();
            let number = self.expression(power::PRODUCT + 1)?;
            let side = match self.unit_at(0) {
                Some((unit, width)) => {
                    self.at += width;
                    self.united(number, unit, at)
                }
                None if self.at_annotation() => self.annotation(number, at)?.unwrap_or(number),
                None => number,
            };
            if !(by && self.is_plain_number(side) || self.is_length(side)) {
                self.at = from;
                break;
            }
            sides.push(side);
        }
        Ok((sides.len() > 1).then(|| self.push_all(Kind::Dimensions, &sides, start)))
    }

    /// Whether words that give a share of a whole follow, and the share.
    pub(super) fn share_follows(&self) -> bool {
        self.share_words().is_some_and(|before| {
            matches!(self.peek_at(before), T::Number(_)) && self.peek_at(before + 1) == T::Percent
        })
    }

    /// How many words stand before a share: `of the`, `at`, `@`.
    fn share_words(&self) -> Option<usize> {
        match (self.word(), self.word_at(1)) {
            ("of", "the" | "a" | "an") | ("invested", "at") => Some(2),
            ("at" | "of", _) => Some(1),
            _ if self.here().of(self.text) == "@" => Some(1),
            _ => None,
        }
    }

    /// `\$4000 \text{ at } 5\%`, `15 gallons of the 20\% solution`: an amount, and of what rate or share it is.
    fn at_a_rate(&mut self, left: NodeId, start: Span) -> Option<NodeId> {
        if !matches!(self.tree.kind(left), Kind::Currency(..) | Kind::United(..)) {
            return None;
        }
        if !self.share_follows() {
            return None;
        }
        let before = self.share_words()?;
        let (T::Number(literal), T::Percent) = (self.peek_at(before), self.peek_at(before + 1))
        else {
            return None;
        };
        let at = self.span_at(before);
        let number = self.tree.push(Kind::Number(literal), at);
        self.at += before + 2;
        let mut share = self.push(Kind::Percent(number), at);
        // What it is a share of is said of the share.
        if self.peek() == T::Word && !self.at_condition() {
            let from = self.here();
            while self.peek() == T::Word && !self.at_condition() {
                self.advance();
            }
            share = self.noted(share, NoteKind::Counted, from.to(self.span_before()), at);
        }
        Some(self.push(Kind::Noted(left, NoteKind::Counted, share), start))
    }

    fn is_plain_number(&self, node: NodeId) -> bool {
        matches!(self.tree.kind(node), Kind::Number(_) | Kind::Mixed(..))
    }

    /// Whether a node is a length, perhaps with what it is of: `5 cm`, `5 cm wide`.
    fn is_length(&self, node: NodeId) -> bool {
        match self.tree.kind(node) {
            Kind::Noted(inner, NoteKind::Counted, _) => self.is_length(inner),
            Kind::Prime(number, _) => self.is_numeric(number),
            Kind::United(_, unit) => {
                matches!(self.tree.unit(unit), Unit::Measure(side) if side.dimension == [("m", 1)])
            }
            _ => false,
        }
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
