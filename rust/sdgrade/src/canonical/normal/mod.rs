//! Normal forms: quotients of sums of terms, each a rational coefficient times a product of atoms to
//! rational powers.

mod form;
mod monomial;
mod polynomial;
mod quotient;
mod reduction;
pub(crate) mod univariate;
mod written;

pub(crate) use form::{Atom, Factor, Monomial, Normal, Polynomial, Term};
pub(crate) use monomial::MAX_POWER_BITS;
