//! From what was written to what it means.
//!
//! The recursion is as deep as the syntax tree, whose height the parser bounds.

mod call;
pub(crate) use collection::rename;

mod collection;
mod matrix;
mod number;
mod piecewise;
mod relation;

use crate::Limits;
use crate::ast::{Constant, Kind, Literal, Name, NodeId, Span, Tree};
use crate::budget::{Budget, Stop};
use crate::canonical::{Expr, Function, SeriesKind, Symbol};
use crate::value::{Brackets, Quantity, Reals, Time, Unit, Value, text};

/// Why a tree has no meaning here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Halt {
    /// The algebra stopped.
    Stop(Stop),
    /// The notation is well formed, but means nothing that can be compared: where.
    Meaningless(Span),
}

impl From<Stop> for Halt {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

type Lowered<T> = Result<T, Halt>;

/// The meaning of a whole answer.
pub(crate) fn lower(
    text: &str,
    tree: &Tree,
    root: NodeId,
    limits: &Limits,
    budget: &mut Budget,
) -> Lowered<Value> {
    let mut lowering = Lowering {
        text,
        tree,
        limits,
        budget,
        bound: Vec::new(),
        integers: integer_parameters(text),
        signs: 0,
        seen_signs: 0,
    };
    let items = lowering.expanded(root)?;
    Ok(match <[Value; 1]>::try_from(items) {
        Ok([only]) => only,
        Err(items) => Value::List(items),
    })
}

struct Lowering<'a> {
    text: &'a str,
    tree: &'a Tree,
    limits: &'a Limits,
    budget: &'a mut Budget,
    /// Letters that a sum or a set-builder binds: there `i` and `e` are variables.
    bound: Vec<Symbol>,
    /// Letters that are said to run over the integers (`k \in \mathbb{Z}`), in order, with the sign
    /// of the set: ℤ, or ℕ where it does not go on in both directions.
    integers: Vec<(char, char)>,
    /// The signs chosen for the `±` of the item being lowered, one bit each.
    signs: u64,
    seen_signs: u32,
}

