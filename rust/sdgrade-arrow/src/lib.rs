//! Grades Arrow batches, and files of stored rollouts, with the grader of `sdgrade`.
//!
//! [`grade_batch`] grades rows in memory. [`regrade_file`] reads one file of rollouts (Parquet, JSON
//! lines, Arrow IPC, `inspect_ai` logs) and writes one Parquet file with the grades beside the input's columns;
//! [`join`] puts such files end to end. Files are streamed: memory does not grow with their rows.

mod arrow_along;
mod arrow_columns;
mod arrow_value;
mod batch;
mod batches;
mod buffers;
mod choose;
mod columns;
mod counts;
mod cut;
mod error;
mod eval_log;
mod grader;
mod in_order;
mod json;
mod json_text;
mod json_value;
mod keys;
pub mod layouts;
mod objects;
mod options;
mod output;
mod pages;
mod parquet_file;
mod path;
mod python_value;
mod regrade;
mod source;
mod texts;
mod value;

pub use batch::{Row as GradedRow, batch_of, grade_batch, schema};
pub use counts::{Counts, Meter};
pub use error::Error;
pub use options::Options;
pub use output::join;
pub use regrade::regrade_file;
pub use source::Regraded;
pub use texts::{Chunked, Column, Texts, Unreadable};
