//! What a file says of how its responses were asked for: the objects that hold it, and the decode parameters.

use crate::files::header::{Columns, DECODING, Kind};
use crate::files::path::Path;
use crate::files::search::Search;
use crate::layouts::{PARAMETERS, REQUESTS, SAMPLING, SPEAKERS};

/// An object in a row: the way to it, and the names of its members.
pub(crate) struct Object {
    way: String,
    members: Vec<String>,
}

impl Object {
    /// The way to a member, or into it, where there is one of this name.
    pub(crate) fn way_to(&self, path: &str) -> Option<String> {
        let name = path.split('.').next()?;
        let is_there = self.members.iter().any(|member| member == name);
        is_there.then(|| format!("{}.{path}", self.way))
    }
}

/// An object, or a list of them.
fn object<F: Columns>(search: &Search<'_, F>, way: String) -> Option<Object> {
    let path = search.path_from_column(&way)?;
    let is_object = search.kind(&path) == Some(Kind::Nested);
    is_object.then(|| Object { members: search.file.members(path.column, &path.steps), way })
}

/// The objects that are a response or hold its text, and are no messages of a chat.
pub(crate) fn of_response<F: Columns>(search: &Search<'_, F>, responses: &[Path]) -> Vec<Object> {
    let [path] = responses else { return Vec::new() };
    let mut way = vec![search.names[path.column]];
    way.extend(path.steps.iter().map(String::as_str));
    let holder = way[..way.len() - 1].join(".");
    let is_turn = |object: &Object| SPEAKERS.iter().any(|name| object.way_to(name).is_some());
    let found = [way.join("."), holder].into_iter().filter_map(|way| object(search, way));
    found.filter(|object| !is_turn(object)).collect()
}

/// The objects that say what was asked for, and those that these hold.
pub(crate) fn of_request<F: Columns>(search: &Search<'_, F>) -> Vec<Object> {
    let names = || SAMPLING.iter().chain(REQUESTS);
    let outer: Vec<Object> =
        names().filter_map(|name| object(search, (*name).to_owned())).collect();
    let inner = outer.iter().flat_map(|outer| names().filter_map(|name| outer.way_to(name)));
    let inner: Vec<Object> = inner.filter_map(|way| object(search, way)).collect();
    outer.into_iter().chain(inner).collect()
}

/// The decode parameters that stand in objects; none, where there are objects for them without any.
pub(crate) fn decoding<F: Columns>(
    search: &Search<'_, F>,
    responses: &[Path],
) -> Option<Vec<Path>> {
    let said = search.column(DECODING).map(|column| search.file.kind(column, &[]));
    if said == Some(Some(Kind::Plain)) {
        return None;
    }
    let mut objects = of_request(search);
    for object in of_response(search, responses) {
        if objects.iter().all(|known| known.way != object.way) {
            objects.push(object);
        }
    }
    let inside =
        objects.iter().flat_map(|object| PARAMETERS.iter().filter_map(|name| object.way_to(name)));
    let paths: Vec<Path> = inside
        .chain(PARAMETERS.iter().filter(|name| name.contains('.')).map(|name| (*name).to_owned()))
        .filter_map(|way| search.path_from_column(&way))
        .filter(|path| !path.is_flat() && !search.kind(path).is_some_and(Kind::is_nested))
        .collect();
    let is_known = objects.iter().any(|object| SAMPLING.contains(&object.way.as_str()));
    (is_known || !paths.is_empty()).then_some(paths)
}
