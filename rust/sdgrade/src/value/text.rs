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

/// A piece of words in LaTeX.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'t> {
    /// The name of a command: `\circ`.
    Command(&'t str),
    /// What stands after a backslash and is no letter: `\,`.
    Escaped(char),
    Sign(char),
}

/// Words in LaTeX, piece by piece.
pub(crate) struct Pieces<'t>(&'t str);

impl<'t> Pieces<'t> {
    pub(crate) fn of(words: &'t str) -> Self {
        Self(words)
    }
}

impl<'t> Iterator for Pieces<'t> {
    type Item = Piece<'t>;

    fn next(&mut self) -> Option<Piece<'t>> {
        let mut signs = self.0.chars();
        let sign = signs.next()?;
        if sign != '\\' {
            self.0 = signs.as_str();
            return Some(Piece::Sign(sign));
        }
        let after = signs.as_str();
        let letters = after.bytes().take_while(u8::is_ascii_alphabetic).count();
        if letters > 0 {
            let (name, rest) = after.split_at(letters);
            self.0 = rest;
            return Some(Piece::Command(name));
        }
        let escaped = signs.next();
        self.0 = signs.as_str();
        escaped.map(Piece::Escaped)
    }
}

/// Lower case, without commands, braces and spacing.
fn plain(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for piece in Pieces::of(words) {
        match piece {
            Piece::Command(name) if is_markup(name) => out.push(' '),
            Piece::Command(name) => {
                out.push(' ');
                out.push_str(&name.to_lowercase());
                out.push(' ');
            }
            Piece::Escaped(_) => out.push(' '),
            Piece::Sign('{' | '}' | '$' | '\'' | '’') => {}
            Piece::Sign(sign) => out.extend(sign.to_lowercase()),
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
    for piece in Pieces::of(name) {
        match piece {
            Piece::Command(command) if is_markup(command) => {}
            Piece::Command(command) => out.push_str(command),
            Piece::Escaped(',' | '!' | ';' | ':' | '\\' | '{' | '}' | '$')
            | Piece::Sign('{' | '}' | '$') => {}
            Piece::Escaped(sign) | Piece::Sign(sign) if sign.is_whitespace() => {}
            Piece::Escaped(sign) | Piece::Sign(sign) => out.push(sign),
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
