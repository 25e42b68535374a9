//! The work budget: what bounds every step of the grader, in place of a clock.

/// Why a question was left without a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stop {
    /// The work budget ran out.
    Work,
    /// An expression is nested more deeply than the limit.
    Depth,
    /// The expression has no value: a division by zero, `0^0`, `ln 0`.
    Undefined,
    /// Every method was tried and none of them decides.
    Open,
}

/// Work units that are left for one question.
///
/// A unit stands for about ten nanoseconds of work on an ordinary core. Counting instead of timing
/// makes a verdict the same on every machine and in every thread.
#[derive(Clone, Debug)]
pub struct Budget {
    remaining: u64,
}

impl Budget {
    /// A budget of `units` work units.
    #[must_use]
    pub fn new(units: u64) -> Self {
        Self { remaining: units }
    }

    /// Takes `units` away.
    ///
    /// # Errors
    /// [`Stop::Work`] when fewer are left; nothing is left afterwards.
    #[inline]
    pub fn spend(&mut self, units: u64) -> Result<(), Stop> {
        if units > self.remaining {
            self.remaining = 0;
            return Err(Stop::Work);
        }
        self.remaining -= units;
        Ok(())
    }

    /// The units that are left.
    #[must_use]
    pub fn remaining(&self) -> u64 {
        self.remaining
    }

    /// Runs `work` with at most `units` of this budget, and takes away what it used.
    ///
    /// For attempts that may fail without ending the whole question.
    ///
    /// # Errors
    /// Whatever `work` returns.
    pub fn attempt<T>(
        &mut self,
        units: u64,
        work: impl FnOnce(&mut Budget) -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        let granted = units.min(self.remaining);
        let mut part = Budget::new(granted);
        let result = work(&mut part);
        self.remaining -= granted - part.remaining;
        result
    }
}
