//! Regrades one file of stored rollouts.

use std::fs::File;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use crate::error::damage;
use crate::output::Output;
use crate::{Counts, Error, Meter, Options, eval_log, ipc, json, jsonl, parquet_file};

/// Regrades one file into a Parquet file, which appears under its name only when it is whole.
///
/// The rows of the output are those of the input, in its order.
///
/// # Errors
/// The input cannot be read as rollouts, the output cannot be written, or `meter` says stop.
pub fn regrade_file(
    input: &Path,
    output: &Path,
    options: &Options,
    meter: &Meter<'_>,
) -> Result<Counts, Error> {
    let format = Format::of(input)?;
    let output = Output::create(output)?;
    let work = AssertUnwindSafe(|| match format {
        Format::Parquet => parquet_file::regrade(input, &output, options, meter),
        Format::IpcFile | Format::IpcStream => {
            ipc::regrade(input, format == Format::IpcFile, &output, options, meter)
        }
        Format::JsonLines => json::regrade(input, jsonl::Chunks::open, &output, options, meter),
        Format::EvalLog => json::regrade(input, eval_log::Chunks::open, &output, options, meter),
    });
    // Damaged files make the decoders panic in places; that is an error of the file.
    let counts = catch_unwind(work)
        .unwrap_or_else(|panic| Err(Error::input(input, damage(panic.as_ref()))))?;
    output.commit()?;
    Ok(counts)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Parquet,
    IpcFile,
    IpcStream,
    JsonLines,
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
            _ => Self::JsonLines,
        })
    }
}
