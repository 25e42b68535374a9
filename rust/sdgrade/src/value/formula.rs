//! Formulas of propositional logic, by what they make of the truth of their letters.

use std::collections::BTreeSet;

/// The most letters of a formula: its table has a bit for each way that they can be true or false.
pub(crate) const MOST_LETTERS: usize = 6;

/// A truth function, over the letters that it depends on: two formulas that say the same are the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Formula {
    letters: Vec<char>,
    table: u64,
}

/// How two formulas are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Connective {
    And,
    Or,
    Implies,
    Iff,
}

impl Formula {
    pub(crate) fn letter(letter: char) -> Self {
        Self { letters: vec![letter], table: 0b10 }
    }

    pub(crate) fn not(&self) -> Self {
        Self::tabled(self.letters.clone(), |row| !self.at(row))
    }

    /// `None` where the letters are too many.
    pub(crate) fn join(&self, connective: Connective, other: &Self) -> Option<Self> {
        let letters: BTreeSet<char> = self.letters.iter().chain(&other.letters).copied().collect();
        let letters: Vec<char> = letters.into_iter().collect();
        if letters.len() > MOST_LETTERS {
            return None;
        }
        let places = |of: &Self| -> Vec<usize> {
            let at = |letter: &char| letters.iter().position(|other| other == letter);
            of.letters.iter().filter_map(at).collect()
        };
        let (ours, theirs) = (places(self), places(other));
        let narrowed = |row: u32, places: &[usize]| {
            places.iter().enumerate().fold(0, |found, (to, from)| found | (row >> from & 1) << to)
        };
        let formula = Self::tabled(letters.clone(), |row| {
            let (a, b) = (self.at(narrowed(row, &ours)), other.at(narrowed(row, &theirs)));
            match connective {
                Connective::And => a && b,
                Connective::Or => a || b,
                Connective::Implies => !a || b,
                Connective::Iff => a == b,
            }
        });
        Some(formula)
    }

    /// Whether it holds in a row of the table, in which each letter has a bit.
    fn at(&self, row: u32) -> bool {
        self.table >> row & 1 == 1
    }

    /// The function with these values, without the letters that it does not depend on.
    fn tabled(letters: Vec<char>, holds: impl Fn(u32) -> bool) -> Self {
        let rows = 1_u32 << letters.len();
        let table = (0..rows).filter(|&row| holds(row)).fold(0, |table, row| table | 1 << row);
        let mut formula = Self { letters, table };
        for place in (0..formula.letters.len()).rev() {
            let bit = 1 << place;
            let rows = 1_u32 << formula.letters.len();
            if (0..rows).all(|row| formula.at(row) == formula.at(row ^ bit)) {
                let low = |row: u32| row & (bit - 1) | (row & !(bit - 1)) << 1;
                let table = (0..rows / 2)
                    .filter(|&row| formula.at(low(row)))
                    .fold(0, |table, row| table | 1 << row);
                formula.letters.remove(place);
                formula.table = table;
            }
        }
        formula
    }

    pub(crate) fn letters(&self) -> &[char] {
        &self.letters
    }

    /// The rows in which it holds, as sets of true letters.
    pub(crate) fn models(&self) -> impl Iterator<Item = String> + '_ {
        (0..1_u32 << self.letters.len()).filter(|&row| self.at(row)).map(|row| {
            let is_true = |at: &usize| row >> at & 1 == 1;
            (0..self.letters.len()).filter(is_true).map(|at| self.letters[at]).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(a: &Formula, connective: Connective, b: &Formula) -> Formula {
        a.join(connective, b).expect("few letters")
    }

    #[test]
    fn formulas_that_say_the_same_are_the_same() {
        use Connective::{And, Implies, Or};
        let (p, q) = (Formula::letter('p'), Formula::letter('q'));
        assert_eq!(joined(&p, And, &q).not(), joined(&p.not(), Or, &q.not()));
        assert_eq!(joined(&p, Implies, &q), joined(&p.not(), Or, &q));
        assert_ne!(joined(&p, Implies, &q), joined(&q, Implies, &p));
        // `(p or q) and (p or not q)` does not depend on q.
        assert_eq!(joined(&joined(&p, Or, &q), And, &joined(&p, Or, &q.not())), p);
    }

    #[test]
    fn letters_are_limited() {
        let all = ('q'..='u')
            .map(Formula::letter)
            .fold(Formula::letter('p'), |all, next| joined(&all, Connective::Iff, &next));
        assert_eq!(all.letters().len(), MOST_LETTERS);
        assert_eq!(all.join(Connective::And, &Formula::letter('v')), None);
        assert_eq!(joined(&all, Connective::Iff, &all.not()).models().count(), 0);
    }
}
