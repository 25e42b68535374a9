//! Finds the answer of a response: the last box, or another announcement, after the thought.
//!
//! Works on bytes, so any text a Python `str` can hold (surrogates included) can be searched, and
//! an offset is always a byte offset. Every step is linear in the response: one search backwards
//! for the end of the thought, one for the answer, one walk over the braces of its box.

use std::borrow::Cow;
use std::ops::Range;

pub(crate) mod boxed;
mod phrase;
mod search;
mod thought;

use thought::Tag;
pub use thought::ThinkTags;

/// What the response is taken for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Thinking {
    /// The prompt opened the thought: a response that does not close it has no answer.
    Yes,
    /// A plain response: the whole of it is searched.
    No,
    /// As `Yes` if an opening or a closing tag occurs in the response, else as `No`.
    #[default]
    Auto,
}

/// How a response announces its answer. Always the last announcement counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Extractor {
    /// `\boxed{18}` or `\fbox{18}`.
    ///
    /// An unterminated or empty last box is no answer, and neither is a box that stands beside
    /// something else in another box; there is no falling back to an earlier one. A box alone in a
    /// box is its content. Escaped braces (`\{`) do not count.
    #[default]
    Boxed,
    /// `#### 18`, as in GSM8K: the rest of the line.
    Hash,
    /// `The final answer is 18. I hope it is correct.`
    Minerva,
    /// `Answer: 18`: the rest of the line.
    AnswerLine,
    /// `<answer>18</answer>`
    AnswerTag,
}

impl Extractor {
    /// Every extractor, in the order of the documentation.
    pub const ALL: [Self; 5] =
        [Self::Boxed, Self::Hash, Self::Minerva, Self::AnswerLine, Self::AnswerTag];

    /// The name that users write and that is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Boxed => "boxed",
            Self::Hash => "hash",
            Self::Minerva => "minerva",
            Self::AnswerLine => "answer-line",
            Self::AnswerTag => "answer-tag",
        }
    }

    /// The extractor of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|extractor| extractor.as_str() == name)
    }

    /// The last announcement at or after `start`; `None` where there is none.
    fn last(self, response: &[u8], start: usize) -> Option<Announced> {
        match self {
            Self::Boxed => boxed::last_answer(response, start),
            Self::Hash => phrase::hash(response, start),
            Self::Minerva => phrase::minerva(response, start),
            Self::AnswerLine => phrase::answer_line(response, start),
            Self::AnswerTag => phrase::answer_tag(response, start),
        }
    }
}

/// What an announcement announces.
enum Announced {
    Answer(Range<usize>),
    /// It is cut, empty or unfit.
    Nothing,
}

impl From<Option<Range<usize>>> for Announced {
    fn from(answer: Option<Range<usize>>) -> Self {
        answer.map_or(Self::Nothing, Self::Answer)
    }
}

/// What was found in a response.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Extraction {
    /// Where the answer stands in the response, as bytes: between the braces of the box, behind
    /// the phrase, between the tags. `None` where there is none.
    pub answer: Option<Range<usize>>,
    /// What found the answer; `None` where there is none.
    pub extractor: Option<Extractor>,
    /// The response contains the tag that closes a thought.
    pub think_closed: bool,
}

impl Extraction {
    /// The answer stands in a box.
    #[must_use]
    pub fn boxed(&self) -> bool {
        self.extractor == Some(Extractor::Boxed)
    }
}

/// What responses look like: where their thought ends, and how they announce their answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    thinking: Thinking,
    tags: ThinkTags,
    extractors: Cow<'static, [Extractor]>,
}

impl Default for Format {
    /// A box after the last `</think>`, if `<think>` or `</think>` occurs.
    fn default() -> Self {
        Self::from(Thinking::Auto)
    }
}

