//! Greatest common divisors.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, Zero};

use crate::budget::{Budget, Stop};

/// The greatest common divisor of two words, by Stein's algorithm.
pub(crate) fn gcd_of_words(mut a: u64, mut b: u64) -> u64 {
    if a == 0 || b == 0 {
        return a | b;
    }
    let shift = (a | b).trailing_zeros();
    a >>= a.trailing_zeros();
    while b != 0 {
        b >>= b.trailing_zeros();
        if a > b {
            std::mem::swap(&mut a, &mut b);
        }
        b -= a;
    }
    a << shift
}

/// The greatest common divisor of two wide words: Euclid, in words as soon as both fit.
pub(crate) fn gcd_wide(a: u128, b: u128) -> u128 {
    match (u64::try_from(a), u64::try_from(b)) {
        (Ok(a), Ok(b)) => gcd_of_words(a, b).into(),
        _ if b == 0 => a,
        _ => gcd_wide(b, a % b),
    }
}

/// The greatest common divisor, as a positive number.
pub(crate) fn gcd(a: &BigInt, b: &BigInt) -> BigInt {
    if a.is_one() || b.is_one() {
        return BigInt::one();
    }
    // One division first: the binary gcd takes a step for every bit in which the two differ.
    let (large, small) = if a.bits() < b.bits() { (b, a) } else { (a, b) };
    if small.is_zero() { large.abs() } else { small.gcd(&(large % small)) }
}

/// Work units of the binary gcd of two integers of which the smaller has this many bits: a step for
/// every bit or two, each over all words.
pub(crate) fn gcd_cost(bits: u64) -> u64 {
    let words = bits / 64 + 1;
    160 * words + 13 * words * words
}

/// [`gcd`], paid for.
pub(crate) fn paid_gcd(a: &BigInt, b: &BigInt, budget: &mut Budget) -> Result<BigInt, Stop> {
    budget.spend(gcd_cost(a.bits().min(b.bits())))?;
    Ok(gcd(a, b))
}
