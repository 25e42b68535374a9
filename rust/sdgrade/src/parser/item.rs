//! Lists and what stands around their items: separators, option letters, units, conditions.

use super::{Fault, Items, Parsed, Parser, Parts, is_transparent, power};
use crate::ast::{Delimiter, Kind, Name, NodeId, Separator, Span};
use crate::lexer::{self, TokenKind as T};

/// Words that open a condition or a remark after an answer.
const CONDITIONS: [&str; 22] = [
    "for", "where", "with", "when", "if", "given", "such", "whenever", "provided", "unless",
    "because", "since", "which", "that", "assuming", "as", "by", "from", "using", "because",
    "while", "is",
];

impl Parser<'_> {
    /// A whole answer.
    pub(super) fn answer(&mut self) -> Parsed {
        let start = self.here();
        if let Some(choice) = self.choice() {
            return Ok(choice);
        }
        let items = self.items()?;
        if self.peek() != T::EndOfText {
            return Err(self.fault());
        }
        Ok(self.list(&items, start))
    }

    /// `(A) 5`, `A) 5`, `A. 5` and `A: words`; a letter alone is a symbol.
    fn choice(&mut self) -> Option<NodeId> {
        let start = self.here();
        let (letter, width) = match (self.peek(), self.peek_at(1), self.peek_at(2)) {
            (
                T::Open(Delimiter::Paren),
                T::Symbol(Name::Letter(letter)),
                T::Close(Delimiter::Paren),
            ) => (letter, 3),
            (T::Symbol(Name::Letter(letter)), T::Close(Delimiter::Paren) | T::Period, _) => {
                (letter, 2)
            }
            (T::Symbol(Name::Letter(letter)), T::Colon, _)
                if letter.is_ascii_uppercase() && self.span_at(2).start > self.span_at(1).end =>
            {
                (letter, 2)
            }
            _ => return None,
        };
        if !matches!(letter, 'A'..='J' | 'a'..='h') {
            return None;
        }
        let parenthesised = width == 3;
        let after = self.peek_at(width);
        let rest_stands_apart = matches!(
            after,
            T::Number(_)
                | T::Vulgar(..)
                | T::Text
                | T::Word
                | T::Currency
                | T::Fraction
                | T::Minus
                | T::SquareRoot
        ) || (!parenthesised && after != T::EndOfText);
        if after == T::EndOfText {
            self.at += width;
            return Some(self.push(Kind::Choice(letter, None), start));
        }
        // `(a) - 5` is a difference, except where the letter is words.
        if !rest_stands_apart || (parenthesised && after == T::Minus && !self.in_words(start)) {
            return None;
        }
        self.at += width;
        let rest = self.here();
        let depth = self.depth;
        let value = match self.items() {
            Ok(items) if self.peek() == T::EndOfText => self.list(&items, rest),
            _ => {
                // The words of the option.
                self.depth = depth;
                self.open.clear();
                self.at = self.tokens.len() - 1;
                let words = Span { start: rest.start, end: self.here().end };
                self.tree.push(Kind::Text(words), words)
            }
        };
        Some(self.push(Kind::Choice(letter, Some(value)), start))
    }

    /// Whether a place is the first inside `\text{…}`.
    fn in_words(&self, place: Span) -> bool {
        let before = &self.text[..place.start as usize];
        before
            .trim_end()
            .strip_suffix('{')
            .and_then(|before| before.rsplit_once('\\'))
            .is_some_and(|(_, command)| lexer::is_text(command.trim_end()))
    }

    /// Items up to a closing token, each with the separator before it.
    pub(super) fn items(&mut self) -> Result<Items, Fault> {
        let mut items = Items::new();
        let mut before = Separator::Comma;
        while self.separator().is_some() {}
        loop {
            let item = self.item()?;
            items.push((before, item));
            match self.separator() {
                Some(separator) if !self.at_close() => before = separator,
                _ => break,
            }
        }
        Ok(items)
    }

    fn at_close(&self) -> bool {
        matches!(self.peek(), T::EndOfText | T::Close(_) | T::GroupClose | T::End)
    }

    /// Takes what separates two items; of several signs the strongest counts.
    fn separator(&mut self) -> Option<Separator> {
        let mut found = None;
        loop {
            let next = match self.peek() {
                T::Comma | T::Quad => Separator::Comma,
                T::Semicolon | T::RowBreak => Separator::Semicolon,
                T::And => Separator::And,
                T::Or => Separator::Or,
                T::Period if found.is_none() && self.peek_at(1) == T::EndOfText => Separator::Comma,
                _ => return found,
            };
            // A row break and `\quad` are weak: the other sign of the pair counts.
            let weak = matches!(self.peek(), T::RowBreak | T::Quad);
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
                let children = self.tree.push_children(&made);
                return self.push(Kind::List(wide, children), start);
            }
        }
        self.flat(items)
    }

    fn flat(&mut self, items: &[(Separator, NodeId)]) -> NodeId {
        if let [(_, only)] = items {
            return *only;
        }
        let kind = items[1..].iter().map(|&(kind, _)| kind).find(|kind| *kind == Separator::Or);
        let kind = kind.unwrap_or(items[items.len() - 1].0);
        let ids: Parts = items.iter().map(|&(_, id)| id).collect();
        let span = self.tree.span(ids[0]).to(self.tree.span(ids[ids.len() - 1]));
        let children = self.tree.push_children(&ids);
        self.tree.push(Kind::List(kind, children), span)
    }

    /// One item: a relation, perhaps with a condition after it, or an ellipsis.
    fn item(&mut self) -> Parsed {
        let start = self.here();
        if self.take(T::Ellipsis) {
            return Ok(self.push(Kind::Ellipsis, start));
        }
        if let T::Relation(relation) = self.peek() {
            self.advance();
            let side = self.expression(power::RELATION)?;
            if is_transparent(relation) {
                return Ok(side);
            }
            let nothing = self.tree.push(Kind::Ellipsis, start);
            let relations = self.tree.push_relations(&[relation]);
            let sides = self.tree.push_children(&[nothing, side]);
            return Ok(self.push(Kind::Chain(sides, relations), start));
        }
        let value = self.expression(0)?;
        if self.at_condition() || self.at_relation_in_parentheses() {
            let at = self.here();
            let mut depth = 0_usize;
            while self.peek() != T::EndOfText {
                match self.peek() {
                    T::Open(_) | T::GroupOpen => depth += 1,
                    T::Close(_) | T::GroupClose if !self.open.is_empty() => {
                        if depth == 0 {
                            break;
                        }
                        depth -= 1;
                    }
                    _ => {}
                }
                self.advance();
            }
            let span = self.since(at);
            let condition = self.tree.push(Kind::Text(span), span);
            return Ok(self.push(Kind::Conditioned(value, condition), start));
        }
        Ok(value)
    }

    fn words_here(&self) -> &str {
        self.here().of(self.text)
    }

    /// Whether the next token is words that open a condition.
    pub(super) fn at_condition(&self) -> bool {
        if !matches!(self.peek(), T::Text | T::Word) {
            return false;
        }
        let words = self.words_here().trim_start_matches(|c: char| !c.is_alphanumeric());
        let first = words.split(|c: char| !c.is_alphabetic()).next().unwrap_or("");
        CONDITIONS.iter().any(|condition| first.eq_ignore_ascii_case(condition))
    }

    /// Whether a relation in parentheses follows, which is a condition: `y = \sqrt{x} \; (x \ge 0)`.
    pub(super) fn at_relation_in_parentheses(&self) -> bool {
        if self.peek() != T::Open(Delimiter::Paren) {
            return false;
        }
        let mut depth = 0_usize;
        for token in &self.tokens[self.at..] {
            match token.kind {
                T::Open(_) | T::GroupOpen => depth += 1,
                T::Close(_) | T::GroupClose => depth -= 1,
                T::Relation(_) if depth == 1 => return true,
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        false
    }

    /// Whether a unit or a remark follows here.
    pub(super) fn at_annotation(&self) -> bool {
        match self.peek() {
            T::Text | T::Word => !self.at_condition(),
            // `5 (approximately)`
            T::Open(_) => {
                matches!(self.peek_at(1), T::Word | T::Text) && {
                    let mut ahead = 1;
                    while matches!(self.peek_at(ahead), T::Word | T::Text) {
                        ahead += 1;
                    }
                    matches!(self.peek_at(ahead), T::Close(_))
                }
            }
            _ => false,
        }
    }

    /// The words after a value: `5 \text{ cm}^2`, `10 miles per hour`, `3 (approximately)`.
    pub(super) fn annotation(&mut self, value: NodeId, start: Span) -> Parsed {
        let from = self.here();
        loop {
            match self.peek() {
                T::Text | T::Word if !self.at_condition() => {
                    self.advance();
                }
                T::Open(_) if self.at_annotation() => {
                    while !matches!(self.peek(), T::Close(_) | T::EndOfText) {
                        self.advance();
                    }
                    self.advance();
                }
                T::Caret if matches!(self.peek_at(1), T::Number(_)) => {
                    self.advance();
                    self.advance();
                }
                T::Caret
                    if self.peek_at(1) == T::GroupOpen
                        && matches!(self.peek_at(2), T::Number(_))
                        && self.peek_at(3) == T::GroupClose =>
                {
                    self.at += 4;
                }
                T::Superscript(_) | T::Period => {
                    self.advance();
                }
                // `m/s`, and `USD/MWh`
                T::Slash | T::Times
                    if matches!(self.peek_at(1), T::Text | T::Word | T::Symbol(_)) =>
                {
                    self.advance();
                    self.advance();
                }
                _ => break,
            }
        }
        let words = self.since(from);
        let mut node = self.push(Kind::Annotated(value, words), start);
        // `5 feet 4 inches`
        while matches!(self.peek(), T::Number(_)) {
            let part = self.here();
            let number = self.expression(power::SUM)?;
            if !self.at_annotation() {
                return Err(self.fault());
            }
            let more = self.annotation(number, part)?;
            node = self.push_all(Kind::Sum, &[node, more], start);
            self.check(node)?;
        }
        Ok(node)
    }
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
