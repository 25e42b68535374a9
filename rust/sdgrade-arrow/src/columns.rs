//! What becomes of the input's columns, and how text is found in nested ones.

use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, GenericListArray, OffsetSizeTrait, UInt64Array};
use arrow_schema::{DataType, Field, FieldRef, Fields};
use arrow_select::take::take;
use sdgrade::{Format, Policy, Verdict};

use crate::batch::{Graded, Grader};
use crate::layout::Path;
use crate::{Column, Counts};

/// Texts that only a reader of the rollouts needs: left out where the text is not kept.
const TEXTS: [&str; 12] = [
    "prompt",
    "problem",
    "question",
    "query",
    "input",
    "instruction",
    "solution",
    "generation",
    "completion",
    "output",
    "text",
    "arguments",
];

/// The columns that regrading adds: those of a batch, and these two.
pub(crate) const LOOPED: &str = "looped";
const VERSION: &str = "grader_version";

/// What becomes of the input's columns.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The input's columns that are kept, with the names they have in the output.
    pub(crate) kept: Vec<(usize, String)>,
    /// The input knows which rollouts looped, from their tokens; else their text is looked at.
    pub(crate) knows_loops: bool,
}

impl Plan {
    /// `fields` are the input's columns and `response` the name of the one that holds the response;
    /// `is_nested` says which hold lists or objects.
    ///
    /// A file that has been graded before gets its grades replaced, its loops kept. In any other file
    /// a column that has the name of a grade is kept as `input_<name>`.
    pub(crate) fn new(
        fields: &Fields,
        response: &str,
        is_nested: impl Fn(usize) -> bool,
        keep_text: bool,
    ) -> Self {
        let graded_before = fields.iter().any(|field| field.name() == VERSION);
        let knows_loops = graded_before
            && fields
                .iter()
                .any(|field| field.name() == LOOPED && field.data_type() == &DataType::Boolean);
        let added = graded_fields(knows_loops);
        let mut kept = Vec::new();
        for (index, field) in fields.iter().enumerate() {
            let name = field.name();
            let clashes = added.iter().any(|new| new.name() == name);
            let is_text = name == response || is_nested(index) || TEXTS.contains(&name.as_str());
            if (clashes && graded_before) || (is_text && !keep_text) {
                continue;
            }
            kept.push((index, if clashes { format!("input_{name}") } else { name.clone() }));
        }
        Self { kept, knows_loops }
    }

    /// The columns of the output.
    pub(crate) fn output_fields(&self, fields: &Fields) -> Fields {
        let renamed = |(index, name): &(usize, String)| {
            Arc::new(fields[*index].as_ref().clone().with_name(name))
        };
        let kept: Vec<FieldRef> = self.kept.iter().map(renamed).collect();
        kept.into_iter().chain(graded_fields(self.knows_loops).iter().cloned()).collect()
    }
}

/// The columns that are added.
pub(crate) fn graded_fields(knows_loops: bool) -> Fields {
    let batch = crate::schema();
    let looped = (!knows_loops).then(|| Arc::new(Field::new(LOOPED, DataType::Boolean, false)));
    let version = Arc::new(Field::new(VERSION, DataType::Utf8, false));
    batch.fields().iter().cloned().chain(looped).chain([version]).collect()
}

/// Grades rows of a file into the columns that are added, and counts them.
#[derive(Debug)]
pub(crate) struct FileGrader<'p> {
    grader: Grader<'p>,
    pub(crate) knows_loops: bool,
    graded: Graded,
    looped: BooleanBuilder,
    version: StringBuilder,
    /// What was graded since the counts were last taken.
    pub(crate) counts: Counts,
}

impl<'p> FileGrader<'p> {
    pub(crate) fn new(policy: &'p Policy, format: &'p Format, knows_loops: bool) -> Self {
        Self {
            grader: Grader::new(policy, format),
            knows_loops,
            graded: Graded::default(),
            looped: BooleanBuilder::new(),
            version: StringBuilder::new(),
            counts: Counts::default(),
        }
    }

