//! The data that a normal form is made of. It is recursive: an atom may hold a normal form again.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::canonical::expression::{Expr, Function, Symbol};
use crate::canonical::number::Rational;

/// An expression in normal form: a quotient of two sums of terms without a common monomial.
///
/// Equal normal forms mean equal values. For polynomials over roots of primes the converse holds
/// too; quotients may share a factor that was too costly to find.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Normal {
    pub(super) numerator: Polynomial,
    /// `None` is 1; otherwise primitive with a positive leading coefficient.
    pub(super) denominator: Option<Polynomial>,
}

/// A coefficient times a monomial.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Term {
    pub(crate) monomial: Monomial,
    pub(crate) coefficient: Rational,
}

/// A sum of terms with distinct monomials, in decreasing order, and nonzero coefficients.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Polynomial {
    pub(super) terms: Vec<Term>,
}

/// A product of powers of distinct atoms, in the order of the atoms.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Monomial(pub(super) Vec<Factor>);

/// What a monomial is made of; the order is the order of display.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Atom {
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
pub(crate) struct Factor {
    pub(crate) atom: Atom,
    pub(crate) exponent: Rational,
}

impl Normal {
    /// The part above the line.
    pub(crate) fn numerator(&self) -> &Polynomial {
        &self.numerator
    }

    /// The part below the line, unless it is 1.
    pub(crate) fn denominator(&self) -> Option<&Polynomial> {
        self.denominator.as_ref()
    }

    /// What it costs to look at all atoms, with what is inside them.
    pub(crate) fn weight(&self) -> u64 {
        1 + self.numerator.weight() + self.denominator.as_ref().map_or(0, Polynomial::weight)
    }

    /// Whether neither a variable nor an unknown function is left.
    #[must_use]
    pub(crate) fn is_constant(&self) -> bool {
        self.numerator.is_constant()
            && self.denominator.as_ref().is_none_or(Polynomial::is_constant)
    }
}

impl Polynomial {
    /// The terms, the largest monomial first.
    pub(crate) fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// What it costs to look at all atoms, with what is inside them.
    pub(crate) fn weight(&self) -> u64 {
        self.terms.iter().map(Term::weight).sum()
    }

    /// Whether no variable occurs.
    pub(crate) fn is_constant(&self) -> bool {
        self.terms().iter().flat_map(|term| term.monomial.factors()).all(|f| f.atom.is_constant())
    }
}

impl Term {
    /// What it costs to look at all factors, with what is inside their atoms.
    pub(crate) fn weight(&self) -> u64 {
        self.monomial.factors().iter().map(Factor::weight).sum()
    }
}

impl Monomial {
    /// The factors in order.
    pub(crate) fn factors(&self) -> &[Factor] {
        &self.0
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

impl Factor {
    /// What it costs to compare the factor with an equal one, or to add to its exponent.
    pub(crate) fn weight(&self) -> u64 {
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
}

impl Atom {
    /// Whether the atom is one number: no variable occurs in it, and no unknown function.
    pub(crate) fn is_constant(&self) -> bool {
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

    /// An atom for an expression that is only equal to itself.
    pub(crate) fn opaque(expr: Expr) -> Self {
        Self::Opaque(Arc::new(expr))
    }
}
