//! Sums and products over a bound variable in closed form.

use super::counting::factorial;
use super::tower::power;
use crate::budget::{Budget, Stop};
use crate::canonical::expression::{Series, SeriesKind, Symbol};
use crate::canonical::normal::{Atom, Factor, Monomial, Normal, Polynomial, Term};
use crate::canonical::number::Rational;

/// Sums of powers up to this one have a closed form here.
const MAX_FAULHABER: i64 = 24;

/// A term of a sum as `rest · k^degree · ratio^k`.
struct Summand {
    rest: Normal,
    degree: i64,
    ratio: Normal,
}

/// Splits a term by the bound variable, if it has that form.
fn split(term: &Term, variable: &Symbol, budget: &mut Budget) -> Result<Option<Summand>, Stop> {
    budget.spend(4 * term.weight())?;
    let bound = Atom::Variable(variable.clone());
    let exponent = Monomial::atom(bound.clone());
    let mut rest = Vec::new();
    let mut degree = 0;
    let mut ratio = Normal::integer(1);
    for factor in term.monomial.factors() {
        match &factor.atom {
            atom if *atom == bound => match factor.exponent.to_i64() {
                Some(power) => degree = power,
                None => return Ok(None),
            },
            Atom::Tower(tower) if tower.1 == exponent && !mentions(&tower.0, variable) => {
                let step = power(&tower.0, &factor.exponent.clone().into(), budget)?;
                ratio = ratio.multiply(&step, budget)?;
            }
            atom if !mentions(&Normal::atom(atom.clone()), variable) => rest.push(factor.clone()),
            _ => return Ok(None),
        }
    }
    let rest = Normal::term(&term.coefficient, rest, budget)?;
    Ok(Some(Summand { rest, degree, ratio }))
}

/// The terms of a body whose denominator, if any, is one term: with negative exponents.
fn as_sum(body: &Normal, budget: &mut Budget) -> Result<Option<Polynomial>, Stop> {
    let Some(denominator) = body.denominator() else { return Ok(Some(body.numerator().clone())) };
    let Some(term) = denominator.as_term() else { return Ok(None) };
    let negated =
        |factor: &Factor| Factor { atom: factor.atom.clone(), exponent: -&factor.exponent };
    let inverse = Monomial::collect(term.monomial.factors().iter().map(negated).collect());
    let scale = term.coefficient.reciprocal().ok_or(Stop::Undefined)?;
    let inverse = Polynomial::term(inverse.monomial, scale);
    body.numerator().multiply(&inverse, budget).map(Some)
}

fn mentions(value: &Normal, variable: &Symbol) -> bool {
    value.variables().contains(variable)
}

/// Sums of polynomials (Faulhaber) and geometric sums, between any two bounds.
pub(crate) fn closed_sum(
    series: &Series,
    from: &Normal,
    to: &Normal,
    body: &Normal,
    budget: &mut Budget,
) -> Result<Option<Normal>, Stop> {
    let Some(body) = as_sum(body, budget)? else { return Ok(None) };
    let mut total = Normal::integer(0);
    for term in body.terms() {
        let Some(summand) = split(term, &series.variable, budget)? else { return Ok(None) };
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

/// `1^p + 2^p + … + n^p` by Bernoulli's formula.
fn power_sum(degree: i64, n: &Normal, budget: &mut Budget) -> Result<Normal, Stop> {
    let binomial = |n: i64, k: i64| {
        (0..k).fold(Rational::ONE, |value, step| {
            let factor = Rational::new(n - step, step + 1).unwrap_or(Rational::ONE);
            &value * &factor
        })
    };
    // Bernoulli numbers with B1 = +1/2.
    let mut bernoulli: Vec<Rational> = Vec::new();
    for index in 0..=degree {
        budget.spend(8 * index.unsigned_abs() + 1)?;
        let mut value = Rational::ONE;
        for (k, known) in (0..).zip(&bernoulli) {
            let scale = Rational::new(1, index - k + 1).unwrap_or(Rational::ONE);
            let part = &(&binomial(index, k) * known) * &scale;
            value = &value - &part;
        }
        bernoulli.push(value);
    }
    // Horner's rule; the constant coefficient is zero.
    let scale = Rational::new(1, degree + 1).unwrap_or(Rational::ONE);
    let mut value = Normal::integer(0);
    for (index, number) in (0..).zip(&bernoulli) {
        let coefficient = &(&binomial(degree + 1, index) * number) * &scale;
        value = value.add(coefficient.into(), budget)?.multiply(n, budget)?;
    }
    Ok(value)
}

/// Sums of `k^p·r^k` to infinity for a rational ratio between −1 and 1.
pub(crate) fn infinite_sum(
    series: &Series,
    from: &Normal,
    body: &Normal,
    budget: &mut Budget,
) -> Result<Option<Normal>, Stop> {
    let (SeriesKind::Sum, Some(first), Some(body)) =
        (series.kind, from.as_i64(), as_sum(body, budget)?)
    else {
        return Ok(None);
    };
    if first.unsigned_abs() > 100 {
        return Ok(None);
    }
    let mut total = Normal::integer(0);
    for term in body.terms() {
        let Some(summand) = split(term, &series.variable, budget)? else { return Ok(None) };
        let Some(ratio) = summand.ratio.as_rational() else { return Ok(None) };
        if ratio.abs() >= Rational::ONE || !(0..=MAX_FAULHABER).contains(&summand.degree) {
            return Ok(None);
        }
        let mut sum = Normal::from(from_zero(summand.degree, &ratio, budget)?);
        // Less the terms before the first, or plus those before zero.
        for index in first.min(0)..first.max(0) {
            budget.spend(32)?;
            let index = Normal::integer(index);
            let geometric = power(&ratio.clone().into(), &index, budget)?;
            let polynomial = if summand.degree == 0 {
                Normal::integer(1)
            } else {
                index.power_integer(summand.degree, budget)?
            };
            let part = geometric.multiply(&polynomial, budget)?;
            sum = if first > 0 { sum.subtract(part, budget)? } else { sum.add(part, budget)? };
        }
        total = total.add(summand.rest.multiply(&sum, budget)?, budget)?;
    }
    Ok(Some(total))
}

/// `Σ k^p·r^k` from 0 to infinity: `T_p (1-r) = r Σ_{i<p} C(p,i) T_i`.
fn from_zero(degree: i64, ratio: &Rational, budget: &mut Budget) -> Result<Rational, Stop> {
    let step = &Rational::ONE - ratio;
    let mut sums = vec![step.reciprocal().ok_or(Stop::Undefined)?];
    for p in 1..=degree {
        let mut value = Rational::ZERO;
        let mut binomial = Rational::ONE;
        for (i, sum) in (0..).zip(&sums) {
            budget.spend(value.cost(sum) + binomial.cost(sum))?;
            value = &value + &(&binomial * sum);
            let factor = Rational::new(p - i, i + 1).unwrap_or(Rational::ONE);
            binomial = &binomial * &factor;
        }
        sums.push((&value * ratio).divide(&step).ok_or(Stop::Undefined)?);
    }
    sums.pop().ok_or(Stop::Undefined)
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
