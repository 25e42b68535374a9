//! Sums, products, lists, tuples, sets and intervals, whatever they are made of.

use super::matrix::exprs;
use super::note::listed;
use super::{Lowered, Lowering, as_scalar, brackets};
use crate::canonical::{self, Expr, Function, Symbol};
use crate::read::{Delimiter, Kind, Name, NodeId, Relation};
use crate::value::{
    Bound, Brackets, Measure, Named, Quantity, Reals, Shape, Strictness, Time, Unit, Value,
    as_reals,
};
use std::cmp::Ordering;

impl Lowering<'_> {
    pub(super) fn sum(&mut self, id: NodeId, terms: &[NodeId]) -> Lowered<Value> {
        let mut exprs = Vec::with_capacity(terms.len());
        for (at, &term) in terms.iter().enumerate() {
            match self.value(term)? {
                Value::Quantity(Quantity { expr, unit: None, .. }) => exprs.push(expr),
                // `1 + 2 + … + n`
                Value::Ellipsis => {
                    self.dotted = true;
                    exprs.push(Expr::variable(Symbol::ellipsis()));
                }
                other if exprs.len() == at => {
                    return self.mixed_sum(id, exprs, other, &terms[at + 1..]);
                }
                _ => return self.meaningless(id),
            }
        }
        if self.dotted {
            return Ok(self.sum_with_dots(exprs));
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
            if let (
                Value::Reals(_) | Value::Set(_) | Value::Numbers(..) | Value::Structure(..),
                Kind::Negate(removed),
            ) = (&total, self.tree.kind(term))
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
                    && x.same_dimension(y)
                    && !a.unit.as_ref().is_some_and(Unit::is_angle)
                {
                    // `5 ft + 4 in`, in the unit of the first.
                    let ratio = Expr::quotient(y.factor.clone(), x.factor.clone());
                    let expr = Expr::sum(vec![a.expr, Expr::product(vec![b.expr, ratio])]);
                    return Ok(computed(expr, a.unit));
                }
                if a.unit == b.unit && a.unit.is_some() {
                    return Ok(computed(Expr::sum(vec![a.expr, b.expr]), a.unit));
                }
                if let (Some(Unit::Noun(_) | Unit::Measure(_)), None)
                | (None, Some(Unit::Noun(_) | Unit::Measure(_))) = (&a.unit, &b.unit)
                    && !a.unit.as_ref().or(b.unit.as_ref()).is_some_and(Unit::is_angle)
                {
                    // A unit after the last term is the unit of the sum.
                    let unit = a.unit.or(b.unit);
                    return Ok(computed(Expr::sum(vec![a.expr, b.expr]), unit));
                }
                match (as_scalar(Value::Quantity(a)), as_scalar(Value::Quantity(b))) {
                    (Some(a), Some(b)) => Ok(Expr::sum(vec![a, b]).into()),
                    _ => self.meaningless(id),
                }
            }
            (Value::Matrix(columns, a), Value::Matrix(wide, b))
                if columns == wide && a.len() == b.len() =>
            {
                let cells = a
                    .into_iter()
                    .zip(b)
                    .map(|(a, b)| Expr::sum(vec![a.expr, b.expr]).into())
                    .collect();
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
                Ok(computed(Expr::product(vec![expr, factor.clone()]), unit))
            }
            Value::Matrix(columns, cells) => {
                self.budget.spend(4 * factor.nodes().saturating_mul(cells.len() as u64))?;
                let cells = cells
                    .into_iter()
                    .map(|cell| Expr::product(vec![factor.clone(), cell.expr]).into())
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
        if let &[name, inside] = factors {
            if let Some(value) = self.temperature(name, inside)? {
                return Ok(value);
            }
            if let Some(value) = self.named_point(name, inside)? {
                return Ok(value);
            }
            if let Some(value) = self.lettered_function(name, inside)? {
                return Ok(value);
            }
        }
        if let Some(value) = self.derivative(id, factors)? {
            return Ok(value);
        }
        let outer = self.choosing;
        self.choosing |= factors
            .iter()
            .any(|&factor| matches!(self.tree.kind(factor), Kind::Inverse(by) if self.is_pair(by)));
        let product = self.multiplied(id, factors);
        self.choosing = outer;
        product
    }

    fn multiplied(&mut self, id: NodeId, factors: &[NodeId]) -> Lowered<Value> {
        let mut exprs = Vec::with_capacity(factors.len());
        // `1.2 \\times 10^5` is written out.
        let mut evaluated = factors.len() == 2
            && matches!(self.tree.kind(factors[0]), Kind::Number(_) | Kind::Negate(_))
            && matches!(self.tree.kind(factors[1]), Kind::Power(..));
        // And so is `1/2`, as `\frac12` is.
        let is_fraction = match *factors {
            [top, bottom] => match self.tree.kind(bottom) {
                Kind::Inverse(bottom) => self.is_integer(top) && self.is_integer(bottom),
                _ => false,
            },
            _ => false,
        };
        for (at, &factor) in factors.iter().enumerate() {
            match self.value(factor)? {
                Value::Quantity(Quantity { expr, unit: None, evaluated: written, .. }) => {
                    evaluated &= written;
                    exprs.push(expr);
                }
                Value::Ellipsis => {
                    self.dotted = true;
                    exprs.push(Expr::variable(Symbol::ellipsis()));
                }
                other => return self.mixed_product(id, exprs, other, factors, at + 1),
            }
        }
        if self.dotted {
            return Ok(self.product_with_dots(exprs));
        }
        let expr = Expr::product(exprs);
        let evaluated = evaluated || is_fraction;
        Ok(Value::Quantity(Quantity { expr, decimal: None, unit: None, evaluated }))
    }

    /// `25^\circ C`
    fn temperature(&mut self, degrees: NodeId, scale: NodeId) -> Lowered<Option<Value>> {
        let (Kind::Degree(inner), Kind::Symbol(Name::Letter(scale))) =
            (self.tree.kind(degrees), self.tree.kind(scale))
        else {
            return Ok(None);
        };
        let scale = match scale {
            'C' => "celsius",
            'F' => "fahrenheit",
            'K' => "kelvin",
            _ => return Ok(None),
        };
        let measure = Measure { factor: Expr::integer(1), dimension: vec![(scale, 1)] };
        self.with_unit(inner, Unit::Measure(measure)).map(Some)
    }

    /// `A(1, 2)` is a point and its name; `P(7, 3)` and `C(7, 3)` are numbers of ways.
    fn named_point(&mut self, name: NodeId, inside: NodeId) -> Lowered<Option<Value>> {
        let tree = self.tree;
        let Kind::Symbol(Name::Letter(letter @ 'A'..='Z')) = tree.kind(name) else {
            return Ok(None);
        };
        let Kind::Delimited(Delimiter::Paren, Delimiter::Paren, items) = tree.kind(inside) else {
            return Ok(None);
        };
        let items = tree.children(items);
        if items.len() < 2 {
            return Ok(None);
        }
        if let (&[all, chosen], 'P' | 'C' | 'A') = (items, letter)
            && self.is_integer(all)
            && self.is_integer(chosen)
        {
            let (all, chosen) = (self.scalar(all)?, self.scalar(chosen)?);
            if all.as_rational() >= chosen.as_rational() && letter != 'A' {
                let function =
                    if letter == 'C' { Function::Binomial } else { Function::Permutations };
                return Ok(Some(Expr::function(function, vec![all, chosen]).into()));
            }
        }
        let point = self.value(inside)?;
        Ok(Some(self.named(&[name], point)))
    }

    /// `\varphi(12)`, `\Gamma(5)`, `\zeta(2)`: of a number, a letter is the function that it stands for.
    fn lettered_function(&mut self, name: NodeId, inside: NodeId) -> Lowered<Option<Value>> {
        let tree = self.tree;
        let (Kind::Symbol(Name::Command(letter)), Kind::Delimited(Delimiter::Paren, _, items)) =
            (tree.kind(name), tree.kind(inside))
        else {
            return Ok(None);
        };
        let (&[argument], "phi" | "Gamma" | "zeta") = (tree.children(items), letter) else {
            return Ok(None);
        };
        let argument = self.scalar(argument)?;
        let Some(number) = argument.as_rational() else { return Ok(None) };
        Ok(match letter {
            "Gamma" => Some(Expr::gamma(argument).into()),
            "zeta" => Some(Expr::function(Function::Zeta, vec![argument]).into()),
            _ if number.is_integer() => Some(Expr::function(Function::Phi, vec![argument]).into()),
            _ => None,
        })
    }

    /// `\frac{d}{dx} x^2`
    fn derivative(&mut self, id: NodeId, factors: &[NodeId]) -> Lowered<Option<Value>> {
        let tree = self.tree;
        let (Some((&first, rest)), true) = (factors.split_first(), factors.len() > 1) else {
            return Ok(None);
        };
        let letter = |id: NodeId| match tree.kind(id) {
            Kind::Symbol(Name::Letter(letter)) => Some(letter),
            _ => None,
        };
        let Kind::Fraction(top, bottom) = tree.kind(first) else { return Ok(None) };
        let (Some('d'), Kind::Product(below)) = (letter(top), tree.kind(bottom)) else {
            return Ok(None);
        };
        let &[d, variable] = tree.children(below) else { return Ok(None) };
        let (Some('d'), Kind::Symbol(name)) = (letter(d), tree.kind(variable)) else {
            return Ok(None);
        };
        let name = self.symbol_name(name);
        let Some(body) = as_scalar(self.product(id, rest)?) else { return self.meaningless(id) };
        Ok(Some(canonical::derivative(&body, &name, self.budget)?.into()))
    }

    fn mixed_product(
        &mut self,
        id: NodeId,
        before: Vec<Expr>,
        first: Value,
        factors: &[NodeId],
        next: usize,
    ) -> Lowered<Value> {
        let mut total =
            if before.is_empty() { first } else { self.scale(id, first, &Expr::product(before))? };
        for (at, &factor) in factors[next..].iter().enumerate() {
            // The product so far is moved each time.
            self.budget.spend(2 * at as u64)?;
            let value = self.value(factor)?;
            total = match (total, value) {
                (Value::Matrix(1, a), Value::Matrix(1, b)) if a.len() == b.len() && a.len() > 1 => {
                    self.dot(&exprs(&a), &exprs(&b))?
                }
                (Value::Matrix(inner, a), Value::Matrix(columns, b)) => {
                    self.matrix_product(id, (inner, &exprs(&a)), (columns, &exprs(&b)))?
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
                let items = self.spelled_out(items)?;
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
        // `R \\setminus \\{0\\}`
        let from = match from.as_expr() {
            Some(Expr::Variable(name)) if name.as_str() == "R" => Value::Reals(Reals::all()),
            _ => from,
        };
        match (self.as_reals(&from), self.as_reals(&removed)) {
            (Some(from), Some(removed)) => {
                Ok(Value::Reals(from.intersection(&removed.complement(), self.budget)?))
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

/// A number that was calculated.
fn computed(expr: Expr, unit: Option<Unit>) -> Value {
    Value::Quantity(Quantity { expr, decimal: None, unit, evaluated: false })
}
