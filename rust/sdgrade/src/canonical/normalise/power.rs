//! Powers of normal forms.
//!
//! The reading is real: an odd root of a negative number is the negative one, and a variable under
//! an even root or a logarithm is taken to make its argument positive. Even roots of negative
//! constants are the principal complex ones.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::ToPrimitive;

use super::parts::real_and_imaginary;
use super::reality::{is_positive, is_real, is_real_sum, sign};
use super::{circle, root};
use crate::budget::{Budget, Stop};
use crate::canonical::expression::Function;
use crate::canonical::normal::{Atom, Factor, MAX_POWER_BITS, Monomial, Normal, Polynomial, Term};
use crate::canonical::number::{Rational, integer};

/// A power with a rational exponent.
pub(crate) fn rational_power(
    base: &Normal,
    exponent: &Rational,
    budget: &mut Budget,
) -> Result<Normal, Stop> {
    budget.spend(4)?;
    if exponent.is_one() {
        return Ok(base.clone());
    }
    if let Some(value) = base.as_rational() {
        return power_of_rational(&value, exponent, budget);
    }
    if let Some(term) = base.as_term()
        && let Some(result) = power_of_term(term, exponent, budget)?
    {
        return Ok(result);
    }
    if let Some(whole) = exponent.to_i64() {
        return base.power_integer(whole, budget);
    }
    if exponent.is_integer() {
        return Ok(Normal::tower(base.clone(), Monomial::ONE, exponent.clone()));
    }
    let Some(denominator) = base.denominator() else {
        return root_of_sum(base.numerator(), exponent, budget);
    };
    // The root of a quotient is the quotient of roots for a positive denominator, and for real
    // sides wherever the roots are real.
    let (mut above, mut below) = (base.numerator().clone(), denominator.clone());
    if below.is_constant() {
        match sign(&below.clone().into(), budget) {
            Some(Ordering::Greater) => {}
            Some(Ordering::Less) => (above, below) = (above.negate(), below.negate()),
            _ => return Ok(Normal::tower(base.clone(), Monomial::ONE, exponent.clone())),
        }
    } else if !is_real_sum(&above) || !is_real_sum(&below) {
        return Ok(Normal::tower(base.clone(), Monomial::ONE, exponent.clone()));
    }
    let below = root_of_sum(&below, &-exponent, budget)?;
    root_of_sum(&above, exponent, budget)?.multiply(&below, budget)
}

/// A rational number to a rational power: its primes, each to their own power.
pub(crate) fn power_of_rational(
    base: &Rational,
    exponent: &Rational,
    budget: &mut Budget,
) -> Result<Normal, Stop> {
    if exponent.is_zero() {
        return if base.is_zero() { Err(Stop::Undefined) } else { Ok(Normal::integer(1)) };
    }
    if base.is_zero() {
        return if exponent.is_negative() { Err(Stop::Undefined) } else { Ok(Normal::integer(0)) };
    }
    if base.is_one() {
        return Ok(Normal::integer(1));
    }
    if let Some(whole) = exponent.to_i64()
        && base.bits().saturating_mul(whole.unsigned_abs()) <= MAX_POWER_BITS
    {
        let words = base.bits() * whole.unsigned_abs() / 64 + 1;
        budget.spend(words * words / 8)?;
        let count = u32::try_from(whole.unsigned_abs()).map_err(|_| Stop::Work)?;
        let (above, below) = (base.numerator().pow(count), base.denominator().pow(count));
        let (above, below) = if whole < 0 { (below, above) } else { (above, below) };
        return Rational::from_big(above, below).map(Normal::from).ok_or(Stop::Undefined);
    }
    let magnitude = |budget: &mut Budget| root::power_of_positive(&base.abs(), exponent, budget);
    if !base.is_negative() {
        return magnitude(budget);
    }
    power_of_minus_one(exponent, budget)?.multiply(&magnitude(budget)?, budget)
}

