//! From what was written to what it means. No text comes here: names and numerals are asked of the tree.
//!
//! The recursion is as deep as the syntax tree, whose height the parser bounds.

mod call;
mod collection;
mod ellipsis;
mod inequality;
mod matrix;
mod name;
mod note;
mod number;
mod piecewise;
mod relation;

use crate::Limits;
use crate::budget::{Budget, Stop};
use crate::canonical::{self, Expr, Function, SeriesKind, Symbol};
use crate::read::{Constant, Delimiter, Kind, Literal, Name, NodeId, Series, Span, Tree};
use crate::value::{
    Bound, Brackets, Note, Numbers, Part, Quantity, Reals, Shape, Time, Unit, Value,
};
use std::collections::HashSet;

/// Why a tree has no meaning here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Halt {
    /// The algebra stopped.
    Stop(Stop),
    /// The notation is well formed, but means nothing that can be compared: where.
    Meaningless(Span),
    /// Sides that are said to be equal are not: where.
    FalseChain(Span),
}

impl From<Stop> for Halt {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

type Lowered<T> = Result<T, Halt>;

/// The meaning of a whole answer.
pub(crate) fn lower(
    tree: &Tree<'_>,
    root: NodeId,
    limits: &Limits,
    budget: &mut Budget,
) -> Lowered<Value> {
    let mut lowering = Lowering {
        tree,
        limits,
        budget,
        bound: Vec::new(),
        signs: 0,
        seen_signs: 0,
        dotted: false,
        choosing: false,
    };
    let items = lowering.expanded(root)?;
    Ok(match <[Value; 1]>::try_from(items) {
        Ok([only]) => only,
        Err(items) => Value::List(items),
    })
}

struct Lowering<'a> {
    tree: &'a Tree<'a>,
    limits: &'a Limits,
    budget: &'a mut Budget,
    /// Letters that a sum or a set-builder binds: there `i` and `e` are variables.
    bound: Vec<Symbol>,
    /// The signs chosen for the `±` of the item being lowered, one bit each.
    signs: u64,
    seen_signs: u32,
    /// Whether dots have stood for terms.
    dotted: bool,
    /// Whether a column of two numbers is a binomial coefficient: where one is divided by, as by no vector.
    choosing: bool,
}

