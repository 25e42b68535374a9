//! Quotients of polynomials: the normal form of an expression.

use std::sync::Arc;

use num_bigint::BigInt;

use super::form::{Atom, Factor, Monomial, Normal, Polynomial, Term};
use super::reduction;
use crate::budget::{Budget, Stop};
use crate::canonical::expression::{Expr, Function};
use crate::canonical::number::{Rational, prime};

impl From<Rational> for Normal {
    fn from(value: Rational) -> Self {
        Polynomial::constant(value).into()
    }
}

impl From<Polynomial> for Normal {
    fn from(numerator: Polynomial) -> Self {
        Self { numerator, denominator: None }
    }
}

impl Normal {
    /// An integer.
    pub(crate) fn integer(value: i64) -> Self {
        Rational::from(value).into()
    }

    /// An atom.
    pub(crate) fn atom(atom: Atom) -> Self {
        Polynomial::atom(atom).into()
    }

    /// The imaginary unit.
    pub(crate) fn i() -> Self {
        Self::atom(Atom::ImaginaryUnit)
    }

    /// A function without an exact value at these arguments.
    pub(crate) fn function(function: Function, arguments: Vec<Self>) -> Self {
        Self::atom(Atom::Function(Arc::new((function, arguments))))
    }

    /// `base ^ (exponent · monomial)`, which stays as it is.
    pub(crate) fn tower(base: Self, monomial: Monomial, exponent: Rational) -> Self {
        let atom = Atom::Tower(Arc::new((base, monomial)));
        Polynomial::term(Monomial::power_of(atom, exponent), Rational::ONE).into()
    }

    /// An expression that is only equal to itself.
    pub(crate) fn opaque(expr: Expr) -> Self {
        Self::atom(Atom::opaque(expr))
    }

    /// π.
    pub(crate) fn pi() -> Self {
        Self::atom(Atom::Pi)
    }

    /// `coefficient` times these powers, in any order.
    pub(crate) fn term(
        coefficient: &Rational,
        factors: Vec<Factor>,
        budget: &mut Budget,
    ) -> Result<Self, Stop> {
        budget.spend(factors.iter().map(Factor::weight).sum())?;
        let product = Monomial::collect(factors);
        let coefficient = if product.coefficient.is_one() {
            coefficient.clone()
        } else {
            budget.spend(coefficient.cost(&product.coefficient))?;
            coefficient * &product.coefficient
        };
        let negative = product.monomial.factors().iter().any(|f| f.exponent.is_negative());
        let term = Polynomial::term(product.monomial, coefficient);
        let mut result = if negative {
            Self::quotient(term, Polynomial::constant(Rational::ONE), budget)?
        } else {
            term.into()
        };
        for (sum, exponent) in product.sums {
            let sum = Self::from((*sum).clone()).power_integer(exponent, budget)?;
            result = result.multiply(&sum, budget)?;
        }
        Ok(result)
    }

    /// `numerator / denominator`, reduced.
    ///
    /// # Errors
    /// [`Stop::Undefined`] when the denominator is zero.
    pub(crate) fn quotient(
        numerator: Polynomial,
        denominator: Polynomial,
        budget: &mut Budget,
    ) -> Result<Self, Stop> {
        let (numerator, denominator) = reduction::reduce(numerator, denominator, budget)?;
        let denominator = match denominator.as_rational() {
            Some(one) if one.is_one() => None,
            _ => Some(denominator),
        };
        Ok(Self { numerator, denominator })
    }

    fn denominator_or_one(&self) -> Polynomial {
        self.denominator.clone().unwrap_or_else(|| Polynomial::constant(Rational::ONE))
    }

    /// The sum.
    pub(crate) fn add(self, other: Self, budget: &mut Budget) -> Result<Self, Stop> {
        match (&self.denominator, &other.denominator) {
            (None, None) => Ok(self.numerator.add(other.numerator, budget)?.into()),
            (a, b) if a == b => {
                let numerator = self.numerator.add(other.numerator, budget)?;
                Self::quotient(numerator, self.denominator.unwrap_or_default(), budget)
            }
            _ => {
                let (b, d) = (self.denominator_or_one(), other.denominator_or_one());
                let left = self.numerator.multiply(&d, budget)?;
                let right = other.numerator.multiply(&b, budget)?;
                Self::quotient(left.add(right, budget)?, b.multiply(&d, budget)?, budget)
            }
        }
    }

    /// The difference.
    pub(crate) fn subtract(self, other: Self, budget: &mut Budget) -> Result<Self, Stop> {
        self.add(other.negate(), budget)
    }

    /// The negative.
    pub(crate) fn negate(mut self) -> Self {
        self.numerator = self.numerator.negate();
        self
    }

