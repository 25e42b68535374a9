//! The public questions: are these two answers equal, and why?

use crate::ast::Span;
use crate::budget::{Budget, Stop};
use crate::lower::{self, Halt};
use crate::parser::{self, Fault, FaultKind};
use crate::value::{Value, text};
use crate::{Policy, Reason, Verdict, equivalence, fast, wrap};
use std::borrow::Cow;
use std::sync::OnceLock;

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

/// Why a text has no meaning.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Failure {
    /// Longer than the length limit.
    TooLong,
    /// Not mathematics.
    Fault(Fault),
    /// Mathematics that means nothing comparable, or that ran out of budget.
    Halt(Halt),
}

impl Failure {
    /// The limit that was exceeded, if one was.
    fn limit(self) -> Option<Reason> {
        match self {
            Self::TooLong | Self::Halt(Halt::Stop(Stop::Depth)) => Some(Reason::OverLimit),
            Self::Fault(fault) if fault.kind.is_limit() => Some(Reason::OverLimit),
            Self::Halt(Halt::Stop(Stop::Work)) => Some(Reason::OverBudget),
            Self::Halt(Halt::Stop(Stop::Undefined)) => Some(Reason::Undefined),
            Self::Fault(_) | Self::Halt(_) => None,
        }
    }
}

/// One side: its text without wrappers, and what it means.
#[derive(Debug)]
pub(crate) struct Side<'t> {
    pub(crate) text: Cow<'t, str>,
    /// The part of the text that is the answer.
    pub(crate) span: Span,
    pub(crate) meaning: Result<Value, Failure>,
}

impl<'t> Side<'t> {
    /// Reads a text within a budget.
    pub(crate) fn read(text: &'t str, policy: &Policy, budget: &mut Budget) -> Self {
        if text.len() > policy.limits.length {
            let span = Span::new(0, text.len());
            return Self { text: Cow::Borrowed(text), span, meaning: Err(Failure::TooLong) };
        }
        let text = wrap::unescape(text);
        let span = wrap::unwrap(&text);
        let meaning = Self::meaning(&text, span, policy, budget);
        Self { text, span, meaning }
    }

    fn meaning(
        text: &str,
        span: Span,
        policy: &Policy,
        budget: &mut Budget,
    ) -> Result<Value, Failure> {
        match parser::parse(text, span, &policy.limits) {
            Ok((tree, root)) => {
                lower::lower(text, &tree, root, &policy.limits, budget).map_err(Failure::Halt)
            }
            // Plain words are words.
            Err(fault) if fault.kind == FaultKind::Words && says_words(span.of(text)) => {
                Ok(lower::words(span.of(text)))
            }
            Err(fault) => Err(Failure::Fault(fault)),
        }
    }

    /// The answer without its wrappers.
    pub(crate) fn bare(&self) -> &str {
        self.span.of(&self.text)
    }
}

/// A gold answer made ready for many comparisons.
#[derive(Debug)]
pub struct Gold<'p> {
    text: String,
    /// What the text means, and what is left of the budget after reading it. Most pairs are decided
    /// by their bytes, so it is read when the first one is not.
    read: OnceLock<(Side<'static>, Budget)>,
    policy: &'p Policy,
}

impl<'p> Gold<'p> {
    /// A gold answer, which is read at most once.
    #[must_use]
    pub fn new(text: &str, policy: &'p Policy) -> Self {
        Self { text: text.to_owned(), read: OnceLock::new(), policy }
    }

    /// The gold answer as it was given.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Compares one answer with this gold.
    #[must_use]
    pub fn compare(&self, answer: &str) -> Comparison {
        if let Some(reason) = fast::compare(&self.text, answer) {
            return reason.into();
        }
        let (gold, budget) = self.read.get_or_init(|| {
            let mut budget = Budget::new(self.policy.limits.work);
            let Side { text, span, meaning } = Side::read(&self.text, self.policy, &mut budget);
            (Side { text: Cow::Owned(text.into_owned()), span, meaning }, budget)
        });
        let mut budget = budget.clone();
        let answer = Side::read(answer, self.policy, &mut budget);
        sides(gold, &answer, self.policy, &mut budget).into()
    }
}

