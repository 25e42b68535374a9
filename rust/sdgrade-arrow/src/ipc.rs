//! Regrades an Arrow IPC file or stream.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::{ArrowError, Schema, SchemaRef};

use crate::columns::{FileGrader, LOOPED, Plan, has, text_at};
use crate::in_order::in_order;
use crate::layout::find;
use crate::output::{Output, Rows};
use crate::{Counts, Error, Meter, Options, Texts};

pub(crate) fn regrade(
    input: &Path,
    is_file: bool,
    output: &Output,
    options: &Options,
    meter: &Meter<'_>,
) -> Result<Counts, Error> {
    let bad = |error: ArrowError| Error::input(input, error);
    let file = File::open(input).map_err(|error| Error::input(input, error))?;
    let size = file.metadata().map_or(0, |metadata| metadata.len());
    let file = BufReader::with_capacity(1 << 20, file);
    let (schema, batches): (
        SchemaRef,
        Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>> + Send>,
    ) = if is_file {
        let reader = FileReader::try_new(file, None).map_err(bad)?;
        (reader.schema(), Box::new(reader))
    } else {
        let reader = StreamReader::try_new(file, None).map_err(bad)?;
        (reader.schema(), Box::new(reader))
    };
    let columns = (options.gold_column.as_deref(), options.response_column.as_deref());
    let (gold, response) = find(columns.0, columns.1, |path| has(&schema.fields, path))
        .map_err(|message| Error::input(input, message))?;
    let is_nested = |index: usize| schema.field(index).data_type().is_nested();
    let plan = Plan::new(&schema.fields, &response[0], is_nested, options.keep_text);
    let out_schema = Arc::new(Schema::new(plan.output_fields(&schema.fields)));
    let mut rows = Rows::new(output, &out_schema)?;
    let mut counts = Counts::default();

    let grade = |grader: &mut FileGrader<'_>,
                 (index, batch): (usize, Result<RecordBatch, ArrowError>)| {
        let at = |message: String| Error::at(input, format_args!("record batch {index}"), message);
        let batch = batch.map_err(|error| at(error.to_string()))?;
        let names = schema.fields().iter().map(|field| field.name().as_str());
        let columns: Vec<(&str, &ArrayRef)> = names.zip(batch.columns()).collect();
        let (golds, responses) =
            (text_at(&columns, &gold).map_err(at)?, text_at(&columns, &response).map_err(at)?);
        let loops = plan
            .knows_loops
            .then(|| batch.column_by_name(LOOPED))
            .flatten()
            .map(AsArray::as_boolean);
        for row in 0..batch.num_rows() {
            let looped = loops.is_some_and(|loops| loops.value(row));
            grader.push(golds.get(row), responses.get(row), looped);
        }
        let kept = plan.kept.iter().map(|(index, _)| Arc::clone(batch.column(*index)));
        let columns = kept.chain(grader.take_columns()).collect();
        let graded = RecordBatch::try_new(Arc::clone(&out_schema), columns)
            .map_err(|error| at(error.to_string()))?;
        let done = std::mem::take(&mut grader.counts);
        if meter(&done).is_break() { Err(Error::Interrupted) } else { Ok((graded, done)) }
    };
    in_order(
        options.threads,
        batches.enumerate(),
        || FileGrader::new(&options.policy, &options.format, plan.knows_loops),
        grade,
        |(batch, done)| {
            counts += done;
            rows.write(&batch)
        },
    )?;
    rows.close()?;
    let rest = Counts { file_bytes: size, ..Counts::default() };
    counts += rest;
    if meter(&rest).is_break() { Err(Error::Interrupted) } else { Ok(counts) }
}
