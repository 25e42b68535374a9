//! Words: their compared form, and those that stand for something else.

/// Words in the form in which they are compared: no case, articles, punctuation or markup.
pub(crate) fn normalise(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for word in plain(words).split(|c: char| !c.is_alphanumeric() && !is_sign(c)) {
        if word.is_empty() || matches!(word, "a" | "an" | "the") {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    if out.is_empty() { plain(words).split_whitespace().collect() } else { out }
}

/// Signs that are part of what the words say.
fn is_sign(sign: char) -> bool {
    matches!(sign, '+' | '-' | '=' | '<' | '>' | '/' | '^' | '%' | '*')
}

/// Lower case, without commands, braces and spacing.
fn plain(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    let mut rest = words.chars().peekable();
    while let Some(sign) = rest.next() {
        match sign {
            '\\' => {
                let mut name = String::new();
                while let Some(letter) = rest.next_if(char::is_ascii_alphabetic) {
                    name.push(letter);
                }
                if name.is_empty() {
                    rest.next();
                    out.push(' ');
                } else if !is_markup(&name) {
                    out.push(' ');
                    out.push_str(&name.to_lowercase());
                }
                out.push(' ');
            }
            '{' | '}' | '$' | '\'' | '’' => {}
            _ => out.extend(sign.to_lowercase()),
        }
    }
    out
}

fn is_markup(name: &str) -> bool {
    matches!(
        name,
        "text"
            | "mbox"
            | "textrm"
            | "textbf"
            | "textit"
            | "textnormal"
            | "mathrm"
            | "operatorname"
            | "mathbf"
            | "left"
            | "right"
            | "displaystyle"
            | "quad"
            | "qquad"
            | "boxed"
            | "emph"
            | "mathit"
            | "mathsf"
    )
}

/// A name without its spacing and markup.
pub(crate) fn squeeze(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut rest = name.chars().peekable();
    while let Some(sign) = rest.next() {
        match sign {
            '\\' => {
                let mut command = String::new();
                while let Some(letter) = rest.next_if(char::is_ascii_alphabetic) {
                    command.push(letter);
                }
                if command.is_empty() {
                    rest.next_if(|&c| matches!(c, ',' | '!' | ';' | ':' | ' '));
                } else if !is_markup(&command) {
                    out.push_str(&command);
                }
            }
            '{' | '}' | '$' => {}
            _ if sign.is_whitespace() => {}
            _ => out.push(sign),
        }
    }
    out
}

/// Words for the empty set of solutions.
pub(crate) fn says_empty(normal: &str) -> bool {
    matches!(
        normal,
        "no solution"
            | "no solutions"
            | "none"
            | "empty"
            | "empty set"
            | "no real solution"
            | "no real solutions"
            | "no such number"
            | "no such numbers"
            | "no integer solutions"
            | "no integer solution"
            | "emptyset"
            | "no values"
            | "no value"
            | "there is no solution"
            | "there are no solutions"
            | "has no solution"
            | "no such integers"
            | "no such integer"
            | "no such x"
            | "no such n"
            | "no real roots"
            | "no roots"
            | "no positive integer solutions"
            | "no answer"
    )
}

/// Words for a limit or value that is not there.
pub(crate) fn says_missing(normal: &str) -> bool {
    matches!(
        normal,
        "does not exist" | "dne" | "doesnt exist" | "do not exist" | "not exist" | "nonexistent"
    )
}

/// Words for infinity and the like, in one spelling.
pub(crate) fn synonym(normal: &str) -> &str {
    match normal {
        _ if says_missing(normal) => "does not exist",
        "cannot be determined"
        | "not enough information"
        | "insufficient information"
        | "undetermined"
        | "impossible to determine"
        | "indeterminate" => "cannot be determined",
        "infinitely many" | "infinite" | "infinitely many solutions" | "infinite solutions" => {
            "infinitely many"
        }
        "all real numbers" | "all reals" | "any real number" | "all real number"
        | "every real number" | "all real x" | "all real numbers x" | "all real values"
        | "all x" => "all real numbers",
        other => other,
    }
}

/// The number of a number word up to a hundred.
pub(crate) fn number_word(word: &str) -> Option<i64> {
    const SMALL: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 9] =
        ["ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let small = |word: &str| SMALL.iter().position(|&known| known == word);
    let tens = |word: &str| TENS.iter().position(|&known| known == word).map(|at| (at + 1) * 10);
    let value = if let Some((first, second)) = word.split_once(['-', ' ']) {
        tens(first)? + small(second).filter(|&digit| (1..10).contains(&digit))?
    } else if word == "hundred" || word == "one hundred" {
        100
    } else {
        small(word).or_else(|| tens(word))?
    };
    i64::try_from(value).ok()
}
