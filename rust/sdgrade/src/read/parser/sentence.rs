//! Sentences around one value: `The maximum of x+y is 3`, `A random digit is 0 with probability \frac45`.

use super::{Fault, Parser};
use crate::read::alteration;
use crate::read::lexer::{Token, TokenKind as T};
use crate::read::meaning;
use crate::read::tree::{Kind, Name, NodeId, Relation, Separator, Span};
use crate::read::verbs;
use crate::read::words::{self, Opener};
use crate::value::{NoteKind, Value};

/// As many sentences side by side are not read.
const MOST_CLAUSES: usize = 24;

impl Parser<'_> {
    /// `The sequence is convergent`, `n` being spelled out as `The number is prime`.
    pub(super) fn sentence_in_words(&mut self, run: &[&str], copula: usize, start: Span) -> NodeId {
        let after = run.len();
        let all = start.to(self.span_at(after - 1));
        let hedged = run[..copula].iter().any(|word| alteration::is_hedge(word));
        // `The statement is true`
        if let [truth] = run[copula + 1..]
            && let Some(truth) = words::truth(truth)
            && !hedged
            && copula > 0
            && run[..copula].iter().all(|word| words::is_statement(word))
        {
            let subject = start.to(self.span_at(copula - 1));
            let said = self.span_at(copula + 1);
            self.at += after;
            let value = self.tree.push_said(Value::Truth(truth), said);
            return self.noted(value, NoteKind::Sentence, subject, start);
        }
        let hedged = hedged || run[copula..].iter().any(|word| alteration::is_hedge(word));
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

    /// `The rank of $A$ is 3 and the nullity is 1`: several sentences, each with a subject and a value of its own.
    pub(super) fn clauses(&mut self) -> Option<NodeId> {
        let mark = self.start();
        self.return_to(mark);
        let (start, outer) = (self.here(), self.end);
        let article = |at: usize| {
            let token = &self.tokens[at];
            token.kind == T::Word && words::is_article(token.span.of(self.text))
        };
        let cuts: Vec<usize> = self
            .all_outside(|at, kind| {
                matches!(kind, T::And | T::Comma | T::Period | T::Semicolon)
                    && at + 1 < outer
                    && article(at + 1)
            })
            .take(MOST_CLAUSES)
            .collect();
        if cuts.is_empty() || cuts.len() == MOST_CLAUSES {
            return None;
        }
        let mut sentences = super::Parts::new();
        let mut from = 0;
        for cut in cuts.into_iter().chain([outer]) {
            if cut <= from {
                return None;
            }
            self.at = from;
            // `, and`
            self.end = if self.tokens[cut - 1].kind == T::Comma { cut - 1 } else { cut };
            let sentence = self.subject_and_value();
            self.end = outer;
            // Of two sentences about one thing the second takes the first back.
            let sentence = sentence?;
            if self.says_again(sentences.iter().copied(), sentence) {
                return None;
            }
            sentences.push(sentence);
            from = cut + 1;
        }
        self.at = outer;
        Some(self.push_list(Separator::Semicolon, &sentences, start))
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
        let (verb, behind) = self.verb()?;
        let said = self.tokens[verb].span.of(self.text);
        let (possesses, several) = (verbs::is_possession(said), verbs::is_plural_copula(said));
        // What the answer has is not the answer.
        let acts = !verbs::is_copula(said)
            && self.tokens[self.at..verb].iter().any(|token| {
                words::one_of(token.span.of(self.text), &["answer", "result", "solution"])
            });
        if acts || !self.is_subject(self.at, verb) {
            return None;
        }
        self.at = behind;
        let mut subject = start.to(self.tokens[verb - 1].span);
        if possesses {
            self.pass_nouns()?;
            subject = start.to(self.span_before());
        }
        if let Some(description) = self.description() {
            self.at += description;
            subject = start.to(self.span_before());
        }
        let (from, mark) = (self.here(), self.mark_place());
        let value = if several {
            let items = self.items().ok()?;
            self.list(&items, from)
        } else {
            let value = self.remarked()?;
            // `is x = 1, y = 2`
            if self.is_equation(value) && self.peek() == T::Comma {
                self.return_to(mark);
                let items = self.items().ok()?;
                if !items.iter().all(|&(_, item)| self.is_equation(item)) {
                    return None;
                }
                self.list(&items, from)
            } else {
                value
            }
        };
        self.take(T::Period);
        if self.peek() != T::EndOfText {
            return None;
        }
        Some(self.noted(value, NoteKind::Sentence, subject, start))
    }

    /// A value, and words before it that say how it was come by: `about 12.4 days`.
    fn remarked(&mut self) -> Option<NodeId> {
        let start = self.here();
        let run = self.words_here();
        let remarks = run.iter().take_while(|word| words::is_remark(word)).count();
        if remarks == 0 {
            return self.expression(0).ok();
        }
        self.at += remarks;
        let said = start.to(self.span_before());
        let value = self.expression(0).ok()?;
        Some(self.noted(value, NoteKind::Remark, said, start))
    }

    /// The last verb between a subject and its value, and where the value begins: `is`, `has`, `lands on`.
    fn verb(&self) -> Option<(usize, usize)> {
        let said = |known: fn(&str) -> bool| {
            (self.at + 1..self.end).rev().find(|&at| {
                self.tokens[at].kind == T::Word && known(self.tokens[at].span.of(self.text))
            })
        };
        let arrives = || {
            let at_place =
                |verb: &usize| ["at", "on", "to"].iter().any(|place| self.is_word(verb + 1, place));
            said(verbs::arrives).filter(at_place).map(|verb| (verb, verb + 2))
        };
        let one_word = said(verbs::is_copula).or_else(|| said(verbs::is_possession));
        // `is equal to`
        let equal = |verb: usize| {
            2 * usize::from(self.is_word(verb + 1, "equal") && self.is_word(verb + 2, "to"))
        };
        one_word.map(|verb| (verb, verb + 1 + equal(verb))).or_else(arrives)
    }

    /// Whether tokens are a subject: they say of what the value is, and nothing else.
    fn is_subject(&self, from: usize, to: usize) -> bool {
        let subject = &self.tokens[from..to];
        let word = |token: &Token| match token.kind {
            T::Word => token.span.of(self.text),
            _ => "",
        };
        let says = |(place, token): (usize, &Token)| match token.kind {
            T::Word => {
                let said = word(token);
                // `the probability that it is 0 is \frac45`
                let relative = place > 0 && verbs::is_relative(word(&subject[place - 1]));
                // `uniformly over positions`
                let place_of = words::is_place(said)
                    && subject.get(place + 1).is_some_and(|next| next.kind == T::Word);
                // `Ann has 14 and Bob`
                let says_more = verbs::is_possession(said)
                    && !relative
                    && subject[place..].iter().any(|later| matches!(later.kind, T::Number(_)));
                let before = place.checked_sub(1).map(|before| word(&subject[before]));
                (!alteration::hedges_behind(before, said) || place_of)
                    && (!verbs::is_copula(said) || relative)
                    && !says_more
            }
            T::Comma => self.goes_on(subject, place),
            // `The answer modulo 100`
            T::Modulo | T::Times
                if place > 0 && words::one_of(word(&subject[place - 1]), &["answer"]) =>
            {
                false
            }
            T::Semicolon | T::Or | T::RowBreak | T::Period | T::Colon => false,
            _ => true,
        };
        // `The line parallel to y = x + 1 is y = x + 3`, but not what is so `for x = 3`.
        let related = subject.iter().rposition(|token| matches!(token.kind, T::Relation(_)));
        let restricted = related.is_some_and(|related| {
            subject[0].kind != T::Word
                || (0..related).any(|place| self.restricts(&subject[place..], &subject[..place]))
        });
        // Of a place the tokens are looked at one by one.
        let run: Vec<&str> = subject
            .iter()
            .enumerate()
            .map(|(place, token)| match token.kind {
                // `A possible answer`
                T::Symbol(Name::Letter('A')) if place == 0 => "a",
                _ => word(token),
            })
            .filter(|word| !word.is_empty() && !words::is_place(word))
            .collect();
        // `20\% of the number is 36`
        let of = subject.iter().position(|token| word(token).eq_ignore_ascii_case("of"));
        let part_of = of.is_some_and(|of| subject[..of].iter().all(|token| token.kind != T::Word));
        // `Half of x is 4` is an equation that is not solved.
        let made = matches!(subject.last(), Some(Token { kind: T::Symbol(Name::Letter(_)), .. }))
            && alteration::makes_of_letter(&run);
        !restricted
            && !made
            && !part_of
            && !alteration::takes_back(&run)
            && !run.is_empty()
            && !matches!(subject, [.., before, last] if before.kind == T::Word && verbs::singles_out(word(last)))
            && subject.iter().enumerate().all(says)
    }

    /// Whether a subject goes on behind a comma: `Choosing at random, the probability is`, where what stands before
    /// has no value of its own, or `The area bounded by y = x, y = 0 and x = 1 is`.
    fn goes_on(&self, subject: &[Token], comma: usize) -> bool {
        let valueless =
            |token: &Token| matches!(token.kind, T::Word | T::Comma | T::Open(_) | T::Close(_));
        let first = subject[0].span.of(self.text);
        let next = subject.get(comma + 1);
        // `With replacement, the probability is`
        subject[..comma].iter().all(valueless) && words::opener(first).is_none()
            || words::is_article(first)
                && next.is_none_or(|next| {
                    next.kind != T::Word || verbs::is_attained(next.span.of(self.text))
                })
    }

    /// Whether a word within a subject, with a relation somewhere behind it, restricts what is said: `for x = 3`, but
    /// not `pairs with a < b`, which says what is counted.
    fn restricts(&self, from: &[Token], before: &[Token]) -> bool {
        let word = |token: Option<&Token>| match token {
            Some(token) if token.kind == T::Word => token.span.of(self.text),
            _ => "",
        };
        let said = word(from.first());
        match words::opener(said) {
            None => false,
            Some(Opener::Domain) => {
                let names_value = from.windows(3).any(|three| {
                    matches!(three[0].kind, T::Word | T::Comma)
                        && matches!(three[1].kind, T::Symbol(_))
                        && three[2].kind == T::Relation(Relation::Equal)
                });
                names_value || said.eq_ignore_ascii_case("for")
            }
            // `bounded by y = x`
            Some(Opener::Condition) => {
                !said.eq_ignore_ascii_case("by") || !verbs::describes_by(word(before.last()))
            }
            Some(Opener::Explanation) => true,
        }
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
