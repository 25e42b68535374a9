//! The few integrals that all others come down to.

use std::cmp::Ordering;

use crate::budget::{Budget, Stop};
use crate::canonical::decide::sign;
use crate::canonical::expression::{Expr, Function, Symbol};
use crate::canonical::number::Rational;

/// `∫ u^q du`.
pub(crate) fn of_power(u: &Expr, exponent: &Rational) -> Expr {
    let more = exponent + &Rational::ONE;
    match more.reciprocal() {
        Some(scale) => {
            Expr::product(vec![Expr::rational(scale), Expr::power(u.clone(), more.into())])
        }
        None => logarithm_of_size(u.clone()),
    }
}

/// `ln |u|`.
pub(crate) fn logarithm_of_size(u: Expr) -> Expr {
    Expr::logarithm(Expr::e(), Expr::function(Function::Abs, vec![u]))
}

/// `ax² + bx + c`.
pub(crate) struct Quadratic<'q> {
    pub(crate) squared: &'q Expr,
    pub(crate) linear: &'q Expr,
    pub(crate) constant: &'q Expr,
    pub(crate) variable: &'q Symbol,
}

impl Quadratic<'_> {
    fn expr(&self) -> Expr {
        let name = || Expr::Variable(self.variable.clone());
        let square = Expr::power(name(), Expr::integer(2));
        Expr::sum(vec![
            Expr::product(vec![self.squared.clone(), square]),
            Expr::product(vec![self.linear.clone(), name()]),
            self.constant.clone(),
        ])
    }

    /// `2ax + b`.
    fn slope(&self) -> Expr {
        let name = Expr::Variable(self.variable.clone());
        let first = Expr::product(vec![Expr::integer(2), self.squared.clone(), name]);
        Expr::sum(vec![first, self.linear.clone()])
    }

    /// `b² - 4ac`.
    fn discriminant(&self) -> Expr {
        let product =
            Expr::product(vec![Expr::integer(4), self.squared.clone(), self.constant.clone()]);
        let square = Expr::product(vec![self.linear.clone(), self.linear.clone()]);
        Expr::difference(square, product)
    }

    /// The integral of the square root: `((2ax+b) √u)/(4a) + (4ac-b²)/(8a) ∫ 1/√u`.
    pub(crate) fn integral_of_root(&self, budget: &mut Budget) -> Result<Expr, Stop> {
        let times = |factor: i64| Expr::product(vec![Expr::integer(factor), self.squared.clone()]);
        let product = Expr::product(vec![self.slope(), Expr::sqrt(self.expr())]);
        let scale = Expr::quotient(self.discriminant(), times(-8));
        let rest = Expr::product(vec![scale, self.integral_of_inverse_root(budget)?]);
        Ok(Expr::sum(vec![Expr::quotient(product, times(4)), rest]))
    }

    /// The integral of 1 over the square root: an inverse sine where `a` is negative, a logarithm
    /// where it is positive.
    pub(crate) fn integral_of_inverse_root(&self, budget: &mut Budget) -> Result<Expr, Stop> {
        let slope = self.slope();
        if sign(self.squared, budget)? == Ordering::Less {
            let sine = Expr::quotient(slope, Expr::sqrt(self.discriminant()));
            let angle = Expr::function(Function::Arcsin, vec![sine]);
            let root = Expr::sqrt(Expr::negate(self.squared.clone()));
            return Ok(Expr::quotient(Expr::negate(angle), root));
        }
        let root = Expr::sqrt(self.squared.clone());
        let double = Expr::product(vec![Expr::integer(2), root.clone(), Expr::sqrt(self.expr())]);
        Ok(Expr::quotient(logarithm_of_size(Expr::sum(vec![double, slope])), root))
    }

    /// The integral of `(αx + β)` over the quadratic, for rational coefficients: the logarithm of its
    /// size, and an inverse tangent or, with real zeros, the logarithm of a quotient.
    pub(crate) fn integral_of_quotient(&self, alpha: &Rational, beta: &Rational) -> Expr {
        let ratio = Expr::quotient(Expr::rational(alpha * &Rational::HALF), self.squared.clone());
        let first = Expr::product(vec![ratio.clone(), logarithm_of_size(self.expr())]);
        let less = Expr::product(vec![ratio, self.linear.clone()]);
        let rest = Expr::difference(Expr::rational(beta.clone()), less);
        let (slope, discriminant) = (self.slope(), self.discriminant());
        let positive = discriminant.as_rational().is_some_and(|value| !value.is_negative());
        let second = if positive {
            let root = Expr::sqrt(discriminant);
            let above = Expr::difference(slope.clone(), root.clone());
            let quotient = Expr::quotient(above, Expr::sum(vec![slope, root.clone()]));
            Expr::quotient(logarithm_of_size(quotient), root)
        } else {
            // 2/√(4ac-b²) arctan((2ax+b)/√(4ac-b²))
            let root = Expr::sqrt(Expr::negate(discriminant));
            let tangent = Expr::quotient(slope, root.clone());
            let angle = Expr::function(Function::Arctan, vec![tangent]);
            Expr::quotient(Expr::product(vec![Expr::integer(2), angle]), root)
        };
        Expr::sum(vec![first, Expr::product(vec![rest, second])])
    }
}
