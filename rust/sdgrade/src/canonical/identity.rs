//! Whether two expressions are equal.
//!
//! First normal forms, which decide exactly wherever they are affordable and their atoms are known
//! to be independent. Then the unexpanded expressions: rational functions in finite fields, all
//! others in ball arithmetic. Disjoint balls refute; for algebraic constants a value closer to zero
//! than a nonzero one could be confirms; everything else is confirmed only by agreement in high
//! precision at independently chosen points, with a stated chance of error.

use num_bigint::BigInt;

use super::ball::Ball;
use super::complex::Complex;
use super::evaluate::Evaluator;
use super::normal::Normal;
use super::polynomial::{Polynomial, Term};
use super::random::Random;
use super::{Decision, Expr, Proof, Symbol, finite_field, normalise, separation};
use crate::budget::{Budget, Stop};

/// Bits for a first look at a constant.
const FIRST_LOOK: u64 = 128;

/// Bits in which two transcendental constants are compared.
const AGREEMENT: u64 = 1_024;

/// Bits of agreement that suffice where an evaluation cannot give all of them.
const LEAST_AGREEMENT: u64 = 200;

/// Most bits that are spent on a separation bound.
const MAX_SEPARATION: u64 = 20_000;

/// Bits at a point, and at a second look where these were lost to cancellation.
const POINT_PRECISIONS: [u64; 2] = [192, 1_024];

