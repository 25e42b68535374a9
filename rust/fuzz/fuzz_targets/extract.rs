//! Extraction never panics, and finds just what a slow, plain search finds.
//!
//! ```sh
//! cd rust/fuzz && cargo +nightly fuzz run extract
//! ```

#![no_main]

use std::ops::Range;

use libfuzzer_sys::fuzz_target;
use sdgrade::{Thinking, extract};

fuzz_target!(|response: &[u8]| {
    for thinking in [Thinking::Yes, Thinking::No, Thinking::Auto] {
        let found = extract(response, thinking);
        assert_eq!(found.answer, plain_search(response, thinking));
        assert_eq!(found.think_closed, rfind(response, b"</think>").is_some());
        let _ = sdgrade::looped::looped_text(response);
    }
});

fn plain_search(response: &[u8], thinking: Thinking) -> Option<Range<usize>> {
    let close = rfind(response, b"</think>");
    let start = match (thinking, close) {
        (Thinking::No, _) => 0,
        (_, Some(at)) => at + b"</think>".len(),
        (Thinking::Yes, None) => return None,
        (Thinking::Auto, None) if rfind(response, b"<think>").is_some() => return None,
        (Thinking::Auto, None) => 0,
    };
    let brace = (start..response.len()).rev().find_map(|at| {
        let name = [&b"\\boxed"[..], b"\\fbox"]
            .into_iter()
            .find(|name| response[at..].starts_with(name))?;
        let gap = response[at + name.len()..]
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        let brace = at + name.len() + gap;
        (response.get(brace) == Some(&b'{')).then_some(brace)
    })?;
    let (mut depth, mut at) = (1, brace + 1);
    while depth > 0 {
        match response.get(at)? {
            b'\\' => at += 1,
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    let answer = brace + 1..at - 1;
    let blank =
        std::str::from_utf8(&response[answer.clone()]).is_ok_and(|text| text.trim().is_empty());
    (!blank).then_some(answer)
}

fn rfind(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).rposition(|window| window == what)
}