impl Lowering<'_> {
    fn meaningless<T>(&self, id: NodeId) -> Lowered<T> {
        Err(Halt::Meaningless(self.tree.span(id)))
    }

    /// The values of an item: two for each `±` in it, and the items of a nested list.
    fn expanded(&mut self, id: NodeId) -> Lowered<Vec<Value>> {
        if let Kind::List(separator, children) = self.tree.kind(id) {
            let list = self.list(separator, children)?;
            return Ok(list.into_items());
        }
        if let Kind::Number(literal) = self.tree.kind(id)
            && literal.grouped
        {
            return Ok(vec![self.grouped(id, literal)?]);
        }
        if let Kind::Noted(inner, kind, body) = self.tree.kind(id) {
            // What is said of `±3` is said of both.
            let body = self.value(body)?;
            let note = Note { kind, body };
            let values = self.expanded(inner)?;
            return Ok(match <[Value; 1]>::try_from(values) {
                Ok([only]) => vec![only.with_notes(vec![note])],
                Err(values) => vec![Value::List(values).with_notes(vec![note])],
            });
        }
        // `B) ±3` is one option.
        if let Kind::Choice(letter, Some(inner)) = self.tree.kind(id) {
            let value = match <[Value; 1]>::try_from(self.expanded(inner)?) {
                Ok([only]) => only,
                Err(values) => Value::List(values),
            };
            return Ok(vec![Value::Choice(letter.to_ascii_uppercase(), Some(Box::new(value)))]);
        }
        let before = (self.signs, self.seen_signs);
        self.signs = 0;
        self.seen_signs = 0;
        let first = self.value(id)?;
        let count = self.seen_signs;
        let mut values = vec![first];
        if count > 0 {
            if count > 16 || 1_usize << count > self.limits.expansions {
                return Err(Halt::Stop(Stop::Work));
            }
            for signs in 1..1_u64 << count {
                self.signs = signs;
                self.seen_signs = 0;
                // A long name costs its length each time.
                self.budget.spend(10 + self.tree.length(id))?;
                let next = self.value(id)?;
                values.push(next);
            }
        }
        (self.signs, self.seen_signs) = before;
        // A side that is looked at twice has its `±` counted twice.
        if values.iter().all(|value| matches!(value, Value::Equation(_))) {
            let mut seen = HashSet::new();
            values.retain(|value| seen.insert(value.clone()));
        }
        Ok(values)
    }

    /// The scalar that a node means.
    fn scalar(&mut self, id: NodeId) -> Lowered<Expr> {
        let value = self.value(id)?;
        match as_scalar(value) {
            Some(expr) => Ok(expr),
            None => self.meaningless(id),
        }
    }

    fn scalars(&mut self, ids: &[NodeId]) -> Lowered<Vec<Expr>> {
        ids.iter().map(|&id| self.scalar(id)).collect()
    }

    fn values(&mut self, ids: &[NodeId]) -> Lowered<Vec<Value>> {
        ids.iter().map(|&id| self.value(id)).collect()
    }

    #[expect(clippy::too_many_lines, reason = "one line a kind of node")]
    fn value(&mut self, id: NodeId) -> Lowered<Value> {
        self.budget.spend(3)?;
        let tree = self.tree;
        match tree.kind(id) {
            Kind::Number(literal) => self.number(id, literal),
            Kind::Vulgar(top, bottom) => Ok(number::vulgar(top, bottom)),
            Kind::Symbol(name) => Ok(self.symbol(name)),
            Kind::Constant(constant) => Ok(constant_value(constant)),
            Kind::Said(at) => Ok(tree.said(at).clone()),
            Kind::Circled(number) => Ok(Value::Mark(number)),
            Kind::Ellipsis => Ok(Value::Ellipsis),
            Kind::Sum(children) => self.sum(id, tree.children(children)),
            Kind::Negate(inner) => {
                let value = self.value(inner)?;
                self.negate(id, value)
            }
            Kind::PlusMinus(inner) => {
                let minus = self.signs >> self.seen_signs.min(63) & 1 == 1;
                self.seen_signs += 1;
                let value = self.value(inner)?;
                if minus { self.negate(id, value) } else { Ok(value) }
            }
            Kind::MinusPlus(inner) => {
                // The opposite sign of the `±` before it.
                let minus = self.signs >> self.seen_signs.saturating_sub(1).min(63) & 1 == 0;
                self.seen_signs = self.seen_signs.max(1);
                let value = self.value(inner)?;
                if minus { self.negate(id, value) } else { Ok(value) }
            }
            Kind::Product(children) => self.product(id, tree.children(children)),
            Kind::Inverse(inner) => {
                let divisor = self.scalar(inner)?;
                Ok(Expr::quotient(Expr::integer(1), divisor).into())
            }
            Kind::Fraction(top, bottom) => self.fraction(id, top, bottom),
            Kind::Mixed(whole, fraction) => {
                let parts = self.scalars(&[whole, fraction])?;
                Ok(Value::Quantity(Quantity::plain(Expr::sum(parts))))
            }
            Kind::Power(base, exponent) => self.power(id, base, exponent),
            Kind::Subscript(base, index) => self.subscript(id, base, index),
            // `5' 6''` are feet and inches.
            Kind::Prime(base, count) if matches!(tree.kind(base), Kind::Number(_)) => {
                let inches = if count == 1 { 12 } else { 1 };
                self.with_unit(base, Unit::inches(inches))
            }
            Kind::Prime(base, _) => match tree.kind(base) {
                Kind::Symbol(_) | Kind::Subscript(..) => {
                    Ok(Expr::variable(Symbol::new(&tree.spelling(id))).into())
                }
                _ => self.meaningless(id),
            },
            Kind::Factorial(inner, double) => {
                let inner = self.scalar(inner)?;
                let function = if double { Function::DoubleFactorial } else { Function::Factorial };
                Ok(Expr::function(function, vec![inner]).into())
            }
            Kind::Percent(inner) if matches!(tree.kind(inner), Kind::Percent(_)) => {
                self.meaningless(id)
            }
            Kind::Percent(inner) => self.with_unit(inner, Unit::Percent),
            Kind::Degree(inner) => self.with_unit(inner, Unit::degree()),
            Kind::Currency(amount, unit) => {
                let unit = tree.unit(unit).clone();
                self.with_unit(amount, unit)
            }
            Kind::United(inner, unit) => self.with_unit(inner, tree.unit(unit).clone()),
            Kind::HalfDay(inner, afternoon) => self.half_day(inner, afternoon),
            Kind::Call(function, children) => self.call(id, function, tree.children(children)),
            Kind::Apply(function, arguments) => {
                let name = Symbol::new(&tree.spelling(function));
                let arguments = self.scalars(tree.children(arguments))?;
                Ok(Expr::function(Function::Named(name), arguments).into())
            }
            Kind::Modulo(inner, modulus) => {
                let parts = self.values(&[inner, modulus])?;
                Ok(Value::Structure(Shape::Modulo, parts))
            }
            Kind::Series(kind, children) => self.series(id, kind, tree.children(children)),
            Kind::Delimited(open, close, children) => {
                self.delimited(id, open, close, tree.children(children))
            }
            Kind::Limit(approached, body) => self.limit(id, approached, body),
            Kind::Integral(children) => self.integral(id, tree.children(children)),
            Kind::SetBuilder(element, condition) => self.set_builder(element, condition),
            Kind::Matrix(environment, columns, cells) => {
                self.matrix(id, environment, columns as usize, tree.children(cells))
            }
            Kind::Piecewise(cases) => self.piecewise(tree.children(cases)),
            Kind::Chain(sides, relations) => {
                let sides = tree.children(sides);
                self.chain(id, sides, tree.relations(relations, sides.len()))
            }
            Kind::Ratio(parts) => self.ratio(id, tree.children(parts)),
            Kind::Union(parts) => self.union(tree.children(parts)),
            Kind::Intersection(parts) => self.intersection(tree.children(parts)),
            Kind::SetDifference(from, removed) => {
                let (from, removed) = (self.value(from)?, self.value(removed)?);
                self.set_difference(id, from, removed)
            }
            Kind::List(separator, children) => self.list(separator, children),
            Kind::Noted(inner, kind, body) => {
                let note = Note { kind, body: self.value(body)? };
                Ok(self.value(inner)?.with_notes(vec![note]))
            }
            Kind::Permutations(inner, cyclic) => {
                let value = self.value(inner)?;
                self.permutations(id, value, cyclic)
            }
            Kind::Choice(letter, inner) => {
                let inner = match inner {
                    Some(inner) => Some(Box::new(self.value(inner)?)),
                    None => None,
                };
                Ok(Value::Choice(letter.to_ascii_uppercase(), inner))
            }
        }
    }

    fn fraction(&mut self, id: NodeId, top: NodeId, bottom: NodeId) -> Lowered<Value> {
        if let Some(derivative) = self.differential(id) {
            return Ok(Expr::variable(derivative).into());
        }
        let outer = self.choosing;
        self.choosing |= self.is_pair(bottom);
        let quotient = self.quotient(id, top, bottom);
        self.choosing = outer;
        quotient
    }

    fn quotient(&mut self, id: NodeId, top: NodeId, bottom: NodeId) -> Lowered<Value> {
        let value = self.value(top)?;
        let plain = [top, bottom].iter().all(|&part| self.is_integer(part));
        let divisor = self.scalar(bottom)?;
        let mut value = self.scale(id, value, &Expr::quotient(Expr::integer(1), divisor))?;
        if let Value::Quantity(quantity) = &mut value {
            quantity.evaluated = plain;
        }
        Ok(if self.dotted { self.endless(value) } else { value })
    }

    fn symbol(&mut self, name: Name) -> Value {
        let symbol = self.symbol_name(name);
        let is_bound = self.bound.contains(&symbol);
        match name {
            Name::Letter('e') if !is_bound => Expr::e().into(),
            Name::Letter('i') if !is_bound => Expr::i().into(),
            _ => Expr::variable(symbol).into(),
        }
    }

    fn symbol_name(&self, name: Name) -> Symbol {
        match name {
            Name::Letter(letter) => {
                let mut buffer = [0; 4];
                Symbol::new(letter.encode_utf8(&mut buffer))
            }
            Name::Command(command) => Symbol::new(command),
            Name::Word(span) | Name::Operator(span) => {
                let mut letters = self.tree.letters(span).to_owned();
                letters.retain(|c| c != ' ');
                Symbol::new(&letters)
            }
            Name::Segment(span) => {
                let mut ends: Vec<char> =
                    self.tree.letters(span).chars().filter(|&c| c != ' ').collect();
                ends.sort_unstable();
                Symbol::new(&ends.into_iter().collect::<String>())
            }
            Name::Angle(span) => {
                let there: String = self.tree.letters(span).chars().filter(|&c| c != ' ').collect();
                let back: String = there.chars().rev().collect();
                Symbol::new(&there.min(back))
            }
        }
    }

    /// Whether a node is an integer as it is written.
    fn is_integer(&self, id: NodeId) -> bool {
        match self.tree.kind(id) {
            Kind::Number(literal) => {
                literal.repeat == 0
                    && literal.exponent == 0
                    && !literal.dots
                    && !self.tree.numeral(id).contains('.')
            }
            Kind::Vulgar(_, 1) => true,
            Kind::Negate(inner) => self.is_integer(inner),
            _ => false,
        }
    }

    fn with_unit(&mut self, inner: NodeId, unit: Unit) -> Lowered<Value> {
        match self.value(inner)? {
            Value::Quantity(mut quantity) => match joined(quantity.unit.take(), unit) {
                Some(unit) => Ok(Value::Quantity(Quantity { unit: Some(unit), ..quantity })),
                None => self.meaningless(inner),
            },
            Value::Noted(said) => match said.into_parts() {
                (Value::Quantity(quantity), notes) if quantity.unit.is_none() => {
                    Ok(Value::Quantity(Quantity { unit: Some(unit), ..quantity }).with_notes(notes))
                }
                _ => self.meaningless(inner),
            },
            _ => self.meaningless(inner),
        }
    }

    /// `3:30 p.m.`, `4 \text{ pm}`
    fn half_day(&mut self, inner: NodeId, afternoon: bool) -> Lowered<Value> {
        let parts = match self.value(inner)? {
            Value::Time(time) if time.afternoon.is_none() => time.parts,
            Value::Quantity(Quantity { expr, unit: None, .. }) => {
                match expr.as_rational().and_then(crate::canonical::Rational::to_i64) {
                    Some(hour @ 0..=24) => vec![u32::try_from(hour).unwrap_or(0), 0],
                    _ => return self.meaningless(inner),
                }
            }
            _ => return self.meaningless(inner),
        };
        Ok(Value::Time(Time { parts, afternoon: Some(afternoon) }))
    }

    fn power(&mut self, id: NodeId, base: NodeId, exponent: NodeId) -> Lowered<Value> {
        let tree = self.tree;
        if let Kind::Symbol(Name::Word(_) | Name::Letter('*' | '+' | '-')) = tree.kind(exponent) {
            let set = self.value(base)?;
            return self.decorated(id, set, exponent);
        }
        // `x^{\underline{3}}` is x(x-1)(x-2).
        if let Kind::Call(crate::read::Function::Accent("underline"), count) = tree.kind(exponent)
            && let &[count] = tree.children(count)
        {
            let arguments = self.scalars(&[base, count])?;
            return Ok(Expr::function(Function::Permutations, arguments).into());
        }
        // `\sin^{-1}` is the inverse function.
        if let (Kind::Call(function, arguments), Kind::Negate(one)) =
            (tree.kind(base), tree.kind(exponent))
            && let Some(inverse) = call::inverse(function)
            && let Some(&first) = tree.children(arguments).first()
            && tree.span(exponent).start < tree.span(first).start
            && matches!(tree.kind(one), Kind::Number(_) | Kind::Vulgar(1, 1))
            && self.scalar(one)? == Expr::integer(1)
        {
            let arguments = self.scalars(tree.children(arguments))?;
            return Ok(Expr::function(inverse, arguments).into());
        }
        if let Some(count) = self.choices(base, exponent)? {
            return Ok(count.into());
        }
        let value = self.value(base)?;
        match value {
            Value::Matrix(columns, cells) if self.is_transposition(exponent) => {
                Ok(matrix::transposed(columns, &cells))
            }
            // `[1, 2, 3]^T` is a column.
            Value::Tuple(Brackets::Square, items)
                if self.is_transposition(exponent)
                    && items.iter().all(|item| item.as_expr().is_some()) =>
            {
                let cells = items.iter().filter_map(Value::as_expr).cloned().map(Quantity::from);
                Ok(Value::Matrix(1, cells.collect()))
            }
            // A row is told apart from a column only where it is a matrix.
            Value::Tuple(..) if self.is_transposition(exponent) => Ok(value),
            Value::Matrix(columns, cells) => self.matrix_power(id, columns, &cells, exponent),
            Value::Reals(_) | Value::Numbers(..) | Value::Structure(..) => {
                // `\mathbb{R}^{2 \times 3}`: rows and columns, no product.
                let exponent = match self.tree.kind(exponent) {
                    Kind::Product(factors) => {
                        let sides = self.values(self.tree.children(factors))?;
                        Value::Tuple(Brackets::Round, sides)
                    }
                    _ => self.value(exponent)?,
                };
                Ok(Value::Structure(Shape::Power, vec![value, exponent]))
            }
            Value::Quantity(Quantity {
                unit: Some(Unit::Measure(_) | Unit::Noun(_) | Unit::Ordinal),
                ..
            }) if !matches!(tree.kind(base), Kind::Degree(_)) => self.meaningless(id),
            value => {
                let Some(base) = as_scalar(value) else { return self.meaningless(id) };
                let ten = base.as_rational().is_some_and(|base| base.to_i64() == Some(10));
                let evaluated = ten && self.is_integer(exponent);
                let exponent = self.scalar(exponent)?;
                let expr = Expr::power(base, exponent);
                Ok(Value::Quantity(Quantity { expr, decimal: None, unit: None, evaluated }))
            }
        }
    }

    /// `C_5^2` and `A_5^2`: ways to choose 2 of 5, and to do so in order. In `C_1^2` with more above than
    /// below, a constant is squared.
    fn choices(&mut self, base: NodeId, exponent: NodeId) -> Lowered<Option<Expr>> {
        let tree = self.tree;
        let Kind::Subscript(symbol, all) = tree.kind(base) else { return Ok(None) };
        let Kind::Symbol(Name::Letter(letter @ ('C' | 'A'))) = tree.kind(symbol) else {
            return Ok(None);
        };
        let number = |id: NodeId| matches!(tree.kind(id), Kind::Number(literal) if literal == Literal::default());
        // `C_n^2` and `C_n^k`
        let letter_of = |id: NodeId, known: &[char]| match tree.kind(id) {
            Kind::Symbol(Name::Letter(letter)) => known.contains(&letter),
            _ => false,
        };
        let general = letter == 'C'
            && letter_of(all, &['n', 'm', 'N'])
            && (number(exponent) || letter_of(exponent, &['k', 'm', 'r', 'i', 'j', 'p']));
        if !(general || number(all) && number(exponent)) {
            return Ok(None);
        }
        let (all, chosen) = (self.scalar(all)?, self.scalar(exponent)?);
        if !general && all.as_rational() < chosen.as_rational() {
            return Ok(None);
        }
        let combinations = Expr::function(Function::Binomial, vec![all, chosen.clone()]);
        Ok(Some(match letter {
            'C' => combinations,
            _ => {
                Expr::product(vec![combinations, Expr::function(Function::Factorial, vec![chosen])])
            }
        }))
    }

    /// `\mathbb{Z}^+`, `\mathbb{R}_{>0}`: a set with a mark.
    fn decorated(&mut self, id: NodeId, set: Value, mark: NodeId) -> Lowered<Value> {
        let spelling = self.tree.spelling(mark);
        let part = match spelling.trim_start_matches('^').trim_start_matches('_') {
            "+" | ">0" | "gt0" => Part::Positive,
            "-" | "<0" | "lt0" => Part::Negative,
            "ge0" | "geq0" | "≥0" | ">=0" | "geqslant0" | "0+" | "+0" | "0^+" | "+_0" | "0" => {
                Part::NotNegative
            }
            "le0" | "leq0" | "≤0" | "<=0" | "leqslant0" => Part::NotPositive,
            "*" | "neq0" | "ne0" | "≠0" | "ast" | "times" => Part::NotZero,
            _ => return self.meaningless(id),
        };
        let zero = || Expr::integer(0);
        match (set, part) {
            (Value::Reals(reals), _) if reals == Reals::all() => Ok(Value::Reals(match part {
                Part::Positive => Reals::between(Bound::open(zero()), Bound::infinity()),
                Part::NotNegative => Reals::between(Bound::closed(zero()), Bound::infinity()),
                Part::Negative => Reals::between(Bound::minus_infinity(), Bound::open(zero())),
                Part::NotPositive => Reals::between(Bound::minus_infinity(), Bound::closed(zero())),
                _ => Reals::point(zero()).complement(),
            })),
            // ℕ* and ℕ⁺ are the positive integers, ℕ₀ those that are not negative.
            (Value::Numbers(Numbers::Naturals, Part::All), Part::Positive | Part::NotZero) => {
                Ok(Value::Numbers(Numbers::Integers, Part::Positive))
            }
            (Value::Numbers(Numbers::Naturals, Part::All), Part::NotNegative) => {
                Ok(Value::Numbers(Numbers::Integers, Part::NotNegative))
            }
            (Value::Numbers(numbers, Part::All), _) => Ok(Value::Numbers(numbers, part)),
            _ => self.meaningless(id),
        }
    }

    fn subscript(&mut self, id: NodeId, base: NodeId, index: NodeId) -> Lowered<Value> {
        let tree = self.tree;
        match tree.kind(base) {
            Kind::Number(literal) => self.numeral(id, base, literal, index),
            Kind::Delimited(Delimiter::Paren, Delimiter::Paren, children) => {
                match *tree.children(children) {
                    [only] => match tree.kind(only) {
                        Kind::Number(literal) => self.numeral(id, only, literal, index),
                        _ => self.meaningless(id),
                    },
                    _ => self.meaningless(id),
                }
            }
            Kind::Symbol(name) => {
                let plain = matches!(
                    tree.kind(index),
                    Kind::Number(_) | Kind::Vulgar(..) | Kind::Symbol(Name::Word(_))
                );
                let name = self.symbol_name(name);
                if !plain && let Ok(index) = self.scalar(index) {
                    let letters = index.variables();
                    let constant = letters.is_empty();
                    let capitals = letters
                        .iter()
                        .any(|letter| letter.as_str().starts_with(|c: char| c.is_uppercase()));
                    if !constant && !capitals {
                        let name = Symbol::new(&format!("{}_", name.as_str()));
                        return Ok(Expr::function(Function::Named(name), vec![index]).into());
                    }
                }
                let index = tree.spelling(index);
                let mut full = format!("{}_{}", name.as_str(), index.trim_start_matches('_'));
                full.retain(|c| c != '{' && c != '}');
                Ok(Expr::variable(Symbol::new(&full)).into())
            }
            Kind::Constant(_) => {
                let set = self.value(base)?;
                self.decorated(id, set, index)
            }
            // `[\mathbf{x}]_B`: coordinates in a basis.
            Kind::Delimited(Delimiter::Square, Delimiter::Square, _) if self.is_symbol(index) => {
                Ok(Expr::variable(Symbol::new(&tree.spelling(id))).into())
            }
            Kind::Power(..) | Kind::Subscript(..) | Kind::Prime(..) | Kind::Call(..) => {
                Ok(Expr::variable(Symbol::new(&tree.spelling(id))).into())
            }
            _ => self.meaningless(id),
        }
    }

    /// A limit by exact algebra, or else an unknown of what it is the limit of.
    fn limit(&mut self, id: NodeId, approached: NodeId, body: NodeId) -> Lowered<Value> {
        let body = self.scalar(body)?;
        if let Kind::Chain(sides, _) = self.tree.kind(approached)
            && let &[variable, to] = self.tree.children(sides)
            && let Kind::Symbol(name) = self.tree.kind(variable)
        {
            let (name, to) = (self.symbol_name(name), self.scalar(to)?);
            match canonical::limit(&body, &name, &to, canonical::Side::Both, self.budget) {
                Ok(value) => return Ok(value.into()),
                Err(Stop::Open) => {}
                Err(stop) => return Err(stop.into()),
            }
        }
        let name = Symbol::new(&format!("lim {}", self.tree.spelling(approached)));
        if !matches!(self.tree.kind(approached), Kind::Chain(..)) {
            return self.meaningless(id);
        }
        Ok(Expr::function(Function::Named(name), vec![body]).into())
    }

    /// A definite integral by exact algebra; any other is an unknown of its integrand.
    fn integral(&mut self, id: NodeId, parts: &[NodeId]) -> Lowered<Value> {
        let (&[variable, body], bounds) = parts.split_at(2) else { return self.meaningless(id) };
        let Kind::Symbol(name) = self.tree.kind(variable) else {
            return self.meaningless(variable);
        };
        let bounds = self.scalars(bounds)?;
        let symbol = self.symbol_name(name);
        self.bound.push(symbol.clone());
        let body = self.scalar(body);
        self.bound.pop();
        let body = body?;
        if let [from, to] = &bounds[..] {
            match canonical::integral(&body, &symbol, from, to, self.budget) {
                Ok(value) => return Ok(value.into()),
                Err(Stop::Open) => {}
                Err(stop) => return Err(stop.into()),
            }
        }
        // Of a definite integral the letter is bound.
        let free = (0..).map_while(Symbol::bound).find(|place| !body.mentions(place));
        let (name, body) = match (bounds.is_empty(), free) {
            (false, Some(bound)) => {
                ("definite integral".to_owned(), body.substitute(&symbol, &Expr::variable(bound)))
            }
            _ => (format!("integral d{}", symbol.as_str()), body),
        };
        let parts = bounds.into_iter().chain([body]).collect();
        Ok(Expr::function(Function::Named(Symbol::new(&name)), parts).into())
    }

    fn series(&mut self, id: NodeId, kind: Series, parts: &[NodeId]) -> Lowered<Value> {
        let &[variable, from, to, body] = parts else { return self.meaningless(id) };
        let Kind::Symbol(name) = self.tree.kind(variable) else {
            return self.meaningless(variable);
        };
        let from = self.scalar(from)?;
        let to = self.scalar(to)?;
        let symbol = self.symbol_name(name);
        self.bound.push(symbol.clone());
        let body = self.scalar(body);
        self.bound.pop();
        let kind = match kind {
            Series::Sum => SeriesKind::Sum,
            Series::Product => SeriesKind::Product,
        };
        Ok(Expr::series(kind, symbol, from, to, body?).into())
    }
}

