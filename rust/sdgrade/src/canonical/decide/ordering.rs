//! The order of real constants, and rounding.

use std::cmp::Ordering;

use super::decision::{Decision, Proof};
use super::identity::is_zero;
use crate::budget::{Budget, Stop};
use crate::canonical::enclosure::{Complex, constant};
use crate::canonical::expression::Expr;
use crate::canonical::normalise::normalise;
use crate::canonical::number::Rational;

/// The order of two real constants; infinities may be compared too.
///
/// # Errors
/// [`Stop::Open`] where one of them is not known to be real, or the two cannot be told apart.
pub(crate) fn compare(a: &Expr, b: &Expr, budget: &mut Budget) -> Result<Ordering, Stop> {
    if let (Some(a), Some(b)) = (a.as_rational(), b.as_rational()) {
        return Ok(a.cmp(b));
    }
    match (a.infinite_sign(), b.infinite_sign()) {
        (None, None) => {}
        (left, right) => return Ok(left.unwrap_or(0).cmp(&right.unwrap_or(0))),
    }
    sign(&Expr::difference(a.clone(), b.clone()), budget)
}

/// The order of a real constant and zero.
///
/// # Errors
/// As [`compare`].
pub(crate) fn sign(expr: &Expr, budget: &mut Budget) -> Result<Ordering, Stop> {
    if let Some(value) = expr.as_rational() {
        return Ok(value.cmp(&Rational::ZERO));
    }
    if !expr.is_constant() {
        return Err(Stop::Open);
    }
    // Most constants that are not zero are far from it.
    if let Ok(value) = constant::enclose(expr, 64, budget)
        && let Some(real) = value.as_real()
        && let Some(order) = real.sign()
    {
        return Ok(order);
    }
    if let Decision::Equal(_) = is_zero(expr, budget) {
        return Ok(Ordering::Equal);
    }
    // What cancels in the normal form, as in 9^9^9 + 1 - 9^9^9, no enclosure can see.
    let half = budget.remaining() / 2;
    if let Ok(normal) = budget.attempt(half, |part| normalise(expr, part)) {
        return match normal.as_rational() {
            Some(value) => Ok(value.cmp(&Rational::ZERO)),
            None => constant::sign(&normal.to_expr(), budget),
        };
    }
    constant::sign(expr, budget)
}

/// Whether a constant is a real number; `None` where that is not known.
#[must_use]
pub(crate) fn is_real(expr: &Expr, budget: &mut Budget) -> Option<bool> {
    if !expr.is_constant() {
        return None;
    }
    let known = |value: &Complex| {
        if value.imaginary.is_zero() {
            Some(true)
        } else {
            (!value.imaginary.contains_zero()).then_some(false)
        }
    };
    if let Ok(real) =
        budget.attempt(budget.remaining() / 2, |part| constant::settle(expr, part, known))
    {
        return Some(real);
    }
    let normal = normalise(expr, budget).ok()?;
    constant::settle(&normal.to_expr(), budget, known).ok()
}

/// Whether the exact value of `expr`, rounded to `digits` digits after the point, is `decimal`.
///
/// A value exactly between two decimals rounds to either. Negative `digits` round to tens and
/// hundreds. No tolerance is involved: the value is enclosed until it is inside or outside.
#[must_use]
pub(crate) fn rounds_to(
    expr: &Expr,
    decimal: &Rational,
    digits: i32,
    budget: &mut Budget,
) -> Decision {
    rounding(expr, decimal, digits, budget).unwrap_or_else(Decision::Unknown)
}

fn rounding(
    expr: &Expr,
    decimal: &Rational,
    digits: i32,
    budget: &mut Budget,
) -> Result<Decision, Stop> {
    let reach = Rational::HALF.times_power_of_ten(-i64::from(digits), budget)?;
    let exactly = |value: &Rational| {
        if (value - decimal).abs() <= reach {
            Decision::Equal(Proof::Exact)
        } else {
            Decision::Different(Proof::Exact)
        }
    };
    if let Some(value) = expr.as_rational() {
        return Ok(exactly(value));
    }
    if !expr.is_constant() || expr.infinite_sign().is_some() {
        return Ok(Decision::Different(Proof::Exact));
    }
    let low = Expr::rational(decimal - &reach);
    let high = Expr::rational(decimal + &reach);
    if let Ok(value) = constant::enclose(expr, 64, budget)
        && !value.imaginary.contains_zero()
    {
        return Ok(Decision::Different(Proof::Separation));
    }
    if let Ok(normal) = budget.attempt(budget.remaining() / 2, |part| normalise(expr, part))
        && let Some(value) = normal.as_rational()
    {
        return Ok(exactly(&value));
    }
    let above_low = compare(expr, &low, budget)?;
    let below_high = compare(expr, &high, budget)?;
    Ok(if above_low != Ordering::Less && below_high != Ordering::Greater {
        Decision::Equal(Proof::Separation)
    } else {
        Decision::Different(Proof::Separation)
    })
}

/// Whether the exact value of `expr`, cut after `digits` digits behind the point, is `decimal`.
#[must_use]
pub(crate) fn cuts_to(
    expr: &Expr,
    decimal: &Rational,
    digits: i32,
    budget: &mut Budget,
) -> Decision {
    // What is cut off lies between 0 and one unit, so half a unit less rounds to the decimal.
    let half = match Rational::HALF.times_power_of_ten(-i64::from(digits), budget) {
        Ok(half) if decimal.is_negative() => half,
        Ok(half) => -&half,
        Err(stop) => return Decision::Unknown(stop),
    };
    let shifted = Expr::sum(vec![expr.clone(), Expr::rational(half)]);
    rounds_to(&shifted, decimal, digits, budget)
}

/// A decimal rounded to `digits` digits behind the point, halves upwards.
///
/// # Errors
/// Where the budget ends.
pub(crate) fn rounded(
    decimal: &Rational,
    digits: i32,
    budget: &mut Budget,
) -> Result<Rational, Stop> {
    let scaled = decimal.times_power_of_ten(i64::from(digits), budget)?;
    let whole =
        Rational::from_big((&scaled + &Rational::HALF).floor(), 1.into()).ok_or(Stop::Open)?;
    whole.times_power_of_ten(-i64::from(digits), budget)
}
