//! Piecewise functions: values with the conditions under which they hold.

use super::{Lowered, Lowering};
use crate::read::NodeId;
use crate::value::{Named, Note, NoteKind, Shape, Value};

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
    let (mut head, mut letter) = (None, None);
    let mut cases = Vec::with_capacity(items.len());
    for (at, item) in items.iter().enumerate() {
        let (value, [Note { kind: NoteKind::Condition | NoteKind::Domain(_), body }]) =
            item.parts()
        else {
            return None;
        };
        match body {
            Value::Named(named) if matches!(named.value, Value::Reals(_)) => {
                let [name] = &named.names[..] else { return None };
                if letter.replace(&name.text).is_some_and(|other| *other != name.text) {
                    return None;
                }
            }
            Value::Text(words) if words == "otherwise" && at + 1 == items.len() => {}
            _ => return None,
        }
        let value = match value {
            Value::Quantity(_) => value.clone(),
            // `f(x) = 1 \text{ if } x > 0`
            Value::Named(named) if at == 0 && matches!(named.value, Value::Quantity(_)) => {
                head = Some(named);
                named.value.clone()
            }
            _ => return None,
        };
        cases.push(Value::Structure(Shape::Case, vec![value, body.clone()]));
    }
    // Of one condition for all, the letter is a parameter.
    if items.windows(2).all(|pair| pair[0].parts().1 == pair[1].parts().1) {
        return None;
    }
    let whole = Value::Structure(Shape::Piecewise, cases);
    Some(match head {
        Some(head) => Value::Named(Box::new(Named { value: whole, ..(**head).clone() })),
        None => whole,
    })
}
