//! The public questions: are these two answers equal, and why?

use super::{fast, worked_out};
use crate::budget::{Budget, Stop};
use crate::canonical::Expr;
use crate::lower::{self, Halt};
use crate::read::{Fault, Source, same_notation};
use crate::value::{Quantity, Shape, Unit, Value};
use crate::{Policy, Reason, Verdict, equivalence, gold};
use std::ops::Range;
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

/// Whose text is at fault.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Gold,
    Answer,
}

impl Failure {
    /// The reason that this failure of a side is.
    fn reason(self, role: Role, hedged: bool) -> Reason {
        let (over_limit, over_budget, undefined, false_chain, unparsable) = match role {
            Role::Gold => (
                Reason::OverLimitGold,
                Reason::OverBudgetGold,
                Reason::UndefinedGold,
                Reason::FalseChainGold,
                Reason::UnparsableGold,
            ),
            Role::Answer => (
                Reason::OverLimitAnswer,
                Reason::OverBudgetAnswer,
                Reason::UndefinedAnswer,
                Reason::FalseChainAnswer,
                if hedged { Reason::Hedged } else { Reason::UnparsableAnswer },
            ),
        };
        match self {
            Self::TooLong | Self::Halt(Halt::Stop(Stop::Depth)) => over_limit,
            Self::Fault(fault) if fault.kind.is_limit() => over_limit,
            Self::Halt(Halt::Stop(Stop::Work)) => over_budget,
            Self::Halt(Halt::Stop(Stop::Undefined)) => undefined,
            Self::Halt(Halt::FalseChain(_)) => false_chain,
            Self::Fault(_) | Self::Halt(_) => unparsable,
        }
    }

    fn is_unparsable(self) -> bool {
        self.reason(Role::Gold, false) == Reason::UnparsableGold
    }
}

/// One side: its text without wrappers, and what it means.
#[derive(Debug)]
pub(crate) struct Side<'t> {
    pub(crate) source: Source<'t>,
    pub(crate) meaning: Result<Value, Failure>,
}

impl<'t> Side<'t> {
    /// Reads a text within a budget.
    pub(crate) fn read(text: &'t str, policy: &Policy, budget: &mut Budget) -> Self {
        if text.len() > policy.limits.length {
            return Self { source: Source::unread(text), meaning: Err(Failure::TooLong) };
        }
        let source = Source::new(text);
        let meaning = match source.parse(&policy.limits) {
            Ok((tree, root)) => {
                lower::lower(&tree, root, &policy.limits, budget).map_err(Failure::Halt)
            }
            Err(fault) => Err(Failure::Fault(fault)),
        };
        Self { source, meaning }
    }

    /// The answer without its wrappers.
    pub(crate) fn bare(&self) -> &str {
        self.source.bare()
    }

    fn is_too_long(&self) -> bool {
        matches!(self.meaning, Err(Failure::TooLong))
    }

    /// Whether a side is words: it means words, or means nothing and words are said.
    fn is_words(&self) -> bool {
        match &self.meaning {
            Ok(Value::Text(_) | Value::Noted(_)) => true,
            Ok(_) => false,
            Err(_) => self.source.says_words(),
        }
    }
}

/// A gold answer made ready for many comparisons.
#[derive(Debug)]
pub struct Gold<'p> {
    given: String,
    /// Where the answer stands in what was given.
    answer: Range<usize>,
    /// What the text means, and what is left of the budget after reading it. Most pairs are decided
    /// by their bytes, so it is read when the first one is not.
    read: OnceLock<(Side<'static>, Budget)>,
    policy: &'p Policy,
}

impl<'p> Gold<'p> {
    /// A gold answer, which is read at most once.
    #[must_use]
    pub fn new(text: &str, policy: &'p Policy) -> Self {
        Self { given: text.to_owned(), answer: gold::answer(text), read: OnceLock::new(), policy }
    }

    /// The gold as it was given.
    pub(crate) fn given(&self) -> &str {
        &self.given
    }

    /// Whether more was given than the answer.
    pub(crate) fn is_solution(&self) -> bool {
        self.answer.len() < self.given.len()
    }

