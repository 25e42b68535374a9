//! Times of day, which may also be ratios.

use super::Equivalence;
use crate::Reason;
use crate::canonical::Expr;
use crate::value::Time;

impl Equivalence<'_> {
    /// Two times of day: on the clock of twelve hours, of which a side may not say the half, or of 24.
    pub(super) fn times(&mut self, gold: &Time, answer: &Time) -> Reason {
        let trimmed = |time: &Time| -> Vec<u32> {
            let keep = time.parts.len() - usize::from(time.parts.len() == 3 && time.parts[2] == 0);
            time.parts[..keep].to_vec()
        };
        // On the clock of 24 hours.
        let full = |time: &Time| {
            let mut parts = trimmed(time);
            match time.afternoon {
                Some(true) if parts[0] < 12 => parts[0] += 12,
                Some(false) if parts[0] == 12 => parts[0] = 0,
                _ => {}
            }
            parts
        };
        let half_ignored = |this: &Self| {
            let (found, denied) = (Reason::UnitIgnored, Reason::DifferentUnit);
            Self::lenient(this.policy.ignore_unit, Reason::Exact, found, denied)
        };
        match (gold.afternoon, answer.afternoon) {
            (half, other) if full(gold) == full(answer) => {
                if half != other && trimmed(gold) == trimmed(answer) {
                    half_ignored(self)
                } else {
                    Reason::Exact
                }
            }
            (Some(_), None) | (None, Some(_)) if trimmed(gold) == trimmed(answer) => {
                half_ignored(self)
            }
            // Two ratios: `1:12` and `3:36`.
            (None, None) if may_be_ratio(gold) && may_be_ratio(answer) => {
                let (a, b) = (time_as_ratio(&gold.parts), time_as_ratio(&answer.parts));
                self.ratios(&a, &b)
            }
            _ => Reason::DifferentValue,
        }
    }
}

/// Whether a time may be meant as a ratio: in `7:03` the zero says that it is a time.
pub(super) fn may_be_ratio(time: &Time) -> bool {
    time.afternoon.is_none() && time.parts[1..].iter().all(|&part| part >= 10)
}

pub(super) fn time_as_ratio(parts: &[u32]) -> Vec<Expr> {
    parts.iter().map(|&part| Expr::integer(part.into())).collect()
}
