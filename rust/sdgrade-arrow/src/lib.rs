//! Grades Arrow batches, and files of stored rollouts, with the grader of `sdgrade`.
//!
//! [`grade_batch`] grades rows in memory. [`regrade_file`] reads one file of rollouts (Parquet, JSON
//! lines, Arrow IPC, `inspect_ai` logs) and writes one Parquet file with the grades beside the input's columns;
//! [`join`] puts such files end to end. Files are streamed: memory does not grow with their rows.

mod batch;
mod buffers;
mod columns;
mod counts;
mod error;
mod eval_log;
mod in_order;
mod ipc;
mod json;
mod jsonl;
mod layout;
mod options;
mod output;
mod pages;
mod parquet_file;
mod regrade;
mod texts;

pub use batch::{Row as GradedRow, batch_of, grade_batch, schema};
pub use counts::{Counts, Meter};
pub use error::Error;
pub use layout::{LAYOUTS, Layout};
pub use options::Options;
pub use output::join;
pub use regrade::regrade_file;
pub use texts::{Chunked, Column, Texts, Unreadable};
