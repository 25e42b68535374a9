//! What is said of a value: conditions, where letters lie, and what one item of a list says of the others.

use super::enumeration::{at_each, domain_of};
use crate::canonical::{Expr, Symbol};
use crate::read::{Said, said_unit};
use crate::value::{Name, Named, Note, NoteKind, Numbers, Part, Quantifier, Quantity, Value};
use std::collections::BTreeSet;

/// A value and what is said of it. Of a label or a subject that says the unit, the value has it:
/// `\text{Time in minutes: } 9`.
pub(super) fn noted(value: Value, kind: NoteKind, body: Value) -> Value {
    let said = match &body {
        Value::Text(words) if matches!(kind, NoteKind::Label | NoteKind::Sentence) => {
            said_unit(words)
        }
        _ => None,
    };
    if let (NoteKind::Domain(_), Some(all)) = (kind, at_each(&value, &body)) {
        return Value::listed(all);
    }
    let note = |kind| separate(kind, body);
    match (said, value) {
        // `\text{In thousands: } 9` is no 9.
        (Some(Said::Multiple), value) => value.with_notes(note(NoteKind::Condition)),
        (Some(Said::Unit(unit)), Value::Quantity(quantity)) if quantity.unit.is_none() => {
            Value::Quantity(Quantity { unit: Some(unit), ..quantity }).with_notes(note(kind))
        }
        (_, value) => value.with_notes(note(kind)),
    }
}

/// What is said of a value, a note for each letter: `k, m \in \mathbb{R}` are two domains, and so may be `k \ge 2, k \in
/// \mathbb{Z}`, while `k \ge 1, k \in \mathbb{Z}` is one.
fn separate(kind: NoteKind, body: Value) -> Vec<Note> {
    let one = |body: Value| vec![Note { kind, body }];
    match (kind, body) {
        (NoteKind::Domain(_), body @ Value::Named(_)) => domain_of(&body).unwrap_or(one(body)),
        (NoteKind::Domain(_), Value::List(items)) => {
            items.into_iter().flat_map(|item| separate(kind, item)).collect()
        }
        (NoteKind::Domain(_), Value::Noted(said)) => {
            let (relation, notes) = said.into_parts();
            let is_domain = |note: &Note| matches!(note.kind, NoteKind::Domain(_));
            if !notes.iter().all(is_domain) {
                return one(relation.with_notes(notes));
            }
            match half(&relation, &notes) {
                Some(half) => one(half),
                None => one(relation).into_iter().chain(notes).collect(),
            }
        }
        (_, body) => one(body),
    }
}

/// `k \ge 1` of an integer `k` as `k \in \mathbb{Z}^+`.
fn half(relation: &Value, notes: &[Note]) -> Option<Value> {
    let (Value::Named(related), [Note { body: Value::Named(domain), .. }]) = (relation, notes)
    else {
        return None;
    };
    let Value::Reals(reals) = &related.value else { return None };
    if domain.value != Value::Numbers(Numbers::Integers, Part::All) || !domain.same_names(related) {
        return None;
    }
    let part = match reals.least_integer()? {
        0 => Part::NotNegative,
        1 => Part::Positive,
        _ => return None,
    };
    let value = Value::Numbers(Numbers::Integers, part);
    Some(Value::Named(Box::new(Named { value, ..(**related).clone() })))
}

/// Takes `n \in \mathbb{Z}` off a relation to reals of the same name beside it: `n \ge 4, n \in \mathbb{Z}`.
pub(super) fn integers(items: &mut Vec<Value>) -> Vec<Note> {
    let [Value::Named(first), Value::Named(second)] = &items[..] else { return Vec::new() };
    let is_domain = |named: &Named| {
        matches!(named.value, Value::Numbers(Numbers::Integers | Numbers::Naturals, _))
    };
    let is_relation = |named: &Named| matches!(named.value, Value::Reals(_));
    let at = match (is_domain(first), is_domain(second)) {
        (true, false) if is_relation(second) => 0,
        (false, true) if is_relation(first) => 1,
        _ => return Vec::new(),
    };
    if !first.same_names(second) {
        return Vec::new();
    }
    vec![Note { kind: NoteKind::Domain(Quantifier::Open), body: items.remove(at) }]
}

/// The longest list in which items are looked through for domains.
const MOST_DOMAINS: usize = 32;

/// Takes out of a list what says only where a letter of the others lies: `k \in \mathbb{Z}`, `n \ge 2`.
pub(super) fn domains(items: &mut Vec<Value>) -> Vec<Note> {
    // Each is held against all the others.
    if !(2..=MOST_DOMAINS).contains(&items.len())
        || !items.iter().any(|item| lies_in(item).is_some())
    {
        return Vec::new();
    }
    share_membership(items);
    let says = |at: usize| {
        lies_in(&items[at]).filter(|named| !relates_letters(named)).is_some_and(|named| {
            items.iter().enumerate().any(|(other, item)| {
                other != at
                    && lies_in(item).is_none_or(relates_letters)
                    && is_about(item, named)
                    && !matches!(item, Value::Named(item) if !relates_letters(item) && item.same_names(named))
            })
        })
    };
    let domain: Vec<bool> = (0..items.len()).map(says).collect();
    let mut notes = Vec::new();
    let mut kept = Vec::with_capacity(items.len());
    for (item, domain) in std::mem::take(items).into_iter().zip(domain) {
        if domain {
            notes.push(Note { kind: NoteKind::Domain(Quantifier::Open), body: item });
        } else {
            kept.push(item);
        }
    }
    *items = kept;
    notes
}

