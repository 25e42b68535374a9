//! Values with a parameter that runs over the integers: `\\frac{\\pi}{6} + 2k\\pi, k \\in \\mathbb{Z}`.
//!
//! Such a term stands for all its values, so `a + bk` and `c + dk` are the same wherever `d = ±b` and
//! `c - a` is a multiple of `b`. That holds for a whole answer and for the items of a list of
//! solutions, but not for the parts of a tuple, which share the parameter.

use super::{Equivalence, is_equal, weakest};
use crate::Reason;
use crate::canonical::{self, Decision, Expr, Symbol};
use crate::value::Value;

/// The name of the first parameter that is said to run over the integers.
const PARAMETER: &str = "ℤ1";

impl Equivalence<'_> {
    /// The reason if two answers that differ letter by letter are the same progressions.
    pub(super) fn progressions(&mut self, gold: &Value, answer: &Value) -> Option<Reason> {
        let (named, golds) = terms(gold)?;
        let (also_named, mut answers) = terms(answer)?;
        if golds.len() != answers.len() || !golds.iter().chain(&answers).any(|term| runs(term)) {
            return None;
        }
        let mut reason = match (named, also_named) {
            (Some(name), Some(other)) if name != other => return None,
            (None, None) | (Some(_), Some(_)) => Reason::Exact,
            _ => self.name_ignored(Reason::Exact),
        };
        for term in golds {
            let found = answers.iter().enumerate().find_map(|(at, other)| {
                let found = self.progression(term, other);
                is_equal(found).then_some((at, found))
            });
            let (at, found) = found?;
            answers.swap_remove(at);
            reason = weakest(reason, found);
        }
        Some(reason)
    }

    fn name_ignored(&self, inner: Reason) -> Reason {
        let (found, denied) = (Reason::NameIgnored, Reason::DifferentName);
        Self::lenient(self.policy.ignore_name, inner, found, denied)
    }

    fn progression(&mut self, a: &Expr, b: &Expr) -> Reason {
        match (runs(a), runs(b)) {
            (true, true) if self.same_progression(a, b) => Reason::Exact,
            (true, false) => self.undeclared(a, b),
            (false, true) => self.undeclared(b, a),
            _ => self.exprs(a, b),
        }
    }

    /// Only `declared` says that its letter runs over the integers; `other` has one letter, of those
    /// that are used for integers.
    fn undeclared(&mut self, declared: &Expr, other: &Expr) -> Reason {
        let mut letters = other.variables().into_iter();
        match (letters.next(), letters.next()) {
            (Some(letter), None)
                if matches!(letter.as_str(), "i" | "j" | "k" | "l" | "m" | "n") =>
            {
                let renamed = other.substitute(&letter, &Expr::variable(PARAMETER));
                let inner = self.progression(declared, &renamed);
                self.name_ignored(inner)
            }
            _ => Reason::DifferentValue,
        }
    }

    fn same_progression(&mut self, a: &Expr, b: &Expr) -> bool {
        let [Some((first, step)), Some((other_first, other_step))] =
            [a, b].map(|term| self.first_and_step(term))
        else {
            return false;
        };
        let mut equal =
            |a: &Expr, b: &Expr| matches!(canonical::equal(a, b, self.budget), Decision::Equal(_));
        if !equal(&step, &other_step) && !equal(&step, &Expr::negate(other_step)) {
            return false;
        }
        let steps = Expr::quotient(Expr::difference(other_first, first), step);
        canonical::normalise(&steps, self.budget).is_ok_and(|steps| steps.as_integer().is_some())
    }

    /// The value at 0 and the step of a progression.
    fn first_and_step(&mut self, term: &Expr) -> Option<(Expr, Expr)> {
        let parameter = Symbol::new(PARAMETER);
        let coefficients = canonical::coefficients(term, &parameter, self.budget).ok()?;
        match <[Expr; 2]>::try_from(coefficients) {
            Ok([first, step]) => Some((first, step)),
            Err(_) => None,
        }
    }
}

/// The terms of an answer, and the one name that it gives them.
fn terms(value: &Value) -> Option<(Option<&str>, Vec<&Expr>)> {
    match value {
        Value::Named(named) => match (&named.names[..], terms(&named.value)?) {
            ([name], (None, terms)) => Some((Some(&name.text), terms)),
            _ => None,
        },
        Value::List(items) | Value::Set(items) => {
            Some((None, items.iter().map(Value::as_expr).collect::<Option<_>>()?))
        }
        other => Some((None, vec![other.as_expr()?])),
    }
}

/// Whether a term has the parameter.
fn runs(term: &Expr) -> bool {
    term.variables().contains(&Symbol::new(PARAMETER))
}
