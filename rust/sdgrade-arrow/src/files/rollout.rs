//! What gold answers, responses and what belongs to them look like as values of a row.

use std::borrow::Cow;

use crate::files::json_value::JsonValue;
use crate::files::python_value::as_json;
use crate::files::value::{Shape, Value};
use crate::layouts::SPEAKERS;

/// One response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Response<'a> {
    pub(crate) text: Option<Cow<'a, [u8]>>,
    /// What was thought, where that stands apart from the text.
    pub(crate) thought: Option<Cow<'a, [u8]>>,
}

impl Response<'_> {
    fn into_owned(self) -> Response<'static> {
        let own = |text: Option<Cow<'_, [u8]>>| text.map(|text| Cow::Owned(text.into_owned()));
        Response { text: own(self.text), thought: own(self.thought) }
    }
}

/// Names under which a message or a choice holds its text, and its thought.
const TEXTS: [&str; 10] = [
    "content",
    "value",
    "text",
    "generated_text",
    "completion",
    "response",
    "output",
    "generation",
    "output_text",
    "parts",
];
/// Of these, names under which it may stand in parts.
const PARTS: [&str; 2] = ["content", "parts"];
/// Channels of a message that are not meant for the user.
const INWARD: [&str; 2] = ["analysis", "commentary"];
const THOUGHTS: [&str; 4] = ["reasoning_content", "reasoning", "thinking", "thought"];
/// Names under which an answer of an API holds its samples.
const CHOICES: [&str; 2] = ["choices", "candidates"];
/// Names under which an object holds a gold answer.
const GOLDS: [&str; 7] =
    ["ground_truth", "answer", "final_answer", "value", "target", "content", "text"];
/// Names under which an object holds that of a model.
const MODELS: [&str; 6] = ["name", "model", "model_name", "model_id", "id", "path"];
/// Names under which a message or an object of a problem holds its text.
const QUESTIONS: [&str; 8] =
    ["content", "value", "text", "question", "problem", "prompt", "query", "id"];
/// Who speaks a response.
const ASSISTANTS: [&str; 6] = ["assistant", "gpt", "model", "bot", "ai", "chatgpt"];
/// Who else speaks where that is said by `type`, which else is the type of a part of a message.
const OTHERS: [&str; 5] = ["human", "user", "system", "tool", "function"];

/// Adds the gold answers that a value holds: of a list each.
pub(crate) fn golds<'a, V: Value<'a>>(
    value: &V,
    found: &mut Vec<Cow<'a, [u8]>>,
) -> Result<(), String> {
    match value.shape()? {
        Shape::Null => {}
        Shape::Flag(yes) => found.push(Cow::Borrowed(if yes { b"True" } else { b"False" })),
        Shape::Number(number) if number.eq_ignore_ascii_case("nan") => {}
        Shape::Number(number) => found.push(bytes(without_exponent(number))),
        Shape::Text(text) => match listed(&text).and_then(|list| golds_of(&list)) {
            Some(golds) => found.extend(golds),
            None => found.push(text),
        },
        Shape::List(items) => items.iter().try_for_each(|item| golds(item, found))?,
        Shape::Object => match GOLDS.iter().find_map(|name| value.member(name)) {
            Some(inner) => golds(&inner, found)?,
            None => return Err("holds an object that says no answer".to_owned()),
        },
    }
    Ok(())
}

/// Adds the responses that a value holds: of a list each, but of chat messages the last turn of the
/// assistant.
pub(crate) fn responses<'a, V: Value<'a>>(
    value: &V,
    found: &mut Vec<Response<'a>>,
) -> Result<(), String> {
    match value.shape()? {
        Shape::Null => found.push(Response::default()),
        Shape::Flag(_) => return Err("holds true or false where text is needed".to_owned()),
        Shape::Number(number) => {
            found.push(Response { text: Some(bytes(number)), thought: None });
        }
        Shape::Text(text) => {
            match listed(&text).and_then(|list| responses_of(&list)) {
                Some(responses) => found.extend(responses),
                // JSON that holds no responses was written by the model.
                None => found.push(Response { text: Some(text), thought: None }),
            }
        }
        Shape::List(items) => {
            if is_likelihood(&items) {
                return Err("holds how likely options are, and no text that was generated: there is nothing to \
                            grade"
                    .to_owned());
            }
            if items.len() > 1
                && items.iter().all(|item| matches!(item.shape(), Ok(Shape::Number(_))))
            {
                return Err("holds lists of numbers where text is needed: decode token ids first"
                    .to_owned());
            }
            if items.len() > 1 && items.iter().all(is_answer) {
                let said = items.iter().map(message);
                found.extend(said.collect::<Result<Vec<_>, _>>()?);
            } else if items.iter().any(|item| speaker(item).is_some()) {
                found.push(last_turn(&items)?);
            } else if items.iter().any(|item| member(item, "type").is_some()) {
                found.push(parts(&items)?);
            } else {
                items.iter().try_for_each(|item| responses(item, found))?;
            }
        }
        Shape::Object => {
            let choices = CHOICES.iter().find_map(|name| value.member(name));
            match choices.or_else(|| column_of_texts(value)) {
                Some(choices) => responses(&choices, found)?,
                None => found.push(message(value)?),
            }
        }
    }
    Ok(())
}

