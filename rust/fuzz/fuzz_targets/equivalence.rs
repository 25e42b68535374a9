//! Two texts apart by a newline are compared the same way in both orders, and twice.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sdgrade::{Gold, Verdict, compare};
use sdtool_tests::{ran_out, unrounded};

fuzz_target!(|text: &str| {
    let Some((gold, answer)) = text.split_once('\n') else { return };
    // Of a whole solution the gold is its box or what follows `####`; an answer is what it is.
    if text.contains("####") || text.contains("box") {
        return;
    }
    // Little work: many short executions find more than few long ones.
    let policy = unrounded(20_000);
    let there = compare(gold, answer, &policy);
    assert_eq!(there, Gold::new(gold, &policy).compare(answer));
    let back = compare(answer, gold, &policy);
    let same = (there.verdict == Verdict::Equal) == (back.verdict == Verdict::Equal);
    assert!(same || ran_out(&there) || ran_out(&back));
});
