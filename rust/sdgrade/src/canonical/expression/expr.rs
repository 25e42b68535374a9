//! Expressions as they were meant, unexpanded and cheap to build.

use super::function::Function;
use super::symbol::Symbol;
use crate::canonical::number::Rational;

/// A named constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Constant {
    /// The ratio of a circle's circumference to its diameter.
    Pi,
    /// The base of the natural logarithm.
    E,
    /// The imaginary unit.
    I,
    /// Positive infinity: only a bound, never part of a sum.
    Infinity,
}

/// What a [`Series`] does with its terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum SeriesKind {
    /// Adds them.
    Sum,
    /// Multiplies them.
    Product,
}

/// `Σ` or `Π` of `body` for `variable` from `from` to `to`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Series {
    /// Sum or product.
    pub(crate) kind: SeriesKind,
    /// The bound variable.
    pub(crate) variable: Symbol,
    /// The first value of the variable.
    pub(crate) from: Expr,
    /// The last value of the variable; may be infinite.
    pub(crate) to: Expr,
    /// The term.
    pub(crate) body: Expr,
}

/// An expression over the reals (and complex constants), unexpanded.
///
/// Build it with the constructors: they never fail, fold rationals that stay inline, and flatten
/// nested sums and products. Equality is structural, so equal expressions have equal values, but
/// not the other way round; that is for [`equal`](crate::canonical::equal).
///
/// Sums and products are as wide as the input; how deep they nest is bounded by whoever builds
/// them, at a few hundred levels.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Expr {
    /// A rational number.
    Rational(Rational),
    /// π, e, i or infinity.
    Constant(Constant),
    /// A variable.
    Variable(Symbol),
    /// A sum of two or more terms.
    Sum(Vec<Expr>),
    /// A product of two or more factors.
    Product(Vec<Expr>),
    /// Base and exponent; a quotient is a product with a power to −1.
    Power(Box<(Expr, Expr)>),
    /// A function applied to arguments.
    Function(Function, Vec<Expr>),
    /// A sum or product over a bound variable.
    Series(Box<Series>),
}

impl From<Rational> for Expr {
    fn from(value: Rational) -> Self {
        Self::Rational(value)
    }
}

impl Expr {
    /// An integer.
    #[must_use]
    pub(crate) fn integer(value: i64) -> Self {
        Self::Rational(value.into())
    }

    /// A rational number.
    #[must_use]
    pub(crate) fn rational(value: Rational) -> Self {
        Self::Rational(value)
    }

    /// A variable.
    #[must_use]
    pub(crate) fn variable(name: impl Into<Symbol>) -> Self {
        Self::Variable(name.into())
    }

    /// π.
    #[must_use]
    pub(crate) fn pi() -> Self {
        Self::Constant(Constant::Pi)
    }

    /// The base of the natural logarithm.
    #[must_use]
    pub(crate) fn e() -> Self {
        Self::Constant(Constant::E)
    }

    /// The imaginary unit.
    #[must_use]
    pub(crate) fn i() -> Self {
        Self::Constant(Constant::I)
    }

    /// Positive infinity.
    #[must_use]
    pub(crate) fn infinity() -> Self {
        Self::Constant(Constant::Infinity)
    }

    /// A sum.
    #[must_use]
    pub(crate) fn sum(terms: Vec<Self>) -> Self {
        if terms.iter().all(|term| !matches!(term, Self::Sum(_) | Self::Rational(_))) {
            return Self::sum_of(terms);
        }
        let mut constant = Rational::ZERO;
        let mut rest = Vec::with_capacity(terms.len());
        let mut add = |term: Self| match &term {
            Self::Rational(value) => match constant.small_sum(value) {
                Some(sum) => constant = sum,
                None => rest.push(term),
            },
            _ => rest.push(term),
        };
        for term in terms {
            match term {
                Self::Sum(inner) => inner.into_iter().for_each(&mut add),
                other => add(other),
            }
        }
        if !constant.is_zero() {
            rest.push(constant.into());
        }
        Self::sum_of(rest)
    }

    /// A sum of terms that are neither sums nor to be folded.
    fn sum_of(mut terms: Vec<Self>) -> Self {
        match terms.len() {
            0 => Rational::ZERO.into(),
            1 => terms.swap_remove(0),
            _ => Self::Sum(terms),
        }
    }

    /// A product.
    #[must_use]
    pub(crate) fn product(factors: Vec<Self>) -> Self {
        if let [first, rest @ ..] = &factors[..]
            && !rest.is_empty()
            && !rest.iter().any(|factor| matches!(factor, Self::Product(_) | Self::Rational(_)))
            && match first {
                Self::Rational(value) => !value.is_zero() && !value.is_one(),
                other => !matches!(other, Self::Product(_)),
            }
        {
            return Self::Product(factors);
        }
        let mut coefficient = Rational::ONE;
        let mut rest = Vec::with_capacity(factors.len());
        let mut multiply = |factor: Self| match &factor {
            // A zero is kept: the other factors may have no value.
            Self::Rational(value) if !value.is_zero() => match coefficient.small_product(value) {
                Some(product) => coefficient = product,
                None => rest.push(factor),
            },
            _ => rest.push(factor),
        };
        for factor in factors {
            match factor {
                Self::Product(inner) => inner.into_iter().for_each(&mut multiply),
                other => multiply(other),
            }
        }
        if rest.is_empty() {
            return coefficient.into();
        }
        if !coefficient.is_one() {
            if let [Self::Rational(zero)] = &rest[..]
                && zero.is_zero()
            {
                return Rational::ZERO.into();
            }
            rest.insert(0, coefficient.into());
        }
        if rest.len() == 1 { rest.swap_remove(0) } else { Self::Product(rest) }
    }