impl Lowering<'_> {
    fn meaningless<T>(&self, id: NodeId) -> Lowered<T> {
        Err(Halt::Meaningless(self.tree.span(id)))
    }

    /// The source text of a node.
    fn source(&self, id: NodeId) -> &str {
        self.tree.span(id).of(self.text)
    }

    /// The values of an item: two for each `±` in it, and the items of a nested list.
    fn expanded(&mut self, id: NodeId) -> Lowered<Vec<Value>> {
        if let Kind::List(separator, children) = self.tree.kind(id) {
            let list = self.list(separator, children)?;
            return Ok(list.into_items());
        }
        let before = (self.signs, self.seen_signs);
        self.signs = 0;
        self.seen_signs = 0;
        let first = self.value(id)?;
        let count = self.seen_signs;
        let mut values = vec![first];
        if count > 0 {
            if count > 16 || 1_usize << count > self.limits.expansions {
                return Err(Halt::Stop(Stop::Work));
            }
            for signs in 1..1_u64 << count {
                self.signs = signs;
                self.seen_signs = 0;
                // A long name costs its length each time.
                self.budget.spend(10 + self.source(id).len() as u64)?;
                let next = self.value(id)?;
                values.push(next);
            }
        }
        (self.signs, self.seen_signs) = before;
        Ok(values)
    }

    /// The scalar that a node means.
    fn scalar(&mut self, id: NodeId) -> Lowered<Expr> {
        let value = self.value(id)?;
        match as_scalar(value) {
            Some(expr) => Ok(expr),
            None => self.meaningless(id),
        }
    }

    fn scalars(&mut self, ids: &[NodeId]) -> Lowered<Vec<Expr>> {
        ids.iter().map(|&id| self.scalar(id)).collect()
    }

    fn values(&mut self, ids: &[NodeId]) -> Lowered<Vec<Value>> {
        ids.iter().map(|&id| self.value(id)).collect()
    }

    #[expect(clippy::too_many_lines, reason = "one line a kind of node")]
    fn value(&mut self, id: NodeId) -> Lowered<Value> {
        self.budget.spend(3)?;
        let tree = self.tree;
        match tree.kind(id) {
            Kind::Number(literal) => self.number(id, literal),
            Kind::Vulgar(top, bottom) => Ok(number::vulgar(top, bottom)),
            Kind::Symbol(name) => Ok(self.symbol(name)),
            Kind::Constant(constant) => Ok(constant_value(constant)),
            Kind::Text(span) => Ok(words(span.of(self.text))),
            Kind::Ellipsis => Ok(Value::Ellipsis),
            Kind::Sum(children) => self.sum(id, tree.children(children)),
            Kind::Negate(inner) => {
                let value = self.value(inner)?;
                self.negate(id, value)
            }
            Kind::PlusMinus(inner) => {
                let minus = self.signs >> self.seen_signs.min(63) & 1 == 1;
                self.seen_signs += 1;
                let value = self.value(inner)?;
                if minus { self.negate(id, value) } else { Ok(value) }
            }
            Kind::MinusPlus(inner) => {
                // The opposite sign of the `±` before it.
                let minus = self.signs >> self.seen_signs.saturating_sub(1).min(63) & 1 == 0;
                self.seen_signs = self.seen_signs.max(1);
                let value = self.value(inner)?;
                if minus { self.negate(id, value) } else { Ok(value) }
            }
            Kind::Product(children) => self.product(id, tree.children(children)),
            Kind::Inverse(inner) => {
                let divisor = self.scalar(inner)?;
                Ok(Expr::quotient(Expr::integer(1), divisor).into())
            }
            Kind::Fraction(top, bottom) => {
                let value = self.value(top)?;
                let divisor = self.scalar(bottom)?;
                self.scale(id, value, &Expr::quotient(Expr::integer(1), divisor))
            }
            Kind::Mixed(whole, fraction) => {
                let parts = self.scalars(&[whole, fraction])?;
                Ok(Expr::sum(parts).into())
            }
            Kind::Power(base, exponent) => self.power(id, base, exponent),
            Kind::Subscript(base, index) => self.subscript(id, base, index),
            Kind::Prime(base, _) => match tree.kind(base) {
                Kind::Symbol(_) | Kind::Subscript(..) => {
                    Ok(Expr::variable(Symbol::new(&text::squeeze(self.source(id)))).into())
                }
                _ => self.meaningless(id),
            },
            Kind::Factorial(inner, double) => {
                let inner = self.scalar(inner)?;
                let function = if double { Function::DoubleFactorial } else { Function::Factorial };
                Ok(Expr::function(function, vec![inner]).into())
            }
            Kind::Percent(inner) => self.with_unit(inner, Unit::Percent),
            Kind::Degree(inner) => self.with_unit(inner, Unit::degree()),
            Kind::Currency(amount, sign) => {
                let unit = Unit::currency(sign.of(self.text));
                match self.value(amount)? {
                    // `\$5 \text{ million}`, `\$5 \text{ per hour}`
                    Value::Quantity(quantity) => {
                        Ok(Value::Quantity(Quantity { unit: Some(unit), ..quantity }))
                    }
                    other => Ok(other),
                }
            }
            Kind::Annotated(inner, span) => self.annotated(inner, span),
            Kind::Call(function, children) => self.call(id, function, tree.children(children)),
            Kind::Apply(function, arguments) => {
                let name = Symbol::new(&text::squeeze(self.source(function)));
                let arguments = self.scalars(tree.children(arguments))?;
                Ok(Expr::function(Function::Named(name), arguments).into())
            }
            Kind::Modulo(inner, modulus) => {
                let parts = self.values(&[inner, modulus])?;
                Ok(Value::Structure("mod", parts))
            }
            Kind::Series(kind, children) => self.series(id, kind, tree.children(children)),
            Kind::Delimited(open, close, children) => {
                self.delimited(id, open, close, tree.children(children))
            }
            Kind::SetBuilder(element, condition) => self.set_builder(element, condition),
            Kind::Matrix(environment, columns, cells) => {
                self.matrix(id, environment, columns as usize, tree.children(cells))
            }
            Kind::Piecewise(cases) => self.piecewise(tree.children(cases)),
            Kind::Chain(sides, relations) => {
                let sides = tree.children(sides);
                self.chain(id, sides, tree.relations(relations, sides.len()))
            }
            Kind::Ratio(parts) => self.ratio(id, tree.children(parts)),
            Kind::Union(parts) => self.union(tree.children(parts)),
            Kind::Intersection(parts) => self.intersection(tree.children(parts)),
            Kind::SetDifference(from, removed) => {
                let (from, removed) = (self.value(from)?, self.value(removed)?);
                self.set_difference(id, from, removed)
            }
            Kind::List(separator, children) => self.list(separator, children),
            Kind::Conditioned(inner, _) => self.value(inner),
            Kind::Choice(letter, inner) => {
                let inner = match inner {
                    Some(inner) => Some(Box::new(self.value(inner)?)),
                    None => None,
                };
                Ok(Value::Choice(letter.to_ascii_uppercase(), inner))
            }
        }
    }

    fn symbol(&mut self, name: Name) -> Value {
        let symbol = self.symbol_name(name);
        let is_bound = self.bound.contains(&symbol);
        match name {
            Name::Letter('e') if !is_bound => Expr::e().into(),
            Name::Letter('i') if !is_bound => Expr::i().into(),
            _ => Expr::variable(symbol).into(),
        }
    }

    /// The symbol of a name; one that runs over the integers is known by its place among those.
    fn symbol_name(&self, name: Name) -> Symbol {
        match name {
            Name::Letter(letter) => {
                let mut buffer = [0; 4];
                match self.integers.iter().position(|&(known, _)| known == letter) {
                    Some(at) => Symbol::new(&format!("{}{}", self.integers[at].1, at + 1)),
                    None => Symbol::new(letter.encode_utf8(&mut buffer)),
                }
            }
            Name::Command(command) => Symbol::new(command),
            Name::Word(span) => Symbol::new(span.of(self.text)),
        }
    }

    fn with_unit(&mut self, inner: NodeId, unit: Unit) -> Lowered<Value> {
        match self.value(inner)? {
            Value::Quantity(quantity) => {
                Ok(Value::Quantity(Quantity { unit: Some(unit), ..quantity }))
            }
            _ => self.meaningless(inner),
        }
    }

    fn annotated(&mut self, inner: NodeId, span: Span) -> Lowered<Value> {
        let note = span.of(self.text);
        let value = self.value(inner)?;
        let normal = text::normalise(note);
        let letters: String = note.chars().filter(|c| c.is_alphabetic()).collect();
        // `20 June`
        if let Some(date) =
            crate::value::calendar::read(&format!("{} {normal}", self.source(inner)))
        {
            return Ok(date);
        }
        let half = match &letters.to_lowercase()[..] {
            "pm" => Some(true),
            "am" => Some(false),
            _ => None,
        };
        match value {
            Value::Time(time) => {
                Ok(Value::Time(Time { afternoon: half.or(time.afternoon), ..time }))
            }
            Value::Quantity(quantity) if half.is_some() => {
                match quantity.expr.as_rational().and_then(crate::canonical::Rational::to_i64) {
                    Some(hour @ 0..=24) => {
                        let hour = u32::try_from(hour).unwrap_or(0);
                        Ok(Value::Time(Time { parts: vec![hour, 0], afternoon: half }))
                    }
                    _ => self.meaningless(inner),
                }
            }
            Value::Quantity(mut quantity) => {
                let mut rest = note.to_owned();
                if let Some((factor, after)) = crate::value::unit::multiplier(note) {
                    quantity = Quantity {
                        expr: Expr::product(vec![quantity.expr, Expr::integer(factor)]),
                        decimal: None,
                        unit: quantity.unit,
                    };
                    rest = after;
                }
                let degrees = quantity.unit.as_ref().is_some_and(Unit::is_angle);
                // A currency sign says more than the words after it.
                if quantity.unit.is_none() || degrees {
                    quantity.unit = Unit::parse(&rest).or(quantity.unit);
                }
                Ok(Value::Quantity(quantity))
            }
            Value::Text(before) => Ok(words(&format!("{before} {normal}"))),
            other => Ok(other),
        }
    }

    fn power(&mut self, id: NodeId, base: NodeId, exponent: NodeId) -> Lowered<Value> {
        let tree = self.tree;
        if let Kind::Symbol(Name::Word(mark)) = tree.kind(exponent) {
            return self.decorated(id, base, mark);
        }
        // `\sin^{-1}` is the inverse function.
        if let (Kind::Call(function, arguments), Kind::Negate(one)) =
            (tree.kind(base), tree.kind(exponent))
            && let Some(inverse) = call::inverse(function)
            && let Some(&first) = tree.children(arguments).first()
            && tree.span(exponent).start < tree.span(first).start
            && matches!(tree.kind(one), Kind::Number(_) | Kind::Vulgar(1, 1))
            && self.scalar(one)? == Expr::integer(1)
        {
            let arguments = self.scalars(tree.children(arguments))?;
            return Ok(Expr::function(inverse, arguments).into());
        }
        if let Some(count) = self.choices(base, exponent)? {
            return Ok(count.into());
        }
        let value = self.value(base)?;
        match value {
            Value::Matrix(columns, cells) if self.is_transposition(exponent) => {
                Ok(matrix::transposed(columns, &cells))
            }
            // A row is told apart from a column only where it is a matrix.
            Value::Tuple(..) if self.is_transposition(exponent) => Ok(value),
            Value::Matrix(columns, cells) => self.matrix_power(id, columns, &cells, exponent),
            Value::Reals(_) | Value::Structure(..) => {
                let exponent = self.value(exponent)?;
                Ok(Value::Structure("^", vec![value, exponent]))
            }
            Value::Quantity(Quantity {
                unit: Some(Unit::Measure(_) | Unit::Remark(_)), ..
            }) if !matches!(tree.kind(base), Kind::Degree(_)) => self.meaningless(id),
            value => {
                let Some(base) = as_scalar(value) else { return self.meaningless(id) };
                let exponent = self.scalar(exponent)?;
                Ok(Expr::power(base, exponent).into())
            }
        }
    }

    /// `C_5^2` and `A_5^2`: ways to choose 2 of 5, and to do so in order. In `C_1^2` with more above than
    /// below, a constant is squared.
    fn choices(&mut self, base: NodeId, exponent: NodeId) -> Lowered<Option<Expr>> {
        let tree = self.tree;
        let Kind::Subscript(symbol, all) = tree.kind(base) else { return Ok(None) };
        let Kind::Symbol(Name::Letter(letter @ ('C' | 'A'))) = tree.kind(symbol) else {
            return Ok(None);
        };
        let numbers = [all, exponent].iter().all(
            |&id| matches!(tree.kind(id), Kind::Number(literal) if literal == Literal::default()),
        );
        if !numbers {
            return Ok(None);
        }
        let (all, chosen) = (self.scalar(all)?, self.scalar(exponent)?);
        if all.as_rational() < chosen.as_rational() {
            return Ok(None);
        }
        let combinations = Expr::function(Function::Binomial, vec![all, chosen.clone()]);
        Ok(Some(match letter {
            'C' => combinations,
            _ => {
                Expr::product(vec![combinations, Expr::function(Function::Factorial, vec![chosen])])
            }
        }))
    }

    /// `\mathbb{Z}^+`, `\mathbb{R}_{>0}`: a set with a mark.
    fn decorated(&mut self, id: NodeId, base: NodeId, mark: Span) -> Lowered<Value> {
        let mark = mark.of(self.text);
        match (self.value(base)?, mark) {
            (Value::Reals(_), "+" | ">0") => {
                let zero = crate::value::Bound::open(Expr::integer(0));
                Ok(Value::Reals(Reals::between(zero, crate::value::Bound::infinity())))
            }
            (Value::Structure(set, parts), _) if parts.is_empty() => {
                Ok(Value::Structure(set, vec![Value::Text(mark.to_owned())]))
            }
            _ => self.meaningless(id),
        }
    }

    fn subscript(&mut self, id: NodeId, base: NodeId, index: NodeId) -> Lowered<Value> {
        let tree = self.tree;
        match tree.kind(base) {
            Kind::Number(literal) => self.numeral(id, base, literal, index),
            Kind::Delimited(_, _, children) => match *tree.children(children) {
                [only] => match tree.kind(only) {
                    Kind::Number(literal) => self.numeral(id, only, literal, index),
                    _ => self.meaningless(id),
                },
                _ => self.meaningless(id),
            },
            Kind::Symbol(name) => {
                let plain = matches!(
                    tree.kind(index),
                    Kind::Number(_)
                        | Kind::Vulgar(..)
                        | Kind::Text(_)
                        | Kind::Symbol(Name::Word(_))
                );
                let name = self.symbol_name(name);
                if !plain && let Ok(index) = self.scalar(index) {
                    let letters = index.variables();
                    let constant = letters.is_empty();
                    let capitals = letters
                        .iter()
                        .any(|letter| letter.as_str().starts_with(|c: char| c.is_uppercase()));
                    if !constant && !capitals {
                        let name = Symbol::new(&format!("{}_", name.as_str()));
                        return Ok(Expr::function(Function::Named(name), vec![index]).into());
                    }
                }
                let mut full = format!("{}_{}", name.as_str(), text::squeeze(self.source(index)));
                full.retain(|c| c != '{' && c != '}');
                Ok(Expr::variable(Symbol::new(&full)).into())
            }
            Kind::Constant(_) => self.decorated(id, base, tree.span(index)),
            _ => Ok(Expr::variable(Symbol::new(&text::squeeze(self.source(id)))).into()),
        }
    }

    fn series(&mut self, id: NodeId, kind: crate::ast::Series, parts: &[NodeId]) -> Lowered<Value> {
        let &[variable, from, to, body] = parts else { return self.meaningless(id) };
        let Kind::Symbol(name) = self.tree.kind(variable) else {
            return self.meaningless(variable);
        };
        let from = self.scalar(from)?;
        let to = self.scalar(to)?;
        let symbol = self.symbol_name(name);
        self.bound.push(symbol.clone());
        let body = self.scalar(body);
        self.bound.pop();
        let kind = match kind {
            crate::ast::Series::Sum => SeriesKind::Sum,
            crate::ast::Series::Product => SeriesKind::Product,
        };
        Ok(Expr::series(kind, symbol, from, to, body?).into())
    }
}

