//! From what was written to what it means. No text comes here: names and numerals are asked of the tree.
//!
//! The recursion is as deep as the syntax tree, whose height the parser bounds.

mod agreement;
mod arithmetic;
mod calculus;
mod call;
mod collection;
mod congruence;
mod ellipsis;
mod enumeration;
mod inequality;
mod list;
mod matrix;
mod name;
mod note;
mod number;
mod ordered;
mod piecewise;
mod relation;
mod scripts;
mod vector;

use crate::Limits;
use crate::budget::{Budget, Stop};
use crate::canonical::{Expr, Function, Symbol};
use crate::read::{Constant, Delimiter, Kind, Name, NodeId, Span, Tree, has_size};
use crate::value::{Brackets, Numbers, Part, Quantity, Reals, Shape, Time, Unit, Value};

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
        // `(1)(3)` is a product, and the numbers of statements where the other side is.
        Ok([Value::Quantity(product)]) if let Some(statements) = lowering.statements(root) => {
            Value::Grouped(Box::new((product, statements)))
        }
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

    /// Numbers in parentheses, each greater than the one before it.
    fn statements(&self, product: NodeId) -> Option<Vec<Value>> {
        let Kind::Product(factors) = self.tree.kind(product) else { return None };
        let mut numbers: Vec<u32> = Vec::new();
        for &factor in self.tree.children(factors) {
            let Kind::Delimited(Delimiter::Paren, Delimiter::Paren, inside) =
                self.tree.kind(factor)
            else {
                return None;
            };
            let &[only] = self.tree.children(inside) else { return None };
            let Kind::Number(_) = self.tree.kind(only) else { return None };
            let number =
                self.tree.numeral(only).parse().ok().filter(|number| (1..20).contains(number))?;
            if numbers.last().is_some_and(|&last| last >= number) {
                return None;
            }
            numbers.push(number);
        }
        (numbers.len() > 1).then(|| numbers.into_iter().map(Value::Mark).collect())
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
            self.no_size(inner, &body)?;
            let value = match <[Value; 1]>::try_from(self.expanded(inner)?) {
                Ok([only]) => only,
                Err(values) => Value::List(values),
            };
            return Ok(vec![note::noted(value, kind, body)]);
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
            Kind::Prime(base, count)
                if matches!(
                    tree.kind(base),
                    Kind::Number(_) | Kind::Mixed(..) | Kind::Fraction(..) | Kind::Vulgar(..)
                ) =>
            {
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
            Kind::United(inner, unit) => {
                if let Unit::Noun(noun) = tree.unit(unit) {
                    self.no_size(inner, &Value::Text(noun.clone()))?;
                }
                self.with_unit(inner, tree.unit(unit).clone())
            }
            Kind::HalfDay(inner, afternoon) => self.half_day(inner, afternoon),
            Kind::Call(function, children) => self.call(id, function, tree.children(children)),
            Kind::Apply(function, arguments) => {
                let name = Symbol::new(&tree.spelling(function));
                let arguments = self.scalars(tree.children(arguments))?;
                Ok(Expr::function(Function::Named(name), arguments).into())
            }
            Kind::Modulo(inner, modulus) => self.modulo(id, inner, modulus),
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
            Kind::Dimensions(sides) => {
                let sides = self.values(tree.children(sides))?;
                Ok(Value::Structure(Shape::Dimensions, sides))
            }
            Kind::Union(parts) => self.union(tree.children(parts)),
            Kind::Intersection(parts) => self.intersection(tree.children(parts)),
            Kind::SetDifference(from, removed) => {
                let (from, removed) = (self.value(from)?, self.value(removed)?);
                self.set_difference(id, from, removed)
            }
            Kind::List(separator, children) => self.list(separator, children),
            Kind::Noted(inner, kind, body) => {
                let body = self.value(body)?;
                self.no_size(inner, &body)?;
                Ok(note::noted(self.value(inner)?, kind, body))
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

    /// Refuses a product that is said to be a size: what it is worked out to be is another thing.
    fn no_size(&self, product: NodeId, said: &Value) -> Lowered<()> {
        let Kind::Product(factors) = self.tree.kind(product) else { return Ok(()) };
        let Value::Text(words) = said else { return Ok(()) };
        let plain = |&id: &NodeId| matches!(self.tree.kind(id), Kind::Number(_) | Kind::Symbol(_));
        if self.tree.children(factors).iter().all(plain) && words.split(' ').any(has_size) {
            return self.meaningless(product);
        }
        Ok(())
    }

    fn fraction(&mut self, id: NodeId, top: NodeId, bottom: NodeId) -> Lowered<Value> {
        if let Some(derivative) = self.differential(id).or_else(|| self.bare_differentiation(id)) {
            return Ok(Expr::variable(derivative).into());
        }
        if let Some(derivative) = self.derivative_above(top, bottom)? {
            return Ok(derivative);
        }
        self.choosing(self.is_pair(bottom), |this| this.quotient(id, top, bottom))
    }

    /// Lowers what a column of two numbers is divided by in, which then is a binomial coefficient.
    fn choosing<T>(&mut self, divided_by: bool, lower: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.choosing;
        self.choosing |= divided_by;
        let lowered = lower(self);
        self.choosing = outer;
        lowered
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
            // `(5, 7) \text{ m}`
            Value::Tuple(kind, items) if items.len() > 1 => {
                let items: Option<Vec<Value>> = items
                    .into_iter()
                    .map(|item| match item {
                        Value::Quantity(item) if item.unit.is_none() => {
                            let unit = Some(unit.clone());
                            Some(Value::Quantity(Quantity { unit, ..item }))
                        }
                        _ => None,
                    })
                    .collect();
                match items {
                    Some(items) => Ok(Value::Tuple(kind, items)),
                    None => self.meaningless(inner),
                }
            }
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
