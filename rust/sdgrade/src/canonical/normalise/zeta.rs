//! Riemann's zeta function at integers.

use crate::budget::{Budget, Stop};
use crate::canonical::expression::Function;
use crate::canonical::normal::{Atom, Factor, Normal};
use crate::canonical::number::{Rational, integer, sequence};

/// Values up to this argument are written with π.
const MAX_ARGUMENT: i64 = 200;

/// `ζ(s)`: a rational multiple of `π^s` at positive even integers, a rational number at negative ones
/// and zero.
///
/// # Errors
/// [`Stop::Undefined`] at 1.
pub(crate) fn zeta(argument: Normal, budget: &mut Budget) -> Result<Normal, Stop> {
    match argument.as_i64() {
        Some(1) => Err(Stop::Undefined),
        Some(s) if s > 0 && s % 2 == 0 && s <= MAX_ARGUMENT => {
            // (-1)^(s/2+1) B_s (2π)^s / (2 s!)
            let above = &bernoulli(s, budget)?.abs() * &power_of_two(s - 1);
            let below = Rational::from(integer::factorial(s.unsigned_abs(), budget)?);
            let scale = above.divide(&below).ok_or(Stop::Undefined)?;
            let power = Factor { atom: Atom::Pi, exponent: s.into() };
            Normal::term(&scale, vec![power], budget)
        }
        Some(s) if (-MAX_ARGUMENT..=0).contains(&s) => {
            // -B_(n+1) / (n+1), with B_1 = +1/2
            let scale = Rational::new(-1, 1 - s).unwrap_or(Rational::ONE);
            Ok((&bernoulli(1 - s, budget)? * &scale).into())
        }
        _ => Ok(Normal::function(Function::Zeta, vec![argument])),
    }
}

fn bernoulli(n: i64, budget: &mut Budget) -> Result<Rational, Stop> {
    let n = u32::try_from(n).map_err(|_| Stop::Work)?;
    sequence::bernoulli(n, budget)?.pop().ok_or(Stop::Undefined)
}

fn power_of_two(exponent: i64) -> Rational {
    Rational::from(num_bigint::BigInt::from(1) << exponent.unsigned_abs())
}
