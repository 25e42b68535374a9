//! Two texts apart by a newline are compared the same way in both orders, and twice.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sdgrade::{Gold, Policy, Verdict, compare};

fuzz_target!(|text: &str| {
    let Some((gold, answer)) = text.split_once('\n') else { return };
    // Rounding has a role for each side.
    let mut policy =
        Policy { answer_rounding_digits: None, gold_rounding_digits: None, ..Policy::default() };
    policy.limits.work = 200_000;
    let there = compare(gold, answer, &policy);
    assert_eq!(there, compare(gold, answer, &policy));
    assert_eq!(there, Gold::new(gold, &policy).compare(answer));
    let back = compare(answer, gold, &policy);
    assert_eq!(there.verdict == Verdict::Equal, back.verdict == Verdict::Equal);
});
