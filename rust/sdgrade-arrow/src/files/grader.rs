//! Grades the rows of a file, each sample one row, into the columns that are added.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Int64Builder, StringBuilder};
use arrow_array::{ArrayRef, StringArray};
use sdgrade::{Format, Policy, Thinking, Verdict};
use smallvec::SmallVec;

use crate::batch::Grader;
use crate::files::choose::Taken;
use crate::files::columns::{Added, Plan};
use crate::files::record::{Record, at, decoding, each, items, responses};
use crate::files::rollout::{self, Response};
use crate::files::value::{Shape, Value};
use crate::layouts::{Role, finish_reason};
use crate::{Counts, Graded, Options};

/// Why a row was not graded.
#[derive(Debug)]
pub(crate) enum Fault {
    /// It cannot be read.
    Bad(String),
    /// It has several responses, where each row was to have one.
    Several,
}

impl From<String> for Fault {
    fn from(message: String) -> Self {
        Self::Bad(message)
    }
}

/// Grades rows and counts them.
pub(crate) struct FileGrader<'p> {
    policy: &'p Policy,
    taken: &'p Taken,
    plan: &'p Plan,
    /// Made at the first row, when it is known how the answers are found.
    grader: Option<Grader<'p>>,
    graded: Graded,
    looped: BooleanBuilder,
    rows: usize,
    added: Vec<Builder>,
    counts: Counts,
    finish_reasons: Spellings,
}

/// Finish reasons of unknown spelling, and how often each occurs.
pub(crate) type Spellings = BTreeMap<String, u64>;

enum Builder {
    Text(StringBuilder),
    Whole(Int64Builder),
}

/// Texts that stand for a missing value.
const NOTHING: [&[u8]; 7] = [b"", b"nan", b"NaN", b"None", b"null", b"NULL", b"<NA>"];
/// Unknown spellings that are remembered.
const SPELLINGS: usize = 20;
/// Problems that are named by their text get a name of at most so many bytes.
const NAME: usize = 120;

impl<'p> FileGrader<'p> {
    pub(crate) fn new(options: &'p Options, taken: &'p Taken, plan: &'p Plan) -> Self {
        let builder = |added: &Added| match added {
            Added::Role(Role::Sample | Role::Tokens) => Builder::Whole(Int64Builder::new()),
            _ => Builder::Text(StringBuilder::new()),
        };
        Self {
            taken,
            plan,
            policy: &options.policy,
            grader: None,
            graded: Graded::default(),
            looped: BooleanBuilder::new(),
            rows: 0,
            added: plan.added.iter().map(builder).collect(),
            counts: Counts::default(),
            finish_reasons: Spellings::new(),
        }
    }

    /// Grades each response of a row; says how many rows it became.
    pub(crate) fn push<'a, R: Record<'a>>(&mut self, record: &R) -> Result<usize, Fault> {
        let golds = self.golds(record)?;
        let responses = responses(self.taken, record)?;
        if !record.is_utf8() {
            golds.iter().try_for_each(|gold| utf8(gold).map(drop))?;
            let texts = responses.iter().flat_map(|said| [&said.text, &said.thought]).flatten();
            texts.into_iter().try_for_each(|text| utf8(text).map(drop))?;
        }
        let count = responses.len();
        if count > 1 && !self.taken.several {
            return Err(Fault::Several);
        }
        let looped = self.plan.looped.is_some_and(|column| {
            let value = record.value(column);
            value.is_some_and(|value| matches!(value.shape(), Ok(Shape::Flag(true))))
        });
        self.note_finish_reasons(record)?;
        self.counts.rows_read += 1;
        if count > 1 && golds.len() == count {
            self.refuse_batch(record, count)?;
        }
        self.counts.golds_paired += u64::from(count > 1 && golds.len() == count);
        let format = self.format();
        for response in &responses {
            let text = composed(response, format);
            self.grade(&golds, text.as_deref(), looped);
        }
        if !self.plan.added.is_empty() {
            self.add(record, &golds, &responses)?;
        }
        Ok(count)
    }

