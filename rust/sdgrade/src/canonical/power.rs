//! Powers of normal forms.
//!
//! The reading is real: an odd root of a negative number is the negative one, and a variable under
//! an even root or a logarithm is taken to make its argument positive. Even roots of negative
//! constants are the principal complex ones.

use std::cmp::Ordering;
use std::sync::Arc;

use num_bigint::{BigInt, BigUint};
use num_integer::Integer;
use num_traits::ToPrimitive;

use super::exact;
use super::integer::{self, Factorisation};
use super::monomial::{Atom, Factor, MAX_POWER_BITS, Monomial};
use super::normal::Normal;
use super::polynomial::{Polynomial, Term};
use super::reality::{is_positive, is_real, is_real_sum, sign};
use super::{Expr, Function, Rational};
use crate::budget::{Budget, Stop};

/// Largest number whose root is taken by trial division alone.
const MAX_SMALL_ROOT: i64 = 100_000;

/// `base ^ exponent`.
///
/// # Errors
/// [`Stop::Undefined`] for a division by zero and `0^0`.
pub(super) fn power(base: &Normal, exponent: &Normal, budget: &mut Budget) -> Result<Normal, Stop> {
    if let Some(exponent) = exponent.as_rational() {
        return rational_power(base, &exponent, budget);
    }
    symbolic_power(base, exponent, budget)
}

/// A power with a rational exponent.
pub(super) fn rational_power(
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
        return Ok(tower(base.clone(), Monomial::ONE, exponent.clone()));
    }
    let Some(denominator) = &base.denominator else {
        return root_of_sum(&base.numerator, exponent, budget);
    };
    // The root of a quotient is the quotient of roots for a positive denominator, and for real
    // sides wherever the roots are real.
    let (mut above, mut below) = (base.numerator.clone(), denominator.clone());
    if below.is_constant() {
        match sign(&below.clone().into(), budget) {
            Some(Ordering::Greater) => {}
            Some(Ordering::Less) => (above, below) = (above.negate(), below.negate()),
            _ => return Ok(tower(base.clone(), Monomial::ONE, exponent.clone())),
        }
    } else if !is_real_sum(&above) || !is_real_sum(&below) {
        return Ok(tower(base.clone(), Monomial::ONE, exponent.clone()));
    }
    let below = root_of_sum(&below, &-exponent, budget)?;
    root_of_sum(&above, exponent, budget)?.multiply(&below, budget)
}

/// A rational number to a rational power: its primes, each to their own power.
pub(super) fn power_of_rational(
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
    let mut factors = Vec::new();
    let mut sign = Normal::integer(1);
    if base.is_negative() {
        sign = power_of_minus_one(exponent, budget)?;
    }
    for (part, direction) in [(base.numerator(), 1), (base.denominator(), -1)] {
        let found = factor_for_root(part.magnitude(), exponent, budget)?;
        for (prime, count) in found.primes {
            let count = Rational::from(i64::from(count) * direction);
            factors.push(Factor { atom: Atom::Prime(prime), exponent: exponent * &count });
        }
        if let Some(rest) = found.rest {
            let rest = Polynomial::constant(BigInt::from(rest).into());
            let exponent = exponent * &direction.into();
            factors.push(Factor { atom: Atom::Root(Arc::new(rest)), exponent });
        }
    }
    let magnitude = Normal::term(&Rational::ONE, factors, budget)?;
    if sign.is_one() { Ok(magnitude) } else { sign.multiply(&magnitude, budget) }
}

/// Appends the primes of a positive fraction of small words under a fractional exponent, where
/// trial division finds them all; tells whether it did.
pub(super) fn push_small_root(
    base: &Rational,
    exponent: &Rational,
    factors: &mut Vec<Factor>,
) -> bool {
    let Some((above, below)) = base.to_small() else { return false };
    if !(1..=MAX_SMALL_ROOT).contains(&above) || below > MAX_SMALL_ROOT || exponent.is_integer() {
        return false;
    }
    for (part, direction) in [(above, 1), (below, -1)] {
        let mut rest = part.unsigned_abs();
        let mut push = |prime: u64, count: i64| {
            let exponent = exponent * &Rational::from(count * direction);
            factors.push(Factor { atom: Atom::Prime(prime), exponent });
        };
        let mut divisor = 2;
        while divisor * divisor <= rest {
            let mut count = 0;
            while rest.is_multiple_of(divisor) {
                rest /= divisor;
                count += 1;
            }
            if count > 0 {
                push(divisor, count);
            }
            divisor += if divisor == 2 { 1 } else { 2 };
        }
        if rest > 1 {
            push(rest, 1);
        }
    }
    true
}

/// Factors an integer; a big rest that is itself a perfect power of the wanted degree is split too.
fn factor_for_root(
    value: &BigUint,
    exponent: &Rational,
    budget: &mut Budget,
) -> Result<Factorisation, Stop> {
    let mut found = integer::factor(value, budget)?;
    let degree = exponent.denominator().to_u32();
    if let (Some(rest), Some(degree)) = (&found.rest, degree)
        && let Some(root) = integer::exact_root(rest, degree, budget)?
        && let Some(root) = root.to_u64()
    {
        let inner = integer::factor(&root.into(), budget)?;
        found.rest = None;
        found.primes.extend(inner.primes.into_iter().map(|(prime, count)| (prime, count * degree)));
    }
    Ok(found)
}

