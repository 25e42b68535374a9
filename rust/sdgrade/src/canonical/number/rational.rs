//! Exact rational numbers: two machine words when they fit, big integers when they do not.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

use super::gcd::{gcd, gcd_cost, gcd_wide};

/// An exact rational number in lowest terms.
///
/// Every value has one representation: it is inline exactly when numerator and denominator fit into
/// 64 bits, so equality and hashing are structural.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Rational(Repr);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Repr {
    /// Numerator and positive denominator without a common factor.
    Small(i64, i64),
    /// The same, where at least one of the two does not fit into an `i64`.
    Big(Box<(BigInt, BigInt)>),
}

impl Rational {
    /// 0.
    pub(crate) const ZERO: Self = Self(Repr::Small(0, 1));
    /// 1.
    pub(crate) const ONE: Self = Self(Repr::Small(1, 1));

    /// 1/2.
    pub(crate) const HALF: Self = Self(Repr::Small(1, 2));

    /// `numerator / denominator`, or `None` when the denominator is zero.
    #[must_use]
    pub(crate) fn new(numerator: i64, denominator: i64) -> Option<Self> {
        (denominator != 0).then(|| Self::from_wide(numerator.into(), denominator.into()))
    }

    /// The quotient of two big integers, or `None` when the denominator is zero.
    #[must_use]
    pub(crate) fn from_big(numerator: BigInt, denominator: BigInt) -> Option<Self> {
        if denominator.is_zero() {
            return None;
        }
        if let (Some(n), Some(d)) = (numerator.to_i64(), denominator.to_i64()) {
            return Self::new(n, d);
        }
        let divisor = gcd(&numerator, &denominator);
        let (mut n, mut d) = if divisor.is_one() {
            (numerator, denominator)
        } else {
            (numerator / &divisor, denominator / &divisor)
        };
        if d.is_negative() {
            n = -n;
            d = -d;
        }
        Some(Self::from_reduced(n, d))
    }

    /// A pair that has no common factor and a positive denominator.
    fn from_reduced(numerator: BigInt, denominator: BigInt) -> Self {
        match (numerator.to_i64(), denominator.to_i64()) {
            (Some(n), Some(d)) => Self(Repr::Small(n, d)),
            _ => Self(Repr::Big(Box::new((numerator, denominator)))),
        }
    }

    /// Reduces a quotient of 128-bit integers; the denominator is not zero.
    fn from_wide(numerator: i128, denominator: i128) -> Self {
        let (mut n, mut d) = (numerator, denominator);
        if d != 1 {
            let divisor = if n.unsigned_abs() == 1 {
                1
            } else {
                gcd_wide(n.unsigned_abs(), d.unsigned_abs())
            };
            if divisor != 1
                && let Ok(divisor) = i128::try_from(divisor)
            {
                n /= divisor;
                d /= divisor;
            }
            if d < 0 {
                n = -n;
                d = -d;
            }
        }
        match (i64::try_from(n), i64::try_from(d)) {
            (Ok(n), Ok(d)) => Self(Repr::Small(n, d)),
            _ => Self(Repr::Big(Box::new((n.into(), d.into())))),
        }
    }

    /// The numerator, which carries the sign.
    #[must_use]
    pub(crate) fn numerator(&self) -> BigInt {
        match &self.0 {
            Repr::Small(n, _) => (*n).into(),
            Repr::Big(big) => big.0.clone(),
        }
    }

    /// The positive denominator.
    #[must_use]
    pub(crate) fn denominator(&self) -> BigInt {
        match &self.0 {
            Repr::Small(_, d) => (*d).into(),
            Repr::Big(big) => big.1.clone(),
        }
    }

    /// Numerator and denominator as big integers, without a copy where they are big already.
    fn parts(&self) -> (Cow<'_, BigInt>, Cow<'_, BigInt>) {
        match &self.0 {
            Repr::Small(n, d) => (Cow::Owned((*n).into()), Cow::Owned((*d).into())),
            Repr::Big(big) => (Cow::Borrowed(&big.0), Cow::Borrowed(&big.1)),
        }
    }

    /// Numerator and denominator when both fit into 64 bits.
    #[must_use]
    pub(crate) fn to_small(&self) -> Option<(i64, i64)> {
        match self.0 {
            Repr::Small(n, d) => Some((n, d)),
            Repr::Big(_) => None,
        }
    }

