//! Extracts the boxed answer of a model's response and decides whether it equals the gold answer.
//!
//! Two trees: the syntax tree of `read` is what was written, with spans; a `value` is what it means, its
//! scalars kept in normal form by `canonical`. An answer goes from `extract` through `read`, `lower` and
//! `equivalence` to a `verdict`, and each step spends from one budget of work units. There is no clock, no
//! floating-point tolerance and no recursion as deep as the input, so a verdict is the same on
//! every machine and in every thread. A bad row is a value, never an error.
//!
//! Nothing that was said is dropped: every token becomes part of the value or of a note that the value
//! carries, or is one of a closed list of things without meaning, and [`explain`] prints the account.

pub mod budget;
mod canonical;
mod equivalence;
mod extract;
mod gold;
mod grade;
pub mod looped;
mod lower;
mod policy;
mod read;
mod value;
mod verdict;

pub use extract::{Extraction, Extractor, Format, ThinkTags, Thinking, extract};
pub use gold::{GoldCheck, check_gold};
pub use grade::{CompiledGold, Grade, best, best_comparison, grade};
pub use looped::looped;
pub use policy::{Limits, Policy};
pub use verdict::{
    Comparison, Gold, Reason, Verdict, compare, compare_within, equivalent, explain,
};

/// The version of the grader, stored beside every verdict.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
