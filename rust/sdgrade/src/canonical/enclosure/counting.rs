//! Factorials and what is counted with them.

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};

use super::arithmetic::Arithmetic;
use super::ball::Ball;
use super::elementary::Context;
use crate::budget::Stop;
use crate::canonical::number::{Rational, integer};

/// The coefficients `B_2k / (2k (2k-1))` of Stirling's series.
const STIRLING: [(i64, i64); 8] = [
    (1, 12),
    (-1, 360),
    (1, 1_260),
    (-1, 1_680),
    (1, 1_188),
    (-691, 360_360),
    (1, 156),
    (-3_617, 122_400),
];

impl Arithmetic<'_> {
    /// `n (n-1) … (n-k+1)`, over `k!` where `divided`.
    pub(crate) fn falling(&mut self, n: &Ball, k: &BigInt, divided: bool) -> Result<Ball, Stop> {
        let p = self.context.precision;
        let whole = n.as_integer().filter(|n| !n.is_negative());
        if k.is_negative() || whole.as_ref().is_some_and(|n| *k > *n) {
            return Ok(Ball::zero());
        }
        if let Some(n) = &whole {
            if divided
                && let (Some(n), Some(k)) = (n.to_u64(), k.to_u64())
                && n <= 1_000
            {
                let exact = integer::binomial(n, k, self.context.budget)?;
                return Ok(Ball::scaled(exact, 0));
            }
            let mut below = self.factorial(&(n - k))?;
            if divided {
                below = below.multiply(&self.factorial(k)?, p);
            }
            return self.factorial(n)?.divide(&below, p).ok_or(Stop::Open);
        }
        let k = k.to_i64().filter(|&k| k <= 1_000).ok_or(Stop::Work)?;
        let mut product = Ball::from(1);
        for step in 0..k {
            self.context.spend(3)?;
            let factor = self.add(&n.clone().into(), &Ball::from(-step).into()).real;
            product = product.multiply(&factor, p);
            if divided {
                product = product.divide(&(step + 1).into(), p).ok_or(Stop::Undefined)?;
            }
        }
        Ok(product)
    }

    /// `n!`: the product, or Stirling's series with its error bound for a large `n`.
    pub(crate) fn factorial(&mut self, n: &BigInt) -> Result<Ball, Stop> {
        let p = self.context.precision;
        if let Some(small) = n.to_i64()
            && small <= 2_000
        {
            self.context.spend(small.unsigned_abs())?;
            return Ok((2..=small).fold(Ball::from(1), |product, k| product.times(k, p)));
        }
        if n.bits() > 58 {
            return Err(Stop::Work);
        }
        // ln n! = n ln n - n + ln(2πn)/2 + Σ B_2k / (2k (2k-1) n^(2k-1)); the error is below the
        // first term left out.
        let wide = p + 2 * n.bits() + 16;
        let mut inner = Context::new(wide, self.context.budget);
        inner.spend(64)?;
        let n = Ball::scaled(n.clone(), 0);
        let logarithm = inner.logarithm(&n)?;
        let circle = inner.pi()?.shifted(1).multiply(&n, wide);
        let mut sum = n.multiply(&logarithm, wide).subtract(&n, wide);
        sum = sum.add(&inner.logarithm(&circle)?.shifted(-1), wide);
        let inverse = Ball::from(1).divide(&n, wide).ok_or(Stop::Open)?;
        let square = inverse.multiply(&inverse, wide);
        let mut power = inverse;
        for (above, below) in STIRLING {
            let coefficient = Rational::new(above, below).unwrap_or(Rational::ZERO);
            sum = sum.add(&power.multiply(&Ball::rational(&coefficient, wide), wide), wide);
            power = power.multiply(&square, wide);
        }
        let sum = sum.widened(power.magnitude() + 1, wide);
        inner.exponential(&sum)
    }
}