/// A scalar of a value: percents and degrees count as numbers, `(x)` and `[x]` as `x`.
#[expect(clippy::match_same_arms, reason = "the cases bind different things")]
fn as_scalar(value: Value) -> Option<Expr> {
    match value {
        Value::Quantity(Quantity { expr, unit, .. }) => match unit {
            None => Some(expr),
            Some(Unit::Percent) => Some(Expr::quotient(expr, Expr::integer(100))),
            Some(unit) if unit.is_angle() => match unit {
                Unit::Measure(measure) => Some(Expr::product(vec![expr, measure.factor])),
                _ => None,
            },
            Some(_) => None,
        },
        Value::Tuple(_, mut items) if items.len() == 1 => as_scalar(items.pop()?),
        Value::Set(mut items) if items.len() == 1 => as_scalar(items.pop()?),
        // `3:4` in a calculation is the quotient.
        Value::Ratio(parts) => match <[Expr; 2]>::try_from(parts) {
            Ok([a, b]) => Some(Expr::quotient(a, b)),
            Err(_) => None,
        },
        _ => None,
    }
}

fn constant_value(constant: Constant) -> Value {
    match constant {
        Constant::Pi => Expr::pi().into(),
        Constant::Infinity => Expr::infinity().into(),
        Constant::EmptySet => Value::Set(Vec::new()),
        Constant::Reals => Value::Reals(Reals::all()),
        Constant::Naturals => Value::Structure("N", Vec::new()),
        Constant::Integers => Value::Structure("Z", Vec::new()),
        Constant::Rationals => Value::Structure("Q", Vec::new()),
        Constant::Complexes => Value::Structure("C", Vec::new()),
    }
}

