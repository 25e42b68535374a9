//! From a response to a grade: extraction, then comparison.

use std::ops::Range;

use crate::verdict::fast;
use crate::{Comparison, Extraction, Extractor, Format, Gold, Policy, Reason, Verdict};

/// What a response is worth.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Grade {
    /// Whether the extracted answer equals the gold answer, and why.
    pub comparison: Comparison,
    /// Where the answer stands in the response, as bytes.
    pub answer: Option<Range<usize>>,
    /// What found the answer.
    pub extractor: Option<Extractor>,
    /// The response contains the tag that closes a thought.
    pub think_closed: bool,
}

/// Extracts the answer of a response and compares it with the gold answer.
///
/// Gold and response are bytes because a Python `str` may hold surrogates, which are no UTF-8. What
/// is not UTF-8 is compared as a string and read no further.
#[must_use]
pub fn grade(gold: &[u8], response: &[u8], policy: &Policy, format: &Format) -> Grade {
    CompiledGold::new(gold, policy).grade(response, format)
}

/// A gold answer of bytes, made ready for many responses.
///
/// A gold that is a whole solution is its answer: the content of its box, or what follows `####`.
#[derive(Debug)]
pub struct CompiledGold<'p>(Compiled<'p>);

#[derive(Debug)]
enum Compiled<'p> {
    Text(Gold<'p>),
    /// What is no UTF-8.
    Bytes(Vec<u8>),
}

impl<'p> CompiledGold<'p> {
    /// A gold answer, which is read at most once.
    #[must_use]
    pub fn new(bytes: &[u8], policy: &'p Policy) -> Self {
        Self(match std::str::from_utf8(bytes) {
            Ok(text) => Compiled::Text(Gold::new(text, policy)),
            Err(_) => Compiled::Bytes(bytes.to_vec()),
        })
    }

    /// The gold answer as it was given.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match &self.0 {
            Compiled::Text(gold) => gold.given().as_bytes(),
            Compiled::Bytes(bytes) => bytes,
        }
    }

    /// Extracts the answer of a response and compares it with this gold.
    #[must_use]
    pub fn grade(&self, response: &[u8], format: &Format) -> Grade {
        best(std::slice::from_ref(self), response, format)
    }

    /// Compares one answer with this gold.
    #[must_use]
    pub fn compare(&self, answer: &[u8]) -> Comparison {
        match (&self.0, std::str::from_utf8(answer)) {
            (Compiled::Bytes(gold), _) if gold == answer => Reason::ExactString.into(),
            (Compiled::Bytes(_), _) => Reason::UnparsableGold.into(),
            (Compiled::Text(_), Err(_)) => Reason::UnparsableAnswer.into(),
            // The same text is equal before anything is read, a whole solution too.
            (Compiled::Text(gold), Ok(answer)) if gold.is_solution() && gold.given() == answer => {
                Reason::ExactString.into()
            }
            (Compiled::Text(gold), Ok(answer)) => gold.compare(answer),
        }
    }
}

impl CompiledGold<'_> {
    /// [`Self::compare`] where plain bytes decide it, which takes no longer than copying them; `None`
    /// where a comparison may take long.
    #[must_use]
    pub fn compare_plain(&self, answer: &[u8]) -> Option<Comparison> {
        let Compiled::Text(gold) = &self.0 else { return None };
        fast::compare(gold.text(), std::str::from_utf8(answer).ok()?).map(Comparison::from)
    }
}

/// Grades a response against alternatives of one gold, of which the best counts: an equal one
/// before an undecided one before a different one, and of these the first.
#[must_use]
pub fn best(golds: &[CompiledGold<'_>], response: &[u8], format: &Format) -> Grade {
    let Extraction { answer, extractor, think_closed } = format.extract(response);
    let comparison = match &answer {
        Some(answer) => best_comparison(golds, &response[answer.clone()]),
        None if golds.is_empty() => Reason::NoGold.into(),
        None => Reason::NoAnswer.into(),
    };
    Grade { comparison, answer, extractor, think_closed }
}

/// Compares an answer with alternatives of one gold; see [`best`].
#[must_use]
pub fn best_comparison(golds: &[CompiledGold<'_>], answer: &[u8]) -> Comparison {
    let mut best = Comparison::from(Reason::NoGold);
    for (index, gold) in golds.iter().enumerate() {
        let found = gold.compare(answer);
        if index == 0 || rank(found.verdict) > rank(best.verdict) {
            best = found;
        }
        if best.verdict == Verdict::Equal {
            break;
        }
    }
    best
}

fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Equal => 2,
        Verdict::Undecided => 1,
        Verdict::Different => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Thinking;

    #[test]
    fn text_that_is_not_utf8_equals_only_itself() {
        let policy = Policy::default();
        let response = b"\\boxed{\xed\xa0\x80}";
        let graded = |gold: &[u8]| grade(gold, response, &policy, &Format::default()).comparison;
        assert_eq!(graded(b"\xed\xa0\x80").reason, Reason::ExactString);
        assert_eq!(graded(b"\xed\xa0\x81").verdict, Verdict::Undecided);
        assert_eq!(graded(b"1").reason, Reason::UnparsableAnswer);
    }

    #[test]
    fn without_an_answer_the_reason_says_so() {
        let policy = Policy::default();
        let graded = grade(b"1", b"so it is 1", &policy, &Format::from(Thinking::Auto));
        assert_eq!((graded.comparison.reason, graded.answer), (Reason::NoAnswer, None));
    }

    #[test]
    fn a_gold_that_is_a_solution_is_its_answer() {
        let policy = Policy::default();
        let solution = b"We add: $2+3=5$. The answer is $\\boxed{5}$.";
        let gold = CompiledGold::new(solution, &policy);
        assert_eq!(gold.compare(b"10/2").verdict, Verdict::Equal);
        assert_eq!(gold.compare(b"2").verdict, Verdict::Different);
        assert_eq!(gold.compare(solution).reason, Reason::ExactString);
        assert_eq!(gold.bytes(), solution);
    }

    #[test]
    fn of_several_golds_the_best_counts() {
        let policy = Policy::default();
        let golds: Vec<_> = [&b"1"[..], b"\\frac{", b"2"]
            .into_iter()
            .map(|gold| CompiledGold::new(gold, &policy))
            .collect();
        let found = |answer: &[u8]| best_comparison(&golds, answer).reason.as_str();
        assert_eq!(found(b"2.0"), "exact");
        assert_eq!(found(b"3"), "unparsable-gold");
        assert_eq!(best_comparison(&golds[..1], b"3").reason.as_str(), "different-value");
        assert_eq!(best_comparison(&[], b"3").reason, Reason::NoGold);
    }
}
