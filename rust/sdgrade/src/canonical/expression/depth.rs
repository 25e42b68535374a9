//! How deeply expressions nest.

use crate::budget::Stop;

/// How many more levels of nesting are followed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Depth(u32);

impl Depth {
    /// What is left at the outermost level.
    pub(crate) const FULL: Self = Self(200);

    /// What is left where a level takes many calls.
    pub(crate) const SHALLOW: Self = Self(60);

    /// What is left one level further in.
    ///
    /// # Errors
    /// [`Stop::Depth`] at the innermost level.
    pub(crate) fn deeper(self) -> Result<Self, Stop> {
        self.0.checked_sub(1).map(Self).ok_or(Stop::Depth)
    }
}
