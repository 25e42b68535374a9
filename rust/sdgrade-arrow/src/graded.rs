//! Graded rows, and the same as Arrow.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use arrow_array::builder::{BooleanBuilder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use sdgrade::{Extractor, Reason, Verdict};

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

/// One graded row.
#[derive(Clone, Copy, Debug)]
pub struct Row<'r> {
    /// The text between the braces of the box, or what another extractor found.
    pub answer: Option<&'r [u8]>,
    /// What found the answer.
    pub extractor: Option<Extractor>,
    /// `None` where there is no gold to compare with.
    pub verdict: Option<Verdict>,
    /// Why it is so.
    pub reason: Reason,
    /// The response contains the tag that closes a thought.
    pub think_closed: bool,
}

impl Row<'_> {
    /// Whether the answer stood in a box.
    #[must_use]
    pub fn boxed(&self) -> bool {
        self.extractor == Some(Extractor::Boxed)
    }
}

/// Graded rows. They become Arrow when somebody reads them as such: for a few rows that takes longer
/// than to grade them.
#[derive(Clone, Debug, Default)]
pub struct Graded {
    rows: Vec<Stored>,
    /// The answers, end to end.
    answers: Vec<u8>,
}

#[derive(Clone, Debug)]
struct Stored {
    /// Where its answer ends, which begins where that of the row before ends.
    end: usize,
    answered: bool,
    extractor: Option<Extractor>,
    verdict: Option<Verdict>,
    reason: Reason,
    think_closed: bool,
}

impl<'r> FromIterator<Row<'r>> for Graded {
    fn from_iter<I: IntoIterator<Item = Row<'r>>>(rows: I) -> Self {
        let mut graded = Self::default();
        rows.into_iter().for_each(|row| graded.push(&row));
        graded
    }
}

impl Graded {
    pub(crate) fn with_capacity(rows: usize) -> Self {
        Self { rows: Vec::with_capacity(rows), answers: Vec::with_capacity(8 * rows) }
    }

    /// Adds a row.
    pub fn push(&mut self, row: &Row<'_>) {
        self.answers.extend_from_slice(row.answer.unwrap_or_default());
        self.rows.push(Stored {
            end: self.answers.len(),
            answered: row.answer.is_some(),
            extractor: row.extractor,
            verdict: row.verdict,
            reason: row.reason,
            think_closed: row.think_closed,
        });
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// A row.
    ///
    /// # Panics
    /// If `row` is not below `len`.
    #[must_use]
    pub fn row(&self, row: usize) -> Row<'_> {
        let start = row.checked_sub(1).map_or(0, |before| self.rows[before].end);
        let &Stored { end, answered, extractor, verdict, reason, think_closed } = &self.rows[row];
        let answer = answered.then(|| &self.answers[start..end]);
        Row { answer, extractor, verdict, reason, think_closed }
    }

    /// The rows in their order.
    pub fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.len()).map(|row| self.row(row))
    }

    /// The columns of [`schema`].
    pub(crate) fn columns(&self) -> Vec<ArrayRef> {
        let rows = self.len();
        let texts = |bytes| StringBuilder::with_capacity(rows, bytes);
        let flags = || BooleanBuilder::with_capacity(rows);
        let mut answer = texts(self.answers.len());
        let (mut verdict, mut reason, mut extractor) =
            (texts(9 * rows), texts(16 * rows), texts(5 * rows));
        let (mut correct, mut think_closed, mut boxed) = (flags(), flags(), flags());
        for row in self.iter() {
            // What is not UTF-8 can only come from a surrogate in a Python str, or from binary columns.
            answer.append_option(row.answer.map(String::from_utf8_lossy).as_ref().map(Cow::as_ref));
            verdict.append_option(row.verdict.map(Verdict::as_str));
            reason.append_value(row.reason.as_str());
            correct.append_option(row.verdict.map(|verdict| verdict == Verdict::Equal));
            think_closed.append_value(row.think_closed);
            boxed.append_value(row.boxed());
            extractor.append_option(row.extractor.map(Extractor::as_str));
        }
        vec![
            Arc::new(answer.finish()),
            Arc::new(verdict.finish()),
            Arc::new(reason.finish()),
            Arc::new(correct.finish()),
            Arc::new(think_closed.finish()),
            Arc::new(boxed.finish()),
            Arc::new(extractor.finish()),
        ]
    }

    /// The rows as Arrow.
    ///
    /// # Panics
    /// Never: the columns are those of the schema.
    #[must_use]
    pub fn to_arrow(&self) -> RecordBatch {
        RecordBatch::try_new(schema(), self.columns()).expect("the columns are those of the schema")
    }
}
