//! Any text is read without a panic, and equals itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sdgrade::{Policy, Verdict, compare, explain};

fuzz_target!(|text: &str| {
    let policy = Policy::default();
    let _ = explain(text, text, &policy);
    let found = compare(text, text, &policy);
    assert!(found.verdict == Verdict::Equal || found.reason.as_str() == "no-gold");
});
