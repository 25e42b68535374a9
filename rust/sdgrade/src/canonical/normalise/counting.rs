//! Factorials, binomials and other functions of integers.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive, Zero};

use crate::budget::{Budget, Stop};
use crate::canonical::expression::Function;
use crate::canonical::normal::{Atom, Factor, MAX_POWER_BITS, Normal, Polynomial};
use crate::canonical::number::{Rational, integer, paid_gcd, prime, sequence};

/// Factorials up to this one are evaluated.
const MAX_FACTORIAL: u64 = 3_000;

/// Symbolic products, as `n(n-1)…(n-k+1)`, of at most this many factors are written out.
const MAX_FACTORS: u64 = 16;

/// `n!`, with `(n + k)!` brought to `n!` times factors.
pub(crate) fn factorial(argument: Normal, budget: &mut Budget) -> Result<Normal, Stop> {
    if let Some(value) = argument.as_rational() {
        if let Some(n) = value.to_i64().and_then(|n| u64::try_from(n).ok())
            && n <= MAX_FACTORIAL
        {
            return integer::factorial(n, budget).map(|value| Rational::from(value).into());
        }
        if value.is_integer() && value.is_negative() {
            return Err(Stop::Undefined);
        }
        if let Some((twice, 2)) = value.to_small()
            && twice.unsigned_abs() <= MAX_FACTORIAL
        {
            return half_factorial(twice, budget);
        }
        return Ok(Normal::function(Function::Factorial, vec![argument]));
    }
    let Some(constant) = argument.as_polynomial().and_then(|sum| sum.terms().last()) else {
        return Ok(Normal::function(Function::Factorial, vec![argument]));
    };
    let shift = if constant.monomial.is_one() { constant.coefficient.floor() } else { 0.into() };
    let Some(shift) =
        shift.to_i64().filter(|shift| !shift.is_zero() && shift.unsigned_abs() <= MAX_FACTORS)
    else {
        return Ok(Normal::function(Function::Factorial, vec![argument]));
    };
    let base = argument.subtract(Normal::integer(shift), budget)?;
    let mut factors = Normal::integer(1);
    for step in 1..=shift.abs() {
        // (n+k)! = n!·(n+1)…(n+k) and (n-k)! = n!/(n·(n-1)…(n-k+1)).
        let offset = if shift > 0 { step } else { 1 - step };
        factors = factors.multiply(&base.clone().add(Normal::integer(offset), budget)?, budget)?;
    }
    let start = Normal::function(Function::Factorial, vec![base]);
    if shift > 0 { start.multiply(&factors, budget) } else { start.divide(&factors, budget) }
}

/// `(m/2)! = Γ(m/2 + 1)` for an odd `m`: a rational multiple of `√π`.
fn half_factorial(twice: i64, budget: &mut Budget) -> Result<Normal, Stop> {
    // From (-1/2)! = √π by m/2·(m/2 - 1)·…·1/2 upwards, and by division downwards.
    let count = (twice + 1) / 2;
    let odd = 2 * count.unsigned_abs();
    let product = Rational::from(integer::product_of_range(1, odd.saturating_sub(1), 2, budget)?);
    let power = Rational::from(BigInt::from(1) << count.unsigned_abs());
    let scale = if count >= 0 {
        product.divide(&power)
    } else if count % 2 == 0 {
        power.divide(&product)
    } else {
        power.divide(&-&product)
    };
    let root = Factor { atom: Atom::Pi, exponent: Rational::HALF };
    Normal::term(&scale.ok_or(Stop::Undefined)?, vec![root], budget)
}

/// The number of permutations without a fixed point; elsewhere than at small integers it stays as it
/// is.
pub(crate) fn subfactorial(argument: Normal, budget: &mut Budget) -> Result<Normal, Stop> {
    let small = argument.as_i64().and_then(|n| u64::try_from(n).ok());
    match small.filter(|&n| n <= MAX_FACTORIAL) {
        Some(n) => sequence::subfactorial(n, budget).map(|value| Rational::from(value).into()),
        None => Ok(Normal::function(Function::Subfactorial, vec![argument])),
    }
}

