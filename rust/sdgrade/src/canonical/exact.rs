//! Exact values of functions at arguments in normal form; an atom where there is none.

use std::cmp::Ordering;
use std::sync::Arc;

use num_bigint::BigInt;

use super::monomial::{Atom, Factor};
use super::normal::Normal;
use super::polynomial::{Polynomial, Term};
use super::power::{power, rational_power};
use super::reality::{is_positive, is_real, sign};
use super::{Function, Rational, combinatorial, enclosure, integer, trigonometry};
use crate::budget::{Budget, Stop};

pub(super) use super::trigonometry::unit_circle;

/// Work units for finding the floor of a constant by enclosure.
const ENCLOSURE: u64 = 100_000;

fn atom(function: Function, arguments: Vec<Normal>) -> Normal {
    Normal::atom(Atom::Function(Arc::new((function, arguments))))
}

/// A function at arguments.
///
/// # Errors
/// [`Stop::Undefined`] where the function has no value.
pub(super) fn apply(
    function: &Function,
    mut arguments: Vec<Normal>,
    budget: &mut Budget,
) -> Result<Normal, Stop> {
    budget.spend(8)?;
    let many = matches!(function, Function::Gcd | Function::Lcm | Function::Max | Function::Min);
    if many && !arguments.is_empty() {
        return match function {
            Function::Gcd | Function::Lcm => {
                combinatorial::divisors(function.clone(), arguments, budget)
            }
            _ => extremum(function.clone(), arguments, budget),
        };
    }
    if let [_, _] = &arguments[..] {
        let (Some(second), Some(first)) = (arguments.pop(), arguments.pop()) else {
            return Err(Stop::Undefined);
        };
        return match function {
            Function::Binomial => combinatorial::binomial(first, second, budget),
            Function::Permutations => combinatorial::permutations(first, second, budget),
            Function::Mod => combinatorial::modulo(first, second, budget),
            _ => Ok(atom(function.clone(), vec![first, second])),
        };
    }
    let argument = match arguments.pop() {
        Some(argument) if arguments.is_empty() => argument,
        Some(last) => {
            arguments.push(last);
            return Ok(atom(function.clone(), arguments));
        }
        None => return Ok(atom(function.clone(), arguments)),
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
            None => Ok(atom(Function::Sign, vec![x])),
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
        Function::Factorial => combinatorial::factorial(x, budget),
        Function::DoubleFactorial => combinatorial::double_factorial(x, budget),
        Function::Phi => combinatorial::totient(x, budget),
        Function::Re | Function::Im | Function::Conjugate => complex_part(function, x, budget),
        _ => Ok(atom(function.clone(), vec![x])),
    }
}

/// `|x|`: a number for a constant; factors out what is rational or positive.
fn absolute(x: &Normal, budget: &mut Budget) -> Result<Normal, Stop> {
    if let Some(value) = x.as_rational() {
        return Ok(value.abs().into());
    }
    if let Some((real, imaginary)) = real_and_imaginary(x, budget)?
        && !imaginary.is_zero()
    {
        let square =
            real.power_integer(2, budget)?.add(imaginary.power_integer(2, budget)?, budget)?;
        return rational_power(&square, &Rational::HALF, budget);
    }
    match sign(x, budget) {
        Some(Ordering::Less) => return Ok(x.clone().negate()),
        Some(_) => return Ok(x.clone()),
        None => {}
    }
    if let Some(denominator) = &x.denominator {
        let above = absolute(&x.numerator.clone().into(), budget)?;
        return above.divide(&absolute(&denominator.clone().into(), budget)?, budget);
    }
    if let Some(term) = x.as_term() {
        return absolute_of_term(term, budget);
    }
    let content = x.numerator.content(budget)?;
    let negative = x.numerator.terms().first().is_some_and(|t| t.coefficient.is_negative());
    let scale = content.reciprocal().ok_or(Stop::Undefined)?;
    let primitive = x.clone().scale(&if negative { -&scale } else { scale }, budget)?;
    atom(Function::Abs, vec![primitive]).scale(&content, budget)
}

fn absolute_of_term(term: &Term, budget: &mut Budget) -> Result<Normal, Stop> {
    let mut result = Normal::from(term.coefficient.abs());
    for factor in term.monomial.factors() {
        let bare = Normal::atom(factor.atom.clone());
        let even =
            factor.exponent.to_i64().is_some_and(|exponent| exponent % 2 == 0) && is_real(factor);
        let positive = match &factor.atom {
            Atom::Prime(_) | Atom::Pi | Atom::E => true,
            Atom::Function(call) if call.0 == Function::Abs => true,
            _ => even,
        };
        let size = match &factor.atom {
            Atom::ImaginaryUnit => continue,
            _ if positive => bare,
            _ => atom(Function::Abs, vec![bare]),
        };
        result = result.multiply(&rational_power(&size, &factor.exponent, budget)?, budget)?;
    }
    Ok(result)
}

