//! Why a file could not be regraded.

use std::any::Any;
use std::fmt;
use std::path::{Path, PathBuf};

/// Why a file could not be regraded.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The input cannot be read as rollouts: where in which file, and why.
    Input {
        /// The input file.
        path: PathBuf,
        /// Row group, line or row, where one is to blame.
        place: Option<String>,
        /// What is wrong.
        message: String,
    },
    /// The output cannot be written.
    Output {
        /// The output file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// The caller asked to stop.
    Interrupted,
}

impl Error {
    pub(crate) fn input(path: &Path, message: impl fmt::Display) -> Self {
        Self::Input { path: path.to_owned(), place: None, message: message.to_string() }
    }

    pub(crate) fn at(path: &Path, place: impl fmt::Display, message: impl fmt::Display) -> Self {
        Self::Input {
            path: path.to_owned(),
            place: Some(place.to_string()),
            message: message.to_string(),
        }
    }

    pub(crate) fn output(path: &Path, message: impl fmt::Display) -> Self {
        Self::Output { path: path.to_owned(), message: message.to_string() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input { path, place: Some(place), message } => {
                write!(f, "{}: {place}: {message}", path.display())
            }
            Self::Input { path, place: None, message } => {
                write!(f, "{}: {message}", path.display())
            }
            Self::Output { path, message } => {
                write!(f, "cannot write {}: {message}", path.display())
            }
            Self::Interrupted => f.write_str("interrupted"),
        }
    }
}

impl std::error::Error for Error {}

/// The message for data at which a decoder panicked.
pub(crate) fn damage(panic: &(dyn Any + Send)) -> String {
    let owned = panic.downcast_ref::<String>().map(String::as_str);
    let told = owned.or_else(|| panic.downcast_ref::<&str>().copied());
    format!("the data is damaged ({})", told.unwrap_or("the decoder gave up"))
}
