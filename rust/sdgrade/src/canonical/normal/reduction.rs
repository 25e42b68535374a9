//! Reducing a quotient of polynomials: common monomials, roots in the denominator, common factors.

use num_integer::Integer;

use super::form::{Atom, Factor, Monomial, Polynomial, Term};
use super::univariate;
use crate::budget::{Budget, Stop};
use crate::canonical::number::Rational;

/// Denominators of more terms than this are not freed of roots.
const MAX_CONJUGATE_TERMS: usize = 32;

/// Work units an attempt at a simpler quotient may take; without it the quotient stays as it is.
const ATTEMPT: u64 = 50_000;

/// Reduces `numerator / denominator`.
///
/// # Errors
/// [`Stop::Undefined`] when the denominator is zero.
pub(crate) fn reduce(
    numerator: Polynomial,
    denominator: Polynomial,
    budget: &mut Budget,
) -> Result<(Polynomial, Polynomial), Stop> {
    if denominator.is_zero() {
        return Err(Stop::Undefined);
    }
    if numerator.is_zero() {
        return Ok((Polynomial::ZERO, Polynomial::constant(Rational::ONE)));
    }
    let (mut numerator, mut denominator) = cancel_monomials(numerator, denominator, budget)?;
    if denominator.terms().len() > 1 {
        let simpler = budget
            .attempt(ATTEMPT, |part| free_of_roots(numerator.clone(), denominator.clone(), part));
        if let Ok(simpler) = simpler {
            (numerator, denominator) = cancel_monomials(simpler.0, simpler.1, budget)?;
        }
    }
    if denominator.terms().len() > 1 {
        let simpler = budget.attempt(ATTEMPT, |part| cancel_sums(&numerator, &denominator, part));
        if let Ok(Some(simpler)) = simpler {
            (numerator, denominator) = simpler;
        }
    }
    make_primitive(numerator, denominator, budget)
}

/// Scales so that the denominator has coprime integer coefficients, the first one positive.
fn make_primitive(
    numerator: Polynomial,
    denominator: Polynomial,
    budget: &mut Budget,
) -> Result<(Polynomial, Polynomial), Stop> {
    let content = denominator.content(budget)?;
    let negative = denominator.terms().first().is_some_and(|term| term.coefficient.is_negative());
    let content = if negative { -&content } else { content };
    let scale = content.reciprocal().ok_or(Stop::Undefined)?;
    Ok((numerator.scale(&scale, budget)?, denominator.scale(&scale, budget)?))
}

/// Makes every exponent nonnegative, takes out the monomial that all terms share, and moves roots
/// and the imaginary unit out of a denominator of one term.
fn cancel_monomials(
    numerator: Polynomial,
    denominator: Polynomial,
    budget: &mut Budget,
) -> Result<(Polynomial, Polynomial), Stop> {
    let factors = inverse_of_common(&numerator, &denominator, budget)?;
    let (mut numerator, mut denominator) = (numerator, denominator);
    if !factors.is_empty() {
        let shift = Polynomial::term(Monomial::collect(factors).monomial, Rational::ONE);
        numerator = numerator.multiply(&shift, budget)?;
        denominator = denominator.multiply(&shift, budget)?;
    }
    let Some(term) = denominator.as_term() else { return Ok((numerator, denominator)) };
    let inverted: Vec<Factor> = term
        .monomial
        .factors()
        .iter()
        .filter(|factor| is_algebraic(&factor.atom))
        .map(|factor| Factor { atom: factor.atom.clone(), exponent: -&factor.exponent })
        .collect();
    if inverted.is_empty() {
        return Ok((numerator, denominator));
    }
    // For every root r^e the denominator is multiplied by r^(1 - e), for i by -i.
    let complements: Vec<Factor> = inverted
        .into_iter()
        .map(|factor| {
            let whole = Rational::from(factor.exponent.floor());
            let exponent = match factor.atom {
                Atom::ImaginaryUnit => Rational::from(3),
                _ => &factor.exponent - &whole,
            };
            Factor { atom: factor.atom, exponent }
        })
        .collect();
    let product = Monomial::collect(complements);
    let complement = Polynomial::term(product.monomial, product.coefficient);
    Ok((numerator.multiply(&complement, budget)?, denominator.multiply(&complement, budget)?))
}

/// Whether a whole power of the atom is free of it.
fn is_algebraic(atom: &Atom) -> bool {
    matches!(atom, Atom::Prime(_) | Atom::ImaginaryUnit | Atom::Root(_))
}

/// The inverse of the monomial that all terms of both share, negative exponents included: of every
/// atom that behaves as a variable the smallest power, where a term without it has the power 0.
fn inverse_of_common(
    numerator: &Polynomial,
    denominator: &Polynomial,
    budget: &mut Budget,
) -> Result<Vec<Factor>, Stop> {
    budget.spend(2 * (numerator.weight() + denominator.weight()))?;
    let terms = || numerator.terms().iter().chain(denominator.terms());
    let mut all: Vec<&Factor> = terms()
        .flat_map(|term| term.monomial.factors())
        .filter(|factor| !is_algebraic(&factor.atom))
        .collect();
    all.sort_by(|a, b| a.atom.cmp(&b.atom));
    let mut common = Vec::new();
    for powers in all.chunk_by(|a, b| a.atom == b.atom) {
        let everywhere = powers.len() == terms().count();
        let zero = (!everywhere).then_some(&Rational::ZERO);
        let smallest = powers.iter().map(|factor| &factor.exponent).chain(zero).min();
        if let Some(exponent) = smallest.filter(|exponent| !exponent.is_zero()) {
            common.push(Factor { atom: powers[0].atom.clone(), exponent: -exponent });
        }
    }
    Ok(common)
}

