//! The public questions: are these two answers equal, and why?

use crate::{Policy, Reason, Verdict};

/// What a comparison found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Comparison {
    /// Whether the answers are equal.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
}

impl From<Reason> for Comparison {
    fn from(reason: Reason) -> Self {
        Self { verdict: reason.verdict(), reason }
    }
}

/// A gold answer made ready for many comparisons.
#[derive(Debug)]
pub struct Gold<'p> {
    text: String,
    policy: &'p Policy,
}

impl<'p> Gold<'p> {
    /// Reads a gold answer, once.
    #[must_use]
    pub fn new(text: &str, policy: &'p Policy) -> Self {
        Self { text: text.to_owned(), policy }
    }

    /// Compares one answer with this gold.
    #[must_use]
    pub fn compare(&self, answer: &str) -> Comparison {
        let _ = self.policy;
        let (gold, answer) = (self.text.trim(), answer.trim());
        if gold.is_empty() {
            Reason::NoGold
        } else if answer.is_empty() {
            Reason::NoAnswer
        } else if gold == answer {
            Reason::ExactString
        } else {
            Reason::DifferentText
        }
        .into()
    }
}

/// Compares an answer with a gold answer.
///
/// Both may carry `$…$`, `\(…\)` or `\boxed{}` around them. The comparison is symmetric except for
/// rounding, whose rules differ for gold and answer.
#[must_use]
pub fn compare(gold: &str, answer: &str, policy: &Policy) -> Comparison {
    Gold::new(gold, policy).compare(answer)
}

/// Whether an answer equals a gold answer; undecided is not equal.
#[must_use]
pub fn equivalent(gold: &str, answer: &str, policy: &Policy) -> bool {
    compare(gold, answer, policy).verdict == Verdict::Equal
}

/// Explains a comparison to a reader: what was read, what was compared, the verdict and why.
#[must_use]
pub fn explain(gold: &str, answer: &str, policy: &Policy) -> String {
    let found = compare(gold, answer, policy);
    format!("verdict: {} ({})\n", found.verdict.as_str(), found.reason.as_str())
}
