//! Piecewise functions: values with the conditions under which they hold.

use super::{Lowered, Lowering};
use crate::canonical::Expr;
use crate::read::NodeId;
use crate::value::{Name, Named, Note, NoteKind, Numbers, Part, Shape, Value};
use std::borrow::Cow;

impl Lowering<'_> {
    pub(super) fn piecewise(&mut self, cases: &[NodeId]) -> Lowered<Value> {
        let mut parts = Vec::with_capacity(cases.len() / 2);
        for case in cases.chunks_exact(2) {
            let pair = vec![self.value(case[0])?, self.value(case[1])?];
            parts.push(Value::Structure(Shape::Case, pair));
        }
        Ok(Value::Structure(Shape::Piecewise, parts))
    }
}

/// `1 \text{ if } x > 0, 0 \text{ otherwise}`: items that hold under conditions on one letter, as the cases of one value.
pub(super) fn from_items(items: &[Value]) -> Option<Value> {
    if items.len() < 2 {
        return None;
    }
    let pairs = conditional(items).or_else(|| alternating(items)).or_else(|| sequence(items))?;
    let (mut head, mut letter) = (None::<&Named>, None);
    let mut cases = Vec::with_capacity(pairs.len());
    for (at, (value, condition)) in pairs.iter().enumerate() {
        match &**condition {
            Value::Named(named) if tells_cases_apart(&named.value) => {
                let [name] = &named.names[..] else { return None };
                if letter.get_or_insert(&name.text) != &&name.text {
                    return None;
                }
            }
            Value::Text(words) if words == "otherwise" && at + 1 == pairs.len() => {}
            _ => return None,
        }
        let value = match value {
            Value::Quantity(_) => (*value).clone(),
            // `f(x) = 1 \text{ if } x > 0`, and again `f(x) = 2` or not
            Value::Named(named)
                if matches!(named.value, Value::Quantity(_))
                    && (at == 0 || head.is_some_and(|head| head.same_names(named))) =>
            {
                head = Some(named);
                named.value.clone()
            }
            _ => return None,
        };
        cases.push(Value::Structure(Shape::Case, vec![value, condition.clone().into_owned()]));
    }
    // Of one condition for all, the letter is a parameter.
    if pairs.windows(2).all(|pair| pair[0].1 == pair[1].1) {
        return None;
    }
    let whole = Value::Structure(Shape::Piecewise, cases);
    Some(match head {
        Some(head) => Value::Named(Box::new(Named { value: whole, ..head.clone() })),
        None => whole,
    })
}

/// Values, each with the condition under which it holds.
type Pairs<'a> = Vec<(&'a Value, Cow<'a, Value>)>;

/// Items that each have their condition as a note.
fn conditional(items: &[Value]) -> Option<Pairs<'_>> {
    items
        .iter()
        .map(|item| match item.parts() {
            (value, [Note { kind: NoteKind::Condition | NoteKind::Domain(_), body }]) => {
                Some((value, Cow::Borrowed(body)))
            }
            _ => None,
        })
        .collect()
}

/// `y = x, x > 0, y = -x, x < 0`: values and bounds in turn, twice or more.
fn alternating(items: &[Value]) -> Option<Pairs<'_>> {
    let bounds = |item: &Value| matches!(item, Value::Named(named) if matches!(named.value, Value::Reals(_)));
    if items.len() < 4 || !items.len().is_multiple_of(2) {
        return None;
    }
    items
        .chunks_exact(2)
        .map(|pair| {
            (!bounds(&pair[0]) && bounds(&pair[1])).then(|| (&pair[0], Cow::Borrowed(&pair[1])))
        })
        .collect()
}

/// `a_1 = 1, a_n = 2n (n \ge 2)`: terms of a sequence, and the rest of it from a bound on. The rest comes first, as it
/// names the whole.
fn sequence(items: &[Value]) -> Option<Pairs<'_>> {
    let rest = items.iter().position(|item| !item.parts().1.is_empty())?;
    let (general, [Note { kind: NoteKind::Condition | NoteKind::Domain(_), body }]) =
        items[rest].parts()
    else {
        return None;
    };
    let (Value::Named(head), Value::Named(bound)) = (general, body) else { return None };
    let ([head], [letter]) = (&head.names[..], &bound.names[..]) else { return None };
    let name = head.text.strip_suffix(&*letter.text)?;
    let mut pairs = vec![(general, Cow::Borrowed(body))];
    for item in items[..rest].iter().chain(&items[rest + 1..]) {
        let Value::Named(term) = item else { return None };
        let [Name { text, .. }] = &term.names[..] else { return None };
        let index: i64 = text.strip_prefix(name)?.parse().ok()?;
        let at = Named { value: Expr::integer(index).into(), ..(**bound).clone() };
        pairs.push((&term.value, Cow::Owned(Value::Named(Box::new(at)))));
    }
    name.ends_with('_').then_some(pairs)
}

/// Whether what a letter is said to be may be a case: a number, some reals, a class of integers.
fn tells_cases_apart(value: &Value) -> bool {
    let is_class = |value: &Value| matches!(value, Value::Structure(Shape::Modulo, _));
    match value {
        Value::Reals(_)
        | Value::Quantity(_)
        | Value::Numbers(Numbers::Integers, Part::Even | Part::Odd) => true,
        Value::List(items) => items.iter().all(is_class),
        other => is_class(other),
    }
}
