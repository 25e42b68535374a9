//! The arguments that say how an answer is found: `thinking`, `extractor`, `close_tag`.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyString;
use sdgrade::{Extractor, Format, ThinkTags, Thinking};

use crate::argument::optional;

/// The format that the three arguments describe.
pub(crate) fn format(
    thinking: Option<&Bound<'_, PyAny>>,
    extractor: Option<&Bound<'_, PyAny>>,
    close_tag: Option<&Bound<'_, PyAny>>,
) -> PyResult<Format> {
    let mut format = Format::from(match optional("thinking", thinking)? {
        Some(true) => Thinking::Yes,
        Some(false) => Thinking::No,
        None => Thinking::Auto,
    });
    if let Some(Extractors(extractors)) = optional("extractor", extractor)? {
        format = format.with_extractors(&extractors);
    }
    if let Some(tag) = optional::<String>("close_tag", close_tag)? {
        let tags = ThinkTags::closed_by(&tag);
        let tags = tags.ok_or_else(|| PyValueError::new_err("close_tag is empty"))?;
        format = format.with_tags(tags);
    }
    Ok(format)
}

/// The argument `extractor`: a name, or several in the order in which they are tried.
struct Extractors(Vec<Extractor>);

impl<'py> FromPyObject<'_, 'py> for Extractors {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let known = |name: &str| {
            Extractor::named(name).ok_or_else(|| {
                let known = Extractor::ALL.map(Extractor::as_str).join(", ");
                PyValueError::new_err(format!("there is no extractor {name:?}; there are {known}"))
            })
        };
        if let Ok(name) = object.cast::<PyString>() {
            return Ok(Self(vec![known(&name.to_string_lossy())?]));
        }
        let names: Vec<String> = object.extract().map_err(|_| {
            PyTypeError::new_err("the name of an extractor is needed, or a sequence of names")
        })?;
        if names.is_empty() {
            return Err(PyValueError::new_err("it names none"));
        }
        names.iter().map(|name| known(name)).collect::<PyResult<_>>().map(Self)
    }
}
