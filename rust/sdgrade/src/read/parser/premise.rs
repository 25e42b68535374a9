//! What a statement is drawn from in its own sentence: `since n is odd, x = 3`, `from 2x = 10 we get x = 5`.

use super::Parser;
use crate::read::lexer::{Token, TokenKind as T};
use crate::read::tree::{Name, Relation};
use crate::read::verbs;
use crate::read::words;
use crate::value::Sign;

/// A premise is not longer.
const MOST_TOKENS: usize = 200;

/// A premise that stands before its statement.
pub(super) struct Premise {
    /// Where the statement begins.
    pub(super) end: usize,
    /// Whether a comma alone parts the two: then the statement must be told to be one by what it is.
    pub(super) loose: bool,
}

impl Parser<'_> {
    /// The premise that begins at a place, the first of a clause.
    pub(super) fn premise(&self, at: usize) -> Option<Premise> {
        let opener = self.tokens[at].span.of(self.text);
        let reason = verbs::is_reason(opener);
        let opens = reason || verbs::is_step(opener) && !self.leaves_open(&self.tokens[at]);
        if self.tokens[at].kind != T::Word || !opens {
            return None;
        }
        let (mut depth, mut first, mut last) = (0_usize, None, None);
        let mut end = at + 1;
        while end < self.end && end - at < MOST_TOKENS {
            let token = &self.tokens[end];
            match token.kind {
                T::Open(_) | T::GroupOpen | T::Begin(_) => depth += 1,
                T::Close(_) | T::GroupClose | T::End => depth = depth.checked_sub(1)?,
                T::Relation(Relation::Other(Sign::To)) => return None,
                _ if self.leaves_open(token) => return None,
                T::Word if words::supposes(token.span.of(self.text)) => return None,
                T::Period | T::RowBreak | T::Semicolon if depth == 0 => break,
                T::Comma if depth == 0 => {
                    first = first.or(Some(end));
                    last = Some(end);
                }
                _ if depth == 0 && end > at + 1 => {
                    if let Some(found) = self.finding(end) {
                        return Some(Premise { end: found, loose: false });
                    }
                }
                _ => {}
            }
            end += 1;
        }
        let (first, last) = (first?, last?);
        let in_words = self.tokens[at..first].iter().all(|token| token.kind == T::Word);
        let told = in_words || first == last || self.tokens[last + 1].kind == T::Word;
        // `with x = 2, y = 3` may be the values of both, and `with replacement` says of what the value is.
        let named = |at: usize| {
            matches!(self.tokens[at].kind, T::Symbol(Name::Letter(_)))
                && self.tokens[at + 1].kind == T::Relation(Relation::Equal)
        };
        let comma = if in_words { first } else { last };
        let two_values = named(comma + 1) && (at..comma).any(named);
        let restricts = two_values || in_words && words::opener(opener).is_some();
        (told && (reason || !restricts)).then_some(Premise { end: comma + 1, loose: true })
    }

    /// The end of words that say that something is found, such as `we get` and `it follows that`.
    pub(super) fn finding(&self, at: usize) -> Option<usize> {
        let word = |at: usize| match self.tokens[at.min(self.end)] {
            Token { kind: T::Word, span } if at < self.end => span.of(self.text),
            _ => "",
        };
        if !verbs::finds(word(at), word(at + 1)) {
            return None;
        }
        let that = usize::from(word(at + 2).eq_ignore_ascii_case("that"));
        let end = at + 2 + that;
        // `the value we get is 5`
        (end < self.end && !verbs::is_copula(word(end))).then_some(end)
    }
}
