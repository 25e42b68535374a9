//! Regrades JSON objects, whatever file they come from.
//!
//! The file is read twice: once for the names and kinds of its columns, once for the rows. A column
//! of texts, whole numbers, numbers or booleans becomes such a column; of anything else, or of
//! several kinds, the JSON is kept as text.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Float64Builder, Int64Builder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Fields, Schema};
use sonic_rs::{JsonType, JsonValueTrait, LazyValue};

use crate::columns::{FileGrader, LOOPED, Plan};
use crate::in_order::in_order;
use crate::layout::{self, find};
use crate::output::{Output, Rows};
use crate::{Counts, Error, Meter, Options};

/// Bytes of objects that are worked on at a time, unless one is larger.
pub(crate) const CHUNK: usize = 1 << 20;

/// Some of the file's objects, in its order.
pub(crate) struct Objects {
    pub(crate) text: Vec<u8>,
    /// Where each object stands in the file, and where in `text`.
    pub(crate) places: Vec<(Place, Range<usize>)>,
    /// Bytes of the file that were read for them.
    pub(crate) file_bytes: u64,
}

/// Where an object stands, for messages.
pub(crate) enum Place {
    /// The line, from 1.
    Line(u64),
    /// The member of an archive.
    Member(String),
}

/// Regrades the objects that each call of `open` gives from the start.
pub(crate) fn regrade<Chunks: Iterator<Item = Result<Objects, Error>> + Send>(
    input: &Path,
    open: impl Fn(&Path) -> Result<Chunks, Error>,
    output: &Output,
    options: &Options,
    meter: &Meter<'_>,
) -> Result<Counts, Error> {
    let keys = scan(input, open(input)?, options.threads)?;
    let columns = (options.gold_column.as_deref(), options.response_column.as_deref());
    let (gold, response) = if keys.0.is_empty() {
        // No rows: nothing to find, and nothing to miss.
        (vec![String::new()], vec![String::new()])
    } else {
        find(columns.0, columns.1, |path| keys.has(path))
            .map_err(|message| Error::input(input, message))?
    };
    let fields = keys.fields();
    let is_nested = |index: usize| keys.0[index].nested;
    let plan = Plan::new(&fields, &response[0], is_nested, options.keep_text);
    let schema = Arc::new(Schema::new(plan.output_fields(&fields)));
    let mut rows = Rows::new(output, &schema)?;
    let mut counts = Counts::default();

    let grade = |grader: &mut FileGrader<'_>, chunk: Result<Objects, Error>| {
        let chunk = chunk?;
        let mut kept: Vec<Values> =
            plan.kept.iter().map(|(index, _)| Values::of(fields[*index].data_type())).collect();
        chunk.each(input, |place, object| {
            let mut values: Vec<Option<LazyValue<'_>>> = vec![None; fields.len()];
            for pair in sonic_rs::to_object_iter(object) {
                let (key, value) = pair.map_err(|error| place.bad(input, told(&error)))?;
                if let Some((index, _)) = fields.find(&key) {
                    values[index] = Some(value);
                }
            }
            let text = |path: &layout::Path| {
                let (index, _) =
                    fields.find(&path[0]).ok_or_else(|| place.bad(input, "unknown column"))?;
                let value = values[index].as_ref().map(LazyValue::as_raw_str);
                text_at(value, &path[1..]).map_err(|what| {
                    place.bad(input, format_args!("column {:?} {what}", path.join(".")))
                })
            };
            let (gold, response) = (text(&gold)?, text(&response)?);
            let looped = fields
                .find(LOOPED)
                .and_then(|(index, _)| values[index].as_ref()?.as_bool())
                .unwrap_or(false);
            grader.push(
                gold.as_ref().map(|text| text.as_bytes()),
                response.as_ref().map(|text| text.as_bytes()),
                looped,
            );
            for ((index, _), column) in plan.kept.iter().zip(&mut kept) {
                column.push(values[*index].as_ref()).map_err(|what| place.bad(input, what))?;
            }
            Ok(())
        })?;
        let columns = kept.into_iter().map(Values::finish).chain(grader.take_columns()).collect();
        let batch = RecordBatch::try_new(Arc::clone(&schema), columns)
            .map_err(|error| Error::input(input, error))?;
        let mut done = std::mem::take(&mut grader.counts);
        done.file_bytes = chunk.file_bytes;
        if meter(&done).is_break() { Err(Error::Interrupted) } else { Ok((batch, done)) }
    };
    in_order(
        options.threads,
        open(input)?,
        || FileGrader::new(&options.policy, &options.format, plan.knows_loops),
        grade,
        |(batch, done)| {
            counts += done;
            rows.write(&batch)
        },
    )?;
    rows.close()?;
    Ok(counts)
}

