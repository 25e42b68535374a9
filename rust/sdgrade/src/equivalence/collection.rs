//! Tuples, lists, sets, vectors and sets of reals.

use super::labels::{
    Labels, by_name, in_parts, in_turn, is_labelled, is_named, is_remarked, is_told_apart,
    without_labels,
};
use super::{Equivalence, is_equal, weakest};
use crate::canonical::{self, Decision, Expr, Function};
use crate::value::{Brackets, Interval, NoteKind, Quantity, Unit, Value, as_reals};
use crate::{Reason, Verdict};
use std::collections::{HashMap, HashSet};

/// A list with the unit of its last item behind each, where no other has one.
fn with_last_unit(items: &[Value]) -> Option<Vec<Value>> {
    let [before @ .., Value::Quantity(last)] = items else { return None };
    let unit = last.unit.as_ref().filter(|unit| matches!(unit, Unit::Measure(_)))?;
    let all = before.iter().map(|item| match item {
        Value::Quantity(bare) if bare.unit.is_none() => {
            Some(Value::Quantity(Quantity { unit: Some(unit.clone()), ..bare.clone() }))
        }
        _ => None,
    });
    all.chain([Some(Value::Quantity(last.clone()))]).collect()
}

impl Equivalence<'_> {
    pub(super) fn in_order(&mut self, gold: &[Value], answer: &[Value]) -> Reason {
        if gold.len() != answer.len() {
            return other_count(gold, answer);
        }
        let mut whole = Reason::Exact;
        for (a, b) in gold.iter().zip(answer) {
            let part = self.elements(a, b);
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
            return other_count(gold, answer);
        }
        if gold.contains(&Value::Ellipsis) {
            return self.in_order(gold, answer);
        }
        self.matched(gold, answer)
    }

    pub(super) fn matched(&mut self, gold: &[Value], answer: &[Value]) -> Reason {
        if self.budget.spend((gold.len() + answer.len()) as u64).is_err() {
            return Reason::OverBudgetAnswer;
        }
        // The same expression first: it needs no proof.
        let (left, free) = without_common(gold, answer);
        let mut taken = vec![false; free.len()];
        let mut whole = Reason::Exact;
        // Of each element without a partner, those that it may yet equal.
        let mut single: Vec<Vec<(usize, Reason)>> = Vec::new();
        for item in left {
            let mut partner = None;
            let mut open = Vec::new();
            for (at, other) in free.iter().enumerate().filter(|&(at, _)| !taken[at]) {
                let reason = self.elements(item, other);
                match reason.verdict() {
                    Verdict::Equal => {
                        partner = Some((at, reason));
                        break;
                    }
                    Verdict::Undecided => open.push((at, reason)),
                    Verdict::Different => {}
                }
            }
            match partner {
                Some((at, reason)) => {
                    taken[at] = true;
                    whole = weakest(whole, reason);
                }
                None if open.is_empty() => return Reason::DifferentValue,
                None => single.push(open),
            }
        }
        // An element of either side that equals none of the other side decides.
        let mut reached = taken.clone();
        for open in &mut single {
            open.retain(|&(at, _)| !taken[at]);
            for &(at, _) in open.iter() {
                reached[at] = true;
            }
        }
        if single.iter().any(Vec::is_empty) || reached.contains(&false) {
            return Reason::DifferentValue;
        }
        single.last().and_then(|open| open.last()).map_or(whole, |&(_, reason)| reason)
    }

    pub(super) fn sets(&mut self, gold: &[Value], answer: &[Value]) -> Reason {
        let ((gold, ours), (answer, theirs)) = (self.distinct(gold), self.distinct(answer));
        let found = if gold.len() == answer.len() {
            self.unordered(&gold, &answer)
        } else {
            other_count(&gold, &answer)
        };
        // Where two elements may yet be one, nobody knows how many there are. What has no value is one of
        // its own.
        let open = [ours, theirs]
            .into_iter()
            .flatten()
            .find(|&open| !is_undefined(open) || found == Reason::DifferentCount);
        match (found.verdict(), open) {
            (Verdict::Different, Some(open)) => open,
            _ => found,
        }
    }

    /// The elements without repetitions (of many, only those that are written alike), and why it is left
    /// open whether two of them are one.
    pub(super) fn distinct(&mut self, items: &[Value]) -> (Vec<Value>, Option<Reason>) {
        let mut open = None;
        let mut kept: Vec<Value> = Vec::with_capacity(items.len());
        let mut known = HashSet::with_capacity(items.len());
        for item in items {
            let again = !known.insert(Key::of(item))
                || items.len() < 100
                    && kept.iter().any(|other| {
                        let found = self.elements(other, item);
                        // What has no value is one of its own, and leaves least open.
                        if found.verdict() == Verdict::Undecided && open.is_none_or(is_undefined) {
                            open = Some(found);
                        }
                        found == Reason::Exact
                    });
            if !again {
                kept.push(item.clone());
            }
        }
        (kept, open)
    }

    /// Two bare lists. Of `5, 7, 9 \text{ cm}` the unit may be that of all items.
    pub(super) fn lists(&mut self, gold: &[Value], answer: &[Value]) -> Reason {
        let found = self.lists_as_written(gold, answer);
        let (ours, theirs) = (with_last_unit(gold), with_last_unit(answer));
        if !is_equal(found) || ours.is_none() && theirs.is_none() {
            return found;
        }
        let ours = ours.unwrap_or_else(|| gold.to_vec());
        let theirs = theirs.unwrap_or_else(|| answer.to_vec());
        match self.lists_as_written(&ours, &theirs).verdict() {
            Verdict::Different => Reason::Unproved,
            _ => found,
        }
    }

    /// Two bare lists, whose items may be labelled.
    fn lists_as_written(&mut self, gold: &[Value], answer: &[Value]) -> Reason {
        // `(0, 0, 0), (1, 1, 2) \text{ and its permutations}`
        let permuted =
            |items: &[Value]| items.iter().any(|item| matches!(item, Value::Permutations(_)));
        if permuted(gold) != permuted(answer) {
            return match (spread_orders(gold), spread_orders(answer)) {
                (Some(gold), Some(answer)) => self.unordered(&gold, &answer),
                _ => Reason::Unproved,
            };
        }
        let (ours, theirs) = (Labels::of(gold), Labels::of(answer));
        let both = |is: fn(&Value) -> bool| [gold, answer].iter().all(|items| items.iter().any(is));
        if both(is_labelled) || both(is_remarked) {
            let outer = std::mem::replace(&mut self.notes_bind, true);
            let found = self.unordered(gold, answer);
            self.notes_bind = outer;
            return found;
        }
        let label = |this: &Self, inner| {
            Self::lenient(
                this.policy.ignore_label,
                inner,
                Reason::LabelIgnored,
                Reason::UnmatchedNote,
            )
        };
        let name = |this: &Self, inner| {
            Self::lenient(
                this.policy.ignore_name,
                inner,
                Reason::NameIgnored,
                Reason::DifferentName,
            )
        };
        match (ours, theirs) {
            (Labels::Parts, Labels::None) if !answer.iter().any(is_told_apart) => {
                let inner = self.in_order(&in_parts(gold), answer);
                label(self, inner)
            }
            (Labels::None, Labels::Parts) if !gold.iter().any(is_told_apart) => {
                let inner = self.in_order(gold, &in_parts(answer));
                label(self, inner)
            }
            (Labels::Words, Labels::None) if !answer.iter().any(is_told_apart) => {
                let inner = self.unordered(&without_labels(gold), answer);
                label(self, inner)
            }
            (Labels::None, Labels::Words) if !gold.iter().any(is_told_apart) => {
                let inner = self.unordered(gold, &without_labels(answer));
                label(self, inner)
            }
            (Labels::Names, Labels::None) if !answer.iter().any(is_named) => {
                let inner = self.in_order(&by_name(gold), answer);
                name(self, inner)
            }
            (Labels::None, Labels::Names) if !gold.iter().any(is_named) => {
                let inner = self.in_order(gold, &by_name(answer));
                name(self, inner)
            }
            _ if gold.len() == answer.len() && (in_turn(gold) || in_turn(answer)) => {
                self.in_order(gold, answer)
            }
            _ => self.unordered(gold, answer),
        }
    }

    /// A tuple with all its permutations against a list of tuples.
    pub(super) fn permuted(&mut self, items: &[Value], other: &Value, all_is_gold: bool) -> Reason {
        let (Value::List(others) | Value::Set(others)) = other else {
            return match other {
                // One of them is not all of them, unless there is but one.
                Value::Tuple(..) => {
                    let same = self.distinct(items).0.len() == 1;
                    let tuple = Value::Tuple(Brackets::Round, items.to_vec());
                    if same { self.values(&tuple, other) } else { Reason::DifferentCount }
                }
                _ => Reason::DifferentKind,
            };
        };
        let distinct = permutations(items, others.len());
        let Some(distinct) = distinct else { return Reason::DifferentCount };
        if all_is_gold {
            self.unordered(&distinct, others)
        } else {
            self.unordered(others, &distinct)
        }
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
            Value::Tuple(_, items) => {
                let bare = match Labels::of(list) {
                    Labels::Parts => in_parts(list),
                    Labels::Names => by_name(list),
                    Labels::Words => without_labels(list),
                    Labels::None => list.to_vec(),
                };
                let inner = if list_is_gold {
                    self.in_order(&bare, items)
                } else {
                    self.in_order(items, &bare)
                };
                return Self::lenient(
                    self.policy.adopt_brackets,
                    inner,
                    Reason::BracketsTaken,
                    Reason::DifferentKind,
                );
            }
            Value::Set(items) => {
                if list_is_gold {
                    self.unordered(list, items)
                } else {
                    self.unordered(items, list)
                }
            }
            Value::Matrix(columns, cells) if *columns == 1 || cells.len() == *columns => {
                let cells: Vec<Value> = cells.iter().cloned().map(Value::Quantity).collect();
                if list_is_gold { self.in_order(list, &cells) } else { self.in_order(&cells, list) }
            }
            // `\frac12 \text{ or } 0.5`: one value in several spellings is that value.
            Value::Quantity(_) if list.iter().all(|item| matches!(item, Value::Quantity(_))) => {
                if (1..list.len()).any(|at| list[..at].contains(&list[at])) {
                    return Reason::DifferentCount;
                }
                let mut whole = Reason::Exact;
                for item in list {
                    let found = if list_is_gold {
                        self.values(item, other)
                    } else {
                        self.values(other, item)
                    };
                    if found.verdict() == Verdict::Different {
                        return Reason::DifferentCount;
                    }
                    whole = weakest(whole, found);
                }
                whole
            }
            Value::Equation(_) => Reason::DifferentKind,
            _ if list.iter().any(is_other_case) => return Reason::Unproved,
            _ => return Reason::DifferentCount,
        };
        if let Value::Quantity(_) = other {
            return inner;
        }
        self.brackets_taken(inner)
    }

    pub(super) fn cells(&mut self, gold: &[Quantity], answer: &[Quantity]) -> Reason {
        let mut whole = Reason::Exact;
        for (a, b) in gold.iter().zip(answer) {
            let part = self.scalars(a, b);
            whole = weakest(whole, part);
            if whole.verdict() == Verdict::Different {
                return whole;
            }
        }
        whole
    }

    /// A column of two numbers beside a number, which is the binomial coefficient of the two, or none.
    pub(super) fn column_and_number(&mut self, cells: &[Quantity], number: &Expr) -> Reason {
        let pair = cells.iter().map(|cell| cell.expr.clone()).collect();
        let ways = Expr::function(Function::Binomial, pair);
        // Written as one on the other side, it is one.
        if ways == *number {
            return Reason::Exact;
        }
        match canonical::equal(&ways, number, self.budget) {
            Decision::Equal(_) => Reason::Unproved,
            _ => Reason::DifferentKind,
        }
    }

    pub(super) fn vector(
        &mut self,
        columns: usize,
        cells: &[Quantity],
        items: &[Value],
        matrix_is_gold: bool,
    ) -> Reason {
        if cells.len() != items.len() {
            return Reason::DifferentCount;
        }
        if columns != 1 && columns != cells.len() {
            return Reason::DifferentKind;
        }
        let cells: Vec<Value> = cells.iter().cloned().map(Value::Quantity).collect();
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
                (Value::Inequality(..), _) | (_, Value::Inequality(..)) => Reason::Unsolved,
                (Value::Text(_) | Value::Structure(..), _)
                | (_, Value::Text(_) | Value::Structure(..)) => Reason::Unproved,
                _ => Reason::DifferentKind,
            },
        }
    }

    /// Unions of intervals whose ends cannot be ordered: the same intervals in any order.
    pub(super) fn spread(&mut self, gold: &Value, answer: &Value) -> Reason {
        let (Value::Spread(gold), Value::Spread(answer)) = (gold, answer) else {
            return Reason::Unproved;
        };
        let mut free: Vec<&Interval> = answer.iter().collect();
        for interval in gold {
            let partner = free
                .iter()
                .position(|other| matches!(interval.same(other, self.budget), Decision::Equal(_)));
            match partner {
                Some(at) => {
                    free.swap_remove(at);
                }
                None => return Reason::Unproved,
            }
        }
        if free.is_empty() { Reason::Exact } else { Reason::Unproved }
    }
}

