//! Graded rows: Arrow for those who read Arrow, grades for those who do not.

use arrow_array::cast::AsArray;
use arrow_array::{Array, BooleanArray, RecordBatch, StringArray};
use pyo3::exceptions::{PyIndexError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyList, PySlice, PySliceMethods};

use crate::results::Grade;
use crate::text::Text;

/// Graded rows: a sequence of grades, and an Arrow table for anything that reads the Arrow
/// `PyCapsule` interface.
#[pyclass(frozen, sequence, module = "sdtool")]
pub(crate) struct GradedBatch {
    batches: Vec<RecordBatch>,
    /// The first row after each of them.
    ends: Vec<usize>,
}

impl From<Vec<RecordBatch>> for GradedBatch {
    fn from(batches: Vec<RecordBatch>) -> Self {
        let mut rows = 0;
        let ends = batches.iter().map(|batch| (rows += batch.num_rows(), rows).1).collect();
        Self { batches, ends }
    }
}

impl GradedBatch {
    fn row(&self, row: usize) -> Grade {
        let piece = self.ends.partition_point(|&end| end <= row);
        let batch = &self.batches[piece];
        let at = row - (self.ends[piece] - batch.num_rows());
        let column =
            |name| batch.column_by_name(name).expect("a batch has the columns of its schema");
        let text = |name| {
            let column: &StringArray = column(name).as_string();
            column.is_valid(at).then(|| column.value(at).to_owned())
        };
        let flag = |name| {
            let column: &BooleanArray = column(name).as_boolean();
            column.is_valid(at).then(|| column.value(at))
        };
        Grade {
            correct: flag("correct"),
            verdict: text("verdict"),
            reason: text("reason").unwrap_or_default(),
            answer: text("answer").map(Text::from),
            think_closed: flag("think_closed") == Some(true),
            boxed: flag("boxed") == Some(true),
            extractor: text("extractor"),
        }
    }

    fn len(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    fn slice(&self, from: usize, count: usize) -> Self {
        let mut start = 0;
        let pieces = self.batches.iter().filter_map(|batch| {
            let (low, high) = (from.max(start), (from + count).min(start + batch.num_rows()));
            let piece = (low < high).then(|| batch.slice(low - start, high - low));
            start += batch.num_rows();
            piece
        });
        Self::from(pieces.collect::<Vec<_>>())
    }
}

#[pymethods]
impl GradedBatch {
    /// Consumers may ask for another schema; as the interface allows, they get this one.
    #[pyo3(signature = (requested_schema = None))]
    #[allow(unused_variables)]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        crate::arrow::export(py, self.batches.clone(), sdgrade_arrow::schema())
    }

    fn __len__(&self) -> usize {
        self.len()
    }

    fn __getitem__<'py>(&self, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = index.py();
        if let Ok(slice) = index.cast::<PySlice>() {
            let of = slice.indices(isize::try_from(self.len())?)?;
            if of.step == 1 {
                let batch = self.slice(usize::try_from(of.start)?, of.slicelength);
                return Ok(Bound::new(py, batch)?.into_any());
            }
            return Err(PyTypeError::new_err("a slice of graded rows has no step"));
        }
        let index: isize = index.extract()?;
        let row = if index < 0 { index + isize::try_from(self.len())? } else { index };
        match usize::try_from(row) {
            Ok(row) if row < self.len() => Ok(Bound::new(py, self.row(row))?.into_any()),
            _ => Err(PyIndexError::new_err("there is no such row")),
        }
    }

    fn __iter__(slf: Py<Self>) -> Grades {
        Grades { batch: slf, next: 0 }
    }

    /// The rows as dicts.
    fn to_pylist<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let rows = (0..self.len()).map(|row| self.row(row).as_dict(py));
        PyList::new(py, rows.collect::<PyResult<Vec<Bound<'py, PyDict>>>>()?)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (Vec<Grade>,))> {
        let this = slf.get();
        let rows = (0..this.len()).map(|row| this.row(row)).collect();
        Ok((slf.get_type().getattr("_from_grades")?, (rows,)))
    }

    #[staticmethod]
    fn _from_grades(grades: Vec<Bound<'_, Grade>>) -> Self {
        let rows = grades.iter().map(|grade| {
            let grade = grade.get();
            sdgrade_arrow::GradedRow {
                answer: grade.answer.as_ref().map(Text::bytes),
                extractor: grade.extractor.as_deref(),
                verdict: grade.verdict.as_deref(),
                reason: &grade.reason,
                think_closed: grade.think_closed,
            }
        });
        Self::from(vec![sdgrade_arrow::batch_of(rows)])
    }

    fn __repr__(&self) -> String {
        let mut counts = [("equal", 0), ("different", 0), ("undecided", 0), ("without gold", 0)];
        for batch in &self.batches {
            let verdicts = batch.column_by_name("verdict").map(AsArray::as_string::<i32>);
            for verdict in verdicts.into_iter().flatten() {
                let name = verdict.unwrap_or("without gold");
                counts.iter_mut().filter(|count| count.0 == name).for_each(|count| count.1 += 1);
            }
        }
        let counts: Vec<String> = counts
            .iter()
            .filter(|count| count.1 > 0)
            .map(|(name, count)| format!("{count} {name}"))
            .collect();
        let colon = if counts.is_empty() { "" } else { ": " };
        format!("GradedBatch({} rows{colon}{})", self.len(), counts.join(", "))
    }
}

/// The grades of a batch, one after the other.
#[pyclass(module = "sdtool")]
struct Grades {
    batch: Py<GradedBatch>,
    next: usize,
}

#[pymethods]
impl Grades {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&mut self) -> Option<Grade> {
        let batch = self.batch.get();
        let row = self.next;
        (row < batch.len()).then(|| {
            self.next += 1;
            batch.row(row)
        })
    }
}
