//! Hyperbolic functions and their inverses, by exponentials and logarithms.

use super::logarithm::logarithm;
use super::power::rational_power;
use super::tower::power;
use crate::budget::{Budget, Stop};
use crate::canonical::expression::Function;
use crate::canonical::normal::{Atom, Normal};
use crate::canonical::number::Rational;

/// Hyperbolic functions as exponentials.
pub(crate) fn hyperbolic(
    function: &Function,
    x: &Normal,
    budget: &mut Budget,
) -> Result<Normal, Stop> {
    let e = Normal::atom(Atom::E);
    let (rise, fall) = (power(&e, x, budget)?, power(&e, &x.clone().negate(), budget)?);
    let sum = rise.clone().add(fall.clone(), budget)?;
    let difference = rise.subtract(fall, budget)?;
    match function {
        Function::Sinh => difference.scale(&Rational::HALF, budget),
        Function::Cosh => sum.scale(&Rational::HALF, budget),
        Function::Tanh => difference.divide(&sum, budget),
        _ => sum.divide(&difference, budget),
    }
}

/// Inverse hyperbolic functions as logarithms.
pub(crate) fn inverse_hyperbolic(
    function: &Function,
    x: Normal,
    budget: &mut Budget,
) -> Result<Normal, Stop> {
    let one = Normal::integer(1);
    if *function == Function::Artanh {
        let ratio =
            one.clone().add(x.clone(), budget)?.divide(&one.subtract(x, budget)?, budget)?;
        return logarithm(&ratio, budget)?.scale(&Rational::HALF, budget);
    }
    let root =
        |radicand: Normal, budget: &mut Budget| rational_power(&radicand, &Rational::HALF, budget);
    let root = if *function == Function::Arsinh {
        root(x.power_integer(2, budget)?.add(one, budget)?, budget)?
    } else {
        // Not the root of x² - 1: the branches differ left of 1.
        let below = root(x.clone().subtract(one.clone(), budget)?, budget)?;
        root(x.clone().add(one, budget)?, budget)?.multiply(&below, budget)?
    };
    logarithm(&x.add(root, budget)?, budget)
}
