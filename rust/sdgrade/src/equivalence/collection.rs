//! Tuples, lists, sets, vectors and sets of reals.

use super::{Equivalence, weakest};
use crate::budget::Budget;
use crate::canonical::Expr;
use crate::value::{Bound, Brackets, Interval, Reals, Value};
use crate::{Reason, Verdict};
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

impl Equivalence<'_> {
    pub(super) fn in_order(&mut self, gold: &[Value], answer: &[Value]) -> Reason {
        if gold.len() != answer.len() {
            return Reason::DifferentCount;
        }
        let mut whole = Reason::Exact;
        for (a, b) in gold.iter().zip(answer) {
            let part = self.values(a, b);
            whole = weakest(whole, part);
            if whole.verdict() == Verdict::Different {
                return whole;
            }
        }
        whole
    }

    /// Multisets: every element has its own partner.
    pub(super) fn unordered(&mut self, gold: &[Value], answer: &[Value]) -> Reason {
        if gold.len() != answer.len() {
            return Reason::DifferentCount;
        }
        if gold.contains(&Value::Ellipsis) {
            return self.in_order(gold, answer);
        }
        self.matched(gold, answer)
    }

    pub(super) fn matched(&mut self, gold: &[Value], answer: &[Value]) -> Reason {
        if self.budget.spend((gold.len() + answer.len()) as u64).is_err() {
            return Reason::OverBudget;
        }
        // The same expression first: it needs no proof.
        let (left, mut free) = without_common(gold, answer);
        let mut whole = Reason::Exact;
        let mut undecided = None;
        for item in left {
            let mut partner = None;
            let mut open = None;
            for (at, other) in free.iter().enumerate() {
                let reason = self.values(item, other);
                match reason.verdict() {
                    Verdict::Equal => {
                        partner = Some((at, reason));
                        break;
                    }
                    Verdict::Undecided => open = Some(reason),
                    Verdict::Different => {}
                }
            }
            match partner {
                Some((at, reason)) => {
                    free.swap_remove(at);
                    whole = weakest(whole, reason);
                }
                // An element that equals none of the others decides.
                None => match open {
                    None => return Reason::DifferentValue,
                    open => undecided = open,
                },
            }
        }
        undecided.unwrap_or(whole)
    }

    pub(super) fn sets(&mut self, gold: &[Value], answer: &[Value]) -> Reason {
        let (gold, answer) = (self.distinct(gold), self.distinct(answer));
        if gold.len() != answer.len() {
            return Reason::DifferentCount;
        }
        self.unordered(&gold, &answer)
    }

    /// The elements without repetitions: of many, only those that are written alike.
    pub(super) fn distinct(&mut self, items: &[Value]) -> Vec<Value> {
        let mut kept: Vec<Value> = Vec::with_capacity(items.len());
        let mut known = HashSet::with_capacity(items.len());
        for item in items {
            let again = !known.insert(Key::of(item))
                || items.len() < 100
                    && kept.iter().any(|other| self.values(other, item) == Reason::Exact);
            if !again {
                kept.push(item.clone());
            }
        }
        kept
    }

    /// A bare list takes the other side's brackets.
    pub(super) fn bare_list(
        &mut self,
        list: &[Value],
        other: &Value,
        list_is_gold: bool,
    ) -> Reason {
        if let Some(letters) = options_in_a_row(other) {
            let inner = self.unordered(list, &letters);
            return Self::lenient(
                self.policy.option_letters,
                inner,
                Reason::OptionLetter,
                Reason::DifferentKind,
            );
        }
        let inner = match other {
            Value::Tuple(_, items) if items.len() == list.len() => {
                let bare: Vec<Value> = list.iter().map(without_name).collect();
                if list_is_gold { self.in_order(&bare, items) } else { self.in_order(items, &bare) }
            }
            Value::Set(items) => {
                if list_is_gold {
                    self.unordered(list, items)
                } else {
                    self.unordered(items, list)
                }
            }
            Value::Tuple(..) => Reason::DifferentCount,
            Value::Matrix(columns, cells) if *columns == 1 || cells.len() == *columns => {
                let cells: Vec<Value> = cells.iter().cloned().map(Value::from).collect();
                if list_is_gold { self.in_order(list, &cells) } else { self.in_order(&cells, list) }
            }
            Value::Equation(_) => Reason::DifferentKind,
            _ => {
                return if list.len() > 1 { Reason::DifferentCount } else { Reason::DifferentKind };
            }
        };
        Self::lenient(
            self.policy.adopt_brackets,
            inner,
            Reason::BracketsTaken,
            Reason::DifferentKind,
        )
    }

    pub(super) fn cells(&mut self, gold: &[Expr], answer: &[Expr]) -> Reason {
        let mut whole = Reason::Exact;
        for (a, b) in gold.iter().zip(answer) {
            let part = self.exprs(a, b);
            whole = weakest(whole, part);
            if whole.verdict() == Verdict::Different {
                return whole;
            }
        }
        whole
    }

    pub(super) fn vector(
        &mut self,
        columns: usize,
        cells: &[Expr],
        items: &[Value],
        matrix_is_gold: bool,
    ) -> Reason {
        if cells.len() != items.len() {
            return Reason::DifferentCount;
        }
        if columns != 1 && columns != cells.len() {
            return Reason::DifferentKind;
        }
        let cells: Vec<Value> = cells.iter().cloned().map(Value::from).collect();
        if matrix_is_gold { self.in_order(&cells, items) } else { self.in_order(items, &cells) }
    }

    /// Sets of reals, whichever way they are written.
    pub(super) fn reals(&mut self, gold: &Value, answer: &Value) -> Reason {
        match (as_reals(gold, self.budget), as_reals(answer, self.budget)) {
            (Some(a), Some(b)) => {
                let decision = a.same(&b, self.budget);
                self.decided(decision)
            }
            _ => match (gold, answer) {
                (Value::Inequality(..), _) | (_, Value::Inequality(..)) => Reason::Unproved,
                _ => Reason::DifferentKind,
            },
        }
    }
}