/// The Fibonacci number at an integer; elsewhere it stays as it is.
pub(crate) fn fibonacci(argument: Normal, budget: &mut Budget) -> Result<Normal, Stop> {
    match argument.as_i64().filter(|n| n.unsigned_abs() <= MAX_POWER_BITS) {
        Some(n) => sequence::fibonacci(n, budget).map(|value| Rational::from(value).into()),
        None => Ok(Normal::function(Function::Fibonacci, vec![argument])),
    }
}

/// `n!! = n (n-2) (n-4) …`.
pub(crate) fn double_factorial(argument: Normal, budget: &mut Budget) -> Result<Normal, Stop> {
    let small = argument.as_i64().and_then(|n| u64::try_from(n).ok());
    match small.filter(|&n| n <= 2 * MAX_FACTORIAL) {
        Some(n) => {
            let first = if n % 2 == 0 { 2 } else { 1 };
            let value = integer::product_of_range(first, n, 2, budget)?;
            Ok(Rational::from(value).into())
        }
        None => Ok(Normal::function(Function::DoubleFactorial, vec![argument])),
    }
}

/// `n` over `k`: a number, a polynomial for a small `k`, or factorials.
pub(crate) fn binomial(n: Normal, k: Normal, budget: &mut Budget) -> Result<Normal, Stop> {
    if let (Some(n), Some(k)) = (n.as_i64(), k.as_i64()) {
        if k < 0 {
            return Ok(Normal::integer(0));
        }
        if let (Ok(n), Ok(k)) = (u64::try_from(n), u64::try_from(k)) {
            if k > n {
                return Ok(Normal::integer(0));
            }
            let k = k.min(n - k);
            let bits = n.min(k.saturating_mul(u64::from(64 - n.leading_zeros())));
            if bits <= MAX_POWER_BITS {
                return integer::binomial(n, k, budget).map(|value| Rational::from(value).into());
            }
            let (n, k) = (Normal::from(Rational::from(BigInt::from(n))), BigInt::from(k));
            return Ok(Normal::function(Function::Binomial, vec![n, Rational::from(k).into()]));
        }
    }
    if n.as_integer().is_some() && k.as_integer().is_some() {
        return Ok(Normal::function(Function::Binomial, vec![n, k]));
    }
    if let Some(small) = small_count(&k) {
        let divisor = Rational::from(integer::factorial(small, budget)?);
        let scale = divisor.reciprocal().ok_or(Stop::Undefined)?;
        return falling_product(&n, small, budget)?.scale(&scale, budget);
    }
    let rest = n.clone().subtract(k.clone(), budget)?;
    if let Some(small) = small_count(&rest) {
        let divisor = Rational::from(integer::factorial(small, budget)?);
        let scale = divisor.reciprocal().ok_or(Stop::Undefined)?;
        return falling_product(&n, small, budget)?.scale(&scale, budget);
    }
    let below = factorial(k, budget)?.multiply(&factorial(rest, budget)?, budget)?;
    factorial(n, budget)?.divide(&below, budget)
}

/// `n (n-1) … (n-k+1)`.
pub(crate) fn permutations(n: Normal, k: Normal, budget: &mut Budget) -> Result<Normal, Stop> {
    if let (Some(n), Some(k)) = (n.as_i64(), k.as_i64())
        && let (Ok(n), Ok(k)) = (u64::try_from(n), u64::try_from(k))
    {
        if k > n {
            return Ok(Normal::integer(0));
        }
        if k.saturating_mul(u64::from(64 - n.leading_zeros())) <= MAX_POWER_BITS {
            let value = integer::product_of_range(n - k + 1, n, 1, budget)?;
            return Ok(Rational::from(value).into());
        }
    }
    if let Some(small) = small_count(&k) {
        return falling_product(&n, small, budget);
    }
    let rest = n.clone().subtract(k, budget)?;
    factorial(n, budget)?.divide(&factorial(rest, budget)?, budget)
}