    /// The gold answer: of a whole solution its box, or what follows `####`.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.given[self.answer.clone()]
    }

    /// Compares one answer with this gold.
    #[must_use]
    pub fn compare(&self, answer: &str) -> Comparison {
        if let Some(reason) = fast::compare(self.text(), answer) {
            return reason.into();
        }
        let (gold, budget) = self.read.get_or_init(|| {
            let mut budget = Budget::new(self.policy.limits.work);
            let Side { source, meaning } = Side::read(self.text(), self.policy, &mut budget);
            (Side { source: source.into_owned(), meaning }, budget)
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
    let gold = Side::read(&gold[gold::answer(gold)], policy, budget);
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
        (Ok(a), Ok(b)) => {
            let found = equivalence::compare(a, b, policy, budget);
            if found.verdict() == Verdict::Equal
                && policy.evaluated
                && (is_left_to_do(a, b) || worked_out::falls_short(a, b))
            {
                Reason::Unevaluated
            } else if found.verdict() == Verdict::Equal
                && !policy.loose_text
                && (a.has_words() && b.has_words())
                && gold.source.words() != answer.source.words()
            {
                Reason::DifferentText
            } else {
                found
            }
        }
        (Err(failure), _) if !failure.is_unparsable() => failure.reason(Role::Gold, false),
        (_, Err(failure)) if !failure.is_unparsable() => failure.reason(Role::Answer, false),
        (Err(failure), _) => failure.reason(Role::Gold, false),
        (_, Err(failure)) => failure.reason(Role::Answer, answer.source.is_hedged()),
    };
    // Nothing more is read from a text that is too long.
    match found.verdict() {
        Verdict::Equal => found,
        _ if gold.is_too_long() || answer.is_too_long() || found == Reason::Unevaluated => found,
        Verdict::Undecided if same_notation(gold_text, answer_text) => Reason::ExactString,
        _ if policy.loose_text
            && are_words(gold, answer)
            && gold.source.normal_words() == answer.source.normal_words() =>
        {
            Reason::SameText
        }
        _ => found,
    }
}

/// Whether one side at least is words, and none a quantity with a unit: `5 \text{ M}` is no `5 \text{ m}`.
fn are_words(gold: &Side<'_>, answer: &Side<'_>) -> bool {
    let has_unit =
        |side: &Side<'_>| matches!(&side.meaning, Ok(Value::Quantity(it)) if it.unit.is_some());
    (gold.is_words() || answer.is_words()) && !has_unit(gold) && !has_unit(answer)
}

/// Whether an answer leaves undone what a gold asks for: numbers that are written out.
fn is_left_to_do(gold: &Value, answer: &Value) -> bool {
    let (golds, answers) = (leaves(gold), leaves(answer));
    let asked = golds.iter().filter(|gold| is_written_out(gold)).count();
    let done = answers.iter().filter(|answer| is_evaluated(answer)).count();
    // The items of a gold that are no such numbers may be written in any way.
    asked > 0 && answers.len() - done > golds.len() - asked
}

/// The values that a tuple, a list or a set is made of; any other value is one.
fn leaves(value: &Value) -> Vec<&Value> {
    match value.parts().0 {
        Value::Named(named) => leaves(&named.value),
        Value::Tuple(_, items) | Value::List(items) | Value::Set(items) => {
            items.iter().flat_map(leaves).collect()
        }
        other => vec![other],
    }
}

/// Whether a gold is a number that is written out.
fn is_written_out(gold: &Value) -> bool {
    match gold {
        Value::Grouped(_) => true,
        Value::Quantity(quantity) => is_plain(quantity),
        _ => false,
    }
}

/// Whether a quantity is a number that is written out. `12th` is a place: for 12 it would be paid as well.
fn is_plain(quantity: &Quantity) -> bool {
    quantity.evaluated && quantity.unit != Some(Unit::Ordinal)
}

/// Whether an answer is a number that is written out, whatever it is called.
fn is_evaluated(answer: &Value) -> bool {
    match answer.parts().0 {
        Value::Named(named) => is_evaluated(&named.value),
        Value::Choice(_, Some(inner)) => is_evaluated(inner),
        Value::Quantity(quantity) => is_plain(quantity),
        // `2 \bmod 5` is a remainder, `17 \bmod 5` is yet to be divided.
        Value::Structure(Shape::Modulo, parts) => match &parts[..] {
            [Value::Quantity(number), Value::Quantity(modulus)] => {
                number.evaluated
                    && match (number.expr.as_rational(), modulus.expr.as_rational()) {
                        (Some(number), Some(modulus)) => number.abs() < modulus.abs(),
                        _ => false,
                    }
            }
            _ => false,
        },
        Value::Matrix(_, cells) => cells.iter().all(|cell| cell.evaluated),
        // `a+b+c=0` is how any equation ends that has been put in order, and no 0 that was found.
        Value::Equation(equation) => equation
            .stated
            .as_ref()
            .is_some_and(|value| is_plain(value) && value.expr != Expr::integer(0)),
        _ => true,
    }
}