/// The meaning of words: a number word, the empty set, or the words themselves.
pub(crate) fn words(source: &str) -> Value {
    let normal = text::normalise(source);
    if let Some(number) = text::number_word(&normal) {
        return Expr::integer(number).into();
    }
    if text::says_empty(&normal) {
        return Value::Set(Vec::new());
    }
    if let Some(value) = crate::value::calendar::read(&normal) {
        return value;
    }
    if let Some(quantity) = counted(source) {
        return quantity;
    }
    if let Some(choice) = option_in_words(source) {
        return choice;
    }
    // `Softball, Kickball, Picnic`
    let parts: Vec<&str> =
        source.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.len() > 1 && parts.iter().all(|part| part.split_whitespace().count() == 1) {
        return Value::List(parts.into_iter().map(words).collect());
    }
    match text::synonym(&normal) {
        "all real numbers" => Value::Reals(Reals::all()),
        word => Value::Text(word.to_owned()),
    }
}

/// `(E) none of the above` in words.
fn option_in_words(source: &str) -> Option<Value> {
    let (letter, rest) = source.trim().strip_prefix('(')?.split_once(')')?;
    match letter.as_bytes() {
        [letter @ b'A'..=b'J'] if !rest.trim().is_empty() => {
            Some(Value::Choice(char::from(*letter), Some(Box::new(words(rest)))))
        }
        _ => None,
    }
}

