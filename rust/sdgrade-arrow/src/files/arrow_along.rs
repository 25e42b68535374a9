//! Lists that run along the responses of a row: each response has its own item.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, StructArray};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, Field, FieldRef};

use crate::files::arrow_columns::item_of;
use crate::files::columns::Along;
use crate::files::gather::{Rows, gather};

/// The ways to the lists of a column; to those within objects only if `within` says so.
pub(crate) fn lists(data_type: &DataType, within: bool, way: &mut Vec<String>, found: &mut Along) {
    if item_of(data_type).is_some() {
        found.push(way.clone());
    } else if let DataType::Struct(fields) = data_type
        && within
    {
        for field in fields {
            way.push(field.name().clone());
            lists(field.data_type(), within, way, found);
            way.pop();
        }
    }
}

/// What a column becomes where the lists at the end of `along` are replaced by their items.
pub(crate) fn item_type(data_type: &DataType, along: &[Vec<String>]) -> DataType {
    match (data_type, along) {
        (data_type, [way]) if way.is_empty() => item_of(data_type).unwrap_or(data_type).clone(),
        (DataType::Struct(fields), [_, ..]) => {
            let field = |field: &FieldRef| {
                let inner = item_type(field.data_type(), &below(along, field.name()));
                field.as_ref().clone().with_data_type(inner).with_nullable(true)
            };
            DataType::Struct(fields.iter().map(field).collect::<Vec<Field>>().into())
        }
        (data_type, _) => data_type.clone(),
    }
}

/// The ways that lead through a member, from there on.
fn below(along: &[Vec<String>], name: &str) -> Along {
    along
        .iter()
        .filter_map(|way| way.split_first())
        .filter(|(step, _)| *step == name)
        .map(|(_, rest)| rest.to_vec())
        .collect()
}

/// A column with each row as often as it has responses, each with its own item of the lists at the end
/// of `along`. `first` is the number of the first row, for messages.
pub(crate) fn items(
    column: &ArrayRef,
    along: &[Vec<String>],
    counts: &[usize],
    first: usize,
) -> Result<ArrayRef, String> {
    if along.is_empty() && counts.iter().all(|&count| count == 1) {
        return Ok(Arc::clone(column));
    }
    let told = |error: arrow_schema::ArrowError| error.to_string();
    let rows = || {
        let each = counts.iter().enumerate();
        each.flat_map(|(row, &count)| std::iter::repeat_n(row, count))
    };
    if let [way] = along
        && way.is_empty()
    {
        let (values, ends) = spans(column)?;
        let mut found: Vec<Rows> = Vec::with_capacity(counts.len());
        for (row, (&count, (start, end))) in counts.iter().zip(ends).enumerate() {
            if column.is_null(row) {
                found.extend(std::iter::repeat_n(None, count));
            } else if end - start == count {
                found.push(Some((start, end)));
            } else {
                return Err(format!(
                    "has {} items for {count} responses in row {}, where the rows before had one for each",
                    end - start,
                    first + row
                ));
            }
        }
        return gather(values, found).map_err(told);
    }
    match column.data_type() {
        DataType::Struct(fields) if !along.is_empty() => {
            let structs = column.as_struct();
            let inner = fields
                .iter()
                .zip(structs.columns())
                .map(|(field, inner)| items(inner, &below(along, field.name()), counts, first))
                .collect::<Result<Vec<_>, _>>()?;
            let DataType::Struct(fields) = item_type(column.data_type(), along) else {
                return Err("is no object".to_owned());
            };
            let nulls: Option<NullBuffer> =
                structs.nulls().map(|nulls| rows().map(|row| nulls.is_valid(row)).collect());
            Ok(Arc::new(StructArray::try_new(fields, inner, nulls).map_err(told)?))
        }
        _ => gather(column, rows().map(|row| Some((row, row + 1)))).map_err(told),
    }
}

/// Where lists begin and end.
type Spans = Vec<(usize, usize)>;

/// The values of a column of lists, and where each list begins and ends.
fn spans(column: &ArrayRef) -> Result<(&ArrayRef, Spans), String> {
    let number = |end: i64| usize::try_from(end).unwrap_or(0);
    Ok(match column.data_type() {
        DataType::List(_) => {
            let lists = column.as_list::<i32>();
            let ends = lists.value_offsets().windows(2);
            (
                lists.values(),
                ends.map(|pair| (number(pair[0].into()), number(pair[1].into()))).collect(),
            )
        }
        DataType::LargeList(_) => {
            let lists = column.as_list::<i64>();
            let ends = lists.value_offsets().windows(2);
            (lists.values(), ends.map(|pair| (number(pair[0]), number(pair[1]))).collect())
        }
        DataType::FixedSizeList(_, size) => {
            let lists = column.as_fixed_size_list();
            let size = number(i64::from(*size));
            (lists.values(), (0..lists.len()).map(|row| (row * size, (row + 1) * size)).collect())
        }
        other => return Err(format!("holds {other}, no list")),
    })
}
