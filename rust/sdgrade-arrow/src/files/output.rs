//! Output files that appear under their name only when they are whole.

use std::fs::{self, File};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use parquet::arrow::{ArrowSchemaConverter, ArrowWriter, parquet_to_arrow_schema};
use parquet::basic::{Compression, ZstdLevel};
use parquet::column::writer::ColumnCloseResult;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaDataReader};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{ColumnDescPtr, SchemaDescriptor, TypePtr};

use crate::files::source::Sink;
use crate::{Error, Meter};

/// A file that is written beside its place and moved there when it is whole. Dropped before that, it
/// leaves nothing behind. Inputs with the same columns are written into it one after the other.
pub(crate) struct Output {
    path: PathBuf,
    partial: PathBuf,
    file: File,
    failure: Failure,
    /// It is one of many that will be joined: it need not survive a power cut, and nobody left another.
    part: bool,
    begun: Option<Begun>,
    /// The columns of an input without rows: those of the output only if no input has any.
    without_rows: Option<SchemaRef>,
}

/// What was begun by the first input.
struct Begun {
    first: PathBuf,
    columns: SchemaDescriptor,
    encoder: Encoder,
}

enum Encoder {
    /// Of rows.
    Rows(Box<ArrowWriter<Writer>>, SchemaRef),
    /// Of row groups, whose columns are encoded already.
    Groups(Box<SerializedFileWriter<Writer>>),
}

/// Rows and row groups are not written into one file together.
const OTHER_FORMAT: &str = "it is of another format than the file before it";

/// Whether a failed step failed on an output, and if so, why; else it is the input's fault.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    path: PathBuf,
    error: Arc<Mutex<Option<io::Error>>>,
}

impl Failure {
    pub(crate) fn take(&self) -> Option<Error> {
        let error = self.error.lock().unwrap_or_else(PoisonError::into_inner).take();
        error.map(|error| Error::output(&self.path, error))
    }

    /// What is wrong with the output, `error` if nothing else is known.
    fn or(&self, error: impl std::fmt::Display) -> Error {
        self.take().unwrap_or_else(|| Error::output(&self.path, error))
    }
}

impl Output {
    pub(crate) fn create(path: &Path, part: bool) -> Result<Self, Error> {
        let fail = |error: io::Error| Error::output(path, error);
        let name = path
            .file_name()
            .ok_or_else(|| Error::output(path, "this is no file name"))?
            .to_string_lossy();
        let partial = path.with_file_name(format!(".{name}.{}.partial", std::process::id()));
        if !part {
            remove_left_over(&partial, &name);
        }
        let file = File::create(&partial).map_err(fail)?;
        let failure = Failure { path: path.to_owned(), error: Arc::default() };
        Ok(Self {
            path: path.to_owned(),
            partial,
            file,
            failure,
            part,
            begun: None,
            without_rows: None,
        })
    }

    pub(crate) fn failure(&self) -> Failure {
        self.failure.clone()
    }

    /// What to write to.
    fn writer(&self) -> Result<Writer, Error> {
        let file = self.file.try_clone().map_err(|error| Error::output(&self.path, error))?;
        Ok(Writer { file, failure: self.failure() })
    }

    /// Takes the row groups of an input, if it has the columns of those before it.
    pub(crate) fn groups(
        &mut self,
        input: &Path,
        schema: TypePtr,
        properties: WriterProperties,
    ) -> Result<&mut SerializedFileWriter<Writer>, Error> {
        let columns = SchemaDescriptor::new(Arc::clone(&schema));
        let new = |to| {
            SerializedFileWriter::new(to, schema, properties.into())
                .map(|writer| Encoder::Groups(Box::new(writer)))
        };
        match self.encoder(input, columns, new)? {
            Encoder::Groups(writer) => Ok(writer),
            Encoder::Rows(..) => Err(Error::input(input, OTHER_FORMAT)),
        }
    }

