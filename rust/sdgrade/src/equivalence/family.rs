//! What an answer says of a family of numbers: its terms, the letter that runs over integers, and from where.

use crate::canonical::{Expr, Symbol};
use crate::value::{Note, NoteKind, Numbers, Part, Reals, Shape, Value};
use std::collections::BTreeSet;

/// A term as it is written.
pub(super) enum Written {
    Term(Expr),
    /// `1 \pmod 3`, all even integers: said without a letter.
    Residues {
        first: Expr,
        step: Expr,
    },
}

/// An answer that may be a family: the name of its values, its terms, and the letter that runs over ℤ.
pub(super) struct Family {
    pub(super) name: Option<String>,
    pub(super) terms: Vec<Written>,
    pub(super) letter: Option<Symbol>,
    /// Whether it is said that the letter runs over ℤ, or there is none.
    pub(super) declared: bool,
    /// Whether there is no letter, and nothing is said of how far the numbers go.
    pub(super) said: bool,
    /// The least value of the letter, where it runs over a half of ℤ.
    pub(super) least: Option<i64>,
    /// Whether that half is ℕ, which may also begin at 0.
    pub(super) natural: bool,
}

impl Family {
    /// Whether it is made of residues of several moduli.
    pub(super) fn has_several_moduli(&self) -> bool {
        let mut steps = self.terms.iter().filter_map(|term| match term {
            Written::Residues { step, .. } => Some(step),
            Written::Term(_) => None,
        });
        let first = steps.next();
        steps.any(|step| Some(step) != first)
    }

    /// Whether it is a set of integers that says itself where it begins.
    pub(super) fn is_half_line(&self) -> bool {
        self.letter == Symbol::parameter(0)
    }

    /// The values that its letter may begin at.
    pub(super) fn beginnings(&self) -> Vec<i64> {
        let zero = self.natural.then_some(0);
        zero.into_iter().chain(self.least).collect()
    }

    /// Integers from one on, however they are said: `\mathbb{Z}^+`, `\{3, 6, 9, \ldots\}`, `odd n \ge 3`.
    fn half_line(value: &Value) -> Option<Self> {
        let (inner, notes) = value.parts();
        let (name, (first, step)) = match (inner, notes) {
            (Value::Set(items) | Value::List(items), []) => (None, endless(items)?),
            (Value::Numbers(Numbers::Integers, Part::Positive), []) => (None, (1, 1)),
            (Value::Numbers(Numbers::Integers, Part::NotNegative), []) => (None, (0, 1)),
            // `\{n \in \mathbb{Z} : n \ge 3\}`
            (Value::Structure(Shape::Subset, parts), []) => match &parts[..] {
                [set, Value::Reals(reals)] => (None, begins_with(set, reals)?),
                _ => return None,
            },
            (Value::Named(related), [Note { kind: NoteKind::Domain(_), body }]) => {
                let (Value::Reals(reals), Value::Named(domain)) = (&related.value, body) else {
                    return None;
                };
                let [name] = &related.names[..] else { return None };
                if !domain.same_names(related) {
                    return None;
                }
                (Some(name.text.clone()), begins_with(&domain.value, reals)?)
            }
            _ => return None,
        };
        let letter = Symbol::parameter(0)?;
        let steps = Expr::product(vec![Expr::integer(step), Expr::variable(letter.clone())]);
        Some(Self {
            name,
            terms: vec![Written::Term(Expr::sum(vec![Expr::integer(first), steps]))],
            letter: Some(letter),
            declared: true,
            said: false,
            least: Some(0),
            natural: false,
        })
    }

    pub(super) fn of(value: &Value) -> Option<Self> {
        if let Some(half) = Self::half_line(value) {
            return Some(half);
        }
        let (inner, notes) = value.parts();
        let mut declared: Option<Symbol> = None;
        let (mut least, mut natural) = (None, false);
        // `k \ge 2, k \in \mathbb{Z}`
        let is_of_integers = |letter: &str| {
            notes.iter().any(|note| match &note.body {
                Value::Named(named) => {
                    named.names.iter().all(|name| name.text == letter) && named.value.is_integers()
                }
                _ => false,
            })
        };
        for note in notes.iter().filter(|note| note.kind != NoteKind::Joined) {
            let (NoteKind::Domain(_), Value::Named(named)) = (note.kind, &note.body) else {
                return None;
            };
            let [name] = &named.names[..] else { return None };
            match &named.value {
                Value::Numbers(Numbers::Integers, Part::All) => {}
                Value::Numbers(Numbers::Integers, Part::Positive) => least = Some(1),
                Value::Numbers(Numbers::Integers | Numbers::Naturals, Part::NotNegative) => {
                    least = Some(0);
                }
                Value::Numbers(Numbers::Naturals, Part::All) => {
                    (least, natural) = (Some(1), true);
                }
                Value::Reals(reals) if is_counter(&name.text) || is_of_integers(&name.text) => {
                    least = Some(reals.least_integer()?);
                }
                _ => return None,
            }
            let Some(Expr::Variable(symbol)) = &name.expr else { return None };
            // Of two letters none is the one.
            if declared.replace(symbol.clone()).is_some_and(|other| other != *symbol) {
                return None;
            }
        }
        let (name, terms) = terms(inner)?;
        let of_classes = terms.iter().all(|term| matches!(term, Written::Residues { .. }));
        // All even integers are said to go both ways.
        let said = of_classes && !is_named_set(inner);
        let letter = declared.clone().or_else(|| natural_letter(&terms));
        Some(Self {
            name: name.map(str::to_owned),
            terms,
            letter,
            declared: declared.is_some() || of_classes,
            said,
            least,
            natural,
        })
    }
}

