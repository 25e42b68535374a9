//! Golds: whole solutions, and whether a gold can be matched at all.

use std::ops::Range;

use crate::budget::{Budget, Stop};
use crate::canonical;
use crate::extract::boxed::{BoxAt, last_box};
use crate::verdict::{Side, meaning};
use crate::{Comparison, Extractor, Format, Policy, Reason, Thinking, Verdict, equivalence};

/// Whether a gold can be matched by an answer that is written in another way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GoldCheck {
    /// What comes of comparing the gold with what it means: `equal` where it can be matched.
    ///
    /// The reason `same-text` says that it is words, which only the same words match.
    pub comparison: Comparison,
    /// What it was read as; `None` where it was not read.
    pub value: Option<String>,
}

impl GoldCheck {
    /// It can be matched.
    #[must_use]
    pub fn ok(&self) -> bool {
        self.comparison.verdict == Verdict::Equal
    }
}

/// Reads a gold and says whether an answer can match it. The same text always does.
///
/// ```
/// use sdgrade::{Policy, check_gold};
///
/// assert_eq!(check_gold(br"\frac{2}{4}", &Policy::default()).value.as_deref(), Some("1/2"));
/// assert!(!check_gold(br"\frac{2}{", &Policy::default()).ok());
/// ```
#[must_use]
pub fn check_gold(gold: &[u8], policy: &Policy) -> GoldCheck {
    let unread = |reason: Reason| GoldCheck { comparison: reason.into(), value: None };
    let Ok(gold) = std::str::from_utf8(gold) else { return unread(Reason::UnparsableGold) };
    let mut budget = Budget::new(policy.limits.work);
    let side = Side::read(&gold[answer(gold)], policy, &mut budget);
    if side.bare().is_empty() {
        return unread(Reason::NoGold);
    }
    match &side.meaning {
        // It equals itself as it is written, and nothing else.
        Ok(value)
            if value.as_expr().is_some_and(|expr| {
                matches!(canonical::normalise(expr, &mut budget), Err(Stop::Undefined))
            }) =>
        {
            unread(Reason::UndefinedGold)
        }
        Ok(value) => GoldCheck {
            comparison: equivalence::compare(value, value, policy, &mut budget).into(),
            value: Some(meaning(value)),
        },
        // Against any value, what cannot be read is undecided, and words are of another kind.
        Err(_) => match crate::compare(side.bare(), "1", policy) {
            found if found.verdict == Verdict::Undecided => unread(found.reason),
            _ => GoldCheck {
                comparison: Reason::SameText.into(),
                value: Some(side.bare().to_owned()),
            },
        },
    }
}

/// Where in a gold the answer stands: of a whole solution the content of its last box, or what
/// follows its last `####`, whichever comes later; else all of it.
///
/// A box without prose around it is no solution but an answer in a wrapper, and a solution whose last
/// sentence has several boxes has no one box that is the answer: both are left as they are.
pub(crate) fn answer(gold: &str) -> Range<usize> {
    let bytes = gold.as_bytes();
    // Most golds are plain answers.
    if memchr::memchr2(b'\\', b'#', bytes).is_none() {
        return 0..gold.len();
    }
    let boxed = last_box(bytes, bytes.len());
    if bytes.contains(&b'#') {
        let format = Format::from(Thinking::No).with_extractors(&[Extractor::Hash]);
        let hash = format.extract(bytes).answer;
        let is_last = |hash: usize| boxed.as_ref().is_none_or(|boxed| boxed.inside.end < hash);
        if let Some(hash) = hash.filter(|hash| is_last(hash.start)) {
            return hash;
        }
    }
    match boxed {
        Some(boxed) if is_solution(gold, &boxed) => boxed.inside,
        _ => 0..gold.len(),
    }
}

/// Whether prose stands around the last box, and no other box in its sentence.
fn is_solution(gold: &str, last: &BoxAt) -> bool {
    let (before, after) = (&gold[..last.command], &gold[last.inside.end + 1..]);
    if let Some(other) = last_box(gold.as_bytes(), last.command) {
        let Some(between) = gold.get(other.inside.end + 1..last.command) else { return false };
        let one_sentence = !between.contains(['\n', '.', '!', '?']);
        if one_sentence && gold[other.inside] != gold[last.inside.clone()] {
            return false;
        }
    }
    // A word or two behind the box are its unit.
    words(before) > 0 || words(after) > 3
}

/// How many words of at least two letters there are, commands not counted.
fn words(text: &str) -> usize {
    let pieces = text.split(|sign: char| !sign.is_alphabetic() && sign != '\\');
    pieces.filter(|piece| !piece.contains('\\') && piece.chars().nth(1).is_some()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_solution_is_its_answer() {
        for (gold, expected) in [
            ("We have $2+3=5$, so the answer is $\\boxed{5}$.", "5"),
            ("Natalia sold 48/2 = <<48/2=24>>24 clips.\n#### 72", "72"),
            ("#### 72", "72"),
            ("#### Solution\nIt is \\boxed{5}.", "5"),
            ("First $\\boxed{1}$.\nThen \\boxed{\\frac{1}{2}}", "\\frac{1}{2}"),
            ("So \\boxed{5}; that is, $\\boxed{5}$.", "5"),
            // Left as they are.
            ("\\boxed{5}", "\\boxed{5}"),
            ("$x = \\boxed{5}$", "$x = \\boxed{5}$"),
            ("\\boxed{5} \\text{ cm}", "\\boxed{5} \\text{ cm}"),
            ("It is \\boxed{1} and \\boxed{2}.", "It is \\boxed{1} and \\boxed{2}."),
            ("It is \\boxed{1", "It is \\boxed{1"),
            ("5", "5"),
            ("", ""),
        ] {
            assert_eq!(&gold[answer(gold)], expected, "{gold}");
        }
    }

    #[test]
    fn a_gold_that_cannot_be_matched_is_named() {
        let policy = Policy::default();
        let found = |gold: &str| {
            let check = check_gold(gold.as_bytes(), &policy);
            (check.ok(), check.comparison.reason.as_str(), check.value)
        };
        assert_eq!(found("\\frac{2}{4}"), (true, "exact", Some("1/2".to_owned())));
        assert_eq!(found("so it is $\\boxed{7}$"), (true, "exact", Some("7".to_owned())));
        assert_eq!(found("\\frac{2}{"), (false, "unparsable-gold", None));
        assert_eq!(found(" "), (false, "no-gold", None));
        assert!(found("Friday evening").0);
        assert_eq!(found(&"9^".repeat(200)).1, "over-limit-gold");
        assert_eq!(check_gold(b"\xff", &policy).comparison.reason, Reason::UnparsableGold);
    }
}