    /// Takes the rows of an input, if it has the columns of those before it.
    pub(crate) fn rows(&mut self, input: &Path, schema: &SchemaRef) -> Result<Rows<'_>, Error> {
        let columns = ArrowSchemaConverter::new().convert(schema);
        let columns = columns.map_err(|error| Error::input(input, error))?;
        let failure = self.failure();
        let new = |to| {
            let writer = ArrowWriter::try_new(to, Arc::clone(schema), Some(properties().build()));
            writer.map(|writer| Encoder::Rows(Box::new(writer), Arc::clone(schema)))
        };
        match self.encoder(input, columns, new)? {
            Encoder::Rows(writer, first) if first == schema => Ok(Rows { writer, failure }),
            _ => Err(Error::input(input, OTHER_FORMAT)),
        }
    }

    /// Takes note of an input without rows.
    pub(crate) fn without_rows(&mut self, schema: SchemaRef) {
        self.without_rows.get_or_insert(schema);
    }

    /// What the first input began with `new`.
    fn encoder(
        &mut self,
        input: &Path,
        columns: SchemaDescriptor,
        new: impl FnOnce(Writer) -> parquet::errors::Result<Encoder>,
    ) -> Result<&mut Encoder, Error> {
        if let Some(begun) = &self.begun
            && begun.columns.columns() != columns.columns()
        {
            let message = format!(
                "{} than in {}, so they do not fit into one file; write to a folder instead",
                difference(&columns, &begun.columns),
                begun.first.display()
            );
            return Err(Error::input(input, message));
        }
        let begun = if let Some(begun) = self.begun.take() {
            begun
        } else {
            let encoder = new(self.writer()?).map_err(|error| self.failure.or(error))?;
            Begun { first: input.to_owned(), columns, encoder }
        };
        Ok(&mut self.begun.insert(begun).encoder)
    }

    /// Takes back what was written.
    pub(crate) fn clear(&mut self) -> Result<(), Error> {
        self.begun = None;
        let mut file = &self.file;
        let clear = file.set_len(0).and_then(|()| file.rewind());
        clear.map_err(|error| Error::output(&self.path, error))
    }

    /// Ends the file and puts it in its place, and unless it is only a part of another on the disk.
    pub(crate) fn commit(mut self) -> Result<(), Error> {
        if let Some(schema) = self.without_rows.take().filter(|_| self.begun.is_none()) {
            self.rows(&self.path.clone(), &schema)?;
        }
        let ended = match self.begun.take().map(|begun| begun.encoder) {
            Some(Encoder::Rows(writer, _)) => writer.close().map(drop),
            Some(Encoder::Groups(writer)) => writer.close().map(drop),
            None => Ok(()),
        };
        ended.map_err(|error| self.failure.or(error))?;
        let finish = || {
            if self.part {
                return fs::rename(&self.partial, &self.path);
            }
            self.file.sync_all()?;
            fs::rename(&self.partial, &self.path)?;
            // The new name is safe only once its folder is on the disk, where a folder can be opened.
            let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
            File::open(folder.unwrap_or(Path::new(".")))
                .and_then(|folder| folder.sync_all())
                .or(Ok(()))
        };
        finish().map_err(|error: io::Error| Error::output(&self.path, error))
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        // After a commit there is nothing of that name; and there is nobody to tell of a failure.
        let _ = fs::remove_file(&self.partial);
    }
}

/// Removes what a process that was killed left of the same output.
fn remove_left_over(partial: &Path, name: &str) {
    if !Path::new("/proc/self").exists() {
        return;
    }
    let Some(Ok(entries)) = partial
        .parent()
        .map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder })
        .map(fs::read_dir)
    else {
        return;
    };
    for entry in entries.flatten() {
        let file = entry.file_name();
        let process = file
            .to_str()
            .and_then(|file| file.strip_prefix(&format!(".{name}."))?.strip_suffix(".partial"));
        if process
            .is_some_and(|id| id.parse::<u32>().is_ok() && !Path::new("/proc").join(id).exists())
        {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Writes to an [`Output`] and remembers there why it failed.
#[derive(Debug)]
pub(crate) struct Writer {
    file: File,
    failure: Failure,
}

impl Writer {
    fn watch<T>(&self, result: io::Result<T>) -> io::Result<T> {
        result.map_err(|error| {
            let told = io::Error::new(error.kind(), error.to_string());
            *self.failure.error.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            told
        })
    }
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes);
        self.watch(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.file.flush();
        self.watch(flushed)
    }
}

/// Encodes rows into an [`Output`].
pub(crate) struct Rows<'o> {
    writer: &'o mut ArrowWriter<Writer>,
    failure: Failure,
}

impl Rows<'_> {
    /// Encoded bytes of a row group: what is held in memory before it is written.
    const ROW_GROUP: usize = 32 << 20;
}

impl Sink<RecordBatch> for Rows<'_> {
    fn write(&mut self, batch: RecordBatch) -> Result<(), Error> {
        let mut write = || {
            self.writer.write(&batch)?;
            if self.writer.in_progress_size() >= Self::ROW_GROUP {
                self.writer.flush()
            } else {
                Ok(())
            }
        };
        write().map_err(|error| self.failure.or(error))
    }
}

