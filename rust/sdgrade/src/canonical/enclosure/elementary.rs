//! Elementary functions of balls, each to the precision of its context.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::ball::Ball;
use crate::budget::{Budget, Stop};

/// A precision in bits, the budget that pays for it, and the constants at that precision.
#[derive(Debug)]
pub(crate) struct Context<'b> {
    pub(crate) precision: u64,
    pub(crate) budget: &'b mut Budget,
    pi: Option<Ball>,
    ln_2: Option<Ball>,
}

impl<'b> Context<'b> {
    /// A context of this many bits.
    pub(crate) fn new(precision: u64, budget: &'b mut Budget) -> Self {
        Self { precision, budget, pi: None, ln_2: None }
    }

    /// Pays for `count` operations at this precision.
    pub(crate) fn spend(&mut self, count: u64) -> Result<(), Stop> {
        let words = self.precision / 64 + 1;
        self.budget.spend(count.saturating_mul(12 + words * words / 4))
    }

    /// π by Machin's formula, 16 arctan(1/5) - 4 arctan(1/239).
    pub(crate) fn pi(&mut self) -> Result<Ball, Stop> {
        if let Some(pi) = &self.pi {
            return Ok(pi.clone());
        }
        let fifth = self.inverse_arctangent(5, false)?;
        let small = self.inverse_arctangent(239, false)?;
        let p = self.precision;
        let pi = fifth.times(16, p).subtract(&small.times(4, p), p);
        self.pi = Some(pi.clone());
        Ok(pi)
    }

    /// ln 2 = 18 artanh(1/26) - 2 artanh(1/4801) + 8 artanh(1/8749).
    fn ln_2(&mut self) -> Result<Ball, Stop> {
        if let Some(ln_2) = &self.ln_2 {
            return Ok(ln_2.clone());
        }
        let p = self.precision;
        let ln_2 = self
            .inverse_arctangent(26, true)?
            .times(18, p)
            .subtract(&self.inverse_arctangent(4801, true)?.times(2, p), p)
            .add(&self.inverse_arctangent(8749, true)?.times(8, p), p);
        self.ln_2 = Some(ln_2.clone());
        Ok(ln_2)
    }

    /// `arctan(1/n)`, or `artanh(1/n)`, by its series in fixed point.
    fn inverse_arctangent(&mut self, n: i64, hyperbolic: bool) -> Result<Ball, Stop> {
        let bits = self.precision + 16;
        let mut power = (BigInt::from(1) << bits) / n;
        let mut sum = power.clone();
        let mut index: i64 = 1;
        while power.bits() > 0 {
            self.budget.spend(2 + bits / 256)?;
            power /= n * n;
            index += 2;
            let term = &power / index;
            if hyperbolic || index % 4 == 1 { sum += term } else { sum -= term }
        }
        // Each of the terms is off by less than two units, and so is the rest of the series.
        let error = i64::from(64 - (2 * index).leading_zeros());
        let exponent = -i64::try_from(bits).map_err(|_| Stop::Work)?;
        Ok(Ball::scaled(sum, exponent).widened(exponent + error, self.precision))
    }

    /// `e^x`.
    pub(crate) fn exponential(&mut self, x: &Ball) -> Result<Ball, Stop> {
        if x.is_zero() {
            return Ok(Ball::from(1));
        }
        if x.magnitude() > 60 {
            return Err(Stop::Work);
        }
        // x = k ln 2 + 2^8 t with |t| < 2^-8.
        let extra = self.with_extra_bits(16 + x.magnitude().max(0).unsigned_abs(), |wide| {
            let p = wide.precision;
            let ln_2 = wide.ln_2()?;
            let turns = x.divide(&ln_2, p).ok_or(Stop::Undefined)?;
            let turns = turns.nearest_integer().and_then(|k| k.to_i64()).ok_or(Stop::Work)?;
            let rest = x.subtract(&ln_2.times(turns, p), p).shifted(-8);
            if rest.magnitude() > 0 {
                return Err(Stop::Open);
            }
            let mut sum = wide.taylor(&rest, false)?.0;
            for _ in 0..8 {
                wide.spend(1)?;
                sum = sum.multiply(&sum, p);
            }
            Ok(sum.shifted(turns))
        })?;
        extra.within_range()
    }

