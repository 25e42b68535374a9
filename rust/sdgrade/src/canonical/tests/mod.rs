//! The algebra as tables that a mathematician can read.

mod calculus;
mod enclosures;
mod equality;
mod normal_forms;
mod properties;
mod reader;
