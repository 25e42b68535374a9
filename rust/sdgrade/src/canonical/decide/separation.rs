//! How close to zero an algebraic number that is not zero can be.
//!
//! The bound of Burnikel, Fleischer, Mehlhorn and Schirra ("A strong and easily computable
//! separation bound for arithmetic expressions involving radicals", Algorithmica 2000): with upper
//! bounds u and l on the numerator's and the denominator's conjugates and D the product of the
//! degrees of all distinct roots, a nonzero value is at least 1 / (u^(D-1)·l). Cosines of rational
//! multiples of π are halves of algebraic integers no larger than 2, all in one cyclotomic field.

use std::collections::BTreeMap;

use num_integer::Integer;
use num_traits::ToPrimitive;

use crate::budget::{Budget, Stop};
use crate::canonical::expression::{Constant, Depth, Expr, Function};
use crate::canonical::number::Rational;

/// Base-2 logarithms of the bounds, rounded up.
#[derive(Clone, Copy)]
struct Bound {
    upper: f64,
    lower: f64,
}

/// What the degree of an expression is made of.
#[derive(Default)]
struct Roots<'e> {
    /// The degree of each distinct root, by its radicand.
    degrees: BTreeMap<&'e Expr, u32>,
    /// The common denominator of the angles of cosines, over π.
    angles: i64,
}

/// Largest common denominator of angles.
const MAX_ANGLES: i64 = 10_000;

/// A number of bits below zero that no nonzero value of this expression is: `|x| >= 2^-bits`.
/// `None` where the expression is not made of rational numbers, arithmetic and roots.
pub(crate) fn bits(expr: &Expr, budget: &mut Budget) -> Result<Option<u64>, Stop> {
    let mut roots = Roots { angles: 1, ..Roots::default() };
    let Some(bound) = bound(expr, Depth::FULL, &mut roots, budget)? else { return Ok(None) };
    let degree = roots.degrees.values().fold(1.0, |product: f64, &d| product * f64::from(d));
    // The field of the 2n-th roots of unity has a degree below 2n.
    let cyclotomic =
        if roots.angles == 1 { 1.0 } else { 2.0 * roots.angles.to_f64().unwrap_or(1e9) };
    let degree = degree * cyclotomic;
    let bits = (degree - 1.0) * bound.upper + bound.lower + 64.0;
    Ok(bits.to_u64().filter(|_| bits < 1e9))
}

fn bound<'e>(
    expr: &'e Expr,
    depth: Depth,
    roots: &mut Roots<'e>,
    budget: &mut Budget,
) -> Result<Option<Bound>, Stop> {
    let depth = depth.deeper()?;
    budget.spend(2)?;
    match expr {
        Expr::Rational(value) => Ok(Some(rational(value))),
        Expr::Constant(Constant::I) => {
            roots.degrees.insert(expr, 2);
            Ok(Some(Bound { upper: 0.0, lower: 0.0 }))
        }
        Expr::Sum(terms) => {
            let mut sum: Option<Bound> = None;
            for term in terms {
                let Some(term) = bound(term, depth, roots, budget)? else { return Ok(None) };
                sum = Some(sum.map_or(term, |sum| Bound {
                    upper: (sum.upper + term.lower).max(term.upper + sum.lower) + 1.0,
                    lower: sum.lower + term.lower,
                }));
            }
            Ok(sum)
        }
        Expr::Product(factors) => {
            let mut product = Bound { upper: 0.0, lower: 0.0 };
            for factor in factors {
                let Some(factor) = bound(factor, depth, roots, budget)? else { return Ok(None) };
                product.upper += factor.upper;
                product.lower += factor.lower;
            }
            Ok(Some(product))
        }
        Expr::Power(parts) => {
            let Expr::Rational(exponent) = &parts.1 else { return Ok(None) };
            let Some((above, below)) = exponent.to_small() else { return Ok(None) };
            let Some(base) = bound(&parts.0, depth, roots, budget)? else { return Ok(None) };
            let (Ok(degree), Some(count)) = (u32::try_from(below), above.unsigned_abs().to_f64())
            else {
                return Ok(None);
            };
            if degree > 1 {
                // Radicands are found by comparison.
                budget.spend(8 * parts.0.nodes())?;
                let known = roots.degrees.entry(&parts.0).or_insert(1);
                *known = known.lcm(&degree);
            }
            let root = root(base, f64::from(degree));
            let power = Bound { upper: root.upper * count, lower: root.lower * count };
            let inverse = Bound { upper: power.lower, lower: power.upper };
            Ok(Some(if above < 0 { inverse } else { power }))
        }
        Expr::Function(Function::Cos, arguments) => {
            let Some(denominator) = arguments.first().and_then(angle_denominator) else {
                return Ok(None);
            };
            roots.angles = roots.angles.lcm(&denominator);
            let known = roots.angles <= MAX_ANGLES;
            Ok(known.then_some(Bound { upper: 1.0, lower: 1.0 }))
        }
        _ => Ok(None),
    }
}

/// The denominator of an angle over π, if it is a rational multiple of π.
fn angle_denominator(angle: &Expr) -> Option<i64> {
    let Expr::Product(factors) = angle else { return None };
    let [Expr::Rational(turn), Expr::Constant(Constant::Pi)] = &factors[..] else { return None };
    turn.to_small().map(|(_, denominator)| denominator).filter(|&d| d <= MAX_ANGLES)
}

fn rational(value: &Rational) -> Bound {
    let logarithm = |bits: u64| bits.to_f64().unwrap_or(f64::INFINITY);
    Bound {
        upper: logarithm(value.numerator().bits()),
        lower: logarithm(value.denominator().bits()),
    }
}

/// The rule for a root: one of the two bounds takes up the other.
fn root(base: Bound, degree: f64) -> Bound {
    if base.upper >= base.lower {
        Bound { upper: (base.upper + (degree - 1.0) * base.lower) / degree, lower: base.lower }
    } else {
        Bound { upper: base.upper, lower: ((degree - 1.0) * base.upper + base.lower) / degree }
    }
}
