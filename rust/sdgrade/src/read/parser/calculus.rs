//! Integrals, and unions over all integers.

use super::{Parsed, Parser, Parts, power};
use crate::read::lexer::TokenKind as T;
use crate::read::tree::{Constant, Kind, Name, NodeId, Relation, Span, Tree};
use crate::value::{NoteKind, Quantifier};

impl Parser<'_> {
    /// `\int_0^1 x^2 dx`: up to the first `d` and a letter that no bracket holds.
    pub(super) fn integral(&mut self, start: Span) -> Parsed {
        let (mut from, mut to) = (None, None);
        for _ in 0..2 {
            if from.is_none() && self.take(T::Underscore) {
                from = Some(self.argument()?);
            } else if to.is_none() && self.take(T::Caret) {
                to = Some(self.exponent()?);
            }
        }
        let d = T::Symbol(Name::Letter('d'));
        if from.is_some() != to.is_some() {
            return Err(self.fault());
        }
        // `\int \frac{dx}{1+x^2}`
        if self.peek() == T::Fraction
            && self.peek_at(1) == T::GroupOpen
            && self.peek_at(2) == d
            && let T::Symbol(name) = self.peek_at(3)
            && self.peek_at(4) == T::GroupClose
        {
            let top = self.here();
            let variable = self.tree.push(Kind::Symbol(name), self.span_at(3));
            for _ in 0..5 {
                self.advance();
            }
            let one = self.tree.push(Kind::Vulgar(1, 1), top.to(self.span_before()));
            let bottom = self.argument()?;
            let body = self.push(Kind::Fraction(one, bottom), top);
            return Ok(self.integrated(variable, body, [from, to], start));
        }
        // `\int_0^1 dx \int_0^x f dy`
        if self.peek() == d
            && let T::Symbol(name) = self.peek_at(1)
        {
            self.advance();
            let variable = self.tree.push(Kind::Symbol(name), self.here());
            let at = self.advance();
            let body = match self.peek() {
                T::Integral => self.expression(power::PRODUCT)?,
                _ => self.tree.push(Kind::Vulgar(1, 1), at),
            };
            return Ok(self.integrated(variable, body, [from, to], start));
        }
        // Each integral within has a letter of its own.
        let mut open = 1_usize;
        let end = self.first_outside(|at, kind| {
            let letter = self.tokens.get(at + 1).filter(|_| at + 1 < self.end);
            if kind == T::Integral {
                open += 1;
            } else if kind == d && letter.is_some_and(|next| matches!(next.kind, T::Symbol(_))) {
                open -= 1;
            }
            open == 0
        });
        let Some(end) = end else { return Err(self.fault()) };
        let outer = std::mem::replace(&mut self.end, end);
        let body = self.expression(power::SUM);
        let whole = self.at == end;
        self.end = outer;
        let body = body?;
        if !whole {
            return Err(self.fault());
        }
        self.advance();
        let T::Symbol(name) = self.peek() else { return Err(self.fault()) };
        let at = self.advance();
        let variable = self.tree.push(Kind::Symbol(name), at);
        Ok(self.integrated(variable, body, [from, to], start))
    }

    fn integrated(
        &mut self,
        variable: NodeId,
        body: NodeId,
        bounds: [Option<NodeId>; 2],
        start: Span,
    ) -> NodeId {
        let parts: Parts =
            [variable, body].into_iter().chain(bounds.into_iter().flatten()).collect();
        self.push_all(Kind::Integral, &parts, start)
    }

    /// `\bigcup_{k=-\infty}^{\infty} (k, k+1)`: a set for every integer.
    pub(super) fn union_over(&mut self, start: Span) -> Parsed {
        let infinite = |tree: &Tree<'_>, id: NodeId| {
            matches!(tree.kind(id), Kind::Constant(Constant::Infinity))
        };
        if !self.take(T::Underscore) {
            return Err(self.fault());
        }
        let from = self.argument()?;
        let Kind::Chain(sides, relations) = self.tree.kind(from) else { return Err(self.fault()) };
        let &[letter, set] = self.tree.children(sides) else { return Err(self.fault()) };
        let integers = match self.tree.relations(relations, 2) {
            // `k \in \mathbb{Z}`
            [Relation::In] => set,
            [Relation::Equal] if matches!(self.tree.kind(set), Kind::Negate(end) if infinite(&self.tree, end)) =>
            {
                if !self.take(T::Caret) {
                    return Err(self.fault());
                }
                let to = self.exponent()?;
                if !infinite(&self.tree, to) {
                    return Err(self.fault());
                }
                self.push(Kind::Constant(Constant::Integers), start)
            }
            _ => return Err(self.fault()),
        };
        let body = self.expression(power::SET)?;
        let sides = self.tree.push_children(&[letter, integers]);
        let relation = self.tree.push_relations(&[Relation::In]);
        let domain = self.push(Kind::Chain(sides, relation), start);
        let kind = NoteKind::Domain(Quantifier::Open);
        Ok(self.push(Kind::Noted(body, kind, domain), start))
    }
}
