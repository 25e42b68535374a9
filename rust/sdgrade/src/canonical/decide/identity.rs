//! Whether two expressions are equal.
//!
//! First normal forms, which decide exactly wherever they are affordable and their atoms are known
//! to be independent. Then the unexpanded expressions: rational functions in finite fields, all
//! others in ball arithmetic. Disjoint balls refute; for algebraic constants a value closer to zero
//! than a nonzero one could be confirms; everything else is confirmed only by agreement in high
//! precision at independently chosen points, with a stated chance of error.

use super::decision::{Decision, Proof};
use super::{finite_field, sampling, separation};
use crate::budget::{Budget, Stop};
use crate::canonical::enclosure::{Agreement, Evaluator, Point};
use crate::canonical::expression::Expr;
use crate::canonical::normal::{Normal, Polynomial, Term};
use crate::canonical::normalise::normalise;

/// Bits for a first look at a constant.
const FIRST_LOOK: u64 = 128;

/// Bits in which two transcendental constants are compared.
const AGREEMENT: u64 = 1_024;

/// Bits of agreement that suffice where an evaluation cannot give all of them.
const LEAST_AGREEMENT: u64 = 200;

/// Most bits that are spent on a separation bound.
const MAX_SEPARATION: u64 = 20_000;

/// Whether two expressions are equal, for all real values of their variables at which both have a
/// value.
///
/// A point at which one side leaves the reals on account of a variable does not count, so `√(ab)`
/// equals `√a·√b` and `ln x²` equals `2 ln x`, but `√(x²)` does not equal `x`.
#[must_use]
pub(crate) fn equal(a: &Expr, b: &Expr, budget: &mut Budget) -> Decision {
    if a == b {
        return Decision::Equal(Proof::Exact);
    }
    if let (Some(_), Some(_)) = (a.as_rational(), b.as_rational()) {
        return Decision::Different(Proof::Exact);
    }
    match (a.infinite_sign(), b.infinite_sign()) {
        (None, None) => {}
        (left, right) if left == right => return Decision::Equal(Proof::Exact),
        _ => return Decision::Different(Proof::Exact),
    }
    decide(a, b, budget).unwrap_or_else(Decision::Unknown)
}

/// Whether an expression is zero, in the sense of [`equal`].
#[must_use]
pub(crate) fn is_zero(expr: &Expr, budget: &mut Budget) -> Decision {
    equal(expr, &Expr::integer(0), budget)
}

fn decide(a: &Expr, b: &Expr, budget: &mut Budget) -> Result<Decision, Stop> {
    let most = budget.remaining() / 4 * 3;
    let difference = match budget.attempt(most, |part| by_normal_form(a, b, part)) {
        Ok(Ok(decision)) => return Ok(decision),
        Ok(Err(difference)) => Some(difference),
        Err(Stop::Undefined) => return Err(Stop::Undefined),
        Err(_) => None,
    };
    if a.is_constant() && b.is_constant() {
        return constants(a, b, difference.as_ref(), budget);
    }
    if difference.is_none()
        && let Some(decision) = finite_field::compare(a, b, budget)?
    {
        return Ok(decision);
    }
    sampling::compare(a, b, difference.as_ref().map(halves).as_ref(), budget)
}

/// Compares normal forms; where that does not decide, the difference is what is left to be told
/// from zero.
fn by_normal_form(
    a: &Expr,
    b: &Expr,
    budget: &mut Budget,
) -> Result<Result<Decision, Normal>, Stop> {
    let (a, b) = (normalise(a, budget)?, normalise(b, budget)?);
    if a == b {
        return Ok(Ok(Decision::Equal(Proof::Exact)));
    }
    if let (Some(a), Some(b)) = (a.as_polynomial(), b.as_polynomial())
        && Polynomial::are_independent(&[a, b])
    {
        return Ok(Ok(Decision::Different(Proof::Exact)));
    }
    let difference = a.subtract(b, budget)?;
    Ok(if difference.is_zero() {
        Ok(Decision::Equal(Proof::Exact))
    } else if Polynomial::are_independent(&[difference.numerator()]) {
        Ok(Decision::Different(Proof::Exact))
    } else {
        Err(difference)
    })
}

/// Two constants: separated, proved equal by a separation bound, or in agreement.
fn constants(
    a: &Expr,
    b: &Expr,
    difference: Option<&Normal>,
    budget: &mut Budget,
) -> Result<Decision, Stop> {
    for precision in [FIRST_LOOK, 2 * FIRST_LOOK] {
        let mut evaluator = Evaluator::new(precision, Point::nowhere(), budget);
        let (left, right) = (evaluator.evaluate(a)?, evaluator.evaluate(b)?);
        if let Agreement::No = left.agreement(&right, precision) {
            return Ok(Decision::Different(Proof::Separation));
        }
    }
    let rest = match difference {
        Some(difference) => difference.numerator().to_expr(),
        None => Expr::difference(a.clone(), b.clone()),
    };
    if let Some(bits) = separation::bits(&rest, budget)?
        && bits <= MAX_SEPARATION
        && let Some(decision) = separate(&rest, bits, budget)?
    {
        return Ok(decision);
    }
    let mut sides = Some((a.clone(), b.clone()));
    let mut parted = difference.map(halves);
    while let Some((a, b)) = sides {
        let mut evaluator = Evaluator::new(AGREEMENT, Point::nowhere(), budget);
        let (left, right) = (evaluator.evaluate(&a)?, evaluator.evaluate(&b)?);
        match left.agreement(&right, AGREEMENT) {
            Agreement::No => return Ok(Decision::Different(Proof::Separation)),
            Agreement::Bits(bits) if bits >= LEAST_AGREEMENT && !evaluator.absorbed() => {
                let error = -i32::try_from(bits / 2).unwrap_or(i32::MAX);
                return Ok(Decision::Equal(Proof::Identity { error }));
            }
            Agreement::Bits(_) | Agreement::Hidden => sides = parted.take(),
        }
    }
    Err(Stop::Open)
}

/// A difference as two sides that have no term in common: what was large in both is gone.
fn halves(difference: &Normal) -> (Expr, Expr) {
    let (below, above) = difference
        .numerator()
        .terms()
        .iter()
        .cloned()
        .partition::<Vec<_>, _>(|term| term.coefficient.is_negative());
    let sum = |terms: Vec<Term>| Expr::sum(terms.iter().map(Term::to_expr).collect());
    (sum(above), Expr::negate(sum(below)))
}

/// Encloses an algebraic number until it is apart from zero or below its separation bound.
fn separate(expr: &Expr, bits: u64, budget: &mut Budget) -> Result<Option<Decision>, Stop> {
    let limit = -i64::try_from(bits).map_err(|_| Stop::Work)?;
    let mut precision = 512;
    loop {
        let value = Evaluator::new(precision, Point::nowhere(), budget).evaluate(expr)?;
        if !value.contains_zero() {
            return Ok(Some(Decision::Different(Proof::Separation)));
        }
        if value.real.magnitude() < limit && value.imaginary.magnitude() < limit {
            return Ok(Some(Decision::Equal(Proof::Separation)));
        }
        if precision > bits + 1_024 {
            return Ok(None);
        }
        precision = (2 * precision).min(bits + 1_025);
    }
}
