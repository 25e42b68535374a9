//! Regrades a Parquet file: decodes two columns, copies the others as they are.
//!
//! Text is decoded as binary views, which saves a copy and a slow validation. Columns that are kept
//! are copied as compressed chunks, so they are bit for bit those of the input.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Fields, Schema, SchemaRef};
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves,
};
use parquet::arrow::{
    ARROW_SCHEMA_META_KEY, ArrowSchemaConverter, FieldLevels, ProjectionMask, encode_arrow_schema,
    parquet_to_arrow_field_levels, parquet_to_arrow_schema,
};
use parquet::basic::{Compression, ConvertedType, LogicalType};
use parquet::errors::ParquetError;
use parquet::file::metadata::{KeyValue, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnDescPtr, SchemaDescriptor, Type, TypePtr};
use sdgrade::Format;

use crate::files::arrow_columns::ArrowColumns;
use crate::files::arrow_value::ArrowValue;
use crate::files::batches;
use crate::files::buffers::Buffers;
use crate::files::choose::{Taken, choose};
use crate::files::columns::{Along, Plan};
use crate::files::error::damage;
use crate::files::grader::{Fault, FileGrader};
use crate::files::output::{Failure, Output, Writer, append_raw, properties};
use crate::files::pages::{RowGroup, Stored};
use crate::files::record::{Record, responses, texts};
use crate::files::source::{self, Regraded, Sink, Source, Stop, Work};
use crate::{Error, Input, Meter, Options};

/// Rows that are decoded at a time: what they hold stays in the cache until it is searched.
const BATCH: usize = 64;
/// Graded rows that are encoded at a time.
const ENCODED: usize = 1 << 13;
/// Columns of fewer rows are not compressed: to start zstd for each takes longer than to grade them.
const FEW: i64 = 512;

pub(crate) fn regrade(
    input: &Input,
    output: &mut Output,
    options: &Options,
    several: bool,
    meter: &Meter<'_>,
) -> Result<Regraded, Stop> {
    let source = Parquet::open(input, output, options)?;
    if several || source.taken.several {
        return batches::regrade_parquet(input, output, options, meter);
    }
    let (schema, properties) = source.output_schema().map_err(|error| source.blame(None, error))?;
    let writer = output.groups(source.path, schema, properties)?;
    let file = File::open(source.path).map_err(|error| Error::input(source.path, error))?;
    let places = writer.schema_descr().columns().to_vec();
    let groups = Groups { source: &source, writer, file, places };
    source::regrade(&source, groups, options, meter)
}

/// Writes row groups: copies of the input's chunks, and the columns that are added.
struct Groups<'a> {
    source: &'a Parquet<'a>,
    writer: &'a mut SerializedFileWriter<Writer>,
    file: File,
    places: Vec<ColumnDescPtr>,
}

impl Sink<Group> for Groups<'_> {
    fn write(&mut self, (index, graded): Group) -> Result<(), Error> {
        let copy = || {
            let from = self.source.metadata.row_group(index);
            let mut group = self.writer.next_row_group()?;
            for (&leaf, place) in self.source.kept_leaves.iter().zip(&self.places) {
                append_raw(&mut group, &self.file, from.column(leaf), place, from.num_rows())?;
            }
            for chunk in graded {
                chunk.append_to_row_group(&mut group)?;
            }
            group.close().map(drop)
        };
        copy().map_err(|error| self.source.blame(Some(index), error))
    }
}

/// The buffers that a thread uses again, from row group to row group.
#[derive(Default)]
pub(crate) struct Reused {
    stored: Buffers,
    decompressed: Buffers,
}

/// What a row group became: its number and the columns that are added.
type Group = (usize, Vec<ArrowColumnChunk>);

