//! Sine, cosine and their inverses.

use super::circle::cosine_of_turn;
use crate::budget::{Budget, Stop};
use crate::canonical::expression::Function;
use crate::canonical::normal::{Atom, Factor, Monomial, Normal, Polynomial, Term};
use crate::canonical::number::Rational;

/// The angles between 0 and π/2, over π, whose cosines are simple radicals.
const SIMPLE_ANGLES: [(i64, i64); 13] = [
    (0, 1),
    (1, 12),
    (1, 10),
    (1, 8),
    (1, 6),
    (1, 5),
    (1, 4),
    (3, 10),
    (1, 3),
    (3, 8),
    (2, 5),
    (5, 12),
    (1, 2),
];

/// `sin` or `cos` of an angle; whole and half turns are taken out, and the sign of the angle.
pub(crate) fn sine_or_cosine(
    function: &Function,
    angle: Normal,
    budget: &mut Budget,
) -> Result<Normal, Stop> {
    let sine = *function == Function::Sin;
    if angle.is_zero() {
        return Ok(Normal::integer(i64::from(!sine)));
    }
    if let Some(turn) = as_turn(&angle) {
        let turn = if sine { &Rational::HALF - &turn } else { turn };
        return cosine_of_turn(&turn, budget);
    }
    let (quarters, rest) = take_quarter_turns(angle, budget)?;
    let negative = rest.numerator().terms().first().is_some_and(|t| t.coefficient.is_negative());
    let rest = if negative { rest.negate() } else { rest };
    // cos(x + qπ/2), or sin x = cos(x - π/2); the sign of x goes with the sine.
    let quarters = if sine { quarters + 3 } else { quarters } % 4;
    let (function, flips) = match quarters {
        0 => (Function::Cos, false),
        1 => (Function::Sin, !negative),
        2 => (Function::Cos, true),
        _ => (Function::Sin, negative),
    };
    let value = Normal::function(function, vec![rest]);
    Ok(if flips { value.negate() } else { value })
}

/// The rational multiple of π that the angle is.
fn as_turn(angle: &Normal) -> Option<Rational> {
    let term = angle.as_term()?;
    match term.monomial.factors() {
        [Factor { atom: Atom::Pi, exponent }] if exponent.is_one() => {
            Some(term.coefficient.clone())
        }
        _ => None,
    }
}

/// Splits an angle into quarter turns, 0 to 3, and the rest.
fn take_quarter_turns(angle: Normal, budget: &mut Budget) -> Result<(u8, Normal), Stop> {
    let pi = Monomial::atom(Atom::Pi);
    let Some(sum) = angle.as_polynomial() else { return Ok((0, angle)) };
    let Some(term) = sum.terms().iter().find(|term| term.monomial == pi) else {
        return Ok((0, angle));
    };
    let Some(quarters) = (&term.coefficient * &Rational::from(2)).to_i64() else {
        return Ok((0, angle));
    };
    let rest: Vec<Term> = sum.terms().iter().filter(|term| term.monomial != pi).cloned().collect();
    let rest = Polynomial::collect(rest, budget)?;
    Ok((u8::try_from(quarters.rem_euclid(4)).unwrap_or_default(), rest.into()))
}

/// `arcsin`: an exact angle where the argument is the sine of a simple one.
pub(crate) fn arcsine(argument: Normal, budget: &mut Budget) -> Result<Normal, Stop> {
    inverse(Function::Arcsin, argument, budget, |turn, budget| {
        cosine_of_turn(&(&Rational::HALF - turn), budget)
    })
}

/// `arctan`: an exact angle where the argument is the tangent of a simple one.
pub(crate) fn arctangent(argument: Normal, budget: &mut Budget) -> Result<Normal, Stop> {
    inverse(Function::Arctan, argument, budget, |turn, budget| {
        let sine = cosine_of_turn(&(&Rational::HALF - turn), budget)?;
        sine.divide(&cosine_of_turn(turn, budget)?, budget)
    })
}

/// An odd inverse function, looked up among the simple angles.
fn inverse(
    function: Function,
    argument: Normal,
    budget: &mut Budget,
    value_at: impl Fn(&Rational, &mut Budget) -> Result<Normal, Stop>,
) -> Result<Normal, Stop> {
    let terms = argument.numerator().terms();
    let negative = match terms {
        // The sign of a sum of two roots is that of the larger one, as of √5 - 1.
        [first, second] if argument.numerator().is_radical() => {
            let square = |term: &Term| {
                let square = Polynomial::term(term.monomial.clone(), term.coefficient.clone());
                square.power(2, &mut Budget::new(100)).ok().and_then(|p| p.as_rational())
            };
            let larger = if square(first) < square(second) { second } else { first };
            larger.coefficient.is_negative()
        }
        _ => terms.first().is_some_and(|term| term.coefficient.is_negative()),
    };
    let argument = if negative { argument.negate() } else { argument };
    let mut found = None;
    if argument.is_constant() {
        for (numerator, denominator) in SIMPLE_ANGLES {
            let turn = Rational::new(numerator, denominator).unwrap_or(Rational::ONE);
            if value_at(&turn, budget).as_ref() == Ok(&argument) {
                found = Some(Normal::pi().scale(&turn, budget)?);
                break;
            }
        }
    }
    let value = found.unwrap_or_else(|| Normal::function(function, vec![argument]));
    Ok(if negative { value.negate() } else { value })
}
