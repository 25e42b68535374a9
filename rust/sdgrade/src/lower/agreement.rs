//! Whether the sides of a chain agree: those of `=` are the same, and what stands behind `≈` is near.

use super::{Halt, Lowered, Lowering};
use crate::budget::Stop;
use crate::canonical::{self, Decision, Expr};
use crate::read::NodeId;
use crate::value::{Decimal, Named, Quantity, Unit, Value};

/// What a side of a chain is in the unit of the last: nothing where the two cannot be told to be equal or not.
fn in_unit_of(side: Quantity, last: &Quantity) -> Vec<Quantity> {
    let times = |side: &Quantity, factor: Expr, places: i32| Quantity {
        expr: Expr::product(vec![side.expr.clone(), factor]),
        decimal: side.decimal.map(|it| Decimal { places: it.places + places, ..it }),
        ..side.clone()
    };
    match (&side.unit, &last.unit) {
        (ours, theirs) if ours == theirs => vec![side],
        // `0.56 = 56\%`, and `0.56 \cdot 100 = 56\%`
        (None, Some(Unit::Percent)) => {
            let hundredfold = times(&side, Expr::integer(100), -2);
            vec![side, hundredfold]
        }
        (Some(Unit::Percent), None) => {
            let hundredth = Expr::quotient(Expr::integer(1), Expr::integer(100));
            vec![times(&side, hundredth, 2)]
        }
        // `2 + 3 = 5 \text{ m}`
        (None, Some(_)) => vec![Quantity { unit: last.unit.clone(), ..side }],
        (Some(Unit::Measure(ours)), Some(Unit::Measure(theirs))) if ours.same_dimension(theirs) => {
            let ratio = Expr::quotient(ours.factor.clone(), theirs.factor.clone());
            vec![Quantity { decimal: None, ..times(&side, ratio, 0) }]
        }
        _ => Vec::new(),
    }
}

/// A value without a unit, in one that is said behind it: `\frac{10}{3} \approx 3.33 \text{ hours}`.
pub(super) fn measured_in(value: Value, unit: Option<Unit>) -> Value {
    match (value, unit) {
        (Value::Quantity(quantity), Some(unit)) if quantity.unit.is_none() => {
            // `\frac13 \approx 33\%` is the same number.
            let unit = Some(unit).filter(|unit| *unit != Unit::Percent);
            Value::Quantity(Quantity { unit, ..quantity })
        }
        (Value::Named(named), unit) => {
            let Named { names, parameters, value } = *named;
            Value::Named(Box::new(Named { names, parameters, value: measured_in(value, unit) }))
        }
        (value, _) => value,
    }
}

