//! Finite sums and products over a bound variable in closed form.

use super::counting::factorial;
use super::rational_series::telescoped;
use super::summand::split;
use super::tower::power;
use crate::budget::{Budget, Stop};
use crate::canonical::expression::Series;
use crate::canonical::normal::{Atom, Factor, Normal};
use crate::canonical::number::Rational;
use crate::canonical::number::sequence::{self, small_binomial};

/// Sums of powers up to this one have a closed form here.
const MAX_FAULHABER: i64 = 24;

/// Sums of polynomials (Faulhaber) and geometric sums, between any two bounds.
pub(crate) fn closed_sum(
    series: &Series,
    from: &Normal,
    to: &Normal,
    body: &Normal,
    budget: &mut Budget,
) -> Result<Option<Normal>, Stop> {
    if let Some(sum) = telescoped(body, &series.variable, [from, to], budget)? {
        return Ok(Some(sum));
    }
    let Some(body) = body.as_terms(budget)? else { return Ok(None) };
    let mut total = Normal::integer(0);
    for term in body.terms() {
        let Some(summand) = split(term, &series.variable, budget)? else { return Ok(None) };
        if summand.factorials != 0 {
            return Ok(None);
        }
        let sum = if summand.ratio.is_one() {
            if !(0..=MAX_FAULHABER).contains(&summand.degree) {
                return Ok(None);
            }
            let before = from.clone().subtract(Normal::integer(1), budget)?;
            let above = power_sum(summand.degree, to, budget)?;
            above.subtract(power_sum(summand.degree, &before, budget)?, budget)?
        } else {
            if summand.degree != 0 {
                return Ok(None);
            }
            let after = to.clone().add(Normal::integer(1), budget)?;
            let last = power(&summand.ratio, &after, budget)?;
            let first = power(&summand.ratio, from, budget)?;
            let step = summand.ratio.subtract(Normal::integer(1), budget)?;
            last.subtract(first, budget)?.divide(&step, budget)?
        };
        total = total.add(summand.rest.multiply(&sum, budget)?, budget)?;
    }
    Ok(Some(total))
}

/// Products of powers of the bound variable and of what does not depend on it.
pub(crate) fn closed_product(
    series: &Series,
    from: &Normal,
    to: &Normal,
    body: &Normal,
    budget: &mut Budget,
) -> Result<Option<Normal>, Stop> {
    let Some(term) = body.as_term() else { return Ok(None) };
    let Some(factor) = split(term, &series.variable, budget)? else { return Ok(None) };
    let before = from.clone().subtract(Normal::integer(1), budget)?;
    let count = to.clone().subtract(before.clone(), budget)?;
    let mut result = power(&factor.rest, &count, budget)?;
    if factor.factorials != 0 {
        return Ok(None);
    }
    if factor.degree != 0 && from.as_i64().is_none_or(|from| from < 1) {
        return Ok(None);
    }
    if factor.degree != 0 {
        let last = factorial(to.clone(), budget)?;
        let first = factorial(before, budget)?;
        let quotient = last.divide(&first, budget)?;
        result = result.multiply(&quotient.power_integer(factor.degree, budget)?, budget)?;
    }
    if !factor.ratio.is_one() {
        let one = Factor { atom: Atom::Variable(series.variable.clone()), exponent: Rational::ONE };
        let index = Normal::term(&Rational::ONE, vec![one], budget)?;
        let Some(total) = closed_sum(series, from, to, &index, budget)? else { return Ok(None) };
        result = result.multiply(&power(&factor.ratio, &total, budget)?, budget)?;
    }
    Ok(Some(result))
}

/// `1^p + 2^p + … + n^p` by Bernoulli's formula.
fn power_sum(degree: i64, n: &Normal, budget: &mut Budget) -> Result<Normal, Stop> {
    let count = u32::try_from(degree).map_err(|_| Stop::Work)?;
    let bernoulli = sequence::bernoulli(count, budget)?;
    // Horner's rule; the constant coefficient is zero.
    let scale = Rational::new(1, degree + 1).unwrap_or(Rational::ONE);
    let mut value = Normal::integer(0);
    for (index, number) in (0..).zip(&bernoulli) {
        let coefficient = &(&small_binomial(degree + 1, index) * number) * &scale;
        value = value.add(coefficient.into(), budget)?.multiply(n, budget)?;
    }
    Ok(value)
}
