//! Paths into the columns of a file.

use std::fmt;

/// Where something is: a column, and the way into what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Path {
    /// The column's number in the file.
    pub(crate) column: usize,
    /// Names of members and numbers of items. A name at a list means that of every item.
    pub(crate) steps: Vec<String>,
    text: String,
}

impl Path {
    pub(crate) fn new(column: usize, steps: Vec<String>, text: &str) -> Self {
        Self { column, steps, text: text.to_owned() }
    }

    /// The whole column.
    pub(crate) fn is_flat(&self) -> bool {
        self.steps.is_empty()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The steps of a dotted path: `choices[*].message` and `choices.message` are the same, and so are
/// `choices[0]` and `choices.0`.
pub(crate) fn steps(text: &str) -> Vec<String> {
    text.replace("[*]", "")
        .replace('[', ".")
        .replace(']', "")
        .split('.')
        .map(str::to_owned)
        .collect()
}
