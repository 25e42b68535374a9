//! Regrades Arrow record batches: of Arrow IPC files and streams, and of Parquet files whose rows hold
//! several responses.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{
    Array, ArrayRef, FixedSizeListArray, LargeListArray, ListArray, RecordBatch, StructArray,
};
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::{ArrowError, DataType, FieldRef, Fields, Schema, SchemaRef};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::files::arrow_along::{item_type, items, lists};
use crate::files::arrow_columns::{ArrowColumns, Batches};
use crate::files::arrow_value::ArrowValue;
use crate::files::choose::{Taken, choose};
use crate::files::columns::{Along, Kept, Plan, may_be_along};
use crate::files::error::damage;
use crate::files::gather::gather;
use crate::files::grader::FileGrader;
use crate::files::output::Output;
use crate::files::record::{Record, heard, responses, texts};
use crate::files::source::{Regraded, Source, Stop, Work, regrade};
use crate::files::value::{Shape, Value, follow};
use crate::{Error, Input, Meter, Options};

/// Rows that are decoded at a time from Parquet.
const BATCH: usize = 64;
/// Rows by which it is told which lists have an item for each response, fewer where their responses have
/// more bytes in all.
const LOOKED_AT: usize = 1_000;
const LOOKED_AT_BYTES: usize = 1 << 25;
/// Responses by which it is told how thoughts end.
const HEARD: usize = 256;

/// Regrades an Arrow IPC file or stream.
pub(crate) fn regrade_ipc(
    input: &Input,
    is_file: bool,
    output: &mut Output,
    options: &Options,
    several: bool,
    meter: &Meter<'_>,
) -> Result<Regraded, Stop> {
    let open = || -> Result<(SchemaRef, Batches), String> {
        let file = BufReader::with_capacity(1 << 20, open_file(&input.path)?);
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
    input: &Input,
    output: &mut Output,
    options: &Options,
    meter: &Meter<'_>,
) -> Result<Regraded, Stop> {
    let open = || -> Result<(SchemaRef, Batches), String> {
        let told = |error: parquet::errors::ParquetError| error.to_string();
        let builder =
            ParquetRecordBatchReaderBuilder::try_new(open_file(&input.path)?).map_err(told)?;
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
    input: &Input,
    open: impl Fn() -> Result<(SchemaRef, Batches), String> + Sync,
    output: &mut Output,
    options: &Options,
    several: bool,
    meter: &Meter<'_>,
) -> Result<Regraded, Stop> {
    let (input, constants) = (input.path.as_path(), &input.constants);
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
    let plan = Plan::new(&file, &schema.fields, &taken, is_along, constants, options.keep_text);
    let said: Vec<&[u8]> = first.responses.iter().map(Vec::as_slice).collect();
    plan.recognise(&options.format, &said);
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
    let rows = output.rows(input, &out_schema)?;
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
            let column = widened(batch.column(kept.column)).map_err(|error| error.to_string())?;
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

    fn is_utf8(&self) -> bool {
        true
    }

    fn value(&self, column: usize) -> Option<ArrowValue<'a>> {
        Some(ArrowValue::new(&self.columns[column], self.row))
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
        let (mut seen, mut most, mut bytes, mut said) = (0, 0, 0, Vec::new());
        for batch in batches {
            let batch = batch?;
            for row in 0..batch.num_rows().min(LOOKED_AT - seen) {
                let record = ArrowRow { columns: batch.columns(), row };
                let responses = responses(taken, &record)?;
                let count = responses.len();
                most = most.max(count);
                bytes += texts(&responses).map(<[u8]>::len).sum::<usize>();
                let unheard = HEARD.saturating_sub(said.len());
                said.extend(texts(&responses).take(unheard).map(heard));
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
            if seen >= LOOKED_AT || bytes > LOOKED_AT_BYTES {
                break;
            }
        }
        if most < 2 {
            along.iter_mut().for_each(Vec::clear);
        }
        Ok(Self { along, responses: said })
    }
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

/// The column as [`writable`] says.
fn widened(column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let data_type = writable(column.data_type());
    if &data_type == column.data_type() {
        return Ok(Arc::clone(column));
    }
    let nulls = column.nulls().cloned();
    Ok(match &data_type {
        DataType::List(item) => {
            let (_, ends, values, _) = column.as_list::<i32>().clone().into_parts();
            Arc::new(ListArray::try_new(Arc::clone(item), ends, widened(&values)?, nulls)?)
        }
        DataType::LargeList(item) => {
            let (_, ends, values, _) = column.as_list::<i64>().clone().into_parts();
            Arc::new(LargeListArray::try_new(Arc::clone(item), ends, widened(&values)?, nulls)?)
        }
        DataType::FixedSizeList(item, size) => {
            let values = widened(column.as_fixed_size_list().values())?;
            Arc::new(FixedSizeListArray::try_new(Arc::clone(item), *size, values, nulls)?)
        }
        DataType::Struct(fields) => {
            let columns = column.as_struct().columns().iter().map(widened);
            let columns = columns.collect::<Result<_, _>>()?;
            Arc::new(StructArray::try_new(fields.clone(), columns, nulls)?)
        }
        _ => {
            let dictionary = column.as_any_dictionary();
            let values = dictionary.values();
            // Without values there are no keys but nulls, of which `normalized_keys` knows none.
            let keys = if values.is_empty() {
                vec![0; column.len()]
            } else {
                dictionary.normalized_keys()
            };
            let rows = keys.into_iter().enumerate();
            gather(values, rows.map(|(row, key)| column.is_valid(row).then_some((key, key + 1))))?
        }
    })
}
