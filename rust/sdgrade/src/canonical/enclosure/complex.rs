//! Complex numbers whose parts are balls.

use std::cmp::Ordering;

use super::ball::Ball;
use super::elementary::Context;
use crate::budget::Stop;

/// A rectangle of complex numbers.
#[derive(Clone, Debug)]
pub(crate) struct Complex {
    pub(crate) real: Ball,
    pub(crate) imaginary: Ball,
}

/// How two numbers that are only known within bounds agree, from not at all to entirely.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Agreement {
    /// The two have no number in common.
    No,
    /// They seem to have, but a part of them is too small to be seen.
    Hidden,
    /// They have, and this many leading bits are known to be the same.
    Bits(u64),
}

impl From<Ball> for Complex {
    fn from(real: Ball) -> Self {
        Self { real, imaginary: Ball::zero() }
    }
}

impl Complex {
    /// The imaginary unit.
    pub(crate) fn i() -> Self {
        Self { real: Ball::zero(), imaginary: Ball::from(1) }
    }

    /// The value as a real number, if the imaginary part is exactly 0.
    pub(crate) fn as_real(&self) -> Option<&Ball> {
        self.imaginary.is_zero().then_some(&self.real)
    }

    /// Whether 0 is a member.
    pub(crate) fn contains_zero(&self) -> bool {
        self.real.contains_zero() && self.imaginary.contains_zero()
    }

    pub(crate) fn add(&self, other: &Self, precision: u64) -> Self {
        Self {
            real: self.real.add(&other.real, precision),
            imaginary: self.imaginary.add(&other.imaginary, precision),
        }
    }

    pub(crate) fn negate(&self) -> Self {
        Self { real: self.real.negate(), imaginary: self.imaginary.negate() }
    }

    pub(crate) fn subtract(&self, other: &Self, precision: u64) -> Self {
        self.add(&other.negate(), precision)
    }

    pub(crate) fn multiply(&self, other: &Self, precision: u64) -> Self {
        match (self.as_real(), other.as_real()) {
            (Some(a), Some(b)) => a.multiply(b, precision).into(),
            (Some(a), None) => other.scale(a, precision),
            (None, Some(b)) => self.scale(b, precision),
            (None, None) => {
                let product = |a: &Ball, b: &Ball| a.multiply(b, precision);
                Self {
                    real: product(&self.real, &other.real)
                        .subtract(&product(&self.imaginary, &other.imaginary), precision),
                    imaginary: product(&self.real, &other.imaginary)
                        .add(&product(&self.imaginary, &other.real), precision),
                }
            }
        }
    }

    fn scale(&self, factor: &Ball, precision: u64) -> Self {
        Self {
            real: self.real.multiply(factor, precision),
            imaginary: self.imaginary.multiply(factor, precision),
        }
    }

    /// `1 / self`, unless 0 is a member.
    pub(crate) fn reciprocal(&self, precision: u64) -> Option<Self> {
        let one = Ball::from(1);
        if let Some(real) = self.as_real() {
            return one.divide(real, precision).map(Self::from);
        }
        let norm = one.divide(&self.squared_absolute(precision), precision)?;
        let conjugate = Self { real: self.real.clone(), imaginary: self.imaginary.negate() };
        Some(conjugate.scale(&norm, precision))
    }

    fn squared_absolute(&self, precision: u64) -> Ball {
        let square = |part: &Ball| part.multiply(part, precision);
        square(&self.real).add(&square(&self.imaginary), precision)
    }

    /// Whether the two may be the same number, and how far that is known.
    pub(crate) fn agreement(&self, other: &Self, precision: u64) -> Agreement {
        let apart = |a: &Ball, b: &Ball| a.is_disjoint(b, precision);
        if apart(&self.real, &other.real) || apart(&self.imaginary, &other.imaginary) {
            return Agreement::No;
        }
        let all = [&self.real, &other.real, &self.imaginary, &other.imaginary];
        if all.iter().all(|ball| ball.is_exact()) {
            return Agreement::Bits(precision);
        }
        let top = all.iter().map(|ball| if ball.is_zero() { i64::MIN } else { ball.magnitude() });
        let error = all.iter().map(|ball| ball.error_magnitude());
        let (top, error) = (top.max().unwrap_or(0), error.max().unwrap_or(0));
        Agreement::Bits(u64::try_from(top.saturating_sub(error)).unwrap_or(0).min(precision))
    }

    /// The absolute value.
    pub(crate) fn absolute(&self, precision: u64) -> Result<Ball, Stop> {
        match self.as_real() {
            Some(real) => Ok(real.absolute()),
            None => self.squared_absolute(precision).root(2, precision).ok_or(Stop::Open),
        }
    }

    /// A whole power.
    pub(crate) fn power(&self, exponent: u64, precision: u64) -> Self {
        if let Some(real) = self.as_real() {
            return real.power(exponent, precision).into();
        }
        let mut result = Self::from(Ball::from(1));
        let mut square = self.clone();
        let mut rest = exponent;
        while rest > 0 {
            if rest & 1 == 1 {
                result = result.multiply(&square, precision);
            }
            rest >>= 1;
            if rest > 0 {
                square = square.multiply(&square, precision);
            }
        }
        result
    }

    /// The angle of the number, above `-π` and up to `π`.
    pub(crate) fn argument(&self, context: &mut Context<'_>) -> Result<Ball, Stop> {
        let p = context.precision;
        let (x, y) = (&self.real, &self.imaginary);
        if x.sign() == Some(Ordering::Greater) {
            let tangent = y.divide(x, p).ok_or(Stop::Open)?;
            return context.arctangent(&tangent);
        }
        if y.is_zero() && x.sign() == Some(Ordering::Less) {
            return context.pi();
        }
        let quarter = context.pi()?.shifted(-1);
        let cotangent = x.divide(y, p).ok_or(Stop::Open)?;
        let rest = context.arctangent(&cotangent)?;
        match y.sign() {
            Some(Ordering::Greater) => Ok(quarter.subtract(&rest, p)),
            Some(Ordering::Less) => Ok(quarter.negate().subtract(&rest, p)),
            _ => Err(Stop::Open),
        }
    }

    /// The principal logarithm.
    pub(crate) fn logarithm(&self, context: &mut Context<'_>) -> Result<Self, Stop> {
        if let Some(real) = self.as_real()
            && real.sign() == Some(Ordering::Greater)
        {
            return context.logarithm(real).map(Self::from);
        }
        let absolute = self.absolute(context.precision)?;
        let real = context.logarithm(&absolute)?;
        Ok(Self { real, imaginary: self.argument(context)? })
    }

    /// The exponential.
    pub(crate) fn exponential(&self, context: &mut Context<'_>) -> Result<Self, Stop> {
        let size = Self::from(context.exponential(&self.real)?);
        if self.imaginary.is_zero() {
            return Ok(size);
        }
        let (imaginary, real) = context.sine_cosine(&self.imaginary)?;
        Ok(size.multiply(&Self { real, imaginary }, context.precision))
    }
}
