//! Functions by cases: two are the same if they agree wherever a case of one meets a case of the other.

use super::{Equivalence, is_equal};
use crate::canonical::{Decision, Expr, Rational, Symbol};
use crate::value::{Interval, Name, Named, Reals, Shape, Value, as_reals};
use crate::{Reason, Verdict};

/// A function of one real variable: its values, and where each holds.
struct Cases {
    variable: Symbol,
    pieces: Vec<(Value, Reals)>,
}

impl Cases {
    /// The same for the integers, if the letter is one that stands for them and each bound is one.
    fn of_integers(&self) -> Option<Self> {
        let ends = |at: &Expr| {
            at.infinite_sign().is_some() || at.as_rational().is_some_and(Rational::is_integer)
        };
        let pieces = self.pieces.iter().map(|(value, reals)| {
            let whole = reals.intervals().iter().all(|it| ends(&it.low.at) && ends(&it.high.at));
            let integers = reals.of_integers().filter(|_| whole)?;
            Some((value.clone(), integers))
        });
        let pieces = pieces.collect::<Option<_>>()?;
        matches!(self.variable.as_str(), "n" | "m" | "k")
            .then(|| Self { variable: self.variable.clone(), pieces })
    }
}

impl Equivalence<'_> {
    pub(super) fn piecewise(&mut self, a: &[Value], b: &[Value]) -> Reason {
        let matched = if a.len() == b.len() { self.matched(a, b) } else { Reason::Unproved };
        if is_equal(matched) {
            return matched;
        }
        if let Some(found) = self.by_residues(a, b) {
            return found;
        }
        let (Some(a), Some(b)) = (self.cases(a), self.cases(b)) else {
            // The same function may be cut into other cases.
            return undecided(matched);
        };
        if a.variable != b.variable {
            return undecided(matched);
        }
        let found = self.same_cases(&a, &b);
        if is_equal(found) {
            return found;
        }
        // Of a sequence, `n > 1` is `n \ge 2`.
        match (a.of_integers(), b.of_integers()) {
            (Some(a), Some(b)) => self.same_cases(&a, &b),
            _ => found,
        }
    }

    /// `|x|` and its two cases.
    pub(super) fn piecewise_and_whole(
        &mut self,
        cases: &[Value],
        whole: &Value,
        cases_are_gold: bool,
    ) -> Reason {
        let Some(cases) = self.cases(cases) else { return Reason::Unproved };
        let variable = cases.variable.clone();
        let whole = Cases { variable, pieces: vec![(whole.clone(), Reals::all())] };
        if cases_are_gold {
            self.same_cases(&cases, &whole)
        } else {
            self.same_cases(&whole, &cases)
        }
    }

    fn same_cases(&mut self, gold: &Cases, answer: &Cases) -> Reason {
        let mut whole = match self.same_domain(gold, answer) {
            Some(Decision::Equal(_)) => Reason::Exact,
            Some(Decision::Different(_)) => return Reason::DifferentValue,
            Some(Decision::Unknown(_)) | None => return Reason::Unproved,
        };
        for (ours, here) in &gold.pieces {
            for (theirs, there) in &answer.pieces {
                let Ok(both) = here.intersection(there, self.budget) else {
                    return Reason::Unproved;
                };
                for interval in both.intervals() {
                    for place in places(interval) {
                        let at = |value: &Value| {
                            let place =
                                |name: &Symbol| (*name == gold.variable).then(|| place.clone());
                            value.clone().rename(&place)
                        };
                        let part = self.values(&at(ours), &at(theirs));
                        if !is_equal(part) {
                            return part;
                        }
                        whole = whole.max(part);
                    }
                }
            }
        }
        whole
    }

    /// Whether two are defined for the same numbers; `None` where that cannot be said.
    fn same_domain(&mut self, gold: &Cases, answer: &Cases) -> Option<Decision> {
        let mut domain = |cases: &Cases| {
            let parts = cases.pieces.iter().map(|(_, reals)| reals.clone()).collect();
            Reals::union(parts, self.budget).ok()
        };
        let (gold, answer) = (domain(gold)?, domain(answer)?);
        Some(gold.same(&answer, self.budget))
    }

    /// Cases whose conditions are sets of reals for one variable, or `otherwise` in the last.
    fn cases(&mut self, parts: &[Value]) -> Option<Cases> {
        let mut variable = None;
        let mut pieces: Vec<(Value, Reals)> = Vec::with_capacity(parts.len());
        for (at, part) in parts.iter().enumerate() {
            let Value::Structure(Shape::Case, pair) = part else { return None };
            let [value, condition] = &pair[..] else { return None };
            let reals = match condition {
                Value::Named(named) => {
                    let name = real_variable(named)?;
                    if *variable.get_or_insert_with(|| name.clone()) != name {
                        return None;
                    }
                    match &named.value {
                        Value::Quantity(point) => Reals::point(point.expr.clone()),
                        other => as_reals(other, self.budget)?,
                    }
                }
                Value::Disequation(difference) => {
                    let (name, point) = single_point(difference)?;
                    if *variable.get_or_insert_with(|| name.clone()) != name {
                        return None;
                    }
                    Reals::point(point).complement()
                }
                Value::Text(words) if words == "otherwise" && at + 1 == parts.len() => {
                    let before = pieces.iter().map(|(_, reals)| reals.clone()).collect();
                    Reals::union(before, self.budget).ok()?.complement()
                }
                _ => return None,
            };
            pieces.push((value.clone(), reals));
        }
        Some(Cases { variable: variable?, pieces })
    }
}

