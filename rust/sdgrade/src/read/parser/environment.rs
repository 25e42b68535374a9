//! What stands between `\begin` and `\end`: matrices, lines, piecewise functions.

use super::{Fault, FaultKind, Items, Parsed, Parser, Parts};
use crate::read::lexer::TokenKind as T;
use crate::read::tree::{Delimiter, Environment, Kind, NodeId, Relation, Separator, Span};
use crate::read::words;
use crate::value::Value;
use smallvec::SmallVec;

impl Parser<'_> {
    pub(super) fn environment(&mut self, environment: Environment) -> Parsed {
        let start = self.advance();
        let braced = self.open.last() == Some(&Delimiter::Brace);
        self.open.push(Delimiter::Nothing);
        let read = match environment {
            Environment::Matrix if braced && let Some(cases) = self.braced_cases(start) => cases,
            Environment::Matrix | Environment::Determinant => self.matrix(environment, start)?,
            Environment::Cases | Environment::Lines => self.lines(environment, start)?,
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
        let cases = self.lines(Environment::Cases, start).ok().filter(|&lines| {
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
    fn lines(&mut self, environment: Environment, start: Span) -> Parsed {
        let mut rows: SmallVec<[(Items, Option<NodeId>); 4]> = SmallVec::new();
        while !matches!(self.peek(), T::End | T::EndOfText) {
            if self.take(T::RowBreak) {
                continue;
            }
            let row = self.row_items()?;
            self.take_row_stop();
            let conditional = self.take(T::Ampersand)
                || self.at_condition()
                || self.at_otherwise()
                || self.at_relation_in_parentheses();
            let condition = conditional.then(|| self.condition());
            self.row_ends()?;
            rows.push((row, condition));
        }
        if rows.is_empty() {
            return Err(Fault { at: start, kind: FaultKind::Unexpected });
        }
        let conditional = rows.iter().any(|(_, condition)| condition.is_some());
        // `1, x > 0 \\ 2, x \le 0`
        if conditional || rows.len() > 1 && rows.iter().all(|(row, _)| self.is_case(row)) {
            return self.cases(&rows, start);
        }
        // Which of a row in another order is the condition, nobody knows.
        if rows.iter().any(|(row, _)| self.is_value_and_bound(row)) {
            return Err(Fault { at: start, kind: FaultKind::Unexpected });
        }
        // The equations of a system hold at once.
        let is_system =
            environment == Environment::Cases && rows.iter().all(|(row, _)| row.len() == 1);
        let mut items: Items = rows.into_iter().flat_map(|(row, _)| row).collect();
        if is_system {
            items.iter_mut().for_each(|(separator, _)| *separator = Separator::And);
        }
        Ok(self.list(&items, start))
    }

    /// Rows of a value and its condition, in a column of its own or behind a comma.
    fn cases(&mut self, rows: &[(Items, Option<NodeId>)], start: Span) -> Parsed {
        let mut cases = Parts::new();
        for (row, condition) in rows {
            let (value, condition) = match condition {
                Some(condition) => (&row[..], *condition),
                None if self.is_case(row) => {
                    let (value, condition) = row.split_at(1);
                    (value, self.list(condition, self.tree.span(condition[0].1)))
                }
                None => return Err(Fault { at: start, kind: FaultKind::Unexpected }),
            };
            cases.extend([self.list(value, start), condition]);
        }
        Ok(self.push_all(Kind::Piecewise, &cases, start))
    }

    /// Whether a row is a value with relations behind it.
    fn is_case(&self, row: &Items) -> bool {
        let is_relation = |&(_, item): &(Separator, NodeId)| self.is_statement(item);
        row.len() > 1 && !is_relation(&row[0]) && row[1..].iter().all(is_relation)
    }

    /// Whether a row has a value and a bound, in whatever order.
    fn is_value_and_bound(&self, row: &Items) -> bool {
        let bounds = |&(_, item): &(Separator, NodeId)| match self.tree.kind(item) {
            Kind::Chain(sides, relations) => self
                .tree
                .relations(relations, self.tree.children(sides).len())
                .iter()
                .any(|&relation| relation != Relation::Equal),
            _ => false,
        };
        row.iter().any(bounds) && !row.iter().all(bounds)
    }

    /// Whether words follow that stand for all the cases that are not named.
    fn at_otherwise(&self) -> bool {
        self.peek() == T::Word && words::is_otherwise(self.word())
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
        if let Ok(mut items) = self.row_items()
            && self.are_relations(&mut items)
        {
            self.take_row_stop();
            if self.row_ends().is_ok() {
                return self.list(&items, from);
            }
        }
        self.return_to(mark);
        // `n \text{ is even}`
        if let Ok(said) = self.domain()
            && self.row_ends().is_ok()
        {
            return said;
        }
        self.return_to(mark);
        while !matches!(self.peek(), T::RowBreak | T::End | T::EndOfText) {
            self.advance();
        }
        let words = self.since(from);
        let mut normal = self.normal(words);
        if words::is_otherwise(&normal) {
            "otherwise".clone_into(&mut normal);
        }
        self.tree.push_said(Value::Text(normal), words)
    }

    /// Whether items are relations, in parentheses or not: `(n = 1)`, `n \equiv 0, 2 \pmod 4`.
    fn are_relations(&self, items: &mut Items) -> bool {
        for (_, item) in items.iter_mut() {
            *item = self.without_parentheses(*item);
        }
        let kind = |item: &(Separator, NodeId)| self.tree.kind(item.1);
        let is_residue =
            |item: &(Separator, NodeId)| matches!(kind(item), Kind::Number(_) | Kind::Modulo(..));
        let [first, rest @ ..] = &items[..] else { return false };
        let is_relation = |item: &(Separator, NodeId)| matches!(kind(item), Kind::Chain(..));
        is_relation(first)
            && (rest.iter().all(is_relation)
                || rest.iter().all(is_residue)
                    && rest.last().is_some_and(|last| matches!(kind(last), Kind::Modulo(..))))
    }

    /// `n = 1` of `(n = 1)`.
    fn without_parentheses(&self, item: NodeId) -> NodeId {
        match self.tree.kind(item) {
            Kind::Delimited(Delimiter::Paren, Delimiter::Paren, inside) => {
                match *self.tree.children(inside) {
                    [inner] => inner,
                    _ => item,
                }
            }
            _ => item,
        }
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
                || self.at_otherwise()
            {
                return Ok(items);
            }
        }
    }
}
