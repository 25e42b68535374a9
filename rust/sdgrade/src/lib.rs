//! Extracts the boxed answer of a model's response and decides whether it equals the gold answer.
//!
//! Two trees: `ast` is what was written, with spans; `canonical` is what it means, kept in
//! normal form by smart constructors. The road is `extract -> lexer -> parser -> lower ->
//! equivalence`, and each step spends from one budget of work units. There is no clock, no
//! floating-point tolerance and no recursion as deep as the input, so a verdict is the same on
//! every machine and in every thread. A bad row is a value, never an error.

mod ast;
pub mod budget;
mod canonical;
mod compare;
mod equivalence;
mod explain;
mod extract;
mod fast;
mod gold;
mod grade;
mod lexer;
pub mod looped;
mod lower;
mod parser;
mod policy;
mod reason;
mod value;
mod verdict;
mod wrap;

pub use compare::{Comparison, Gold, compare, compare_within, equivalent};
pub use explain::explain;
pub use extract::{Extraction, Extractor, Format, ThinkTags, Thinking, extract};
pub use gold::{GoldCheck, check_gold};
pub use grade::{CompiledGold, Grade, best, best_comparison, grade};
pub use looped::looped;
pub use policy::{Limits, Policy};
pub use reason::Reason;
pub use verdict::Verdict;

/// The version of the grader, stored beside every verdict.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
