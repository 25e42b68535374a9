//! Rows of text, wherever they are stored.

use arrow_array::cast::AsArray;
use arrow_array::{
    Array, BinaryArray, BinaryViewArray, LargeBinaryArray, LargeStringArray, StringArray,
    StringViewArray,
};
use arrow_schema::DataType;
use smallvec::SmallVec;

/// Rows of text, as bytes. `None` is a null.
pub trait Texts: Sync {
    /// Rows.
    fn len(&self) -> usize;

    /// The text of one row.
    ///
    /// # Panics
    /// If `row` is not below `len`.
    fn get(&self, row: usize) -> Option<&[u8]>;

    /// The texts of one row where it may have several, as alternatives of a gold; none of a null.
    ///
    /// # Panics
    /// If `row` is not below `len`.
    fn alternatives(&self, row: usize) -> SmallVec<[&[u8]; 1]> {
        self.get(row).into_iter().collect()
    }

    /// Whether there are no rows.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// An Arrow array of text or binary, dictionaries included.
#[derive(Debug)]
pub struct Column(Storage);

#[derive(Debug)]
enum Storage {
    Utf8(StringArray),
    LargeUtf8(LargeStringArray),
    Utf8View(StringViewArray),
    Binary(BinaryArray),
    LargeBinary(LargeBinaryArray),
    BinaryView(BinaryViewArray),
    Dictionary { keys: Vec<Option<usize>>, values: Box<Column> },
    Null(usize),
}

/// The array holds no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable(
    /// What it holds instead.
    pub DataType,
);

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "holds {} where text is needed; cast it to string first", self.0)
    }
}

impl std::error::Error for Unreadable {}

impl TryFrom<&dyn Array> for Column {
    type Error = Unreadable;

    fn try_from(array: &dyn Array) -> Result<Self, Unreadable> {
        Ok(Self(match array.data_type() {
            DataType::Utf8 => Storage::Utf8(array.as_string().clone()),
            DataType::LargeUtf8 => Storage::LargeUtf8(array.as_string().clone()),
            DataType::Utf8View => Storage::Utf8View(array.as_string_view().clone()),
            DataType::Binary => Storage::Binary(array.as_binary().clone()),
            DataType::LargeBinary => Storage::LargeBinary(array.as_binary().clone()),
            DataType::BinaryView => Storage::BinaryView(array.as_binary_view().clone()),
            DataType::Null => Storage::Null(array.len()),
            DataType::Dictionary(..) => {
                let dictionary = array.as_any_dictionary();
                let values = Box::new(Self::try_from(dictionary.values().as_ref())?);
                // An all-null dictionary may have no values, which normalized_keys refuses.
                let keys = if values.is_empty() {
                    vec![None; array.len()]
                } else {
                    let keys = dictionary.normalized_keys();
                    keys.into_iter()
                        .enumerate()
                        .map(|(row, key)| array.is_valid(row).then_some(key))
                        .collect()
                };
                Storage::Dictionary { keys, values }
            }
            // A table of one column arrives as a struct of one field.
            DataType::Struct(fields) if fields.len() == 1 => {
                return Self::try_from(array.as_struct().column(0).as_ref());
            }
            other => return Err(Unreadable(other.clone())),
        }))
    }
}

impl Texts for Column {
    fn len(&self) -> usize {
        match &self.0 {
            Storage::Utf8(array) => array.len(),
            Storage::LargeUtf8(array) => array.len(),
            Storage::Utf8View(array) => array.len(),
            Storage::Binary(array) => array.len(),
            Storage::LargeBinary(array) => array.len(),
            Storage::BinaryView(array) => array.len(),
            Storage::Dictionary { keys, .. } => keys.len(),
            Storage::Null(len) => *len,
        }
    }

