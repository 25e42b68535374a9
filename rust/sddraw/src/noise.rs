//! Noise of a token that depends on nothing but its rollout's key, the step and the token.

const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
const KEY_STEPS: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const ROUNDS: usize = 10;
const LANES: u32 = 4;

/// Standard Gumbel noise: `sdtool.logits.gumbel_noise` of one token.
///
/// The logarithms are taken in 64 bits and rounded once, so that their last bit, in which libraries differ,
/// hardly ever reaches the result.
pub(crate) fn gumbel(key: u64, step: u32, token: u32) -> f32 {
    let words = philox([low(key), low(key >> 32)], [token / LANES, step, 0, 0]);
    let word = words[(token % LANES) as usize];
    // Never 0 or 1.
    let uniform = (f64::from(word) + 0.5) * 2f64.powi(-32);
    #[expect(clippy::cast_possible_truncation, reason = "the one rounding")]
    let noise = -(-uniform.ln()).ln() as f32;
    noise
}

/// Philox4x32-10, a counter-based random generator (Salmon et al. 2011, doi:10.1145/2063384.2063405).
fn philox(key: [u32; 2], counter: [u32; 4]) -> [u32; 4] {
    let (mut key, mut words) = (key, counter);
    for _ in 0..ROUNDS {
        let products = [0, 2].map(|word| u64::from(MULTIPLIERS[word / 2]) * u64::from(words[word]));
        let [first, second] = products;
        words = [
            low(second >> 32) ^ words[1] ^ key[0],
            low(second),
            low(first >> 32) ^ words[3] ^ key[1],
            low(first),
        ];
        for (word, step) in key.iter_mut().zip(KEY_STEPS) {
            *word = word.wrapping_add(step);
        }
    }
    words
}

/// The low 32 bits.
#[expect(clippy::cast_possible_truncation, reason = "that is what is asked for")]
fn low(word: u64) -> u32 {
    word as u32
}

#[cfg(test)]
mod tests {
    use super::philox;

    /// Key, counter and output as the authors of the generator give them.
    const KNOWN: [([u32; 2], [u32; 4], [u32; 4]); 3] = [
        ([0; 2], [0; 4], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
        ([u32::MAX; 2], [u32::MAX; 4], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
        (
            [0xa409_3822, 0x299f_31d0],
            [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
        ),
    ];

    #[test]
    fn philox_gives_the_known_answers_of_its_authors() {
        for (key, counter, words) in KNOWN {
            assert_eq!(philox(key, counter), words);
        }
    }
}
