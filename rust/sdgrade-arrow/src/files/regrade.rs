//! Regrades one file of stored rollouts.

use std::fs::File;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use crate::files::error::damage;
use crate::files::output::Output;
use crate::files::source::{Regraded, Stop};
use crate::files::{batches, eval_log, json, json_text, parquet_file};
use crate::{Error, Meter, Options};

/// Regrades one file into a Parquet file, which appears under its name only when it is whole.
///
/// Each response of the input is a row of the output, in the input's order.
///
/// # Errors
/// The input cannot be read as rollouts, the output cannot be written, or `meter` says stop.
pub fn regrade_file(
    input: &Path,
    output: &Path,
    options: &Options,
    meter: &Meter<'_>,
) -> Result<Regraded, Error> {
    let named = |error: Error| match (&options.name, error) {
        (Some(name), Error::Input { place, message, .. }) => {
            Error::Input { path: name.clone(), place, message }
        }
        (_, error) => error,
    };
    let format = Format::of(input).map_err(named)?;
    let output = Output::create(output, options.part)?;
    let attempt = |several: bool| match format {
        Format::Parquet => parquet_file::regrade(input, &output, options, several, meter),
        Format::IpcFile | Format::IpcStream => {
            batches::regrade_ipc(input, format == Format::IpcFile, &output, options, several, meter)
        }
        Format::Json => {
            json::regrade(input, json_text::Chunks::open, &output, options, several, meter)
        }
        Format::EvalLog => {
            json::regrade(input, eval_log::Chunks::open, &output, options, several, meter)
        }
    };
    // A column of texts may turn out to hold lists of responses, as JSON; then all is begun anew.
    let work = AssertUnwindSafe(|| match attempt(false) {
        Err(Stop::Several) => output.clear().map_err(Stop::Error).and_then(|()| attempt(true)),
        done => done,
    });
    // Damaged files make the decoders panic in places; that is an error of the file.
    let done = match catch_unwind(work) {
        Ok(Ok(done)) => done,
        Ok(Err(Stop::Error(error))) => return Err(named(error)),
        Ok(Err(Stop::Several)) => {
            return Err(named(Error::input(input, "a row has several responses")));
        }
        Err(panic) => return Err(named(Error::input(input, damage(panic.as_ref())))),
    };
    output.commit()?;
    Ok(done)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Parquet,
    IpcFile,
    IpcStream,
    Json,
    EvalLog,
}

impl Format {
    /// By how the file begins, and by its name where it begins with nothing that tells.
    fn of(path: &Path) -> Result<Self, Error> {
        let mut start = Vec::new();
        let read = File::open(path).and_then(|file| file.take(6).read_to_end(&mut start));
        read.map_err(|error| Error::input(path, error))?;
        let extension =
            path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        Ok(match (start.as_slice(), extension) {
            ([b'P', b'A', b'R', b'1', ..], _) | (_, "parquet" | "pq") => Self::Parquet,
            (b"ARROW1", _) => Self::IpcFile,
            ([b'P', b'K', ..], _) | (_, "eval") => Self::EvalLog,
            ([0xff, 0xff, 0xff, 0xff, ..], _) | (_, "arrow" | "arrows" | "ipc" | "feather") => {
                Self::IpcStream
            }
            _ => Self::Json,
        })
    }
}
