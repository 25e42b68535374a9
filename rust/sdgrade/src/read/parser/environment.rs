//! What stands between `\begin` and `\end`: matrices, lines, piecewise functions.

use super::{Fault, FaultKind, Items, Parsed, Parser, Parts};
use crate::read::lexer::TokenKind as T;
use crate::read::tree::{Delimiter, Environment, Kind, NodeId, Separator, Span};
use crate::value::Value;

impl Parser<'_> {
    pub(super) fn environment(&mut self, environment: Environment) -> Parsed {
        let start = self.advance();
        let braced = self.open.last() == Some(&Delimiter::Brace);
        self.open.push(Delimiter::Nothing);
        let read = match environment {
            Environment::Matrix if braced && let Some(cases) = self.braced_cases(start) => cases,
            Environment::Matrix | Environment::Determinant => self.matrix(environment, start)?,
            Environment::Cases | Environment::Lines => self.lines(start)?,
        };
        self.open.pop();
        if !self.take(T::End) {
            return Err(self.fault());
        }
        Ok(read)
    }

    /// `\left\{\begin{array}{ll} 1 & \text{if } x > 0 \\ …`: cases in an array.
    fn braced_cases(&mut self, start: Span) -> Option<NodeId> {
        let mark = self.mark_place();
        let cases = self.lines(start).ok().filter(|&lines| {
            matches!(self.tree.kind(lines), Kind::Piecewise(_)) && self.peek() == T::End
        });
        if cases.is_none() {
            self.return_to(mark);
        }
        cases
    }

    fn matrix(&mut self, environment: Environment, start: Span) -> Parsed {
        let mut cells = Parts::new();
        let mut columns = None;
        while !matches!(self.peek(), T::End | T::EndOfText) {
            if self.take(T::RowBreak) {
                continue;
            }
            let before = cells.len();
            loop {
                let cell = self.expression(0)?;
                // A row of a system ends in a comma.
                self.take(T::Comma);
                self.take_row_stop();
                cells.push(cell);
                if !self.take(T::Ampersand) {
                    break;
                }
                // The rule of an augmented matrix, in a column of its own.
                if self.peek() == T::Bar && self.peek_at(1) == T::Ampersand {
                    self.at += 2;
                }
            }
            self.row_ends()?;
            let width = cells.len() - before;
            if *columns.get_or_insert(width) != width {
                return Err(Fault { at: start, kind: FaultKind::Unexpected });
            }
        }
        let columns = columns.ok_or(self.fault())?;
        let children = self.tree.push_children(&cells);
        let columns = u32::try_from(columns).unwrap_or(u32::MAX);
        Ok(self.push(Kind::Matrix(environment, columns, children), start))
    }

    /// A list of lines, or the values and conditions of a piecewise function.
    fn lines(&mut self, start: Span) -> Parsed {
        let mut items = Items::new();
        let mut cases = Parts::new();
        while !matches!(self.peek(), T::End | T::EndOfText) {
            if self.take(T::RowBreak) {
                continue;
            }
            let from = self.here();
            let row = self.row_items()?;
            self.take_row_stop();
            if self.take(T::Ampersand) || self.at_condition() {
                let value = self.list(&row, from);
                let condition = self.condition();
                cases.extend([value, condition]);
            } else {
                items.extend(row);
            }
            self.row_ends()?;
        }
        match (items.is_empty(), cases.is_empty()) {
            (false, true) => Ok(self.list(&items, start)),
            (true, false) => Ok(self.push_all(Kind::Piecewise, &cases, start)),
            _ => Err(Fault { at: start, kind: FaultKind::Unexpected }),
        }
    }

    /// Takes the full stop at the end of a row.
    fn take_row_stop(&mut self) {
        if self.peek() == T::Period && matches!(self.peek_at(1), T::End | T::RowBreak) {
            self.advance();
        }
    }

    fn row_ends(&self) -> Result<(), Fault> {
        if matches!(self.peek(), T::End | T::RowBreak) { Ok(()) } else { Err(self.fault()) }
    }

    /// The condition of a case: what is read as a relation, else its words.
    fn condition(&mut self) -> NodeId {
        while self.peek() == T::Word
            && matches!(self.here().of(self.text).trim(), "if" | "for" | "when" | "where")
        {
            self.advance();
        }
        self.take(T::Ampersand);
        let (from, mark) = (self.here(), self.mark_place());
        if let Ok(items) = self.row_items()
            && self.row_ends().is_ok()
            && items.iter().all(|&(_, item)| matches!(self.tree.kind(item), Kind::Chain(..)))
        {
            return self.list(&items, from);
        }
        self.return_to(mark);
        while !matches!(self.peek(), T::RowBreak | T::End | T::EndOfText) {
            self.advance();
        }
        let words = self.since(from);
        let normal = match &self.normal(words)[..] {
            "else" => "otherwise".to_owned(),
            other => other.to_owned(),
        };
        self.tree.push_said(Value::Text(normal), words)
    }

    /// The items of one row: a row break ends them.
    fn row_items(&mut self) -> Result<Items, Fault> {
        let mut items = Items::new();
        loop {
            let item = self.expression(0)?;
            items.push((Separator::Comma, item));
            let mut separated = false;
            while matches!(self.peek(), T::Comma | T::Semicolon | T::Quad | T::And | T::Or) {
                self.advance();
                separated = true;
            }
            if !separated
                || matches!(self.peek(), T::RowBreak | T::End | T::Ampersand | T::EndOfText)
                || self.at_condition()
            {
                return Ok(items);
            }
        }
    }
}
