//! Arrow by its C data interface, in the capsules of the Arrow `PyCapsule` interface.
//!
//! The only unsafe code of the project: each use says what the interface promises.

#![allow(unsafe_code)]

use std::ffi::{CStr, c_int};
use std::ptr;

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchIterator, make_array};
use arrow_schema::SchemaRef;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyCapsuleMethods, PyTuple};

const SCHEMA: &CStr = c"arrow_schema";
const ARRAY: &CStr = c"arrow_array";
const STREAM: &CStr = c"arrow_array_stream";

/// Whether an object exports Arrow.
pub(crate) fn exports(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(object.hasattr("__arrow_c_stream__")? || object.hasattr("__arrow_c_array__")?)
}

/// The arrays that an object exports, end to end.
pub(crate) fn import(object: &Bound<'_, PyAny>) -> PyResult<Vec<ArrayRef>> {
    if object.hasattr("__arrow_c_stream__")? {
        let capsule = object.call_method0("__arrow_c_stream__")?.cast_into::<PyCapsule>()?;
        let stream: *mut FFI_ArrowArrayStream = pointer(&capsule, STREAM)?;
        // SAFETY: a capsule of this name holds a stream, which is moved out: the capsule's own
        // destructor finds it released.
        let stream = unsafe { FFI_ArrowArrayStream::from_raw(stream) };
        return object.py().detach(|| read(stream)).map_err(PyValueError::new_err);
    }
    let pair = object.call_method0("__arrow_c_array__")?.cast_into::<PyTuple>()?;
    let (schema, array) = pair.extract::<(Bound<'_, PyCapsule>, Bound<'_, PyCapsule>)>()?;
    let schema: *mut FFI_ArrowSchema = pointer(&schema, SCHEMA)?;
    let array: *mut FFI_ArrowArray = pointer(&array, ARRAY)?;
    // SAFETY: capsules of these names hold a schema and an array of it; both are moved out.
    let array = unsafe {
        let schema = FFI_ArrowSchema::from_raw(schema);
        from_ffi(FFI_ArrowArray::from_raw(array), &schema)
    };
    let array = array.map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok(vec![make_array(array)])
}

fn pointer<T>(capsule: &Bound<'_, PyCapsule>, name: &'static CStr) -> PyResult<*mut T> {
    let pointer = capsule.pointer_checked(Some(name));
    let pointer =
        pointer.map_err(|_| PyTypeError::new_err("it exports no Arrow by its interface"))?;
    Ok(pointer.cast::<T>().as_ptr())
}

/// All arrays of a stream, which need not be structs as those of a table are.
fn read(mut stream: FFI_ArrowArrayStream) -> Result<Vec<ArrayRef>, String> {
    let mut schema = FFI_ArrowSchema::empty();
    let Some(get_schema) = stream.get_schema else {
        return Err("the stream was read before".to_owned());
    };
    let Some(get_next) = stream.get_next else {
        return Err("the stream was read before".to_owned());
    };
    // SAFETY: the stream is not released, and `schema` is there to be written to.
    let code = unsafe { get_schema(&raw mut stream, &raw mut schema) };
    check(code, &mut stream)?;
    let mut arrays = Vec::new();
    loop {
        let mut array = FFI_ArrowArray::empty();
        // SAFETY: as above.
        let code = unsafe { get_next(&raw mut stream, &raw mut array) };
        check(code, &mut stream)?;
        if array.is_released() {
            return Ok(arrays);
        }
        // SAFETY: the array is of the stream's schema, and it is ours.
        let data = unsafe { from_ffi(array, &schema) }.map_err(|error| error.to_string())?;
        arrays.push(make_array(data));
    }
}

/// What the producer of a stream says of an error.
fn check(code: c_int, stream: &mut FFI_ArrowArrayStream) -> Result<(), String> {
    if code == 0 {
        return Ok(());
    }
    let message = stream.get_last_error.map_or(ptr::null(), |last_error| {
        // SAFETY: the stream is not released, and its last call failed.
        unsafe { last_error(stream) }
    });
    if message.is_null() {
        return Err(format!("its producer gave error {code}"));
    }
    // SAFETY: the message is a string that the stream keeps until it is called again.
    Err(unsafe { CStr::from_ptr(message) }.to_string_lossy().into_owned())
}

/// Batches as a stream of a capsule.
pub(crate) fn export(
    py: Python<'_>,
    batches: Vec<RecordBatch>,
    schema: SchemaRef,
) -> PyResult<Bound<'_, PyCapsule>> {
    let batches = RecordBatchIterator::new(batches.into_iter().map(Ok), schema);
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(batches)), STREAM)
}
