//! Congruences and divisibility: `n \equiv 2 \pmod 3`, `6 \mid n`.

use super::note::listed;
use super::{Lowered, Lowering};
use crate::canonical::Expr;
use crate::read::NodeId;
use crate::value::{Shape, Value};

/// The largest modulus whose residues are listed.
const MOST_RESIDUES: i64 = 60;

impl Lowering<'_> {
    /// `n \equiv 2 \pmod 3`: a name and its residue, or two sides.
    pub(super) fn congruent(&mut self, left: NodeId, right: NodeId) -> Lowered<Value> {
        let value = self.value(right)?;
        if self.is_name(left) {
            return Ok(self.named(&[left], value));
        }
        let left = self.value(left)?;
        Ok(Value::Structure(Shape::Congruent, vec![left, value]))
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

/// The residues but for one.
fn other_residues(residue: i64, modulus: i64) -> Value {
    let class = |residue: i64| {
        let pair = [residue, modulus].map(|part| Value::from(Expr::integer(part)));
        Value::Structure(Shape::Modulo, pair.to_vec())
    };
    let others = (0..modulus).filter(|&other| other != residue.rem_euclid(modulus));
    listed(others.map(class).collect())
}
