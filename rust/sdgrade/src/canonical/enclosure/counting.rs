//! Functions of integers: factorials, what is counted with them, and zeta.

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};

use super::arithmetic::Arithmetic;
use super::ball::Ball;
use super::elementary::Context;
use crate::budget::Stop;
use crate::canonical::expression::Function;
use crate::canonical::number::{Rational, integer, prime, sequence};

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
    /// A function that has values at integers alone, or is only known there.
    pub(crate) fn function_of_integer(
        &mut self,
        function: &Function,
        n: &BigInt,
    ) -> Result<Ball, Stop> {
        let p = self.precision();
        let small = n.to_i64().filter(|n| n.unsigned_abs() <= 10_000).ok_or(Stop::Open);
        match function {
            Function::DoubleFactorial => {
                let n = u64::try_from(small?).map_err(|_| Stop::Open)?;
                self.context.spend(n)?;
                let factors = (1..=n).rev().step_by(2);
                Ok(factors.fold(Ball::from(1), |product, factor| {
                    product.multiply(&Ball::scaled(factor.into(), 0), p)
                }))
            }
            Function::Phi if n.is_positive() => {
                let count = prime::totient(n.magnitude(), self.context.budget)?;
                Ok(Ball::scaled(count.ok_or(Stop::Open)?, 0))
            }
            Function::Phi => Err(Stop::Undefined),
            Function::Subfactorial => {
                let n = u64::try_from(small?).map_err(|_| Stop::Open)?;
                Ok(Ball::scaled(sequence::subfactorial(n, self.context.budget)?, 0))
            }
            Function::Fibonacci => {
                Ok(Ball::scaled(sequence::fibonacci(small?, self.context.budget)?, 0))
            }
            Function::Zeta => {
                let s = small?;
                if s == 1 {
                    return Err(Stop::Undefined);
                }
                match u32::try_from(1 - s) {
                    Ok(index @ ..=200) => {
                        // -B_(1-s) / (1-s), with B_1 = +1/2
                        let numbers = sequence::bernoulli(index, self.context.budget)?;
                        let scale = Rational::new(-1, index.into()).unwrap_or(Rational::ONE);
                        let value = numbers.last().map(|number| number * &scale);
                        Ok(Ball::rational(&value.ok_or(Stop::Open)?, p))
                    }
                    Ok(_) => Err(Stop::Open),
                    Err(_) => self.zeta(u32::try_from(s).map_err(|_| Stop::Open)?),
                }
            }
            _ => Err(Stop::Open),
        }
    }

    /// `ζ(s)` for an integer above 1, by the alternating series and its Chebyshev weights (Borwein
    /// 2000, algorithm 2): with `n` of them the error is below `3 / (3 + √8)^n` over `1 - 2^(1-s)`.
    fn zeta(&mut self, s: u32) -> Result<Ball, Stop> {
        let p = self.precision() + 32;
        // (3 + √8)^n is at least 2^(5n/2).
        let count = p * 2 / 5 + 2;
        self.context.spend(8 * count)?;
        self.context.budget.spend(count * (count / 16 + 8))?;
        // d_k = n Σ_{i<=k} (n+i-1)! 4^i / ((n-i)! (2i)!), each summand from the one before.
        let mut summand = BigInt::from(1);
        let mut weights = vec![summand.clone()];
        for i in 0..count {
            summand = summand * (4 * (count + i) * (count - i)) / ((2 * i + 1) * (2 * i + 2));
            let last = weights.last().cloned().unwrap_or_default();
            weights.push(last + &summand);
        }
        let total = weights.pop().unwrap_or_default();
        let mut sum = Ball::zero();
        for (k, weight) in (1..).zip(&weights) {
            let power = Ball::from(k).power(s.into(), p);
            let term = Ball::scaled(&total - weight, 0).divide(&power, p).ok_or(Stop::Open)?;
            sum = if k % 2 == 1 { sum.add(&term, p) } else { sum.subtract(&term, p) };
        }
        let scale = Ball::from(1).subtract(&Ball::scaled(1.into(), 1 - i64::from(s)), p);
        let below = Ball::scaled(total, 0).multiply(&scale, p);
        let error = 4 - i64::try_from(count).map_err(|_| Stop::Work)? * 5 / 2;
        Ok(sum.divide(&below, p).ok_or(Stop::Open)?.widened(error, self.precision()))
    }

    /// `Γ(x + 1)`, which is `x!`, for an integer or half of an odd one.
    pub(crate) fn gamma_of_next(&mut self, x: &Ball) -> Result<Ball, Stop> {
        let p = self.precision();
        if let Some(n) = x.as_integer() {
            return if n.is_negative() { Err(Stop::Undefined) } else { self.factorial(&n) };
        }
        let twice = x.shifted(1).as_integer().and_then(|twice| twice.to_i64());
        let twice = twice.filter(|twice| twice.unsigned_abs() <= 4_000).ok_or(Stop::Open)?;
        self.context.spend(twice.unsigned_abs())?;
        // From (-1/2)! = √π upwards and downwards.
        let mut value = self.context.pi()?.root(2, p).ok_or(Stop::Open)?;
        for factor in (1..=twice).step_by(2) {
            value = value.times(factor, p).shifted(-1);
        }
        for factor in (twice + 2..=-1).step_by(2) {
            value = value.shifted(1).divide(&Ball::from(factor), p).ok_or(Stop::Open)?;
        }
        Ok(value)
    }

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
