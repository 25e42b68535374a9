//! Threads of a batch, and Ctrl-C while they work.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use pyo3::exceptions::{PyKeyboardInterrupt, PyValueError};
use pyo3::prelude::*;

/// The number of threads: as asked for, else one a core.
pub(crate) fn threads(asked: Option<usize>) -> PyResult<usize> {
    // Asking the system takes longer than grading a few rows.
    static CORES: OnceLock<usize> = OnceLock::new();
    match asked {
        Some(0) => Err(PyValueError::new_err("threads must be at least 1")),
        Some(threads) => Ok(threads),
        None => {
            Ok(*CORES.get_or_init(|| std::thread::available_parallelism().map_or(1, Into::into)))
        }
    }
}

/// Lets Python handle its signals now and then, and keeps what a handler raised.
#[derive(Default)]
pub(crate) struct Interrupt {
    last: Option<Instant>,
    calls: u32,
    raised: Option<PyErr>,
}

impl Interrupt {
    const EVERY: Duration = Duration::from_millis(100);

    /// Whether a handler has raised. Must be called without the GIL.
    pub(crate) fn raised(&mut self) -> bool {
        // Looking at the clock takes about as long as grading a plain row.
        self.calls = self.calls.wrapping_add(1);
        if !self.calls.is_multiple_of(8) {
            return self.raised.is_some();
        }
        let now = Instant::now();
        let last = *self.last.get_or_insert(now);
        if now - last >= Self::EVERY {
            self.last = Some(now);
            self.raised = Python::attach(|py| py.check_signals().err());
        }
        self.raised.is_some()
    }

    /// What was raised.
    pub(crate) fn error(self) -> PyErr {
        self.raised.unwrap_or_else(|| PyKeyboardInterrupt::new_err(()))
    }
}
