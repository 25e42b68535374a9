//! Letters that run over numbers written one by one: `n = 1, 2, 3, \ldots`, `k = 0, \pm 1, \pm 2, \ldots`, `k = 1, 2, 3`.

use crate::canonical::{Expr, Rational, Symbol};
use crate::value::{
    Bound, Name, Named, Note, NoteKind, Numbers, Part, Quantifier, Quantity, Reals, Value,
};

/// Takes off the end of a list what says which numbers a letter of the items before it runs over: without an end it is
/// their domain, and with one the items are those of each number.
pub(super) fn enumerated(items: &mut Vec<Value>) -> Vec<Note> {
    let Some((at, letter)) = items.iter().enumerate().skip(1).find_map(|(at, item)| {
        let (letter, first) = begins(item)?;
        let runs = !items[at + 1..].is_empty() && is_used(&items[..at], &letter);
        (runs && first.is_integer()).then_some((at, letter))
    }) else {
        return Vec::new();
    };
    let endless = items.last() == Some(&Value::Ellipsis);
    let end = items.len() - usize::from(endless);
    let rest = items[at + 1..end].iter().map(integer);
    let numbers: Option<Vec<i64>> = [begins(&items[at]).and_then(|(_, first)| first.to_i64())]
        .into_iter()
        .chain(rest)
        .collect();
    let Some(numbers) = numbers else { return Vec::new() };
    if endless {
        let Some(notes) = domain(&letter, &numbers) else { return Vec::new() };
        items.truncate(at);
        return notes;
    }
    if is_counter(&letter) {
        items.truncate(at);
        *items = numbers.iter().flat_map(|&number| at_number(items, &letter, number)).collect();
    }
    Vec::new()
}

/// A value at each number that its letter is said to be: `\frac{k\pi}{2} (k = 0, 1, 2)`.
pub(super) fn at_each(value: &Value, body: &Value) -> Option<Vec<Value>> {
    let Value::Named(named) = body else { return None };
    let ([Name { expr: Some(Expr::Variable(letter)), .. }], Value::List(items)) =
        (&named.names[..], &named.value)
    else {
        return None;
    };
    let numbers: Vec<i64> = items.iter().map(integer).collect::<Option<_>>()?;
    let value = std::slice::from_ref(value);
    let runs = is_counter(letter) && is_used(value, letter);
    runs.then(|| numbers.iter().flat_map(|&number| at_number(value, letter, number)).collect())
}

/// The domain that a body such as `n = 1, 2, 3, \ldots` gives its letter.
pub(super) fn domain_of(body: &Value) -> Option<Vec<Note>> {
    let Value::Named(named) = body else { return None };
    let ([Name { expr: Some(Expr::Variable(letter)), .. }], Value::List(items)) =
        (&named.names[..], &named.value)
    else {
        return None;
    };
    let (Value::Ellipsis, numbers) = items.split_last()? else { return None };
    let numbers: Option<Vec<i64>> = numbers.iter().map(integer).collect();
    domain(letter, &numbers?)
}

/// All integers, or those from one on, where the numbers begin to list them.
fn domain(letter: &Symbol, numbers: &[i64]) -> Option<Vec<Note>> {
    let first = *numbers.first()?;
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    let in_a_row =
        sorted.len() > 1 && sorted.windows(2).all(|pair| pair[0].checked_add(1) == Some(pair[1]));
    // `0, \pm 1, \ldots` and `\pm 1, \pm 2, \ldots`
    let both_signs = sorted
        .iter()
        .zip(sorted.iter().rev())
        .all(|(one, other)| one.checked_neg() == Some(*other));
    let without_zero = both_signs
        && !sorted.contains(&0)
        && sorted.iter().filter(|&&number| number > 0).copied().eq((1..).take(sorted.len() / 2));
    let part = if both_signs && in_a_row {
        Part::All
    } else if without_zero {
        Part::NotZero
    } else if !in_a_row || sorted != numbers {
        return None;
    } else {
        match first {
            0 => Part::NotNegative,
            1 => Part::Positive,
            _ => Part::All,
        }
    };
    let from = (part == Part::All && !both_signs).then(|| {
        Value::Reals(Reals::between(Bound::closed(Expr::integer(first)), Bound::infinity()))
    });
    let integers = Value::Numbers(Numbers::Integers, part);
    let note = |value: Value| {
        let name =
            Name { text: letter.as_str().to_owned(), expr: Some(Expr::variable(letter.clone())) };
        let body =
            Value::Named(Box::new(Named { names: vec![name], parameters: Vec::new(), value }));
        Note { kind: NoteKind::Domain(Quantifier::Open), body }
    };
    Some(from.into_iter().chain([integers]).map(note).collect())
}

/// The letter and the number of `n = 1`.
fn begins(item: &Value) -> Option<(Symbol, &Rational)> {
    let Value::Named(named) = item else { return None };
    let [Name { expr: Some(Expr::Variable(letter)), .. }] = &named.names[..] else { return None };
    Some((letter.clone(), named.value.as_expr()?.as_rational()?))
}

fn integer(item: &Value) -> Option<i64> {
    item.as_expr()?.as_rational().filter(|number| number.is_integer())?.to_i64()
}

fn is_used(items: &[Value], letter: &Symbol) -> bool {
    items.iter().all(|item| match item {
        Value::Named(named) => named.value.variables().contains(letter),
        other => other.variables().contains(letter),
    })
}

/// Whether a letter is one of those that are counted with.
fn is_counter(letter: &Symbol) -> bool {
    matches!(letter.as_str(), "i" | "j" | "k" | "l" | "m" | "n")
}

/// The items with a number for their letter.
fn at_number(items: &[Value], letter: &Symbol, number: i64) -> Vec<Value> {
    let place = |name: &Symbol| (name == letter).then(|| Expr::integer(number));
    let written = |value: Value| match value {
        Value::Quantity(Quantity { expr, unit, .. }) => {
            Value::Quantity(Quantity { unit, ..expr.into() })
        }
        other => other,
    };
    items.iter().map(|item| written(item.clone().rename(&place))).collect()
}
