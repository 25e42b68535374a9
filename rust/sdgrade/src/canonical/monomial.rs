//! Atoms, and products of their powers.

use std::cmp::Ordering;
use std::sync::Arc;

use num_traits::ToPrimitive;

use super::normal::Normal;
use super::polynomial::Polynomial;
use super::{Expr, Function, Rational, Symbol};

/// Integer powers of more bits than this stay unevaluated.
pub(super) const MAX_POWER_BITS: u64 = 1 << 15;

/// What a monomial is made of; the order is the order of display.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Atom {
    /// A prime under an exponent between 0 and 1, or under one too large to be evaluated. Products
    /// of distinct prime roots are linearly independent over the rationals (Besicovitch 1940).
    Prime(u64),
    /// The imaginary unit, to the power 1.
    ImaginaryUnit,
    /// π.
    Pi,
    /// The base of the natural logarithm.
    E,
    /// A variable.
    Variable(Symbol),
    /// A primitive polynomial under an exponent between 0 and 1.
    Root(Arc<Polynomial>),
    /// `base ^ monomial`, where the monomial is not constant; its rational factor is the exponent.
    Tower(Arc<(Normal, Monomial)>),
    /// A function without an exact value at its arguments.
    Function(Arc<(Function, Vec<Normal>)>),
    /// Something that is only equal to itself: infinity, a series that has no closed form here.
    Opaque(Arc<Expr>),
}

/// An atom to a rational power other than zero.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Factor {
    pub(super) atom: Atom,
    pub(super) exponent: Rational,
}

impl Factor {
    /// What it costs to compare the factor with an equal one, or to add to its exponent.
    pub(super) fn weight(&self) -> u64 {
        let exponent = &self.exponent;
        let inside = match &self.atom {
            Atom::Prime(_) | Atom::ImaginaryUnit | Atom::Pi | Atom::E | Atom::Variable(_) => 0,
            Atom::Root(sum) => sum.weight(),
            Atom::Tower(tower) => {
                tower.0.weight() + tower.1.factors().iter().map(Self::weight).sum::<u64>()
            }
            Atom::Function(call) => call.1.iter().map(Normal::weight).sum(),
            Atom::Opaque(expr) => expr.nodes(),
        };
        1 + inside + if exponent.to_small().is_some() { 0 } else { exponent.cost(exponent) }
    }

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

/// A product of powers of distinct atoms, in the order of the atoms.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Monomial(Vec<Factor>);

/// What a product of monomials comes to once powers of one atom are joined.
#[derive(Debug)]
pub(super) struct Product {
    pub(super) coefficient: Rational,
    pub(super) monomial: Monomial,
    /// Whole powers of sums that were under a root: to be multiplied out.
    pub(super) sums: Vec<(Arc<Polynomial>, i64)>,
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
    pub(super) const ONE: Self = Self(Vec::new());

    /// An atom to the first power.
    pub(super) fn atom(atom: Atom) -> Self {
        Self(vec![Factor { atom, exponent: Rational::ONE }])
    }

    /// An atom to a power that needs no reduction.
    pub(super) fn power_of(atom: Atom, exponent: Rational) -> Self {
        Self(vec![Factor { atom, exponent }])
    }

    /// The product of these powers, in any order, with each atom only once.
    pub(super) fn collect(mut factors: Vec<Factor>) -> Product {
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

    /// The factors in order.
    pub(super) fn factors(&self) -> &[Factor] {
        &self.0
    }

    /// Whether this is the empty product.
    pub(super) fn is_one(&self) -> bool {
        self.0.is_empty()
    }

    /// The exponent of an atom, zero if it does not occur.
    pub(super) fn exponent(&self, atom: &Atom) -> Rational {
        self.0
            .iter()
            .find(|factor| factor.atom == *atom)
            .map_or(Rational::ZERO, |factor| factor.exponent.clone())
    }

    /// The factors other than the powers of `atom`.
    pub(super) fn without(&self, atom: &Atom) -> Self {
        Self(self.0.iter().filter(|factor| factor.atom != *atom).cloned().collect())
    }

    /// The product of two monomials.
    pub(super) fn multiply(&self, other: &Self) -> Product {
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
    pub(super) fn divide(&self, other: &Self) -> Option<Self> {
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

impl PartialOrd for Monomial {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Lexicographic in the exponents, an order that multiplication respects: the monomial with the
/// larger exponent of the first atom in which the two differ is larger.
impl Ord for Monomial {
    fn cmp(&self, other: &Self) -> Ordering {
        let (mut left, mut right) = (self.0.iter(), other.0.iter());
        let sign = |exponent: &Rational| exponent.cmp(&Rational::ZERO);
        loop {
            match (left.next(), right.next()) {
                (None, None) => return Ordering::Equal,
                (Some(a), None) => return sign(&a.exponent),
                (None, Some(b)) => return sign(&b.exponent).reverse(),
                (Some(a), Some(b)) => {
                    let order = match a.atom.cmp(&b.atom) {
                        Ordering::Less => sign(&a.exponent),
                        Ordering::Greater => sign(&b.exponent).reverse(),
                        Ordering::Equal => a.exponent.cmp(&b.exponent),
                    };
                    if order != Ordering::Equal {
                        return order;
                    }
                }
            }
        }
    }
}
