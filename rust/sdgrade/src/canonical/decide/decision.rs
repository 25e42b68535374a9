//! The outcome of a question about equality.

use crate::budget::Stop;

/// What a decision stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// Normal forms: a theorem.
    Exact,
    /// Enclosures that are disjoint, or closer to zero than a nonzero value could be: a theorem.
    Separation,
    /// Agreement at points that were chosen independently of the expressions.
    Identity {
        /// The chance of an error is at most two to this power.
        error: i32,
    },
}

/// The outcome of a yes-or-no question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Yes.
    Equal(Proof),
    /// No.
    Different(Proof),
    /// Nobody knows, and why.
    Unknown(Stop),
}