    /// A row with as many problems as golds and responses is a batch of rollouts.
    fn refuse_batch<'a>(&self, record: &impl Record<'a>, count: usize) -> Result<(), String> {
        let Some(path) = self.taken.other(Role::Problem) else { return Ok(()) };
        for value in at(record, path)?.iter().flatten() {
            if let Shape::List(items) = value.shape()?
                && items.len() == count
                && items.iter().all(|item| !matches!(item.shape(), Ok(Shape::Object)))
            {
                return Err(format!(
                    "column {:?} holds {count} problems for {count} gold answers and {count} responses, so the \
                     row is a batch: write one problem a row",
                    path.to_string()
                ));
            }
        }
        Ok(())
    }

    /// How the answers are found, once that is known.
    fn format(&self) -> &'p Format {
        &self.plan.format.wait().format
    }

    fn golds<'a>(&self, record: &impl Record<'a>) -> Result<Vec<Cow<'a, [u8]>>, String> {
        let path = &self.taken.gold;
        let blame = |what: String| format!("column {:?} {what}", path.to_string());
        let mut golds = Vec::new();
        for value in at(record, path)?.iter().flatten() {
            rollout::golds(value, &mut golds).map_err(blame)?;
        }
        if let Some(index) = &self.taken.gold_index {
            let mut numbers = Vec::new();
            for value in at(record, index)?.iter().flatten() {
                rollout::golds(value, &mut numbers)?;
            }
            let number =
                |number: &Cow<'_, [u8]>| std::str::from_utf8(number).ok()?.parse::<usize>().ok();
            let chosen: Option<Vec<_>> =
                numbers.iter().map(|index| golds.get(number(index)?).cloned()).collect();
            match chosen {
                Some(chosen) if !chosen.is_empty() => golds = chosen,
                _ if golds.len() < 2 => {}
                _ if numbers.is_empty() => golds.clear(), // not said in this row
                _ => {
                    let what =
                        format!("does not say which of {} choices is the gold answer", golds.len());
                    return Err(format!("column {:?} {what}", index.to_string()));
                }
            }
        }
        // Nothing at all is no gold answer, nor is what tables write for nothing.
        golds.retain(|gold| !NOTHING.contains(&gold.trim_ascii()));
        Ok(golds)
    }

    fn grade(&mut self, golds: &[Cow<'_, [u8]>], response: Option<&[u8]>, looped: bool) {
        let golds: SmallVec<[&[u8]; 1]> = golds.iter().map(AsRef::as_ref).collect();
        let format = self.format();
        let grader = self.grader.get_or_insert_with(|| Grader::new(self.policy, format));
        let row = grader.grade(&golds, response);
        let text = response.unwrap_or_default();
        // A response that came to an answer is not called a loop for how its text ends.
        let looped = if self.plan.knows_loops {
            looped
        } else {
            row.answer.is_none() && sdgrade::looped::looped_text(text)
        };
        let open = row.answer.is_none()
            && !row.think_closed
            && match format.thinking() {
                Thinking::Yes => true,
                Thinking::No => false,
                Thinking::Auto => {
                    memchr::memmem::find(text, format.tags().open().as_bytes()).is_some()
                }
            };
        let counts = &mut self.counts;
        counts.rows += 1;
        counts.text_bytes += text.len() as u64;
        counts.no_gold += u64::from(row.verdict.is_none());
        counts.gold_unread +=
            u64::from(row.reason.as_str().ends_with("-gold") && row.verdict.is_some());
        counts.no_response += u64::from(response.is_none());
        counts.correct += u64::from(row.verdict == Some(Verdict::Equal));
        counts.undecided += u64::from(row.verdict == Some(Verdict::Undecided));
        counts.think_closed += u64::from(row.think_closed);
        counts.think_open += u64::from(open);
        counts.answered += u64::from(row.answer.is_some());
        counts.boxed += u64::from(row.boxed());
        counts.looped += u64::from(looped);
        self.graded.push(&row);
        self.rows += 1;
        if !self.plan.knows_loops {
            self.looped.append_value(looped);
        }
    }

    fn note_finish_reasons<'a>(&mut self, record: &impl Record<'a>) -> Result<(), String> {
        let Some(path) = self.taken.other(Role::FinishReason) else { return Ok(()) };
        for value in at(record, path)?.iter().flatten() {
            for value in items(value)? {
                if let Some(spelling) =
                    rollout::reason(&value)?.filter(|spelling| finish_reason(spelling).is_none())
                    && (self.finish_reasons.len() < SPELLINGS
                        || self.finish_reasons.contains_key(&spelling))
                {
                    *self.finish_reasons.entry(spelling).or_default() += 1;
                }
            }
        }
        Ok(())
    }

    /// Fills the columns that are made of what stands in lists or objects.
    fn add<'a>(
        &mut self,
        record: &impl Record<'a>,
        golds: &[Cow<'a, [u8]>],
        responses: &[Response<'a>],
    ) -> Result<(), String> {
        let count = responses.len();
        let format = self.format();
        for (added, builder) in self.plan.added.iter().zip(&mut self.added) {
            match (added, builder) {
                (Added::Gold, Builder::Text(column)) => {
                    let gold = one_gold(golds)?;
                    (0..count).for_each(|_| column.append_option(gold.as_deref()));
                }
                (Added::Response, Builder::Text(column)) => {
                    for response in responses {
                        let text = composed(response, format);
                        column.append_option(text.as_deref().map(utf8).transpose()?);
                    }
                }
                (Added::Role(Role::Sample), Builder::Whole(column)) => {
                    let number = match self.taken.other(Role::Sample) {
                        Some(path) => {
                            let value = at(record, path)?.into_iter().flatten().next();
                            value.map(|value| rollout::count(&value)).transpose()?.flatten()
                        }
                        None => Some(0),
                    };
                    for sample in 0..i64::try_from(count).unwrap_or(i64::MAX) {
                        // Repeats of rows that hold several samples each.
                        let repeats = i64::try_from(count).unwrap_or(i64::MAX);
                        column.append_option(number.map(|number| number * repeats + sample));
                    }
                }
                (Added::Role(Role::Tokens), Builder::Whole(column)) => {
                    for value in each(record, self.taken, Role::Tokens, count)? {
                        column.append_option(
                            value.map(|value| rollout::count(&value)).transpose()?.flatten(),
                        );
                    }
                }
                (Added::Role(Role::FinishReason), Builder::Text(column)) => {
                    for value in each(record, self.taken, Role::FinishReason, count)? {
                        column.append_option(
                            value.map(|value| rollout::reason(&value)).transpose()?.flatten(),
                        );
                    }
                }
                (Added::Decoding, Builder::Text(column)) => {
                    for text in decoding(record, self.taken, count)? {
                        column.append_option((!text.is_empty()).then_some(text));
                    }
                }
                // Each response may be of a model of its own.
                (Added::Role(Role::Setting), Builder::Text(column)) => {
                    for value in each(record, self.taken, Role::Setting, count)? {
                        let text = value.map(|value| rollout::model(&value)).transpose()?.flatten();
                        column.append_option(text.as_deref().map(utf8).transpose()?);
                    }
                }
                (Added::Role(role), Builder::Text(column)) => {
                    let value = match self.taken.other(*role) {
                        Some(path) => at(record, path)?.into_iter().flatten().next(),
                        None => None,
                    };
                    let text = value.map(|value| rollout::question(&value)).transpose()?.flatten();
                    let text = text.as_deref().map(utf8).transpose()?.map(name);
                    (0..count).for_each(|_| column.append_option(text.as_deref()));
                }
                _ => unreachable!("builders are made for their columns"),
            }
        }
        Ok(())
    }

    /// What was graded since the last call.
    pub(crate) fn take_counts(&mut self) -> (Counts, Spellings) {
        (std::mem::take(&mut self.counts), std::mem::take(&mut self.finish_reasons))
    }

    /// The columns of [`Plan::new_fields`] for the rows since the last call.
    pub(crate) fn take_columns(&mut self) -> Vec<ArrayRef> {
        let rows = std::mem::take(&mut self.rows);
        let repeated = |text: &str| -> ArrayRef {
            Arc::new(StringArray::from_iter_values(std::iter::repeat_n(text, rows)))
        };
        let mut columns: Vec<ArrayRef> =
            self.plan.constants.iter().map(|(_, text)| repeated(text)).collect();
        for builder in &mut self.added {
            columns.push(match builder {
                Builder::Text(column) => Arc::new(column.finish()),
                Builder::Whole(column) => Arc::new(column.finish()),
            });
        }
        columns.extend(std::mem::take(&mut self.graded).columns());
        if !self.plan.knows_loops {
            columns.push(Arc::new(self.looped.finish()));
        }
        columns.push(repeated(sdgrade::VERSION));
        columns
    }
}

