//! Dots that leave one natural reading: `1 + 2 + … + n`, `1 \cdot 2 \cdots n`, `\sqrt{2 + \sqrt{2 + …}}`.

use super::Lowering;
use crate::canonical::{self, Expr, Function, Symbol};
use crate::value::{Quantity, Value};

/// Terms in even steps, of which dots leave out the most.
struct Run<'e> {
    first: &'e Expr,
    last: &'e Expr,
    step: i64,
}

impl Lowering<'_> {
    /// `1 + 2 + … + n` as `n(n+1)/2`.
    pub(super) fn sum_with_dots(&mut self, terms: Vec<Expr>) -> Value {
        self.closed_sum(&terms).unwrap_or_else(|| Expr::sum(terms)).into()
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
        self.closed_product(&factors).unwrap_or_else(|| Expr::product(factors)).into()
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
        number.as_rational().filter(canonical::Rational::is_integer)?.to_i64()
    }

    /// The value of endless nesting: what holds itself in the place of the dots.
    pub(super) fn endless(&mut self, value: Value) -> Value {
        match value {
            Value::Quantity(Quantity { expr, decimal, unit, evaluated })
                if expr.mentions(&Symbol::ellipsis()) =>
            {
                let expr = self.unfolded(expr);
                Value::Quantity(Quantity { expr, decimal, unit, evaluated })
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

fn is_dots(term: &Expr) -> bool {
    *term == Expr::variable(Symbol::ellipsis())
}
