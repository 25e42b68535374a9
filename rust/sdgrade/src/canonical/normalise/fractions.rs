//! Partial fractions of a term of a series.

use crate::budget::{Budget, Stop};
use crate::canonical::expression::Symbol;
use crate::canonical::normal::{Atom, Normal, Polynomial, univariate};
use crate::canonical::number::Rational;

/// `weight / (k - pole)^order`.
pub(crate) struct Fraction {
    pub(crate) weight: Rational,
    pub(crate) pole: Rational,
    pub(crate) order: usize,
}

/// A quotient of polynomials in one variable as a sum of fractions with one pole each; `None` where
/// it is something else, is not proper by two degrees, or has poles that are not rational.
pub(crate) fn partial_fractions(
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
