//! Graded rows: Arrow for those who read Arrow, grades for those who do not.

use pyo3::exceptions::{PyIndexError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyList, PySlice, PySliceMethods};
use sdgrade::{Extractor, Reason, Verdict};
use sdgrade_arrow::{Graded, Row};

use crate::results::Grade;
use crate::text::Text;

/// Graded rows: a sequence of grades, and an Arrow table for anything that reads the Arrow
/// `PyCapsule` interface.
#[pyclass(frozen, sequence, module = "sdtool")]
pub(crate) struct GradedBatch {
    pieces: Vec<Graded>,
    /// The first row after each of them.
    ends: Vec<usize>,
}

impl From<Vec<Graded>> for GradedBatch {
    fn from(pieces: Vec<Graded>) -> Self {
        let mut rows = 0;
        let ends = pieces.iter().map(|piece| (rows += piece.len(), rows).1).collect();
        Self { pieces, ends }
    }
}

impl GradedBatch {
    fn row(&self, row: usize) -> Row<'_> {
        let piece = self.ends.partition_point(|&end| end <= row);
        let before = piece.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.pieces[piece].row(row - before)
    }

    fn len(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.pieces.iter().flat_map(Graded::iter)
    }
}

impl From<Row<'_>> for Grade {
    fn from(row: Row<'_>) -> Self {
        Self {
            correct: row.verdict.map(|verdict| verdict == Verdict::Equal),
            verdict: row.verdict.map(|verdict| verdict.as_str().to_owned()),
            reason: row.reason.as_str().to_owned(),
            answer: row.answer.map(lossy),
            think_closed: row.think_closed,
            boxed: row.boxed(),
            extractor: row.extractor.map(|extractor| extractor.as_str().to_owned()),
        }
    }
}

/// The text as Arrow has it too.
fn lossy(answer: &[u8]) -> Text {
    Text::from(String::from_utf8_lossy(answer).into_owned())
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
        let batches = py.detach(|| self.pieces.iter().map(Graded::to_arrow).collect());
        crate::arrow::export(py, batches, sdgrade_arrow::schema())
    }

    fn __len__(&self) -> usize {
        self.len()
    }

    fn __getitem__<'py>(&self, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = index.py();
        if let Ok(slice) = index.cast::<PySlice>() {
            let of = slice.indices(isize::try_from(self.len())?)?;
            if of.step == 1 {
                let rows = self.rows().skip(usize::try_from(of.start)?).take(of.slicelength);
                let slice = Self::from(vec![rows.collect()]);
                return Ok(Bound::new(py, slice)?.into_any());
            }
            return Err(PyTypeError::new_err("a slice of graded rows has no step"));
        }
        let index: isize = index.extract()?;
        let row = if index < 0 { index + isize::try_from(self.len())? } else { index };
        match usize::try_from(row) {
            Ok(row) if row < self.len() => {
                Ok(Bound::new(py, Grade::from(self.row(row)))?.into_any())
            }
            _ => Err(PyIndexError::new_err("there is no such row")),
        }
    }

    fn __iter__(slf: Py<Self>) -> Grades {
        Grades { batch: slf, next: 0 }
    }

    /// The rows as dicts.
    fn to_pylist<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let rows = self.rows().map(|row| Grade::from(row).as_dict(py));
        PyList::new(py, rows.collect::<PyResult<Vec<Bound<'py, PyDict>>>>()?)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (Vec<Grade>,))> {
        let this = slf.get();
        let rows = this.rows().map(Grade::from).collect();
        Ok((slf.get_type().getattr("_from_grades")?, (rows,)))
    }

    #[staticmethod]
    fn _from_grades(grades: Vec<Bound<'_, Grade>>) -> PyResult<Self> {
        let mut piece = Graded::default();
        for row in grades.iter().map(Bound::get) {
            let reason = Reason::ALL.iter().find(|reason| reason.as_str() == row.reason);
            let Some(&reason) = reason else {
                let message = format!("there is no reason {:?} in this version", row.reason);
                return Err(PyValueError::new_err(message));
            };
            piece.push(&Row {
                answer: row.answer.as_ref().map(Text::bytes),
                extractor: row.extractor.as_deref().and_then(Extractor::named),
                verdict: row.verdict.as_ref().map(|_| reason.verdict()),
                reason,
                think_closed: row.think_closed,
            });
        }
        Ok(Self::from(vec![piece]))
    }

    fn __repr__(&self) -> String {
        let mut counts = [("equal", 0), ("different", 0), ("undecided", 0), ("without gold", 0)];
        for row in self.rows() {
            let name = row.verdict.map_or("without gold", Verdict::as_str);
            counts.iter_mut().filter(|count| count.0 == name).for_each(|count| count.1 += 1);
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
            batch.row(row).into()
        })
    }
}
