//! Formulas of propositional logic: `(\neg p) \lor q`.

use super::Parser;
use crate::read::lexer::TokenKind as T;
use crate::read::tree::{Delimiter, Name, NodeId, Relation};
use crate::value::{Connective, Formula, Sign, Value};

/// The connectives, the weakest first.
const CONNECTIVES: [Connective; 4] =
    [Connective::Iff, Connective::Implies, Connective::Or, Connective::And];

/// The deepest brackets of a formula.
const MOST_BRACKETS: usize = 20;

impl Parser<'_> {
    /// A whole answer that is a formula of letters, with a negation or one of the signs `\land` and `\lor` in it.
    pub(super) fn formula(&mut self) -> Option<NodeId> {
        let mark = self.start();
        self.return_to(mark);
        let start = self.here();
        let logical = |at: &usize| self.tokens[*at].kind == T::Not || self.is_logical_sign(*at);
        if !(self.at..self.end).any(|at| logical(&at)) {
            return None;
        }
        let formula = self.joined_formula(0, 0)?;
        self.take(T::Period);
        if self.peek() != T::EndOfText {
            return None;
        }
        let all = self.since(start);
        Some(self.tree.push_said(Value::Formula(formula), all))
    }

    /// Whether a token joins propositions by a sign, as a word or a comma may join items of a list.
    pub(super) fn is_logical_sign(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        matches!(token.kind, T::And | T::Or)
            && matches!(
                token.span.of(self.text),
                "\\land" | "\\wedge" | "\\And" | "\\lor" | "\\vee" | "∧" | "∨"
            )
    }

    fn joined_formula(&mut self, weakest: usize, brackets: usize) -> Option<Formula> {
        let Some(&connective) = CONNECTIVES.get(weakest) else { return self.literal(brackets) };
        let mut whole = self.joined_formula(weakest + 1, brackets)?;
        let mut joined = false;
        while self.joins(connective) {
            // `p \to q \to r` is read in two ways.
            if joined && connective == Connective::Implies {
                return None;
            }
            joined = true;
            self.advance();
            let next = self.joined_formula(weakest + 1, brackets)?;
            whole = whole.join(connective, &next)?;
        }
        Some(whole)
    }

    fn joins(&self, connective: Connective) -> bool {
        match self.peek() {
            T::And => connective == Connective::And && self.is_logical_sign(self.at),
            T::Or => connective == Connective::Or && self.is_logical_sign(self.at),
            T::Relation(Relation::Other(Sign::To | Sign::Implies)) => {
                connective == Connective::Implies
            }
            T::Relation(Relation::Other(Sign::Iff)) => connective == Connective::Iff,
            _ => false,
        }
    }

    /// A letter, a formula in brackets, or the negation of one.
    fn literal(&mut self, brackets: usize) -> Option<Formula> {
        if brackets > MOST_BRACKETS {
            return None;
        }
        match self.peek() {
            T::Not => {
                self.advance();
                Some(self.literal(brackets + 1)?.not())
            }
            T::Open(open @ (Delimiter::Paren | Delimiter::Square)) => {
                self.advance();
                let inner = self.joined_formula(0, brackets + 1)?;
                self.take(T::Close(open)).then_some(inner)
            }
            // `u \wedge v` may be a product of vectors.
            T::Symbol(Name::Letter(letter @ ('p'..='t' | 'P'..='T'))) => {
                self.advance();
                Some(Formula::letter(letter))
            }
            _ => None,
        }
    }
}
