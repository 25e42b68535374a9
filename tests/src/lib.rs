//! Conformance tables of the grader. The tables in `cases/` are read by Rust and Python alike.

pub mod algebra;
pub mod hostile;
pub mod mutation;
pub mod words;

use sdgrade::{Comparison, Limits, Policy};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::HashSet;
use std::path::Path;

/// The default policy within the given work and without rounding, which has a role for each side.
#[must_use]
pub fn unrounded(work: u64) -> Policy {
    let limits = Limits { work, digits: 500, ..Limits::default() };
    Policy { answer_rounding_digits: None, gold_rounding_digits: None, limits, ..Policy::default() }
}

/// Whether a comparison ended because its work ran out, and so says nothing.
#[must_use]
pub fn ran_out(found: &Comparison) -> bool {
    found.reason.as_str().starts_with("over-budget")
}

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

/// An answer that tries to be paid unfairly, and its verdict under each policy.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hack {
    /// What is tried; no two rows share a name.
    pub name: String,
    /// The gold answer.
    pub gold: String,
    /// The model's answer.
    pub answer: String,
    /// The verdict by default.
    pub verdict: String,
    /// The verdict of the strict policy.
    pub strict: String,
    /// The verdict of the reward policy: never `equal`.
    pub reward: String,
}

/// Two answers that are equal by one leniency.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leniency {
    /// What differs; no two rows share a name.
    pub name: String,
    /// The field of the policy.
    pub leniency: String,
    /// The gold answer.
    pub gold: String,
    /// The model's answer.
    pub answer: String,
    /// The verdict by default: always `equal`.
    pub verdict: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sentence {
    text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    gold: String,
    answer: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table<Row> {
    case: Vec<Row>,
}

/// Reads the table `cases/NAME.toml`.
///
/// # Panics
/// If the table is missing or malformed, or if two rows share a name.
#[must_use]
pub fn table(name: &str) -> Vec<Case> {
    rows(name, |case: &Case| &case.name)
}

/// Reads `cases/hacks.toml`.
///
/// # Panics
/// If the table is missing or malformed, or if two rows share a name.
#[must_use]
pub fn hacks() -> Vec<Hack> {
    rows("hacks", |hack: &Hack| &hack.name)
}

/// Reads `cases/leniencies.toml`.
///
/// # Panics
/// If the table is missing or malformed, or if two rows share a name.
#[must_use]
pub fn leniencies() -> Vec<Leniency> {
    rows("leniencies", |row: &Leniency| &row.name)
}

/// Reads `cases/sentences.toml`: answers with words, conditions, labels and units.
///
/// # Panics
/// If the table is missing or malformed, or if a sentence stands there twice.
#[must_use]
pub fn sentences() -> Vec<String> {
    let rows = rows("sentences", |row: &Sentence| &row.text);
    rows.into_iter().map(|row| row.text).collect()
}

/// Reads `cases/apart.toml`: pairs of which no policy may call one equal.
///
/// # Panics
/// If the table is missing or malformed.
#[must_use]
pub fn apart() -> Vec<(String, String)> {
    let mut pairs = HashSet::new();
    let rows: Vec<Pair> = read("apart");
    rows.into_iter()
        .map(|row| (row.gold, row.answer))
        .inspect(|pair| assert!(pairs.insert(pair.clone()), "{pair:?} stands there twice"))
        .collect()
}

fn rows<Row: DeserializeOwned>(table: &str, key: impl Fn(&Row) -> &String) -> Vec<Row> {
    let rows = read(table);
    let mut keys = HashSet::new();
    for row in &rows {
        let key = key(row);
        assert!(keys.insert(key), "{table}.toml: two rows are called {key:?}");
    }
    rows
}

fn read<Row: DeserializeOwned>(table: &str) -> Vec<Row> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join(table).with_extension("toml");
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let table: Table<Row> =
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    table.case
}
