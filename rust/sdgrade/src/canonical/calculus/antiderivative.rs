//! Antiderivatives in closed form. Each is proved by its derivative before it is given out.

use super::derivative::derivative;
use super::elementary::{Quadratic, of_power};
use super::rational_function::of_rational_function;
use crate::budget::{Budget, Stop};
use crate::canonical::decide::{Decision, coefficients, equal};
use crate::canonical::expression::{Expr, Function, Symbol};
use crate::canonical::normal::Polynomial;
use crate::canonical::normalise::normalise;
use crate::canonical::number::Rational;
use crate::canonical::number::sequence::small_binomial;

/// Powers of the variable up to this one are integrated beside other functions.
const MAX_DEGREE: i64 = 24;

/// An expression whose derivative with respect to the variable is the given one: for polynomials,
/// rational functions with rational poles and one quadratic factor, powers of linear and square roots
/// of quadratic expressions, and products of powers with exponentials, sines, cosines and logarithms.
/// The constant of integration is the caller's.
///
/// # Errors
/// [`Stop::Open`] for others.
pub(crate) fn antiderivative(
    expr: &Expr,
    variable: &Symbol,
    budget: &mut Budget,
) -> Result<Expr, Stop> {
    let found = find(expr, variable, budget)?;
    let back = derivative(&found, variable, budget)?;
    match equal(&back, expr, budget) {
        Decision::Equal(_) => Ok(found),
        Decision::Different(_) => Err(Stop::Open),
        Decision::Unknown(stop) => Err(stop),
    }
}

fn find(expr: &Expr, x: &Symbol, budget: &mut Budget) -> Result<Expr, Stop> {
    let normal = normalise(&circular_as_exponential(expr, x), budget)?;
    let Some(below) = normal.denominator() else {
        return of_sum(normal.numerator(), x, budget);
    };
    if !below.to_expr().mentions(x) {
        let above = of_sum(normal.numerator(), x, budget)?;
        return Ok(Expr::quotient(above, below.to_expr()));
    }
    if let Some(found) = of_rational_function(&normal, x, budget)? {
        return Ok(found);
    }
    // What is left is put as a sum of terms over a denominator of one term.
    let [term] = below.terms() else { return of_special(&normal.to_expr(), x, budget) };
    let inverse = Expr::power(term.to_expr(), Expr::integer(-1));
    let mut parts = Vec::new();
    for above in normal.numerator().terms() {
        let part = Expr::product(vec![above.to_expr(), inverse.clone()]);
        let part = normalise(&part, budget)?;
        let above = part.numerator().to_expr();
        let below = part.denominator().map(Polynomial::to_expr);
        let inverse = below.map(|below| Expr::power(below, Expr::integer(-1)));
        let product: Vec<Expr> = std::iter::once(above).chain(inverse).collect();
        parts.push(of_factors(&product, x, budget)?);
    }
    Ok(Expr::sum(parts))
}

/// Sines and cosines of linear expressions as exponentials, so that their products are sums.
fn circular_as_exponential(expr: &Expr, x: &Symbol) -> Expr {
    let each = |parts: &[Expr]| -> Vec<Expr> {
        parts.iter().map(|part| circular_as_exponential(part, x)).collect()
    };
    match expr {
        Expr::Sum(parts) => Expr::sum(each(parts)),
        Expr::Product(parts) => Expr::product(each(parts)),
        Expr::Power(parts) if parts.1.as_rational().is_some_and(is_natural) => {
            Expr::power(circular_as_exponential(&parts.0, x), parts.1.clone())
        }
        Expr::Function(Function::Sin | Function::Cos, arguments) if expr.mentions(x) => {
            let [angle] = &arguments[..] else { return expr.clone() };
            let turned = Expr::product(vec![Expr::i(), angle.clone()]);
            let rise = Expr::power(Expr::e(), turned.clone());
            let fall = Expr::power(Expr::e(), Expr::negate(turned));
            let half = Expr::rational(Rational::HALF);
            if matches!(expr, Expr::Function(Function::Cos, _)) {
                return Expr::product(vec![half, Expr::sum(vec![rise, fall])]);
            }
            let scale = Expr::negate(Expr::product(vec![half, Expr::i()]));
            Expr::product(vec![scale, Expr::difference(rise, fall)])
        }
        _ => expr.clone(),
    }
}