/// The input and how it is read.
struct Parquet<'a> {
    path: &'a Path,
    /// Why the output could not be written, if that is why something failed.
    failure: Failure,
    metadata: ParquetMetaData,
    schema: SchemaRef,
    taken: Taken,
    plan: Plan,
    /// How the answers are to be found, as it was asked.
    format: Format,
    /// The leaf columns that are copied, and of these the ones that are not decoded as well.
    kept_leaves: Vec<usize>,
    unread_leaves: Vec<usize>,
    /// The columns that are decoded, their text as binary views, and the number of each in the file.
    decoded: FieldLevels,
    columns: Vec<usize>,
    /// Makes the encoders of the columns that are added.
    encoder: ArrowRowGroupWriterFactory,
}

impl<'a> Parquet<'a> {
    fn open(input: &'a Input, output: &Output, options: &Options) -> Result<Self, Error> {
        let path = input.path.as_path();
        let bad = |error: ParquetError| Error::input(path, error);
        let file = File::open(path).map_err(|error| Error::input(path, error))?;
        let metadata = ParquetMetaDataReader::new().parse_and_finish(&file).map_err(bad)?;
        let about = metadata.file_metadata();
        let types = about.schema_descr();
        let schema: SchemaRef =
            parquet_to_arrow_schema(types, about.key_value_metadata()).map_err(bad)?.into();
        let first = ParquetRecordBatchReaderBuilder::try_new(file)
            .and_then(|builder| builder.with_batch_size(1).build());
        let first = first.into_iter().flatten();
        let first = first.map(|batch| batch.map_err(|error| error.to_string()));
        let columns = ArrowColumns::new(Arc::clone(&schema), Box::new(first));
        let named = (options.gold_column.as_deref(), options.response_column.as_deref());
        let taken =
            choose(&columns, named.0, named.1).map_err(|message| Error::input(path, message))?;
        let plan = Plan::new(
            &columns,
            &schema.fields,
            &taken,
            |_| Along::new(),
            &input.constants,
            options.keep_text,
        );
        let leaves = 0..types.num_columns();
        let root = |leaf: usize| types.get_column_root_idx(leaf);
        let is_kept = |&leaf: &usize| plan.kept.iter().any(|kept| kept.column == root(leaf));
        let needed: Vec<&crate::files::path::Path> = plan.needed(&taken).collect();
        let is_read = |&leaf: &usize| {
            let column = types.column(leaf);
            let parts = column.path().parts();
            let leads = |path: &&crate::files::path::Path| {
                // Between the names stand those of the lists.
                let mut parts = parts.iter().skip(1);
                let members = path.steps.iter().filter(|step| step.parse::<isize>().is_err());
                path.column == root(leaf)
                    && members.into_iter().all(|name| parts.any(|part| part == name))
            };
            needed.iter().any(leads) || plan.looped == Some(root(leaf))
        };
        let mask = ProjectionMask::leaves(types, leaves.clone().filter(is_read));
        let kept_leaves: Vec<usize> = leaves.clone().filter(is_kept).collect();
        let unread = kept_leaves.iter().copied().filter(|&leaf| !mask.leaf_included(leaf));
        let unread_leaves = unread.collect();
        let mut columns: Vec<usize> =
            leaves.filter(|&leaf| mask.leaf_included(leaf)).map(root).collect();
        columns.dedup();
        let decoded = as_binary(types, mask).map_err(bad)?;
        let few = metadata.row_groups().iter().all(|group| group.num_rows() < FEW);
        let encoder = encoders(&plan.new_fields(), few).map_err(bad)?;
        Ok(Self {
            path,
            failure: output.failure(),
            metadata,
            schema,
            taken,
            plan,
            format: options.format.clone(),
            kept_leaves,
            unread_leaves,
            decoded,
            columns,
            encoder,
        })
    }

