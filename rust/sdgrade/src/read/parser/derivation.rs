//! Answers that are worked out: statements one after the other, of which the last is the value.
//!
//! `\text{If the sum is } 12, \text{ then } 2x=12. \text{ So } x=6` is `x=6`, and what stands before is a note
//! of it. Where the statements tell cases apart, doubt, or say that something else may hold, the answer
//! is not read: nobody knows then which of them is meant.

use super::{Parser, power};
use crate::read::alteration;
use crate::read::lexer::{Token, TokenKind as T};
use crate::read::tree::{Environment, Kind, NodeId, Relation};
use crate::read::units;
use crate::read::verbs;
use crate::read::words::{self, Opener};
use crate::value::{NoteKind, Sign};
use std::ops::Range;

const IMPLIES: T = T::Relation(Relation::Other(Sign::Implies));
const TO: T = T::Relation(Relation::Other(Sign::To));

/// Where the last statement stands.
struct Last {
    /// Its sentence.
    sentence: usize,
    /// The statement itself, behind what says that it follows.
    statement: usize,
    end: usize,
    /// Whether it is said to follow: `so`, `⇒`.
    follows: bool,
    /// Whether that is said in a word, or on one of several lines.
    spoken: bool,
    /// Whether it must be a statement: `this gives x = 5`, where `doubling it gives 5` is not 5.
    loose: bool,
    /// The part of its sentence that says what it is drawn from.
    premise: Range<usize>,
}

