//! How the items of a list are told apart: by numbers, by words, by names.

use crate::canonical::Expr;
use crate::value::{NoteKind, Value};

/// How the items of a list are told apart.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Labels {
    None,
    /// `(1) 3; (2) 5`
    Parts,
    /// `Paolo: 18, Qing: 14`, and words for names: their order says nothing.
    Words,
    /// `x = 1, y = 2`: ordered by name.
    Names,
}

impl Labels {
    pub(super) fn of(items: &[Value]) -> Self {
        let noted = |kind: fn(&NoteKind) -> bool| {
            items.iter().all(|item| item.parts().1.iter().any(|note| kind(&note.kind)))
        };
        if items.len() < 2 {
            return Self::None;
        }
        if noted(|kind| matches!(kind, NoteKind::Part(_))) {
            return Self::Parts;
        }
        if noted(|kind| matches!(kind, NoteKind::Label)) {
            return Self::Words;
        }
        let names: Option<Vec<&str>> = items.iter().map(single_name).collect();
        match names {
            Some(names)
                if names.iter().enumerate().all(|(at, name)| !names[..at].contains(name)) =>
            {
                let words = names.iter().any(|name| {
                    name.chars().count() > 3
                        && name.chars().all(char::is_alphabetic)
                        && !is_greek(name)
                        && extreme(name).is_none()
                });
                if words { Self::Words } else { Self::Names }
            }
            _ => Self::None,
        }
    }
}

fn is_greek(name: &str) -> bool {
    matches!(
        name,
        "alpha"
            | "beta"
            | "gamma"
            | "delta"
            | "epsilon"
            | "zeta"
            | "theta"
            | "kappa"
            | "lambda"
            | "sigma"
            | "omega"
            | "Delta"
            | "Omega"
    )
}

pub(super) fn is_named(item: &Value) -> bool {
    matches!(item.parts().0, Value::Named(_))
}

/// Whether an item has a name or a label of its own.
pub(super) fn is_told_apart(item: &Value) -> bool {
    is_named(item) || is_labelled(item)
}

/// Whether an item has a label or is a numbered part.
pub(super) fn is_labelled(item: &Value) -> bool {
    item.parts().1.iter().any(|note| matches!(note.kind, NoteKind::Part(_) | NoteKind::Label))
}

/// Whether something is remarked of an item, as `double root`.
pub(super) fn is_remarked(item: &Value) -> bool {
    item.parts().1.iter().any(|note| note.kind == NoteKind::Remark)
}

fn single_name(item: &Value) -> Option<&str> {
    match item.parts().0 {
        Value::Named(named) => match &named.names[..] {
            [name] => Some(&name.text),
            _ => None,
        },
        _ => None,
    }
}

/// The least comes before the greatest.
fn extreme(name: &str) -> Option<u8> {
    let name = name.to_lowercase();
    match &name[..] {
        "min" | "minimum" | "minimumvalue" | "smallest" | "least" => Some(0),
        "max" | "maximum" | "maximumvalue" | "largest" | "greatest" => Some(1),
        _ => None,
    }
}

/// The values of a list by their names.
pub(super) fn by_name(items: &[Value]) -> Vec<Value> {
    let mut named: Vec<(&str, &Value)> =
        items.iter().filter_map(|item| Some((single_name(item)?, item))).collect();
    // `x = -5, p = 3` says its order itself; `y = 2, x = 1` has that of the alphabet.
    let letters: Option<Vec<u32>> = named
        .iter()
        .map(|(name, _)| {
            let mut letters = name.chars();
            letters.next().filter(|_| letters.next().is_none()).map(u32::from)
        })
        .collect();
    let neighbours = letters.is_none_or(|mut letters| {
        letters.sort_unstable();
        letters.windows(2).all(|pair| pair[1] == pair[0] + 1)
    });
    if neighbours {
        named.sort_by_key(|(name, _)| (extreme(name), *name));
    }
    named.into_iter().map(|(_, item)| without_name(item)).collect()
}

/// The values of a list by the numbers of their parts.
pub(super) fn in_parts(items: &[Value]) -> Vec<Value> {
    let ordinal = |item: &Value| {
        item.parts().1.iter().find_map(|note| match note.kind {
            NoteKind::Part(ordinal) => Some(ordinal),
            _ => None,
        })
    };
    let mut sorted: Vec<&Value> = items.iter().collect();
    sorted.sort_by_key(|item| ordinal(item));
    sorted.into_iter().map(|item| without(item, |kind| matches!(kind, NoteKind::Part(_)))).collect()
}

pub(super) fn without_labels(items: &[Value]) -> Vec<Value> {
    items
        .iter()
        .map(|item| without_name(&without(item, |kind| matches!(kind, NoteKind::Label))))
        .collect()
}

/// A value without its notes of a kind.
fn without(item: &Value, is: fn(&NoteKind) -> bool) -> Value {
    let (value, notes) = item.clone().into_parts();
    value.with_notes(notes.into_iter().filter(|note| !is(&note.kind)).collect())
}

fn without_name(value: &Value) -> Value {
    let (value, notes) = value.clone().into_parts();
    match value {
        Value::Named(named) => named.value.with_notes(notes),
        other => other.with_notes(notes),
    }
}

/// Whether a list answers one question after the other: `True, False, True`, `T, F`, `A, B, A`.
pub(super) fn in_turn(items: &[Value]) -> bool {
    let letter = |item: &Value| -> Option<char> {
        match item.parts().0 {
            Value::Choice(letter, None) => Some(*letter),
            value => match value.as_expr()? {
                Expr::Variable(name) => {
                    let mut letters = name.as_str().chars();
                    letters.next().filter(|_| letters.next().is_none())
                }
                _ => None,
            },
        }
    };
    if items.iter().all(|item| matches!(item.parts().0, Value::Truth(_))) {
        return true;
    }
    let Some(letters) = items.iter().map(letter).collect::<Option<Vec<char>>>() else {
        return false;
    };
    let repeats = (1..letters.len()).any(|at| letters[..at].contains(&letters[at]));
    repeats || letters.iter().all(|letter| matches!(letter, 'T' | 'F' | 'Y' | 'N'))
}