impl Lowering<'_> {
    /// Holds a value to what is said to be near it, and finds the unit that is said there alone.
    pub(super) fn approximates(
        &mut self,
        id: NodeId,
        exact: NodeId,
        near: &[NodeId],
    ) -> Lowered<Option<Unit>> {
        let exact = self.value(exact)?;
        let mut unit = None;
        for &side in near {
            let near = self.value(side)?;
            let (Value::Quantity(exact), Value::Quantity(near)) = (&exact, &near) else {
                return self.meaningless(id);
            };
            // `\frac13 \approx 33\%`, `1.5 \text{ hours } (90 \text{ minutes})`
            let mut candidates = in_unit_of(exact.clone(), near);
            if exact.unit.is_none() || near.unit.is_none() {
                candidates.push(exact.clone());
            }
            if candidates.is_empty() {
                return self.meaningless(side);
            }
            let mut agrees = false;
            for exact in &candidates {
                agrees |= self.agree(exact, near)?;
            }
            if !agrees {
                return Err(Halt::FalseChain(self.tree.span(side)));
            }
            if exact.unit.is_none() {
                unit.clone_from(&near.unit);
            }
        }
        Ok(unit)
    }

    /// Whether two numbers are equal, or one is a decimal to which the other rounds; what cannot be
    /// decided counts as agreed.
    fn agree(&mut self, a: &Quantity, b: &Quantity) -> Lowered<bool> {
        match canonical::equal(&a.expr, &b.expr, self.budget) {
            Decision::Unknown(Stop::Work) => return Err(Halt::Stop(Stop::Work)),
            Decision::Equal(_) | Decision::Unknown(_) => return Ok(true),
            Decision::Different(_) => {}
        }
        for (decimal, exact, last) in [(a, b, false), (b, a, true)] {
            let (Some(digits), Some(value)) = (decimal.decimal, decimal.expr.as_rational()) else {
                // `≈ 5` for 4.97, but not 5 for `≈ 4.97`
                if last
                    && let Some(value) =
                        decimal.expr.as_rational().filter(|value| value.is_integer())
                    && exact.expr.is_constant()
                    && matches!(
                        canonical::rounds_to(&exact.expr, value, 0, self.budget),
                        Decision::Equal(_)
                    )
                {
                    return Ok(true);
                }
                continue;
            };
            let rounded = canonical::rounds_to(&exact.expr, value, digits.places, self.budget);
            if !matches!(rounded, Decision::Different(_)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Holds the constant sides of a chain to its value. They are lowered here to be looked at, and their `±` count
    /// where they are lowered for their value.
    pub(super) fn hold_together(&mut self, sides: &[NodeId], value: &Value) -> Lowered<()> {
        let seen = self.seen_signs;
        let held = self.agree_with(sides, value);
        self.seen_signs = seen;
        held
    }

    fn agree_with(&mut self, sides: &[NodeId], value: &Value) -> Lowered<()> {
        if let Value::Matrix(..) = value {
            return self.matrices_agree(sides, value);
        }
        let Value::Quantity(last) = value.parts().0 else { return Ok(()) };
        if !last.expr.is_constant() {
            return Ok(());
        }
        for &side in &sides[..sides.len() - 1] {
            let Value::Quantity(other) = self.value(side)? else { continue };
            let candidates = in_unit_of(other, last);
            if candidates.first().is_none_or(|other| !other.expr.is_constant()) {
                continue;
            }
            let mut same = false;
            for other in &candidates {
                same |= self.same_sides(other, last)?;
            }
            if !same {
                return Err(Halt::FalseChain(self.tree.span(side)));
            }
        }
        Ok(())
    }

    /// Whether what stands on two sides of `=` is the same. It is no `≈`: only a decimal may stand for what it
    /// rounds, and what is converted.
    fn same_sides(&mut self, a: &Quantity, b: &Quantity) -> Lowered<bool> {
        let rounds = a.decimal.is_some() || b.decimal.is_some() || a.unit != b.unit;
        if rounds {
            return self.agree(a, b);
        }
        match canonical::equal(&a.expr, &b.expr, self.budget) {
            Decision::Unknown(Stop::Work) => Err(Halt::Stop(Stop::Work)),
            decision => Ok(!matches!(decision, Decision::Different(_))),
        }
    }

    /// Whether the matrices of a chain agree with its last.
    fn matrices_agree(&mut self, sides: &[NodeId], last: &Value) -> Lowered<()> {
        let Value::Matrix(columns, cells) = last else { return Ok(()) };
        for &side in &sides[..sides.len() - 1] {
            let Value::Matrix(wide, others) = self.value(side)? else { continue };
            if !is_numeric(&others) || !is_numeric(cells) {
                continue;
            }
            let mut same = wide == *columns && others.len() == cells.len();
            for (ours, theirs) in cells.iter().zip(&others) {
                same = same && self.same_sides(ours, theirs)?;
            }
            if !same {
                return Err(Halt::FalseChain(self.tree.span(side)));
            }
        }
        Ok(())
    }
}

/// Whether all cells are numbers.
pub(super) fn is_numeric(cells: &[Quantity]) -> bool {
    cells.iter().all(|cell| cell.expr.is_constant())
}
