//! Domains: where the letters of a value lie, and when what one side alone says of that may be ignored.

use crate::canonical::{Expr, Symbol};
use crate::value::{Bound, Note, NoteKind, Numbers, Part, Quantifier, Reals, Value};
use std::collections::BTreeSet;

/// Whether a domain that one side alone gives says no more than what its letters usually stand for.
pub(super) fn says_nothing_new(domain: &Note, side: &Value) -> bool {
    let value = side.parts().0;
    let of_numbers = holds_among(side, |set| matches!(set, Value::Numbers(..)));
    is_about(domain, value)
        && !is_exception(&domain.body)
        && !is_said_of_some(domain, value)
        && !cuts(&domain.body, value)
        && (!of_numbers || is_of_usual_integers(domain))
}

/// Whether a domain is a set that letters run over only where that is said: the even integers, the primes, `\{1, 2\}`.
fn is_exception(domain: &Value) -> bool {
    match domain {
        Value::Named(named) => match &named.value {
            Value::Numbers(numbers, part) => {
                *numbers == Numbers::Primes || matches!(part, Part::Even | Part::Odd)
            }
            Value::Reals(_) | Value::Quantity(_) => false,
            _ => true,
        },
        // `no integer solutions`
        Value::Numbers(..) => true,
        Value::Reals(reals) => *reals != Reals::all(),
        Value::List(items) => items.iter().any(is_exception),
        _ => false,
    }
}

/// `f(x) = x \text{ for some } x`: said of some of the arguments, while without it it is said of all.
fn is_said_of_some(domain: &Note, value: &Value) -> bool {
    let (NoteKind::Domain(Quantifier::Some), Value::Named(named)) = (domain.kind, value) else {
        return false;
    };
    let mut arguments: BTreeSet<Symbol> = named.parameters.iter().cloned().collect();
    for name in &named.names {
        arguments.extend(name.expr.iter().flat_map(Expr::variables));
        arguments.extend(name.text.split_once('_').map(|(_, index)| Symbol::new(index)));
    }
    domain.is_about(&arguments)
}

/// Whether bounds on a letter cut what is described: in `x + y \le 3, x \ge 0` it is a coordinate and no parameter.
fn cuts(domain: &Value, value: &Value) -> bool {
    let bounded = |domain: &Value| match domain {
        Value::Named(named) => match &named.value {
            Value::Reals(reals) if *reals != Reals::all() => {
                named.names.first().map(|name| name.text.clone())
            }
            _ => None,
        },
        _ => None,
    };
    let letters: Vec<String> = match domain {
        Value::List(items) => items.iter().filter_map(bounded).collect(),
        other => bounded(other).into_iter().collect(),
    };
    match value {
        Value::Equation(_) | Value::Inequality(..) | Value::Disequation(_) => !letters.is_empty(),
        Value::Named(named) => matches!(named.value, Value::Reals(_)) && !letters.is_empty(),
        _ => false,
    }
}

/// Whether a relation to reals is noted to hold of numbers of some kind among them, as `1 < x < 5` of `x \in
/// \mathbb{Z}`.
pub(super) fn holds_among(side: &Value, is_kind: impl Fn(&Value) -> bool) -> bool {
    let (Value::Named(related), notes) = side.parts() else { return false };
    matches!(related.value, Value::Reals(_))
        && notes.iter().any(|note| match (note.kind, &note.body) {
            (NoteKind::Domain(_), Value::Named(domain)) => {
                domain.same_names(related) && is_kind(&domain.value)
            }
            _ => false,
        })
}

/// Whether a note says of an `n`, `m` or `k` with a bound that it is an integer, as it is anyhow.
pub(super) fn is_implied(note: &Note, all: &[Note]) -> bool {
    let Value::Named(domain) = &note.body else { return false };
    let is_bound = |other: &Note| match &other.body {
        Value::Named(bound) => matches!(bound.value, Value::Reals(_)) && bound.same_names(domain),
        _ => false,
    };
    domain.value == Value::Numbers(Numbers::Integers, Part::All)
        && is_of_usual_integers(note)
        && all.iter().any(is_bound)
}

/// Whether a domain says that an `n`, `m` or `k` is an integer, as they are anyhow.
fn is_of_usual_integers(note: &Note) -> bool {
    let Value::Named(domain) = &note.body else { return false };
    domain.names.iter().all(|name| matches!(&*name.text, "n" | "m" | "k"))
        && domain.value.is_integers()
}

/// Whether one says a letter to be an integer of some part, the other a real of the same part.
pub(super) fn same_part(gold: &Value, answer: &Value) -> bool {
    let (Value::Named(ours), Value::Named(theirs)) = (gold, answer) else { return false };
    let (numbers, reals) = match (&ours.value, &theirs.value) {
        (Value::Numbers(numbers, part), Value::Reals(reals))
        | (Value::Reals(reals), Value::Numbers(numbers, part)) => ((*numbers, *part), reals),
        _ => return false,
    };
    let from = |at: i64, closed: bool| {
        let at = Expr::integer(at);
        let low = if closed { Bound::closed(at) } else { Bound::open(at) };
        Reals::between(low, Bound::infinity())
    };
    ours.same_names(theirs)
        && match numbers {
            (Numbers::Integers | Numbers::Naturals, Part::Positive) => {
                *reals == from(1, true) || *reals == from(0, false)
            }
            (Numbers::Integers | Numbers::Naturals, Part::NotNegative) => {
                *reals == from(0, true) || *reals == from(-1, false)
            }
            (Numbers::Integers, Part::NotZero) => {
                *reals == Reals::point(Expr::integer(0)).complement()
            }
            _ => false,
        }
}

/// Whether a domain is that of a letter of the value, or of what the value is among. `1 for even n` is
/// said of no letter: it is a condition.
fn is_about(domain: &Note, value: &Value) -> bool {
    matches!(domain.kind, NoteKind::Domain(Quantifier::All))
        || matches!(domain.body, Value::Numbers(..) | Value::Reals(_))
        || domain.is_about(&value.variables())
}

/// Of `n \ge 1, n \in \mathbb{Z}` beside a set of integers in words: whether these are all positive integers.
pub(super) fn half_of_integers(side: &Value, other: &Value) -> Option<bool> {
    let Value::Numbers(Numbers::Integers, part) = other else { return None };
    let Value::Named(named) = side.parts().0 else { return None };
    let Value::Reals(reals) = &named.value else { return None };
    if !holds_among(side, |set| *set == Value::Numbers(Numbers::Integers, Part::All)) {
        return None;
    }
    Some(match part {
        Part::Positive => reals.least_integer() == Some(1),
        Part::NotNegative => reals.least_integer() == Some(0),
        _ => false,
    })
}
