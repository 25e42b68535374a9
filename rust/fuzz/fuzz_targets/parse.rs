//! Any text is read without a panic, and equals itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sdgrade::{Limits, Policy, Verdict, compare, explain};

fuzz_target!(|text: &str| {
    // Small limits: many short executions find more than few long ones.
    let limits = Limits { work: 20_000, digits: 500, ..Limits::default() };
    let policy = Policy { limits, ..Policy::default() };
    let _ = explain(text, "", &policy);
    let found = compare(text, text, &policy);
    assert!(found.verdict == Verdict::Equal || found.reason.as_str() == "no-gold");
});
