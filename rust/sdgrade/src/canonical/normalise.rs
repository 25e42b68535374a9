//! From an expression to its normal form.

use super::expr::Constant;
use super::monomial::{Atom, Factor, Monomial};
use super::normal::Normal;
use super::polynomial::{Polynomial, Term};
use super::{Expr, Rational, exact, power, series};
use crate::budget::{Budget, Stop};

/// Deepest nesting that is followed.
pub(super) const MAX_DEPTH: u32 = 200;

/// Expands an expression into its normal form.
///
/// # Errors
/// [`Stop::Work`] when it would be too large, [`Stop::Undefined`] when the expression has no value.
pub fn normalise(expr: &Expr, budget: &mut Budget) -> Result<Normal, Stop> {
    if let Some(sign) = expr.infinite_sign() {
        let infinity = Atom::opaque(Expr::infinity());
        return Ok(Polynomial::term(Monomial::atom(infinity), i64::from(sign).into()).into());
    }
    normal(expr, MAX_DEPTH, budget)
}

/// The normal form of a finite expression that nests at most `depth` levels.
pub(super) fn normal(expr: &Expr, depth: u32, budget: &mut Budget) -> Result<Normal, Stop> {
    let depth = depth.checked_sub(1).ok_or(Stop::Depth)?;
    budget.spend(8)?;
    if let Some(term) = simple_term(expr) {
        return Ok(Polynomial::term(term.monomial, term.coefficient).into());
    }
    match expr {
        Expr::Rational(value) => Ok(value.clone().into()),
        Expr::Constant(Constant::Infinity) => Err(Stop::Undefined),
        Expr::Constant(_) | Expr::Variable(_) => match simple_factor(expr) {
            Some(factor) => Ok(Normal::atom(factor.atom)),
            None => Err(Stop::Undefined),
        },
        Expr::Sum(terms) => sum(terms, depth, budget),
        Expr::Product(factors) => product(factors, depth, budget),
        Expr::Power(parts) => {
            if let Some(factor) = simple_factor(expr) {
                return Normal::term(&Rational::ONE, vec![factor], budget);
            }
            if let (Expr::Rational(base), Expr::Rational(exponent)) = &**parts {
                return power::power_of_rational(base, exponent, budget);
            }
            let base = normal(&parts.0, depth, budget)?;
            if let Expr::Rational(exponent) = &parts.1 {
                return power::rational_power(&base, exponent, budget);
            }
            power::power(&base, &normal(&parts.1, depth, budget)?, budget)
        }
        Expr::Function(function, arguments) => {
            let mut values = Vec::with_capacity(arguments.len());
            for argument in arguments {
                values.push(normal(argument, depth, budget)?);
            }
            exact::apply(function, values, budget)
        }
        Expr::Series(inner) => series::evaluate(inner, depth, budget),
    }
}

/// A power of a variable or a constant, read off without any arithmetic.
fn simple_factor(expr: &Expr) -> Option<Factor> {
    let atom = |expr: &Expr| match expr {
        Expr::Variable(symbol) => Some(Atom::Variable(symbol.clone())),
        Expr::Constant(Constant::Pi) => Some(Atom::Pi),
        Expr::Constant(Constant::E) => Some(Atom::E),
        Expr::Constant(Constant::I) => Some(Atom::ImaginaryUnit),
        _ => None,
    };
    match expr {
        Expr::Power(power) => match &power.1 {
            Expr::Rational(exponent) if exponent.is_integer() && !exponent.is_zero() => {
                Some(Factor { atom: atom(&power.0)?, exponent: exponent.clone() })
            }
            _ => None,
        },
        _ => Some(Factor { atom: atom(expr)?, exponent: Rational::ONE }),
    }
}

/// A term that needs no expansion: numbers and powers of variables.
fn simple_term(expr: &Expr) -> Option<Term> {
    let (coefficient, monomial) = match expr {
        Expr::Rational(value) => (value.clone(), Monomial::ONE),
        Expr::Product(factors) => {
            let (coefficient, factors) = match &factors[..] {
                [Expr::Rational(value), rest @ ..] => (value.clone(), rest),
                all => (Rational::ONE, all),
            };
            let mut powers = Vec::with_capacity(factors.len());
            for factor in factors {
                push_simple(factor, &mut powers)?;
            }
            collect_simple(&coefficient, powers)?
        }
        other => {
            let mut powers = Vec::with_capacity(1);
            push_simple(other, &mut powers)?;
            collect_simple(&Rational::ONE, powers)?
        }
    };
    let whole = monomial.factors().iter().all(|factor| !factor.exponent.is_negative());
    (whole && !coefficient.is_zero()).then_some(Term { monomial, coefficient })
}

/// Appends a power of a variable, or of the primes of a small number.
fn push_simple(expr: &Expr, factors: &mut Vec<Factor>) -> Option<()> {
    if let Some(factor) = simple_factor(expr) {
        factors.push(factor);
        return Some(());
    }
    match expr {
        Expr::Power(parts) => match &**parts {
            (Expr::Rational(base), Expr::Rational(exponent)) => {
                power::push_small_root(base, exponent, factors).then_some(())
            }
            _ => None,
        },
        _ => None,
    }
}

fn collect_simple(coefficient: &Rational, factors: Vec<Factor>) -> Option<(Rational, Monomial)> {
    let product = Monomial::collect(factors);
    let coefficient = coefficient.small_product(&product.coefficient)?;
    product.sums.is_empty().then_some((coefficient, product.monomial))
}

fn sum(terms: &[Expr], depth: u32, budget: &mut Budget) -> Result<Normal, Stop> {
    let mut collected = Vec::with_capacity(terms.len());
    let mut fractions = Vec::new();
    for term in terms {
        budget.spend(8)?;
        if let Some(term) = simple_term(term) {
            collected.push(term);
            continue;
        }
        let value = normal(term, depth, budget)?;
        if value.denominator.is_none() {
            collected.extend(value.numerator.into_terms());
        } else {
            fractions.push(value);
        }
    }
    let mut total = Normal::from(Polynomial::collect(collected, budget)?);
    for fraction in fractions {
        total = total.add(fraction, budget)?;
    }
    Ok(total)
}

fn product(factors: &[Expr], depth: u32, budget: &mut Budget) -> Result<Normal, Stop> {
    let mut coefficient = Rational::ONE;
    let mut simple = Vec::with_capacity(factors.len());
    let mut others = Vec::new();
    for factor in factors {
        budget.spend(4)?;
        if let Expr::Rational(value) = factor {
            budget.spend(coefficient.cost(value))?;
            coefficient = &coefficient * value;
        } else if push_simple(factor, &mut simple).is_none() {
            let value = normal(factor, depth, budget)?;
            match value.as_term() {
                Some(term) => {
                    budget.spend(coefficient.cost(&term.coefficient))?;
                    coefficient = &coefficient * &term.coefficient;
                    simple.extend(term.monomial.factors().iter().cloned());
                }
                None => others.push(value),
            }
        }
    }
    if coefficient.is_zero() {
        return Ok(coefficient.into());
    }
    let mut result = Normal::term(&coefficient, simple, budget)?;
    for other in others {
        result = result.multiply(&other, budget)?;
    }
    Ok(result)
}
