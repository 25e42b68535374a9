//! Sums, products, lists, tuples, sets and intervals, whatever they are made of.

use super::{Lowered, Lowering, brackets};
use crate::canonical::{self, Expr, Symbol};
use crate::read::{Delimiter, Kind, NodeId, Relation, Separator};
use crate::value::{
    Bound, Brackets, Named, Numbers, Part, Quantity, Reals, Shape, Strictness, Time, Value,
    as_reals,
};
use std::cmp::Ordering;

impl Lowering<'_> {
    #[expect(clippy::match_same_arms, reason = "the order decides")]
    pub(super) fn delimited(
        &mut self,
        id: NodeId,
        open: Delimiter,
        close: Delimiter,
        children: &[NodeId],
    ) -> Lowered<Value> {
        use Delimiter as D;
        match (open, close, children) {
            (D::Floor | D::Ceiling, _, &[inner]) => {
                let inner = self.scalar(inner)?;
                let function = if open == D::Floor {
                    crate::canonical::Function::Floor
                } else {
                    crate::canonical::Function::Ceil
                };
                Ok(Expr::function(function, vec![inner]).into())
            }
            (D::Brace, D::Brace | D::Nothing, _) => {
                let mut items = Vec::with_capacity(children.len());
                for &child in children {
                    items.extend(self.expanded(child)?);
                }
                let items = self.spelled_out(items)?;
                // A brace that closes nowhere is a system.
                Ok(if close == D::Nothing { Value::listed(items) } else { Value::Set(items) })
            }
            // Half-open intervals; `(a, b)` may be a tuple.
            (D::Paren, D::Square, &[low, high]) | (D::Square, D::Paren, &[low, high]) => {
                let ends = self.scalars(&[low, high])?;
                let [low, high] = <[Expr; 2]>::try_from(ends)
                    .map_err(|_| super::Halt::Meaningless(self.tree.span(id)))?;
                let low = if open == D::Square { Bound::closed(low) } else { Bound::open(low) };
                let high = if close == D::Square { Bound::closed(high) } else { Bound::open(high) };
                Ok(Value::Reals(Reals::between(low, high)))
            }
            (D::Paren, D::Paren, &[inner]) => self.value(inner),
            (D::Paren, D::Paren, _) | (D::Square, D::Square, _) | (D::Angle, D::Angle, _) => {
                let items = self.values(children)?;
                // `[x = 3, y = -2]` says what `x = 3, y = -2` says.
                if open == D::Square && items.iter().all(|item| matches!(item, Value::Named(_))) {
                    return Ok(Value::listed(items));
                }
                Ok(Value::Tuple(brackets(open), self.spelled_out(items)?))
            }
            (D::Nothing, D::Nothing, &[inner]) => self.value(inner),
            _ => self.meaningless(id),
        }
    }

    /// A set of reals out of a value: an interval, a finite set, a union.
    pub(super) fn as_reals(&mut self, value: &Value) -> Option<Reals> {
        as_reals(value, self.budget)
    }

    pub(super) fn union(&mut self, parts: &[NodeId]) -> Lowered<Value> {
        let values = self.values(parts)?;
        // `x \in A \cup B` arrives as a relation whose right side is the union; names do not occur here.
        if values.iter().all(|value| matches!(value, Value::Set(_))) {
            let items = values.into_iter().flat_map(|value| match value {
                Value::Set(items) => items,
                other => vec![other],
            });
            return Ok(Value::Set(items.collect()));
        }
        let reals: Option<Vec<Reals>> = values.iter().map(|value| self.as_reals(value)).collect();
        match reals {
            Some(reals) => Ok(self.united(reals)),
            None => Ok(Value::Structure(Shape::Union, values)),
        }
    }

    /// The union of sets of reals, spread where their ends cannot be ordered.
    pub(super) fn united(&mut self, parts: Vec<Reals>) -> Value {
        Reals::union(parts, self.budget).map_or_else(Value::Spread, Value::Reals)
    }

    pub(super) fn intersection(&mut self, parts: &[NodeId]) -> Lowered<Value> {
        let values = self.values(parts)?;
        let mut all: Option<Reals> = None;
        for value in &values {
            let Some(reals) = self.as_reals(value) else {
                return Ok(Value::Structure(Shape::Intersection, values));
            };
            all = Some(match all {
                Some(before) => before.intersection(&reals, self.budget)?,
                None => reals,
            });
        }
        Ok(all.map_or(Value::Set(Vec::new()), Value::Reals))
    }

    pub(super) fn set_difference(
        &mut self,
        id: NodeId,
        from: Value,
        removed: Value,
    ) -> Lowered<Value> {
        // `R \setminus \{0\}`
        let from = match from.as_expr() {
            Some(Expr::Variable(name)) if name.as_str() == "R" => Value::Reals(Reals::all()),
            _ => from,
        };
        match (self.as_reals(&from), self.as_reals(&removed)) {
            (Some(from), Some(removed)) => {
                Ok(Value::Reals(from.intersection(&removed.complement(), self.budget)?))
            }
            // `\mathbb{Z} \setminus \{0\}`
            _ if removed
                == Value::Set(vec![Value::Quantity(Quantity::plain(Expr::integer(0)))])
                && let Value::Numbers(numbers, Part::All) = from
                && numbers != Numbers::Naturals =>
            {
                Ok(Value::Numbers(numbers, Part::NotZero))
            }
            _ if matches!(from, Value::Structure(..) | Value::Numbers(..) | Value::Set(_)) => {
                Ok(Value::Structure(Shape::Without, vec![from, removed]))
            }
            _ => self.meaningless(id),
        }
    }

    /// `\{x \mid x > 2\}`: the bound name does not matter.
    pub(super) fn set_builder(&mut self, element: NodeId, condition: NodeId) -> Lowered<Value> {
        let tree = self.tree;
        // `x \in \mathbb{R}` before the bar.
        let mut domain = None;
        let mut variable = element;
        if let Kind::Chain(sides, relations) = tree.kind(element)
            && let [first, set] = *tree.children(sides)
            && tree.relations(relations, 2) == [Relation::In]
        {
            variable = first;
            domain = Some(self.value(set)?);
        }
        let symbol = match tree.kind(variable) {
            Kind::Symbol(name) => Some(self.symbol_name(name)),
            _ => None,
        };
        if let Some(symbol) = symbol.clone() {
            self.bound.push(symbol);
        }
        let said = self.value(condition);
        if symbol.is_some() {
            self.bound.pop();
        }
        let is_of_both = matches!(tree.kind(condition), Kind::List(Separator::And, _));
        let condition = match said? {
            // No `x` is both 1 and 2.
            Value::Named(named) if is_of_both && matches!(named.value, Value::List(_)) => {
                return self.meaningless(condition);
            }
            said => said,
        };
        if let (Some(symbol), Value::Named(named)) = (&symbol, &condition)
            && named.names.iter().any(|name| name.text == symbol.as_str())
            && matches!(
                named.value,
                Value::Reals(_)
                    | Value::Quantity(_)
                    | Value::Set(_)
                    | Value::List(_)
                    | Value::Tuple(..)
            )
        {
            let reals = match (&domain, &named.value) {
                (Some(domain), value) => match (self.as_reals(domain), self.as_reals(value)) {
                    (Some(domain), Some(value)) => {
                        Some(Value::Reals(domain.intersection(&value, self.budget)?))
                    }
                    (_, Some(value)) if let Some(integers) = integers_of(domain, &value) => {
                        Some(Value::Set(integers))
                    }
                    (_, Some(value)) => Some(Value::Structure(
                        Shape::Subset,
                        vec![domain.clone(), Value::Reals(value)],
                    )),
                    _ => None,
                },
                (None, Value::List(items)) => Some(Value::Set(items.clone())),
                (None, Value::Quantity(_)) => Some(Value::Set(vec![named.value.clone()])),
                (None, value) => Some(value.clone()),
            };
            if let Some(reals) = reals {
                return Ok(reals);
            }
        }
        // `\{x : x^2 = 4\}`
        if let (Some(symbol), None, Value::Equation(equation)) = (&symbol, &domain, &condition)
            && let Some(roots) = self.roots(&equation.difference, symbol)
        {
            return Ok(Value::Set(roots));
        }
        // `\{x : x^2 < 4\}`
        if let (Some(symbol), Value::Inequality(positive, strictness)) = (&symbol, &condition)
            && domain.as_ref().is_none_or(|domain| *domain == Value::Reals(Reals::all()))
            && let Some(reals) = self.where_positive(positive, symbol, *strictness)
        {
            return Ok(Value::Reals(reals));
        }
        let element = match domain {
            Some(domain) => domain,
            None => self.value(element)?,
        };
        // `\{2k \mid k \in \mathbb{Z}\}`
        if symbol.is_none()
            && let Some(family) = super::note::over(&element, &condition)
        {
            return Ok(family);
        }
        let parts = vec![element, condition];
        Ok(Value::Structure(
            Shape::SetBuilder,
            match (symbol, Symbol::bound(0)) {
                (Some(symbol), Some(bound)) => {
                    let name_of =
                        |name: &Symbol| (*name == symbol).then(|| Expr::variable(bound.clone()));
                    parts.into_iter().map(|part| part.rename(&name_of)).collect()
                }
                _ => parts,
            },
        ))
    }

    /// The real roots of an equation in one name.
    fn roots(&mut self, equation: &Expr, name: &Symbol) -> Option<Vec<Value>> {
        if equation.variables().len() != 1 {
            return None;
        }
        let roots = canonical::solve(equation, name, self.budget).ok()?;
        let mut real = Vec::with_capacity(roots.len());
        for root in roots {
            if canonical::is_real(&root, self.budget)? {
                real.push(Value::from(root));
            }
        }
        Some(real)
    }

    /// Where a quadratic polynomial in one name is positive, or not negative.
    fn where_positive(
        &mut self,
        polynomial: &Expr,
        name: &Symbol,
        strictness: Strictness,
    ) -> Option<Reals> {
        let coefficients = canonical::coefficients(polynomial, name, self.budget).ok()?;
        let (lead, degree) = (coefficients.last()?, coefficients.len() - 1);
        if degree != 2 || !coefficients.iter().all(Expr::is_constant) {
            return None;
        }
        let upward = canonical::sign(lead, self.budget).ok()? == Ordering::Greater;
        let mut roots = Vec::with_capacity(degree);
        for root in self.roots(polynomial, name)? {
            roots.push(root.as_expr()?.clone());
        }
        // Of an upward parabola the rest is meant: its ends belong to what is left out.
        let open = (strictness == Strictness::Strict) != upward;
        let bound =
            |at: &Expr| if open { Bound::open(at.clone()) } else { Bound::closed(at.clone()) };
        let [a, b] = &roots[..] else { return None };
        let order = canonical::sign(&Expr::difference(b.clone(), a.clone()), self.budget).ok()?;
        let (low, high) = match order {
            Ordering::Less => (b, a),
            Ordering::Greater => (a, b),
            Ordering::Equal => return None,
        };
        let within = Reals::between(bound(low), bound(high));
        Some(if upward { within.complement() } else { within })
    }

    /// A tuple with its permutations; the cyclic ones are as few as it has items.
    pub(super) fn permutations(
        &mut self,
        id: NodeId,
        value: Value,
        cyclic: bool,
    ) -> Lowered<Value> {
        match value {
            Value::Tuple(Brackets::Round, items) if cyclic => {
                let count = items.len() as u64;
                self.budget.spend(count.saturating_mul(count))?;
                let mut turned = items;
                let all = (0..turned.len())
                    .map(|_| {
                        turned.rotate_left(1);
                        Value::Tuple(Brackets::Round, turned.clone())
                    })
                    .collect();
                Ok(Value::List(all))
            }
            Value::Tuple(Brackets::Round, items) => Ok(Value::Permutations(items)),
            Value::Named(named) => {
                let Named { names, parameters, value } = *named;
                let value = self.permutations(id, value, cyclic)?;
                Ok(Value::Named(Box::new(Named { names, parameters, value })))
            }
            _ => self.meaningless(id),
        }
    }

    /// `3:4`, `12:30`
    pub(super) fn ratio(&mut self, id: NodeId, parts: &[NodeId]) -> Lowered<Value> {
        if let Some(time) = as_time(self.tree.numeral(id), parts.len()) {
            return Ok(Value::Time(time));
        }
        Ok(Value::Ratio(self.scalars(parts)?))
    }
}

