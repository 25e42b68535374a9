//! Which columns of a file hold the golds, the responses and the rest.

use crate::files::asked;
use crate::files::header::{Columns, DECODING, Kind, VERSION};
use crate::files::path::Path;
use crate::files::search::Search;
use crate::layouts::{GOLDS, LAYOUTS, Layout, NAMES, OPTIONS, RESPONSES, RESPONSES_ALONE, Role};

/// The columns that were taken.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    /// The tool whose layout it is, or how the columns were found.
    pub(crate) layout: String,
    pub(crate) gold: Path,
    pub(crate) gold_index: Option<Path>,
    /// Of several each holds samples.
    pub(crate) responses: Vec<Path>,
    pub(crate) others: Vec<(Role, Path)>,
    /// The decode parameters that stand in objects, if there are any such objects.
    pub(crate) decoding: Option<Vec<Path>>,
    /// Rows may have several responses.
    pub(crate) several: bool,
}

impl Taken {
    pub(crate) fn other(&self, role: Role) -> Option<&Path> {
        self.others.iter().find(|(other, _)| *other == role).map(|(_, path)| path)
    }

    /// Role and path of all that was taken, for the summary.
    pub(crate) fn told(&self) -> Vec<(String, String)> {
        let responses: Vec<String> = self.responses.iter().map(Path::to_string).collect();
        let mut told = vec![
            ("gold".to_owned(), self.gold.to_string()),
            ("response".to_owned(), responses.join(", ")),
        ];
        if let Some(path) = &self.gold_index {
            told.push(("gold_index".to_owned(), path.to_string()));
        }
        told.extend(
            self.others.iter().map(|(role, path)| (role.column().to_owned(), path.to_string())),
        );
        if let Some(paths) = self.decoding.as_ref().filter(|paths| !paths.is_empty()) {
            let paths: Vec<String> = paths.iter().map(Path::to_string).collect();
            told.push((DECODING.to_owned(), paths.join(", ")));
        }
        told
    }
}

/// Why no columns were taken.
struct Refusal {
    what: String,
    /// Several columns may be meant.
    ambiguous: bool,
}

