//! Ways to say something else: what a text becomes when a word of it is replaced, denied or cut off.

use std::ops::Range;

/// A text that says something else than the one it was made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutant {
    /// What was done.
    pub change: String,
    /// The text after it.
    pub text: String,
}

/// What stands at a place of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Two letters or more, or one of a script whose letters are words: no command of LaTeX.
    Word(Script),
    /// A run of digits.
    Digits,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Script {
    Latin,
    Cyrillic,
    Han,
}

impl Script {
    fn of(letter: char) -> Option<Self> {
        match letter {
            '\u{4e00}'..='\u{9fff}' => Some(Self::Han),
            '\u{400}'..='\u{4ff}' => Some(Self::Cyrillic),
            _ if letter.is_alphabetic() => Some(Self::Latin),
            _ => None,
        }
    }

    /// A word that no answer has.
    fn another(self) -> &'static str {
        match self {
            Self::Latin => "violet",
            Self::Cyrillic => "лиловый",
            Self::Han => "紫色",
        }
    }

    /// The denial of what follows.
    fn denial(self) -> &'static str {
        match self {
            Self::Latin => "not ",
            Self::Cyrillic => "не ",
            Self::Han => "不",
        }
    }
}

/// Words that open a condition: a number behind one is part of it.
const CONDITIONS: &[&str] = &[
    "if",
    "when",
    "whenever",
    "unless",
    "otherwise",
    "except",
    "provided",
    "assuming",
    "where",
    "with",
    "for",
    "若",
    "当",
    "其中",
    "если",
    "при",
];

/// Words at which an answer may be cut short.
const CUTS: &[&str] = &["if", "or", "otherwise", "unless", "when", "若", "当", "或", "если", "или"];

/// Words without content.
const IDLE: &[&str] = &["a", "an", "the", "of"];

/// Every mutant of a text: each content word replaced, each denied, each number of a condition changed,
/// and the text cut at each word that opens an alternative or a condition.
#[must_use]
pub fn mutants(text: &str) -> Vec<Mutant> {
    let mut all = Vec::new();
    let mut conditional = false;
    for (kind, span) in pieces(text) {
        let piece = &text[span.clone()];
        match kind {
            Kind::Word(script) => {
                let is_one_of =
                    |list: &[&str]| list.iter().any(|word| piece.eq_ignore_ascii_case(word));
                conditional |= is_one_of(CONDITIONS);
                if is_one_of(IDLE) {
                    continue;
                }
                let replaced = spliced(text, span.clone(), script.another());
                all.push(Mutant { change: format!("{piece} replaced"), text: replaced });
                let denied = spliced(text, span.start..span.start, script.denial());
                all.push(Mutant { change: format!("{piece} denied"), text: denied });
                if is_one_of(CUTS)
                    && let Some(short) = cut(&text[..span.start])
                {
                    all.push(Mutant { change: format!("cut at {piece}"), text: short });
                }
            }
            Kind::Digits if conditional => {
                // Before the others: behind those of a decimal it would round to what is there.
                let digit = if piece.starts_with('1') { 2 } else { 1 };
                let other = spliced(text, span.clone(), &format!("{digit}{piece}"));
                all.push(Mutant { change: format!("{piece} changed"), text: other });
            }
            Kind::Digits => {}
        }
    }
    all
}

/// The words and the numbers of a text.
fn pieces(text: &str) -> Vec<(Kind, Range<usize>)> {
    let mut found: Vec<(Kind, Range<usize>)> = Vec::new();
    let mut rest = text.char_indices().peekable();
    // The brace after one of these holds a name, not words.
    let mut named = false;
    while let Some((start, first)) = rest.next() {
        let mut end = start + first.len_utf8();
        let mut run = |belongs: &dyn Fn(char) -> bool| {
            while let Some((at, next)) = rest.next_if(|&(_, next)| belongs(next)) {
                end = at + next.len_utf8();
            }
            end
        };
        if first == '\\' {
            let end = run(&|next| next.is_ascii_alphabetic());
            named =
                matches!(&text[start..end], "\\begin" | "\\end" | "\\mathbb" | "\\operatorname");
        } else if first.is_ascii_digit() {
            found.push((Kind::Digits, start..run(&|next| next.is_ascii_digit())));
        } else if let Some(script) = Script::of(first) {
            let end = run(&|next| Script::of(next) == Some(script) || matches!(next, '\'' | '’'));
            let alone = text[start..end].chars().count() == 1;
            if !named && (!alone || script == Script::Han) {
                found.push((Kind::Word(script), start..end));
            }
            // So does the one behind `\\begin{array}`.
            named = named && &text[start..end] == "array" && text[end..].starts_with("}{");
        }
    }
    found
}

fn spliced(text: &str, at: Range<usize>, piece: &str) -> String {
    [&text[..at.start], piece, &text[at.end..]].concat()
}

/// What stands before a cut, its braces and dollars closed; `None` where that is nothing.
fn cut(before: &str) -> Option<String> {
    let trimmed = before.trim_end_matches([' ', ',', ';', '(', '{', '&', '\\']);
    let trimmed = trimmed
        .strip_suffix("\\text")
        .unwrap_or(trimmed)
        .trim_end_matches([' ', ',', ';', '(', '&']);
    if !trimmed.chars().any(char::is_alphanumeric) || trimmed.contains("\\begin") {
        return None;
    }
    let open = trimmed.matches('{').count().saturating_sub(trimmed.matches('}').count());
    let dollar = if trimmed.matches('$').count() % 2 == 1 { "$" } else { "" };
    Some([trimmed, &"}".repeat(open), dollar].concat())
}
