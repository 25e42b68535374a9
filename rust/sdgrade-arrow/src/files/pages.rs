//! Reads the pages of a row group into buffers that are used again.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use parquet::arrow::arrow_reader::RowGroups;
use parquet::basic::Compression;
use parquet::column::page::{Page, PageIterator, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::{ChunkReader, Length};
use parquet::file::serialized_reader::SerializedPageReader;
use parquet::schema::types::ColumnDescPtr;

use crate::files::buffers::Buffers;
use crate::files::codec::{Codec, bad};
use crate::files::page_texts::PageTexts;

/// A row group whose pages are read and decompressed into buffers that are used again.
pub(crate) struct RowGroup<'a> {
    pub(crate) file: Arc<Stored>,
    pub(crate) metadata: &'a ParquetMetaData,
    pub(crate) index: usize,
    /// Where pages are decompressed to.
    pub(crate) buffers: Buffers,
    /// The texts of all pages that were read so far are UTF-8. If not, some may not have been looked at.
    pub(crate) is_utf8: Arc<AtomicBool>,
}

/// A file whose pages are read, as they are stored, into buffers of their own: their sizes and those
/// of decompressed pages are too far apart to share.
pub(crate) struct Stored {
    pub(crate) file: File,
    pub(crate) buffers: Buffers,
}

impl Length for Stored {
    fn len(&self) -> u64 {
        self.file.len()
    }
}

impl ChunkReader for Stored {
    type T = BufReader<File>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        self.file.get_read(start)
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        // A damaged header may ask for more than there is.
        let there = self.file.len().saturating_sub(start);
        if there < length as u64 {
            let message = format!("a page has {length} bytes, the file only {there} more");
            return Err(ParquetError::EOF(message));
        }
        let mut buffer = self.buffers.take(length).map_err(|error| bad(&error))?;
        buffer.bytes.clear();
        let mut file = self.file.try_clone()?;
        file.seek(SeekFrom::Start(start))?;
        let read = file.take(length as u64).read_to_end(&mut buffer.bytes)?;
        if read != length {
            return Err(ParquetError::EOF(format!("a page has {length} bytes, {read} were read")));
        }
        Ok(Bytes::from_owner(buffer))
    }
}

impl RowGroup<'_> {
    /// The pages of a column chunk as they are stored.
    fn stored_pages(&self, chunk: &ColumnChunkMetaData) -> Result<SerializedPageReader<Stored>> {
        // The reader is told that nothing is compressed, and so hands out the pages as they are.
        let raw =
            chunk.clone().into_builder().set_compression(Compression::UNCOMPRESSED).build()?;
        SerializedPageReader::new(Arc::clone(&self.file), &raw, self.num_rows(), None)
    }

    /// Looks at the pages of a column that is not decoded: whether their headers fit into each other
    /// and their checksums are right, where they have any.
    pub(crate) fn check(&self, column: usize) -> Result<()> {
        let chunk = self.metadata.row_group(self.index).column(column);
        let mut values = 0;
        for page in self.stored_pages(chunk)? {
            let page = page?;
            values += if page.is_data_page() { i64::from(page.num_values()) } else { 0 };
        }
        if values == chunk.num_values() {
            return Ok(());
        }
        Err(ParquetError::General(format!(
            "its pages hold {values} values, not the {} that the footer says",
            chunk.num_values()
        )))
    }
}

impl RowGroups for RowGroup<'_> {
    fn num_rows(&self) -> usize {
        usize::try_from(self.metadata.row_group(self.index).num_rows()).unwrap_or(0)
    }

    fn column_chunks(&self, column: usize) -> Result<Box<dyn PageIterator>> {
        let chunk = self.metadata.row_group(self.index).column(column);
        let reader: Box<dyn PageReader> = if let Some(codec) = Codec::of(chunk)? {
            Box::new(Decompressed {
                stored: self.stored_pages(chunk)?,
                codec,
                buffers: self.buffers.clone(),
                column: chunk.column_descr_ptr(),
                is_utf8: Arc::clone(&self.is_utf8),
            })
        } else {
            self.is_utf8.store(false, Ordering::Relaxed);
            let file = Arc::clone(&self.file);
            Box::new(SerializedPageReader::new(file, chunk, self.num_rows(), None)?)
        };
        Ok(Box::new(OneChunk(Some(reader))))
    }

    fn row_groups(&self) -> Box<dyn Iterator<Item = &RowGroupMetaData> + '_> {
        Box::new(std::iter::once(self.metadata.row_group(self.index)))
    }

    fn metadata(&self) -> &ParquetMetaData {
        self.metadata
    }
}

struct OneChunk(Option<Box<dyn PageReader>>);

impl Iterator for OneChunk {
    type Item = Result<Box<dyn PageReader>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.take().map(Ok)
    }
}

impl PageIterator for OneChunk {}

struct Decompressed {
    stored: SerializedPageReader<Stored>,
    codec: Codec,
    buffers: Buffers,
    column: ColumnDescPtr,
    is_utf8: Arc<AtomicBool>,
}

impl Decompressed {
    /// What follows the first `plain` bytes of a page, which are not compressed, decompressed.
    fn decompress(&mut self, page: &Bytes, plain: usize, texts: &mut PageTexts) -> Result<Bytes> {
        let (levels, block) =
            page.split_at_checked(plain).ok_or_else(|| bad(&"it is too short"))?;
        // A page that holds nothing but nulls may be no block at all.
        if block.is_empty() {
            return Ok(page.clone());
        }
        let size = self.codec.room(block)?;
        let mut buffer = self.buffers.take(plain + size).map_err(|error| bad(&error))?;
        let look = |page: &[u8]| texts.look(page);
        self.codec.decompress(levels, block, &mut buffer.bytes, look)?;
        Ok(Bytes::from_owner(buffer))
    }
}

impl Iterator for Decompressed {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for Decompressed {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let Some(mut page) = self.stored.get_next_page()? else { return Ok(None) };
        let mut texts = PageTexts::of(&page, &self.column);
        match &mut page {
            Page::DataPage { buf, .. } | Page::DictionaryPage { buf, .. } => {
                *buf = self.decompress(buf, 0, &mut texts)?;
            }
            Page::DataPageV2 {
                buf,
                def_levels_byte_len,
                rep_levels_byte_len,
                is_compressed: true,
                ..
            } => {
                let levels = (*def_levels_byte_len + *rep_levels_byte_len) as usize;
                *buf = self.decompress(buf, levels, &mut texts)?;
            }
            Page::DataPageV2 { .. } => {}
        }
        if !texts.are_utf8(page.buffer()) {
            self.is_utf8.store(false, Ordering::Relaxed);
        }
        Ok(Some(page))
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.stored.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.stored.skip_next_page()
    }

    fn at_record_boundary(&mut self) -> Result<bool> {
        self.stored.at_record_boundary()
    }
}
