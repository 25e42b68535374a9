//! What is said of a value behind it: conditions, domains, predicates, permutations.
//!
//! Whatever stands beside a value becomes one of its notes. Where words fit nowhere the answer is not
//! read.

use super::{Fault, FaultKind, Parsed, Parser, power};
use crate::read::alteration;
use crate::read::compared;
use crate::read::lexer::{Token, TokenKind as T};
use crate::read::tree::{Delimiter, Kind, Literal, NodeId, Relation, Span};
use crate::read::units;
use crate::read::verbs;
use crate::read::words::{self, Opener};
use crate::value::{NoteKind, Quantifier, Sign, Value};

impl Parser<'_> {
    /// The compared form of the words in a span.
    pub(super) fn normal(&self, span: Span) -> String {
        compared::normal(self.text, compared::within(&self.tokens, span))
    }

    pub(super) fn word(&self) -> &str {
        self.word_at(0)
    }

    pub(super) fn word_at(&self, ahead: usize) -> &str {
        if self.peek_at(ahead) == T::Word { self.span_at(ahead).of(self.text) } else { "" }
    }

    /// The words from here on, up to the first token that is none.
    pub(super) fn words_here(&self) -> Vec<&str> {
        self.tokens[self.at..self.end]
            .iter()
            .take_while(|token| token.kind == T::Word)
            .map(|token| token.span.of(self.text))
            .collect()
    }

    pub(super) fn noted(
        &mut self,
        value: NodeId,
        kind: NoteKind,
        words: Span,
        start: Span,
    ) -> NodeId {
        let said = Value::Text(self.normal(words));
        let body = self.tree.push_said(said, words);
        self.push(Kind::Noted(value, kind, body), start)
    }

    pub(super) fn words_fault<T>(&self) -> Result<T, Fault> {
        Err(Fault { at: self.here(), kind: FaultKind::Words })
    }

    /// Whether an item ends some tokens ahead.
    pub(super) fn ends_item(&self, ahead: usize) -> bool {
        matches!(
            self.peek_at(ahead),
            T::EndOfText
                | T::Close(_)
                | T::GroupClose
                | T::End
                | T::Comma
                | T::Semicolon
                | T::RowBreak
                | T::Quad
                | T::And
                | T::Or
        ) || self.peek_at(ahead) == T::Period
            && (self.peek_at(ahead + 1) == T::EndOfText || self.sentence_follows(ahead + 1))
    }

    /// Whether words begin a sentence some tokens ahead, behind a full stop.
    pub(super) fn sentence_follows(&self, ahead: usize) -> bool {
        self.word_at(ahead).starts_with(|first: char| first.is_uppercase() || !first.is_ascii())
    }

    /// Whether a note goes on some tokens ahead, after a comma or a space.
    pub(super) fn note_at(&self, ahead: usize) -> bool {
        match self.peek_at(ahead) {
            T::ForAll => true,
            T::Word => {
                let word = self.word_at(ahead);
                words::opener(word).is_some()
                    && !["otherwise", "else", "all", "as", "so"]
                        .iter()
                        .any(|w| word.eq_ignore_ascii_case(w))
            }
            _ => false,
        }
    }

    /// The next note behind a value.
    pub(super) fn note(&mut self, value: NodeId, start: Span) -> Result<Option<NodeId>, Fault> {
        if matches!(self.peek(), T::Comma | T::Quad) && !self.tree_is_words(value) {
            let ahead =
                (1..4).find(|&at| !matches!(self.peek_at(at), T::Comma | T::Quad)).unwrap_or(1);
            if self.note_at(ahead) || self.place_follows(ahead) {
                self.at += ahead;
            }
        }
        if let Some(dated) = self.day_of(value, start) {
            return Ok(Some(dated));
        }
        if self.rounding_follows() {
            self.at += 2;
            let rounded = self.expression(power::RELATION + 1)?;
            let sides = self.tree.push_children(&[value, rounded]);
            let relations = self.tree.push_relations(&[Relation::Approximate]);
            return Ok(Some(self.push(Kind::Chain(sides, relations), start)));
        }
        if let Some(again) = self.said_again(value, start)? {
            return Ok(Some(again));
        }
        // `0 (\text{and } x+y \ne 0 \Rightarrow x \ne 0)`
        if let Some(width) = self.implication_in_parentheses() {
            let from = self.here();
            self.at += width;
            let words = from.to(self.span_before());
            return Ok(Some(self.noted(value, NoteKind::Explanation, words, start)));
        }
        match self.peek() {
            T::ForAll => Ok(Some(self.clause(value, Opener::Domain, start))),
            // `(1, 2, 4) \text{ in any order}`
            T::Word if let Some(width) = self.any_order() => {
                self.at += width;
                Ok(Some(self.push(Kind::Permutations(value, false), start)))
            }
            T::Word => {
                if let Some(opener) = words::opener(self.word()) {
                    return Ok(Some(self.clause(value, opener, start)));
                }
                if self.place_follows(0) {
                    return Ok(Some(self.rest_as(NoteKind::Explanation, value, start)));
                }
                let must = usize::from(self.word() == "must" && self.word_at(1) == "be");
                if must == 1 || verbs::is_copula(self.word()) {
                    self.at += must;
                    return self.predicate(value, start).map(Some);
                }
                // `n even`
                let from = self.here();
                if self.is_numeric(value) {
                    return self.words_fault();
                }
                let run = self.words_here().len();
                if !self.ends_item(run) && words::opener(self.word_at(run)).is_none() {
                    return self.words_fault();
                }
                let words = from.to(self.span_at(run - 1));
                self.at += run;
                Ok(Some(self.letter_predicate(value, words, start)))
            }
            T::And | T::Or if self.permutations_at(1).is_some() => {
                let width = 1 + self.permutations_at(1).unwrap_or(0);
                let cyclic = (1..width).any(|at| self.word_at(at).eq_ignore_ascii_case("cyclic"));
                self.at += width;
                Ok(Some(self.push(Kind::Permutations(value, cyclic), start)))
            }
            // `2n (for all n \ge 1)`
            T::Open(Delimiter::Paren)
                if words::opener(self.word_at(1)).is_some()
                    && self.at_relation_in_parentheses() =>
            {
                self.advance();
                self.open.push(Delimiter::Paren);
                let opener = words::opener(self.word()).unwrap_or(Opener::Condition);
                let noted = self.clause(value, opener, start);
                self.open.pop();
                if !matches!(self.peek(), T::Close(_)) {
                    return Err(self.fault());
                }
                self.advance();
                Ok(Some(noted))
            }
            T::Open(Delimiter::Paren) if self.at_relation_in_parentheses() => {
                self.advance();
                self.open.push(Delimiter::Paren);
                let items = self.items()?;
                self.open.pop();
                let body = self.list(&items, start);
                if !matches!(self.peek(), T::Close(_)) {
                    return Err(self.fault());
                }
                self.advance();
                let kind = NoteKind::Domain(Quantifier::Open);
                Ok(Some(self.push(Kind::Noted(value, kind, body), start)))
            }
            // `\frac{n^2}{4} (n \text{ even})`
            T::Open(Delimiter::Paren) if self.words_in_parentheses() => {
                self.said_in_parentheses(value, start).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// `5 and 8, respectively` and `\frac38 \ (0.375)`: what only says of a value how it is meant, or says it again.
    fn said_again(&mut self, value: NodeId, start: Span) -> Result<Option<NodeId>, Fault> {
        if self.peek() == T::Comma && words::is_remark(self.word_at(1)) && self.ends_item(2) {
            self.advance();
            let said = self.advance();
            return Ok(Some(self.noted(value, NoteKind::Remark, said, start)));
        }
        let Some((marked, close)) = self.again_in_parentheses().filter(|_| self.is_numeric(value))
        else {
            return Ok(None);
        };
        let exact = !marked || self.peek_at(1) == T::Or;
        self.at += 1 + usize::from(marked);
        let outer = std::mem::replace(&mut self.end, close);
        let again = self.expression(0);
        let whole = self.peek() == T::EndOfText;
        self.end = outer;
        self.at = close + 1;
        let again = again?;
        if !whole {
            return Err(self.fault());
        }
        let relation = if exact { Relation::Equal } else { Relation::Approximate };
        // Of equal sides the last counts.
        let sides = if exact { [again, value] } else { [value, again] };
        let sides = self.tree.push_children(&sides);
        let relations = self.tree.push_relations(&[relation]);
        Ok(Some(self.push(Kind::Chain(sides, relations), start)))
    }

    /// A remark, a domain or a condition in parentheses.
    fn said_in_parentheses(&mut self, value: NodeId, start: Span) -> Parsed {
        // `y = x^2 + C (C is an arbitrary constant)`
        if self.letter_is_said_to_be(1)
            && let Some(noted) = self.letter_in_parentheses(value, start)
        {
            return Ok(noted);
        }
        self.advance();
        let multiplicity = words::is_multiplicity(self.word());
        let opened = words::opener(self.word());
        let from = self.here();
        let mut depth = 0_usize;
        while self.peek() != T::EndOfText {
            match self.peek() {
                T::Open(_) | T::GroupOpen => depth += 1,
                T::Close(_) | T::GroupClose if depth == 0 => break,
                T::Close(_) | T::GroupClose => depth -= 1,
                _ => {}
            }
            self.advance();
        }
        let words = from.to(self.span_before());
        if !matches!(self.peek(), T::Close(_)) || self.here() == from {
            return Err(self.fault());
        }
        self.advance();
        let remark = multiplicity
            || compared::within(&self.tokens, words)
                .iter()
                .all(|token| token.kind == T::Word && words::is_remark(token.span.of(self.text)));
        let kind = match opened {
            _ if remark => NoteKind::Remark,
            Some(Opener::Domain) if self.only_names_letters(words) => {
                NoteKind::Domain(Quantifier::Open)
            }
            _ => NoteKind::Condition,
        };
        Ok(self.noted(value, kind, words, start))
    }

    /// Whether a value is given again as a decimal: `\frac16 \text{ or approximately } 0.167`.
    fn rounding_follows(&self) -> bool {
        matches!(self.peek(), T::Or | T::Comma)
            && ["approximately", "approx", "about", "roughly"]
                .iter()
                .any(|word| self.word_at(1).eq_ignore_ascii_case(word))
            && matches!(self.peek_at(2), T::Number(_))
            && self.ends_item(3)
    }

    /// Whether it is said, up to the end, where an extreme value is reached.
    fn place_follows(&self, ahead: usize) -> bool {
        let hedged =
            |token: &Token| token.kind == T::Word && alteration::is_hedge(token.span.of(self.text));
        (self.word_at(ahead) == "此时"
            || verbs::is_attained(self.word_at(ahead))
                && matches!(self.word_at(ahead + 1), "at" | "when" | "for" | "iff" | "if" | "only"))
            && self.open.is_empty()
            // `if` stands there only to say where.
            && !self.tokens[(self.at + ahead + 2).min(self.end)..self.end].iter().any(hedged)
    }

    /// All that follows, up to the end, as a note of a value.
    fn rest_as(&mut self, kind: NoteKind, value: NodeId, start: Span) -> NodeId {
        let from = self.here();
        self.at = self.end;
        self.noted(value, kind, from.to(self.span_before()), start)
    }

    /// How many tokens an implication in parentheses is, which says why nothing is divided by zero. An equation there
    /// could be another answer.
    fn implication_in_parentheses(&self) -> Option<usize> {
        if self.peek() != T::Open(Delimiter::Paren) {
            return None;
        }
        let (mut depth, mut implies) = (0_usize, false);
        for (at, token) in self.tokens[self.at..self.end].iter().enumerate() {
            match token.kind {
                T::Open(_) | T::GroupOpen => depth += 1,
                T::Close(_) | T::GroupClose => depth -= 1,
                T::Relation(Relation::Other(Sign::Implies)) => implies |= depth == 1,
                T::Relation(Relation::NotEqual) => {}
                T::And if at == 1 => {}
                T::Relation(_) | T::Word | T::Comma | T::Or | T::And => return None,
                _ => {}
            }
            if depth == 0 {
                return (implies && self.ends_item(at + 1)).then_some(at + 1);
            }
        }
        None
    }

    pub(super) fn tree_is_words(&self, value: NodeId) -> bool {
        matches!(self.tree.kind(value), Kind::Said(at) if matches!(self.tree.said(at), Value::Text(_)))
    }

    /// How many tokens say that the order does not matter: `in any order`, `up to permutation`.
    pub(super) fn any_order(&self) -> Option<usize> {
        if !matches!(self.word(), "in" | "up" | "In" | "Up") {
            return None;
        }
        let run: Vec<String> = self.words_here().into_iter().map(str::to_lowercase).collect();
        let run: Vec<&str> = run.iter().map(String::as_str).collect();
        let said = matches!(
            run[..],
            ["in", "any" | "some", "order"]
                | ["up", "to", "permutation" | "permutations" | "order" | "ordering"]
        );
        (said && self.ends_item(run.len())).then_some(run.len())
    }

    /// How many tokens `its (cyclic) permutations` are, some tokens ahead.
    pub(super) fn permutations_at(&self, ahead: usize) -> Option<usize> {
        const SAID: [&str; 10] = [
            "its",
            "all",
            "any",
            "the",
            "their",
            "cyclic",
            "shifts",
            "permutation",
            "permutations",
            "thereof",
        ];
        let mut at = ahead;
        while SAID.iter().any(|word| self.word_at(at).eq_ignore_ascii_case(word)) {
            at += 1;
        }
        let said = (ahead..at).any(|at| self.word_at(at).to_lowercase().starts_with("permutation"));
        (said && self.ends_item(at)).then_some(at - ahead)
    }

    /// Whether the next token is words that open a condition, or say something of what stands before.
    pub(super) fn at_condition(&self) -> bool {
        self.peek() == T::Word
            && (words::opener(self.word()).is_some() || verbs::is_copula(self.word()))
    }

    /// Whether a relation in parentheses follows, which is a condition: `y = \sqrt{x} \; (x \ge 0)`.
    pub(super) fn at_relation_in_parentheses(&self) -> bool {
        if self.peek() != T::Open(Delimiter::Paren) {
            return false;
        }
        let mut depth = 0_usize;
        for token in &self.tokens[self.at..self.end] {
            match token.kind {
                T::Open(_) | T::GroupOpen => depth += 1,
                T::Close(_) | T::GroupClose => depth -= 1,
                T::Relation(_) if depth == 1 => return true,
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        false
    }

    /// Whether `(multiplicity 2)` follows.
    pub(super) fn at_multiplicity(&self) -> bool {
        self.peek() == T::Open(Delimiter::Paren)
            && words::is_multiplicity(self.word_at(1))
            && matches!(self.peek_at(2), T::Number(_) | T::Word)
            && matches!(self.peek_at(3), T::Close(_))
    }

    /// Whether the value before is said again in parentheses, as a decimal, a percentage or in a unit: whether a word
    /// or a sign says so, and where they close.
    pub(super) fn again_in_parentheses(&self) -> Option<(bool, usize)> {
        if self.peek() != T::Open(Delimiter::Paren) || self.at == 0 || !self.stands_apart(self.at) {
            return None;
        }
        let marked = self.peek_at(1) == T::Relation(Relation::Approximate)
            || self.peek_at(1) == T::Or
            || words::one_of(self.word_at(1), &["about", "approximately", "approx", "roughly"]);
        let first = 1 + usize::from(marked);
        let T::Number(literal) = self.peek_at(first) else { return None };
        let close = (first..first + 12)
            .find(|&ahead| matches!(self.peek_at(ahead), T::Close(_) | T::EndOfText))?;
        if !matches!(self.peek_at(close), T::Close(_)) {
            return None;
        }
        let inside = first + 1..close;
        let plain = inside.clone().all(|ahead| {
            matches!(
                self.peek_at(ahead),
                T::Percent
                    | T::Word
                    | T::Times
                    | T::Caret
                    | T::Number(_)
                    | T::GroupOpen
                    | T::GroupClose
                    | T::Minus
                    | T::Slash
            )
        });
        let united = inside.clone().any(|ahead| {
            self.peek_at(ahead) == T::Percent
                || self.peek_at(ahead) == T::Word && units::is_unit(self.word_at(ahead))
        });
        let decimal = inside.is_empty()
            && literal == Literal::default()
            && self.span_at(first).of(self.text).contains('.');
        (plain && (marked || united || decimal) && self.ends_item(close + 1))
            .then_some((marked, self.at + close))
    }

    /// Whether words in parentheses follow.
    pub(super) fn words_in_parentheses(&self) -> bool {
        self.peek() == T::Open(Delimiter::Paren)
            && (self.peek_at(1) == T::Word && self.word_at(1).chars().count() > 1
                || matches!(self.peek_at(1), T::Symbol(_) | T::Word) && self.peek_at(2) == T::Word
                || self.letter_is_said_to_be(1))
    }
}
