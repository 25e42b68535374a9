//! Sums of terms: polynomials in atoms with rational coefficients.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Zero};

use super::form::{Atom, Monomial, Polynomial, Term};
use crate::budget::{Budget, Stop};
use crate::canonical::number::{Rational, gcd_of_words};

/// A sum of more terms than this is not expanded.
pub(crate) const MAX_TERMS: usize = 20_000;

impl Polynomial {
    /// The empty sum.
    pub(crate) const ZERO: Self = Self { terms: Vec::new() };

    /// A constant.
    pub(crate) fn constant(value: Rational) -> Self {
        Self::term(Monomial::ONE, value)
    }

    /// One term.
    pub(crate) fn term(monomial: Monomial, coefficient: Rational) -> Self {
        if coefficient.is_zero() {
            return Self::ZERO;
        }
        Self { terms: vec![Term { monomial, coefficient }] }
    }

    /// An atom.
    pub(crate) fn atom(atom: Atom) -> Self {
        Self::term(Monomial::atom(atom), Rational::ONE)
    }

    /// The sum of terms in any order.
    pub(crate) fn collect(mut terms: Vec<Term>, budget: &mut Budget) -> Result<Self, Stop> {
        let count = terms.len() as u64;
        budget.spend(2 * count)?;
        if terms.len() > 1 {
            let weight: u64 = terms.iter().map(Term::weight).sum();
            budget.spend(weight * u64::from(64 - count.leading_zeros()) / 2)?;
            terms.sort_by(|a, b| b.monomial.cmp(&a.monomial));
            let mut kept: Vec<Term> = Vec::with_capacity(terms.len());
            for term in terms {
                match kept.last_mut() {
                    Some(last) if last.monomial == term.monomial => {
                        budget.spend(last.coefficient.cost(&term.coefficient))?;
                        last.coefficient = &last.coefficient + &term.coefficient;
                    }
                    last => {
                        if last.is_some_and(|last| last.coefficient.is_zero()) {
                            kept.pop();
                        }
                        kept.push(term);
                    }
                }
            }
            terms = kept;
        }
        if terms.last().is_some_and(|last| last.coefficient.is_zero()) {
            terms.pop();
        }
        Ok(Self { terms })
    }

    /// The terms, taken out.
    pub(crate) fn into_terms(self) -> Vec<Term> {
        self.terms
    }

    /// Whether this is the empty sum.
    pub(crate) fn is_zero(&self) -> bool {
        self.terms.is_empty()
    }

    /// The value, if there is no atom.
    pub(crate) fn as_rational(&self) -> Option<Rational> {
        match &self.terms[..] {
            [] => Some(Rational::ZERO),
            [term] if term.monomial.is_one() => Some(term.coefficient.clone()),
            _ => None,
        }
    }

    /// The only term, if there is exactly one.
    pub(crate) fn as_term(&self) -> Option<&Term> {
        match &self.terms[..] {
            [term] => Some(term),
            _ => None,
        }
    }

    /// The only atom, if the polynomial is one atom to the first power.
    pub(crate) fn as_atom(&self) -> Option<&Atom> {
        let term = self.as_term().filter(|term| term.coefficient.is_one())?;
        match term.monomial.factors() {
            [factor] if factor.exponent.is_one() => Some(&factor.atom),
            _ => None,
        }
    }

    /// The sum.
    pub(crate) fn add(mut self, other: Self, budget: &mut Budget) -> Result<Self, Stop> {
        if other.is_zero() {
            return Ok(self);
        }
        self.terms.extend(other.terms);
        Self::collect(self.terms, budget)
    }

    /// The difference.
    pub(crate) fn subtract(self, other: Self, budget: &mut Budget) -> Result<Self, Stop> {
        self.add(other.negate(), budget)
    }

    /// The negative.
    pub(crate) fn negate(mut self) -> Self {
        for term in &mut self.terms {
            term.coefficient = -&term.coefficient;
        }
        self
    }

    /// The product with a rational number.
    pub(crate) fn scale(mut self, factor: &Rational, budget: &mut Budget) -> Result<Self, Stop> {
        if factor.is_zero() {
            return Ok(Self::ZERO);
        }
        if !factor.is_one() {
            for term in &mut self.terms {
                budget.spend(term.coefficient.cost(factor))?;
                term.coefficient = &term.coefficient * factor;
            }
        }
        Ok(self)
    }

