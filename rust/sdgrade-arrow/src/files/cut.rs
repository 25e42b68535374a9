//! Cuts JSON text into its objects, and refuses what is nested too deep to be read safely.

use std::ops::Range;

/// JSON nested deeper is refused: its readers call themselves once a level.
pub(crate) const MAX_DEPTH: usize = 500;

/// What stands at a place of JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// An object.
    Object(Range<usize>),
    /// The text ends within an object that begins here, or before one.
    Unfinished(usize),
    /// A fault, where it stands and what it is.
    Bad(usize, &'static str),
}

/// How the objects of a text follow each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Form {
    /// They stand in a list: between brackets, with commas.
    pub(crate) listed: bool,
    /// Each ends on the line on which it begins.
    pub(crate) lines: bool,
    /// The list has ended.
    pub(crate) ended: bool,
}

const NO_OBJECT: &str = "this is no JSON object; each rollout must be one";

impl Form {
    /// The object that begins at or after `from`.
    pub(crate) fn next(&mut self, text: &[u8], from: usize) -> Piece {
        let mut at = from;
        loop {
            match text.get(at) {
                None => return Piece::Unfinished(at),
                Some(byte) if byte.is_ascii_whitespace() => {}
                Some(_) if self.ended => {
                    return Piece::Bad(at, "something follows the end of the list");
                }
                Some(b',') => {}
                Some(b']') if self.listed => self.ended = true,
                Some(b'{') => return object(text, at, self.lines),
                Some(_) => return Piece::Bad(at, NO_OBJECT),
            }
            at += 1;
        }
    }
}

/// The object that begins at `start`.
fn object(text: &[u8], start: usize, one_line: bool) -> Piece {
    let (mut depth, mut at) = (0_usize, start);
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => match string_end(text, at + 1) {
                Ok(Some(end)) => at = end,
                Ok(None) => return Piece::Unfinished(start),
                Err(end) => return Piece::Bad(end, "a line ends within a JSON string"),
            },
            b'{' | b'[' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Piece::Bad(at, "the JSON is nested more than 500 deep");
                }
            }
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Piece::Object(start..at + 1);
                }
            }
            b'\n' if one_line => {
                return Piece::Bad(start, "the JSON object does not end on its line");
            }
            _ => {}
        }
        at += 1;
    }
    Piece::Unfinished(start)
}

/// The quote that ends the string whose inside begins at `from`; an error where a line ends before it.
fn string_end(text: &[u8], from: usize) -> Result<Option<usize>, usize> {
    for at in memchr::memchr2_iter(b'"', b'\n', &text[from..]).map(|at| at + from) {
        if text[at] == b'\n' {
            return Err(at);
        }
        let slashes = text[from..at].iter().rev().take_while(|&&byte| byte == b'\\').count();
        if slashes % 2 == 0 {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

/// How deep a JSON text is nested, counted until it is more than [`MAX_DEPTH`].
pub(crate) fn depth(text: &[u8]) -> usize {
    let (mut depth, mut deepest, mut at) = (0_usize, 0, 0);
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => match string_end(text, at + 1) {
                Ok(Some(end)) | Err(end) => at = end,
                Ok(None) => break,
            },
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
        if deepest > MAX_DEPTH {
            break;
        }
        at += 1;
    }
    deepest
}

/// The text with `NaN`, `Infinity` and `-Infinity`, which Python writes and JSON does not know, as null.
pub(crate) fn without_nan(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let (mut mended, mut copied, mut at) = (String::new(), 0, 0);
    while at < bytes.len() {
        if bytes[at] == b'"' {
            at = string_end(bytes, at + 1).ok()??;
        } else if let Some(word) = ["NaN", "-Infinity", "Infinity", "-inf", "inf", "nan"]
            .iter()
            .find(|word| bytes[at..].starts_with(word.as_bytes()))
        {
            mended += &text[copied..at];
            mended += "null";
            at += word.len();
            copied = at;
            continue;
        }
        at += 1;
    }
    (copied > 0).then(|| mended + &text[copied..])
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // a failed test says where
mod tests {
    use super::*;

    fn all(text: &str, mut form: Form) -> Vec<String> {
        let (mut found, mut at) = (Vec::new(), 0);
        loop {
            match form.next(text.as_bytes(), at) {
                Piece::Object(range) => {
                    found.push(text[range.clone()].to_owned());
                    at = range.end;
                }
                Piece::Unfinished(_) => return found,
                Piece::Bad(at, what) => {
                    found.push(format!("{at}: {what}"));
                    return found;
                }
            }
        }
    }

    #[test]
    fn objects_are_found_however_they_are_strung_together() {
        let lines = Form { lines: true, ..Form::default() };
        let listed = Form { listed: true, ..Form::default() };
        assert_eq!(all("{\"a\":1}\n{\"b\":2}\r{} \n", lines), ["{\"a\":1}", "{\"b\":2}", "{}"]);
        assert_eq!(all("{\"a\":\"}{\\\"\"}{}", lines), ["{\"a\":\"}{\\\"\"}", "{}"]);
        assert_eq!(all("{\"a\":\"\\\\\"}{}", lines), ["{\"a\":\"\\\\\"}", "{}"]);
        assert_eq!(all("{\n\"a\": [1,\n{}]}, {}]", listed), ["{\n\"a\": [1,\n{}]}", "{}"]);
        assert_eq!(all("{}] {}", listed), ["{}", "4: something follows the end of the list"]);
        assert_eq!(all("{}\n7", lines), ["{}", &format!("3: {NO_OBJECT}")]);
        assert_eq!(all("{\"a\":1\n}", lines), ["0: the JSON object does not end on its line"]);
        assert_eq!(all("{\"a\":\"\n\"}", lines), ["6: a line ends within a JSON string"]);
    }

    #[test]
    fn depth_has_a_limit() {
        let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(all(&nested(MAX_DEPTH - 1), Form::default()).len(), 1);
        assert!(all(&nested(MAX_DEPTH), Form::default())[0].contains("500 deep"));
        assert_eq!(depth(nested(9).as_bytes()), 10);
        assert_eq!(depth(nested(100_000).as_bytes()), MAX_DEPTH + 1);
        assert_eq!(depth(b"\"[[[[\""), 0);
    }

    #[test]
    fn what_json_does_not_know_becomes_null() {
        let mended = |text: &str| without_nan(text).unwrap_or_default();
        assert_eq!(mended("{\"a\":NaN,\"b\":[-Infinity, 1]}"), "{\"a\":null,\"b\":[null, 1]}");
        assert_eq!(mended("{\"NaN\":\"Infinity\"}"), "");
    }
}