impl From<Thinking> for Format {
    fn from(thinking: Thinking) -> Self {
        Self {
            thinking,
            tags: ThinkTags::default(),
            extractors: Cow::Borrowed(&[Extractor::Boxed]),
        }
    }
}

impl Format {
    /// The same, with another answer to what a response is taken for.
    #[must_use]
    pub fn with_thinking(self, thinking: Thinking) -> Self {
        Self { thinking, ..self }
    }

    /// The same, with other tags around the thought.
    #[must_use]
    pub fn with_tags(self, tags: ThinkTags) -> Self {
        Self { tags, ..self }
    }

    /// The same, with other extractors, to be tried in this order.
    #[must_use]
    pub fn with_extractors(self, extractors: &[Extractor]) -> Self {
        Self { extractors: Cow::Owned(extractors.to_vec()), ..self }
    }

    /// What a response is taken for.
    #[must_use]
    pub fn thinking(&self) -> Thinking {
        self.thinking
    }

    /// The tags around the thought.
    #[must_use]
    pub fn tags(&self) -> &ThinkTags {
        &self.tags
    }

    /// The extractors, in the order in which they are tried.
    #[must_use]
    pub fn extractors(&self) -> &[Extractor] {
        &self.extractors
    }

    /// Finds the answer in the final part of a response.
    ///
    /// The final part is what follows the last thought, or all of a plain response. A thought that
    /// is opened and not closed, be it for a second time, leaves no final part. The first
    /// extractor that finds an announcement decides, so that a cut box is not made good by another
    /// announcement before it.
    ///
    /// ```
    /// use sdgrade::{Extractor, Format, Thinking};
    ///
    /// let response = b"16 - 3 - 4 = 9, and 9 * 2 = 18.\n#### 18";
    /// let format = Format::from(Thinking::No).with_extractors(&[Extractor::Boxed, Extractor::Hash]);
    /// let found = format.extract(response);
    /// assert_eq!(&response[found.answer.unwrap()], b"18");
    /// assert_eq!(found.extractor, Some(Extractor::Hash));
    /// ```
    #[must_use]
    pub fn extract(&self, response: &[u8]) -> Extraction {
        let (start, think_closed) = self.final_part(response);
        let found = start.and_then(|start| {
            let mut tried = self.extractors.iter();
            tried.find_map(|&extractor| Some((extractor, extractor.last(response, start)?)))
        });
        match found {
            Some((extractor, Announced::Answer(answer))) => {
                Extraction { answer: Some(answer), extractor: Some(extractor), think_closed }
            }
            _ => Extraction { answer: None, extractor: None, think_closed },
        }
    }

    /// Where the final part begins, if there is one, and whether a thought was closed.
    fn final_part(&self, response: &[u8]) -> (Option<usize>, bool) {
        let last = self.tags.last(response, response.len());
        let closed = match last {
            Some(Tag::Close { .. }) => true,
            Some(Tag::Open { start }) => self.tags.closes_before(response, start),
            None => false,
        };
        let start = match (last, self.thinking) {
            (Some(Tag::Close { end }), Thinking::Yes | Thinking::Auto) => Some(end),
            (Some(Tag::Open { .. }), Thinking::Yes | Thinking::Auto) | (None, Thinking::Yes) => {
                None
            }
            (_, Thinking::No) | (None, Thinking::Auto) => Some(0),
        };
        (start, closed)
    }
}

/// Finds the answer in the last box of a response: [`Format::extract`] with the common tags.
///
/// ```
/// use sdgrade::{Thinking, extract};
///
/// let response = br"<think> so \boxed{3} </think> The answer is $\boxed{\frac{1}{2}}$.";
/// let answer = extract(response, Thinking::Auto).answer.unwrap();
/// assert_eq!(&response[answer], br"\frac{1}{2}");
/// ```
#[must_use]
pub fn extract(response: &[u8], thinking: Thinking) -> Extraction {
    Format::from(thinking).extract(response)
}

#[cfg(test)]
mod tests;
