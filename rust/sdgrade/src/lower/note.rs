//! Lists: what is said of all their items, and what is said by one item of the others.

use super::enumeration::{at_each, domain_of, enumerated};
use super::{Lowered, Lowering};
use crate::budget::Stop;
use crate::canonical::{self, Expr, Rational, Symbol};
use crate::read::{Children, Kind, NodeId, Relation, Said, Separator, Tree, is_money, said_unit};
use crate::value::{
    Brackets, Measure, Name, Named, Note, NoteKind, Numbers, Part, Quantifier, Quantity, Reals,
    Shape, Unit, Value,
};
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
        return listed(all);
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

impl Lowering<'_> {
    pub(super) fn list(&mut self, separator: Separator, children: Children) -> Lowered<Value> {
        let tree = self.tree;
        if let Some(value) = self.distributed(tree.children(children))? {
            return Ok(value);
        }
        if let (Separator::And | Separator::Comma, &[whole, rest]) =
            (separator, tree.children(children))
            && let Some(both) = self.whole_and_rest(whole, rest)?
        {
            return Ok(both);
        }
        let mut items = Vec::new();
        for &child in tree.children(children) {
            let grouped = matches!(tree.kind(child), Kind::List(..));
            let values = self.expanded(child)?;
            if grouped && values.len() > 1 {
                items.push(Value::List(values));
            } else {
                items.extend(values);
            }
        }
        if let Some(cases) = super::piecewise::from_items(&items) {
            return Ok(cases);
        }
        share_labels(&mut items);
        self.join_labelled(&mut items);
        share_bound(&mut items);
        let mut notes = enumerated(&mut items);
        notes.append(&mut integers(&mut items));
        notes.append(&mut domains(&mut items));
        notes.append(&mut shared(&mut items));
        if let Some(reals) = self.join_reals(separator, tree.children(children), &items)? {
            return Ok(reals.with_notes(notes));
        }
        // `2\frac14 \text{ or } \frac94`
        if separator == Separator::Or
            && let [first, rest @ ..] = &items[..]
            && first.as_expr().is_some_and(Expr::is_constant)
            && rest.iter().all(|item| item.as_expr() == first.as_expr())
        {
            return Ok(first.clone().with_notes(notes));
        }
        if separator == Separator::Or
            && (are_statements(&items) || are_options(&items) || are_conditions(&items))
        {
            return Ok(Value::Structure(Shape::Either, items).with_notes(notes));
        }
        let value = listed(self.spelled_out(items)?);
        notes.extend(joined(separator, &value));
        Ok(value.with_notes(notes))
    }

    /// Joins intervals that are said the same of: `increasing on (0, 1) and (2, 3)`.
    fn join_labelled(&mut self, items: &mut Vec<Value>) {
        let mut at = 1;
        while at < items.len() {
            let (before, item) = (&items[at - 1], &items[at]);
            let (ours, theirs) = (before.parts(), item.parts());
            let said = ours.1.iter().any(|note| note.kind == NoteKind::Predicate);
            let both = match (self.interval(ours.0), self.interval(theirs.0)) {
                (Some(a), Some(b)) if said && ours.1 == theirs.1 => vec![a, b],
                _ => {
                    at += 1;
                    continue;
                }
            };
            let notes = ours.1.to_vec();
            items[at - 1] = self.united(both).with_notes(notes);
            items.remove(at);
        }
    }

    /// An interval, or a union of several.
    fn interval(&mut self, value: &Value) -> Option<Reals> {
        let pair = matches!(value, Value::Reals(_))
            || matches!(value, Value::Tuple(Brackets::Round | Brackets::Square, ends) if ends.len() == 2);
        if pair { self.as_reals(value) } else { None }
    }

    /// `1 hour and 30 minutes`, `5 dollars and 25 cents`: one quantity in a unit and in the next smaller one.
    fn whole_and_rest(&mut self, whole: NodeId, rest: NodeId) -> Lowered<Option<Value>> {
        const SMALLER: [i64; 6] = [3, 7, 12, 16, 24, 60];
        let (Some(large), Some(small)) = (measure(self.tree, whole), measure(self.tree, rest))
        else {
            return Ok(None);
        };
        let ratio = Expr::quotient(large.factor.clone(), small.factor.clone());
        let Some(ratio) = canonical::normalise(&ratio, self.budget)?.as_i64() else {
            return Ok(None);
        };
        let is_next = SMALLER.contains(&ratio) || ratio == 100 && is_money(large);
        if !large.same_dimension(small) || !is_next {
            return Ok(None);
        }
        let (first, second) = (self.value(whole)?, self.value(rest)?);
        match (&first, &second) {
            (
                Value::Quantity(_),
                Value::Quantity(Quantity { expr: Expr::Rational(number), .. }),
            ) if !number.is_negative() && *number < Rational::from(ratio) => {
                self.add(whole, first, second).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// `n \equiv 0, 1 \pmod 4` and `x \ne 1, 2`: one relation to several things.
    fn distributed(&mut self, items: &[NodeId]) -> Lowered<Option<Value>> {
        let tree = self.tree;
        let (&[first, ..], &[.., last]) = (items, items) else { return Ok(None) };
        let Kind::Chain(sides, relations) = tree.kind(first) else { return Ok(None) };
        let &[name, value] = tree.children(sides) else { return Ok(None) };
        let is_plain = |id: NodeId| matches!(tree.kind(id), Kind::Number(_) | Kind::Negate(_));
        let middle = &items[1..items.len() - 1];
        if !self.is_symbol(name) || !is_plain(value) || !middle.iter().all(|&item| is_plain(item)) {
            return Ok(None);
        }
        match (tree.relations(relations, 2), tree.kind(last)) {
            ([Relation::Congruent], Kind::Modulo(residue, modulus)) => {
                let modulus = self.value(modulus)?;
                let mut residues = vec![self.value(value)?];
                for &item in middle.iter().chain([&residue]) {
                    residues.push(self.value(item)?);
                }
                let all = residues
                    .into_iter()
                    .map(|residue| Value::Structure(Shape::Modulo, vec![residue, modulus.clone()]))
                    .collect();
                Ok(Some(self.named(&[name], Value::List(all))))
            }
            ([Relation::NotEqual], _) if is_plain(last) => {
                let mut reals = Reals::all();
                for &item in [&value].into_iter().chain(&items[1..]) {
                    let without = Reals::point(self.scalar(item)?).complement();
                    reals = reals.intersection(&without, self.budget)?;
                }
                Ok(Some(self.named(&[name], Value::Reals(reals))))
            }
            _ => Ok(None),
        }
    }

    /// Sets of reals of the same name in a list: `x < 1 or x > 2`, `x > 0, x \ne 1`.
    fn join_reals(
        &mut self,
        separator: Separator,
        children: &[NodeId],
        items: &[Value],
    ) -> Lowered<Option<Value>> {
        let mut parts = Vec::with_capacity(items.len());
        let mut head: Option<&Named> = None;
        for item in items {
            let (named, reals) = match item {
                Value::Named(named) => match &named.value {
                    Value::Reals(reals) => (Some(&**named), reals),
                    // `x = 1 or x > 2`
                    Value::Quantity(Quantity { expr, unit: None, .. }) => {
                        parts.push(Reals::point(expr.clone()));
                        if head.is_some_and(|head| !head.same_names(named)) {
                            return Ok(None);
                        }
                        head = Some(named);
                        continue;
                    }
                    _ => return Ok(None),
                },
                Value::Reals(reals) if separator == Separator::Or => (None, reals),
                _ => return Ok(None),
            };
            if let (Some(head), Some(named)) = (head, named)
                && !head.same_names(named)
            {
                return Ok(None);
            }
            head = head.or(named);
            parts.push(reals.clone());
        }
        let intervals = items.iter().filter(|item| {
            matches!(item, Value::Reals(_))
                || matches!(item, Value::Named(named) if matches!(named.value, Value::Reals(_)))
        });
        if items.len() < 2 || intervals.count() == 0 {
            return Ok(None);
        }
        let mut joined = None;
        if separator != Separator::Or {
            // All hold at once, unless nothing would be left: then `x < 1, x > 2` lists the parts.
            let mut both = parts[0].clone();
            for part in &parts[1..] {
                both = match both.intersection(part, self.budget) {
                    // Bounds that cannot be ordered: each relation stands for itself.
                    Err(Stop::Open) => return Ok(None),
                    both => both?,
                };
            }
            joined = Some(both).filter(|both| !both.is_empty());
            // `x < 1 and x > 2` says that there is none, and may be meant as their union.
            if joined.is_none() && separator == Separator::And {
                return self.meaningless(children[children.len() - 1]);
            }
        }
        let value = match joined {
            Some(reals) => Value::Reals(reals),
            None => self.united(parts),
        };
        Ok(Some(match head {
            Some(head) => Value::Named(Box::new(Named { value, ..head.clone() })),
            None => value,
        }))
    }
}

/// What a number is measured in.
fn measure<'t>(tree: &'t Tree<'_>, id: NodeId) -> Option<&'t Measure> {
    let (Kind::United(number, unit) | Kind::Currency(number, unit)) = tree.kind(id) else {
        return None;
    };
    match (tree.kind(number), tree.unit(unit)) {
        (
            Kind::Number(_) | Kind::Said(_) | Kind::Vulgar(..) | Kind::Mixed(..),
            Unit::Measure(measure),
        ) => Some(measure),
        _ => None,
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
fn integers(items: &mut Vec<Value>) -> Vec<Note> {
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

/// Gives a label to the items behind the one it stands before, up to the next label: `zeros: 1, 2, poles: 3`.
fn share_labels(items: &mut [Value]) {
    let label = |item: &Value| {
        let is_label = |note: &&Note| {
            matches!(note.kind, NoteKind::Label | NoteKind::Sentence | NoteKind::Predicate)
        };
        item.parts().1.iter().find(is_label).cloned()
    };
    if items.iter().filter(|item| label(item).is_some()).count() < 2 {
        return;
    }
    for at in 1..items.len() {
        let (before, rest) = items.split_at_mut(at);
        let (last, item) = (&before[at - 1], &mut rest[0]);
        let alike = match (last.parts().0, item.parts().0) {
            (Value::Named(last), Value::Named(item)) => last.same_names(item),
            (last, item) => !matches!(last, Value::Named(_)) && !matches!(item, Value::Named(_)),
        };
        if let (Some(note), None, true) = (label(last), label(item), alike) {
            let value = std::mem::replace(item, Value::Ellipsis);
            *item = value.with_notes(vec![note]);
        }
    }
}

/// Whether items are words, or statements about several things, of which `or` says that one holds.
fn are_statements(items: &[Value]) -> bool {
    let subject = |item: &Value| {
        item.parts().1.iter().find_map(|note| match (note.kind, &note.body) {
            (NoteKind::Sentence | NoteKind::Predicate, Value::Text(words)) => Some(words.clone()),
            _ => None,
        })
    };
    let name = |item: &Value| match item.parts().0 {
        Value::Named(named) => named.names.first().map(|name| name.text.clone()),
        _ => subject(item),
    };
    let states = |item: &Value| {
        subject(item).is_some()
            || matches!(
                item.parts().0,
                Value::Text(_)
                    | Value::Named(_)
                    | Value::Equation(_)
                    | Value::Inequality(..)
                    | Value::Disequation(_)
            )
    };
    let first = items.first().and_then(name);
    items.len() > 1
        && items.iter().all(states)
        && !(first.is_some() && items.iter().all(|item| name(item) == first))
}

/// Whether `and` or `or` stands between relations of one name, where the two are not the same: to residues of several
/// moduli, or to other unknowns. `x=1 \text{ and } x=2` lists what `x=1 \text{ or } x=2` does.
fn joined(separator: Separator, value: &Value) -> Option<Note> {
    let Value::Named(named) = value else { return None };
    let (Value::List(items), true) = (&named.value, named.parameters.is_empty()) else {
        return None;
    };
    let modulus = |item: &Value| match item {
        Value::Structure(Shape::Modulo, parts) => parts.get(1).cloned(),
        Value::Numbers(Numbers::Integers, Part::Even | Part::Odd) => Some(Expr::integer(2).into()),
        _ => None,
    };
    let is_of_unknowns = |item: &Value| {
        let letters = item.variables();
        let is_unknown = |letter: &Symbol| matches!(letter.as_str(), "x" | "y" | "z");
        !letters.is_empty() && letters.iter().all(is_unknown)
    };
    let first = modulus(&items[0]);
    let several = first.is_some() && items.iter().any(|item| modulus(item) != first);
    let word = match separator {
        Separator::Or => "or",
        Separator::And => "and",
        // Congruences in a row are a system.
        Separator::Comma | Separator::Semicolon if several => "and",
        Separator::Comma | Separator::Semicolon => return None,
    };
    let body = Value::Text(word.to_owned());
    (several || items.iter().all(is_of_unknowns)).then_some(Note { kind: NoteKind::Joined, body })
}

/// The longest list in which items are looked through for domains.
const MOST_DOMAINS: usize = 32;

/// Takes out of a list what says only where a letter of the others lies: `k \in \mathbb{Z}`, `n \ge 2`.
fn domains(items: &mut Vec<Value>) -> Vec<Note> {
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
fn share_bound(items: &mut [Value]) {
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

/// Whether a value has a condition that goes on with another relation: `x \text{ such that } x+y=0 \text{ or } xy=0`.
fn are_conditions(items: &[Value]) -> bool {
    let holds_under =
        |item: &Value| item.parts().1.iter().any(|note| note.kind == NoteKind::Condition);
    let is_relation = |item: &Value| {
        matches!(item, Value::Equation(_) | Value::Inequality(..) | Value::Disequation(_))
    };
    items.iter().any(holds_under) && items.iter().any(is_relation)
}

/// Whether all items are letters of options: of `A or B` one is left open, and `AB` are both.
fn are_options(items: &[Value]) -> bool {
    let is_option = |item: &Value| {
        matches!(item, Value::Mark(_))
            || matches!(item.as_expr(), Some(Expr::Variable(letter))
                if matches!(letter.as_str().as_bytes(), [b'A'..=b'H']))
    };
    items.len() > 1 && items.iter().all(is_option)
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
fn shared(items: &mut [Value]) -> Vec<Note> {
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

/// A bare list in normal form: what one name is given several times is one name with a list.
pub(super) fn listed(mut items: Vec<Value>) -> Value {
    if items.len() == 1
        && let Some(only) = items.pop()
    {
        return only;
    }
    let Some(Value::Named(first)) = items.first() else { return Value::List(items) };
    let scalar = |value: &Value| matches!(value, Value::Quantity(_) | Value::Ellipsis);
    let same = items.iter().all(|item| match item {
        Value::Named(named) => named.same_names(first) && named.parameters == first.parameters,
        other => scalar(other) && scalar(&first.value),
    });
    let unnamed_later = items.iter().skip_while(|item| matches!(item, Value::Named(_))).all(scalar);
    if !same || !unnamed_later || first.names.len() != 1 {
        return Value::List(items);
    }
    let head = Named {
        names: first.names.clone(),
        parameters: first.parameters.clone(),
        value: Value::Ellipsis,
    };
    let values = items
        .into_iter()
        .map(|item| match item {
            Value::Named(named) => named.value,
            other => other,
        })
        .collect();
    Value::Named(Box::new(Named { value: Value::List(values), ..head }))
}