/// Whether two expressions are equal, for all real values of their variables at which both have a
/// value.
///
/// A point at which one side leaves the reals on account of a variable does not count, so `√(ab)`
/// equals `√a·√b` and `ln x²` equals `2 ln x`, but `√(x²)` does not equal `x`.
#[must_use]
pub fn equal(a: &Expr, b: &Expr, budget: &mut Budget) -> Decision {
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
pub fn is_zero(expr: &Expr, budget: &mut Budget) -> Decision {
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
    at_points(a, b, difference.as_ref(), budget)
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
    } else if Polynomial::are_independent(&[&difference.numerator]) {
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
        let mut evaluator = Evaluator::new(precision, Vec::new(), budget);
        let (left, right) = (evaluator.evaluate(a)?, evaluator.evaluate(b)?);
        if let Agreement::No = agreement(&left, &right, precision) {
            return Ok(Decision::Different(Proof::Separation));
        }
    }
    let rest = match difference {
        Some(difference) => difference.numerator.to_expr(),
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
        let mut evaluator = Evaluator::new(AGREEMENT, Vec::new(), budget);
        let (left, right) = (evaluator.evaluate(&a)?, evaluator.evaluate(&b)?);
        match agreement(&left, &right, AGREEMENT) {
            Agreement::No => return Ok(Decision::Different(Proof::Separation)),
            Agreement::Bits(bits) if bits >= LEAST_AGREEMENT && !evaluator.absorbed => {
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
        .numerator
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
        let value = Evaluator::new(precision, Vec::new(), budget).evaluate(expr)?;
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

enum Agreement {
    /// The two have no number in common.
    No,
    /// They have, and this many leading bits are known to be the same.
    Bits(u64),
    /// They seem to have, but a part of them is too small to be seen.
    Hidden,
}

fn agreement(a: &Complex, b: &Complex, precision: u64) -> Agreement {
    let apart = |a: &Ball, b: &Ball| a.is_disjoint(b, precision);
    if apart(&a.real, &b.real) || apart(&a.imaginary, &b.imaginary) {
        return Agreement::No;
    }
    let size = [&a.real, &b.real, &a.imaginary, &b.imaginary];
    let top = size.iter().map(|ball| if ball.is_zero() { i64::MIN } else { ball.magnitude() });
    let error = size.iter().map(|ball| ball.error_magnitude());
    let (top, error) = (top.max().unwrap_or(0), error.max().unwrap_or(0));
    Agreement::Bits(u64::try_from(top.saturating_sub(error)).unwrap_or(0).min(precision))
}

/// Where points are taken from.
#[derive(Clone, Copy)]
enum Region {
    Reals,
    Positive,
    UnitInterval,
    Integers,
}

impl Region {
    /// How many agreeing points confirm an identity, and the bits of doubt that each removes. A
    /// point has 60 random bits, or 7 among integers; much less is claimed, for a false identity
    /// may hold on a set of points that is not small.
    fn confirms(self) -> (i32, i32) {
        match self {
            Self::Integers => (16, 4),
            _ => (8, 16),
        }
    }

    fn value(self, random: &mut Random) -> Ball {
        let bits = random.next();
        let fraction = Ball::scaled(BigInt::from(bits >> 2), -62);
        match self {
            Self::UnitInterval => fraction,
            Self::Positive => fraction.times(7, 128),
            Self::Reals => {
                let value = fraction.times(5, 128);
                if bits & 1 == 1 { value.negate() } else { value }
            }
            Self::Integers => Ball::from(1 + i64::try_from(bits >> 57).unwrap_or(0)),
        }
    }
}

/// Compares two expressions with variables at random points.
fn at_points(
    a: &Expr,
    b: &Expr,
    difference: Option<&Normal>,
    budget: &mut Budget,
) -> Result<Decision, Stop> {
    let halves = difference.map(halves);
    let mut variables = a.variables();
    variables.append(&mut b.variables());
    let variables: Vec<Symbol> = variables.into_iter().collect();
    let mut random = Random::new();
    let mut last = Stop::Open;
    // In the second round the principal complex values count where there are no real ones.
    for complex in [false, true] {
        for region in [Region::Reals, Region::Positive, Region::UnitInterval, Region::Integers] {
            let (wanted, bits) = region.confirms();
            let mut agreed = 0;
            for _ in 0..2 * wanted {
                let point: Vec<(Symbol, Ball)> = variables
                    .iter()
                    .map(|symbol| (symbol.clone(), region.value(&mut random)))
                    .collect();
                let mut found = at_point(a, b, &point, complex, budget);
                if let (Ok(Agreement::Hidden), Some((a, b))) = (&found, &halves) {
                    found = at_point(a, b, &point, complex, budget);
                }
                match found {
                    Ok(Agreement::No) => return Ok(Decision::Different(Proof::Separation)),
                    Ok(Agreement::Bits(_)) => agreed += 1,
                    Ok(Agreement::Hidden) => last = Stop::Open,
                    Err(stop @ (Stop::Open | Stop::Undefined)) => last = stop,
                    Err(stop) => return Err(stop),
                }
                if agreed == wanted {
                    let error = -wanted * bits;
                    return Ok(Decision::Equal(Proof::Identity { error }));
                }
            }
        }
    }
    Err(last)
}

/// Compares two expressions at one point.
fn at_point(
    a: &Expr,
    b: &Expr,
    point: &[(Symbol, Ball)],
    complex: bool,
    budget: &mut Budget,
) -> Result<Agreement, Stop> {
    let mut last = Err(Stop::Open);
    for precision in POINT_PRECISIONS {
        let mut evaluator = Evaluator::new(precision, point.to_vec(), budget);
        let values = evaluator.evaluate(a).and_then(|a| Ok((a, evaluator.evaluate(b)?)));
        let (left_reals, absorbed) = (evaluator.left_reals, evaluator.absorbed);
        match values {
            Ok((a, b)) => {
                if left_reals && !complex {
                    return Err(Stop::Undefined);
                }
                match agreement(&a, &b, precision) {
                    Agreement::Bits(bits) if bits < 96 => last = Err(Stop::Open),
                    Agreement::Bits(_) if absorbed => last = Ok(Agreement::Hidden),
                    agreement => return Ok(agreement),
                }
            }
            Err(stop @ (Stop::Open | Stop::Undefined)) => last = Err(stop),
            Err(stop) => return Err(stop),
        }
    }
    last
}
