//! What becomes of the input's columns, and which are added.

use std::sync::{Arc, OnceLock};

use arrow_schema::{DataType, Field, FieldRef, Fields};
use sdgrade::{Format, ThinkTags, Thinking};

use crate::files::choose::Taken;
use crate::files::header::{Columns, DECODING, GRADES, Kind, LOOPED, VERSION};
use crate::files::path::Path;
use crate::layouts::{NAMES, NOT_ALONG, Role};

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

/// What tells the input from the others, where that is not its setting.
const FILE: &str = "file";
const RESPONSE: &str = "response";
const GOLD: &str = "gold";

/// What becomes of the input's columns.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The input's columns that are kept.
    pub(crate) kept: Vec<Kept>,
    /// Columns with one value in every row.
    pub(crate) constants: Vec<(String, String)>,
    /// What stands in lists or objects of the input, as columns of their own.
    pub(crate) added: Vec<Added>,
    /// The input knows which rollouts looped, from their tokens; else their text is looked at.
    pub(crate) knows_loops: bool,
    /// The column that says so.
    pub(crate) looped: Option<usize>,
    /// How the answers are found in this file, once some of its responses have been looked at.
    pub(crate) format: OnceLock<Found>,
}

/// How the answers are found in a file.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) format: Format,
    /// The responses have thoughts.
    pub(crate) has_thoughts: bool,
}

/// A column of the input that is kept.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    /// Its number in the input.
    pub(crate) column: usize,
    /// Its name in the output.
    pub(crate) name: String,
    /// Of these lists each row has its own item.
    pub(crate) along: Along,
}

/// The ways from a column to the lists in it that have an item for each response; the empty way is the
/// column itself.
pub(crate) type Along = Vec<Vec<String>>;

/// A column that is made of what stands in lists or objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Added {
    Gold,
    Response,
    Decoding,
    Role(Role),
}

impl Added {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Gold => GOLD,
            Self::Response => RESPONSE,
            Self::Decoding => DECODING,
            Self::Role(role) => role.column(),
        }
    }

    fn data_type(self) -> DataType {
        match self {
            Self::Role(Role::Sample | Role::Tokens) => DataType::Int64,
            _ => DataType::Utf8,
        }
    }
}

impl Found {
    fn of(asked: Format, responses: &[&[u8]]) -> Self {
        let thinks = asked.thinking() == Thinking::Yes;
        if *asked.tags() != ThinkTags::default() || asked.thinking() == Thinking::No {
            return Self { format: asked, has_thoughts: thinks };
        }
        let Some(tags) = ThinkTags::recognise(responses.iter().copied()) else {
            return Self { format: asked, has_thoughts: thinks };
        };
        let has = |text: &[u8], tag: &str| memchr::memmem::find(text, tag.as_bytes()).is_some();
        let opened_by_the_prompt = tags.open().is_empty()
            || responses.iter().any(|text| has(text, tags.close()) && !has(text, tags.open()));
        let format = asked.with_tags(tags);
        let format =
            if opened_by_the_prompt { format.with_thinking(Thinking::Yes) } else { format };
        Self { format, has_thoughts: true }
    }
}

impl Plan {
    /// `fields` are the input's columns; `along` says which hold lists with an item for each response.
    ///
    /// A file that has been graded before gets its grades replaced, its loops kept. In any other file
    /// a column that has the name of a column that is added is kept as `input_<name>`.
    pub(crate) fn new<F: Columns>(
        file: &F,
        fields: &Fields,
        taken: &Taken,
        along: impl Fn(usize) -> Along,
        constants: &[(String, String)],
        keep_text: bool,
    ) -> Self {
        let is_nested = |column: usize| file.kind(column, &[]).is_some_and(Kind::is_nested);
        let graded_before = fields.iter().any(|field| field.name() == VERSION);
        let looped = fields
            .find(LOOPED)
            .filter(|(_, field)| graded_before && field.data_type() == &DataType::Boolean)
            .map(|(column, _)| column);
        let knows_loops = looped.is_some();
        // Beside a model the name of the file may be that of another setting.
        let beside = |name: &String| {
            let is_said = says(taken, name);
            if is_said && name == Role::Setting.column() { FILE } else { name }.to_owned()
        };
        let constants: Vec<(String, String)> = constants
            .iter()
            .filter(|(name, _)| fields.find(name).is_none())
            .map(|(name, value)| (beside(name), value.clone()))
            .filter(|(name, _)| fields.find(name).is_none() && !says(taken, name))
            .collect();
        let added = added(file, fields, taken, &constants, keep_text);
        let new = graded_fields(knows_loops);
        let is_text = |column: usize, name: &str| {
            taken.responses.iter().any(|path| path.column == column)
                || is_nested(column) && along(column).is_empty()
                || TEXTS.contains(&name)
        };
        let mut kept = Vec::new();
        for (column, field) in fields.iter().enumerate() {
            let name = field.name();
            let ours = new.iter().any(|grade| grade.name() == name);
            let clashes = ours || added.iter().any(|column| column.name() == name);
            // What was a list of texts is the column `response` now.
            let became = added.contains(&Added::Response)
                && file.kind(column, &[]) == Some(Kind::Texts)
                && taken.responses.iter().any(|path| path.column == column);
            if (ours && graded_before) || became || (is_text(column, name) && !keep_text) {
                continue;
            }
            let name = if clashes { format!("input_{name}") } else { name.clone() };
            kept.push(Kept { column, name, along: along(column) });
        }
        Self { kept, constants, added, knows_loops, looped, format: OnceLock::new() }
    }

