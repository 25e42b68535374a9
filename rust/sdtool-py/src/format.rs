//! The arguments that say how an answer is found: `thinking`, `extractor`, `close_tag`.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyString;
use sdgrade::{Extractor, Format, ThinkTags, Thinking};

use crate::argument::optional;

/// The three values of the argument `thinking`.
pub(crate) fn mode(thinking: Option<bool>) -> Thinking {
    thinking.map_or(Thinking::Auto, |yes| if yes { Thinking::Yes } else { Thinking::No })
}

pub(crate) fn format(
    thinking: Option<bool>,
    extractors: Option<Extractors>,
    close_tag: Option<&str>,
) -> PyResult<Format> {
    let mut format = Format::from(mode(thinking));
    if let Some(Extractors(extractors)) = extractors {
        format = format.with_extractors(&extractors);
    }
    if let Some(tag) = close_tag {
        let tags =
            ThinkTags::closed_by(tag).ok_or_else(|| PyValueError::new_err("close_tag is empty"))?;
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
