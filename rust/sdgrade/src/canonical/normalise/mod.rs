//! From an expression to its normal form.

mod apply;
mod circle;
mod counting;
mod expand;
mod extremum;
mod hyperbolic;
mod logarithm;
mod parts;
mod power;
mod reality;
mod root;
mod series;
mod tower;
mod trigonometry;

pub(crate) use expand::normalise;
