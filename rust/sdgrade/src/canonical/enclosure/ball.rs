//! Real ball arithmetic: numbers with rigorous error bounds.

use std::cmp::Ordering;

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;
use num_traits::{One, Signed, Zero};

use crate::budget::Stop;
use crate::canonical::number::Rational;

/// Exponents beyond this are not followed.
const MAX_EXPONENT: i64 = 1 << 61;

/// Bits that a radius keeps.
const RADIUS_BITS: u64 = 30;

/// All real numbers between `(middle - radius)·2^exponent` and `(middle + radius)·2^exponent`.
///
/// Every operation returns a ball that contains all results for all members of its operands.
#[derive(Clone, Debug)]
pub(crate) struct Ball {
    middle: BigInt,
    radius: u64,
    exponent: i64,
}

impl From<i64> for Ball {
    fn from(value: i64) -> Self {
        Self { middle: value.into(), radius: 0, exponent: 0 }
    }
}

impl Ball {
    /// Exactly 0.
    pub(crate) fn zero() -> Self {
        Self::from(0)
    }

    /// `value·2^exponent`, exactly.
    pub(crate) fn scaled(value: BigInt, exponent: i64) -> Self {
        Self { middle: value, radius: 0, exponent }
    }

    /// A rational number to about `precision` bits.
    pub(crate) fn rational(value: &Rational, precision: u64) -> Self {
        let middle = Self::scaled(value.numerator(), 0);
        if value.is_integer() {
            return middle.rounded(BigUint::zero(), precision);
        }
        let below = Self::scaled(value.denominator(), 0);
        middle.divide(&below, precision).unwrap_or(middle)
    }

    /// The member in the middle, exactly.
    pub(crate) fn middle(&self) -> Self {
        Self { radius: 0, ..self.clone() }
    }

    /// Brings middle and radius back to size; `radius` replaces the radius of `self`.
    fn rounded(self, radius: BigUint, precision: u64) -> Self {
        let excess = self.middle.bits().saturating_sub(precision);
        let shift = excess.max(radius.bits().saturating_sub(RADIUS_BITS));
        if shift == 0 {
            let radius = u64::try_from(&radius).unwrap_or(u64::MAX);
            return Self { radius, ..self };
        }
        // An arithmetic shift moves the middle by less than one unit; so does that of the radius. Only
        // zeros shifted out leave an exact number exact.
        let exact =
            radius.is_zero() && self.middle.trailing_zeros().is_none_or(|zeros| zeros >= shift);
        let middle = self.middle >> shift;
        let doubt = if exact { 0 } else { 2 };
        let radius = u64::try_from(radius >> shift).unwrap_or(u64::MAX) + doubt;
        let exponent = self.exponent.saturating_add(i64::try_from(shift).unwrap_or(i64::MAX));
        Self { middle, radius, exponent }
    }

    fn radius_big(&self) -> BigUint {
        self.radius.into()
    }

    /// The exponent of two just above the largest absolute value in the ball; far below all others
    /// for exactly 0.
    pub(crate) fn magnitude(&self) -> i64 {
        if self.is_zero() {
            return i64::MIN / 2;
        }
        let bits = (self.middle.magnitude() + self.radius).bits();
        self.exponent.saturating_add(i64::try_from(bits).unwrap_or(i64::MAX))
    }

    /// The exponent of two just above the radius; the smallest number for an exact value.
    pub(crate) fn error_magnitude(&self) -> i64 {
        if self.radius == 0 {
            return i64::MIN;
        }
        self.exponent.saturating_add(i64::from(64 - self.radius.leading_zeros()))
    }

    /// Whether the ball is a single number.
    pub(crate) fn is_exact(&self) -> bool {
        self.radius == 0
    }

    /// Whether the ball is exactly 0.
    pub(crate) fn is_zero(&self) -> bool {
        self.radius == 0 && self.middle.is_zero()
    }

    /// The sign of all members, if they agree.
    pub(crate) fn sign(&self) -> Option<Ordering> {
        if self.middle.magnitude() > &self.radius_big() {
            Some(self.middle.sign().cmp(&Sign::NoSign))
        } else if self.is_zero() {
            Some(Ordering::Equal)
        } else {
            None
        }
    }

    /// Whether 0 is a member.
    pub(crate) fn contains_zero(&self) -> bool {
        self.middle.magnitude() <= &self.radius_big()
    }

    /// Fails once exponents grow beyond what is followed.
    pub(crate) fn within_range(self) -> Result<Self, Stop> {
        if self.exponent.unsigned_abs() > MAX_EXPONENT.unsigned_abs() {
            Err(Stop::Work)
        } else {
            Ok(self)
        }
    }

