//! The columns of a file of JSON objects: the keys of its objects, and what they hold.

use std::path::Path;

use arrow_schema::{DataType, Field, Fields};

use crate::Error;
use crate::files::header::{Columns, Kind};
use crate::files::in_order::in_order;
use crate::files::json_value::JsonValue;
use crate::files::objects::Objects;
use crate::files::value::{Shape, Value, follow};

/// What the first reading finds: the keys in order of appearance.
#[derive(Debug, Default)]
pub(crate) struct Keys(pub(crate) Vec<Key>);

#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: String,
    kind: Content,
    /// What the items of its lists are.
    pub(crate) item: Content,
    /// Objects or lists were there.
    pub(crate) nested: bool,
    /// Where objects or lists were there, one of them.
    example: Option<String>,
    /// Its first value, shortened.
    first: String,
}

/// What a column holds. The order of the variants is that of the test, not of meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Null,
    Boolean,
    /// Whole numbers that a double holds exactly.
    Small,
    /// Whole numbers of 64 bits.
    Whole,
    Number,
    Text,
    /// Anything else: kept as JSON text.
    Json,
}

impl Content {
    fn of(value: JsonValue<'_>) -> Self {
        match value.0.as_bytes().first() {
            Some(b'n') | None => Self::Null,
            Some(b't' | b'f') => Self::Boolean,
            Some(b'"') => Self::Text,
            Some(b'[' | b'{') => Self::Json,
            Some(_) => match value.0.parse::<i64>() {
                Ok(whole) if whole.unsigned_abs() <= 1 << 53 => Self::Small,
                Ok(_) => Self::Whole,
                Err(_) if value.0.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') => {
                    Self::Json
                }
                Err(_) => Self::Number,
            },
        }
    }

    fn join(self, other: Self) -> Self {
        match (self, other) {
            (same, other) if same == other => same,
            (Self::Null, kind) | (kind, Self::Null) => kind,
            (Self::Small, Self::Whole) | (Self::Whole, Self::Small) => Self::Whole,
            (Self::Small, Self::Number) | (Self::Number, Self::Small) => Self::Number,
            _ => Self::Json,
        }
    }

    pub(crate) fn data_type(self) -> DataType {
        match self {
            Self::Boolean => DataType::Boolean,
            Self::Small | Self::Whole => DataType::Int64,
            Self::Number => DataType::Float64,
            Self::Null | Self::Text | Self::Json => DataType::Utf8,
        }
    }
}

/// Bytes of lists of which it is looked at what the items are; those of longer ones are kept as text.
const LONGEST: usize = 1 << 14;
/// Characters of a value that a message shows.
const SHOWN: usize = 40;

impl Key {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            kind: Content::Null,
            item: Content::Null,
            nested: false,
            example: None,
            first: String::new(),
        }
    }

    /// Takes note of one value.
    fn see(&mut self, value: JsonValue<'_>) -> Result<(), String> {
        let kind = Content::of(value);
        self.kind = self.kind.join(kind);
        if self.first.is_empty() {
            self.first = shortened(value.0);
        }
        if kind == Content::Json && value.0.starts_with(['[', '{']) {
            self.nested = true;
            if self.example.is_none() && value.0.trim_end_matches([']', '}']).len() > 1 {
                self.example = Some(value.0.to_owned());
            }
            if value.0.starts_with('[') && value.0.len() > LONGEST {
                self.item = Content::Json;
            } else if value.0.starts_with('[') && self.item != Content::Json {
                for item in value.items()? {
                    self.item = self.item.join(Content::of(item));
                }
            }
        }
        Ok(())
    }

    /// Adds what was found further down in the file.
    fn merge(&mut self, later: Self) {
        self.kind = self.kind.join(later.kind);
        self.item = self.item.join(later.item);
        self.nested |= later.nested;
        self.example = self.example.take().or(later.example);
    }
}

impl Keys {
    fn see(&mut self, name: &str, value: JsonValue<'_>) -> Result<(), String> {
        let index = self.0.iter().position(|key| key.name == name).unwrap_or_else(|| {
            self.0.push(Key::new(name));
            self.0.len() - 1
        });
        self.0[index].see(value)
    }

