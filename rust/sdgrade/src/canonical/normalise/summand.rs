//! The terms of a series, apart by how they depend on the bound variable.

use super::tower::power;
use crate::budget::{Budget, Stop};
use crate::canonical::expression::{Function, Symbol};
use crate::canonical::normal::{Atom, Monomial, Normal, Term};
use crate::canonical::number::Rational;

/// A term of a sum as `rest · k^degree · ratio^k · k!^factorials`.
pub(crate) struct Summand {
    pub(crate) rest: Normal,
    pub(crate) degree: i64,
    pub(crate) ratio: Normal,
    /// The power of `k!`.
    pub(crate) factorials: i64,
}

/// Splits a term by the bound variable, if it has that form.
pub(crate) fn split(
    term: &Term,
    variable: &Symbol,
    budget: &mut Budget,
) -> Result<Option<Summand>, Stop> {
    budget.spend(4 * term.weight())?;
    let bound = Atom::Variable(variable.clone());
    let exponent = Monomial::atom(bound.clone());
    let mut rest = Vec::new();
    let (mut degree, mut factorials) = (0, 0);
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
            Atom::Function(call)
                if call.0 == Function::Factorial && call.1[0].as_atom() == Some(&bound) =>
            {
                match factor.exponent.to_i64() {
                    Some(power) => factorials = power,
                    None => return Ok(None),
                }
            }
            atom if !mentions(&Normal::atom(atom.clone()), variable) => rest.push(factor.clone()),
            _ => return Ok(None),
        }
    }
    let rest = Normal::term(&term.coefficient, rest, budget)?;
    Ok(Some(Summand { rest, degree, ratio, factorials }))
}

/// A term as what does not depend on the bound variable, and the rest of it.
pub(crate) fn apart(
    term: &Term,
    variable: &Symbol,
    budget: &mut Budget,
) -> Result<(Normal, Normal), Stop> {
    budget.spend(4 * term.weight())?;
    let (inner, rest): (Vec<_>, Vec<_>) = term
        .monomial
        .factors()
        .iter()
        .cloned()
        .partition(|factor| mentions(&Normal::atom(factor.atom.clone()), variable));
    let rest = Normal::term(&term.coefficient, rest, budget)?;
    Ok((rest, Normal::term(&Rational::ONE, inner, budget)?))
}

fn mentions(value: &Normal, variable: &Symbol) -> bool {
    value.variables().contains(variable)
}
