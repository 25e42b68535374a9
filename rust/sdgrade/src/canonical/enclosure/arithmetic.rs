//! Arithmetic of complex balls that notes what it loses.

use std::cmp::Ordering;

use num_integer::Integer;

use super::ball::Ball;
use super::complex::Complex;
use super::elementary::Context;
use crate::budget::{Budget, Stop};
use crate::canonical::number::Rational;

/// Bits that must be left to see a part that is smaller than the others.
const VISIBLE: u64 = 64;

/// A precision, and what became of the values so far.
#[derive(Debug)]
pub(crate) struct Arithmetic<'b> {
    pub(crate) context: Context<'b>,
    /// Whether an even root or a logarithm of a negative number was taken on account of a variable.
    pub(crate) left_reals: bool,
    /// Whether something was lost beside something much larger, as the 1 in `e^{1000} + 1`: values
    /// that agree may be different then.
    pub(crate) absorbed: bool,
}

impl<'b> Arithmetic<'b> {
    /// Arithmetic of this many bits.
    pub(crate) fn new(precision: u64, budget: &'b mut Budget) -> Self {
        let context = Context::new(precision, budget);
        Self { context, left_reals: false, absorbed: false }
    }

    /// The bits that are kept.
    pub(crate) fn precision(&self) -> u64 {
        self.context.precision
    }

    /// The size in bits beyond which a number, or its inverse, may hide what is added to it.
    pub(crate) fn extreme(&self) -> u64 {
        self.context.precision.saturating_sub(VISIBLE) / 2
    }

    /// The sum, which may absorb one of the two.
    pub(crate) fn add(&mut self, a: &Complex, b: &Complex) -> Complex {
        let p = self.context.precision;
        let most = i64::try_from(p.saturating_sub(VISIBLE)).unwrap_or(i64::MAX);
        for (a, b) in [(&a.real, &b.real), (&a.imaginary, &b.imaginary)] {
            let (large, small) = if a.magnitude() < b.magnitude() { (b, a) } else { (a, b) };
            let gap = large.magnitude().saturating_sub(small.magnitude());
            self.absorbed |= !small.contains_zero() && gap > most;
        }
        a.add(b, p)
    }

    /// Notes an argument so large or so small that a function of it may hide it, as `cos x` near 0.
    pub(crate) fn watch(&mut self, x: &Complex) {
        let most = self.extreme();
        for part in [&x.real, &x.imaginary] {
            self.absorbed |= !part.contains_zero() && part.magnitude().unsigned_abs() > most;
        }
    }

    /// Notes a complex number one of whose parts may hide the square of the other.
    pub(crate) fn watch_parts(&mut self, x: &Complex) {
        if !x.real.contains_zero() && !x.imaginary.contains_zero() {
            let gap = x.real.magnitude().saturating_sub(x.imaginary.magnitude());
            self.absorbed |= gap.unsigned_abs() > self.extreme();
        }
    }

    /// A value to a rational power; `constant` where no variable is to blame if it is not real.
    pub(crate) fn rational_power(
        &mut self,
        value: &Complex,
        constant: bool,
        exponent: &Rational,
    ) -> Result<Complex, Stop> {
        let p = self.context.precision;
        self.watch_parts(value);
        if exponent.is_zero() && value.contains_zero() {
            return Err(Stop::Undefined);
        }
        if let Some(whole) = exponent.to_i64() {
            self.context.spend(u64::from(64 - whole.unsigned_abs().leading_zeros()) * 2)?;
            let power = value.power(whole.unsigned_abs(), p);
            return if whole < 0 { power.reciprocal(p).ok_or(Stop::Undefined) } else { Ok(power) };
        }
        let odd_denominator = exponent.denominator().is_odd();
        let Some(real) = value.as_real() else {
            let logarithm = value.logarithm(&mut self.context)?;
            let scaled = logarithm.multiply(&Ball::rational(exponent, p).into(), p);
            self.watch(&scaled);
            return scaled.exponential(&mut self.context);
        };
        if real.is_zero() {
            return if exponent.is_negative() { Err(Stop::Undefined) } else { Ok(value.clone()) };
        }
        let negative = real.sign() == Some(Ordering::Less);
        let size = self.positive_power(&real.absolute(), exponent)?;
        if !negative {
            if real.contains_zero() && exponent.is_negative() {
                return Err(Stop::Undefined);
            }
            // A ball around zero may hold numbers of either sign.
            return if real.contains_zero() { Err(Stop::Open) } else { Ok(size.into()) };
        }
        if odd_denominator {
            let flipped = exponent.numerator().is_odd();
            return Ok(if flipped { size.negate() } else { size }.into());
        }
        if !constant {
            self.left_reals = true;
        }
        if *exponent == Rational::HALF {
            return Ok(Complex { real: Ball::zero(), imaginary: size });
        }
        let angle = self.context.pi()?.multiply(&Ball::rational(exponent, p), p);
        let (imaginary, real) = self.context.sine_cosine(&angle)?;
        let direction = Complex { real, imaginary };
        Ok(direction.multiply(&size.into(), p))
    }

    /// A power of nonnegative numbers.
    fn positive_power(&mut self, base: &Ball, exponent: &Rational) -> Result<Ball, Stop> {
        let p = self.context.precision;
        if let Some((above, below)) = exponent.to_small()
            && let Ok(degree) = u32::try_from(below)
            && degree <= 12
            && above.unsigned_abs() <= 1 << 20
        {
            self.context.spend(10 * u64::from(degree))?;
            let root = base.root(degree, p + 8).ok_or(Stop::Open)?;
            let power = root.power(above.unsigned_abs(), p + 8);
            return if above < 0 {
                Ball::from(1).divide(&power, p).ok_or(Stop::Undefined)
            } else {
                Ok(power)
            };
        }
        let logarithm = self.context.logarithm(base)?;
        let product = logarithm.multiply(&Ball::rational(exponent, p + 64), p + 64);
        self.watch(&product.clone().into());
        self.context.exponential(&product)
    }

    /// The principal square root. Whether reals were left is the caller's to say.
    pub(crate) fn square_root(&mut self, x: &Complex) -> Result<Complex, Stop> {
        self.rational_power(x, true, &Rational::HALF)
    }
}

/// Fails once exponents grow beyond what is followed.
pub(crate) fn within_range(value: Complex) -> Result<Complex, Stop> {
    Ok(Complex { real: value.real.within_range()?, imaginary: value.imaginary.within_range()? })
}
