//! From a response to a grade: extraction, then comparison.

use std::ops::Range;

use crate::{Comparison, Gold, Policy, Reason, Thinking, extract};

/// What a response is worth.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Grade {
    /// Whether the extracted answer equals the gold answer, and why.
    pub comparison: Comparison,
    /// Where the answer stands in the response, as bytes.
    pub answer: Option<Range<usize>>,
    /// The response contains `</think>`.
    pub think_closed: bool,
}

/// Extracts the answer of a response and compares it with the gold answer.
///
/// Gold and response are bytes because a Python `str` may hold surrogates, which are no UTF-8. What
/// is not UTF-8 is compared as a string and read no further.
#[must_use]
pub fn grade(gold: &[u8], response: &[u8], policy: &Policy, thinking: Thinking) -> Grade {
    CompiledGold::new(gold, policy).grade(response, thinking)
}

/// A gold answer of bytes, made ready for many responses.
#[derive(Debug)]
pub struct CompiledGold<'p>(Content<'p>);

#[derive(Debug)]
enum Content<'p> {
    Text(Gold<'p>),
    /// No UTF-8.
    Bytes(Vec<u8>),
}

impl<'p> CompiledGold<'p> {
    /// A gold answer, which is read at most once.
    #[must_use]
    pub fn new(bytes: &[u8], policy: &'p Policy) -> Self {
        Self(match std::str::from_utf8(bytes) {
            Ok(text) => Content::Text(Gold::new(text, policy)),
            Err(_) => Content::Bytes(bytes.to_vec()),
        })
    }

    /// The gold answer as it was given.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match &self.0 {
            Content::Text(gold) => gold.text().as_bytes(),
            Content::Bytes(bytes) => bytes,
        }
    }

    /// Extracts the answer of a response and compares it with this gold.
    #[must_use]
    pub fn grade(&self, response: &[u8], thinking: Thinking) -> Grade {
        let found = extract(response, thinking);
        let comparison = match &found.answer {
            Some(answer) => self.compare(&response[answer.clone()]),
            None => Reason::NoAnswer.into(),
        };
        Grade { comparison, answer: found.answer, think_closed: found.think_closed }
    }

    /// Compares one answer with this gold.
    #[must_use]
    pub fn compare(&self, answer: &[u8]) -> Comparison {
        match (&self.0, std::str::from_utf8(answer)) {
            (Content::Text(gold), Ok(answer)) => gold.compare(answer),
            (Content::Text(_), Err(_)) => Reason::UnparsableAnswer.into(),
            (Content::Bytes(gold), _) if gold == answer => Reason::ExactString.into(),
            (Content::Bytes(_), _) => Reason::UnparsableGold.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verdict;

    #[test]
    fn text_that_is_not_utf8_equals_only_itself() {
        let policy = Policy::default();
        let response = b"\\boxed{\xed\xa0\x80}";
        let graded = |gold: &[u8]| grade(gold, response, &policy, Thinking::Auto).comparison;
        assert_eq!(graded(b"\xed\xa0\x80").reason, Reason::ExactString);
        assert_eq!(graded(b"\xed\xa0\x81").verdict, Verdict::Undecided);
        assert_eq!(graded(b"1").reason, Reason::UnparsableAnswer);
    }

    #[test]
    fn without_an_answer_the_reason_says_so() {
        let policy = Policy::default();
        let graded = grade(b"1", b"so it is 1", &policy, Thinking::Auto);
        assert_eq!((graded.comparison.reason, graded.answer), (Reason::NoAnswer, None));
    }
}