fn of_sum(sum: &Polynomial, x: &Symbol, budget: &mut Budget) -> Result<Expr, Stop> {
    let mut parts = Vec::new();
    for term in sum.terms() {
        parts.push(of_factors(&[term.to_expr()], x, budget)?);
    }
    Ok(Expr::sum(parts))
}

/// One product: `c x^n` times at most one exponential, root or logarithm.
fn of_factors(product: &[Expr], x: &Symbol, budget: &mut Budget) -> Result<Expr, Stop> {
    budget.spend(32)?;
    let name = Expr::Variable(x.clone());
    let mut constant = Vec::new();
    let mut degree = Rational::ZERO;
    // The exponent of e, and all other factors with theirs.
    let mut exponential = Vec::new();
    let mut others: Vec<(Expr, Expr)> = Vec::new();
    for factor in product.iter().flat_map(factors) {
        if !factor.mentions(x) {
            constant.push(factor);
            continue;
        }
        let (base, exponent) = base_and_exponent(factor);
        match exponent.as_rational() {
            Some(power) if base == name => degree = &degree + power,
            _ if !base.mentions(x) => {
                let logarithm = Expr::logarithm(Expr::e(), base);
                exponential.push(Expr::product(vec![exponent, logarithm]));
            }
            _ => others.push((base, exponent)),
        }
    }
    let natural = degree.to_i64().filter(|n| (0..=MAX_DEGREE).contains(n));
    if !exponential.is_empty() {
        let (Some(degree), []) = (natural, &others[..]) else { return Err(Stop::Open) };
        constant.push(of_exponential(degree, &Expr::sum(exponential), x, budget)?);
        return Ok(Expr::product(constant));
    }
    let found = match &others[..] {
        [] => of_power(&name, &degree),
        [(Expr::Function(Function::Ln, argument), one)] if *one == Expr::integer(1) => {
            of_logarithm(&degree, &argument[0], x, budget)?
        }
        [(base, exponent)] => {
            let exponent = exponent.as_rational().ok_or(Stop::Open)?;
            of_root(natural.ok_or(Stop::Open)?, base, exponent, x, budget)?
        }
        _ => return Err(Stop::Open),
    };
    constant.push(found);
    Ok(Expr::product(constant))
}

/// The factors of a product, or the expression itself; a power of a product as powers.
fn factors(expr: &Expr) -> Vec<Expr> {
    match expr {
        Expr::Product(factors) => factors.clone(),
        Expr::Power(parts) => match &parts.0 {
            Expr::Product(factors) => {
                let raised = |factor: &Expr| Expr::power(factor.clone(), parts.1.clone());
                factors.iter().map(raised).collect()
            }
            _ => vec![expr.clone()],
        },
        other => vec![other.clone()],
    }
}

/// `b` and `e` of `b^e`, where a power of a power is one.
fn base_and_exponent(expr: Expr) -> (Expr, Expr) {
    let Expr::Power(parts) = expr else { return (expr, Expr::integer(1)) };
    let (base, exponent) = *parts;
    match base {
        Expr::Power(inner) => {
            let (base, first) = *inner;
            (base, Expr::product(vec![first, exponent]))
        }
        base => (base, exponent),
    }
}

/// The two coefficients of a linear expression.
fn linear(expr: &Expr, x: &Symbol, budget: &mut Budget) -> Result<(Expr, Expr), Stop> {
    match <[Expr; 2]>::try_from(coefficients(expr, x, budget)?) {
        Ok([constant, slope]) => Ok((constant, slope)),
        Err(_) => Err(Stop::Open),
    }
}

