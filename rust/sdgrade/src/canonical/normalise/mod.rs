//! From an expression to its normal form.

mod apply;
mod circle;
mod counting;
mod expand;
mod extremum;
mod fractions;
mod hyperbolic;
mod infinite;
mod logarithm;
mod parts;
mod power;
mod rational_series;
mod reality;
mod root;
mod series;
mod summand;
mod tower;
mod trigonometry;
mod zeta;

pub(crate) use expand::normalise;
