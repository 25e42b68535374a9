//! Sets of reals: unions of intervals in order, disjoint and apart.

use super::{Brackets, Value};
use crate::budget::{Budget, Stop};
use crate::canonical::{self, Decision, Expr, Rational};
use std::cmp::Ordering;

/// One end of an interval; an infinite one is open.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Bound {
    pub(crate) at: Expr,
    pub(crate) closed: bool,
}

/// A connected set of reals.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Interval {
    pub(crate) low: Bound,
    pub(crate) high: Bound,
}

/// A union of intervals that are disjoint, apart and ascending.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Reals {
    intervals: Vec<Interval>,
}

fn order(a: &Expr, b: &Expr, budget: &mut Budget) -> Result<Ordering, Stop> {
    match (a.infinite_sign(), b.infinite_sign()) {
        (None, None) => canonical::compare(a, b, budget),
        (a, b) => Ok(a.unwrap_or(0).cmp(&b.unwrap_or(0))),
    }
}

impl Bound {
    pub(crate) fn open(at: Expr) -> Self {
        Self { at, closed: false }
    }

    pub(crate) fn closed(at: Expr) -> Self {
        Self { closed: at.infinite_sign().is_none(), at }
    }

    pub(crate) fn minus_infinity() -> Self {
        Self::open(Expr::negate(Expr::infinity()))
    }

    pub(crate) fn infinity() -> Self {
        Self::open(Expr::infinity())
    }

    pub(crate) fn same(&self, other: &Self, budget: &mut Budget) -> Decision {
        if self.closed != other.closed {
            return Decision::Different(canonical::Proof::Exact);
        }
        match (self.at.infinite_sign(), other.at.infinite_sign()) {
            (None, None) => canonical::equal(&self.at, &other.at, budget),
            (a, b) if a == b => Decision::Equal(canonical::Proof::Exact),
            _ => Decision::Different(canonical::Proof::Exact),
        }
    }
}

impl Interval {
    /// Whether two have the same ends.
    pub(crate) fn same(&self, other: &Self, budget: &mut Budget) -> Decision {
        match self.low.same(&other.low, budget) {
            Decision::Equal(canonical::Proof::Exact) => self.high.same(&other.high, budget),
            Decision::Equal(weaker) => match self.high.same(&other.high, budget) {
                Decision::Equal(canonical::Proof::Exact) => Decision::Equal(weaker),
                decision => decision,
            },
            decision => decision,
        }
    }
}

impl Reals {
    pub(crate) fn all() -> Self {
        Self { intervals: vec![Interval { low: Bound::minus_infinity(), high: Bound::infinity() }] }
    }

    pub(crate) fn point(at: Expr) -> Self {
        Self {
            intervals: vec![Interval { low: Bound::closed(at.clone()), high: Bound::closed(at) }],
        }
    }

    pub(crate) fn between(low: Bound, high: Bound) -> Self {
        Self { intervals: vec![Interval { low, high }] }
    }

    /// The intervals, in order.
    pub(crate) fn intervals(&self) -> &[Interval] {
        &self.intervals
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.intervals.is_empty()
    }

    /// The set with the ends that say the same of the odd integers in it, or of the even ones, closed.
    pub(crate) fn of_parity(&self, odd: bool) -> Option<Self> {
        let mut whole = self.of_integers()?;
        for Interval { low, high } in &mut whole.intervals {
            for (bound, step) in [(low, 1), (high, -1)] {
                if let Some(at) = bound.at.as_rational().and_then(Rational::to_i64)
                    && (at % 2 != 0) != odd
                {
                    bound.at = Expr::integer(at.checked_add(step)?);
                }
            }
        }
        whole.intervals.retain(|Interval { low, high }| {
            match (low.at.as_rational(), high.at.as_rational()) {
                (Some(low), Some(high)) => low <= high,
                _ => true,
            }
        });
        Some(whole)
    }

    /// Where the integers in the set begin, if it has all from one on.
    pub(crate) fn least_integer(&self) -> Option<i64> {
        match &self.of_integers()?.intervals[..] {
            [Interval { low, high }] if high.at.infinite_sign() == Some(1) => {
                low.at.as_rational()?.to_i64()
            }
            _ => None,
        }
    }

    /// The set with the ends that say the same of the integers in it, closed: `n > 3` as `n >= 4`. `None` where
    /// an end is no rational number.
    pub(crate) fn of_integers(&self) -> Option<Self> {
        let one = Rational::from(1);
        let floor = |at: &Rational| Rational::from(at.floor());
        let mut intervals = Vec::with_capacity(self.intervals.len());
        for Interval { low, high } in &self.intervals {
            let low = match (low.at.infinite_sign(), low.at.as_rational()) {
                (Some(_), _) => low.clone(),
                (None, Some(at)) if at.is_integer() && low.closed => low.clone(),
                (None, at) => Bound::closed(Expr::rational(&floor(at?) + &one)),
            };
            let high = match (high.at.infinite_sign(), high.at.as_rational()) {
                (Some(_), _) => high.clone(),
                (None, Some(at)) if at.is_integer() && !high.closed => {
                    Bound::closed(Expr::rational(at - &one))
                }
                (None, at) => Bound::closed(Expr::rational(floor(at?))),
            };
            let empty = matches!((low.at.as_rational(), high.at.as_rational()), (Some(low), Some(high)) if low > high);
            if !empty {
                intervals.push(Interval { low, high });
            }
        }
        Some(Self { intervals })
    }

