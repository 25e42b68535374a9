//! Why a verdict is what it is: one closed list of codes.

use crate::Verdict;

/// Why two answers are equal, different or undecided.
///
/// The list is closed: stored verdicts can be grouped by [`Reason::as_str`] without a default case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// Equal: both have the same exact normal form.
    Exact,
    /// Equal: both are the same text once wrappers and spacing are taken off.
    ExactString,
    /// Equal: one side is a decimal to which the other, exact side rounds.
    Rounded,
    /// Equal by evaluation at many points; the chance of a false identity is below 2^-64.
    NumericIdentity,
    /// Equal once a unit that only one side carries is ignored.
    UnitIgnored,
    /// Equal once a percent sign that only one side carries is ignored (`50\%` and `50`).
    PercentIgnored,
    /// Equal once the name that only one side gives its value is ignored (`x=5` and `5`).
    NameIgnored,
    /// Equal once a base subscript that only one side carries is ignored (`11_2` and `11`).
    BaseIgnored,
    /// Equal once a bare list has taken the brackets of the other side (`1,2` and `(1,2)`).
    BracketsTaken,
    /// Equal: the same option letter, or the value written beside it.
    OptionLetter,
    /// Equal words, apart from case, articles and punctuation.
    SameText,

    /// Different: the values are proved to differ.
    DifferentValue,
    /// Different: things of two kinds, as a tuple and a set, or a number and a word.
    DifferentKind,
    /// Different: lists, sets or tuples of different sizes.
    DifferentCount,
    /// Different: values of different names (`x=5` and `y=5`).
    DifferentName,
    /// Different: units that neither agree nor convert.
    DifferentUnit,
    /// Different: numerals in different bases.
    DifferentBase,
    /// Different words.
    DifferentText,
    /// Different: a decimal near the other side that the rounding rule does not cover.
    NotRounded,
    /// Different: there is no answer.
    NoAnswer,
    /// Different: there is no gold answer.
    NoGold,

    /// Undecided: the gold answer is not text that the grammar reads.
    UnparsableGold,
    /// Undecided: the answer is not text that the grammar reads.
    UnparsableAnswer,
    /// Undecided: a side exceeds a declared limit of length, depth, nodes or digits.
    OverLimit,
    /// Undecided: the work budget ran out.
    OverBudget,
    /// Undecided: a side has no value, as a division by zero.
    Undefined,
    /// Undecided: no method proved the two equal or different.
    Unproved,
}

impl Reason {
    /// Every reason, in the order of the documentation: equal, different, undecided.
    pub const ALL: [Self; 27] = [
        Self::Exact,
        Self::ExactString,
        Self::Rounded,
        Self::NumericIdentity,
        Self::UnitIgnored,
        Self::PercentIgnored,
        Self::NameIgnored,
        Self::BaseIgnored,
        Self::BracketsTaken,
        Self::OptionLetter,
        Self::SameText,
        Self::DifferentValue,
        Self::DifferentKind,
        Self::DifferentCount,
        Self::DifferentName,
        Self::DifferentUnit,
        Self::DifferentBase,
        Self::DifferentText,
        Self::NotRounded,
        Self::NoAnswer,
        Self::NoGold,
        Self::UnparsableGold,
        Self::UnparsableAnswer,
        Self::OverLimit,
        Self::OverBudget,
        Self::Undefined,
        Self::Unproved,
    ];

    /// The code that is stored and shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::ExactString => "exact-string",
            Self::Rounded => "rounded",
            Self::NumericIdentity => "numeric-identity",
            Self::UnitIgnored => "unit-ignored",
            Self::PercentIgnored => "percent-ignored",
            Self::NameIgnored => "name-ignored",
            Self::BaseIgnored => "base-ignored",
            Self::BracketsTaken => "brackets-taken",
            Self::OptionLetter => "option-letter",
            Self::SameText => "same-text",
            Self::DifferentValue => "different-value",
            Self::DifferentKind => "different-kind",
            Self::DifferentCount => "different-count",
            Self::DifferentName => "different-name",
            Self::DifferentUnit => "different-unit",
            Self::DifferentBase => "different-base",
            Self::DifferentText => "different-text",
            Self::NotRounded => "not-rounded",
            Self::NoAnswer => "no-answer",
            Self::NoGold => "no-gold",
            Self::UnparsableGold => "unparsable-gold",
            Self::UnparsableAnswer => "unparsable-answer",
            Self::OverLimit => "over-limit",
            Self::OverBudget => "over-budget",
            Self::Undefined => "undefined",
            Self::Unproved => "unproved",
        }
    }

    /// The verdict that this reason always comes with.
    #[must_use]
    pub fn verdict(self) -> Verdict {
        match self {
            Self::Exact
            | Self::ExactString
            | Self::Rounded
            | Self::NumericIdentity
            | Self::UnitIgnored
            | Self::PercentIgnored
            | Self::NameIgnored
            | Self::BaseIgnored
            | Self::BracketsTaken
            | Self::OptionLetter
            | Self::SameText => Verdict::Equal,
            Self::DifferentValue
            | Self::DifferentKind
            | Self::DifferentCount
            | Self::DifferentName
            | Self::DifferentUnit
            | Self::DifferentBase
            | Self::DifferentText
            | Self::NotRounded
            | Self::NoAnswer
            | Self::NoGold => Verdict::Different,
            Self::UnparsableGold
            | Self::UnparsableAnswer
            | Self::OverLimit
            | Self::OverBudget
            | Self::Undefined
            | Self::Unproved => Verdict::Undecided,
        }
    }
}
