//! Real and imaginary parts.

use crate::budget::{Budget, Stop};
use crate::canonical::expression::Function;
use crate::canonical::normal::{Atom, Normal, Polynomial, Term};

/// Real and imaginary part, where every other atom is real.
pub(crate) fn real_and_imaginary(
    x: &Normal,
    budget: &mut Budget,
) -> Result<Option<(Normal, Normal)>, Stop> {
    let Some(sum) = x.as_polynomial() else { return Ok(None) };
    let real = |atom: &Atom| {
        matches!(
            atom,
            Atom::Prime(_) | Atom::ImaginaryUnit | Atom::Pi | Atom::E | Atom::Variable(_)
        )
    };
    if !sum.atoms().iter().all(real) {
        return Ok(None);
    }
    let (mut above, mut beside) = (Vec::new(), Vec::new());
    for term in sum.terms() {
        let imaginary = !term.monomial.exponent(&Atom::ImaginaryUnit).is_zero();
        let monomial = term.monomial.without(&Atom::ImaginaryUnit);
        let part = if imaginary { &mut beside } else { &mut above };
        part.push(Term { monomial, coefficient: term.coefficient.clone() });
    }
    let above = Polynomial::collect(above, budget)?;
    Ok(Some((above.into(), Polynomial::collect(beside, budget)?.into())))
}

pub(crate) fn complex_part(
    function: &Function,
    x: Normal,
    budget: &mut Budget,
) -> Result<Normal, Stop> {
    let Some((real, imaginary)) = real_and_imaginary(&x, budget)? else {
        return Ok(Normal::function(function.clone(), vec![x]));
    };
    match function {
        Function::Re => Ok(real),
        Function::Im => Ok(imaginary),
        _ => real.subtract(imaginary.multiply(&Normal::i(), budget)?, budget),
    }
}