/// Whether a value is a set of numbers with a name, or a name is in one.
fn is_named_set(value: &Value) -> bool {
    match value {
        Value::Numbers(..) => true,
        Value::Named(named) => matches!(named.value, Value::Numbers(..)),
        _ => false,
    }
}

/// The first number and the step of `3, 6, 9, \ldots`.
fn endless(items: &[Value]) -> Option<(i64, i64)> {
    let (Value::Ellipsis, numbers) = items.split_last()? else { return None };
    let integer =
        |item: &Value| item.as_expr()?.as_rational().filter(|number| number.is_integer())?.to_i64();
    let numbers: Vec<i64> = numbers.iter().map(integer).collect::<Option<_>>()?;
    let [first, second, _, ..] = numbers[..] else { return None };
    let step = second.checked_sub(first)?;
    let even = |pair: &[i64]| pair[1].checked_sub(pair[0]) == Some(step);
    (step > 0 && numbers.windows(2).all(even)).then_some((first, step))
}

/// The first number and the step of all numbers of a set of integers from one on.
fn begins_with(set: &Value, reals: &Reals) -> Option<(i64, i64)> {
    let Value::Numbers(Numbers::Integers | Numbers::Naturals, part) = set else { return None };
    let (reals, step) = match part {
        Part::Odd => (reals.of_parity(true)?, 2),
        Part::Even => (reals.of_parity(false)?, 2),
        _ => (reals.clone(), 1),
    };
    let least = reals.least_integer()?;
    let floor = match (set, part) {
        (Value::Numbers(Numbers::Naturals, Part::All), _) | (_, Part::Positive) => 1,
        (_, Part::NotNegative) => 0,
        (_, Part::All | Part::Odd | Part::Even) => i64::MIN,
        _ => return None,
    };
    (least >= floor).then_some((least, step))
}

/// A letter that stands for integers where nothing is said of it: the only one, and of those that
/// integers have.
fn natural_letter(terms: &[Written]) -> Option<Symbol> {
    let mut letters = terms.iter().flat_map(|term| match term {
        Written::Term(term) => term.variables(),
        Written::Residues { .. } => BTreeSet::new(),
    });
    let letter = letters.next()?;
    (letters.all(|other| other == letter) && is_counter(letter.as_str())).then_some(letter)
}

/// Whether a letter is one of those that integers have.
fn is_counter(letter: &str) -> bool {
    matches!(letter, "k" | "l" | "m" | "n")
}

/// The terms of an answer, and the one name that it gives them.
fn terms(value: &Value) -> Option<(Option<&str>, Vec<Written>)> {
    let residues = |first: i64, step: i64| {
        let (first, step) = (Expr::integer(first), Expr::integer(step));
        Some((None, vec![Written::Residues { first, step }]))
    };
    match value {
        // The argument of a function is no letter of a family.
        Value::Named(named) if !named.parameters.is_empty() => None,
        Value::Named(named) => match (&named.names[..], terms(&named.value)?) {
            ([name], (None, terms)) => Some((Some(&name.text), terms)),
            _ => None,
        },
        Value::List(items) | Value::Set(items) => {
            let mut name = None;
            let mut all = Vec::with_capacity(items.len());
            for item in items {
                let (inner, mut found) = match item {
                    Value::List(_) | Value::Set(_) | Value::Noted(_) => return None,
                    other => terms(other)?,
                };
                if name.is_some() && inner.is_some() && name != inner {
                    return None;
                }
                name = name.or(inner);
                all.append(&mut found);
            }
            Some((name, all))
        }
        Value::Numbers(Numbers::Integers, Part::All) => residues(0, 1),
        Value::Numbers(Numbers::Integers, Part::Even) => residues(0, 2),
        Value::Numbers(Numbers::Integers, Part::Odd) => residues(1, 2),
        Value::Structure(Shape::Modulo, parts) => {
            let [first, step] = &parts[..] else { return None };
            let (first, step) = (first.as_expr()?.clone(), step.as_expr()?.clone());
            Some((None, vec![Written::Residues { first, step }]))
        }
        other => Some((None, vec![Written::Term(other.as_expr()?.clone())])),
    }
}
