//! Products whose order matters: those of matrices and operators that have only names.

use super::{Lowered, Lowering};
use crate::canonical::Expr;
use crate::read::{Function as Written, Kind, Name, NodeId};
use crate::value::Value;

impl Lowering<'_> {
    /// `\hat{x}\hat{p}`, `\mathbf{A}\mathbf{B}`, `P^{-1}AP`: the numbers among the factors, times an unknown of the
    /// others in their order. `None` where at most one is plainly no number.
    pub(super) fn in_order(&mut self, factors: &[NodeId]) -> Lowered<Option<Value>> {
        let inverses = self.are_around_inverses(factors);
        // Most products have none.
        if !factors.iter().any(|&factor| self.is_operator(factor, inverses)) {
            return Ok(None);
        }
        let mut named = Vec::new();
        for (at, &factor) in factors.iter().enumerate() {
            let adjoins = at > 0 && !self.is_dotted(factors[at - 1], factor)
                || at + 1 < factors.len() && !self.is_dotted(factor, factors[at + 1]);
            named.push(self.is_operator(factor, inverses) && adjoins);
        }
        let spellings = || {
            let operators = factors.iter().zip(&named).filter(|(_, named)| **named);
            operators.map(|(&factor, _)| self.tree.spelling(factor))
        };
        let mut spelled = spellings();
        let first = spelled.next();
        if !spelled.any(|other| Some(&other) != first.as_ref()) {
            return Ok(None);
        }
        let (mut operators, mut numbers) = (Vec::new(), Vec::new());
        for (&factor, named) in factors.iter().zip(named) {
            let (factor, negative) = match self.tree.kind(factor) {
                Kind::Negate(inner) if named => (inner, true),
                _ => (factor, false),
            };
            let expr = self.scalar(factor)?;
            if negative {
                numbers.push(Expr::integer(-1));
            }
            if named { operators.push(expr) } else { numbers.push(expr) }
        }
        numbers.push(Expr::unfinished("product in order", operators));
        Ok(Some(Expr::product(numbers).into()))
    }

    /// Whether capitals stand for matrices: two of them are inverted or turned, or one is, and stands there again.
    fn are_around_inverses(&self, factors: &[NodeId]) -> bool {
        let inverses: Vec<NodeId> = factors
            .iter()
            .filter(|&&factor| self.is_inverse_name(factor))
            .filter_map(|&factor| match self.tree.kind(factor) {
                Kind::Power(base, _) if self.is_capital(base) => Some(base),
                _ => None,
            })
            .collect();
        match inverses[..] {
            [] => false,
            [base] => factors.iter().any(|&factor| self.tree.kind(factor) == self.tree.kind(base)),
            _ => true,
        }
    }

    fn is_operator(&self, id: NodeId, inverses: bool) -> bool {
        match self.tree.kind(id) {
            Kind::Call(Written::Accent("hat"), inside) => {
                let unit = |&inner: &NodeId| {
                    matches!(self.tree.kind(inner), Kind::Symbol(Name::Letter('i' | 'j' | 'k')))
                };
                !self.tree.children(inside).iter().any(unit)
            }
            Kind::Power(base, _) if self.is_inverse_name(id) && self.is_capital(base) => {
                inverses || self.tree.is_bold(base)
            }
            Kind::Power(base, exponent) if matches!(self.tree.kind(exponent), Kind::Number(_)) => {
                self.is_operator(base, inverses)
            }
            Kind::Negate(inner) => self.is_operator(inner, inverses),
            _ => self.is_capital(id) && (inverses || self.tree.is_bold(id)),
        }
    }

    fn is_capital(&self, id: NodeId) -> bool {
        matches!(self.tree.kind(id), Kind::Symbol(Name::Letter('A'..='Z')))
    }
}
