//! Nothing that was said is dropped: a text that says something else is never equal, and `explain`
//! accounts for every part of a text.

use sdgrade::{Policy, Verdict, compare, explain};
use sdtool_tests::{apart, mutation, sentences};

#[test]
fn each_sentence_equals_itself_in_another_dress() {
    let policy = Policy::default();
    for text in sentences() {
        for dressed in [text.clone(), format!("\\boxed{{{text}}}"), format!(" {text} ")] {
            let found = compare(&text, &dressed, &policy);
            assert_eq!(found.verdict, Verdict::Equal, "{text} | {dressed}");
        }
    }
}

#[test]
fn no_sentence_equals_what_says_something_else() {
    let policy = Policy::default();
    let (mut tried, mut failures) = (0, Vec::new());
    for text in sentences() {
        for mutant in mutation::mutants(&text) {
            tried += 1;
            for (gold, answer) in [(&text, &mutant.text), (&mutant.text, &text)] {
                let found = compare(gold, answer, &policy);
                if found.verdict == Verdict::Equal {
                    failures.push(format!(
                        "{}: {gold} | {answer} ({})",
                        mutant.change,
                        found.reason.as_str()
                    ));
                }
            }
        }
    }
    assert!(tried > 400, "only {tried} mutants");
    assert!(failures.is_empty(), "{} of {tried}:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn no_policy_takes_two_things_for_one() {
    let policies = [Policy::default(), Policy::strict(), Policy::reward()];
    let mut failures = Vec::new();
    for (gold, answer) in apart() {
        let dressed = format!("$\\boxed{{{answer}}}$");
        for (gold, answer) in [(&gold, &answer), (&answer, &gold), (&gold, &dressed)] {
            for policy in &policies {
                let found = compare(gold, answer, policy);
                if found.verdict == Verdict::Equal {
                    failures.push(format!("{gold} | {answer} ({})", found.reason.as_str()));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}:\n{}", failures.len(), failures.join("\n"));
}

/// What `explain` says of the gold: the lines below its text.
fn explained(text: &str) -> Vec<String> {
    let explanation = explain(text, text, &Policy::default());
    explanation
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with(' '))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_account_quotes_the_text_in_order_and_nothing_twice() {
    let mut entries = 0;
    for text in sentences() {
        let mut at = 0;
        for line in explained(&text) {
            let Some((said, place)) = line.rsplit_once(" at ") else { continue };
            let Some((start, end)) = place.split_once("..") else { continue };
            let (Ok(start), Ok(end)) = (start.parse::<usize>(), end.parse::<usize>()) else {
                continue;
            };
            assert!(at <= start && start < end, "{text}: {line}");
            let quoted = text.get(start..end).unwrap_or_else(|| panic!("{text}: {line}"));
            assert!(said.ends_with(&format!("{quoted:?}")), "{text}: {line}");
            at = end;
            entries += 1;
        }
    }
    assert!(entries > 100, "only {entries} entries");
}

#[test]
fn what_is_said_in_another_word_is_read_otherwise() {
    let places_aside = |line: String| match line.rsplit_once(" at ") {
        Some((said, place)) if place.contains("..") => said.to_owned(),
        _ => line,
    };
    let read = |text: &str| -> Option<Vec<String>> {
        let lines = explained(text);
        let is_read = !lines.iter().any(|line| line.contains("not read as mathematics"));
        is_read.then(|| lines.into_iter().map(places_aside).collect())
    };
    let (mut tried, mut failures) = (0, Vec::new());
    for text in sentences() {
        let Some(before) = read(&text) else { continue };
        for mutant in mutation::mutants(&text) {
            let Some(after) = read(&mutant.text) else { continue };
            tried += 1;
            if before == after {
                failures.push(format!("{}: {text} | {}", mutant.change, mutant.text));
            }
        }
    }
    assert!(tried > 200, "only {tried} mutants are read");
    assert!(failures.is_empty(), "{} of {tried}:\n{}", failures.len(), failures.join("\n"));
}
