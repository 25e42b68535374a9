//! Regrades Arrow record batches: of Arrow IPC files and streams, and of Parquet files whose rows hold
//! several responses.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, StructArray, UInt64Array};
use arrow_cast::cast;
use arrow_cast::display::array_value_to_string;
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::{DataType, Field, FieldRef, Fields, Schema, SchemaRef};
use arrow_select::take::take;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::arrow_value::ArrowValue;
use crate::choose::{Columns, Kind, Taken, choose};
use crate::columns::{Along, Kept, Plan, may_be_along};
use crate::error::damage;
use crate::grader::{FileGrader, Record, responses, texts};
use crate::output::{Output, Rows};
use crate::source::{Regraded, Source, Stop, Work, regrade};
use crate::value::{Shape, Value, follow};
use crate::{Error, Meter, Options};

/// Rows that are decoded at a time from Parquet.
const BATCH: usize = 64;
/// Rows by which it is told which lists have an item for each response.
const LOOKED_AT: usize = 1_000;
/// Responses by which it is told how thoughts end.
const HEARD: usize = 256;

type Batch = Result<RecordBatch, String>;
type Batches = Box<dyn Iterator<Item = Batch> + Send>;

/// Regrades an Arrow IPC file or stream.
pub(crate) fn regrade_ipc(
    input: &Path,
    is_file: bool,
    output: &Output,
    options: &Options,
    several: bool,
    meter: &Meter<'_>,
) -> Result<Regraded, Stop> {
    let open = || -> Result<(SchemaRef, Batches), String> {
        let file = BufReader::with_capacity(1 << 20, open_file(input)?);
        let told = |error: arrow_schema::ArrowError| error.to_string();
        Ok(if is_file {
            let reader = FileReader::try_new(file, None).map_err(told)?;
            (reader.schema(), Box::new(reader.map(move |batch| batch.map_err(told))))
        } else {
            let reader = StreamReader::try_new(file, None).map_err(told)?;
            (reader.schema(), Box::new(reader.map(move |batch| batch.map_err(told))))
        })
    };
    run(input, open, output, options, several, meter)
}

/// Regrades a Parquet file by decoding all of it.
pub(crate) fn regrade_parquet(
    input: &Path,
    output: &Output,
    options: &Options,
    meter: &Meter<'_>,
) -> Result<Regraded, Stop> {
    let open = || -> Result<(SchemaRef, Batches), String> {
        let told = |error: parquet::errors::ParquetError| error.to_string();
        let builder = ParquetRecordBatchReaderBuilder::try_new(open_file(input)?).map_err(told)?;
        let schema = Arc::clone(builder.schema());
        let reader = builder.with_batch_size(BATCH).build().map_err(told)?;
        Ok((schema, Box::new(reader.map(|batch| batch.map_err(|error| error.to_string())))))
    };
    run(input, open, output, options, true, meter)
}

fn open_file(input: &Path) -> Result<File, String> {
    File::open(input).map_err(|error| error.to_string())
}

fn run(
    input: &Path,
    open: impl Fn() -> Result<(SchemaRef, Batches), String> + Sync,
    output: &Output,
    options: &Options,
    several: bool,
    meter: &Meter<'_>,
) -> Result<Regraded, Stop> {
    let bad = |message: String| Error::input(input, message);
    let (schema, batches) = open().map_err(bad)?;
    let file = ArrowColumns::new(Arc::clone(&schema), batches);
    let mut taken =
        choose(&file, options.gold_column.as_deref(), options.response_column.as_deref())
            .map_err(bad)?;
    taken.several |= several;
    let first = First::of(&schema, &taken, open().map_err(bad)?.1).map_err(bad)?;
    let along = if taken.several { first.along } else { Vec::new() };
    let is_along = |column: usize| along.get(column).cloned().unwrap_or_default();
    let mut plan = Plan::new(&file, &schema.fields, &taken, is_along, options);
    plan.recognise(&first.responses);
    let kept_field = |kept: &Kept| {
        let field = &schema.fields[kept.column];
        Arc::new(
            field
                .as_ref()
                .clone()
                .with_data_type(item_type(&writable(field.data_type()), &kept.along)),
        )
    };
    let fields = plan.output_fields(kept_field);
    let out_schema = Arc::new(Schema::new(fields));
    let rows = Rows::new(output, &out_schema)?;
    let size = std::fs::metadata(input).map_or(0, |metadata| metadata.len());
    let source = Arrow { input, open, size, taken, plan, schema: out_schema };
    regrade(&source, rows, options, meter)
}

