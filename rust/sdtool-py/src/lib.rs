//! The Python binding of the grader: argument conversion, nothing else.

use pyo3::prelude::*;

/// The grader of sdtool.
#[pymodule]
mod _native {}
