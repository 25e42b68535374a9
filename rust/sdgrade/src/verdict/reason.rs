//! Why a verdict is what it is: one closed table of codes.

use crate::Verdict;

macro_rules! reasons {
    ($($name:ident, $code:literal, $verdict:ident, $text:literal;)*) => {
        /// Why two answers are equal, different or undecided.
        ///
        /// The list is closed: stored verdicts can be grouped by [`Reason::as_str`] without a default case.
        /// Of two reasons for equality the later one grants more.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Reason {
            $(#[doc = $text] $name,)*
        }

        impl Reason {
            /// Every reason, in the order of the documentation: equal, different, undecided.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The code that is stored and shown.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// The verdict that this reason always comes with.
            #[must_use]
            pub fn verdict(self) -> Verdict {
                match self {
                    $(Self::$name => Verdict::$verdict,)*
                }
            }

            /// The reason in words.
            #[must_use]
            pub fn describe(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

reasons! {
    Exact, "exact", Equal, "Both have the same exact normal form.";
    ExactString, "exact-string", Equal, "Both are the same text once wrappers and spacing are taken off.";
    Rounded, "rounded", Equal, "One side is a decimal to which the other, exact side rounds or may be cut.";
    NumericIdentity, "numeric-identity", Equal, "Equal at many points; the chance of a false identity is below 2^-64.";
    UnitIgnored, "unit-ignored", Equal, "Equal once a unit or a counted noun that only one side carries is ignored (`5 cm` and `5`).";
    PercentIgnored, "percent-ignored", Equal, "Equal once a percent sign that only one side carries is ignored (`50%` and `50`).";
    NameIgnored, "name-ignored", Equal, "Equal once the name that only one side gives its value is ignored (`x=5` and `5`).";
    BaseIgnored, "base-ignored", Equal, "Equal once a base that only one side carries is ignored (`11_2` and `11`).";
    BracketsTaken, "brackets-taken", Equal, "Equal once a bare list has taken the brackets of the other side (`1,2` and `(1,2)`).";
    OptionLetter, "option-letter", Equal, "The same option letter, or the value written beside it.";
    DomainIgnored, "domain-ignored", Equal, "Equal once what only one side says of the domain of a letter is ignored (`for all real x`).";
    LabelIgnored, "label-ignored", Equal, "Equal once labels that only one side carries are ignored (`(1) 3; (2) 5` and `3; 5`).";
    RemarkIgnored, "remark-ignored", Equal, "Equal once a remark or an explanation on one side is ignored (`5 (approximately)` and `5`).";
    SentenceIgnored, "sentence-ignored", Equal, "Equal once the sentence around one side's value is ignored (`The eighth term is 194.`).";
    SameText, "same-text", Equal, "Equal words, apart from case, articles and punctuation.";

    DifferentValue, "different-value", Different, "The values are proved to differ.";
    DifferentKind, "different-kind", Different, "Things of two kinds, as a tuple and a set, or a number and a word.";
    DifferentCount, "different-count", Different, "Lists, sets or tuples of different sizes.";
    DifferentName, "different-name", Different, "Values of different names (`x=5` and `y=5`).";
    DifferentUnit, "different-unit", Different, "Units that neither agree nor convert.";
    DifferentBase, "different-base", Different, "Numerals in different bases.";
    DifferentText, "different-text", Different, "Different words.";
    DifferentCondition, "different-condition", Different, "Conditions or labels that are proved to differ (`n>3` and `n<3`).";
    NotRounded, "not-rounded", Different, "A decimal near the other side that the rounding rule does not cover.";
    NoAnswer, "no-answer", Different, "There is no answer.";
    NoGold, "no-gold", Different, "There is no gold answer.";

    UnparsableGold, "unparsable-gold", Undecided, "The gold answer is not read.";
    UnparsableAnswer, "unparsable-answer", Undecided, "The answer is not read.";
    Hedged, "hedged", Undecided, "The answer offers a second answer in words, or takes one back.";
    OverLimitGold, "over-limit-gold", Undecided, "The gold answer exceeds a limit of length, depth, nodes or digits.";
    OverLimitAnswer, "over-limit-answer", Undecided, "The answer exceeds a limit of length, depth, nodes or digits.";
    OverBudgetGold, "over-budget-gold", Undecided, "The work budget ran out over the gold answer.";
    OverBudgetAnswer, "over-budget-answer", Undecided, "The work budget ran out over the answer, or over comparing it.";
    UndefinedGold, "undefined-gold", Undecided, "The gold answer has no value, as a division by zero.";
    UndefinedAnswer, "undefined-answer", Undecided, "The answer has no value, as a division by zero.";
    FalseChainGold, "false-chain-gold", Undecided, "The gold answer says that different numbers are equal (`6=5`).";
    FalseChainAnswer, "false-chain-answer", Undecided, "The answer says that different numbers are equal (`6=5`).";
    Unsolved, "unsolved", Undecided, "An equation or inequality that is not solved against a value: nothing is solved for the answerer.";
    Unevaluated, "unevaluated", Undecided, "The value is right but not worked out, as the gold is, and the policy asks for that.";
    UnmatchedNote, "unmatched-note", Undecided, "A condition or words on one side that the other does not say in the same way.";
    Unproved, "unproved", Undecided, "No method proved the two equal or different.";
}
