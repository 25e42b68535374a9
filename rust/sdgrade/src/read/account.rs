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
        if token.kind == TokenKind::EndOfText {
            break;
        }
        if token.span.start > at {
            push(Span { start: at, end: token.span.start }, Role::Silent);
            at = token.span.start;
        }
        let from = at;
        let silent = match token.kind {
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
    debug_assert!(covers(&entries, end), "the account of {text:?} has a gap");
    entries
}

/// Whether entries stand one behind the other from the start of a text to its end.
fn covers(entries: &[Entry], end: u32) -> bool {
    let mut at = 0;
    entries.iter().all(|entry| {
        let joins = entry.span.start == at;
        at = entry.span.end;
        joins
    }) && at == end
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

#[cfg(test)]
mod tests {
    use super::{account, covers};
    use crate::Limits;
    use crate::read::Source;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_account_covers_the_text(pieces in prop::collection::vec(prop::sample::select(vec![
            "5", "x", " ", ",", ".", "\\text{", "}", "$", "\\boxed{", "if ", "or ", "not ", "the ",
            "\\text{ km}", "\\text{ if } x>5 \\text{ only}", "km ", "apples ",
            "=", ">", "(", ")", "Paolo: ", "The sum is ", "for all ", "是", "或", "не ", "%", "\\quad ",
        ]), 1..12)) {
            let text = pieces.concat();
            let limits = Limits::default();
            let source = Source::new(&text);
            if let Ok((tree, _)) = source.parse(&limits) {
                let end = u32::try_from(source.text().len()).expect("a short text");
                prop_assert!(covers(&account(&source, &tree), end), "{}", text);
            }
        }
    }
}
