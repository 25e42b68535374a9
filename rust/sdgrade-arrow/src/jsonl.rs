//! Regrades JSON lines: plain, gzip or zstd.
//!
//! The file is read twice: once for the names and kinds of its columns, once for the rows. A column
//! of texts, whole numbers, numbers or booleans becomes such a column; of anything else, or of
//! several kinds, the JSON is kept as text.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
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
use crate::regrade::Meter;
use crate::{Counts, Error, Options};

/// Bytes of whole lines that are worked on at a time.
const CHUNK: usize = 1 << 20;

pub(crate) fn regrade(
    input: &Path,
    output: &Output,
    options: &Options,
    meter: &Meter<'_>,
) -> Result<Counts, Error> {
    let keys = scan(input, options.threads)?;
    let columns = (options.gold_column.as_deref(), options.response_column.as_deref());
    let (gold, response) = if keys.0.is_empty() {
        // No rows: nothing to find, and nothing to miss.
        (vec![String::new()], vec![String::new()])
    } else {
        find(columns.0, columns.1, |path| keys.has(path))
            .map_err(|message| Error::input(input, message))?
    };
    let fields = keys.fields();
    let plan = Plan::new(&fields, &response[0], options.keep_text);
    let schema = Arc::new(Schema::new(plan.output_fields(&fields)));
    let mut rows = Rows::new(output, &schema)?;
    let mut counts = Counts::default();

    let grade = |grader: &mut FileGrader<'_>, chunk: io::Result<Lines>| {
        let chunk = chunk.map_err(|error| Error::input(input, error))?;
        let mut kept: Vec<Values> =
            plan.kept.iter().map(|(index, _)| Values::of(fields[*index].data_type())).collect();
        chunk.each(input, |line, object| {
            let mut values: Vec<Option<LazyValue<'_>>> = vec![None; fields.len()];
            for pair in sonic_rs::to_object_iter(object) {
                let (key, value) = pair.map_err(|error| line.bad(input, told(&error)))?;
                if let Some((index, _)) = fields.find(&key) {
                    values[index] = Some(value);
                }
            }
            let text = |path: &layout::Path| {
                let (index, _) =
                    fields.find(&path[0]).ok_or_else(|| line.bad(input, "unknown column"))?;
                let value = values[index].as_ref().map(LazyValue::as_raw_str);
                text_at(value, &path[1..]).map_err(|what| {
                    line.bad(input, format_args!("column {:?} {what}", path.join(".")))
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
                column.push(values[*index].as_ref()).map_err(|what| line.bad(input, what))?;
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
        Chunks::open(input)?,
        || FileGrader::new(&options.policy, options.thinking, plan.knows_loops),
        grade,
        |(batch, done)| {
            counts += done;
            rows.write(&batch)
        },
    )?;
    rows.close()?;
    Ok(counts)
}

/// What the first reading finds: the keys in order of appearance, each with its kind and, where it
/// holds objects, one of them.
#[derive(Debug, Default)]
struct Keys(Vec<(String, Kind, Option<String>)>);

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
    fn add(&mut self, key: &str, kind: Kind, example: impl FnOnce() -> Option<String>) {
        match self.0.iter_mut().find(|(known, ..)| known == key) {
            Some((_, known, shown)) => {
                *known = known.join(kind);
                if shown.is_none() && kind == Kind::Json {
                    *shown = example();
                }
            }
            None => self.0.push((
                key.to_owned(),
                kind,
                if kind == Kind::Json { example() } else { None },
            )),
        }
    }

    fn has(&self, path: &[String]) -> bool {
        let Some((_, _, example)) =
            path.first().and_then(|name| self.0.iter().find(|(key, ..)| key == name))
        else {
            return false;
        };
        path.len() == 1
            || example
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
        self.0.iter().map(|(key, kind, _)| Field::new(key, data_type(*kind), true)).collect()
    }
}

fn scan(input: &Path, threads: usize) -> Result<Keys, Error> {
    let mut keys = Keys::default();
    let work = |(): &mut (), chunk: io::Result<Lines>| {
        let mut keys = Keys::default();
        let chunk = chunk.map_err(|error| Error::input(input, error))?;
        chunk.each(input, |line, object| {
            for pair in sonic_rs::to_object_iter(object) {
                let (key, value) = pair.map_err(|error| line.bad(input, told(&error)))?;
                let example = || value.is_object().then(|| value.as_raw_str().to_owned());
                keys.add(&key, Kind::of(&value), example);
            }
            Ok(())
        })?;
        Ok(keys)
    };
    in_order(
        threads,
        Chunks::open(input)?,
        || (),
        work,
        |found| {
            for (key, kind, example) in found.0 {
                keys.add(&key, kind, || example);
            }
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

/// Some whole lines of the file.
struct Lines {
    /// The number of the first line, from 1.
    first: u64,
    text: Vec<u8>,
    /// Bytes of the file that were read for them.
    file_bytes: u64,
}

/// A line, for messages.
#[derive(Clone, Copy)]
struct Line(u64);

impl Line {
    fn bad(self, input: &Path, what: impl std::fmt::Display) -> Error {
        Error::at(input, format_args!("line {}", self.0), what)
    }
}

impl Lines {
    /// Calls `take` with each line that is not blank.
    fn each(
        &self,
        input: &Path,
        mut take: impl FnMut(Line, &str) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut start = 0;
        for (number, end) in
            memchr::memchr_iter(b'\n', &self.text).chain([self.text.len()]).enumerate()
        {
            let line = Line(self.first + number as u64);
            let object = self.text[start..end].trim_ascii();
            start = end + 1;
            if object.is_empty() {
                continue;
            }
            let object = simdutf8::basic::from_utf8(object)
                .map_err(|_| line.bad(input, "the text is not UTF-8"))?;
            if !object.starts_with('{') {
                return Err(
                    line.bad(input, "this is no JSON object; JSON lines have one object a line")
                );
            }
            take(line, object)?;
        }
        Ok(())
    }
}

/// The file in chunks of whole lines.
struct Chunks {
    text: Box<dyn Read + Send>,
    read: Arc<std::sync::atomic::AtomicU64>,
    told: u64,
    carry: Vec<u8>,
    line: u64,
    done: bool,
}

impl Chunks {
    fn open(path: &Path) -> Result<Self, Error> {
        let bad = |error: io::Error| Error::input(path, error);
        let mut file = File::open(path).map_err(bad)?;
        let mut magic = Vec::new();
        file.by_ref().take(4).read_to_end(&mut magic).map_err(bad)?;
        let read = Arc::default();
        let counted =
            Counted { inner: io::Cursor::new(magic.clone()).chain(file), read: Arc::clone(&read) };
        let text: Box<dyn Read + Send> = match magic.as_slice() {
            [0x1f, 0x8b, ..] => Box::new(flate2::read::MultiGzDecoder::new(
                io::BufReader::with_capacity(1 << 16, counted),
            )),
            [0x28, 0xb5, 0x2f, 0xfd] => {
                Box::new(zstd::stream::read::Decoder::new(counted).map_err(bad)?)
            }
            _ => Box::new(counted),
        };
        Ok(Self { text, read, told: 0, carry: Vec::new(), line: 1, done: false })
    }
}

impl Iterator for Chunks {
    type Item = io::Result<Lines>;

    fn next(&mut self) -> Option<io::Result<Lines>> {
        if self.done {
            return None;
        }
        let mut text = std::mem::take(&mut self.carry);
        let end = loop {
            let before = text.len();
            text.reserve(CHUNK);
            match self.text.by_ref().take(CHUNK as u64).read_to_end(&mut text) {
                Err(error) => {
                    self.done = true;
                    return Some(Err(error));
                }
                Ok(read) if read < CHUNK => {
                    self.done = true;
                    break text.len();
                }
                Ok(_) => {}
            }
            // A line may be longer than a chunk.
            if let Some(newline) = memchr::memrchr(b'\n', &text[before..]) {
                break before + newline + 1;
            }
        };
        self.carry = text.split_off(end);
        let first = self.line;
        self.line += memchr::memchr_iter(b'\n', &text).count() as u64;
        let read = self.read.load(std::sync::atomic::Ordering::Relaxed);
        let file_bytes = read - std::mem::replace(&mut self.told, read);
        Some(Ok(Lines { first, text, file_bytes }))
    }
}

/// Counts the bytes that are read.
struct Counted<R> {
    inner: R,
    read: Arc<std::sync::atomic::AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read.fetch_add(read as u64, std::sync::atomic::Ordering::Relaxed);
        Ok(read)
    }
}