/// What the first reading finds: the keys in order of appearance.
#[derive(Debug, Default)]
struct Keys(Vec<Key>);

#[derive(Debug)]
struct Key {
    name: String,
    kind: Kind,
    /// Objects or lists were there.
    nested: bool,
    /// Where objects were there, one of them.
    example: Option<String>,
}

/// What a column holds. The order of the variants is that of the test, not of meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
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

impl Kind {
    fn of(value: &LazyValue<'_>) -> Self {
        match value.get_type() {
            JsonType::Null => Self::Null,
            JsonType::Boolean => Self::Boolean,
            JsonType::String => Self::Text,
            JsonType::Number => match value.as_i64() {
                Some(whole) if whole.unsigned_abs() <= 1 << 53 => Self::Small,
                Some(_) => Self::Whole,
                None if value
                    .as_raw_str()
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b'-') =>
                {
                    Self::Json
                }
                None => Self::Number,
            },
            JsonType::Object | JsonType::Array => Self::Json,
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
}

impl Keys {
    /// Takes note of one value.
    fn see(&mut self, name: &str, value: &LazyValue<'_>) {
        let kind = Kind::of(value);
        let nested = value.is_object() || value.is_array();
        let index = self.0.iter().position(|key| key.name == name).unwrap_or_else(|| {
            self.0.push(Key { name: name.to_owned(), kind, nested, example: None });
            self.0.len() - 1
        });
        let key = &mut self.0[index];
        key.kind = key.kind.join(kind);
        key.nested |= nested;
        if key.example.is_none() && value.is_object() {
            key.example = Some(value.as_raw_str().to_owned());
        }
    }

    /// Adds what was found further down in the file.
    fn merge(&mut self, later: Self) {
        for key in later.0 {
            match self.0.iter_mut().find(|known| known.name == key.name) {
                Some(known) => {
                    known.kind = known.kind.join(key.kind);
                    known.nested |= key.nested;
                    known.example = known.example.take().or(key.example);
                }
                None => self.0.push(key),
            }
        }
    }

    fn has(&self, path: &[String]) -> bool {
        let Some(key) = path.first().and_then(|name| self.0.iter().find(|key| key.name == *name))
        else {
            return false;
        };
        path.len() == 1
            || key
                .example
                .as_ref()
                .is_some_and(|example| sonic_rs::get(example.as_str(), &path[1..]).is_ok())
    }

    fn fields(&self) -> Fields {
        let data_type = |kind| match kind {
            Kind::Boolean => DataType::Boolean,
            Kind::Small | Kind::Whole => DataType::Int64,
            Kind::Number => DataType::Float64,
            Kind::Null | Kind::Text | Kind::Json => DataType::Utf8,
        };
        self.0.iter().map(|key| Field::new(&key.name, data_type(key.kind), true)).collect()
    }
}

fn scan(
    input: &Path,
    chunks: impl Iterator<Item = Result<Objects, Error>> + Send,
    threads: usize,
) -> Result<Keys, Error> {
    let mut keys = Keys::default();
    let work = |(): &mut (), chunk: Result<Objects, Error>| {
        let mut keys = Keys::default();
        chunk?.each(input, |place, object| {
            for pair in sonic_rs::to_object_iter(object) {
                let (key, value) = pair.map_err(|error| place.bad(input, told(&error)))?;
                keys.see(&key, &value);
            }
            Ok(())
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

/// The text at the end of a path into a JSON value. See [`crate::Layout`] for what a list stands for.
fn text_at<'j>(value: Option<&'j str>, path: &[String]) -> Result<Option<Cow<'j, str>>, String> {
    let Some(json) = value else { return Ok(None) };
    let raw = |value: LazyValue<'j>| match value.as_raw_cow() {
        Cow::Borrowed(raw) => Cow::Borrowed(raw),
        Cow::Owned(raw) => Cow::Owned(raw),
    };
    if !path.is_empty() {
        let inner = sonic_rs::get(json, path).ok().map(raw);
        return match inner {
            Some(Cow::Borrowed(json)) => text_at(Some(json), &[]),
            Some(Cow::Owned(json)) => {
                Ok(text_at(Some(&json), &[])?.map(|text| Cow::Owned(text.into_owned())))
            }
            None => Ok(None),
        };
    }
    match json.as_bytes().first() {
        Some(b'"') => text(json).map(Some),
        Some(b'n') => Ok(None),
        Some(b'[') => {
            let items: Vec<LazyValue<'j>> = sonic_rs::to_array_iter(json)
                .collect::<Result<_, _>>()
                .map_err(|error| told(&error))?;
            let messages = items.first().is_some_and(JsonValueTrait::is_object);
            let item = if messages { items.last() } else { items.first() };
            let text = text_at(item.map(LazyValue::as_raw_str), &[])?;
            Ok(text.map(|text| Cow::Owned(text.into_owned())))
        }
        Some(b'{') if sonic_rs::get(json, &["content"]).is_ok() => {
            text_at(Some(json), &["content".to_owned()])
        }
        _ => Err(format!("holds {} where text is needed; make it a string first", shortened(json))),
    }
}

/// The message of a JSON error, without the lines of the text that it shows.
fn told(error: &sonic_rs::Error) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}

fn shortened(json: &str) -> Cow<'_, str> {
    match json.char_indices().nth(40) {
        Some((end, _)) => Cow::Owned(format!("{}…", &json[..end])),
        None => Cow::Borrowed(json),
    }
}

