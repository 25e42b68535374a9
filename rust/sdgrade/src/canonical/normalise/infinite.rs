//! Sums over a bound variable to infinity, where they converge and are known.

use std::cmp::Ordering;

use super::counting::factorial;
use super::logarithm::logarithm;
use super::rational_series;
use super::reality::sign;
use super::summand::{Summand, split};
use super::tower::power;
use super::zeta::zeta;
use crate::budget::{Budget, Stop};
use crate::canonical::expression::Series;
use crate::canonical::normal::{Atom, Normal};
use crate::canonical::number::Rational;
use crate::canonical::number::sequence::small_binomial;

/// Powers of the bound variable up to this one are summed.
const MAX_DEGREE: i64 = 24;

/// A series whose first index is farther from zero is not summed.
const MAX_FIRST: u64 = 100;

/// The value of a product to infinity, where the factors are a rational function.
pub(crate) fn infinite_product(
    series: &Series,
    from: &Normal,
    body: &Normal,
    budget: &mut Budget,
) -> Result<Option<Normal>, Stop> {
    match from.as_i64().filter(|first| first.unsigned_abs() <= MAX_FIRST) {
        Some(first) => rational_series::product_to_infinity(body, &series.variable, first, budget),
        None => Ok(None),
    }
}

/// The value of a sum to infinity: geometric sums and those of their logarithms and exponentials with
/// powers of the bound variable, zeta functions, and rational functions with known poles.
pub(crate) fn infinite_sum(
    series: &Series,
    from: &Normal,
    body: &Normal,
    budget: &mut Budget,
) -> Result<Option<Normal>, Stop> {
    let Some(first) = from.as_i64() else { return Ok(None) };
    if first.unsigned_abs() > MAX_FIRST {
        return Ok(None);
    }
    if let Some(total) = rational_series::to_infinity(body, &series.variable, first, budget)? {
        return Ok(Some(total));
    }
    let Some(body) = body.as_terms(budget)? else { return Ok(None) };
    let mut total = Normal::integer(0);
    for term in body.terms() {
        let Some(summand) = split(term, &series.variable, budget)? else { return Ok(None) };
        let Some(sum) = sum_from(first, &summand, budget)? else { return Ok(None) };
        total = total.add(summand.rest.multiply(&sum, budget)?, budget)?;
    }
    Ok(Some(total))
}

/// The sum of one kind of term: the known one from 0, or from 1 where 0 has no value, less the terms
/// before the first, or plus those that come before.
fn sum_from(first: i64, summand: &Summand, budget: &mut Budget) -> Result<Option<Normal>, Stop> {
    let start = i64::from(summand.degree < 0);
    if first < start && (summand.degree < 0 || summand.factorials != 0) {
        return Ok(None);
    }
    let Some(mut sum) = known_sum(summand, budget)? else { return Ok(None) };
    for index in first.min(start)..first.max(start) {
        budget.spend(32)?;
        let index = Normal::integer(index);
        let mut part = power(&summand.ratio, &index, budget)?;
        if summand.degree != 0 {
            part = part.multiply(&index.power_integer(summand.degree, budget)?, budget)?;
        }
        if summand.factorials != 0 {
            let count = factorial(index, budget)?;
            part = part.multiply(&count.power_integer(summand.factorials, budget)?, budget)?;
        }
        sum = if first > start { sum.subtract(part, budget)? } else { sum.add(part, budget)? };
    }
    Ok(Some(sum))
}

/// `Σ k^p r^k` or `Σ k^p r^k / k!` from 0, or from 1 where `p` is negative.
fn known_sum(summand: &Summand, budget: &mut Budget) -> Result<Option<Normal>, Stop> {
    let Summand { degree, ratio, factorials, .. } = summand;
    match (*factorials, *degree) {
        (-1, 0..=MAX_DEGREE) => exponential(*degree, ratio, budget).map(Some),
        (0, ..0) if ratio.is_one() && *degree <= -2 => {
            zeta(Normal::integer(-degree), budget).map(Some)
        }
        // Σ (-1)^k / k^s = -(1 - 2^(1-s)) ζ(s).
        (0, ..=-2) if ratio.is_minus_one() => {
            let Ok(power) = u32::try_from(-1 - degree) else { return Ok(None) };
            let two = num_bigint::BigInt::from(2).pow(power.min(1 << 12));
            let scale =
                &Rational::from(two).reciprocal().unwrap_or(Rational::ZERO) - &Rational::ONE;
            zeta(Normal::integer(-degree), budget)?.scale(&scale, budget).map(Some)
        }
        // Σ r^k / k = -ln(1 - r).
        (0, -1) if ratio.is_minus_one() || is_below_one(ratio, budget)? => {
            let rest = Normal::integer(1).subtract(ratio.clone(), budget)?;
            Ok(Some(logarithm(&rest, budget)?.negate()))
        }
        (0, 0..=MAX_DEGREE) if is_below_one(ratio, budget)? => {
            geometric(*degree, ratio, budget).map(Some)
        }
        _ => Ok(None),
    }
}

/// Whether a real constant lies between −1 and 1.
fn is_below_one(ratio: &Normal, budget: &mut Budget) -> Result<bool, Stop> {
    if let Some(value) = ratio.as_rational() {
        return Ok(value.abs() < Rational::ONE);
    }
    if !ratio.is_constant() {
        return Ok(false);
    }
    let one = Normal::integer(1);
    let above = sign(&one.clone().subtract(ratio.clone(), budget)?, budget);
    let below = sign(&one.add(ratio.clone(), budget)?, budget);
    Ok(above == Some(Ordering::Greater) && below == Some(Ordering::Greater))
}

/// `T_p = Σ k^p·r^k` from 0: `T_p (1-r) = r Σ_{i<p} C(p,i) T_i`.
fn geometric(degree: i64, ratio: &Normal, budget: &mut Budget) -> Result<Normal, Stop> {
    let step = Normal::integer(1).subtract(ratio.clone(), budget)?;
    let mut sums = vec![step.reciprocal(budget)?];
    for p in 1..=degree {
        let mut value = Normal::integer(0);
        for (i, sum) in (0..).zip(&sums) {
            value = value.add(sum.clone().scale(&small_binomial(p, i), budget)?, budget)?;
        }
        sums.push(value.multiply(ratio, budget)?.divide(&step, budget)?);
    }
    sums.pop().ok_or(Stop::Undefined)
}

/// `Σ k^p·r^k / k!` from 0: `e^r` times the Touchard polynomial `T_p(r)`, where
/// `T_p = r Σ_{i<p} C(p-1,i) T_i`.
fn exponential(degree: i64, ratio: &Normal, budget: &mut Budget) -> Result<Normal, Stop> {
    let mut polynomials = vec![Normal::integer(1)];
    for p in 1..=degree {
        let mut value = Normal::integer(0);
        for (i, known) in (0..).zip(&polynomials) {
            value = value.add(known.clone().scale(&small_binomial(p - 1, i), budget)?, budget)?;
        }
        polynomials.push(value.multiply(ratio, budget)?);
    }
    let last = polynomials.pop().ok_or(Stop::Undefined)?;
    power(&Normal::atom(Atom::E), ratio, budget)?.multiply(&last, budget)
}