    /// The integers between closed integer ends, where there are at most so many.
    pub(crate) fn integers(&self, most: i64) -> Option<Vec<i64>> {
        let mut all = Vec::new();
        for Interval { low, high } in &self.intervals {
            let (low, high) = (low.at.as_rational()?.to_i64()?, high.at.as_rational()?.to_i64()?);
            if high.checked_sub(low)? >= most {
                return None;
            }
            all.extend(low..=high);
        }
        (i64::try_from(all.len()).ok()? <= most).then_some(all)
    }

    /// The union.
    ///
    /// # Errors
    /// The intervals as they stand, where their ends cannot be ordered or one of them is empty, as `[1, 0)`.
    pub(crate) fn union(parts: Vec<Self>, budget: &mut Budget) -> Result<Self, Vec<Interval>> {
        let intervals: Vec<Interval> = parts.into_iter().flat_map(|part| part.intervals).collect();
        if intervals.len() < 2 {
            return Ok(Self { intervals });
        }
        merge(&intervals, budget).map(|intervals| Self { intervals }).map_err(|_| intervals)
    }

    /// The reals that are not in the set.
    pub(crate) fn complement(&self) -> Self {
        let mut intervals = Vec::with_capacity(self.intervals.len() + 1);
        let mut low = Bound::minus_infinity();
        let mut unbounded = false;
        for interval in &self.intervals {
            let high = Bound { at: interval.low.at.clone(), closed: !interval.low.closed };
            if interval.low.at.infinite_sign() != Some(-1) {
                intervals.push(Interval { low, high });
            }
            unbounded = interval.high.at.infinite_sign() == Some(1);
            low = Bound { at: interval.high.at.clone(), closed: !interval.high.closed };
        }
        if !unbounded {
            intervals.push(Interval { low, high: Bound::infinity() });
        }
        Self { intervals }
    }

    /// The intersection.
    pub(crate) fn intersection(&self, other: &Self, budget: &mut Budget) -> Result<Self, Stop> {
        let mut intervals = Vec::new();
        let (mut left, mut right) = (self.intervals.iter(), other.intervals.iter());
        let (mut next, mut beside) = (left.next(), right.next());
        while let (Some(a), Some(b)) = (next, beside) {
            budget.spend(4)?;
            let low = match order(&a.low.at, &b.low.at, budget)? {
                Ordering::Less => b.low.clone(),
                Ordering::Greater => a.low.clone(),
                Ordering::Equal => {
                    Bound { closed: a.low.closed && b.low.closed, at: a.low.at.clone() }
                }
            };
            let ends = order(&a.high.at, &b.high.at, budget)?;
            let high = match ends {
                Ordering::Less => a.high.clone(),
                Ordering::Greater => b.high.clone(),
                Ordering::Equal => {
                    Bound { closed: a.high.closed && b.high.closed, at: a.high.at.clone() }
                }
            };
            let filled = match order(&low.at, &high.at, budget)? {
                Ordering::Less => true,
                Ordering::Equal => low.closed && high.closed,
                Ordering::Greater => false,
            };
            if filled {
                intervals.push(Interval { low, high });
            }
            // What ends first meets nothing more.
            if ends != Ordering::Greater {
                next = left.next();
            }
            if ends != Ordering::Less {
                beside = right.next();
            }
        }
        Ok(Self { intervals })
    }

    /// The numbers whose absolute value lies in the set.
    pub(crate) fn preimage_of_absolute(&self, budget: &mut Budget) -> Result<Self, Stop> {
        let zero = Bound::closed(Expr::integer(0));
        let positive = self.intersection(&Self::between(zero, Bound::infinity()), budget)?;
        let mirrored = positive
            .intervals
            .iter()
            .map(|interval| Interval {
                low: Bound {
                    at: Expr::negate(interval.high.at.clone()),
                    closed: interval.high.closed,
                },
                high: Bound {
                    at: Expr::negate(interval.low.at.clone()),
                    closed: interval.low.closed,
                },
            })
            .collect();
        Self::union(vec![positive, Self { intervals: mirrored }], budget).map_err(|_| Stop::Open)
    }

    /// The set with each interval replaced by one in the same place.
    pub(super) fn map(self, interval: impl Fn(Interval) -> Interval) -> Self {
        Self { intervals: self.intervals.into_iter().map(interval).collect() }
    }

