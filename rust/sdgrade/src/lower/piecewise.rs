//! Piecewise functions: values with the conditions under which they hold.

use super::{Lowered, Lowering};
use crate::read::NodeId;
use crate::value::{Shape, Value};

impl Lowering<'_> {
    pub(super) fn piecewise(&mut self, cases: &[NodeId]) -> Lowered<Value> {
        let mut parts = Vec::with_capacity(cases.len() / 2);
        for case in cases.chunks_exact(2) {
            let pair = vec![self.value(case[0])?, self.value(case[1])?];
            parts.push(Value::Structure(Shape::Case, pair));
        }
        Ok(Value::Structure(Shape::Piecewise, parts))
    }
}
