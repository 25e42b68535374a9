//! Python's text, golds and responses, as the grader takes them.

use std::borrow::Cow;
use std::hash::{Hash, Hasher};

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple, PyType};
use sdgrade::{CompiledGold, Format, GoldCheck, Policy};
use smallvec::SmallVec;

/// A Python str, without a copy where it is an argument. One that holds surrogates is kept as
/// Python's `surrogatepass` encodes it.
pub(crate) enum Text {
    Utf8(PyBackedStr),
    Bytes(Vec<u8>),
}

impl Text {
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Utf8(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }

    pub(crate) fn lossy(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.bytes())
    }
}

impl From<&[u8]> for Text {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::Bytes(text.into_bytes())
    }
}

impl Clone for Text {
    fn clone(&self) -> Self {
        Self::from(self.bytes())
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl Eq for Text {}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bytes().hash(state);
    }
}

impl<'py> FromPyObject<'_, 'py> for Text {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match object.cast::<PyString>() {
            Ok(text) => str_text(text),
            Err(_) => Err(wrong_type("a str", object)),
        }
    }
}

fn str_text(text: Borrowed<'_, '_, PyString>) -> PyResult<Text> {
    PyBackedStr::try_from(text.to_owned())
        .map(Text::Utf8)
        .or_else(|_| surrogates(text).map(Text::Bytes))
}

/// The bytes of a str that UTF-8 cannot write.
pub(crate) fn surrogates(text: Borrowed<'_, '_, PyString>) -> PyResult<Vec<u8>> {
    text.call_method1("encode", ("utf-8", "surrogatepass"))?.extract()
}

impl<'py> IntoPyObject<'py> for Text {
    type Target = PyString;
    type Output = Bound<'py, PyString>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        if let Ok(text) = std::str::from_utf8(self.bytes()) {
            return Ok(PyString::new(py, text));
        }
        let bytes = PyBytes::new(py, self.bytes());
        Ok(bytes.call_method1("decode", ("utf-8", "surrogatepass"))?.cast_into()?)
    }
}

pub(crate) fn wrong_type(needed: &str, found: Borrowed<'_, '_, PyAny>) -> PyErr {
    let name =
        found.get_type().name().map_or_else(|_| "something else".into(), |name| name.to_string());
    PyTypeError::new_err(format!("{needed} is needed, not {name}"))
}

/// A gold: a str or a number.
pub(crate) fn gold(object: Borrowed<'_, '_, PyAny>) -> PyResult<Text> {
    if let Ok(text) = object.cast::<PyString>() {
        return str_text(text);
    }
    match number(object)? {
        Some(text) => Ok(text.into()),
        None => Err(wrong_type("a str or a number", object)),
    }
}

/// A gold and its alternatives, of which the best counts.
pub(crate) struct Golds(pub(crate) Vec<Text>);

impl Golds {
    pub(crate) fn compile<'p>(&self, policy: &'p Policy) -> SmallVec<[CompiledGold<'p>; 1]> {
        self.0.iter().map(|gold| CompiledGold::new(gold.bytes(), policy)).collect()
    }

    /// The check of the first one that can be matched, else of the first.
    pub(crate) fn check(&self, policy: &Policy) -> GoldCheck {
        let mut checks = self.0.iter().map(|gold| sdgrade::check_gold(gold.bytes(), policy));
        let first = checks.next().unwrap_or_else(|| sdgrade::check_gold(b"", policy));
        if first.ok() { first } else { checks.find(GoldCheck::ok).unwrap_or(first) }
    }
}

impl<'py> FromPyObject<'_, 'py> for Golds {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if !is_sequence(object) {
            return match gold(object) {
                Ok(text) => Ok(Self(vec![text])),
                Err(error) if error.is_instance_of::<PyTypeError>(object.py()) => {
                    Err(wrong_type("a str, a number or a list of these", object))
                }
                Err(error) => Err(error),
            };
        }
        let golds = object
            .try_iter()?
            .map(|each| gold(each?.as_borrowed()))
            .collect::<PyResult<Vec<_>>>()?;
        if golds.is_empty() {
            return Err(PyValueError::new_err("it is an empty list"));
        }
        Ok(Self(golds))
    }
}

pub(crate) fn is_sequence(object: Borrowed<'_, '_, PyAny>) -> bool {
    object.is_instance_of::<PyList>() || object.is_instance_of::<PyTuple>()
}

