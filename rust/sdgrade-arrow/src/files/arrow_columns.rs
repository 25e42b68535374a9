//! The columns of a file with an Arrow schema.

use std::cell::{OnceCell, RefCell};

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, FieldRef, SchemaRef};

use crate::files::arrow_value::{ArrowValue, shown};
use crate::files::header::{Columns, Kind};

/// Characters of a value that a message shows.
const SHOWN: usize = 40;

/// Record batches as they are read.
pub(crate) type Batches = Box<dyn Iterator<Item = Result<RecordBatch, String>> + Send>;

/// The columns of a file with an Arrow schema.
pub(crate) struct ArrowColumns {
    schema: SchemaRef,
    batches: RefCell<Batches>,
    first: OnceCell<Option<RecordBatch>>,
}

impl ArrowColumns {
    pub(crate) fn new(schema: SchemaRef, batches: Batches) -> Self {
        Self { schema, batches: RefCell::new(batches), first: OnceCell::new() }
    }

    /// The first batch, if it has rows and can be read.
    fn first_batch(&self) -> Option<&RecordBatch> {
        let read = || self.batches.borrow_mut().next()?.ok().filter(|batch| batch.num_rows() > 0);
        self.first.get_or_init(read).as_ref()
    }

    fn data_type(&self, column: usize, steps: &[String]) -> Option<&DataType> {
        let mut data_type = self.schema.field(column).data_type();
        for step in steps {
            while let Some(item) = item_of(data_type) {
                data_type = item;
                if step.parse::<isize>().is_ok() {
                    break;
                }
            }
            if step.parse::<isize>().is_ok() {
                continue;
            }
            let DataType::Struct(fields) = data_type else { return None };
            data_type = fields.find(step)?.1.data_type();
        }
        Some(data_type)
    }
}

pub(crate) fn item_of(data_type: &DataType) -> Option<&DataType> {
    match data_type {
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            Some(item.data_type())
        }
        _ => None,
    }
}

impl Columns for ArrowColumns {
    fn names(&self) -> Vec<&str> {
        self.schema.fields().iter().map(|field| field.name().as_str()).collect()
    }

    fn kind(&self, column: usize, steps: &[String]) -> Option<Kind> {
        let data_type = self.data_type(column, steps)?;
        let mut inner = data_type;
        while let Some(item) = item_of(inner) {
            inner = item;
        }
        let is_list = item_of(data_type).is_some();
        Some(match inner {
            DataType::Boolean if !is_list => Kind::Flag,
            DataType::Struct(_) | DataType::Map(..) => Kind::Nested,
            inner if is_list && is_text(inner) => Kind::Texts,
            _ if is_list => Kind::Nested,
            _ => Kind::Plain,
        })
    }

    fn members(&self, column: usize, steps: &[String]) -> Vec<String> {
        let mut data_type = self.data_type(column, steps);
        while let Some(item) = data_type.and_then(item_of) {
            data_type = Some(item);
        }
        match data_type {
            Some(DataType::Struct(fields)) => {
                fields.iter().map(|field| field.name().clone()).collect()
            }
            _ => Vec::new(),
        }
    }

    fn is_list(&self, column: usize, steps: &[String]) -> bool {
        self.data_type(column, steps).is_some_and(|data_type| item_of(data_type).is_some())
    }

    fn is_whole(&self, column: usize) -> bool {
        self.schema.field(column).data_type().is_integer()
    }

    fn first(&self, column: usize) -> Option<String> {
        Some(shown(ArrowValue::new(self.first_batch()?.column(column), 0), SHOWN))
    }

    fn first_row(&self) -> String {
        let Some(batch) = self.first_batch() else { return String::new() };
        let member = |(field, column): (&FieldRef, &ArrayRef)| {
            format!("{:?}: {}", field.name(), shown(ArrowValue::new(column, 0), SHOWN))
        };
        let schema = batch.schema();
        let members: Vec<String> =
            schema.fields().iter().zip(batch.columns()).map(member).collect();
        format!("{{{}}}", members.join(", "))
    }
}

fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => is_text(values),
        DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Utf8View
        | DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView => true,
        _ => false,
    }
}
