//! Primes: factorisation, and arithmetic modulo a word.

use num_bigint::{BigInt, BigUint};
use num_traits::{One, ToPrimitive, Zero};

use super::gcd::gcd_of_words;
use crate::budget::{Budget, Stop};

/// Primes that are divided out of an integer of any size before anything else is tried.
const TRIAL_LIMIT: u64 = 1_000;

/// A positive integer as a product of prime powers, as far as that is affordable.
#[derive(Debug, Default)]
pub(crate) struct Factorisation {
    /// Primes in increasing order, with their exponents.
    pub(crate) primes: Vec<(u64, u32)>,
    /// What is left of an integer of more than 64 bits: no prime below the trial limit divides it.
    pub(crate) rest: Option<BigUint>,
}

impl Factorisation {
    fn push(&mut self, prime: u64, exponent: u32) {
        match self.primes.iter_mut().find(|(known, _)| *known == prime) {
            Some((_, count)) => *count += exponent,
            None => self.primes.push((prime, exponent)),
        }
    }
}

/// Factors a positive integer.
pub(crate) fn factor(value: &BigUint, budget: &mut Budget) -> Result<Factorisation, Stop> {
    let mut found = Factorisation::default();
    if let Some(small) = value.to_u64() {
        factor_word(small, &mut found, budget)?;
        return Ok(found);
    }
    let mut rest = value.clone();
    let words = rest.bits() / 64 + 1;
    let mut divisor = 2;
    while divisor < TRIAL_LIMIT {
        budget.spend(words)?;
        let mut exponent = 0;
        while (&rest % divisor).is_zero() {
            budget.spend(words)?;
            rest /= divisor;
            exponent += 1;
        }
        if exponent > 0 {
            found.primes.push((divisor, exponent));
        }
        divisor += if divisor == 2 { 1 } else { 2 };
    }
    match rest.to_u64() {
        Some(small) => factor_word(small, &mut found, budget)?,
        None => found.rest = Some(rest),
    }
    Ok(found)
}

/// Factors a machine word: trial division, then Pollard's rho.
fn factor_word(value: u64, found: &mut Factorisation, budget: &mut Budget) -> Result<(), Stop> {
    let mut rest = value;
    let mut divisor = 2;
    while divisor < TRIAL_LIMIT && divisor * divisor <= rest {
        let mut exponent = 0;
        while rest.is_multiple_of(divisor) {
            rest /= divisor;
            exponent += 1;
        }
        if exponent > 0 {
            found.push(divisor, exponent);
        }
        divisor += if divisor == 2 { 1 } else { 2 };
    }
    budget.spend(1 + divisor / 3)?;
    let mut parts = vec![rest];
    while let Some(part) = parts.pop() {
        if part == 1 {
            continue;
        }
        if part < TRIAL_LIMIT * TRIAL_LIMIT || is_prime(part) {
            found.push(part, 1);
            continue;
        }
        let divisor = pollard_rho(part, budget)?;
        parts.push(divisor);
        parts.push(part / divisor);
    }
    found.primes.sort_unstable();
    Ok(())
}

/// A proper divisor of an odd composite number.
fn pollard_rho(value: u64, budget: &mut Budget) -> Result<u64, Stop> {
    let root = value.isqrt();
    if root * root == value {
        return Ok(root);
    }
    for increment in 1..value {
        let step = |x| add_modulo(multiply_modulo(x, x, value), increment, value);
        let (mut slow, mut fast) = (2, 2);
        loop {
            budget.spend(8)?;
            slow = step(slow);
            fast = step(step(fast));
            let divisor = gcd_of_words(slow.abs_diff(fast), value);
            if divisor == value {
                break;
            }
            if divisor != 1 {
                return Ok(divisor);
            }
        }
    }
    Err(Stop::Open)
}

/// Whether a word is prime: Miller and Rabin with the bases that decide it for 64 bits.
pub(crate) fn is_prime(value: u64) -> bool {
    const BASES: [u64; 12] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37];
    if value < 2 {
        return false;
    }
    if let Some(base) = BASES.iter().find(|&&base| value.is_multiple_of(base)) {
        return value == *base;
    }
    let shift = (value - 1).trailing_zeros();
    let odd = (value - 1) >> shift;
    BASES.iter().all(|&base| {
        let mut power = power_modulo(base, odd, value);
        if power == 1 || power == value - 1 {
            return true;
        }
        for _ in 1..shift {
            power = multiply_modulo(power, power, value);
            if power == value - 1 {
                return true;
            }
        }
        false
    })
}

/// `a + b` modulo `modulus`.
pub(crate) fn add_modulo(a: u64, b: u64, modulus: u64) -> u64 {
    let sum = (u128::from(a) + u128::from(b)) % u128::from(modulus);
    u64::try_from(sum).unwrap_or_default()
}

/// `a · b` modulo `modulus`.
pub(crate) fn multiply_modulo(a: u64, b: u64, modulus: u64) -> u64 {
    let product = (u128::from(a) * u128::from(b)) % u128::from(modulus);
    u64::try_from(product).unwrap_or_default()
}

/// `base ^ exponent` modulo `modulus`.
pub(crate) fn power_modulo(base: u64, mut exponent: u64, modulus: u64) -> u64 {
    let mut square = base % modulus;
    let mut power = 1 % modulus;
    while exponent > 0 {
        if exponent & 1 == 1 {
            power = multiply_modulo(power, square, modulus);
        }
        square = multiply_modulo(square, square, modulus);
        exponent >>= 1;
    }
    power
}

/// Euler's totient of a positive integer.
pub(crate) fn totient(value: &BigUint, budget: &mut Budget) -> Result<Option<BigInt>, Stop> {
    let factors = factor(value, budget)?;
    if factors.rest.is_some() {
        return Ok(None);
    }
    let mut result = BigInt::one();
    for (prime, exponent) in factors.primes {
        result *= BigInt::from(prime).pow(exponent - 1) * (prime - 1);
    }
    Ok(Some(result))
}
