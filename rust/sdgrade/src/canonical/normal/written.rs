//! Normal forms written as expressions again.

use std::collections::BTreeSet;
use std::fmt;

use num_bigint::BigInt;

use super::form::{Atom, Factor, Normal, Polynomial, Term};
use crate::canonical::expression::{Constant, Expr, Symbol};

impl fmt::Display for Normal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_expr().fmt(f)
    }
}

impl Normal {
    /// The same as an expression.
    #[must_use]
    pub(crate) fn to_expr(&self) -> Expr {
        match &self.denominator {
            None => self.numerator.to_expr(),
            Some(denominator) => Expr::quotient(self.numerator.to_expr(), denominator.to_expr()),
        }
    }

    /// The variables that are left in the normal form.
    #[must_use]
    pub(crate) fn variables(&self) -> BTreeSet<Symbol> {
        self.to_expr().variables()
    }
}

impl Polynomial {
    /// The same as an expression.
    pub(crate) fn to_expr(&self) -> Expr {
        Expr::sum(self.terms().iter().map(Term::to_expr).collect())
    }
}

impl Term {
    /// The same as an expression.
    pub(crate) fn to_expr(&self) -> Expr {
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
}
