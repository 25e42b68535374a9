//! Dots that leave one natural reading: `1 + 2 + … + n`, `1 \cdot 2 \cdots n`, `\sqrt{2 + \sqrt{2 + …}}`, and in
//! lists `1, 2, …, 10`.

use super::{Lowered, Lowering};
use crate::canonical::{self, Decision, Expr, Function, Proof, Rational, SeriesKind, Symbol};
use crate::value::{Quantity, Value};

/// The most terms that may stand beside indexed ones, on either side.
const MOST_BESIDE: usize = 2;

/// Terms in even steps, of which dots leave out the most.
struct Run<'e> {
    first: &'e Expr,
    last: &'e Expr,
    step: i64,
}

impl Lowering<'_> {
    /// `1 + 2 + … + n` as `n(n+1)/2`.
    pub(super) fn sum_with_dots(&mut self, terms: Vec<Expr>) -> Value {
        self.closed_sum(&terms)
            .or_else(|| self.with_indexed(SeriesKind::Sum, &terms))
            .unwrap_or_else(|| Expr::sum(terms))
            .into()
    }

    fn closed_sum(&mut self, terms: &[Expr]) -> Option<Expr> {
        let Run { first, last, step } = self.run(terms)?;
        let span = Expr::difference(last.clone(), first.clone());
        let steps = Expr::quotient(span, Expr::integer(step));
        let count = Expr::sum(vec![steps, Expr::integer(1)]);
        let ends = Expr::sum(vec![first.clone(), last.clone()]);
        Some(Expr::quotient(Expr::product(vec![count, ends]), Expr::integer(2)))
    }

    /// `1 \cdot 2 \cdots n` as `n!`, `n(n-1) \cdots 2` too.
    pub(super) fn product_with_dots(&mut self, factors: Vec<Expr>) -> Value {
        self.closed_product(&factors)
            .or_else(|| self.with_indexed(SeriesKind::Product, &factors))
            .unwrap_or_else(|| Expr::product(factors))
            .into()
    }

    fn closed_product(&mut self, factors: &[Expr]) -> Option<Expr> {
        let Run { first, last, step } = self.run(factors)?;
        let (low, high) = match step {
            1 => (first, last),
            -1 => (last, first),
            _ => return None,
        };
        let factorial = |of: Expr| Expr::function(Function::Factorial, vec![of]);
        let below = Expr::difference(low.clone(), Expr::integer(1));
        Some(Expr::quotient(factorial(high.clone()), factorial(below)))
    }

    /// Indexed terms with others before or behind them: `v(v - a_1)(v - a_2) \cdots (v - a_n)`.
    fn with_indexed(&mut self, kind: SeriesKind, terms: &[Expr]) -> Option<Expr> {
        let dots = terms.iter().position(is_dots)?;
        let before = 0..=dots.checked_sub(2)?.min(MOST_BESIDE);
        let behind = 0..=terms.len().checked_sub(dots + 2)?.min(MOST_BESIDE);
        before.flat_map(|first| behind.clone().map(move |last| (first, last))).find_map(
            |(first, last)| {
                let end = terms.len() - last;
                let series = self.indexed(kind, &terms[first..end])?;
                let rest = terms[..first].iter().chain(&terms[end..]).cloned();
                let all = rest.chain([series]).collect();
                Some(match kind {
                    SeriesKind::Sum => Expr::sum(all),
                    SeriesKind::Product => Expr::product(all),
                })
            },
        )
    }

    /// `a_1 + a_2 + … + a_n` as the series of `a_i`: terms that differ in one index, which goes on by one.
    fn indexed(&mut self, kind: SeriesKind, terms: &[Expr]) -> Option<Expr> {
        let dots = terms.iter().position(is_dots)?;
        let terms: Vec<Expr> = terms.iter().map(with_applied_indices).collect();
        let (before, after) = (&terms[..dots], &terms[dots + 1..]);
        if before.len() < 2 || after.is_empty() || after.iter().any(is_dots) {
            return None;
        }
        let all = || before.iter().chain(after);
        let indices: Vec<Expr> = all().map(index_of).collect::<Option<_>>()?;
        let place = Symbol::bound(0)?;
        let pattern =
            all().zip(&indices).find_map(|(term, index)| self.pattern(term, index, &place))?;
        for (term, index) in all().zip(&indices) {
            let same = canonical::equal(&pattern.substitute(&place, index), term, self.budget);
            if same != Decision::Equal(Proof::Exact) {
                return None;
            }
        }
        let (shown, ends) = indices.split_at(before.len());
        let step = self.whole(&Expr::difference(shown[1].clone(), shown[0].clone()))?;
        for side in [shown, ends] {
            for pair in side.windows(2) {
                if self.whole(&Expr::difference(pair[1].clone(), pair[0].clone()))? != step {
                    return None;
                }
            }
        }
        let (first, last) = (shown[0].clone(), ends[ends.len() - 1].clone());
        let (low, high) = match step {
            1 => (first, last),
            -1 => (last, first),
            _ => return None,
        };
        Some(Expr::series(kind, place, low, high, pattern))
    }

    /// A term whose index is a letter and an integer, as a function of its index.
    fn pattern(&mut self, term: &Expr, index: &Expr, place: &Symbol) -> Option<Expr> {
        let letters = index.variables();
        let mut letters = letters.into_iter();
        let (Some(letter), None) = (letters.next(), letters.next()) else { return None };
        let shift = Expr::difference(index.clone(), Expr::variable(letter.clone()));
        let shift = self.whole(&shift)?;
        let at = Expr::sum(vec![Expr::variable(place.clone()), Expr::integer(-shift)]);
        let pattern = term.substitute(&letter, &at);
        (!pattern.mentions(&letter)).then_some(pattern)
    }

    /// The even steps before and behind the dots. Between numbers it takes three to tell them from others
    /// (`1 + 2 + … + 64`), where an end is a multiple of a letter two.
    fn run<'e>(&mut self, terms: &'e [Expr]) -> Option<Run<'e>> {
        let dots = terms.iter().position(is_dots)?;
        let (before, after) = (&terms[..dots], &terms[dots + 1..]);
        let ([first, second, ..], Some(last)) = (before, after.last()) else { return None };
        if after.iter().any(is_dots) {
            return None;
        }
        let step = self.whole(&Expr::difference(second.clone(), first.clone()))?;
        for side in [before, after] {
            for pair in side.windows(2) {
                if self.whole(&Expr::difference(pair[1].clone(), pair[0].clone()))? != step {
                    return None;
                }
            }
        }
        let span = Expr::difference(last.clone(), first.clone());
        let letters = span.variables();
        let mut names = letters.iter();
        let fits = match (names.next(), names.next()) {
            (None, _) => before.len() > 2 && self.whole(&span)?.checked_rem(step)? == 0,
            (Some(letter), None) => {
                let linear = canonical::coefficients(&span, letter, self.budget).ok()?;
                let [rest, factor] = <[Expr; 2]>::try_from(linear).ok()?;
                let (rest, factor) = (self.whole(&rest)?, self.whole(&factor)?);
                rest.checked_rem(step)? == 0
                    && factor.checked_rem(step)? == 0
                    && factor.checked_div(step)? > 0
            }
            // `n(n-1) \cdots (n-k+1)`
            (Some(_), Some(_)) => step == -1,
        };
        fits.then_some(Run { first, last, step })
    }

    fn whole(&mut self, expr: &Expr) -> Option<i64> {
        let number = canonical::normalise(expr, self.budget).ok()?;
        number.as_rational().filter(Rational::is_integer)?.to_i64()
    }

    /// The value of endless nesting: what holds itself in the place of the dots.
    pub(super) fn endless(&mut self, value: Value) -> Value {
        match value {
            Value::Quantity(Quantity { expr, decimal, unit, evaluated, lettered: None })
                if expr.mentions(&Symbol::ellipsis()) =>
            {
                let expr = self.unfolded(expr);
                Value::Quantity(Quantity { expr, decimal, unit, evaluated, lettered: None })
            }
            other => other,
        }
    }

    fn unfolded(&mut self, expr: Expr) -> Expr {
        let dots = Symbol::ellipsis();
        // In f(f(…)) the inside is what takes the place of the dots in itself.
        let inside = expr.part(&|part| {
            part.mentions(&dots) && *part != expr && part.substitute(&dots, part) == expr
        });
        let Some(inside) = inside else { return expr };
        let Some(name) = Symbol::parameter(0) else { return expr };
        let once = inside.substitute(&dots, &Expr::variable(name.clone()));
        canonical::nested(&once, &name, self.budget).unwrap_or(expr)
    }
}

/// `a_1`, a name with a number below, as `a` applied to 1, as `a_n` is to a letter.
fn with_applied_indices(term: &Expr) -> Expr {
    term.replace(&|name| {
        let (base, index) = name.as_str().rsplit_once('_')?;
        let index = Expr::integer(index.parse().ok()?);
        let name = Symbol::new(&format!("{base}_"));
        Some(Expr::function(Function::Named(name), vec![index]))
    })
}

/// The first index in a term.
fn index_of(term: &Expr) -> Option<Expr> {
    let indexed = term.part(&|part| {
        matches!(part, Expr::Function(Function::Named(name), arguments)
            if arguments.len() == 1 && name.as_str().ends_with('_'))
    })?;
    match indexed {
        Expr::Function(_, arguments) => arguments.first().cloned(),
        _ => None,
    }
}

fn is_dots(term: &Expr) -> bool {
    *term == Expr::variable(Symbol::ellipsis())
}

// Lists

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
