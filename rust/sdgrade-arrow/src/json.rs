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
use arrow_schema::{DataType, Field, Fields, Schema, SchemaRef};

use crate::choose::{Columns, Kind, Taken, choose};
use crate::columns::{Along, Kept, Plan, may_be_along};
use crate::cut::{Form, Piece, without_nan};
use crate::grader::{FileGrader, Record, responses, texts};
use crate::in_order::in_order;
use crate::json_value::JsonValue;
use crate::output::{Output, Rows};
use crate::source::{Regraded, Source, Stop, Work, regrade as regrade_source};
use crate::value::{Shape, Value, follow};
use crate::{Error, Meter, Options};

/// Bytes of objects that are worked on at a time, unless one is larger.
pub(crate) const CHUNK: usize = 1 << 20;
/// Rows by which it is told which lists have an item for each response.
const LOOKED_AT: usize = 1_000;
/// Responses by which it is told how thoughts end.
const HEARD: usize = 256;

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
    open: impl Fn(&Path) -> Result<Chunks, Error> + Sync,
    output: &Output,
    options: &Options,
    several: bool,
    meter: &Meter<'_>,
) -> Result<Regraded, Stop> {
    let keys = scan(input, open(input)?, options.threads)?;
    let mut taken = if keys.0.is_empty() {
        // No rows: nothing to find, and nothing to miss.
        let empty = Keys(vec![Key::new("gold"), Key::new("response")]);
        choose(&empty, None, None).map_err(|message| Error::input(input, message))?
    } else {
        choose(&keys, options.gold_column.as_deref(), options.response_column.as_deref())
            .map_err(|message| Error::input(input, message))?
    };
    taken.several |= several;
    let first = First::of(input, &keys, &taken, open(input)?)?;
    let along = if taken.several { first.along } else { Vec::new() };
    let fields = keys.fields();
    let is_along = |column: usize| along.get(column).cloned().unwrap_or_default();
    let mut plan = Plan::new(&keys, &fields, &taken, is_along, options);
    plan.recognise(&first.responses);
    let kept_field = |kept: &Kept| match kept.along.as_slice() {
        [] => Arc::clone(&fields[kept.column]),
        _ => Arc::new(Field::new(&kept.name, keys.0[kept.column].item.data_type(), true)),
    };
    let schema: SchemaRef = Arc::new(Schema::new(plan.output_fields(kept_field)));
    let rows = Rows::new(output, &schema)?;
    let source = Json { input, open, taken, plan, fields, schema };
    regrade_source(&source, rows, options, meter)
}

struct Json<'a, Open> {
    input: &'a Path,
    open: Open,
    taken: Taken,
    plan: Plan,
    fields: Fields,
    schema: SchemaRef,
}

impl<Chunks, Open> Source for Json<'_, Open>
where
    Chunks: Iterator<Item = Result<Objects, Error>> + Send,
    Open: Fn(&Path) -> Result<Chunks, Error> + Sync,
{
    type Piece = Objects;
    type Kept = ();
    type Graded = RecordBatch;

    fn taken(&self) -> &Taken {
        &self.taken
    }

    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn pieces(&self) -> Result<impl Iterator<Item = Result<Objects, Error>> + Send, Error> {
        (self.open)(self.input)
    }

    fn grade(
        &self,
        chunk: Objects,
        grader: &mut FileGrader<'_>,
        (): &(),
        work: &mut Work<'_>,
    ) -> Result<RecordBatch, Stop> {
        let kept = self.plan.kept.iter();
        let types = kept.map(|kept| self.schema.field_with_name(&kept.name).map(Field::data_type));
        let mut columns: Vec<Values> =
            types.map(|data_type| Values::of(data_type.unwrap_or(&DataType::Utf8))).collect();
        chunk.each(self.input, |place, members| {
            let mut row = Row { values: vec![None; self.fields.len()] };
            for (key, value) in members {
                if let Some((index, _)) = self.fields.find(key) {
                    row.values[index] = Some(*value);
                }
            }
            let count = grader.push(&row).map_err(|fault| Stop::at(self.input, place, fault))?;
            for (kept, column) in self.plan.kept.iter().zip(&mut columns) {
                column.push(row.values[kept.column], count, !kept.along.is_empty()).map_err(
                    |what| place.bad(self.input, format_args!("column {:?} {what}", kept.name)),
                )?;
            }
            Ok::<(), Stop>(())
        })?;
        let columns =
            columns.into_iter().map(Values::finish).chain(grader.take_columns()).collect();
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns)
            .map_err(|error| Error::input(self.input, error))?;
        work.report(grader, chunk.file_bytes)?;
        Ok(batch)
    }
}

