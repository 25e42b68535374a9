//! What is known about an atom or a constant: whether it is real, and its sign.
//!
//! A variable stands for a real number, and an expression in variables is taken where it is real.

use std::cmp::Ordering;

use crate::budget::Budget;
use crate::canonical::enclosure::constant;
use crate::canonical::expression::Function;
use crate::canonical::normal::{Atom, Factor, Normal, Polynomial};
use crate::canonical::number::Rational;

/// Work units for finding the sign of a constant by enclosure.
const ENCLOSURE: u64 = 100_000;

/// The sign of a constant that is known to be real.
pub(crate) fn sign(x: &Normal, budget: &mut Budget) -> Option<Ordering> {
    if let Some(value) = x.as_rational() {
        return Some(value.cmp(&Rational::ZERO));
    }
    if !x.is_constant() {
        return None;
    }
    budget.attempt(ENCLOSURE, |part| constant::sign(&x.to_expr(), part)).ok()
}

/// Whether an atom is a positive real number wherever it is real.
pub(crate) fn is_positive(atom: &Atom, budget: &mut Budget) -> bool {
    match atom {
        Atom::Prime(_) | Atom::Pi | Atom::E => true,
        Atom::ImaginaryUnit | Atom::Variable(_) => false,
        Atom::Tower(tower) if !tower.0.is_constant() || !tower.1.factors().iter().all(is_real) => {
            false
        }
        Atom::Tower(tower) => sign(&tower.0, budget) == Some(Ordering::Greater),
        Atom::Function(call) if call.0 == Function::Abs => true,
        // Left of -1 the gamma function changes its sign.
        Atom::Function(call) if call.0 == Function::Factorial => {
            call.1[0].as_rational().is_none_or(|value| value > Rational::from(-1))
        }
        other if other.is_constant() => {
            sign(&Normal::atom(other.clone()), budget) == Some(Ordering::Greater)
        }
        _ => false,
    }
}

/// Whether a power of an atom is a real number, or real where it is taken.
pub(crate) fn is_real(factor: &Factor) -> bool {
    match &factor.atom {
        Atom::Prime(_) | Atom::Pi | Atom::E | Atom::Variable(_) => true,
        // Constants under a root are positive.
        Atom::Root(sum) => is_real_sum(sum),
        Atom::Tower(tower) => {
            let negative = tower.0.as_rational().is_some_and(|base| base.is_negative());
            is_real_normal(&tower.0)
                && tower.1.factors().iter().all(is_real)
                && !(negative && factor.atom.is_constant())
        }
        Atom::Function(call) => match call.0 {
            Function::Abs | Function::Re | Function::Im | Function::Arg => true,
            Function::Ln | Function::Arcsin if factor.atom.is_constant() => false,
            _ => call.1.iter().all(is_real_normal),
        },
        Atom::ImaginaryUnit | Atom::Opaque(_) => false,
    }
}

/// Whether every term of a sum is real, or real where it is taken.
pub(crate) fn is_real_sum(sum: &Polynomial) -> bool {
    sum.terms().iter().flat_map(|term| term.monomial.factors()).all(is_real)
}

fn is_real_normal(value: &Normal) -> bool {
    is_real_sum(value.numerator()) && value.denominator().is_none_or(is_real_sum)
}