/// The texts of several samples, where an object has a list for each member, as `datasets` stores lists of
/// objects. Parts of one message are called otherwise.
fn column_of_texts<'a, V: Value<'a>>(value: &V) -> Option<V> {
    let mut lists = TEXTS.iter().filter(|name| !PARTS.contains(name));
    let texts = lists.find_map(|name| value.member(name))?;
    let Ok(Shape::List(items)) = texts.shape() else { return None };
    items.iter().all(|item| text_of(item).is_some()).then_some(texts)
}

/// The text of a value that is no list: of messages the last that is not the assistant's.
pub(crate) fn question<'a, V: Value<'a>>(value: &V) -> Result<Option<Cow<'a, [u8]>>, String> {
    Ok(match value.shape()? {
        Shape::Null => None,
        Shape::Flag(yes) => Some(Cow::Borrowed(if yes { b"true" } else { b"false" })),
        Shape::Number(number) => Some(bytes(number)),
        Shape::Text(text) => Some(text),
        Shape::List(items) => {
            let asked = items.iter().rev().find(|item| !is_assistant(*item));
            asked.map(question).transpose()?.flatten()
        }
        Shape::Object => {
            let inner = QUESTIONS.iter().find_map(|name| value.member(name));
            inner.map(|inner| question(&inner)).transpose()?.flatten()
        }
    })
}

/// The name of a setting or of a model.
pub(crate) fn model<'a, V: Value<'a>>(value: &V) -> Result<Option<Cow<'a, [u8]>>, String> {
    match MODELS.iter().find_map(|name| member(value, name)) {
        Some(inner) => model(&inner),
        None => question(value),
    }
}

/// What a list of numbers or of token ids counts, or a number.
pub(crate) fn count<'a, V: Value<'a>>(value: &V) -> Result<Option<i64>, String> {
    Ok(match value.shape()? {
        Shape::Number(number) => number.parse().ok().or_else(|| whole(number.parse().ok()?)),
        Shape::List(items) => i64::try_from(items.len()).ok(),
        Shape::Text(text) => std::str::from_utf8(&text).ok().and_then(|text| text.parse().ok()),
        _ => None,
    })
}

/// A decode parameter, equal numbers in one way.
pub(crate) fn parameter<'a, V: Value<'a>>(value: &V) -> Result<Option<String>, String> {
    let text = match value.shape()? {
        Shape::Number(number) => number.into_owned(),
        Shape::Text(text) => String::from_utf8_lossy(&text).into_owned(),
        Shape::Flag(yes) => yes.to_string(),
        Shape::Null | Shape::List(_) | Shape::Object => return Ok(None),
    };
    Ok(Some(text.parse::<f64>().map_or(text, |number| number.to_string())))
}

#[allow(clippy::cast_possible_truncation)] // a whole number of at most 2^53
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
}

/// A finish reason: a text, or an object with its type.
pub(crate) fn reason<'a, V: Value<'a>>(value: &V) -> Result<Option<String>, String> {
    Ok(match value.shape()? {
        Shape::Text(text) => {
            match text.starts_with(b"{").then(|| JsonValue::parse(&text)).flatten() {
                Some(object) => reason(&object)?,
                None => Some(String::from_utf8_lossy(&text).into_owned()),
            }
        }
        Shape::Number(number) => Some(number.into_owned()),
        Shape::Flag(yes) => Some(yes.to_string()),
        Shape::Object => match value.member("type").or_else(|| value.member("reason")) {
            Some(inner) => reason(&inner)?,
            None => None,
        },
        Shape::Null | Shape::List(_) => None,
    })
}

