//! Searching backwards, in time linear in the text.

use memchr::{memmem, memrchr_iter};

/// The last occurrence of what `finder` finds at or after `start` that `accept` turns into a value.
///
/// Searches forwards in blocks from the end: the vector search runs forwards several times faster
/// than backwards.
pub(super) fn rfind<T>(
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

/// A range without the white space at its ends; `None` where it holds nothing else.
pub(super) fn trimmed(
    text: &[u8],
    range: std::ops::Range<usize>,
) -> Option<std::ops::Range<usize>> {
    let part = text.get(range.clone())?;
    if let ([first, ..], [.., last]) = (part, part)
        && first.is_ascii_graphic()
        && last.is_ascii_graphic()
    {
        return Some(range);
    }
    let (start, end) = match std::str::from_utf8(part) {
        Ok(part) => (part.len() - part.trim_start().len(), part.trim_end().len()),
        Err(_) => (part.len() - part.trim_ascii_start().len(), part.trim_ascii_end().len()),
    };
    (start < end).then_some(range.start + start..range.start + end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_occurrence_is_tried_once_from_the_last_back() {
        let finder = memmem::Finder::new(b"box");
        // Whatever the place of the blocks' ends within an occurrence.
        for padding in 0..3 {
            let text = ["box".repeat(3_000), "x".repeat(padding)].concat();
            let mut tried = vec![0; 3_000];
            let found = rfind(text.as_bytes(), 0, &finder, |at| {
                tried[at / 3] += 1;
                None::<()>
            });
            assert_eq!((found, tried), (None, vec![1; 3_000]));
            assert_eq!(rfind(text.as_bytes(), 0, &finder, Some), Some(2_999 * 3));
            let early = |at| (at < 3_000).then_some(at);
            assert_eq!(rfind(text.as_bytes(), 0, &finder, early), Some(2_997));
        }
    }
}
