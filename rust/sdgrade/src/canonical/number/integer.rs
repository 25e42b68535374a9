//! Integers: exact roots, factorials and binomials.

use num_bigint::{BigInt, BigUint};
use num_traits::{One, Zero};

use crate::budget::{Budget, Stop};

/// The exact `degree`-th root of a positive integer, if it has one.
pub(crate) fn exact_root(
    value: &BigUint,
    degree: u32,
    budget: &mut Budget,
) -> Result<Option<BigUint>, Stop> {
    let words = value.bits() / 64 + 1;
    budget.spend(20 * words * words)?;
    let root = value.nth_root(degree);
    Ok((root.pow(degree) == *value).then_some(root))
}

/// `n!` for a small `n`, by halves so that the factors of a multiplication are of one size.
pub(crate) fn factorial(n: u64, budget: &mut Budget) -> Result<BigInt, Stop> {
    product_of_range(1, n, 1, budget)
}

/// The product of `from, from + step, …` up to `to`.
pub(crate) fn product_of_range(
    from: u64,
    to: u64,
    step: u64,
    budget: &mut Budget,
) -> Result<BigInt, Stop> {
    let mut parts: Vec<BigInt> = Vec::new();
    let mut word: u64 = 1;
    let mut next = from;
    while next <= to {
        budget.spend(1)?;
        if let Some(product) = word.checked_mul(next) {
            word = product;
        } else {
            parts.push(word.into());
            word = next;
        }
        next = next.checked_add(step).ok_or(Stop::Work)?;
    }
    parts.push(word.into());
    while parts.len() > 1 {
        let mut halves = Vec::with_capacity(parts.len() / 2 + 1);
        for pair in parts.chunks(2) {
            if let [left, right] = pair {
                budget.spend(6 + (left.bits() / 64 + 1) * (right.bits() / 64 + 1) / 8)?;
                halves.push(left * right);
            } else {
                halves.extend_from_slice(pair);
            }
        }
        parts = halves;
    }
    Ok(parts.pop().unwrap_or_else(BigInt::one))
}

/// `n` over `k` for machine words: the product of the larger factors by the factorial of the rest.
pub(crate) fn binomial(n: u64, k: u64, budget: &mut Budget) -> Result<BigInt, Stop> {
    if k > n {
        return Ok(BigInt::zero());
    }
    let k = k.min(n - k);
    let numerator = product_of_range(n - k + 1, n, 1, budget)?;
    let denominator = factorial(k, budget)?;
    let words = numerator.bits() / 64 + 1;
    budget.spend(words * words / 8)?;
    Ok(numerator / denominator)
}
