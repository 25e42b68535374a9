//! What three dots in a list stand for.

use super::{Lowered, Lowering};
use crate::canonical::{Expr, Rational};
use crate::value::Value;

/// The longest list that is spelled out.
const LONGEST: i64 = 1000;
/// What each term of it costs.
const TERM: u64 = 20;
/// Terms before the dots that say how a list goes on.
const SHOWN: usize = 3;

impl Lowering<'_> {
    /// `1, 2, …, 10` is ten numbers. Of a list without end, or with an end that is no number, the first
    /// three terms are kept, so that it does not matter how many were written. What is no arithmetic
    /// progression, or may be none (`2, 4, …, 64`), stays as it is.
    pub(super) fn spelled_out(&mut self, items: Vec<Value>) -> Lowered<Vec<Value>> {
        let Some(all) = spelled_out(&items) else { return Ok(items) };
        self.budget.spend(TERM * all.len() as u64)?;
        Ok(all)
    }
}

fn spelled_out(items: &[Value]) -> Option<Vec<Value>> {
    let dots = items.iter().position(|item| *item == Value::Ellipsis)?;
    let (before, after) = (&items[..dots], &items[dots + 1..]);
    if after.contains(&Value::Ellipsis) {
        return None;
    }
    let shown: Vec<&Rational> = before.iter().map(small).collect::<Option<_>>()?;
    let [first, second, ..] = shown[..] else { return None };
    let step = second - first;
    if step.is_zero() || shown.windows(2).any(|pair| pair[1] - pair[0] != step) {
        return None;
    }
    let term = |at: i64| first + &(&step * &Rational::from(at));
    let certain = shown.len() >= SHOWN || step.abs() == Rational::from(1);
    let ends: Option<Vec<&Rational>> = after.iter().map(small).collect();
    let Some(Some(last)) = ends.as_ref().map(|ends| ends.last()) else {
        // No end, or one that is no number.
        let start = (0..).take(SHOWN).map(|at| value(term(at), &items[0]));
        let rest = items[dots..].iter().cloned();
        return certain.then(|| start.chain(rest).collect());
    };
    let steps = (*last - first).divide(&step)?.to_i64()?;
    let count = Some(steps + 1).filter(|count| (1..=LONGEST).contains(count))?;
    let all: Vec<Rational> = (0..count).map(term).collect();
    let ends_fit =
        ends.iter().flatten().rev().zip(all.iter().rev()).all(|(end, term)| **end == *term);
    let fits = all.len() >= shown.len() + after.len() && all.last() == Some(*last) && ends_fit;
    (fits && (certain || !is_also_geometric(first, second, last)))
        .then(|| all.into_iter().map(|term| value(term, &items[0])).collect())
}

/// A number of a few digits, so that hundreds of terms are soon computed.
fn small(value: &Value) -> Option<&Rational> {
    value.as_expr()?.as_rational().filter(|number| number.to_small().is_some())
}

/// A number written as another one was.
fn value(number: Rational, like: &Value) -> Value {
    match like {
        Value::Quantity(quantity) => {
            let mut quantity = quantity.clone();
            quantity.expr = Expr::rational(number);
            quantity.decimal = None;
            Value::Quantity(quantity)
        }
        _ => Expr::rational(number).into(),
    }
}

/// Whether multiplying by `second / first` also comes to `last`.
fn is_also_geometric(first: &Rational, second: &Rational, last: &Rational) -> bool {
    let Some(ratio) = second.divide(first) else { return false };
    if ratio.abs() <= Rational::from(1) {
        return true;
    }
    let mut term = second.clone();
    while term.abs() < last.abs() && term.to_small().is_some() {
        term = &term * &ratio;
    }
    term == *last
}