fn undecided(found: Reason) -> Reason {
    if found.verdict() == Verdict::Different { Reason::Unproved } else { found }
}

/// The variable of a condition such as `x > 2`.
fn real_variable(named: &Named) -> Option<Symbol> {
    match &named.names[..] {
        [Name { expr: Some(expr), .. }] => as_variable(expr),
        _ => None,
    }
}

fn as_variable(expr: &Expr) -> Option<Symbol> {
    match expr {
        Expr::Variable(name) => Some(name.clone()),
        _ => None,
    }
}

/// `x - a` with a constant `a`, which is 0 at one point.
fn single_point(difference: &Expr) -> Option<(Symbol, Expr)> {
    let mut names = difference.variables().into_iter();
    let (name, None) = (names.next()?, names.next()) else { return None };
    let point = Expr::negate(difference.substitute(&name, &Expr::integer(0)));
    let line = Expr::difference(Expr::variable(name.clone()), point.clone());
    (line == *difference).then_some((name, point))
}

/// Expressions in a free variable that together run over an interval, and over nothing else.
fn places(interval: &Interval) -> Vec<Expr> {
    let Some(free) = Symbol::bound(7).map(Expr::variable) else { return Vec::new() };
    let square = || Expr::power(free.clone(), Expr::integer(2));
    // From 0 on, with it or without it.
    let distance = |closed: bool| {
        if closed { square() } else { Expr::power(free.clone(), Expr::integer(-2)) }
    };
    let (low, high) = (&interval.low, &interval.high);
    match (low.at.infinite_sign(), high.at.infinite_sign()) {
        (Some(_), Some(_)) => vec![free],
        (None, Some(_)) => vec![Expr::sum(vec![low.at.clone(), distance(low.closed)])],
        (Some(_), None) => vec![Expr::difference(high.at.clone(), distance(high.closed))],
        (None, None) => {
            // The share comes near 1 and never to it.
            let distance = if low.closed { square() } else { Expr::power(Expr::e(), free.clone()) };
            let share =
                Expr::quotient(distance.clone(), Expr::sum(vec![Expr::integer(1), distance]));
            let length = Expr::difference(high.at.clone(), low.at.clone());
            let inside = Expr::sum(vec![low.at.clone(), Expr::product(vec![length, share])]);
            let end = high.closed.then(|| high.at.clone());
            [inside].into_iter().chain(end).collect()
        }
    }
}
