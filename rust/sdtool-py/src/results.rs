//! What Python gets back: frozen values with fields, and Arrow.

use std::ops::Range;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StructArray};
use arrow_schema::Field;
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};
use pyo3_arrow::error::PyArrowResult;
use pyo3_arrow::ffi::{ArrayIterator, to_stream_pycapsule};

use crate::arguments::Text;

/// A frozen Python class with named fields that compares, hashes, prints, matches and pickles by them.
macro_rules! record {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),* $(,)? }) => {
        $(#[$doc])*
        #[pyclass(frozen, eq, hash, get_all, module = "sdtool")]
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub(crate) struct $name { $($field: $type),* }

        #[pymethods]
        impl $name {
            #[classattr]
            fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
                PyTuple::new(py, [$(stringify!($field)),*])
            }

            #[new]
            fn from_fields($($field: $type),*) -> Self {
                Self { $($field),* }
            }

            fn __getnewargs__(&self) -> ($($type,)*) {
                ($(self.$field.clone(),)*)
            }

            fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
                let fields = [$(format!("{}={}", stringify!($field), self.$field.clone().into_py_any(py)?.bind(py).repr()?)),*];
                Ok(format!("{}({})", stringify!($name), fields.join(", ")))
            }
        }
    };
}

record! {
    /// Where the answer of a response stands, in code points: `response[start:end] == answer`.
    Extraction { answer: Option<Text>, start: Option<usize>, end: Option<usize>, think_closed: bool, boxed: bool }
}
record! {
    /// A verdict (`equal`, `different` or `undecided`) and the reason for it.
    Comparison { verdict: String, reason: String }
}
record! {
    /// What a response is worth: the answer found in it, and how it compares with the gold answer.
    Grade {
        correct: bool,
        verdict: String,
        reason: String,
        answer: Option<Text>,
        think_closed: bool,
        boxed: bool,
    }
}

impl Extraction {
    pub(crate) fn new(response: &Text, found: sdgrade::Extraction) -> Self {
        let (boxed, bytes) = (found.boxed(), response.bytes());
        let points =
            |end| bytes[..end].iter().filter(|&&byte| byte & 0b1100_0000 != 0b1000_0000).count();
        let (start, end) = match &found.answer {
            Some(Range { start, end }) => (Some(points(*start)), Some(points(*end))),
            None => (None, None),
        };
        let answer = found.answer.map(|range| Text::from(&bytes[range]));
        Self { answer, start, end, think_closed: found.think_closed, boxed }
    }
}

impl From<sdgrade::Comparison> for Comparison {
    fn from(found: sdgrade::Comparison) -> Self {
        Self {
            verdict: found.verdict.as_str().to_owned(),
            reason: found.reason.as_str().to_owned(),
        }
    }
}

impl Grade {
    pub(crate) fn new(response: &Text, grade: sdgrade::Grade) -> Self {
        let Comparison { verdict, reason } = grade.comparison.into();
        Self {
            correct: grade.comparison.verdict == sdgrade::Verdict::Equal,
            verdict,
            reason,
            boxed: grade.answer.is_some(),
            answer: grade.answer.map(|range| Text::from(&response.bytes()[range])),
            think_closed: grade.think_closed,
        }
    }
}

/// Graded rows as an Arrow table: hand it to anything that reads the Arrow `PyCapsule` interface.
#[pyclass(frozen, module = "sdtool")]
pub(crate) struct GradedBatch(pub(crate) Vec<RecordBatch>);

#[pymethods]
impl GradedBatch {
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyArrowResult<Bound<'py, PyCapsule>> {
        let field = Field::new_struct("", sdgrade_arrow::schema().fields().clone(), false);
        let arrays: Vec<ArrayRef> =
            self.0.iter().map(|batch| Arc::new(StructArray::from(batch.clone())) as _).collect();
        let arrays = ArrayIterator::new(arrays.into_iter().map(Ok), Arc::new(field));
        to_stream_pycapsule(py, Box::new(arrays), requested_schema)
    }

    fn __len__(&self) -> usize {
        self.0.iter().map(RecordBatch::num_rows).sum()
    }

    fn __repr__(&self) -> String {
        let names: Vec<String> =
            sdgrade_arrow::schema().fields().iter().map(|field| field.name().clone()).collect();
        format!("GradedBatch({} rows: {})", self.__len__(), names.join(", "))
    }
}
