//! Polynomials in one atom as lists of coefficients, the constant first.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

use super::form::{Atom, Monomial, Polynomial, Term};
use crate::budget::{Budget, Stop};
use crate::canonical::number::{Rational, paid_gcd, prime};

/// Higher degrees are not written as lists.
const MAX_DEGREE: usize = 100;

/// So many quotients of divisors are tried for rational roots.
const MAX_CANDIDATES: usize = 2_000;

/// Integer coefficients by exponent, lowest first, if the exponents are whole and not too large.
pub(crate) fn dense(polynomial: &Polynomial, atom: &Atom) -> Option<Vec<BigInt>> {
    let mut scale = BigInt::from(1);
    for term in polynomial.terms() {
        scale = scale.lcm(&term.coefficient.denominator());
    }
    let mut coefficients = Vec::new();
    for term in polynomial.terms() {
        let exponent = usize::try_from(term.monomial.exponent(atom).to_i64()?).ok()?;
        if exponent > MAX_DEGREE {
            return None;
        }
        if coefficients.len() <= exponent {
            coefficients.resize(exponent + 1, BigInt::zero());
        }
        let scaled = term.coefficient.numerator() * (&scale / term.coefficient.denominator());
        coefficients[exponent] += scaled;
    }
    Some(coefficients)
}

/// The polynomial with these coefficients.
pub(crate) fn polynomial(
    coefficients: Vec<BigInt>,
    atom: &Atom,
    budget: &mut Budget,
) -> Result<Polynomial, Stop> {
    let terms = (0_i64..)
        .zip(coefficients)
        .filter(|(_, coefficient)| !coefficient.is_zero())
        .map(|(exponent, coefficient)| Term {
            monomial: match exponent {
                0 => Monomial::ONE,
                _ => Monomial::power_of(atom.clone(), exponent.into()),
            },
            coefficient: coefficient.into(),
        })
        .collect();
    Polynomial::collect(terms, budget)
}

/// Euclid's algorithm with remainders made primitive; the result is primitive too.
pub(crate) fn gcd(
    mut a: Vec<BigInt>,
    mut b: Vec<BigInt>,
    budget: &mut Budget,
) -> Result<Vec<BigInt>, Stop> {
    primitive(&mut a, budget)?;
    primitive(&mut b, budget)?;
    while !b.is_empty() {
        // Pseudo-division of a by b.
        while a.len() >= b.len() {
            let (Some(top), Some(leading)) = (a.last().cloned(), b.last()) else { break };
            let words = (top.bits() + leading.bits()) / 64 + 1;
            budget.spend((8 + a.len() as u64 * 12) * words * words)?;
            let shift = a.len() - b.len();
            let common = paid_gcd(&top, leading, budget)?;
            let (top, scale) = (top / &common, leading / &common);
            for coefficient in &mut a {
                *coefficient *= &scale;
            }
            for (index, coefficient) in b.iter().enumerate() {
                a[index + shift] -= coefficient * &top;
            }
            while a.last().is_some_and(Zero::is_zero) {
                a.pop();
            }
        }
        primitive(&mut a, budget)?;
        std::mem::swap(&mut a, &mut b);
    }
    Ok(a)
}

/// Divides by the greatest common divisor of the coefficients.
fn primitive(coefficients: &mut [BigInt], budget: &mut Budget) -> Result<(), Stop> {
    let mut divisor = BigInt::zero();
    for coefficient in &*coefficients {
        divisor = paid_gcd(&divisor, coefficient, budget)?;
        if divisor.is_one() {
            return Ok(());
        }
    }
    if divisor.is_positive() {
        for coefficient in coefficients {
            *coefficient /= &divisor;
        }
    }
    Ok(())
}

/// Rational coefficients by exponent, lowest first, if the exponents are whole and not too large.
pub(crate) fn coefficients(polynomial: &Polynomial, atom: &Atom) -> Option<Vec<Rational>> {
    let mut coefficients = Vec::new();
    for term in polynomial.terms() {
        let exponent = usize::try_from(term.monomial.exponent(atom).to_i64()?).ok()?;
        if exponent > MAX_DEGREE {
            return None;
        }
        if coefficients.len() <= exponent {
            coefficients.resize(exponent + 1, Rational::ZERO);
        }
        coefficients[exponent] = term.coefficient.clone();
    }
    Some(coefficients)
}