    /// The negative.
    pub(crate) fn negate(&self) -> Self {
        Self { middle: -&self.middle, ..*self }
    }

    /// The absolute value.
    pub(crate) fn absolute(&self) -> Self {
        match self.sign() {
            Some(Ordering::Less) => self.negate(),
            Some(_) => self.clone(),
            // Some member is zero: from 0 to the largest absolute value.
            None => {
                let top = self.middle.magnitude() + self.radius;
                Self { middle: BigInt::from(top.clone()), radius: 0, exponent: self.exponent - 1 }
                    .rounded(top, u64::MAX)
            }
        }
    }

    /// `self·2^power`.
    pub(crate) fn shifted(&self, power: i64) -> Self {
        Self { middle: self.middle.clone(), exponent: self.exponent.saturating_add(power), ..*self }
    }

    /// The same ball with members up to `2^exponent` further away.
    pub(crate) fn widened(&self, exponent: i64, precision: u64) -> Self {
        self.add(&Self { middle: BigInt::zero(), radius: 1, exponent }, precision)
    }

    /// The sum.
    pub(crate) fn add(&self, other: &Self, precision: u64) -> Self {
        if self.is_zero() {
            return other.clone();
        }
        if other.is_zero() {
            return self.clone();
        }
        // The finest unit that is worth keeping and in which both radii fit a word.
        let width = i64::try_from(precision).unwrap_or(i64::MAX).saturating_add(8);
        let mut unit = self.exponent.min(other.exponent);
        unit = unit.max(self.magnitude().max(other.magnitude()).saturating_sub(width));
        for ball in [self, other] {
            if ball.radius != 0 {
                let spare = i64::from(ball.radius.leading_zeros()) - 3;
                unit = unit.max(ball.exponent.saturating_sub(spare));
            }
        }
        let (left, right) = (self.in_unit(unit), other.in_unit(unit));
        let radius = BigUint::from(left.radius) + right.radius;
        Self { middle: left.middle + right.middle, radius: 0, exponent: unit }
            .rounded(radius, precision)
    }

    /// The ball in units of `2^unit`.
    fn in_unit(&self, unit: i64) -> Self {
        let shift = self.exponent.saturating_sub(unit);
        if shift >= 0 {
            let shift = shift.unsigned_abs();
            let radius = if self.radius == 0 { 0 } else { self.radius << shift };
            return Self { middle: &self.middle << shift, radius, exponent: unit };
        }
        let shift = shift.unsigned_abs();
        let shrunk = |bits: u64| if shift >= bits { 0 } else { shift };
        let middle = match shrunk(self.middle.bits() + 1) {
            0 if self.middle.is_negative() => BigInt::from(-1),
            0 => BigInt::zero(),
            shift => &self.middle >> shift,
        };
        let radius = self.radius.checked_shr(u32::try_from(shift).unwrap_or(u32::MAX)).unwrap_or(0);
        Self { middle, radius: radius + 2, exponent: unit }
    }

    /// The difference.
    pub(crate) fn subtract(&self, other: &Self, precision: u64) -> Self {
        self.add(&other.negate(), precision)
    }

    /// The product.
    pub(crate) fn multiply(&self, other: &Self, precision: u64) -> Self {
        let middle = &self.middle * &other.middle;
        let exponent = self.exponent.saturating_add(other.exponent);
        let mut radius = BigUint::zero();
        if self.radius != 0 || other.radius != 0 {
            radius = self.middle.magnitude() * other.radius
                + other.middle.magnitude() * self.radius
                + self.radius_big() * other.radius;
        }
        Self { middle, radius: 0, exponent }.rounded(radius, precision)
    }

    /// The product with a machine integer.
    pub(crate) fn times(&self, factor: i64, precision: u64) -> Self {
        self.multiply(&Self::from(factor), precision)
    }

    /// The quotient, unless 0 is a member of the divisor.
    pub(crate) fn divide(&self, other: &Self, precision: u64) -> Option<Self> {
        if other.contains_zero() {
            return None;
        }
        // |a/b - A/B| <= (r_a + |A/B|·r_b) / (|B| - r_b), and one unit for the rounded quotient.
        let shift = (precision + other.middle.bits()).saturating_sub(self.middle.bits()) + 2;
        let quotient = (&self.middle << shift) / &other.middle;
        let distance = other.middle.magnitude() - other.radius;
        let radius = ((self.radius_big() << shift) + (quotient.magnitude() + 1u32) * other.radius)
            .div_ceil(&distance)
            + 1u32;
        let exact = self.radius == 0
            && other.radius == 0
            && (&quotient * &other.middle) == (&self.middle << shift);
        let radius = if exact { BigUint::zero() } else { radius };
        let exponent = self.exponent.saturating_sub(other.exponent);
        let exponent = exponent.saturating_sub(i64::try_from(shift).unwrap_or(i64::MAX));
        Some(Self { middle: quotient, radius: 0, exponent }.rounded(radius, precision))
    }

