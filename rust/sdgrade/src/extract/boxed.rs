//! The last `\boxed{…}` or `\fbox{…}`.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::{memchr2_iter, memchr3_iter, memmem, memrchr2_iter};

use super::Announced;
use super::search::{rfind, trimmed};

// Preparing a search takes longer than searching a short response.
static BOX: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(b"box"));

/// A box: where its command begins and what stands between its braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BoxAt {
    pub(crate) command: usize,
    pub(crate) inside: Range<usize>,
}

/// The answer in the last box at or after `start`; `None` where there is no box.
///
/// The last box is the one that starts last; white space may stand before its brace. It is no answer
/// if it is unterminated or empty, or if it stands in another box beside something else.
pub(super) fn last_answer(text: &[u8], start: usize) -> Option<Announced> {
    let (command, brace) = last_opening(text, start, text.len())?;
    let Some(inside) = inside(text, brace) else {
        return Some(Announced::Nothing);
    };
    let found = BoxAt { command, inside };
    let answer = trimmed(text, found.inside.clone()).is_some() && is_alone(text, start, &found);
    Some(answer.then_some(found.inside).into())
}

/// The last terminated box of `text` that begins before `end`.
pub(crate) fn last_box(text: &[u8], end: usize) -> Option<BoxAt> {
    let (command, brace) = last_opening(text, 0, end)?;
    inside(text, brace).map(|inside| BoxAt { command, inside })
}

/// Where the last box command that begins in `start..end` begins, and its opening brace.
fn last_opening(text: &[u8], start: usize, end: usize) -> Option<(usize, usize)> {
    rfind(&text[..end], start, &BOX, |at| opening(text, start, at))
}

/// The box command around the `box` at `at`.
fn opening(text: &[u8], start: usize, at: usize) -> Option<(usize, usize)> {
    let before = &text[start..at];
    let (command, name_end) = if before.ends_with(b"\\f") {
        (at - 2, at + b"box".len())
    } else if before.ends_with(b"\\") && text[at..].starts_with(b"boxed") {
        (at - 1, at + b"boxed".len())
    } else {
        return None;
    };
    let gap = text[name_end..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    (text.get(name_end + gap) == Some(&b'{')).then_some((command, name_end + gap))
}

/// The inside of the braces that open at `brace`, unless they never close.
fn inside(text: &[u8], brace: usize) -> Option<Range<usize>> {
    let start = brace + 1;
    let rest = &text[start..];
    let (mut depth, mut escaped) = (1_usize, None);
    // Most answers are short, and a vector search takes longer to begin than they take to read.
    let near = rest.len().min(32);
    let signs = (0..near).filter(|&at| matches!(rest[at], b'{' | b'}' | b'\\'));
    let further = memchr3_iter(b'{', b'}', b'\\', &rest[near..]).map(|at| at + near);
    for at in signs.chain(further) {
        if escaped == Some(at) {
            continue;
        }
        match rest[at] {
            b'\\' => escaped = Some(at + 1),
            b'{' => depth += 1,
            _ => depth -= 1,
        }
        if depth == 0 {
            return Some(start..start + at);
        }
    }
    None
}

/// Whether every box around this one holds nothing beside it.
///
/// Walks outwards over the braces: forwards to the ones that close around the box, which are mostly
/// none, and for each of them backwards to the one that opens it.
fn is_alone(text: &[u8], start: usize, inner: &BoxAt) -> bool {
    let mut openings = memrchr2_iter(b'{', b'}', &text[start..inner.command])
        .map(|at| at + start)
        .filter(|&at| !is_escaped(text, start, at));
    let (mut depth, mut before, mut after) = (0_usize, inner.command, inner.inside.end + 1);
    let from = after;
    for close in memchr2_iter(b'{', b'}', &text[from..]).map(|at| at + from) {
        if is_escaped(text, from, close) {
            continue;
        }
        if text[close] == b'{' {
            depth += 1;
            continue;
        }
        if depth > 0 {
            depth -= 1;
            continue;
        }
        // This brace closes around the box: find the one that opens.
        let mut nested = 0_usize;
        let open = openings.find(|&at| match (text[at], nested) {
            (b'{', 0) => true,
            (b'{', _) => {
                nested -= 1;
                false
            }
            _ => {
                nested += 1;
                false
            }
        });
        let Some(open) = open else { return true };
        if let Some(command) = box_command(text, start, open) {
            // The braces themselves are dressing.
            if !is_dressing(&text[open..before]) || !is_dressing(&text[after..close]) {
                return false;
            }
            (before, after) = (command, close);
        }
    }
    true
}

/// The start of the box command whose brace opens at `brace`.
fn box_command(text: &[u8], start: usize, brace: usize) -> Option<usize> {
    let name = text[start..brace].trim_ascii_end();
    let command = [&b"\\boxed"[..], b"\\fbox"].into_iter().find(|known| name.ends_with(known))?;
    Some(start + name.len() - command.len())
}

/// Whether a text is white space, delimiters of mathematics, braces and a full stop, which say nothing.
fn is_dressing(mut text: &[u8]) -> bool {
    while let [b'\\', b'(' | b')' | b'[' | b']' | b',' | b';' | b'!' | b' ', rest @ ..]
    | [b'$' | b'{' | b'}' | b'.' | b' ' | b'\t' | b'\n' | b'\r', rest @ ..] = text
    {
        text = rest;
    }
    text.is_empty()
}

/// Whether an odd run of backslashes stands before `at`.
fn is_escaped(text: &[u8], start: usize, at: usize) -> bool {
    let run = text[start..at].iter().rev().take_while(|&&byte| byte == b'\\').count();
    run % 2 == 1
}