    /// `-value`.
    #[must_use]
    pub(crate) fn negate(value: Self) -> Self {
        match value {
            Self::Rational(value) => Self::Rational(-&value),
            other => Self::product(vec![Self::integer(-1), other]),
        }
    }

    /// `left - right`.
    #[must_use]
    pub(crate) fn difference(left: Self, right: Self) -> Self {
        Self::sum(vec![left, Self::negate(right)])
    }

    /// `dividend / divisor`.
    #[must_use]
    pub(crate) fn quotient(dividend: Self, divisor: Self) -> Self {
        if let (Self::Rational(a), Self::Rational(b)) = (&dividend, &divisor)
            && a.to_small().is_some()
            && b.to_small().is_some()
            && let Some(quotient) = a.divide(b)
        {
            return quotient.into();
        }
        Self::product(vec![dividend, Self::power(divisor, Self::integer(-1))])
    }

    /// `base ^ exponent`.
    #[must_use]
    pub(crate) fn power(base: Self, exponent: Self) -> Self {
        if let Self::Rational(exponent) = &exponent {
            if exponent.is_one() {
                return base;
            }
            if exponent.to_i64() == Some(-1)
                && let Self::Power(inner) = &base
                && let Self::Rational(inner_exponent) = &inner.1
            {
                return Self::power(inner.0.clone(), Self::Rational(-inner_exponent));
            }
            if let (Self::Rational(base), Some(exponent)) = (&base, exponent.to_i64())
                && let Some(power) = small_power(base, exponent)
            {
                return power.into();
            }
        }
        Self::Power(Box::new((base, exponent)))
    }

    /// The root of `radicand` of this degree.
    #[must_use]
    pub(crate) fn root(radicand: Self, degree: Self) -> Self {
        Self::power(radicand, Self::quotient(Self::integer(1), degree))
    }

    /// The square root.
    #[must_use]
    pub(crate) fn sqrt(radicand: Self) -> Self {
        Self::root(radicand, Self::integer(2))
    }

    /// A function applied to arguments.
    #[must_use]
    pub(crate) fn function(function: Function, arguments: Vec<Self>) -> Self {
        match (function, &arguments[..]) {
            (Function::Exp, [_]) => {
                let exponent = arguments.into_iter().next().unwrap_or_else(|| Self::integer(1));
                Self::power(Self::e(), exponent)
            }
            (function, _) => Self::Function(function, arguments),
        }
    }

    /// The logarithm of `argument` to `base`.
    #[must_use]
    pub(crate) fn logarithm(base: Self, argument: Self) -> Self {
        let ln = |argument| Self::Function(Function::Ln, vec![argument]);
        if base == Self::e() {
            return ln(argument);
        }
        Self::quotient(ln(argument), ln(base))
    }

    /// A sum or product of `body` for `variable` from `from` to `to`.
    #[must_use]
    pub(crate) fn series(
        kind: SeriesKind,
        variable: Symbol,
        from: Self,
        to: Self,
        body: Self,
    ) -> Self {
        Self::Series(Box::new(Series { kind, variable, from, to, body }))
    }

    /// The value, where the expression is nothing but a rational number.
    #[must_use]
    pub(crate) fn as_rational(&self) -> Option<&Rational> {
        match self {
            Self::Rational(value) => Some(value),
            _ => None,
        }
    }

    /// `1` for infinity, `-1` for minus infinity, `None` for anything else.
    #[must_use]
    pub(crate) fn infinite_sign(&self) -> Option<i8> {
        match self {
            Self::Constant(Constant::Infinity) => Some(1),
            Self::Product(factors) => {
                let mut sign = 1;
                let mut infinite = false;
                for factor in factors {
                    match factor {
                        Self::Constant(Constant::Infinity) => infinite = true,
                        Self::Rational(value) if !value.is_zero() => {
                            sign *= if value.is_negative() { -1 } else { 1 };
                        }
                        _ => return None,
                    }
                }
                infinite.then_some(sign)
            }
            _ => None,
        }
    }

    /// How many numbers, names and operations the expression is made of: what a copy costs.
    pub(crate) fn nodes(&self) -> u64 {
        1 + match self {
            Self::Rational(_) | Self::Constant(_) | Self::Variable(_) => 0,
            Self::Sum(parts) | Self::Product(parts) | Self::Function(_, parts) => {
                parts.iter().map(Self::nodes).sum()
            }
            Self::Power(parts) => parts.0.nodes() + parts.1.nodes(),
            Self::Series(series) => series.from.nodes() + series.to.nodes() + series.body.nodes(),
        }
    }
}

/// `base ^ exponent` when it stays inline; `0^0` and `0^-1` are left alone, they have no value.
fn small_power(base: &Rational, exponent: i64) -> Option<Rational> {
    if exponent.unsigned_abs() > 63 || (base.is_zero() && exponent <= 0) {
        return None;
    }
    let base = if exponent < 0 { base.reciprocal()? } else { base.clone() };
    let mut power = Rational::ONE;
    for _ in 0..exponent.unsigned_abs() {
        power = power.small_product(&base)?;
    }
    Some(power)
}