/// The largest integer that is not above a real constant.
fn floor(x: Normal, budget: &mut Budget) -> Normal {
    if let Some(value) = x.as_rational() {
        return Rational::from(value.floor()).into();
    }
    if x.is_constant()
        && let Ok(floor) = budget.attempt(ENCLOSURE, |part| enclosure::floor(&x.to_expr(), part))
    {
        return Rational::from(floor).into();
    }
    atom(Function::Floor, vec![x])
}

/// The natural logarithm: primes apart, a rational factor in front taken out.
fn logarithm(x: &Normal, budget: &mut Budget) -> Result<Normal, Stop> {
    if x.is_zero() {
        return Err(Stop::Undefined);
    }
    if let Some(value) = x.as_rational() {
        return logarithm_of_rational(&value, budget);
    }
    let Some(sum) = x.as_polynomial() else {
        if x.is_constant() {
            let below = x.denominator.clone().map_or(Normal::integer(1), Normal::from);
            let above = logarithm(&x.numerator.clone().into(), budget)?;
            return above.subtract(logarithm(&below, budget)?, budget);
        }
        return Ok(atom(Function::Ln, vec![x.clone()]));
    };
    if let Some(term) = sum.as_term() {
        return logarithm_of_term(term, budget);
    }
    let content = sum.content(budget)?;
    let scale = content.reciprocal().ok_or(Stop::Undefined)?;
    let primitive = x.clone().scale(&scale, budget)?;
    logarithm_of_rational(&content, budget)?.add(atom(Function::Ln, vec![primitive]), budget)
}

fn logarithm_of_rational(value: &Rational, budget: &mut Budget) -> Result<Normal, Stop> {
    let mut result = Normal::integer(0);
    if value.is_negative() {
        result = Normal::i().multiply(&Normal::pi(), budget)?;
    }
    let mut terms = Vec::new();
    for (part, direction) in [(value.numerator(), 1), (value.denominator(), -1)] {
        let found = integer::factor(part.magnitude(), budget)?;
        let primes = found.primes.into_iter().map(|(prime, count)| (BigInt::from(prime), count));
        let rest = found.rest.map(|rest| (BigInt::from(rest), 1));
        for (base, count) in primes.chain(rest) {
            let call = (Function::Ln, vec![Rational::from(base).into()]);
            terms.push(Term {
                monomial: super::monomial::Monomial::atom(Atom::Function(Arc::new(call))),
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
            other => atom(Function::Ln, vec![Normal::atom(other.clone())]),
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
            atom(Function::Ln, vec![inner]).scale(&factor.exponent, budget)?
        }
        [factor] if factor.atom == Atom::ImaginaryUnit => {
            // ln(±i) = ±iπ/2
            let half = &sign * &Rational::HALF;
            Normal::i().multiply(&Normal::pi(), budget)?.scale(&half, budget)?
        }
        _ => atom(Function::Ln, vec![Normal::term(&sign, symbolic, budget)?]),
    };
    result.add(rest, budget)
}

/// Hyperbolic functions as exponentials.
fn hyperbolic(function: &Function, x: &Normal, budget: &mut Budget) -> Result<Normal, Stop> {
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
fn inverse_hyperbolic(function: &Function, x: Normal, budget: &mut Budget) -> Result<Normal, Stop> {
    let one = Normal::integer(1);
    if *function == Function::Artanh {
        let ratio =
            one.clone().add(x.clone(), budget)?.divide(&one.subtract(x, budget)?, budget)?;
        return logarithm(&ratio, budget)?.scale(&Rational::HALF, budget);
    }
    let one = if *function == Function::Arsinh { one } else { one.negate() };
    let square = x.power_integer(2, budget)?.add(one, budget)?;
    let sum = x.add(rational_power(&square, &Rational::HALF, budget)?, budget)?;
    logarithm(&sum, budget)
}

/// The largest or smallest of constants; otherwise a set of arguments.
fn extremum(
    function: Function,
    mut arguments: Vec<Normal>,
    budget: &mut Budget,
) -> Result<Normal, Stop> {
    arguments.sort();
    arguments.dedup();
    let wanted = if function == Function::Max { Ordering::Greater } else { Ordering::Less };
    let mut best: Option<Normal> = None;
    for argument in &arguments {
        best = match best {
            None => Some(argument.clone()),
            Some(best) => {
                let difference = argument.clone().subtract(best.clone(), budget)?;
                match sign(&difference, budget) {
                    Some(order) if order == wanted => Some(argument.clone()),
                    Some(_) => Some(best),
                    None => return Ok(atom(function, arguments)),
                }
            }
        };
    }
    best.ok_or(Stop::Undefined)
}

/// Real and imaginary part, where every other atom is real.
fn real_and_imaginary(x: &Normal, budget: &mut Budget) -> Result<Option<(Normal, Normal)>, Stop> {
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

fn complex_part(function: &Function, x: Normal, budget: &mut Budget) -> Result<Normal, Stop> {
    let Some((real, imaginary)) = real_and_imaginary(&x, budget)? else {
        return Ok(atom(function.clone(), vec![x]));
    };
    match function {
        Function::Re => Ok(real),
        Function::Im => Ok(imaginary),
        _ => real.subtract(imaginary.multiply(&Normal::i(), budget)?, budget),
    }
}
