//! Conformance tables of the grader. The tables in `cases/` are read by Rust and Python alike.

pub mod algebra;
pub mod hostile;

use serde::Deserialize;
use std::collections::HashSet;
use std::path::Path;

/// One row of a table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What the row is about; no two rows of a table share a name.
    pub name: String,
    /// The gold answer.
    pub gold: String,
    /// The model's answer.
    pub answer: String,
    /// `equal`, `different` or `undecided`.
    pub verdict: String,
    /// The reason code, where the row is about it.
    pub reason: Option<String>,
    /// Whether the verdict holds in one direction only: the roles of rounding.
    #[serde(default)]
    pub one_way: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    case: Vec<Case>,
}

/// Reads the table `cases/NAME.toml`.
///
/// # Panics
/// If the table is missing or malformed, or if two rows share a name.
#[must_use]
pub fn table(name: &str) -> Vec<Case> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join(name).with_extension("toml");
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let table: Table =
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut names = HashSet::new();
    for case in &table.case {
        assert!(
            names.insert(&case.name),
            "{}: two rows are called {:?}",
            path.display(),
            case.name
        );
    }
    table.case
}
