//! What a file says of its columns, and which of them an earlier grading added.

/// The columns that regrading adds beside those of a batch.
pub(crate) const LOOPED: &str = "looped";
pub(crate) const VERSION: &str = "grader_version";

/// The column of the decode parameters that stand in objects.
pub(crate) const DECODING: &str = "decoding";

/// All columns that regrading adds; in a file that was graded before these are its own.
pub(crate) const GRADES: [&str; 9] = [
    "answer",
    "verdict",
    "reason",
    "correct",
    "think_closed",
    "boxed",
    "extractor",
    LOOPED,
    VERSION,
];

/// What a file says of its columns.
pub(crate) trait Columns {
    /// Their names.
    fn names(&self) -> Vec<&str>;

    /// What stands at the end of a path, or `None` where it leads nowhere.
    fn kind(&self, column: usize, steps: &[String]) -> Option<Kind>;

    /// The names of the members of an object at the end of a path, or of those in a list there.
    fn members(&self, column: usize, steps: &[String]) -> Vec<String>;

    /// Whether a list stands at the end of a path.
    fn is_list(&self, column: usize, steps: &[String]) -> bool;

    /// Whether a column holds whole numbers.
    fn is_whole(&self, column: usize) -> bool;

    /// What stands in a column first, shortened, texts in quotes; `None` where that is not known.
    fn first(&self, column: usize) -> Option<String>;

    /// The first row, shortened, for messages.
    fn first_row(&self) -> String;
}

/// What stands at the end of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One text, number or null a row.
    Plain,
    /// True or false.
    Flag,
    /// A list of texts, or of lists of them.
    Texts,
    /// Any other list, or an object.
    Nested,
}

impl Kind {
    /// A list or an object.
    pub(crate) fn is_nested(self) -> bool {
        matches!(self, Self::Texts | Self::Nested)
    }
}
