//! JSON objects of a file, and where each stands.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::path::Path;

use crate::Error;
use crate::files::buffers::Buffer;
use crate::files::cut::{Form, Piece, without_nan};
use crate::files::json_value::JsonValue;

/// Bytes of objects that are worked on at a time, unless one is larger.
pub(crate) const CHUNK: usize = 1 << 20;
/// Some of the file's objects, in its order.
pub(crate) struct Objects {
    pub(crate) text: Buffer,
    /// Where each object stands in the file, and where in `text`.
    pub(crate) places: Vec<(Place, Range<usize>)>,
    /// Bytes of the file that were read for them.
    pub(crate) file_bytes: u64,
}

/// Where an object stands, for messages.
pub(crate) enum Place {
    /// The line, from 1.
    Line(u64),
    /// The member of an archive.
    Member(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(number) => write!(f, "line {number}"),
            Self::Member(name) => f.write_str(name),
        }
    }
}

impl Place {
    pub(crate) fn bad(&self, input: &Path, what: impl fmt::Display) -> Error {
        Error::at(input, self, what)
    }
}

/// The members of an object, in its order.
pub(crate) type Members<'a> = Vec<(Cow<'a, str>, JsonValue<'a>)>;

impl Objects {
    /// Calls `take` with the members of each object.
    pub(crate) fn each<E: From<Error>>(
        &self,
        input: &Path,
        mut take: impl FnMut(&Place, &Members<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        for (place, range) in &self.places {
            let object = simdutf8::basic::from_utf8(&self.text.bytes[range.clone()])
                .map_err(|_| place.bad(input, "the text is not UTF-8"))?;
            match members(object) {
                Ok(members) => take(place, &members)?,
                Err(what) => {
                    let mended = without_nan(object).ok_or_else(|| place.bad(input, &what))?;
                    take(place, &members(&mended).map_err(|_| place.bad(input, &what))?)?;
                }
            }
        }
        Ok(())
    }
}

fn members(object: &str) -> Result<Members<'_>, String> {
    JsonValue(object).members().collect()
}

/// One object that fills a text, without what is around it.
pub(crate) fn only(text: &[u8]) -> Result<Range<usize>, &'static str> {
    let mut form = Form::default();
    match form.next(text, 0) {
        Piece::Object(range) => match form.next(text, range.end) {
            Piece::Unfinished(end) if end == text.len() => Ok(range),
            _ => Err("something follows the JSON object"),
        },
        Piece::Unfinished(_) => Err("the JSON object does not end"),
        Piece::Bad(_, what) => Err(what),
    }
}
