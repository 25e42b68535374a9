//! Exact values of functions at arguments in normal form; an atom where there is none.

use super::extremum::{extremum, floor};
use super::hyperbolic::{hyperbolic, inverse_hyperbolic};
use super::logarithm::logarithm;
use super::parts::complex_part;
use super::power::absolute;
use super::reality::sign;
use super::tower::power;
use super::zeta::zeta;
use super::{counting, trigonometry};
use crate::budget::{Budget, Stop};
use crate::canonical::expression::Function;
use crate::canonical::normal::{Atom, Normal};
use crate::canonical::number::Rational;

/// A function at arguments.
///
/// # Errors
/// [`Stop::Undefined`] where the function has no value.
pub(crate) fn apply(
    function: &Function,
    mut arguments: Vec<Normal>,
    budget: &mut Budget,
) -> Result<Normal, Stop> {
    budget.spend(8)?;
    let many = matches!(function, Function::Gcd | Function::Lcm | Function::Max | Function::Min);
    if many && !arguments.is_empty() {
        return match function {
            Function::Gcd | Function::Lcm => {
                counting::divisors(function.clone(), arguments, budget)
            }
            _ => extremum(function.clone(), arguments, budget),
        };
    }
    if let [_, _] = &arguments[..] {
        let (Some(second), Some(first)) = (arguments.pop(), arguments.pop()) else {
            return Err(Stop::Undefined);
        };
        return match function {
            Function::Binomial => counting::binomial(first, second, budget),
            Function::Permutations => counting::permutations(first, second, budget),
            Function::Mod => counting::modulo(first, second, budget),
            _ => Ok(Normal::function(function.clone(), vec![first, second])),
        };
    }
    let argument = match arguments.pop() {
        Some(argument) if arguments.is_empty() => argument,
        Some(last) => {
            arguments.push(last);
            return Ok(Normal::function(function.clone(), arguments));
        }
        None => return Ok(Normal::function(function.clone(), arguments)),
    };
    apply_to_one(function, argument, budget)
}

fn apply_to_one(function: &Function, x: Normal, budget: &mut Budget) -> Result<Normal, Stop> {
    let half_pi = || Normal::pi().scale(&Rational::HALF, &mut Budget::new(9));
    let sine = |x: &Normal, budget: &mut Budget| {
        trigonometry::sine_or_cosine(&Function::Sin, x.clone(), budget)
    };
    let cosine = |x: &Normal, budget: &mut Budget| {
        trigonometry::sine_or_cosine(&Function::Cos, x.clone(), budget)
    };
    match function {
        Function::Abs => absolute(&x, budget),
        Function::Sign => match sign(&x, budget) {
            Some(order) => Ok(Normal::integer(order as i64)),
            None => Ok(Normal::function(Function::Sign, vec![x])),
        },
        Function::Floor => Ok(floor(x, budget)),
        Function::Ceil => Ok(floor(x.negate(), budget).negate()),
        Function::Exp => power(&Normal::atom(Atom::E), &x, budget),
        Function::Ln => logarithm(&x, budget),
        Function::Sin | Function::Cos => trigonometry::sine_or_cosine(function, x, budget),
        Function::Tan => sine(&x, budget)?.divide(&cosine(&x, budget)?, budget),
        Function::Cot => cosine(&x, budget)?.divide(&sine(&x, budget)?, budget),
        Function::Sec => cosine(&x, budget)?.reciprocal(budget),
        Function::Csc => sine(&x, budget)?.reciprocal(budget),
        Function::Arcsin => trigonometry::arcsine(x, budget),
        Function::Arccos => half_pi()?.subtract(trigonometry::arcsine(x, budget)?, budget),
        Function::Arctan => trigonometry::arctangent(x, budget),
        Function::Arccot => half_pi()?.subtract(trigonometry::arctangent(x, budget)?, budget),
        Function::Arcsec => apply_to_one(&Function::Arccos, x.reciprocal(budget)?, budget),
        Function::Arccsc => trigonometry::arcsine(x.reciprocal(budget)?, budget),
        Function::Sinh | Function::Cosh | Function::Tanh | Function::Coth => {
            hyperbolic(function, &x, budget)
        }
        Function::Arsinh | Function::Arcosh | Function::Artanh => {
            inverse_hyperbolic(function, x, budget)
        }
        Function::Factorial => counting::factorial(x, budget),
        Function::DoubleFactorial => counting::double_factorial(x, budget),
        Function::Phi => counting::totient(x, budget),
        Function::Zeta => zeta(x, budget),
        Function::Subfactorial => counting::subfactorial(x, budget),
        Function::Fibonacci => counting::fibonacci(x, budget),
        Function::Re | Function::Im | Function::Conjugate => complex_part(function, x, budget),
        _ => Ok(Normal::function(function.clone(), vec![x])),
    }
}