/// `(-1)^exponent`: real for an odd denominator, principal for an even one.
fn power_of_minus_one(exponent: &Rational, budget: &mut Budget) -> Result<Normal, Stop> {
    if exponent.denominator().is_odd() {
        return Ok(Normal::integer(if exponent.numerator().is_odd() { -1 } else { 1 }));
    }
    circle::unit_circle(exponent, budget)
}

/// A power of a single term, where it can be written as a term of powers.
///
/// `(x^a)^b = x^(ab)` unless an even power goes under an even root, where it is `|x|^(ab)`.
fn power_of_term(
    term: &Term,
    exponent: &Rational,
    budget: &mut Budget,
) -> Result<Option<Normal>, Stop> {
    let even_root = exponent.denominator().is_even();
    if !exponent.is_integer() {
        let mut free = 0;
        for factor in term.monomial.factors() {
            let positive = is_positive(&factor.atom, budget);
            if !positive && (factor.atom.is_constant() || !is_real(factor)) {
                return Ok(None);
            }
            free += u32::from(!positive && factor.exponent.numerator().is_odd());
        }
        // √(-x) and √(xy) are not i·√x and √x·√y where they are real.
        let negative = term.coefficient.is_negative();
        if even_root && (free > 1 || (free == 1 && negative)) {
            return Ok(None);
        }
    }
    let mut result = power_of_rational(&term.coefficient, exponent, budget)?;
    let mut factors = Vec::with_capacity(term.monomial.factors().len());
    for factor in term.monomial.factors() {
        budget.spend(factor.exponent.cost(exponent))?;
        let raised = &factor.exponent * exponent;
        let loses_sign = even_root
            && factor.exponent.numerator().is_even()
            && !is_positive(&factor.atom, budget);
        if loses_sign {
            let inner = Normal::atom(factor.atom.clone());
            let absolute = absolute(&inner, budget)?;
            result = result.multiply(&rational_power(&absolute, &raised, budget)?, budget)?;
        } else {
            factors.push(Factor { atom: factor.atom.clone(), exponent: raised });
        }
    }
    let powers = Normal::term(&Rational::ONE, factors, budget)?;
    result.multiply(&powers, budget).map(Some)
}

/// A fractional power of a sum: a rational number in front, and a primitive sum under the root. A
/// constant under a root is positive.
fn root_of_sum(sum: &Polynomial, exponent: &Rational, budget: &mut Budget) -> Result<Normal, Stop> {
    if let Some(term) = sum.as_term()
        && let Some(result) = power_of_term(term, exponent, budget)?
    {
        return Ok(result);
    }
    if let Some(result) = denest(sum, exponent, budget)? {
        return Ok(result);
    }
    let negative = if sum.is_constant() {
        match sign(&sum.clone().into(), budget) {
            Some(order) => order == Ordering::Less,
            None => return Ok(Normal::tower(sum.clone().into(), Monomial::ONE, exponent.clone())),
        }
    } else if is_real_sum(sum) {
        let leading = sum.terms().first();
        exponent.denominator().is_odd() && leading.is_some_and(|t| t.coefficient.is_negative())
    } else {
        return Ok(Normal::tower(sum.clone().into(), Monomial::ONE, exponent.clone()));
    };
    if !negative {
        return root::root_of_positive(sum, exponent, budget);
    }
    let magnitude = root::root_of_positive(&sum.clone().negate(), exponent, budget)?;
    power_of_minus_one(exponent, budget)?.multiply(&magnitude, budget)
}

