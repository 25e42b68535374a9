//! Items that begin with words: Yes and No, dates, labels, designated things, bounds in words.

use super::{Fault, Parsed, Parser, Parts, power};
use crate::read::alteration;
use crate::read::lexer::TokenKind as T;
use crate::read::meaning;
use crate::read::tree::{Delimiter, Function, Kind, Name, NodeId, Relation, Separator, Span};
use crate::read::verbs;
use crate::read::words::{self, Opener};
use crate::read::{calendar, chinese};
use crate::value::{NoteKind, Value};

/// The most words that label a point.
const MOST_LABEL_WORDS: usize = 3;

impl Parser<'_> {
    /// `Option A`, `Option (B)`, `Options A and C`
    fn option_in_words(&mut self, start: Span) -> Result<Option<NodeId>, Fault> {
        let one = words::one_of(self.word(), &["option", "choice"]);
        let several = words::one_of(self.word(), &["options", "choices"]);
        let opened = usize::from(self.peek_at(1) == T::Open(Delimiter::Paren));
        let place = 1 + opened;
        let letter = match self.peek_at(place) {
            T::Word => self.word_at(place),
            T::Symbol(_) => self.span_at(place).of(self.text),
            _ => "",
        };
        let is_letter = matches!(letter.as_bytes(), [b'A'..=b'J']);
        if !(one && self.ends_item(place + 1 + opened) || several) || !is_letter {
            return Ok(None);
        }
        self.advance();
        let letter = if opened == 0 && self.peek() == T::Word {
            self.words_atom()?
        } else {
            self.expression(0)?
        };
        Ok(Some(self.noted(letter, NoteKind::Remark, start, start)))
    }

    /// An item that begins with words.
    pub(super) fn phrase(&mut self) -> Parsed {
        let start = self.here();
        if let Some(truth) = self.truth(start) {
            return Ok(truth);
        }
        let mark = self.mark_place();
        if self.open.is_empty()
            && let Some(counted) = self.existence()
        {
            return Ok(counted);
        }
        self.return_to(mark);
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
        if let Some(number) = self.with_number(start)? {
            return Ok(number);
        }
        if let Some(announced) = self.announced(start)? {
            return Ok(announced);
        }
        if meaning::number_word(&self.word().to_lowercase()).is_some()
            || chinese::number_and_measure(self.word()).is_some() && self.ends_item(1)
            || self.is_letter_here()
        {
            return self.expression(0);
        }
        if let Some(designated) = self.designated(start)? {
            return Ok(designated);
        }
        if let Some(point) = self.extremum(start)? {
            return Ok(point);
        }
        let run: Vec<String> = self.words_here().into_iter().map(str::to_owned).collect();
        let run: Vec<&str> = run.iter().map(String::as_str).collect();
        let after = run.len();
        let words = start.to(self.span_at(after - 1));
        if let Some(headed) = self.headed(&run, start)? {
            return Ok(headed);
        }
        // `In total, there are 42`
        if self.peek_at(after) == T::Comma
            && self.peek_at(after + 1) == T::Word
            && matches!(run[..], ["in" | "In", "total" | "all"])
        {
            self.at += after + 1;
            let value = self.item()?;
            return Ok(self.noted(value, NoteKind::Remark, words, start));
        }
        let at_end = self.ends_item(after);
        // `The sequence is convergent`
        if at_end && let Some(copula) = run.iter().rposition(|word| verbs::is_copula(word)) {
            if let Some(described) = self.described_value(&run, copula, start)? {
                return Ok(described);
            }
            return Ok(self.sentence_in_words(&run, copula, start));
        }
        if at_end {
            let computed = self.is_computed();
            self.at += after;
            if let Some(named) = self.named_quantity(words, computed) {
                return Ok(named);
            }
            let said = meaning::value(&self.normal(words));
            return Ok(self.tree.push_said(said, words));
        }
        let last = run[after - 1];
        // `It took her 42 minutes`
        let whom = run.len() > 2 && verbs::is_whom(last);
        let verb = run[after - 1 - usize::from(whom)];
        if (verbs::is_copula(last) || verbs::is_possession(verb))
            && names_subject(&run[..after - 1])
            && (verbs::is_copula(last)
                || !run.iter().any(|word| words::one_of(word, &["answer", "result", "solution"])))
        {
            // `The eighth term is 194`, `Ann has 14 apples`
            let subject = start.to(self.span_at(after - 2));
            self.at += after;
            let value = self.expression(0)?;
            return Ok(self.noted(value, NoteKind::Sentence, subject, start));
        }
        self.behind_words(&run, start)
    }

    /// What stands behind words and a sign: `Paolo: 18`, `Maximum = 2`, `base × height`.
    fn headed(&mut self, run: &[&str], start: Span) -> Result<Option<NodeId>, Fault> {
        let after = run.len();
        let words = start.to(self.span_at(after - 1));
        match self.peek_at(after) {
            // `Paolo: 18`
            T::Colon if self.peek_at(after + 1) != T::EndOfText => {
                self.at += after + 1;
                let value =
                    if self.peek() == T::Word { self.phrase()? } else { self.expression(0)? };
                // `Not: 18` and `Half: 18`
                let taken_back =
                    alteration::takes_back(run) || alteration::is_operation(run[after - 1]);
                let kind = if taken_back { NoteKind::Condition } else { NoteKind::Label };
                return Ok(Some(self.noted(value, kind, words, start)));
            }
            // `The part that is longest = 2`
            T::Relation(_)
                if !verbs::is_copula(run[after - 1])
                    && run.iter().any(|word| verbs::is_copula(word))
                    && !run.iter().any(|word| alteration::is_hedge(word)) =>
            {
                self.at += after;
                let name = self.tree.push_said(Value::Text(self.normal(words)), words);
                return self.chain(name, start).map(Some);
            }
            // `\text{nullity}(A) = 1`
            T::Open(Delimiter::Paren)
                if matches!(self.peek_at(after + 1), T::Symbol(_))
                    && self.peek_at(after + 2) == T::Close(Delimiter::Paren)
                    && self.peek_at(after + 3) == T::Relation(Relation::Equal)
                    && !run.iter().any(|word| alteration::alters(word)) =>
            {
                let name = start.to(self.span_at(after + 2));
                self.at += after + 3;
                let name = self.tree.push_said(Value::Text(self.normal(name)), name);
                return self.chain(name, start).map(Some);
            }
            // `\text{Maximum} = 2`
            T::Relation(_) => return self.expression(0).map(Some),
            // `\frac{\text{base} \times \text{height}}{2}`
            T::Times | T::Slash | T::Plus if self.is_computed() => {
                return self.expression(0).map(Some);
            }
            _ => {}
        }
        Ok(None)
    }

    /// Whether a word is the name of something by its one letter: `A` in `A is`, but not in `A basis is`.
    fn is_letter_here(&self) -> bool {
        let article = words::is_article(self.word())
            && self.peek_at(1) == T::Word
            && !verbs::is_copula(self.word_at(1));
        let letter = self.word().chars().count() == 1 && !self.word().contains(chinese::is_sign);
        letter && !article
    }

    /// `0.95-confidence interval is (4, 5)`: a subject that begins with a number.
    pub(super) fn hyphenated(&mut self) -> Result<Option<NodeId>, Fault> {
        let start = self.here();
        let hyphen = self.span_at(1).end == self.span_at(2).start;
        if self.peek_at(1) != T::Minus || !hyphen || self.word_at(2).len() < 2 {
            return Ok(None);
        }
        let words = (self.at + 2..self.end).take_while(|&at| self.tokens[at].kind == T::Word);
        let run: Vec<&str> = words.map(|at| self.tokens[at].span.of(self.text)).collect();
        let Some((&last, subject)) = run.split_last() else { return Ok(None) };
        let after = 2 + run.len();
        if subject.is_empty()
            || !verbs::is_copula(last)
            || subject.iter().any(|word| alteration::alters(word))
            || self.ends_item(after)
        {
            return Ok(None);
        }
        let subject = start.to(self.span_at(after - 2));
        self.at += after;
        let value = self.expression(0)?;
        Ok(Some(self.noted(value, NoteKind::Sentence, subject, start)))
    }

    /// `负5`, `零下5度`, `minus five` and `下午3:30`: a word that is part of the number behind it.
    fn with_number(&mut self, start: Span) -> Result<Option<NodeId>, Fault> {
        let number = matches!(self.peek_at(1), T::Number(_));
        if self.word() == "正负" && number {
            self.advance();
            let value = self.expression(0)?;
            return Ok(Some(self.push(Kind::PlusMinus(value), start)));
        }
        let half = calendar::half_of_day(self.word());
        let negative = words::is_minus(self.word())
            && (number || meaning::number_word(&self.word_at(1).to_lowercase()).is_some());
        if !(negative || number && half.is_some()) {
            return Ok(None);
        }
        self.advance();
        let value = self.expression(0)?;
        Ok(Some(match half {
            Some(afternoon) => self.push(Kind::HalfDay(value, afternoon), start),
            None => self.push(Kind::Negate(value), start),
        }))
    }

    /// `otherwise 2` and `答案 5`: one word before a value, which says what it is.
    fn announced(&mut self, start: Span) -> Result<Option<NodeId>, Fault> {
        // `1 if x > 0, otherwise 2`
        if matches!(self.word(), "otherwise" | "else") && !self.ends_item(1) {
            self.advance();
            let value = self.expression(0)?;
            let said = self.tree.push_said(Value::Text("otherwise".to_owned()), start);
            return Ok(Some(self.push(Kind::Noted(value, NoteKind::Condition, said), start)));
        }
        if words::announces(self.word()) && !self.ends_item(1) && !verbs::is_copula(self.word_at(1))
        {
            self.advance();
            self.take(T::Colon);
            // `答：一共有10人`; one announcement behind the other would nest without end.
            let phrase = self.peek() == T::Word
                && words::is_remark(self.word())
                && matches!(self.peek_at(1), T::Number(_));
            let value = if phrase { self.phrase()? } else { self.expression(0)? };
            return Ok(Some(self.noted(value, NoteKind::Label, start, start)));
        }
        Ok(None)
    }

    /// What stands behind words without a copula: `concave up on (0, 1)`, `all odd n`.
    fn behind_words(&mut self, run: &[&str], start: Span) -> Parsed {
        let after = run.len();
        let last = run[after - 1];
        let words = start.to(self.span_at(after - 1));
        // `concave up on (0, 1)`
        if after > 1
            && (matches!(last, "on" | "at") || last == "to" && verbs::arrives(run[after - 2]))
            && !run.iter().any(|word| {
                alteration::is_hedge(word)
                    || alteration::is_operation(word)
                    || words::opener(word).is_some()
            })
        {
            self.at += after;
            let value = self.expression(0)?;
            // `it points at 4`
            let arrives = verbs::arrives(run[after - 2]);
            let kind = if arrives { NoteKind::Sentence } else { NoteKind::Predicate };
            return Ok(self.noted(value, kind, words, start));
        }
        // `concave up when x < 3`
        if after > 1
            && matches!(last, "when" | "if" | "for" | "where")
            && !run[..after - 1].iter().any(|word| alteration::alters(word))
        {
            let said = format!("{} on", self.normal(start.to(self.span_at(after - 2))));
            self.at += after;
            let value = self.joined_relations()?;
            let body = self.tree.push_said(Value::Text(said), words);
            return Ok(self.push(Kind::Noted(value, NoteKind::Predicate, body), start));
        }
        // `local min. (1, -1)`
        let changes = |word: &&str| alteration::alters(word) || words::is_article(word);
        if self.point_follows(after) && !run.iter().any(changes) {
            self.at += after;
            self.take(T::Period);
            let value = self.expression(0)?;
            let kind = if words::is_point(last) { NoteKind::Label } else { NoteKind::Predicate };
            return Ok(self.noted(value, kind, words, start));
        }
        if run.iter().all(|word| words::is_remark(word) || word.eq_ignore_ascii_case("only")) {
            self.at += after;
            let value = self.expression(0)?;
            return Ok(self.noted(value, NoteKind::Remark, words, start));
        }
        // `length 6`, `vertical asymptote x = 2`
        if words::is_measured(last)
            && !run.iter().any(|word| alteration::alters(word) || verbs::is_possession(word))
            && !matches!(self.peek_at(after), T::Comma | T::And | T::Or)
        {
            self.at += after;
            let value = self.expression(0)?;
            return Ok(self.noted(value, NoteKind::Label, words, start));
        }
        // `all permutations of (1, 2, 4)`
        if let [said @ .., "of"] = run
            && said.last().is_some_and(|last| last.to_lowercase().starts_with("permutation"))
            && said[..said.len() - 1]
                .iter()
                .all(|word| words::one_of(word, &["all", "any", "the", "cyclic"]))
            && self.peek_at(after) == T::Open(Delimiter::Paren)
        {
            let cyclic = said.iter().any(|word| word.eq_ignore_ascii_case("cyclic"));
            self.at += after;
            let tuple = self.expression(0)?;
            return Ok(self.push(Kind::Permutations(tuple, cyclic), start));
        }
        // `all (a, b) such that a > b`
        if let ["all"] = run
            && self.peek_at(1) == T::Open(Delimiter::Paren)
            && let Some(behind) = self.first_outside(|at, _| at > self.at)
            && words::opener(self.tokens[behind].span.of(self.text)) == Some(Opener::Domain)
        {
            self.advance();
            let tuple = self.expression(0)?;
            return Ok(self.noted(tuple, NoteKind::Remark, words, start));
        }
        // `odd n`, `all odd n`
        let quantified = usize::from(matches!(words::opener(run[0]), Some(Opener::Domain)));
        if run.len() > quantified
            && matches!(self.peek_at(after), T::Symbol(Name::Letter(_)))
            && self.ends_item(after + 1)
            && !run.iter().any(|word| alteration::is_hedge(word))
            && !words::relates_to(last)
        {
            let said = self.span_at(quantified).to(self.span_at(after - 1));
            self.at += after;
            let letter = self.atom()?;
            return Ok(self.letter_predicate(letter, said, start));
        }
        // `all real numbers except 1`
        if let [class @ .., "except" | "excluding" | "but"]
        | [class @ .., "except" | "other", "for" | "than"] = run
            && let Some(set) = meaning::class_of(&class.join(" ").to_lowercase())
        {
            let from = start.to(self.span_at(class.len().max(1) - 1));
            self.at += after;
            let set = self.tree.push_said(set, from);
            return self.without_items(set, start);
        }
        self.words_fault()
    }

    /// `x < 0 \text{ or } x > 2/3`: relations that share what is said before them.
    fn joined_relations(&mut self) -> Parsed {
        let start = self.here();
        let mut all = Parts::new();
        loop {
            let relation = self.expression(0)?;
            if !matches!(self.tree.kind(relation), Kind::Chain(..)) {
                return Err(self.fault());
            }
            all.push(relation);
            if !matches!(self.peek(), T::And | T::Or) || self.peek_at(1) == T::Word {
                break;
            }
            self.advance();
        }
        if let [only] = all[..] {
            return Ok(only);
        }
        let children = self.tree.push_children(&all);
        Ok(self.push(Kind::List(Separator::Or, children), start))
    }

    /// `Player 2`, `Group B`, `the 5th term`, `Player 2 wins`: one of several things by its number or letter, and what
    /// is said of it.
    fn designated(&mut self, start: Span) -> Result<Option<NodeId>, Fault> {
        let article = usize::from(words::is_article(self.word()));
        let is_number = |ahead: usize| matches!(self.peek_at(ahead), T::Number(_));
        // `the 5th`
        if article == 1 && is_number(1) && matches!(self.word_at(2), "st" | "nd" | "rd" | "th") {
            self.advance();
            return self.expression(0).map(Some);
        }
        let place = article + 1;
        let one_letter = self.word_at(place).len() == 1;
        let letter =
            matches!(self.peek_at(place), T::Symbol(Name::Letter('A'..='Z') | Name::Word(_)));
        let words_behind =
            (place + 1..self.tokens.len()).take_while(|&at| self.peek_at(at) == T::Word).count();
        let end = place + 1 + words_behind;
        if !words::is_designated(self.word_at(article))
            || !(is_number(place) || letter || one_letter)
            || !self.ends_item(end)
        {
            return Ok(None);
        }
        let label = start.to(self.span_at(place - 1));
        self.at += place;
        let value = self.atom()?;
        let value = self.noted(value, NoteKind::Predicate, label, start);
        if words_behind == 0 {
            return Ok(Some(value));
        }
        let said = self.here().to(self.span_at(words_behind - 1));
        self.at += words_behind;
        Ok(Some(self.noted(value, NoteKind::Predicate, said, start)))
    }

    /// `local min. (1, -1)`: outside of `\text`, the last word of the label is a function.
    fn extremum(&mut self, start: Span) -> Result<Option<NodeId>, Fault> {
        let run = self.words_here();
        let last = run.len();
        let width = match (self.peek_at(last), self.peek_at(last + 1)) {
            (T::Function(Function::Max | Function::Min), _) => 1,
            // `saddle pt. (0, 0)`
            (T::Symbol(Name::Letter('p')), T::Symbol(Name::Letter('t'))) => 2,
            _ => return Ok(None),
        };
        let after = last + width;
        let changes = |word: &&str| alteration::alters(word) || words::is_article(word);
        if run.iter().any(changes) || !self.point_follows(after) {
            return Ok(None);
        }
        let words = start.to(self.span_at(after - 1));
        self.at += after;
        self.take(T::Period);
        let value = self.expression(0)?;
        Ok(Some(self.noted(value, NoteKind::Label, words, start)))
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

    /// A set without the items that follow.
    pub(super) fn without_items(&mut self, set: NodeId, start: Span) -> Parsed {
        let mut removed = super::Parts::new();
        loop {
            // `except x = 3`
            if matches!(
                (self.peek(), self.peek_at(1)),
                (T::Symbol(_), T::Relation(Relation::Equal))
            ) {
                self.at += 2;
            }
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
            // `Yes (by the intermediate value theorem)`
            T::Open(Delimiter::Paren) => {
                self.tokens[self.end - 1].kind == T::Close(Delimiter::Paren)
            }
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
                    // What denies goes with a No.
                    let agrees = !truth && alteration::denies(word);
                    !agrees && (words::truth(word).is_some() || alteration::is_hedge(word))
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

/// Whether words before a copula say what the value behind it is that of: `The eighth term`, but not `all integers
/// that`, which the copula describes.
fn names_subject(words: &[&str]) -> bool {
    let is_described = matches!(words, [_, .., last] if verbs::singles_out(last));
    !words.is_empty() && !is_described && !alteration::takes_back(words)
}
