//! Grades rows in memory, on several threads.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use arrow_array::builder::{BinaryBuilder, BooleanBuilder, StringBuilder};
use arrow_array::{ArrayRef, BinaryArray, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use sdgrade::{CompiledGold, Extractor, Format, Grade, Policy, Verdict};

use crate::Texts;

/// The rows that a thread takes at a time: enough to be worth a thread and a piece of the result,
/// few enough that a row that takes long holds up little.
const PIECE: std::ops::RangeInclusive<usize> = 256..=4096;

/// The columns of graded rows: `answer`, `verdict`, `reason`, `correct`, `think_closed`, `boxed`,
/// `extractor`.
///
/// A null gold has a null verdict, a null `correct` and the reason `no-gold`; a null response has no
/// answer. `extractor` names what found the answer.
#[must_use]
pub fn schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
        let text = |name| Field::new(name, DataType::Utf8, true);
        let flag = |name, nullable| Field::new(name, DataType::Boolean, nullable);
        Arc::new(Schema::new(vec![
            text("answer"),
            text("verdict"),
            Field::new("reason", DataType::Utf8, false),
            flag("correct", true),
            flag("think_closed", false),
            flag("boxed", false),
            text("extractor"),
        ]))
    });
    Arc::clone(&SCHEMA)
}

/// Grades every response against the golds of its row. The pieces, end to end, have a row each.
///
/// `interrupted` is asked between rows, on the calling thread alone; the result is `None` once it
/// says so.
///
/// # Panics
/// If there are not as many golds as responses.
#[must_use]
pub fn grade_batch(
    golds: &dyn Texts,
    responses: &dyn Texts,
    policy: &Policy,
    format: &Format,
    threads: usize,
    mut interrupted: impl FnMut() -> bool,
) -> Option<Vec<RecordBatch>> {
    let rows = golds.len();
    assert_eq!(rows, responses.len(), "each response needs a gold");
    let size = (rows / threads.max(1) / 4).clamp(*PIECE.start(), *PIECE.end());
    let pieces = rows.div_ceil(size);
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let slots: Vec<Mutex<Option<RecordBatch>>> = (0..pieces).map(|_| Mutex::new(None)).collect();
    let work = |asked: &mut dyn FnMut() -> bool| {
        let mut grader = Grader::new(policy, format);
        loop {
            let piece = next.fetch_add(1, Ordering::Relaxed);
            let Some(slot) = slots.get(piece) else { break };
            let mut columns = Graded::default();
            for row in piece * size..rows.min((piece + 1) * size) {
                if stop.load(Ordering::Relaxed) || asked() {
                    stop.store(true, Ordering::Relaxed);
                    return;
                }
                let golds = golds.alternatives(row);
                columns.push(&grader.grade(&golds, responses.get(row)));
            }
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(columns.finish());
        }
    };
    std::thread::scope(|scope| {
        let helpers: Vec<_> =
            (1..threads.min(pieces)).map(|_| scope.spawn(|| work(&mut || false))).collect();
        work(&mut interrupted);
        // The last piece of another thread may take long.
        while helpers.iter().any(|helper| !helper.is_finished()) {
            std::thread::sleep(WAIT);
            if interrupted() {
                stop.store(true, Ordering::Relaxed);
            }
        }
    });
    slots
        .into_iter()
        .map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner))
        .collect()
}

/// How long the calling thread sleeps between looks at the others' last pieces.
const WAIT: Duration = Duration::from_micros(100);

/// Grades rows one after the other and reads the golds only where they change.
#[derive(Debug)]
pub(crate) struct Grader<'p> {
    policy: &'p Policy,
    format: &'p Format,
    golds: Vec<CompiledGold<'p>>,
}

/// One graded row, as it is stored.
#[derive(Clone, Copy, Debug)]
pub struct Row<'r> {
    /// The text between the braces of the box, or what another extractor found.
    pub answer: Option<&'r [u8]>,
    /// The name of what found the answer.
    pub extractor: Option<&'r str>,
    /// `None` where there is no gold to compare with.
    pub verdict: Option<&'r str>,
    /// The code of the reason.
    pub reason: &'r str,
    /// The response contains the tag that closes a thought.
    pub think_closed: bool,
}

impl Row<'_> {
    pub(crate) fn boxed(&self) -> bool {
        self.extractor == Some(Extractor::Boxed.as_str())
    }
}

/// Graded rows as one batch.
#[must_use]
pub fn batch_of<'r>(rows: impl IntoIterator<Item = Row<'r>>) -> RecordBatch {
    let mut columns = Graded::default();
    for row in rows {
        columns.push(&row);
    }
    columns.finish()
}

impl<'p> Grader<'p> {
    pub(crate) fn new(policy: &'p Policy, format: &'p Format) -> Self {
        Self { policy, format, golds: Vec::new() }
    }

    /// Grades a response against alternatives of its gold, of which the best counts.
    pub(crate) fn grade<'r>(&mut self, golds: &[&[u8]], response: Option<&'r [u8]>) -> Row<'r> {
        let known = self.golds.iter().map(CompiledGold::bytes);
        if !known.eq(golds.iter().copied()) {
            self.golds = golds.iter().map(|gold| CompiledGold::new(gold, self.policy)).collect();
        }
        let text = response.unwrap_or_default();
        let Grade { comparison, answer, extractor, think_closed } =
            sdgrade::best(&self.golds, text, self.format);
        let (verdict, reason) = match golds {
            [] => (None, sdgrade::Reason::NoGold),
            _ => (Some(comparison.verdict.as_str()), comparison.reason),
        };
        Row {
            answer: answer.map(|range| &text[range]),
            extractor: extractor.map(Extractor::as_str),
            verdict,
            reason: reason.as_str(),
            think_closed,
        }
    }
}

/// Graded rows on their way to a batch.
#[derive(Debug, Default)]
pub(crate) struct Graded {
    answer: BinaryBuilder,
    verdict: StringBuilder,
    reason: StringBuilder,
    correct: BooleanBuilder,
    think_closed: BooleanBuilder,
    boxed: BooleanBuilder,
    extractor: StringBuilder,
}

impl Graded {
    pub(crate) fn push(&mut self, row: &Row<'_>) {
        self.answer.append_option(row.answer);
        self.verdict.append_option(row.verdict);
        self.reason.append_value(row.reason);
        self.correct.append_option(row.verdict.map(|verdict| verdict == Verdict::Equal.as_str()));
        self.think_closed.append_value(row.think_closed);
        self.boxed.append_value(row.boxed());
        self.extractor.append_option(row.extractor);
    }

    /// The columns of [`schema`].
    pub(crate) fn columns(mut self) -> Vec<ArrayRef> {
        vec![
            Arc::new(strings(&self.answer.finish())),
            Arc::new(self.verdict.finish()),
            Arc::new(self.reason.finish()),
            Arc::new(self.correct.finish()),
            Arc::new(self.think_closed.finish()),
            Arc::new(self.boxed.finish()),
            Arc::new(self.extractor.finish()),
        ]
    }

    fn finish(self) -> RecordBatch {
        RecordBatch::try_new(schema(), self.columns()).expect("the columns are those of the schema")
    }
}

/// The texts of binary values. What is not UTF-8 can only come from a surrogate in a Python str, or
/// from binary columns.
fn strings(values: &BinaryArray) -> StringArray {
    StringArray::try_from_binary(values.clone())
        .unwrap_or_else(|_| values.iter().map(|value| value.map(String::from_utf8_lossy)).collect())
}