impl Parser<'_> {
    /// Whether words say of the last statement that it follows: then it is not one of a list.
    pub(super) fn is_derivation(&self) -> bool {
        // It takes a word, lines, or an arrow.
        let framed = self.tokens[0].kind == T::Begin(Environment::Lines);
        (framed || self.tokens.iter().any(|token| matches!(token.kind, T::Word | TO | IMPLIES)))
            && self.last_statement().is_some_and(|last| last.spoken)
    }

    /// Statements that lead to the last one.
    pub(super) fn derivation(&mut self) -> Option<NodeId> {
        let mark = self.start();
        self.return_to(mark);
        self.take(T::Begin(Environment::Lines));
        let start = self.here();
        let last = self.last_statement()?;
        // `there are 42 below 100` bounds what is counted.
        let counts = self.says(&self.tokens[last.statement], &["there"]);
        let limited = (last.sentence..last.end).any(|at| {
            let token = &self.tokens[at];
            let compares = counts && words::compares(token.span.of(self.text));
            !last.premise.contains(&at)
                && self.limits(token)
                && !(compares || counts && self.says(token, &["with", "such"]))
        });
        if limited
            || self.tokens[..last.sentence].iter().any(|token| self.leaves_open(token))
            || !self.supposes_once(last.sentence)
        {
            return None;
        }
        let outer = std::mem::replace(&mut self.end, last.end);
        self.at = last.statement;
        let value = self.statement();
        let whole = self.at == last.end;
        self.end = outer;
        self.at = outer;
        let value = value.filter(|&value| {
            whole
                && (last.follows || self.is_worked_out(value))
                && (!last.loose || self.is_stated(value))
        })?;
        let led = start.to(self.tokens[last.statement - 1].span);
        Some(self.noted(value, NoteKind::Sentence, led, start))
    }

    /// The last of several statements, or one that is said to follow.
    fn last_statement(&self) -> Option<Last> {
        let mut end = self.end;
        // An environment around all of it, and the last full stop.
        let framed = self.tokens[0].kind == T::Begin(Environment::Lines);
        while end > 0 && matches!(self.tokens[end - 1].kind, T::Period | T::RowBreak)
            || framed && end > 0 && self.tokens[end - 1].kind == T::End
        {
            end -= 1;
        }
        let sentence = |at: usize, spoken: bool| Last {
            sentence: at,
            statement: at,
            end,
            follows: false,
            spoken,
            loose: false,
            premise: at..at,
        };
        let mut last = sentence(0, false);
        let mut depth = 0_usize;
        let mut at = usize::from(framed);
        while at < end {
            if depth == 0
                && at == last.statement.max(usize::from(framed))
                && let Some(premise) = self.premise(at)
            {
                last = Last {
                    statement: premise.end,
                    follows: true,
                    spoken: true,
                    loose: premise.loose,
                    premise: at..premise.end,
                    ..last
                };
                at = premise.end;
                continue;
            }
            let token = &self.tokens[at];
            at += 1;
            // `12.` ends a sentence too.
            let is_number_with_stop =
                matches!(token.kind, T::Number(_)) && token.span.of(self.text).ends_with('.');
            match token.kind {
                T::Open(_) | T::GroupOpen | T::Begin(_) => depth += 1,
                T::Close(_) | T::GroupClose | T::End => depth = depth.saturating_sub(1),
                kind if depth == 0
                    && (matches!(kind, T::Period | T::RowBreak | T::Semicolon)
                        || at < end && is_number_with_stop) =>
                {
                    last = sentence(at, framed && last.spoken);
                }
                kind if depth == 0
                    && (kind == IMPLIES || kind == TO && self.joins_equations(at, &last)) =>
                {
                    last = Last {
                        statement: at,
                        follows: true,
                        spoken: framed
                            || kind == TO
                            || !last.follows && self.listed_before(at - 1, &last),
                        loose: false,
                        ..last
                    };
                }
                T::Word if depth == 0 && self.concludes(at - 1, last.statement) => {
                    // `24, then 36` has two values.
                    let loose = self.says(token, &["then"]);
                    while at < end && matches!(self.tokens[at].kind, T::Comma | T::Colon | T::Quad)
                    {
                        at += 1;
                    }
                    last = Last { statement: at, follows: true, spoken: true, loose, ..last };
                }
                T::Word if depth == 0 && verbs::gives(token.span.of(self.text)) => {
                    let loose = !self.is_all_that_gives(at - 1, last.statement);
                    last = Last { statement: at, follows: true, spoken: true, loose, ..last };
                }
                T::Word if depth == 0 && at - 1 == last.statement => {
                    if let Some(found) = self.finding(at - 1) {
                        at = found;
                        last = Last {
                            statement: at,
                            follows: true,
                            spoken: true,
                            loose: false,
                            ..last
                        };
                    }
                }
                _ => {}
            }
        }
        (last.statement > usize::from(framed) && last.statement < end).then_some(last)
    }

    /// Whether a word, where a statement may begin, says that what stands behind it follows.
    fn concludes(&self, at: usize, statement: usize) -> bool {
        let next = self.tokens.get(at + 1).map_or("", |token| token.span.of(self.text));
        // Chinese has no spaces to tell where a statement begins.
        let begins = at == statement
            || !self.tokens[at].span.of(self.text).is_ascii()
            || matches!(self.tokens[at - 1].kind, T::Comma | T::And | T::Quad | T::Semicolon);
        let word = self.tokens[at].span.of(self.text);
        // `3x = 18 thus x = 6`
        let begins =
            begins || self.tokens[at - 1].kind != T::Word && verbs::is_plain_conclusion(word);
        let follows = verbs::is_conclusion(word) && !next.eq_ignore_ascii_case("that")
            || word.eq_ignore_ascii_case("answer")
                && self.tokens.get(at + 1).is_some_and(|next| next.kind == T::Colon);
        follows && begins
    }

    /// Whether an arrow stands between two equations, so that one leads to the other: `2x = 10 \to x = 5`.
    fn joins_equations(&self, behind: usize, last: &Last) -> bool {
        let equates = |tokens: &[Token]| {
            tokens.iter().any(|token| token.kind == T::Relation(Relation::Equal))
        };
        // `\frac47 \to 4 + 7 = 11`
        let before = &self.tokens[last.statement..behind - 1];
        let lettered = |token: &Token| matches!(token.kind, T::Symbol(_) | T::Word | T::Colon);
        (equates(before) || !before.iter().any(lettered)) && equates(&self.tokens[behind..last.end])
    }

    /// Whether several statements lead to what follows: `m = 4, n = 7 \Rightarrow m + n = 11`.
    fn listed_before(&self, arrow: usize, last: &Last) -> bool {
        let before = &self.tokens[last.statement..arrow];
        before.iter().any(|token| token.kind == T::Comma)
            && !self.tokens[arrow + 1..last.end].iter().any(|token| token.kind == IMPLIES)
    }

    /// Whether what gives something is all that stands before: `this gives 5`, but not `half of this gives 5`.
    fn is_all_that_gives(&self, verb: usize, statement: usize) -> bool {
        let begins = |at: usize| at == statement || self.tokens[at - 1].kind == T::Comma;
        let subject = verb.wrapping_sub(1);
        self.tokens.get(subject).is_some_and(|token| {
            token.kind == T::Word
                && verbs::stands_for_all(token.span.of(self.text))
                && begins(subject)
        })
    }

    /// Whether what comes before a sentence has at most one `if`, and that one ends with a full stop: two tell
    /// cases apart, and one may go on over a line.
    fn supposes_once(&self, sentence: usize) -> bool {
        let stops = |at: usize| match self.tokens[at].kind {
            T::Period => true,
            T::Number(_) => self.tokens[at].span.of(self.text).ends_with('.'),
            _ => false,
        };
        let begins =
            |at: usize| at == 0 || stops(at - 1) || self.tokens[at - 1].kind == T::RowBreak;
        let mut supposed = (0..sentence).filter(|&at| {
            let token = &self.tokens[at];
            self.says(token, &["if"])
                || begins(at) && self.says(token, &["for"])
                || token.kind == T::Word
                    && ["若", "如果"].iter().any(|word| token.span.of(self.text).contains(word))
        });
        match (supposed.next(), supposed.next()) {
            (None, _) => true,
            (Some(at), None) => (at..sentence).any(stops),
            _ => false,
        }
    }

    fn says(&self, token: &Token, known: &[&str]) -> bool {
        let word = token.span.of(self.text);
        token.kind == T::Word && known.iter().any(|known| word.eq_ignore_ascii_case(known))
    }

    /// Whether a part of an earlier statement tells cases apart or doubts.
    pub(super) fn leaves_open(&self, token: &Token) -> bool {
        token.kind == T::Or
            || token.kind == T::Word && alteration::leaves_open(token.span.of(self.text))
    }

    /// Whether a part of the last sentence restricts what it says, or takes it back.
    fn limits(&self, token: &Token) -> bool {
        let word = token.span.of(self.text);
        token.kind == T::Or
            || token.kind == T::Word
                && !verbs::is_conclusion(word)
                && (alteration::is_hedge(word)
                    || alteration::leaves_open(word)
                    || matches!(words::opener(word), Some(Opener::Condition | Opener::Domain)))
    }

    /// `x = 6`, `the area is 12`, `Area = 12`, `the radius r = 3`, `there are 12 integers below 40`.
    fn statement(&mut self) -> Option<NodeId> {
        let start = self.here();
        let mark = self.mark_place();
        if let Some(counted) = self.existence() {
            return Some(counted);
        }
        self.return_to(mark);
        // `we get x = 6`, `Answer: 6`
        while verbs::is_finding(self.word()) {
            self.advance();
            self.take(T::Colon);
        }
        if let Ok(items) = self.items()
            && self.peek() == T::EndOfText
        {
            return Some(self.list(&items, start));
        }
        self.return_to(mark);
        // `the radius r = 3`
        let run = self.words_here();
        let names = !run.is_empty() && run.iter().all(|word| !alteration::changes_number(word));
        let after = run.len();
        if names && matches!(self.peek_at(after), T::Symbol(_)) {
            let said = start.to(self.span_at(after - 1));
            self.at += after;
            if let Ok(value) = self.expression(0)
                && self.is_equation(value)
                && self.peek() == T::EndOfText
            {
                return Some(self.noted(value, NoteKind::Label, said, start));
            }
        }
        self.return_to(mark);
        self.subject_and_value()
    }

    /// `there are 1232 integers between 1 and 2000`: how many, and of what.
    pub(super) fn existence(&mut self) -> Option<NodeId> {
        let start = self.here();
        let said = |this: &Self, ahead: usize, known: &[&str]| {
            known.iter().any(|known| this.word_at(ahead).eq_ignore_ascii_case(known))
        };
        if !said(self, 0, &["there"]) || !said(self, 1, &["are", "is", "exist", "exists"]) {
            return None;
        }
        self.at += 2;
        // `exactly`, `a total of`
        while self.peek() == T::Word
            && (words::is_remark(self.word()) || matches!(self.word(), "a" | "of" | "such"))
        {
            self.advance();
        }
        let there = start.to(self.span_before());
        let number = self.expression(power::SUM).ok()?;
        // `42 such integers`
        let such = usize::from(self.word().eq_ignore_ascii_case("such"));
        let stop = usize::from(self.tokens[self.end - 1].kind == T::Period);
        let rest = &self.tokens[self.at + such..(self.end - stop).max(self.at + such)];
        let things: Vec<&str> = self
            .words_here()
            .into_iter()
            .skip(such)
            .take_while(|word| !alteration::changes_number(word) && words::opener(word).is_none())
            .collect();
        // `pairs $(a, b)$`
        let listed = rest.iter().any(|token| matches!(token.kind, T::Open(_)));
        let between = rest.get(things.len()).is_some_and(|token| self.says(token, &["between"]));
        let describes = |token: &Token| match token.kind {
            T::Word => {
                let word = token.span.of(self.text);
                // `less than 1000`, `with this property`
                (words::compares(word) || !alteration::is_hedge(word))
                    && !alteration::is_operation(word)
                    && (word.eq_ignore_ascii_case("by")
                        || matches!(words::opener(word), None | Some(Opener::Domain)))
            }
            T::And => between,
            T::Semicolon | T::Or | T::Period | T::Colon | T::RowBreak => false,
            T::Comma => listed,
            T::Relation(relation) => relation != Relation::Equal,
            _ => true,
        };
        if !self.is_numeric(number)
            || things.is_empty()
            || !words::counts_things(&things)
            // `42 dozen eggs`
            || units::multiplier(things[0]).is_some()
            || !rest.iter().all(describes)
        {
            return None;
        }
        let from = self.here();
        self.at = self.end;
        let words = from.to(self.span_before());
        let counted = self.noted(number, NoteKind::Counted, words, start);
        Some(self.noted(counted, NoteKind::Sentence, there, start))
    }

    /// Whether a value is said to be one: `x = 5`, `the answer is 5`.
    fn is_stated(&self, value: NodeId) -> bool {
        match self.tree.kind(value) {
            Kind::Noted(inner, kind, _) => kind == NoteKind::Sentence || self.is_stated(inner),
            _ => self.is_equation(value),
        }
    }

    /// Whether a value is the end of a calculation: `2^3 = 8 = 5+3`.
    fn is_worked_out(&self, value: NodeId) -> bool {
        match self.tree.kind(value) {
            Kind::Chain(sides, relations) => {
                let sides = self.tree.children(sides).len();
                sides > 2
                    && self
                        .tree
                        .relations(relations, sides)
                        .iter()
                        .all(|&relation| relation == Relation::Equal)
            }
            Kind::Noted(inner, NoteKind::Label | NoteKind::Sentence, _)
            | Kind::United(inner, _) => self.is_worked_out(inner),
            _ => false,
        }
    }
}
