//! Where an expression may go over from one formula to another: `|u|`, `max` and `√(u²)` at a zero
//! of `u`, `1/u` at a pole inside of a function.
//!
//! Random points near zero would find `|x - 10|` equal to `10 - x`. So the expressions are also
//! compared along lines, between all the zeros on them and beyond, and at points farther from zero
//! than the numbers that occur.

use num_traits::ToPrimitive;
use std::cmp::Ordering;

use crate::budget::{Budget, Stop};
use crate::canonical::enclosure::{Ball, Evaluator, Point, Region};
use crate::canonical::expression::{Expr, Function, Symbol};
use crate::canonical::number::{Random, Rational};

/// More switches than this are not followed.
const MOST: usize = 12;

/// Points at which both signs of a fold are looked for.
const SIGN_POINTS: usize = 48;

/// Powers of two up to which those points reach, or farther where larger numbers occur.
const SIGN_REACH: u32 = 64;

/// Points that are taken far from zero.
const FAR_POINTS: usize = 16;

/// Bits for finding a zero.
const PRECISION: u64 = 128;

/// The places where two expressions switch.
pub(crate) struct Switches<'e> {
    /// Expressions that change sign, or have a zero, where one of the two switches.
    zeros: Vec<Expr>,
    /// Those of them on whose sign the formula depends: `u` of `|u|`.
    folds: Vec<Expr>,
    sides: [&'e Expr; 2],
}

impl<'e> Switches<'e> {
    /// The switches of both; of very many, those that come first.
    pub(crate) fn of(a: &'e Expr, b: &'e Expr, budget: &mut Budget) -> Result<Self, Stop> {
        budget.spend(MOST as u64 * (a.nodes() + b.nodes()))?;
        let (mut zeros, mut folds) = (Vec::new(), Vec::new());
        for side in [a, b] {
            collect(side, &mut zeros, &mut folds);
        }
        for found in [&mut zeros, &mut folds] {
            found.sort_unstable();
            found.dedup();
            found.truncate(MOST);
        }
        Ok(Self { zeros, folds, sides: [a, b] })
    }

    /// Points at which the folds that are not followed along lines have either of their signs; `None` where
    /// one was not seen. `|\ln x - 10|` is `10 - \ln x` at every `x` below 22,026. An algebraic fold
    /// has no zeros beyond the numbers that occur: if it has one sign at all of the points, that is its sign.
    ///
    /// # Errors
    /// [`Stop::Work`] when the budget runs out.
    pub(crate) fn signs(
        &self,
        variables: &[Symbol],
        random: &mut Random,
        budget: &mut Budget,
    ) -> Result<Option<Vec<Point>>, Stop> {
        let mut points = Vec::new();
        let far = Region::Far(self.bits().saturating_add(4).max(SIGN_REACH));
        for fold in &self.folds {
            if is_positive(fold) || is_followed(fold, variables, random, budget)? {
                continue;
            }
            let mut signs: [Option<Point>; 2] = [None, None];
            for at in 0..SIGN_POINTS {
                let region = if at % 2 == 0 { Region::Reals } else { far };
                let point = draw(variables, region, random).1;
                match sign_at(fold, &point, budget)? {
                    Some(Ordering::Less) => signs[0] = Some(point),
                    Some(Ordering::Greater) => signs[1] = Some(point),
                    _ => {}
                }
                if signs.iter().all(Option::is_some) {
                    break;
                }
            }
            match signs {
                [Some(below), Some(above)] => points.extend([below, above]),
                [Some(point), None] | [None, Some(point)] if is_algebraic(fold) => {
                    points.push(point);
                }
                _ => return Ok(None),
            }
        }
        Ok(Some(points))
    }

