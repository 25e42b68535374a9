//! Sums and products of rational functions of the bound variable: telescoping, and zeta and gamma
//! functions at integer and half-integer poles.

use std::collections::BTreeMap;

use super::counting::factorial;
use super::fractions::{Fraction, partial_fractions};
use super::logarithm::logarithm;
use super::zeta::zeta;
use crate::budget::{Budget, Stop};
use crate::canonical::expression::Symbol;
use crate::canonical::normal::{Atom, Normal, Polynomial, univariate};
use crate::canonical::number::Rational;

/// Terms that are added or taken away one by one.
const MAX_STEPS: i64 = 1_000;

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

/// `Σ body` between any two bounds, where it telescopes: simple poles at whole distances from each
/// other, whose weights cancel.
pub(crate) fn telescoped(
    body: &Normal,
    variable: &Symbol,
    [from, to]: [&Normal; 2],
    budget: &mut Budget,
) -> Result<Option<Normal>, Stop> {
    let Some(fractions) = partial_fractions(body, variable, budget)? else { return Ok(None) };
    let mut classes: BTreeMap<Rational, Vec<Fraction>> = BTreeMap::new();
    for fraction in fractions {
        // A sum over a pole has no value.
        let first = from.as_i64().map(Rational::from);
        if fraction.order != 1 || first.is_some_and(|first| fraction.pole >= first) {
            return Ok(None);
        }
        classes.entry(fractional(&fraction.pole)).or_default().push(fraction);
    }
    let mut total = Normal::integer(0);
    for class in classes.values() {
        let weights = class.iter().fold(Rational::ZERO, |sum, next| &sum + &next.weight);
        // The poles come in increasing order.
        let Some(last) = class.last().filter(|_| weights.is_zero()) else { return Ok(None) };
        for Fraction { weight, pole, .. } in class {
            // Σ w/(k - p) from s on is, but for what cancels, -w Σ_{j<d} 1/(s - p' + j), with the last
            // pole p' and its distance d.
            let distance = (&last.pole - pole).to_i64().filter(|&steps| steps <= MAX_STEPS);
            let Some(distance) = distance else { return Ok(None) };
            for step in 0..distance {
                let offset = Normal::from(&Rational::from(step) - &last.pole);
                let first = from.clone().add(offset.clone(), budget)?.reciprocal(budget)?;
                let after = Normal::integer(1).add(offset, budget)?.add(to.clone(), budget)?;
                let part = after.reciprocal(budget)?.subtract(first, budget)?;
                total = total.add(part.scale(weight, budget)?, budget)?;
            }
        }
    }
    Ok(Some(total))
}

/// `Π body` for the variable from `first` to infinity: with the zeros `a` and the poles `b` of a body
/// that goes to 1 fast enough, `Π Γ(first - b) / Π Γ(first - a)`.
pub(crate) fn product_to_infinity(
    body: &Normal,
    variable: &Symbol,
    first: i64,
    budget: &mut Budget,
) -> Result<Option<Normal>, Stop> {
    let atom = Atom::Variable(variable.clone());
    let Some(below) = body.denominator() else { return Ok(None) };
    let only = |sum: &Polynomial| sum.atoms().iter().all(|other| *other == atom);
    if !only(below) || !only(body.numerator()) {
        return Ok(None);
    }
    let leading = |sum: &Polynomial| sum.terms().first().map(|term| term.coefficient.clone());
    if leading(below) != leading(body.numerator()) {
        return Ok(None);
    }
    let mut roots = Vec::new();
    for sum in [body.numerator(), below] {
        let Some(coefficients) = univariate::dense(sum, &atom) else { return Ok(None) };
        match univariate::all_roots(coefficients, budget) {
            Ok(Some(found)) => roots.push(found),
            _ => return Ok(None),
        }
    }
    let total = |list: &[Rational]| list.iter().fold(Rational::ZERO, |sum, next| &sum + next);
    if roots[0].len() != roots[1].len() || total(&roots[0]) != total(&roots[1]) {
        return Ok(None);
    }
    let mut value = Normal::integer(1);
    for (list, above) in roots.iter().zip([false, true]) {
        for root in list {
            let start = &Rational::from(first) - root;
            let twice = &start + &start;
            if !twice.is_integer() || twice.to_i64().is_none_or(|twice| twice.abs() > MAX_STEPS) {
                return Ok(None);
            }
            // A zero or a pole among the factors.
            if start.is_integer() && start <= Rational::ZERO {
                return Ok(None);
            }
            let gamma = factorial((&start - &Rational::ONE).into(), budget)?;
            value = if above {
                value.multiply(&gamma, budget)?
            } else {
                value.divide(&gamma, budget)?
            };
        }
    }
    Ok(Some(value))
}