/// `a, b > 0`: letters, and what is said of them all behind the last.
pub(super) fn share_bound(items: &mut [Value]) {
    let Some((last, before)) = items.split_last_mut() else { return };
    let Some(bound) = lies_in(last).filter(|named| !relates_letters(named)) else { return };
    let is_letter = |item: &Value| match item.as_expr() {
        Some(Expr::Variable(letter)) => {
            letter.as_str().chars().all(char::is_lowercase)
                && bound.names.iter().all(|name| name.text != letter.as_str())
        }
        _ => false,
    };
    if !matches!(bound.value, Value::Reals(_)) || !before.iter().all(is_letter) {
        return;
    }
    for item in before {
        if let Some(expr) = item.as_expr().cloned() {
            let name = Name { text: expr.to_string(), expr: Some(expr) };
            let one = Named { names: vec![name], ..bound.clone() };
            *item = Value::Named(Box::new(one));
        }
    }
}

/// `cx + d, c, d \in \mathbb{R}` says of both letters where they lie, if what is before them has both.
fn share_membership(items: &mut [Value]) {
    for at in 1..items.len() {
        let Some(named) = lies_in(&items[at]).cloned() else { continue };
        let letters = (0..at)
            .rev()
            .map_while(|before| match items[before].as_expr() {
                Some(expr @ Expr::Variable(letter)) => Some((before, letter.clone(), expr.clone())),
                _ => None,
            })
            .collect::<Vec<_>>();
        let Some(&(first, ..)) = letters.last() else { continue };
        let used: BTreeSet<Symbol> = items[..first].iter().flat_map(Value::variables).collect();
        let is_used =
            |name: &Name| name.expr.as_ref().is_some_and(|expr| expr.variables().is_subset(&used));
        if named.names.iter().all(is_used)
            && letters.iter().all(|(_, letter, _)| used.contains(letter))
        {
            for (before, letter, expr) in letters {
                let name = Name { text: letter.as_str().to_owned(), expr: Some(expr) };
                let one = Named { names: vec![name], ..named.clone() };
                items[before] = Value::Named(Box::new(one));
            }
        }
    }
}

/// The elements of a set-builder over the letters that its condition is about.
pub(super) fn over(element: &Value, condition: &Value) -> Option<Value> {
    let named = lies_in(condition)?;
    is_about(element, named).then(|| {
        let kind = NoteKind::Domain(Quantifier::Open);
        element.clone().with_notes(vec![Note { kind, body: condition.clone() }])
    })
}

/// A name that is said to lie in a set of numbers.
fn lies_in(item: &Value) -> Option<&Named> {
    match item {
        Value::Named(named)
            if named.parameters.is_empty()
                && matches!(named.value, Value::Reals(_) | Value::Numbers(..)) =>
        {
            Some(named)
        }
        _ => None,
    }
}

/// Whether the bounds of a name have letters, as in `y \le 1-x`.
fn relates_letters(named: &Named) -> bool {
    !named.value.variables().is_empty()
}

/// Whether the letters of a name occur in a value.
fn is_about(value: &Value, named: &Named) -> bool {
    let letters = value.variables();
    named.names.iter().all(|name| match &name.expr {
        Some(expr) => !expr.is_constant() && expr.variables().is_subset(&letters),
        None => false,
    })
}

/// Takes off what is said of all items alike, or behind the last one of a letter that others have too.
pub(super) fn shared(items: &mut [Value]) -> Vec<Note> {
    let Some(Value::Noted(last)) = items.last() else { return Vec::new() };
    let is_domain = |note: &Note| matches!(note.kind, NoteKind::Domain(_));
    let shared: Vec<Note> = last
        .notes()
        .iter()
        .filter(|note| is_domain(note))
        .filter(|note| {
            items.iter().all(|item| item.parts().1.contains(note))
                || items[..items.len() - 1].iter().any(|item| match &note.body {
                    Value::Named(named) => is_about(item, named),
                    Value::Text(_) => note.is_about(&item.variables()),
                    _ => false,
                })
        })
        .cloned()
        .collect();
    if shared.is_empty() || items.len() < 2 {
        return Vec::new();
    }
    for item in items {
        let (value, notes) = std::mem::replace(item, Value::Ellipsis).into_parts();
        *item = value.with_notes(notes.into_iter().filter(|note| !shared.contains(note)).collect());
    }
    shared
}
