//! Reads the pages of a row group, and decompresses zstd and Snappy, into buffers that are used again.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;

use bytes::Bytes;
use parquet::arrow::arrow_reader::RowGroups;
use parquet::basic::Compression;
use parquet::column::page::{Page, PageIterator, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::{ChunkReader, Length};
use parquet::file::serialized_reader::SerializedPageReader;
use zstd::zstd_safe::{find_frame_compressed_size, get_frame_content_size};

use crate::files::buffers::Buffers;

/// A row group whose pages are read and decompressed into buffers that are used again.
pub(crate) struct RowGroup<'a> {
    pub(crate) file: Arc<Stored>,
    pub(crate) metadata: &'a ParquetMetaData,
    pub(crate) index: usize,
    /// Where pages are decompressed to.
    pub(crate) buffers: Buffers,
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
        let codec = match chunk.compression() {
            Compression::ZSTD(_) => Some(Codec::Zstd {
                decompressor: zstd::bulk::Decompressor::new()?,
                whole_chunk: usize::try_from(chunk.uncompressed_size()).unwrap_or(0),
            }),
            Compression::SNAPPY => Some(Codec::Snappy(snap::raw::Decoder::new())),
            _ => None,
        };
        let reader: Box<dyn PageReader> = if let Some(codec) = codec {
            let stored = self.stored_pages(chunk)?;
            Box::new(Decompressed { stored, codec, buffers: self.buffers.clone() })
        } else {
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
}

enum Codec {
    Zstd {
        decompressor: zstd::bulk::Decompressor<'static>,
        /// Bytes of all pages of the column chunk, decompressed.
        whole_chunk: usize,
    },
    Snappy(snap::raw::Decoder),
}

impl Codec {
    /// Bytes that `block` takes at most when it is decompressed.
    fn room(&self, block: &[u8]) -> Result<usize> {
        match self {
            // A frame need not say its size, and a page may be of several frames.
            Self::Zstd { whole_chunk, .. } => {
                match (get_frame_content_size(block), find_frame_compressed_size(block)) {
                    (Ok(Some(size)), Ok(len)) if len == block.len() => Ok(usize::try_from(size)?),
                    _ => Ok(*whole_chunk),
                }
            }
            Self::Snappy(_) => {
                let size = snap::raw::decompress_len(block).map_err(|error| bad(&error))?;
                // Three bytes stand for 64 at most, so this length can only be damage.
                if size / 32 > block.len() {
                    return Err(bad(&"it says that it is too large"));
                }
                Ok(size)
            }
        }
    }
}

impl Decompressed {
    /// What follows the first `plain` bytes of a page, which are not compressed, decompressed.
    fn decompress(&mut self, page: &Bytes, plain: usize) -> Result<Bytes> {
        let (levels, block) =
            page.split_at_checked(plain).ok_or_else(|| bad(&"it is too short"))?;
        // A page that holds nothing but nulls may be no block at all.
        if block.is_empty() {
            return Ok(page.clone());
        }
        let size = self.codec.room(block)?;
        let mut buffer = self.buffers.take(plain + size).map_err(|error| bad(&error))?;
        let bytes = &mut buffer.bytes;
        match &mut self.codec {
            Codec::Zstd { decompressor, .. } => {
                bytes.clear();
                bytes.extend_from_slice(levels);
                let mut rest = std::io::Cursor::new(bytes);
                rest.set_position(plain as u64);
                decompressor.decompress_to_buffer(block, &mut rest).map_err(|error| bad(&error))?;
            }
            Codec::Snappy(decoder) => {
                // Only what the buffer did not hold before is filled.
                bytes.resize(plain + size, 0);
                bytes[..plain].copy_from_slice(levels);
                decoder.decompress(block, &mut bytes[plain..]).map_err(|error| bad(&error))?;
            }
        }
        Ok(Bytes::from_owner(buffer))
    }
}

fn bad(what: &dyn std::fmt::Display) -> ParquetError {
    ParquetError::General(format!("a page cannot be read: {what}"))
}

impl Iterator for Decompressed {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for Decompressed {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let mut page = self.stored.get_next_page()?;
        match &mut page {
            Some(Page::DataPage { buf, .. } | Page::DictionaryPage { buf, .. }) => {
                *buf = self.decompress(buf, 0)?;
            }
            Some(Page::DataPageV2 {
                buf,
                def_levels_byte_len,
                rep_levels_byte_len,
                is_compressed: true,
                ..
            }) => {
                *buf =
                    self.decompress(buf, (*def_levels_byte_len + *rep_levels_byte_len) as usize)?;
            }
            Some(Page::DataPageV2 { .. }) | None => {}
        }
        Ok(page)
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

#[cfg(test)]
#[allow(clippy::unwrap_used)] // a failed test says where
mod tests {
    use super::*;

    #[test]
    fn a_length_that_snappy_cannot_reach_is_refused() {
        let snappy = Codec::Snappy(snap::raw::Decoder::new());
        let block = snap::raw::Encoder::new().compress_vec(&vec![7; 1 << 20]).unwrap();
        assert_eq!(snappy.room(&block).unwrap(), 1 << 20);
        assert!(snappy.room(&[0xff, 0xff, 0xff, 0xff, 0x0f, 0]).is_err());
    }
}
