//! What is said of a letter or a value behind a copula: `n is prime`, `n is divisible by 6`, `42 is the answer`.

use super::{Parsed, Parser, power};
use crate::read::alteration;
use crate::read::lexer::TokenKind as T;
use crate::read::meaning;
use crate::read::tree::{Kind, Name, NodeId, Relation, Span};
use crate::read::verbs;
use crate::read::words;
use crate::value::{NoteKind, Quantifier, Sign};

impl Parser<'_> {
    /// Whether it is said some tokens ahead what a letter is: `C is`, `C_1 为任意常数`.
    pub(super) fn letter_is_said_to_be(&self, ahead: usize) -> bool {
        if !matches!(self.peek_at(ahead), T::Symbol(_)) {
            return false;
        }
        let verb = match self.peek_at(ahead + 1) {
            T::Underscore => ahead + 3,
            T::Subscript(_) => ahead + 2,
            _ => ahead + 1,
        };
        let word = self.word_at(verb);
        verbs::is_copula(word) || word.starts_with(['为', '是'])
    }

    /// What a letter is, in parentheses.
    pub(super) fn letter_in_parentheses(&mut self, value: NodeId, start: Span) -> Option<NodeId> {
        let mark = self.mark_place();
        self.advance();
        let read = self.domain();
        if let Ok(body) = read
            && matches!(self.peek(), T::Close(_))
        {
            self.advance();
            let kind = NoteKind::Domain(Quantifier::Open);
            return Some(self.push(Kind::Noted(value, kind, body), start));
        }
        self.return_to(mark);
        None
    }

    /// `42 apples are left`, `(1, 2) is the only solution`: what a value is said to be, behind it.
    fn said_of_value(&mut self, value: NodeId, start: Span) -> Option<NodeId> {
        let from = self.here();
        let run = self.words_here();
        let [_, said @ ..] = &run[..] else { return None };
        let after = run.len();
        let says = verbs::is_left(said.first()?)
            && !said.iter().any(|word| alteration::changes_number(word) && !words::compares(word))
            && !alteration::takes_back(said);
        let ends = after + usize::from(self.peek_at(after) == T::Period);
        // `(0, 0) is a saddle point`
        let kind_of = said.first().is_some_and(|word| words::is_article(word))
            && said.len() > 1
            && matches!(self.tree.kind(value), Kind::Delimited(..));
        if !says && kind_of && self.ends_item(after) && self.open.is_empty() {
            self.at += 1;
            let from = self.here();
            self.at += after - 1;
            let words = from.to(self.span_before());
            return Some(self.noted(value, NoteKind::Predicate, words, start));
        }
        if !says || self.peek_at(ends) != T::EndOfText || !self.open.is_empty() {
            return None;
        }
        self.at += after;
        Some(self.noted(value, NoteKind::Sentence, from.to(self.span_before()), start))
    }

    /// `n is prime`, `x is 5`.
    pub(super) fn predicate(&mut self, value: NodeId, start: Span) -> Parsed {
        if self.is_numeric(value) || matches!(self.tree.kind(value), Kind::Delimited(..)) {
            if let Some(said) = self.said_of_value(value, start) {
                return Ok(said);
            }
            return self.words_fault();
        }
        self.advance();
        // `x is either 1 or 2`
        if self.word() == "either" && self.peek_at(1) != T::Word {
            self.advance();
        }
        let from = self.here();
        if let Some(divided) = self.divisibility(value, start) {
            return Ok(divided);
        }
        // `f is increasing on (0, 1)`
        let run = self.words_here();
        if let [said @ .., "on" | "at"] = &run[..]
            && !said.is_empty()
            && !run.iter().any(|word| alteration::alters(word))
            && !self.ends_item(run.len())
        {
            let words = from.to(self.span_at(run.len() - 1));
            self.at += run.len();
            let place = self.expression(0)?;
            let place = self.noted(place, NoteKind::Predicate, words, from);
            return Ok(self.noted(place, NoteKind::Sentence, self.tree.span(value), start));
        }
        if self.peek() != T::Word {
            let right = self.expression(power::RELATION + 1)?;
            let relations = self.tree.push_relations(&[Relation::Equal]);
            let sides = self.tree.push_children(&[value, right]);
            return Ok(self.push(Kind::Chain(sides, relations), start));
        }
        let mut depth = 0_usize;
        while !self.ends_item(0) || depth > 0 {
            match self.peek() {
                T::EndOfText => break,
                T::Open(_) | T::GroupOpen => depth += 1,
                T::Close(_) | T::GroupClose => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.advance();
        }
        let words = from.to(self.span_before());
        Ok(self.letter_predicate(value, words, start))
    }

    /// `n is a multiple of 3`, `n is not divisible by 6`, `n 是 3 的倍数`: what divides a letter.
    pub(super) fn divisibility(&mut self, letter: NodeId, start: Span) -> Option<NodeId> {
        let words: Vec<String> = self.words_here().into_iter().map(str::to_lowercase).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let (sign, width) = match words[..] {
            ["divisible", "by"] | ["multiple", "of"] => (Sign::Divides, 2),
            ["a", "multiple", "of"] => (Sign::Divides, 3),
            ["not", "divisible", "by"] => (Sign::DividesNot, 3),
            ["not", "a", "multiple", "of"] => (Sign::DividesNot, 4),
            // `3 的倍数`
            [] if self.word_at(1) == "的倍数" => (Sign::Divides, 0),
            _ => return None,
        };
        if !matches!(self.tree.kind(letter), Kind::Symbol(Name::Letter(_)))
            || !matches!(self.peek_at(width), T::Number(_))
            || !self.ends_item(width + if width == 0 { 2 } else { 1 })
        {
            return None;
        }
        self.at += width;
        let divisor = self.atom().ok()?;
        self.at += usize::from(width == 0);
        let sides = self.tree.push_children(&[divisor, letter]);
        let relations = self.tree.push_relations(&[Relation::Other(sign)]);
        Some(self.push(Kind::Chain(sides, relations), start))
    }

    /// What is said of a letter: `n` is even, prime, a positive integer; or other words.
    pub(super) fn letter_predicate(&mut self, value: NodeId, words: Span, start: Span) -> NodeId {
        let normal = self.normal(words);
        // `C 为任意常数`
        let said = normal.trim_start_matches("any ").trim_start_matches(['为', '是']);
        let words_of: Vec<&str> = said.split(' ').collect();
        let set = meaning::class(&words_of).or_else(|| match words_of[..] {
            ["even" | "odd"] => meaning::class(&[words_of[0], "integers"]),
            // `x is positive`
            ["positive" | "negative" | "nonnegative" | "nonpositive" | "nonzero"] => {
                meaning::class(&[words_of[0], "reals"])
            }
            _ => None,
        });
        match (set, self.tree.kind(value)) {
            (Some(set), Kind::Symbol(Name::Letter(_)) | Kind::Subscript(..)) => {
                let set = self.tree.push_said(set, words);
                let sides = self.tree.push_children(&[value, set]);
                let relation = self.tree.push_relations(&[Relation::In]);
                self.push(Kind::Chain(sides, relation), start)
            }
            _ => self.noted(value, NoteKind::Predicate, words, start),
        }
    }
}
