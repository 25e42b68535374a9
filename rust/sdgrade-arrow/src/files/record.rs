//! What stands in a row of the input: its responses, and what belongs to each.

use crate::files::choose::Taken;
use crate::files::path::Path;
use crate::files::rollout::{self, Response};
use crate::files::value::{self, Shape, Value};
use crate::layouts::Role;

/// A row of the input.
pub(crate) trait Record<'a> {
    type Value: Value<'a>;

    /// Its texts are known to be UTF-8.
    fn is_utf8(&self) -> bool;

    /// What stands in a column, if anything.
    fn value(&self, column: usize) -> Option<Self::Value>;
}

/// What stands at the end of a path into a row.
pub(crate) fn at<'a, R: Record<'a>>(
    record: &R,
    path: &Path,
) -> Result<Vec<Option<R::Value>>, String> {
    match record.value(path.column) {
        Some(value) if path.is_flat() => Ok(vec![Some(value)]),
        Some(value) => value::follow(&value, &path.steps),
        None => Ok(Vec::new()),
    }
}

/// The items of a list, or the value itself.
pub(crate) fn items<'a, V: Value<'a>>(value: &V) -> Result<Vec<V>, String> {
    Ok(match value.shape()? {
        Shape::List(items) => items,
        _ => vec![value.clone()],
    })
}

/// The responses of a row. A row always has one, be it null.
pub(crate) fn responses<'a, R: Record<'a>>(
    taken: &Taken,
    record: &R,
) -> Result<Vec<Response<'a>>, String> {
    let mut found = Vec::new();
    for path in &taken.responses {
        for value in at(record, path)? {
            match value {
                Some(value) => rollout::responses(&value, &mut found)
                    .map_err(|what| format!("column {:?} {what}", path.to_string()))?,
                None => found.push(Response::default()),
            }
        }
    }
    if let Some(path) = taken.other(Role::Thought) {
        let mut thoughts = Vec::new();
        for value in at(record, path)?.iter().flatten() {
            thoughts.extend(items(value)?);
        }
        if thoughts.len() == found.len() {
            for (response, thought) in found.iter_mut().zip(thoughts) {
                if response.thought.is_none() {
                    response.thought = rollout::question(&thought)?.filter(|text| !text.is_empty());
                }
            }
        }
    }
    if found.is_empty() {
        found.push(Response::default());
    }
    Ok(found)
}

/// The texts in which a thought may be marked: of responses that have none apart from it.
pub(crate) fn texts<'r>(responses: &'r [Response<'_>]) -> impl Iterator<Item = &'r [u8]> {
    responses.iter().filter(|said| said.thought.is_none()).filter_map(|said| said.text.as_deref())
}

/// So much of a response as is kept to tell how thoughts end: the beginning and the end of a long one.
pub(crate) fn heard(text: &[u8]) -> Vec<u8> {
    let most = crate::files::objects::CHUNK;
    if text.len() <= 2 * most {
        return text.to_vec();
    }
    [&text[..most], b"\n", &text[text.len() - most..]].concat()
}

/// What belongs to each of `count` responses: one each, or one for all.
pub(crate) fn each<'a, R: Record<'a>>(
    record: &R,
    taken: &Taken,
    role: Role,
    count: usize,
) -> Result<Vec<Option<R::Value>>, String> {
    let Some(path) = taken.other(role) else { return Ok(vec![None; count]) };
    let mut found = at(record, path)?;
    if let [Some(only)] = found.as_slice()
        && let Shape::List(items) = only.shape()?
        && items.len() == count
    {
        found = items.into_iter().map(Some).collect();
    }
    match found.len() {
        0 => Ok(vec![None; count]),
        same if same == count => Ok(found),
        1 => Ok(vec![found[0].clone(); count]),
        other => {
            Err(format!("column {:?} has {other} values for {count} responses", path.to_string()))
        }
    }
}

/// The decode parameters of each response, as `temperature=0.6 top_p=0.95`.
pub(crate) fn decoding<'a, R: Record<'a>>(
    record: &R,
    taken: &Taken,
    count: usize,
) -> Result<Vec<String>, String> {
    let mut texts = vec![String::new(); count];
    for path in taken.decoding.iter().flatten() {
        let name = path.steps.last().map_or("", String::as_str);
        let values = at(record, path)?;
        for (number, value) in values.iter().enumerate() {
            let said = value.as_ref().map(rollout::parameter).transpose()?.flatten();
            let Some(said) = said else { continue };
            // As many as there are responses are one of each, else they are those of all.
            let of = if values.len() == count { number..number + 1 } else { 0..count };
            for text in &mut texts[of] {
                let space = if text.is_empty() { "" } else { " " };
                text.extend([space, name, "=", &said]);
            }
        }
    }
    Ok(texts)
}