struct Arrow<'a, Open> {
    input: &'a Path,
    open: Open,
    size: u64,
    taken: Taken,
    plan: Plan,
    schema: SchemaRef,
}

/// A record batch, and the number of its first row in the file.
struct Piece {
    first: usize,
    batch: RecordBatch,
}

impl<Open> Source for Arrow<'_, Open>
where
    Open: Fn() -> Result<(SchemaRef, Batches), String> + Sync,
{
    type Piece = Piece;
    type Kept = ();
    type Graded = RecordBatch;

    fn taken(&self) -> &Taken {
        &self.taken
    }

    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn pieces(&self) -> Result<impl Iterator<Item = Result<Piece, Error>> + Send, Error> {
        let (_, batches) = (self.open)().map_err(|message| Error::input(self.input, message))?;
        let mut next = 0;
        let mut batches = batches;
        Ok(std::iter::from_fn(move || {
            let first = next;
            // Damaged pages make the decoder panic in places; that is an error of the file.
            let batch = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| batches.next()))
                .unwrap_or_else(|panic| Some(Err(damage(panic.as_ref()))))?;
            let at = |message: String| self.bad(first, message);
            Some(batch.map_err(at).map(|batch| {
                next += batch.num_rows();
                Piece { first, batch }
            }))
        }))
    }

    fn grade(
        &self,
        piece: Piece,
        grader: &mut FileGrader<'_>,
        (): &(),
        work: &mut Work<'_>,
    ) -> Result<RecordBatch, Stop> {
        let Piece { first, batch } = piece;
        let at = |message: String| self.bad(first, message);
        let mut counts = Vec::with_capacity(batch.num_rows());
        for row in 0..batch.num_rows() {
            let record = ArrowRow { columns: batch.columns(), row };
            let count = grader.push(&record).map_err(|fault| {
                Stop::at(self.input, format_args!("row {}", first + row), fault)
            })?;
            counts.push(count);
        }
        let kept = self.plan.kept.iter().map(|kept| {
            let column = widened(batch.column(kept.column))?;
            items(&column, &kept.along, &counts, first)
                .map_err(|what| format!("column {:?} {what}", kept.name))
        });
        let columns =
            kept.chain(grader.take_columns().into_iter().map(Ok)).collect::<Result<_, _>>();
        let columns = columns.map_err(at)?;
        let rows = RecordBatch::try_new(Arc::clone(&self.schema), columns)
            .map_err(|error| at(error.to_string()))?;
        // How much of the file a batch is cannot be told; it is said at its first batch.
        work.report(grader, if first == 0 { self.size } else { 0 })?;
        Ok(rows)
    }
}

impl<Open> Arrow<'_, Open> {
    fn bad(&self, first: usize, message: String) -> Error {
        Error::at(self.input, format_args!("rows from {first}"), message)
    }
}

pub(crate) struct ArrowRow<'a> {
    pub(crate) columns: &'a [ArrayRef],
    pub(crate) row: usize,
}

impl<'a> Record<'a> for ArrowRow<'a> {
    type Value = ArrowValue<'a>;

    const IS_UTF8: bool = true;

    fn value(&self, column: usize) -> Option<ArrowValue<'a>> {
        Some(ArrowValue::new(&self.columns[column], self.row))
    }
}

/// The columns of a file with an Arrow schema.
pub(crate) struct ArrowColumns {
    schema: SchemaRef,
    batches: std::cell::RefCell<Batches>,
}

impl ArrowColumns {
    pub(crate) fn new(schema: SchemaRef, batches: Batches) -> Self {
        Self { schema, batches: std::cell::RefCell::new(batches) }
    }

    fn data_type(&self, column: usize, steps: &[String]) -> Option<&DataType> {
        let mut data_type = self.schema.field(column).data_type();
        for step in steps {
            while let Some(item) = item_of(data_type) {
                data_type = item;
                if step.parse::<isize>().is_ok() {
                    break;
                }
            }
            if step.parse::<isize>().is_ok() {
                continue;
            }
            let DataType::Struct(fields) = data_type else { return None };
            data_type = fields.find(step)?.1.data_type();
        }
        Some(data_type)
    }
}

fn item_of(data_type: &DataType) -> Option<&DataType> {
    match data_type {
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            Some(item.data_type())
        }
        _ => None,
    }
}

impl Columns for ArrowColumns {
    fn names(&self) -> Vec<&str> {
        self.schema.fields().iter().map(|field| field.name().as_str()).collect()
    }