    /// Decides by the first rows of the first row group how the answers are found in the file. Other
    /// threads wait for it: to decode pages twice for this would take long.
    fn recognise(&self, first: &RecordBatch) {
        let decoded = self.decoded_columns(first);
        // What cannot be read, or is not UTF-8, is said where it is graded.
        let row = |row| GroupRow { columns: &decoded, row, is_utf8: false };
        let said: Vec<_> = (0..first.num_rows())
            .filter_map(|number| responses(&self.taken, &row(number)).ok())
            .collect();
        let said: Vec<&[u8]> = said.iter().flat_map(|responses| texts(responses)).collect();
        self.plan.recognise(&self.format, &said);
    }

    fn pages(&self, index: usize, reused: &Reused) -> Result<RowGroup<'_>, std::io::Error> {
        Ok(RowGroup {
            file: Arc::new(Stored { file: File::open(self.path)?, buffers: reused.stored.clone() }),
            metadata: &self.metadata,
            index,
            buffers: reused.decompressed.clone(),
            is_utf8: Arc::new(AtomicBool::new(true)),
        })
    }

    /// The columns of a batch by their number in the file.
    fn decoded_columns<'b>(&self, batch: &'b RecordBatch) -> Vec<Option<&'b ArrayRef>> {
        let mut decoded = vec![None; self.schema.fields.len()];
        for (&column, array) in self.columns.iter().zip(batch.columns()) {
            decoded[column] = Some(array);
        }
        decoded
    }

    /// Whose fault an error is: the output's, if that cannot be written, else the input's.
    fn blame(&self, group: Option<usize>, error: ParquetError) -> Error {
        self.failure.take().unwrap_or_else(|| match group {
            Some(index) => Error::at(self.path, format_args!("row group {index}"), error),
            None => Error::input(self.path, error),
        })
    }

    /// The schema and the properties of the output: what the input says, for the columns that are
    /// kept, and the graded columns.
    fn output_schema(&self) -> Result<(TypePtr, WriterProperties), ParquetError> {
        let about = self.metadata.file_metadata();
        let old = about.schema_descr().root_schema().get_fields();
        let kept = self.plan.kept.iter().map(|kept| rebuild(&old[kept.column], &kept.name, false));
        let graded = Schema::new(self.plan.new_fields());
        let graded = ArrowSchemaConverter::new().convert(&graded)?;
        let fields = kept
            .chain(graded.root_schema().get_fields().iter().cloned().map(Ok))
            .collect::<Result<_, _>>()?;
        let schema = Type::group_type_builder("schema").with_fields(fields).build()?;

        let arrow = Schema::new_with_metadata(
            self.plan.output_fields(|kept| Arc::clone(&self.schema.fields[kept.column])),
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

    fn decode_and_grade(
        &self,
        index: usize,
        grader: &mut FileGrader<'_>,
        reused: &Reused,
        work: &mut Work<'_>,
    ) -> Result<Group, Ended> {
        let group = self.metadata.row_group(index);
        let rows = u64::try_from(group.num_rows()).unwrap_or(0);
        let bytes = u64::try_from(group.compressed_size()).unwrap_or(0);
        let pages = self.pages(index, reused)?;
        for &leaf in &self.unread_leaves {
            pages.check(leaf).map_err(|error| {
                Ended::Bad(format!(
                    "column {:?}: {error}",
                    group.column(leaf).column_path().string()
                ))
            })?;
        }
        let batches =
            ParquetRecordBatchReader::try_new_with_row_groups(&self.decoded, &pages, BATCH, None)?;
        let fields = self.plan.new_fields();
        let mut columns = self.encoder.create_column_writers(0)?;
        let mut encode = |grader: &mut FileGrader<'_>| -> Result<(), Ended> {
            let leaves = fields.iter().zip(grader.take_columns());
            for (column, (field, array)) in columns.iter_mut().zip(leaves) {
                for leaf in compute_leaves(field, &array)? {
                    column.write(&leaf)?;
                }
            }
            Ok(())
        };
        let (mut total, mut pending) = (0, 0);
        for batch in batches {
            let batch = batch?;
            if index == 0 && total == 0 {
                self.recognise(&batch);
            }
            let decoded = self.decoded_columns(&batch);
            let is_utf8 = pages.is_utf8.load(Ordering::Relaxed);
            for row in 0..batch.num_rows() {
                let record = GroupRow { columns: &decoded, row, is_utf8 };
                grader.push(&record).map_err(|fault| match fault {
                    Fault::Bad(what) => Ended::Bad(format!("row {}: {what}", total + row as u64)),
                    Fault::Several => Ended::Stop(Stop::Several),
                })?;
            }
            total += batch.num_rows() as u64;
            pending += batch.num_rows();
            if pending >= ENCODED {
                encode(grader)?;
                pending = 0;
            }
            let read = bytes * batch.num_rows() as u64 / rows.max(1);
            work.report(grader, read).map_err(|error| Ended::Stop(Stop::Error(error)))?;
        }
        if total != rows {
            return Err(Ended::Bad(format!(
                "it holds {total} rows, not the {rows} that the footer says"
            )));
        }
        encode(grader)?;
        let chunks = columns.into_iter().map(ArrowColumnWriter::close).collect::<Result<_, _>>()?;
        Ok((index, chunks))
    }
}

