//! Long work without the GIL, watched from Python.

use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

use pyo3::exceptions::{PyKeyboardInterrupt, PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use sdgrade_arrow::{Counts, Error, Meter};

/// Runs `work` without the GIL. Its meter calls `progress` with the counts that are not 0 as keywords,
/// and lets Python handle its signals; what either raises ends the work.
pub(crate) fn metered<T: Send>(
    py: Python<'_>,
    progress: &Py<PyAny>,
    work: impl Send + FnOnce(&Meter<'_>) -> Result<T, Error>,
) -> PyResult<T> {
    let raised: Mutex<Option<PyErr>> = Mutex::new(None);
    let tell = |py: Python<'_>, counts: &Counts| -> PyResult<()> {
        py.check_signals()?;
        let keywords = PyDict::new(py);
        for (name, count) in counts.each().filter(|(_, count)| *count > 0) {
            keywords.set_item(name, count)?;
        }
        progress.call(py, (), Some(&keywords)).map(drop)
    };
    let meter = |counts: &Counts| match Python::attach(|py| tell(py, counts)) {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            *raised.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            ControlFlow::Break(())
        }
    };
    match py.detach(|| work(&meter)) {
        Ok(done) => Ok(done),
        Err(Error::Interrupted) => {
            let raised = raised.into_inner().unwrap_or_else(PoisonError::into_inner);
            Err(raised.unwrap_or_else(|| PyKeyboardInterrupt::new_err(())))
        }
        Err(error @ Error::Output { .. }) => Err(PyOSError::new_err(error.to_string())),
        Err(error) => Err(PyValueError::new_err(error.to_string())),
    }
}