/// A member, where the value is an object.
fn member<'a, V: Value<'a>>(value: &V, name: &str) -> Option<V> {
    matches!(value.shape(), Ok(Shape::Object)).then(|| value.member(name)).flatten()
}

fn text_of<'a, V: Value<'a>>(value: &V) -> Option<Cow<'a, [u8]>> {
    match value.shape() {
        Ok(Shape::Text(text)) => Some(text),
        _ => None,
    }
}

/// Who speaks a turn.
fn speaker<'a, V: Value<'a>>(turn: &V) -> Option<Cow<'a, [u8]>> {
    let named = SPEAKERS.iter().find_map(|name| member(turn, name));
    if let Some(named) = named {
        return text_of(&named).or_else(|| text_of(&member(&named, "role")?));
    }
    let kind = text_of(&member(turn, "type")?)?;
    let speaks = ASSISTANTS.iter().chain(&OTHERS);
    speaks.into_iter().any(|name| kind.eq_ignore_ascii_case(name.as_bytes())).then_some(kind)
}

fn is_assistant<'a, V: Value<'a>>(turn: &V) -> bool {
    speaker(turn).is_some_and(|speaker| {
        ASSISTANTS.iter().any(|name| speaker.eq_ignore_ascii_case(name.as_bytes()))
    })
}

/// A log-likelihood and whether the text was the likeliest, as lm-evaluation-harness keeps them of an option.
fn is_likelihood<'a, V: Value<'a>>(items: &[V]) -> bool {
    let [likelihood, greedy] = items else { return false };
    let number = match likelihood.shape() {
        Ok(Shape::Number(number)) => number.starts_with('-'),
        Ok(Shape::Text(text)) => std::str::from_utf8(&text)
            .is_ok_and(|text| text.starts_with('-') && text.parse::<f64>().is_ok()),
        _ => false,
    };
    number
        && match greedy.shape() {
            Ok(Shape::Flag(_)) => true,
            Ok(Shape::Text(text)) => [&b"True"[..], b"False"].contains(&text.as_ref()),
            _ => false,
        }
}

/// A turn of the assistant that says something and calls no tool. No chat has two of them in a row, so
/// they are samples.
fn is_answer<'a, V: Value<'a>>(turn: &V) -> bool {
    let says = || message(turn).is_ok_and(|said| said.text.is_some_and(|text| !text.is_empty()));
    is_assistant(turn) && !calls_tools(turn) && says()
}

fn calls_tools<'a, V: Value<'a>>(turn: &V) -> bool {
    member(turn, "tool_calls")
        .is_some_and(|calls| matches!(calls.shape(), Ok(Shape::List(items)) if !items.is_empty()))
}

/// The last turn of the assistant that is more than calls of tools.
fn last_turn<'a, V: Value<'a>>(turns: &[V]) -> Result<Response<'a>, String> {
    let mut last = Response::default();
    for turn in turns {
        if is_assistant(turn) {
            let mut said = message(turn)?;
            if calls_tools(turn) && said.text.as_ref().is_none_or(|text| text.is_empty()) {
                continue;
            }
            // The Responses API has the thought in an item of its own, before the message.
            if said.thought.is_none() && last.text.is_none() {
                said.thought = last.thought.take();
            }
            last = said;
        } else if member(turn, "type").and_then(|kind| text_of(&kind)).as_deref()
            == Some(b"reasoning".as_slice())
        {
            let inner = ["content", "summary"].iter().find_map(|name| member(turn, name));
            let thought = inner.map(|inner| content(&inner)).transpose()?;
            last = Response { text: None, thought: thought.and_then(|thought| thought.text) };
        }
    }
    Ok(last)
}

const UNKNOWN: &str = "holds an object in which no response is known by its name: name the way to it with \
                       --response-column COLUMN.NAME";

/// What a message, or a choice around one, says.
fn message<'a, V: Value<'a>>(value: &V) -> Result<Response<'a>, String> {
    if let Some(inner) = value.member("message") {
        return message(&inner);
    }
    let mut said = match TEXTS.iter().find_map(|name| value.member(name)) {
        Some(inner) => content(&inner)?,
        // Columns hold what a message lacks as null.
        None if is_assistant(value) => Response::default(),
        None => return Err(UNKNOWN.to_owned()),
    };
    if said.thought.is_none() {
        let thought = THOUGHTS.iter().find_map(|name| value.member(name));
        said.thought =
            thought.and_then(|thought| text_of(&thought)).filter(|text| !text.is_empty());
    }
    let channel = member(value, "channel").and_then(|channel| text_of(&channel));
    if channel.is_some_and(|channel| INWARD.iter().any(|name| *channel == *name.as_bytes())) {
        return Ok(Response { text: None, thought: said.text });
    }
    Ok(said)
}