    /// Runs a computation with more bits of precision.
    fn with_extra_bits(
        &mut self,
        bits: u64,
        work: impl FnOnce(&mut Context<'_>) -> Result<Ball, Stop>,
    ) -> Result<Ball, Stop> {
        let mut wide = Context::new(self.precision + bits, self.budget);
        work(&mut wide)
    }

    /// `Σ x^k / k!` as two sums, of the even and of the odd terms, each with alternating signs
    /// where `alternate`; without, the first of the pair is the whole sum. `|x|` is below 1.
    fn taylor(&mut self, x: &Ball, alternate: bool) -> Result<(Ball, Ball), Stop> {
        let p = self.precision;
        let target = -i64::try_from(p).map_err(|_| Stop::Work)?;
        let mut term = Ball::from(1);
        let (mut even, mut odd) = (Ball::zero(), Ball::zero());
        let mut k = 0;
        while term.magnitude() > target && !term.is_zero() {
            self.spend(5)?;
            let signed = if alternate && k % 4 >= 2 { term.negate() } else { term.clone() };
            let sum = if alternate && k % 2 == 1 { &mut odd } else { &mut even };
            *sum = sum.add(&signed, p);
            k += 1;
            let next = term.multiply(x, p).divide(&Ball::from(k), p);
            term = next.ok_or(Stop::Undefined)?;
        }
        // With |x| < 1 what is left is below twice the next term.
        let error = term.magnitude().saturating_add(1);
        if term.is_zero() {
            return Ok((even, odd));
        }
        Ok((even.widened(error, p), odd.widened(error, p)))
    }

    /// The natural logarithm of positive members.
    pub(crate) fn logarithm(&mut self, x: &Ball) -> Result<Ball, Stop> {
        if x.sign() != Some(Ordering::Greater) {
            return Err(Stop::Open);
        }
        // x = 2^k y with y between 1/2 and 1, or 1 and 2 where that is closer to 1.
        let mut shift = x.magnitude();
        let three_quarters = Ball::scaled(3.into(), -2);
        if x.shifted(-shift).subtract(&three_quarters, 64).sign() == Some(Ordering::Less) {
            shift -= 1;
        }
        let y = x.shifted(-shift);
        let extra = 16 + u64::from(64 - shift.unsigned_abs().leading_zeros());
        self.with_extra_bits(extra, |wide| {
            let p = wide.precision;
            let one = Ball::from(1);
            let z = y.subtract(&one, p).divide(&y.add(&one, p), p).ok_or(Stop::Open)?;
            let series = wide.odd_series(&z, true)?.shifted(1);
            Ok(wide.ln_2()?.times(shift, p).add(&series, p))
        })
    }

    /// `z ± z³/3 + z⁵/5 ± …`: artanh, or arctan with alternating signs, for `|z|` below 1/2.
    fn odd_series(&mut self, z: &Ball, hyperbolic: bool) -> Result<Ball, Stop> {
        let p = self.precision;
        if z.is_zero() {
            return Ok(Ball::zero());
        }
        if z.magnitude() > -1 {
            return Err(Stop::Open);
        }
        let target = -i64::try_from(p).map_err(|_| Stop::Work)? + z.magnitude().max(-(1 << 40));
        let square = z.multiply(z, p);
        let mut power = z.clone();
        let mut sum = Ball::zero();
        let mut index = 1;
        while power.magnitude() > target {
            self.spend(5)?;
            let term = power.divide(&Ball::from(index), p).ok_or(Stop::Undefined)?;
            let negative = !hyperbolic && index % 4 == 3;
            sum = if negative { sum.subtract(&term, p) } else { sum.add(&term, p) };
            power = power.multiply(&square, p);
            index += 2;
        }
        // Ratio of the terms below 1/4: the rest is below twice the next term.
        Ok(sum.widened(power.magnitude().saturating_add(1), p))
    }

    /// Sine and cosine.
    pub(crate) fn sine_cosine(&mut self, x: &Ball) -> Result<(Ball, Ball), Stop> {
        if x.is_zero() {
            return Ok((Ball::zero(), Ball::from(1)));
        }
        let magnitude = x.magnitude().max(0);
        if magnitude > 2_000 {
            return Err(Stop::Work);
        }
        let mut wide = Context::new(self.precision + 16 + magnitude.unsigned_abs(), self.budget);
        let p = wide.precision;
        let quarter = wide.pi()?.shifted(-1);
        let turns = x.divide(&quarter, p).and_then(|turns| turns.nearest_integer());
        let turns = turns.ok_or(Stop::Work)?;
        let rest = x.subtract(&quarter.multiply(&Ball::scaled(turns.clone(), 0), p), p);
        if rest.magnitude() > 0 {
            return Err(Stop::Open);
        }
        let (cosine, sine) = wide.taylor(&rest, true)?;
        let quarters: BigInt = ((turns % 4) + 4) % 4;
        Ok(match quarters.to_u8() {
            Some(0) => (sine, cosine),
            Some(1) => (cosine, sine.negate()),
            Some(2) => (sine.negate(), cosine.negate()),
            _ => (cosine.negate(), sine),
        })
    }

    /// The inverse tangent.
    pub(crate) fn arctangent(&mut self, x: &Ball) -> Result<Ball, Stop> {
        if x.is_zero() {
            return Ok(Ball::zero());
        }
        let p = self.precision;
        let one = Ball::from(1);
        if x.magnitude() > 1 && !x.contains_zero() {
            let inverse = one.divide(x, p).ok_or(Stop::Open)?;
            let half_turn = self.pi()?.shifted(-1);
            let rest = self.arctangent(&inverse)?;
            return Ok(match x.sign() {
                Some(Ordering::Less) => half_turn.negate().subtract(&rest, p),
                _ => half_turn.subtract(&rest, p),
            });
        }
        // arctan x = 2 arctan(x / (1 + √(1 + x²))), three times.
        let square = |x: &Ball| x.multiply(x, p + 8);
        let mut reduced = x.clone();
        for _ in 0..3 {
            self.spend(8)?;
            let root = one.add(&square(&reduced), p + 8).root(2, p + 8).ok_or(Stop::Open)?;
            reduced = reduced.divide(&one.add(&root, p + 8), p + 8).ok_or(Stop::Open)?;
        }
        Ok(self.odd_series(&reduced, false)?.shifted(3))
    }
}