fn small_count(value: &Normal) -> Option<u64> {
    value.as_i64().and_then(|k| u64::try_from(k).ok()).filter(|&k| k <= MAX_FACTORS)
}

/// `n (n-1) … ` of `count` factors.
fn falling_product(n: &Normal, count: u64, budget: &mut Budget) -> Result<Normal, Stop> {
    let mut product = Normal::integer(1);
    for step in 0..count {
        let step = Normal::integer(i64::try_from(step).map_err(|_| Stop::Work)?);
        product = product.multiply(&n.clone().subtract(step, budget)?, budget)?;
    }
    Ok(product)
}

/// Greatest common divisor or least common multiple.
pub(crate) fn divisors(
    function: Function,
    mut arguments: Vec<Normal>,
    budget: &mut Budget,
) -> Result<Normal, Stop> {
    let integers: Option<Vec<BigInt>> = arguments.iter().map(Normal::as_integer).collect();
    let Some(integers) = integers else {
        arguments.sort();
        arguments.dedup();
        return Ok(Normal::function(function, arguments));
    };
    let mut result = BigInt::zero();
    for (index, value) in integers.into_iter().enumerate() {
        let divisor = paid_gcd(&result, &value, budget)?;
        result = if function == Function::Gcd || divisor.is_zero() {
            divisor
        } else if index == 0 {
            value.abs()
        } else {
            (&result / divisor * value).abs()
        };
    }
    Ok(Rational::from(result).into())
}

/// `a mod m` for rational numbers: between 0 and `m`.
pub(crate) fn modulo(a: Normal, m: Normal, budget: &mut Budget) -> Result<Normal, Stop> {
    let (Some(value), Some(modulus)) = (a.as_rational(), m.as_rational()) else {
        if let (Some(sum), Some(modulus)) = (a.as_polynomial(), m.as_integer())
            && modulus.is_positive()
            && let Some(rest) = integer_modulo(sum, &modulus, budget)?
        {
            return Ok(Rational::from(rest).into());
        }
        return Ok(Normal::function(Function::Mod, vec![a, m]));
    };
    budget.spend(2 * value.cost(&modulus))?;
    let quotient = value.divide(&modulus).ok_or(Stop::Undefined)?;
    let whole = Rational::from(quotient.floor());
    Ok((&value - &(&whole * &modulus)).into())
}

/// A sum of powers of primes too large to be evaluated, modulo a positive integer.
fn integer_modulo(
    sum: &Polynomial,
    modulus: &BigInt,
    budget: &mut Budget,
) -> Result<Option<BigInt>, Stop> {
    let words = modulus.bits() / 64 + 1;
    let mut total = BigInt::zero();
    for term in sum.terms() {
        let Some(mut product) = term.coefficient.to_integer() else { return Ok(None) };
        for factor in term.monomial.factors() {
            let exponent = factor.exponent.to_integer().filter(|power| !power.is_negative());
            let (Atom::Prime(prime), Some(exponent)) = (&factor.atom, exponent) else {
                return Ok(None);
            };
            budget.spend(exponent.bits() * (8 + 2 * words * words))?;
            product = product * BigInt::from(*prime).modpow(&exponent, modulus) % modulus;
        }
        total = (total + product).mod_floor(modulus);
    }
    Ok(Some(total))
}

/// Euler's totient.
pub(crate) fn totient(argument: Normal, budget: &mut Budget) -> Result<Normal, Stop> {
    if let Some(value) = argument.as_integer().filter(Signed::is_positive)
        && let Some(count) = prime::totient(value.magnitude(), budget)?
    {
        return Ok(Rational::from(count).into());
    }
    Ok(Normal::function(Function::Phi, vec![argument]))
}
