//! Reading written numbers into rationals: digits, decimals, repeating decimals.

use num_bigint::BigInt;
use num_traits::{One, Zero};

use super::rational::Rational;
use crate::budget::{Budget, Stop};

/// Longest run of digits that is converted in one go; longer runs are split in halves.
const CHUNK: usize = 2_000;

/// Largest exponent of ten that a written number may carry before it is too long to hold.
const MAX_EXPONENT: u64 = 100_000;

impl Rational {
    /// The integer with these decimal digits.
    ///
    /// # Errors
    /// [`Stop::Work`] when there are too many digits for the budget, [`Stop::Undefined`] when there
    /// is something else than digits.
    pub(crate) fn from_digits(digits: &str, budget: &mut Budget) -> Result<Self, Stop> {
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Stop::Undefined);
        }
        if digits.len() <= 18 {
            let value = digits.bytes().fold(0, |sum, byte| sum * 10 + i64::from(byte - b'0'));
            return Ok(value.into());
        }
        big_integer(digits, budget).map(Self::from)
    }

    /// The decimal `integer.fraction · 10^exponent`; either run of digits may be empty.
    ///
    /// # Errors
    /// As [`Rational::from_digits`].
    pub(crate) fn from_decimal(
        integer: &str,
        fraction: &str,
        exponent: i64,
        budget: &mut Budget,
    ) -> Result<Self, Stop> {
        let length = integer.len() + fraction.len();
        let digits = if length <= 18 {
            let mut value = 0;
            for byte in integer.bytes().chain(fraction.bytes()) {
                if !byte.is_ascii_digit() {
                    return Err(Stop::Undefined);
                }
                value = value * 10 + i64::from(byte - b'0');
            }
            if length == 0 {
                return Err(Stop::Undefined);
            }
            Self::from(value)
        } else {
            Self::from_digits(&[integer, fraction].concat(), budget)?
        };
        let fraction_length = i64::try_from(fraction.len()).map_err(|_| Stop::Work)?;
        digits.times_power_of_ten(exponent.saturating_sub(fraction_length), budget)
    }

    /// The repeating decimal `integer.fraction` followed by `period` for ever.
    ///
    /// # Errors
    /// As [`Rational::from_digits`].
    pub(crate) fn from_repeating(
        integer: &str,
        fraction: &str,
        period: &str,
        budget: &mut Budget,
    ) -> Result<Self, Stop> {
        let start = Self::from_decimal(integer, fraction, 0, budget)?;
        let length = u64::try_from(period.len()).map_err(|_| Stop::Work)?;
        let nines = Self::from(power_of_ten(length, budget)? - 1);
        let period = Self::from_digits(period, budget)?;
        budget.spend(period.cost(&nines))?;
        let tail = period.divide(&nines).ok_or(Stop::Undefined)?;
        let shift = i64::try_from(fraction.len()).map_err(|_| Stop::Work)?;
        let tail = tail.times_power_of_ten(-shift, budget)?;
        budget.spend(start.cost(&tail))?;
        Ok(&start + &tail)
    }

    /// `self · 10^exponent`.
    ///
    /// # Errors
    /// [`Stop::Work`] when the result is too long for the budget.
    pub(crate) fn times_power_of_ten(
        &self,
        exponent: i64,
        budget: &mut Budget,
    ) -> Result<Self, Stop> {
        if exponent == 0 || self.is_zero() {
            return Ok(self.clone());
        }
        let power = Self::from(power_of_ten(exponent.unsigned_abs(), budget)?);
        budget.spend(self.cost(&power))?;
        if exponent > 0 { Ok(self * &power) } else { self.divide(&power).ok_or(Stop::Undefined) }
    }
}

/// `10^exponent`, if it can be held.
fn power_of_ten(exponent: u64, budget: &mut Budget) -> Result<BigInt, Stop> {
    if let Ok(exponent) = u32::try_from(exponent)
        && exponent <= 18
    {
        return Ok(10_i64.pow(exponent).into());
    }
    if exponent > MAX_EXPONENT {
        return Err(Stop::Work);
    }
    budget.spend(exponent * exponent / 4_000)?;
    let exponent = u32::try_from(exponent).map_err(|_| Stop::Work)?;
    Ok(BigInt::from(10).pow(exponent))
}

/// Digits to a big integer: halves joined by one multiplication each, from the bottom up, so that
/// the cost is that of a few multiplications rather than the square of the length.
fn big_integer(digits: &str, budget: &mut Budget) -> Result<BigInt, Stop> {
    let length = digits.len() as u64;
    budget.spend(length + length / 16 * (length / 16).isqrt())?;
    let digits = digits.as_bytes();
    let mut parts: Vec<BigInt> = Vec::with_capacity(digits.len() / CHUNK + 1);
    for chunk in digits.rchunks(CHUNK) {
        parts.push(BigInt::parse_bytes(chunk, 10).ok_or(Stop::Undefined)?);
    }
    let mut scale = BigInt::from(10).pow(u32::try_from(CHUNK).map_err(|_| Stop::Work)?);
    while parts.len() > 1 {
        parts = parts
            .chunks(2)
            .map(|pair| match pair {
                [low, high] => high * &scale + low,
                [low] => low.clone(),
                _ => BigInt::zero(),
            })
            .collect();
        if parts.len() > 1 {
            scale = &scale * &scale;
        } else {
            scale = BigInt::one();
        }
    }
    Ok(parts.pop().unwrap_or_default())
}