    /// The value as a machine integer, if it is one.
    #[must_use]
    pub(crate) fn to_i64(&self) -> Option<i64> {
        match self.0 {
            Repr::Small(n, 1) => Some(n),
            _ => None,
        }
    }

    /// The value as an integer, if it is one.
    #[must_use]
    pub(crate) fn to_integer(&self) -> Option<BigInt> {
        self.is_integer().then(|| self.numerator())
    }

    /// Whether the denominator is 1.
    #[must_use]
    pub(crate) fn is_integer(&self) -> bool {
        match &self.0 {
            Repr::Small(_, d) => *d == 1,
            Repr::Big(big) => big.1.is_one(),
        }
    }

    /// Whether the value is 0.
    #[must_use]
    pub(crate) fn is_zero(&self) -> bool {
        matches!(self.0, Repr::Small(0, _))
    }

    /// Whether the value is 1.
    #[must_use]
    pub(crate) fn is_one(&self) -> bool {
        matches!(self.0, Repr::Small(1, 1))
    }

    /// Whether the value is below 0.
    #[must_use]
    pub(crate) fn is_negative(&self) -> bool {
        match &self.0 {
            Repr::Small(n, _) => *n < 0,
            Repr::Big(big) => big.0.is_negative(),
        }
    }

    /// Whether the value lies strictly between 0 and 1.
    #[must_use]
    pub(crate) fn is_proper_fraction(&self) -> bool {
        match &self.0 {
            Repr::Small(n, d) => 0 < *n && n < d,
            Repr::Big(_) => !self.is_negative() && *self < Self::ONE,
        }
    }

    /// The absolute value.
    #[must_use]
    pub(crate) fn abs(&self) -> Self {
        if self.is_negative() { -self } else { self.clone() }
    }

    /// `1 / self`, or `None` for zero.
    #[must_use]
    pub(crate) fn reciprocal(&self) -> Option<Self> {
        match &self.0 {
            Repr::Small(0, _) => None,
            Repr::Small(n, d) => Some(Self::from_wide((*d).into(), (*n).into())),
            Repr::Big(big) => {
                let (n, d) = &**big;
                Some(if n.is_negative() {
                    Self::from_reduced(-d, -n)
                } else {
                    Self::from_reduced(d.clone(), n.clone())
                })
            }
        }
    }

    /// `self / other`, or `None` when `other` is zero.
    #[must_use]
    pub(crate) fn divide(&self, other: &Self) -> Option<Self> {
        other.reciprocal().map(|reciprocal| self * &reciprocal)
    }

    /// The sum, if both numbers and the result are inline.
    #[must_use]
    pub(crate) fn small_sum(&self, other: &Self) -> Option<Self> {
        let ((a, b), (c, d)) = (self.to_small()?, other.to_small()?);
        if b == 1 && d == 1 {
            return a.checked_add(c).map(Self::from);
        }
        Some(self + other).filter(|sum| sum.to_small().is_some())
    }

    /// The product, if both numbers and the result are inline.
    #[must_use]
    pub(crate) fn small_product(&self, other: &Self) -> Option<Self> {
        let ((a, b), (c, d)) = (self.to_small()?, other.to_small()?);
        if b == 1 && d == 1 {
            return a.checked_mul(c).map(Self::from);
        }
        Some(self * other).filter(|product| product.to_small().is_some())
    }

    /// The largest integer that is not above the value.
    #[must_use]
    pub(crate) fn floor(&self) -> BigInt {
        match &self.0 {
            Repr::Small(n, d) => n.div_euclid(*d).into(),
            Repr::Big(big) => big.0.div_floor(&big.1),
        }
    }

    /// Bits of the numerator and of the denominator together: the size of the number.
    #[must_use]
    pub(crate) fn bits(&self) -> u64 {
        match &self.0 {
            Repr::Small(n, d) => {
                u64::from(128 - n.unsigned_abs().leading_zeros() - d.leading_zeros())
            }
            Repr::Big(big) => big.0.bits() + big.1.bits(),
        }
    }