/// Quotient and remainder.
pub(crate) fn divided(
    mut above: Vec<Rational>,
    below: &[Rational],
    budget: &mut Budget,
) -> Result<(Vec<Rational>, Vec<Rational>), Stop> {
    let leading = below.last().ok_or(Stop::Undefined)?;
    let mut quotient = vec![Rational::ZERO; (above.len() + 1).saturating_sub(below.len())];
    for index in (0..quotient.len()).rev() {
        let top = &above[index + below.len() - 1];
        budget.spend(8 * below.len() as u64 + top.cost(leading))?;
        let factor = top.divide(leading).ok_or(Stop::Undefined)?;
        for (offset, coefficient) in below.iter().enumerate() {
            above[index + offset] = &above[index + offset] - &(coefficient * &factor);
        }
        quotient[index] = factor;
    }
    above.truncate(below.len() - 1);
    Ok((quotient, above))
}

/// The value at a rational number.
pub(crate) fn value(
    coefficients: &[Rational],
    at: &Rational,
    budget: &mut Budget,
) -> Result<Rational, Stop> {
    let mut value = Rational::ZERO;
    for coefficient in coefficients.iter().rev() {
        budget.spend(2 + value.cost(at))?;
        value = &(&value * at) + coefficient;
    }
    Ok(value)
}

/// The coefficients of `p(x + by)`, by repeated division by `x - by`.
pub(crate) fn shifted(
    coefficients: &[Rational],
    by: &Rational,
    budget: &mut Budget,
) -> Result<Vec<Rational>, Stop> {
    let mut shifted = coefficients.to_vec();
    for start in 0..shifted.len() {
        for index in (start..shifted.len() - 1).rev() {
            budget.spend(2 + shifted[index + 1].cost(by))?;
            shifted[index] = &shifted[index] + &(&shifted[index + 1] * by);
        }
    }
    Ok(shifted)
}

/// The rational roots, each once, in increasing order: quotients of a divisor of the constant and one
/// of the leading coefficient (Gauss).
///
/// # Errors
/// [`Stop::Open`] where these have too many divisors.
pub(crate) fn rational_roots(
    coefficients: &[BigInt],
    budget: &mut Budget,
) -> Result<Vec<Rational>, Stop> {
    let mut roots = Vec::new();
    let low = coefficients.iter().position(|coefficient| !coefficient.is_zero());
    let (Some(low), Some(leading)) = (low, coefficients.last()) else { return Ok(roots) };
    if low > 0 {
        roots.push(Rational::ZERO);
    }
    let above = divisors(&coefficients[low], budget)?;
    let below = divisors(leading, budget)?;
    if above.len() * below.len() > MAX_CANDIDATES {
        return Err(Stop::Open);
    }
    let exact: Vec<Rational> =
        coefficients[low..].iter().map(|coefficient| coefficient.clone().into()).collect();
    for numerator in &above {
        for denominator in below.iter().filter(|below| below.gcd(numerator) == 1) {
            for numerator in [*numerator, -numerator] {
                let root = Rational::new(numerator, *denominator).unwrap_or(Rational::ZERO);
                if value(&exact, &root, budget)?.is_zero() {
                    roots.push(root);
                }
            }
        }
    }
    roots.sort_unstable();
    Ok(roots)
}

/// All roots, each as often as it occurs; `None` where some are not rational.
pub(crate) fn all_roots(
    coefficients: Vec<BigInt>,
    budget: &mut Budget,
) -> Result<Option<Vec<Rational>>, Stop> {
    let distinct = rational_roots(&coefficients, budget)?;
    let mut left: Vec<Rational> = coefficients.into_iter().map(Rational::from).collect();
    let mut roots = Vec::new();
    for root in distinct {
        while left.len() > 1 && value(&left, &root, budget)?.is_zero() {
            left = divided(left, &[-&root, Rational::ONE], budget)?.0;
            roots.push(root.clone());
        }
    }
    Ok((left.len() == 1).then_some(roots))
}

/// The positive divisors of an integer of one word.
fn divisors(value: &BigInt, budget: &mut Budget) -> Result<Vec<i64>, Stop> {
    if value.to_i64().is_none() {
        return Err(Stop::Open);
    }
    let mut divisors = vec![1_i64];
    for (prime, count) in prime::factor(value.magnitude(), budget)?.primes {
        let prime = i64::try_from(prime).map_err(|_| Stop::Open)?;
        let known = divisors.len();
        if known * (count as usize + 1) > MAX_CANDIDATES {
            return Err(Stop::Open);
        }
        for index in 0..known * count as usize {
            divisors.push(divisors[index].checked_mul(prime).ok_or(Stop::Open)?);
        }
    }
    Ok(divisors)
}
