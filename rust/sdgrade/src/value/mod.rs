//! What an answer means above scalars: tuples, sets, intervals, named values, equations, units.

mod formula;
mod note;
mod reals;
mod rename;
mod unit;

use crate::canonical::{Expr, Symbol};
pub(crate) use formula::{Connective, Formula};
pub(crate) use note::{Note, NoteKind, Noted, Quantifier};
pub(crate) use reals::{Bound, Interval, Reals, as_reals};
pub(crate) use unit::{Measure, Unit};

/// The meaning of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Value {
    Quantity(Quantity),
    /// `120,240`: a number in groups of three, or the list that the commas make.
    Grouped(Box<(Quantity, Vec<Value>)>),
    /// Words, in their compared form.
    Text(String),
    /// Yes or no, true or false.
    Truth(bool),
    /// A formula of propositional logic.
    Formula(Formula),
    /// An option letter and the value beside it.
    Choice(char, Option<Box<Value>>),
    /// A number in a circle: one of several numbered statements.
    Mark(u32),
    /// Ordered: `(a, b)` and `[a, b]`. Two reals may also be meant as an interval.
    Tuple(Brackets, Vec<Value>),
    /// Bare: unordered, with repetitions.
    List(Vec<Value>),
    /// Unordered, without repetitions.
    Set(Vec<Value>),
    /// All permutations of a tuple.
    Permutations(Vec<Value>),
    Reals(Reals),
    /// A union of intervals whose ends cannot be ordered.
    Spread(Vec<Interval>),
    /// ℕ, ℤ, ℚ or ℂ, or a part of it.
    Numbers(Numbers, Part),
    Named(Box<Named>),
    /// These names are equal: `x = y = z`.
    Identified(Vec<String>),
    Equation(Box<Equation>),
    /// This expression is not zero, up to a nonzero factor.
    Disequation(Expr),
    /// This expression is positive (not negative, if not strict), up to a positive factor.
    Inequality(Expr, Strictness),
    Matrix(usize, Vec<Quantity>),
    Ratio(Vec<Expr>),
    Time(Time),
    /// Monday is 1.
    Weekday(u8),
    /// Month, day and year, as far as they are given.
    Date(Vec<i64>),
    /// Digits in a base: `11_2`.
    Numeral(String, u32),
    /// `…` between items.
    Ellipsis,
    /// Anything else, compared part by part.
    Structure(Shape, Vec<Value>),
    /// A value and what is said of it.
    Noted(Box<Noted>),
}

/// The kinds of things that are compared part by part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Shape {
    /// A value and a modulus.
    Modulo,
    /// The sides of something: `8 cm by 5 cm`.
    Dimensions,
    /// Two sides that are congruent or equal, or not.
    Congruent,
    Equal,
    Unequal,
    Related(Sign),
    /// Sides with [`Shape::Less`] or [`Shape::AtMost`] between them, the smallest first.
    Ordered,
    Less,
    AtMost,
    /// Sides with their relations between them as [`Shape::Link`].
    Chain,
    Link(Link),
    /// Words or statements of which one holds: `x=1 \text{ or } y=2`.
    Either,
    /// Cases.
    Piecewise,
    /// A value and its condition.
    Case,
    Power,
    Union,
    Intersection,
    Without,
    Complement,
    /// A domain and the part of it that is meant.
    Subset,
    /// Element and condition.
    SetBuilder,
}

/// Signs between two sides that are compared as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Sign {
    To,
    MapsTo,
    Implies,
    Iff,
    Parallel,
    Perpendicular,
    Similar,
    Congruent,
    Subset,
    SubsetOrEqual,
    Proportional,
    Divides,
    DividesNot,
}

/// A relation in a chain of several kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Link {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
    Approximate,
    In,
    NotIn,
    Congruent,
    NotCongruent,
    Sign(Sign),
}

/// The named sets of numbers that are not sets of reals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Numbers {
    Naturals,
    Integers,
    Rationals,
    Complexes,
    Primes,
}

/// Which part of a set of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    All,
    Positive,
    Negative,
    NotNegative,
    NotPositive,
    NotZero,
    Even,
    Odd,
}

