//! Regrades a Parquet file: decodes two columns, copies the others as they are.
//!
//! Text is decoded as binary views, which saves a copy and a slow validation. Columns that are kept
//! are copied as compressed chunks, so they are bit for bit those of the input.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Fields, Schema, SchemaRef};
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves,
};
use parquet::arrow::{
    ARROW_SCHEMA_META_KEY, ArrowSchemaConverter, FieldLevels, ProjectionMask, encode_arrow_schema,
    parquet_to_arrow_field_levels, parquet_to_arrow_schema,
};
use parquet::basic::{ConvertedType, LogicalType};
use parquet::errors::ParquetError;
use parquet::file::metadata::{KeyValue, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{SchemaDescriptor, Type, TypePtr};

use crate::buffers::Buffers;
use crate::columns::{FileGrader, LOOPED, Plan, graded_fields, has, text_at};
use crate::error::damage;
use crate::in_order::in_order;
use crate::layout::{self, find};
use crate::output::{Output, append_raw, properties};
use crate::pages::{RowGroup, Stored};
use crate::{Counts, Error, Meter, Options, Texts};

/// Rows that are decoded at a time: what they hold stays in the cache until it is searched.
const BATCH: usize = 64;
/// Graded rows that are encoded at a time.
const ENCODED: usize = 1 << 13;

pub(crate) fn regrade(
    input: &Path,
    output: &Output,
    options: &Options,
    meter: &Meter<'_>,
) -> Result<Counts, Error> {
    let source = Source::open(input, options)?;
    let blame = |place: Option<usize>, error: ParquetError| {
        output.failure().unwrap_or_else(|| match place {
            Some(index) => Error::at(input, format_args!("row group {index}"), error),
            None => Error::input(input, error),
        })
    };
    let (schema, properties) = source.output().map_err(|error| blame(None, error))?;
    let mut writer = SerializedFileWriter::new(output.writer()?, schema, Arc::new(properties))
        .map_err(|error| blame(None, error))?;
    let encoder = graded_encoder(&graded_fields(source.plan.knows_loops))
        .map_err(|error| blame(None, error))?;
    let file = File::open(input).map_err(|error| Error::input(input, error))?;
    let places = writer.schema_descr().columns().to_vec();
    let mut counts = Counts::default();

    in_order(
        options.threads,
        0..source.metadata.num_row_groups(),
        || {
            let knows_loops = source.plan.knows_loops;
            (FileGrader::new(&options.policy, &options.format, knows_loops), Reused::default())
        },
        |(grader, reused), index| source.grade(index, grader, reused, &encoder, meter),
        |(index, graded, done)| {
            let copy = || {
                let from = source.metadata.row_group(index);
                let mut group = writer.next_row_group()?;
                for (&leaf, place) in source.kept_leaves.iter().zip(&places) {
                    append_raw(&mut group, &file, from.column(leaf), place, from.num_rows())?;
                }
                for chunk in graded {
                    chunk.append_to_row_group(&mut group)?;
                }
                group.close()
            };
            copy().map_err(|error| blame(Some(index), error))?;
            counts += done;
            if meter(&Counts::default()).is_break() { Err(Error::Interrupted) } else { Ok(()) }
        },
    )?;
    writer.close().map_err(|error| blame(None, error))?;
    Ok(counts)
}

/// The buffers that a thread uses again, from row group to row group.
#[derive(Default)]
struct Reused {
    stored: Buffers,
    decompressed: Buffers,
}

/// What a row group became: its number, its graded columns, its counts.
type Group = (usize, Vec<ArrowColumnChunk>, Counts);

/// The input and how it is read.
struct Source<'a> {
    path: &'a Path,
    metadata: ParquetMetaData,
    schema: Schema,
    gold: layout::Path,
    response: layout::Path,
    plan: Plan,
    /// The leaf columns that are copied, and of these the ones that are not decoded as well.
    kept_leaves: Vec<usize>,
    unread_leaves: Vec<usize>,
    /// The columns that are decoded, their text as binary views.
    decoded: FieldLevels,
}

impl<'a> Source<'a> {
    fn open(path: &'a Path, options: &Options) -> Result<Self, Error> {
        let bad = |error: ParquetError| Error::input(path, error);
        let file = File::open(path).map_err(|error| Error::input(path, error))?;
        let metadata = ParquetMetaDataReader::new().parse_and_finish(&file).map_err(bad)?;
        let about = metadata.file_metadata();
        let types = about.schema_descr();
        let schema = parquet_to_arrow_schema(types, about.key_value_metadata()).map_err(bad)?;
        let columns = (options.gold_column.as_deref(), options.response_column.as_deref());
        let (gold, response) = find(columns.0, columns.1, |path| has(&schema.fields, path))
            .map_err(|message| Error::input(path, message))?;
        let is_nested = |index: usize| schema.field(index).data_type().is_nested();
        let plan = Plan::new(&schema.fields, &response[0], is_nested, options.keep_text);
        let leaves = 0..types.num_columns();
        let is_kept = |&leaf: &usize| {
            plan.kept.iter().any(|(root, _)| *root == types.get_column_root_idx(leaf))
        };
        let is_read = |&leaf: &usize| {
            let parts = types.column(leaf).path().parts().to_vec();
            let leads = |path: &[String]| {
                let mut parts = parts.iter();
                path.first() == parts.as_slice().first()
                    && path.iter().all(|name| parts.any(|part| part == name))
            };
            leads(&gold) || leads(&response) || (plan.knows_loops && parts == [LOOPED])
        };
        let mask = ProjectionMask::leaves(types, leaves.clone().filter(is_read));
        let kept_leaves: Vec<usize> = leaves.filter(is_kept).collect();
        let unread = kept_leaves.iter().copied().filter(|&leaf| !mask.leaf_included(leaf));
        let unread_leaves = unread.collect();
        let decoded = as_binary(types, mask).map_err(bad)?;
        Ok(Self {
            path,
            metadata,
            schema,
            gold,
            response,
            plan,
            kept_leaves,
            unread_leaves,
            decoded,
        })
    }

