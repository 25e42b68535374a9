//! A random expression, written in two ways, is never called different from itself, and never
//! equal to itself plus something that is not zero.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sdtool_tests::algebra::check;

// Little work: many short executions find more than few long ones.
fuzz_target!(|bytes: &[u8]| check(bytes, 10_000));
