//! The form in which words are compared.

use super::lexer::{Token, TokenKind as T};
use super::tree::{Name, Span};
use super::words::is_article;
use std::borrow::Cow;

/// Words and what stands between them in the form in which they are compared: no case, articles or
/// punctuation; mathematics as it is written.
pub(crate) fn normal(text: &str, tokens: &[Token]) -> String {
    let mut out = String::new();
    let mut say = |piece: &str, lower: bool| {
        if piece.is_empty() {
            return;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        if lower && !piece.is_ascii() {
            out.extend(piece.chars().flat_map(char::to_lowercase));
            return;
        }
        let start = out.len();
        out.push_str(piece);
        if lower {
            out[start..].make_ascii_lowercase();
        }
    };
    for (at, token) in tokens.iter().enumerate() {
        let source = token.span.of(text);
        match token.kind {
            T::Word => {
                let mut word = Cow::Borrowed(source);
                // Most words are plain.
                if !source.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                    word.to_mut().retain(|c| !matches!(c, '\'' | '’' | '$' | '}'));
                    word = Cow::Owned(word.replace('-', " "));
                }
                // `max.` is `maximum`.
                if word.eq_ignore_ascii_case("max") {
                    word = Cow::Borrowed("maximum");
                } else if word.eq_ignore_ascii_case("min") {
                    word = Cow::Borrowed("minimum");
                }
                if !is_article(&word) {
                    say(&word, true);
                }
            }
            T::And => say("and", false),
            T::Or => say("or", false),
            T::Comma
            | T::Semicolon
            | T::Period
            | T::Colon
            | T::Quad
            | T::RowBreak
            | T::EndOfText => {}
            T::GroupOpen | T::GroupClose if is_lone_group(tokens, at) => {}
            // Letters that run on, as a word of theirs.
            T::Symbol(Name::Word(_) | Name::Operator(_) | Name::Segment(_) | Name::Angle(_)) => {
                say(&super::text::squeeze(source), true);
            }
            T::Symbol(Name::Letter(_)) => {
                let runs_on = |a: &Token, b: &Token| {
                    matches!(b.kind, T::Symbol(Name::Letter(_))) && a.span.end == b.span.start
                };
                let before = at.checked_sub(1).is_some_and(|last| runs_on(&tokens[last], token));
                if before && matches!(tokens[at - 1].kind, T::Symbol(Name::Letter(_))) {
                    continue;
                }
                let more = (at + 1..tokens.len())
                    .take_while(|&next| runs_on(&tokens[next - 1], &tokens[next]))
                    .count();
                let end = tokens[at + more].span;
                say(token.span.to(end).of(text), more > 0);
            }
            _ => say(&super::text::squeeze(source), false),
        }
    }
    out
}

/// Whether a brace stands around one token, and so says nothing.
fn is_lone_group(tokens: &[Token], at: usize) -> bool {
    let kind = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map(|token| token.kind);
    match tokens[at].kind {
        T::GroupOpen => kind(Some(at + 2)) == Some(T::GroupClose),
        _ => kind(at.checked_sub(2)) == Some(T::GroupOpen),
    }
}

/// The tokens of a span.
pub(crate) fn within(tokens: &[Token], span: Span) -> &[Token] {
    let from = tokens.partition_point(|token| token.span.start < span.start);
    let to = tokens.partition_point(|token| token.span.start < span.end);
    &tokens[from..to.max(from)]
}
