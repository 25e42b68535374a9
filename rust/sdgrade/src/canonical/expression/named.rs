//! Functions with a name of their own that are others in disguise.

use super::expr::{Expr, SeriesKind};
use super::function::Function;
use super::symbol::Symbol;

impl Expr {
    /// `Γ(argument)`, as a factorial.
    #[must_use]
    pub(crate) fn gamma(argument: Self) -> Self {
        let before = Self::difference(argument, Self::integer(1));
        Self::function(Function::Factorial, vec![before])
    }

    /// `base (base - 1) … (base - count + 1)`.
    #[must_use]
    pub(crate) fn falling_factorial(base: Self, count: Self) -> Self {
        Self::function(Function::Permutations, vec![base, count])
    }

    /// `base (base + 1) … (base + count - 1)`.
    #[must_use]
    pub(crate) fn rising_factorial(base: Self, count: Self) -> Self {
        let last = Self::sum(vec![base, count.clone(), Self::integer(-1)]);
        Self::falling_factorial(last, count)
    }

    /// `1 + 1/2 + … + 1/last`.
    #[must_use]
    pub(crate) fn harmonic(last: Self) -> Self {
        let index = Symbol::new("k");
        let term = Self::quotient(Self::integer(1), Self::Variable(index.clone()));
        Self::series(SeriesKind::Sum, index, Self::integer(1), last, term)
    }

    /// The Lucas number: the sum of the two Fibonacci numbers beside that of the same index.
    #[must_use]
    pub(crate) fn lucas(index: &Self) -> Self {
        let beside = |offset| {
            let index = Self::sum(vec![index.clone(), Self::integer(offset)]);
            Self::function(Function::Fibonacci, vec![index])
        };
        Self::sum(vec![beside(-1), beside(1)])
    }
}
