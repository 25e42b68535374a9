//! Sums of rational functions to infinity by partial fractions: telescoping, and zeta functions at
//! integer and half-integer poles.

use std::collections::BTreeMap;

use super::logarithm::logarithm;
use super::zeta::zeta;
use crate::budget::{Budget, Stop};
use crate::canonical::expression::Symbol;
use crate::canonical::normal::{Atom, Normal, Polynomial, univariate};
use crate::canonical::number::Rational;

/// Terms that are added or taken away one by one.
const MAX_STEPS: i64 = 1_000;

/// `weight / (k - pole)^order`.
struct Fraction {
    weight: Rational,
    pole: Rational,
    order: usize,
}

/// `Σ body` for the variable from `first` to infinity, where the body is a quotient of polynomials with
/// rational coefficients and rational poles, and the sum is known.
pub(crate) fn to_infinity(
    body: &Normal,
    variable: &Symbol,
    first: i64,
    budget: &mut Budget,
) -> Result<Option<Normal>, Stop> {
    let Some(fractions) = partial_fractions(body, variable, budget)? else { return Ok(None) };
    // What is left of simple poles, by the fractional part of where they start.
    let mut simple: BTreeMap<Rational, Rational> = BTreeMap::new();
    let mut total = Normal::integer(0);
    for Fraction { weight, pole, order } in fractions {
        // Σ 1/(k - pole)^order is Σ 1/(start + j)^order over j from 0.
        let start = &Rational::from(first) - &pole;
        if start.is_integer() && start <= Rational::ZERO {
            return Err(Stop::Undefined);
        }
        let class = match fractional(&start) {
            zero if zero.is_zero() => Rational::ONE,
            part => part,
        };
        // The same from the class instead of the start; the terms between are put right.
        let steps = (&start - &class).to_i64().filter(|steps| steps.abs() <= MAX_STEPS);
        let Some(steps) = steps else { return Ok(None) };
        let mut between = Rational::ZERO;
        for step in steps.min(0)..steps.max(0) {
            let at = &class + &Rational::from(step);
            let mut term = Rational::ONE;
            for _ in 0..order {
                budget.spend(4 + term.cost(&at))?;
                term = term.divide(&at).ok_or(Stop::Undefined)?;
            }
            budget.spend(between.cost(&term))?;
            between = &between + &term;
        }
        let correction = if steps > 0 { -&between } else { between };
        total = total.add((&correction * &weight).into(), budget)?;
        if order == 1 {
            let sum = simple.entry(class).or_insert(Rational::ZERO);
            *sum = &*sum + &weight;
            continue;
        }
        let order = i64::try_from(order).map_err(|_| Stop::Work)?;
        let scale = match class.to_small() {
            Some((1, 1)) => weight,
            // Σ 1/(1/2 + j)^s = (2^s - 1) ζ(s).
            Some((1, 2)) if order < 60 => &weight * &Rational::from((1 << order) - 1),
            _ => return Ok(None),
        };
        let value = zeta(Normal::integer(order), budget)?.scale(&scale, budget)?;
        total = total.add(value, budget)?;
    }
    simple.retain(|_, weight| !weight.is_zero());
    let whole = simple.remove(&Rational::ONE);
    let half = simple.remove(&Rational::HALF);
    match (whole, half) {
        _ if !simple.is_empty() => Ok(None),
        (None, None) => Ok(Some(total)),
        // Σ w/(1 + j) - w/(1/2 + j) = -2 w ln 2.
        (Some(whole), Some(half)) if whole == -&half => {
            let value = logarithm(&Normal::integer(2), budget)?;
            let value = value.scale(&(&whole * &Rational::from(-2)), budget)?;
            total.add(value, budget).map(Some)
        }
        _ => Ok(None),
    }
}

fn fractional(value: &Rational) -> Rational {
    value - &Rational::from(value.floor())
}

/// A quotient of polynomials in one variable as a sum of fractions with one pole each; `None` where
/// it is something else, is not proper by two degrees, or has poles that are not rational.
fn partial_fractions(
    body: &Normal,
    variable: &Symbol,
    budget: &mut Budget,
) -> Result<Option<Vec<Fraction>>, Stop> {
    let atom = Atom::Variable(variable.clone());
    let Some(below) = body.denominator() else { return Ok(None) };
    let only = |sum: &Polynomial| sum.atoms().iter().all(|other| *other == atom);
    if !only(below) || !only(body.numerator()) {
        return Ok(None);
    }
    let (Some(above), Some(dense)) =
        (univariate::coefficients(body.numerator(), &atom), univariate::dense(below, &atom))
    else {
        return Ok(None);
    };
    let below: Vec<Rational> = dense.iter().map(|value| value.clone().into()).collect();
    if above.len() + 2 > below.len() {
        return Ok(None);
    }
    let Ok(poles) = univariate::rational_roots(&dense, budget) else { return Ok(None) };
    let mut fractions = Vec::new();
    let mut found = 0;
    for pole in poles {
        let (above, below) = (
            univariate::shifted(&above, &pole, budget)?,
            univariate::shifted(&below, &pole, budget)?,
        );
        let order = below.iter().position(|c| !c.is_zero()).unwrap_or(0);
        found += order;
        // The first coefficients of the quotient as a power series.
        let mut series: Vec<Rational> = Vec::new();
        for index in 0..order {
            let mut value = above.get(index).cloned().unwrap_or(Rational::ZERO);
            for (known, coefficient) in series.iter().rev().zip(&below[order + 1..]) {
                budget.spend(4 + known.cost(coefficient))?;
                value = &value - &(known * coefficient);
            }
            series.push(value.divide(&below[order]).ok_or(Stop::Undefined)?);
        }
        for (index, weight) in series.into_iter().enumerate() {
            fractions.push(Fraction { weight, pole: pole.clone(), order: order - index });
        }
    }
    fractions.retain(|fraction| !fraction.weight.is_zero());
    Ok((found + 1 == below.len()).then_some(fractions))
}
