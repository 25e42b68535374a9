//! Grades Arrow batches, and files of stored rollouts, with the grader of `sdgrade`.
//!
//! [`grade_batch`] grades rows in memory. With the feature `files`, which is on by default,
//! `regrade_files` reads files of rollouts (Parquet, JSON, Arrow IPC, `inspect_ai` logs) and writes one
//! Parquet file with the grades beside the inputs' columns; `join` puts such files end to end. Files are
//! streamed: memory does not grow with their rows.

mod batch;
#[cfg(feature = "files")]
mod files;
mod graded;
pub mod layouts;
mod texts;

pub use batch::grade_batch;
#[cfg(feature = "files")]
pub use files::{Counts, Error, Input, Meter, Options, Regraded, join, regrade_files};
pub use graded::{Graded, Row, schema};
pub use texts::{Chunked, Column, Texts, Unreadable};