/// `(-1)^exponent`: real for an odd denominator, principal for an even one.
fn power_of_minus_one(exponent: &Rational, budget: &mut Budget) -> Result<Normal, Stop> {
    if exponent.denominator().is_odd() {
        return Ok(Normal::integer(if exponent.numerator().is_odd() { -1 } else { 1 }));
    }
    exact::unit_circle(exponent, budget)
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
            let absolute = exact::apply(&Function::Abs, vec![inner], budget)?;
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
            None => return Ok(tower(sum.clone().into(), Monomial::ONE, exponent.clone())),
        }
    } else if is_real_sum(sum) {
        let leading = sum.terms().first();
        exponent.denominator().is_odd() && leading.is_some_and(|t| t.coefficient.is_negative())
    } else {
        return Ok(tower(sum.clone().into(), Monomial::ONE, exponent.clone()));
    };
    let content = sum.content(budget)?;
    let content = if negative { -&content } else { content };
    let inverse = content.reciprocal().ok_or(Stop::Undefined)?;
    let primitive = sum.clone().scale(&inverse, budget)?;
    let front = power_of_rational(&content, exponent, budget)?;
    let factor = Factor { atom: Atom::Root(Arc::new(primitive)), exponent: exponent.clone() };
    front.multiply(&Normal::term(&Rational::ONE, vec![factor], budget)?, budget)
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

/// `base ^ monomial` to a rational exponent, as an atom.
fn tower(base: Normal, monomial: Monomial, exponent: Rational) -> Normal {
    let atom = Atom::Tower(Arc::new((base, monomial)));
    Polynomial::term(Monomial::power_of(atom, exponent), Rational::ONE).into()
}

/// A power whose exponent is not a rational number.
fn symbolic_power(base: &Normal, exponent: &Normal, budget: &mut Budget) -> Result<Normal, Stop> {
    budget.spend(8)?;
    if base.is_one() {
        return Ok(Normal::integer(1));
    }
    if base.is_zero() {
        return Ok(Normal::atom(Atom::opaque(Expr::power(base.to_expr(), exponent.to_expr()))));
    }
    if let Some(result) = power_by_logarithm(base, exponent, budget)? {
        return Ok(result);
    }
    let Some(exponent) = exponent.as_polynomial() else {
        return Ok(Normal::atom(Atom::opaque(Expr::power(base.to_expr(), exponent.to_expr()))));
    };
    let mut result = Normal::integer(1);
    for term in exponent.terms() {
        let part = if term.monomial.is_one() {
            rational_power(base, &term.coefficient, budget)?
        } else {
            power_to_term(base, term, budget)?
        };
        result = result.multiply(&part, budget)?;
    }
    Ok(result)
}

/// A power to one term that is not rational: each factor of the base becomes a tower.
fn power_to_term(base: &Normal, exponent: &Term, budget: &mut Budget) -> Result<Normal, Stop> {
    if base.as_atom() == Some(&Atom::E)
        && let [Factor { atom: Atom::ImaginaryUnit, .. }, Factor { atom: Atom::Pi, exponent: one }] =
            exponent.monomial.factors()
        && one.is_one()
    {
        return exact::unit_circle(&exponent.coefficient, budget);
    }
    let mut factors = Vec::new();
    let mut push = |base: Normal, power: &Rational| {
        let atom = Atom::Tower(Arc::new((base, exponent.monomial.clone())));
        factors.push(Factor { atom, exponent: power * &exponent.coefficient });
    };
    match base.as_term() {
        Some(term) => {
            let coefficient = &term.coefficient;
            if coefficient.is_negative() {
                push(Normal::integer(-1), &Rational::ONE);
            }
            for (part, sign) in [(coefficient.numerator(), 1), (coefficient.denominator(), -1)] {
                let found = integer::factor(part.magnitude(), budget)?;
                for (prime, count) in found.primes {
                    let prime = Rational::from(BigInt::from(prime));
                    push(prime.into(), &Rational::from(i64::from(count) * sign));
                }
                if let Some(rest) = found.rest {
                    push(Rational::from(BigInt::from(rest)).into(), &Rational::from(sign));
                }
            }
            for factor in term.monomial.factors() {
                match &factor.atom {
                    Atom::Prime(prime) => {
                        push(Rational::from(BigInt::from(*prime)).into(), &factor.exponent);
                    }
                    Atom::Root(sum) => push((**sum).clone().into(), &factor.exponent),
                    atom => push(Normal::atom(atom.clone()), &factor.exponent),
                }
            }
        }
        None => push(base.clone(), &Rational::ONE),
    }
    Normal::term(&Rational::ONE, factors, budget)
}

/// `a^b = e^(b·ln a)` where `b·ln a` is a rational combination of logarithms: `2^(log_2 5) = 5`.
fn power_by_logarithm(
    base: &Normal,
    exponent: &Normal,
    budget: &mut Budget,
) -> Result<Option<Normal>, Stop> {
    let is_logarithm = |atom: &Atom| matches!(atom, Atom::Function(call) if call.0 == Function::Ln);
    if !exponent.numerator.atoms().iter().any(is_logarithm) {
        return Ok(None);
    }
    let is_e = base.as_atom() == Some(&Atom::E);
    let product = if is_e {
        exponent.clone()
    } else {
        let logarithm = exact::apply(&Function::Ln, vec![base.clone()], budget)?;
        exponent.multiply(&logarithm, budget)?
    };
    let Some(sum) = product.as_polynomial() else { return Ok(None) };
    let mut result = Normal::integer(1);
    for term in sum.terms() {
        let part = match term.monomial.factors() {
            [] => rational_power(&Normal::atom(Atom::E), &term.coefficient, budget)?,
            [Factor { atom: Atom::Function(call), exponent }]
                if call.0 == Function::Ln && exponent.is_one() =>
            {
                rational_power(&call.1[0], &term.coefficient, budget)?
            }
            // Only worth it if nothing new comes up.
            _ if is_e => power_to_term(base, term, budget)?,
            _ => return Ok(None),
        };
        result = result.multiply(&part, budget)?;
    }
    Ok(Some(result))
}
