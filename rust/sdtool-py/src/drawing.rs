//! Drawing of tokens: arrays in, arrays out.

use std::iter::repeat;

use pyo3::buffer::{Element, PyBuffer};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use sddraw::{Rule, Undrawn};

// As in `sdtool.engine.narrow`.
const NUMBERS: usize = 6;
const PENALTY: usize = 4;
const UNDECIDED: i64 = -1;
const BROKEN: i64 = -2;

/// The likeliest tokens of each row.
#[pyclass(frozen, module = "sdtool._native")]
pub(crate) struct Candidates(Vec<sddraw::Candidates>);

#[pymethods]
impl Candidates {
    #[new]
    #[pyo3(signature = (logits, penalty, numbers, keys, steps, width))]
    fn new(
        py: Python<'_>,
        logits: PyBuffer<f32>,
        penalty: Option<Bound<'_, PyAny>>,
        numbers: PyBuffer<f32>,
        keys: PyBuffer<i64>,
        steps: PyBuffer<i64>,
        width: usize,
    ) -> PyResult<Self> {
        let &[rows, vocabulary] = logits.shape() else {
            return Err(PyValueError::new_err("logits: rows and tokens are needed"));
        };
        if !(1..=vocabulary).contains(&width) {
            return Err(PyValueError::new_err("width: at least 1, and at most all tokens"));
        }
        let mut scores = logits.to_vec(py)?;
        let numbers = elements(py, "numbers", &numbers, rows * NUMBERS)?;
        let keys = elements(py, "keys", &keys, rows)?;
        let steps = elements(py, "steps", &steps, rows)?;
        let rules = numbers.as_chunks().0.iter().zip(keys.iter().zip(steps));
        let rows = scores.chunks_exact_mut(vocabulary).zip(rules).enumerate();
        let mut line = Vec::new();
        let found = rows.map(|(row, (scores, (numbers, (&key, step))))| {
            // What is all zeros is not read: it costs as much as the rest.
            if let Some(penalty) = penalty.as_ref().filter(|_| numbers[PENALTY] != 0.0) {
                line.resize(vocabulary, 0.0);
                PyBuffer::get(&penalty.get_item(row)?)?.copy_to_slice(py, &mut line)?;
                sddraw::penalise(scores, &line);
            }
            Ok(sddraw::Candidates::new(scores, rule(*numbers, key, step)?, width))
        });
        found.collect::<PyResult<_>>().map(Self)
    }

    /// Whether top-p may cut in some row.
    #[getter]
    fn cut_by_mass(&self) -> bool {
        self.0.iter().any(sddraw::Candidates::cut_by_mass)
    }

    /// Write the scores after temperature.
    fn values(&self, py: Python<'_>, into: PyBuffer<f32>) -> PyResult<()> {
        let values: Vec<f32> = self.0.iter().flat_map(sddraw::Candidates::values).collect();
        into.copy_from_slice(py, &values)
    }

    /// Draw, and write the tokens.
    #[pyo3(signature = (mass, into))]
    fn draw(
        &self,
        py: Python<'_>,
        mass: Option<PyBuffer<f32>>,
        into: PyBuffer<i64>,
    ) -> PyResult<()> {
        let width = self.0.first().map_or(0, |row| row.values().count());
        let mass = match mass {
            Some(mass) => elements(py, "mass", &mass, self.0.len() * width)?,
            None if self.cut_by_mass() => {
                return Err(PyValueError::new_err("mass: top-p needs it"));
            }
            None => Vec::new(),
        };
        let masses = mass.chunks(width.max(1)).chain(repeat(&[][..]));
        let drawn = self.0.iter().zip(masses).map(|(row, mass)| match row.draw(mass) {
            Ok(token) => i64::from(token),
            Err(Undrawn::Undecided) => UNDECIDED,
            Err(Undrawn::Broken) => BROKEN,
        });
        into.copy_from_slice(py, &drawn.collect::<Vec<_>>())
    }
}

/// All elements of an array, which is to have so many.
fn elements<T: Element>(
    py: Python<'_>,
    name: &str,
    array: &PyBuffer<T>,
    count: usize,
) -> PyResult<Vec<T>> {
    if array.item_count() == count {
        return array.to_vec(py);
    }
    let message = format!("{name}: {} elements where {count} are needed", array.item_count());
    Err(PyValueError::new_err(message))
}

/// A line of `Rules`, of whose numbers the penalty has been seen to.
fn rule(numbers: [f32; NUMBERS], key: i64, step: i64) -> PyResult<Rule> {
    let [temperature, top_k, removed, log_min_p, _, share] = numbers;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number")]
    let top_k = top_k as usize;
    let step = u32::try_from(step)?;
    Ok(Rule { temperature, top_k, removed, log_min_p, share, key: key.cast_unsigned(), step })
}
