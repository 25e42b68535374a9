//! Sets of numbers that words describe, and lists that a program would print: `all powers of 3`, `numbers of the form
//! 6k+5`, `those congruent to 2 or 3 modulo 4`, `1 through 5`, `{'a': 1, 'b': 2}`.

use super::{Fault, Items, Parsed, Parser, Parts, power};
use crate::canonical::Expr;
use crate::read::lexer::TokenKind as T;
use crate::read::meaning;
use crate::read::tree::{Delimiter, Kind, Literal, Name, NodeId, Relation, Separator, Span};
use crate::value::{NoteKind, Numbers, Part, Quantifier, Quantity, Reals, Value};

/// The longest list that `through` stands for.
const MOST_IN_RANGE: i64 = 1000;

impl Parser<'_> {
    /// A set that words describe with mathematics behind them.
    pub(super) fn described_set(&mut self, start: Span) -> Result<Option<NodeId>, Fault> {
        let run: Vec<String> = self.words_here().into_iter().map(str::to_lowercase).collect();
        let words: Vec<&str> = run.iter().map(String::as_str).collect();
        let Some(first) = words.first() else { return Ok(None) };
        // `the set of all positive real numbers`
        if let ["the", "set" | "sets" | "collection", "of", _, ..] = words[..] {
            let mark = self.mark_place();
            self.at += 3;
            let set = self.phrase()?;
            if !self.tree_is_words(set) {
                return Ok(Some(set));
            }
            self.return_to(mark);
            return Ok(None);
        }
        let quantified = ["all", "the", "those", "any", "every"].contains(first);
        let bare = &words[usize::from(quantified)..];
        if let Some(relation) = self.related_class(quantified, bare, words.len(), start)? {
            return Ok(Some(relation));
        }
        if let Some(beyond) = self.class_beyond(bare, words.len(), start)? {
            return Ok(Some(beyond));
        }
        // `integers n congruent to 1 modulo 3`
        if let [.., "congruent", "to"] = bare {
            let known = |word: &&str| matches!(*word, "integers" | "numbers" | "that" | "are");
            if bare[..bare.len() - 2].iter().all(known) {
                self.at += words.len();
                return self.residues(start).map(Some);
            }
            return Ok(None);
        }
        if let ["integers" | "numbers", "of", "the", "form"] = bare {
            self.at += words.len();
            let form = self.expression(power::RELATION + 1)?;
            return Ok(Some(form));
        }
        let (part, noun) = match bare {
            ["positive", noun, "of"] => (Part::Positive, *noun),
            ["nonnegative", noun, "of"] => (Part::NotNegative, *noun),
            ["nonzero" | "non-zero", noun, "of"] => (Part::NotZero, *noun),
            ["integer", noun, "of"] | [noun, "of"] => (Part::All, *noun),
            _ => return Ok(None),
        };
        let powers = matches!(noun, "powers");
        if !powers && !matches!(noun, "multiples") || powers && part != Part::All {
            return Ok(None);
        }
        self.at += words.len();
        let number = self.expression(power::PRODUCT)?;
        if !self.is_numeric(number) {
            return self.words_fault();
        }
        let part = if powers {
            Part::NotNegative
        } else if part == Part::All && self.except_zero() {
            Part::NotZero
        } else {
            part
        };
        let letter = self.tree.push(Kind::Symbol(Name::Letter('k')), start);
        let element = if powers {
            self.push(Kind::Power(number, letter), start)
        } else {
            self.push_all(Kind::Product, &[number, letter], start)
        };
        let integers = self.tree.push_said(Value::Numbers(Numbers::Integers, part), start);
        Ok(Some(self.among(element, letter, integers, start)))
    }

    /// `all real x > 2`, `all integers n \ge 4`, `all x \in A`: the relation, and what it is said of.
    fn related_class(
        &mut self,
        quantified: bool,
        class: &[&str],
        count: usize,
        start: Span,
    ) -> Result<Option<NodeId>, Fault> {
        let set = match class {
            [] => None,
            ["real"] => meaning::class_of("real numbers"),
            ["odd"] => meaning::class_of("odd integers"),
            ["even"] => meaning::class_of("even integers"),
            _ => meaning::class_of(&class.join(" ")),
        };
        let T::Symbol(Name::Letter(letter)) = self.peek_at(count) else { return Ok(None) };
        let known = match &set {
            None => quantified && class.is_empty(),
            Some(set) => matches!(set, Value::Reals(_)) || set.is_of_integers(),
        };
        if !known {
            return Ok(None);
        }
        let said = start.to(self.span_at(count - 1));
        let letter = self.tree.push(Kind::Symbol(Name::Letter(letter)), self.span_at(count));
        let relation = match self.peek_at(count + 1) {
            T::Relation(_) => {
                self.at += count;
                self.expression(0)?
            }
            T::Word => {
                let mark = self.mark_place();
                self.at += count + 1;
                let Some(relation) = self.restriction(letter, start) else {
                    self.return_to(mark);
                    return Ok(None);
                };
                relation
            }
            _ => return Ok(None),
        };
        let Some(set) = set else { return Ok(Some(relation)) };
        let set = self.tree.push_said(set, said);
        Ok(Some(self.among(relation, letter, set, start)))
    }

    /// What words behind a letter restrict it to: `such that x > 1`, `not divisible by 3`, `except 3`.
    fn restriction(&mut self, letter: NodeId, start: Span) -> Option<NodeId> {
        if let Some(divided) = self.divisibility(letter, start) {
            return Some(divided);
        }
        let words: Vec<String> = self.words_here().into_iter().map(str::to_lowercase).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        self.at += words.len();
        match words[..] {
            ["such" | "so", "that"] | ["with" | "where" | "satisfying"] | ["for", "which"] => {
                let relation = self.expression(0).ok()?;
                let Kind::Chain(sides, _) = self.tree.kind(relation) else { return None };
                let is_letter = |&side: &NodeId| self.tree.kind(side) == self.tree.kind(letter);
                self.tree.children(sides).iter().any(is_letter).then_some(relation)
            }
            ["except" | "excluding" | "but"] | ["except", "for"] | ["other", "than"] => {
                let excepted = self.expression(power::RELATION + 1).ok()?;
                let sides = self.tree.push_children(&[letter, excepted]);
                let relations = self.tree.push_relations(&[Relation::NotEqual]);
                Some(self.push(Kind::Chain(sides, relations), start))
            }
            _ => None,
        }
    }

    /// `even numbers greater than 2`: a set of numbers beyond a bound.
    fn class_beyond(
        &mut self,
        words: &[&str],
        count: usize,
        start: Span,
    ) -> Result<Option<NodeId>, Fault> {
        let (class, relation) = match words {
            [class @ .., "not" | "no", "greater" | "more" | "larger", "than"] => {
                (class, Relation::LessEqual)
            }
            [class @ .., "greater" | "larger" | "more" | "bigger", "than"] => {
                (class, Relation::Greater)
            }
            [class @ .., "not", "less", "than"]
            | [class @ .., "greater", "than", "or", "equal", "to"]
            | [class @ .., "at", "least"] => (class, Relation::GreaterEqual),
            [class @ .., "less" | "smaller", "than"] => (class, Relation::Less),
            [class @ .., "less" | "smaller", "than", "or", "equal", "to"]
            | [class @ .., "at", "most"] => (class, Relation::LessEqual),
            _ => return Ok(None),
        };
        let class = class.strip_suffix(&["that", "are"]).unwrap_or(class);
        let Some(set) = meaning::class_of(&class.join(" ")) else { return Ok(None) };
        let words = start.to(self.span_at(count - 1));
        self.at += count;
        let bound = self.expression(power::RELATION + 1)?;
        // `all real numbers greater than 3`
        if set == Value::Reals(Reals::all()) {
            return Ok(Some(self.bound_below(relation, bound, start)));
        }
        let letter = self.tree.push(Kind::Symbol(Name::Letter('n')), words);
        let sides = self.tree.push_children(&[letter, bound]);
        let relations = self.tree.push_relations(&[relation]);
        let related = self.push(Kind::Chain(sides, relations), start);
        let set = self.tree.push_said(set, words);
        Ok(Some(self.among(related, letter, set, start)))
    }

    /// A value, and that its letter is in a set.
    fn among(&mut self, value: NodeId, letter: NodeId, set: NodeId, start: Span) -> NodeId {
        let sides = self.tree.push_children(&[letter, set]);
        let relations = self.tree.push_relations(&[Relation::In]);
        let domain = self.push(Kind::Chain(sides, relations), start);
        self.push(Kind::Noted(value, NoteKind::Domain(Quantifier::Open), domain), start)
    }

    /// Takes `, excluding 0`, `except for 0`.
    fn except_zero(&mut self) -> bool {
        let mark = self.mark_place();
        self.take(T::Comma);
        let word = self.word().to_lowercase();
        if matches!(&word[..], "excluding" | "except") {
            self.advance();
            if self.word() == "for" {
                self.advance();
            }
            if matches!(self.peek(), T::Number(_)) && self.here().of(self.text) == "0" {
                self.advance();
                return true;
            }
        }
        self.return_to(mark);
        false
    }

    /// `2 or 3 modulo 4`: residues and their modulus.
    fn residues(&mut self, start: Span) -> Parsed {
        let mut found = Parts::new();
        loop {
            found.push(self.expression(power::SUM)?);
            if !matches!(self.peek(), T::Comma | T::And | T::Or) {
                break;
            }
            self.advance();
        }
        let opened = self.take(T::Open(Delimiter::Paren));
        if !self.take(T::Modulo) {
            return Err(self.fault());
        }
        let modulus = self.expression(power::SUM)?;
        if opened && !self.take(T::Close(Delimiter::Paren)) {
            return Err(self.fault());
        }
        let classes: Parts =
            found.iter().map(|&residue| self.push(Kind::Modulo(residue, modulus), start)).collect();
        if let [only] = classes[..] {
            return Ok(only);
        }
        let children = self.tree.push_children(&classes);
        Ok(self.push(Kind::List(Separator::Or, children), start))
    }

    /// Whether `through 5` follows a whole number.
    pub(super) fn range_follows(&self, left: NodeId) -> bool {
        self.word() == "through"
            && self.whole(self.tree.span(left)).is_some()
            && matches!(self.peek_at(1), T::Number(_))
            && self.ends_item(2)
    }

    /// `1 through 5`: the whole numbers from one to the other.
    pub(super) fn range(&mut self, left: NodeId, start: Span) -> Parsed {
        self.advance();
        let end = self.advance();
        let (first, last) = (self.whole(self.tree.span(left)), self.whole(end));
        let (Some(first), Some(last)) = (first, last) else { return self.words_fault() };
        if last <= first || last - first > MOST_IN_RANGE {
            return self.words_fault();
        }
        let all: Parts = (first..=last)
            .map(|number| {
                let said = Value::Quantity(Quantity::plain(Expr::integer(number)));
                self.tree.push_said(said, end)
            })
            .collect();
        let children = self.tree.push_children(&all);
        Ok(self.push(Kind::List(Separator::Comma, children), start))
    }

    fn whole(&self, span: Span) -> Option<i64> {
        span.of(self.text).parse().ok().filter(|number: &i64| number.abs() < 1_000_000_000)
    }

    /// `{'a': 1, 'b': 2}`, as a program prints what it found: names and their values.
    pub(super) fn record(&mut self) -> Option<NodeId> {
        let start = self.here();
        if !matches!(self.peek(), T::GroupOpen | T::Open(Delimiter::Brace)) {
            return None;
        }
        let last = self.end.checked_sub(1)?;
        if !matches!(self.tokens[last].kind, T::GroupClose | T::Close(Delimiter::Brace)) {
            return None;
        }
        let entries = self.entries(self.at + 1, last)?;
        let quoted = entries.iter().all(|&(from, colon, _)| {
            self.is_quote(from) && self.is_quote(colon - 1) && colon - from > 2
        });
        let outer = self.end;
        let mut items = Items::new();
        for &(from, colon, to) in &entries {
            let (key_from, key_to) = if quoted { (from + 1, colon - 1) } else { (from, colon) };
            let key = self.tokens[key_from].span.to(self.tokens[key_to - 1].span);
            let in_quotes = self.is_quote(colon + 1) && self.is_quote(to - 1) && to - colon > 3;
            let (value_from, value_to) =
                if in_quotes { (colon + 2, to - 1) } else { (colon + 1, to) };
            let value = self.part_of(value_from, value_to)?;
            if !quoted && self.is_relation(value) {
                return None;
            }
            let item = match self.tokens[key_from].kind {
                // Words may say how the values belong together: `lower`, `upper`.
                T::Word => return None,
                T::Number(literal) if literal == Literal::default() && key_to == key_from + 1 => {
                    let number = key.of(self.text).parse().ok()?;
                    let nothing = self.tree.push_said(Value::Text(String::new()), key);
                    self.push(Kind::Noted(value, NoteKind::Part(number), nothing), start)
                }
                _ => {
                    let name = self.part_of(key_from, key_to)?;
                    if !matches!(self.tree.kind(name), Kind::Symbol(_) | Kind::Subscript(..)) {
                        return None;
                    }
                    let sides = self.tree.push_children(&[name, value]);
                    let relation = self.tree.push_relations(&[Relation::Equal]);
                    self.tree.push(Kind::Chain(sides, relation), key)
                }
            };
            items.push((Separator::Comma, item));
        }
        self.end = outer;
        self.at = outer;
        Some(self.list(&items, start))
    }

    /// The entries between two places: where each begins, has its only colon, and ends.
    fn entries(&self, from: usize, to: usize) -> Option<Vec<(usize, usize, usize)>> {
        let (mut found, mut depth) = (Vec::new(), 0_usize);
        let (mut begin, mut colon) = (from, None);
        for at in from..=to {
            match self.tokens[at].kind {
                _ if at == to => {}
                T::Open(_) | T::GroupOpen => depth += 1,
                T::Close(_) | T::GroupClose => depth = depth.checked_sub(1)?,
                T::Colon if depth == 0 && colon.replace(at).is_some() => return None,
                _ => {}
            }
            if at == to || depth == 0 && self.tokens[at].kind == T::Comma {
                let middle = colon.take().filter(|&colon| colon > begin && colon + 1 < at)?;
                found.push((begin, middle, at));
                begin = at + 1;
            }
        }
        let quoted = self.is_quote(from);
        (quoted || found.len() > 1).then_some(found)
    }

    fn is_quote(&self, at: usize) -> bool {
        matches!(self.tokens[at].span.of(self.text), "'" | "\"")
    }

    fn is_relation(&self, id: NodeId) -> bool {
        matches!(self.tree.kind(id), Kind::Chain(..))
    }

    /// The items between two places, as a whole.
    pub(super) fn part_of(&mut self, from: usize, to: usize) -> Option<NodeId> {
        self.at = from;
        self.end = to;
        let start = self.here();
        let items = self.items().ok()?;
        (self.peek() == T::EndOfText).then(|| self.list(&items, start))
    }
}