/// A scalar of a value: percents and degrees count as numbers, `(x)` and `[x]` as `x`.
#[expect(clippy::match_same_arms, reason = "the cases bind different things")]
fn as_scalar(value: Value) -> Option<Expr> {
    match value {
        Value::Quantity(Quantity { expr, unit, .. }) => match unit {
            None => Some(expr),
            Some(Unit::Percent) => Some(Expr::quotient(expr, Expr::integer(100))),
            Some(unit) if unit.is_angle() => match unit {
                Unit::Measure(measure) => Some(Expr::product(vec![expr, measure.factor])),
                _ => None,
            },
            Some(_) => None,
        },
        Value::Tuple(_, mut items) if items.len() == 1 => as_scalar(items.pop()?),
        Value::Set(mut items) if items.len() == 1 => as_scalar(items.pop()?),
        // `3:4` in a calculation is the quotient.
        Value::Ratio(parts) => match <[Expr; 2]>::try_from(parts) {
            Ok([a, b]) => Some(Expr::quotient(a, b)),
            Err(_) => None,
        },
        _ => None,
    }
}

/// The unit of a number that has one already: a scale behind degrees, a rate behind a sum of money.
fn joined(known: Option<Unit>, next: Unit) -> Option<Unit> {
    match (known, next) {
        (None, next) => Some(next),
        (Some(known), next) if known == next => Some(next),
        (Some(known), next @ Unit::Measure(_)) if known.is_angle() => Some(next),
        (Some(Unit::Measure(known)), Unit::Measure(next)) => Some(Unit::Measure(known.times(next))),
        _ => None,
    }
}

fn constant_value(constant: Constant) -> Value {
    match constant {
        Constant::Pi => Expr::pi().into(),
        Constant::Infinity => Expr::infinity().into(),
        Constant::EmptySet => Value::Set(Vec::new()),
        Constant::Reals => Value::Reals(Reals::all()),
        Constant::Naturals => Value::Numbers(Numbers::Naturals, Part::All),
        Constant::Integers => Value::Numbers(Numbers::Integers, Part::All),
        Constant::Rationals => Value::Numbers(Numbers::Rationals, Part::All),
        Constant::Complexes => Value::Numbers(Numbers::Complexes, Part::All),
    }
}

/// The brackets of a tuple by its delimiter.
fn brackets(open: Delimiter) -> Brackets {
    match open {
        Delimiter::Square => Brackets::Square,
        _ => Brackets::Round,
    }
}
