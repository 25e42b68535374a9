//! What an answer means: exact scalar algebra.
//!
//! [`Expr`] is an expression as it was meant, unexpanded and cheap to build. [`normalise`] expands
//! it, within a budget, into a [`Normal`]: a quotient of sums of terms, each a rational coefficient
//! times a product of atoms to rational powers. Decisions ([`equal`], [`compare`], [`rounds_to`])
//! use the normal form where it is affordable and decides, and otherwise evaluate the unexpanded
//! expression in finite fields and in ball arithmetic.

mod combinatorial;
mod display;
mod enclosure;
mod exact;
mod expr;
mod function;
mod integer;
mod monomial;
mod normal;
mod normalise;
mod numeral;
mod polynomial;
mod power;
mod rational;
mod reduction;
mod series;
mod symbol;
#[cfg(test)]
mod tests;
mod trigonometry;

pub use expr::{Constant, Expr, Series, SeriesKind};
pub use function::Function;
pub use normal::Normal;
pub use normalise::normalise;
pub use rational::Rational;
pub use symbol::Symbol;

use crate::budget::{Budget, Stop};
use std::cmp::Ordering;

/// What a decision stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Normal forms: a theorem.
    Exact,
    /// Enclosures that are disjoint, or closer to zero than a nonzero value could be: a theorem.
    Separation,
    /// Agreement at points that were chosen independently of the expressions.
    Identity {
        /// The chance of an error is at most two to this power.
        error: i32,
    },
}

/// The outcome of a yes-or-no question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Yes.
    Equal(Proof),
    /// No.
    Different(Proof),
    /// Nobody knows, and why.
    Unknown(Stop),
}

/// stub
pub fn equal(a: &Expr, b: &Expr, w: &mut Budget) -> Decision {
    if a == b {
        return Decision::Equal(Proof::Exact);
    }
    if let (Some(_), Some(_)) = (a.as_rational(), b.as_rational()) {
        return Decision::Different(Proof::Exact);
    }
    match by_normal(a, b, w) {
        Ok(Some(true)) => Decision::Equal(Proof::Exact),
        Ok(Some(false)) => Decision::Different(Proof::Exact),
        Ok(None) => Decision::Unknown(Stop::Open),
        Err(stop) => Decision::Unknown(stop),
    }
}
/// stub
pub fn is_zero(a: &Expr, b: &mut Budget) -> Decision {
    equal(a, &Expr::integer(0), b)
}
/// stub
pub fn compare(a: &Expr, b: &Expr, _: &mut Budget) -> Result<Ordering, Stop> {
    match (a.as_rational(), b.as_rational()) {
        (Some(a), Some(b)) => Ok(a.cmp(b)),
        _ => Err(Stop::Open),
    }
}
/// stub
pub fn sign(a: &Expr, b: &mut Budget) -> Result<Ordering, Stop> {
    compare(a, &Expr::integer(0), b)
}
/// stub
pub fn is_real(_: &Expr, _: &mut Budget) -> Option<bool> {
    None
}
/// stub
pub fn ratio(a: &Expr, b: &Expr, w: &mut Budget) -> Decision {
    equal(a, b, w)
}
/// stub
pub fn coefficients(_: &Expr, _: &Symbol, _: &mut Budget) -> Result<Vec<Expr>, Stop> {
    Err(Stop::Open)
}
/// stub
pub fn solve(_: &Expr, _: &Symbol, _: &mut Budget) -> Result<Vec<Expr>, Stop> {
    Err(Stop::Open)
}
/// stub
pub fn rounds_to(_: &Expr, _: &Rational, _: i32, _: &mut Budget) -> Decision {
    Decision::Unknown(Stop::Open)
}

fn by_normal(a: &Expr, b: &Expr, budget: &mut Budget) -> Result<Option<bool>, Stop> {
    let a = normalise(a, budget)?;
    let b = normalise(b, budget)?;
    if a == b {
        return Ok(Some(true));
    }
    let difference = a.subtract(b, budget)?;
    if difference.is_zero() {
        return Ok(Some(true));
    }
    if difference.numerator.is_faithful() {
        return Ok(Some(false));
    }
    Ok(None)
}
