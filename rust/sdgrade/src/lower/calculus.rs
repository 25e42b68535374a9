//! Limits, integrals, sums and products over an index.

use super::{Lowered, Lowering};
use crate::budget::Stop;
use crate::canonical::{self, Expr, SeriesKind, Symbol};
use crate::read::{Kind, NodeId, Series};
use crate::value::Value;

impl Lowering<'_> {
    /// A limit by exact algebra, or else an unknown of what it is the limit of.
    pub(super) fn limit(&mut self, id: NodeId, approached: NodeId, body: NodeId) -> Lowered<Value> {
        let body = self.scalar(body)?;
        if let Kind::Chain(sides, _) = self.tree.kind(approached)
            && let &[variable, to] = self.tree.children(sides)
            && let Kind::Symbol(name) = self.tree.kind(variable)
        {
            let (name, to) = (self.symbol_name(name), self.scalar(to)?);
            match canonical::limit(&body, &name, &to, canonical::Side::Both, self.budget) {
                Ok(value) => return Ok(value.into()),
                Err(Stop::Open) => {}
                Err(stop) => return Err(stop.into()),
            }
        }
        if !matches!(self.tree.kind(approached), Kind::Chain(..)) {
            return self.meaningless(id);
        }
        let name = format!("limit {}", self.tree.spelling(approached));
        Ok(Expr::unfinished(&name, vec![body]).into())
    }

    /// A definite integral by exact algebra; any other is an unknown of its integrand.
    pub(super) fn integral(&mut self, id: NodeId, parts: &[NodeId]) -> Lowered<Value> {
        let (&[variable, body], bounds) = parts.split_at(2) else { return self.meaningless(id) };
        let Kind::Symbol(name) = self.tree.kind(variable) else {
            return self.meaningless(variable);
        };
        let bounds = self.scalars(bounds)?;
        let symbol = self.symbol_name(name);
        self.bound.push(symbol.clone());
        let body = self.scalar(body);
        self.bound.pop();
        let body = body?;
        if let [from, to] = &bounds[..] {
            match canonical::integral(&body, &symbol, from, to, self.budget) {
                Ok(value) => return Ok(value.into()),
                Err(Stop::Open) => {}
                Err(stop) => return Err(stop.into()),
            }
        }
        // Of a definite integral the letter is bound.
        let free = (0..).map_while(Symbol::bound).find(|place| !body.mentions(place));
        let (name, body) = match (bounds.is_empty(), free) {
            (false, Some(bound)) => {
                ("definite integral".to_owned(), body.substitute(&symbol, &Expr::variable(bound)))
            }
            _ => (format!("integral d{}", symbol.as_str()), body),
        };
        Ok(Expr::unfinished(&name, bounds.into_iter().chain([body]).collect()).into())
    }

    pub(super) fn series(&mut self, id: NodeId, kind: Series, parts: &[NodeId]) -> Lowered<Value> {
        let &[variable, from, to, body] = parts else { return self.meaningless(id) };
        let Kind::Symbol(name) = self.tree.kind(variable) else {
            return self.meaningless(variable);
        };
        let from = self.scalar(from)?;
        let to = self.scalar(to)?;
        let symbol = self.symbol_name(name);
        self.bound.push(symbol.clone());
        let body = self.scalar(body);
        self.bound.pop();
        let kind = match kind {
            Series::Sum => SeriesKind::Sum,
            Series::Product => SeriesKind::Product,
        };
        Ok(Expr::series(kind, symbol, from, to, body?).into())
    }
}
