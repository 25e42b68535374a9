//! Takes off what stands around an answer: delimiters of mathematics, a box, lead-in words, markdown.

use super::lexer::matching_brace;
use super::tree::Span;
use std::borrow::Cow;

/// How many wrappers are taken off; more than a few are no answer.
const LAYERS: usize = 24;

/// Undoes a second escaping (`\\frac` for `\frac`) where every run of backslashes is doubled.
pub(crate) fn unescape(text: &str) -> Cow<'_, str> {
    if !text.as_bytes().windows(2).any(|pair| pair == b"\\\\") {
        return Cow::Borrowed(text);
    }
    let mut run = 0_usize;
    let mut all_even = true;
    let mut names_follow = false;
    for byte in text.bytes().chain([b' ']) {
        if byte == b'\\' {
            run += 1;
        } else {
            all_even &= run.is_multiple_of(2);
            names_follow |= run == 2 && byte.is_ascii_alphabetic();
            run = 0;
        }
    }
    if all_even && names_follow && has_command_after_doubled(text) {
        Cow::Owned(text.replace("\\\\", "\\"))
    } else {
        Cow::Borrowed(text)
    }
}

fn has_command_after_doubled(text: &str) -> bool {
    const COMMON: [&str; 14] = [
        "frac", "dfrac", "left", "sqrt", "begin", "text", "pi", "cup", "le", "ge", "cdot", "infty",
        "in", "times",
    ];
    text.match_indices("\\\\").any(|(at, _)| {
        let after = &text[at + 2..];
        let name: &str = &after[..after.bytes().take_while(u8::is_ascii_alphabetic).count()];
        COMMON.contains(&name)
    })
}

/// The part of `text` that is the answer itself.
pub(crate) fn unwrap(text: &str) -> Span {
    let mut span = Span::new(0, text.len());
    for _ in 0..LAYERS {
        let inner = strip_once(span.of(text));
        let from = span.start + inner.start;
        let next = Span { start: from, end: span.start + inner.end };
        if next == span {
            break;
        }
        span = next;
    }
    span
}

/// One layer, as a range of `text`.
fn strip_once(text: &str) -> Span {
    let trimmed = text.trim();
    let start = text.len() - text.trim_start().len();
    let whole = |from: usize, to: usize| Span::new(start + from, start + to);
    let len = trimmed.len();
    // Most answers are bare.
    let bytes = trimmed.as_bytes();
    let wrapped = matches!(bytes.first(), Some(b'$' | b'\\' | b'*' | b'`' | b'~'))
        || matches!(
            bytes.last(),
            Some(b'.' | b':' | b',' | b';' | b'\\' | b'!' | b' ' | b'~' | b'd' | b'*')
        )
        || bytes.first().is_some_and(u8::is_ascii_alphabetic)
        || without_mark(trimmed).is_some()
        || trimmed.starts_with('【');
    if !wrapped {
        return whole(0, len);
    }
    for (open, close) in
        [("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("**", "**"), ("`", "`")]
    {
        if len > open.len() + close.len()
            && trimmed.starts_with(open)
            && trimmed.ends_with(close)
            && !trimmed[open.len()..len - close.len()].contains(close)
            && !trimmed[..len - close.len()].ends_with('\\')
        {
            return whole(open.len(), len - close.len());
        }
    }
    for command in ["\\boxed", "\\fbox", "\\displaystyle", "\\mathbf", "\\bm", "\\boldsymbol"] {
        if let Some(rest) = trimmed.strip_prefix(command) {
            let inner = rest.trim_start();
            let open = len - inner.len();
            if inner.starts_with('{') && matching_brace(trimmed.as_bytes(), open) == Some(len - 1) {
                return whole(open + 1, len - 1);
            }
        }
    }
    if let Some(rest) = without_mark(trimmed) {
        return whole(0, rest.len());
    }
    // What only ends the sentence, and a backslash that nothing follows.
    match bytes.last() {
        Some(b'.' | b':')
            if len > 1 && !trimmed.ends_with("..") && !trimmed.ends_with("\\right.") =>
        {
            return whole(0, len - 1);
        }
        Some(b',' | b';') if len > 1 && !trimmed.ends_with("\\,") && !trimmed.ends_with("\\;") => {
            return whole(0, len - 1);
        }
        Some(b'\\') if len > 1 => return whole(0, len - 1),
        // The end of a bold text whose words before the answer are gone.
        Some(b'*') if trimmed.find("**") == Some(len.saturating_sub(2)) && len > 2 => {
            return whole(0, len - 2);
        }
        _ => {}
    }
    for spacing in ["\\,", "\\;", "\\!", "\\quad", "\\ ", "~"] {
        if len > spacing.len() && trimmed.ends_with(spacing) {
            return whole(0, len - spacing.len());
        }
        if len > spacing.len() && trimmed.starts_with(spacing) && spacing != "\\quad" {
            return whole(spacing.len(), len);
        }
    }
    if let Some(from) = lead_in(trimmed).filter(|&from| from < len) {
        return whole(from, len);
    }
    for heading in ["【答案】", "【解答】", "【答】"] {
        if len > heading.len() && trimmed.starts_with(heading) {
            return whole(heading.len(), len);
        }
    }
    // `**Answer:** 5`
    if let Some(from) = trimmed.strip_prefix("**").and_then(lead_in).filter(|&from| from + 2 < len)
    {
        return whole(from + 2, len);
    }
    // `\text{The answer is } 5`
    if let Some(rest) = trimmed.strip_prefix("\\text{")
        && let Some(close) = matching_brace(bytes, len - rest.len() - 1).filter(|&at| at + 1 < len)
        && let words = trimmed[len - rest.len()..close].trim()
        && lead_in(words) == Some(words.len())
    {
        return whole(close + 1, len);
    }
    whole(0, len)
}

/// A text without the mark at its end that says that it is proved, or right.
fn without_mark(text: &str) -> Option<&str> {
    const MARKS: [&str; 9] =
        ["\\square", "\\blacksquare", "\\checkmark", "\\qed", "∎", "□", "■", "✓", "✔"];
    let rest = MARKS.iter().find_map(|mark| text.strip_suffix(mark))?;
    // `x = \square` leaves a place to fill in.
    let stands = rest.ends_with(|c: char| {
        c.is_alphanumeric() || c.is_whitespace() || matches!(c, '.' | ')' | '}' | '$' | '!' | '%')
    });
    let open = rest.trim_end().ends_with(['=', '+', '-', '(', '{', '^', '_', ',']);
    (stands && !open && !rest.trim().is_empty()).then_some(rest)
}

/// The end of words that lead in an answer: `The final answer is:`.
fn lead_in(text: &str) -> Option<usize> {
    if !text.is_char_boundary(text.len().min(2)) || !text.as_bytes().first()?.is_ascii_alphabetic()
    {
        return None;
    }
    let mut at = 0;
    let (mut said_answer, mut is_said) = (false, false);
    let mut words = 0;
    while words < 9 {
        let rest = &text[at..];
        let word = &rest[..rest.bytes().take_while(u8::is_ascii_alphabetic).count()];
        let known = [
            "the",
            "final",
            "answer",
            "is",
            "correct",
            "result",
            "so",
            "therefore",
            "thus",
            "hence",
            "our",
            "my",
            "equals",
            "to",
            "equal",
            "value",
            "are",
            "answers",
            "option",
            "choice",
            "ans",
        ]
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known));
        if !known {
            break;
        }
        said_answer |=
            ["answer", "is", "answers", "are", "result", "equals", "option", "choice", "ans"]
                .iter()
                .any(|known| word.eq_ignore_ascii_case(known));
        is_said |=
            ["is", "are", "equals", "equal"].iter().any(|verb| word.eq_ignore_ascii_case(verb));
        at += word.len();
        let rest = &text[at..];
        is_said |= rest.trim_start().starts_with([':', '=', '\n', '*', ',']);
        at += rest.len() - rest.trim_start_matches([' ', ':', '=', '\n', '*', ',']).len();
        words += 1;
    }
    // `The answer squared is 9`
    let goes_on = !is_said && text[at..].bytes().take_while(u8::is_ascii_alphabetic).count() > 1;
    (words > 0 && said_answer && !goes_on).then_some(at)
}

