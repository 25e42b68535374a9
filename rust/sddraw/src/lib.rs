//! Draws the next token of a row from its likeliest few, on the CPU. No Python and no I/O.
//!
//! `sdtool.engine.narrow.plain` says in torch what is to be drawn, and every token is the same here: all of it
//! is exact in IEEE arithmetic but two things. The softmax that top-p cuts by is for the caller to take, who
//! has that of torch, and of the noise see `noise`.

use std::cmp::Reverse;
use std::iter::repeat_n;

mod noise;

/// How a row draws.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// What scores are divided by.
    pub temperature: f32,
    /// How many of the likeliest stay, ties with the last of them beside.
    pub top_k: usize,
    /// Tokens go that hold at most this much mass together with all less likely ones; below 0 none do.
    pub removed: f32,
    /// Tokens go whose value is below that of the likeliest by more than this, which is at most 0.
    pub log_min_p: f32,
    /// What the noise is multiplied by, 0 for a greedy row.
    pub share: f32,
    /// The key of the noise.
    pub key: u64,
    /// Tokens that the row has drawn so far.
    pub step: u32,
}

/// Why a row has no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undrawn {
    /// So many tokens tie with the k-th that there may be more of them than candidates.
    Undecided,
    /// The logits are no numbers.
    Broken,
}

/// Takes the penalty off the scores, in place.
pub fn penalise(scores: &mut [f32], penalty: &[f32]) {
    for (score, penalty) in scores.iter_mut().zip(penalty) {
        *score -= penalty;
    }
}

/// The likeliest tokens of a row: those that top-k keeps.
#[derive(Clone, Debug)]
pub struct Candidates {
    rule: Rule,
    /// How many there may be.
    width: usize,
    /// Ascending, equal scores by token: the order of a stable sort of the whole vocabulary, which decides
    /// which of several equal tokens top-p removes.
    kept: Vec<Entry>,
    crowded: bool,
}

impl Candidates {
    /// Finds the candidates among the scores of all tokens; `width` is at least 1 and at most all.
    #[must_use]
    pub fn new(scores: &[f32], rule: Rule, width: usize) -> Self {
        let mut kept = likeliest(scores, rule.temperature, rule.top_k.clamp(1, width));
        let crowded = kept.len() >= width && width < scores.len();
        kept.drain(..kept.len().saturating_sub(width));
        Self { rule, width, kept, crowded }
    }

    /// So many values as there may be candidates, ascending: scores after temperature, -inf where there is none.
    pub fn values(&self) -> impl Iterator<Item = f32> {
        let absent = self.width - self.kept.len();
        let values = self.kept.iter().map(|entry| entry.score());
        repeat_n(f32::NEG_INFINITY, absent).chain(values)
    }

    /// Whether top-p may cut.
    #[must_use]
    pub fn cut_by_mass(&self) -> bool {
        self.rule.removed >= 0.0
    }

    /// Cuts by top-p and min-p and draws.
    ///
    /// `mass` is the softmax of the values. It may be empty where top-p does not cut.
    ///
    /// # Errors
    ///
    /// No token can be drawn.
    pub fn draw(&self, mass: &[f32]) -> Result<u32, Undrawn> {
        let Rule { removed, log_min_p, share, key, step, .. } = self.rule;
        let largest = self.kept.last().map_or(f32::NAN, |entry| entry.score());
        if !largest.is_finite() {
            return Err(Undrawn::Broken);
        }
        if self.crowded {
            return Err(Undrawn::Undecided);
        }
        // Summed as torch sums it.
        let mut sum = 0.0;
        let gone = mass.iter().take_while(|&&mass| {
            sum += f64::from(mass);
            #[expect(clippy::cast_possible_truncation, reason = "each sum is rounded")]
            let sum = sum as f32;
            sum <= removed
        });
        let absent = self.width - self.kept.len();
        // The likeliest stays.
        let gone = gone.count().saturating_sub(absent).min(self.kept.len() - 1);
        let noise =
            |token| if share == 0.0 { 0.0 } else { noise::gumbel(key, step, token) * share };
        self.kept[gone..]
            .iter()
            .filter(|entry| entry.score() >= largest + log_min_p)
            // Of equal ones the lowest id, as argmax has it.
            .map(|entry| (ordinal(entry.score() + noise(entry.token())), Reverse(entry.token())))
            .max()
            .map(|(_, Reverse(token))| token)
            .ok_or(Undrawn::Broken)
    }
}

/// The tokens whose scores after temperature are at least the `count`-th largest, ascending; none where a
/// score is infinite or NaN.
fn likeliest(scores: &[f32], temperature: f32, count: usize) -> Vec<Entry> {
    if scores.iter().map(|&score| u32::from(score.is_nan() || score == f32::INFINITY)).sum::<u32>()
        > 0
    {
        return Vec::new();
    }
    // As many scores are at least as large as the `count`-th largest of these.
    let mut maxima = vec![f32::NEG_INFINITY; (2 * count).next_multiple_of(BLOCK)];
    for line in scores.chunks(maxima.len()) {
        for (most, &score) in maxima.iter_mut().zip(line) {
            *most = if score > *most { score } else { *most };
        }
    }
    let (_, &mut bound, _) =
        maxima.select_nth_unstable_by(count - 1, |one, other| other.total_cmp(one));
    // Division keeps the order, but it may round what is a little less to the same value.
    let low = bound - (bound.abs() * 1e-6 + temperature * f32::MIN_POSITIVE);
    let mut found = Vec::with_capacity(2 * maxima.len());
    let (blocks, rest) = scores.as_chunks();
    // Nothing is near for NaN.
    let mut last = [f32::NAN; BLOCK];
    last[..rest.len()].copy_from_slice(rest);
    for (block, first) in blocks.iter().chain([&last]).zip((0..).step_by(BLOCK)) {
        let bits = block.iter().zip(0..).map(|(&score, place)| u32::from(score >= low) << place);
        let mut near = bits.fold(0, |near, bit| near | bit);
        while near != 0 {
            let place = near.trailing_zeros();
            near &= near - 1;
            found.push(Entry::new(block[place as usize] / temperature, first + place));
        }
    }
    found.sort_unstable();
    let last = found[found.len() - count].score();
    let below = found.partition_point(|entry| entry.score() < last);
    found.drain(..below);
    found
}

/// Scores that are looked at together; of most blocks none is near the largest.
const BLOCK: usize = 16;

/// A score and a token as one number, which sorts as the two do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry(u64);

impl Entry {
    fn new(score: f32, token: u32) -> Self {
        Self(u64::from(ordinal(score)) << 32 | u64::from(token))
    }

    fn token(self) -> u32 {
        #[expect(clippy::cast_possible_truncation, reason = "the low half")]
        let token = self.0 as u32;
        token
    }

    fn score(self) -> f32 {
        let ordinal = (self.0 >> 32) as u32;
        f32::from_bits(if ordinal & SIGN == 0 { !ordinal } else { ordinal ^ SIGN })
    }
}

const SIGN: u32 = 1 << 31;

/// A number that sorts as the score, which is not NaN, does; zeros are equal.
fn ordinal(score: f32) -> u32 {
    // What is no negative zero is left as it is.
    let bits = (score + 0.0).to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

#[cfg(test)]
mod tests;
