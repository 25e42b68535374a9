//! How a file is regraded.

use std::path::PathBuf;

use sdgrade::{Format, Policy};

/// How to regrade.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the gold answers are; `None`: recognise the layout.
    pub gold_column: Option<String>,
    /// Where the responses are, several with commas between; `None`: recognise the layout.
    pub response_column: Option<String>,
    /// Columns with one value in every row, for files that do not have them: their names and values.
    pub constants: Vec<(String, String)>,
    /// What the input is called in messages; `None`: its path.
    pub name: Option<PathBuf>,
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
