//! Lists and dictionaries as Python prints them, which is how pandas writes them into CSV.

use crate::files::cut::MAX_DEPTH;

/// A Python list, tuple or dictionary of texts, numbers and the like as JSON; `None` where it is none.
/// numpy prints its items without commas.
pub(crate) fn as_json(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut json = String::with_capacity(text.len() + text.len() / 8);
    let (mut at, mut open, mut ended) = (0, Vec::new(), false);
    while let Some(&byte) = bytes.get(at) {
        if byte.is_ascii_whitespace() {
            at += 1;
            continue;
        }
        let begins = !matches!(byte, b',' | b':' | b']' | b')' | b'}');
        if begins && ended {
            json.push(',');
        }
        at += 1;
        ended = !matches!(byte, b',' | b':' | b'[' | b'(' | b'{');
        match byte {
            b'[' | b'(' => {
                open.push(if byte == b'[' { b']' } else { b')' });
                json.push('[');
            }
            b'{' => {
                open.push(b'}');
                json.push('{');
            }
            _ if open.len() > MAX_DEPTH => return None,
            b']' | b')' | b'}' => {
                (open.pop()? == byte).then_some(())?;
                if json.ends_with(',') {
                    json.pop(); // as Python allows it
                }
                json.push(if byte == b'}' { '}' } else { ']' });
                if open.is_empty() {
                    return text[at..].trim().is_empty().then_some(json);
                }
            }
            b',' | b':' => json.push(char::from(byte)),
            b'\'' | b'"' => {
                let (inside, end) = string(text, at, byte)?;
                json += &sonic_rs::to_string(&inside).ok()?;
                at = end;
            }
            _ => {
                let rest = &text[at - 1..];
                let end = rest.find([',', ':', ']', ')', '}', ' ', '\n']).unwrap_or(rest.len());
                json += word(&rest[..end])?;
                at += end - 1;
            }
        }
    }
    None
}

/// The text of a string whose inside begins at `from`, and where it ends.
fn string(text: &str, from: usize, quote: u8) -> Option<(String, usize)> {
    let mut inside = String::new();
    let mut letters = text[from..].char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            _ if letter == char::from(quote) => return Some((inside, from + at + 1)),
            '\\' => {
                let (_, escape) = letters.next()?;
                let mut digits = |count: usize| {
                    let digits: String =
                        letters.by_ref().take(count).map(|(_, digit)| digit).collect();
                    u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32)
                };
                match escape {
                    'n' => inside.push('\n'),
                    't' => inside.push('\t'),
                    'r' => inside.push('\r'),
                    'x' => inside.push(digits(2)?),
                    'u' => inside.push(digits(4)?),
                    'U' => inside.push(digits(8)?),
                    '\\' | '\'' | '"' => inside.push(escape),
                    _ => return None,
                }
            }
            _ => inside.push(letter),
        }
    }
    None
}

fn word(word: &str) -> Option<&str> {
    match word {
        "None" | "nan" => Some("null"),
        "True" => Some("true"),
        "False" => Some("false"),
        number => number.parse::<f64>().is_ok_and(f64::is_finite).then_some(number),
    }
}

#[cfg(test)]
mod tests {
    use super::as_json;

    #[test]
    fn what_python_prints_is_read() {
        for (python, json) in [
            (r"['a', 'b']", r#"["a","b"]"#),
            (r"['a' 'b\\boxed{4}\n']", r#"["a","b\\boxed{4}\n"]"#),
            (r#"["it's", 'say "x"',]"#, r#"["it's","say \"x\""]"#),
            (r"[{'role': 'user', 'content': None}]", r#"[{"role":"user","content":null}]"#),
            (r"('\u00e9', 4, -1.5, True)", "[\"é\",4,-1.5,true]"),
            (r"[]", "[]"),
        ] {
            assert_eq!(as_json(python).as_deref(), Some(json), "{python}");
        }
    }

    #[test]
    fn what_python_does_not_print_is_not() {
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(as_json(&deep), None);
        for text in ["['a'", "['a'] b", "['a', ...]", "[a]", "['a'}", r"['\q']", "['a\\", ""] {
            assert_eq!(as_json(text), None, "{text}");
        }
    }
}
