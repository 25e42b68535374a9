//! Where an expression may go over from one formula to another: `|u|`, `max` and `√(u²)` at a zero
//! of `u`, `1/u` at a pole inside of a function.
//!
//! Random points near zero would find `|x - 10|` equal to `10 - x`. So the expressions are also
//! compared along lines, between all the zeros on them and beyond, and at points farther from zero
//! than the numbers that occur.

use num_traits::ToPrimitive;

use crate::budget::{Budget, Stop};
use crate::canonical::enclosure::{Ball, Evaluator, Point, Region};
use crate::canonical::expression::{Expr, Function, Symbol};
use crate::canonical::number::{Random, Rational};

/// More switches than this are not followed.
const MOST: usize = 12;

/// Points that are taken far from zero.
const FAR_POINTS: usize = 16;

/// Bits for finding a zero.
const PRECISION: u64 = 128;

/// The places where two expressions switch.
pub(crate) struct Switches<'e> {
    /// Expressions that change sign, or have a zero, where one of the two switches.
    zeros: Vec<Expr>,
    sides: [&'e Expr; 2],
}

impl<'e> Switches<'e> {
    /// The switches of both; of very many, those that come first.
    pub(crate) fn of(a: &'e Expr, b: &'e Expr, budget: &mut Budget) -> Result<Self, Stop> {
        budget.spend(MOST as u64 * (a.nodes() + b.nodes()))?;
        let mut zeros = Vec::new();
        collect(a, &mut zeros);
        collect(b, &mut zeros);
        zeros.sort_unstable();
        zeros.dedup();
        zeros.truncate(MOST);
        Ok(Self { zeros, sides: [a, b] })
    }

    /// Points on all sides of the switches: between their zeros along a line in the direction of
    /// every variable, and far out.
    pub(crate) fn points(
        &self,
        variables: &[Symbol],
        random: &mut Random,
        budget: &mut Budget,
    ) -> Result<Vec<Point>, Stop> {
        let mut points = Vec::new();
        if self.zeros.is_empty() {
            return Ok(points);
        }
        let mut draw = |region: Region| {
            let values: Vec<(Symbol, Ball)> =
                variables.iter().map(|name| (name.clone(), region.value(random))).collect();
            (values.clone(), Point::new(values, region, random))
        };
        for index in 0..variables.len().min(MOST) {
            let (values, point) = draw(Region::Reals);
            let along = |value: Ball| {
                let mut values = values.clone();
                values[index].1 = value;
                point.with(values)
            };
            let mut zeros = Vec::new();
            for switch in &self.zeros {
                zeros.append(&mut zeros_along(switch, &along, budget)?);
            }
            points.extend(between(&zeros).into_iter().map(along));
        }
        let bits = self.sides.iter().map(|side| bits(side)).max().unwrap_or(0);
        let region = Region::Far(bits.saturating_add(4));
        points.extend((0..FAR_POINTS).map(|_| draw(region).1));
        Ok(points)
    }
}

/// Appends what decides which formula an expression follows. Inside a series it depends on the bound
/// variable, and is not followed.
fn collect(expr: &Expr, zeros: &mut Vec<Expr>) {
    if zeros.len() > 2 * MOST {
        return;
    }
    match expr {
        Expr::Rational(_) | Expr::Constant(_) | Expr::Variable(_) | Expr::Series(_) => {}
        Expr::Sum(parts) | Expr::Product(parts) => {
            for part in parts {
                collect(part, zeros);
            }
        }
        Expr::Power(parts) => {
            let (base, exponent) = &**parts;
            collect(base, zeros);
            collect(exponent, zeros);
            if base.is_constant() {
                return;
            }
            match (base, exponent) {
                (Expr::Power(inner), Expr::Rational(root)) if !root.is_integer() => {
                    zeros.push(inner.0.clone());
                }
                (_, Expr::Rational(value)) if !value.is_integer() || value.is_negative() => {
                    zeros.push(base.clone());
                }
                _ => {}
            }
        }
        Expr::Function(function, arguments) => {
            for argument in arguments {
                collect(argument, zeros);
            }
            match function {
                Function::Abs | Function::Sign => zeros.extend(arguments.iter().cloned()),
                Function::Max | Function::Min => {
                    for (index, a) in arguments.iter().enumerate() {
                        let others = arguments[index + 1..].iter().take(MOST);
                        zeros.extend(others.map(|b| Expr::difference(a.clone(), b.clone())));
                    }
                }
                _ => {}
            }
            zeros.retain(|zero| !zero.is_constant());
        }
    }
}

