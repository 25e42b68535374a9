//! Reads files of JSON objects: one a line, strung together in any other way, or in one list; plain,
//! gzip or zstd.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::Error;
use crate::files::buffers::Buffers;
use crate::files::cut::{Form, Piece};
use crate::files::objects::{CHUNK, Objects, Place};

/// Larger buffers are not kept: few objects need them.
const LARGEST: usize = 8 * CHUNK;

/// The file in chunks of whole objects.
pub(crate) struct Chunks {
    path: PathBuf,
    text: Box<dyn Read + Send>,
    read: Arc<AtomicU64>,
    told: u64,
    carry: Vec<u8>,
    buffers: Buffers,
    /// Bytes that are read at a time.
    size: usize,
    form: Form,
    /// The byte that ends a line.
    newline: u8,
    line: u64,
    begun: bool,
    done: bool,
}

impl Chunks {
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let bad = |error: io::Error| Error::input(path, error);
        let mut file = File::open(path).map_err(bad)?;
        let mut magic = Vec::new();
        file.by_ref().take(4).read_to_end(&mut magic).map_err(bad)?;
        let bytes = file.metadata().map_or(u64::MAX, |metadata| metadata.len());
        let read = Arc::default();
        let counted =
            Counted { inner: io::Cursor::new(magic.clone()).chain(file), read: Arc::clone(&read) };
        let mut size = CHUNK;
        let text: Box<dyn Read + Send> = match magic.as_slice() {
            [0x1f, 0x8b, ..] => Box::new(Gzip::new(BufReader::with_capacity(1 << 16, counted))),
            [0x28, 0xb5, 0x2f, 0xfd] => {
                Box::new(zstd::stream::read::Decoder::new(counted).map_err(bad)?)
            }
            _ => {
                // One more than there is, to see the end.
                size = size.min(usize::try_from(bytes).unwrap_or(CHUNK).saturating_add(1));
                Box::new(counted)
            }
        };
        Ok(Self {
            path: path.to_owned(),
            text,
            read,
            told: 0,
            carry: Vec::new(),
            buffers: Buffers::up_to(LARGEST),
            size,
            form: Form::default(),
            newline: b'\n',
            line: 1,
            begun: false,
            done: false,
        })
    }

    /// Looks at how the file begins: a byte order mark, a list, line ends.
    fn begin(&mut self, text: &mut Vec<u8>) -> Result<(), Error> {
        self.begun = true;
        if text.starts_with(&[0xef, 0xbb, 0xbf]) {
            text.drain(..3);
        }
        if text.starts_with(&[0xff, 0xfe]) || text.starts_with(&[0xfe, 0xff]) {
            let message = "the text is UTF-16; write it as UTF-8 first";
            return Err(Error::input(&self.path, message));
        }
        if memchr::memchr(b'\n', text).is_none() && memchr::memchr(b'\r', text).is_some() {
            self.newline = b'\r';
        }
        let start = text.iter().position(|byte| !byte.is_ascii_whitespace());
        if let Some(start) = start.filter(|&start| text[start] == b'[') {
            self.form.listed = true;
            // Line ends before it still count.
            text[start] = b' ';
        }
        // Where the first object ends on its line, all must.
        let mut lines = Form { lines: true, ..self.form };
        self.form.lines = !matches!(lines.next(text, 0), Piece::Bad(..));
        Ok(())
    }

    fn lines_in(&self, text: &[u8]) -> u64 {
        memchr::memchr_iter(self.newline, text).count() as u64
    }

    fn bad(&self, line: u64, what: &str) -> Error {
        Place::Line(line).bad(&self.path, what)
    }

    /// Reads on until there is a whole object, and cuts out all that are whole.
    fn chunk(&mut self) -> Result<Option<Objects>, Error> {
        let bad = |error: &dyn std::fmt::Display| Error::input(&self.path, error);
        let mut buffer =
            self.buffers.take(self.carry.len() + self.size).map_err(|error| bad(&error))?;
        let text = &mut buffer.bytes;
        let mut places = Vec::new();
        let mut length = self.carry.len();
        text.resize(length + self.size, 0);
        text[..length].copy_from_slice(&self.carry);
        loop {
            // An object that is larger than a chunk is not looked at again for every one.
            let more = self.size.max(length);
            text.resize(length + more, 0);
            let read = fill(&mut self.text, &mut text[length..]);
            let read = read.map_err(|error| Error::input(&self.path, error))?;
            text.truncate(length + read);
            if !self.begun {
                self.begin(text)?;
            }
            let (mut at, mut line) = (0, self.line);
            let end = loop {
                match self.form.next(text, at) {
                    Piece::Object(range) => {
                        line += self.lines_in(&text[at..range.start]);
                        places.push((Place::Line(line), range.clone()));
                        if !(self.form.lines && self.newline == b'\n') {
                            line += self.lines_in(&text[range.clone()]);
                        }
                        at = range.end;
                    }
                    Piece::Unfinished(start) => break start,
                    Piece::Bad(place, what) => {
                        return Err(self.bad(line + self.lines_in(&text[at..place]), what));
                    }
                }
            };
            line += self.lines_in(&text[at..end]);
            self.done = read < more;
            if self.done && end < text.len() {
                return Err(self.bad(line, "the file ends within a JSON object"));
            }
            if self.done && self.form.listed && !self.form.ended {
                return Err(self.bad(line, "the file ends within a JSON list"));
            }
            if self.done || !places.is_empty() {
                self.line = line;
                self.carry = text.split_off(end);
                break;
            }
            // The form must not see again what it has seen.
            if end > 0 {
                text.drain(..end);
                self.line = line;
            }
            length = text.len();
        }
        let read = self.read.load(Ordering::Relaxed);
        let file_bytes = read - std::mem::replace(&mut self.told, read);
        let any = !places.is_empty() || file_bytes > 0;
        Ok(any.then_some(Objects { text: buffer, places, file_bytes }))
    }
}

impl Iterator for Chunks {
    type Item = Result<Objects, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let chunk = self.chunk();
        self.done |= chunk.is_err();
        chunk.transpose()
    }
}

/// Reads until a buffer is full or there is no more.
fn fill(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match from.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Gzip members one after the other, with zeros between and after them, as tapes and `cat` leave them.
struct Gzip<R: BufRead>(Option<flate2::bufread::GzDecoder<R>>);

impl<R: BufRead> Gzip<R> {
    fn new(inner: R) -> Self {
        Self(Some(flate2::bufread::GzDecoder::new(inner)))
    }
}

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let Some(member) = &mut self.0 else { return Ok(0) };
            let read = member.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            let Some(mut inner) = self.0.take().map(flate2::bufread::GzDecoder::into_inner) else {
                return Ok(0);
            };
            loop {
                let there = inner.fill_buf()?;
                if there.is_empty() {
                    return Ok(0);
                }
                let zeros = there.iter().take_while(|&&byte| byte == 0).count();
                let next = there.get(zeros).copied();
                inner.consume(zeros);
                match next {
                    None => {}
                    Some(0x1f) => break,
                    Some(_) => {
                        let message = "something that is not gzip follows the gzip data";
                        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
                    }
                }
            }
            self.0 = Some(flate2::bufread::GzDecoder::new(inner));
        }
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
