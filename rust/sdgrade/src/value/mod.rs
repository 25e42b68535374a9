//! What an answer means above scalars: tuples, sets, intervals, named values, equations, units.

pub(crate) mod calendar;
pub(crate) mod reals;
pub(crate) mod text;
pub(crate) mod unit;

use crate::canonical::{Expr, Symbol};
pub(crate) use reals::{Bound, Interval, Reals};
pub(crate) use unit::Unit;

/// The meaning of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Value {
    Quantity(Quantity),
    /// Words, in their compared form.
    Text(String),
    /// An option letter and the value beside it.
    Choice(char, Option<Box<Value>>),
    /// Ordered: `(a, b)` and `[a, b]`. Two reals may also be meant as an interval.
    Tuple(Brackets, Vec<Value>),
    /// Bare: unordered, with repetitions.
    List(Vec<Value>),
    /// Unordered, without repetitions.
    Set(Vec<Value>),
    Reals(Reals),
    Named(Box<Named>),
    /// This expression is zero, up to a nonzero factor.
    Equation(Expr),
    /// This expression is not zero, up to a nonzero factor.
    Disequation(Expr),
    /// This expression is positive (not negative, if not strict), up to a positive factor.
    Inequality(Expr, Strictness),
    Matrix(usize, Vec<Expr>),
    Ratio(Vec<Expr>),
    Time(Time),
    /// Digits in a base: `11_2`.
    Numeral(String, u32),
    /// `…` between items.
    Ellipsis,
    /// Anything else, compared part by part: its kind and its parts.
    Structure(&'static str, Vec<Value>),
}

/// Whether an inequality excludes equality.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Strictness {
    Strict,
    Weak,
}

/// The brackets of a tuple.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Brackets {
    Round,
    Square,
}

/// A scalar, as written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Quantity {
    pub(crate) expr: Expr,
    /// How it is written, if it is a decimal.
    pub(crate) decimal: Option<Decimal>,
    pub(crate) unit: Option<Unit>,
}

/// The digits of a decimal as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Decimal {
    /// Digits after the point.
    pub(crate) places: i32,
    /// Digits from the first that is not zero.
    pub(crate) significant: u32,
}

impl From<Expr> for Quantity {
    fn from(expr: Expr) -> Self {
        Self { expr, decimal: None, unit: None }
    }
}

impl From<Expr> for Value {
    fn from(expr: Expr) -> Self {
        Self::Quantity(expr.into())
    }
}

/// A value and the names it is given: `x = 5`, `f(x) = x^2`, `x = y = 3`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Named {
    pub(crate) names: Vec<Name>,
    /// The arguments that the value depends on, which may be renamed.
    pub(crate) parameters: Vec<Symbol>,
    pub(crate) value: Value,
}

/// A name as written, without its spacing, and as an expression if it is one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) expr: Option<Expr>,
}

/// A time of day; `None` where the half of the day is not given.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Time {
    pub(crate) parts: Vec<u32>,
    pub(crate) afternoon: Option<bool>,
}

impl Value {
    /// The scalar, if the value is one without a unit.
    pub(crate) fn as_expr(&self) -> Option<&Expr> {
        match self {
            Self::Quantity(Quantity { expr, unit: None, .. }) => Some(expr),
            _ => None,
        }
    }

    /// The items of a bare list; anything else is a list of itself.
    pub(crate) fn into_items(self) -> Vec<Value> {
        match self {
            Self::List(items) => items,
            other => vec![other],
        }
    }
}

impl Named {
    /// The name's value as an equation, `name - value`.
    pub(crate) fn as_equation(&self) -> Option<Expr> {
        let name = self.names.first()?.expr.clone()?;
        let value = self.value.as_expr()?.clone();
        Some(Expr::difference(name, value))
    }

    /// Whether two name the same thing.
    pub(crate) fn same_names(&self, other: &Self) -> bool {
        match (&self.names[..], &other.names[..]) {
            ([ours], [theirs]) => ours.text == theirs.text,
            _ => self.sorted_names() == other.sorted_names(),
        }
    }

    fn sorted_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.names.iter().map(|name| &*name.text).collect();
        names.sort_unstable();
        names
    }
}
