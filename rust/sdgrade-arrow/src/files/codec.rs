//! Decompresses zstd and Snappy into buffers that are used again.

use parquet::basic::Compression;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ColumnChunkMetaData;
use zstd::zstd_safe::{
    DCtx, DParameter, ErrorCode, InBuffer, OutBuffer, WINDOWLOG_MAX_32, WINDOWLOG_MAX_64,
    find_frame_compressed_size, get_error_name, get_frame_content_size,
};

/// How the pages of a column chunk are decompressed.
pub(crate) enum Codec {
    Zstd {
        context: DCtx<'static>,
        /// Bytes of all pages of the column chunk, decompressed.
        whole_chunk: usize,
    },
    Snappy(snap::raw::Decoder),
}

/// Bytes from which zstd can tell how long a frame's header is.
const FRAME_START: usize = 5;
/// The largest window that zstd knows, as a power of two. It takes no memory here, where the page itself is
/// the window; a frame of one segment says its size for it, however large.
const WINDOW: u32 =
    if cfg!(target_pointer_width = "64") { WINDOWLOG_MAX_64 } else { WINDOWLOG_MAX_32 };

impl Codec {
    /// The codec of a column chunk, if it is one of these.
    pub(crate) fn of(chunk: &ColumnChunkMetaData) -> Result<Option<Self>> {
        Ok(match chunk.compression() {
            Compression::ZSTD(_) => {
                let whole_chunk = usize::try_from(chunk.uncompressed_size()).unwrap_or(0);
                Some(Self::Zstd { context: streaming()?, whole_chunk })
            }
            Compression::SNAPPY => Some(Self::Snappy(snap::raw::Decoder::new())),
            _ => None,
        })
    }

    /// Bytes that `block` takes at most when it is decompressed.
    pub(crate) fn room(&self, block: &[u8]) -> Result<usize> {
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

    /// Fills `page`, which has the room for it and whose bytes have no meaning, with `start` and what `block`
    /// holds. Each time that more of the page is there, `look` is shown all that is.
    pub(crate) fn decompress(
        &mut self,
        start: &[u8],
        block: &[u8],
        page: &mut Vec<u8>,
        mut look: impl FnMut(&[u8]),
    ) -> Result<()> {
        match self {
            Self::Zstd { context, .. } => {
                page.clear();
                page.extend_from_slice(start);
                // Fed what it asks for, zstd copies nothing and stops after each block of at most 128 KiB.
                let (mut rest, mut wanted) = (block, FRAME_START);
                while !rest.is_empty() {
                    let (done, fed) = (page.len(), wanted.min(rest.len()));
                    let mut input = InBuffer::around(&rest[..fed]);
                    let mut output = OutBuffer::around_pos(page, done);
                    let asked = context.decompress_stream(&mut output, &mut input);
                    wanted = asked.map_err(zstd_error)?;
                    rest = &rest[input.pos()..];
                    look(page);
                    if wanted == 0 && !rest.is_empty() {
                        wanted = FRAME_START;
                    }
                }
                if wanted > 0 {
                    return Err(bad(&"it ends within a frame of zstd"));
                }
            }
            Self::Snappy(decoder) => {
                let size =
                    start.len() + snap::raw::decompress_len(block).map_err(|error| bad(&error))?;
                // Only what the buffer did not hold before is filled.
                page.resize(size, 0);
                page[..start.len()].copy_from_slice(start);
                decoder.decompress(block, &mut page[start.len()..]).map_err(|error| bad(&error))?;
                look(page);
            }
        }
        Ok(())
    }
}

/// Decompresses into a buffer that stays as it is, so that zstd needs none of its own.
fn streaming() -> Result<DCtx<'static>> {
    let mut context = DCtx::create();
    for parameter in [DParameter::StableOutBuffer(true), DParameter::WindowLogMax(WINDOW)] {
        context.set_parameter(parameter).map_err(zstd_error)?;
    }
    Ok(context)
}

fn zstd_error(code: ErrorCode) -> ParquetError {
    bad(&get_error_name(code))
}

