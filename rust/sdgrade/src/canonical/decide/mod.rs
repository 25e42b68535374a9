//! Decisions: whether two expressions are equal, which is larger, what solves an equation.

mod decision;
mod equation;
mod finite_field;
mod identity;
mod ordering;
mod sampling;
mod separation;
mod switches;

pub(crate) use decision::{Decision, Proof};
pub(crate) use equation::{coefficients, factor, ratio, solve};
pub(crate) use identity::equal;
pub(crate) use ordering::{compare, cuts_to, is_real, rounded, rounds_to, sign};
