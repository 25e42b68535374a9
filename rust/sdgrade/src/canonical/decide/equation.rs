//! Equations: proportional sides, coefficients, solutions of low degree.

use std::collections::BTreeMap;

use super::decision::{Decision, Proof};
use super::identity::equal;
use crate::budget::{Budget, Stop};
use crate::canonical::expression::{Expr, Symbol};
use crate::canonical::normal::{Atom, Normal, Polynomial, Term};
use crate::canonical::normalise::normalise;

/// Highest degree of which coefficients are listed.
const MAX_DEGREE: usize = 64;

/// Whether `a = c·b` for a constant `c` other than zero, as of two equations `a = 0` and `b = 0`.
#[must_use]
pub(crate) fn ratio(a: &Expr, b: &Expr, budget: &mut Budget) -> Decision {
    match factor(a, b, budget) {
        Ok((_, proof)) => Decision::Equal(proof),
        Err(decision) => decision,
    }
}

/// The constant factor between two expressions, one way or the other: its sign is that of `a` times
/// that of `b` wherever they are not zero.
///
/// # Errors
/// [`Decision::Different`] where there is none, [`Decision::Unknown`] where that is not known.
pub(crate) fn factor(a: &Expr, b: &Expr, budget: &mut Budget) -> Result<(Expr, Proof), Decision> {
    proportional(a, b, budget).unwrap_or_else(|stop| Err(Decision::Unknown(stop)))
}

fn proportional(
    a: &Expr,
    b: &Expr,
    budget: &mut Budget,
) -> Result<Result<(Expr, Proof), Decision>, Stop> {
    if a == b {
        return Ok(Ok((Expr::integer(1), Proof::Exact)));
    }
    // Dividing one way may cost more than the other, and the verdict must not depend on the order.
    let (a, b) = if a < b { (a, b) } else { (b, a) };
    let (left, right) = (normalise(a, budget)?, normalise(b, budget)?);
    if left.is_zero() || right.is_zero() {
        return Ok(if left.is_zero() && right.is_zero() {
            Ok((Expr::integer(1), Proof::Exact))
        } else {
            Err(Decision::Different(Proof::Exact))
        });
    }
    let quotient = left.divide(&right, budget)?;
    if quotient.is_constant() {
        return Ok(Ok((quotient.to_expr(), Proof::Exact)));
    }
    // The constant must be the quotient of the values at any one point, and for any one function
    // in place of those that are not known.
    let quotient = quotient.to_expr();
    let point: BTreeMap<Symbol, i64> =
        quotient.variables().into_iter().zip((2..).step_by(3)).collect();
    let value = quotient
        .replace_unknown(&|_| Expr::integer(2))
        .replace(&|name| point.get(name).map(|&value| Expr::integer(value)));
    Ok(match equal(&quotient, &value, budget) {
        Decision::Equal(proof) => Ok((value, proof)),
        Decision::Unknown(Stop::Undefined) => Err(Decision::Unknown(Stop::Open)),
        decision => Err(decision),
    })
}

/// The coefficients `c0, c1, …` of an expression that is a polynomial in `symbol`.
///
/// # Errors
/// [`Stop::Open`] where it is not, or of a high degree.
pub(crate) fn coefficients(
    expr: &Expr,
    symbol: &Symbol,
    budget: &mut Budget,
) -> Result<Vec<Expr>, Stop> {
    let normal = normalise(expr, budget)?;
    if let Some(denominator) = normal.denominator()
        && Normal::from(denominator.clone()).variables().contains(symbol)
    {
        return Err(Stop::Open);
    }
    let denominator = normal.denominator().map(Polynomial::to_expr);
    let above = by_degree(normal.numerator(), symbol, budget)?;
    Ok(above
        .into_iter()
        .map(|coefficient| match &denominator {
            None => coefficient.to_expr(),
            Some(denominator) => Expr::quotient(coefficient.to_expr(), denominator.clone()),
        })
        .collect())
}

/// Collects the terms by their degree in a variable.
fn by_degree(
    sum: &Polynomial,
    symbol: &Symbol,
    budget: &mut Budget,
) -> Result<Vec<Polynomial>, Stop> {
    let atom = Atom::Variable(symbol.clone());
    let mut groups: Vec<Vec<Term>> = Vec::new();
    for term in sum.terms() {
        let exponent = term.monomial.exponent(&atom).to_i64().ok_or(Stop::Open)?;
        let degree = usize::try_from(exponent).map_err(|_| Stop::Open)?;
        if degree > MAX_DEGREE {
            return Err(Stop::Open);
        }
        budget.spend(term.weight())?;
        let rest = term.monomial.without(&atom);
        let rest = Polynomial::term(rest, term.coefficient.clone());
        let compound = rest.atoms().into_iter().filter(|atom| !matches!(atom, Atom::Variable(_)));
        for other in compound {
            if Normal::atom(other).variables().contains(symbol) {
                return Err(Stop::Open);
            }
        }
        if groups.len() <= degree {
            groups.resize_with(degree + 1, Vec::new);
        }
        groups[degree].extend(rest.into_terms());
    }
    groups.into_iter().map(|terms| Polynomial::collect(terms, budget)).collect()
}

/// The solutions of `expr = 0` for `symbol`, where that is an equation of degree 1 or 2 in it.
///
/// # Errors
/// [`Stop::Open`] for other equations.
pub(crate) fn solve(expr: &Expr, symbol: &Symbol, budget: &mut Budget) -> Result<Vec<Expr>, Stop> {
    let normal = normalise(expr, budget)?;
    let coefficients = by_degree(normal.numerator(), symbol, budget)?;
    match &coefficients[..] {
        [constant, slope] => {
            let root = Expr::quotient(Expr::negate(constant.to_expr()), slope.to_expr());
            Ok(vec![normalise(&root, budget)?.to_expr()])
        }
        [c, b, a] => {
            let (a, b, c) = (a.to_expr(), b.to_expr(), c.to_expr());
            let four = Expr::product(vec![Expr::integer(4), a.clone(), c]);
            let square = Expr::power(b.clone(), Expr::integer(2));
            let discriminant = normalise(&Expr::difference(square, four), budget)?;
            let below = Expr::product(vec![Expr::integer(2), a]);
            let centre = Expr::quotient(Expr::negate(b), below.clone());
            if discriminant.is_zero() {
                return Ok(vec![normalise(&centre, budget)?.to_expr()]);
            }
            let reach = Expr::quotient(Expr::sqrt(discriminant.to_expr()), below);
            Ok(vec![
                Expr::difference(centre.clone(), reach.clone()),
                Expr::sum(vec![centre, reach]),
            ])
        }
        _ => Err(Stop::Open),
    }
}
