//! What an answer means: exact scalar algebra.
//!
//! [`Expr`] is an expression as it was meant, unexpanded and cheap to build. [`normalise`] expands
//! it, within a budget, into a [`Normal`]: a quotient of sums of terms, each a rational coefficient
//! times a product of atoms to rational powers. Decisions ([`equal`], [`compare`], [`rounds_to`])
//! use the normal form where it is affordable and decides, and otherwise evaluate the unexpanded
//! expression in finite fields and in ball arithmetic.

mod ball;
mod combinatorial;
mod complex;
mod decision;
mod display;
mod elementary;
mod enclosure;
mod equation;
mod evaluate;
mod exact;
mod expr;
mod finite_field;
mod function;
mod identity;
mod integer;
mod monomial;
mod normal;
mod normalise;
mod numeral;
mod ordering;
mod point;
mod polynomial;
mod power;
mod random;
mod rational;
mod reality;
mod reduction;
mod sampling;
mod separation;
mod series;
mod switches;
mod symbol;
#[cfg(test)]
mod tests;
mod trigonometry;

pub use decision::{Decision, Proof};
pub use equation::{coefficients, ratio, solve};
pub use expr::{Constant, Expr, Series, SeriesKind};
pub use function::Function;
pub use identity::{equal, is_zero};
pub use normal::Normal;
pub use normalise::normalise;
pub use ordering::{compare, is_real, rounds_to, sign};
pub use rational::Rational;
pub use symbol::Symbol;
