//! The Python binding of the grader: argument conversion, nothing else.

// Python hands arguments over by value, and one by one.
#![allow(clippy::needless_pass_by_value, clippy::too_many_arguments)]

use pyo3::prelude::*;

mod arguments;
mod progress;
mod results;

/// The grader of sdtool.
#[pymodule]
mod _native {
    use std::path::PathBuf;

    use pyo3::exceptions::PyValueError;
    use pyo3::prelude::*;

    use crate::arguments::{Policy, Rows, Text, mode};
    use crate::progress::metered;
    #[pymodule_export]
    use crate::results::{Comparison, Extraction, Grade, GradedBatch};

    /// The version of the grader, stored beside every verdict.
    #[allow(non_upper_case_globals)]
    #[pymodule_export]
    const grader_version: &str = sdgrade::VERSION;

    /// Find the answer in the last `\boxed{` or `\fbox{` after the last `</think>`.
    ///
    /// `thinking` is True where the prompt opened `<think>`, so that a response without `</think>` has
    /// no answer, False for a plain response, None to go by the tags in the response.
    #[pyfunction]
    #[pyo3(signature = (response, thinking = None))]
    fn extract(response: Text, thinking: Option<bool>) -> Extraction {
        Extraction::new(&response, sdgrade::extract(response.bytes(), mode(thinking)))
    }

    /// Compare an answer with the gold answer: the verdict and the reason for it.
    #[pyfunction]
    #[pyo3(signature = (gold, answer, policy = None))]
    fn compare(gold: Text, answer: Text, policy: Option<Policy>) -> Comparison {
        let policy = policy.unwrap_or_default().0;
        sdgrade::CompiledGold::new(gold.bytes(), &policy).compare(answer.bytes()).into()
    }

    /// Say whether an answer equals the gold answer; undecided is not equal.
    #[pyfunction]
    #[pyo3(signature = (gold, answer, policy = None))]
    fn equivalent(gold: Text, answer: Text, policy: Option<Policy>) -> bool {
        let policy = policy.unwrap_or_default().0;
        let found = sdgrade::CompiledGold::new(gold.bytes(), &policy).compare(answer.bytes());
        found.verdict == sdgrade::Verdict::Equal
    }

    /// Extract the answer of a response and compare it with the gold answer.
    #[pyfunction]
    #[pyo3(signature = (gold, response, policy = None, thinking = None))]
    fn grade(gold: Text, response: Text, policy: Option<Policy>, thinking: Option<bool>) -> Grade {
        let policy = policy.unwrap_or_default().0;
        Grade::new(
            &response,
            sdgrade::grade(gold.bytes(), response.bytes(), &policy, mode(thinking)),
        )
    }

    /// Say in words what was parsed, what was compared, the verdict and why.
    #[pyfunction]
    #[pyo3(signature = (gold, answer, policy = None))]
    fn explain(gold: Text, answer: Text, policy: Option<Policy>) -> String {
        let policy = policy.unwrap_or_default().0;
        sdgrade::explain(&gold.lossy(), &answer.lossy(), &policy)
    }

    /// Grade many responses, each against the gold of its row, without the GIL.
    ///
    /// Golds and responses are sequences of str, or any Arrow arrays of text. The result holds the
    /// columns answer, verdict, reason, correct, `think_closed` and boxed, as Arrow.
    #[pyfunction]
    #[pyo3(signature = (golds, responses, policy = None, thinking = None, threads = None))]
    fn grade_batch(
        py: Python<'_>,
        golds: Rows,
        responses: Rows,
        policy: Option<Policy>,
        thinking: Option<bool>,
        threads: Option<usize>,
    ) -> PyResult<GradedBatch> {
        use sdgrade_arrow::Texts;
        if golds.len() != responses.len() {
            let message = format!(
                "{} golds for {} responses: each response needs one",
                golds.len(),
                responses.len()
            );
            return Err(PyValueError::new_err(message));
        }
        let policy = policy.unwrap_or_default().0;
        let threads = crate::arguments::threads(threads)?;
        let work =
            || sdgrade_arrow::grade_batch(&golds, &responses, &policy, mode(thinking), threads);
        Ok(GradedBatch(py.detach(work)))
    }

    /// Regrade one file into one Parquet file. `progress` gets what was counted since its last call;
    /// an exception that it raises ends the work and is raised here.
    #[pyfunction]
    fn regrade_file(
        py: Python<'_>,
        input: PathBuf,
        output: PathBuf,
        gold_column: Option<String>,
        response_column: Option<String>,
        policy: Option<Policy>,
        thinking: Option<bool>,
        keep_text: bool,
        threads: Option<usize>,
        progress: Py<PyAny>,
    ) -> PyResult<()> {
        let options = sdgrade_arrow::Options {
            gold_column,
            response_column,
            thinking: mode(thinking),
            policy: policy.unwrap_or_default().0,
            keep_text,
            threads: crate::arguments::threads(threads)?,
        };
        metered(py, &progress, |meter| {
            sdgrade_arrow::regrade_file(&input, &output, &options, meter).map(drop)
        })
    }

    /// Put regraded files end to end.
    #[pyfunction]
    fn join(
        py: Python<'_>,
        parts: Vec<PathBuf>,
        output: PathBuf,
        progress: Py<PyAny>,
    ) -> PyResult<()> {
        metered(py, &progress, |meter| sdgrade_arrow::join(&parts, &output, meter))
    }

    /// Say whether a rollout of these token ids fell into a loop.
    #[pyfunction]
    fn looped(tokens: Vec<u32>) -> bool {
        sdgrade::looped(&tokens)
    }
}
