//! Answers out of words, conditions, labels, units and sets are compared the same way in both orders,
//! equal themselves, and are explained without a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sdtool_tests::words::check;

// Little work: many short executions find more than few long ones.
fuzz_target!(|bytes: &[u8]| check(bytes, 10_000));
