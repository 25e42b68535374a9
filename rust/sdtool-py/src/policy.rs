//! The policy as the grader takes it, read once from the fields of a `sdtool.Policy`.

use std::sync::LazyLock;

use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;

/// What a `sdtool.Policy` keeps beside its fields, so that they are not read at every call.
#[pyclass(frozen, module = "sdtool._native")]
pub(crate) struct NativePolicy(sdgrade::Policy);

#[pymethods]
impl NativePolicy {
    #[new]
    fn new(fields: &Bound<'_, PyAny>) -> PyResult<Self> {
        macro_rules! fields {
            ($of:literal $from:expr => $type:ident { $($field:ident),* $(,)? } $($rest:tt)*) => {
                $type { $($field: field(&$from, $of, stringify!($field))?,)* $($rest)* }
            };
        }
        use sdgrade::{Limits, Policy};
        let limits = fields.getattr("limits")?;
        let limits =
            fields!("Limits" limits => Limits { length, depth, nodes, digits, expansions, work });
        Ok(Self(fields!("Policy" fields => Policy {
            answer_rounding_digits, gold_rounding_digits, ignore_unit, ignore_percent, ignore_name,
            ignore_domain, ignore_label, ignore_remark, ignore_sentence, ignore_base, adopt_brackets,
            option_letters, option_values, loose_text, numeric_identity, evaluated,
        } limits)))
    }
}

/// One field, or an error that names it.
fn field<'py, T>(from: &Bound<'py, PyAny>, of: &str, name: &str) -> PyResult<T>
where
    for<'a> T: FromPyObject<'a, 'py, Error: Into<PyErr>>,
{
    from.getattr(name)?.extract::<T>().map_err(|error| {
        let error: PyErr = error.into();
        PyTypeError::new_err(format!("{of}.{name}: {}", error.value(from.py())))
    })
}

/// The argument `policy`: a `sdtool.Policy`.
pub(crate) struct Policy(Py<NativePolicy>);

impl Policy {
    /// What the argument holds.
    pub(crate) fn of(argument: Option<&Self>) -> &sdgrade::Policy {
        static DEFAULT: LazyLock<sdgrade::Policy> = LazyLock::new(sdgrade::Policy::default);
        argument.map_or(&*DEFAULT, |Self(policy)| &policy.get().0)
    }
}

impl<'py> FromPyObject<'_, 'py> for Policy {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let native = object.getattr_opt(intern!(object.py(), "_native"))?;
        match native.map(Bound::cast_into::<NativePolicy>) {
            Some(Ok(native)) => Ok(Self(native.unbind())),
            _ => Err(PyTypeError::new_err(format!(
                "a sdtool.Policy is needed, not {}",
                object.get_type().name()?
            ))),
        }
    }
}
