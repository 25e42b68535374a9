//! Rows of a column gathered into a new one. What Arrow has for it in `arrow-select` takes long to build.

use arrow_array::{Array, ArrayRef, make_array};
use arrow_data::transform::MutableArrayData;
use arrow_schema::ArrowError;

/// The rows from a first to before a last one; `None` is a null.
pub(crate) type Rows = Option<(usize, usize)>;

/// The values of `rows`, one after the other.
///
/// # Errors
/// They are more bytes than an array of their type can hold.
pub(crate) fn gather(
    column: &dyn Array,
    rows: impl IntoIterator<Item = Rows>,
) -> Result<ArrayRef, ArrowError> {
    let data = column.to_data();
    let mut gathered = MutableArrayData::new(vec![&data], true, column.len());
    for rows in rows {
        match rows {
            Some((start, end)) => gathered.try_extend(0, start, end)?,
            None => gathered.try_extend_nulls(1)?,
        }
    }
    Ok(make_array(gathered.freeze()))
}
