//! Expressions as they were meant, unexpanded and cheap to build.

mod depth;
mod display;
mod expr;
mod function;
mod named;
mod names;
mod parts;
mod symbol;

pub(crate) use depth::Depth;
pub(crate) use expr::{Constant, Expr, Series, SeriesKind};
pub(crate) use function::Function;
pub(crate) use symbol::Symbol;
