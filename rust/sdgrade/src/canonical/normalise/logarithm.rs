//! Logarithms.

use std::cmp::Ordering;
use std::sync::Arc;

use num_bigint::BigInt;

use super::reality::{is_positive, is_real, sign};
use crate::budget::{Budget, Stop};
use crate::canonical::expression::Function;
use crate::canonical::normal::{Atom, Factor, Monomial, Normal, Polynomial, Term};
use crate::canonical::number::{Rational, prime};

/// The natural logarithm: primes apart, a rational factor in front taken out.
pub(crate) fn logarithm(x: &Normal, budget: &mut Budget) -> Result<Normal, Stop> {
    if x.is_zero() {
        return Err(Stop::Undefined);
    }
    if let Some(value) = x.as_rational() {
        return logarithm_of_rational(&value, budget);
    }
    let Some(sum) = x.as_polynomial() else {
        if x.is_constant() {
            let part = |part: &Polynomial| Normal::from(part.clone());
            let below = x.denominator().map_or(Normal::integer(1), part);
            // Of a negative denominator the two arguments would not add up.
            if sign(&below, budget) != Some(Ordering::Greater) {
                return Ok(Normal::function(Function::Ln, vec![x.clone()]));
            }
            let above = logarithm(&part(x.numerator()), budget)?;
            return above.subtract(logarithm(&below, budget)?, budget);
        }
        return Ok(Normal::function(Function::Ln, vec![x.clone()]));
    };
    if let Some(term) = sum.as_term() {
        return logarithm_of_term(term, budget);
    }
    let content = sum.content(budget)?;
    let scale = content.reciprocal().ok_or(Stop::Undefined)?;
    let primitive = x.clone().scale(&scale, budget)?;
    logarithm_of_rational(&content, budget)?
        .add(Normal::function(Function::Ln, vec![primitive]), budget)
}

fn logarithm_of_rational(value: &Rational, budget: &mut Budget) -> Result<Normal, Stop> {
    let mut result = Normal::integer(0);
    if value.is_negative() {
        result = Normal::i().multiply(&Normal::pi(), budget)?;
    }
    let mut terms = Vec::new();
    for (part, direction) in [(value.numerator(), 1), (value.denominator(), -1)] {
        let found = prime::factor(part.magnitude(), budget)?;
        let primes = found.primes.into_iter().map(|(prime, count)| (BigInt::from(prime), count));
        let rest = found.rest.map(|rest| (BigInt::from(rest), 1));
        for (base, count) in primes.chain(rest) {
            let call = (Function::Ln, vec![Rational::from(base).into()]);
            terms.push(Term {
                monomial: Monomial::atom(Atom::Function(Arc::new(call))),
                coefficient: (i64::from(count) * direction).into(),
            });
        }
    }
    result.add(Polynomial::collect(terms, budget)?.into(), budget)
}

/// `ln(c·a^e)`: the constants apart; `ln(x^3) = 3 ln x`, but `ln(x^2)` and `ln(xy)` stay.
fn logarithm_of_term(term: &Term, budget: &mut Budget) -> Result<Normal, Stop> {
    let (constant, symbolic): (Vec<Factor>, Vec<Factor>) =
        term.monomial.factors().iter().cloned().partition(|factor| match &factor.atom {
            Atom::Prime(_) | Atom::Pi | Atom::E => true,
            Atom::Tower(tower) => {
                tower.0.as_atom() == Some(&Atom::E)
                    && !tower.1.factors().iter().any(|f| f.atom == Atom::ImaginaryUnit)
            }
            _ => false,
        });
    let mut result = logarithm_of_rational(&term.coefficient.abs(), budget)?;
    for factor in constant {
        let logarithm = match &factor.atom {
            Atom::Prime(prime) => logarithm_of_rational(&BigInt::from(*prime).into(), budget)?,
            Atom::E => Normal::integer(1),
            Atom::Tower(tower) => Polynomial::term(tower.1.clone(), Rational::ONE).into(),
            other => Normal::function(Function::Ln, vec![Normal::atom(other.clone())]),
        };
        result = result.add(logarithm.scale(&factor.exponent, budget)?, budget)?;
    }
    let sign = Rational::from(if term.coefficient.is_negative() { -1 } else { 1 });
    let rest = match &symbolic[..] {
        [] => logarithm_of_rational(&sign, budget)?,
        [factor]
            if sign.is_one()
                && factor.exponent.to_small().is_some_and(|(n, _)| n % 2 != 0)
                && is_real(factor)
                && (!factor.atom.is_constant() || is_positive(&factor.atom, budget)) =>
        {
            let inner = match &factor.atom {
                Atom::Root(sum) => Normal::from((**sum).clone()),
                atom => Normal::atom(atom.clone()),
            };
            Normal::function(Function::Ln, vec![inner]).scale(&factor.exponent, budget)?
        }
        [factor] if factor.atom == Atom::ImaginaryUnit => {
            // ln(±i) = ±iπ/2
            let half = &sign * &Rational::HALF;
            Normal::i().multiply(&Normal::pi(), budget)?.scale(&half, budget)?
        }
        _ => Normal::function(Function::Ln, vec![Normal::term(&sign, symbolic, budget)?]),
    };
    result.add(rest, budget)
}