    /// The nonnegative root of this degree of the members that have one; `None` if none has.
    pub(crate) fn root(&self, degree: u32, precision: u64) -> Option<Self> {
        if self.is_zero() {
            return Some(Self::zero());
        }
        if self.sign() == Some(Ordering::Less) {
            return None;
        }
        if self.contains_zero() || self.middle.magnitude() < &(self.radius_big() << 1u32) {
            // Between 0 and the root of the largest member.
            let power = self.magnitude().max(-MAX_EXPONENT).div_euclid(i64::from(degree)) + 1;
            return Some(Self { middle: BigInt::one(), radius: 1, exponent: power - 1 });
        }
        let bits = i64::try_from(self.middle.bits()).ok()?;
        let wanted = i64::try_from(precision).ok()?.checked_mul(i64::from(degree))?;
        let mut shift = (wanted - bits).max(0);
        shift += (self.exponent - shift).rem_euclid(i64::from(degree));
        let middle = self.middle.magnitude() << shift.unsigned_abs();
        let root = middle.nth_root(degree);
        // With r <= m/2 the root moves by at most 2·r·root/m, and by one for rounding.
        let exact = self.radius == 0 && root.pow(degree) == middle;
        let radius = if exact {
            BigUint::zero()
        } else {
            let spread = (self.radius_big() << shift.unsigned_abs()) * 2u32 * (&root + 1u32);
            spread.div_ceil(&middle) + 2u32
        };
        let exponent = (self.exponent - shift) / i64::from(degree);
        Some(Self { middle: root.into(), radius: 0, exponent }.rounded(radius, precision))
    }

    /// A whole power.
    pub(crate) fn power(&self, exponent: u64, precision: u64) -> Self {
        let mut result = Self::from(1);
        let mut square = self.clone();
        let mut rest = exponent;
        while rest > 0 {
            if rest & 1 == 1 {
                result = result.multiply(&square, precision);
            }
            rest >>= 1;
            if rest > 0 {
                square = square.multiply(&square, precision);
            }
        }
        result
    }

    /// The integer nearest to the middle, if it can be held.
    pub(crate) fn nearest_integer(&self) -> Option<BigInt> {
        if self.magnitude() > 4_096 {
            return None;
        }
        let half = Self::scaled(BigInt::one(), -1);
        Some(Self { radius: 0, ..self.clone() }.add(&half, 1 << 14).floor_of_middle())
    }

    fn floor_of_middle(&self) -> BigInt {
        let shift = self.exponent.unsigned_abs();
        if self.exponent >= 0 { &self.middle << shift } else { &self.middle >> shift }
    }

    /// The common floor of all members, if there is one that can be held.
    pub(crate) fn floor(&self) -> Option<BigInt> {
        if self.magnitude() > 1 << 15 || self.exponent < -(1 << 20) {
            return (self.magnitude() < 0).then(|| match self.sign() {
                Some(Ordering::Less) => Some(BigInt::from(-1)),
                Some(_) => Some(BigInt::zero()),
                None => None,
            })?;
        }
        let edge = |radius: BigInt| {
            Self { middle: &self.middle + radius, radius: 0, exponent: self.exponent }
                .floor_of_middle()
        };
        let (low, high) = (edge(-BigInt::from(self.radius)), edge(self.radius.into()));
        (low == high).then_some(low)
    }

    /// The value, if it is exactly an integer.
    pub(crate) fn as_integer(&self) -> Option<BigInt> {
        if self.is_zero() {
            return Some(BigInt::zero());
        }
        if !self.is_exact() || !(1..=1 << 15).contains(&self.magnitude()) {
            return None;
        }
        let floor = self.floor()?;
        self.subtract(&Self::scaled(floor.clone(), 0), u64::MAX >> 8).is_zero().then_some(floor)
    }

    /// Whether the two balls have no member in common.
    pub(crate) fn is_disjoint(&self, other: &Self, precision: u64) -> bool {
        !self.subtract(other, precision).contains_zero()
    }
}