/// Multiplies numerator and denominator by conjugates until no square root, and no imaginary unit,
/// is left below; of other roots only those in a denominator of two terms.
fn free_of_roots(
    mut numerator: Polynomial,
    mut denominator: Polynomial,
    budget: &mut Budget,
) -> Result<(Polynomial, Polynomial), Stop> {
    while denominator.terms().len() <= MAX_CONJUGATE_TERMS {
        let Some(conjugate) = conjugate(&denominator, budget)? else { break };
        let product = denominator.multiply(&conjugate, budget)?;
        if product.is_zero() {
            break;
        }
        numerator = numerator.multiply(&conjugate, budget)?;
        denominator = product;
    }
    Ok((numerator, denominator))
}

/// A polynomial whose product with this one has one root less, if there is a root.
fn conjugate(denominator: &Polynomial, budget: &mut Budget) -> Result<Option<Polynomial>, Stop> {
    let occurs_as_square_root = |atom: &Atom| {
        denominator.terms().iter().all(|term| {
            let exponent = term.monomial.exponent(atom);
            match atom {
                Atom::ImaginaryUnit => true,
                _ => (&exponent + &exponent).is_integer(),
            }
        }) && denominator.terms().iter().any(|term| {
            let exponent = term.monomial.exponent(atom);
            matches!(atom, Atom::ImaginaryUnit) || !exponent.is_integer()
        })
    };
    let turns = |atom: &Atom, exponent: &Rational| match atom {
        Atom::ImaginaryUnit => exponent.is_one(),
        _ => !exponent.is_integer(),
    };
    let atoms = denominator.atoms();
    budget.spend((atoms.len() as u64).saturating_mul(denominator.weight()))?;
    if let Some(atom) = atoms
        .into_iter()
        .filter(|atom| !matches!(atom, Atom::Function(_) | Atom::Opaque(_)))
        .find(occurs_as_square_root)
    {
        let terms = denominator
            .terms()
            .iter()
            .map(|term| Term {
                monomial: term.monomial.clone(),
                coefficient: if turns(&atom, &term.monomial.exponent(&atom)) {
                    -&term.coefficient
                } else {
                    term.coefficient.clone()
                },
            })
            .collect();
        return Polynomial::collect(terms, budget).map(Some);
    }
    // a + b with b^n free of roots divides a^n - (-b)^n.
    let [a, b] = denominator.terms() else { return Ok(None) };
    let mut degree: i64 = 1;
    for factor in a.monomial.factors().iter().chain(b.monomial.factors()) {
        let Some((_, below)) = factor.exponent.to_small() else { return Ok(None) };
        degree = degree.lcm(&below);
        if degree > 12 {
            return Ok(None);
        }
    }
    if degree < 3 {
        return Ok(None);
    }
    let a = Polynomial::term(a.monomial.clone(), a.coefficient.clone());
    let b = Polynomial::term(b.monomial.clone(), -&b.coefficient);
    let mut sum = Polynomial::ZERO;
    let degree = degree.unsigned_abs();
    for step in 0..degree {
        let part = a.power(degree - 1 - step, budget)?.multiply(&b.power(step, budget)?, budget)?;
        sum = sum.add(part, budget)?;
    }
    Ok(Some(sum))
}

/// Divides out a common sum: the whole of one in the other, or, in one variable, the greatest.
fn cancel_sums(
    numerator: &Polynomial,
    denominator: &Polynomial,
    budget: &mut Budget,
) -> Result<Option<(Polynomial, Polynomial)>, Stop> {
    let one = || Polynomial::constant(Rational::ONE);
    if let Some(quotient) = numerator.divide_exactly(denominator, budget)? {
        return Ok(Some((quotient, one())));
    }
    if numerator.terms().len() > 1
        && let Some(quotient) = denominator.divide_exactly(numerator, budget)?
    {
        return Ok(Some((one(), quotient)));
    }
    let atoms = denominator.atoms();
    let [atom] = &atoms[..] else { return Ok(None) };
    if numerator.atoms() != atoms {
        return Ok(None);
    }
    budget.spend(32 * (numerator.terms().len() + denominator.terms().len()) as u64)?;
    let (Some(above), Some(below)) =
        (univariate::dense(numerator, atom), univariate::dense(denominator, atom))
    else {
        return Ok(None);
    };
    let divisor = univariate::gcd(above, below, budget)?;
    if divisor.len() < 2 {
        return Ok(None);
    }
    let divisor = univariate::polynomial(divisor, atom, budget)?;
    let above = numerator.divide_exactly(&divisor, budget)?;
    let below = denominator.divide_exactly(&divisor, budget)?;
    Ok(above.zip(below))
}
