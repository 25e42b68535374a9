//! Grades Arrow batches, and files of stored rollouts, with the grader of `sdgrade`.

mod batch;
mod texts;

pub use batch::{grade_batch, schema};
pub use texts::{Chunked, Column, Texts, Unreadable};