    fn kind(&self, column: usize, steps: &[String]) -> Option<Kind> {
        let data_type = self.data_type(column, steps)?;
        let mut inner = data_type;
        while let Some(item) = item_of(inner) {
            inner = item;
        }
        let is_list = item_of(data_type).is_some();
        Some(match inner {
            DataType::Boolean if !is_list => Kind::Flag,
            DataType::Struct(_) | DataType::Map(..) => Kind::Nested,
            inner if is_list && is_text(inner) => Kind::Texts,
            _ if is_list => Kind::Nested,
            _ => Kind::Plain,
        })
    }

    fn is_list(&self, column: usize, steps: &[String]) -> bool {
        self.data_type(column, steps).is_some_and(|data_type| item_of(data_type).is_some())
    }

    fn first_row(&self) -> String {
        let Some(Ok(batch)) = self.batches.borrow_mut().next() else { return String::new() };
        if batch.num_rows() == 0 {
            return String::new();
        }
        let shown = |(field, column): (&FieldRef, &ArrayRef)| {
            let text = array_value_to_string(column, 0).unwrap_or_default();
            let end = text.char_indices().nth(40).map_or(text.len(), |(end, _)| end);
            let more = if end < text.len() { "…" } else { "" };
            format!("{:?}: {}{more}", field.name(), &text[..end])
        };
        let schema = batch.schema();
        let members: Vec<String> = schema.fields().iter().zip(batch.columns()).map(shown).collect();
        format!("{{{}}}", members.join(", "))
    }
}

fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => is_text(values),
        DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Utf8View
        | DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView => true,
        _ => false,
    }
}

/// What the first rows say.
struct First {
    /// For each column the lists that have an item for each response.
    along: Vec<Along>,
    responses: Vec<Vec<u8>>,
}

impl First {
    fn of(schema: &Schema, taken: &Taken, batches: Batches) -> Result<Self, String> {
        let is_response = |column: usize| taken.responses.iter().any(|path| path.column == column);
        let mut along: Vec<Along> = Vec::new();
        for (column, field) in schema.fields().iter().enumerate() {
            let mut found = Vec::new();
            if taken.gold.column != column && (may_be_along(field.name()) || is_response(column)) {
                lists(field.data_type(), is_response(column), &mut Vec::new(), &mut found);
            }
            along.push(found);
        }
        let (mut seen, mut most, mut said) = (0, 0, Vec::new());
        for batch in batches {
            let batch = batch?;
            for row in 0..batch.num_rows().min(LOOKED_AT - seen) {
                let record = ArrowRow { columns: batch.columns(), row };
                let responses = responses(taken, &record)?;
                let count = responses.len();
                most = most.max(count);
                let unheard = HEARD.saturating_sub(said.len());
                said.extend(texts(&responses).take(unheard).map(<[u8]>::to_vec));
                for (column, ways) in along.iter_mut().enumerate() {
                    let value = ArrowValue::new(batch.column(column), row);
                    ways.retain(|way| {
                        let found = follow(&value, way).unwrap_or_default();
                        found.iter().flatten().all(|value| match value.shape() {
                            Ok(Shape::List(items)) => items.len() == count,
                            Ok(Shape::Null) => true,
                            _ => false,
                        })
                    });
                }
            }
            seen += batch.num_rows();
            if seen >= LOOKED_AT {
                break;
            }
        }
        if most < 2 {
            along.iter_mut().for_each(Vec::clear);
        }
        Ok(Self { along, responses: said })
    }
}

/// The ways to the lists of a column; to those within objects only if `within` says so.
fn lists(data_type: &DataType, within: bool, way: &mut Vec<String>, found: &mut Along) {
    if item_of(data_type).is_some() {
        found.push(way.clone());
    } else if let DataType::Struct(fields) = data_type
        && within
    {
        for field in fields {
            way.push(field.name().clone());
            lists(field.data_type(), within, way, found);
            way.pop();
        }
    }
}

/// What a column becomes where the lists at the end of `along` are replaced by their items.
fn item_type(data_type: &DataType, along: &[Vec<String>]) -> DataType {
    match (data_type, along) {
        (data_type, [way]) if way.is_empty() => item_of(data_type).unwrap_or(data_type).clone(),
        (DataType::Struct(fields), [_, ..]) => {
            let field = |field: &FieldRef| {
                let inner = item_type(field.data_type(), &below(along, field.name()));
                field.as_ref().clone().with_data_type(inner).with_nullable(true)
            };
            DataType::Struct(fields.iter().map(field).collect::<Vec<Field>>().into())
        }
        (data_type, _) => data_type.clone(),
    }
}