fn content<'a, V: Value<'a>>(value: &V) -> Result<Response<'a>, String> {
    match value.shape()? {
        Shape::Null => Ok(Response::default()),
        Shape::Text(text) => Ok(Response { text: Some(text), thought: None }),
        Shape::Number(number) => Ok(Response { text: Some(bytes(number)), thought: None }),
        Shape::List(items) => parts(&items),
        Shape::Object => message(value),
        Shape::Flag(_) => Err("holds true or false where text is needed".to_owned()),
    }
}

/// A message in parts: texts, thoughts, and what is neither.
fn parts<'a, V: Value<'a>>(items: &[V]) -> Result<Response<'a>, String> {
    let (mut text, mut thought): (Option<Vec<u8>>, Option<Vec<u8>>) = (None, None);
    for item in items {
        if let Some(said) = text_of(item) {
            text.get_or_insert_default().extend_from_slice(&said);
            continue;
        }
        let thinks = ["reasoning", "thinking"].iter().find_map(|name| member(item, name));
        // Gemini marks the text of a thought as one.
        let is_thought = member(item, "thought")
            .is_some_and(|thought| matches!(thought.shape(), Ok(Shape::Flag(true))));
        let thinks = if is_thought { member(item, "text") } else { thinks };
        if let Some(said) = thinks.and_then(|thinks| text_of(&thinks)) {
            thought.get_or_insert_default().extend_from_slice(&said);
        } else if let Some(inner) =
            ["text", "content", "value"].iter().find_map(|name| member(item, name))
        {
            let said = content(&inner)?.text.unwrap_or_default();
            text.get_or_insert_default().extend_from_slice(&said);
        }
    }
    Ok(Response { text: text.map(Cow::Owned), thought: thought.map(Cow::Owned) })
}

/// A text that holds a list of texts or messages, or an object around messages, as files without nested
/// columns have them: as JSON, or as Python writes it.
fn listed(text: &[u8]) -> Option<Cow<'_, str>> {
    let text = without_array(text);
    let (first, last) = (text.first()?, text.last()?);
    let inside = text.get(1..)?.trim_ascii_start();
    let begins = match (first, last) {
        (b'[', b']') => [b"\"".as_slice(), b"'", b"{\"", b"{'", b"[\"", b"['", b"[{"]
            .iter()
            .any(|start| inside.starts_with(start)),
        (b'{', b'}') => ["\"role\":", "\"choices\":", "'role':", "'choices':"]
            .iter()
            .any(|name| memchr::memmem::find(text, name.as_bytes()).is_some()),
        _ => false,
    };
    if !begins {
        return None;
    }
    let json = JsonValue::parse(text).map(|list| Cow::Borrowed(list.0));
    json.or_else(|| as_json(std::str::from_utf8(text).ok()?).map(Cow::Owned))
}

/// The list in `array([…], dtype=object)`, as numpy shows it.
fn without_array(text: &[u8]) -> &[u8] {
    let Some(inside) = text.strip_prefix(b"array(").and_then(|text| text.strip_suffix(b")")) else {
        return text;
    };
    let end = memchr::memmem::rfind(inside, b"], dtype=").map_or(inside.len(), |at| at + 1);
    &inside[..end]
}

/// A number without `e`, which in mathematics is one itself: `1e-7` is a difference there.
fn without_exponent(number: Cow<'_, str>) -> Cow<'_, str> {
    let double = || number.parse::<f64>().ok().filter(|double| double.is_finite());
    match number.contains(['e', 'E']).then(double).flatten() {
        Some(double) => Cow::Owned(double.to_string()),
        None => number,
    }
}

/// The gold answers of a text that is a JSON list.
fn golds_of(list: &str) -> Option<Vec<Cow<'static, [u8]>>> {
    let mut found = Vec::new();
    golds(&JsonValue(list), &mut found).ok()?;
    Some(found.into_iter().map(|gold| Cow::Owned(gold.into_owned())).collect())
}

/// The responses of a text that is JSON.
fn responses_of(json: &str) -> Option<Vec<Response<'static>>> {
    let mut found = Vec::new();
    responses(&JsonValue(json), &mut found).ok()?;
    Some(found.into_iter().map(Response::into_owned).collect())
}

fn bytes(text: Cow<'_, str>) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}
