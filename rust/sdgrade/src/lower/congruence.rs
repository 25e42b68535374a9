//! Congruences and divisibility: `n \equiv 2 \pmod 3`, `6 \mid n`.

use super::{Halt, Lowered, Lowering};
use crate::canonical::{self, Expr, Rational};
use crate::read::{Kind, NodeId};
use crate::value::{Shape, Value};

/// The largest modulus to which a residue is inverted.
const MOST_INVERTED: i64 = 1000;
/// The largest modulus whose residues are listed.
const MOST_RESIDUES: i64 = 60;

impl Lowering<'_> {
    /// `n \equiv 2 \pmod 3`: a name and its residue, or two sides.
    pub(super) fn congruent(&mut self, left: NodeId, right: NodeId) -> Lowered<Value> {
        let value = self.value(right)?;
        if self.is_name(left) {
            return Ok(self.named(&[left], value));
        }
        let at = left;
        let left = self.value(left)?;
        if let (Some(number), Value::Structure(Shape::Modulo, parts)) = (left.as_expr(), &value)
            && let Some(false) = self.is_residue(number, parts)
        {
            return Err(Halt::FalseChain(self.tree.span(at)));
        }
        Ok(Value::Structure(Shape::Congruent, vec![left, value]))
    }

    /// Whether a number has a residue, `[residue, modulus]`; a fraction has that of its numerator times the inverse of its
    /// denominator. `None` where that is not known.
    pub(super) fn is_residue(&mut self, number: &Expr, parts: &[Value]) -> Option<bool> {
        let mut rational = |expr: &Expr| {
            let normal = canonical::normalise(expr, self.budget).ok()?;
            normal.as_rational()
        };
        let [residue, modulus] = parts else { return None };
        let (number, residue) = (rational(number)?, rational(residue.as_expr()?)?);
        let modulus = rational(modulus.as_expr()?)?.to_i64().filter(|&modulus| modulus > 1)?;
        let apart = &number - &residue;
        let below = (apart.denominator() % modulus).try_into().ok()?;
        let divides = apart.numerator() % modulus == 0_i64.into();
        is_coprime(below, modulus).then_some(divides)
    }

    /// `2^{-1} \bmod 7` is 4: the residue of a fraction, which is no decimal.
    pub(super) fn modulo(&mut self, id: NodeId, inner: NodeId, modulus: NodeId) -> Lowered<Value> {
        let parts = self.values(&[inner, modulus])?;
        let inverts = matches!(self.tree.kind(inner), Kind::Power(..) | Kind::Product(_));
        let Some(number) = parts[0].as_expr().filter(|_| inverts).cloned() else {
            return Ok(Value::Structure(Shape::Modulo, parts));
        };
        let fraction = canonical::normalise(&number, self.budget)
            .is_ok_and(|it| it.as_rational().is_some_and(|it| !it.is_integer()));
        if !fraction {
            return Ok(Value::Structure(Shape::Modulo, parts));
        }
        let most = parts[1].as_expr().and_then(Expr::as_rational).and_then(Rational::to_i64);
        let most = most.unwrap_or(0).min(MOST_INVERTED);
        for residue in 0..most {
            self.budget.spend(20)?;
            let class = [Expr::integer(residue).into(), parts[1].clone()];
            if self.is_residue(&number, &class) == Some(true) {
                return Ok(Value::Structure(Shape::Modulo, class.into()));
            }
        }
        self.meaningless(id)
    }

    /// `n \not\equiv 2 \pmod 3`: the other residues.
    pub(super) fn incongruent(
        &mut self,
        id: NodeId,
        left: NodeId,
        right: NodeId,
    ) -> Lowered<Value> {
        let value = self.value(right)?;
        let Value::Structure(Shape::Modulo, parts) = value else { return self.meaningless(id) };
        let whole = |at: usize| {
            let number = parts.get(at)?.as_expr()?.as_rational()?;
            number.to_i64().filter(|_| number.is_integer())
        };
        match (whole(0), whole(1)) {
            (Some(residue), Some(modulus @ 2..=MOST_RESIDUES)) if self.is_name(left) => {
                Ok(self.named(&[left], other_residues(residue, modulus)))
            }
            _ => self.meaningless(id),
        }
    }

    /// `6 \mid n` and `6 \nmid n`: the residues of a name. `None` where it is no name, or there are too many.
    pub(super) fn divisible(
        &mut self,
        modulus: NodeId,
        name: NodeId,
        divides: bool,
    ) -> Lowered<Option<Value>> {
        if !self.is_name(name) {
            return Ok(None);
        }
        let residues = if divides {
            let modulus = self.value(modulus)?;
            Value::Structure(Shape::Modulo, vec![Expr::integer(0).into(), modulus])
        } else {
            match self.tree.numeral(modulus).parse() {
                Ok(modulus @ 2..=MOST_RESIDUES) => other_residues(0, modulus),
                _ => return Ok(None),
            }
        };
        Ok(Some(self.named(&[name], residues)))
    }
}

/// Whether two numbers have no divisor in common.
fn is_coprime(mut a: i64, mut b: i64) -> bool {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.abs() == 1
}

/// The residues but for one.
fn other_residues(residue: i64, modulus: i64) -> Value {
    let class = |residue: i64| {
        let pair = [residue, modulus].map(|part| Value::from(Expr::integer(part)));
        Value::Structure(Shape::Modulo, pair.to_vec())
    };
    let others = (0..modulus).filter(|&other| other != residue.rem_euclid(modulus));
    Value::listed(others.map(class).collect())
}
