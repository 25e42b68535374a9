//! What became of every part of a text: value, unit, note, or one of the things without meaning.

use super::lexer::{self, TokenKind};
use super::tree::{Kind, Span, Tree};
use super::{Source, words};
use crate::value::NoteKind;

/// What a part of a text became.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Value,
    Unit,
    Note(NoteKind),
    /// What stands around the answer: `$…$`, a box, `The answer is`.
    Wrapper,
    /// Spacing, sizing, style, articles, a final full stop.
    Silent,
}

/// A part of a text and what it became.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) span: Span,
    pub(crate) role: Role,
}

/// The account of a text that was read into a tree: its entries cover the text without a gap.
pub(crate) fn account(source: &Source<'_>, tree: &Tree<'_>) -> Vec<Entry> {
    let text = source.text();
    let span = source.span();
    let mut entries: Vec<Entry> = Vec::new();
    let mut push = |span: Span, role: Role| {
        if span.end <= span.start {
            return;
        }
        match entries.last_mut() {
            Some(last) if last.role == role && last.span.end == span.start => {
                last.span.end = span.end;
            }
            _ => entries.push(Entry { span, role }),
        }
    };
    let mut at = 0;
    push(Span { start: at, end: span.start }, Role::Wrapper);
    at = span.start.max(at);
    for token in lexer::tokens(text, span) {
        if token.span.start > at {
            push(Span { start: at, end: token.span.start }, Role::Silent);
        }
        let from = token.span.start.max(at);
        let silent = match token.kind {
            TokenKind::EndOfText => continue,
            TokenKind::Word => words::is_article(token.span.of(text)),
            TokenKind::Period => true,
            _ => false,
        };
        let role = if silent { Role::Silent } else { role_of(tree, token.span) };
        push(Span { start: from, end: token.span.end }, role);
        at = token.span.end.max(at);
    }
    push(Span { start: at, end: span.end }, Role::Silent);
    let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
    push(Span { start: span.end.max(at), end }, Role::Wrapper);
    entries
}

/// What a token is part of: the innermost node that has it beside its value.
fn role_of(tree: &Tree<'_>, token: Span) -> Role {
    let holds = |span: Span| span.start <= token.start && token.end <= span.end;
    let mut best: Option<(u32, Role)> = None;
    for node in tree.nodes() {
        let (inner, role) = match node.kind {
            Kind::Noted(inner, kind, _) => (inner, Role::Note(kind)),
            Kind::United(inner, _) | Kind::HalfDay(inner, _) | Kind::Currency(inner, _) => {
                (inner, Role::Unit)
            }
            _ => continue,
        };
        let width = node.span.end - node.span.start;
        if holds(node.span)
            && !holds(tree.span(inner))
            && best.is_none_or(|(least, _)| width < least)
        {
            best = Some((width, role));
        }
    }
    best.map_or(Role::Value, |(_, role)| role)
}
