//! Extraction never panics and returns a part of the response.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sdgrade::{Thinking, extract};

fuzz_target!(|response: &[u8]| {
    for thinking in [Thinking::Auto, Thinking::Yes, Thinking::No] {
        if let Some(answer) = extract(response, thinking).answer {
            assert!(answer.start <= answer.end && answer.end <= response.len());
        }
    }
});
