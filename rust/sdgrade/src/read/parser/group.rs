//! What stands between delimiters: groups, tuples, sets, intervals, absolute values.

use super::{Fault, FaultKind, Parsed, Parser, Parts};
use crate::read::lexer::TokenKind as T;
use crate::read::tree::{Delimiter, Environment, Function, Kind, NodeId, Separator, Span};
use smallvec::smallvec;

impl Parser<'_> {
    /// The items between `(` and `)`, or between other delimiters.
    pub(super) fn parenthesised(&mut self) -> Result<Parts, Fault> {
        let T::Open(delimiter) = self.peek() else { return Err(self.fault()) };
        self.advance();
        self.open.push(delimiter);
        let items = self.items()?;
        self.open.pop();
        if !matches!(self.peek(), T::Close(_)) {
            return Err(self.fault());
        }
        self.advance();
        Ok(items.into_iter().map(|(_, id)| id).collect())
    }

    /// `{…}` of TeX, or a set in plain text.
    pub(super) fn group(&mut self) -> Parsed {
        let start = self.advance();
        if self.take(T::GroupClose) {
            let nothing = self.tree.push_children(&[]);
            return Ok(
                self.push(Kind::Delimited(Delimiter::Brace, Delimiter::Brace, nothing), start)
            );
        }
        // `{x | x > 2}` as a whole, in plain text.
        let whole = self.at == 1 && self.tokens[self.end - 1].kind == T::GroupClose;
        self.open.push(if whole { Delimiter::Brace } else { Delimiter::Nothing });
        let items = self.items()?;
        if whole && matches!(self.peek(), T::Bar | T::Colon) {
            return self.condition_of_set(&items, start);
        }
        self.open.pop();
        if self.peek() != T::GroupClose {
            return Err(self.fault());
        }
        self.advance();
        if let [(_, only)] = items[..] {
            return Ok(only);
        }
        let ids: Parts = items.iter().map(|&(_, id)| id).collect();
        let children = self.tree.push_children(&ids);
        Ok(self.push(Kind::Delimited(Delimiter::Brace, Delimiter::Brace, children), start))
    }

    /// `|x|`, and a determinant.
    pub(super) fn bars(&mut self) -> Parsed {
        let start = self.advance();
        self.open.push(Delimiter::Bar);
        let inside = self.expression(0)?;
        self.open.pop();
        if !matches!(self.peek(), T::Bar | T::Close(Delimiter::Bar)) {
            return Err(self.fault());
        }
        self.advance();
        if let Kind::Matrix(_, columns, cells) = self.tree.kind(inside) {
            return Ok(self.push(Kind::Matrix(Environment::Determinant, columns, cells), start));
        }
        let inside = self.tree.push_children(&[inside]);
        Ok(self.push(Kind::Call(Function::Absolute, inside), start))
    }

    pub(super) fn delimited(&mut self, open: Delimiter) -> Parsed {
        let start = self.advance();
        if let T::Close(close) = self.peek() {
            self.advance();
            let nothing = self.tree.push_children(&[]);
            return Ok(self.push(Kind::Delimited(open, close, nothing), start));
        }
        self.open.push(open);
        let items = self.items()?;
        if open == Delimiter::Brace && matches!(self.peek(), T::Bar | T::Colon) {
            return self.condition_of_set(&items, start);
        }
        self.open.pop();
        let close = match self.peek() {
            T::Close(close) => close,
            // `[1, 2[`
            T::Open(Delimiter::Square) if matches!(open, Delimiter::Paren | Delimiter::Square) => {
                Delimiter::Paren
            }
            _ => return Err(self.fault()),
        };
        self.advance();
        Ok(self.close(open, close, &items, start))
    }

    /// What stands behind the bar of a set-builder.
    fn condition_of_set(&mut self, items: &[(Separator, NodeId)], start: Span) -> Parsed {
        let inside = self.here();
        self.advance();
        let element = self.list(items, start);
        let conditions = self.items()?;
        let condition = self.list(&conditions, inside);
        self.open.pop();
        if !matches!(self.peek(), T::Close(_) | T::GroupClose) {
            return Err(self.fault());
        }
        self.advance();
        Ok(self.push(Kind::SetBuilder(element, condition), start))
    }

    /// The node of a closed group, by its delimiters and items.
    fn close(
        &mut self,
        open: Delimiter,
        close: Delimiter,
        items: &[(Separator, NodeId)],
        start: Span,
    ) -> NodeId {
        if let [(_, only)] = items {
            match (open, self.tree.kind(*only)) {
                // The brackets of an array, the brace of a system.
                (Delimiter::Paren | Delimiter::Square, Kind::Matrix(..)) => return *only,
                (Delimiter::Bar, Kind::Matrix(_, columns, cells)) => {
                    return self
                        .push(Kind::Matrix(Environment::Determinant, columns, cells), start);
                }
                // `\left. … \right.` shows nothing.
                (Delimiter::Brace, Kind::List(..) | Kind::Piecewise(_))
                | (Delimiter::Nothing, _)
                    if close == Delimiter::Nothing =>
                {
                    return *only;
                }
                // A column of relations in an array is a system.
                (Delimiter::Brace, Kind::Matrix(_, 1, cells)) if close == Delimiter::Nothing => {
                    return self.push(Kind::List(Separator::And, cells), start);
                }
                _ => {}
            }
        }
        let mixed = items.iter().skip(1).any(|&(kind, _)| kind == Separator::Semicolon)
            && items.iter().skip(1).any(|&(kind, _)| kind == Separator::Comma);
        let ids: Parts = if mixed {
            let list = self.list(items, start);
            if let Kind::List(_, inside) = self.tree.kind(list) {
                self.tree.children(inside).into()
            } else {
                smallvec![list]
            }
        } else {
            items.iter().map(|&(_, id)| id).collect()
        };
        let children = self.tree.push_children(&ids);
        self.push(Kind::Delimited(open, close, children), start)
    }

    /// `]a, b[`
    pub(super) fn reversed_interval(&mut self) -> Parsed {
        let start = self.advance();
        self.open.push(Delimiter::Nothing);
        self.reversed = Some(self.open.len());
        let items = self.items()?;
        self.reversed = None;
        self.open.pop();
        let close = match self.peek() {
            T::Open(Delimiter::Square) | T::Close(Delimiter::Paren) => Delimiter::Paren,
            T::Close(Delimiter::Square) => Delimiter::Square,
            _ => return Err(self.fault()),
        };
        self.advance();
        if items.len() != 2 {
            return Err(Fault { at: start, kind: FaultKind::Unexpected });
        }
        let ids = [items[0].1, items[1].1];
        let children = self.tree.push_children(&ids);
        Ok(self.push(Kind::Delimited(Delimiter::Paren, close, children), start))
    }
}