    /// Bits of the largest number that occurs.
    fn bits(&self) -> u32 {
        self.sides.iter().map(|side| bits(side)).max().unwrap_or(0)
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
        for index in 0..variables.len().min(MOST) {
            let (values, point) = draw(variables, Region::Reals, random);
            let along = |value: Ball| {
                let mut values = values.clone();
                values[index].1 = value;
                point.with(values)
            };
            let mut zeros = Vec::new();
            for switch in &self.zeros {
                zeros.append(&mut zeros_along(switch, &along, budget)?.unwrap_or_default());
            }
            points.extend(between(&zeros).into_iter().map(along));
        }
        let region = Region::Far(self.bits().saturating_add(4));
        points.extend((0..FAR_POINTS).map(|_| draw(variables, region, random).1));
        Ok(points)
    }
}

/// Appends what decides which formula an expression follows. Inside a series it depends on the bound
/// variable, and is not followed.
fn collect(expr: &Expr, zeros: &mut Vec<Expr>, folds: &mut Vec<Expr>) {
    if zeros.len() > 2 * MOST {
        return;
    }
    match expr {
        Expr::Rational(_) | Expr::Constant(_) | Expr::Variable(_) | Expr::Series(_) => {}
        Expr::Sum(parts) | Expr::Product(parts) => {
            for part in parts {
                collect(part, zeros, folds);
            }
        }
        Expr::Power(parts) => {
            let (base, exponent) = &**parts;
            collect(base, zeros, folds);
            collect(exponent, zeros, folds);
            if base.is_constant() {
                return;
            }
            match (base, exponent) {
                (Expr::Power(inner), Expr::Rational(root)) if !root.is_integer() => {
                    zeros.push(inner.0.clone());
                    folds.push(inner.0.clone());
                }
                (_, Expr::Rational(value)) if !value.is_integer() || value.is_negative() => {
                    zeros.push(base.clone());
                }
                _ => {}
            }
        }
        Expr::Function(function, arguments) => {
            for argument in arguments {
                collect(argument, zeros, folds);
            }
            match function {
                Function::Abs | Function::Sign => {
                    zeros.extend(arguments.iter().cloned());
                    folds.extend(arguments.iter().cloned());
                }
                Function::Max | Function::Min => {
                    for (index, a) in arguments.iter().enumerate() {
                        for b in arguments[index + 1..].iter().take(MOST) {
                            let difference = Expr::difference(a.clone(), b.clone());
                            zeros.push(difference.clone());
                            folds.push(difference);
                        }
                    }
                }
                _ => {}
            }
            zeros.retain(|zero| !zero.is_constant());
            folds.retain(|fold| !fold.is_constant());
        }
    }
}

/// Values of the variables, and the point that they are.
fn draw(variables: &[Symbol], region: Region, random: &mut Random) -> (Vec<(Symbol, Ball)>, Point) {
    let values: Vec<(Symbol, Ball)> =
        variables.iter().map(|name| (name.clone(), region.value(random))).collect();
    (values.clone(), Point::new(values, region, random))
}

/// Whether an expression is made of sums, products, powers and roots alone.
fn is_algebraic(expr: &Expr) -> bool {
    match expr {
        Expr::Rational(_) | Expr::Constant(_) | Expr::Variable(_) => true,
        Expr::Sum(parts) | Expr::Product(parts) | Expr::Function(Function::Abs, parts) => {
            parts.iter().all(is_algebraic)
        }
        Expr::Power(parts) => is_algebraic(&parts.0) && parts.1.as_rational().is_some(),
        Expr::Function(..) | Expr::Series(_) => false,
    }
}

/// Whether an expression is positive wherever it is real, as it is written: `e^x`, `x^4 + 1`.
fn is_positive(expr: &Expr) -> bool {
    match expr {
        Expr::Rational(value) => *value > Rational::ZERO,
        Expr::Constant(_) => *expr == Expr::e() || *expr == Expr::pi(),
        Expr::Sum(parts) => {
            parts.iter().any(is_positive)
                && parts.iter().all(|part| is_positive(part) || is_not_negative(part))
        }
        Expr::Product(parts) => parts.iter().all(is_positive),
        Expr::Power(parts) => is_positive(&parts.0),
        _ => false,
    }
}

