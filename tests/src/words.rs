//! Answers made of words, conditions, labels, units and sets, and what holds for any two of them. What
//! fuzzing and its regressions hold.

use crate::{ran_out, unrounded};
use sdgrade::{Comparison, Verdict, compare, explain};

const NUMBERS: [&str; 12] = [
    "0",
    "1",
    "2",
    "-3",
    "12",
    "0.5",
    "\\frac{1}{2}",
    "\\sqrt{2}",
    "\\pi",
    "1{,}000",
    "\\infty",
    "seven",
];
const NAMES: [&str; 6] = ["x", "y", "n", "k", "a", "\\theta"];
const WORDS: [&str; 20] = [
    "Paolo",
    "east",
    "prime",
    "no solution",
    "does not exist",
    "Yes",
    "No",
    "not",
    "the",
    "is even",
    "increase",
    "all real numbers",
    "infinitely many",
    "approximately",
    "Tuesday",
    "positive integers",
    "The answer is",
    "of them",
    "otherwise",
    "A",
];
const UNITS: [&str; 10] =
    ["cm", "km/h", "\\text{ m}^2", "\\%", "^\\circ", "dollars", "hours", "cups", "°C", "people"];
const LABELS: [&str; 8] = ["(1) ", "(b) ", "① ", "Paolo: ", "x = ", "f(x) = ", "A: ", "1. "];
const LINKS: [&str; 10] = [
    " if ",
    " for ",
    " for all ",
    " where ",
    ", ",
    " when ",
    " unless ",
    " with ",
    " such that ",
    "; ",
];
const SIGNS: [&str; 8] = ["=", "<", "\\le ", ">", "\\ge ", "\\ne ", "\\in ", "\\equiv "];
const SETS: [&str; 5] = ["\\mathbb{R}", "\\mathbb{Z}", "\\mathbb N", "\\emptyset", "\\mathbb{Q}^+"];
const SEPARATORS: [&str; 8] =
    [", ", "; ", " or ", " and ", "\\text{ or }", "\\quad ", "\\\\", "\\text{ and }"];

/// The bytes that choose an answer; when they are used up, the first of each choice.
struct Choices<'a>(std::slice::Iter<'a, u8>);

impl Choices<'_> {
    fn below(&mut self, count: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or(0)) % count
    }

    fn of(&mut self, all: &[&'static str]) -> &'static str {
        all[self.below(all.len())]
    }

    fn scalar(&mut self, depth: u8) -> String {
        if depth == 0 {
            return if self.below(3) == 2 { self.of(&NAMES) } else { self.of(&NUMBERS) }.to_owned();
        }
        let inner = depth - 1;
        match self.below(13) {
            0..=2 => self.of(&NUMBERS).to_owned(),
            3 | 4 => self.of(&NAMES).to_owned(),
            5 => format!("{}+{}", self.scalar(inner), self.scalar(inner)),
            6 => format!("{}\\pm {}", self.scalar(inner), self.scalar(inner)),
            7 => format!("{}{}", self.of(&NUMBERS), self.scalar(inner)),
            8 => format!("\\frac{{{}}}{{{}}}", self.scalar(inner), self.scalar(inner)),
            9 => format!("|{}|", self.scalar(inner)),
            10 => format!("\\lfloor {} \\rfloor", self.scalar(inner)),
            11 => format!(
                "\\{}({}, {})",
                self.of(&["max", "min", "gcd"]),
                self.scalar(inner),
                self.scalar(inner)
            ),
            _ => format!("{}^{{{}}}", self.scalar(inner), self.scalar(inner)),
        }
    }

    /// A set that may stand in a union.
    fn set(&mut self) -> String {
        match self.below(6) {
            0..=3 => {
                let (open, close) = (self.of(&["(", "["]), self.of(&[")", "]"]));
                format!("{open}{}, {}{close}", self.scalar(1), self.scalar(1))
            }
            4 => format!("\\{{{}, {}\\}}", self.scalar(1), self.scalar(1)),
            _ => self.of(&SETS).to_owned(),
        }
    }

    fn statement(&mut self) -> String {
        match self.below(5) {
            0..=2 => format!("{}{}{}", self.scalar(1), self.of(&SIGNS), self.scalar(1)),
            3 => format!("{}<{}\\le {}", self.scalar(0), self.of(&NAMES), self.scalar(0)),
            _ => format!("{}\\in {}", self.of(&NAMES), self.of(&SETS)),
        }
    }

    fn words(&mut self) -> String {
        let words = self.of(&WORDS);
        if self.below(2) == 0 { words.to_owned() } else { format!("\\text{{ {words} }}") }
    }

    fn answer(&mut self, depth: u8) -> String {
        if depth == 0 {
            return self.scalar(1);
        }
        let inner = depth - 1;
        match self.below(16) {
            0 => self.scalar(2),
            1 => self.words(),
            2 => self.statement(),
            3 => format!("{} {}", self.scalar(1), self.of(&UNITS)),
            4 => format!("{} {}", self.answer(inner), self.words()),
            5 => format!("{} {}", self.words(), self.answer(inner)),
            6 => format!("{}{}{}", self.answer(inner), self.of(&LINKS), self.statement()),
            7 => format!("{}{}", self.of(&LABELS), self.answer(inner)),
            8 => format!("{} ({})", self.answer(inner), self.answer(inner)),
            9..=11 => {
                format!("{}{}{}", self.answer(inner), self.of(&SEPARATORS), self.answer(inner))
            }
            12 => format!("({}, {})", self.answer(inner), self.answer(inner)),
            13 => format!("\\{{{}, {}\\}}", self.answer(inner), self.answer(inner)),
            14 => self.set(),
            _ => format!("{}\\cup {}", self.set(), self.set()),
        }
    }
}

/// Holds what is true of any two answers, and of a union, for those that these bytes choose,
/// each comparison within the given work.
///
/// # Panics
/// If a text is not equal to itself, if the order of the sides or of the parts of a union changes the
/// verdict, or if the grader panics.
pub fn check(bytes: &[u8], work: u64) {
    let mut choices = Choices(bytes.iter());
    let is_union = choices.below(4) == 0;
    let gold = if is_union { choices.set() } else { choices.answer(3) };
    let answer = if is_union { choices.set() } else { choices.answer(3) };

    let policy = unrounded(work);
    let itself = compare(&gold, &gold, &policy);
    assert!(itself.verdict == Verdict::Equal || itself.reason.as_str() == "no-gold", "{gold}");
    let _ = explain(&gold, &answer, &policy);
    assert_alike((&gold, &answer), (&answer, &gold), work);

    if is_union {
        let (one, other) = (format!("{gold}\\cup {answer}"), format!("{answer}\\cup {gold}"));
        let third = choices.set();
        let found = compare(&one, &other, &policy);
        assert_ne!(found.verdict, Verdict::Different, "{one}\n{other}");
        assert_alike((&one, &third), (&other, &third), work);
    }
}

/// Holds two questions to one verdict: at once, or with more work where a part of it ran out in one of them.
fn assert_alike(one: (&str, &str), other: (&str, &str), work: u64) {
    let ask = |(gold, answer), work| compare(gold, answer, &unrounded(work));
    if agree(ask(one, work), ask(other, work)) {
        return;
    }
    let (first, second) = (ask(one, 20 * work), ask(other, 20 * work));
    assert!(agree(first, second), "{first:?}: {one:?}\n{second:?}: {other:?}");
}

/// Whether two comparisons come to the same, unless the work ran out in one of them.
fn agree(one: Comparison, other: Comparison) -> bool {
    one.verdict == other.verdict || ran_out(&one) || ran_out(&other)
}
