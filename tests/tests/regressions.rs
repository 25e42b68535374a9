//! The inputs that fuzzing once found, and what each target in `rust/fuzz` asserts of them.

use sdgrade::{Gold, Policy, Thinking, Verdict, compare, explain, extract};
use sdtool_tests::{ran_out, unrounded};
use std::path::Path;

/// What a comparison may cost here: more than in the targets, since there are few.
const WORK: u64 = 50_000;

/// The inputs kept for one target, each with its file name.
fn inputs(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../rust/fuzz/regressions").join(target);
    let files = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("a readable folder").path())
        .map(|path| {
            let name = path.file_name().expect("a file").to_string_lossy().into_owned();
            (name, std::fs::read(&path).expect("a readable file"))
        })
        .collect::<Vec<_>>();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    files
}

fn texts(target: &str) -> impl Iterator<Item = (String, String)> {
    inputs(target)
        .into_iter()
        .filter_map(|(name, bytes)| Some((name, String::from_utf8(bytes).ok()?)))
}

#[test]
fn a_text_is_read_without_a_panic_and_equals_itself() {
    let policy = Policy::default();
    for (name, text) in texts("parse") {
        let _ = explain(&text, &text, &policy);
        let found = compare(&text, &text, &policy);
        assert!(found.verdict == Verdict::Equal || found.reason.as_str() == "no-gold", "{name}");
    }
}

#[test]
fn a_pair_is_compared_the_same_way_in_both_orders_and_twice() {
    // As in the target.
    let policy = unrounded(20_000);
    for (name, text) in texts("equivalence") {
        let Some((gold, answer)) = text.split_once('\n') else { continue };
        let there = compare(gold, answer, &policy);
        assert_eq!(there, compare(gold, answer, &policy), "{name}");
        assert_eq!(there, Gold::new(gold, &policy).compare(answer), "{name}");
        let back = compare(answer, gold, &policy);
        let same = (there.verdict == Verdict::Equal) == (back.verdict == Verdict::Equal);
        assert!(same || ran_out(&there) || ran_out(&back), "{name}");
    }
}

#[test]
fn an_expression_is_never_different_from_itself_nor_equal_to_more() {
    for (_, bytes) in inputs("algebra") {
        sdtool_tests::algebra::check(&bytes, WORK);
    }
}

#[test]
fn words_and_sets_are_compared_the_same_way_in_any_order() {
    for (_, bytes) in inputs("words") {
        sdtool_tests::words::check(&bytes, WORK);
    }
}

#[test]
fn an_answer_is_a_part_of_its_response() {
    for (name, response) in inputs("extract") {
        for thinking in [Thinking::Auto, Thinking::Yes, Thinking::No] {
            if let Some(answer) = extract(&response, thinking).answer {
                assert!(answer.start <= answer.end && answer.end <= response.len(), "{name}");
            }
        }
    }
}
