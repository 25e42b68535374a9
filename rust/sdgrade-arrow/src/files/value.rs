//! Values in a row, whatever file they stand in.

use std::borrow::Cow;

/// A value in a row of a file.
pub(crate) trait Value<'a>: Clone {
    /// What it is.
    fn shape(&self) -> Result<Shape<'a, Self>, String>;

    /// A member of an object.
    fn member(&self, name: &str) -> Option<Self>;
}

/// What a value is.
pub(crate) enum Shape<'a, V> {
    Null,
    Flag(bool),
    /// As it is written.
    Number(Cow<'a, str>),
    Text(Cow<'a, [u8]>),
    List(Vec<V>),
    Object,
}

/// What stands at the end of a path; `None` for each place where there is nothing.
pub(crate) fn follow<'a, V: Value<'a>>(
    value: &V,
    steps: &[String],
) -> Result<Vec<Option<V>>, String> {
    let mut found = Vec::new();
    walk(value, steps, &mut found)?;
    Ok(found)
}

fn walk<'a, V: Value<'a>>(
    value: &V,
    steps: &[String],
    found: &mut Vec<Option<V>>,
) -> Result<(), String> {
    let Some((step, rest)) = steps.split_first() else {
        found.push(Some(value.clone()));
        return Ok(());
    };
    match value.shape()? {
        Shape::List(items) => match step.parse::<isize>() {
            Ok(number) => {
                let index = if number < 0 {
                    items.len().checked_sub(number.unsigned_abs())
                } else {
                    Some(number.unsigned_abs())
                };
                match index.and_then(|index| items.get(index)) {
                    Some(item) => walk(item, rest, found)?,
                    None => found.push(None),
                }
            }
            Err(_) => items.iter().try_for_each(|item| walk(item, steps, found))?,
        },
        Shape::Object => match value.member(step) {
            Some(inner) => walk(&inner, rest, found)?,
            None => found.push(None),
        },
        _ => found.push(None),
    }
    Ok(())
}