impl<F: Columns> Search<'_, F> {
    fn named(&self, name: &str, fallback: &str) -> Result<Path, Refusal> {
        let found = self.path(name).or_else(|| {
            // What was a list of responses became a column of its own.
            self.graded_before.then(|| self.path(fallback)).flatten()
        });
        found.ok_or_else(|| Refusal {
            what: format!("there is no column {name:?}"),
            ambiguous: false,
        })
    }

    /// The only one of the first row of names of which any is there; an error names several.
    fn common(&self, rows: &[&[&str]], besides: Option<&Path>) -> Result<Option<Path>, String> {
        // What an earlier grading found has sdtool's own name.
        if let Some(own) = self.graded_before.then(|| self.path(rows[0][0])).flatten() {
            return Ok(Some(own));
        }
        for row in rows {
            let found: Vec<Path> = row
                .iter()
                .filter_map(|name| self.path(name))
                .filter(|path| besides != Some(path))
                .filter(|path| self.kind(path) != Some(Kind::Flag) && !self.is_label(path))
                .collect();
            match found.as_slice() {
                [] => {}
                [one] => return Ok(Some(one.clone())),
                several => {
                    let names: Vec<String> = several.iter().map(Path::to_string).collect();
                    return Err(names.join(", "));
                }
            }
        }
        Ok(None)
    }

    /// Whether it says what somebody made of the response, 1 or 0, rather than a gold answer.
    fn is_label(&self, path: &Path) -> bool {
        let is_named = self.names[path.column].eq_ignore_ascii_case(Role::Label.column());
        is_named && path.is_flat() && {
            let first = self.file.first(path.column).unwrap_or_default();
            matches!(first.trim_matches('"'), "0" | "1" | "0.0" | "1.0")
        }
    }

    /// A column of options, where the gold answers are whole numbers and so may be indices into it.
    fn options(&self, gold: &Path) -> Option<&str> {
        let is_whole = gold.is_flat() && self.file.is_whole(gold.column);
        let column = OPTIONS.iter().filter(|_| is_whole).find_map(|name| self.column(name))?;
        (self.file.kind(column, &[]) == Some(Kind::Texts)).then(|| self.names[column])
    }

    /// The paths of a layout, if all that it needs are there.
    fn layout(
        &self,
        layout: &Layout,
        gold: Option<&Path>,
        responses: Option<&[Path]>,
    ) -> Option<Found> {
        if layout.needs.is_some_and(|name| self.path(name).is_none()) {
            return None;
        }
        let gold = match gold {
            Some(gold) => gold.clone(),
            None => self.path(layout.gold)?,
        };
        if self.kind(&gold) == Some(Kind::Flag) {
            return None; // a verdict
        }
        let responses = match responses {
            Some(responses) => responses.to_vec(),
            None => layout.responses.iter().map(|name| self.path(name)).collect::<Option<_>>()?,
        };
        (!responses.contains(&gold)).then_some((gold, responses))
    }

    fn others(
        &self,
        layout: Option<&Layout>,
        gold: &Path,
        responses: &[Path],
    ) -> Vec<(Role, Path)> {
        let mut found = Vec::new();
        let of_response = asked::of_response(self, responses);
        let of_request = asked::of_request(self);
        for (role, names) in NAMES.iter().filter(|(role, _)| *role != Role::Label) {
            let special = layout.map_or(&[] as &[(Role, &str)], |layout| layout.others);
            let special = special.iter().filter(|(other, _)| other == role).map(|(_, name)| *name);
            // `source` may be anything; what a benchmark is called is said better by other names.
            let own = !matches!(role, Role::Thought | Role::Source);
            let canonical = own.then(|| self.path(role.column())).flatten();
            let objects: [&[asked::Object]; 2] = match role {
                Role::Setting => [&of_response, &of_request],
                Role::FinishReason | Role::Tokens => [&of_response, &[]],
                _ => [&[], &[]],
            };
            let inside = objects.iter().copied().flatten().flat_map(|object| {
                names.iter().filter_map(|name| self.path_from_column(&object.way_to(name)?))
            });
            let path = canonical
                .into_iter()
                .chain(special.chain(names.iter().copied()).filter_map(|name| self.path(name)))
                .chain(inside)
                .find(|path| path != gold && !responses.contains(path));
            found.extend(path.map(|path| (*role, path)));
        }
        found
    }

    fn there(&self) -> String {
        if self.names.is_empty() {
            return "its rows have no columns".to_owned();
        }
        let names = self.names.join(", ");
        let row = self.file.first_row();
        let row = if row.is_empty() { row } else { format!("; its first row is {row}") };
        format!("its columns are {names}{row}")
    }
}

type Found = (Path, Vec<Path>);

/// The columns of gold answer, responses and the rest: as named, else by the first layout that fits,
/// else by common names; where none fits, the same one level deeper.
pub(crate) fn choose<F: Columns>(
    file: &F,
    gold: Option<&str>,
    response: Option<&str>,
) -> Result<Taken, String> {
    let names = file.names();
    let graded_before = names.contains(&VERSION);
    let mut search = Search { file, names, graded_before, within: false };
    let found = choose_by(&search, gold, response).or_else(|refusal| {
        if refusal.ambiguous {
            return Err(refusal);
        }
        search.within = true;
        choose_by(&search, gold, response)
    });
    let found = found.map_err(|refusal| format!("{}; {}", refusal.what, search.there()))?;
    for path in [&found.gold].into_iter().chain(&found.responses) {
        let name = search.names[path.column];
        if search.names.iter().filter(|other| **other == name).count() > 1 {
            return Err(format!(
                "several columns are called {name:?}; give each a name of its own"
            ));
        }
    }
    if gold.is_none()
        && found.gold_index.is_none()
        && let Some(options) = search.options(&found.gold)
    {
        let gold = found.gold.to_string();
        return Err(format!(
            "column {gold:?} holds whole numbers beside the options in {options:?}: if they say which option is \
             right, write its letter or text into a column and name that with --gold-column; if they are the \
             answers, say --gold-column {gold}"
        ));
    }
    Ok(found)
}

