//! Arguments by name: what is wrong with one is said with its name.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

/// An argument as the grader takes it.
pub(crate) fn argument<'py, T>(name: &str, object: &Bound<'py, PyAny>) -> PyResult<T>
where
    for<'a> T: FromPyObject<'a, 'py, Error: Into<PyErr>>,
{
    object.extract::<T>().map_err(|error| named(object.py(), name, error.into()))
}

/// An argument that may be left out, or be None.
pub(crate) fn optional<'py, T>(
    name: &str,
    object: Option<&Bound<'py, PyAny>>,
) -> PyResult<Option<T>>
where
    for<'a> T: FromPyObject<'a, 'py, Error: Into<PyErr>>,
{
    object.map(|object| argument(name, object)).transpose()
}

/// The error with a word about what is wrong put before it.
pub(crate) fn named(py: Python<'_>, what: &str, error: PyErr) -> PyErr {
    let message = format!("{what}: {}", error.value(py));
    if error.is_instance_of::<PyTypeError>(py) {
        PyTypeError::new_err(message)
    } else if error.is_instance_of::<PyValueError>(py) {
        PyValueError::new_err(message)
    } else {
        error
    }
}
