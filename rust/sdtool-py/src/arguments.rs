//! What Python hands over, as the grader takes it.

use std::borrow::Cow;
use std::hash::{Hash, Hasher};

use arrow_array::Array;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyBytes, PyString};
use pyo3_arrow::input::AnyArray;
use sdgrade::Thinking;
use sdgrade_arrow::{Chunked, Column, Texts};

/// The three values of the argument `thinking`.
pub(crate) fn mode(thinking: Option<bool>) -> Thinking {
    thinking.map_or(Thinking::Auto, |yes| if yes { Thinking::Yes } else { Thinking::No })
}

/// The number of threads: as asked for, else one a core.
pub(crate) fn threads(asked: Option<usize>) -> PyResult<usize> {
    match asked {
        Some(0) => Err(PyValueError::new_err("threads must be at least 1")),
        Some(threads) => Ok(threads),
        None => Ok(std::thread::available_parallelism().map_or(1, Into::into)),
    }
}

/// A `sdtool.Policy`, or whatever has its fields.
#[derive(Default)]
pub(crate) struct Policy(pub(crate) sdgrade::Policy);

impl<'py> FromPyObject<'_, 'py> for Policy {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        macro_rules! fields {
            ($from:expr => $type:ident { $($field:ident),* $(,)? } $($rest:tt)*) => {
                $type { $($field: $from.getattr(stringify!($field))?.extract()?,)* $($rest)* }
            };
        }
        use sdgrade::{Limits, Policy};
        let limits = object.getattr("limits")?;
        let limits = fields!(limits => Limits { length, depth, nodes, digits, expansions, work });
        Ok(Self(fields!(object => Policy {
            answer_rounding_digits, gold_rounding_digits, ignore_unit, ignore_percent, ignore_name,
            ignore_base, adopt_brackets, option_letters, loose_text, numeric_identity,
        } limits)))
    }
}

/// A Python str, without a copy where it is an argument. One that holds surrogates is kept as
/// Python's `surrogatepass` encodes it.
pub(crate) enum Text {
    Utf8(PyBackedStr),
    Bytes(Vec<u8>),
}

impl Text {
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Utf8(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }

    pub(crate) fn lossy(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.bytes())
    }
}

impl From<&[u8]> for Text {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl Clone for Text {
    fn clone(&self) -> Self {
        Self::from(self.bytes())
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl Eq for Text {}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bytes().hash(state);
    }
}

impl<'py> FromPyObject<'_, 'py> for Text {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let text = object.cast::<PyString>()?;
        PyBackedStr::try_from(text.to_owned())
            .map(Self::Utf8)
            .or_else(|_| surrogates(text).map(Self::Bytes))
    }
}

/// The bytes of a str that UTF-8 cannot write.
fn surrogates(text: Borrowed<'_, '_, PyString>) -> PyResult<Vec<u8>> {
    text.call_method1("encode", ("utf-8", "surrogatepass"))?.extract()
}

impl<'py> IntoPyObject<'py> for Text {
    type Target = PyString;
    type Output = Bound<'py, PyString>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        if let Ok(text) = std::str::from_utf8(self.bytes()) {
            return Ok(PyString::new(py, text));
        }
        let bytes = PyBytes::new(py, self.bytes());
        Ok(bytes.call_method1("decode", ("utf-8", "surrogatepass"))?.cast_into()?)
    }
}

/// Golds or responses: a sequence of `str | None`, or anything that exports Arrow.
pub(crate) enum Rows {
    Arrow(Chunked),
    Sequence(Strings),
}

impl<'py> FromPyObject<'_, 'py> for Rows {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if !(object.hasattr("__arrow_c_array__")? || object.hasattr("__arrow_c_stream__")?) {
            if object.is_instance_of::<PyString>() {
                return Err(PyTypeError::new_err(
                    "a sequence of str or an Arrow array is needed, not one str",
                ));
            }
            return object.extract().map(Self::Sequence);
        }
        let column = |array: &dyn Array| {
            Column::try_from(array).map_err(|e| PyTypeError::new_err(e.to_string()))
        };
        let reader = object.extract::<AnyArray>()?.into_reader()?;
        reader
            .map(|array| column(&array.map_err(|e| PyValueError::new_err(e.to_string()))?))
            .collect::<PyResult<_>>()
            .map(Self::Arrow)
    }
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
            Self::Sequence(strings) => strings.get(row),
        }
    }
}

/// The texts of a sequence of Python str. Short ones are copied side by side, which takes less than
/// holding on to each of them and going back to where it lies.
#[derive(Default)]
pub(crate) struct Strings {
    rows: Vec<Row>,
    copied: Vec<u8>,
}

enum Row {
    Null,
    Copied { start: usize, end: usize },
    Held(PyBackedStr),
}

impl Strings {
    /// Bytes of a text that is still copied.
    const SHORT: usize = 256;

    fn push(&mut self, row: Borrowed<'_, '_, PyAny>) -> PyResult<()> {
        let row = if row.is_none() {
            Row::Null
        } else {
            let text = row.cast::<PyString>()?;
            match text.to_str() {
                Ok(short) if short.len() <= Self::SHORT => self.copy(short.as_bytes()),
                Ok(_) => Row::Held(text.to_owned().try_into()?),
                Err(_) => self.copy(&surrogates(text)?),
            }
        };
        self.rows.push(row);
        Ok(())
    }

    fn copy(&mut self, bytes: &[u8]) -> Row {
        let start = self.copied.len();
        self.copied.extend_from_slice(bytes);
        Row::Copied { start, end: self.copied.len() }
    }

    fn get(&self, row: usize) -> Option<&[u8]> {
        match &self.rows[row] {
            Row::Null => None,
            Row::Copied { start, end } => Some(&self.copied[*start..*end]),
            Row::Held(text) => Some(text.as_bytes()),
        }
    }
}

impl<'py> FromPyObject<'_, 'py> for Strings {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let mut strings = Self::default();
        strings.rows.reserve(object.len().unwrap_or(0));
        for row in object.try_iter()? {
            strings.push(row?.as_borrowed())?;
        }
        Ok(strings)
    }
}
