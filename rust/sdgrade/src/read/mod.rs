//! All text ends here: wrappers, tokens, grammar, syntax tree, words and units.

mod account;
mod alteration;
mod calendar;
mod chinese;
mod compared;
mod lexer;
mod meaning;
mod parser;
mod script;
mod text;
mod tree;
mod units;
mod verbs;
mod words;
mod wrap;

use crate::Limits;
use std::borrow::Cow;

pub(crate) use account::{Entry, Role, account};
pub(crate) use parser::Fault;
pub(crate) use tree::{
    Children, Constant, Delimiter, Environment, Function, Kind, Literal, Name, NodeId, Relation,
    Separator, Series, Span, Tree,
};
pub(crate) use units::{Said, is_money, letters_as_unit, said_unit};
pub(crate) use words::has_size;
pub(crate) use wrap::same_notation;

/// A text without what stands around the answer in it.
#[derive(Debug)]
pub(crate) struct Source<'t> {
    text: Cow<'t, str>,
    /// The part of the text that is the answer.
    span: Span,
}

impl<'t> Source<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        let text = script::folded(wrap::unescape(text));
        let span = wrap::unwrap(&text);
        Self { text, span }
    }

    /// A text that is not looked into.
    pub(crate) fn unread(text: &'t str) -> Self {
        Self { text: Cow::Borrowed(text), span: Span::new(0, text.len()) }
    }

    pub(crate) fn into_owned(self) -> Source<'static> {
        Source { text: Cow::Owned(self.text.into_owned()), span: self.span }
    }

    /// The whole text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Where the answer stands in the text.
    pub(crate) fn span(&self) -> Span {
        self.span
    }

    /// The answer without its wrappers.
    pub(crate) fn bare(&self) -> &str {
        self.span.of(&self.text)
    }

    /// The syntax tree.
    pub(crate) fn parse<'a>(&'a self, limits: &'a Limits) -> Result<(Tree<'a>, NodeId), Fault> {
        parser::parse(&self.text, self.span, limits)
    }

    /// The answer in the form in which words are compared.
    pub(crate) fn normal_words(&self) -> String {
        compared::normal(&self.text, &lexer::tokens(&self.text, self.span))
    }

    /// The words as they are written, in the order of the alphabet.
    pub(crate) fn words(&self) -> Vec<&str> {
        let mut words: Vec<&str> = lexer::tokens(&self.text, self.span)
            .iter()
            .filter(|token| token.kind == lexer::TokenKind::Word)
            .map(|token| token.span.of(&self.text))
            .collect();
        words.sort_unstable();
        words
    }

    /// Whether words are said: at least one that is no unit's symbol or name of one letter.
    pub(crate) fn says_words(&self) -> bool {
        lexer::tokens(&self.text, self.span).iter().any(|token| {
            token.kind == lexer::TokenKind::Word
                && token.span.of(&self.text).chars().filter(|c| c.is_alphabetic()).count() > 1
        })
    }

    /// Whether words offer a second answer or take the first one back, beside mathematics.
    pub(crate) fn is_hedged(&self) -> bool {
        let tokens = lexer::tokens(&self.text, self.span);
        let hedge = tokens.iter().any(|token| match token.kind {
            lexer::TokenKind::Or => true,
            lexer::TokenKind::Word => alteration::is_hedge(token.span.of(&self.text)),
            _ => false,
        });
        hedge
            && tokens.iter().any(|token| {
                matches!(
                    token.kind,
                    lexer::TokenKind::Number(_)
                        | lexer::TokenKind::Symbol(_)
                        | lexer::TokenKind::Vulgar(..)
                        | lexer::TokenKind::Fraction
                )
            })
    }
}
