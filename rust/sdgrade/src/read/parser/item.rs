//! Lists and their items, with the separators between them.

use super::{Fault, Items, Parsed, Parser, Parts, power};
use crate::read::alteration;
use crate::read::lexer::TokenKind as T;
use crate::read::tree::{Delimiter, Function, Kind, Literal, NodeId, Relation, Separator, Span};
use crate::read::words;
use crate::value::{NoteKind, Sign, Value};

impl Parser<'_> {
    /// Items up to a closing token, each with the separator before it.
    pub(super) fn items(&mut self) -> Result<Items, Fault> {
        let mut items = Items::new();
        let mut before = Separator::Comma;
        let mut joined = false;
        let mut new_sentence = false;
        while matches!(self.peek(), T::Comma | T::Semicolon | T::RowBreak | T::Quad) {
            self.advance();
        }
        loop {
            let item = self.item()?;
            // Of a sentence in words alone nobody knows what it does to the value before it, and one about the same
            // thing takes that value back.
            let so_far = items.iter().map(|&(_, id)| id);
            if new_sentence && (self.is_in_words(item) || self.says_again(so_far, item))
                || self.is_said_under(&items, item)
            {
                return Err(self.fault());
            }
            // `p \land q` and `p \lor q` are no lists, `x > 1 \land x < 2` is one of relations.
            if joined
                && !(self.is_statement(item) && items.iter().all(|&(_, id)| self.is_statement(id)))
            {
                return Err(self.fault());
            }
            items.push((before, item));
            joined |= self.is_logical_sign(self.at);
            new_sentence = self.peek() == T::Period;
            match self.separator() {
                Some(separator) if !self.at_close() => before = separator,
                // `5 or` leaves something out.
                Some(Separator::And | Separator::Or) => return Err(self.fault()),
                // `②③`
                None if matches!(self.peek(), T::Circled(_)) => before = Separator::Comma,
                _ => break,
            }
        }
        Ok(items)
    }

    /// Whether an item is a sentence, and the words before it say under what: `With replacement, the answer is 5`.
    fn is_said_under(&self, items: &Items, item: NodeId) -> bool {
        let sentence = matches!(self.tree.kind(item), Kind::Noted(_, NoteKind::Sentence, _));
        sentence
            && items.last().is_some_and(|&(_, before)| {
                let words = self.tree.span(before).of(self.text).trim_start();
                let first = words.split(|c: char| !c.is_alphabetic()).next().unwrap_or("");
                self.is_in_words(before)
                    && (words::opener(first).is_some() || alteration::is_hedge(first))
            })
    }

    /// Whether an item says of something what it is, and one before it says that too.
    pub(super) fn says_again(
        &self,
        mut before: impl Iterator<Item = NodeId>,
        item: NodeId,
    ) -> bool {
        let subject = |id: NodeId| match self.tree.kind(id) {
            Kind::Noted(_, NoteKind::Sentence, body) => match self.tree.kind(body) {
                Kind::Said(at) => Some(self.tree.said(at)),
                _ => None,
            },
            _ => None,
        };
        let said = subject(item);
        said.is_some() && before.any(|before| subject(before) == said)
    }

    fn is_in_words(&self, id: NodeId) -> bool {
        match self.tree.kind(id) {
            Kind::Said(at) => matches!(self.tree.said(at), Value::Text(_) | Value::Truth(_)),
            Kind::Noted(inner, ..) => self.is_in_words(inner),
            _ => false,
        }
    }

    pub(super) fn is_statement(&self, id: NodeId) -> bool {
        match self.tree.kind(id) {
            Kind::Chain(..) => true,
            Kind::Noted(inner, ..) => self.is_statement(inner),
            Kind::Delimited(_, _, inside) => {
                matches!(*self.tree.children(inside), [inner] if self.is_statement(inner))
            }
            _ => false,
        }
    }

    pub(super) fn at_close(&self) -> bool {
        matches!(self.peek(), T::EndOfText | T::Close(_) | T::GroupClose | T::End)
    }

    /// Takes what separates two items; of several signs the strongest counts.
    fn separator(&mut self) -> Option<Separator> {
        let mut found = None;
        loop {
            let next = match self.peek() {
                T::Comma | T::Quad => Separator::Comma,
                T::Semicolon | T::RowBreak => Separator::Semicolon,
                // `The area is 5. The perimeter is 7.`
                T::Period if found.is_none() && self.sentence_follows(1) => Separator::Semicolon,
                T::And => Separator::And,
                T::Or => Separator::Or,
                T::Period if found.is_none() && self.peek_at(1) == T::EndOfText => Separator::Comma,
                // `2n & , n \ge 2`: what only lines up.
                T::Ampersand if matches!(self.peek_at(1), T::Comma) => Separator::Comma,
                _ => return found,
            };
            // A row break and `\quad` are weak: the other sign of the pair counts.
            let weak = matches!(self.peek(), T::RowBreak | T::Quad | T::Ampersand);
            self.advance();
            found = match found {
                Some(before) if weak || before == Separator::Or => Some(before),
                _ => Some(next),
            };
        }
    }

    /// One node for a list of items. Where two kinds of separators stand, the wider one groups.
    pub(super) fn list(&mut self, items: &[(Separator, NodeId)], start: Span) -> NodeId {
        if let [(_, only)] = items {
            return *only;
        }
        let has = |kind: Separator| items[1..].iter().any(|&(separator, _)| separator == kind);
        let named =
            items.iter().filter(|&&(_, id)| matches!(self.tree.kind(id), Kind::Chain(..))).count();
        let wide = if has(Separator::Semicolon) && has(Separator::Comma) {
            Some(Separator::Semicolon)
        } else if has(Separator::Comma) && named > 2 {
            // `x=1, y=2 or x=2, y=1`
            [Separator::Or, Separator::And].into_iter().find(|&kind| has(kind))
        } else {
            None
        };
        if let Some(wide) = wide {
            let groups: Vec<&[(Separator, NodeId)]> = split_before(items, wide);
            if groups.iter().all(|group| group.len() == groups[0].len() && group.len() > 1)
                || wide == Separator::Semicolon
            {
                let made: Parts = groups.iter().map(|group| self.flat(group)).collect();
                return self.push_list(wide, &made, start);
            }
        }
        self.flat(items)
    }

    pub(super) fn push_list(
        &mut self,
        separator: Separator,
        items: &[NodeId],
        start: Span,
    ) -> NodeId {
        let children = self.tree.push_children(items);
        self.push(Kind::List(separator, children), start)
    }

    fn flat(&mut self, items: &[(Separator, NodeId)]) -> NodeId {
        if let [(_, only)] = items {
            return *only;
        }
        if let Some(permuted) = self.permuted(items) {
            return permuted;
        }
        let kind = items[1..].iter().map(|&(kind, _)| kind).find(|kind| *kind == Separator::Or);
        let kind = kind.unwrap_or(items[items.len() - 1].0);
        let ids: Parts = items.iter().map(|&(_, id)| id).collect();
        let span = self.tree.span(ids[0]).to(self.tree.span(ids[ids.len() - 1]));
        let children = self.tree.push_children(&ids);
        self.tree.push(Kind::List(kind, children), span)
    }

    /// `2, 3, 5 and all permutations`: those of a tuple, without its brackets.
    fn permuted(&mut self, items: &[(Separator, NodeId)]) -> Option<NodeId> {
        let (&(_, last), before) = items.split_last()?;
        let Kind::Permutations(inner, cyclic) = self.tree.kind(last) else { return None };
        let mut all: Parts = before.iter().map(|&(_, id)| id).collect();
        all.push(inner);
        let bare =
            |item| self.is_numeric(item) && !matches!(self.tree.kind(item), Kind::Delimited(..));
        if !all.iter().all(|&item| bare(item)) {
            return None;
        }
        let span = self.tree.span(all[0]).to(self.tree.span(last));
        let inside = self.tree.push_children(&all);
        let tuple =
            self.tree.push(Kind::Delimited(Delimiter::Paren, Delimiter::Paren, inside), span);
        Some(self.tree.push(Kind::Permutations(tuple, cyclic), span))
    }

    /// One item: words, a relation, an ellipsis, with the notes behind it.
    pub(super) fn item(&mut self) -> Parsed {
        let start = self.here();
        if self.take(T::Ellipsis) {
            return Ok(self.push(Kind::Ellipsis, start));
        }
        let mut value = match self.peek() {
            T::Relation(relation) => {
                self.advance();
                let side = self.expression(power::RELATION)?;
                if is_transparent(relation) {
                    side
                } else {
                    self.bound_below(relation, side, start)
                }
            }
            T::Word if self.is_operator_word(&self.tokens[self.at]) && !self.span_follows() => {
                match self.head() {
                    Some(name) => self.chain(name, start)?,
                    None => self.phrase()?,
                }
            }
            T::Word if !self.span_follows() => self.phrase()?,
            T::ForAll | T::Exists => self.proposition(start)?,
            // `\neg p: \forall x …`
            T::Not if matches!(self.peek_at(1), T::Symbol(_)) && self.peek_at(2) == T::Colon => {
                let label = start.to(self.span_at(1));
                self.at += 3;
                let value = self.item()?;
                self.noted(value, NoteKind::Label, label, start)
            }
            // `\max = 2`
            T::Function(function @ (Function::Max | Function::Min))
                if self.peek_at(1) == T::Relation(Relation::Equal) =>
            {
                let said = self.advance();
                let name = if function == Function::Max { "maximum" } else { "minimum" };
                let name = self.tree.push_said(Value::Text(name.to_owned()), said);
                self.chain(name, start)?
            }
            // `\max` at `x = 2`
            T::Function(Function::Max | Function::Min) if self.word_at(1) == "at" => {
                let said = start.to(self.span_at(1));
                self.at += 2;
                let value = self.expression(0)?;
                self.noted(value, NoteKind::Predicate, said, start)
            }
            T::Number(_) => match self.hyphenated()? {
                Some(said) => said,
                None => self.expression(0)?,
            },
            _ => self.expression_or_head()?,
        };
        while let Some(noted) = self.note(value, start)? {
            value = self.check(noted)?;
        }
        Ok(value)
    }

    /// Mathematics, or else a name of something and its value.
    fn expression_or_head(&mut self) -> Parsed {
        let (start, mark) = (self.here(), self.mark_place());
        let read = self.expression(0);
        let ends_well = match read {
            Ok(_) => !matches!(
                self.peek(),
                T::UnknownCommand | T::Bar | T::Relation(Relation::Other(Sign::Divides))
            ),
            Err(fault) => fault.kind.is_limit(),
        };
        if ends_well || mark.open > 0 {
            return read;
        }
        self.return_to(mark);
        match (self.head(), read) {
            (Some(name), _) => self.chain(name, start),
            (None, Ok(_)) => self.expression(0),
            (None, fault) => fault,
        }
    }

    /// `\operatorname{span}\{v, w\}`
    pub(super) fn span_follows(&self) -> bool {
        self.here().of(self.text).trim().ends_with("span")
            && matches!(self.peek_at(1), T::Open(Delimiter::Brace | Delimiter::Paren))
    }

    /// A relation without a left side: `≥ 5`, `at least 5`.
    pub(super) fn bound_below(&mut self, relation: Relation, side: NodeId, start: Span) -> NodeId {
        let nothing = self.tree.push(Kind::Ellipsis, start);
        let relations = self.tree.push_relations(&[relation]);
        let sides = self.tree.push_children(&[nothing, side]);
        self.push(Kind::Chain(sides, relations), start)
    }
}

/// Whether a literal has no marks of its own.
pub(super) fn is_plain(literal: Literal) -> bool {
    literal == Literal::default()
}

/// Cuts before every item that `wide` precedes.
fn split_before(items: &[(Separator, NodeId)], wide: Separator) -> Vec<&[(Separator, NodeId)]> {
    let mut groups = Vec::new();
    let mut from = 0;
    for at in 1..items.len() {
        if items[at].0 == wide {
            groups.push(&items[from..at]);
            from = at;
        }
    }
    groups.push(&items[from..]);
    groups
}

/// Relations that leave only their right side when nothing stands before them.
fn is_transparent(relation: Relation) -> bool {
    matches!(relation, Relation::Equal | Relation::Approximate | Relation::Other(Sign::Implies))
}