/// What numbers other than Python's own are: `numbers.Real` and `decimal.Decimal`.
static REAL: PyOnceLock<[Py<PyType>; 2]> = PyOnceLock::new();

/// A number as text: Python's int, float, Fraction and Decimal, and those of numpy.
fn number(object: Borrowed<'_, '_, PyAny>) -> PyResult<Option<String>> {
    let py = object.py();
    let written = |object: &Bound<'_, PyAny>| Ok(Some(object.str()?.to_str()?.to_owned()));
    if object.is_instance_of::<PyBool>() || object.is_instance_of::<PyInt>() {
        return written(&object);
    }
    let kinds = REAL.get_or_try_init(py, || -> PyResult<_> {
        let load = |module: &str, name: &str| {
            Ok::<_, PyErr>(py.import(module)?.getattr(name)?.cast_into::<PyType>()?.unbind())
        };
        Ok([load("numbers", "Real")?, load("decimal", "Decimal")?])
    })?;
    let is_number = object.is_instance_of::<PyFloat>()
        || object.is_instance(kinds[0].bind(py))?
        || object.is_instance(kinds[1].bind(py))?;
    if !is_number {
        return Ok(None);
    }
    let text = object.str()?.to_str()?.to_ascii_lowercase();
    match (&text[..], text.split_once('e')) {
        ("inf" | "infinity", _) => Ok(Some("\\infty".to_owned())),
        ("-inf" | "-infinity", _) => Ok(Some("-\\infty".to_owned())),
        (nan, _) if nan.contains("nan") => {
            Err(PyValueError::new_err("it is nan, which no answer equals"))
        }
        (_, Some((mantissa, exponent))) => {
            let exponent = exponent.trim_start_matches('+');
            Ok(Some(format!("{mantissa} \\times 10^{{{exponent}}}")))
        }
        _ => Ok(Some(text)),
    }
}

/// A response: a str, or a list of chat messages, of which the assistant's last one is graded.
pub(crate) enum Response {
    Text(Text),
    Message { thought: String, content: String },
}

impl Response {
    /// The text of the response. A thought that the message keeps apart is put before its content,
    /// in the tags of the format.
    pub(crate) fn text(self, format: &Format) -> Text {
        match self {
            Self::Text(text) => text,
            Self::Message { thought, content } if thought.is_empty() => content.into(),
            Self::Message { thought, content } => {
                let (open, close) = (format.tags().open(), format.tags().close());
                let close = if content.is_empty() { "" } else { close };
                format!("{open}{thought}{close}{content}").into()
            }
        }
    }
}

impl<'py> FromPyObject<'_, 'py> for Response {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(text) = object.cast::<PyString>() {
            return str_text(text).map(Self::Text);
        }
        if !is_sequence(object) {
            return Err(wrong_type("a str or a list of chat messages", object));
        }
        let mut last = None;
        for message in object.try_iter()? {
            let message = message?;
            if member(&message, "role")?.is_some_and(|role| role.eq("assistant").unwrap_or(false)) {
                last = Some(message);
            }
        }
        let Some(message) = last else {
            return Err(PyValueError::new_err("no message has the role assistant"));
        };
        let (mut thought, mut content) = (String::new(), String::new());
        for name in ["reasoning_content", "reasoning", "thinking"] {
            if let Some(text) =
                member(&message, name)?.and_then(|text| text.extract::<String>().ok())
                && thought.is_empty()
            {
                thought = text;
            }
        }
        match member(&message, "content")? {
            None => {}
            Some(text) if text.is_instance_of::<PyString>() => content = lossy(&text)?,
            Some(parts) => {
                for part in parts.try_iter()? {
                    let part = part?;
                    for name in ["text", "thinking", "reasoning"] {
                        let text = member(&part, name)?;
                        if let Some(text) = text.filter(Bound::is_instance_of::<PyString>) {
                            let into = if name == "text" { &mut content } else { &mut thought };
                            into.push_str(&lossy(&text)?);
                        }
                    }
                }
            }
        }
        Ok(Self::Message { thought, content })
    }
}

fn lossy(text: &Bound<'_, PyAny>) -> PyResult<String> {
    Ok(text.cast::<PyString>()?.to_string_lossy().into_owned())
}

/// A key of a dict or an attribute of an object; None counts as absent.
fn member<'py>(object: &Bound<'py, PyAny>, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
    let found = match object.cast::<PyDict>() {
        Ok(dict) => dict.get_item(name)?,
        Err(_) => object.getattr_opt(name)?,
    };
    Ok(found.filter(|found| !found.is_none()))
}
