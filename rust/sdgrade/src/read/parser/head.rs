//! Names of quantities that no grammar here takes apart: `\dim\ker T = 5`, `\iint_D xy\,dA = \frac14`.

use super::Parser;
use crate::read::lexer::{Token, TokenKind as T};
use crate::read::tree::{Delimiter, Function, Kind, Name, NodeId, Relation};

/// Operators of which only the name is known.
const OPERATORS: [&str; 12] = [
    "\\ker",
    "\\sup",
    "\\inf",
    "\\limsup",
    "\\liminf",
    "\\iint",
    "\\iiint",
    "\\oint",
    "\\idotsint",
    "\\hom",
    "\\rank",
    "\\#",
];

impl Parser<'_> {
    /// All that stands before an equals sign, as the name of what stands behind it, if an operator is in it of which only
    /// the name is known, or a bar that says where something is taken: `y'|_{x=1} = 5`.
    pub(super) fn head(&mut self) -> Option<NodeId> {
        let start = self.here();
        let relation = self.first_outside(|at, kind| {
            matches!(kind, T::Relation(_)) && self.tokens[at + 1].kind != T::Underscore
        })?;
        let head = &self.tokens[self.at..relation];
        let named = head.iter().any(|token| self.is_only_named(token))
            || head.windows(2).any(|pair| {
                matches!(pair[0].kind, T::Bar | T::Close(Delimiter::Bar) | T::Relation(_))
                    && pair[1].kind == T::Underscore
            })
            || head.windows(2).any(|pair| match (pair[0].kind, pair[1].kind) {
                (T::Limit, next) => next != T::Underscore,
                (T::Function(Function::Max | Function::Min), next) => next == T::Underscore,
                (T::Integral, next) => matches!(next, T::Underscore | T::Symbol(_)),
                (T::Symbol(Name::Command("nabla")), next) => next == T::Times,
                _ => false,
            });
        if !named
            || self.tokens[relation].kind != T::Relation(Relation::Equal)
            || !head.iter().all(|token| self.may_be_in_name(token))
        {
            return None;
        }
        self.at = relation;
        let name = self.since(start);
        Some(self.tree.push(Kind::Symbol(Name::Word(name)), name))
    }

    fn is_only_named(&self, token: &Token) -> bool {
        OPERATORS.contains(&token.span.of(self.text).trim()) || self.is_operator_word(token)
    }

    /// `rank` in `\operatorname{rank} A`
    pub(super) fn is_operator_word(&self, token: &Token) -> bool {
        let before = self.text[..token.span.start as usize].trim_end();
        matches!(token.kind, T::Word | T::Symbol(Name::Operator(_)))
            && (before.ends_with("\\operatorname{") || before.ends_with("\\operatorname*{"))
    }

    fn may_be_in_name(&self, token: &Token) -> bool {
        match token.kind {
            T::Comma | T::Semicolon | T::RowBreak | T::Quad | T::And | T::Or | T::Colon => false,
            T::Word | T::UnknownCommand | T::Unknown => self.is_only_named(token),
            _ => true,
        }
    }
}