    /// Whether two sets are the same.
    pub(crate) fn same(&self, other: &Self, budget: &mut Budget) -> Decision {
        if self.intervals.len() != other.intervals.len() {
            return Decision::Different(canonical::Proof::Exact);
        }
        let mut proof = canonical::Proof::Exact;
        for (a, b) in self.intervals.iter().zip(&other.intervals) {
            match a.same(b, budget) {
                Decision::Equal(canonical::Proof::Exact) => {}
                Decision::Equal(weaker) => proof = weaker,
                other => return other,
            }
        }
        Decision::Equal(proof)
    }
}

/// Merges runs of intervals that are sorted by their lower bounds, pairs of runs at a time; a
/// comparison may stop, which the library's sort cannot.
fn sorted(intervals: &[Interval], budget: &mut Budget) -> Result<Vec<Interval>, Stop> {
    let mut runs: Vec<Vec<&Interval>> = intervals.iter().map(|interval| vec![interval]).collect();
    while runs.len() > 1 {
        let mut merged = Vec::with_capacity(runs.len().div_ceil(2));
        for pair in runs.chunks(2) {
            let [left, right] = pair else {
                merged.extend_from_slice(pair);
                continue;
            };
            let mut run = Vec::with_capacity(left.len() + right.len());
            let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
            while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
                budget.spend(4)?;
                let ordering =
                    order(&a.low.at, &b.low.at, budget)?.then(b.low.closed.cmp(&a.low.closed));
                let first = if ordering == Ordering::Greater { &mut right } else { &mut left };
                run.extend(first.next());
            }
            run.extend(left.chain(right));
            merged.push(run);
        }
        runs = merged;
    }
    Ok(runs.into_iter().flatten().cloned().collect())
}

/// Sorts and joins intervals.
fn merge(intervals: &[Interval], budget: &mut Budget) -> Result<Vec<Interval>, Stop> {
    for Interval { low, high } in intervals {
        // Ends that cannot be ordered may still be ends, but of one interval alone: whether others hide
        // them would depend on which comes first.
        let is_empty = match order(&low.at, &high.at, budget)? {
            Ordering::Greater => true,
            Ordering::Equal => !(low.closed && high.closed),
            Ordering::Less => false,
        };
        if is_empty {
            return Err(Stop::Open);
        }
    }
    let sorted = sorted(intervals, budget)?;
    let mut joined: Vec<Interval> = Vec::with_capacity(sorted.len());
    for next in sorted {
        if let Some(last) = joined.last_mut() {
            let touch = match order(&last.high.at, &next.low.at, budget)? {
                Ordering::Less => false,
                Ordering::Equal => last.high.closed || next.low.closed,
                Ordering::Greater => true,
            };
            if touch {
                let further = match order(&last.high.at, &next.high.at, budget)? {
                    Ordering::Less => true,
                    Ordering::Equal => next.high.closed,
                    Ordering::Greater => false,
                };
                if further {
                    last.high = next.high;
                }
                continue;
            }
        }
        joined.push(next);
    }
    Ok(joined)
}

/// A set of reals out of a value: an interval, a finite set, a pair of ascending bounds.
pub(crate) fn as_reals(value: &Value, budget: &mut Budget) -> Option<Reals> {
    match value {
        Value::Reals(reals) => Some(reals.clone()),
        Value::Tuple(brackets, items) => {
            let [low, high] = &items[..] else { return None };
            let (low, high) = (low.as_expr()?.clone(), high.as_expr()?.clone());
            // Bounds that cannot be ordered may still be bounds.
            if order(&low, &high, budget).is_ok_and(|order| order != Ordering::Less) {
                return None;
            }
            let bound = |at| {
                if *brackets == Brackets::Square { Bound::closed(at) } else { Bound::open(at) }
            };
            Some(Reals::between(bound(low), bound(high)))
        }
        Value::Set(items) => {
            let points: Option<Vec<Reals>> = items
                .iter()
                .map(|item| item.as_expr().map(|at| Reals::point(at.clone())))
                .collect();
            Reals::union(points?, budget).ok()
        }
        // `(1,2), (3,4)` may be points: one of a list is plainly an interval.
        Value::List(items) if items.iter().any(is_plainly_an_interval) => {
            let parts: Option<Vec<Reals>> = items
                .iter()
                .map(|item| match item {
                    Value::Reals(_) | Value::Tuple(..) => as_reals(item, budget),
                    _ => None,
                })
                .collect();
            Reals::union(parts?, budget).ok()
        }
        _ => None,
    }
}

/// Whether a value is an interval and no pair: `x > 1`, `[0, 1)`, `(1, \infty)`.
fn is_plainly_an_interval(value: &Value) -> bool {
    match value {
        Value::Reals(_) => true,
        Value::Tuple(_, items) => {
            items.iter().any(|item| item.as_expr().is_some_and(|end| end.infinite_sign().is_some()))
        }
        _ => false,
    }
}
