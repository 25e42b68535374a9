//! A random expression, written in two ways, is never called different from itself, and never equal to
//! itself plus something that is not zero. What fuzzing and its regressions hold.

use crate::unrounded;
use sdgrade::{Policy, Verdict, compare};

/// The bytes that choose an expression.
struct Choices<'a>(std::slice::Iter<'a, u8>);

impl Choices<'_> {
    fn next(&mut self) -> u8 {
        self.0.next().copied().unwrap_or(0)
    }

    /// An expression in LaTeX and in plain text, its sums and products the other way round.
    fn expression(&mut self, depth: u8) -> (String, String) {
        let choice = if depth == 0 { self.next() % 4 } else { self.next() % 24 };
        match choice {
            0 | 1 => {
                let number = self.next();
                (number.to_string(), number.to_string())
            }
            2 => {
                let name = ["x", "y", "n", "a"][usize::from(self.next() % 4)];
                (name.to_owned(), name.to_owned())
            }
            3 => [("\\pi", "pi"), ("e", "e"), ("i", "i"), ("0.25", "1/4")]
                .map(|(latex, plain)| (latex.to_owned(), format!("({plain})")))
                [usize::from(self.next() % 4)]
            .clone(),
            4..=6 => {
                let (a, b) = (self.expression(depth - 1), self.expression(depth - 1));
                (format!("{{{}+{}}}", a.0, b.0), format!("({}+{})", b.1, a.1))
            }
            7 | 8 => {
                let (a, b) = (self.expression(depth - 1), self.expression(depth - 1));
                let latex = format!("\\left({}-\\left({}\\right)\\right)", a.0, b.0);
                (latex, format!("(-({})+{})", b.1, a.1))
            }
            9..=11 => {
                let (a, b) = (self.expression(depth - 1), self.expression(depth - 1));
                (format!("({})\\cdot({})", a.0, b.0), format!("({})*({})", b.1, a.1))
            }
            12 | 13 => {
                let (a, b) = (self.expression(depth - 1), self.expression(depth - 1));
                (format!("\\dfrac{{{}}}{{{}}}", a.0, b.0), format!("(({})/({}))", a.1, b.1))
            }
            14 | 15 => {
                let (a, n) = (self.expression(depth - 1), self.next() % 5);
                (format!("\\left({}\\right)^{{{n}}}", a.0), format!("({})^{n}", a.1))
            }
            16 => {
                let (a, b) = (self.expression(depth - 1), self.expression(depth - 1));
                (format!("\\left({}\\right)^{{{}}}", a.0, b.0), format!("({})^({})", a.1, b.1))
            }
            17 => {
                let a = self.expression(depth - 1);
                (format!("\\sqrt{{{}}}", a.0), format!("sqrt({})", a.1))
            }
            18 => {
                let (a, n) = (self.expression(depth - 1), 3 + self.next() % 3);
                (format!("\\sqrt[{n}]{{{}}}", a.0), format!("\\sqrt[{n}]{{{}}}", a.1))
            }
            19 => {
                let names = ["sin", "cos", "tan", "ln", "arctan", "arcsin"];
                let name = names[usize::from(self.next()) % names.len()];
                let a = self.expression(depth - 1);
                (format!("\\{name}\\left({}\\right)", a.0), format!("{name}({})", a.1))
            }
            20 => {
                let a = self.expression(depth - 1);
                (format!("f\\left({}\\right)", a.0), format!("f({})", a.1))
            }
            21 => self.around("\\left|", "\\right|", depth),
            22 => self.around("\\lfloor ", "\\rfloor ", depth),
            _ => {
                let (a, b) = (self.expression(depth - 1), self.expression(depth - 1));
                (format!("\\max({},{})", a.0, b.0), format!("\\max({},{})", b.1, a.1))
            }
        }
    }

    /// An expression between two marks, which both ways of writing share.
    fn around(&mut self, open: &str, close: &str, depth: u8) -> (String, String) {
        let inner = self.expression(depth - 1);
        (format!("{open}{}{close}", inner.0), format!("{open}{}{close}", inner.1))
    }
}

/// Holds the expression that these bytes choose against itself, and against itself and something more,
/// each comparison within the given work.
///
/// # Panics
/// If the first is found different, or one of the second equal.
pub fn check(bytes: &[u8], work: u64) {
    let mut choices = Choices(bytes.iter());
    let (latex, plain) = choices.expression(4);
    // Letters run over nothing: as families over the integers `n\pi` and `n\pi+\pi` are the same.
    let policy = Policy { ignore_domain: false, ..unrounded(work) };
    let found = compare(&latex, &plain, &policy);
    assert_ne!(found.verdict, Verdict::Different, "{latex}\n{plain}");
    let more = ["1", "x", "\\sqrt{2}", "\\pi", "\\frac{1}{7}"][usize::from(choices.next() % 5)];
    let sum = format!("{plain}+{more}");
    assert_ne!(compare(&latex, &sum, &policy).verdict, Verdict::Equal, "{latex}\n{sum}");
    assert_ne!(compare(&sum, &latex, &policy).verdict, Verdict::Equal, "{sum}\n{latex}");
}
