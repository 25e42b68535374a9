//! Values of JSON text, read where they stand.

use std::borrow::Cow;

use crate::files::cut::MAX_DEPTH;
use crate::files::value::{Shape, Value};

/// A JSON value as it is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct JsonValue<'a>(pub(crate) &'a str);

impl<'a> JsonValue<'a> {
    /// A text that is one JSON value, not too deep.
    pub(crate) fn parse(text: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        let whole = crate::files::cut::depth(text.as_bytes()) <= MAX_DEPTH
            && sonic_rs::from_str::<sonic_rs::LazyValue<'_>>(text).is_ok();
        whole.then_some(Self(text))
    }

    /// The members of an object, as they are written.
    pub(crate) fn members(self) -> impl Iterator<Item = Result<(Cow<'a, str>, Self), String>> {
        sonic_rs::to_object_iter(self.0).map(|pair| {
            let (key, value) = pair.map_err(|error| told(&error))?;
            Ok((key, raw(&value)?))
        })
    }

    /// The items of a list, as they are written.
    pub(crate) fn items(self) -> Result<Vec<Self>, String> {
        sonic_rs::to_array_iter(self.0)
            .map(|item| raw(&item.map_err(|error| told(&error))?))
            .collect()
    }

    /// The same with the list in the place of each list that has `count` items replaced by its item
    /// `index`, within objects too.
    pub(crate) fn item(self, count: usize, index: usize) -> Result<Cow<'a, str>, String> {
        match self.0.as_bytes().first() {
            Some(b'[') => {
                let items = self.items()?;
                Ok(Cow::Borrowed(if items.len() == count { items[index].0 } else { self.0 }))
            }
            Some(b'{') => {
                let mut text = String::from("{");
                for pair in self.members() {
                    let (key, value) = pair?;
                    let comma = if text.len() > 1 { ", " } else { "" };
                    let key = sonic_rs::to_string(key.as_ref()).map_err(|error| told(&error))?;
                    text += comma;
                    text += &key;
                    text += ": ";
                    text += &value.item(count, index)?;
                }
                text.push('}');
                Ok(Cow::Owned(text))
            }
            _ => Ok(Cow::Borrowed(self.0)),
        }
    }

    /// The text of a JSON string. A lone surrogate becomes U+FFFD.
    fn text(self) -> Result<Cow<'a, str>, String> {
        let inside = &self.0[1..self.0.len() - 1];
        if memchr::memchr(b'\\', inside.as_bytes()).is_none() {
            return Ok(Cow::Borrowed(inside));
        }
        sonic_rs::from_str::<String>(self.0)
            .or_else(|_| {
                let mut lossy = sonic_rs::Deserializer::from_str(self.0).utf8_lossy();
                lossy.deserialize::<String>()
            })
            .map(Cow::Owned)
            .map_err(|error| format!("holds a string that is no JSON: {}", told(&error)))
    }
}

/// A value as it is written, which is a part of the text it was read from.
fn raw<'a>(value: &sonic_rs::LazyValue<'a>) -> Result<JsonValue<'a>, String> {
    match value.as_raw_cow() {
        Cow::Borrowed(text) => Ok(JsonValue(text)),
        Cow::Owned(_) => Err("is not part of its row".to_owned()),
    }
}

impl<'a> Value<'a> for JsonValue<'a> {
    fn shape(&self) -> Result<Shape<'a, Self>, String> {
        Ok(match self.0.as_bytes().first() {
            Some(b'"') => match self.text()? {
                Cow::Borrowed(text) => Shape::Text(Cow::Borrowed(text.as_bytes())),
                Cow::Owned(text) => Shape::Text(Cow::Owned(text.into_bytes())),
            },
            Some(b'[') => Shape::List(self.items()?),
            Some(b'{') => Shape::Object,
            Some(b't') => Shape::Flag(true),
            Some(b'f') => Shape::Flag(false),
            Some(b'n') | None => Shape::Null,
            _ => Shape::Number(Cow::Borrowed(self.0)),
        })
    }

    fn member(&self, name: &str) -> Option<Self> {
        if !self.0.starts_with('{') {
            return None;
        }
        // Of a key that stands twice the last value counts, as in Python.
        let mut found = None;
        for pair in sonic_rs::to_object_iter(self.0) {
            let (key, value) = pair.ok()?;
            if key == name {
                found = raw(&value).ok();
            }
        }
        found
    }
}

/// The message of a JSON error, without the text that it shows and its place there: which line of the
/// file it is is said before.
pub(crate) fn told(error: &sonic_rs::Error) -> String {
    let message = error.to_string();
    let first = message.lines().next().unwrap_or_default();
    first.split(" at line ").next().unwrap_or_default().to_owned()
}
