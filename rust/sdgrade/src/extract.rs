//! Finds the boxed answer of a response: the last box after the last `</think>`.
//!
//! Works on bytes, so any text a Python `str` can hold (surrogates included) can be searched, and
//! an offset is always a byte offset. Every step is linear in the response: one search backwards
//! for `</think>`, one for the box, one walk over the braces of that box.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::{memchr3_iter, memmem, memrchr_iter};

/// What the response is taken for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Thinking {
    /// The prompt opened `<think>`: a response without `</think>` has no answer.
    Yes,
    /// A plain response: the whole of it is searched.
    No,
    /// As `Yes` if `<think>` or `</think>` occurs in the response, else as `No`.
    #[default]
    Auto,
}

/// What was found in a response.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Extraction {
    /// Where the answer stands in the response, between the braces of the box, as bytes.
    /// `None` where there is no box, or the last box is unterminated or empty.
    pub answer: Option<Range<usize>>,
    /// The response contains `</think>`.
    pub think_closed: bool,
}

impl Extraction {
    /// An answer could be extracted from a box.
    #[must_use]
    pub fn boxed(&self) -> bool {
        self.answer.is_some()
    }
}

/// Finds the answer in the last `\boxed{` or `\fbox{` of the final part of a response.
///
/// The final part is what follows the last `</think>`, or all of a plain response. The last box is
/// the one that starts last (of nested boxes the inner one); white space may stand before its
/// brace. An unterminated or empty last box is no answer: there is no falling back to an earlier
/// one. Braces that are escaped (`\{`) do not count.
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
    let (close, open) = think_tags(response);
    let final_part = match (close, thinking) {
        (Some(end), Thinking::Yes | Thinking::Auto) => Some(end),
        (None, Thinking::Yes) => None,
        (None, Thinking::Auto) if open => None,
        (_, Thinking::No) | (None, Thinking::Auto) => Some(0),
    };
    let answer = final_part
        .and_then(|start| last_box(response, start))
        .and_then(|brace| inside(response, brace));
    Extraction { answer, think_closed: close.is_some() }
}

// Preparing a search takes longer than searching a short response.
static THINK: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(b"think>"));
static BOX: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(b"box"));

/// The end of the last `</think>`, and, where there is none, whether `<think>` occurs.
fn think_tags(response: &[u8]) -> (Option<usize>, bool) {
    let mut open = false;
    let close = rfind(response, 0, &THINK, |at| {
        let before = &response[..at];
        open |= before.ends_with(b"<");
        before.ends_with(b"</").then_some(at + THINK.needle().len())
    });
    (close, open)
}

/// The opening brace of the last box that starts at or after `start`.
fn last_box(response: &[u8], start: usize) -> Option<usize> {
    rfind(response, start, &BOX, |at| {
        let before = &response[start..at];
        let name_end = if before.ends_with(b"\\f") {
            at + b"box".len()
        } else if before.ends_with(b"\\") && response[at..].starts_with(b"boxed") {
            at + b"boxed".len()
        } else {
            return None;
        };
        let gap = response[name_end..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        (response.get(name_end + gap) == Some(&b'{')).then_some(name_end + gap)
    })
}

/// The inside of the braces that open at `brace`, unless they never close or hold nothing.
fn inside(response: &[u8], brace: usize) -> Option<Range<usize>> {
    let start = brace + 1;
    let (mut depth, mut escaped) = (1_usize, None);
    for at in memchr3_iter(b'{', b'}', b'\\', &response[start..]).map(|at| at + start) {
        if escaped == Some(at) {
            continue;
        }
        match response[at] {
            b'\\' => escaped = Some(at + 1),
            b'{' => depth += 1,
            _ => depth -= 1,
        }
        if depth == 0 {
            return (!is_blank(&response[start..at])).then_some(start..at);
        }
    }
    None
}

fn is_blank(text: &[u8]) -> bool {
    match text.first() {
        Some(b'!'..=b'~') => false,
        _ => std::str::from_utf8(text).is_ok_and(|text| text.trim().is_empty()),
    }
}

/// The last occurrence of what `finder` finds at or after `start` that `accept` turns into a value.
///
/// Searches forwards in blocks from the end: the vector search runs forwards several times faster
/// than backwards.
fn rfind<T>(
    text: &[u8],
    start: usize,
    finder: &memmem::Finder<'_>,
    mut accept: impl FnMut(usize) -> Option<T>,
) -> Option<T> {
    // An answer mostly stands at the very end, and preparing a search takes longer than this.
    let needle = finder.needle();
    let mut end = text.len().saturating_sub(64).max(start);
    for at in memrchr_iter(needle[0], &text[end..]).map(|at| at + end) {
        if text[at..].starts_with(needle) {
            let found = accept(at);
            if found.is_some() {
                return found;
            }
        }
    }
    let mut block = 1 << 10;
    while end > start {
        let from = end.saturating_sub(block).max(start);
        // An occurrence may begin in this block and end in the one after it.
        let to = text.len().min(end + needle.len() - 1);
        let last = finder.find_iter(&text[from..to]).filter_map(|at| accept(from + at)).last();
        if last.is_some() {
            return last;
        }
        end = from;
        block = (block * 4).min(1 << 16);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(response: &str, thinking: Thinking) -> Option<&str> {
        extract(response.as_bytes(), thinking).answer.map(|range| &response[range])
    }

    #[test]
    fn the_last_box_of_the_final_part() {
        for (response, expected) in [
            (r"\boxed{1} then \boxed{2}", Some("2")),
            (r"\boxed{\frac{1}{2}}", Some(r"\frac{1}{2}")),
            (r"\boxed{\boxed{5}}", Some("5")),
            (r"\fbox{7}", Some("7")),
            ("\\boxed \n {7}", Some("7")),
            (r"\boxed{\{1\}}", Some(r"\{1\}")),
            (r"\boxed{a\\}b}", Some(r"a\\")),
            (r"\boxed{1} \boxed{2", None),
            (r"\boxed{1} \boxed{ }", None),
            (r"\boxed{1} \boxed", Some("1")),
            (r"\boxed{1}</think>2", None),
            (r"\boxed{1}</think>\boxed{2}</think>\boxed{3}", Some("3")),
            (r"<think> \boxed{1}", None),
            (r"box boxed{1} \box{2}", None),
            ("", None),
        ] {
            assert_eq!(answer(response, Thinking::Auto), expected, "{response}");
        }
    }

    #[test]
    fn thinking_says_what_a_response_without_tags_is() {
        assert_eq!(answer(r"\boxed{1}", Thinking::Yes), None);
        assert_eq!(answer(r"\boxed{1}", Thinking::No), Some("1"));
        assert_eq!(answer(r"\boxed{1}</think>", Thinking::No), Some("1"));
        assert!(extract(b"</think>", Thinking::No).think_closed);
    }

    #[test]
    fn boxes_and_tags_across_every_block_boundary() {
        for padding in 900..1_200 {
            let response =
                format!("</think>{}\\boxed{{42}}{}", "x".repeat(40), "y".repeat(padding));
            assert_eq!(answer(&response, Thinking::Yes), Some("42"), "{padding}");
        }
    }
}
