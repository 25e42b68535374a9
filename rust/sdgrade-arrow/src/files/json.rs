//! Regrades JSON objects, whatever file they come from.
//!
//! The file is read twice: once for the names and kinds of its columns, once for the rows. A column
//! of texts, whole numbers, numbers or booleans becomes such a column; of anything else, or of
//! several kinds, the JSON is kept as text.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Float64Builder, Int64Builder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Fields, Schema, SchemaRef};

use crate::files::choose::{Taken, choose};
use crate::files::columns::{Along, Kept, Plan, may_be_along};
use crate::files::grader::FileGrader;
use crate::files::json_value::JsonValue;
use crate::files::keys::{Key, Keys, scan};
use crate::files::objects::{CHUNK, Objects};
use crate::files::output::Output;
use crate::files::record::{Record, heard, responses, texts};
use crate::files::source::{Regraded, Source, Stop, Work, regrade as regrade_source};
use crate::files::value::{Shape, Value};
use crate::{Error, Input, Meter, Options};

/// Rows by which it is told which lists have an item for each response, fewer where their responses have
/// more bytes in all.
const LOOKED_AT: usize = 1_000;
const LOOKED_AT_BYTES: usize = 1 << 25;
/// Responses by which it is told how thoughts end.
const HEARD: usize = 256;

/// Regrades the objects that each call of `open` gives from the start.
pub(crate) fn regrade<Chunks: Iterator<Item = Result<Objects, Error>> + Send>(
    input: &Input,
    open: impl Fn(&Path) -> Result<Chunks, Error> + Sync,
    output: &mut Output,
    options: &Options,
    several: bool,
    meter: &Meter<'_>,
) -> Result<Regraded, Stop> {
    let (input, constants) = (input.path.as_path(), &input.constants);
    let keys = scan(input, open(input)?, options.threads)?;
    let bad = |message| Error::input(input, message);
    if keys.0.is_empty() && !has_rows(open(input)?)? {
        // Nothing to find, and nothing to miss.
        let names = Keys(vec![Key::new("gold"), Key::new("response")]);
        let taken = choose(&names, None, None).map_err(bad)?;
        let along = |_| Along::new();
        let plan = Plan::new(&keys, &keys.fields(), &taken, along, constants, options.keep_text);
        output.without_rows(Arc::new(Schema::new(plan.new_fields())));
        return Ok(Regraded::default());
    }
    let mut taken =
        choose(&keys, options.gold_column.as_deref(), options.response_column.as_deref())
            .map_err(bad)?;
    taken.several |= several;
    let first = First::of(input, &keys, &taken, open(input)?)?;
    let along = if taken.several { first.along } else { Vec::new() };
    let fields = keys.fields();
    let is_along = |column: usize| along.get(column).cloned().unwrap_or_default();
    let plan = Plan::new(&keys, &fields, &taken, is_along, constants, options.keep_text);
    let said: Vec<&[u8]> = first.responses.iter().map(Vec::as_slice).collect();
    plan.recognise(&options.format, &said);
    let kept_field = |kept: &Kept| match kept.along.as_slice() {
        [] => Arc::clone(&fields[kept.column]),
        _ => Arc::new(Field::new(&kept.name, keys.0[kept.column].item.data_type(), true)),
    };
    let schema: SchemaRef = Arc::new(Schema::new(plan.output_fields(kept_field)));
    let rows = output.rows(input, &schema)?;
    let source = Json { input, open, taken, plan, fields, schema };
    regrade_source(&source, rows, options, meter)
}

fn has_rows(chunks: impl Iterator<Item = Result<Objects, Error>>) -> Result<bool, Error> {
    for chunk in chunks {
        if !chunk?.places.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
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

    fn is_utf8(&self) -> bool {
        true
    }

    fn value(&self, column: usize) -> Option<JsonValue<'a>> {
        self.values[column]
    }
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
        let (mut seen, mut most, mut bytes, mut all_bytes) = (0, 0, 0, 0);
        let mut said = Vec::new();
        let wanted = if taken.several { LOOKED_AT } else { 0 };
        while ((seen < wanted && all_bytes < LOOKED_AT_BYTES)
            || (said.len() < HEARD && bytes < CHUNK))
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
                all_bytes += texts(&responses).map(<[u8]>::len).sum::<usize>();
                for text in texts(&responses).take(HEARD.saturating_sub(said.len())) {
                    bytes += text.len();
                    said.push(heard(text));
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
