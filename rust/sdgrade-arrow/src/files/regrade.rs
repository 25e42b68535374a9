//! Regrades files of stored rollouts.

use std::fs::File;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use crate::files::error::damage;
use crate::files::output::Output;
use crate::files::source::{Regraded, Stop};
use crate::files::{batches, eval_log, json, json_text, parquet_file};
use crate::{Error, Input, Meter, Options};

/// Regrades files into one Parquet file, one after the other. It appears under its name only when it is
/// whole.
///
/// Each response of an input is a row of the output, in the inputs' order.
///
/// # Errors
/// An input cannot be read as rollouts or has other columns than the first, the output cannot be
/// written, or `meter` says stop.
pub fn regrade_files(
    inputs: &[Input],
    output: &Path,
    options: &Options,
    meter: &Meter<'_>,
) -> Result<Vec<Regraded>, Error> {
    let mut output = Output::create(output, options.part)?;
    let all = |output: &mut Output, several: bool| -> Result<Vec<Regraded>, Stop> {
        inputs.iter().map(|input| regrade(input, output, options, several, meter)).collect()
    };
    let done = match all(&mut output, false) {
        // A column of texts may turn out to hold lists of responses, as JSON; then all is begun anew.
        Err(Stop::Several) => {
            output.clear()?;
            all(&mut output, true)
        }
        done => done,
    };
    match done {
        Ok(done) => output.commit().map(|()| done),
        Err(Stop::Error(error)) => Err(error),
        Err(Stop::Several) => {
            unreachable!("where several were expected, they are no reason to stop")
        }
    }
}

fn regrade(
    input: &Input,
    output: &mut Output,
    options: &Options,
    several: bool,
    meter: &Meter<'_>,
) -> Result<Regraded, Stop> {
    let named = |error: Error| match error {
        Error::Input { place, message, .. } => {
            Error::Input { path: input.name.clone(), place, message }
        }
        error => error,
    };
    let format = Format::of(&input.path).map_err(named)?;
    let work = AssertUnwindSafe(|| match format {
        Format::Parquet => parquet_file::regrade(input, output, options, several, meter),
        Format::IpcFile | Format::IpcStream => {
            batches::regrade_ipc(input, format == Format::IpcFile, output, options, several, meter)
        }
        Format::Json => {
            json::regrade(input, json_text::Chunks::open, output, options, several, meter)
        }
        Format::EvalLog => {
            json::regrade(input, eval_log::Chunks::open, output, options, several, meter)
        }
    });
    // Damaged files make the decoders panic in places; that is an error of the file.
    match catch_unwind(work) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(Stop::Several)) if several => {
            Err(named(Error::input(&input.path, "a row has several responses")).into())
        }
        Ok(Err(Stop::Several)) => Err(Stop::Several),
        Ok(Err(Stop::Error(error))) => Err(named(error).into()),
        Err(panic) => Err(named(Error::input(&input.path, damage(panic.as_ref()))).into()),
    }
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
