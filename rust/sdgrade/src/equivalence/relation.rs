//! Equations, inequalities, ratios, and what is compared part by part.

use super::{Equivalence, is_equal, stopped, weakest};
use crate::canonical::{self, Decision, Expr, Rational};
use crate::value::{Equation, Name, Named, Quantity, Shape, Sign, Strictness, Value};
use crate::{Reason, Verdict};
use std::cmp::Ordering;

impl Equivalence<'_> {
    /// Nothing is solved for the answerer: an equation in one name is no value of it.
    pub(super) fn named_and_equation(&mut self, named: &Named, equation: &Equation) -> Reason {
        let Some(expr) = named.as_equation() else { return Reason::DifferentKind };
        if equation.difference.variables().len() < 2 {
            return Reason::Unsolved;
        }
        match self.proportional(&expr, &equation.difference) {
            // `xy = C` is `y = \frac Cx` but where `x` is zero.
            Reason::DifferentValue if self.solves(named, equation) => Reason::Unproved,
            found => found,
        }
    }

    /// Whether an equation is linear in a name, and its value the solution where there is but one.
    fn solves(&mut self, named: &Named, equation: &Equation) -> bool {
        let ([Name { expr: Some(Expr::Variable(name)), .. }], Some(value)) =
            (&named.names[..], named.value.as_expr())
        else {
            return false;
        };
        let zero = equation.difference.substitute(name, value);
        let linear = canonical::coefficients(&equation.difference, name, self.budget);
        linear.is_ok_and(|coefficients| coefficients.len() == 2)
            && matches!(canonical::equal(&zero, &Expr::integer(0), self.budget), Decision::Equal(_))
    }

    /// An equation against a value: the right side where the left is an expression in several names
    /// (`m+n=110`), or what it says of the one name that the value lacks (`y+1=x` and `x-1`).
    pub(super) fn equation(
        &mut self,
        equation: &Equation,
        other: &Value,
        equation_is_gold: bool,
    ) -> Reason {
        let ignored = |this: &Self, inner| {
            Self::lenient(
                this.policy.ignore_name,
                inner,
                Reason::NameIgnored,
                Reason::DifferentName,
            )
        };
        let Value::Quantity(quantity) = other else { return Reason::Unsolved };
        if let Some(stated) = &equation.stated {
            let inner = if equation_is_gold {
                self.quantities(stated, quantity)
            } else {
                self.quantities(quantity, stated)
            };
            return ignored(self, inner);
        }
        let names = equation.difference.variables();
        let Some(expr) = other.as_expr() else { return Reason::Unsolved };
        let inside = expr.variables();
        let mut missing = names.iter().filter(|&name| !inside.contains(name));
        let (Some(name), None, true) = (missing.next(), missing.next(), names.len() > 1) else {
            return Reason::Unsolved;
        };
        let solved = Expr::difference(Expr::variable(name.clone()), expr.clone());
        match canonical::ratio(&equation.difference, &solved, self.budget) {
            Decision::Equal(proof) => {
                let inner = self.decided(Decision::Equal(proof));
                ignored(self, inner)
            }
            Decision::Different(_) => Reason::Unsolved,
            Decision::Unknown(stop) => stopped(stop),
        }
    }

    pub(super) fn inequalities(
        &mut self,
        a: &Expr,
        x: Strictness,
        b: &Expr,
        y: Strictness,
    ) -> Reason {
        if x != y {
            return Reason::DifferentValue;
        }
        match canonical::factor(a, b, self.budget) {
            Ok((factor, proof)) => match canonical::sign(&factor, self.budget) {
                Ok(Ordering::Greater) => self.decided(Decision::Equal(proof)),
                Ok(_) => Reason::DifferentValue,
                Err(stop) => stopped(stop),
            },
            // The same numbers may satisfy two inequalities of different degrees.
            Err(Decision::Different(_)) => Reason::Unproved,
            Err(other) => self.decided(other),
        }
    }

    pub(super) fn ratios(&mut self, a: &[Expr], b: &[Expr]) -> Reason {
        if a.len() != b.len() {
            return Reason::DifferentCount;
        }
        let mut whole = Reason::Exact;
        for at in 1..a.len() {
            let left = Expr::product(vec![a[0].clone(), b[at].clone()]);
            let right = Expr::product(vec![b[0].clone(), a[at].clone()]);
            let part = self.exprs(&left, &right);
            whole = weakest(whole, part);
        }
        whole
    }

    pub(super) fn ratio_and_quotient(
        &mut self,
        parts: &[Expr],
        other: &Value,
        ratio_is_gold: bool,
    ) -> Reason {
        match (parts, other) {
            (_, Value::Ratio(more)) => self.ratios(parts, more),
            ([a, b], Value::Quantity(quantity)) => {
                if b.as_rational().is_some_and(Rational::is_zero) {
                    return Reason::DifferentKind;
                }
                let quotient = Quantity::from(Expr::quotient(a.clone(), b.clone()));
                if ratio_is_gold {
                    self.quantities(&quotient, quantity)
                } else {
                    self.quantities(quantity, &quotient)
                }
            }
            _ => Reason::DifferentKind,
        }
    }

    /// `17 \bmod 5` and `2^{10} \bmod 7`: the same remainder, which of residue classes says nothing.
    fn remainders(&mut self, a: &[Value], b: &[Value]) -> Option<Reason> {
        // `0 \pmod 6` is a class.
        let number = |part: &Value| part.as_expr().and_then(Expr::as_rational).cloned();
        let is_reduced = |parts: &[Value]| match (number(&parts[0]), number(&parts[1])) {
            (Some(number), Some(modulus)) => number.abs() < modulus.abs(),
            _ => false,
        };
        if is_reduced(a) && is_reduced(b) {
            return None;
        }
        let (ours, theirs) = (super::residue(a)?, super::residue(b)?);
        let found = self.quantities(&ours, &theirs);
        is_equal(found).then_some(Reason::Unproved)
    }

    #[expect(clippy::many_single_char_names, reason = "residues x and y modulo m")]
    pub(super) fn structures(&mut self, kind: Shape, a: &[Value], b: &[Value]) -> Reason {
        if kind == Shape::Piecewise {
            return self.piecewise(a, b);
        }
        if a.len() != b.len() {
            return Reason::DifferentCount;
        }
        match kind {
            // The sides of one line may be multiples of those of the other.
            Shape::Equal if a.len() > 2 => {
                let found = self.matched(a, b);
                if is_equal(found) { found } else { Reason::Unproved }
            }
            // Which side is named first is seldom meant.
            Shape::Dimensions => {
                let found = self.in_order(a, b);
                if found.verdict() == Verdict::Different && is_equal(self.matched(a, b)) {
                    return Reason::Unproved;
                }
                found
            }
            Shape::Union
            | Shape::Intersection
            | Shape::Either
            | Shape::Equal
            | Shape::Unequal
            | Shape::Related(
                Sign::Parallel | Sign::Perpendicular | Sign::Similar | Sign::Congruent | Sign::Iff,
            ) => self.matched(a, b),
            // `6 \mid n + 1` and `6 \mid n + 7`
            Shape::Congruent | Shape::Related(Sign::Divides | Sign::DividesNot) => {
                let found = self.in_order(a, b);
                if is_equal(found) { found } else { Reason::Unsolved }
            }
            // Residues: equal up to the modulus.
            Shape::Modulo => {
                let modulus = self.values(&a[1], &b[1]);
                if !is_equal(modulus) {
                    return self.remainders(a, b).unwrap_or(modulus);
                }
                let inner = self.values(&a[0], &b[0]);
                if is_equal(inner) {
                    return weakest(modulus, inner);
                }
                match (a[0].as_expr(), b[0].as_expr(), a[1].as_expr()) {
                    // Not where only a leniency makes the moduli equal, as 4 and 4 %.
                    (Some(x), Some(y), Some(m)) if modulus == Reason::Exact => {
                        let steps =
                            Expr::quotient(Expr::difference(x.clone(), y.clone()), m.clone());
                        match steps.as_rational() {
                            Some(steps) if steps.is_integer() => Reason::Exact,
                            _ => inner,
                        }
                    }
                    _ => inner,
                }
            }
            _ => self.in_order(a, b),
        }
    }
}

/// `y \le 1 - x` as `1 - x - y \ge 0`.
pub(super) fn half_plane(named: &Named) -> Option<(Expr, Strictness)> {
    let (Value::Reals(reals), [Name { expr: Some(name), .. }]) = (&named.value, &named.names[..])
    else {
        return None;
    };
    let [only] = reals.intervals() else { return None };
    let strict = |closed: bool| if closed { Strictness::Weak } else { Strictness::Strict };
    match (only.low.at.infinite_sign(), only.high.at.infinite_sign()) {
        (Some(-1), None) => {
            Some((Expr::difference(only.high.at.clone(), name.clone()), strict(only.high.closed)))
        }
        (None, Some(1)) => {
            Some((Expr::difference(name.clone(), only.low.at.clone()), strict(only.low.closed)))
        }
        _ => None,
    }
}