/// Compares an answer with a gold answer.
///
/// Both may carry `$…$`, `\(…\)` or `\boxed{}` around them. The comparison is symmetric except for
/// rounding, whose rules differ for gold and answer.
#[must_use]
pub fn compare(gold: &str, answer: &str, policy: &Policy) -> Comparison {
    compare_within(gold, answer, policy, &mut Budget::new(policy.limits.work))
}

/// [`compare`] within a budget of the caller's, in place of the policy's: what is left of it tells
/// what the question cost.
#[must_use]
pub fn compare_within(
    gold: &str,
    answer: &str,
    policy: &Policy,
    budget: &mut Budget,
) -> Comparison {
    if let Some(reason) = fast::compare(gold, answer) {
        return reason.into();
    }
    let gold = Side::read(gold, policy, budget);
    let answer = Side::read(answer, policy, budget);
    sides(&gold, &answer, policy, budget).into()
}

/// Whether an answer equals a gold answer; undecided is not equal.
#[must_use]
pub fn equivalent(gold: &str, answer: &str, policy: &Policy) -> bool {
    compare(gold, answer, policy).verdict == Verdict::Equal
}

/// Compares two sides that have been read.
pub(crate) fn sides(
    gold: &Side<'_>,
    answer: &Side<'_>,
    policy: &Policy,
    budget: &mut Budget,
) -> Reason {
    let (gold_text, answer_text) = (gold.bare(), answer.bare());
    if gold_text.is_empty() {
        return Reason::NoGold;
    }
    if answer_text.is_empty() {
        return Reason::NoAnswer;
    }
    if gold_text == answer_text {
        return Reason::ExactString;
    }
    let found = match (&gold.meaning, &answer.meaning) {
        (Ok(a), Ok(b)) => equivalence::compare(a, b, policy, budget),
        (Err(failure), other) => {
            unread(*failure, other.as_ref().err(), gold_text, answer_text, Reason::UnparsableGold)
        }
        (Ok(_), Err(failure)) => {
            unread(*failure, None, answer_text, gold_text, Reason::UnparsableAnswer)
        }
    };
    // Nothing more is read from a text that is too long.
    let too_long = |side: &Side<'_>| matches!(side.meaning, Err(Failure::TooLong));
    match found.verdict() {
        Verdict::Equal => found,
        _ if too_long(gold) || too_long(answer) => found,
        Verdict::Undecided if wrap::same_notation(gold_text, answer_text) => Reason::ExactString,
        _ if policy.loose_text
            && (is_words(gold) || is_words(answer))
            && text::normalise(gold_text) == text::normalise(answer_text) =>
        {
            Reason::SameText
        }
        _ => found,
    }
}

/// The reason where a side could not be read.
fn unread(
    failure: Failure,
    other: Option<&Failure>,
    text: &str,
    other_text: &str,
    unparsable: Reason,
) -> Reason {
    if let Some(limit) = failure.limit().or_else(|| other.and_then(|other| other.limit())) {
        return limit;
    }
    // Words are words: they differ from other words, and from mathematics.
    match (says_words(text), says_words(other_text)) {
        (true, true) => Reason::DifferentText,
        (true, false) if other.is_none() => Reason::DifferentKind,
        _ => unparsable,
    }
}

/// Whether a side is words: it means words, or means nothing and is prose.
fn is_words(side: &Side<'_>) -> bool {
    match &side.meaning {
        Ok(Value::Text(_)) => true,
        Ok(_) => false,
        Err(_) => says_words(side.bare()),
    }
}

/// Whether a text is prose rather than notation.
fn says_words(text: &str) -> bool {
    if text.eq_ignore_ascii_case("no") {
        return true;
    }
    let mut run = 0;
    let mut command = false;
    for sign in text.chars() {
        if sign == '\\' {
            command = true;
            run = 0;
        } else if sign.is_alphabetic() {
            run += usize::from(!command);
            if run >= 3 {
                return true;
            }
        } else {
            command = false;
            run = 0;
        }
    }
    false
}