/// A thought and the response after it as the one text that a model writes. A response that has its
/// thought in it, and one that is to be taken as plain, stays as it is.
fn composed<'r>(response: &'r Response<'_>, format: &Format) -> Option<Cow<'r, [u8]>> {
    let text = response.text.as_deref();
    let Some(thought) = response.thought.as_deref() else { return text.map(Cow::Borrowed) };
    let tags = format.tags();
    let closes = |text: &[u8]| memchr::memmem::find(text, tags.close().as_bytes()).is_some();
    if format.thinking() == Thinking::No || text.is_some_and(closes) {
        return text.map(Cow::Borrowed);
    }
    let mut whole = [tags.open().as_bytes(), b"\n", thought].concat();
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        for part in [b"\n", tags.close().as_bytes(), b"\n\n", text] {
            whole.extend_from_slice(part);
        }
    }
    Some(Cow::Owned(whole))
}

/// Several gold answers as one text: a JSON list, which reads as the same golds again.
fn one_gold<'g>(golds: &'g [Cow<'_, [u8]>]) -> Result<Option<Cow<'g, str>>, String> {
    Ok(match golds {
        [] => None,
        [gold] => Some(Cow::Borrowed(utf8(gold)?)),
        several => {
            let texts = several.iter().map(|gold| utf8(gold)).collect::<Result<Vec<_>, _>>()?;
            Some(Cow::Owned(sonic_rs::to_string(&texts).map_err(|error| error.to_string())?))
        }
    })
}

fn utf8(text: &[u8]) -> Result<&str, String> {
    simdutf8::basic::from_utf8(text).map_err(|_| "the text is not UTF-8".to_owned())
}

/// A name for a problem that is known by its text: the text, or its beginning and a hash of all of it.
fn name(text: &str) -> Cow<'_, str> {
    if text.len() <= NAME {
        return Cow::Borrowed(text);
    }
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let end = (0..=NAME / 2).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    Cow::Owned(format!("{}… {hash:016x}", &text[..end]))
}
