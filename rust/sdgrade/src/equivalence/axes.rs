//! Vectors as sums of the unit vectors of the axes: `2\mathbf{i} + 3\mathbf{j}`.

use super::Equivalence;
use crate::Reason;
use crate::canonical::{self, Decision, Expr, Function, Proof, Symbol};
use crate::value::Value;
use std::collections::BTreeSet;

/// The unit vectors, as their accents make names of them.
const AXES: [&str; 3] = ["hat(i)", "hat(j)", "hat(k)"];

impl Equivalence<'_> {
    /// The components of a sum of unit vectors, if it is one of so many dimensions. Letters without an accent are unit
    /// vectors where two axes are there: `3i + 2j` beside a tuple.
    pub(super) fn components(&mut self, sum: &Expr, count: usize) -> Option<Vec<Value>> {
        if !(2..=3).contains(&count) {
            return None;
        }
        let names = sum.variables();
        let (accents, letters) = (has_accents(&names), letters(sum, &names));
        if names.iter().all(is_basis_vector) && !names.is_empty() {
            let renamed = sum.replace(&|name| basis_vector(name).map(axis_vector));
            return self.along_axes(&renamed, count);
        }
        if !accents && letters < 2 {
            return None;
        }
        self.along_axes(&with_axes(sum, !accents), count)
    }

    /// Two sums of unit vectors, with an accent, in bold or as plain letters: the same, or not. `None` where one has none.
    pub(super) fn vectors(&mut self, gold: &Expr, answer: &Expr) -> Option<Reason> {
        let names = [gold, answer].map(Expr::variables);
        let accents = [&names[0], &names[1]].map(has_accents);
        let plain = |sum, at: usize| letters(sum, &names[at]) > 0;
        if !accents[0] && !plain(gold, 0) || !accents[1] && !plain(answer, 1) {
            return None;
        }
        let ours = self.along_axes(&with_axes(gold, !accents[0]), AXES.len())?;
        let theirs = self.along_axes(&with_axes(answer, !accents[1]), AXES.len())?;
        Some(self.in_order(&ours, &theirs))
    }

    fn along_axes(&mut self, sum: &Expr, count: usize) -> Option<Vec<Value>> {
        let names = sum.variables();
        let mut rest = sum.clone();
        let mut parts = vec![Value::from(Expr::integer(0)); count];
        for (at, axis) in AXES.iter().enumerate() {
            let axis = Symbol::new(axis);
            if !names.contains(&axis) {
                continue;
            }
            let coefficients = canonical::coefficients(&rest, &axis, self.budget).ok()?;
            let [constant, factor] = <[Expr; 2]>::try_from(coefficients).ok()?;
            *parts.get_mut(at)? = Value::from(factor);
            rest = constant;
        }
        (canonical::equal(&rest, &Expr::integer(0), self.budget) == Decision::Equal(Proof::Exact))
            .then_some(parts)
    }
}

/// The axis that a name with an accent is the unit vector of.
fn axis(name: &str) -> Option<usize> {
    let inside = name.strip_prefix("vec(").or(name.strip_prefix("hat("))?;
    ["i)", "j)", "k)", "imath)", "jmath)"].iter().position(|&axis| axis == inside).map(|at| at % 3)
}

/// The axis of `e_1`, `e_2` or `e_3`.
fn basis_vector(name: &Symbol) -> Option<usize> {
    ["e_1", "e_2", "e_3"].iter().position(|&known| known == name.as_str())
}

fn is_basis_vector(name: &Symbol) -> bool {
    basis_vector(name).is_some()
}

fn axis_vector(at: usize) -> Expr {
    Expr::variable(Symbol::new(AXES[at]))
}

/// A number of ways, `C(3, 2)`, may be meant as a point, and a lone `k` as a unit vector.
pub(super) fn number_and_tuple(number: &Expr, items: &[Value]) -> Reason {
    let pair: Option<Vec<Expr>> = items.iter().map(|item| item.as_expr().cloned()).collect();
    let ways = pair.filter(|pair| pair.len() == 2).is_some_and(|pair| {
        [Function::Binomial, Function::Permutations]
            .into_iter()
            .any(|function| *number == Expr::function(function, pair.clone()))
    });
    let axis = matches!(number, Expr::Variable(name) if matches!(name.as_str(), "j" | "k"));
    if ways || axis { Reason::Unproved } else { Reason::DifferentKind }
}

fn has_accents(names: &BTreeSet<Symbol>) -> bool {
    names.iter().any(|name| axis(name.as_str()).is_some())
}

/// How many of the letters of the axes stand in a sum, if `j` or `k` is among them: `i` alone is the imaginary unit.
fn letters(sum: &Expr, names: &BTreeSet<Symbol>) -> usize {
    let found = ["j", "k"].iter().filter(|&&letter| names.contains(&Symbol::new(letter))).count();
    if found == 0 { 0 } else { found + usize::from(has_imaginary(sum)) }
}

/// Whether the imaginary unit is a factor of a term.
fn has_imaginary(sum: &Expr) -> bool {
    match sum {
        Expr::Sum(parts) | Expr::Product(parts) => parts.iter().any(has_imaginary),
        other => *other == Expr::i(),
    }
}

/// The unit vectors under one name each, the letters `i`, `j` and `k` too if they are meant as such.
fn with_axes(sum: &Expr, letters: bool) -> Expr {
    let named = axis_vector;
    match sum {
        Expr::Sum(parts) => Expr::sum(parts.iter().map(|part| with_axes(part, letters)).collect()),
        Expr::Product(parts) => {
            Expr::product(parts.iter().map(|part| with_axes(part, letters)).collect())
        }
        Expr::Variable(name) => match (axis(name.as_str()), name.as_str(), letters) {
            (Some(at), ..) => named(at),
            (None, "j", true) => named(1),
            (None, "k", true) => named(2),
            _ => sum.clone(),
        },
        other if letters && *other == Expr::i() => named(0),
        other => other.clone(),
    }
}
