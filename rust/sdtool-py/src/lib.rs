//! The Python binding of the grader and of what draws tokens: argument conversion, nothing else.

// Python hands arguments over by value, and one by one.
#![allow(clippy::needless_pass_by_value, clippy::too_many_arguments)]

use pyo3::prelude::*;

mod argument;
mod arrow;
mod batch;
mod drawing;
mod format;
mod interrupt;
mod layouts;
mod policy;
#[cfg(feature = "files")]
mod progress;
mod results;
mod rows;
mod text;

/// The grader of sdtool.
#[pymodule]
mod _native {
    #[cfg(feature = "files")]
    use std::path::PathBuf;

    use pyo3::exceptions::PyValueError;
    use pyo3::prelude::*;
    use pyo3::types::PyDict;
    use sdgrade::{CompiledGold, Format};

    use crate::argument::{argument, optional};
    #[pymodule_export]
    use crate::batch::GradedBatch;
    #[pymodule_export]
    use crate::drawing::Candidates;
    use crate::format::format;
    use crate::interrupt::Interrupt;
    #[pymodule_export]
    use crate::policy::NativePolicy;
    use crate::policy::Policy;
    #[cfg(feature = "files")]
    use crate::progress::metered;
    #[pymodule_export]
    use crate::results::{Comparison, Extraction, GoldCheck, Grade};
    use crate::rows::Rows;
    use crate::text::{Golds, Response, Text};

    /// The version of the grader, stored beside every verdict.
    #[allow(non_upper_case_globals)]
    #[pymodule_export]
    const grader_version: &str = sdgrade::VERSION;