struct Row<'a> {
    values: Vec<Option<JsonValue<'a>>>,
}

impl<'a> Record<'a> for Row<'a> {
    type Value = JsonValue<'a>;

    const IS_UTF8: bool = true;

    fn value(&self, column: usize) -> Option<JsonValue<'a>> {
        self.values[column]
    }
}

/// What the first reading finds: the keys in order of appearance.
#[derive(Debug, Default)]
struct Keys(Vec<Key>);

#[derive(Debug)]
struct Key {
    name: String,
    kind: Content,
    /// What the items of its lists are.
    item: Content,
    /// Objects or lists were there.
    nested: bool,
    /// Where objects or lists were there, one of them.
    example: Option<String>,
    /// Its first value, shortened.
    first: String,
}

/// What a column holds. The order of the variants is that of the test, not of meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
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

    fn data_type(self) -> DataType {
        match self {
            Self::Boolean => DataType::Boolean,
            Self::Small | Self::Whole => DataType::Int64,
            Self::Number => DataType::Float64,
            Self::Null | Self::Text | Self::Json => DataType::Utf8,
        }
    }
}

/// Of longer lists it is not looked at what the items are: no row has as many responses.
const LONGEST: usize = 4_096;
/// Characters of a value that a message shows.
const SHOWN: usize = 40;