    fn merge(&mut self, later: Self) {
        for key in later.0 {
            match self.0.iter_mut().find(|known| known.name == key.name) {
                Some(known) => known.merge(key),
                None => self.0.push(key),
            }
        }
    }

    pub(crate) fn fields(&self) -> Fields {
        self.0.iter().map(|key| Field::new(&key.name, key.kind.data_type(), true)).collect()
    }

    /// An example of what stands at the end of a path.
    fn example(&self, column: usize, steps: &[String]) -> Option<JsonValue<'_>> {
        let example = JsonValue(self.0[column].example.as_deref()?);
        follow(&example, steps).ok()?.into_iter().flatten().next()
    }
}

/// The names of an object's members, or of those of all objects in a list.
fn members(value: JsonValue<'_>) -> Vec<String> {
    if value.0.starts_with('[') {
        let items = value.items().unwrap_or_default();
        return items.into_iter().flat_map(members).collect();
    }
    if !value.0.starts_with('{') {
        return Vec::new();
    }
    value.members().map_while(Result::ok).map(|(name, _)| name.into_owned()).collect()
}

impl Columns for Keys {
    fn names(&self) -> Vec<&str> {
        self.0.iter().map(|key| key.name.as_str()).collect()
    }

    fn kind(&self, column: usize, steps: &[String]) -> Option<Kind> {
        let key = &self.0[column];
        if steps.is_empty() && !key.nested {
            let flag = key.kind == Content::Boolean;
            return Some(if flag { Kind::Flag } else { Kind::Plain });
        }
        let Some(value) = self.example(column, steps) else {
            // An empty list or object.
            return steps.is_empty().then_some(Kind::Nested);
        };
        Some(match value.shape() {
            Ok(Shape::Flag(_)) => Kind::Flag,
            Ok(Shape::List(items)) if is_texts(&items) => Kind::Texts,
            Ok(Shape::List(_) | Shape::Object) => Kind::Nested,
            _ => Kind::Plain,
        })
    }

    fn members(&self, column: usize, steps: &[String]) -> Vec<String> {
        self.example(column, steps).map(members).unwrap_or_default()
    }

    fn is_list(&self, column: usize, steps: &[String]) -> bool {
        self.example(column, steps).is_some_and(|value| value.0.starts_with('['))
    }

    fn is_whole(&self, column: usize) -> bool {
        matches!(self.0[column].kind, Content::Small | Content::Whole)
    }

    fn first(&self, column: usize) -> Option<String> {
        Some(self.0[column].first.clone())
    }

    fn first_row(&self) -> String {
        let shown = |key: &Key| format!("{:?}: {}", key.name, key.first);
        let members: Vec<String> = self.0.iter().map(shown).collect();
        if members.is_empty() { String::new() } else { format!("{{{}}}", members.join(", ")) }
    }
}

fn is_texts(items: &[JsonValue<'_>]) -> bool {
    let first = items.iter().find(|item| item.0 != "null");
    match first.map(Value::shape) {
        Some(Ok(Shape::List(items))) => is_texts(&items),
        Some(Ok(Shape::Text(_))) => true,
        _ => false,
    }
}

/// Reads a file for its columns.
pub(crate) fn scan(
    input: &Path,
    chunks: impl Iterator<Item = Result<Objects, Error>> + Send,
    threads: usize,
) -> Result<Keys, Error> {
    let mut keys = Keys::default();
    let work = |(): &mut (), chunk: Result<Objects, Error>| {
        let mut keys = Keys::default();
        chunk?.each(input, |place, members| {
            for (key, value) in members {
                keys.see(key, *value).map_err(|what| place.bad(input, what))?;
            }
            Ok::<(), Error>(())
        })?;
        Ok(keys)
    };
    in_order(
        threads,
        chunks,
        || (),
        work,
        |found| {
            keys.merge(found);
            Ok(())
        },
    )?;
    Ok(keys)
}

/// The beginning of a value, on one line.
fn shortened(json: &str) -> String {
    let mut shown = String::new();
    for (count, word) in json.split_ascii_whitespace().take(SHOWN).enumerate() {
        if count > 0 {
            shown.push(' ');
        }
        shown.extend(word.chars().take(SHOWN + 1));
    }
    match shown.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &shown[..end]),
        None => shown,
    }
}