/// The ways that lead through a member, from there on.
fn below(along: &[Vec<String>], name: &str) -> Along {
    along
        .iter()
        .filter_map(|way| way.split_first())
        .filter(|(step, _)| *step == name)
        .map(|(_, rest)| rest.to_vec())
        .collect()
}

/// A column with each row as often as it has responses, each with its own item of the lists at the end
/// of `along`. `first` is the number of the first row, for messages.
fn items(
    column: &ArrayRef,
    along: &[Vec<String>],
    counts: &[usize],
    first: usize,
) -> Result<ArrayRef, String> {
    if along.is_empty() && counts.iter().all(|&count| count == 1) {
        return Ok(Arc::clone(column));
    }
    let told = |error: arrow_schema::ArrowError| error.to_string();
    let rows = || -> UInt64Array {
        let each = counts.iter().enumerate();
        each.flat_map(|(row, &count)| std::iter::repeat_n(row as u64, count)).collect()
    };
    if let [way] = along
        && way.is_empty()
    {
        let (values, ends) = spans(column)?;
        let mut indices: Vec<Option<u64>> = Vec::new();
        for (row, (&count, (start, end))) in counts.iter().zip(ends).enumerate() {
            if column.is_null(row) {
                indices.extend(std::iter::repeat_n(None, count));
            } else if end - start == count {
                indices.extend((start..end).map(|index| Some(index as u64)));
            } else {
                return Err(format!(
                    "has {} items for {count} responses in row {}, where the rows before had one for each",
                    end - start,
                    first + row
                ));
            }
        }
        return take(values, &UInt64Array::from(indices), None).map_err(told);
    }
    match column.data_type() {
        DataType::Struct(fields) if !along.is_empty() => {
            let structs = column.as_struct();
            let inner = fields
                .iter()
                .zip(structs.columns())
                .map(|(field, inner)| items(inner, &below(along, field.name()), counts, first))
                .collect::<Result<Vec<_>, _>>()?;
            let DataType::Struct(fields) = item_type(column.data_type(), along) else {
                return Err("is no object".to_owned());
            };
            let nulls = take(column, &rows(), None).map_err(told)?;
            let array =
                StructArray::try_new(fields, inner, nulls.nulls().cloned()).map_err(told)?;
            Ok(Arc::new(array))
        }
        _ => take(column, &rows(), None).map_err(told),
    }
}

/// Where lists begin and end.
type Spans = Vec<(usize, usize)>;

/// The values of a column of lists, and where each list begins and ends.
fn spans(column: &ArrayRef) -> Result<(&ArrayRef, Spans), String> {
    let number = |end: i64| usize::try_from(end).unwrap_or(0);
    Ok(match column.data_type() {
        DataType::List(_) => {
            let lists = column.as_list::<i32>();
            let ends = lists.value_offsets().windows(2);
            (
                lists.values(),
                ends.map(|pair| (number(pair[0].into()), number(pair[1].into()))).collect(),
            )
        }
        DataType::LargeList(_) => {
            let lists = column.as_list::<i64>();
            let ends = lists.value_offsets().windows(2);
            (lists.values(), ends.map(|pair| (number(pair[0]), number(pair[1]))).collect())
        }
        DataType::FixedSizeList(_, size) => {
            let lists = column.as_fixed_size_list();
            let size = number(i64::from(*size));
            (lists.values(), (0..lists.len()).map(|row| (row * size, (row + 1) * size)).collect())
        }
        other => return Err(format!("holds {other}, no list")),
    })
}

/// The type as which a column is written: the writer knows no dictionaries of views, as Polars makes
/// them of its categories.
fn writable(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Dictionary(_, values)
            if matches!(values.as_ref(), DataType::Utf8View | DataType::BinaryView) =>
        {
            values.as_ref().clone()
        }
        DataType::List(item) => DataType::List(writable_field(item)),
        DataType::LargeList(item) => DataType::LargeList(writable_field(item)),
        DataType::FixedSizeList(item, size) => DataType::FixedSizeList(writable_field(item), *size),
        DataType::Struct(fields) => {
            DataType::Struct(fields.iter().map(writable_field).collect::<Fields>())
        }
        other => other.clone(),
    }
}

fn writable_field(field: &FieldRef) -> FieldRef {
    Arc::new(field.as_ref().clone().with_data_type(writable(field.data_type())))
}

fn widened(column: &ArrayRef) -> Result<ArrayRef, String> {
    let data_type = writable(column.data_type());
    if &data_type == column.data_type() {
        return Ok(Arc::clone(column));
    }
    cast(column, &data_type).map_err(|error| error.to_string())
}