/// Whether two notations differ in spacing, sizing and styling only.
pub(crate) fn same_notation(a: &str, b: &str) -> bool {
    a == b || bare(a) == bare(b)
}

fn bare(text: &str) -> String {
    const SIZES: [&str; 5] = ["\\left", "\\right", "\\displaystyle", "\\!", "$"];
    const SPACES: [&str; 6] = ["\\,", "\\;", "\\:", "\\ ", "\\quad", "~"];
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // Whether a space of any kind stands before the next sign, and a plain one.
    let (mut spaced, mut plainly) = (false, false);
    while let Some(next) = rest.chars().next() {
        if next.is_whitespace() {
            (spaced, plainly) = (true, true);
            rest = rest.trim_start();
            continue;
        }
        if let Some(after) = after_mark(rest, &SPACES) {
            spaced = true;
            rest = after;
            continue;
        }
        if let Some(after) = after_mark(rest, &SIZES) {
            rest = after;
            continue;
        }
        // A space between words or digits is part of what is said.
        let joins = |is: fn(char) -> bool| out.ends_with(is) && is(next);
        if spaced && joins(|c| c.is_ascii_digit()) || plainly && joins(char::is_alphanumeric) {
            out.push(' ');
        }
        (spaced, plainly) = (false, false);
        // What is said in letters and digits is kept.
        let plain = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let fraction = ["\\dfrac", "\\tfrac"].iter().find(|&&mark| rest.starts_with(mark));
        let width = if let Some(mark) = fraction {
            out.push_str("\\frac");
            mark.len()
        } else {
            let width = plain.max(next.len_utf8());
            out.push_str(&rest[..width]);
            width
        };
        rest = &rest[width..];
    }
    out
}

/// What stands behind one of some marks; a command does not go on in letters.
fn after_mark<'t>(text: &'t str, marks: &[&str]) -> Option<&'t str> {
    marks.iter().find_map(|mark| {
        let after = text.strip_prefix(mark)?;
        let goes_on = mark.ends_with(|c: char| c.is_ascii_alphabetic())
            && after.starts_with(|c: char| c.is_ascii_alphabetic());
        (!goes_on).then_some(after)
    })
}
