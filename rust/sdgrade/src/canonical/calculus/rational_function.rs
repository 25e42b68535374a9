//! Integrals of rational functions, by partial fractions.

use super::elementary::{Quadratic, of_power};
use crate::budget::{Budget, Stop};
use crate::canonical::expression::{Expr, Symbol};
use crate::canonical::normal::{Atom, Normal, Polynomial, univariate};
use crate::canonical::number::Rational;

/// Quotients of polynomials with rational coefficients: the whole part, fractions at rational poles,
/// and what is left over one quadratic factor.
pub(crate) fn of_rational_function(
    normal: &Normal,
    x: &Symbol,
    budget: &mut Budget,
) -> Result<Option<Expr>, Stop> {
    let atom = Atom::Variable(x.clone());
    let Some(below) = normal.denominator() else { return Ok(None) };
    let only = |sum: &Polynomial| sum.atoms().iter().all(|other| *other == atom);
    if !only(below) || !only(normal.numerator()) {
        return Ok(None);
    }
    let (Some(above), Some(dense)) =
        (univariate::coefficients(normal.numerator(), &atom), univariate::dense(below, &atom))
    else {
        return Ok(None);
    };
    let divisor: Vec<Rational> = dense.iter().map(|value| value.clone().into()).collect();
    let (whole, rest) = univariate::divided(above, &divisor, budget)?;
    let name = Expr::Variable(x.clone());
    let mut parts = Vec::new();
    for (index, coefficient) in (0..).zip(&whole) {
        let power = of_power(&name, &Rational::from(index));
        parts.push(Expr::product(vec![Expr::rational(coefficient.clone()), power]));
    }
    // Poles, each with its fractions; what is left of the divisor has none.
    let mut left = divisor.clone();
    let mut remainder = rest;
    for pole in univariate::rational_roots(&dense, budget)? {
        let step = Expr::difference(name.clone(), Expr::rational(pole.clone()));
        let factor = [-&pole, Rational::ONE];
        let mut order = 0_i64;
        while univariate::value(&left, &pole, budget)?.is_zero() && left.len() > 1 {
            left = univariate::divided(left, &factor, budget)?.0;
            order += 1;
        }
        // N/((x-p)^m E) = w/(x-p)^m + (N - wE)/(x-p) / ((x-p)^(m-1) E), with w = N(p)/E(p).
        for order in (1..=order).rev() {
            let at = univariate::value(&remainder, &pole, budget)?;
            let scale = univariate::value(&left, &pole, budget)?;
            let weight = at.divide(&scale).ok_or(Stop::Undefined)?;
            let size = remainder.len().max(left.len());
            let difference: Vec<Rational> = (0..size)
                .map(|index| {
                    let get =
                        |list: &[Rational]| list.get(index).cloned().unwrap_or(Rational::ZERO);
                    &get(&remainder) - &(&get(&left) * &weight)
                })
                .collect();
            remainder = univariate::divided(difference, &factor, budget)?.0;
            let power = of_power(&step, &Rational::from(-order));
            parts.push(Expr::product(vec![Expr::rational(weight), power]));
        }
    }
    while remainder.last().is_some_and(Rational::is_zero) {
        remainder.pop();
    }
    match (&left[..], &remainder[..]) {
        (_, []) => {}
        ([constant, linear, squared], [beta, more @ ..]) => {
            let [constant, linear, squared] =
                [constant, linear, squared].map(|value| Expr::rational(value.clone()));
            let quadratic =
                Quadratic { squared: &squared, linear: &linear, constant: &constant, variable: x };
            let alpha = more.first().unwrap_or(&Rational::ZERO);
            parts.push(quadratic.integral_of_quotient(alpha, beta));
        }
        _ => return Err(Stop::Open),
    }
    Ok(Some(Expr::sum(parts)))
}