/// Puts regraded files end to end, without decoding them. Messages call each by the name beside it.
///
/// # Errors
/// A part cannot be read, its columns are not those of the first part, the output cannot be written,
/// or `meter` says stop.
pub fn join(parts: &[(PathBuf, PathBuf)], output: &Path, meter: &Meter<'_>) -> Result<(), Error> {
    let mut output = Output::create(output, false)?;
    let failure = output.failure();
    for (path, name) in parts {
        let bad = |error: parquet::errors::ParquetError| {
            failure.take().unwrap_or_else(|| Error::input(name, error))
        };
        let file = File::open(path).map_err(|error| Error::input(name, error))?;
        let metadata = ParquetMetaDataReader::new().parse_and_finish(&file).map_err(bad)?;
        let about = metadata.file_metadata();
        if about.num_rows() == 0 && parts.len() > 1 {
            let schema = parquet_to_arrow_schema(about.schema_descr(), about.key_value_metadata());
            output.without_rows(schema.map_err(bad)?.into());
            continue;
        }
        let pairs = about.key_value_metadata().cloned();
        let properties = properties().set_key_value_metadata(pairs).build();
        let writer = output.groups(name, about.schema_descr().root_schema_ptr(), properties)?;
        let places = writer.schema_descr().columns().to_vec();
        for group in metadata.row_groups() {
            let mut copy = writer.next_row_group().map_err(bad)?;
            for (column, place) in group.columns().iter().zip(&places) {
                append_raw(&mut copy, &file, column, place, group.num_rows()).map_err(bad)?;
            }
            copy.close().map_err(bad)?;
            if meter(&crate::Counts::default()).is_break() {
                return Err(Error::Interrupted);
            }
        }
    }
    output.commit()
}

/// What is other in the columns of `here`.
fn difference(here: &SchemaDescriptor, there: &SchemaDescriptor) -> String {
    let names = |columns: &SchemaDescriptor| -> Vec<String> {
        columns.root_schema().get_fields().iter().map(|field| field.name().to_owned()).collect()
    };
    let (ours, theirs) = (names(here), names(there));
    let without = |names: &[String], others: &[String]| {
        names.iter().filter(|name| !others.contains(name)).cloned().collect::<Vec<_>>().join(", ")
    };
    match (without(&ours, &theirs), without(&theirs, &ours)) {
        (more, less) if !more.is_empty() && !less.is_empty() => {
            format!("it has the columns {more} more and the columns {less} less")
        }
        (more, _) if !more.is_empty() => format!("it has the columns {more} more"),
        (_, less) if !less.is_empty() => format!("it has the columns {less} less"),
        _ => {
            let odd = here.columns().iter().zip(there.columns()).find(|(this, that)| this != that);
            let odd = odd.map_or_else(String::new, |(this, _)| this.path().string());
            format!("the column {odd:?} holds another type")
        }
    }
}

/// How encoded columns are written. Long texts that are all different gain nothing by a dictionary;
/// the writer drops it for a column once it is full.
pub(crate) fn properties() -> WriterPropertiesBuilder {
    let level = ZstdLevel::try_new(3).unwrap_or_default();
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        // Chunks that are copied bring no page index, and a file has one for all columns or for none.
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
}

/// Copies a column chunk as it is, compressed pages and all, under the name that `place` gives it.
pub(crate) fn append_raw(
    group: &mut SerializedRowGroupWriter<'_, Writer>,
    file: &File,
    column: &ColumnChunkMetaData,
    place: &ColumnDescPtr,
    rows: i64,
) -> parquet::errors::Result<()> {
    let mut metadata = ColumnChunkMetaData::builder(Arc::clone(place))
        .set_compression_codec(column.compression_codec())
        .set_encodings_mask(*column.encodings_mask())
        .set_total_compressed_size(column.compressed_size())
        .set_total_uncompressed_size(column.uncompressed_size())
        .set_num_values(column.num_values())
        .set_data_page_offset(column.data_page_offset())
        // Some writers put 0 where there is no dictionary.
        .set_dictionary_page_offset(column.dictionary_page_offset().filter(|&offset| offset > 0))
        .set_unencoded_byte_array_data_bytes(column.unencoded_byte_array_data_bytes())
        .set_repetition_level_histogram(column.repetition_level_histogram().cloned())
        .set_definition_level_histogram(column.definition_level_histogram().cloned());
    if let Some(statistics) = column.statistics() {
        metadata = metadata.set_statistics(statistics.clone());
    }
    if let Some(statistics) = column.page_encoding_stats() {
        metadata = metadata.set_page_encoding_stats(statistics.clone());
    }
    let unsigned = |number: i64| u64::try_from(number).unwrap_or(0);
    let close = ColumnCloseResult {
        bytes_written: unsigned(column.compressed_size()),
        rows_written: unsigned(rows),
        metadata: metadata.build()?,
        bloom_filter: None,
        column_index: None,
        offset_index: None,
    };
    group.append_column(file, close)
}