/// `5 cm` in words: a plain number and a unit or one word.
fn counted(source: &str) -> Option<Value> {
    let source = source.trim();
    let end = source
        .find(|c: char| !(c.is_ascii_digit() || c == '.'))
        .filter(|&end| end > 0 && end < 16)?;
    let (number, unit) = source.split_at(end);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if unit.contains(|c: char| c.is_ascii_digit())
        || fraction.contains('.')
        || !unit.starts_with(' ')
    {
        return None;
    }
    let unit = Unit::parse(unit)?;
    if matches!(&unit, Unit::Remark(words) if words.contains(' ')) {
        return None;
    }
    let value =
        crate::canonical::Rational::from_decimal(whole, fraction, 0, &mut Budget::new(1_000))
            .ok()?;
    Some(Value::Quantity(Quantity { expr: Expr::rational(value), decimal: None, unit: Some(unit) }))
}

/// Characters before a `\in` in which names are looked for.
const MOST_NAMES: usize = 64;

/// The letters that the text says are integers: `k \in \mathbb{Z}`, `n ∈ ℤ`, `k` an integer.
fn integer_parameters(text: &str) -> Vec<(char, char)> {
    let mut found = Vec::new();
    // `\in`, `integer`, and the first byte of `∈`: most answers hold none of them.
    let mut pairs = text.as_bytes().windows(2);
    if text.len() < 6 || !pairs.any(|pair| pair == b"in" || pair[0] == 0xe2) {
        return found;
    }
    for (mark, _) in text
        .match_indices("\\in ")
        .chain(text.match_indices("\\in\\"))
        .chain(text.match_indices('∈'))
    {
        let after = text[mark..].trim_start_matches("\\in").trim_start_matches('∈').trim_start();
        let set = ["\\mathbb{Z}", "\\mathbb{Z", "\\mathbb Z", "ℤ", "Z", "\\Z"]
            .iter()
            .find_map(|set| after.strip_prefix(set))
            .map(|after| if after.starts_with(['^', '_', '+']) { 'ℕ' } else { 'ℤ' });
        let natural = ["\\mathbb{N", "\\mathbb N", "ℕ", "N"];
        let natural = || natural.iter().any(|set| after.starts_with(set)).then_some('ℕ');
        let Some(set) = set.or_else(natural) else { continue };
        // `k, l \in \mathbb{Z}`
        let from = text[..mark]
            .char_indices()
            .rev()
            .take(MOST_NAMES)
            .take_while(|(_, sign)| sign.is_alphanumeric() || matches!(sign, ' ' | ',' | '\\'))
            .last();
        let names = &text[from.map_or(mark, |(from, _)| from)..mark];
        for name in names.rsplit([' ', ',']).filter(|name| !name.is_empty()) {
            match name.as_bytes() {
                [letter @ b'a'..=b'z'] => {
                    let letter = char::from(*letter);
                    if !found.iter().any(|&(known, _)| known == letter) {
                        found.push((letter, set));
                    }
                }
                _ => break,
            }
        }
    }
    if found.is_empty() {
        for phrase in ["is an integer", "is any integer", "integer "] {
            if let Some(at) = text.find(phrase) {
                let before = text[..at].trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
                let around = if phrase == "integer " {
                    text[at + phrase.len()..].chars().next()
                } else {
                    before.chars().last()
                };
                found.extend(around.filter(char::is_ascii_lowercase).map(|letter| (letter, 'ℤ')));
                break;
            }
        }
    }
    found.reverse();
    found
}

/// The brackets of a tuple by its delimiter.
fn brackets(open: crate::ast::Delimiter) -> Brackets {
    match open {
        crate::ast::Delimiter::Square => Brackets::Square,
        _ => Brackets::Round,
    }
}
