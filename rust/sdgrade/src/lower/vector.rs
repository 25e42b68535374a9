//! Vectors as tuples and as sums of unit vectors: their lengths and dot products.

use super::matrix::exprs;
use super::{Lowered, Lowering, as_scalar};
use crate::canonical::{self, Decision, Expr, Proof, Symbol};
use crate::read::NodeId;
use crate::value::Value;

impl Lowering<'_> {
    /// The length of a vector, `None` for anything else.
    pub(super) fn length(&mut self, value: &Value) -> Lowered<Option<Expr>> {
        let parts = match value {
            Value::Tuple(_, items) if items.len() > 1 => {
                items.iter().map(|item| as_scalar(item.clone())).collect()
            }
            Value::Matrix(1, cells) if cells.len() > 1 => Some(exprs(cells)),
            Value::Quantity(sum) if sum.unit.is_none() => self.along_axes(&sum.expr),
            _ => None,
        };
        let Some(parts) = parts else { return Ok(None) };
        let square = self.dot(&parts, &parts)?;
        Ok(as_scalar(square).map(Expr::sqrt))
    }

    /// The factors of the unit vectors in a sum.
    fn along_axes(&mut self, sum: &Expr) -> Option<Vec<Expr>> {
        let is_axis = |name: &Symbol| {
            let inside = name.as_str().strip_prefix("vec(").or(name.as_str().strip_prefix("hat("));
            matches!(inside, Some("i)" | "j)" | "k)"))
        };
        let axes: Vec<Symbol> = sum.variables().into_iter().filter(is_axis).collect();
        if axes.is_empty() {
            return None;
        }
        let mut rest = sum.clone();
        let mut parts = Vec::with_capacity(axes.len());
        for axis in &axes {
            let linear = canonical::coefficients(&rest, axis, self.budget).ok()?;
            let [constant, factor] = <[Expr; 2]>::try_from(linear).ok()?;
            parts.push(factor);
            rest = constant;
        }
        let nothing = canonical::equal(&rest, &Expr::integer(0), self.budget);
        (nothing == Decision::Equal(Proof::Exact)).then_some(parts)
    }

    /// Whether a dot stands between two factors.
    pub(super) fn is_dotted(&self, before: NodeId, after: NodeId) -> bool {
        let between = self.tree.between(before, after);
        ["\\cdot", "·", "⋅", "\\bullet"].iter().any(|dot| between.contains(dot))
    }

    /// `(1,2) \cdot (3,4)`
    pub(super) fn dot_of_tuples(&mut self, id: NodeId, a: &[Value], b: &[Value]) -> Lowered<Value> {
        let scalars = |items: &[Value]| -> Option<Vec<Expr>> {
            items.iter().map(|item| as_scalar(item.clone())).collect()
        };
        match (scalars(a), scalars(b)) {
            (Some(a), Some(b)) if a.len() == b.len() => self.dot(&a, &b),
            _ => self.meaningless(id),
        }
    }
}
