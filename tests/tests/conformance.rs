//! Every row of every table, in both orders.

use sdgrade::{Policy, Verdict, compare};
use sdtool_tests::table;

fn hold(name: &str) {
    let policy = Policy::default();
    let mut failures = Vec::new();
    for case in table(name) {
        let found = compare(&case.gold, &case.answer, &policy);
        if found.verdict.as_str() != case.verdict
            || case.reason.as_ref().is_some_and(|reason| reason != found.reason.as_str())
        {
            failures.push(format!(
                "{}: {} ({})",
                case.name,
                found.verdict.as_str(),
                found.reason.as_str()
            ));
        }
        // Rounding has a role for each side, and an empty gold is another thing than an empty answer.
        let turned = compare(&case.answer, &case.gold, &policy);
        let rounds = [found, turned]
            .iter()
            .any(|found| matches!(found.reason.as_str(), "rounded" | "not-rounded"));
        if !rounds
            && !case.one_way
            && (turned.verdict == Verdict::Equal) != (found.verdict == Verdict::Equal)
        {
            failures.push(format!(
                "{}, turned around: {} ({})",
                case.name,
                turned.verdict.as_str(),
                turned.reason.as_str()
            ));
        }
        for text in [&case.gold, &case.answer] {
            if !text.trim().is_empty() && compare(text, text, &policy).verdict != Verdict::Equal {
                failures.push(format!("{}: {text:?} is not equal to itself", case.name));
            }
        }
    }
    assert!(failures.is_empty(), "{name}.toml:\n{}", failures.join("\n"));
}

#[test]
fn law() {
    hold("law");
}

#[test]
fn rules() {
    hold("rules");
}

#[test]
fn sets() {
    hold("sets");
}

#[test]
fn algebra() {
    hold("algebra");
}

#[test]
fn notation() {
    hold("notation");
}

#[test]
fn numerals() {
    hold("numerals");
}

#[test]
fn collections() {
    hold("collections");
}

#[test]
fn examinations() {
    hold("examinations");
}

#[test]
fn textbook() {
    hold("textbook");
}

#[test]
fn misses() {
    hold("misses");
}

#[test]
fn derivations() {
    hold("derivations");
}

#[test]
fn units() {
    hold("units");
}

#[test]
fn disagreements() {
    hold("disagreements");
}

#[test]
fn words() {
    hold("words");
}
