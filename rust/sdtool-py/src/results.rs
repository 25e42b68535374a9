//! What Python gets back: frozen values with fields.

use std::ops::Range;

use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::text::Text;

/// A frozen Python class with named fields that compares, hashes, prints, matches and pickles by them.
macro_rules! record {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),* $(,)? } $($more:item)*) => {
        $(#[$doc])*
        #[pyclass(frozen, eq, hash, get_all, module = "sdtool")]
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub(crate) struct $name { $(pub(crate) $field: $type),* }

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

            /// The fields by name, ready for JSON.
            pub(crate) fn as_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
                let dict = PyDict::new(py);
                $(dict.set_item(stringify!($field), self.$field.clone())?;)*
                Ok(dict)
            }

            /// As `as_dict`, under the name that a namedtuple has.
            fn _asdict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
                self.as_dict(py)
            }

            $($more)*
        }
    };
}

record! {
    /// Where the answer of a response stands, in code points: `response[start:end] == answer`.
    Extraction {
        answer: Option<Text>,
        start: Option<usize>,
        end: Option<usize>,
        think_closed: bool,
        boxed: bool,
        extractor: Option<String>,
    }
}
record! {
    /// A verdict (`equal`, `different` or `undecided`) and the reason for it.
    Comparison { verdict: String, reason: String }
}
record! {
    /// What a response is worth: the answer found in it, and how it compares with the gold answer.
    Grade {
        correct: Option<bool>,
        verdict: Option<String>,
        reason: String,
        answer: Option<Text>,
        think_closed: bool,
        boxed: bool,
        extractor: Option<String>,
    }

    /// Whether the response is correct.
    fn __bool__(&self) -> bool {
        self.correct == Some(true)
    }
}
record! {
    /// Whether a gold can be matched by an answer written in another way, and what it was read as.
    GoldCheck { ok: bool, verdict: String, reason: String, value: Option<String> }
}

fn name(extractor: Option<sdgrade::Extractor>) -> Option<String> {
    extractor.map(|extractor| extractor.as_str().to_owned())
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
        let extractor = name(found.extractor);
        Self { answer, start, end, think_closed: found.think_closed, boxed, extractor }
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
            correct: Some(grade.comparison.verdict == sdgrade::Verdict::Equal),
            verdict: Some(verdict),
            reason,
            boxed: grade.extractor == Some(sdgrade::Extractor::Boxed),
            answer: grade.answer.map(|range| Text::from(&response.bytes()[range])),
            think_closed: grade.think_closed,
            extractor: name(grade.extractor),
        }
    }
}

impl From<sdgrade::GoldCheck> for GoldCheck {
    fn from(check: sdgrade::GoldCheck) -> Self {
        let ok = check.ok();
        let Comparison { verdict, reason } = check.comparison.into();
        Self { ok, verdict, reason, value: check.value }
    }
}