pub(crate) fn bad(what: &dyn std::fmt::Display) -> ParquetError {
    ParquetError::General(format!("a page cannot be read: {what}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // a failed test says where
mod tests {
    use super::*;

    fn zstd(whole_chunk: usize) -> Codec {
        Codec::Zstd { context: streaming().unwrap(), whole_chunk }
    }

    /// What a codec makes of a block, and the lengths at which it was shown.
    fn decompressed(
        codec: &mut Codec,
        start: &[u8],
        block: &[u8],
    ) -> Result<(Vec<u8>, Vec<usize>)> {
        let mut page = Vec::with_capacity(start.len() + codec.room(block)?);
        let mut shown = Vec::new();
        codec.decompress(start, block, &mut page, |there| shown.push(there.len()))?;
        Ok((page, shown))
    }

    /// Bytes that do not repeat within a block.
    fn noise(size: usize) -> Vec<u8> {
        let mut state = 1_u32;
        let next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        };
        std::iter::repeat_with(next).take(size).collect()
    }

    #[test]
    fn zstd_is_shown_block_by_block_whatever_it_is_made_of() {
        let words = b"so we find that ".repeat(40_000);
        for text in [&words, &noise(300_000), &vec![7; 1 << 20], &vec![7; 5], &Vec::new()] {
            let frame = zstd::bulk::compress(text, 3).unwrap();
            // Made as a stream, a frame does not say its size.
            let stream = zstd::stream::encode_all(text.as_slice(), 3).unwrap();
            for (block, times) in
                [(frame.clone(), 1), (stream.clone(), 1), ([frame, stream].concat(), 2)]
            {
                let mut codec = zstd(2 * text.len());
                for start in [&b""[..], b"levels"] {
                    let (page, shown) = decompressed(&mut codec, start, &block).unwrap();
                    assert!(page == [start, &text.repeat(times)].concat());
                    assert!(shown.is_sorted());
                    assert_eq!(shown.last(), Some(&page.len()));
                    let steps = shown.windows(2).map(|pair| pair[1] - pair[0]);
                    assert!(steps.max().is_none_or(|most| most <= 1 << 17), "{shown:?}");
                }
            }
        }
    }

    #[test]
    fn a_frame_of_zstd_may_ask_for_a_window_that_is_larger_than_its_page() {
        for exponent in [27, 28, 31] {
            // Magic number, no size, the window, and one last block of five times the same byte.
            let header = [0x28, 0xb5, 0x2f, 0xfd, 0, (exponent - 10) << 3];
            let block = [&header[..], &[1 | 1 << 1 | 5 << 3, 0, 0, b'a']].concat();
            assert_eq!(decompressed(&mut zstd(5), b"", &block).unwrap().0, b"aaaaa");
        }
    }

    #[test]
    fn zstd_that_breaks_off_or_goes_on_or_is_too_long_is_refused() {
        let text = noise(200_000);
        let frame = zstd::bulk::compress(&text, 3).unwrap();
        for length in (1..20).chain(20..frame.len()).step_by(997).chain([frame.len() - 1]) {
            assert!(
                decompressed(&mut zstd(text.len()), b"", &frame[..length]).is_err(),
                "{length}"
            );
        }
        for more in [&b"x"[..], b"more than a header", &frame[..9]] {
            let block = [&frame, more].concat();
            assert!(decompressed(&mut zstd(2 * text.len()), b"", &block).is_err());
        }
        let twice = frame.repeat(2);
        assert!(decompressed(&mut zstd(text.len()), b"", &twice).is_err());
    }

    #[test]
    fn a_length_that_snappy_cannot_reach_is_refused() {
        let snappy = Codec::Snappy(snap::raw::Decoder::new());
        let block = snap::raw::Encoder::new().compress_vec(&vec![7; 1 << 20]).unwrap();
        assert_eq!(snappy.room(&block).unwrap(), 1 << 20);
        assert!(snappy.room(&[0xff, 0xff, 0xff, 0xff, 0x0f, 0]).is_err());
    }
}
