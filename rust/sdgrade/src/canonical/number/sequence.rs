//! Sequences of numbers.

use num_bigint::BigInt;
use num_traits::{One, Zero};

use super::rational::Rational;
use crate::budget::{Budget, Stop};

/// The Fibonacci number `F(n)` with `F(1) = F(2) = 1`, by doubling; `F(-n) = (-1)^(n+1) F(n)`.
pub(crate) fn fibonacci(n: i64, budget: &mut Budget) -> Result<BigInt, Stop> {
    let size = n.unsigned_abs();
    let words = size / 92 + 1;
    budget.spend(16 + words.saturating_mul(words) / 2)?;
    // F(2k) = F(k) (2 F(k+1) - F(k)) and F(2k+1) = F(k)² + F(k+1)².
    let (mut this, mut next) = (BigInt::zero(), BigInt::one());
    for bit in (0..64 - size.leading_zeros()).rev() {
        let doubled = &this * (&next * 2 - &this);
        let after = &this * &this + &next * &next;
        (this, next) = if size >> bit & 1 == 1 {
            let sum = &doubled + &after;
            (after, sum)
        } else {
            (doubled, after)
        };
    }
    Ok(if n < 0 && size.is_multiple_of(2) { -this } else { this })
}

/// The number of permutations of `n` things that leave none in its place: `!n = n·!(n-1) + (-1)^n`.
pub(crate) fn subfactorial(n: u64, budget: &mut Budget) -> Result<BigInt, Stop> {
    let mut value = BigInt::one();
    for k in 1..=n {
        budget.spend(4 + value.bits() / 64)?;
        value *= k;
        value += if k.is_multiple_of(2) { 1 } else { -1 };
    }
    Ok(value)
}

/// The Bernoulli numbers `B_0` to `B_n`, with `B_1 = +1/2`.
pub(crate) fn bernoulli(n: u32, budget: &mut Budget) -> Result<Vec<Rational>, Stop> {
    let mut numbers: Vec<Rational> = Vec::new();
    for index in 0..=i64::from(n) {
        // B_m = 1 - Σ_{k<m} C(m, k) B_k / (m - k + 1).
        let mut value = Rational::ONE;
        let mut binomial = Rational::ONE;
        for (k, known) in (0..).zip(&numbers) {
            budget.spend(value.cost(known) + binomial.cost(known))?;
            let scale = Rational::new(1, index - k + 1).unwrap_or(Rational::ONE);
            value = &value - &(&(&binomial * known) * &scale);
            let step = Rational::new(index - k, k + 1).unwrap_or(Rational::ONE);
            binomial = &binomial * &step;
        }
        numbers.push(value);
    }
    Ok(numbers)
}

/// The binomial coefficient of small numbers.
pub(crate) fn small_binomial(n: i64, k: i64) -> Rational {
    (0..k).fold(Rational::ONE, |value, step| {
        let factor = Rational::new(n - step, step + 1).unwrap_or(Rational::ONE);
        &value * &factor
    })
}
