//! The words behind a number: its unit, what it counts, rates and odds.

use super::{Fault, Parser, power};
use crate::canonical::Expr;
use crate::read::compared;
use crate::read::lexer::TokenKind as T;
use crate::read::tree::{Constant, Delimiter, Kind, NodeId, Span};
use crate::read::words;
use crate::read::{alteration, chinese};
use crate::read::{calendar, units};
use crate::value::{NoteKind, Quantity, Unit, Value};

/// More words behind a number are no unit.
const MOST_WORDS: usize = 16;

impl Parser<'_> {
    /// Whether `of` follows a percentage or a fraction, and a number follows that.
    pub(super) fn of_follows(&self, left: NodeId) -> bool {
        self.word().eq_ignore_ascii_case("of")
            && matches!(self.peek_at(1), T::Number(_) | T::Currency | T::Fraction)
            && matches!(self.tree.kind(left), Kind::Percent(_) | Kind::Fraction(..))
    }

    /// `1 in 6`, `5 out of 36` and `3 to 4`: how many words, and whether they make a ratio.
    pub(super) fn odds_follow(&self, left: NodeId) -> Option<(usize, bool)> {
        let (width, ratio) = match (self.word(), self.word_at(1)) {
            ("in", "") => (1, false),
            ("to", "") => (1, true),
            ("out", "of") => (2, false),
            _ => return None,
        };
        let number = |ahead: usize| matches!(self.peek_at(ahead), T::Number(_));
        // `from 3 to 9` is a range.
        let from = || {
            self.tokens[..self.at]
                .iter()
                .any(|token| token.span.of(self.text).eq_ignore_ascii_case("from"))
        };
        (matches!(self.tree.kind(left), Kind::Number(_))
            && number(width)
            && self.ends_item(width + 1)
            && !(ratio && from()))
        .then_some((width, ratio))
    }

    /// Whether words follow that may be a unit or what is counted.
    pub(super) fn at_annotation(&self) -> bool {
        match self.peek() {
            T::Word => !self.at_condition() && self.any_order().is_none(),
            T::Open(Delimiter::Paren) => {
                self.peek_at(1) == T::Word && {
                    let mut ahead = 1;
                    while self.peek_at(ahead) == T::Word {
                        ahead += 1;
                    }
                    // One letter may be a factor.
                    matches!(self.peek_at(ahead), T::Close(_)) && self.word_at(1).len() > 1
                }
            }
            _ => false,
        }
    }

    /// Whether a node is made of numbers alone.
    pub(super) fn is_numeric(&self, id: NodeId) -> bool {
        let all = |ids: &[NodeId]| ids.iter().all(|&id| self.is_numeric(id));
        match self.tree.kind(id) {
            Kind::Number(_) | Kind::Vulgar(..) => true,
            Kind::Said(at) => matches!(self.tree.said(at), Value::Quantity(_)),
            Kind::Constant(constant) => constant == Constant::Pi,
            Kind::Negate(inner)
            | Kind::PlusMinus(inner)
            | Kind::MinusPlus(inner)
            | Kind::Inverse(inner)
            | Kind::Factorial(inner, _)
            | Kind::Percent(inner)
            | Kind::Degree(inner)
            | Kind::Currency(inner, _)
            | Kind::United(inner, _)
            | Kind::HalfDay(inner, _)
            | Kind::Noted(inner, ..) => self.is_numeric(inner),
            Kind::Fraction(a, b) | Kind::Mixed(a, b) | Kind::Power(a, b) => {
                self.is_numeric(a) && self.is_numeric(b)
            }
            Kind::Sum(parts)
            | Kind::Product(parts)
            | Kind::Ratio(parts)
            | Kind::Call(_, parts)
            | Kind::Delimited(Delimiter::Paren, Delimiter::Paren, parts) => {
                all(self.tree.children(parts))
            }
            _ => false,
        }
    }

    /// The words after a value: `5 \text{ cm}^2`, `10 miles per hour`, `3 (approximately)`. `None` where
    /// they are none that a unit or a count is made of.
    pub(super) fn annotation(
        &mut self,
        value: NodeId,
        start: Span,
    ) -> Result<Option<NodeId>, Fault> {
        if let Some(date) = self.month_and_year(value, start).or_else(|| self.day_of(value, start))
        {
            return Ok(Some(date));
        }
        // `\$1.5 \text{ M}`
        if let (Kind::Currency(..), Some(factor)) =
            (self.tree.kind(value), units::money_multiplier(self.word()))
            && self.ends_item(1)
        {
            let said = self.advance();
            return Ok(Some(self.multiplied(value, factor, said, start)));
        }
        let from = self.here();
        let place = self.at;
        let mut words: Vec<Span> = Vec::new();
        let mut parenthesised = false;
        loop {
            match self.peek() {
                // `11:55 p.m. on 24 December`
                T::Word if self.word() == "on" && half_said(self.text, &words).is_some() => break,
                // `8 cm by 5 cm`, `15 gallons of the 20\% solution`
                T::Word if !words.is_empty() && self.by_follows() || self.share_follows() => break,
                T::Word
                    if words.is_empty()
                        || !self.at_condition()
                        || self.word() == "all" && self.span_before().of(self.text) == "in" =>
                {
                    words.push(self.advance());
                }
                T::Open(_) if self.at_annotation() && !parenthesised => {
                    parenthesised = true;
                    self.advance();
                    while self.peek() == T::Word {
                        words.push(self.advance());
                    }
                    self.advance();
                }
                T::Caret if matches!(self.peek_at(1), T::Number(_)) => self.at += 2,
                T::Caret if self.peek_at(1) == T::GroupOpen => {
                    let sign = usize::from(self.peek_at(2) == T::Minus);
                    if !matches!(self.peek_at(2 + sign), T::Number(_))
                        || self.peek_at(3 + sign) != T::GroupClose
                    {
                        break;
                    }
                    self.at += 4 + sign;
                }
                T::Superscript(_) => {
                    self.advance();
                }
                T::Period
                    if !words.is_empty()
                        && !matches!(self.peek_at(1), T::Number(_))
                        && !self.sentence_follows(1) =>
                {
                    self.advance();
                }
                // `lb-sec`
                T::Minus
                    if !words.is_empty()
                        && self.is_upright_unit(self.span_at(1))
                        && self.is_upright_unit(self.span_before()) =>
                {
                    self.advance();
                    words.push(self.advance());
                }
                // `m/s`, `USD/MWh`, `kg·m`
                T::Slash | T::Times if matches!(self.peek_at(1), T::Word | T::Symbol(_)) => {
                    self.at += 2;
                }
                _ => break,
            }
        }
        let span = from.to(self.span_before());
        let Some(noted) = self.annotated(value, span, &words, start) else {
            self.at = place;
            return Ok(None);
        };
        let mut node = noted;
        // `5 feet 4 inches`
        while matches!(self.peek(), T::Number(_)) {
            let part = self.here();
            let number = self.expression(power::SUM)?;
            if !matches!(self.tree.kind(node), Kind::United(..) | Kind::Sum(_))
                || !self.at_annotation()
            {
                return Err(self.fault());
            }
            let Some(more) = self.annotation(number, part)? else { return Err(self.fault()) };
            if !matches!(self.tree.kind(more), Kind::United(..)) {
                return Err(self.fault());
            }
            node = self.push_all(Kind::Sum, &[node, more], start);
            self.check(node)?;
        }
        Ok(Some(node))
    }

    /// A value with the words behind it: a date, an hour, a unit, a count, a remark.
    #[expect(clippy::too_many_lines, reason = "one condition per kind of words")]
    pub(super) fn annotated(
        &mut self,
        value: NodeId,
        span: Span,
        words: &[Span],
        start: Span,
    ) -> Option<NodeId> {
        let text = self.text;
        let source = span.of(text);
        if words.len() > MOST_WORDS {
            return Some(self.noted(value, NoteKind::Predicate, span, start));
        }
        if let [before @ .., below, zero] = words
            && below.of(text).eq_ignore_ascii_case("below")
            && zero.of(text).eq_ignore_ascii_case("zero")
        {
            return self.below_zero(value, span, before, start);
        }
        let numeric = self.is_numeric(value);
        if !numeric {
            let unit = units::parse(source)?;
            return Some(self.united(value, unit, start));
        }
        // `25^\circ \text{C}`, `-5^\circ \text{C}`
        if let &[scale] = words
            && matches!(scale.of(text), "C" | "F" | "K")
            && let Some(degrees) = self.without_degree(value)
        {
            let unit = units::parse(&format!("degree {}", scale.of(text)))?;
            return Some(self.united(degrees, unit, start));
        }
        // `5 cm`, as most are: no hour, no ordinal.
        if let &[only] = words
            && !matches!(only.of(text), "am" | "pm" | "a" | "p" | "st" | "nd" | "rd" | "th")
            && let Some(unit) = units::parse(source)
        {
            return Some(self.united(value, unit, start));
        }
        let normal = self.normal(span);
        let number = self.tree.numeral(value);
        if let Some(date) = calendar::read(&format!("{number} {normal}")) {
            return Some(self.tree.push_said(date, start.to(span)));
        }
        // `52 pm` is no time of day.
        let hour = match self.tree.kind(value) {
            Kind::Number(_) => number.parse::<u32>().is_ok_and(|hour| hour <= 24),
            kind => matches!(kind, Kind::Ratio(_) | Kind::Said(_)),
        };
        if let Some(afternoon) = half_said(text, words).filter(|_| hour) {
            return Some(self.push(Kind::HalfDay(value, afternoon), start));
        }
        let first = words.first()?.of(text);
        if let Some(factor) = units::multiplier(first) {
            let product = self.multiplied(value, factor, words[0], start);
            let Some(next) = words.get(1) else { return Some(product) };
            let rest = Span { start: next.start, end: span.end };
            return self.annotated(product, rest, &words[1..], start);
        }
        // `5万元`
        if let Some((factor, unit)) = units::multiplied(first)
            && words.len() == 1
        {
            let product = self.multiplied(value, factor, words[0], start);
            return Some(self.united(product, unit, start));
        }
        if words.len() == 1 && matches!(first, "st" | "nd" | "rd" | "th") {
            return Some(self.united(value, Unit::Ordinal, start));
        }
        // `5th term`
        if let (Some(next), "st" | "nd" | "rd" | "th") = (words.get(1), first) {
            let ordinal = self.united(value, Unit::Ordinal, start);
            let rest = Span { start: next.start, end: span.end };
            // `3rd player wins` says more.
            let counts = words.len() == 2 && !alteration::changes_number(next.of(text));
            let kind = if counts { NoteKind::Counted } else { NoteKind::Predicate };
            return Some(self.noted(ordinal, kind, rest, start));
        }
        if let Some(unit) = units::parse(source) {
            return Some(self.united(value, unit, start));
        }
        let said: Vec<&str> = words.iter().map(|word| word.of(text)).collect();
        if words::tells_multiplicity(&said)
            || said.iter().all(|word| words::is_remark(word))
            || matches!(said[..], ["in", "total" | "all"])
        {
            return Some(self.noted(value, NoteKind::Remark, span, start));
        }
        if let Some(united) = self.unit_and_words(value, span, words, start) {
            return Some(united);
        }
        let changed = said.iter().any(|word| alteration::changes_number(word));
        let spelled = matches!(self.tree.kind(value), Kind::Said(_));
        let whole = spelled
            || matches!(self.tree.kind(value), Kind::Number(literal) if super::item::is_plain(literal))
                && !matches!(number, "1");
        let bare = !matches!(
            self.tree.kind(value),
            Kind::Percent(_)
                | Kind::Degree(_)
                | Kind::United(..)
                | Kind::HalfDay(..)
                | Kind::Noted(..)
        );
        let counts = words::counts_things(&said) && !(spelled && said.len() > 1);
        // `60 eV/atom`
        let rate = source.contains('/') && units::is_unit(first);
        if bare && !changed && (!whole || counts || rate) {
            return Some(self.united(
                value,
                Unit::Noun(chinese::same_noun(self.noun(span))),
                start,
            ));
        }
        if !bare {
            return Some(self.counted(value, span, &said, start));
        }
        Some(self.noted(value, NoteKind::Predicate, span, start))
    }

    /// `5 km north`, `10\% increase`: a unit, and what it is of.
    fn unit_and_words(
        &mut self,
        value: NodeId,
        span: Span,
        words: &[Span],
        start: Span,
    ) -> Option<NodeId> {
        let text = self.text;
        let said: Vec<&str> = words.iter().map(|word| word.of(text)).collect();
        // `\$4 \text{ an hour}`
        if let (Kind::Currency(..), &["a" | "an", _, ..]) = (self.tree.kind(value), &said[..]) {
            let rest = Span { start: words[1].start, end: span.end };
            let rate = units::parse(&format!("/ {}", rest.of(text)))?;
            return Some(self.united(value, rate, start));
        }
        let behind = |split: usize| Span { start: span.start, end: words[split - 1].end };
        let split = (1..words.len()).rev().find(|&split| {
            // `15 hours in total`
            said[split - 1] != "in" && units::is_unit(behind(split).of(text))
        })?;
        let between = Span { start: words[split - 1].end, end: words[split].start };
        // `3 J per particle`, `5 degrees of freedom`: another unit than the first alone.
        let changed = said[split..].iter().any(|word| alteration::changes_number(word));
        let rate = is_rate(said[split]) && split + 1 < said.len() || between.of(text).contains('/');
        if !changed && rate || said[split..] == ["of", "freedom"] {
            return Some(self.united(value, Unit::Noun(self.noun(span)), start));
        }
        let rest = Span { start: words[split].start, end: span.end };
        let united = self.united(value, units::parse(behind(split).of(text))?, start);
        if matches!(said[split..], ["point" | "points"]) {
            return Some(self.noted(united, NoteKind::Predicate, rest, start));
        }
        Some(self.counted(united, rest, &said[split..], start))
    }

    /// Whether a token is a unit in upright type: outside of it `m - s` is a difference.
    fn is_upright_unit(&self, token: Span) -> bool {
        let before = self.text[..token.start as usize].trim_end_matches(['~', ' ']);
        let source = token.of(self.text);
        let upright = ["\\mathrm{", "\\text{", "\\textrm{", "\\rm"];
        let in_upright = |&command: &&str| before.ends_with(command) || source.starts_with(command);
        upright.iter().any(in_upright) && units::is_unit(source)
    }

    /// What is counted, as it is compared: without case, but for the symbols of units; of a rate with its `per`.
    fn noun(&self, span: Span) -> String {
        let mut said: Vec<String> = Vec::new();
        let tokens = compared::within(&self.tokens, span);
        for (at, token) in tokens.iter().enumerate() {
            let source = token.span.of(self.text);
            let more = tokens[at + 1..].iter().any(|next| next.kind == T::Word);
            let per = token.kind == T::Slash || token.kind == T::Word && is_rate(source);
            if per && !said.is_empty() && more {
                if said.last().is_some_and(|last| last != "per") {
                    said.push("per".to_owned());
                }
            } else if token.kind == T::Word && units::has_case(source) {
                said.push(source.to_owned());
            } else {
                let words = compared::normal(self.text, &tokens[at..=at]);
                said.extend((!words.is_empty()).then_some(words));
            }
        }
        said.join(" ")
    }

    /// `5 below zero`, `5 degrees below zero`
    fn below_zero(
        &mut self,
        value: NodeId,
        span: Span,
        unit: &[Span],
        start: Span,
    ) -> Option<NodeId> {
        let amount = match unit {
            [] => value,
            [.., last] => self.annotated(value, Span { end: last.end, ..span }, unit, start)?,
        };
        Some(self.push(Kind::Negate(amount), start))
    }

    /// A number without the sign of degrees behind it.
    fn without_degree(&mut self, value: NodeId) -> Option<NodeId> {
        match self.tree.kind(value) {
            Kind::Degree(number) => Some(number),
            Kind::Negate(inner) => match self.tree.kind(inner) {
                Kind::Degree(number) => {
                    Some(self.tree.push(Kind::Negate(number), self.tree.span(value)))
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn multiplied(&mut self, value: NodeId, factor: i64, said: Span, start: Span) -> NodeId {
        let factor = Value::Quantity(Quantity::plain(Expr::integer(factor)));
        let factor = self.tree.push_said(factor, said);
        self.push_all(Kind::Product, &[value, factor], start)
    }

    /// A quantity with words that say what it is of: `10\% increase`.
    pub(super) fn counted(
        &mut self,
        value: NodeId,
        span: Span,
        said: &[&str],
        start: Span,
    ) -> NodeId {
        let changed = said.iter().any(|word| alteration::changes_number(word));
        let kind = if changed { NoteKind::Predicate } else { NoteKind::Counted };
        self.noted(value, kind, span, start)
    }

    pub(super) fn united(&mut self, value: NodeId, unit: Unit, start: Span) -> NodeId {
        let span = self.since(start);
        self.tree.push_unit(value, unit, span)
    }
}

/// Whether a word behind what is counted says for each of what it is.
fn is_rate(word: &str) -> bool {
    ["per", "a", "an", "each", "every"].iter().any(|rate| word.eq_ignore_ascii_case(rate))
}

/// Whether words are those of the afternoon, `p.m.`, or of the morning.
fn half_said(text: &str, words: &[Span]) -> Option<bool> {
    let letters = words.iter().flat_map(|word| word.of(text).chars());
    let letters = letters.filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase);
    calendar::afternoon(&letters.collect::<String>())
}
