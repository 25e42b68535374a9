//! From an expression to its normal form.

use super::apply::apply;
use super::infinite::{infinite_product, infinite_sum};
use super::summand::apart;
use super::{power, root, series, tower};
use crate::budget::{Budget, Stop};
use crate::canonical::expression::{Constant, Depth, Expr, Series, SeriesKind, Symbol};
use crate::canonical::normal::{Atom, Factor, Monomial, Normal, Polynomial, Term};
use crate::canonical::number::Rational;

/// A series of more terms than this is not written out.
const MAX_WRITTEN_OUT: i64 = 2_000;

/// Expands an expression into its normal form.
///
/// # Errors
/// [`Stop::Work`] when it would be too large, [`Stop::Undefined`] when the expression has no value.
pub(crate) fn normalise(expr: &Expr, budget: &mut Budget) -> Result<Normal, Stop> {
    if let Some(sign) = expr.infinite_sign() {
        let infinity = Atom::opaque(Expr::infinity());
        return Ok(Polynomial::term(Monomial::atom(infinity), i64::from(sign).into()).into());
    }
    normal(expr, Depth::FULL, budget)
}

/// The normal form of a finite expression that nests at most `depth` levels.
fn normal(expr: &Expr, depth: Depth, budget: &mut Budget) -> Result<Normal, Stop> {
    let depth = depth.deeper()?;
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
            tower::power(&base, &normal(&parts.1, depth, budget)?, budget)
        }
        Expr::Function(function, arguments) => {
            let mut values = Vec::with_capacity(arguments.len());
            for argument in arguments {
                values.push(normal(argument, depth, budget)?);
            }
            apply(function, values, budget)
        }
        Expr::Series(inner) => series(inner, depth, budget),
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
                root::push_small_root(base, exponent, factors).then_some(())
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

fn sum(terms: &[Expr], depth: Depth, budget: &mut Budget) -> Result<Normal, Stop> {
    let mut collected = Vec::with_capacity(terms.len());
    let mut fractions = Vec::new();
    for term in terms {
        budget.spend(8)?;
        if let Some(term) = simple_term(term) {
            collected.push(term);
            continue;
        }
        match normal(term, depth, budget)?.into_polynomial() {
            Ok(polynomial) => collected.extend(polynomial.into_terms()),
            Err(fraction) => fractions.push(fraction),
        }
    }
    let mut total = Normal::from(Polynomial::collect(collected, budget)?);
    for fraction in fractions {
        total = total.add(fraction, budget)?;
    }
    Ok(total)
}

fn product(factors: &[Expr], depth: Depth, budget: &mut Budget) -> Result<Normal, Stop> {
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

/// The value of a series, or an atom for it.
fn series(series: &Series, depth: Depth, budget: &mut Budget) -> Result<Normal, Stop> {
    let from = normal(&series.from, depth, budget)?;
    let infinite = series.to == Expr::Constant(Constant::Infinity);
    if infinite {
        let body = normal(&series.body, depth, budget)?;
        let value = match series.kind {
            SeriesKind::Sum => infinite_sum(series, &from, &body, budget)?,
            SeriesKind::Product => infinite_product(series, &from, &body, budget)?,
        };
        return match value {
            Some(sum) => Ok(sum),
            None => Ok(opaque(series, &from, None, &body)),
        };
    }
    let to = normal(&series.to, depth, budget)?;
    let bounds = from.as_i64().zip(to.as_i64());
    if let Some((from, to)) = bounds {
        let count = to.saturating_sub(from).saturating_add(1);
        if count <= 0 {
            return Ok(Normal::integer(i64::from(series.kind == SeriesKind::Product)));
        }
        if count <= 16 {
            return write_out(series, from, to, depth, budget);
        }
    }
    let body = normal(&series.body, depth, budget);
    if let Ok(body) = &body {
        let closed = match series.kind {
            SeriesKind::Sum => series::closed_sum(series, &from, &to, body, budget)?,
            SeriesKind::Product => series::closed_product(series, &from, &to, body, budget)?,
        };
        if let Some(closed) = closed {
            return Ok(closed);
        }
    }
    match bounds {
        Some((from, to)) if to.saturating_sub(from) < MAX_WRITTEN_OUT => {
            write_out(series, from, to, depth, budget)
        }
        _ => in_parts(series, &from, &to, &body?, budget),
    }
}

/// A finite series without a closed form: a sum of its terms' sums, without the factors that do not depend on
/// the index, and a product of quotients as the quotient of the products.
fn in_parts(
    series: &Series,
    from: &Normal,
    to: &Normal,
    body: &Normal,
    budget: &mut Budget,
) -> Result<Normal, Stop> {
    match (series.kind, body.denominator()) {
        (SeriesKind::Sum, _) => {
            let Some(terms) = body.as_terms(budget)? else {
                return Ok(opaque(series, from, Some(to), body));
            };
            let mut total = Normal::integer(0);
            for term in terms.terms() {
                let (rest, inner) = apart(term, &series.variable, budget)?;
                let sum = match series::closed_sum(series, from, to, &inner, budget)? {
                    Some(sum) => sum,
                    None => opaque(series, from, Some(to), &inner),
                };
                total = total.add(rest.multiply(&sum, budget)?, budget)?;
            }
            Ok(total)
        }
        (SeriesKind::Product, Some(below)) => {
            let mut parts = [body.numerator(), below].map(|part| Normal::from(part.clone()));
            for part in &mut parts {
                *part = match series::closed_product(series, from, to, part, budget)? {
                    Some(product) => product,
                    None => opaque(series, from, Some(to), part),
                };
            }
            parts[0].divide(&parts[1], budget)
        }
        (SeriesKind::Product, None) => Ok(opaque(series, from, Some(to), body)),
    }
}

/// Term by term.
fn write_out(
    series: &Series,
    from: i64,
    to: i64,
    depth: Depth,
    budget: &mut Budget,
) -> Result<Normal, Stop> {
    let mut terms = Vec::new();
    let nodes = series.body.nodes();
    for index in from..=to {
        budget.spend(8 + 8 * nodes)?;
        terms.push(series.body.substitute(&series.variable, &Expr::integer(index)));
    }
    let whole = match series.kind {
        SeriesKind::Sum => Expr::sum(terms),
        SeriesKind::Product => Expr::product(terms),
    };
    normal(&whole, depth, budget)
}

/// The series as an atom, the bound variable under a name that does not depend on the writer.
fn opaque(series: &Series, from: &Normal, to: Option<&Normal>, body: &Normal) -> Normal {
    let body = body.to_expr();
    let name = Symbol::new(&format!("#{}", series_inside(&body)));
    let body = body.substitute(&series.variable, &Expr::Variable(name.clone()));
    let to = to.map_or_else(Expr::infinity, Normal::to_expr);
    let series = Expr::series(series.kind, name, from.to_expr(), to, body);
    Normal::opaque(series)
}

/// How many series nest in an expression: inner bound variables have smaller numbers.
fn series_inside(expr: &Expr) -> usize {
    match expr {
        Expr::Rational(_) | Expr::Constant(_) | Expr::Variable(_) => 0,
        Expr::Sum(parts) | Expr::Product(parts) | Expr::Function(_, parts) => {
            parts.iter().map(series_inside).max().unwrap_or(0)
        }
        Expr::Power(parts) => series_inside(&parts.0).max(series_inside(&parts.1)),
        Expr::Series(inner) => {
            let bounds = series_inside(&inner.from).max(series_inside(&inner.to));
            bounds.max(series_inside(&inner.body)) + 1
        }
    }
}
