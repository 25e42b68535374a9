//! Values of Arrow arrays.

use std::borrow::Cow;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, Float16Type, Float32Type,
    Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;

use crate::files::value::{Shape, Value};

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
            other => {
                let unreadable =
                    || format!("holds {other} where text is needed; cast it to string first");
                Shape::Number(Cow::Owned(number(array, row).ok_or_else(unreadable)?))
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

/// A number as it is written.
fn number(array: &dyn Array, row: usize) -> Option<String> {
    macro_rules! written {
        ($($type:ident)*; $($decimal:ident)*) => {
            None
                $(.or_else(|| Some(format!("{:?}", array.as_primitive_opt::<$type>()?.value(row)))))*
                $(.or_else(|| Some(array.as_primitive_opt::<$decimal>()?.value_as_string(row))))*
        };
    }
    written!(
        Int64Type Float64Type Int32Type Float32Type UInt32Type UInt64Type Int8Type Int16Type UInt8Type
        UInt16Type Float16Type; Decimal128Type Decimal32Type Decimal64Type Decimal256Type
    )
}

/// A value for a message, its beginning: as JSON, as far as its type is known here.
pub(crate) fn shown(value: ArrowValue<'_>, most: usize) -> String {
    let mut text = String::new();
    show(value, most, &mut text);
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn show(value: ArrowValue<'_>, most: usize, text: &mut String) {
    if text.len() > 4 * most {
        return; // no character takes more bytes
    }
    match value.shape() {
        Ok(Shape::Null) => text.push_str("null"),
        Ok(Shape::Flag(yes)) => text.push_str(if yes { "true" } else { "false" }),
        Ok(Shape::Number(number)) => text.push_str(&number),
        Ok(Shape::Text(said)) => {
            let beginning = &said[..said.len().min(4 * most)];
            text.push_str(&quoted(&String::from_utf8_lossy(beginning)));
        }
        Ok(Shape::List(items)) => {
            text.push('[');
            for (number, item) in items.into_iter().take(most).enumerate() {
                text.push_str(if number > 0 { ", " } else { "" });
                show(item, most, text);
            }
            text.push(']');
        }
        Ok(Shape::Object) => {
            text.push('{');
            let object = value.array.as_struct();
            for (number, (field, inner)) in object.fields().iter().zip(object.columns()).enumerate()
            {
                text.push_str(if number > 0 { ", " } else { "" });
                text.push_str(&quoted(field.name()));
                text.push_str(": ");
                show(ArrowValue::new(inner, value.row), most, text);
            }
            text.push('}');
        }
        Err(_) => text.push_str(&value.array.data_type().to_string()),
    }
}

fn quoted(text: &str) -> String {
    format!("{text:?}")
}
