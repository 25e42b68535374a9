//! Rows of golds and responses: sequences, or anything that exports Arrow.

use arrow_array::ArrayRef;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyByteArray, PyBytes, PyDict, PyList, PySet, PyString};
use sdgrade::Format;
use sdgrade_arrow::{Chunked, Column, Texts};
use smallvec::{SmallVec, smallvec};

use crate::argument::named;
use crate::arrow;
use crate::text::{self, Response, Text};

/// Golds or responses.
pub(crate) enum Rows {
    Arrow(Chunked),
    Sequence(Strings),
}

impl Rows {
    pub(crate) fn golds(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        Self::new(object, "golds", &|strings, row| {
            if text::is_sequence(row) {
                for each in row.try_iter()? {
                    let each = each?;
                    if !each.is_none() {
                        strings.push_text(&text::gold(each.as_borrowed())?);
                    }
                }
                Ok(())
            } else {
                strings.push_text(&text::gold(row)?);
                Ok(())
            }
        })
    }

    pub(crate) fn responses(object: &Bound<'_, PyAny>, format: &Format) -> PyResult<Self> {
        Self::new(object, "responses", &|strings, row| {
            strings.push_text(&row.extract::<Response>()?.text(format));
            Ok(())
        })
    }

    /// `push` takes a row that is no str and not None.
    fn new(object: &Bound<'_, PyAny>, name: &str, push: &Push<'_>) -> PyResult<Self> {
        let named = |error| named(object.py(), name, error);
        // A list exports nothing, and asking it takes longer than grading a row.
        if !object.is_exact_instance_of::<PyList>() && arrow::exports(object)? {
            return columns(object).map(Self::Arrow).map_err(named);
        }
        // What has no order, or whose items are no rows.
        let unfit = object.is_none()
            || object.is_instance_of::<PyString>()
            || object.is_instance_of::<PyBytes>()
            || object.is_instance_of::<PyByteArray>()
            || object.is_instance_of::<PyDict>()
            || object.is_instance_of::<PySet>();
        if unfit {
            let needed = "a sequence of rows or an Arrow array";
            return Err(named(text::wrong_type(needed, object.as_borrowed())));
        }
        Strings::new(object, name, push).map(Self::Sequence)
    }
}

fn columns(object: &Bound<'_, PyAny>) -> PyResult<Chunked> {
    let column = |array: ArrayRef| {
        Column::try_from(array.as_ref()).map_err(|error| PyTypeError::new_err(error.to_string()))
    };
    arrow::import(object)?.into_iter().map(column).collect()
}

impl Texts for Rows {
    fn len(&self) -> usize {
        match self {
            Self::Arrow(pieces) => pieces.len(),
            Self::Sequence(strings) => strings.rows.len(),
        }
    }

    fn get(&self, row: usize) -> Option<&[u8]> {
        match self {
            Self::Arrow(pieces) => pieces.get(row),
            Self::Sequence(strings) => strings.stored(row).first().map(|text| strings.text(text)),
        }
    }

    fn alternatives(&self, row: usize) -> SmallVec<[&[u8]; 1]> {
        match self {
            Self::Arrow(pieces) => pieces.alternatives(row),
            Self::Sequence(strings) => match strings.stored(row) {
                [only] => smallvec![strings.text(only)],
                several => several.iter().map(|text| strings.text(text)).collect(),
            },
        }
    }
}

type Push<'p> = dyn Fn(&mut Strings, Borrowed<'_, '_, PyAny>) -> PyResult<()> + 'p;

/// The texts of a Python sequence. Short ones are copied side by side, which takes less than
/// holding on to each of them and going back to where it lies.
#[derive(Default)]
pub(crate) struct Strings {
    /// For each row where its texts begin among all texts; they end where those of the next begin.
    rows: Vec<usize>,
    texts: Vec<Stored>,
    copied: Vec<u8>,
}

enum Stored {
    Copied { start: usize, end: usize },
    Held(PyBackedStr),
}

impl Strings {
    /// Bytes of a text that is still copied.
    const SHORT: usize = 256;
    /// Rows after which other threads get a turn.
    const TURN: usize = 1 << 12;

    fn new(object: &Bound<'_, PyAny>, name: &str, push: &Push<'_>) -> PyResult<Self> {
        let py = object.py();
        let mut strings = Self::default();
        let rows = object.try_iter().map_err(|_| {
            let needed = "a sequence of rows or an Arrow array";
            named(py, name, text::wrong_type(needed, object.as_borrowed()))
        })?;
        strings.rows.reserve(object.len().unwrap_or(0));
        strings.texts.reserve(object.len().unwrap_or(0));
        for (index, row) in rows.enumerate() {
            let row = row?;
            let row = row.as_borrowed();
            strings.rows.push(strings.texts.len());
            match row.cast::<PyString>() {
                Ok(text) => strings.push_str(text)?,
                Err(_) if row.is_none() => {}
                Err(_) => push(&mut strings, row)
                    .map_err(|error| named(py, &format!("{name}[{index}]"), error))?,
            }
            if index % Self::TURN == Self::TURN - 1 {
                py.check_signals()?;
                py.detach(|| {});
            }
        }
        Ok(strings)
    }

    fn push_str(&mut self, text: Borrowed<'_, '_, PyString>) -> PyResult<()> {
        match text.to_str() {
            Ok(short) if short.len() <= Self::SHORT => self.copy(short.as_bytes()),
            Ok(_) => self.texts.push(Stored::Held(text.to_owned().try_into()?)),
            Err(_) => self.copy(&text::surrogates(text)?),
        }
        Ok(())
    }

    fn push_text(&mut self, text: &Text) {
        self.copy(text.bytes());
    }

    fn copy(&mut self, bytes: &[u8]) {
        let start = self.copied.len();
        self.copied.extend_from_slice(bytes);
        self.texts.push(Stored::Copied { start, end: self.copied.len() });
    }

    /// The texts of a row.
    fn stored(&self, row: usize) -> &[Stored] {
        let end = self.rows.get(row + 1).copied().unwrap_or(self.texts.len());
        &self.texts[self.rows[row]..end]
    }

    fn text<'s>(&'s self, stored: &'s Stored) -> &'s [u8] {
        match stored {
            &Stored::Copied { start, end } => &self.copied[start..end],
            Stored::Held(text) => text.as_bytes(),
        }
    }
}