/// `∫ x^n e^u dx` for a linear `u` with the slope `m`: `e^u Σ (-1)^j n!/(n-j)! x^(n-j) / m^(j+1)`.
fn of_exponential(
    degree: i64,
    exponent: &Expr,
    x: &Symbol,
    budget: &mut Budget,
) -> Result<Expr, Stop> {
    let rate = linear(exponent, x, budget)?.1;
    let mut factor = Rational::ONE;
    let mut terms = Vec::new();
    for j in 0..=degree {
        let power = Expr::power(Expr::Variable(x.clone()), Expr::integer(degree - j));
        let power = if j == degree { Expr::integer(1) } else { power };
        let below = Expr::power(rate.clone(), Expr::integer(-1 - j));
        terms.push(Expr::product(vec![Expr::rational(factor.clone()), power, below]));
        factor = &factor * &Rational::from(j - degree);
    }
    Ok(Expr::product(vec![Expr::power(Expr::e(), exponent.clone()), Expr::sum(terms)]))
}

/// `∫ x^q ln u dx` for a linear `u`, by parts.
fn of_logarithm(
    degree: &Rational,
    u: &Expr,
    x: &Symbol,
    budget: &mut Budget,
) -> Result<Expr, Stop> {
    let logarithm = Expr::logarithm(Expr::e(), u.clone());
    let (constant, slope) = linear(u, x, budget)?;
    let plain = normalise(&constant, budget)?.is_zero();
    let more = degree + &Rational::ONE;
    let Some(scale) = more.reciprocal() else {
        // ∫ ln(cx)/x = ln(cx)²/2
        let square = Expr::power(logarithm, Expr::integer(2));
        let half = Expr::product(vec![Expr::rational(Rational::HALF), square]);
        return if plain { Ok(half) } else { Err(Stop::Open) };
    };
    let scale = Expr::rational(scale);
    let power = Expr::power(Expr::Variable(x.clone()), more.into());
    let first = Expr::product(vec![scale.clone(), power.clone(), logarithm]);
    let rest = Expr::product(vec![scale, power, slope, Expr::power(u.clone(), Expr::integer(-1))]);
    Ok(Expr::difference(first, find(&rest, x, budget)?))
}

/// `∫ x^n u^q dx` for a linear `u` by `x = (u - c)/s`, or the square root of a quadratic one.
fn of_root(
    degree: i64,
    u: &Expr,
    exponent: &Rational,
    x: &Symbol,
    budget: &mut Budget,
) -> Result<Expr, Stop> {
    let coefficients = coefficients(u, x, budget)?;
    match &coefficients[..] {
        [constant, slope] => {
            let mut terms = Vec::new();
            for j in 0..=degree {
                // C(n, j) u^(j+q) (-c)^(n-j) / s^(n+1)
                let binomial = small_binomial(degree, j);
                let rest = match degree - j {
                    0 => Expr::integer(1),
                    left => Expr::power(Expr::negate(constant.clone()), Expr::integer(left)),
                };
                let power = of_power(u, &(exponent + &Rational::from(j)));
                let below = Expr::power(slope.clone(), Expr::integer(-1 - degree));
                terms.push(Expr::product(vec![Expr::rational(binomial), power, rest, below]));
            }
            Ok(Expr::sum(terms))
        }
        [constant, linear, squared] if degree == 0 && *exponent == Rational::HALF => {
            Quadratic { squared, linear, constant, variable: x }.integral_of_root(budget)
        }
        _ => Err(Stop::Open),
    }
}

/// What is in no other family: `c/√u` for a quadratic `u`, which in normal form is `c √u / u`.
fn of_special(expr: &Expr, x: &Symbol, budget: &mut Budget) -> Result<Expr, Stop> {
    let Expr::Product(product) = expr else { return Err(Stop::Open) };
    let root = product.iter().flat_map(factors).map(base_and_exponent).find(|(base, exponent)| {
        base.mentions(x) && exponent.as_rational() == Some(&Rational::HALF)
    });
    let (u, _) = root.ok_or(Stop::Open)?;
    let ratio = Expr::product(vec![expr.clone(), Expr::sqrt(u.clone())]);
    let ratio = normalise(&ratio, budget)?.to_expr();
    match &coefficients(&u, x, budget)?[..] {
        [constant, linear, squared] if !ratio.mentions(x) => {
            let quadratic = Quadratic { squared, linear, constant, variable: x };
            Ok(Expr::product(vec![ratio, quadratic.integral_of_inverse_root(budget)?]))
        }
        _ => Err(Stop::Open),
    }
}

fn is_natural(value: &Rational) -> bool {
    value.is_integer() && *value > Rational::ZERO
}
