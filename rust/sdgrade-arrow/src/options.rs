//! How a file is regraded.

use sdgrade::{Format, Policy};

/// How to regrade.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the gold answers are; `None`: recognise the layout.
    pub gold_column: Option<String>,
    /// Where the responses are; `None`: recognise the layout.
    pub response_column: Option<String>,
    /// How the answers are found in the responses.
    pub format: Format,
    /// What counts as the same answer.
    pub policy: Policy,
    /// Keep all columns; else leave out the response, prompts and the like, and nested columns.
    pub keep_text: bool,
    /// Threads to use.
    pub threads: usize,
}