    /// The product.
    pub(crate) fn multiply(&self, other: &Self, budget: &mut Budget) -> Result<Self, Stop> {
        let count = self.terms.len().saturating_mul(other.terms.len());
        let width = |sum: &Self| sum.terms.len() as u64;
        budget.spend(10 * count as u64)?;
        budget.spend(2 * self.weight().saturating_mul(width(other)))?;
        budget.spend(2 * other.weight().saturating_mul(width(self)))?;
        let mut terms = Vec::with_capacity(count.min(MAX_TERMS));
        for left in &self.terms {
            for right in &other.terms {
                left.multiply_into(right, &mut terms, budget)?;
            }
            if terms.len() > 4 * MAX_TERMS {
                terms = Self::collect(terms, budget)?.terms;
                if terms.len() > MAX_TERMS {
                    return Err(Stop::Work);
                }
            }
        }
        Self::collect(terms, budget)
    }

    /// A whole power.
    pub(crate) fn power(&self, exponent: u64, budget: &mut Budget) -> Result<Self, Stop> {
        if exponent == 0 {
            return Ok(Self::constant(Rational::ONE));
        }
        // The powers of a number of roots have no more terms than its field has dimensions.
        let bounded = self.terms.len() == 1 || self.is_radical();
        if exponent > 1 && !bounded && expanded_terms(self.terms.len(), exponent) > MAX_TERMS {
            return Err(Stop::Work);
        }
        let mut power = self.clone();
        if bounded {
            // Squares keep the number of multiplications of a long exponent small.
            let mut result = Self::constant(Rational::ONE);
            let mut rest = exponent;
            while rest > 0 {
                if rest & 1 == 1 {
                    result = result.multiply(&power, budget)?;
                }
                rest >>= 1;
                if rest > 0 {
                    power = power.multiply(&power, budget)?;
                }
            }
            return Ok(result);
        }
        for _ in 1..exponent {
            power = power.multiply(self, budget)?;
        }
        Ok(power)
    }

    /// The quotient, if `divisor` divides this polynomial; every atom is taken for a variable.
    pub(crate) fn divide_exactly(
        &self,
        divisor: &Self,
        budget: &mut Budget,
    ) -> Result<Option<Self>, Stop> {
        let Some(leading) = divisor.terms.first() else { return Ok(None) };
        let mut rest = self.clone();
        let mut quotient = Vec::new();
        while let Some(top) = rest.terms.first() {
            let Some(monomial) = top.monomial.divide(&leading.monomial) else { return Ok(None) };
            let Some(coefficient) = top.coefficient.divide(&leading.coefficient) else {
                return Ok(None);
            };
            budget.spend(8 + 2 * rest.terms.len() as u64)?;
            let term = Self::term(monomial, coefficient);
            let previous = top.monomial.clone();
            if quotient.len() > MAX_TERMS {
                return Err(Stop::Work);
            }
            rest = rest.subtract(divisor.multiply(&term, budget)?, budget)?;
            // Where a product of atoms reduces, as √2·√2, the leading term need not go away.
            if rest.terms.first().is_some_and(|next| next.monomial >= previous) {
                return Ok(None);
            }
            quotient.extend(term.terms);
        }
        Self::collect(quotient, budget).map(Some)
    }

    /// The positive rational number that leaves coprime integers as coefficients.
    pub(crate) fn content(&self, budget: &mut Budget) -> Result<Rational, Stop> {
        if let [term] = &self.terms[..] {
            return Ok(term.coefficient.abs());
        }
        if let Some(content) = self.small_content() {
            return Ok(content);
        }
        let mut numerator = BigInt::zero();
        let mut denominator = BigInt::one();
        for term in &self.terms {
            budget.spend(2 * term.coefficient.cost(&term.coefficient))?;
            numerator = numerator.gcd(&term.coefficient.numerator());
            denominator = denominator.lcm(&term.coefficient.denominator());
            budget.spend(denominator.bits() / 64)?;
        }
        Ok(Rational::from_big(numerator, denominator).unwrap_or(Rational::ONE))
    }

