//! Tells a rollout that fell into a loop from one that is merely long.
//!
//! One rule with two windows, both on runs of equal tokens:
//!
//! - **anywhere**: some run of [`RUN`] tokens occurs at least [`REPEATS`] times. This is the rule of
//!   Pipis et al. (arXiv 2512.12895) for long rollouts.
//! - **at the end**: of all runs of [`TAIL_RUN`] tokens in the last [`TAIL`] tokens at most half are
//!   distinct: a rollout that was cut while it repeated itself, where the cap left no room for
//!   [`REPEATS`] repeats. A rollout that found its way out and ended is not caught by this window.
//!
//! Blind spots: a loop that paraphrases itself or counts upwards repeats no run; a cycle longer
//! than about half of [`TAIL`] that is cut before its twentieth round is seen by neither window; and
//! a long table of equal entries at the very end looks like a loop.

/// Tokens of a run that is counted over the whole rollout.
pub const RUN: usize = 30;
/// Occurrences of one run that make a loop.
pub const REPEATS: usize = 20;
/// Tokens at the end of the rollout that are looked at more closely.
pub const TAIL: usize = 128;
/// Tokens of a run within that tail.
pub const TAIL_RUN: usize = 8;

/// Whether a rollout of these token ids fell into a loop. See the module for the rule and its blind
/// spots.
///
/// Runs are told apart by a 64-bit hash; the time is that of sorting one hash a token.
#[must_use]
pub fn looped(tokens: &[u32]) -> bool {
    let anywhere = || {
        let hashes = sorted_runs(tokens, RUN);
        hashes.windows(REPEATS).any(|window| window[0] == window[REPEATS - 1])
    };
    tail_loops(tokens) || anywhere()
}

/// The same rule for a stored response whose tokens are not known: its last words take the place of
/// the last tokens, and there is no count over the whole.
#[must_use]
pub fn looped_text(response: &[u8]) -> bool {
    let mut words: Vec<u32> = response
        .rsplit(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
        .take(TAIL)
        .map(|word| fold(word.iter().map(|&byte| u32::from(byte))))
        .collect();
    words.reverse();
    tail_loops(&words)
}

fn tail_loops(tokens: &[u32]) -> bool {
    let Some(tail) = tokens.len().checked_sub(TAIL).map(|start| &tokens[start..]) else {
        return false;
    };
    let mut hashes = sorted_runs(tail, TAIL_RUN);
    let all = hashes.len();
    hashes.dedup();
    hashes.len() * 2 <= all
}

/// The hashes of all runs of `length` tokens, in order of their value.
fn sorted_runs(tokens: &[u32], length: usize) -> Vec<u64> {
    // A rolling polynomial hash modulo 2^61 - 1.
    const MODULUS: u64 = (1 << 61) - 1;
    const BASE: u64 = 0x1234_5678_9abc_def1 % MODULUS;
    let times = |a: u64, b: u64| {
        let product = u128::from(a) * u128::from(b);
        #[allow(clippy::cast_possible_truncation)] // both parts are below 2^62
        let sum = (product & u128::from(MODULUS)) as u64 + (product >> 61) as u64;
        if sum >= MODULUS { sum - MODULUS } else { sum }
    };
    if tokens.len() < length {
        return Vec::new();
    }
    let oldest = (1..length).fold(1, |power, _| times(power, BASE));
    let mut hash = 0;
    let mut hashes = Vec::with_capacity(tokens.len() - length + 1);
    for (at, &token) in tokens.iter().enumerate() {
        if at >= length {
            let leaving = times(u64::from(tokens[at - length]) + 1, oldest);
            hash = (hash + MODULUS - leaving) % MODULUS;
        }
        hash = (times(hash, BASE) + u64::from(token) + 1) % MODULUS;
        if at + 1 >= length {
            hashes.push(hash);
        }
    }
    hashes.sort_unstable();
    hashes
}

/// FNV-1a, to give each word of a text a number.
fn fold(values: impl Iterator<Item = u32>) -> u32 {
    values.fold(0x811c_9dc5, |hash, value| (hash ^ value).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tokens that do not repeat.
    fn plain(count: u32) -> Vec<u32> {
        (0..count).map(|token| token.wrapping_mul(2_654_435_761)).collect()
    }

    fn cycle(period: u32, count: u32) -> Vec<u32> {
        (0..count).map(|token| token % period).collect()
    }

    #[test]
    fn what_is_a_loop_and_what_is_not() {
        let after = |mut start: Vec<u32>, end: Vec<u32>| {
            start.extend(end);
            start
        };
        for (name, tokens, expected) in [
            ("empty", vec![], false),
            ("too short for either window", cycle(1, 48), false),
            ("one token a hundred times", cycle(1, 100), true),
            ("long, no repeats", plain(48_000), false),
            ("cut in a cycle of 15", after(plain(128), cycle(15, 128)), true),
            ("cut in a cycle of 60", after(plain(1_000), cycle(60, 200)), true),
            (
                "cut in the 3rd round of a cycle of 500",
                after(plain(1_000), cycle(500, 1_500)),
                false,
            ),
            (
                "cut in the 21st round of a cycle of 500",
                after(plain(1_000), cycle(500, 10_500)),
                true,
            ),
            ("twenty rounds, then an end", after(cycle(40, 40 * 21), plain(300)), true),
            ("five rounds, then an end", after(cycle(40, 200), plain(300)), false),
        ] {
            assert_eq!(looped(&tokens), expected, "{name}");
        }
    }

    #[test]
    fn runs_are_counted_exactly() {
        let mut tokens = Vec::new();
        for round in 0..20 {
            tokens.extend(plain(30));
            tokens.push(1_000 + round);
            tokens.extend((0..100).map(|step| 5_000 + 1_000 * round + step));
        }
        assert!(looped(&tokens));
        assert!(!looped(&tokens[131..]), "nineteen times");
    }

    #[test]
    fn words_stand_in_for_tokens() {
        let thought = "First we note that every even number above two splits into primes.";
        assert!(!looped_text(thought.as_bytes()));
        assert!(looped_text("Wait, let me check that again. ".repeat(60).as_bytes()));
    }
}