/// `√(a + b√c) = √((a+d)/2) ± √((a-d)/2)` where `d² = a² - b²c` for a rational `d`.
fn denest(
    sum: &Polynomial,
    exponent: &Rational,
    budget: &mut Budget,
) -> Result<Option<Normal>, Stop> {
    if exponent.denominator() != BigInt::from(2) {
        return Ok(None);
    }
    let [first, second] = sum.terms() else { return Ok(None) };
    let (root, rational) = if second.monomial.is_one() { (first, second) } else { (second, first) };
    let square = Polynomial::term(root.monomial.clone(), root.coefficient.clone());
    if !rational.monomial.is_one() || !square.is_radical() {
        return Ok(None);
    }
    let Some(square) = square.power(2, budget)?.as_rational() else { return Ok(None) };
    if square.is_negative() {
        return Ok(None);
    }
    let a = &rational.coefficient;
    budget.spend(a.cost(a) + a.cost(&square))?;
    let Some(d) = rational_square_root(&(&(a * a) - &square), budget)? else { return Ok(None) };
    let half = |value: Rational| &value * &Rational::HALF;
    // For a negative a the whole sum is negative: √(-s) = i√s.
    let magnitude = a.abs();
    let half_power =
        |value: &Rational, budget: &mut Budget| power_of_rational(value, &Rational::HALF, budget);
    let large = half_power(&half(&magnitude + &d), budget)?;
    let small = half_power(&half(&magnitude - &d), budget)?;
    let same_sign = root.coefficient.is_negative() == a.is_negative();
    let mut result =
        if same_sign { large.add(small, budget)? } else { large.subtract(small, budget)? };
    if a.is_negative() {
        result = result.multiply(&Normal::i(), budget)?;
    }
    let twice = exponent.numerator().to_i64().ok_or(Stop::Work)?;
    result.power_integer(twice, budget).map(Some)
}

/// The square root of a rational number, if it is rational.
fn rational_square_root(value: &Rational, budget: &mut Budget) -> Result<Option<Rational>, Stop> {
    if value.is_negative() {
        return Ok(None);
    }
    let above = integer::exact_root(value.numerator().magnitude(), 2, budget)?;
    let below = integer::exact_root(value.denominator().magnitude(), 2, budget)?;
    Ok(above.zip(below).and_then(|(above, below)| Rational::from_big(above.into(), below.into())))
}

/// `|x|`: a number for a constant; factors out what is rational or positive.
pub(crate) fn absolute(x: &Normal, budget: &mut Budget) -> Result<Normal, Stop> {
    if let Some(value) = x.as_rational() {
        return Ok(value.abs().into());
    }
    if let Some((real, imaginary)) = real_and_imaginary(x, budget)?
        && !imaginary.is_zero()
    {
        let square =
            real.power_integer(2, budget)?.add(imaginary.power_integer(2, budget)?, budget)?;
        return rational_power(&square, &Rational::HALF, budget);
    }
    match sign(x, budget) {
        Some(Ordering::Less) => return Ok(x.clone().negate()),
        Some(_) => return Ok(x.clone()),
        None => {}
    }
    if let Some(denominator) = x.denominator() {
        let above = absolute(&x.numerator().clone().into(), budget)?;
        return above.divide(&absolute(&denominator.clone().into(), budget)?, budget);
    }
    if let Some(term) = x.as_term() {
        return absolute_of_term(term, budget);
    }
    let content = x.numerator().content(budget)?;
    let negative = x.numerator().terms().first().is_some_and(|t| t.coefficient.is_negative());
    let scale = content.reciprocal().ok_or(Stop::Undefined)?;
    let primitive = x.clone().scale(&if negative { -&scale } else { scale }, budget)?;
    Normal::function(Function::Abs, vec![primitive]).scale(&content, budget)
}

fn absolute_of_term(term: &Term, budget: &mut Budget) -> Result<Normal, Stop> {
    let mut result = Normal::from(term.coefficient.abs());
    for factor in term.monomial.factors() {
        let bare = Normal::atom(factor.atom.clone());
        let even =
            factor.exponent.to_i64().is_some_and(|exponent| exponent % 2 == 0) && is_real(factor);
        let positive = match &factor.atom {
            Atom::Prime(_) | Atom::Pi | Atom::E => true,
            Atom::Function(call) if call.0 == Function::Abs => true,
            _ => even,
        };
        let size = match &factor.atom {
            Atom::ImaginaryUnit => continue,
            _ if positive => bare,
            _ => Normal::function(Function::Abs, vec![bare]),
        };
        result = result.multiply(&rational_power(&size, &factor.exponent, budget)?, budget)?;
    }
    Ok(result)
}
