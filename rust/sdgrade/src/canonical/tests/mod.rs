//! The algebra as tables that a mathematician can read.

mod normal_forms;
mod reader;