fn choose_by<F: Columns>(
    search: &Search<'_, F>,
    gold: Option<&str>,
    response: Option<&str>,
) -> Result<Taken, Refusal> {
    let gold = gold.map(|name| search.named(name, "gold")).transpose()?;
    let responses = response
        .map(|name| {
            name.split(',')
                .map(|name| search.named(name.trim(), "response"))
                .collect::<Result<Vec<_>, _>>()
        })
        .transpose()?;

    let of = |layout: &Layout, name: String, (gold, responses): Found| {
        let others = search.others(Some(layout), &gold, &responses);
        let gold_index = layout.gold_index.and_then(|name| search.path(name));
        taken(search, name, gold, gold_index, responses, others)
    };
    if gold.is_none() || responses.is_none() {
        for layout in LAYOUTS {
            if let Some(found) = search.layout(layout, gold.as_ref(), responses.as_deref()) {
                return Ok(of(layout, layout.tool.to_owned(), found));
            }
        }
    } else if let (Some(gold), Some(responses)) = (&gold, &responses) {
        // The columns are named; what else a layout says of them is used.
        let found = (gold.clone(), responses.clone());
        let same = |layout: &&Layout| {
            let itself = search.layout(layout, (layout.gold.is_empty()).then_some(gold), None);
            itself.is_some_and(|itself| itself == found)
        };
        if let Some(layout) = LAYOUTS.iter().chain(RESPONSES_ALONE).find(same) {
            return Ok(of(layout, layout.tool.to_owned(), found));
        }
        let others = search.others(None, &found.0, &found.1);
        return Ok(taken(search, "named columns".to_owned(), found.0, None, found.1, others));
    }
    let besides = responses.as_ref().and_then(|paths| paths.first());
    let common_gold = match &gold {
        Some(gold) => Ok(Some(gold.clone())),
        None => search.common(GOLDS, besides),
    };
    if let (Ok(Some(gold)), None) = (&common_gold, &responses) {
        for layout in RESPONSES_ALONE {
            if let Some(found) = search.layout(layout, Some(gold), None) {
                return Ok(of(layout, layout.tool.to_owned(), found));
            }
        }
    }
    let besides = common_gold.as_ref().ok().and_then(Option::as_ref);
    let common_responses = match responses {
        Some(responses) => Ok(Some(responses)),
        None => search.common(RESPONSES, besides).map(|found| found.map(|path| vec![path])),
    };
    match (common_gold, common_responses) {
        (Ok(Some(gold)), Ok(Some(responses))) => {
            let others = search.others(None, &gold, &responses);
            Ok(taken(search, "common names".to_owned(), gold, None, responses, others))
        }
        (gold, responses) => Err(refusal(gold, responses)),
    }
}

fn taken<F: Columns>(
    search: &Search<'_, F>,
    layout: String,
    gold: Path,
    gold_index: Option<Path>,
    responses: Vec<Path>,
    others: Vec<(Role, Path)>,
) -> Taken {
    let nested = responses.iter().any(|path| search.kind(path).is_some_and(Kind::is_nested));
    let several =
        responses.len() > 1 || nested || responses.iter().any(|path| search.through_list(path));
    let decoding = asked::decoding(search, &responses);
    Taken { layout, gold, gold_index, responses, others, decoding, several }
}

