//! Sums and products, whatever their terms and factors are.

use super::matrix::exprs;
use super::{Lowered, Lowering, as_scalar};
use crate::canonical::{Expr, Function, Rational, Symbol};
use crate::read::{Delimiter, Kind, Name, NodeId, letters_as_unit};
use crate::value::{Lettered, Measure, Quantity, Unit, Value};

/// The height of a number before letters that may be its unit.
const DEEPEST_NUMBER: u32 = 5;

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

    pub(super) fn add(&mut self, id: NodeId, a: Value, b: Value) -> Lowered<Value> {
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

    fn is_plain_factor(&self, id: NodeId) -> bool {
        match self.tree.kind(id) {
            Kind::Number(_) => true,
            Kind::Symbol(Name::Letter(letter)) => letter.is_ascii_lowercase() && letter != 'd',
            Kind::Power(base, exponent) => {
                matches!(self.tree.kind(exponent), Kind::Number(_)) && self.is_plain_factor(base)
            }
            _ => false,
        }
    }

    pub(super) fn product(&mut self, id: NodeId, factors: &[NodeId]) -> Lowered<Value> {
        // Most products are of numbers, small letters and their powers.
        if factors.iter().all(|&factor| self.is_plain_factor(factor)) {
            return self.multiplied(id, factors);
        }
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
        if let Some(name) = self.differential(id) {
            return Ok(Expr::variable(name).into());
        }
        if let Some(value) = self.derivative(id, factors)? {
            return Ok(value);
        }
        if let Some(value) = self.in_order(factors)? {
            return Ok(value);
        }
        let divided_by = factors
            .iter()
            .any(|&factor| matches!(self.tree.kind(factor), Kind::Inverse(by) if self.is_pair(by)));
        let ways = self.counts_ways(factors);
        self.choosing(divided_by || ways, |this| this.multiplied(id, factors))
    }

    fn multiplied(&mut self, id: NodeId, factors: &[NodeId]) -> Lowered<Value> {
        let mut exprs = Vec::with_capacity(factors.len());
        // `1.2 \times 10^5` is written out.
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
        let lettered = self.lettered(factors)?;
        let expr = Expr::product(exprs);
        let evaluated = evaluated || is_fraction;
        Ok(Value::Quantity(Quantity { expr, decimal: None, unit: None, evaluated, lettered }))
    }

    /// A number and the letters behind it, if those may be its unit.
    fn lettered(&mut self, factors: &[NodeId]) -> Lowered<Option<Box<Lettered>>> {
        let tree = self.tree;
        let behind = factors
            .iter()
            .position(|&factor| {
                !matches!(tree.kind(factor), Kind::Number(_) | Kind::Negate(_) | Kind::Fraction(..))
                    && !matches!(tree.kind(factor), Kind::Power(base, _) if matches!(tree.kind(base), Kind::Number(_)))
            })
            .filter(|&at| at > 0);
        let Some(behind) = behind else { return Ok(None) };
        // What is deep is not looked into twice: that would double with every level.
        if factors[..behind].iter().any(|&factor| tree.node(factor).height > DEEPEST_NUMBER) {
            return Ok(None);
        }
        let letters = tree.span(factors[behind]).to(tree.span(factors[factors.len() - 1]));
        let Some((unit, is_variable)) = letters_as_unit(tree.letters(letters)) else {
            return Ok(None);
        };
        let number = match factors[..behind] {
            [only] => self.value(only)?,
            ref several => self.multiplied(factors[0], several)?,
        };
        Ok(match number {
            Value::Quantity(number) if number.unit.is_none() => {
                let number = Quantity { unit: Some(unit), ..number };
                Some(Box::new(Lettered { number, is_variable }))
            }
            _ => None,
        })
    }

    /// `25^\circ C`, `-5^\circ C`
    fn temperature(&mut self, degrees: NodeId, scale: NodeId) -> Lowered<Option<Value>> {
        if let Kind::Negate(below) = self.tree.kind(degrees) {
            let Some(below) = self.temperature(below, scale)? else { return Ok(None) };
            return self.negate(degrees, below).map(Some);
        }
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
        // `P_0(1, 2)` and `A'(1, 2)` are points in any case.
        let (symbol, marked) = match tree.kind(name) {
            Kind::Subscript(symbol, _) | Kind::Prime(symbol, _) => (symbol, true),
            _ => (name, false),
        };
        let Kind::Symbol(Name::Letter(letter @ 'A'..='Z')) = tree.kind(symbol) else {
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
            && !marked
            && letter != 'A'
            && (self.is_integer(all) && self.is_integer(chosen)
                || self.are_ways(letter, all, chosen))
        {
            let (all, chosen) = (self.scalar(all)?, self.scalar(chosen)?);
            let negative = chosen.as_rational().is_some_and(Rational::is_negative);
            let fits = match (all.as_rational(), chosen.as_rational()) {
                (Some(all), Some(chosen)) => all >= chosen,
                _ => true,
            };
            if fits && !negative {
                let function =
                    if letter == 'C' { Function::Binomial } else { Function::Permutations };
                return Ok(Some(Expr::function(function, vec![all, chosen]).into()));
            }
        }
        let point = self.value(inside)?;
        Ok(Some(self.named(&[name], point)))
    }

    /// `C(n, 2)`, `P(n, k)`: letters that stand for numbers of things; `P(n, 2)` is rather a point.
    fn are_ways(&self, letter: char, all: NodeId, chosen: NodeId) -> bool {
        let is = |id: NodeId, known: &[char]| matches!(self.tree.kind(id), Kind::Symbol(Name::Letter(letter)) if known.contains(&letter));
        is(all, &['n', 'N'])
            && (is(chosen, &['k', 'r']) || letter == 'C' && self.is_integer(chosen))
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
        let Some(number) = argument.as_rational() else {
            // `\Gamma(n+1)` is n!, as both are defined by each other.
            let one_less = || Expr::difference(argument.clone(), Expr::integer(1));
            let of_letter = letter == "Gamma" && !argument.is_constant();
            return Ok(
                of_letter.then(|| Expr::function(Function::Factorial, vec![one_less()]).into())
            );
        };
        Ok(match letter {
            "Gamma" => Some(Expr::gamma(argument).into()),
            "zeta" => Some(Expr::function(Function::Zeta, vec![argument]).into()),
            _ if number.is_integer() => Some(Expr::function(Function::Phi, vec![argument]).into()),
            _ => None,
        })
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
                (Value::Tuple(_, a), Value::Tuple(_, b))
                    if self.is_dotted(factors[next + at - 1], factor) =>
                {
                    self.dot_of_tuples(id, &a, &b)?
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
}

/// A number that was calculated.
fn computed(expr: Expr, unit: Option<Unit>) -> Value {
    Value::Quantity(Quantity { expr, decimal: None, unit, evaluated: false, lettered: None })
}
