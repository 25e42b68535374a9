//! What an answer means: exact scalar algebra.
//!
//! [`Expr`] is an expression as it was meant, unexpanded and cheap to build. [`normalise`] expands
//! it, within a budget, into a [`Normal`]: a quotient of sums of terms, each a rational coefficient
//! times a product of atoms to rational powers. Decisions ([`equal`], [`compare`], [`rounds_to`])
//! use the normal form where it is affordable and decides, and otherwise evaluate the unexpanded
//! expression in finite fields and in ball arithmetic.

mod calculus;
mod decide;
mod enclosure;
mod expression;
mod normal;
mod normalise;
mod number;
#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use calculus::antiderivative;
pub(crate) use calculus::{Side, derivative, integral, limit, nested};
pub(crate) use decide::{
    Decision, Proof, coefficients, compare, cuts_to, equal, factor, is_real, ratio, rounded,
    rounds_to, sign, solve,
};
pub(crate) use expression::{Expr, Function, SeriesKind, Symbol};
pub(crate) use normalise::normalise;
pub(crate) use number::Rational;