/// What elements that need no proof to be equal have in common.
#[derive(PartialEq, Eq, Hash)]
enum Key<'v> {
    /// However it is written.
    Scalar(&'v Expr),
    Other(&'v Value),
}

impl<'v> Key<'v> {
    fn of(value: &'v Value) -> Self {
        value.as_expr().map_or(Self::Other(value), Self::Scalar)
    }
}

/// What is left of two collections without the elements that stand in both.
fn without_common<'v>(gold: &'v [Value], answer: &'v [Value]) -> (Vec<&'v Value>, Vec<&'v Value>) {
    let mut known: HashMap<Key<'v>, Vec<usize>> = HashMap::with_capacity(answer.len());
    for (at, value) in answer.iter().enumerate() {
        known.entry(Key::of(value)).or_default().push(at);
    }
    let mut taken = vec![false; answer.len()];
    let left = gold
        .iter()
        .filter(|value| match known.get_mut(&Key::of(value)).and_then(Vec::pop) {
            Some(at) => {
                taken[at] = true;
                false
            }
            None => true,
        })
        .collect();
    let free =
        answer.iter().zip(taken).filter(|(_, taken)| !taken).map(|(value, _)| value).collect();
    (left, free)
}

/// The letters of `ABD`, several options written as one.
fn options_in_a_row(value: &Value) -> Option<Vec<Value>> {
    let Some(Expr::Product(factors)) = value.as_expr() else { return None };
    let is_option = |factor: &Expr| matches!(factor, Expr::Variable(name) if matches!(name.as_str().as_bytes(), [b'A'..=b'H']));
    factors.iter().all(is_option).then(|| factors.iter().cloned().map(Value::from).collect())
}

fn without_name(value: &Value) -> Value {
    match value {
        Value::Named(named) => named.value.clone(),
        other => other.clone(),
    }
}

/// A set of reals out of a value: an interval, a finite set, a pair of ascending bounds.
pub(crate) fn as_reals(value: &Value, budget: &mut Budget) -> Option<Reals> {
    match value {
        Value::Reals(reals) => Some(reals.clone()),
        Value::Tuple(brackets, items) => {
            let [low, high] = &items[..] else { return None };
            let (low, high) = (low.as_expr()?.clone(), high.as_expr()?.clone());
            // Bounds that cannot be ordered may still be bounds.
            if crate::value::reals::order(&low, &high, budget)
                .is_ok_and(|order| order != Ordering::Less)
            {
                return None;
            }
            let bound = |at| {
                if *brackets == Brackets::Square { Bound::closed(at) } else { Bound::open(at) }
            };
            Some(Reals { intervals: vec![Interval { low: bound(low), high: bound(high) }] })
        }
        Value::Set(items) => {
            let points: Option<Vec<Reals>> = items
                .iter()
                .map(|item| item.as_expr().map(|at| Reals::point(at.clone())))
                .collect();
            Some(Reals::union(points?, budget))
        }
        Value::List(items) => {
            let parts: Option<Vec<Reals>> = items
                .iter()
                .map(|item| match item {
                    Value::Reals(_) | Value::Tuple(..) => as_reals(item, budget),
                    _ => None,
                })
                .collect();
            Some(Reals::union(parts?, budget))
        }
        _ => None,
    }
}
