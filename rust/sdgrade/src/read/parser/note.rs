//! What is said of a value behind it: conditions, domains, predicates, permutations.
//!
//! Whatever stands beside a value becomes one of its notes. Where words fit nowhere the answer is not
//! read.

use super::{Fault, FaultKind, Parsed, Parser, power};
use crate::read::lexer::TokenKind as T;
use crate::read::meaning;
use crate::read::tree::{Delimiter, Kind, Name, NodeId, Relation, Separator, Span};
use crate::read::words::{self, Opener};
use crate::value::{NoteKind, Quantifier, Value};

impl Parser<'_> {
    /// The compared form of the words in a span.
    pub(super) fn normal(&self, span: Span) -> String {
        words::normal(self.text, words::within(&self.tokens, span))
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
        ) || self.peek_at(ahead) == T::Period && self.peek_at(ahead + 1) == T::EndOfText
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
                    || words::within(&self.tokens, words).iter().all(|token| {
                        token.kind == T::Word && words::is_remark(token.span.of(self.text))
                    });
                let kind = match opened {
                    _ if remark => NoteKind::Remark,
                    Some(Opener::Domain) if self.only_names_letters(words) => {
                        NoteKind::Domain(Quantifier::Open)
                    }
                    _ => NoteKind::Condition,
                };
                Ok(Some(self.noted(value, kind, words, start)))
            }
            _ => Ok(None),
        }
    }

    pub(super) fn tree_is_words(&self, value: NodeId) -> bool {
        matches!(self.tree.kind(value), Kind::Said(at) if matches!(self.tree.said(at), Value::Text(_)))
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
        let last = self.word_at(at.checked_sub(1)?);
        (at > ahead && last.to_lowercase().starts_with("permutation") && self.ends_item(at))
            .then_some(at - ahead)
    }

    /// `n is prime`, `x is 5`.
    pub(super) fn predicate(&mut self, value: NodeId, start: Span) -> Parsed {
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
    pub(super) fn letter_predicate(&mut self, value: NodeId, words: Span, start: Span) -> NodeId {
        let normal = self.normal(words);
        let words_of: Vec<&str> = normal.split(' ').collect();
        let set = meaning::class(&words_of).or_else(|| match words_of[..] {
            ["even" | "odd"] => meaning::class(&[words_of[0], "integers"]),
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
    pub(super) fn clause(&mut self, value: NodeId, opener: Opener, start: Span) -> NodeId {
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

    /// `\forall x \in \mathbb{R}, x^2 \ge 0` and `\exists x > 0, f(x) = 0`: a relation with the quantifier of its
    /// letter before it.
    pub(super) fn proposition(&mut self, start: Span) -> Parsed {
        let quantifier = if self.take(T::ForAll) { Quantifier::All } else { Quantifier::Some };
        if quantifier == Quantifier::Some {
            self.advance();
        }
        let mut depth = 0_usize;
        let end = (self.at..self.end).find(|&at| {
            match self.tokens[at].kind {
                T::Open(_) | T::GroupOpen => depth += 1,
                T::Close(_) | T::GroupClose => depth = depth.saturating_sub(1),
                T::Comma | T::Colon | T::Quad | T::Semicolon => return depth == 0,
                T::Word => return words::leads_to(self.tokens[at].span.of(self.text)),
                _ => {}
            }
            false
        });
        let Some(end) = end else { return Err(self.fault()) };
        let outer = std::mem::replace(&mut self.end, end);
        let domain = self.domain();
        let whole = self.at == end;
        self.end = outer;
        let domain = domain?;
        if !whole {
            return Err(self.fault());
        }
        while matches!(self.peek(), T::Comma | T::Colon | T::Quad | T::Semicolon)
            || words::leads_to(self.word())
        {
            self.advance();
        }
        // Another quantifier would have its place in their order.
        let statement = self.expression(0)?;
        if !matches!(self.tree.kind(statement), Kind::Chain(..)) {
            return Err(self.fault());
        }
        let kind = NoteKind::Domain(quantifier);
        Ok(self.push(Kind::Noted(statement, kind, domain), start))
    }

    /// `If x > 2, then y = 3`: the condition before what holds under it.
    pub(super) fn conditional(&mut self, start: Span) -> Option<NodeId> {
        if !words::supposes(self.word()) {
            return None;
        }
        let mark = self.mark_place();
        let then = (self.at + 1..self.end).find(|&at| {
            let token = &self.tokens[at];
            token.kind == T::Word && words::concludes_condition(token.span.of(self.text))
        })?;
        let comma = usize::from(self.tokens[then - 1].kind == T::Comma);
        let outer = std::mem::replace(&mut self.end, then - comma);
        self.advance();
        let condition = self.expression(0).ok().filter(|&id| {
            self.peek() == T::EndOfText && matches!(self.tree.kind(id), Kind::Chain(..))
        });
        self.end = outer;
        self.at = then + 1;
        let read = condition.and_then(|condition| Some((condition, self.expression(0).ok()?)));
        let Some((condition, value)) = read else {
            self.return_to(mark);
            return None;
        };
        Some(self.push(Kind::Noted(value, NoteKind::Condition, condition), start))
    }

    /// Whether a clause has nothing but words, none of which takes anything back or is a number.
    pub(super) fn only_explains(&self, clause: Span) -> bool {
        words::within(&self.tokens, clause).iter().all(|token| {
            let word = token.span.of(self.text);
            token.kind == T::Word
                && !words::is_hedge(word)
                && meaning::number_word(&word.to_lowercase()).is_none()
        })
    }

    /// Whether a clause has nothing but words and letters, none of which takes anything back.
    pub(super) fn only_names_letters(&self, clause: Span) -> bool {
        let tokens = words::within(&self.tokens, clause);
        let harmless = tokens.iter().all(|token| match token.kind {
            T::Word => !words::is_hedge(token.span.of(self.text)),
            T::Symbol(_) | T::Comma | T::And | T::ForAll => true,
            _ => false,
        });
        // `for Ada` says of what the value is, not where a letter lies; `for all reals` may do without.
        let normal = self.normal(clause);
        let class = normal.trim_start_matches("for ").trim_start_matches("all ").split(' ');
        harmless
            && (tokens.iter().any(|token| matches!(token.kind, T::Symbol(_)))
                || meaning::class(&class.collect::<Vec<_>>()).is_some())
    }

    pub(super) fn is_equation(&self, id: NodeId) -> bool {
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
    pub(super) fn clause_end(&self, opener: Opener) -> usize {
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
    pub(super) fn letter_goes_on(&self, at: usize) -> bool {
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
    pub(super) fn relations(&mut self) -> Parsed {
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
    pub(super) fn domain(&mut self) -> Parsed {
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
    pub(super) fn share_relation(
        &mut self,
        letters: &[NodeId],
        relation: NodeId,
        start: Span,
    ) -> Parsed {
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

    /// Whether `(multiplicity 2)` follows.
    pub(super) fn at_multiplicity(&self) -> bool {
        self.peek() == T::Open(Delimiter::Paren)
            && words::is_multiplicity(self.word_at(1))
            && matches!(self.peek_at(2), T::Number(_) | T::Word)
            && matches!(self.peek_at(3), T::Close(_))
    }

    /// Whether words in parentheses follow.
    pub(super) fn words_in_parentheses(&self) -> bool {
        self.peek() == T::Open(Delimiter::Paren)
            && (self.peek_at(1) == T::Word && self.word_at(1).chars().count() > 1
                || matches!(self.peek_at(1), T::Symbol(_) | T::Word) && self.peek_at(2) == T::Word)
    }
}

/// The set of numbers that words name, articles apart.
fn class(words: &[String]) -> Option<Value> {
    let bare: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| !matches!(*word, "a" | "an" | "the"))
        .collect();
    meaning::class(&bare)
}
