//! Roots that stay roots: powers of primes, and of primitive sums.

use std::sync::Arc;

use num_bigint::{BigInt, BigUint};
use num_traits::ToPrimitive;

use crate::budget::{Budget, Stop};
use crate::canonical::normal::{Atom, Factor, Normal, Polynomial};
use crate::canonical::number::prime::{self, Factorisation};
use crate::canonical::number::{Rational, integer};

/// Largest number whose root is taken by trial division alone.
const MAX_SMALL_ROOT: i64 = 100_000;

/// A positive rational number to a rational power: its primes, each to their own power.
pub(crate) fn power_of_positive(
    base: &Rational,
    exponent: &Rational,
    budget: &mut Budget,
) -> Result<Normal, Stop> {
    let mut factors = Vec::new();
    for (part, direction) in [(base.numerator(), 1), (base.denominator(), -1)] {
        let found = factor_for_root(part.magnitude(), exponent, budget)?;
        for (prime, count) in found.primes {
            let count = Rational::from(i64::from(count) * direction);
            factors.push(Factor { atom: Atom::Prime(prime), exponent: exponent * &count });
        }
        if let Some(rest) = found.rest {
            let rest = Polynomial::constant(BigInt::from(rest).into());
            let exponent = exponent * &direction.into();
            factors.push(Factor { atom: Atom::Root(Arc::new(rest)), exponent });
        }
    }
    Normal::term(&Rational::ONE, factors, budget)
}

/// A fractional power of a positive sum: a rational number in front, and a primitive sum under the
/// root.
pub(crate) fn root_of_positive(
    sum: &Polynomial,
    exponent: &Rational,
    budget: &mut Budget,
) -> Result<Normal, Stop> {
    let content = sum.content(budget)?;
    let primitive = sum.clone().scale(&content.reciprocal().ok_or(Stop::Undefined)?, budget)?;
    let front = power_of_positive(&content, exponent, budget)?;
    let factor = Factor { atom: Atom::Root(Arc::new(primitive)), exponent: exponent.clone() };
    front.multiply(&Normal::term(&Rational::ONE, vec![factor], budget)?, budget)
}

/// Appends the primes of a positive fraction of small words under a fractional exponent, where
/// trial division finds them all; tells whether it did.
pub(crate) fn push_small_root(
    base: &Rational,
    exponent: &Rational,
    factors: &mut Vec<Factor>,
) -> bool {
    let Some((above, below)) = base.to_small() else { return false };
    if !(1..=MAX_SMALL_ROOT).contains(&above) || below > MAX_SMALL_ROOT || exponent.is_integer() {
        return false;
    }
    for (part, direction) in [(above, 1), (below, -1)] {
        let mut rest = part.unsigned_abs();
        let mut push = |prime: u64, count: i64| {
            let exponent = exponent * &Rational::from(count * direction);
            factors.push(Factor { atom: Atom::Prime(prime), exponent });
        };
        let mut divisor = 2;
        while divisor * divisor <= rest {
            let mut count = 0;
            while rest.is_multiple_of(divisor) {
                rest /= divisor;
                count += 1;
            }
            if count > 0 {
                push(divisor, count);
            }
            divisor += if divisor == 2 { 1 } else { 2 };
        }
        if rest > 1 {
            push(rest, 1);
        }
    }
    true
}

/// Factors an integer; a big rest that is itself a perfect power of the wanted degree is split too.
fn factor_for_root(
    value: &BigUint,
    exponent: &Rational,
    budget: &mut Budget,
) -> Result<Factorisation, Stop> {
    let mut found = prime::factor(value, budget)?;
    let degree = exponent.denominator().to_u32();
    if let (Some(rest), Some(degree)) = (&found.rest, degree)
        && let Some(root) = integer::exact_root(rest, degree, budget)?
        && let Some(root) = root.to_u64()
    {
        let inner = prime::factor(&root.into(), budget)?;
        found.rest = None;
        found.primes.extend(inner.primes.into_iter().map(|(prime, count)| (prime, count * degree)));
    }
    Ok(found)
}
