//! Atoms, and products of their powers.

use std::cmp::Ordering;
use std::sync::Arc;

use num_traits::ToPrimitive;

use super::form::{Atom, Factor, Monomial, Polynomial};
use crate::canonical::number::Rational;

/// Integer powers of more bits than this stay unevaluated.
pub(crate) const MAX_POWER_BITS: u64 = 1 << 15;

impl Factor {
    /// Whether the power is in normal form as it stands.
    fn is_reduced(&self) -> bool {
        let exponent = &self.exponent;
        match &self.atom {
            Atom::Variable(_) | Atom::Pi | Atom::E => !exponent.is_zero(),
            Atom::Prime(_) | Atom::Root(_) => exponent.is_proper_fraction(),
            Atom::ImaginaryUnit => exponent.is_one(),
            Atom::Tower(_) | Atom::Function(_) | Atom::Opaque(_) => false,
        }
    }
}

/// What a product of monomials comes to once powers of one atom are joined.
#[derive(Debug)]
pub(crate) struct Product {
    pub(crate) coefficient: Rational,
    pub(crate) monomial: Monomial,
    /// Whole powers of sums that were under a root: to be multiplied out.
    pub(crate) sums: Vec<(Arc<Polynomial>, i64)>,
}

impl Product {
    fn with_capacity(factors: usize) -> Self {
        Self {
            coefficient: Rational::ONE,
            monomial: Monomial(Vec::with_capacity(factors)),
            sums: Vec::new(),
        }
    }

    /// Multiplies by a power of an atom that comes after all others.
    fn push(&mut self, atom: Atom, exponent: Rational) {
        let remainder = match &atom {
            Atom::Prime(_) | Atom::Root(_) if exponent.is_proper_fraction() => exponent,
            Atom::Prime(prime) => {
                let whole = exponent.floor();
                let bits = u64::from(64 - prime.leading_zeros());
                match whole.to_i32() {
                    Some(whole) if u64::from(whole.unsigned_abs()) * bits <= MAX_POWER_BITS => {
                        let power = num_bigint::BigInt::from(*prime).pow(whole.unsigned_abs());
                        let power = Rational::from(power);
                        let power = if whole < 0 { power.reciprocal() } else { Some(power) };
                        self.coefficient = &self.coefficient * &power.unwrap_or(Rational::ONE);
                        &exponent - &i64::from(whole).into()
                    }
                    _ => exponent,
                }
            }
            Atom::Root(sum) => {
                let whole = exponent.floor();
                match whole.to_i64() {
                    Some(whole) => {
                        self.sums.push((Arc::clone(sum), whole));
                        &exponent - &whole.into()
                    }
                    None => exponent,
                }
            }
            Atom::ImaginaryUnit => match exponent.to_i64().map(|power| power.rem_euclid(4)) {
                Some(power) => {
                    if power >= 2 {
                        self.coefficient = -&self.coefficient;
                    }
                    Rational::from(power % 2)
                }
                None => exponent,
            },
            // (-1)^(2n) = 1: where it is real, n is an integer.
            Atom::Tower(tower) if tower.0.is_minus_one() => {
                let turns = Rational::from((&exponent * &Rational::HALF).floor());
                &exponent - &(&turns * &Rational::from(2))
            }
            _ => exponent,
        };
        if !remainder.is_zero() {
            self.monomial.0.push(Factor { atom, exponent: remainder });
        }
    }
}

impl Monomial {
    /// The empty product, 1.
    pub(crate) const ONE: Self = Self(Vec::new());

    /// An atom to the first power.
    pub(crate) fn atom(atom: Atom) -> Self {
        Self(vec![Factor { atom, exponent: Rational::ONE }])
    }

    /// An atom to a power that needs no reduction.
    pub(crate) fn power_of(atom: Atom, exponent: Rational) -> Self {
        Self(vec![Factor { atom, exponent }])
    }

    /// The product of these powers, in any order, with each atom only once.
    pub(crate) fn collect(mut factors: Vec<Factor>) -> Product {
        if factors.len() > 1 {
            factors.sort_by(|a, b| a.atom.cmp(&b.atom));
        }
        let distinct = factors.windows(2).all(|pair| pair[0].atom != pair[1].atom);
        if distinct && factors.iter().all(Factor::is_reduced) {
            return Product {
                coefficient: Rational::ONE,
                monomial: Self(factors),
                sums: Vec::new(),
            };
        }
        let mut product = Product::with_capacity(factors.len());
        let mut iterator = factors.into_iter().peekable();
        while let Some(mut factor) = iterator.next() {
            while let Some(next) = iterator.next_if(|next| next.atom == factor.atom) {
                factor.exponent = &factor.exponent + &next.exponent;
            }
            product.push(factor.atom, factor.exponent);
        }
        product
    }

    /// Whether this is the empty product.
    pub(crate) fn is_one(&self) -> bool {
        self.0.is_empty()
    }

    /// The exponent of an atom, zero if it does not occur.
    pub(crate) fn exponent(&self, atom: &Atom) -> Rational {
        self.0
            .iter()
            .find(|factor| factor.atom == *atom)
            .map_or(Rational::ZERO, |factor| factor.exponent.clone())
    }

    /// The factors other than the powers of `atom`.
    pub(crate) fn without(&self, atom: &Atom) -> Self {
        Self(self.0.iter().filter(|factor| factor.atom != *atom).cloned().collect())
    }

    /// The product of two monomials.
    pub(crate) fn multiply(&self, other: &Self) -> Product {
        let mut product = Product::with_capacity(self.0.len() + other.0.len());
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        loop {
            let order = match (left.peek(), right.peek()) {
                (Some(a), Some(b)) => a.atom.cmp(&b.atom),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => return product,
            };
            match order {
                Ordering::Less => product.monomial.0.extend(left.next().cloned()),
                Ordering::Greater => product.monomial.0.extend(right.next().cloned()),
                Ordering::Equal => {
                    if let (Some(a), Some(b)) = (left.next(), right.next()) {
                        product.push(a.atom.clone(), &a.exponent + &b.exponent);
                    }
                }
            }
        }
    }

    /// The quotient, if every exponent of `other` is at most that of `self`: division among
    /// polynomials, where only atoms that need no reduction may occur in `other`.
    pub(crate) fn divide(&self, other: &Self) -> Option<Self> {
        let mut quotient = Vec::with_capacity(self.0.len());
        let mut right = other.0.iter().peekable();
        for factor in &self.0 {
            match right.peek() {
                Some(divisor) if divisor.atom == factor.atom => {
                    let exponent = &factor.exponent - &divisor.exponent;
                    if exponent.is_negative() {
                        return None;
                    }
                    if !exponent.is_zero() {
                        quotient.push(Factor { atom: factor.atom.clone(), exponent });
                    }
                    right.next();
                }
                _ => quotient.push(factor.clone()),
            }
        }
        right.next().is_none().then_some(Self(quotient))
    }
}