    /// The schema and the properties of the output: what the input says, for the columns that are
    /// kept, and the graded columns.
    fn output(&self) -> Result<(TypePtr, WriterProperties), ParquetError> {
        let about = self.metadata.file_metadata();
        let old = about.schema_descr().root_schema().get_fields();
        let kept = self.plan.kept.iter().map(|(root, name)| rebuild(&old[*root], name, false));
        let graded = Schema::new(graded_fields(self.plan.knows_loops));
        let graded = ArrowSchemaConverter::new().convert(&graded)?;
        let fields = kept
            .chain(graded.root_schema().get_fields().iter().cloned().map(Ok))
            .collect::<Result<_, _>>()?;
        let schema = Type::group_type_builder("schema").with_fields(fields).build()?;

        let arrow = Schema::new_with_metadata(
            self.plan.output_fields(&self.schema.fields),
            self.schema.metadata.clone(),
        );
        // A list of features by `datasets` would deny the columns that are added.
        let stale = [ARROW_SCHEMA_META_KEY, "huggingface"];
        let mut pairs = about.key_value_metadata().cloned().unwrap_or_default();
        pairs.retain(|pair| !stale.contains(&pair.key.as_str()));
        let mut arrow = arrow;
        arrow.metadata.remove("huggingface");
        pairs.push(KeyValue::new(ARROW_SCHEMA_META_KEY.to_owned(), encode_arrow_schema(&arrow)));
        Ok((Arc::new(schema), properties().set_key_value_metadata(Some(pairs)).build()))
    }

    /// Decodes and grades one row group.
    fn grade(
        &self,
        index: usize,
        grader: &mut FileGrader<'_>,
        reused: &Reused,
        encoder: &ArrowRowGroupWriterFactory,
        meter: &Meter<'_>,
    ) -> Result<Group, Error> {
        let at = |message: String| Error::at(self.path, format_args!("row group {index}"), message);
        // Damaged pages make the decoder panic in places; that is an error of the file.
        let work =
            AssertUnwindSafe(|| self.decode_and_grade(index, grader, reused, encoder, meter));
        match catch_unwind(work) {
            Ok(Ok(group)) => Ok(group),
            Ok(Err(Stop::Interrupted)) => Err(Error::Interrupted),
            Ok(Err(Stop::Bad(message))) => Err(at(message)),
            Err(panic) => Err(at(damage(panic.as_ref()))),
        }
    }

