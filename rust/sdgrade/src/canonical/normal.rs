//! Quotients of polynomials: the normal form of an expression.

use std::collections::BTreeSet;
use std::sync::Arc;

use num_bigint::BigInt;

use super::expr::Constant;
use super::monomial::{Atom, Factor, Monomial};
use super::polynomial::{Polynomial, Term};
use super::{Expr, Function, Rational, Symbol, reduction};
use crate::budget::{Budget, Stop};

/// An expression in normal form: a quotient of two sums of terms without a common monomial.
///
/// Equal normal forms mean equal values. For polynomials over roots of primes the converse holds
/// too; quotients may share a factor that was too costly to find.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Normal {
    pub(super) numerator: Polynomial,
    /// `None` is 1; otherwise primitive with a positive leading coefficient.
    pub(super) denominator: Option<Polynomial>,
}

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
    pub(super) fn integer(value: i64) -> Self {
        Rational::from(value).into()
    }

    /// An atom.
    pub(super) fn atom(atom: Atom) -> Self {
        Polynomial::atom(atom).into()
    }

    /// The imaginary unit.
    pub(super) fn i() -> Self {
        Self::atom(Atom::ImaginaryUnit)
    }

    /// π.
    pub(super) fn pi() -> Self {
        Self::atom(Atom::Pi)
    }

    /// `coefficient` times these powers, in any order.
    pub(super) fn term(
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
    pub(super) fn quotient(
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

    /// What it costs to look at all atoms, with what is inside them.
    pub(super) fn weight(&self) -> u64 {
        1 + self.numerator.weight() + self.denominator.as_ref().map_or(0, Polynomial::weight)
    }

    fn denominator_or_one(&self) -> Polynomial {
        self.denominator.clone().unwrap_or_else(|| Polynomial::constant(Rational::ONE))
    }

    /// The sum.
    pub(super) fn add(self, other: Self, budget: &mut Budget) -> Result<Self, Stop> {
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
    pub(super) fn subtract(self, other: Self, budget: &mut Budget) -> Result<Self, Stop> {
        self.add(other.negate(), budget)
    }

    /// The negative.
    pub(super) fn negate(mut self) -> Self {
        self.numerator = self.numerator.negate();
        self
    }

    /// The product.
    pub(super) fn multiply(&self, other: &Self, budget: &mut Budget) -> Result<Self, Stop> {
        let numerator = self.numerator.multiply(&other.numerator, budget)?;
        let denominator = match (&self.denominator, &other.denominator) {
            (None, None) => return Ok(numerator.into()),
            (Some(one), None) | (None, Some(one)) => one.clone(),
            (Some(left), Some(right)) => left.multiply(right, budget)?,
        };
        Self::quotient(numerator, denominator, budget)
    }

    /// The product with a rational number.
    pub(super) fn scale(mut self, factor: &Rational, budget: &mut Budget) -> Result<Self, Stop> {
        self.numerator = self.numerator.scale(factor, budget)?;
        if self.numerator.is_zero() {
            self.denominator = None;
        }
        Ok(self)
    }

    /// The quotient.
    pub(super) fn divide(&self, other: &Self, budget: &mut Budget) -> Result<Self, Stop> {
        self.multiply(&other.reciprocal(budget)?, budget)
    }

    /// `1 / self`.
    pub(super) fn reciprocal(&self, budget: &mut Budget) -> Result<Self, Stop> {
        Self::quotient(self.denominator_or_one(), self.numerator.clone(), budget)
    }

    /// A whole power; `0^0` has no value.
    pub(super) fn power_integer(&self, exponent: i64, budget: &mut Budget) -> Result<Self, Stop> {
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
    pub fn is_zero(&self) -> bool {
        self.numerator.is_zero()
    }

    pub(super) fn is_one(&self) -> bool {
        self.as_rational().is_some_and(|value| value.is_one())
    }

    pub(super) fn is_minus_one(&self) -> bool {
        self.as_rational().and_then(|value| value.to_i64()) == Some(-1)
    }

    /// Whether this is a prime or e: a base whose powers to independent exponents are independent.
    pub(super) fn is_prime_or_e(&self) -> bool {
        match self.as_rational() {
            Some(value) => value
                .to_i64()
                .and_then(|value| u64::try_from(value).ok())
                .is_some_and(super::integer::is_prime),
            None => self.as_atom() == Some(&Atom::E),
        }
    }

    /// The polynomial, if there is no denominator.
    pub(super) fn as_polynomial(&self) -> Option<&Polynomial> {
        self.denominator.is_none().then_some(&self.numerator)
    }

    /// The only term, if there is one and no denominator.
    pub(super) fn as_term(&self) -> Option<&Term> {
        self.as_polynomial()?.as_term()
    }

    /// The atom, if that is all.
    pub(super) fn as_atom(&self) -> Option<&Atom> {
        self.as_polynomial()?.as_atom()
    }

    /// The value, if it is a rational number.
    #[must_use]
    pub fn as_rational(&self) -> Option<Rational> {
        self.as_polynomial()?.as_rational()
    }

    /// The value, if it is an integer.
    #[must_use]
    pub fn as_integer(&self) -> Option<BigInt> {
        self.as_rational()?.to_integer()
    }

    /// The value, if it is an integer of one word.
    pub(super) fn as_i64(&self) -> Option<i64> {
        self.as_rational()?.to_i64()
    }

    /// The variables that are left in the normal form.
    #[must_use]
    pub fn variables(&self) -> BTreeSet<Symbol> {
        self.to_expr().variables()
    }

    /// Whether neither a variable nor an unknown function is left.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        self.numerator.is_constant()
            && self.denominator.as_ref().is_none_or(Polynomial::is_constant)
    }

    /// The same as an expression.
    #[must_use]
    pub fn to_expr(&self) -> Expr {
        match &self.denominator {
            None => self.numerator.to_expr(),
            Some(denominator) => Expr::quotient(self.numerator.to_expr(), denominator.to_expr()),
        }
    }
}

impl Polynomial {
    /// Whether no variable occurs.
    pub(super) fn is_constant(&self) -> bool {
        self.terms().iter().flat_map(|term| term.monomial.factors()).all(|f| f.atom.is_constant())
    }

    /// The same as an expression.
    pub(super) fn to_expr(&self) -> Expr {
        Expr::sum(self.terms().iter().map(Term::to_expr).collect())
    }
}

impl Term {
    /// The same as an expression.
    pub(super) fn to_expr(&self) -> Expr {
        let mut factors = vec![Expr::Rational(self.coefficient.clone())];
        factors.extend(self.monomial.factors().iter().map(Factor::to_expr));
        Expr::product(factors)
    }
}

impl Factor {
    fn to_expr(&self) -> Expr {
        if let Atom::Tower(tower) = &self.atom {
            let mut exponent = vec![Expr::Rational(self.exponent.clone())];
            exponent.extend(tower.1.factors().iter().map(Self::to_expr));
            return Expr::power(tower.0.to_expr(), Expr::product(exponent));
        }
        Expr::power(self.atom.to_expr(), Expr::Rational(self.exponent.clone()))
    }
}

impl Atom {
    /// Whether the atom is one number: no variable occurs in it, and no unknown function.
    pub(super) fn is_constant(&self) -> bool {
        match self {
            Self::Prime(_) | Self::ImaginaryUnit | Self::Pi | Self::E => true,
            Self::Variable(_) => false,
            Self::Root(sum) => sum.is_constant(),
            Self::Tower(tower) => {
                tower.0.is_constant()
                    && tower.1.factors().iter().all(|factor| factor.atom.is_constant())
            }
            // What an unknown function gives is as free as a variable.
            Self::Function(call) => {
                !matches!(call.0, Function::Named(_)) && call.1.iter().all(Normal::is_constant)
            }
            Self::Opaque(expr) => expr.is_constant(),
        }
    }

    fn to_expr(&self) -> Expr {
        match self {
            Self::Prime(prime) => match i64::try_from(*prime) {
                Ok(prime) => Expr::integer(prime),
                Err(_) => Expr::Rational(BigInt::from(*prime).into()),
            },
            Self::ImaginaryUnit => Expr::Constant(Constant::I),
            Self::Pi => Expr::Constant(Constant::Pi),
            Self::E => Expr::Constant(Constant::E),
            Self::Variable(symbol) => Expr::Variable(symbol.clone()),
            Self::Root(sum) => sum.to_expr(),
            Self::Tower(tower) => {
                let exponent = tower.1.factors().iter().map(Factor::to_expr).collect();
                Expr::power(tower.0.to_expr(), Expr::product(exponent))
            }
            Self::Function(call) => {
                Expr::Function(call.0.clone(), call.1.iter().map(Normal::to_expr).collect())
            }
            Self::Opaque(expr) => (**expr).clone(),
        }
    }

    /// An atom for an expression that is only equal to itself.
    pub(super) fn opaque(expr: Expr) -> Self {
        Self::Opaque(Arc::new(expr))
    }
}