    /// [`Self::content`] where every coefficient is a machine integer.
    fn small_content(&self) -> Option<Rational> {
        let mut divisor = 0;
        for term in &self.terms {
            let value = term.coefficient.to_i64()?;
            divisor = gcd_of_words(divisor, value.unsigned_abs());
            if divisor == 1 {
                return self
                    .terms
                    .iter()
                    .all(|term| term.coefficient.is_integer())
                    .then_some(Rational::ONE);
            }
        }
        i64::try_from(divisor).ok().map(Rational::from)
    }

    /// Whether distinct monomials of these polynomials are known to be linearly independent over
    /// the rationals, so that equal values mean equal terms: roots of primes, the imaginary unit,
    /// variables, exponentials of variables, and only one of π and e.
    pub(crate) fn are_independent(polynomials: &[&Self]) -> bool {
        let mut constant: Option<&Atom> = None;
        let terms = polynomials.iter().flat_map(|polynomial| &polynomial.terms);
        terms.flat_map(|term| term.monomial.factors()).all(|factor| match &factor.atom {
            Atom::Prime(_) => factor.exponent.is_proper_fraction(),
            Atom::ImaginaryUnit | Atom::Variable(_) => true,
            atom @ (Atom::Pi | Atom::E) => *constant.get_or_insert(atom) == atom,
            Atom::Tower(tower) => {
                let variables = |exponent: &Monomial| {
                    exponent.factors().iter().all(|factor| matches!(factor.atom, Atom::Variable(_)))
                };
                tower.0.is_prime_or_e() && variables(&tower.1)
            }
            Atom::Root(_) | Atom::Function(_) | Atom::Opaque(_) => false,
        })
    }

    /// Whether the value is an algebraic number made of rationals, roots of primes and i.
    pub(crate) fn is_radical(&self) -> bool {
        self.terms
            .iter()
            .flat_map(|term| term.monomial.factors())
            .all(|factor| matches!(factor.atom, Atom::Prime(_) | Atom::ImaginaryUnit))
    }

    /// The atoms that occur, each once, in order.
    pub(crate) fn atoms(&self) -> Vec<Atom> {
        let mut atoms: Vec<Atom> = self
            .terms
            .iter()
            .flat_map(|term| term.monomial.factors())
            .map(|factor| factor.atom.clone())
            .collect();
        atoms.sort_unstable();
        atoms.dedup();
        atoms
    }
}

impl Term {
    /// Appends the product of two terms; where sums leave a root it is more than one term.
    fn multiply_into(
        &self,
        other: &Self,
        terms: &mut Vec<Self>,
        budget: &mut Budget,
    ) -> Result<(), Stop> {
        budget.spend(self.coefficient.cost(&other.coefficient))?;
        let coefficient = &self.coefficient * &other.coefficient;
        if self.monomial.is_one() || other.monomial.is_one() {
            let monomial = if self.monomial.is_one() { &other.monomial } else { &self.monomial };
            terms.push(Self { monomial: monomial.clone(), coefficient });
            return Ok(());
        }
        let product = self.monomial.multiply(&other.monomial);
        let coefficient = if product.coefficient.is_one() {
            coefficient
        } else {
            budget.spend(coefficient.cost(&product.coefficient))?;
            &coefficient * &product.coefficient
        };
        let term = Self { monomial: product.monomial, coefficient };
        if product.sums.is_empty() {
            terms.push(term);
            return Ok(());
        }
        let mut expanded = Polynomial { terms: vec![term] };
        for (sum, exponent) in product.sums {
            let exponent = u64::try_from(exponent).map_err(|_| Stop::Open)?;
            expanded = expanded.multiply(&sum.power(exponent, budget)?, budget)?;
        }
        terms.extend(expanded.terms);
        Ok(())
    }
}

/// How many terms a sum has at most to this power: `exponent + terms - 1` over `terms - 1`,
/// saturating.
fn expanded_terms(terms: usize, exponent: u64) -> usize {
    let mut count: u128 = 1;
    for step in 1..terms as u128 {
        count = count * (u128::from(exponent) + step) / step;
        if count > MAX_TERMS as u128 {
            return usize::MAX;
        }
    }
    usize::try_from(count).unwrap_or(usize::MAX)
}
