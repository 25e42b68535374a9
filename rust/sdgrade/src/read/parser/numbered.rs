//! Numbered parts of an answer: `(1) 3; (2) 5`, `Part (a): 3`.

use super::{Parser, Parts};
use crate::read::lexer::TokenKind as T;
use crate::read::tree::{Delimiter, Kind, Name, NodeId, Separator};
use crate::read::words;
use crate::value::{NoteKind, Value};
use smallvec::SmallVec;

/// Where a numbered part begins: `(1)`, `b)`, `Part (a):`, `②`.
#[derive(Clone, Copy, Debug)]
struct PartLabel {
    /// Its place among the parts, from one.
    ordinal: u32,
    style: PartStyle,
    /// How many tokens it is.
    width: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PartStyle {
    Number,
    Letter,
    Roman,
    Circle,
    /// `1.`, `II.`, `a:`
    Marked,
}

impl Parser<'_> {
    /// `(1) 3; (2) 5`: two or more parts, numbered on.
    pub(super) fn parts(&mut self) -> Option<NodeId> {
        let first = self.part_label(self.at)?;
        if first.ordinal != 1 {
            return self.lone_part(first);
        }
        let mut labels: SmallVec<[(usize, PartLabel); 4]> = SmallVec::new();
        let mut depth = 0_usize;
        for at in self.at..self.end {
            if depth == 0
                && let Some(label) = self.part_label(at)
                && self.may_be_labelled(at, label.width)
                && label.style == first.style
                && label.ordinal == first.ordinal + u32::try_from(labels.len()).unwrap_or(u32::MAX)
            {
                labels.push((at, label));
            }
            match self.tokens[at].kind {
                T::Open(_) | T::GroupOpen => depth += 1,
                T::Close(_) | T::GroupClose => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        // A lone `(1)` is a factor, and so is what stands without anything behind it.
        if labels.len() < 2 || labels[0].0 != self.at {
            return self.lone_part(first);
        }
        let start = self.here();
        let (outer, mark) = (self.end, self.mark_place());
        let mut made = Parts::new();
        for (place, &(at, label)) in labels.iter().enumerate() {
            self.at = at + label.width;
            self.end = labels.get(place + 1).map_or(outer, |&(next, _)| next);
            // `(a) 5 and (b) 8`
            while place + 1 < labels.len()
                && self.end > self.at
                && matches!(
                    self.tokens[self.end - 1].kind,
                    T::And | T::Comma | T::Semicolon | T::RowBreak | T::Quad
                )
            {
                self.end -= 1;
            }
            let from = self.here();
            let items = self.items();
            // What is no list of parts may yet be a product.
            let (Ok(items), T::EndOfText) = (items, self.peek()) else {
                self.end = outer;
                self.return_to(mark);
                return None;
            };
            let value = self.list(&items, from);
            let nothing = self.tree.push_said(Value::Text(String::new()), self.tokens[at].span);
            made.push(self.push(Kind::Noted(value, NoteKind::Part(label.ordinal), nothing), from));
        }
        self.end = outer;
        self.at = outer;
        Some(self.push_list(Separator::Semicolon, &made, start))
    }

    /// `A: 30^\circ, B: 60^\circ`: two values or more, each behind its letter.
    pub(super) fn lettered(&mut self) -> Option<NodeId> {
        let is_label = |at: usize| {
            matches!(self.tokens[at].kind, T::Symbol(Name::Letter(_)))
                && self.tokens[at + 1].kind == T::Colon
                && !self.stands_apart(at + 1)
                && at + 2 < self.end
                && self.stands_apart(at + 2)
        };
        if !is_label(self.at) {
            return None;
        }
        let parts = |at: usize| {
            matches!(self.tokens[at].kind, T::Comma | T::Semicolon | T::And | T::RowBreak)
        };
        let starts: Vec<usize> =
            self.all_outside(|at, _| at == self.at || parts(at - 1) && is_label(at)).collect();
        if starts.len() < 2 {
            return None;
        }
        let (start, outer, mark) = (self.here(), self.end, self.mark_place());
        let mut made = Parts::new();
        for (place, &at) in starts.iter().enumerate() {
            self.at = at + 2;
            self.end = starts.get(place + 1).map_or(outer, |&next| next - 1);
            let from = self.here();
            let items = self.items().ok().filter(|_| self.peek() == T::EndOfText);
            self.end = outer;
            let Some(items) = items else {
                self.return_to(mark);
                return None;
            };
            let value = self.list(&items, from);
            made.push(self.noted(value, NoteKind::Label, self.tokens[at].span, from));
        }
        self.at = outer;
        Some(self.push_list(Separator::Comma, &made, start))
    }

    /// `(ii) 5`: one part alone, which is no power of `i` before a number.
    fn lone_part(&mut self, label: PartLabel) -> Option<NodeId> {
        let behind = self.span_at(label.width);
        let labels = self.here().to(self.span_at(label.width - 1)).of(self.text);
        let more = (self.at + label.width..self.end).any(|at| {
            self.tokens[at].kind == T::Open(Delimiter::Paren) && self.part_label(at).is_some()
        });
        let numbered = label.style == PartStyle::Number
            && !more
            && self.peek() == T::Open(Delimiter::Paren)
            && matches!(self.peek_at(label.width), T::Number(_) | T::Minus | T::SquareRoot);
        if !(label.style == PartStyle::Roman && labels.contains('i') || numbered)
            || !self.stands_apart(self.at + label.width)
            || !self.may_be_labelled(self.at, label.width)
        {
            return None;
        }
        let (start, mark) = (self.here(), self.mark_place());
        self.at += label.width;
        match self.items() {
            Ok(items) if self.peek() == T::EndOfText => {
                let value = self.list(&items, behind);
                let nothing = self.tree.push_said(Value::Text(String::new()), start);
                Some(self.push(Kind::Noted(value, NoteKind::Part(label.ordinal), nothing), start))
            }
            _ => {
                self.return_to(mark);
                None
            }
        }
    }

    /// Whether what stands around a label lets it be one: no operator before it, a value behind it.
    fn may_be_labelled(&self, at: usize, width: usize) -> bool {
        let before = at
            .checked_sub(1)
            .filter(|&before| before >= self.at)
            .map(|before| self.tokens[before].kind);
        let after =
            self.tokens.get(at + width).filter(|_| at + width < self.end).map(|token| token.kind);
        !matches!(
            before,
            Some(
                T::Plus
                    | T::Minus
                    | T::Times
                    | T::Slash
                    | T::Caret
                    | T::Underscore
                    | T::Relation(_)
                    | T::Fraction
                    | T::SquareRoot
                    | T::Function(_)
            )
        ) && !matches!(
            after,
            None | Some(
                T::Plus
                    | T::Times
                    | T::Slash
                    | T::Caret
                    | T::Underscore
                    | T::Relation(_)
                    | T::Bang
                    | T::Close(_)
                    | T::Prime(_)
                    | T::Percent
            )
        )
    }

    /// Whether a space stands before a token.
    pub(super) fn stands_apart(&self, at: usize) -> bool {
        let before = &self.text[..self.tokens[at].span.start as usize];
        before.trim_end_matches(['$', '{']).ends_with(|c: char| c.is_whitespace() || c == '~')
    }

    /// `1. `, `II. `, `a: `, `Q1: `: a number or a letter, and a mark with a space behind it.
    fn marked_label(&self, at: usize) -> Option<PartLabel> {
        let token = |ahead: usize| self.tokens.get(at + ahead).filter(|_| at + ahead < self.end);
        let first = token(0)?;
        let written = first.span.of(self.text);
        let question = usize::from(written == "Q" && matches!(token(1)?.kind, T::Number(_)));
        let last = (question..5).find(|&ahead| {
            token(ahead).is_none_or(|token| !matches!(token.kind, T::Symbol(_) | T::Number(_)))
        })?;
        let (label, width) = match token(last)?.kind {
            _ if last == question => return None,
            T::Colon | T::Period => {
                (token(question)?.span.to(token(last - 1)?.span).of(self.text), last + 1)
            }
            _ => (token(question)?.span.of(self.text).strip_suffix('.')?, question + 1),
        };
        let apart = token(width).is_some() && self.stands_apart(at + width);
        let colon = token(width - 1)?.kind == T::Colon;
        let (ordinal, style) = ordinal(label)?;
        let may_be = match style {
            PartStyle::Number => question == 1 || !colon,
            PartStyle::Roman => label.chars().all(char::is_uppercase),
            PartStyle::Letter => colon,
            PartStyle::Circle | PartStyle::Marked => false,
        };
        (apart && may_be).then_some(PartLabel { ordinal, style: PartStyle::Marked, width })
    }

    /// The label of a part at a token.
    fn part_label(&self, at: usize) -> Option<PartLabel> {
        let kind = |ahead: usize| {
            self.tokens.get(at + ahead).filter(|_| at + ahead < self.end).map(|token| token.kind)
        };
        if let T::Circled(ordinal) = kind(0)? {
            let more = !matches!(kind(1), None | Some(T::Circled(_) | T::Comma | T::And | T::Or));
            return more.then_some(PartLabel { ordinal, style: PartStyle::Circle, width: 1 });
        }
        let mut from = 0;
        if kind(0) == Some(T::Word) {
            let word = self.tokens[at].span.of(self.text);
            let named = words::one_of(word, &["part", "question", "problem", "q"]);
            // `a)` in words
            if !named && kind(1) != Some(T::Close(Delimiter::Paren)) {
                return None;
            }
            from = usize::from(named);
        }
        if let Some(marked) = self.marked_label(at) {
            return Some(marked);
        }
        let opened = kind(from) == Some(T::Open(Delimiter::Paren));
        let inside = from + usize::from(opened);
        let close = (inside..inside + 5)
            .find(|&ahead| matches!(kind(ahead), None | Some(T::Close(_) | T::Colon | T::Comma)))?;
        let named = from == 1 && kind(close) == Some(T::Colon);
        if close == inside || kind(close) != Some(T::Close(Delimiter::Paren)) && !named {
            return None;
        }
        let (first, last) = (self.tokens[at + inside].span, self.tokens[at + close - 1].span);
        let (ordinal, style) = ordinal(first.to(last).of(self.text).trim())?;
        let mut width = close + usize::from(!named);
        width += usize::from(matches!(kind(width), Some(T::Colon | T::Period)));
        Some(PartLabel { ordinal, style, width })
    }
}

/// The place of a part by its label: `2`, `b`, `ii`.
fn ordinal(label: &str) -> Option<(u32, PartStyle)> {
    const ROMAN: [&str; 12] =
        ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"];
    let plain: String = label.chars().filter(|c| !c.is_whitespace()).collect();
    if let Ok(number @ 1..=50) = plain.parse() {
        return Some((number, PartStyle::Number));
    }
    let lower = plain.to_lowercase();
    let place = |at: usize| u32::try_from(at + 1).ok();
    if let Some(at) = ROMAN.iter().position(|&roman| roman == lower) {
        return Some((place(at)?, PartStyle::Roman));
    }
    match (plain.chars().next()?, plain.chars().count()) {
        (roman @ 'Ⅰ'..='Ⅻ', 1) => Some((roman as u32 - 'Ⅰ' as u32 + 1, PartStyle::Roman)),
        (letter @ 'a'..='h', 1) => Some((letter as u32 - 'a' as u32 + 1, PartStyle::Letter)),
        _ => None,
    }
}