    /// Decides by some responses of the file how its thoughts end, once for all of it.
    ///
    /// Where responses close a thought that they do not open, the prompts opened it, and one that does
    /// not close it was cut. Where they open it themselves, one without a tag is a plain response.
    pub(crate) fn recognise(&self, asked: &Format, responses: &[&[u8]]) {
        self.format.get_or_init(|| Found::of(asked.clone(), responses));
    }

    /// The paths that are read for grading and for the columns that are added.
    pub(crate) fn needed<'t>(&self, taken: &'t Taken) -> impl Iterator<Item = &'t Path> {
        let is_read = |role: &Role| {
            let always = matches!(role, Role::Thought | Role::FinishReason);
            always || self.added.contains(&Added::Role(*role))
        };
        let others = taken.others.iter().filter(move |(role, _)| is_read(role));
        let others = others.map(|(_, path)| path);
        let decoding = taken.decoding.iter().flatten();
        let first = [&taken.gold].into_iter().chain(&taken.gold_index).chain(&taken.responses);
        first.chain(others).chain(decoding)
    }

    /// The columns that are added.
    pub(crate) fn new_fields(&self) -> Fields {
        let text = |(name, _): &(String, String)| Arc::new(Field::new(name, DataType::Utf8, true));
        let added = |added: &Added| Arc::new(Field::new(added.name(), added.data_type(), true));
        self.constants
            .iter()
            .map(text)
            .chain(self.added.iter().map(added))
            .chain(graded_fields(self.knows_loops).iter().cloned())
            .collect()
    }

    /// The columns of the output; `field` gives those that are kept.
    pub(crate) fn output_fields(&self, field: impl Fn(&Kept) -> FieldRef) -> Fields {
        let renamed = |kept: &Kept| {
            Arc::new(field(kept).as_ref().clone().with_name(&kept.name).with_nullable(true))
        };
        let kept: Vec<FieldRef> = self.kept.iter().map(renamed).collect();
        kept.into_iter().chain(self.new_fields().iter().cloned()).collect()
    }
}

/// Whether a column that was taken says what sdtool calls by this name.
fn says(taken: &Taken, name: &str) -> bool {
    taken.others.iter().any(|(role, _)| role.column() == name)
}

/// What the report needs and finds under none of its names, because it stands in a list or an object,
/// or in a text that is left out.
fn added<F: Columns>(
    file: &F,
    fields: &Fields,
    taken: &Taken,
    constants: &[(String, String)],
    keep_text: bool,
) -> Vec<Added> {
    let kind = |path: &Path| file.kind(path.column, &path.steps);
    let mut added = Vec::new();
    if !taken.gold.is_flat() || taken.gold_index.is_some() {
        added.push(Added::Gold);
    }
    if (taken.several || !taken.responses[0].is_flat()) && keep_text {
        added.push(Added::Response);
    }
    for (role, names) in NAMES {
        if constants.iter().any(|(name, _)| name == role.column()) {
            continue;
        }
        let known = |name: &str| names.contains(&name) || name == role.column();
        if matches!(role, Role::Thought | Role::Label) {
            continue;
        }
        let needed = taken.other(*role).is_some_and(|path| {
            let name = fields[path.column].name();
            let left_out = !keep_text && TEXTS.contains(&name.as_str());
            let is_nested = kind(path).is_some_and(Kind::is_nested);
            !path.is_flat() || !known(name) || left_out || is_nested
        });
        if needed || (*role == Role::Sample && taken.several) {
            added.push(Added::Role(*role));
        }
    }
    if taken.decoding.is_some() {
        added.push(Added::Decoding);
    }
    added
}

/// Whether a list of this name may have an item for each response.
pub(crate) fn may_be_along(name: &str) -> bool {
    !NOT_ALONG.contains(&name)
}

/// The columns that are added to every file.
fn graded_fields(knows_loops: bool) -> Fields {
    let batch = crate::schema();
    let looped = (!knows_loops).then(|| Arc::new(Field::new(LOOPED, DataType::Boolean, false)));
    let version = Arc::new(Field::new(VERSION, DataType::Utf8, false));
    let fields: Fields = batch.fields().iter().cloned().chain(looped).chain([version]).collect();
    debug_assert!(fields.iter().all(|field| GRADES.contains(&field.name().as_str())));
    fields
}