fn is_undefined(reason: Reason) -> bool {
    matches!(reason, Reason::UndefinedGold | Reason::UndefinedAnswer)
}

/// The items of a list with all the orders of those that are permuted, if these are few.
fn spread_orders(items: &[Value]) -> Option<Vec<Value>> {
    const MOST_ORDERS: usize = 5;
    let mut all = Vec::new();
    for item in items {
        match item {
            Value::Permutations(parts) if parts.len() <= MOST_ORDERS => {
                let orders = (1..=120).find_map(|count| permutations(parts, count))?;
                all.extend(orders);
            }
            Value::Permutations(_) => return None,
            other => all.push(other.clone()),
        }
    }
    Some(all)
}

/// The distinct permutations of a few things, if there are as many as asked for.
fn permutations(items: &[Value], count: usize) -> Option<Vec<Value>> {
    let mut all: Vec<Vec<Value>> = vec![Vec::new()];
    for item in items {
        let mut next: Vec<Vec<Value>> = Vec::new();
        for order in &all {
            for at in 0..=order.len() {
                let mut longer = order.clone();
                longer.insert(at, item.clone());
                if !next.contains(&longer) {
                    next.push(longer);
                }
            }
            if next.len() > count {
                return None;
            }
        }
        all = next;
    }
    (all.len() == count)
        .then(|| all.into_iter().map(|items| Value::Tuple(Brackets::Round, items)).collect())
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

/// Whether an item is what holds `otherwise`: then the items are the cases of one value.
fn is_other_case(item: &Value) -> bool {
    item.parts().1.iter().any(|note| {
        note.kind == NoteKind::Condition
            && matches!(&note.body, Value::Text(words) if words == "otherwise")
    })
}

/// The letters of `ABD`, several options written as one.
fn options_in_a_row(value: &Value) -> Option<Vec<Value>> {
    let is_letter = |letter: u8| matches!(letter, b'A'..=b'H');
    let factors = match value.as_expr()? {
        Expr::Product(factors) => factors,
        // `AC` is a segment too, but not beside a list.
        Expr::Variable(name) => match *name.as_str().as_bytes() {
            [first, second] if is_letter(first) && is_letter(second) && first != second => {
                let letter = |letter: u8| Expr::variable(char::from(letter).to_string().as_str());
                return Some(vec![letter(first).into(), letter(second).into()]);
            }
            _ => return None,
        },
        _ => return None,
    };
    let is_option = |factor: &Expr| matches!(factor, Expr::Variable(name) if matches!(name.as_str().as_bytes(), &[letter] if is_letter(letter)));
    factors.iter().all(is_option).then(|| factors.iter().cloned().map(Value::from).collect())
}

/// Two lists of different lengths. With dots in one that are not spelled out nobody can tell, unless it has no
/// end and the other has.
fn other_count(gold: &[Value], answer: &[Value]) -> Reason {
    let dots = |items: &[Value]| items.iter().position(|item| *item == Value::Ellipsis);
    let has_cases = |items: &[Value]| items.iter().any(is_other_case);
    let endless = |items: &[Value]| dots(items).is_some_and(|at| at + 1 == items.len());
    match (dots(gold), dots(answer)) {
        (None, None) if has_cases(gold) != has_cases(answer) => Reason::Unproved,
        (None, None) => Reason::DifferentCount,
        (Some(_), Some(_)) => Reason::Unproved,
        _ if endless(gold) || endless(answer) => Reason::DifferentCount,
        _ => Reason::Unproved,
    }
}
