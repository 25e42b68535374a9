//! Sentences around one value: `The maximum of x+y is 3`, `A random digit is 0 with probability \frac45`.

use super::{Fault, Parser};
use crate::read::alteration;
use crate::read::lexer::{Token, TokenKind as T};
use crate::read::meaning;
use crate::read::tree::{Kind, NodeId, Span};
use crate::read::words;
use crate::value::{NoteKind, Value};

impl Parser<'_> {
    /// `The sequence is convergent`, `n` being spelled out as `The number is prime`.
    pub(super) fn sentence_in_words(&mut self, run: &[&str], copula: usize, start: Span) -> NodeId {
        let after = run.len();
        let all = start.to(self.span_at(after - 1));
        let hedged = run.iter().any(|word| alteration::is_hedge(word));
        if hedged || copula == 0 || copula + 1 == after {
            self.at += after;
            let said = meaning::value(&self.normal(all));
            return self.tree.push_said(said, all);
        }
        let subject = start.to(self.span_at(copula - 1));
        let predicate = self.span_at(copula + 1).to(self.span_at(after - 1));
        self.at += after;
        let said = meaning::value(&self.normal(predicate));
        let value = self.tree.push_said(said, predicate);
        self.noted(value, NoteKind::Sentence, subject, start)
    }

    /// `moving 6 m west`, `pole of order 2`: one number among words, which are said of it and so are never set aside.
    pub(super) fn value_among_words(&mut self) -> Option<NodeId> {
        let mark = self.start();
        self.return_to(mark);
        let start = self.here();
        let before = self.words_here().len();
        if before == 0 {
            return None;
        }
        self.at += before;
        let value = self.expression(0).ok().filter(|&value| self.is_numeric(value));
        while self.at < self.end && self.tokens[self.at].kind == T::Word {
            self.at += 1;
        }
        self.take(T::Period);
        let Some(value) = value.filter(|_| self.peek() == T::EndOfText) else {
            self.return_to(mark);
            return None;
        };
        let (all, number) = (start.to(self.span_before()), self.tree.span(value));
        let around = [Span { end: number.start, ..all }, Span { start: number.end, ..all }];
        let words = around.map(|side| self.normal(side)).join(" # ");
        let body = self.tree.push_said(Value::Text(words), all);
        Some(self.push(Kind::Noted(value, NoteKind::Predicate, body), start))
    }

    /// A sentence around one value, where mathematics stands in its subject: `The maximum of x+y is 3`.
    pub(super) fn sentence(&mut self) -> Option<NodeId> {
        let mark = self.start();
        self.return_to(mark);
        if let Some(counted) = self.existence() {
            return Some(counted);
        }
        self.return_to(mark);
        if let Some(probable) = self.with_probability() {
            return Some(probable);
        }
        self.return_to(mark);
        self.subject_and_value()
    }

    /// `A random digit is 0 with probability \frac45`: how probable it is.
    pub(super) fn with_probability(&mut self) -> Option<NodeId> {
        let (start, mark) = (self.here(), self.mark_place());
        let says = |at: usize| match self.tokens[at].kind {
            T::Word => !alteration::is_hedge(self.tokens[at].span.of(self.text)),
            T::Comma | T::Semicolon | T::Or | T::RowBreak | T::Period => false,
            _ => true,
        };
        // An event has a subject and a verb.
        let mut event = (self.at..self.end).take_while(|&at| says(at)).skip(3);
        let at =
            event.find(|&at| self.is_word(at, "probability") && self.is_word(at - 1, "with"))?;
        self.at = at + 1;
        let value = self.expression(0).ok();
        self.take(T::Period);
        let words = start.to(self.tokens[at].span);
        match value {
            Some(value) if self.peek() == T::EndOfText && self.is_numeric(value) => {
                Some(self.noted(value, NoteKind::Sentence, words, start))
            }
            _ => {
                self.return_to(mark);
                None
            }
        }
    }

    fn is_word(&self, at: usize, word: &str) -> bool {
        let token = &self.tokens[at];
        token.kind == T::Word && token.span.of(self.text).eq_ignore_ascii_case(word)
    }

    /// What is said to be what, the last copula between them.
    pub(super) fn subject_and_value(&mut self) -> Option<NodeId> {
        let start = self.here();
        let said = |known: fn(&str) -> bool| {
            (self.at + 1..self.end).rev().find(|&at| {
                self.tokens[at].kind == T::Word && known(self.tokens[at].span.of(self.text))
            })
        };
        let copula = said(words::is_copula).or_else(|| said(words::is_possession))?;
        let possesses = words::is_possession(self.tokens[copula].span.of(self.text));
        let subject = &self.tokens[self.at..copula];
        let numbers =
            |token: &Token| !matches!(token.kind, T::Word | T::Comma | T::Open(_) | T::Close(_));
        let says = |(place, token): (usize, &Token)| match token.kind {
            T::Word => {
                let word = token.span.of(self.text);
                // `the probability that it is 0 is \frac45`
                let relative = place > 0
                    && subject[place - 1].kind == T::Word
                    && words::is_relative(subject[place - 1].span.of(self.text));
                // `uniformly over positions`
                let place_of = words::is_place(word)
                    && subject.get(place + 1).is_some_and(|next| next.kind == T::Word);
                (!alteration::is_hedge(word) || place_of) && (!words::is_copula(word) || relative)
            }
            // What stands before has no value of its own: `Choosing at random, the probability is`.
            T::Comma => !subject[..place].iter().any(numbers),
            T::Semicolon | T::Or | T::RowBreak | T::Period | T::Colon => false,
            _ => true,
        };
        // `The line parallel to y = x + 1 is y = x + 3`, but not what is so `for x = 3`.
        let related = subject.iter().rposition(|token| matches!(token.kind, T::Relation(_)));
        let restricted = related.is_some_and(|related| {
            subject[0].kind != T::Word
                || subject[..related].iter().any(|token| {
                    token.kind == T::Word && words::opener(token.span.of(self.text)).is_some()
                })
        });
        // Of a place the tokens are looked at one by one.
        let run: Vec<&str> = subject
            .iter()
            .filter(|token| token.kind == T::Word)
            .map(|token| token.span.of(self.text))
            .filter(|word| !words::is_place(word))
            .collect();
        if restricted
            || alteration::takes_back(&run)
            || !subject.iter().enumerate().all(says)
            || !subject.iter().any(|token| token.kind == T::Word)
        {
            return None;
        }
        self.at = copula + 1;
        let mut subject = start.to(self.tokens[copula - 1].span);
        if possesses {
            self.pass_nouns()?;
            subject = start.to(self.span_before());
        }
        if let Some(description) = self.description() {
            self.at += description;
            subject = start.to(self.span_before());
        }
        let value = self.expression(0).ok()?;
        if self.peek() == T::Period {
            self.advance();
        }
        if self.peek() != T::EndOfText {
            return None;
        }
        Some(self.noted(value, NoteKind::Sentence, subject, start))
    }

    /// `The answer is the smaller root, 5`: words alone, up to a value that they describe at the end.
    pub(super) fn described_value(
        &mut self,
        run: &[&str],
        copula: usize,
        start: Span,
    ) -> Result<Option<NodeId>, Fault> {
        if copula == 0 || alteration::takes_back(&run[..copula]) || !self.open.is_empty() {
            return Ok(None);
        }
        let mark = self.mark_place();
        self.at += copula + 1;
        let Some(description) = self.description().filter(|&width| self.peek_at(width) != T::Word)
        else {
            self.return_to(mark);
            return Ok(None);
        };
        self.at += description;
        let words = start.to(self.span_before());
        let value = self.expression(0)?;
        if !self.ends_item(0) || matches!(self.peek(), T::Comma | T::And | T::Or) {
            self.return_to(mark);
            return Ok(None);
        }
        Ok(Some(self.noted(value, NoteKind::Sentence, words, start)))
    }

    /// How many tokens describe the value before it stands: `the golden ratio,` before `(1+\sqrt5)/2`.
    fn description(&self) -> Option<usize> {
        let run = self.words_here();
        let describes = run.first().is_some_and(|word| word.eq_ignore_ascii_case("the"))
            && !run.iter().any(|word| alteration::alters(word))
            && self.peek_at(run.len()) == T::Comma;
        let words = run[usize::from(describes)..].join(" ").to_lowercase();
        (describes && matches!(meaning::value(&words), Value::Text(_))).then_some(run.len() + 1)
    }

    /// Passes what a subject has, up to how much: `has length 5`, `has a maximum value of -3`, but not `has three
    /// roots`, which begins with it. `None` where these words may make something else of the value.
    fn pass_nouns(&mut self) -> Option<()> {
        let run = self.words_here();
        let counts =
            run.first().is_some_and(|word| meaning::number_word(&word.to_lowercase()).is_some());
        if counts {
            return Some(());
        }
        let (nouns, alters) = (run.len(), run.iter().any(|word| alteration::alters(word)));
        self.at += nouns;
        (!alters).then_some(())
    }
}
