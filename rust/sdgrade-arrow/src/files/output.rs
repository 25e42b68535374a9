//! Output files that appear under their name only when they are whole.

use std::fs::{self, File};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::column::writer::ColumnCloseResult;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{ColumnDescPtr, SchemaDescriptor};

use crate::files::source::Sink;
use crate::{Error, Meter};

/// A file that is written beside its place and moved there when it is whole. Dropped before that, it
/// leaves nothing behind.
#[derive(Debug)]
pub(crate) struct Output {
    path: PathBuf,
    partial: PathBuf,
    file: File,
    failure: Arc<Mutex<Option<io::Error>>>,
    /// It is one of many that will be joined: it need not survive a power cut, and nobody left another.
    part: bool,
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
        Ok(Self { path: path.to_owned(), partial, file, failure: Arc::default(), part })
    }

    /// What to write to.
    pub(crate) fn writer(&self) -> Result<Writer, Error> {
        let file = self.file.try_clone().map_err(|error| Error::output(&self.path, error))?;
        Ok(Writer { file, failure: Arc::clone(&self.failure) })
    }

    /// Whether a failed step failed on this output, and if so, why; else it is the input's fault.
    pub(crate) fn failure(&self) -> Option<Error> {
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
        failure.map(|error| Error::output(&self.path, error))
    }

    /// Takes back what was written.
    pub(crate) fn clear(&self) -> Result<(), Error> {
        let mut file = &self.file;
        let clear = file.set_len(0).and_then(|()| file.rewind());
        clear.map_err(|error| Error::output(&self.path, error))
    }

    /// Puts the finished file in its place, and unless it is only a part of another on the disk.
    pub(crate) fn commit(self) -> Result<(), Error> {
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
    failure: Arc<Mutex<Option<io::Error>>>,
}

impl Writer {
    fn watch<T>(&self, result: io::Result<T>) -> io::Result<T> {
        result.map_err(|error| {
            let told = io::Error::new(error.kind(), error.to_string());
            *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
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
    output: &'o Output,
    writer: ArrowWriter<Writer>,
}

impl<'o> Rows<'o> {
    /// Encoded bytes of a row group: what is held in memory before it is written.
    const ROW_GROUP: usize = 32 << 20;

    pub(crate) fn new(output: &'o Output, schema: &SchemaRef) -> Result<Self, Error> {
        let writer =
            ArrowWriter::try_new(output.writer()?, Arc::clone(schema), Some(properties().build()));
        let writer = writer.map_err(|error| Error::output(&output.path, error))?;
        Ok(Self { output, writer })
    }
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
        write().map_err(|error| {
            self.output.failure().unwrap_or_else(|| Error::output(&self.output.path, error))
        })
    }

    fn close(self) -> Result<(), Error> {
        let closed = self.writer.close();
        closed.map_err(|error| {
            self.output.failure().unwrap_or_else(|| Error::output(&self.output.path, error))
        })?;
        Ok(())
    }
}

/// Puts regraded files end to end, without decoding them. Messages call each by the name beside it.
///
/// # Errors
/// A part cannot be read, its columns are not those of the first part, the output cannot be written,
/// or `meter` says stop.
pub fn join(parts: &[(PathBuf, PathBuf)], output: &Path, meter: &Meter<'_>) -> Result<(), Error> {
    let output = Output::create(output, false)?;
    let mut writer: Option<(SerializedFileWriter<Writer>, ParquetMetaData)> = None;
    for (path, name) in parts {
        let bad = |error: parquet::errors::ParquetError| {
            output.failure().unwrap_or_else(|| Error::input(name, error))
        };
        let file = File::open(path).map_err(|error| Error::input(name, error))?;
        let metadata = ParquetMetaDataReader::new().parse_and_finish(&file).map_err(bad)?;
        if writer.is_none() {
            let schema = metadata.file_metadata().schema_descr().root_schema_ptr();
            let metadata_pairs = metadata.file_metadata().key_value_metadata().cloned();
            let properties = properties().set_key_value_metadata(metadata_pairs).build();
            let new = SerializedFileWriter::new(output.writer()?, schema, properties.into())
                .map_err(bad)?;
            writer = Some((new, metadata.clone()));
        }
        let Some((writer, first)) = &mut writer else { unreachable!("made above") };
        let (here, there) =
            (metadata.file_metadata().schema_descr(), first.file_metadata().schema_descr());
        if here.columns() != there.columns() {
            let first = &parts[0].1;
            let message = format!(
                "{} than in {}, so they do not fit into one file; write to a folder instead",
                difference(here, there),
                first.display()
            );
            return Err(Error::input(name, message));
        }
        for group in metadata.row_groups() {
            let mut copy = writer.next_row_group().map_err(bad)?;
            for (column, place) in group.columns().iter().zip(there.columns()) {
                append_raw(&mut copy, &file, column, place, group.num_rows()).map_err(bad)?;
            }
            copy.close().map_err(bad)?;
            if meter(&crate::Counts::default()).is_break() {
                return Err(Error::Interrupted);
            }
        }
    }
    if let Some((writer, _)) = writer {
        let bad = |error| output.failure().unwrap_or_else(|| Error::output(&output.path, error));
        writer.close().map_err(bad)?;
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
