//! What is said of a value beside it: conditions, domains, labels, remarks.

use super::Value;
use crate::canonical::Symbol;
use std::collections::BTreeSet;

/// What a note is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum NoteKind {
    /// `if n > 3`, `otherwise`: the value holds only then.
    Condition,
    /// `for all x \in \mathbb{R}`, `k \in \mathbb{Z}`, `(0<x<3)`: what a letter stands for.
    Domain(Quantifier),
    /// `n \text{ is prime}`: the words are the answer as much as the value.
    Predicate,
    /// What a quantity with a unit is of: `10\% increase`, `5 km north`.
    Counted,
    /// `(approximately)`
    Remark,
    /// What stands behind Yes or No.
    Explanation,
    /// The words of a sentence around its one value: `The eighth term is 194.`
    Sentence,
    /// What a derivation says before its last statement: `12+x=3x` of `12+x=3x \Rightarrow x=6`.
    Step,
    /// Whether relations hold at once or one of them does, as words: `x=y \text{ or } x=2y`.
    Joined,
    /// `Paolo: 18`
    Label,
    /// `(1) 3`, `(b) 5`, `① 3`: the place among the parts of an answer.
    Part(u32),
}

/// Whether a letter stands for all elements of its domain, or for some.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Quantifier {
    All,
    Some,
    /// `any`, or nothing is said.
    Open,
}

impl Quantifier {
    pub(crate) fn agrees(self, other: Self) -> bool {
        self == other || self == Self::Open || other == Self::Open
    }
}

/// One note.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Note {
    pub(crate) kind: NoteKind,
    pub(crate) body: Value,
}

impl Note {
    /// Whether one of these letters is spoken of.
    pub(crate) fn is_about(&self, letters: &BTreeSet<Symbol>) -> bool {
        match &self.body {
            Value::Text(words) => {
                let mut words = words.split(' ');
                words.any(|word| letters.iter().any(|letter| letter.as_str() == word))
            }
            body => !body.variables().is_disjoint(letters),
        }
    }
}

/// A value and its notes, of which there is at least one; the value itself is not noted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Noted {
    value: Value,
    notes: Vec<Note>,
}

impl Noted {
    pub(crate) fn value(&self) -> &Value {
        &self.value
    }

    pub(crate) fn notes(&self) -> &[Note] {
        &self.notes
    }

    pub(crate) fn into_parts(self) -> (Value, Vec<Note>) {
        (self.value, self.notes)
    }
}

impl Value {
    /// The value with notes added to its own.
    pub(crate) fn with_notes(self, mut more: Vec<Note>) -> Self {
        if more.is_empty() {
            return self;
        }
        match self {
            Self::Noted(inner) => {
                let (value, mut notes) = inner.into_parts();
                notes.append(&mut more);
                Self::Noted(Box::new(Noted { value, notes }))
            }
            value => Self::Noted(Box::new(Noted { value, notes: more })),
        }
    }

    /// The value and its notes.
    pub(crate) fn into_parts(self) -> (Self, Vec<Note>) {
        match self {
            Self::Noted(noted) => noted.into_parts(),
            value => (value, Vec::new()),
        }
    }

    /// The value without its notes, and those.
    pub(crate) fn parts(&self) -> (&Self, &[Note]) {
        match self {
            Self::Noted(noted) => (noted.value(), noted.notes()),
            value => (value, &[]),
        }
    }
}
