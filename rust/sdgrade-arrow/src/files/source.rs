//! The one way from a file to its grades, whatever its format.

use std::path::Path;

use crate::files::choose::Taken;
use crate::files::columns::Plan;
use crate::files::grader::{Fault, FileGrader, Spellings};
use crate::files::in_order::in_order;
use crate::{Counts, Error, Meter, Options};

/// A file of rollouts, its columns known.
pub(crate) trait Source: Sync {
    /// Rows that are worked on together.
    type Piece: Send;
    /// What a thread keeps from piece to piece.
    type Kept: Default;
    /// Graded rows on their way to the output.
    type Graded: Send;

    /// The columns that were taken.
    fn taken(&self) -> &Taken;

    /// What becomes of the columns.
    fn plan(&self) -> &Plan;

    /// The file from its start, piece by piece.
    fn pieces(&self) -> Result<impl Iterator<Item = Result<Self::Piece, Error>> + Send, Error>;

    /// Grades the rows of a piece.
    fn grade(
        &self,
        piece: Self::Piece,
        grader: &mut FileGrader<'_>,
        kept: &Self::Kept,
        work: &mut Work<'_>,
    ) -> Result<Self::Graded, Stop>;
}

/// Takes graded rows, in the order of the input.
pub(crate) trait Sink<Graded> {
    fn write(&mut self, graded: Graded) -> Result<(), Error>;
}

/// Why work on a file ended early.
#[derive(Debug)]
pub(crate) enum Stop {
    Error(Error),
    /// A row has several responses, where each was to have one.
    Several,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl Stop {
    pub(crate) fn at(path: &Path, place: impl std::fmt::Display, fault: Fault) -> Self {
        match fault {
            Fault::Bad(message) => Self::Error(Error::at(path, place, message)),
            Fault::Several => Self::Several,
        }
    }
}

/// What was done of a piece.
pub(crate) struct Work<'m> {
    meter: &'m Meter<'m>,
    counts: Counts,
    finish_reasons: Spellings,
}

impl Work<'_> {
    /// Adds and reports what was graded since the last call, with so many bytes of the file.
    pub(crate) fn report(
        &mut self,
        grader: &mut FileGrader<'_>,
        file_bytes: u64,
    ) -> Result<(), Error> {
        let (mut counts, spellings) = grader.take_counts();
        counts.file_bytes = file_bytes;
        self.counts += counts;
        for (spelling, count) in spellings {
            *self.finish_reasons.entry(spelling).or_default() += count;
        }
        if (self.meter)(&counts).is_break() { Err(Error::Interrupted) } else { Ok(()) }
    }
}

/// What became of a file.
#[derive(Clone, Debug, Default)]
pub struct Regraded {
    /// The tool whose layout the file has, or how its columns were found.
    pub layout: String,
    /// What was read, by sdtool's names, and where it stands in the file.
    pub columns: Vec<(String, String)>,
    /// The tag that ends a thought in this file, where thoughts were found or said to be there.
    pub close_tag: Option<String>,
    /// Rows, and what became of them.
    pub counts: Counts,
    /// Finish reasons of unknown spelling, and how often each occurs.
    pub finish_reasons: Spellings,
}

/// Grades a file into a sink.
pub(crate) fn regrade<S: Source>(
    source: &S,
    mut sink: impl Sink<S::Graded>,
    options: &Options,
    meter: &Meter<'_>,
) -> Result<Regraded, Stop> {
    let mut done = Regraded {
        layout: source.taken().layout.clone(),
        columns: source.taken().told(),
        close_tag: None,
        ..Regraded::default()
    };
    in_order(
        options.threads,
        source.pieces()?,
        || (FileGrader::new(options, source.taken(), source.plan()), S::Kept::default()),
        |(grader, kept), piece| {
            let mut work =
                Work { meter, counts: Counts::default(), finish_reasons: Spellings::new() };
            let graded = source.grade(piece?, grader, kept, &mut work)?;
            Ok((graded, work.counts, work.finish_reasons))
        },
        |(graded, counts, spellings)| -> Result<(), Stop> {
            done.counts += counts;
            for (spelling, count) in spellings {
                *done.finish_reasons.entry(spelling).or_default() += count;
            }
            sink.write(graded)?;
            if meter(&Counts::default()).is_break() {
                Err(Error::Interrupted.into())
            } else {
                Ok(())
            }
        },
    )?;
    let found = source.plan().format.get().filter(|found| found.has_thoughts);
    done.close_tag = found.map(|found| found.format.tags().close().to_owned());
    Ok(done)
}
