//! What was done so far.

use std::ops::{AddAssign, ControlFlow};

/// Rows so far, and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows.
    pub rows: u64,
    /// Rows without a gold answer: they have no verdict.
    pub no_gold: u64,
    /// Rows with the verdict `equal`.
    pub correct: u64,
    /// Rows with the verdict `undecided`.
    pub undecided: u64,
    /// Responses that contain `</think>`.
    pub think_closed: u64,
    /// Responses with an answer in a box.
    pub boxed: u64,
    /// Rollouts that fell into a loop.
    pub looped: u64,
    /// Bytes of the responses.
    pub text_bytes: u64,
    /// Bytes of the input file that are done.
    pub file_bytes: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.rows += other.rows;
        self.no_gold += other.no_gold;
        self.correct += other.correct;
        self.undecided += other.undecided;
        self.think_closed += other.think_closed;
        self.boxed += other.boxed;
        self.looped += other.looped;
        self.text_bytes += other.text_bytes;
        self.file_bytes += other.file_bytes;
    }
}

/// Is told, from any thread, what was done since it was last called; says whether to go on.
pub type Meter<'m> = dyn Fn(&Counts) -> ControlFlow<()> + Sync + 'm;
