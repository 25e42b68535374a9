//! Words as a value within mathematics: letters, number words, quantities that words name.

use super::{Parsed, Parser};
use crate::canonical::Expr;
use crate::read::compared;
use crate::read::lexer::{Token, TokenKind as T};
use crate::read::meaning;
use crate::read::tree::{Kind, Name, NodeId, Span};
use crate::read::verbs;
use crate::read::words;
use crate::read::{alteration, chinese, units};
use crate::value::{Quantity, Unit, Value};

impl Parser<'_> {
    /// Words where a value may stand: a letter, a number word, or words that are the value.
    pub(super) fn words_atom(&mut self) -> Parsed {
        let start = self.here();
        let mut letters = self.word().chars();
        if let (Some(letter), None) = (letters.next(), letters.next())
            && (letter.is_ascii_alphabetic() || !letter.is_alphabetic())
        {
            self.advance();
            return Ok(self.tree.push(Kind::Symbol(Name::Letter(letter)), start));
        }
        let pair = format!("{} {}", self.word(), self.word_at(1)).to_lowercase();
        // `one half`, written as one word or two
        let fraction = meaning::fraction_words(&pair).map(|fraction| (fraction, 2)).or_else(|| {
            meaning::fraction_words(&self.word().to_lowercase()).map(|fraction| (fraction, 1))
        });
        if let Some((fraction, width)) = fraction {
            let words = start.to(self.span_at(width - 1));
            self.at += width;
            let said = Value::Quantity(Quantity::plain(Expr::rational(fraction)));
            return Ok(self.tree.push_said(said, words));
        }
        let (number, width) = match meaning::number_word(&pair) {
            Some(number) => (Some(number), 2),
            None => (meaning::number_word(&self.word().to_lowercase()), 1),
        };
        if let Some(number) = number {
            let words = start.to(self.span_at(width - 1));
            self.at += width;
            let said = Value::Quantity(Quantity::plain(Expr::integer(number)));
            return Ok(self.tree.push_said(said, words));
        }
        if let Some((number, measure)) = chinese::number_and_measure(self.word()) {
            let unit = units::parse(measure)
                .unwrap_or_else(|| Unit::Noun(chinese::same_noun(measure.to_owned())));
            self.advance();
            let said = Value::Quantity(Quantity::plain(Expr::integer(number)));
            let number = self.tree.push_said(said, start);
            return Ok(self.united(number, unit, start));
        }
        let computed = self.is_computed();
        while self.peek() == T::Word && !verbs::is_copula(self.word()) {
            self.advance();
        }
        let words = self.since(start);
        if self.here() == start {
            return self.words_fault();
        }
        if let Some(named) = self.named_quantity(words, computed) {
            return Ok(named);
        }
        let said = meaning::value(&self.normal(words));
        Ok(self.tree.push_said(said, words))
    }

    /// Whether what stands here is calculated with by what stands before it, or is a part of a fraction.
    pub(super) fn is_computed(&self) -> bool {
        let before = |back: usize| self.at.checked_sub(back).map(|at| self.tokens[at].kind);
        match before(1) {
            Some(T::Plus | T::Times | T::Slash | T::Caret) => true,
            Some(T::GroupOpen) => matches!(before(2), Some(T::Fraction | T::GroupClose)),
            _ => false,
        }
    }

    /// `\frac{\text{distance}}{\text{time}}`: words that are calculated with name a quantity; two small letters in
    /// `\mathrm` are a product, as they are outside of it.
    pub(super) fn named_quantity(&mut self, span: Span, computed: bool) -> Option<NodeId> {
        let precedes = matches!(self.peek(), T::Plus | T::Times | T::Slash | T::Caret);
        let run = compared::within(&self.tokens, span);
        let said = |token: &Token| token.span.of(self.text);
        let plain = |word: &str| word.bytes().all(|byte| byte.is_ascii_alphabetic());
        if !(computed || precedes)
            || run.iter().map(said).any(|word| {
                !plain(word) || alteration::alters(word) || words::truth(word).is_some()
            })
        {
            return None;
        }
        let letters = span.of(self.text).as_bytes();
        if let &[first @ b'a'..=b'z', second @ b'a'..=b'z'] = letters {
            let factors = [first, second]
                .map(|letter| self.tree.push(Kind::Symbol(Name::Letter(letter.into())), span));
            return Some(self.push_all(Kind::Product, &factors, span));
        }
        Some(self.tree.push(Kind::Symbol(Name::Word(span)), span))
    }
}
