//! Clauses about a value: what holds under them, and what their letters stand for.

use super::{Fault, FaultKind, Parsed, Parser, power};
use crate::read::alteration;
use crate::read::compared;
use crate::read::lexer::TokenKind as T;
use crate::read::meaning;
use crate::read::tree::{Kind, NodeId, Relation, Separator, Span};
use crate::read::verbs;
use crate::read::words::{self, Opener};
use crate::value::{NoteKind, Quantifier, Value};

impl Parser<'_> {
    /// What an opening word opens: `if n > 3`, `for all x \in \mathbb{R}`, `where k is an integer`.
    pub(super) fn clause(&mut self, value: NodeId, opener: Opener, start: Span) -> NodeId {
        let from = self.here();
        let mut quantifier = Quantifier::Open;
        let mut strict = opener == Opener::Condition;
        // What holds unless, until or only if `n > 3` does not hold if it does.
        let other = strict && (!words::is_if(self.word()) || self.follows_only());
        if self.take(T::ForAll) {
            quantifier = Quantifier::All;
        }
        loop {
            match &self.word().to_lowercase()[..] {
                "all" | "every" | "each" => quantifier = Quantifier::All,
                "some" => quantifier = Quantifier::Some,
                "for" | "where" | "with" | "any" | "given" | "such" | "that" | "which" | "其中"
                | "the" | "a" | "an" => {}
                _ => break,
            }
            self.advance();
        }
        let enumerated = self.enumeration_end().filter(|_| opener == Opener::Domain);
        let end = enumerated.unwrap_or_else(|| self.clause_end(opener));
        let outer = std::mem::replace(&mut self.end, end);
        let mark = self.mark_place();
        let read = match enumerated {
            Some(_) => self.items().map(|items| self.list(&items, from)),
            None if strict => self.relations(),
            None => self.domain(),
        };
        let body = match read {
            Ok(body) if self.peek() == T::EndOfText && !other => Some(body),
            _ => {
                self.return_to(mark);
                None
            }
        };
        self.end = outer;
        self.at = end;
        let words = from.to(self.span_before());
        // `x = 5 because 2x = 10`
        if opener == Opener::Explanation
            && let Some(body) = body
            && matches!(self.tree.kind(body), Kind::Chain(..))
        {
            return self.noted(value, NoteKind::Explanation, words, start);
        }
        // `where b = 2` is another answer.
        if let (Some(body), false, None) = (body, strict, enumerated)
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

    /// Whether the word before is `only`.
    fn follows_only(&self) -> bool {
        self.at > 0 && self.span_before().of(self.text).eq_ignore_ascii_case("only")
    }

    /// `\forall x \in \mathbb{R}, x^2 \ge 0` and `\exists x > 0, f(x) = 0`: a relation with the quantifier of its
    /// letter before it.
    pub(super) fn proposition(&mut self, start: Span) -> Parsed {
        let quantifier = if self.take(T::ForAll) { Quantifier::All } else { Quantifier::Some };
        if quantifier == Quantifier::Some {
            self.advance();
        }
        let end = self.first_outside(|at, kind| match kind {
            T::Comma | T::Colon | T::Quad | T::Semicolon => true,
            T::Word => words::leads_to(self.tokens[at].span.of(self.text)),
            _ => false,
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
            token.kind == T::Word && verbs::concludes_condition(token.span.of(self.text))
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
        compared::within(&self.tokens, clause).iter().all(|token| {
            let word = token.span.of(self.text);
            token.kind == T::Word
                && !alteration::is_hedge(word)
                && meaning::number_word(&word.to_lowercase()).is_none()
        })
    }

    /// Whether a clause has nothing but letters and words that say what kind of thing they are.
    pub(super) fn only_names_letters(&self, clause: Span) -> bool {
        let tokens = compared::within(&self.tokens, clause);
        let harmless = tokens.iter().all(|token| match token.kind {
            T::Word => words::introduces_letter(token.span.of(self.text)),
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
                T::Symbol(_) | T::Word | T::Underscore | T::Subscript(_) => {}
                // `C_1`
                T::Number(_) if self.tokens[at - 1].kind == T::Underscore => {}
                _ => only_letters = false,
            }
        }
        self.end
    }

    /// Where `n = 1, 2, 3, \ldots` ends: a letter and two numbers or more.
    fn enumeration_end(&self) -> Option<usize> {
        let head = (self.peek(), self.peek_at(1));
        let (T::Symbol(_), T::Relation(Relation::Equal)) = head else { return None };
        let (mut ahead, mut count) = (2, 0);
        loop {
            ahead += usize::from(matches!(self.peek_at(ahead), T::Minus | T::PlusMinus));
            if !matches!(self.peek_at(ahead), T::Number(_) | T::Ellipsis) {
                return None;
            }
            (ahead, count) = (ahead + 1, count + 1);
            match self.peek_at(ahead) {
                T::Comma | T::And
                    if matches!(
                        self.peek_at(ahead + 1),
                        T::Number(_) | T::Ellipsis | T::Minus | T::PlusMinus
                    ) =>
                {
                    ahead += 1;
                }
                _ if self.ends_item(ahead) && count > 1 => return Some(self.at + ahead),
                _ => return None,
            }
        }
    }

    /// Whether a letter of a clause follows, and not a new item: `for all x, y \in \mathbb{R}`.
    pub(super) fn letter_goes_on(&self, at: usize) -> bool {
        let kind =
            |at: usize| self.tokens.get(at).filter(|_| at < self.end).map(|token| token.kind);
        let behind = match kind(at + 1) {
            Some(T::Underscore) => at + 3,
            Some(T::Subscript(_)) => at + 2,
            _ => at + 1,
        };
        matches!(kind(at), Some(T::Symbol(_)))
            && matches!(
                kind(behind),
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

    /// Relations, as a condition says them, or what a letter is: `if n > 3`, `if n is even`.
    pub(super) fn relations(&mut self) -> Parsed {
        let start = self.here();
        if words::opener(self.word()).is_some() {
            self.advance();
        }
        let mark = self.mark_place();
        let body = self.expression(0)?;
        if self.peek() == T::Word {
            self.return_to(mark);
            return self.domain();
        }
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
            [copula, rest @ ..] if verbs::is_copula(copula) => rest,
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
}

/// The set of numbers that words name, articles apart.
fn class(words: &[String]) -> Option<Value> {
    let bare: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| !matches!(*word, "a" | "an" | "the" | "any"))
        .collect();
    let bare: Vec<&str> = bare.iter().map(|word| word.trim_start_matches(['为', '是'])).collect();
    match bare[..] {
        // `n is even`
        ["even" | "odd"] => meaning::class(&[bare[0], "integers"]),
        _ => meaning::class(&bare),
    }
}