    fn decode_and_grade(
        &self,
        index: usize,
        grader: &mut FileGrader<'_>,
        reused: &Reused,
        encoder: &ArrowRowGroupWriterFactory,
        meter: &Meter<'_>,
    ) -> Result<Group, Stop> {
        let group = self.metadata.row_group(index);
        let rows = u64::try_from(group.num_rows()).unwrap_or(0);
        let bytes = u64::try_from(group.compressed_size()).unwrap_or(0);
        let pages = RowGroup {
            file: Arc::new(Stored { file: File::open(self.path)?, buffers: reused.stored.clone() }),
            metadata: &self.metadata,
            index,
            buffers: reused.decompressed.clone(),
        };
        for &leaf in &self.unread_leaves {
            pages.check(leaf).map_err(|error| {
                Stop::Bad(format!(
                    "column {:?}: {error}",
                    group.column(leaf).column_path().string()
                ))
            })?;
        }
        let batches =
            ParquetRecordBatchReader::try_new_with_row_groups(&self.decoded, &pages, BATCH, None)?;
        let fields = graded_fields(grader.knows_loops);
        let mut columns = encoder.create_column_writers(0)?;
        let mut encode = |grader: &mut FileGrader<'_>| -> Result<(), Stop> {
            let leaves = fields.iter().zip(grader.take_columns());
            for (column, (field, array)) in columns.iter_mut().zip(leaves) {
                for leaf in compute_leaves(field, &array)? {
                    column.write(&leaf)?;
                }
            }
            Ok(())
        };
        let (mut total, mut pending) = (Counts::default(), 0);
        for batch in batches {
            let batch = batch?;
            self.grade_batch(&batch, grader, total.rows)?;
            pending += batch.num_rows();
            let mut done = std::mem::take(&mut grader.counts);
            done.file_bytes = bytes * done.rows / rows.max(1);
            total += done;
            if pending >= ENCODED {
                encode(grader)?;
                pending = 0;
            }
            if meter(&done).is_break() {
                return Err(Stop::Interrupted);
            }
        }
        if total.rows != rows {
            return Err(Stop::Bad(format!(
                "it holds {} rows, not the {rows} that the footer says",
                total.rows
            )));
        }
        encode(grader)?;
        let chunks = columns.into_iter().map(ArrowColumnWriter::close).collect::<Result<_, _>>()?;
        Ok((index, chunks, total))
    }

    fn grade_batch(
        &self,
        batch: &RecordBatch,
        grader: &mut FileGrader<'_>,
        before: u64,
    ) -> Result<(), Stop> {
        let schema = batch.schema();
        let names = schema.fields().iter().map(|field| field.name().as_str());
        let columns: Vec<(&str, &ArrayRef)> = names.zip(batch.columns()).collect();
        let golds = text_at(&columns, &self.gold)?;
        let responses = text_at(&columns, &self.response)?;
        let loops = grader
            .knows_loops
            .then(|| batch.column_by_name(LOOPED))
            .flatten()
            .map(AsArray::as_boolean);
        for row in 0..batch.num_rows() {
            let (gold, response) = (golds.get(row), responses.get(row));
            for text in [gold, response].into_iter().flatten() {
                if simdutf8::basic::from_utf8(text).is_err() {
                    return Err(Stop::Bad(format!(
                        "row {}: the text is not UTF-8",
                        before + row as u64
                    )));
                }
            }
            grader.push(gold, response, loops.is_some_and(|loops| loops.value(row)));
        }
        Ok(())
    }
}

/// Why a row group was not graded to its end.
enum Stop {
    Bad(String),
    Interrupted,
}

impl<E: ToString> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Bad(error.to_string())
    }
}

/// Makes the encoders of the graded columns.
fn graded_encoder(fields: &Fields) -> Result<ArrowRowGroupWriterFactory, ParquetError> {
    let schema: SchemaRef = Arc::new(Schema::new(fields.clone()));
    let types = ArrowSchemaConverter::new().convert(&schema)?;
    let properties = Arc::new(properties().build());
    let nowhere = SerializedFileWriter::new(std::io::sink(), types.root_schema_ptr(), properties)?;
    Ok(ArrowRowGroupWriterFactory::new(&nowhere, schema))
}

/// How to decode the columns of `mask`, with all text as binary views.
fn as_binary(types: &SchemaDescriptor, mask: ProjectionMask) -> Result<FieldLevels, ParquetError> {
    let root = types.root_schema();
    let types = SchemaDescriptor::new(rebuild(root, root.name(), true)?);
    let plain = parquet_to_arrow_schema(&types, None)?;
    let views = plain.fields().iter().map(|field| binary_views(field)).collect::<Fields>();
    parquet_to_arrow_field_levels(&types, mask, Some(&views))
}

fn binary_views(field: &Field) -> Field {
    let inner = |field: &Field| Arc::new(binary_views(field));
    let data_type = match field.data_type() {
        DataType::Binary => DataType::BinaryView,
        DataType::List(item) => DataType::List(inner(item)),
        DataType::Struct(fields) => {
            DataType::Struct(fields.iter().map(|field| binary_views(field)).collect())
        }
        other => other.clone(),
    };
    field.clone().with_data_type(data_type)
}

/// The same type under another name; with `binary`, text within it loses the note that it is text.
fn rebuild(old: &Type, name: &str, binary: bool) -> Result<TypePtr, ParquetError> {
    let info = old.get_basic_info();
    let id = info.has_id().then(|| info.id());
    let new = if old.is_group() {
        let fields = old
            .get_fields()
            .iter()
            .map(|field| rebuild(field, field.name(), binary))
            .collect::<Result<_, _>>()?;
        let mut group = Type::group_type_builder(name)
            .with_fields(fields)
            .with_converted_type(info.converted_type())
            .with_logical_type(info.logical_type_ref().cloned())
            .with_id(id);
        if info.has_repetition() {
            group = group.with_repetition(info.repetition());
        }
        group.build()
    } else {
        let logical = info.logical_type_ref();
        let is_text = matches!(
            info.converted_type(),
            ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON
        ) || matches!(
            logical,
            Some(LogicalType::String | LogicalType::Enum | LogicalType::Json)
        );
        let drop = binary && is_text;
        let mut leaf = Type::primitive_type_builder(name, old.get_physical_type())
            .with_repetition(info.repetition())
            .with_converted_type(if drop { ConvertedType::NONE } else { info.converted_type() })
            .with_logical_type(logical.filter(|_| !drop).cloned())
            .with_id(id);
        if let Type::PrimitiveType { type_length, scale, precision, .. } = old {
            leaf = leaf.with_length(*type_length).with_precision(*precision).with_scale(*scale);
        }
        leaf.build()
    };
    new.map(Arc::new)
}
