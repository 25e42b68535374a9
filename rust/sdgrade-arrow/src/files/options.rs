//! How a file is regraded.

use std::path::PathBuf;

use sdgrade::{Format, Policy};

/// A file of stored rollouts.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// Where it is.
    pub path: PathBuf,
    /// What it is called in messages: its path, or that of the file that it was made from.
    pub name: PathBuf,
    /// Columns with one value in every row, where the file does not have them: their names and values.
    pub constants: Vec<(String, String)>,
}

/// How to regrade.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the gold answers are; `None`: recognise the layout.
    pub gold_column: Option<String>,
    /// Where the responses are, several with commas between; `None`: recognise the layout.
    pub response_column: Option<String>,
    /// How the answers are found in the responses. Common tags around thoughts, and an automatic mode, are
    /// replaced by what the first responses of a file say.
    pub format: Format,
    /// What counts as the same answer.
    pub policy: Policy,
    /// Keep all columns; else leave out the responses, prompts and the like, and nested columns.
    pub keep_text: bool,
    /// The output will be joined with others by [`crate::join`]: it need not survive a power cut.
    pub part: bool,
    /// Threads to use.
    pub threads: usize,
}
