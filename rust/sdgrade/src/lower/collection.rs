//! Sums, products, lists, tuples, sets and intervals, whatever they are made of.

use super::{Lowered, Lowering, as_scalar, brackets};
use crate::ast::{Children, Delimiter, Kind, NodeId, Separator};
use crate::canonical::{Expr, Symbol};
use crate::value::{Bound, Name, Named, Quantity, Reals, Time, Unit, Value, text};

impl Lowering<'_> {
    pub(super) fn sum(&mut self, id: NodeId, terms: &[NodeId]) -> Lowered<Value> {
        let mut exprs = Vec::with_capacity(terms.len());
        for (at, &term) in terms.iter().enumerate() {
            match self.value(term)? {
                Value::Quantity(Quantity { expr, unit: None, .. }) => exprs.push(expr),
                // `1 + 2 + … + n`
                Value::Ellipsis => exprs.push(Expr::variable("…")),
                other if exprs.len() == at => {
                    return self.mixed_sum(id, exprs, other, &terms[at + 1..]);
                }
                _ => return self.meaningless(id),
            }
        }
        Ok(Expr::sum(exprs).into())
    }

    /// A sum with a term that is not a plain number: units, matrices, tuples, sets.
    fn mixed_sum(
        &mut self,
        id: NodeId,
        before: Vec<Expr>,
        first: Value,
        rest: &[NodeId],
    ) -> Lowered<Value> {
        let mut total = if before.is_empty() {
            first
        } else {
            let sum = Expr::sum(before).into();
            self.add(id, sum, first)?
        };
        for (at, &term) in rest.iter().enumerate() {
            // The sum so far is moved each time.
            self.budget.spend(2 * at as u64)?;
            // A set without some of its elements.
            if let (Value::Reals(_) | Value::Set(_) | Value::Structure(..), Kind::Negate(removed)) =
                (&total, self.tree.kind(term))
            {
                let removed = self.value(removed)?;
                total = self.set_difference(id, total, removed)?;
                continue;
            }
            let next = self.value(term)?;
            total = self.add(id, total, next)?;
        }
        Ok(total)
    }

    fn add(&mut self, id: NodeId, a: Value, b: Value) -> Lowered<Value> {
        match (a, b) {
            (Value::Quantity(a), Value::Quantity(b)) => {
                if let (Some(Unit::Measure(x)), Some(Unit::Measure(y))) = (&a.unit, &b.unit)
                    && x.dimension == y.dimension
                    && !a.unit.as_ref().is_some_and(Unit::is_angle)
                {
                    // `5 ft + 4 in`, in the unit of the first.
                    let ratio = Expr::quotient(y.factor.clone(), x.factor.clone());
                    let expr = Expr::sum(vec![a.expr, Expr::product(vec![b.expr, ratio])]);
                    return Ok(Value::Quantity(Quantity { expr, decimal: None, unit: a.unit }));
                }
                if a.unit == b.unit && a.unit.is_some() {
                    return Ok(Value::Quantity(Quantity {
                        expr: Expr::sum(vec![a.expr, b.expr]),
                        decimal: None,
                        unit: a.unit,
                    }));
                }
                if let (Some(Unit::Remark(_) | Unit::Measure(_)), None)
                | (None, Some(Unit::Remark(_) | Unit::Measure(_))) = (&a.unit, &b.unit)
                    && !a.unit.as_ref().or(b.unit.as_ref()).is_some_and(Unit::is_angle)
                {
                    // A unit after the last term is the unit of the sum.
                    let unit = a.unit.or(b.unit);
                    return Ok(Value::Quantity(Quantity {
                        expr: Expr::sum(vec![a.expr, b.expr]),
                        decimal: None,
                        unit,
                    }));
                }
                match (as_scalar(Value::Quantity(a)), as_scalar(Value::Quantity(b))) {
                    (Some(a), Some(b)) => Ok(Expr::sum(vec![a, b]).into()),
                    _ => self.meaningless(id),
                }
            }
            (Value::Matrix(columns, a), Value::Matrix(wide, b))
                if columns == wide && a.len() == b.len() =>
            {
                let cells = a.into_iter().zip(b).map(|(a, b)| Expr::sum(vec![a, b])).collect();
                Ok(Value::Matrix(columns, cells))
            }
            (Value::Tuple(kind, a), Value::Tuple(_, b)) if a.len() == b.len() && a.len() > 1 => {
                let items: Lowered<Vec<Value>> =
                    a.into_iter().zip(b).map(|(a, b)| self.add(id, a, b)).collect();
                Ok(Value::Tuple(kind, items?))
            }
            (a, b) => match (as_scalar(a), as_scalar(b)) {
                (Some(a), Some(b)) => Ok(Expr::sum(vec![a, b]).into()),
                _ => self.meaningless(id),
            },
        }
    }

    pub(super) fn negate(&mut self, id: NodeId, value: Value) -> Lowered<Value> {
        match value {
            Value::Quantity(quantity) => {
                Ok(Value::Quantity(Quantity { expr: Expr::negate(quantity.expr), ..quantity }))
            }
            Value::Numeral(digits, base) => Ok(Value::Numeral(format!("-{digits}"), base)),
            other => self.scale(id, other, &Expr::integer(-1)),
        }
    }

    /// A value times a number.
    pub(super) fn scale(&mut self, id: NodeId, value: Value, factor: &Expr) -> Lowered<Value> {
        match value {
            Value::Quantity(Quantity { expr, unit, .. }) => {
                // Every item of a tuple gets a copy of the factor.
                self.budget.spend(4 * factor.nodes())?;
                let expr = Expr::product(vec![expr, factor.clone()]);
                Ok(Value::Quantity(Quantity { expr, decimal: None, unit }))
            }
            Value::Matrix(columns, cells) => {
                self.budget.spend(4 * factor.nodes().saturating_mul(cells.len() as u64))?;
                let cells = cells
                    .into_iter()
                    .map(|cell| Expr::product(vec![factor.clone(), cell]))
                    .collect();
                Ok(Value::Matrix(columns, cells))
            }
            Value::Tuple(kind, items) if items.len() > 1 => {
                let items: Lowered<Vec<Value>> =
                    items.into_iter().map(|item| self.scale(id, item, factor)).collect();
                Ok(Value::Tuple(kind, items?))
            }
            other => match as_scalar(other) {
                Some(expr) => Ok(Expr::product(vec![expr, factor.clone()]).into()),
                None => self.meaningless(id),
            },
        }
    }

    pub(super) fn product(&mut self, id: NodeId, factors: &[NodeId]) -> Lowered<Value> {
        let mut exprs = Vec::with_capacity(factors.len());
        for (at, &factor) in factors.iter().enumerate() {
            match self.value(factor)? {
                Value::Quantity(Quantity { expr, unit: None, .. }) => exprs.push(expr),
                other => return self.mixed_product(id, exprs, other, factors, at + 1),
            }
        }
        Ok(Expr::product(exprs).into())
    }

    fn mixed_product(
        &mut self,
        id: NodeId,
        before: Vec<Expr>,
        first: Value,
        factors: &[NodeId],
        next: usize,
    ) -> Lowered<Value> {
        // `25^\circ C`
        if let (Value::Quantity(degrees), Some(&letter)) = (&first, factors.get(next))
            && before.is_empty()
            && degrees.unit.as_ref().is_some_and(Unit::is_angle)
            && factors.len() == next + 1
            && let Some(unit) = match self.source(letter) {
                "C" | "F" | "K" => Unit::parse(self.source(letter)),
                _ => None,
            }
        {
            return Ok(Value::Quantity(Quantity { unit: Some(unit), ..degrees.clone() }));
        }
        let mut total =
            if before.is_empty() { first } else { self.scale(id, first, &Expr::product(before))? };
        for (at, &factor) in factors[next..].iter().enumerate() {
            // The product so far is moved each time.
            self.budget.spend(2 * at as u64)?;
            let value = self.value(factor)?;
            total = match (total, value) {
                (Value::Matrix(inner, a), Value::Matrix(columns, b)) => {
                    self.matrix_product(id, (inner, &a), (columns, &b))?
                }
                (total, value @ Value::Quantity(Quantity { unit: None, .. })) => {
                    match value.as_expr() {
                        Some(expr) => self.scale(id, total, expr)?,
                        None => return self.meaningless(id),
                    }
                }
                (total, value) => match (as_scalar(total), as_scalar(value)) {
                    (Some(a), Some(b)) => Expr::product(vec![a, b]).into(),
                    _ => return self.meaningless(id),
                },
            };
        }
        Ok(total)
    }

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
                // A brace that closes nowhere is a system.
                Ok(if close == D::Nothing { listed(items) } else { Value::Set(items) })
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
                Ok(Value::Tuple(brackets(open), items))
            }
            (D::Nothing, _, &[inner]) | (_, D::Nothing, &[inner]) => self.value(inner),
            _ => self.meaningless(id),
        }
    }

    pub(super) fn list(&mut self, separator: Separator, children: Children) -> Lowered<Value> {
        let tree = self.tree;
        let mut items = Vec::new();
        for &child in tree.children(children) {
            let grouped = matches!(tree.kind(child), Kind::List(..));
            let values = self.expanded(child)?;
            if grouped && values.len() > 1 {
                items.push(Value::List(values));
            } else {
                items.extend(values);
            }
        }
        // `k \in \mathbb{Z}` says what `k` is; it is no answer.
        if items.len() > 1 {
            let integers = self.integers.len();
            items.retain(|item| !(integers > 0 && is_integer_condition(item)));
        }
        if let Some(reals) = self.join_reals(separator, &items)? {
            return Ok(reals);
        }
        Ok(listed(items))
    }

    /// Sets of reals of the same name in a list: `x < 1 or x > 2`, `x > 0, x \ne 1`.
    fn join_reals(&mut self, separator: Separator, items: &[Value]) -> Lowered<Option<Value>> {
        let mut parts = Vec::with_capacity(items.len());
        let mut head: Option<&Named> = None;
        for item in items {
            let (named, reals) = match item {
                Value::Named(named) => match &named.value {
                    Value::Reals(reals) => (Some(&**named), reals),
                    // `x = 1 or x > 2`
                    Value::Quantity(Quantity { expr, unit: None, .. }) => {
                        parts.push(Reals::point(expr.clone()));
                        if head.is_some_and(|head| !head.same_names(named)) {
                            return Ok(None);
                        }
                        head = Some(named);
                        continue;
                    }
                    _ => return Ok(None),
                },
                Value::Reals(reals) if separator == Separator::Or => (None, reals),
                _ => return Ok(None),
            };
            if let (Some(head), Some(named)) = (head, named)
                && !head.same_names(named)
            {
                return Ok(None);
            }
            head = head.or(named);
            parts.push(reals.clone());
        }
        let intervals = items.iter().filter(|item| {
            matches!(item, Value::Reals(_))
                || matches!(item, Value::Named(named) if matches!(named.value, Value::Reals(_)))
        });
        if items.len() < 2 || intervals.count() == 0 {
            return Ok(None);
        }
        let mut joined = None;
        if separator != Separator::Or {
            // All hold at once, unless nothing would be left: then `x < 1, x > 2` lists the parts.
            let mut both = parts[0].clone();
            for part in &parts[1..] {
                both = both.intersection(part, self.budget)?;
            }
            joined = Some(both).filter(|both| !both.intervals.is_empty());
        }
        let reals = joined.unwrap_or_else(|| Reals::union(parts, self.budget));
        Ok(Some(match head {
            Some(head) => {
                Value::Named(Box::new(Named { value: Value::Reals(reals), ..head.clone() }))
            }
            None => Value::Reals(reals),
        }))
    }

    /// A set of reals out of a value: an interval, a finite set, a union.
    pub(super) fn as_reals(&mut self, value: &Value) -> Option<Reals> {
        crate::equivalence::as_reals(value, self.budget)
    }

    pub(super) fn union(&mut self, parts: &[NodeId]) -> Lowered<Value> {
        let mut values = self.values(parts)?;
        // `x \in A \cup B` arrives as a relation whose right side is the union; names do not occur here.
        if values.iter().all(|value| matches!(value, Value::Set(_))) {
            let items = values.into_iter().flat_map(|value| match value {
                Value::Set(items) => items,
                other => vec![other],
            });
            return Ok(Value::Set(items.collect()));
        }
        let reals: Option<Vec<Reals>> = values.iter().map(|value| self.as_reals(value)).collect();
        if let Some(reals) = reals {
            return Ok(Value::Reals(Reals::union(reals, self.budget)));
        }
        values.sort_by_cached_key(|value| format!("{value:?}"));
        Ok(Value::Structure("union", values))
    }

    pub(super) fn intersection(&mut self, parts: &[NodeId]) -> Lowered<Value> {
        let values = self.values(parts)?;
        let mut all: Option<Reals> = None;
        for value in &values {
            let Some(reals) = self.as_reals(value) else {
                return Ok(Value::Structure("intersection", values));
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
        match (self.as_reals(&from), self.as_reals(&removed)) {
            (Some(from), Some(removed)) => {
                Ok(Value::Reals(from.intersection(&removed.complement(), self.budget)?))
            }
            _ if matches!(from, Value::Structure(..) | Value::Set(_)) => {
                Ok(Value::Structure("without", vec![from, removed]))
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
            && tree.relations(relations, 2) == [crate::ast::Relation::In]
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
        let condition = self.value(condition);
        if symbol.is_some() {
            self.bound.pop();
        }
        let condition = condition?;
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
                    (_, Some(value)) => {
                        Some(Value::Structure("subset", vec![domain.clone(), Value::Reals(value)]))
                    }
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
        let element = match domain {
            Some(domain) => domain,
            None => self.value(element)?,
        };
        let bound = Symbol::new("§");
        let parts = vec![element, condition];
        Ok(Value::Structure(
            "set-builder",
            match symbol {
                Some(symbol) => {
                    let name_of =
                        |name: &Symbol| (*name == symbol).then(|| Expr::variable(bound.clone()));
                    parts.into_iter().map(|part| rename(part, &name_of)).collect()
                }
                None => parts,
            },
        ))
    }

    /// `3:4`, `12:30`
    pub(super) fn ratio(&mut self, id: NodeId, parts: &[NodeId]) -> Lowered<Value> {
        let source = self.source(id).to_owned();
        if let Some(time) = as_time(&source, parts.len()) {
            return Ok(Value::Time(time));
        }
        Ok(Value::Ratio(self.scalars(parts)?))
    }
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

/// `k \in \mathbb{Z}`
fn is_integer_condition(value: &Value) -> bool {
    if let Value::Tuple(_, items) = value {
        return items.len() == 1 && is_integer_condition(&items[0]);
    }
    matches!(value, Value::Named(named)
        if (matches!(named.value, Value::Structure("Z" | "N", _))
            || named.value.as_expr().is_some_and(|set| {
                matches!(set, Expr::Variable(name) if matches!(name.as_str(), "Z" | "N"))
            }))
            && named.names.iter().all(|name| name.text.starts_with(['ℤ', 'ℕ']) || name.text.len() == 1))
}

/// A bare list in normal form: what one name is given several times is one name with a list.
pub(super) fn listed(mut items: Vec<Value>) -> Value {
    if items.len() == 1
        && let Some(only) = items.pop()
    {
        return only;
    }
    let Some(Value::Named(first)) = items.first() else { return Value::List(items) };
    let scalar = |value: &Value| matches!(value, Value::Quantity(_));
    let same = items.iter().all(|item| match item {
        Value::Named(named) => named.same_names(first) && named.parameters == first.parameters,
        other => scalar(other) && scalar(&first.value),
    });
    let unnamed_later = items.iter().skip_while(|item| matches!(item, Value::Named(_))).all(scalar);
    if !same || !unnamed_later || first.names.len() != 1 {
        return Value::List(items);
    }
    let head = Named {
        names: first.names.clone(),
        parameters: first.parameters.clone(),
        value: Value::Ellipsis,
    };
    let values = items
        .into_iter()
        .map(|item| match item {
            Value::Named(named) => named.value,
            other => other,
        })
        .collect();
    Value::Named(Box::new(Named { value: Value::List(values), ..head }))
}

/// The value with other names for its variables.
pub(crate) fn rename(value: Value, name_of: &dyn Fn(&Symbol) -> Option<Expr>) -> Value {
    let replace = |expr: Expr| expr.replace(name_of);
    let each = |items: Vec<Value>| items.into_iter().map(|item| rename(item, name_of)).collect();
    match value {
        Value::Quantity(quantity) => {
            Value::Quantity(Quantity { expr: replace(quantity.expr), ..quantity })
        }
        Value::Tuple(kind, items) => Value::Tuple(kind, each(items)),
        Value::List(items) => Value::List(each(items)),
        Value::Set(items) => Value::Set(each(items)),
        Value::Structure(kind, items) => Value::Structure(kind, each(items)),
        Value::Equation(expr) => Value::Equation(replace(expr)),
        Value::Disequation(expr) => Value::Disequation(replace(expr)),
        Value::Inequality(expr, strictness) => Value::Inequality(replace(expr), strictness),
        Value::Matrix(columns, cells) => {
            Value::Matrix(columns, cells.into_iter().map(replace).collect())
        }
        Value::Named(named) => {
            let known = named
                .names
                .into_iter()
                .map(|name| {
                    let other = match name_of(&Symbol::new(&name.text)) {
                        Some(Expr::Variable(other)) => Some(other.as_str().to_owned()),
                        _ => None,
                    };
                    Name { text: other.unwrap_or(name.text), expr: name.expr.map(replace) }
                })
                .collect();
            Value::Named(Box::new(Named {
                names: known,
                parameters: named.parameters,
                value: rename(named.value, name_of),
            }))
        }
        other => other,
    }
}

/// The compared form of a name.
pub(super) fn name_text(source: &str) -> String {
    text::squeeze(source)
}