    /// Work units of an addition or a multiplication with `other`: the products, and the gcds.
    #[must_use]
    pub(crate) fn cost(&self, other: &Self) -> u64 {
        if let (Repr::Small(..), Repr::Small(..)) = (&self.0, &other.0) {
            return 1;
        }
        let products = 12 + (self.bits() / 64 + 1) * (other.bits() / 64 + 1) / 4;
        if self.is_integer() && other.is_integer() {
            return products;
        }
        let ((a, b), (c, d)) = (self.parts(), other.parts());
        let gcd = |x: &BigInt, y: &BigInt| gcd_cost(x.bits().min(y.bits()));
        products + (gcd(&a, &d) + gcd(&c, &b)).max(2 * gcd(&b, &d))
    }
}

impl From<i64> for Rational {
    fn from(value: i64) -> Self {
        Self(Repr::Small(value, 1))
    }
}

impl From<BigInt> for Rational {
    fn from(value: BigInt) -> Self {
        Self::from_reduced(value, BigInt::one())
    }
}

impl Add for &Rational {
    type Output = Rational;

    fn add(self, other: Self) -> Rational {
        if let (Repr::Small(a, b), Repr::Small(c, d)) = (&self.0, &other.0) {
            let [a, b, c, d] = [*a, *b, *c, *d].map(i128::from);
            return if b == d {
                Rational::from_wide(a + c, b)
            } else {
                Rational::from_wide(a * d + c * b, b * d)
            };
        }
        let ((a, b), (c, d)) = (self.parts(), other.parts());
        if b.is_one() && d.is_one() {
            return (&*a + &*c).into();
        }
        // With g the gcd of b and d, nothing but a divisor of g cancels (Knuth, TAOCP 4.5.1).
        let common = gcd(&b, &d);
        if common.is_one() {
            return Rational::from_reduced(&*a * &*d + &*c * &*b, &*b * &*d);
        }
        let left = &*b / &common;
        let numerator = &*a * (&*d / &common) + &*c * &left;
        let divisor = gcd(&numerator, &common);
        Rational::from_reduced(numerator / &divisor, left * (&*d / divisor))
    }
}

impl Sub for &Rational {
    type Output = Rational;

    fn sub(self, other: Self) -> Rational {
        self + &-other
    }
}

impl Mul for &Rational {
    type Output = Rational;

    fn mul(self, other: Self) -> Rational {
        if let (Repr::Small(a, b), Repr::Small(c, d)) = (&self.0, &other.0) {
            let [a, b, c, d] = [*a, *b, *c, *d].map(i128::from);
            return Rational::from_wide(a * c, b * d);
        }
        let ((a, b), (c, d)) = (self.parts(), other.parts());
        if b.is_one() && d.is_one() {
            return (&*a * &*c).into();
        }
        let (across, over) = (gcd(&a, &d), gcd(&c, &b));
        Rational::from_reduced((&*a / &across) * (&*c / &over), (&*b / over) * (&*d / across))
    }
}

impl Neg for &Rational {
    type Output = Rational;

    fn neg(self) -> Rational {
        match &self.0 {
            Repr::Small(n, d) => match n.checked_neg() {
                Some(n) => Rational(Repr::Small(n, *d)),
                None => Rational::from_wide(-i128::from(*n), (*d).into()),
            },
            Repr::Big(big) => Rational::from_reduced(-&big.0, big.1.clone()),
        }
    }
}

impl PartialOrd for Rational {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Rational {
    fn cmp(&self, other: &Self) -> Ordering {
        if let (Repr::Small(a, b), Repr::Small(c, d)) = (&self.0, &other.0) {
            return if b == d {
                a.cmp(c)
            } else {
                (i128::from(*a) * i128::from(*d)).cmp(&(i128::from(*c) * i128::from(*b)))
            };
        }
        let ((a, b), (c, d)) = (self.parts(), other.parts());
        if b == d { a.cmp(&c) } else { (&*a * &*d).cmp(&(&*c * &*b)) }
    }
}

impl fmt::Display for Rational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Small(n, 1) => write!(f, "{n}"),
            Repr::Small(n, d) => write!(f, "{n}/{d}"),
            Repr::Big(big) if big.1.is_one() => write!(f, "{}", big.0),
            Repr::Big(big) => write!(f, "{}/{}", big.0, big.1),
        }
    }
}

impl fmt::Debug for Rational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
