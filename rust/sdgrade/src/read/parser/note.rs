//! Words around a value: units, counted things, conditions, labels, sentences.
//!
//! Whatever stands beside a value becomes its unit or one of its notes. Where words fit nowhere the
//! answer is not read.

use super::{Fault, FaultKind, Parsed, Parser, power};
use crate::canonical::Expr;
use crate::read::lexer::{Token, TokenKind as T};
use crate::read::tree::{Constant, Delimiter, Kind, Name, NodeId, Relation, Separator, Span};
use crate::read::words::{self, Opener};
use crate::read::{calendar, units};
use crate::value::{NoteKind, Quantifier, Quantity, Unit, Value};

/// More words behind a number are no unit.
const MOST_WORDS: usize = 16;

impl Parser<'_> {
    /// The compared form of the words in a span.
    pub(super) fn normal(&self, span: Span) -> String {
        words::normal(self.text, words::within(&self.tokens, span))
    }

    fn word(&self) -> &str {
        self.word_at(0)
    }

    fn word_at(&self, ahead: usize) -> &str {
        if self.peek_at(ahead) == T::Word { self.span_at(ahead).of(self.text) } else { "" }
    }

    /// The words from here on, up to the first token that is none.
    fn words_here(&self) -> Vec<&str> {
        self.tokens[self.at..self.end]
            .iter()
            .take_while(|token| token.kind == T::Word)
            .map(|token| token.span.of(self.text))
            .collect()
    }

    fn noted(&mut self, value: NodeId, kind: NoteKind, words: Span, start: Span) -> NodeId {
        let said = Value::Text(self.normal(words));
        let body = self.tree.push_said(said, words);
        self.push(Kind::Noted(value, kind, body), start)
    }

    fn words_fault<T>(&self) -> Result<T, Fault> {
        Err(Fault { at: self.here(), kind: FaultKind::Words })
    }

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
        let (number, width) = match words::number_word(&pair) {
            Some(number) => (Some(number), 2),
            None => (words::number_word(&self.word().to_lowercase()), 1),
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
        let said = words::value(&self.normal(words));
        Ok(self.tree.push_said(said, words))
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
        if words::number_word(&self.word().to_lowercase()).is_some()
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
            let said = words::value(&self.normal(words));
            return Ok(self.tree.push_said(said, words));
        }
        let last = run[after - 1];
        if words::is_copula(last) && after > 1 && !run.iter().any(|word| words::is_hedge(word)) {
            // `The eighth term is 194`
            let subject = start.to(self.span_at(after - 2));
            self.at += after;
            let value = self.expression(0)?;
            return Ok(self.noted(value, NoteKind::Sentence, subject, start));
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
        if let [class @ .., "except" | "excluding"] = &run[..]
            && let Some(set) = words::class_of(&class.join(" ").to_lowercase())
        {
            let from = start.to(self.span_at(after - 2));
            self.at += after;
            let set = self.tree.push_said(set, from);
            return self.without_items(set, start);
        }
        self.words_fault()
    }

    /// `June 20`, `October 30, 2024`
    fn date(&mut self, start: Span) -> Option<NodeId> {
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
    fn without_items(&mut self, set: NodeId, start: Span) -> Parsed {
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
    fn sentence_in_words(&mut self, run: &[&str], copula: usize, start: Span) -> NodeId {
        let after = run.len();
        let all = start.to(self.span_at(after - 1));
        let hedged = run.iter().any(|word| words::is_hedge(word));
        if hedged || copula == 0 || copula + 1 == after {
            self.at += after;
            let said = words::value(&self.normal(all));
            return self.tree.push_said(said, all);
        }
        let subject = start.to(self.span_at(copula - 1));
        let predicate = self.span_at(copula + 1).to(self.span_at(after - 1));
        self.at += after;
        let said = words::value(&self.normal(predicate));
        let value = self.tree.push_said(said, predicate);
        self.noted(value, NoteKind::Sentence, subject, start)
    }

    /// A sentence around one value, where mathematics stands in its subject: `The maximum of x+y is 3`.
    pub(super) fn sentence(&mut self) -> Option<NodeId> {
        let mark = self.start();
        self.return_to(mark);
        let start = self.here();
        let copula = (self.at + 1..self.end).rev().find(|&at| {
            self.tokens[at].kind == T::Word && words::is_copula(self.tokens[at].span.of(self.text))
        })?;
        let subject = &self.tokens[self.at..copula];
        let says = |token: &Token| match token.kind {
            T::Word => {
                let word = token.span.of(self.text);
                !words::is_hedge(word) && !words::is_copula(word)
            }
            T::Relation(_)
            | T::Comma
            | T::Semicolon
            | T::Or
            | T::RowBreak
            | T::Period
            | T::Colon => false,
            _ => true,
        };
        if !subject.iter().all(says) || !subject.iter().any(|token| token.kind == T::Word) {
            return None;
        }
        let subject = start.to(self.tokens[copula - 1].span);
        self.at = copula + 1;
        let value = self.expression(0).ok()?;
        if self.peek() == T::Period {
            self.advance();
        }
        if self.peek() != T::EndOfText {
            return None;
        }
        Some(self.noted(value, NoteKind::Sentence, subject, start))
    }

    /// Yes or no, and the explanation behind it.
    fn truth(&mut self, start: Span) -> Option<NodeId> {
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
    fn bound_in_words(&mut self, start: Span) -> Result<Option<NodeId>, Fault> {
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

    /// Whether an item ends some tokens ahead.
    fn ends_item(&self, ahead: usize) -> bool {
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
        ) || self.peek_at(ahead) == T::Period && self.peek_at(ahead + 1) == T::EndOfText
    }

    /// Whether `of` follows a percentage or a fraction, and a number follows that.
    pub(super) fn of_follows(&self, left: NodeId) -> bool {
        self.word().eq_ignore_ascii_case("of")
            && matches!(self.peek_at(1), T::Number(_) | T::Currency | T::Fraction)
            && matches!(self.tree.kind(left), Kind::Percent(_) | Kind::Fraction(..))
    }

    /// `1 in 6`, `5 out of 36` and `3 to 4`: how many words, and whether they make a ratio.
    pub(super) fn odds_follow(&self, left: NodeId) -> Option<(usize, bool)> {
        let (width, ratio) = match (self.word(), self.word_at(1)) {
            ("in", "") => (1, false),
            ("to", "") => (1, true),
            ("out", "of") => (2, false),
            _ => return None,
        };
        let number = |ahead: usize| matches!(self.peek_at(ahead), T::Number(_));
        (matches!(self.tree.kind(left), Kind::Number(_))
            && number(width)
            && self.ends_item(width + 1))
        .then_some((width, ratio))
    }

    /// Whether a note goes on some tokens ahead, after a comma or a space.
    fn note_at(&self, ahead: usize) -> bool {
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
            if self.note_at(ahead) {
                self.at += ahead;
            }
        }
        match self.peek() {
            T::ForAll => Ok(Some(self.clause(value, Opener::Domain, start))),
            T::Word => {
                if let Some(opener) = words::opener(self.word()) {
                    return Ok(Some(self.clause(value, opener, start)));
                }
                if words::is_copula(self.word()) {
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
                self.at += width;
                Ok(Some(self.push(Kind::Permutations(value), start)))
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
                self.advance();
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
                let remark = words::within(&self.tokens, words).iter().all(|token| {
                    token.kind == T::Word && words::is_remark(token.span.of(self.text))
                });
                let kind = match opened {
                    _ if remark => NoteKind::Remark,
                    Some(Opener::Domain) => NoteKind::Domain(Quantifier::Open),
                    _ => NoteKind::Condition,
                };
                Ok(Some(self.noted(value, kind, words, start)))
            }
            _ => Ok(None),
        }
    }

    fn tree_is_words(&self, value: NodeId) -> bool {
        matches!(self.tree.kind(value), Kind::Said(at) if matches!(self.tree.said(at), Value::Text(_)))
    }

    /// How many tokens `its (cyclic) permutations` are, some tokens ahead.
    fn permutations_at(&self, ahead: usize) -> Option<usize> {
        let mut at = ahead;
        while ["its", "all", "any", "the", "their", "permutation", "permutations", "thereof"]
            .iter()
            .any(|word| self.word_at(at).eq_ignore_ascii_case(word))
        {
            at += 1;
        }
        let last = self.word_at(at.checked_sub(1)?);
        (at > ahead && last.to_lowercase().starts_with("permutation") && self.ends_item(at))
            .then_some(at - ahead)
    }

    /// `n is prime`, `x is 5`.
    fn predicate(&mut self, value: NodeId, start: Span) -> Parsed {
        if self.is_numeric(value) {
            return self.words_fault();
        }
        self.advance();
        let from = self.here();
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

    /// What is said of a letter: `n` is even, prime, a positive integer; or other words.
    fn letter_predicate(&mut self, value: NodeId, words: Span, start: Span) -> NodeId {
        let normal = self.normal(words);
        let words_of: Vec<&str> = normal.split(' ').collect();
        let set = words::class(&words_of).or_else(|| match words_of[..] {
            ["even" | "odd"] => words::class(&[words_of[0], "integers"]),
            _ => None,
        });
        match (set, self.tree.kind(value)) {
            (Some(set), Kind::Symbol(Name::Letter(_))) => {
                let set = self.tree.push_said(set, words);
                let sides = self.tree.push_children(&[value, set]);
                let relation = self.tree.push_relations(&[Relation::In]);
                self.push(Kind::Chain(sides, relation), start)
            }
            _ => self.noted(value, NoteKind::Predicate, words, start),
        }
    }

    /// What an opening word opens: `if n > 3`, `for all x \in \mathbb{R}`, `where k is an integer`.
    fn clause(&mut self, value: NodeId, opener: Opener, start: Span) -> NodeId {
        let from = self.here();
        let mut quantifier = Quantifier::Open;
        let mut strict = opener == Opener::Condition;
        if self.take(T::ForAll) {
            quantifier = Quantifier::All;
        }
        loop {
            match &self.word().to_lowercase()[..] {
                "all" | "every" | "each" => quantifier = Quantifier::All,
                "some" => quantifier = Quantifier::Some,
                "for" | "where" | "with" | "any" | "given" | "such" | "that" | "其中" | "the"
                | "a" | "an" => {}
                _ => break,
            }
            self.advance();
        }
        let end = self.clause_end(opener);
        let outer = std::mem::replace(&mut self.end, end);
        let mark = self.mark_place();
        let read = if strict { self.relations() } else { self.domain() };
        let body = match read {
            Ok(body) if self.peek() == T::EndOfText => Some(body),
            _ => {
                self.return_to(mark);
                None
            }
        };
        self.end = outer;
        self.at = end;
        let words = from.to(self.span_before());
        // `where b = 2` is another answer.
        if let (Some(body), false) = (body, strict)
            && self.is_equation(body)
        {
            if matches!(opener, Opener::Domain)
                && words.of(self.text).starts_with(['w', 'W', ' ', '其'])
            {
                let both = self.tree.push_children(&[value, body]);
                return self.push(Kind::List(Separator::Comma, both), start);
            }
            strict = true;
        }
        let kind = match opener {
            Opener::Explanation if self.only_explains(words) => NoteKind::Explanation,
            Opener::Explanation => NoteKind::Condition,
            _ if strict => NoteKind::Condition,
            // What is not understood may be more than a domain.
            _ if body.is_none() && !self.only_names_letters(words) => NoteKind::Condition,
            _ => NoteKind::Domain(quantifier),
        };
        match body {
            Some(body) => self.push(Kind::Noted(value, kind, body), start),
            None => self.noted(value, kind, words, start),
        }
    }

    /// Whether a clause has nothing but words, none of which takes anything back or is a number.
    fn only_explains(&self, clause: Span) -> bool {
        words::within(&self.tokens, clause).iter().all(|token| {
            let word = token.span.of(self.text);
            token.kind == T::Word
                && !words::is_hedge(word)
                && words::number_word(&word.to_lowercase()).is_none()
        })
    }

    /// Whether a clause has nothing but words and letters, none of which takes anything back.
    fn only_names_letters(&self, clause: Span) -> bool {
        words::within(&self.tokens, clause).iter().all(|token| match token.kind {
            T::Word => !words::is_hedge(token.span.of(self.text)),
            T::Symbol(_) | T::Comma | T::And | T::ForAll => true,
            _ => false,
        })
    }

    fn is_equation(&self, id: NodeId) -> bool {
        match self.tree.kind(id) {
            Kind::Chain(sides, relations) => {
                let sides = self.tree.children(sides).len();
                self.tree.relations(relations, sides).contains(&Relation::Equal)
            }
            Kind::List(_, items) => {
                self.tree.children(items).iter().any(|&item| self.is_equation(item))
            }
            _ => false,
        }
    }

    /// Where a clause ends: at a separator, but not between the letters it is about.
    fn clause_end(&self, opener: Opener) -> usize {
        let mut depth = 0_usize;
        let mut only_letters = opener == Opener::Domain;
        for at in self.at..self.end {
            let kind = self.tokens[at].kind;
            let next = self.tokens.get(at + 1).map(|token| token.kind);
            match kind {
                T::Open(_) | T::GroupOpen => depth += 1,
                T::Close(_) | T::GroupClose if depth == 0 => return at,
                T::Close(_) | T::GroupClose => depth -= 1,
                T::Comma | T::And if depth == 0 && only_letters && self.letter_goes_on(at + 1) => {}
                T::Comma | T::Semicolon | T::And | T::Or | T::RowBreak | T::Ampersand | T::End
                    if depth == 0 =>
                {
                    return at;
                }
                T::Period if depth == 0 && at + 1 >= self.end => return at,
                T::Period if depth == 0 && next == Some(T::EndOfText) => return at,
                T::Symbol(_) | T::Word => {}
                _ => only_letters = false,
            }
        }
        self.end
    }

    /// Whether a letter of a clause follows, and not a new item: `for all x, y \in \mathbb{R}`.
    fn letter_goes_on(&self, at: usize) -> bool {
        let kind =
            |at: usize| self.tokens.get(at).filter(|_| at < self.end).map(|token| token.kind);
        matches!(kind(at), Some(T::Symbol(_)))
            && matches!(
                kind(at + 1),
                None | Some(
                    T::Comma
                        | T::And
                        | T::Word
                        | T::Close(_)
                        | T::EndOfText
                        | T::Relation(
                            Relation::In
                                | Relation::Less
                                | Relation::LessEqual
                                | Relation::Greater
                                | Relation::GreaterEqual
                        )
                )
            )
    }

    /// Relations, as a condition says them.
    fn relations(&mut self) -> Parsed {
        let start = self.here();
        if words::opener(self.word()).is_some() {
            self.advance();
        }
        let body = self.expression(0)?;
        if !matches!(self.tree.kind(body), Kind::Chain(..)) {
            return Err(Fault { at: start, kind: FaultKind::Words });
        }
        Ok(body)
    }

    /// What letters stand for: `x \in \mathbb{R}`, `integers n \ge 2`, `k is a positive integer`.
    fn domain(&mut self) -> Parsed {
        let start = self.here();
        let before: Vec<String> = self.words_here().into_iter().map(str::to_lowercase).collect();
        let class_before = class(&before);
        if class_before.is_some() {
            self.at += before.len();
        }
        // The letters, and a relation that they may be part of.
        let from = self.here();
        let mut letters = super::Parts::new();
        let mut relations = super::Parts::new();
        loop {
            let part = self.expression(power::RELATION)?;
            match self.tree.kind(part) {
                Kind::Chain(sides, _) => {
                    letters.push(self.tree.children(sides)[0]);
                    relations.push(part);
                }
                _ => letters.push(part),
            }
            if !matches!(self.peek(), T::Comma | T::And) {
                break;
            }
            self.advance();
        }
        let names = from.to(self.span_before());
        let after: Vec<String> = self.words_here().into_iter().map(str::to_lowercase).collect();
        let said = match &after[..] {
            [copula, rest @ ..] if words::is_copula(copula) => rest,
            rest => rest,
        };
        let class_after = class(said);
        if class_after.is_some() {
            self.at += after.len();
        }
        let Some(set) = class_before.or(class_after) else {
            // `x, y \in \mathbb{R}`: the letters before the last share its relation.
            return match relations[..] {
                [only] if letters.len() == 1 => Ok(only),
                [only]
                    if self.tree.span(only).start
                        >= self.tree.span(letters[letters.len() - 1]).start =>
                {
                    self.share_relation(&letters, only, start)
                }
                [] | [..] => Err(Fault { at: start, kind: FaultKind::Words }),
            };
        };
        let mut all = super::Parts::new();
        for &letter in &letters {
            let set = self.tree.push_said(set.clone(), names);
            let sides = self.tree.push_children(&[letter, set]);
            let relation = self.tree.push_relations(&[Relation::In]);
            all.push(self.push(Kind::Chain(sides, relation), start));
        }
        all.extend(relations);
        if let [only] = all[..] {
            return Ok(only);
        }
        let children = self.tree.push_children(&all);
        Ok(self.push(Kind::List(Separator::And, children), start))
    }

    /// `x, y \in \mathbb{R}` as `x \in \mathbb{R}, y \in \mathbb{R}`.
    fn share_relation(&mut self, letters: &[NodeId], relation: NodeId, start: Span) -> Parsed {
        let Kind::Chain(sides, at) = self.tree.kind(relation) else { return Err(self.fault()) };
        let &[_, right] = self.tree.children(sides) else {
            return Err(Fault { at: start, kind: FaultKind::Words });
        };
        let sign = self.tree.relations(at, 2)[0];
        let mut all = super::Parts::new();
        for &letter in letters {
            let pair = self.tree.push_children(&[letter, right]);
            let sign = self.tree.push_relations(&[sign]);
            all.push(self.push(Kind::Chain(pair, sign), start));
        }
        let children = self.tree.push_children(&all);
        Ok(self.push(Kind::List(Separator::And, children), start))
    }

    /// Whether the next token is words that open a condition, or say something of what stands before.
    pub(super) fn at_condition(&self) -> bool {
        self.peek() == T::Word
            && (words::opener(self.word()).is_some() || words::is_copula(self.word()))
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

    /// Whether words in parentheses follow.
    fn words_in_parentheses(&self) -> bool {
        self.peek() == T::Open(Delimiter::Paren)
            && (self.peek_at(1) == T::Word && self.word_at(1).chars().count() > 1
                || matches!(self.peek_at(1), T::Symbol(_) | T::Word) && self.peek_at(2) == T::Word)
    }

    /// Whether words follow that may be a unit or what is counted.
    pub(super) fn at_annotation(&self) -> bool {
        match self.peek() {
            T::Word => !self.at_condition(),
            T::Open(Delimiter::Paren) => {
                self.peek_at(1) == T::Word && {
                    let mut ahead = 1;
                    while self.peek_at(ahead) == T::Word {
                        ahead += 1;
                    }
                    matches!(self.peek_at(ahead), T::Close(_))
                        && self.word_at(1).chars().count() > 1
                }
            }
            _ => false,
        }
    }

    /// Whether a node is made of numbers alone.
    pub(super) fn is_numeric(&self, id: NodeId) -> bool {
        let all = |ids: &[NodeId]| ids.iter().all(|&id| self.is_numeric(id));
        match self.tree.kind(id) {
            Kind::Number(_) | Kind::Vulgar(..) => true,
            Kind::Said(at) => matches!(self.tree.said(at), Value::Quantity(_)),
            Kind::Constant(constant) => constant == Constant::Pi,
            Kind::Negate(inner)
            | Kind::PlusMinus(inner)
            | Kind::MinusPlus(inner)
            | Kind::Inverse(inner)
            | Kind::Factorial(inner, _)
            | Kind::Percent(inner)
            | Kind::Degree(inner)
            | Kind::Currency(inner, _)
            | Kind::United(inner, _)
            | Kind::HalfDay(inner, _)
            | Kind::Noted(inner, ..) => self.is_numeric(inner),
            Kind::Fraction(a, b) | Kind::Mixed(a, b) | Kind::Power(a, b) => {
                self.is_numeric(a) && self.is_numeric(b)
            }
            Kind::Sum(parts)
            | Kind::Product(parts)
            | Kind::Ratio(parts)
            | Kind::Call(_, parts)
            | Kind::Delimited(Delimiter::Paren, Delimiter::Paren, parts) => {
                all(self.tree.children(parts))
            }
            _ => false,
        }
    }

    /// The words after a value: `5 \text{ cm}^2`, `10 miles per hour`, `3 (approximately)`. `None` where
    /// they are none that a unit or a count is made of.
    pub(super) fn annotation(
        &mut self,
        value: NodeId,
        start: Span,
    ) -> Result<Option<NodeId>, Fault> {
        let from = self.here();
        let place = self.at;
        let mut words: Vec<Span> = Vec::new();
        let mut parenthesised = false;
        loop {
            match self.peek() {
                T::Word if words.is_empty() || !self.at_condition() => words.push(self.advance()),
                T::Open(_) if self.at_annotation() && !parenthesised => {
                    parenthesised = true;
                    self.advance();
                    while self.peek() == T::Word {
                        words.push(self.advance());
                    }
                    self.advance();
                }
                T::Caret if matches!(self.peek_at(1), T::Number(_)) => self.at += 2,
                T::Caret if self.peek_at(1) == T::GroupOpen => {
                    let sign = usize::from(self.peek_at(2) == T::Minus);
                    if !matches!(self.peek_at(2 + sign), T::Number(_))
                        || self.peek_at(3 + sign) != T::GroupClose
                    {
                        break;
                    }
                    self.at += 4 + sign;
                }
                T::Superscript(_) => {
                    self.advance();
                }
                T::Period if !words.is_empty() && !matches!(self.peek_at(1), T::Number(_)) => {
                    self.advance();
                }
                // `m/s`, `USD/MWh`, `kg·m`
                T::Slash | T::Times if matches!(self.peek_at(1), T::Word | T::Symbol(_)) => {
                    self.at += 2;
                }
                _ => break,
            }
        }
        let span = from.to(self.span_before());
        let Some(noted) = self.annotated(value, span, &words, parenthesised, start) else {
            self.at = place;
            return Ok(None);
        };
        let mut node = noted;
        // `5 feet 4 inches`
        while matches!(self.peek(), T::Number(_)) {
            let part = self.here();
            let number = self.expression(power::SUM)?;
            if !matches!(self.tree.kind(node), Kind::United(..) | Kind::Sum(_))
                || !self.at_annotation()
            {
                return Err(self.fault());
            }
            let Some(more) = self.annotation(number, part)? else { return Err(self.fault()) };
            if !matches!(self.tree.kind(more), Kind::United(..)) {
                return Err(self.fault());
            }
            node = self.push_all(Kind::Sum, &[node, more], start);
            self.check(node)?;
        }
        Ok(Some(node))
    }

    /// A value with the words behind it: a date, an hour, a unit, a count, a remark.
    fn annotated(
        &mut self,
        value: NodeId,
        span: Span,
        words: &[Span],
        parenthesised: bool,
        start: Span,
    ) -> Option<NodeId> {
        let text = self.text;
        let source = span.of(text);
        if words.len() > MOST_WORDS {
            return Some(self.noted(value, NoteKind::Predicate, span, start));
        }
        let numeric = self.is_numeric(value);
        if !numeric {
            let unit = units::parse(source)?;
            return Some(self.united(value, unit, start));
        }
        let normal = self.normal(span);
        let number = self.tree.numeral(value);
        if let Some(date) = calendar::read(&format!("{number} {normal}")) {
            return Some(self.tree.push_said(date, start.to(span)));
        }
        let joined: String = words
            .iter()
            .flat_map(|word| word.of(text).chars())
            .filter(|c| c.is_alphabetic())
            .flat_map(char::to_lowercase)
            .collect();
        if let Some(afternoon) = [("am", false), ("pm", true)].iter().find(|half| half.0 == joined)
        {
            return Some(self.push(Kind::HalfDay(value, afternoon.1), start));
        }
        let first = words.first()?.of(text);
        if let Some(factor) = units::multiplier(first) {
            let said = Value::Quantity(Quantity::plain(Expr::integer(factor)));
            let factor = self.tree.push_said(said, words[0]);
            let product = self.push_all(Kind::Product, &[value, factor], start);
            let Some(next) = words.get(1) else { return Some(product) };
            let rest = Span { start: next.start, end: span.end };
            return self.annotated(product, rest, &words[1..], parenthesised, start);
        }
        if words.len() == 1 && matches!(first, "st" | "nd" | "rd" | "th") {
            return Some(self.united(value, Unit::Ordinal, start));
        }
        if let Some(unit) = units::parse(source) {
            return Some(self.united(value, unit, start));
        }
        let said: Vec<&str> = words.iter().map(|word| word.of(text)).collect();
        if said.iter().all(|word| words::is_remark(word)) {
            return Some(self.noted(value, NoteKind::Remark, span, start));
        }
        // `5 km north`, `10\% increase`
        if let Some(split) = (1..words.len()).rev().find(|&split| {
            let first = Span { start: span.start, end: words[split - 1].end };
            units::parse(first.of(text)).is_some()
        }) {
            let first = Span { start: span.start, end: words[split - 1].end };
            let rest = Span { start: words[split].start, end: span.end };
            let united = self.united(value, units::parse(first.of(text))?, start);
            return Some(self.counted(united, rest, &said[split..], start));
        }
        let changed = said.iter().any(|word| words::changes_number(word));
        let spelled = matches!(self.tree.kind(value), Kind::Said(_));
        let whole = spelled
            || matches!(self.tree.kind(value), Kind::Number(literal) if super::item::is_plain(literal))
                && !matches!(number, "1");
        let bare = !matches!(
            self.tree.kind(value),
            Kind::Percent(_)
                | Kind::Degree(_)
                | Kind::United(..)
                | Kind::HalfDay(..)
                | Kind::Noted(..)
        );
        let counts = words::counts_things(&said) && !(spelled && said.len() > 1);
        if bare && !changed && (parenthesised || !whole || counts) {
            return Some(self.united(value, Unit::Noun(normal), start));
        }
        if !bare {
            return Some(self.counted(value, span, &said, start));
        }
        Some(self.noted(value, NoteKind::Predicate, span, start))
    }

    /// A quantity with words that say what it is of: `10\% increase`.
    fn counted(&mut self, value: NodeId, span: Span, said: &[&str], start: Span) -> NodeId {
        let changed = said.iter().any(|word| words::changes_number(word));
        let kind = if changed { NoteKind::Predicate } else { NoteKind::Counted };
        self.noted(value, kind, span, start)
    }

    fn united(&mut self, value: NodeId, unit: Unit, start: Span) -> NodeId {
        let span = self.since(start);
        self.tree.push_unit(value, unit, span)
    }
}

/// The set of numbers that words name, articles apart.
fn class(words: &[String]) -> Option<Value> {
    let bare: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| !matches!(*word, "a" | "an" | "the"))
        .collect();
    words::class(&bare)
}
