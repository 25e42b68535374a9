//! Tokens to a syntax tree, by operator precedence.
//!
//! [`parse`] reads a whole answer: one item, or a bare list of them. It never recurses deeper than
//! the depth limit; what has many terms is read in a loop into one wide node.

mod annotation;
mod atom;
mod class;
mod derivation;
mod environment;
mod item;
mod note;
mod phrase;

use crate::Limits;
use crate::read::lexer::{self, Token, TokenKind};
use crate::read::tree::{Delimiter, Kind, NodeId, Relation, Separator, Size, Span, Tree};
use crate::read::units;
use crate::value::Unit;
use smallvec::{SmallVec, smallvec};

/// Why a text is not mathematics, and where that shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) at: Span,
    pub(crate) kind: FaultKind,
}

/// What kind of fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// Something stands where it cannot: `5 + )`.
    Unexpected,
    /// The text ends too early: `5 +`.
    EndsEarly,
    /// A command that the grammar does not know: `\foo`.
    UnknownCommand,
    /// Words where a value should be.
    Words,
    /// Deeper than the depth limit.
    TooDeep,
    /// More nodes than the node limit.
    TooManyNodes,
}

impl FaultKind {
    /// The fault in words.
    pub(crate) fn describe(self) -> &'static str {
        match self {
            Self::Unexpected => "this cannot stand here",
            Self::EndsEarly => "the text ends too early",
            Self::UnknownCommand => "unknown command",
            Self::Words => "words where a value should be",
            Self::TooDeep => "nested deeper than the depth limit",
            Self::TooManyNodes => "more parts than the node limit",
        }
    }

    /// Whether the text may be mathematics that exceeds a limit.
    pub(crate) fn is_limit(self) -> bool {
        matches!(self, Self::TooDeep | Self::TooManyNodes)
    }
}

type Parsed = Result<NodeId, Fault>;

/// The parts of a node while they are read: mostly a few.
type Parts = SmallVec<[NodeId; 8]>;

/// Items, each with the separator before it.
type Items = SmallVec<[(Separator, NodeId); 8]>;

/// How tightly an operator binds; an operand is read up to the first operator that binds less.
mod power {
    pub(super) const RELATION: u8 = 10;
    pub(super) const OVER: u8 = 15;
    pub(super) const UNIT: u8 = 18;
    pub(super) const RATIO: u8 = 20;
    pub(super) const SET: u8 = 30;
    pub(super) const SUM: u8 = 40;
    pub(super) const PRODUCT: u8 = 50;
    pub(super) const PREFIX: u8 = 55;
    pub(super) const POWER: u8 = 70;
}

/// Reads `text[range]` as an answer.
pub(crate) fn parse<'t>(
    text: &'t str,
    range: Span,
    limits: &'t Limits,
) -> Result<(Tree<'t>, NodeId), Fault> {
    let tokens = lexer::tokens(text, range);
    let mut parser = Parser {
        text,
        tree: Tree::with_capacity(text, tokens.len()),
        end: tokens.len() - 1,
        tokens,
        at: 0,
        depth: 0,
        limits,
        open: SmallVec::new(),
        reversed: None,
        split: SmallVec::new(),
    };
    let root = parser.answer()?;
    Ok((parser.tree, root))
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    /// Where the part of the text that is read now ends: what stands there counts as the end.
    end: usize,
    depth: usize,
    limits: &'a Limits,
    tree: Tree<'a>,
    /// The delimiters that are open around the current place; `Nothing` for a TeX group.
    open: SmallVec<[Delimiter; 8]>,
    /// How many delimiters are open inside the `]` of a reversed interval `]a, b[`.
    reversed: Option<usize>,
    /// The numbers whose first digit was an argument (`\frac12`), and where they began.
    split: SmallVec<[(usize, u32); 4]>,
}

/// A place to go back to: what was read behind it is forgotten.
#[derive(Clone, Copy)]
struct Mark {
    at: usize,
    depth: usize,
    open: usize,
    tree: Size,
    split: usize,
}

