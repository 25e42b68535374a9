//! What a comparison says: a three-valued verdict and the reason for it.

mod compare;
mod explain;
pub(crate) mod fast;
mod reason;
mod worked_out;

pub(crate) use compare::Side;
pub use compare::{Comparison, Gold, compare, compare_within, equivalent};
pub use explain::explain;
pub(crate) use explain::meaning;
pub use reason::Reason;

/// Whether two answers are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The answers are equal under the policy.
    Equal,
    /// The answers are shown to differ.
    Different,
    /// Nobody knows: the work budget ran out or the question is out of scope.
    Undecided,
}

impl Verdict {
    /// The word that is stored and shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Different => "different",
            Self::Undecided => "undecided",
        }
    }
}
