//! Powers with any exponent.

use std::sync::Arc;

use num_bigint::BigInt;

use super::circle::unit_circle;
use super::logarithm::logarithm;
use super::power::rational_power;
use crate::budget::{Budget, Stop};
use crate::canonical::expression::{Expr, Function};
use crate::canonical::normal::{Atom, Factor, Normal, Term};
use crate::canonical::number::{Rational, prime};

/// `base ^ exponent`.
///
/// # Errors
/// [`Stop::Undefined`] for a division by zero and `0^0`.
pub(crate) fn power(base: &Normal, exponent: &Normal, budget: &mut Budget) -> Result<Normal, Stop> {
    if let Some(exponent) = exponent.as_rational() {
        return rational_power(base, &exponent, budget);
    }
    symbolic_power(base, exponent, budget)
}

/// A power whose exponent is not a rational number.
fn symbolic_power(base: &Normal, exponent: &Normal, budget: &mut Budget) -> Result<Normal, Stop> {
    budget.spend(8)?;
    if base.is_one() {
        return Ok(Normal::integer(1));
    }
    if base.is_zero() {
        return Ok(Normal::opaque(Expr::power(base.to_expr(), exponent.to_expr())));
    }
    if let Some(result) = power_by_logarithm(base, exponent, budget)? {
        return Ok(result);
    }
    let Some(exponent) = exponent.as_terms(budget)? else {
        return Ok(Normal::opaque(Expr::power(base.to_expr(), exponent.to_expr())));
    };
    let mut result = Normal::integer(1);
    for term in exponent.terms() {
        let part = if term.monomial.is_one() {
            rational_power(base, &term.coefficient, budget)?
        } else {
            power_to_term(base, term, budget)?
        };
        result = result.multiply(&part, budget)?;
    }
    Ok(result)
}

/// A power to one term that is not rational: each factor of the base becomes a tower.
fn power_to_term(base: &Normal, exponent: &Term, budget: &mut Budget) -> Result<Normal, Stop> {
    if base.as_atom() == Some(&Atom::E)
        && let [Factor { atom: Atom::ImaginaryUnit, .. }, Factor { atom: Atom::Pi, exponent: one }] =
            exponent.monomial.factors()
        && one.is_one()
    {
        return unit_circle(&exponent.coefficient, budget);
    }
    let mut factors = Vec::new();
    let mut push = |base: Normal, power: &Rational| {
        let atom = Atom::Tower(Arc::new((base, exponent.monomial.clone())));
        factors.push(Factor { atom, exponent: power * &exponent.coefficient });
    };
    match base.as_term() {
        Some(term) => {
            let coefficient = &term.coefficient;
            if coefficient.is_negative() {
                push(Normal::integer(-1), &Rational::ONE);
            }
            for (part, sign) in [(coefficient.numerator(), 1), (coefficient.denominator(), -1)] {
                let found = prime::factor(part.magnitude(), budget)?;
                for (prime, count) in found.primes {
                    let prime = Rational::from(BigInt::from(prime));
                    push(prime.into(), &Rational::from(i64::from(count) * sign));
                }
                if let Some(rest) = found.rest {
                    push(Rational::from(BigInt::from(rest)).into(), &Rational::from(sign));
                }
            }
            for factor in term.monomial.factors() {
                match &factor.atom {
                    Atom::Prime(prime) => {
                        push(Rational::from(BigInt::from(*prime)).into(), &factor.exponent);
                    }
                    Atom::Root(sum) => push((**sum).clone().into(), &factor.exponent),
                    atom => push(Normal::atom(atom.clone()), &factor.exponent),
                }
            }
        }
        None => push(base.clone(), &Rational::ONE),
    }
    Normal::term(&Rational::ONE, factors, budget)
}

/// `a^b = e^(b·ln a)` where `b·ln a` is a rational combination of logarithms: `2^(log_2 5) = 5`.
fn power_by_logarithm(
    base: &Normal,
    exponent: &Normal,
    budget: &mut Budget,
) -> Result<Option<Normal>, Stop> {
    let is_logarithm = |atom: &Atom| matches!(atom, Atom::Function(call) if call.0 == Function::Ln);
    if !exponent.numerator().atoms().iter().any(is_logarithm) {
        return Ok(None);
    }
    let is_e = base.as_atom() == Some(&Atom::E);
    let product = if is_e {
        exponent.clone()
    } else {
        let logarithm = logarithm(base, budget)?;
        exponent.multiply(&logarithm, budget)?
    };
    let Some(sum) = product.as_polynomial() else { return Ok(None) };
    let mut result = Normal::integer(1);
    for term in sum.terms() {
        let part = match term.monomial.factors() {
            [] => rational_power(&Normal::atom(Atom::E), &term.coefficient, budget)?,
            [Factor { atom: Atom::Function(call), exponent }]
                if call.0 == Function::Ln && exponent.is_one() =>
            {
                rational_power(&call.1[0], &term.coefficient, budget)?
            }
            // Only worth it if nothing new comes up.
            _ if is_e => power_to_term(base, term, budget)?,
            _ => return Ok(None),
        };
        result = result.multiply(&part, budget)?;
    }
    Ok(Some(result))
}