/// Takes a JSON string apart. A lone surrogate becomes U+FFFD.
fn text(json: &str) -> Result<Cow<'_, str>, String> {
    let inside = &json[1..json.len() - 1];
    if memchr::memchr(b'\\', inside.as_bytes()).is_none() {
        return Ok(Cow::Borrowed(inside));
    }
    sonic_rs::from_str::<String>(json)
        .or_else(|_| {
            let mut lossy = sonic_rs::Deserializer::from_str(json).utf8_lossy();
            lossy.deserialize::<String>()
        })
        .map(Cow::Owned)
        .map_err(|error| format!("holds a string that is no JSON: {}", told(&error)))
}

/// A kept column on its way to a batch.
enum Values {
    Boolean(BooleanBuilder),
    Whole(Int64Builder),
    Number(Float64Builder),
    Text(StringBuilder),
}

impl Values {
    fn of(data_type: &DataType) -> Self {
        match data_type {
            DataType::Boolean => Self::Boolean(BooleanBuilder::new()),
            DataType::Int64 => Self::Whole(Int64Builder::new()),
            DataType::Float64 => Self::Number(Float64Builder::new()),
            _ => Self::Text(StringBuilder::new()),
        }
    }

    fn push(&mut self, value: Option<&LazyValue<'_>>) -> Result<(), String> {
        match self {
            Self::Boolean(column) => column.append_option(value.and_then(JsonValueTrait::as_bool)),
            Self::Whole(column) => column.append_option(value.and_then(JsonValueTrait::as_i64)),
            Self::Number(column) => column.append_option(value.and_then(JsonValueTrait::as_f64)),
            Self::Text(column) => match value {
                Some(value) if value.is_str() => column.append_value(text(value.as_raw_str())?),
                Some(value) if !value.is_null() => column.append_value(value.as_raw_str()),
                _ => column.append_null(),
            },
        }
        Ok(())
    }

    fn finish(self) -> ArrayRef {
        match self {
            Self::Boolean(mut column) => Arc::new(column.finish()),
            Self::Whole(mut column) => Arc::new(column.finish()),
            Self::Number(mut column) => Arc::new(column.finish()),
            Self::Text(mut column) => Arc::new(column.finish()),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(number) => write!(f, "line {number}"),
            Self::Member(name) => f.write_str(name),
        }
    }
}

impl Place {
    pub(crate) fn bad(&self, input: &Path, what: impl fmt::Display) -> Error {
        Error::at(input, self, what)
    }
}

impl Objects {
    /// Calls `take` with each object.
    fn each(
        &self,
        input: &Path,
        mut take: impl FnMut(&Place, &str) -> Result<(), Error>,
    ) -> Result<(), Error> {
        for (place, range) in &self.places {
            let object = simdutf8::basic::from_utf8(self.text[range.clone()].trim_ascii())
                .map_err(|_| place.bad(input, "the text is not UTF-8"))?;
            if !object.starts_with('{') {
                return Err(place.bad(input, "this is no JSON object; each rollout must be one"));
            }
            take(place, object)?;
        }
        Ok(())
    }
}