    /// Find the answer of a response: what stands in its last box after its thought, or what another
    /// extractor finds.
    #[pyfunction]
    #[pyo3(
        signature = (response, thinking = None, extractor = None, *, close_tag = None),
        text_signature = "(response, thinking=None, extractor='boxed', *, close_tag=None)"
    )]
    fn extract(
        response: &Bound<'_, PyAny>,
        thinking: Option<&Bound<'_, PyAny>>,
        extractor: Option<&Bound<'_, PyAny>>,
        close_tag: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Extraction> {
        let response: Text = argument("response", response)?;
        let found = format(thinking, extractor, close_tag)?.extract(response.bytes());
        Ok(Extraction::new(&response, found))
    }

    /// Compare an answer with the gold answer, or with alternatives of it: the verdict and the reason.
    #[pyfunction]
    #[pyo3(signature = (gold, answer, policy = None))]
    fn compare(
        py: Python<'_>,
        gold: &Bound<'_, PyAny>,
        answer: &Bound<'_, PyAny>,
        policy: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Comparison> {
        compared(py, gold, answer, policy).map(Comparison::from)
    }

    /// Say whether an answer equals the gold answer; undecided is not equal.
    #[pyfunction]
    #[pyo3(signature = (gold, answer, policy = None))]
    fn equivalent(
        py: Python<'_>,
        gold: &Bound<'_, PyAny>,
        answer: &Bound<'_, PyAny>,
        policy: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<bool> {
        Ok(compared(py, gold, answer, policy)?.verdict == sdgrade::Verdict::Equal)
    }

    fn compared(
        py: Python<'_>,
        gold: &Bound<'_, PyAny>,
        answer: &Bound<'_, PyAny>,
        policy: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<sdgrade::Comparison> {
        let (gold, answer): (Golds, Text) = (argument("gold", gold)?, argument("answer", answer)?);
        let policy = optional::<Policy>("policy", policy)?;
        let golds = gold.compile(Policy::of(policy.as_ref()));
        Ok(best_comparison(py, &golds, answer.bytes()))
    }

    /// Plain answers are compared in less time than it takes to give the GIL away.
    fn best_comparison(
        py: Python<'_>,
        golds: &[CompiledGold<'_>],
        answer: &[u8],
    ) -> sdgrade::Comparison {
        let plain = match golds {
            [gold] => gold.compare_plain(answer),
            _ => None,
        };
        plain.unwrap_or_else(|| py.detach(|| sdgrade::best_comparison(golds, answer)))
    }

    /// Bytes of a response that is searched in less time than it takes to give the GIL away.
    const SHORT: usize = 1 << 13;

    fn graded(
        py: Python<'_>,
        golds: &[CompiledGold<'_>],
        response: &[u8],
        format: &Format,
    ) -> sdgrade::Grade {
        if response.len() > SHORT {
            return py.detach(|| sdgrade::best(golds, response, format));
        }
        let sdgrade::Extraction { answer, extractor, think_closed } = format.extract(response);
        let comparison = match &answer {
            Some(answer) => best_comparison(py, golds, &response[answer.clone()]),
            None => sdgrade::Reason::NoAnswer.into(),
        };
        sdgrade::Grade { comparison, answer, extractor, think_closed }
    }

    /// Extract the answer of a response and compare it with the gold answer.
    #[pyfunction]
    #[pyo3(
        signature = (gold, response, policy = None, thinking = None, extractor = None, *, close_tag = None),
        text_signature = "(gold, response, policy=None, thinking=None, extractor='boxed', *, close_tag=None)"
    )]
    fn grade(
        py: Python<'_>,
        gold: &Bound<'_, PyAny>,
        response: &Bound<'_, PyAny>,
        policy: Option<&Bound<'_, PyAny>>,
        thinking: Option<&Bound<'_, PyAny>>,
        extractor: Option<&Bound<'_, PyAny>>,
        close_tag: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Grade> {
        let gold: Golds = argument("gold", gold)?;
        let policy = optional::<Policy>("policy", policy)?;
        let format = format(thinking, extractor, close_tag)?;
        let response = argument::<Response>("response", response)?.text(&format);
        let golds = gold.compile(Policy::of(policy.as_ref()));
        let graded = graded(py, &golds, response.bytes(), &format);
        Ok(Grade::new(&response, graded))
    }

    /// Say in words what was parsed, what was compared, the verdict and why.
    #[pyfunction]
    #[pyo3(signature = (gold, answer, policy = None))]
    fn explain(
        py: Python<'_>,
        gold: &Bound<'_, PyAny>,
        answer: &Bound<'_, PyAny>,
        policy: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<String> {
        let (gold, answer): (Golds, Text) = (argument("gold", gold)?, argument("answer", answer)?);
        let policy = optional::<Policy>("policy", policy)?;
        let policy = Policy::of(policy.as_ref());
        Ok(py.detach(|| {
            let explained: Vec<String> = gold
                .0
                .iter()
                .map(|gold| sdgrade::explain(&gold.lossy(), &answer.lossy(), policy))
                .collect();
            explained.join("\n")
        }))
    }

    /// Say whether a gold can be matched by an answer that is written in another way.
    #[pyfunction]
    #[pyo3(signature = (gold, policy = None))]
    fn check_gold(
        py: Python<'_>,
        gold: &Bound<'_, PyAny>,
        policy: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<GoldCheck> {
        let gold: Golds = argument("gold", gold)?;
        let policy = optional::<Policy>("policy", policy)?;
        Ok(py.detach(|| gold.check(Policy::of(policy.as_ref()))).into())
    }

    /// Grade many responses, each against the gold of its row, without the GIL.
    #[pyfunction]
    #[pyo3(
        signature = (
            golds, responses, policy = None, thinking = None, extractor = None, threads = None, *,
            close_tag = None
        ),
        text_signature = "(golds, responses, policy=None, thinking=None, extractor='boxed', threads=None, *, close_tag=None)"
    )]
    fn grade_batch(
        py: Python<'_>,
        golds: &Bound<'_, PyAny>,
        responses: &Bound<'_, PyAny>,
        policy: Option<&Bound<'_, PyAny>>,
        thinking: Option<&Bound<'_, PyAny>>,
        extractor: Option<&Bound<'_, PyAny>>,
        threads: Option<&Bound<'_, PyAny>>,
        close_tag: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<GradedBatch> {
        use sdgrade_arrow::Texts;
        let threads = crate::interrupt::threads(optional("threads", threads)?)?;
        let policy = optional::<Policy>("policy", policy)?;
        let format = format(thinking, extractor, close_tag)?;
        let golds = Rows::golds(golds)?;
        let responses = Rows::responses(responses, &format)?;
        if golds.len() != responses.len() {
            let message = format!(
                "{} golds for {} responses: each response needs one",
                golds.len(),
                responses.len()
            );
            return Err(PyValueError::new_err(message));
        }
        let policy = Policy::of(policy.as_ref());
        let mut interrupt = Interrupt::default();
        let graded = py.detach(|| {
            let asked = || interrupt.raised();
            sdgrade_arrow::grade_batch(&golds, &responses, policy, &format, threads, asked)
        });
        graded.map(GradedBatch::from).ok_or_else(|| interrupt.error())
    }

    /// Columns with one value in every row of a file: their names and values.
    #[cfg(feature = "files")]
    type Constants = Vec<(String, String)>;

    /// Regrade files into one Parquet file, and say of each what was read and counted. `progress` gets what
    /// was counted since its last call; an exception that it raises ends the work and is raised here.
    #[cfg(feature = "files")]
    #[pyfunction]
    #[pyo3(signature = (
        inputs, output, *, gold_column, response_column, part, policy, thinking, keep_text, threads,
        progress, extractor = None, close_tag = None
    ))]
    fn regrade_files<'py>(
        py: Python<'py>,
        inputs: Vec<(PathBuf, PathBuf, Constants)>,
        output: PathBuf,
        gold_column: Option<String>,
        response_column: Option<String>,
        part: bool,
        policy: Option<Policy>,
        thinking: Option<&Bound<'py, PyAny>>,
        keep_text: bool,
        threads: Option<usize>,
        progress: Py<PyAny>,
        extractor: Option<&Bound<'py, PyAny>>,
        close_tag: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let inputs: Vec<_> = inputs
            .into_iter()
            .map(|(path, name, constants)| sdgrade_arrow::Input { path, name, constants })
            .collect();
        let options = sdgrade_arrow::Options {
            gold_column,
            response_column,
            part,
            format: format(thinking, extractor, close_tag)?,
            policy: Policy::of(policy.as_ref()).clone(),
            keep_text,
            threads: crate::interrupt::threads(threads)?,
        };
        let done = metered(py, &progress, |meter| {
            sdgrade_arrow::regrade_files(&inputs, &output, &options, meter)
        })?;
        done.iter().map(|done| crate::layouts::regraded(py, done)).collect()
    }

    /// The table of the layouts of other tools, of common names and of finish reasons.
    #[pyfunction]
    fn layouts(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
        crate::layouts::table(py)
    }

    /// Put regraded files end to end. Each part is a path and the name that messages call it by.
    #[cfg(feature = "files")]
    #[pyfunction]
    fn join(
        py: Python<'_>,
        parts: Vec<(PathBuf, PathBuf)>,
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
