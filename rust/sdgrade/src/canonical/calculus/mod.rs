//! Derivatives, integrals, limits and endless nesting, as far as exact algebra decides them.

mod antiderivative;
mod derivative;
mod elementary;
mod goal;
mod integral;
mod limit;
mod nested;
mod rational_function;

#[cfg(test)]
pub(crate) use antiderivative::antiderivative;
pub(crate) use derivative::derivative;
pub(crate) use integral::integral;
pub(crate) use limit::{Side, limit};
pub(crate) use nested::nested;