/// `left = right`, not solved for anything: the difference is zero, up to a nonzero factor.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Equation {
    pub(crate) difference: Expr,
    /// The right side, where the left is an expression in several names and the right a number: it is the
    /// value of the left (`m+n=110`).
    pub(crate) stated: Option<Quantity>,
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
    /// Whether it is written as a number: an integer, a fraction of integers, a mixed number, a
    /// decimal, a power of ten times a decimal. `2+3` is not.
    pub(crate) evaluated: bool,
    /// What it is if its letters are a unit, outside of upright type: `20 N`, `5 m`.
    pub(crate) lettered: Option<Box<Lettered>>,
}

/// A number and letters behind it that may be its unit.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Lettered {
    pub(crate) number: Quantity,
    /// Of a small letter alone it is law that it is a variable, unless the other side has a unit.
    pub(crate) is_variable: bool,
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
        Self { expr, decimal: None, unit: None, evaluated: false, lettered: None }
    }
}

impl From<Expr> for Value {
    fn from(expr: Expr) -> Self {
        Self::Quantity(expr.into())
    }
}

impl Quantity {
    /// A number written as one.
    pub(crate) fn plain(expr: Expr) -> Self {
        Self { expr, decimal: None, unit: None, evaluated: true, lettered: None }
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
    /// A bare list in normal form: what one name is given several times is one name with a list.
    pub(crate) fn listed(mut items: Vec<Self>) -> Self {
        if items.len() == 1
            && let Some(only) = items.pop()
        {
            return only;
        }
        let Some(Self::Named(first)) = items.first() else { return Self::List(items) };
        let scalar = |value: &Self| matches!(value, Self::Quantity(_) | Self::Ellipsis);
        let same = items.iter().all(|item| match item {
            Self::Named(named) => named.same_names(first) && named.parameters == first.parameters,
            other => scalar(other) && scalar(&first.value),
        });
        let unnamed_later =
            items.iter().skip_while(|item| matches!(item, Self::Named(_))).all(scalar);
        if !same || !unnamed_later || first.names.len() != 1 {
            return Self::List(items);
        }
        let head = Named {
            names: first.names.clone(),
            parameters: first.parameters.clone(),
            value: Self::Ellipsis,
        };
        let values = items
            .into_iter()
            .map(|item| match item {
                Self::Named(named) => named.value,
                other => other,
            })
            .collect();
        Self::Named(Box::new(Named { value: Self::List(values), ..head }))
    }

    /// The scalar, if the value is one without a unit.
    pub(crate) fn as_expr(&self) -> Option<&Expr> {
        match self {
            Self::Quantity(Quantity { expr, unit: None, .. }) => Some(expr),
            _ => None,
        }
    }

    /// Whether words are part of the value or of its notes.
    pub(crate) fn has_words(&self) -> bool {
        match self {
            Self::Text(_) => true,
            Self::Choice(_, inner) => inner.as_deref().is_some_and(Self::has_words),
            Self::Tuple(_, items)
            | Self::List(items)
            | Self::Set(items)
            | Self::Permutations(items)
            | Self::Structure(_, items) => items.iter().any(Self::has_words),
            Self::Named(named) => named.value.has_words(),
            Self::Noted(noted) => {
                noted.value().has_words() || noted.notes().iter().any(|note| note.body.has_words())
            }
            _ => false,
        }
    }

    /// Whether it is the set of the integers, or of those from 0 or 1 on: a bound says no more of a letter in it.
    pub(crate) fn is_integers(&self) -> bool {
        matches!(
            self,
            Self::Numbers(
                Numbers::Integers | Numbers::Naturals,
                Part::All | Part::Positive | Part::NotNegative
            )
        )
    }

    /// Whether it is a set of integers, perhaps of the even or the odd ones.
    pub(crate) fn is_of_integers(&self) -> bool {
        self.is_integers()
            || matches!(self, Self::Numbers(Numbers::Integers, Part::Even | Part::Odd))
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
    /// The value of one name as an equation, `name - value`.
    pub(crate) fn as_equation(&self) -> Option<Expr> {
        let [Name { expr: Some(name), .. }] = &self.names[..] else { return None };
        Some(Expr::difference(name.clone(), self.value.as_expr()?.clone()))
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