impl Key {
    fn new(name: &str) -> Self {
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
            if value.0.starts_with('[') && self.item != Content::Json {
                let items = value.items()?;
                let items = if items.len() <= LONGEST { items.as_slice() } else { &[] };
                self.item =
                    items.iter().fold(self.item, |kind, item| kind.join(Content::of(*item)));
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

    fn fields(&self) -> Fields {
        self.0.iter().map(|key| Field::new(&key.name, key.kind.data_type(), true)).collect()
    }

    /// An example of what stands at the end of a path.
    fn example(&self, column: usize, steps: &[String]) -> Option<JsonValue<'_>> {
        let example = JsonValue(self.0[column].example.as_deref()?);
        follow(&example, steps).ok()?.into_iter().flatten().next()
    }
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

    fn is_list(&self, column: usize, steps: &[String]) -> bool {
        self.example(column, steps).is_some_and(|value| value.0.starts_with('['))
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

fn scan(
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

/// What the first rows say.
struct First {
    /// Which columns hold lists with an item for each response.
    along: Vec<Along>,
    responses: Vec<Vec<u8>>,
}

impl First {
    fn of(
        input: &Path,
        keys: &Keys,
        taken: &Taken,
        mut chunks: impl Iterator<Item = Result<Objects, Error>>,
    ) -> Result<Self, Error> {
        let is_response = |column: usize| taken.responses.iter().any(|path| path.column == column);
        let may_be = |(column, key): (usize, &Key)| {
            let may_be = may_be_along(&key.name) || is_response(column);
            key.nested && may_be && taken.gold.column != column
        };
        let mut is_along: Vec<bool> = keys.0.iter().enumerate().map(may_be).collect();
        let (mut seen, mut most, mut bytes) = (0, 0, 0);
        let mut said = Vec::new();
        let wanted = if taken.several { LOOKED_AT } else { 0 };
        while (seen < wanted || (said.len() < HEARD && bytes < CHUNK))
            && let Some(chunk) = chunks.next()
        {
            chunk?.each(input, |place, members| {
                if seen == LOOKED_AT {
                    return Ok::<(), Error>(());
                }
                let find = |key: &Key| members.iter().rev().find(|(name, _)| *name == key.name);
                let values = keys.0.iter().map(|key| find(key).map(|(_, value)| *value)).collect();
                let row = Row { values };
                let responses = responses(taken, &row).map_err(|what| place.bad(input, what))?;
                let count = responses.len();
                most = most.max(count);
                seen += 1;
                for text in texts(&responses).take(HEARD.saturating_sub(said.len())) {
                    bytes += text.len();
                    said.push(text.to_vec());
                }
                for (column, value) in row.values.iter().enumerate() {
                    let Some(value) = value.filter(|value| value.0 != "null") else { continue };
                    // Lists within the object that holds the responses are looked at one by one.
                    let within = is_response(column) && value.0.starts_with('{');
                    let as_long = || value.items().is_ok_and(|items| items.len() == count);
                    is_along[column] &= within || (value.0.starts_with('[') && as_long());
                }
                Ok(())
            })?;
        }
        let way = |is_along: bool| if is_along && most > 1 { vec![Vec::new()] } else { Vec::new() };
        Ok(Self { along: is_along.into_iter().map(way).collect(), responses: said })
    }
}

fn shortened(json: &str) -> String {
    match json.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &json[..end]),
        None => json.to_owned(),
    }
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

    /// Adds a value for each of `count` rows; where it is `along` them each gets its item.
    fn push(
        &mut self,
        value: Option<JsonValue<'_>>,
        count: usize,
        along: bool,
    ) -> Result<(), String> {
        let Some(value) = value.filter(|_| along) else {
            return (0..count).try_for_each(|_| self.push_one(value));
        };
        if value.0.starts_with('[') {
            let items = value.items()?;
            if items.len() != count {
                return Err(format!(
                    "has {} items for {count} responses, where the rows before had one for each",
                    items.len()
                ));
            }
            return items.into_iter().try_for_each(|item| self.push_one(Some(item)));
        }
        for index in 0..count {
            let item: Cow<'_, str> = value.item(count, index)?;
            self.push_one(Some(JsonValue(&item)))?;
        }
        Ok(())
    }

    fn push_one(&mut self, value: Option<JsonValue<'_>>) -> Result<(), String> {
        let raw = value.map_or("null", |value| value.0);
        match self {
            Self::Boolean(column) => {
                column.append_option((raw != "null").then_some(raw == "true"));
            }
            Self::Whole(column) => column.append_option(raw.parse().ok()),
            Self::Number(column) => column.append_option(raw.parse().ok()),
            Self::Text(column) => match value.map(|value| (value.0, value.shape())) {
                Some((_, Ok(Shape::Text(text)))) => {
                    column.append_value(String::from_utf8_lossy(&text));
                }
                Some((_, Err(what))) => return Err(what),
                Some((_, Ok(Shape::Null))) | None => column.append_null(),
                Some((raw, Ok(_))) => column.append_value(raw),
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

/// The members of an object, in its order.
type Members<'a> = Vec<(Cow<'a, str>, JsonValue<'a>)>;

impl Objects {
    /// Calls `take` with the members of each object.
    fn each<E: From<Error>>(
        &self,
        input: &Path,
        mut take: impl FnMut(&Place, &Members<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        for (place, range) in &self.places {
            let object = simdutf8::basic::from_utf8(&self.text[range.clone()])
                .map_err(|_| place.bad(input, "the text is not UTF-8"))?;
            match members(object) {
                Ok(members) => take(place, &members)?,
                Err(what) => {
                    let mended = without_nan(object).ok_or_else(|| place.bad(input, &what))?;
                    take(place, &members(&mended).map_err(|_| place.bad(input, &what))?)?;
                }
            }
        }
        Ok(())
    }
}

fn members(object: &str) -> Result<Members<'_>, String> {
    JsonValue(object).members().collect()
}

/// One object that fills a text, without what is around it.
pub(crate) fn only(text: &[u8]) -> Result<Range<usize>, &'static str> {
    let mut form = Form::default();
    match form.next(text, 0) {
        Piece::Object(range) => match form.next(text, range.end) {
            Piece::Unfinished(end) if end == text.len() => Ok(range),
            _ => Err("something follows the JSON object"),
        },
        Piece::Unfinished(_) => Err("the JSON object does not end"),
        Piece::Bad(_, what) => Err(what),
    }
}
