//! Units: what they measure.

use crate::canonical::{Expr, Rational};

/// What is written after a number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Unit {
    Percent,
    Measure(Measure),
    /// What is counted: `18 \text{ ways}`.
    Noun(String),
    /// `9th`
    Ordinal,
}

/// A unit with a dimension.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Measure {
    /// How many base units it is.
    pub(crate) factor: Expr,
    /// Base units and their powers, in order.
    pub(crate) dimension: Vec<(&'static str, i32)>,
}

impl Unit {
    pub(crate) fn degree() -> Self {
        let half_turn = Rational::new(1, 180).map_or_else(|| Expr::integer(1), Expr::rational);
        let factor = Expr::product(vec![Expr::pi(), half_turn]);
        Self::Measure(Measure { factor, dimension: vec![("rad", 1)] })
    }

    /// So many inches.
    pub(crate) fn inches(count: i64) -> Self {
        let inch =
            Rational::new(254 * count, 10_000).map_or_else(|| Expr::integer(1), Expr::rational);
        Self::Measure(Measure { factor: inch, dimension: vec![("m", 1)] })
    }

    pub(crate) fn is_angle(&self) -> bool {
        matches!(self, Self::Measure(measure) if measure.dimension == [("rad", 1)])
    }
}

impl Measure {
    /// The product of two.
    pub(crate) fn times(mut self, other: Self) -> Self {
        for (base, power) in other.dimension {
            match self.dimension.iter_mut().find(|(known, _)| *known == base) {
                Some((_, total)) => *total += power,
                None => self.dimension.push((base, power)),
            }
        }
        self.dimension.retain(|&(_, power)| power != 0);
        self.dimension.sort_unstable();
        Self { factor: Expr::product(vec![self.factor, other.factor]), dimension: self.dimension }
    }

    /// Whether two measure the same thing. `¥` is the sign of the yen and of the yuan.
    pub(crate) fn same_dimension(&self, other: &Self) -> bool {
        let either = |a: &Self, b: &Self| {
            a.dimension == [("cny or jpy", 1)] && matches!(b.dimension[..], [("cny" | "jpy", 1)])
        };
        self.dimension == other.dimension || either(self, other) || either(other, self)
    }

    /// Whether it is a temperature, whose scales have a zero each.
    pub(crate) fn is_temperature(&self) -> bool {
        matches!(self.dimension[..], [("celsius" | "fahrenheit" | "kelvin", 1)])
    }
}
