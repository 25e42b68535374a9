//! Piecewise functions: values with the conditions under which they hold.

use super::{Lowered, Lowering};
use crate::ast::{Kind, NodeId};
use crate::value::{Value, text};

impl Lowering<'_> {
    pub(super) fn piecewise(&mut self, cases: &[NodeId]) -> Lowered<Value> {
        let mut parts = Vec::with_capacity(cases.len() / 2);
        for case in cases.chunks_exact(2) {
            let pair = vec![self.value(case[0])?, self.condition(case[1])?];
            parts.push(Value::Structure("case", pair));
        }
        Ok(Value::Structure("piecewise", parts))
    }

    /// A relation by what it means, anything else by its letters.
    fn condition(&mut self, id: NodeId) -> Lowered<Value> {
        let tree = self.tree;
        let is_relation = |id: NodeId| matches!(tree.kind(id), Kind::Chain(..));
        let relations = match tree.kind(id) {
            Kind::List(_, items) => tree.children(items).iter().all(|&item| is_relation(item)),
            _ => is_relation(id),
        };
        if relations {
            return self.value(id);
        }
        let letters = text::squeeze(self.source(id));
        Ok(Value::Text(match letters.trim_end_matches(['.', ',']) {
            "else" => "otherwise".to_owned(),
            letters => letters.to_owned(),
        }))
    }
}