impl Parser<'_> {
    fn mark_place(&self) -> Mark {
        let tree = self.tree.size();
        let (open, split) = (self.open.len(), self.split.len());
        Mark { at: self.at, depth: self.depth, open, tree, split }
    }

    fn return_to(&mut self, mark: Mark) {
        self.at = mark.at;
        self.depth = mark.depth;
        self.open.truncate(mark.open);
        if self.tree.len() > 0 {
            self.tree.truncate(mark.tree);
        }
        if self.split.len() > mark.split {
            for (token, start) in self.split.drain(mark.split..).rev() {
                self.tokens[token].span.start = start;
            }
        }
        self.reversed = None;
    }

    /// The first place of the text.
    fn start(&mut self) -> Mark {
        self.end = self.tokens.len() - 1;
        Mark { at: 0, depth: 0, open: 0, tree: Size::default(), split: 0 }
    }

    fn peek(&self) -> TokenKind {
        self.peek_at(0)
    }

    fn peek_at(&self, ahead: usize) -> TokenKind {
        let at = self.at + ahead;
        if at < self.end { self.tokens[at].kind } else { TokenKind::EndOfText }
    }

    fn span_at(&self, ahead: usize) -> Span {
        let last = self.tokens.len() - 1;
        self.tokens[(self.at + ahead).min(last)].span
    }

    fn here(&self) -> Span {
        self.span_at(0)
    }

    /// The span of the last token read.
    fn span_before(&self) -> Span {
        self.tokens[self.at.saturating_sub(1)].span
    }

    /// The span from `start` to the last token read.
    fn since(&self, start: Span) -> Span {
        let last = self.span_before();
        if last.end >= start.start { start.to(last) } else { start }
    }

    fn advance(&mut self) -> Span {
        let span = self.here();
        if self.at < self.end {
            self.at += 1;
        }
        span
    }

    fn take(&mut self, kind: TokenKind) -> bool {
        let found = self.peek() == kind;
        if found {
            self.advance();
        }
        found
    }

    fn fault(&self) -> Fault {
        let kind = match self.peek() {
            TokenKind::EndOfText => FaultKind::EndsEarly,
            TokenKind::UnknownCommand => FaultKind::UnknownCommand,
            TokenKind::Word => FaultKind::Words,
            _ => FaultKind::Unexpected,
        };
        Fault { at: self.here(), kind }
    }

    fn push(&mut self, kind: Kind, start: Span) -> NodeId {
        let span = self.since(start);
        self.tree.push(kind, span)
    }

    fn push_all(
        &mut self,
        wrap: fn(crate::read::tree::Children) -> Kind,
        all: &[NodeId],
        start: Span,
    ) -> NodeId {
        let children = self.tree.push_children(all);
        self.push(wrap(children), start)
    }

    /// Levels of nesting that are read: a limit that outgrows the stack counts as the deepest that does not.
    fn deepest(&self) -> usize {
        self.limits.depth.min(Limits::DEEPEST)
    }

    fn check(&self, node: NodeId) -> Parsed {
        let kind = if self.tree.node(node).height as usize > 2 * self.deepest() {
            FaultKind::TooDeep
        } else if self.tree.len() > self.limits.nodes {
            FaultKind::TooManyNodes
        } else {
            return Ok(node);
        };
        Err(Fault { at: self.here(), kind })
    }

    /// Reads an operand and the operators after it that bind at least as tightly as `floor`.
    fn expression(&mut self, floor: u8) -> Parsed {
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

    fn operand(&mut self) -> Parsed {
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
    fn infix(&mut self, left: NodeId, floor: u8, start: Span) -> Result<Option<NodeId>, Fault> {
        use TokenKind as T;
        let made = match self.peek() {
            T::Bang
            | T::Prime(_)
            | T::Percent
            | T::Degree
            | T::Underscore
            | T::Superscript(_)
            | T::Subscript(_) => self.postfix(left, start)?,
            T::Caret if floor <= power::POWER => self.power(left, start)?,
            T::Times | T::Slash if floor <= power::PRODUCT => self.product(left, start)?,
            T::Plus | T::Minus | T::PlusMinus | T::MinusPlus if floor <= power::SUM => {
                self.sum(left, start)?
            }
            T::Relation(_) if floor <= power::RELATION => self.chain(left, start)?,
            T::Colon if floor <= power::RATIO && self.open.last() != Some(&Delimiter::Brace) => {
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
                    self.push(Kind::Call(crate::read::tree::Function::Binomial, pair), start)
                }
            }
            T::Modulo if floor <= power::UNIT => {
                self.advance();
                let modulus = self.expression(power::SUM)?;
                self.push(Kind::Modulo(left, modulus), start)
            }
            T::Open(Delimiter::Paren) if self.peek_at(1) == T::Modulo && floor <= power::UNIT => {
                self.advance();
                self.advance();
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
                let span = self.since(start);
                self.tree.push_unit(left, unit, span)
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

    /// Whether words follow that stand for an operator.
    fn operator_in_words(&self, left: NodeId, floor: u8) -> bool {
        floor <= power::PRODUCT && self.of_follows(left)
            || floor == 0 && self.range_follows(left)
            || floor <= power::RATIO && self.odds_follow(left).is_some()
    }

    /// `50\% of 8`, `1 through 5`, `1 in 6`, `3 to 4`.
    fn worded(&mut self, left: NodeId, floor: u8, start: Span) -> Parsed {
        if floor <= power::PRODUCT && self.of_follows(left) {
            self.advance();
            let right = self.expression(power::PRODUCT + 1)?;
            return Ok(self.push_all(Kind::Product, &[left, right], start));
        }
        if floor == 0 && self.range_follows(left) {
            return self.range(left, start);
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
    fn run(
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

    fn sum(&mut self, left: NodeId, start: Span) -> Parsed {
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

    fn is_vector(&self, id: NodeId) -> bool {
        matches!(self.tree.kind(id), Kind::Call(super::tree::Function::Accent("vec"), _))
    }

    fn product(&mut self, left: NodeId, start: Span) -> Parsed {
        let mut factors: Parts = smallvec![left];
        loop {
            let factor = match self.peek() {
                TokenKind::Times => {
                    let sign = self.advance();
                    if self.peek() == TokenKind::Ellipsis {
                        let span = self.advance();
                        self.tree.push(Kind::Ellipsis, span)
                    } else {
                        let factor = self.expression(power::PRODUCT + 1)?;
                        // `\vec a \times \vec b` is no product of numbers.
                        if matches!(sign.of(self.text), "\\times" | "×")
                            && self.is_vector(factors[factors.len() - 1])
                            && self.is_vector(factor)
                        {
                            return Err(Fault { at: sign, kind: FaultKind::Unexpected });
                        }
                        factor
                    }
                }
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
                    let before = factors.last().map(|&id| self.tree.kind(id));
                    if matches!(self.peek(), TokenKind::Number(_))
                        && !self.at_power_of_ten()
                        && matches!(
                            before,
                            Some(Kind::Number(_) | Kind::Negate(_) | Kind::Mixed(..))
                        )
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

    /// `a < b = c …`
    fn chain(&mut self, left: NodeId, start: Span) -> Parsed {
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

    fn power(&mut self, base: NodeId, start: Span) -> Parsed {
        self.advance();
        // `^{\circ}` and `^{\prime}`
        if self.peek() == TokenKind::GroupOpen && self.peek_at(2) == TokenKind::GroupClose {
            match self.peek_at(1) {
                TokenKind::Degree => {
                    self.at += 3;
                    return Ok(self.degrees(base, start));
                }
                TokenKind::Prime(count) => {
                    self.at += 3;
                    return Ok(self.push(Kind::Prime(base, count), start));
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

    /// Degrees, and the minutes and seconds after them: `30^\circ 15' 20''`.
    fn degrees(&mut self, whole: NodeId, start: Span) -> NodeId {
        let mut parts: Parts = smallvec![whole];
        while let TokenKind::Number(literal) = self.peek() {
            let (marks, width) = match (self.peek_at(1), self.peek_at(2), self.peek_at(3)) {
                (TokenKind::Prime(marks), ..) => (marks, 2),
                (TokenKind::Caret, TokenKind::Prime(marks), _) => (marks, 3),
                // `^{\prime\prime}`
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
    fn mark(&mut self) -> NodeId {
        let span = self.advance();
        self.tree.push(Kind::Symbol(crate::read::tree::Name::Word(span)), span)
    }

    /// What a `^` raises to: a group, or one atom with its own sign and power.
    fn exponent(&mut self) -> Parsed {
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

    fn postfix(&mut self, left: NodeId, start: Span) -> Parsed {
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
    fn subscript(&mut self) -> Parsed {
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

    /// Whether `10^{-4}` follows: `5.9 $10^{-4}$` is a number in powers of ten.
    fn at_power_of_ten(&self) -> bool {
        self.here().of(self.text) == "10" && self.peek_at(1) == TokenKind::Caret
    }

    /// Whether the next token begins a factor of an implicit product.
    fn starts_factor(&self) -> bool {
        self.starts_factor_at(0)
    }

    fn starts_factor_at(&self, ahead: usize) -> bool {
        use TokenKind as T;
        match self.peek_at(ahead) {
            T::Open(Delimiter::Paren) if ahead == 0 => {
                !self.at_relation_in_parentheses()
                    && !self.at_multiplicity()
                    && crate::read::words::opener(self.word_at(1)).is_none()
            }
            // In `]a, b[` and `[a, b[` the second bracket closes.
            T::Open(Delimiter::Square) => {
                self.reversed != Some(self.open.len())
                    && (self.starts_factor_at(ahead + 1)
                        || matches!(self.peek_at(ahead + 1), T::Minus | T::Open(_) | T::Word))
            }
            T::Number(_)
            | T::Vulgar(..)
            | T::Symbol(_)
            | T::Constant(_)
            | T::Function(_)
            | T::GroupOpen
            | T::Fraction
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

fn is_ordinal(word: &str) -> bool {
    matches!(word, "st" | "nd" | "rd" | "th")
}

/// Relations that leave only their right side when nothing stands before them.
fn is_transparent(relation: Relation) -> bool {
    matches!(
        relation,
        Relation::Equal | Relation::Approximate | Relation::Other(crate::value::Sign::Implies)
    )
}
