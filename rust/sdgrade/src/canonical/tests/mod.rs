//! The algebra as tables that a mathematician can read.

mod equality;
mod normal_forms;
mod properties;
mod reader;