fn refusal(
    gold: Result<Option<Path>, String>,
    responses: Result<Option<Vec<Path>>, String>,
) -> Refusal {
    let ambiguous = gold.is_err() || responses.is_err();
    let part = |what: &str, flag: &str, names: Option<String>| match names {
        Some(names) => {
            format!("several columns may hold the {what} ({names}): say which with {flag}")
        }
        None => format!("no known layout says which column holds the {what}: name it with {flag}"),
    };
    let mut told = Vec::new();
    match gold {
        Ok(None) => told.push(part("gold answers", "--gold-column", None)),
        Err(names) => told.push(part("gold answers", "--gold-column", Some(names))),
        Ok(Some(_)) => {}
    }
    match responses {
        Ok(None) => told.push(part("responses", "--response-column", None)),
        Err(names) => told.push(part("responses", "--response-column", Some(names))),
        Ok(Some(_)) => {}
    }
    Refusal { what: told.join(", and "), ambiguous }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // a failed test says where
mod tests {
    use super::*;

    struct Named(&'static [&'static str]);

    impl Columns for Named {
        fn names(&self) -> Vec<&str> {
            let mut names: Vec<&str> =
                self.0.iter().map(|path| path.split('/').next().unwrap()).collect();
            names.dedup();
            names
        }

        fn kind(&self, column: usize, steps: &[String]) -> Option<Kind> {
            let path = [&[self.names()[column].to_owned()], steps].concat().join("/");
            self.0.contains(&path.as_str()).then_some(Kind::Plain)
        }

        fn members(&self, _: usize, _: &[String]) -> Vec<String> {
            Vec::new()
        }

        fn is_list(&self, _: usize, _: &[String]) -> bool {
            false
        }

        fn is_whole(&self, _: usize) -> bool {
            false
        }

        fn first(&self, _: usize) -> Option<String> {
            None
        }

        fn first_row(&self) -> String {
            String::new()
        }
    }

    fn chosen(
        columns: &'static [&'static str],
        gold: Option<&str>,
        response: Option<&str>,
    ) -> Result<(String, String), String> {
        let taken = choose(&Named(columns), gold, response)?;
        Ok((taken.gold.to_string(), taken.responses[0].to_string()))
    }

    #[test]
    fn columns_are_named_or_recognised() {
        let found = |gold: &str, response: &str| Ok((gold.to_owned(), response.to_owned()));
        assert_eq!(chosen(&["gold", "response"], None, None), found("gold", "response"));
        assert_eq!(
            chosen(&["target", "output/completion"], None, None),
            found("target", "output.completion")
        );
        assert_eq!(chosen(&["a", "b.c"], Some("a"), Some("b.c")), found("a", "b.c"));
        assert_eq!(chosen(&["a", "response"], Some("a"), None), found("a", "response"));
        assert_eq!(
            chosen(&["answer", "solution", "output"], None, None),
            found("answer", "output")
        );
        assert_eq!(
            chosen(&["answer", "input_answer", "output", "grader_version"], None, None),
            found("input_answer", "output")
        );
        assert_eq!(
            chosen(
                &["answer", "target", "response", "grader_version"],
                Some("target"),
                Some("resps")
            ),
            found("target", "response")
        );
    }

    #[test]
    fn names_differ_in_case_and_may_stand_one_level_deeper() {
        let found = |gold: &str, response: &str| Ok((gold.to_owned(), response.to_owned()));
        assert_eq!(chosen(&["Answer", "RESPONSE"], None, None), found("Answer", "RESPONSE"));
        assert_eq!(
            chosen(&["Answer", "answer", "response", "grader_version"], None, None),
            found("Answer", "response")
        );
        assert_eq!(
            chosen(&["doc", "doc/answer", "output"], None, None),
            found("doc.answer", "output")
        );
        assert_eq!(
            chosen(&["Row", "Row/gold", "Row/response"], None, None),
            found("Row.gold", "Row.response")
        );
        // A column counts before what stands within one, and of two within neither is taken.
        assert_eq!(
            chosen(&["doc", "doc/answer", "gold", "output"], None, None),
            found("gold", "output")
        );
        assert!(
            chosen(&["doc", "doc/answer", "meta", "meta/answer", "output"], None, None)
                .unwrap_err()
                .contains("--gold-column")
        );
    }

    #[test]
    fn what_cannot_be_told_is_refused_with_the_columns_and_the_flag() {
        let refused = |columns, gold, response| chosen(columns, gold, response).unwrap_err();
        assert!(refused(&["gold"], None, None).contains("--response-column"));
        assert!(refused(&["answer", "gt", "output"], None, None).contains("(gt, answer)"));
        let unknown = refused(&["gold", "text"], None, Some("x"));
        assert!(unknown.contains("there is no column \"x\"; its columns are gold, text"));
    }
}