/// The zeros along a line of an expression that is of degree 1 or 2 there.
fn zeros_along(
    expr: &Expr,
    along: &impl Fn(Ball) -> Point,
    budget: &mut Budget,
) -> Result<Vec<Ball>, Stop> {
    let p = PRECISION;
    let mut values = Vec::new();
    for at in 0..4 {
        let value = Evaluator::new(p, along(Ball::from(at)), budget).evaluate(expr);
        match value.as_ref().map(|value| value.as_real().cloned()) {
            Ok(Some(value)) => values.push(value),
            Err(Stop::Work) if budget.remaining() == 0 => return Err(Stop::Work),
            _ => return Ok(Vec::new()),
        }
    }
    let differences = |values: &[Ball]| -> Vec<Ball> {
        values.windows(2).map(|pair| pair[1].subtract(&pair[0], p)).collect()
    };
    let first = differences(&values);
    let second = differences(&first);
    if !differences(&second).iter().all(Ball::contains_zero) {
        return Ok(Vec::new());
    }
    // c + b x + a x² from the values at 0, 1, 2.
    let a = second[0].shifted(-1);
    let b = first[0].subtract(&a, p);
    let c = &values[0];
    if a.contains_zero() {
        return Ok(c.negate().divide(&b, p).into_iter().collect());
    }
    let discriminant = b.multiply(&b, p).subtract(&a.multiply(c, p).shifted(2), p);
    let Some(root) = discriminant.root(2, p) else { return Ok(Vec::new()) };
    let (centre, double) = (b.negate(), a.shifted(1));
    let sides = [centre.subtract(&root, p), centre.add(&root, p)];
    Ok(sides.iter().filter_map(|side| side.divide(&double, p)).collect())
}

/// A point in every gap between these, and one beyond at either end.
fn between(zeros: &[Ball]) -> Vec<Ball> {
    let mut zeros: Vec<Ball> = zeros.iter().map(Ball::middle).collect();
    zeros.sort_by(|a, b| a.subtract(b, PRECISION).sign().unwrap_or(std::cmp::Ordering::Equal));
    let (Some(first), Some(last)) = (zeros.first(), zeros.last()) else { return Vec::new() };
    let step = Ball::rational(&Rational::new(7, 3).unwrap_or(Rational::ONE), PRECISION).middle();
    let mut points = vec![first.subtract(&step, PRECISION), last.add(&step, PRECISION)];
    points.extend(zeros.windows(2).map(|pair| pair[0].add(&pair[1], PRECISION).shifted(-1)));
    points.iter().map(Ball::middle).collect()
}

/// Bits of the largest number that occurs.
fn bits(expr: &Expr) -> u32 {
    match expr {
        Expr::Rational(value) => value.bits().to_u32().unwrap_or(u32::MAX),
        Expr::Constant(_) | Expr::Variable(_) => 1,
        Expr::Sum(parts) | Expr::Product(parts) | Expr::Function(_, parts) => {
            parts.iter().map(bits).max().unwrap_or(1)
        }
        Expr::Power(parts) => bits(&parts.0).max(bits(&parts.1)),
        Expr::Series(series) => bits(&series.from).max(bits(&series.to)).max(bits(&series.body)),
    }
}
