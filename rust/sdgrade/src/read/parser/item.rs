//! Lists and their items: separators, option letters.

use super::{Fault, Items, Parsed, Parser, Parts, power};
use crate::read::alteration;
use crate::read::lexer::{Token, TokenKind as T};
use crate::read::tree::{
    Delimiter, Function, Kind, Literal, Name, NodeId, Relation, Separator, Span,
};
use crate::read::words;
use crate::value::{NoteKind, Sign, Value};

impl Parser<'_> {
    /// A whole answer.
    pub(super) fn answer(&mut self) -> Parsed {
        if self.is_derivation()
            && let Some(worked_out) = self.derivation()
        {
            return Ok(worked_out);
        }
        let start = self.start();
        self.return_to(start);
        match self.straight_answer() {
            Err(fault) if !fault.kind.is_limit() => self
                .formula()
                .or_else(|| self.derivation())
                .or_else(|| self.clauses())
                .or_else(|| self.sentence())
                .or_else(|| self.value_among_words())
                .or_else(|| self.spaced_numbers())
                .ok_or(fault),
            read => read,
        }
    }

    fn straight_answer(&mut self) -> Parsed {
        let start = self.here();
        let mark = self.mark_place();
        self.brace_set_builder();
        if let Some(date) = self.date_in_digits() {
            return Ok(date);
        }
        if let Some(record) = self.record() {
            return Ok(record);
        }
        self.end = self.tokens.len() - 1;
        self.return_to(mark);
        if let Some(divided) = self.quotient_and_remainder() {
            return Ok(divided);
        }
        if let Some(statements) = self.statements() {
            return Ok(statements);
        }
        if let Some(parts) = self.parts() {
            return Ok(parts);
        }
        if let Some(labelled) = self.lettered() {
            return Ok(labelled);
        }
        if let Some(choice) = self.choice() {
            return Ok(choice);
        }
        if let Some(restated) = self.restated() {
            return Ok(restated);
        }
        let items = self.items()?;
        if self.peek() != T::EndOfText {
            return Err(self.fault());
        }
        if let Some(kept) = self.without_rejected(&items, start) {
            return Ok(kept);
        }
        Ok(self.list(&items, start))
    }

    /// `17 R 3`: how often, and what remains.
    fn quotient_and_remainder(&mut self) -> Option<NodeId> {
        let remains = match self.peek_at(1) {
            T::Symbol(Name::Letter('R' | 'r')) => true,
            T::Word => words::one_of(self.word_at(1), &["remainder", "rem", "余"]),
            _ => false,
        };
        let numbers = [0, 2].map(|ahead| matches!(self.peek_at(ahead), T::Number(_)));
        let ends = 3 + usize::from(self.peek_at(3) == T::Period);
        if !remains || numbers != [true, true] || self.peek_at(ends) != T::EndOfText {
            return None;
        }
        let start = self.here();
        let quotient = self.atom().ok()?;
        let said = self.advance();
        let remainder = self.atom().ok()?;
        self.take(T::Period);
        let mut labelled = |value, label: &str| {
            let label = self.tree.push_said(Value::Text(label.to_owned()), said);
            self.push(Kind::Noted(value, NoteKind::Label, label), start)
        };
        let (quotient, remainder) =
            (labelled(quotient, "quotient"), labelled(remainder, "remainder"));
        Some(self.push_list(Separator::Comma, &[quotient, remainder], start))
    }

    /// `x = 5, x = -1 (rejected)`: the values that are kept, and under what: who takes a value back may have hedged.
    fn without_rejected(&mut self, items: &Items, start: Span) -> Option<NodeId> {
        if !items.iter().any(|&(_, item)| self.is_rejected(item)) {
            return None;
        }
        let (rejected, kept): (Items, Items) =
            items.iter().copied().partition(|&(_, item)| self.is_rejected(item));
        let &(_, first) = rejected.first().filter(|_| !kept.is_empty())?;
        let said = self.tree.span(first).to(self.tree.span(rejected[rejected.len() - 1].1));
        let value = self.list(&kept, start);
        Some(self.noted(value, NoteKind::Condition, said, start))
    }

    fn is_rejected(&self, id: NodeId) -> bool {
        match self.tree.kind(id) {
            Kind::Noted(inner, _, body) => {
                let said = self.tree.span(body).of(self.text);
                let words = said.trim_matches(|sign: char| !sign.is_alphabetic());
                alteration::rejects(words) || self.is_rejected(inner)
            }
            Kind::Chain(sides, _) => {
                self.tree.children(sides).last().is_some_and(|&last| self.is_rejected(last))
            }
            _ => false,
        }
    }

    /// `4 3 -1`: three numbers or more with nothing but spaces between them, as a tuple: what is sorted has an order.
    fn spaced_numbers(&mut self) -> Option<NodeId> {
        let mark = self.start();
        self.return_to(mark);
        let start = self.here();
        let mut numbers = Parts::new();
        while self.at < self.end {
            let sign = self.here();
            let apart = self.at == 0 || sign.start > self.span_before().end;
            let negative = self.take(T::Minus);
            let T::Number(literal) = self.peek() else { return None };
            let span = self.advance();
            if !apart || !is_plain(literal) || negative && span.start != sign.end {
                return None;
            }
            let number = self.tree.push(Kind::Number(literal), span);
            numbers.push(if negative { self.push(Kind::Negate(number), sign) } else { number });
        }
        let inside = self.tree.push_children(&numbers);
        let tuple = Kind::Delimited(Delimiter::Paren, Delimiter::Paren, inside);
        (numbers.len() > 2).then(|| self.push(tuple, start))
    }

    /// `{x | x > 2}` in braces that are not escaped: those of a set.
    fn brace_set_builder(&mut self) {
        let last = self.end.saturating_sub(1);
        let whole = self.peek() == T::GroupOpen
            && matches!(self.peek_at(1), T::Symbol(_))
            && matches!(self.peek_at(2), T::Bar | T::Relation(Relation::Other(Sign::Divides)))
            && self.tokens[last].kind == T::GroupClose
            && !self.tokens[self.at + 1..last].iter().any(|token| token.kind == T::GroupClose);
        if whole {
            self.make_set(self.at, last);
            self.tokens[self.at + 2].kind = T::Colon;
        }
    }

    /// Takes the braces at two places, which group for LaTeX, for those of a set.
    pub(super) fn make_set(&mut self, open: usize, close: usize) {
        self.tokens[open].kind = T::Open(Delimiter::Brace);
        self.tokens[close].kind = T::Close(Delimiter::Brace);
    }

    /// The letter of a token.
    fn letter_at(&self, ahead: usize) -> Option<char> {
        match self.peek_at(ahead) {
            T::Symbol(Name::Letter(letter)) => Some(letter),
            T::Word => {
                let mut letters = self.span_at(ahead).of(self.text).chars();
                letters.next().filter(|_| letters.next().is_none())
            }
            _ => None,
        }
    }

    /// `(A) 5`, `A) 5`, `A. 5` and `A: words`; a letter alone is a symbol.
    fn choice(&mut self) -> Option<NodeId> {
        let start = self.here();
        let in_parentheses = self.peek() == T::Open(Delimiter::Paren)
            && self.peek_at(2) == T::Close(Delimiter::Paren);
        let (letter, width) = match (self.letter_at(usize::from(in_parentheses))?, self.peek_at(1))
        {
            (letter, _) if in_parentheses => (letter, 3),
            (letter, T::Close(Delimiter::Paren) | T::Period) => (letter, 2),
            (letter, T::Colon)
                if letter.is_ascii_uppercase() && self.span_at(2).start > self.span_at(1).end =>
            {
                (letter, 2)
            }
            _ => return None,
        };
        if !matches!(letter, 'A'..='J' | 'a'..='h') {
            return None;
        }
        let after = self.peek_at(width);
        if after == T::EndOfText {
            self.at += width;
            return Some(self.push(Kind::Choice(letter, None), start));
        }
        // `(a) - 5` is a difference, `(a) -5` the option and its value.
        let signed = after == T::Minus
            && self.span_at(width).start > self.span_at(width - 1).end
            && self.span_at(width + 1).start == self.span_at(width).end;
        let stands_apart = matches!(
            after,
            T::Number(_) | T::Vulgar(..) | T::Word | T::Currency | T::Fraction | T::SquareRoot
        ) || signed
            // `(b) x`, where `(b)x` is a product
            || in_parentheses
                && matches!(after, T::Symbol(_))
                && self.stands_apart(self.at + width)
            // `(D) (1, 2]`, where `(x) (1+y)` is a product.
            || in_parentheses
                && letter.is_ascii_uppercase()
                && matches!(after, T::Open(_))
                // `(A) (B)` are two options.
                && !(self.letter_at(width + 1).is_some()
                    && matches!(self.peek_at(width + 2), T::Close(_)))
                && self.span_at(width).start > self.span_at(width - 1).end
            || (!in_parentheses && after != T::Minus);
        if !stands_apart {
            return None;
        }
        let mark = self.mark_place();
        self.at += width;
        let rest = self.here();
        let value = match self.items() {
            Ok(items) if self.peek() == T::EndOfText => self.list(&items, rest),
            _ => {
                // The words of the option.
                self.return_to(mark);
                self.at = self.end;
                let words = Span { start: rest.start, end: self.span_before().end };
                let said = Value::Text(self.normal(words));
                self.tree.push_said(said, words)
            }
        };
        Some(self.push(Kind::Choice(letter, Some(value)), start))
    }

    /// `x < -7 : (-\infty, -7)`: a relation, and again as an interval.
    fn restated(&mut self) -> Option<NodeId> {
        let colon = self.first_outside(|_, kind| kind == T::Colon)?;
        let relates = |token: &Token| matches!(token.kind, T::Relation(_));
        let (before, after) = (&self.tokens[self.at..colon], &self.tokens[colon + 1..self.end]);
        if !before.iter().any(relates)
            || before.iter().any(|token| token.kind == T::Word)
            || after.iter().any(relates)
            || !matches!(
                after.first()?.kind,
                T::Open(Delimiter::Paren | Delimiter::Square) | T::Close(Delimiter::Square)
            )
        {
            return None;
        }
        let (start, outer, mark) = (self.here(), self.end, self.mark_place());
        let both = [self.part_of(self.at, colon), self.part_of(colon + 1, outer)];
        self.end = outer;
        let [Some(relation), Some(interval)] = both else {
            self.return_to(mark);
            return None;
        };
        let sides = self.tree.push_children(&[relation, interval]);
        let relations = self.tree.push_relations(&[Relation::Other(Sign::Iff)]);
        Some(self.push(Kind::Chain(sides, relations), start))
    }

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