/// The most integers that a set-builder is written out as.
const MOST_INTEGERS: i64 = 100;

/// `\{n \in \mathbb{Z} : 1 \le n \le 3\}`: the integers in a set of reals, where they are few.
fn integers_of(domain: &Value, reals: &Reals) -> Option<Vec<Value>> {
    let whole = Value::Numbers(Numbers::Integers, Part::All);
    let whole = (*domain == whole).then(|| reals.of_integers()).flatten()?;
    let integers = whole.integers(MOST_INTEGERS)?;
    Some(integers.into_iter().map(|integer| Value::from(Expr::integer(integer))).collect())
}

/// `12:30` and `4:51:06`, where the parts after the first have two digits below 60.
fn as_time(source: &str, parts: usize) -> Option<Time> {
    let digits: String =
        source.chars().filter(|sign| sign.is_ascii_digit() || *sign == ':').collect();
    let plain = source.chars().all(|sign| {
        sign.is_ascii_digit() || matches!(sign, ':' | ' ' | '\\' | '!' | '{' | '}' | ',')
    });
    let split: Vec<&str> = digits.split(':').collect();
    if !plain || split.len() != parts || parts > 3 || split[0].len() > 2 || split[0].is_empty() {
        return None;
    }
    let numbers: Option<Vec<u32>> = split.iter().map(|part| part.parse().ok()).collect();
    let numbers = numbers?;
    let late =
        split[1..].iter().all(|part| part.len() == 2) && numbers[1..].iter().all(|&part| part < 60);
    (late && numbers[0] <= 24).then_some(Time { parts: numbers, afternoon: None })
}
