//! Answers that a phrase or a tag announces: `#### 18`, `The final answer is 18`, `Answer: 18`,
//! `<answer>18</answer>`.
//!
//! Each function looks for the last announcement at or after `start`.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::{memchr, memmem, memrchr2_iter};

use super::Announced;
use super::search::{rfind, trimmed};

static HASHES: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(b"####"));
static TAG: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(b"<answer>"));

/// GSM8K: what follows `####` on its line.
pub(super) fn hash(text: &[u8], start: usize) -> Option<Announced> {
    let from = rfind(text, start, &HASHES, |at| {
        let from = at + 4;
        let longer = text[start..at].ends_with(b"#") || text[from..].starts_with(b"#");
        (!longer).then_some(from)
    })?;
    Some(trimmed(text, from..line_end(text, from)).into())
}

/// Minerva's prompt: what follows `The final answer is`, without `I hope it is correct`.
pub(super) fn minerva(text: &[u8], start: usize) -> Option<Announced> {
    const LEAD: &[u8] = b"final answer is";
    const HOPE: &[u8] = b"I hope it is correct";
    let from = words(text, start).find_map(|at| {
        let lead = at.checked_sub(LEAD.len() - b"answer is".len()).filter(|&at| at >= start)?;
        starts_with(&text[lead..], LEAD).then_some(lead + LEAD.len())
    })?;
    let answer = value(text, skip(text, from, b":*")).and_then(|range| {
        let hope = memmem::find(&text[range.clone()], HOPE).map(|at| range.start + at);
        let answer = trimmed(text, range.start..hope.unwrap_or(range.end))?;
        // The full stop ends the sentence.
        let stop = text[..answer.end].ends_with(b".") && !text[..answer.end].ends_with(b"\\right.");
        trimmed(text, answer.start..answer.end - usize::from(stop))
    });
    Some(answer.into())
}

/// What follows `Answer:` on its line, in any case and with Markdown around it.
pub(super) fn answer_line(text: &[u8], start: usize) -> Option<Announced> {
    let (at, from) = words(text, start).find_map(|at| {
        let inside_a_word = text[start..at].last().is_some_and(u8::is_ascii_alphanumeric);
        let end = skip(text, at + b"answer".len(), b"*_");
        let colon = [&b":"[..], "：".as_bytes()]
            .into_iter()
            .find(|colon| text[end..].starts_with(colon))?;
        (!inside_a_word).then_some((at, end + colon.len()))
    })?;
    let answer = value(text, skip(text, from, b"*_")).and_then(|range| {
        // `**Answer: 18**`
        let bold = text[start..at].ends_with(b"*") || text[..range.start].ends_with(b"*");
        let end = text[range.clone()].iter().rev().take_while(|&&byte| byte == b'*').count();
        trimmed(text, range.start..range.end - if bold { end } else { 0 })
    });
    Some(answer.into())
}

/// What stands between `<answer>` and `</answer>`.
pub(super) fn answer_tag(text: &[u8], start: usize) -> Option<Announced> {
    let from = rfind(text, start, &TAG, Some)? + TAG.needle().len();
    let close = memmem::find(&text[from..], b"</answer>").map(|at| from + at);
    Some(close.and_then(|close| trimmed(text, from..close)).into())
}

/// Where `answer` begins, in any case, from the last one back.
fn words(text: &[u8], start: usize) -> impl Iterator<Item = usize> {
    // The rarest letter of the word.
    memrchr2_iter(b'w', b'W', &text[start..]).filter_map(move |at| {
        let at = (at + start).checked_sub(3).filter(|&at| at >= start)?;
        starts_with(&text[at..], b"answer").then_some(at)
    })
}

fn starts_with(text: &[u8], prefix: &[u8]) -> bool {
    text.get(..prefix.len()).is_some_and(|text| text.eq_ignore_ascii_case(prefix))
}

/// The first place at or after `from` where none of `bytes` and no space stands.
fn skip(text: &[u8], from: usize, bytes: &[u8]) -> usize {
    let rest = text[from..].iter();
    from + rest.take_while(|byte| **byte == b' ' || bytes.contains(byte)).count()
}

fn line_end(text: &[u8], from: usize) -> usize {
    memchr(b'\n', &text[from..]).map_or(text.len(), |at| from + at)
}

/// The rest of the line, or the next line that holds something; displayed mathematics to its end.
fn value(text: &[u8], from: usize) -> Option<Range<usize>> {
    let from = from + text[from..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let rest = &text[from..];
    for (open, close) in [(&b"\\["[..], &b"\\]"[..]), (b"$$", b"$$")] {
        if let Some(inner) = rest.strip_prefix(open)
            && let Some(at) = memmem::find(inner, close)
        {
            return Some(from..from + open.len() + at + close.len());
        }
    }
    trimmed(text, from..line_end(text, from))
}
