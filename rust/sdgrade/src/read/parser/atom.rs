//! What an operator applies to: numbers, symbols, groups, functions, environments.

use super::item::is_plain;
use super::{Fault, FaultKind, Parsed, Parser, Parts, power};
use crate::read::lexer::TokenKind as T;
use crate::read::tree::{Constant, Delimiter, Function, Kind, Literal, Name, NodeId, Span};
use crate::read::units;
use crate::value::NoteKind;
use smallvec::smallvec;

impl Parser<'_> {
    pub(super) fn atom(&mut self) -> Parsed {
        let start = self.here();
        match self.peek() {
            T::Number(literal) => self.number(literal),
            T::Vulgar(top, bottom) => {
                self.advance();
                Ok(self.push(Kind::Vulgar(top, bottom), start))
            }
            T::Symbol(Name::Operator(_)) | T::Word if self.span_follows() => {
                let said = self.advance();
                let vectors = self.atom()?;
                Ok(self.noted(vectors, NoteKind::Predicate, said, start))
            }
            T::Symbol(name) => self.symbol(name),
            T::Constant(constant) => Ok(self.constant(constant)),
            T::Word => self.words_atom(),
            T::Circled(number) => {
                self.advance();
                Ok(self.push(Kind::Circled(number), start))
            }
            T::Currency => {
                self.advance();
                // Spacing and a sign may stand between: `\$ -5`.
                let amount = self.expression(power::PREFIX)?;
                let unit = self.tree.add_unit(units::currency(start.of(self.text)));
                Ok(self.push(Kind::Currency(amount, unit), start))
            }
            T::Fraction => self.fraction(),
            T::Binomial => {
                self.advance();
                let top = self.argument()?;
                let bottom = self.argument()?;
                let pair = self.tree.push_children(&[top, bottom]);
                Ok(self.push(Kind::Call(Function::Binomial, pair), start))
            }
            T::SquareRoot => {
                self.advance();
                self.root(start)
            }
            T::RootSign(degree) => {
                self.advance();
                let radicand = self.radicand()?;
                let degree = self.tree.push(Kind::Vulgar(u32::from(degree), 1), start);
                let pair = self.tree.push_children(&[radicand, degree]);
                Ok(self.push(Kind::Call(Function::Root, pair), start))
            }
            T::Function(function) => self.function(function),
            T::Accent("underbrace") => self.digits(None, start),
            // `\complement_U A`
            T::Accent("complement") => {
                self.advance();
                let whole = if self.take(T::Underscore) { Some(self.subscript()?) } else { None };
                let set = self.argument()?;
                let parts: Parts = [Some(set), whole].into_iter().flatten().collect();
                Ok(self.push_all(
                    |parts| Kind::Call(Function::Accent("complement"), parts),
                    &parts,
                    start,
                ))
            }
            T::Accent(name) => {
                self.advance();
                let under = self.argument()?;
                let under = self.tree.push_children(&[under]);
                Ok(self.push(Kind::Call(Function::Accent(name), under), start))
            }
            T::Series(series) => {
                self.advance();
                self.series(series, start)
            }
            T::Integral => {
                self.advance();
                self.integral(start)
            }
            T::Union if self.peek_at(1) == T::Underscore => {
                self.advance();
                self.union_over(start)
            }
            T::Limit => {
                self.advance();
                if !self.take(T::Underscore) {
                    return Err(self.fault());
                }
                let approached = self.argument()?;
                let body = self.expression(power::PRODUCT)?;
                Ok(self.push(Kind::Limit(approached, body), start))
            }
            T::GroupOpen if self.peek_at(1) == T::GroupClose && self.ways_at(2) => {
                self.at += 2;
                self.ways(start)
            }
            T::Caret | T::Underscore if self.ways_at(0) => self.ways(start),
            T::GroupOpen => self.group(),
            T::Bar | T::Open(Delimiter::Bar) => self.bars(),
            T::Open(delimiter) => self.delimited(delimiter),
            T::Close(Delimiter::Square) if self.reversed.is_none() => self.reversed_interval(),
            T::Begin(environment) => self.environment(environment),
            _ => Err(self.fault()),
        }
    }

    /// A constant, or polynomials over it: `\mathbb{R}[x]`.
    fn constant(&mut self, constant: Constant) -> NodeId {
        let start = self.advance();
        let letter = matches!(self.peek_at(1), T::Symbol(Name::Letter(_)));
        let brackets = self.peek() == T::Open(Delimiter::Square)
            && self.peek_at(2) == T::Close(Delimiter::Square);
        if !(letter && brackets) {
            return self.push(Kind::Constant(constant), start);
        }
        self.at += 3;
        let ring = self.since(start);
        self.tree.push(Kind::Symbol(Name::Word(ring)), ring)
    }

    /// Whether `^7C_3` or `_7C_3` stands some tokens ahead.
    fn ways_at(&self, ahead: usize) -> bool {
        let group = usize::from(self.peek_at(ahead + 1) == T::GroupOpen);
        let letter = ahead + 2 + 2 * group;
        matches!(self.peek_at(ahead), T::Caret | T::Underscore)
            && matches!(self.peek_at(ahead + 1 + group), T::Number(_))
            && matches!(self.peek_at(letter), T::Symbol(Name::Letter('C' | 'P')))
            && self.peek_at(letter + 1) == T::Underscore
    }

    /// `{}_7C_3`, `{}^7P_3`: ways to choose, in order or not.
    fn ways(&mut self, start: Span) -> Parsed {
        self.advance();
        let all = self.argument()?;
        let T::Symbol(Name::Letter(letter)) = self.peek() else { return Err(self.fault()) };
        self.advance();
        if !self.take(T::Underscore) {
            return Err(self.fault());
        }
        let chosen = self.argument()?;
        Ok(self.ways_of(letter, all, chosen, start))
    }

    /// Ways to choose, or to choose in order.
    fn ways_of(&mut self, letter: char, all: NodeId, chosen: NodeId, start: Span) -> NodeId {
        let pair = self.tree.push_children(&[all, chosen]);
        let ways = self.push(Kind::Call(Function::Binomial, pair), start);
        if letter == 'C' {
            return ways;
        }
        let orders = self.push(Kind::Factorial(chosen, false), start);
        self.push_all(Kind::Product, &[ways, orders], start)
    }

    /// Whether `C2` runs on behind the number of a place, and ends there.
    fn ways_in_a_word(&self, number: Span) -> bool {
        let [letter, chosen, next] = [0, 1, 2].map(|ahead| self.span_at(ahead));
        let plain = matches!(self.peek_at(1), T::Number(literal) if is_plain(literal));
        let runs_on = number.end == letter.start && letter.end == chosen.start;
        let more = chosen.end == next.start && matches!(self.peek_at(2), T::Symbol(_) | T::Caret);
        plain && runs_on && !more && !chosen.of(self.text).contains('.')
    }

    /// `C(10, 3)` and `P(7, 3)` among other factors: alone it may be a point.
    fn ways_in_brackets(&mut self, name: Name, start: Span) -> Option<NodeId> {
        let Name::Letter(letter @ ('C' | 'P')) = name else { return None };
        let shape = [0, 1, 2, 3, 4].map(|ahead| self.peek_at(ahead));
        let [
            T::Open(Delimiter::Paren),
            T::Number(all),
            T::Comma,
            T::Number(chosen),
            T::Close(Delimiter::Paren),
        ] = shape
        else {
            return None;
        };
        let whole = |ahead: usize| self.span_at(ahead).of(self.text).parse::<u64>().ok();
        if whole(1)? < whole(3)? || self.at == 1 && self.ends_item(5) {
            return None;
        }
        let [all, chosen] = [(1, all), (3, chosen)]
            .map(|(ahead, literal)| self.tree.push(Kind::Number(literal), self.span_at(ahead)));
        self.at += 5;
        Some(self.ways_of(letter, all, chosen, start))
    }

    /// A number, with the fraction after it if the two are a mixed number.
    fn number(&mut self, literal: Literal) -> Parsed {
        let start = self.advance();
        let number = self.tree.push(Kind::Number(literal), start);
        let whole = literal == Literal::default() && !start.of(self.text).contains('.');
        if !whole {
            return Ok(number);
        }
        match self.peek() {
            T::Accent("underbrace") => self.digits(Some(number), start),
            // `5C2`, in one word
            T::Symbol(Name::Letter(letter @ ('C' | 'P'))) if self.ways_in_a_word(start) => {
                self.advance();
                let T::Number(chosen) = self.peek() else { return Ok(number) };
                let at = self.advance();
                let chosen = self.tree.push(Kind::Number(chosen), at);
                Ok(self.ways_of(letter, number, chosen, start))
            }
            T::Fraction if self.unit_at(0).is_none() => {
                let fraction = self.fraction()?;
                if self.is_proper(fraction) {
                    return Ok(self.push(Kind::Mixed(number, fraction), start));
                }
                // The fraction may carry its own power: `2\frac{x}{3}^2`.
                let from = self.tree.span(fraction);
                let fraction =
                    if self.peek() == T::Caret { self.power(fraction, from)? } else { fraction };
                Ok(self.push_all(Kind::Product, &[number, fraction], start))
            }
            T::Vulgar(_, 2..) => {
                let T::Vulgar(top, bottom) = self.peek() else { return Ok(number) };
                let at = self.advance();
                let fraction = self.tree.push(Kind::Vulgar(top, bottom), at);
                Ok(self.push(Kind::Mixed(number, fraction), start))
            }
            // `1 1/2`
            T::Number(top) if self.here().start > start.end => {
                let plain = top == Literal::default() && self.peek_at(1) == T::Slash;
                if let (true, T::Number(bottom)) = (plain, self.peek_at(2))
                    && bottom == Literal::default()
                {
                    let at = self.advance();
                    let top = self.tree.push(Kind::Number(top), at);
                    self.advance();
                    let below = self.advance();
                    let bottom = self.tree.push(Kind::Number(bottom), below);
                    let fraction = self.push(Kind::Fraction(top, bottom), at);
                    if self.is_proper(fraction) {
                        return Ok(self.push(Kind::Mixed(number, fraction), start));
                    }
                    return Err(Fault { at, kind: FaultKind::Unexpected });
                }
                Ok(number)
            }
            _ => Ok(number),
        }
    }

    /// Whether a node is a fraction of whole numbers below one.
    fn is_proper(&self, node: NodeId) -> bool {
        let digits = |id: NodeId| match self.tree.kind(id) {
            Kind::Number(literal) if literal == Literal::default() => {
                let text = self.tree.span(id).of(self.text);
                (text.len() < 19).then(|| text.parse::<u64>().ok()).flatten()
            }
            _ => None,
        };
        match self.tree.kind(node) {
            Kind::Fraction(top, bottom) => match (digits(top), digits(bottom)) {
                (Some(top), Some(bottom)) => top < bottom && top > 0,
                _ => false,
            },
            _ => false,
        }
    }

    /// A symbol; `f`, `g`, `F` and `G` before parentheses are applied.
    fn symbol(&mut self, name: Name) -> Parsed {
        let start = self.advance();
        let mut node = self.tree.push(Kind::Symbol(name), start);
        if let Some(ways) = self.ways_in_brackets(name, start) {
            return Ok(ways);
        }
        if let Some(applied) = self.measure_of(name, start) {
            return Ok(applied);
        }
        if matches!(name, Name::Letter('f' | 'g' | 'F' | 'G') | Name::Operator(_)) {
            while matches!(self.peek(), T::Prime(_) | T::Underscore | T::Subscript(_)) {
                node = self.postfix(node, start)?;
                self.check(node)?;
            }
            // `f^{-1}(x)`
            if self.peek() == T::Caret && self.peek_at(1) == T::GroupOpen {
                let mark = self.at;
                let nodes = node;
                node = self.power(node, start)?;
                if self.peek() != T::Open(Delimiter::Paren) {
                    self.at = mark;
                    return Ok(nodes);
                }
            }
            // `\operatorname{Var}[X]`
            let square = self.peek() == T::Open(Delimiter::Square);
            if self.peek() == T::Open(Delimiter::Paren)
                || square && matches!(name, Name::Operator(_))
            {
                let arguments = self.parenthesised()?;
                let arguments = self.tree.push_children(&arguments);
                return Ok(self.push(Kind::Apply(node, arguments), start));
            }
        }
        Ok(node)
    }

    /// `P(X=1)`, `P(A \mid B)`, `E[X]`, `\Pr(A)`: a name as a whole, with what stands in its brackets.
    fn measure_of(&mut self, name: Name, start: Span) -> Option<NodeId> {
        let probability = matches!(name, Name::Letter('P' | 'E' | 'D') | Name::Command("Pr"));
        let capital = matches!(name, Name::Letter('A'..='Z'));
        let T::Open(open @ (Delimiter::Paren | Delimiter::Square | Delimiter::Brace)) = self.peek()
        else {
            return None;
        };
        let adjoins = self.here().start == start.end;
        let may_measure = probability || capital && adjoins;
        let braces = open == Delimiter::Brace;
        if !may_measure && !matches!(name, Name::Letter(_)) || braces && !probability {
            return None;
        }
        let mut depth = 0_usize;
        let mut events = false;
        let close = (self.at..self.end).find(|&at| {
            match self.tokens[at].kind {
                T::Open(_) | T::GroupOpen => depth += 1,
                T::Close(_) | T::GroupClose => depth -= 1,
                T::Relation(_) | T::Bar | T::Word if depth == 1 => events = true,
                _ => {}
            }
            depth == 0
        })?;
        let relates =
            |at: usize| self.tokens.get(at).is_some_and(|next| matches!(next.kind, T::Relation(_)));
        // `f(x)_{\max} =`
        let index = self.end_of_index(close + 1).filter(|&end| relates(end));
        let named = relates(close + 1);
        if index.is_none()
            && !(events && may_measure || probability && open == Delimiter::Square && named)
        {
            return None;
        }
        self.at = index.unwrap_or(close + 1);
        let span = self.since(start);
        Some(self.tree.push(Kind::Symbol(Name::Word(span)), span))
    }

    /// Where an index that begins at a place ends: `_{\max}`, `_2`.
    fn end_of_index(&self, at: usize) -> Option<usize> {
        let kind = |at: usize| self.tokens.get(at).map(|token| token.kind);
        if kind(at) != Some(T::Underscore) {
            return None;
        }
        if kind(at + 1) != Some(T::GroupOpen) {
            return Some(at + 2);
        }
        let close = (at + 2..self.end).find(|&at| kind(at) == Some(T::GroupClose))?;
        Some(close + 1)
    }

    fn fraction(&mut self) -> Parsed {
        let start = self.advance();
        let top = self.argument()?;
        let bottom = self.argument()?;
        Ok(self.push(Kind::Fraction(top, bottom), start))
    }

    /// The argument of a command: a group, one digit, or one atom.
    pub(super) fn argument(&mut self) -> Parsed {
        let T::Number(literal) = self.peek() else { return self.bare_argument() };
        let span = self.here();
        let text = span.of(self.text);
        if literal != Literal::default()
            || !text.bytes().all(|byte| byte.is_ascii_digit())
            || text.len() == 1
        {
            self.advance();
            return Ok(self.tree.push(Kind::Number(literal), span));
        }
        let digit = Span { start: span.start, end: span.start + 1 };
        self.split.push((self.at, span.start));
        self.tokens[self.at].span.start += 1;
        Ok(self.tree.push(Kind::Number(literal), digit))
    }

    pub(super) fn bare_argument(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > 2 * self.deepest() {
            return Err(Fault { at: self.here(), kind: FaultKind::TooDeep });
        }
        let start = self.here();
        let made = if self.take(T::Minus) {
            let inner = self.argument()?;
            self.push(Kind::Negate(inner), start)
        } else {
            self.atom()?
        };
        self.depth -= 1;
        self.check(made)
    }

    /// After a root sign: `[3]{x}`, `{x}`, `(x)`, `2`, `x`.
    fn root(&mut self, start: Span) -> Parsed {
        let degree = if self.peek() == T::Open(Delimiter::Square) {
            let inside = self.parenthesised()?;
            inside.first().copied()
        } else {
            None
        };
        let radicand = self.radicand()?;
        let both = [radicand, degree.unwrap_or(radicand)];
        let children = self.tree.push_children(&both[..if degree.is_some() { 2 } else { 1 }]);
        Ok(self.push(Kind::Call(Function::Root, children), start))
    }

    fn radicand(&mut self) -> Parsed {
        match self.peek() {
            T::Number(literal) => {
                let span = self.advance();
                Ok(self.tree.push(Kind::Number(literal), span))
            }
            _ => self.bare_argument(),
        }
    }

    /// `\sin x`, `\sin^2 x`, `\log_2 8`, `\gcd(a, b)`, `max{a, b}`.
    fn function(&mut self, function: Function) -> Parsed {
        let start = self.advance();
        let mut base = None;
        let mut exponent = None;
        loop {
            match self.peek() {
                T::Underscore if base.is_none() => {
                    self.advance();
                    base = Some(self.base()?);
                }
                T::Subscript(value) if base.is_none() => {
                    let span = self.advance();
                    base = Some(self.tree.push(Kind::Vulgar(value.unsigned_abs(), 1), span));
                }
                T::Caret if exponent.is_none() => {
                    self.advance();
                    exponent = Some(self.exponent()?);
                }
                T::Superscript(value) if exponent.is_none() => {
                    let span = self.advance();
                    let mut node = self.tree.push(Kind::Vulgar(value.unsigned_abs(), 1), span);
                    if value < 0 {
                        node = self.tree.push(Kind::Negate(node), span);
                    }
                    exponent = Some(node);
                }
                _ => break,
            }
        }
        let mut arguments = match self.peek() {
            // `\log_2^8`, which some write for `\log_2 8`.
            _ if function == Function::Log
                && base.is_some()
                && !self.starts_factor()
                && self.peek() != T::Minus
                && exponent.is_some() =>
            {
                exponent.take().into_iter().collect()
            }
            T::Open(Delimiter::Paren | Delimiter::Square | Delimiter::Brace) => {
                self.parenthesised()?
            }
            T::GroupOpen => {
                let group = self.group()?;
                if let Kind::Delimited(_, _, inside) = self.tree.kind(group) {
                    self.tree.children(inside).into()
                } else {
                    smallvec![group]
                }
            }
            _ => smallvec![self.function_argument()?],
        };
        if let Some(base) = base {
            arguments.push(base);
        }
        let children = self.tree.push_children(&arguments);
        let call = self.push(Kind::Call(function, children), start);
        match exponent {
            Some(exponent) => Ok(self.push(Kind::Power(call, exponent), start)),
            None => Ok(call),
        }
    }

    /// The base of a logarithm: in `\log_28` one digit, in `\log_10 x` the whole number.
    fn base(&mut self) -> Parsed {
        let T::Number(literal) = self.peek() else { return self.bare_argument() };
        let apart = self.starts_factor_at(1) || matches!(self.peek_at(1), T::Bar | T::Open(_));
        if apart {
            let span = self.advance();
            return Ok(self.tree.push(Kind::Number(literal), span));
        }
        self.argument()
    }

    /// An argument without parentheses: factors side by side, as in `\sin 2\pi x`.
    fn function_argument(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > 2 * self.deepest() {
            return Err(Fault { at: self.here(), kind: FaultKind::TooDeep });
        }
        let start = self.here();
        let negative = self.take(T::Minus);
        let mut factors: Parts = smallvec![self.expression(power::PREFIX)?];
        while self.starts_factor()
            && !matches!(self.peek(), T::Function(_) | T::Number(_) | T::Bar | T::Open(_))
        {
            let factor = self.expression(power::PREFIX)?;
            factors.push(factor);
        }
        self.depth -= 1;
        let mut node = match factors[..] {
            [only] => only,
            _ => self.push_all(Kind::Product, &factors, start),
        };
        if negative {
            node = self.push(Kind::Negate(node), start);
        }
        self.check(node)
    }

    /// After `\sum` or `\prod`: bounds and body.
    fn series(&mut self, series: crate::read::tree::Series, start: Span) -> Parsed {
        let mut from = None;
        let mut to = None;
        for _ in 0..2 {
            if from.is_none() && self.take(T::Underscore) {
                from = Some(self.argument()?);
            } else if to.is_none() && self.take(T::Caret) {
                to = Some(self.exponent()?);
            }
        }
        // `\sum x_i` is a name.
        if from.is_none() && to.is_none() {
            let name = match series {
                crate::read::tree::Series::Sum => "sum",
                crate::read::tree::Series::Product => "prod",
            };
            return Ok(self.tree.push(Kind::Symbol(Name::Command(name)), start));
        }
        let (Some(from), Some(to)) = (from, to) else { return Err(self.fault()) };
        let Kind::Chain(sides, relations) = self.tree.kind(from) else { return Err(self.fault()) };
        let &[variable, first] = self.tree.children(sides) else { return Err(self.fault()) };
        if self.tree.relations(relations, 2) != [crate::read::tree::Relation::Equal] {
            return Err(self.fault());
        }
        let body = self.expression(power::PRODUCT)?;
        let children = self.tree.push_children(&[variable, first, to, body]);
        Ok(self.push(Kind::Series(series, children), start))
    }
}
