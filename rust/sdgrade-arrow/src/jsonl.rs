//! Reads JSON lines: plain, gzip or zstd.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::Error;
use crate::json::{CHUNK, Objects, Place};

/// The file in chunks of whole lines.
pub(crate) struct Chunks {
    path: PathBuf,
    text: Box<dyn Read + Send>,
    read: Arc<AtomicU64>,
    told: u64,
    carry: Vec<u8>,
    line: u64,
    done: bool,
}

impl Chunks {
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let bad = |error: io::Error| Error::input(path, error);
        let mut file = File::open(path).map_err(bad)?;
        let mut magic = Vec::new();
        file.by_ref().take(4).read_to_end(&mut magic).map_err(bad)?;
        let read = Arc::default();
        let counted =
            Counted { inner: io::Cursor::new(magic.clone()).chain(file), read: Arc::clone(&read) };
        let text: Box<dyn Read + Send> = match magic.as_slice() {
            [0x1f, 0x8b, ..] => Box::new(flate2::read::MultiGzDecoder::new(
                io::BufReader::with_capacity(1 << 16, counted),
            )),
            [0x28, 0xb5, 0x2f, 0xfd] => {
                Box::new(zstd::stream::read::Decoder::new(counted).map_err(bad)?)
            }
            _ => Box::new(counted),
        };
        Ok(Self {
            path: path.to_owned(),
            text,
            read,
            told: 0,
            carry: Vec::new(),
            line: 1,
            done: false,
        })
    }
}

impl Iterator for Chunks {
    type Item = Result<Objects, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let mut text = std::mem::take(&mut self.carry);
        let end = loop {
            let before = text.len();
            text.reserve(CHUNK);
            match self.text.by_ref().take(CHUNK as u64).read_to_end(&mut text) {
                Err(error) => {
                    self.done = true;
                    return Some(Err(Error::input(&self.path, error)));
                }
                Ok(read) if read < CHUNK => {
                    self.done = true;
                    break text.len();
                }
                Ok(_) => {}
            }
            // A line may be longer than a chunk.
            if let Some(newline) = memchr::memrchr(b'\n', &text[before..]) {
                break before + newline + 1;
            }
        };
        self.carry = text.split_off(end);
        let mut places = Vec::new();
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', &text).chain([text.len()]) {
            if !text[start..end].trim_ascii().is_empty() {
                places.push((Place::Line(self.line), start..end));
            }
            start = end + 1;
            self.line += u64::from(end < text.len());
        }
        let read = self.read.load(Ordering::Relaxed);
        let file_bytes = read - std::mem::replace(&mut self.told, read);
        Some(Ok(Objects { text, places, file_bytes }))
    }
}

/// Counts the bytes that are read.
struct Counted<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
