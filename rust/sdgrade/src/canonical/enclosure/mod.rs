//! Values as balls: numbers with rigorous error bounds.

mod arithmetic;
mod ball;
mod complex;
pub(crate) mod constant;
mod counting;
mod elementary;
mod evaluate;
mod functions;
mod point;

pub(crate) use ball::Ball;
pub(crate) use complex::{Agreement, Complex};
#[cfg(test)]
pub(crate) use elementary::Context;
pub(crate) use evaluate::Evaluator;
pub(crate) use point::{Point, Region};
