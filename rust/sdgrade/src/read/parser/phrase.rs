//! Words where a value may begin: number words, Yes and No, dates, labels, sentences around one value.

use super::{Fault, Parsed, Parser, power};
use crate::canonical::Expr;
use crate::read::calendar;
use crate::read::lexer::{Token, TokenKind as T};
use crate::read::meaning;
use crate::read::tree::{Delimiter, Kind, Name, NodeId, Relation, Span};
use crate::read::words::{self, Opener};
use crate::value::{NoteKind, Quantity, Value};

/// The most words that label a point.
const MOST_LABEL_WORDS: usize = 2;

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
        while self.peek() == T::Word && !words::is_copula(self.word()) {
            self.advance();
        }
        let words = self.since(start);
        if self.here() == start {
            return self.words_fault();
        }
        let said = meaning::value(&self.normal(words));
        Ok(self.tree.push_said(said, words))
    }

    /// `Option A`
    fn option_in_words(&mut self, start: Span) -> Result<Option<NodeId>, Fault> {
        let is_kind =
            ["option", "choice"].iter().any(|known| self.word().eq_ignore_ascii_case(known));
        if !is_kind || !matches!(self.word_at(1).as_bytes(), [b'A'..=b'J']) || !self.ends_item(2) {
            return Ok(None);
        }
        self.advance();
        let letter = self.words_atom()?;
        Ok(Some(self.noted(letter, NoteKind::Remark, start, start)))
    }

    /// An item that begins with words.
    pub(super) fn phrase(&mut self) -> Parsed {
        let start = self.here();
        if let Some(truth) = self.truth(start) {
            return Ok(truth);
        }
        if let Some(bound) = self.bound_in_words(start)? {
            return Ok(bound);
        }
        if let Some(date) = self.date(start) {
            return Ok(date);
        }
        if let Some(set) = self.described_set(start)? {
            return Ok(set);
        }
        if let Some(option) = self.option_in_words(start)? {
            return Ok(option);
        }
        if let Some(conditional) = self.conditional(start) {
            return Ok(conditional);
        }
        if let Some(probable) = self.with_probability() {
            return Ok(probable);
        }
        if meaning::number_word(&self.word().to_lowercase()).is_some()
            || self.word().chars().count() == 1
        {
            return self.expression(0);
        }
        let run: Vec<String> = self.words_here().into_iter().map(str::to_owned).collect();
        let run: Vec<&str> = run.iter().map(String::as_str).collect();
        let after = run.len();
        let words = start.to(self.span_at(after - 1));
        match self.peek_at(after) {
            // `Paolo: 18`
            T::Colon if self.peek_at(after + 1) != T::EndOfText => {
                self.at += after + 1;
                let value =
                    if self.peek() == T::Word { self.phrase()? } else { self.expression(0)? };
                // `Not: 18` and `Half: 18`
                let taken_back = run.iter().any(|word| words::is_hedge(word))
                    || words::is_operation(run[after - 1]);
                let kind = if taken_back { NoteKind::Condition } else { NoteKind::Label };
                return Ok(self.noted(value, kind, words, start));
            }
            // `The part that is longest = 2`
            T::Relation(_)
                if !words::is_copula(run[after - 1])
                    && run.iter().any(|word| words::is_copula(word))
                    && !run.iter().any(|word| words::is_hedge(word)) =>
            {
                self.at += after;
                let name = self.tree.push_said(Value::Text(self.normal(words)), words);
                return self.chain(name, start);
            }
            // `\text{Maximum} = 2`
            T::Relation(_) => return self.expression(0),
            _ => {}
        }
        let at_end = self.ends_item(after);
        // `The sequence is convergent`
        if at_end && let Some(copula) = run.iter().rposition(|word| words::is_copula(word)) {
            return Ok(self.sentence_in_words(&run, copula, start));
        }
        if at_end {
            self.at += after;
            let said = meaning::value(&self.normal(words));
            return Ok(self.tree.push_said(said, words));
        }
        let last = run[after - 1];
        if words::is_copula(last) && after > 1 && !words::takes_back(&run[..after - 1]) {
            // `The eighth term is 194`
            let subject = start.to(self.span_at(after - 2));
            self.at += after;
            let value = self.expression(0)?;
            return Ok(self.noted(value, NoteKind::Sentence, subject, start));
        }
        self.behind_words(&run, start)
    }

    /// What stands behind words without a copula: `concave up on (0, 1)`, `all odd n`.
    fn behind_words(&mut self, run: &[&str], start: Span) -> Parsed {
        let after = run.len();
        let last = run[after - 1];
        let words = start.to(self.span_at(after - 1));
        // `concave up on (0, 1)`
        if after > 1
            && matches!(last, "on" | "at")
            && !run.iter().any(|word| {
                words::is_hedge(word) || words::is_operation(word) || words::opener(word).is_some()
            })
        {
            self.at += after;
            let value = self.expression(0)?;
            // `it points at 4`
            let arrives = words::arrives(run[after - 2]);
            let kind = if arrives { NoteKind::Sentence } else { NoteKind::Predicate };
            return Ok(self.noted(value, kind, words, start));
        }
        // `local min. (1, -1)`
        let changes = |word: &&str| words::alters(word) || words::is_article(word);
        if self.point_follows(after) && !run.iter().any(changes) {
            self.at += after;
            self.take(T::Period);
            let value = self.expression(0)?;
            return Ok(self.noted(value, NoteKind::Label, words, start));
        }
        if run.iter().all(|word| words::is_remark(word) || word.eq_ignore_ascii_case("only")) {
            self.at += after;
            let value = self.expression(0)?;
            return Ok(self.noted(value, NoteKind::Remark, words, start));
        }
        // `odd n`, `all odd n`
        let quantified = usize::from(matches!(words::opener(run[0]), Some(Opener::Domain)));
        if run.len() > quantified
            && matches!(self.peek_at(after), T::Symbol(Name::Letter(_)))
            && self.ends_item(after + 1)
            && !run.iter().any(|word| words::is_hedge(word))
        {
            let said = self.span_at(quantified).to(self.span_at(after - 1));
            self.at += after;
            let letter = self.atom()?;
            return Ok(self.letter_predicate(letter, said, start));
        }
        // `all real numbers except 1`
        if let [class @ .., "except" | "excluding"] = run
            && let Some(set) = meaning::class_of(&class.join(" ").to_lowercase())
        {
            let from = start.to(self.span_at(after - 2));
            self.at += after;
            let set = self.tree.push_said(set, from);
            return self.without_items(set, start);
        }
        self.words_fault()
    }

    /// Whether a point follows some words, the last of which may be cut short: `max. (2, 3)`.
    fn point_follows(&self, after: usize) -> bool {
        let opens = after + usize::from(self.peek_at(after) == T::Period);
        if self.peek_at(opens) != T::Open(Delimiter::Paren) || after > MOST_LABEL_WORDS {
            return false;
        }
        let (mut depth, mut commas) = (0_usize, 0_usize);
        for ahead in opens..self.end - self.at {
            match self.peek_at(ahead) {
                T::Open(_) | T::GroupOpen => depth += 1,
                T::Close(_) | T::GroupClose => depth = depth.saturating_sub(1),
                T::Comma if depth == 1 => commas += 1,
                T::Word | T::Relation(_) => return false,
                _ => {}
            }
            if depth == 0 {
                return commas > 0 && self.ends_item(ahead + 1);
            }
        }
        false
    }

    /// `June 20`, `October 30, 2024`
    pub(super) fn date(&mut self, start: Span) -> Option<NodeId> {
        let number = |this: &Self, ahead: usize| matches!(this.peek_at(ahead), T::Number(_));
        if !number(self, 1) {
            return None;
        }
        let suffix = usize::from(matches!(self.word_at(2), "st" | "nd" | "rd" | "th"));
        let comma = usize::from(self.peek_at(2 + suffix) == T::Comma);
        let year = usize::from(number(self, 2 + suffix + comma));
        let width = 2 + suffix + if year == 1 { comma + 1 } else { 0 };
        let words = start.to(self.span_at(width - 1));
        let glued = self.normal(words).replace(" st", "st").replace(" nd", "nd");
        let glued = glued.replace(" rd", "rd").replace(" th", "th");
        let value = calendar::read(&glued).filter(|_| self.ends_item(width))?;
        self.at += width;
        Some(self.tree.push_said(value, words))
    }

    /// A set without the items that follow.
    pub(super) fn without_items(&mut self, set: NodeId, start: Span) -> Parsed {
        let mut removed = super::Parts::new();
        loop {
            removed.push(self.expression(power::RELATION + 1)?);
            if !matches!(self.peek(), T::Comma | T::And) {
                break;
            }
            self.advance();
        }
        let inside = self.tree.push_children(&removed);
        let removed = self.push(Kind::Delimited(Delimiter::Brace, Delimiter::Brace, inside), start);
        Ok(self.push(Kind::SetDifference(set, removed), start))
    }

    /// `The sequence is convergent`, `n` being spelled out as `The number is prime`.
    pub(super) fn sentence_in_words(&mut self, run: &[&str], copula: usize, start: Span) -> NodeId {
        let after = run.len();
        let all = start.to(self.span_at(after - 1));
        let hedged = run.iter().any(|word| words::is_hedge(word));
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
    fn with_probability(&mut self) -> Option<NodeId> {
        let (start, mark) = (self.here(), self.mark_place());
        let says = |at: usize| match self.tokens[at].kind {
            T::Word => !words::is_hedge(self.tokens[at].span.of(self.text)),
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
                (!words::is_hedge(word) || place_of) && (!words::is_copula(word) || relative)
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
            || words::takes_back(&run)
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
        let value = self.expression(0).ok()?;
        if self.peek() == T::Period {
            self.advance();
        }
        if self.peek() != T::EndOfText {
            return None;
        }
        Some(self.noted(value, NoteKind::Sentence, subject, start))
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
        let (nouns, alters) = (run.len(), run.iter().any(|word| words::alters(word)));
        self.at += nouns;
        (!alters).then_some(())
    }

    /// Yes or no, and the explanation behind it.
    pub(super) fn truth(&mut self, start: Span) -> Option<NodeId> {
        let truth = words::truth(self.word())?;
        let next = self.peek_at(1);
        let explained = match next {
            T::Comma | T::Period | T::Semicolon | T::Colon | T::Minus => {
                let second = (1..4).map(|at| self.word_at(at)).find(|word| !word.is_empty());
                self.peek_at(2) != T::EndOfText
                    && second.is_none_or(|word| words::truth(word).is_none())
            }
            T::Word => words::opener(self.word_at(1)) == Some(Opener::Explanation),
            T::EndOfText | T::Close(_) | T::And | T::Or | T::RowBreak => false,
            _ => return None,
        };
        if next == T::Word && !explained {
            return None;
        }
        self.advance();
        let value = self.tree.push_said(Value::Truth(truth), start);
        if !explained {
            return Some(value);
        }
        let from = self.here();
        let rest = &self.tokens[self.at..self.end];
        // `Yes, only for odd n`
        let limited = rest.windows(2).any(|pair| {
            let word = |at: usize| pair[at].span.of(self.text);
            word(0).eq_ignore_ascii_case("only") && words::opener(word(1)).is_some()
        });
        let hedged = limited
            || rest.iter().any(|token| match token.kind {
                T::Or => true,
                T::Word => {
                    let word = token.span.of(self.text);
                    let denies = word.contains('不')
                        || ["not", "no", "cannot", "не"]
                            .iter()
                            .any(|d| word.eq_ignore_ascii_case(d));
                    words::truth(word).is_some() || words::is_hedge(word) && (truth || !denies)
                }
                _ => false,
            });
        self.at = self.end;
        let words = from.to(self.span_before());
        let kind = if hedged { NoteKind::Condition } else { NoteKind::Explanation };
        Some(self.noted(value, kind, words, start))
    }

    /// `at least 5`, `more than 5`.
    pub(super) fn bound_in_words(&mut self, start: Span) -> Result<Option<NodeId>, Fault> {
        let run = self.words_here();
        let lower = run.iter().take(3).map(|word| word.to_lowercase()).collect::<Vec<_>>();
        let words: Vec<&str> = lower.iter().map(String::as_str).collect();
        let (relation, width) = match words[..] {
            ["no" | "not", "less" | "fewer", "than"] => (Relation::GreaterEqual, 3),
            ["no" | "not", "more" | "greater", "than"] => (Relation::LessEqual, 3),
            ["at", "least", ..] => (Relation::GreaterEqual, 2),
            ["at", "most", ..] => (Relation::LessEqual, 2),
            ["more" | "greater" | "larger", "than", ..] => (Relation::Greater, 2),
            ["less" | "fewer" | "smaller", "than", ..] => (Relation::Less, 2),
            _ => return Ok(None),
        };
        if run.len() != width {
            return Ok(None);
        }
        self.at += width;
        let side = self.expression(power::RELATION + 1)?;
        Ok(Some(self.bound_below(relation, side, start)))
    }
}