/// Whether an expression is nowhere negative, as it is written: `x^2`, `|x|`, `\sqrt{x}`.
fn is_not_negative(expr: &Expr) -> bool {
    match expr {
        Expr::Product(parts) => parts.iter().all(|part| is_positive(part) || is_not_negative(part)),
        Expr::Power(parts) => match &parts.1 {
            Expr::Rational(exponent) => {
                exponent.is_integer() && exponent.numerator() % 2 == 0.into()
                    || exponent.denominator() % 2 == 0.into()
            }
            _ => false,
        },
        Expr::Function(Function::Abs, _) => true,
        _ => false,
    }
}

/// Whether a fold is of degree 1 or 2 along every line: then all its zeros are known.
fn is_followed(
    fold: &Expr,
    variables: &[Symbol],
    random: &mut Random,
    budget: &mut Budget,
) -> Result<bool, Stop> {
    let (values, point) = draw(variables, Region::Reals, random);
    for index in 0..variables.len().min(MOST) {
        let along = |value: Ball| {
            let mut values = values.clone();
            values[index].1 = value;
            point.with(values)
        };
        if zeros_along(fold, &along, budget)?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The sign at a point, where it can be told.
fn sign_at(expr: &Expr, point: &Point, budget: &mut Budget) -> Result<Option<Ordering>, Stop> {
    match Evaluator::new(PRECISION, point.clone(), budget).evaluate(expr) {
        Ok(value) => Ok(value.as_real().and_then(Ball::sign)),
        Err(Stop::Work) if budget.remaining() == 0 => Err(Stop::Work),
        Err(_) => Ok(None),
    }
}

/// The zeros along a line of an expression that is of degree 1 or 2 there; `None` of another.
fn zeros_along(
    expr: &Expr,
    along: &impl Fn(Ball) -> Point,
    budget: &mut Budget,
) -> Result<Option<Vec<Ball>>, Stop> {
    let p = PRECISION;
    let mut values = Vec::new();
    for at in 0..4 {
        let value = Evaluator::new(p, along(Ball::from(at)), budget).evaluate(expr);
        match value.as_ref().map(|value| value.as_real().cloned()) {
            Ok(Some(value)) => values.push(value),
            Err(Stop::Work) if budget.remaining() == 0 => return Err(Stop::Work),
            _ => return Ok(None),
        }
    }
    let differences = |values: &[Ball]| -> Vec<Ball> {
        values.windows(2).map(|pair| pair[1].subtract(&pair[0], p)).collect()
    };
    let first = differences(&values);
    let second = differences(&first);
    if !differences(&second).iter().all(Ball::contains_zero) {
        return Ok(None);
    }
    // c + b x + a x² from the values at 0, 1, 2.
    let a = second[0].shifted(-1);
    let b = first[0].subtract(&a, p);
    let c = &values[0];
    if a.contains_zero() {
        return Ok(Some(c.negate().divide(&b, p).into_iter().collect()));
    }
    let discriminant = b.multiply(&b, p).subtract(&a.multiply(c, p).shifted(2), p);
    let Some(root) = discriminant.root(2, p) else { return Ok(Some(Vec::new())) };
    let (centre, double) = (b.negate(), a.shifted(1));
    let sides = [centre.subtract(&root, p), centre.add(&root, p)];
    Ok(Some(sides.iter().filter_map(|side| side.divide(&double, p)).collect()))
}

/// A point in every gap between these, and one beyond at either end.
fn between(zeros: &[Ball]) -> Vec<Ball> {
    let mut zeros: Vec<Ball> = zeros.iter().map(Ball::middle).collect();
    zeros.sort_by(|a, b| a.subtract(b, PRECISION).sign().unwrap_or(Ordering::Equal));
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
