//! Where something goes in a limit.

use std::cmp::Ordering;

use num_integer::Integer;

use crate::budget::Stop;
use crate::canonical::expression::Expr;
use crate::canonical::number::Rational;

/// Where something goes.
#[derive(Clone, Debug)]
pub(crate) enum Goal {
    Finite(Expr),
    /// To zero, from this side where that is known.
    Zero(Option<Ordering>),
    /// To infinity with this sign.
    Infinite(Ordering),
}

impl Goal {
    pub(crate) fn into_expr(self) -> Expr {
        match self {
            Self::Finite(value) => value,
            Self::Zero(_) => Expr::integer(0),
            Self::Infinite(Ordering::Less) => Expr::negate(Expr::infinity()),
            Self::Infinite(_) => Expr::infinity(),
        }
    }

    /// Where the inverse goes.
    ///
    /// # Errors
    /// [`Stop::Open`] where the side from which zero is approached is not known.
    pub(crate) fn inverse(&self) -> Result<Self, Stop> {
        match self {
            Self::Finite(value) => Ok(Self::Finite(Expr::power(value.clone(), Expr::integer(-1)))),
            Self::Zero(order) => order.map(Self::Infinite).ok_or(Stop::Open),
            Self::Infinite(order) => Ok(Self::Zero(Some(*order))),
        }
    }

    /// Where a rational power goes.
    ///
    /// # Errors
    /// [`Stop::Undefined`] for an even root of what is negative, [`Stop::Open`] where a sign is not
    /// known.
    pub(crate) fn power(self, exponent: &Rational) -> Result<Self, Stop> {
        let (even, odd_root) = (exponent.numerator().is_even(), exponent.denominator().is_odd());
        let raised = |order: Option<Ordering>| match order {
            Some(Ordering::Less) if !odd_root => Err(Stop::Undefined),
            Some(Ordering::Less) if !even => Ok(Some(Ordering::Less)),
            Some(_) => Ok(Some(Ordering::Greater)),
            None if even && odd_root => Ok(Some(Ordering::Greater)),
            None => Ok(None),
        };
        match self {
            Self::Finite(value) => Ok(Self::Finite(Expr::power(value, exponent.clone().into()))),
            Self::Zero(order) if !exponent.is_negative() => Ok(Self::Zero(raised(order)?)),
            Self::Infinite(order) if exponent.is_negative() => Ok(Self::Zero(raised(Some(order))?)),
            Self::Zero(order) => raised(order)?.map(Self::Infinite).ok_or(Stop::Open),
            Self::Infinite(order) => raised(Some(order))?.map(Self::Infinite).ok_or(Stop::Open),
        }
    }
}

/// The sign of a product.
pub(crate) fn joined(a: Option<Ordering>, b: Option<Ordering>) -> Option<Ordering> {
    let (a, b) = (a?, b?);
    Some(if a == b { Ordering::Greater } else { Ordering::Less })
}
