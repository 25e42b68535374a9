//! Questions about real constants that enclosures of increasing precision answer.

use std::cmp::Ordering;

use num_bigint::BigInt;

use super::ball::Ball;
use super::complex::Complex;
use super::evaluate::Evaluator;
use super::point::Point;
use crate::budget::{Budget, Stop};
use crate::canonical::expression::Expr;

/// Precisions that are tried, in bits.
const PRECISIONS: [u64; 5] = [64, 128, 256, 512, 1_024];

/// The value of a constant to this many bits.
pub(crate) fn enclose(expr: &Expr, precision: u64, budget: &mut Budget) -> Result<Complex, Stop> {
    Evaluator::new(precision, Point::nowhere(), budget).evaluate(expr)
}

/// Encloses a constant more and more tightly until `decide` has an answer.
///
/// # Errors
/// [`Stop::Open`] when it has none at the highest precision, or whatever stopped the evaluation.
pub(crate) fn settle<T>(
    expr: &Expr,
    budget: &mut Budget,
    decide: impl Fn(&Complex) -> Option<T>,
) -> Result<T, Stop> {
    let mut last = Stop::Open;
    for precision in PRECISIONS {
        match enclose(expr, precision, budget) {
            Ok(value) => {
                if let Some(answer) = decide(&value) {
                    return Ok(answer);
                }
                last = Stop::Open;
            }
            // What may be a division by zero at this precision may be none at the next.
            Err(stop @ (Stop::Open | Stop::Undefined)) => last = stop,
            Err(stop) => return Err(stop),
        }
    }
    Err(last)
}

/// The sign of a real constant that is not zero.
pub(crate) fn sign(expr: &Expr, budget: &mut Budget) -> Result<Ordering, Stop> {
    settle(expr, budget, |value| value.as_real().and_then(Ball::sign))
}

/// The largest integer that is not above a real constant.
pub(crate) fn floor(expr: &Expr, budget: &mut Budget) -> Result<BigInt, Stop> {
    settle(expr, budget, |value| value.as_real().and_then(Ball::floor))
}