    /// The product.
    pub(crate) fn multiply(&self, other: &Self, budget: &mut Budget) -> Result<Self, Stop> {
        let numerator = self.numerator.multiply(&other.numerator, budget)?;
        let denominator = match (&self.denominator, &other.denominator) {
            (None, None) => return Ok(numerator.into()),
            (Some(one), None) | (None, Some(one)) => one.clone(),
            (Some(left), Some(right)) => left.multiply(right, budget)?,
        };
        Self::quotient(numerator, denominator, budget)
    }

    /// The product with a rational number.
    pub(crate) fn scale(mut self, factor: &Rational, budget: &mut Budget) -> Result<Self, Stop> {
        self.numerator = self.numerator.scale(factor, budget)?;
        if self.numerator.is_zero() {
            self.denominator = None;
        }
        Ok(self)
    }

    /// The quotient.
    pub(crate) fn divide(&self, other: &Self, budget: &mut Budget) -> Result<Self, Stop> {
        self.multiply(&other.reciprocal(budget)?, budget)
    }

    /// `1 / self`.
    pub(crate) fn reciprocal(&self, budget: &mut Budget) -> Result<Self, Stop> {
        Self::quotient(self.denominator_or_one(), self.numerator.clone(), budget)
    }

    /// A whole power; `0^0` has no value.
    pub(crate) fn power_integer(&self, exponent: i64, budget: &mut Budget) -> Result<Self, Stop> {
        if exponent == 1 {
            return Ok(self.clone());
        }
        if self.numerator.is_zero() {
            return if exponent > 0 { Ok(self.clone()) } else { Err(Stop::Undefined) };
        }
        let base = if exponent < 0 { self.reciprocal(budget)? } else { self.clone() };
        let numerator = base.numerator.power(exponent.unsigned_abs(), budget)?;
        match &base.denominator {
            None => Ok(numerator.into()),
            Some(denominator) => {
                let denominator = denominator.power(exponent.unsigned_abs(), budget)?;
                Self::quotient(numerator, denominator, budget)
            }
        }
    }

    /// Whether the value is known to be 0.
    #[must_use]
    pub(crate) fn is_zero(&self) -> bool {
        self.numerator.is_zero()
    }

    pub(crate) fn is_one(&self) -> bool {
        self.as_rational().is_some_and(|value| value.is_one())
    }

    pub(crate) fn is_minus_one(&self) -> bool {
        self.as_rational().and_then(|value| value.to_i64()) == Some(-1)
    }

    /// Whether this is a prime or e: a base whose powers to independent exponents are independent.
    pub(crate) fn is_prime_or_e(&self) -> bool {
        match self.as_rational() {
            Some(value) => value
                .to_i64()
                .and_then(|value| u64::try_from(value).ok())
                .is_some_and(prime::is_prime),
            None => self.as_atom() == Some(&Atom::E),
        }
    }

    /// The polynomial, if there is no denominator.
    pub(crate) fn as_polynomial(&self) -> Option<&Polynomial> {
        self.denominator.is_none().then_some(&self.numerator)
    }

    /// The polynomial, or the quotient back.
    pub(crate) fn into_polynomial(self) -> Result<Polynomial, Self> {
        if self.denominator.is_none() { Ok(self.numerator) } else { Err(self) }
    }

    /// The terms, where the denominator, if any, is one term: with negative exponents.
    pub(crate) fn as_terms(&self, budget: &mut Budget) -> Result<Option<Polynomial>, Stop> {
        let Some(denominator) = &self.denominator else { return Ok(Some(self.numerator.clone())) };
        let Some(term) = denominator.as_term() else { return Ok(None) };
        let negated =
            |factor: &Factor| Factor { atom: factor.atom.clone(), exponent: -&factor.exponent };
        let inverse = Monomial::collect(term.monomial.factors().iter().map(negated).collect());
        let scale = term.coefficient.reciprocal().ok_or(Stop::Undefined)?;
        let inverse = Polynomial::term(inverse.monomial, scale);
        self.numerator.multiply(&inverse, budget).map(Some)
    }

    /// The only term, if there is one and no denominator.
    pub(crate) fn as_term(&self) -> Option<&Term> {
        self.as_polynomial()?.as_term()
    }

    /// The atom, if that is all.
    pub(crate) fn as_atom(&self) -> Option<&Atom> {
        self.as_polynomial()?.as_atom()
    }

    /// The value, if it is a rational number.
    #[must_use]
    pub(crate) fn as_rational(&self) -> Option<Rational> {
        self.as_polynomial()?.as_rational()
    }

    /// The value, if it is an integer.
    #[must_use]
    pub(crate) fn as_integer(&self) -> Option<BigInt> {
        self.as_rational()?.to_integer()
    }

    /// The value, if it is an integer of one word.
    pub(crate) fn as_i64(&self) -> Option<i64> {
        self.as_rational()?.to_i64()
    }
}
