//! Grades rows in memory, on several threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use arrow_array::builder::{BinaryBuilder, BooleanBuilder, StringBuilder};
use arrow_array::{ArrayRef, BinaryArray, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use sdgrade::{CompiledGold, Grade, Policy, Thinking, Verdict};

use crate::Texts;

/// Rows that one thread grades in one go.
const CHUNK: usize = 1 << 12;

/// The columns of graded rows: `answer`, `verdict`, `reason`, `correct`, `think_closed`, `boxed`.
///
/// A null gold has a null verdict, a null `correct` and the reason `no-gold`; a null response has no
/// answer.
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
        ]))
    });
    Arc::clone(&SCHEMA)
}

/// Grades every response against the gold of its row. The pieces, end to end, have a row each.
///
/// # Panics
/// If there are not as many golds as responses.
#[must_use]
pub fn grade_batch(
    golds: &dyn Texts,
    responses: &dyn Texts,
    policy: &Policy,
    thinking: Thinking,
    threads: usize,
) -> Vec<RecordBatch> {
    let rows = golds.len();
    assert_eq!(rows, responses.len(), "each response needs a gold");
    let pieces = rows.div_ceil(CHUNK);
    let next = AtomicUsize::new(0);
    let slots: Vec<Mutex<Option<RecordBatch>>> = (0..pieces).map(|_| Mutex::new(None)).collect();
    let work = || {
        let mut grader = Grader::new(policy, thinking);
        loop {
            let piece = next.fetch_add(1, Ordering::Relaxed);
            let Some(slot) = slots.get(piece) else { break };
            let mut columns = Graded::default();
            for row in piece * CHUNK..rows.min((piece + 1) * CHUNK) {
                columns.push(&grader.grade(golds.get(row), responses.get(row)));
            }
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(columns.finish());
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.min(pieces) {
            scope.spawn(work);
        }
        work();
    });
    slots
        .into_iter()
        .filter_map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner))
        .collect()
}

/// Grades rows one after the other and reads the gold only where it changes.
#[derive(Debug)]
pub(crate) struct Grader<'p> {
    policy: &'p Policy,
    thinking: Thinking,
    gold: Option<CompiledGold<'p>>,
}

/// One graded row.
pub(crate) struct Row<'r> {
    /// The text between the braces of the box.
    pub(crate) answer: Option<&'r [u8]>,
    /// `None` where there is no gold to compare with.
    pub(crate) verdict: Option<Verdict>,
    pub(crate) reason: &'static str,
    pub(crate) think_closed: bool,
}

impl<'p> Grader<'p> {
    pub(crate) fn new(policy: &'p Policy, thinking: Thinking) -> Self {
        Self { policy, thinking, gold: None }
    }

    pub(crate) fn grade<'r>(&mut self, gold: Option<&[u8]>, response: Option<&'r [u8]>) -> Row<'r> {
        let text = response.unwrap_or_default();
        let Some(gold) = gold else {
            let found = sdgrade::extract(text, self.thinking);
            return Row {
                answer: found.answer.map(|range| &text[range]),
                verdict: None,
                reason: sdgrade::Reason::NoGold.as_str(),
                think_closed: found.think_closed,
            };
        };
        if self.gold.as_ref().is_none_or(|compiled| compiled.bytes() != gold) {
            self.gold = None;
        }
        let compiled = self.gold.get_or_insert_with(|| CompiledGold::new(gold, self.policy));
        let Grade { comparison, answer, think_closed } = compiled.grade(text, self.thinking);
        Row {
            answer: answer.map(|range| &text[range]),
            verdict: Some(comparison.verdict),
            reason: comparison.reason.as_str(),
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
}

impl Graded {
    pub(crate) fn push(&mut self, row: &Row<'_>) {
        self.answer.append_option(row.answer);
        self.verdict.append_option(row.verdict.map(Verdict::as_str));
        self.reason.append_value(row.reason);
        self.correct.append_option(row.verdict.map(|verdict| verdict == Verdict::Equal));
        self.think_closed.append_value(row.think_closed);
        self.boxed.append_value(row.answer.is_some());
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
