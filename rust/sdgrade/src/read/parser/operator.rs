//! Operators between things, by their precedence.

use super::{Fault, FaultKind, Parsed, Parser, Parts, power};
use crate::read::lexer::TokenKind;
use crate::read::tree::{Delimiter, Environment, Function, Kind, Name, NodeId, Relation, Span};
use crate::read::units;
use crate::value::NoteKind;
use smallvec::{SmallVec, smallvec};

impl Parser<'_> {
    /// Reads an operand and the operators after it that bind at least as tightly as `floor`.
    pub(super) fn expression(&mut self, floor: u8) -> Parsed {
        self.depth += 1;
        if self.depth > 2 * self.deepest() {
            return Err(Fault { at: self.here(), kind: FaultKind::TooDeep });
        }
        let start = self.here();
        let mut left = self.operand()?;
        while let Some(next) = self.infix(left, floor, start)? {
            left = self.check(next)?;
        }
        self.depth -= 1;
        self.check(left)
    }

    pub(super) fn operand(&mut self) -> Parsed {
        let start = self.here();
        let sign: Option<fn(NodeId) -> Kind> = match self.peek() {
            TokenKind::Plus => {
                self.advance();
                return self.expression(power::PREFIX);
            }
            TokenKind::Minus => Some(Kind::Negate),
            TokenKind::PlusMinus => Some(Kind::PlusMinus),
            TokenKind::MinusPlus => Some(Kind::MinusPlus),
            _ => None,
        };
        let Some(sign) = sign else { return self.atom() };
        self.advance();
        let inner = self.expression(power::PREFIX)?;
        Ok(self.push(sign(inner), start))
    }

    /// Applies the next operator to `left` if it binds at least as tightly as `floor`.
    #[expect(clippy::too_many_lines, reason = "one line per operator")]
    pub(super) fn infix(
        &mut self,
        left: NodeId,
        floor: u8,
        start: Span,
    ) -> Result<Option<NodeId>, Fault> {
        use TokenKind as T;
        let next = self.peek();
        // The commonest ends, at each level of what ends here.
        if matches!(next, T::EndOfText | T::GroupClose | T::Close(_) | T::Comma) {
            return Ok(None);
        }
        if matches!(next, T::Plus | T::Minus | T::Caret | T::Relation(_)) {
            // These begin no unit.
        } else if floor > power::UNIT {
            if self.unit_at(0).is_some() {
                return Ok(None);
            }
        } else if let Some(quantity) = self.quantity(left, start)? {
            return Ok(Some(quantity));
        }
        let made = match next {
            T::Degree if self.composes(left) => {
                self.at += 2;
                let whole = self.since(start);
                self.push(Kind::Symbol(Name::Word(whole)), start)
            }
            T::Bang
            | T::Prime(_)
            | T::Percent
            | T::Degree
            | T::Underscore
            | T::Superscript(_)
            | T::Subscript(_) => self.postfix(left, start)?,
            T::Caret if floor <= power::POWER => self.power(left, start)?,
            // `ℝ \ {0}`: a backslash before a space is none to LaTeX.
            T::GroupOpen if floor <= power::SET && self.takes_off_set(left) => {
                let right = self.expression(power::SET + 1)?;
                self.push(Kind::SetDifference(left, right), start)
            }
            // `N*` of the positive integers
            T::Times if self.marks_set(left) => {
                let mark = self.mark();
                self.push(Kind::Power(left, mark), start)
            }
            T::Times | T::Slash if floor <= power::PRODUCT => self.product(left, start)?,
            T::Plus | T::Minus | T::PlusMinus | T::MinusPlus if floor <= power::SUM => {
                self.sum(left, start)?
            }
            T::Relation(_) if floor <= power::RELATION => self.chain(left, start)?,
            // `a > 0: 1`
            T::Colon if floor <= power::UNIT && self.is_bound(left) => {
                self.advance();
                let value = self.expression(power::RELATION + 1)?;
                self.push(Kind::Noted(value, NoteKind::Condition, left), start)
            }
            T::Colon
                if floor <= power::RATIO
                    && self.open.last() != Some(&Delimiter::Brace)
                    && !self.is_behind_bound(start) =>
            {
                self.run(left, start, T::Colon, power::RATIO, Kind::Ratio)?
            }
            T::Union if floor <= power::SET => {
                self.run(left, start, T::Union, power::SET, Kind::Union)?
            }
            T::Intersection if floor <= power::SET => {
                self.run(left, start, T::Intersection, power::SET, Kind::Intersection)?
            }
            T::SetMinus if floor <= power::SET => {
                self.advance();
                let right = self.expression(power::SET + 1)?;
                self.push(Kind::SetDifference(left, right), start)
            }
            T::Over | T::Choose if floor <= power::OVER => {
                let over = self.peek() == T::Over;
                self.advance();
                let right = self.expression(power::OVER + 1)?;
                if over {
                    self.push(Kind::Fraction(left, right), start)
                } else {
                    let pair = self.tree.push_children(&[left, right]);
                    self.push(Kind::Call(Function::Binomial, pair), start)
                }
            }
            T::Modulo if floor <= power::UNIT => {
                self.advance();
                let modulus = self.expression(power::SUM)?;
                self.push(Kind::Modulo(left, modulus), start)
            }
            T::Open(Delimiter::Paren) if self.peek_at(1) == T::Modulo && floor <= power::UNIT => {
                self.at += 2;
                let modulus = self.expression(power::SUM)?;
                if !matches!(self.peek(), T::Close(_)) {
                    return Err(self.fault());
                }
                self.advance();
                self.push(Kind::Modulo(left, modulus), start)
            }
            T::Word if self.operator_in_words(left, floor) => self.worded(left, floor, start)?,
            // `25¢`
            T::Currency
                if floor <= power::UNIT && self.is_numeric(left) && !self.starts_factor_at(1) =>
            {
                let sign = self.advance();
                let unit = units::currency(sign.of(self.text));
                self.united(left, unit, start)
            }
            T::Word | T::Open(Delimiter::Paren) if self.at_annotation() => {
                if floor > power::UNIT {
                    return Ok(None);
                }
                return self.annotation(left, start);
            }
            T::Ellipsis
                if floor <= power::PRODUCT
                    && (self.starts_factor_at(1)
                        || matches!(self.peek_at(1), T::Times | T::Open(_))) =>
            {
                self.product(left, start)?
            }
            _ if floor <= power::PRODUCT && self.starts_factor() => self.product(left, start)?,
            _ => return Ok(None),
        };
        Ok(Some(made))
    }

    /// Whether the ring behind a letter joins it to another, as in `f \circ g`: it is no degree there.
    fn composes(&self, left: NodeId) -> bool {
        matches!(self.here().of(self.text).trim(), "\\circ" | "∘")
            && matches!(self.tree.kind(left), Kind::Symbol(Name::Letter(_) | Name::Word(_)))
            && matches!(self.peek_at(1), TokenKind::Symbol(Name::Letter(_)))
    }

    /// Takes braces behind a set of numbers and a backslash for those of a set, and says whether there are such.
    fn takes_off_set(&mut self, left: NodeId) -> bool {
        let between = Span { start: self.tree.span(left).end, end: self.here().start };
        let taken_off = matches!(self.tree.kind(left), Kind::Constant(_))
            && between.of(self.text).trim() == "\\";
        let is_close = |&at: &usize| self.tokens[at].kind == TokenKind::GroupClose;
        let Some(close) = taken_off.then(|| (self.at + 1..self.end).find(is_close)).flatten()
        else {
            return false;
        };
        self.make_set(self.at, close);
        true
    }

    /// Whether the sign behind a set of numbers is a mark of it, as nothing follows that it could multiply.
    fn marks_set(&self, left: NodeId) -> bool {
        let is_set = matches!(
            self.tree.kind(left),
            Kind::Constant(_) | Kind::Symbol(Name::Letter('N' | 'Z' | 'Q' | 'R'))
        );
        is_set && self.here().of(self.text) == "*" && self.ends_item(1)
    }

    /// Whether words follow that stand for an operator.
    pub(super) fn operator_in_words(&self, left: NodeId, floor: u8) -> bool {
        floor <= power::PRODUCT && self.of_follows(left)
            || floor == 0 && self.range_follows(left)
            || floor <= power::RATIO && self.odds_follow(left).is_some()
            || floor <= power::OVER && self.choose_follows(left)
    }

    /// `10 \text{ choose } 4`
    fn choose_follows(&self, left: NodeId) -> bool {
        let plain = |id| matches!(self.tree.kind(id), Kind::Number(_) | Kind::Symbol(_));
        self.word().eq_ignore_ascii_case("choose")
            && plain(left)
            && matches!(self.peek_at(1), TokenKind::Number(_) | TokenKind::Symbol(_))
            && self.ends_item(2)
    }

    /// `50\% of 8`, `1 through 5`, `1 in 6`, `3 to 4`.
    pub(super) fn worded(&mut self, left: NodeId, floor: u8, start: Span) -> Parsed {
        if floor <= power::PRODUCT && self.of_follows(left) {
            self.advance();
            let right = self.expression(power::PRODUCT + 1)?;
            return Ok(self.push_all(Kind::Product, &[left, right], start));
        }
        if floor == 0 && self.range_follows(left) {
            return self.range(left, start);
        }
        if self.choose_follows(left) {
            self.advance();
            let chosen = self.atom()?;
            let pair = self.tree.push_children(&[left, chosen]);
            return Ok(self.push(Kind::Call(Function::Binomial, pair), start));
        }
        let (width, ratio) = self.odds_follow(left).unwrap_or((1, false));
        self.at += width;
        let right = self.expression(power::RATIO + 1)?;
        if ratio {
            return Ok(self.push_all(Kind::Ratio, &[left, right], start));
        }
        Ok(self.push(Kind::Fraction(left, right), start))
    }

    /// `left op a op b …` of one operator, into one node.
    pub(super) fn run(
        &mut self,
        left: NodeId,
        start: Span,
        operator: TokenKind,
        binding: u8,
        wrap: fn(crate::read::tree::Children) -> Kind,
    ) -> Parsed {
        let mut all: Parts = smallvec![left];
        while self.take(operator) {
            let next = self.expression(binding + 1)?;
            all.push(next);
        }
        Ok(self.push_all(wrap, &all, start))
    }

    pub(super) fn sum(&mut self, left: NodeId, start: Span) -> Parsed {
        let mut terms: Parts = smallvec![left];
        loop {
            let sign: Option<fn(NodeId) -> Kind> = match self.peek() {
                TokenKind::Plus => None,
                TokenKind::Minus => Some(Kind::Negate),
                TokenKind::PlusMinus => Some(Kind::PlusMinus),
                TokenKind::MinusPlus => Some(Kind::MinusPlus),
                _ => break,
            };
            let at = self.advance();
            // `1 + … + n` keeps its dots.
            let mut term = if self.peek() == TokenKind::Ellipsis {
                let span = self.advance();
                self.tree.push(Kind::Ellipsis, span)
            } else {
                self.expression(power::SUM + 1)?
            };
            if let Some(sign) = sign {
                term = self.push(sign(term), at);
            }
            self.check(term)?;
            terms.push(term);
        }
        Ok(self.push_all(Kind::Sum, &terms, start))
    }

    pub(super) fn is_vector(&self, id: NodeId) -> bool {
        matches!(self.tree.kind(id), Kind::Call(Function::Accent("vec"), _))
    }

    fn is_nabla(&self, id: NodeId) -> bool {
        matches!(self.tree.kind(id), Kind::Symbol(Name::Command("nabla")))
    }

    /// Whether a node is a column of numbers, by its shape: three in a row have commas or are turned.
    fn is_column(&self, id: NodeId) -> bool {
        match self.tree.kind(id) {
            Kind::Matrix(Environment::Matrix, 1, _) => true,
            Kind::Delimited(Delimiter::Angle | Delimiter::Paren, _, items) => {
                self.tree.children(items).len() > 2
            }
            Kind::Power(base, exponent) => {
                matches!(self.tree.kind(base), Kind::Matrix(..))
                    && matches!(
                        self.tree.kind(exponent),
                        Kind::Symbol(Name::Letter('T' | 't') | Name::Command("top"))
                    )
            }
            _ => false,
        }
    }

    pub(super) fn product(&mut self, left: NodeId, start: Span) -> Parsed {
        let mut factors: Parts = smallvec![left];
        loop {
            self.skip_letter_for_times(factors[factors.len() - 1]);
            let factor = match self.peek() {
                TokenKind::Times => {
                    let sign = self.advance();
                    if self.peek() == TokenKind::Ellipsis {
                        let span = self.advance();
                        self.tree.push(Kind::Ellipsis, span)
                    } else {
                        let factor = self.expression(power::PRODUCT + 1)?;
                        let before = factors[factors.len() - 1];
                        let cross = matches!(sign.of(self.text), "\\times" | "×");
                        // `\vec a \times \vec b` and `\nabla \times F` are no products of numbers.
                        let vectors = (self.is_vector(before) || self.tree.is_bold(before))
                            && (self.is_vector(factor) || self.tree.is_bold(factor));
                        if cross && (vectors || self.is_nabla(before)) {
                            return Err(Fault { at: sign, kind: FaultKind::Unexpected });
                        }
                        if cross && self.is_column(before) && self.is_column(factor) {
                            factors.pop();
                            self.push_all(
                                |both| Kind::Call(Function::Cross, both),
                                &[before, factor],
                                start,
                            )
                        } else {
                            factor
                        }
                    }
                }
                TokenKind::Slash if self.unit_at(0).is_some() => break,
                TokenKind::Slash => {
                    let at = self.advance();
                    let divisor = self.expression(power::PRODUCT + 1)?;
                    self.push(Kind::Inverse(divisor), at)
                }
                // `1 \cdot 2 \cdots n`
                TokenKind::Ellipsis
                    if self.starts_factor_at(1)
                        || matches!(self.peek_at(1), TokenKind::Times | TokenKind::Open(_)) =>
                {
                    let span = self.advance();
                    self.tree.push(Kind::Ellipsis, span)
                }
                _ if self.starts_factor() => {
                    // Two numbers side by side are not a product.
                    if matches!(self.peek(), TokenKind::Number(_)) && self.breaks_product(&factors)
                    {
                        return Err(self.fault());
                    }
                    self.expression(power::PREFIX)?
                }
                _ => break,
            };
            self.check(factor)?;
            factors.push(factor);
        }
        Ok(self.push_all(Kind::Product, &factors, start))
    }

    /// Whether a number that follows some factors side by side is none: behind another number, or behind a letter that
    /// has one before it, as in `2h 30m`, `40^\circ N 75^\circ W` and `50 \angle 30^\circ`.
    fn breaks_product(&self, factors: &[NodeId]) -> bool {
        let raised = matches!(self.peek_at(1), TokenKind::Caret | TokenKind::Superscript(_));
        match factors.last().map(|&id| self.tree.kind(id)) {
            Some(Kind::Number(_) | Kind::Negate(_) | Kind::Mixed(..)) => !self.at_power_of_ten(),
            Some(Kind::Symbol(_)) => {
                let degrees = match self.peek_at(1) {
                    TokenKind::Degree => true,
                    TokenKind::Caret => matches!(self.peek_at(2), TokenKind::Degree),
                    _ => false,
                };
                degrees || !raised && factors.iter().any(|&factor| self.is_numeric(factor))
            }
            _ => false,
        }
    }

    /// Skips the letter of `3.4 x 10^5`, which multiplies.
    fn skip_letter_for_times(&mut self, before: NodeId) {
        let letter = self.peek() == TokenKind::Symbol(Name::Letter('x'));
        let power = self.span_at(1).of(self.text) == "10" && self.peek_at(2) == TokenKind::Caret;
        if letter && power && matches!(self.tree.kind(before), Kind::Number(_) | Kind::Negate(_)) {
            self.advance();
        }
    }

    /// `a < b = c …`
    pub(super) fn chain(&mut self, left: NodeId, start: Span) -> Parsed {
        let mut sides: Parts = smallvec![left];
        let mut relations: SmallVec<[Relation; 8]> = SmallVec::new();
        while let TokenKind::Relation(relation) = self.peek() {
            self.advance();
            relations.push(relation);
            let side = if self.peek() == TokenKind::Ellipsis {
                let span = self.advance();
                self.tree.push(Kind::Ellipsis, span)
            } else {
                self.expression(power::RELATION + 1)?
            };
            sides.push(side);
        }
        let relations = self.tree.push_relations(&relations);
        let children = self.tree.push_children(&sides);
        Ok(self.push(Kind::Chain(children, relations), start))
    }

    /// Whether what begins at a place bounds what stands before it: in `a > 0: 1` the colon is no ratio's.
    fn is_behind_bound(&self, start: Span) -> bool {
        let begins = |&at: &usize| self.tokens[at].span.start <= start.start;
        let first = (0..self.at).rev().find(begins);
        first.and_then(|at| at.checked_sub(1)).is_some_and(
            |at| matches!(self.tokens[at].kind, TokenKind::Relation(relation) if is_bound(relation)),
        )
    }

    /// Whether a node is a letter with its bounds.
    fn is_bound(&self, id: NodeId) -> bool {
        let Kind::Chain(sides, relations) = self.tree.kind(id) else { return false };
        let sides = self.tree.children(sides);
        self.tree.relations(relations, sides.len()).iter().all(|&relation| is_bound(relation))
            && sides.iter().any(|&side| matches!(self.tree.kind(side), Kind::Symbol(_)))
    }

    /// Whether `10^{-4}` follows: `5.9 $10^{-4}$` is a number in powers of ten.
    pub(super) fn at_power_of_ten(&self) -> bool {
        self.here().of(self.text) == "10" && self.peek_at(1) == TokenKind::Caret
    }

    /// Whether the next token begins a factor of an implicit product.
    pub(super) fn starts_factor(&self) -> bool {
        self.starts_factor_at(0)
    }

    pub(super) fn starts_factor_at(&self, ahead: usize) -> bool {
        use TokenKind as T;
        match self.peek_at(ahead) {
            T::Open(Delimiter::Paren) if ahead == 0 => {
                !self.at_relation_in_parentheses()
                    && self.again_in_parentheses().is_none()
                    && !self.at_multiplicity()
                    && crate::read::words::opener(self.word_at(1)).is_none()
                    && !self.letter_is_said_to_be(1)
            }
            T::Fraction | T::GroupOpen => self.unit_at(ahead).is_none(),
            // In `]a, b[` and `[a, b[` the second bracket closes.
            T::Open(Delimiter::Square) => {
                self.reversed != Some(self.open.len())
                    && (self.starts_factor_at(ahead + 1)
                        || matches!(self.peek_at(ahead + 1), T::Minus | T::Open(_) | T::Word))
            }
            T::Symbol(_) if ahead == 0 => self.unit_at(0).is_none(),
            T::Number(_)
            | T::Vulgar(..)
            | T::Symbol(_)
            | T::Constant(_)
            | T::Function(_)
            | T::Binomial
            | T::SquareRoot
            | T::RootSign(_)
            | T::Series(_)
            | T::Limit
            | T::Integral
            | T::Accent(_)
            | T::Begin(_)
            | T::Open(_) => true,
            T::Bar => {
                !self
                    .open
                    .iter()
                    .rev()
                    .take(1)
                    .any(|open| matches!(open, Delimiter::Bar | Delimiter::Brace))
                    && !matches!(self.peek_at(ahead + 1), T::EndOfText)
            }
            _ => false,
        }
    }
}

/// Whether a relation is one of order.
fn is_bound(relation: Relation) -> bool {
    use Relation::{Greater, GreaterEqual, Less, LessEqual};
    matches!(relation, Less | LessEqual | Greater | GreaterEqual)
}