    fn get(&self, row: usize) -> Option<&[u8]> {
        match &self.0 {
            Storage::Utf8(array) => array.is_valid(row).then(|| array.value(row).as_bytes()),
            Storage::LargeUtf8(array) => array.is_valid(row).then(|| array.value(row).as_bytes()),
            Storage::Utf8View(array) => array.is_valid(row).then(|| array.value(row).as_bytes()),
            Storage::Binary(array) => array.is_valid(row).then(|| array.value(row)),
            Storage::LargeBinary(array) => array.is_valid(row).then(|| array.value(row)),
            Storage::BinaryView(array) => array.is_valid(row).then(|| array.value(row)),
            Storage::Dictionary { keys, values } => keys[row].and_then(|key| values.get(key)),
            Storage::Null(_) => None,
        }
    }
}

/// Several columns end to end, as Arrow's chunked arrays are.
#[derive(Debug)]
pub struct Chunked {
    pieces: Vec<Column>,
    /// The first row after each piece.
    ends: Vec<usize>,
}

impl FromIterator<Column> for Chunked {
    fn from_iter<I: IntoIterator<Item = Column>>(columns: I) -> Self {
        let pieces: Vec<Column> = columns.into_iter().collect();
        let mut rows = 0;
        let ends = pieces.iter().map(|piece| (rows += piece.len(), rows).1).collect();
        Self { pieces, ends }
    }
}

impl Texts for Chunked {
    fn len(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    fn get(&self, row: usize) -> Option<&[u8]> {
        let piece = self.ends.partition_point(|&end| end <= row);
        let start = piece.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.pieces[piece].get(row - start)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // a failed test says where
mod tests {
    use std::sync::Arc;

    use arrow_array::types::Int8Type;
    use arrow_array::{ArrayRef, DictionaryArray, Int64Array, NullArray};

    use super::*;

    fn rows(array: &ArrayRef) -> Vec<Option<String>> {
        let column = Column::try_from(array.as_ref()).unwrap();
        let text = |row| column.get(row).map(|text| String::from_utf8(text.to_vec()).unwrap());
        (0..column.len()).map(text).collect()
    }

    #[test]
    fn every_way_to_store_text_reads_the_same() {
        let texts = vec![Some("a"), None, Some("bc"), Some("a")];
        let expected: Vec<Option<String>> =
            texts.iter().map(|text| text.map(str::to_owned)).collect();
        let bytes: Vec<Option<&[u8]>> = texts.iter().map(|text| text.map(str::as_bytes)).collect();
        let dictionary: DictionaryArray<Int8Type> = texts.iter().copied().collect();
        let arrays: [ArrayRef; 7] = [
            Arc::new(StringArray::from(texts.clone())),
            Arc::new(LargeStringArray::from(texts.clone())),
            Arc::new(StringViewArray::from(texts.clone())),
            Arc::new(BinaryArray::from(bytes.clone())),
            Arc::new(LargeBinaryArray::from(bytes.clone())),
            Arc::new(BinaryViewArray::from_iter(bytes)),
            Arc::new(dictionary),
        ];
        for array in arrays {
            assert_eq!(rows(&array), expected);
        }
        assert_eq!(rows(&(Arc::new(NullArray::new(2)) as ArrayRef)), [None, None]);
        assert_eq!(
            Column::try_from(&Int64Array::from(vec![1]) as &dyn Array).unwrap_err(),
            Unreadable(DataType::Int64)
        );
    }

    #[test]
    fn pieces_end_to_end_are_one_column() {
        let column =
            |texts: Vec<&str>| Column::try_from(&StringArray::from(texts) as &dyn Array).unwrap();
        let chunked: Chunked =
            [column(vec![]), column(vec!["a"]), column(vec![]), column(vec!["b", "c"])]
                .into_iter()
                .collect();
        assert_eq!(
            (0..chunked.len()).filter_map(|row| chunked.get(row)).collect::<Vec<_>>(),
            [b"a", b"b", b"c"]
        );
    }
}