    /// Grades one row. `looped` is what the input knows.
    pub(crate) fn push(&mut self, gold: Option<&[u8]>, response: Option<&[u8]>, looped: bool) {
        let row = self.grader.grade(gold.as_slice(), response);
        let text = response.unwrap_or_default();
        // A response that came to an answer is not called a loop for how its text ends.
        let looped = if self.knows_loops {
            looped
        } else {
            row.answer.is_none() && sdgrade::looped::looped_text(text)
        };
        let counts = &mut self.counts;
        counts.rows += 1;
        counts.text_bytes += text.len() as u64;
        counts.no_gold += u64::from(row.verdict.is_none());
        counts.correct += u64::from(row.verdict == Some(Verdict::Equal.as_str()));
        counts.undecided += u64::from(row.verdict == Some(Verdict::Undecided.as_str()));
        counts.think_closed += u64::from(row.think_closed);
        counts.boxed += u64::from(row.boxed());
        counts.looped += u64::from(looped);
        self.graded.push(&row);
        if !self.knows_loops {
            self.looped.append_value(looped);
        }
        self.version.append_value(sdgrade::VERSION);
    }

    /// The columns of [`graded_fields`] for the rows since the last call.
    pub(crate) fn take_columns(&mut self) -> Vec<ArrayRef> {
        let mut columns = std::mem::take(&mut self.graded).columns();
        if !self.knows_loops {
            columns.push(Arc::new(self.looped.finish()));
        }
        columns.push(Arc::new(self.version.finish()));
        columns
    }
}

/// Whether a path leads to something.
pub(crate) fn has(fields: &Fields, path: &[String]) -> bool {
    let Some((name, rest)) = path.split_first() else { return true };
    let Some((_, field)) = fields.find(name) else { return false };
    rest.is_empty() || inner_fields(field.data_type()).is_some_and(|fields| has(fields, rest))
}

fn inner_fields(data_type: &DataType) -> Option<&Fields> {
    match data_type {
        DataType::Struct(fields) => Some(fields),
        DataType::List(item) | DataType::LargeList(item) => inner_fields(item.data_type()),
        _ => None,
    }
}

/// The text at the end of a path into a batch. See [`crate::Layout`] for what a list stands for.
pub(crate) fn text_at(columns: &[(&str, &ArrayRef)], path: &Path) -> Result<Column, String> {
    let (name, rest) = path.split_first().ok_or("the path is empty")?;
    let (_, array) = columns
        .iter()
        .find(|(column, _)| column == name)
        .ok_or_else(|| format!("there is no column {name:?}"))?;
    let leaf = descend(array, rest)?;
    Column::try_from(leaf.as_ref()).map_err(|error| format!("column {:?} {error}", path.join(".")))
}

fn descend(array: &ArrayRef, path: &[String]) -> Result<ArrayRef, String> {
    match array.data_type() {
        DataType::List(_) => descend(&one_item::<i32>(array.as_list())?, path),
        DataType::LargeList(_) => descend(&one_item::<i64>(array.as_list())?, path),
        DataType::Struct(fields) => {
            let name = path.first().map_or("content", String::as_str);
            let Some(field) = array.as_struct().column_by_name(name) else {
                return Err(format!(
                    "there is no {name:?} among {:?}",
                    fields.iter().map(|field| field.name()).collect::<Vec<_>>()
                ));
            };
            let rest = path.get(1..).unwrap_or_default();
            if array.null_count() == 0 {
                return descend(field, rest);
            }
            let rows: UInt64Array =
                (0..array.len()).map(|row| array.is_valid(row).then_some(row as u64)).collect();
            descend(&take(field, &rows, None).map_err(|error| error.to_string())?, rest)
        }
        _ => Ok(Arc::clone(array)),
    }
}

/// The first item of each list, or the last one of lists of messages.
fn one_item<O: OffsetSizeTrait>(lists: &GenericListArray<O>) -> Result<ArrayRef, String> {
    let last =
        inner_fields(&lists.value_type()).is_some_and(|fields| fields.find("content").is_some());
    let item = |row: usize| {
        let (start, end) =
            (lists.value_offsets()[row].as_usize(), lists.value_offsets()[row + 1].as_usize());
        (lists.is_valid(row) && start < end).then(|| if last { end - 1 } else { start } as u64)
    };
    let items: UInt64Array = (0..lists.len()).map(item).collect();
    take(lists.values(), &items, None).map_err(|error| error.to_string())
}
