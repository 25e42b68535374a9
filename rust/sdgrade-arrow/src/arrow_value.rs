//! Values of Arrow arrays.

use std::borrow::Cow;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_cast::display::array_value_to_string;
use arrow_schema::DataType;

use crate::value::{Shape, Value};

/// One row of an array.
#[derive(Clone, Copy)]
pub(crate) struct ArrowValue<'a> {
    pub(crate) array: &'a dyn Array,
    pub(crate) row: usize,
}

impl<'a> ArrowValue<'a> {
    pub(crate) fn new(array: &'a ArrayRef, row: usize) -> Self {
        Self { array: array.as_ref(), row }
    }

    fn items(values: &'a ArrayRef, range: std::ops::Range<usize>) -> Shape<'a, Self> {
        Shape::List(range.map(|row| Self::new(values, row)).collect())
    }

    /// The value that the key of a dictionary stands for.
    fn looked_up(self) -> Option<Self> {
        let dictionary = self.array.as_any_dictionary();
        let keys = dictionary.keys();
        macro_rules! key {
            ($($type:ident)*) => {
                None$(.or_else(|| {
                    let keys = keys.as_primitive_opt::<$type>()?;
                    usize::try_from(keys.value(self.row)).ok()
                }))*
            };
        }
        let key = key!(Int32Type UInt32Type Int8Type UInt8Type Int16Type UInt16Type Int64Type UInt64Type)?;
        Some(Self::new(dictionary.values(), key))
    }
}

impl<'a> Value<'a> for ArrowValue<'a> {
    fn shape(&self) -> Result<Shape<'a, Self>, String> {
        let (array, row) = (self.array, self.row);
        if array.is_null(row) {
            return Ok(Shape::Null);
        }
        let text = |text: &'a [u8]| Shape::Text(Cow::Borrowed(text));
        Ok(match array.data_type() {
            DataType::Null => Shape::Null,
            DataType::Boolean => Shape::Flag(array.as_boolean().value(row)),
            DataType::Utf8 => text(array.as_string::<i32>().value(row).as_bytes()),
            DataType::LargeUtf8 => text(array.as_string::<i64>().value(row).as_bytes()),
            DataType::Utf8View => text(array.as_string_view().value(row).as_bytes()),
            DataType::Binary => text(array.as_binary::<i32>().value(row)),
            DataType::LargeBinary => text(array.as_binary::<i64>().value(row)),
            DataType::BinaryView => text(array.as_binary_view().value(row)),
            DataType::Dictionary(..) => match self.looked_up() {
                Some(value) => value.shape()?,
                None => Shape::Null,
            },
            DataType::List(_) => {
                let lists = array.as_list::<i32>();
                let ends = lists.value_offsets();
                let end = |row: usize| usize::try_from(ends[row]).unwrap_or(0);
                Self::items(lists.values(), end(row)..end(row + 1))
            }
            DataType::LargeList(_) => {
                let lists = array.as_list::<i64>();
                let ends = lists.value_offsets();
                let end = |row: usize| usize::try_from(ends[row]).unwrap_or(0);
                Self::items(lists.values(), end(row)..end(row + 1))
            }
            DataType::FixedSizeList(..) => {
                let lists = array.as_fixed_size_list();
                let size = usize::try_from(lists.value_length()).unwrap_or(0);
                Self::items(lists.values(), row * size..(row + 1) * size)
            }
            DataType::Struct(_) => Shape::Object,
            other if other.is_numeric() => {
                let number =
                    array_value_to_string(array, row).map_err(|error| error.to_string())?;
                Shape::Number(Cow::Owned(number))
            }
            other => {
                return Err(format!("holds {other} where text is needed; cast it to string first"));
            }
        })
    }

    fn member(&self, name: &str) -> Option<Self> {
        if self.array.is_null(self.row) {
            return None;
        }
        let inner = self.array.as_struct_opt()?.column_by_name(name)?;
        let value = Self::new(inner, self.row);
        // A field that is null in this row is one that a JSON object would lack.
        inner.is_valid(self.row).then_some(value)
    }
}
