//! Files of stored rollouts: from any of their formats and layouts to Parquet with the grades beside them.

mod arrow_along;
mod arrow_columns;
mod arrow_value;
mod batches;
mod buffers;
mod choose;
mod columns;
mod counts;
mod cut;
mod error;
mod eval_log;
mod gather;
mod grader;
mod header;
mod in_order;
mod json;
mod json_text;
mod json_value;
mod keys;
mod objects;
mod options;
mod output;
mod pages;
mod parquet_file;
mod path;
mod python_value;
mod regrade;
mod rollout;
mod source;
mod value;

pub use counts::{Counts, Meter};
pub use error::Error;
pub use options::{Input, Options};
pub use output::join;
pub use regrade::regrade_files;
pub use source::Regraded;
