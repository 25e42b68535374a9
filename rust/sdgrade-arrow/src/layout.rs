//! Where the tools of the field keep gold answer and response.

/// A layout of rollout files. A dotted path goes into nested columns or objects.
///
/// Where the path ends at a list of texts, its first item is meant; at a list of chat messages, the
/// content of the last one; at one message, its content.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// The tool that writes it.
    pub tool: &'static str,
    /// Where the gold answer is.
    pub gold: &'static str,
    /// Where the response is.
    pub response: &'static str,
}

const fn layout(tool: &'static str, gold: &'static str, response: &'static str) -> Layout {
    Layout { tool, gold, response }
}

/// The layouts that are recognised; the first whose two columns are there is taken.
pub const LAYOUTS: [Layout; 9] = [
    layout("sdtool", "gold", "response"),
    layout("lm-evaluation-harness", "target", "resps"),
    layout("lighteval", "__doc__.choices", "__model_response__.text"),
    layout("lighteval", "doc.choices", "model_response.text"),
    layout("NeMo-Skills", "expected_answer", "generation"),
    layout("inspect_ai", "target", "output.completion"),
    layout("verl", "gts", "output"),
    layout("verl", "reward_model.ground_truth", "responses"),
    layout("TRL", "solution", "completion"),
];

/// A dotted path, taken apart.
pub(crate) type Path = Vec<String>;

/// The columns of gold answer and response: as named, else by the first layout that fits.
///
/// `has` says whether a path is there. A name with a dot is first looked up whole.
pub(crate) fn find(
    gold: Option<&str>,
    response: Option<&str>,
    has: impl Fn(&Path) -> bool,
) -> Result<(Path, Path), String> {
    let there = |name: &str| {
        let candidates = [vec![name.to_owned()], name.split('.').map(str::to_owned).collect()];
        candidates.into_iter().find(&has)
    };
    let named = |name: Option<&str>| {
        name.map(|name| there(name).ok_or_else(|| format!("there is no column {name:?}")))
            .transpose()
    };
    let (gold, response) = (named(gold)?, named(response)?);
    for layout in &LAYOUTS {
        let pair = (
            gold.clone().or_else(|| there(layout.gold)),
            response.clone().or_else(|| there(layout.response)),
        );
        if let (Some(gold), Some(response)) = pair {
            return Ok((gold, response));
        }
    }
    let missing = match (gold, response) {
        (None, None) => "the gold answers and the responses",
        (None, Some(_)) => "the gold answers",
        _ => "the responses",
    };
    Err(format!(
        "no known layout says which columns hold {missing}; name them (--gold-column, --response-column)"
    ))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // a failed test says where
mod tests {
    use super::*;

    fn find_in(
        columns: &[&str],
        gold: Option<&str>,
        response: Option<&str>,
    ) -> Result<(String, String), String> {
        let (gold, response) =
            find(gold, response, |path| columns.contains(&path.join("/").as_str()))?;
        Ok((gold.join("/"), response.join("/")))
    }

    #[test]
    fn columns_are_named_or_recognised() {
        let found = |gold: &str, response: &str| Ok((gold.to_owned(), response.to_owned()));
        assert_eq!(find_in(&["gold", "response"], None, None), found("gold", "response"));
        assert_eq!(
            find_in(&["target", "output/completion"], None, None),
            found("target", "output/completion")
        );
        assert_eq!(find_in(&["a", "b.c"], Some("a"), Some("b.c")), found("a", "b.c"));
        assert_eq!(find_in(&["a", "response"], Some("a"), None), found("a", "response"));
        assert!(find_in(&["gold"], None, None).unwrap_err().contains("--gold-column"));
        assert_eq!(find_in(&["gold"], None, Some("x")), Err("there is no column \"x\"".into()));
    }
}
