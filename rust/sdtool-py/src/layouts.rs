//! The table of layouts, and what was read by it, as Python sees them.

use pyo3::prelude::*;
use pyo3::types::PyDict;
#[cfg(feature = "files")]
use sdgrade_arrow::Regraded;
use sdgrade_arrow::layouts::{
    FINISH_REASONS, GOLDS, LAYOUTS, NAMES, PARAMETERS, RESPONSES, RESPONSES_ALONE, SAMPLING,
};

/// Everything that is known of other tools' files.
pub(crate) fn table(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let table = PyDict::new(py);
    let mut layouts = Vec::new();
    for layout in LAYOUTS.iter().chain(RESPONSES_ALONE) {
        let row = PyDict::new(py);
        row.set_item("tool", layout.tool)?;
        row.set_item("gold", layout.gold)?;
        row.set_item("responses", layout.responses.to_vec())?;
        let others: Vec<_> =
            layout.others.iter().map(|(role, path)| (role.column(), *path)).collect();
        row.set_item("others", others)?;
        layouts.push(row);
    }
    table.set_item("layouts", layouts)?;
    table.set_item("golds", GOLDS.iter().map(|names| names.to_vec()).collect::<Vec<_>>())?;
    table
        .set_item("responses", RESPONSES.iter().map(|names| names.to_vec()).collect::<Vec<_>>())?;
    let pairs = |rows: Vec<(&'static str, Vec<&'static str>)>| -> PyResult<Bound<'_, PyDict>> {
        let named = PyDict::new(py);
        for (name, spellings) in rows {
            named.set_item(name, spellings)?;
        }
        Ok(named)
    };
    let names = NAMES.iter().map(|(role, names)| (role.column(), names.to_vec())).collect();
    table.set_item("names", pairs(names)?)?;
    table.set_item("parameters", PARAMETERS.to_vec())?;
    table.set_item("sampling", SAMPLING.to_vec())?;
    let reasons =
        FINISH_REASONS.iter().map(|(meaning, names)| (*meaning, names.to_vec())).collect();
    table.set_item("finish_reasons", pairs(reasons)?)?;
    Ok(table)
}

/// What became of a file.
#[cfg(feature = "files")]
pub(crate) fn regraded<'py>(py: Python<'py>, done: &Regraded) -> PyResult<Bound<'py, PyDict>> {
    let counts = PyDict::new(py);
    for (name, count) in done.counts.each() {
        counts.set_item(name, count)?;
    }
    let columns = PyDict::new(py);
    for (name, path) in &done.columns {
        columns.set_item(name, path)?;
    }
    let summary = PyDict::new(py);
    summary.set_item("layout", &done.layout)?;
    summary.set_item("columns", columns)?;
    summary.set_item("close_tag", done.close_tag.as_deref())?;
    summary.set_item("counts", counts)?;
    summary.set_item("finish_reasons", &done.finish_reasons)?;
    Ok(summary)
}