impl Source for Parquet<'_> {
    type Piece = usize;
    type Kept = Reused;
    type Graded = Group;

    fn taken(&self) -> &Taken {
        &self.taken
    }

    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn pieces(&self) -> Result<impl Iterator<Item = Result<usize, Error>> + Send, Error> {
        Ok((0..self.metadata.num_row_groups()).map(Ok))
    }

    /// Decodes and grades one row group.
    fn grade(
        &self,
        index: usize,
        grader: &mut FileGrader<'_>,
        reused: &Reused,
        work: &mut Work<'_>,
    ) -> Result<Group, Stop> {
        let at = |message: String| {
            Stop::Error(Error::at(self.path, format_args!("row group {index}"), message))
        };
        // Damaged pages make the decoder panic in places; that is an error of the file.
        let decode = AssertUnwindSafe(|| self.decode_and_grade(index, grader, reused, work));
        let decoded = catch_unwind(decode);
        if index == 0 {
            // Nobody may wait for what a fault kept from being known.
            self.plan.recognise(&self.format, &[]);
        }
        match decoded {
            Ok(Ok(group)) => Ok(group),
            Ok(Err(Ended::Stop(stop))) => Err(stop),
            Ok(Err(Ended::Bad(message))) => Err(at(message)),
            Err(panic) => Err(at(damage(panic.as_ref()))),
        }
    }
}

/// A row of a batch in which only some columns are decoded.
struct GroupRow<'a> {
    columns: &'a [Option<&'a ArrayRef>],
    row: usize,
    /// Its pages were looked at: text is decoded as bytes.
    is_utf8: bool,
}

impl<'a> Record<'a> for GroupRow<'a> {
    type Value = ArrowValue<'a>;

    fn is_utf8(&self) -> bool {
        self.is_utf8
    }

    fn value(&self, column: usize) -> Option<ArrowValue<'a>> {
        Some(ArrowValue::new(self.columns[column]?, self.row))
    }
}

/// Why a row group was not graded to its end.
enum Ended {
    Bad(String),
    Stop(Stop),
}

impl<E: ToString> From<E> for Ended {
    fn from(error: E) -> Self {
        Self::Bad(error.to_string())
    }
}

/// Makes the encoders of the columns that are added, to row groups of few rows or of any number.
fn encoders(fields: &Fields, few: bool) -> Result<ArrowRowGroupWriterFactory, ParquetError> {
    let schema: SchemaRef = Arc::new(Schema::new(fields.clone()));
    let types = ArrowSchemaConverter::new().convert(&schema)?;
    let properties =
        if few { properties().set_compression(Compression::UNCOMPRESSED) } else { properties() };
    let properties = Arc::new(properties.build());
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
