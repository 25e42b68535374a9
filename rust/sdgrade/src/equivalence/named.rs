//! Named values, equations, inequalities, ratios, and what is compared part by part.

use super::{Equivalence, is_equal, stopped, weakest};
use crate::canonical::{self, Decision, Expr, Rational, Symbol};
use crate::value::{Equation, Name, Named, Quantity, Shape, Sign, Strictness, Value};
use crate::{Reason, Verdict};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

impl Equivalence<'_> {
    pub(super) fn named(&mut self, gold: &Named, answer: &Named) -> Reason {
        // `x \mapsto x^2` has no name.
        if gold.names.is_empty() != answer.names.is_empty()
            && gold.parameters.len() == answer.parameters.len()
        {
            let inner = self.values(&with_fresh_parameters(gold), &with_fresh_parameters(answer));
            let (granted, denied) = (self.policy.ignore_name, Reason::DifferentName);
            return Self::lenient(granted, inner, Reason::NameIgnored, denied);
        }
        if self.same_names(gold, answer) {
            if !takes_as_many(gold, answer) {
                return Reason::DifferentName;
            }
            // The arguments are bound: both sides get the same fresh names.
            if gold.parameters != answer.parameters
                && gold.parameters.len() == answer.parameters.len()
            {
                return self.values(&with_fresh_parameters(gold), &with_fresh_parameters(answer));
            }
            if is_class_and_number(&gold.value, &answer.value) {
                return Reason::DifferentKind;
            }
            return self.values(&gold.value, &answer.value);
        }
        // `a_n = 2n` and `a_k = 2k`
        if let Some(renamed) = with_index_of(gold, answer) {
            return self.values(&gold.value, &renamed);
        }
        // `(x, y) = (1, 2)` names what `x = 1, y = 2` names; other names may be an equation moved around.
        if let (Some(a), Some(b)) = (gold.as_equation(), answer.as_equation()) {
            let decision = canonical::ratio(&a, &b, self.budget);
            if let Decision::Equal(_) = decision {
                return self.decided(decision);
            }
        }
        // A function and its graph: `f(x) = x^2` and `y = x^2`.
        let graph = |named: &Named| named.names.len() == 1 && named.names[0].text == "y";
        if (graph(gold) && !answer.parameters.is_empty())
            || (graph(answer) && !gold.parameters.is_empty())
        {
            let inner = self.values(&gold.value, &answer.value);
            return Self::lenient(
                self.policy.ignore_name,
                inner,
                Reason::NameIgnored,
                Reason::DifferentName,
            );
        }
        match self.values(&gold.value, &answer.value).verdict() {
            Verdict::Different => Reason::DifferentValue,
            // One quantity has several names that no grammar takes apart: `\dim \ker T`, `\operatorname{rank} A`.
            _ if [gold, answer].iter().any(|it| it.names.iter().any(is_taken_whole)) => {
                Reason::Unproved
            }
            _ => Reason::DifferentName,
        }
    }

    /// `x = 1+2t, y = 3t` with another letter in place of `t`: nothing says that it is a parameter.
    pub(super) fn parametric(&mut self, gold: &Value, answer: &Value) -> Option<Reason> {
        let (ours, theirs) = (parameter(gold)?, parameter(answer)?);
        if ours == theirs {
            return None;
        }
        let renamed = |name: &Symbol| (*name == theirs).then(|| Expr::variable(ours.clone()));
        let found = self.values(gold, &answer.clone().rename(&renamed));
        is_equal(found).then_some(Reason::Unproved)
    }

    /// `a = 1, b = c = 2` and `(1, 2, 2)`, `m = n = 2` and `(m, n) = (2, 2)`: each name with its own value.
    pub(super) fn name_by_name(&mut self, gold: &Value, answer: &Value) -> Option<Reason> {
        let (ours, theirs) = (spread(gold), spread(answer));
        // One value of two names is no list of values.
        let is_list = |value: &Value| matches!(value, Value::List(_));
        if ours.is_none() && theirs.is_none()
            || ours.is_some() && !is_list(gold) && theirs.is_none()
            || theirs.is_some() && !is_list(answer) && ours.is_none()
        {
            return None;
        }
        let whole = |spread: Option<Value>, value: &Value| spread.unwrap_or_else(|| value.clone());
        let found = self.values(&whole(ours, gold), &whole(theirs, answer));
        is_equal(found).then_some(found)
    }

    pub(super) fn named_and_bare(
        &mut self,
        named: &Named,
        other: &Value,
        named_is_gold: bool,
    ) -> Reason {
        if matches!(named.value, Value::Structure(..)) && is_class_and_number(&named.value, other) {
            return Reason::DifferentKind;
        }
        match other {
            Value::Equation(equation) => return self.named_and_equation(named, equation),
            // `y \le 1 - x` and `x + y \le 1`
            Value::Inequality(expr, strictness) => {
                // Nothing is solved for the answerer: `3x > 6` is no `x > 2`.
                let plane = if expr.variables().len() < 2 { None } else { half_plane(named) };
                return match plane {
                    Some((ours, strict)) => self.inequalities(&ours, strict, expr, *strictness),
                    None => Reason::Unsolved,
                };
            }
            // `(x, y) = (1, 2)` and `x = 1, y = 2`
            Value::List(items) if items.iter().any(|item| matches!(item, Value::Named(_))) => {
                if let (Value::Tuple(_, values), Some(names)) =
                    (&named.value, tuple_of_names(named))
                    && names.len() == values.len()
                {
                    let spread: Vec<Value> = names
                        .into_iter()
                        .zip(values)
                        .map(|(text, value)| {
                            Value::Named(Box::new(Named {
                                names: vec![Name { text, expr: None }],
                                parameters: Vec::new(),
                                value: value.clone(),
                            }))
                        })
                        .collect();
                    return if named_is_gold {
                        self.unordered(&spread, items)
                    } else {
                        self.unordered(items, &spread)
                    };
                }
                // `x = y = 1` and `x = 1, y = 1`
                if named.names.len() == items.len() {
                    let spread: Vec<Value> = named
                        .names
                        .iter()
                        .map(|name| {
                            Value::Named(Box::new(Named {
                                names: vec![name.clone()],
                                parameters: Vec::new(),
                                value: named.value.clone(),
                            }))
                        })
                        .collect();
                    return if named_is_gold {
                        self.unordered(&spread, items)
                    } else {
                        self.unordered(items, &spread)
                    };
                }
                // `x_1 = 1, x_2 = 2` and `x = 1, 2`: the roots are numbered.
                if let (Value::List(values), Some(roots)) =
                    (&named.value, numbered(&named.names, items))
                {
                    return if named_is_gold {
                        self.unordered(values, &roots)
                    } else {
                        self.unordered(&roots, values)
                    };
                }
                // `x = 3 or x = 4` is not `x = 3 and y = 4`.
                if items
                    .iter()
                    .any(|item| matches!(item, Value::Named(item) if !item.same_names(named)))
                {
                    return Reason::DifferentName;
                }
            }
            // `x = 1, 2` are two numbers, and `(1, 2)` one point or interval.
            Value::Tuple(..)
                if matches!(named.value, Value::List(_))
                    && matches!(&named.names[..], [Name { expr: Some(Expr::Variable(_)), .. }]) =>
            {
                return Reason::Unproved;
            }
            // `x = y = 1` and `(1, 1)`
            Value::Tuple(_, items) if named.names.len() > 1 && named.names.len() == items.len() => {
                let spread = vec![named.value.clone(); items.len()];
                let inner = if named_is_gold {
                    self.in_order(&spread, items)
                } else {
                    self.in_order(items, &spread)
                };
                return Self::lenient(
                    self.policy.ignore_name,
                    inner,
                    Reason::NameIgnored,
                    Reason::DifferentKind,
                );
            }
            _ => {}
        }
        let inner = if named_is_gold {
            self.values(&named.value, other)
        } else {
            self.values(other, &named.value)
        };
        Self::lenient(self.policy.ignore_name, inner, Reason::NameIgnored, Reason::DifferentName)
    }

    /// Whether two name the same thing; names are compared as mathematics.
    fn same_names(&mut self, gold: &Named, answer: &Named) -> bool {
        if gold.same_names(answer) {
            return true;
        }
        if let ([Name { text: ours, .. }], [Name { text: theirs, .. }]) =
            (&gold.names[..], &answer.names[..])
        {
            // `\vec{v}` is `\mathbf{v}`, and `rank` that of the only matrix.
            let plain = |text: &str| {
                text.strip_prefix("vec(")
                    .and_then(|it| it.strip_suffix(')'))
                    .unwrap_or(text)
                    .to_owned()
            };
            let is_of = |word: &str, whole: &str| {
                word.len() > 2
                    && word.bytes().all(|byte| byte.is_ascii_lowercase())
                    && whole.strip_prefix(word).is_some_and(|rest| rest.starts_with('('))
            };
            if plain(ours) == plain(theirs) || is_of(ours, theirs) || is_of(theirs, ours) {
                return true;
            }
        }
        match (&gold.names[..], &answer.names[..]) {
            (
                [Name { expr: Some(ours @ (Expr::Function(..) | Expr::Product(_))), .. }],
                [Name { expr: Some(theirs @ (Expr::Function(..) | Expr::Product(_))), .. }],
            ) => {
                matches!(
                    canonical::equal(ours, theirs, self.budget),
                    Decision::Equal(canonical::Proof::Exact)
                )
            }
            _ => false,
        }
    }

    /// Nothing is solved for the answerer: an equation in one name is no value of it.
    fn named_and_equation(&mut self, named: &Named, equation: &Equation) -> Reason {
        let Some(expr) = named.as_equation() else { return Reason::DifferentKind };
        if equation.difference.variables().len() < 2 {
            return Reason::Unsolved;
        }
        match self.proportional(&expr, &equation.difference) {
            // `xy = C` is `y = \frac Cx` but where `x` is zero.
            Reason::DifferentValue if self.solves(named, equation) => Reason::Unproved,
            found => found,
        }
    }

    /// Whether an equation is linear in a name, and its value the solution where there is but one.
    fn solves(&mut self, named: &Named, equation: &Equation) -> bool {
        let ([Name { expr: Some(Expr::Variable(name)), .. }], Some(value)) =
            (&named.names[..], named.value.as_expr())
        else {
            return false;
        };
        let zero = equation.difference.substitute(name, value);
        let linear = canonical::coefficients(&equation.difference, name, self.budget);
        linear.is_ok_and(|coefficients| coefficients.len() == 2)
            && matches!(canonical::equal(&zero, &Expr::integer(0), self.budget), Decision::Equal(_))
    }

    /// An equation against a value: the right side where the left is an expression in several names
    /// (`m+n=110`), or what it says of the one name that the value lacks (`y+1=x` and `x-1`).
    pub(super) fn equation(
        &mut self,
        equation: &Equation,
        other: &Value,
        equation_is_gold: bool,
    ) -> Reason {
        let ignored = |this: &Self, inner| {
            Self::lenient(
                this.policy.ignore_name,
                inner,
                Reason::NameIgnored,
                Reason::DifferentName,
            )
        };
        let Value::Quantity(quantity) = other else { return Reason::Unsolved };
        if let Some(stated) = &equation.stated {
            let inner = if equation_is_gold {
                self.quantities(stated, quantity)
            } else {
                self.quantities(quantity, stated)
            };
            return ignored(self, inner);
        }
        let names = equation.difference.variables();
        let Some(expr) = other.as_expr() else { return Reason::Unsolved };
        let inside = expr.variables();
        let mut missing = names.iter().filter(|&name| !inside.contains(name));
        let (Some(name), None, true) = (missing.next(), missing.next(), names.len() > 1) else {
            return Reason::Unsolved;
        };
        let solved = Expr::difference(Expr::variable(name.clone()), expr.clone());
        match canonical::ratio(&equation.difference, &solved, self.budget) {
            Decision::Equal(proof) => {
                let inner = self.decided(Decision::Equal(proof));
                ignored(self, inner)
            }
            Decision::Different(_) => Reason::Unsolved,
            Decision::Unknown(stop) => stopped(stop),
        }
    }

    pub(super) fn inequalities(
        &mut self,
        a: &Expr,
        x: Strictness,
        b: &Expr,
        y: Strictness,
    ) -> Reason {
        if x != y {
            return Reason::DifferentValue;
        }
        match canonical::factor(a, b, self.budget) {
            Ok((factor, proof)) => match canonical::sign(&factor, self.budget) {
                Ok(Ordering::Greater) => self.decided(Decision::Equal(proof)),
                Ok(_) => Reason::DifferentValue,
                Err(stop) => stopped(stop),
            },
            // The same numbers may satisfy two inequalities of different degrees.
            Err(Decision::Different(_)) => Reason::Unproved,
            Err(other) => self.decided(other),
        }
    }

    pub(super) fn ratios(&mut self, a: &[Expr], b: &[Expr]) -> Reason {
        if a.len() != b.len() {
            return Reason::DifferentCount;
        }
        let mut whole = Reason::Exact;
        for at in 1..a.len() {
            let left = Expr::product(vec![a[0].clone(), b[at].clone()]);
            let right = Expr::product(vec![b[0].clone(), a[at].clone()]);
            let part = self.exprs(&left, &right);
            whole = weakest(whole, part);
        }
        whole
    }

    pub(super) fn ratio_and_quotient(
        &mut self,
        parts: &[Expr],
        other: &Value,
        ratio_is_gold: bool,
    ) -> Reason {
        match (parts, other) {
            (_, Value::Ratio(more)) => self.ratios(parts, more),
            ([a, b], Value::Quantity(quantity)) => {
                if b.as_rational().is_some_and(Rational::is_zero) {
                    return Reason::DifferentKind;
                }
                let quotient = Quantity::from(Expr::quotient(a.clone(), b.clone()));
                if ratio_is_gold {
                    self.quantities(&quotient, quantity)
                } else {
                    self.quantities(quantity, &quotient)
                }
            }
            _ => Reason::DifferentKind,
        }
    }

    /// `17 \bmod 5` and `2^{10} \bmod 7`: the same remainder, which of residue classes says nothing.
    fn remainders(&mut self, a: &[Value], b: &[Value]) -> Option<Reason> {
        // `0 \pmod 6` is a class.
        let number = |part: &Value| part.as_expr().and_then(Expr::as_rational).cloned();
        let is_reduced = |parts: &[Value]| match (number(&parts[0]), number(&parts[1])) {
            (Some(number), Some(modulus)) => number.abs() < modulus.abs(),
            _ => false,
        };
        if is_reduced(a) && is_reduced(b) {
            return None;
        }
        let (ours, theirs) = (super::residue(a)?, super::residue(b)?);
        let found = self.quantities(&ours, &theirs);
        is_equal(found).then_some(Reason::Unproved)
    }

    #[expect(clippy::many_single_char_names, reason = "residues x and y modulo m")]
    pub(super) fn structures(&mut self, kind: Shape, a: &[Value], b: &[Value]) -> Reason {
        if kind == Shape::Piecewise {
            return self.piecewise(a, b);
        }
        if a.len() != b.len() {
            return Reason::DifferentCount;
        }
        match kind {
            // The sides of one line may be multiples of those of the other.
            Shape::Equal if a.len() > 2 => {
                let found = self.matched(a, b);
                if is_equal(found) { found } else { Reason::Unproved }
            }
            // Which side is named first is seldom meant.
            Shape::Dimensions => {
                let found = self.in_order(a, b);
                if found.verdict() == Verdict::Different && is_equal(self.matched(a, b)) {
                    return Reason::Unproved;
                }
                found
            }
            Shape::Union
            | Shape::Intersection
            | Shape::Either
            | Shape::Equal
            | Shape::Unequal
            | Shape::Related(
                Sign::Parallel | Sign::Perpendicular | Sign::Similar | Sign::Congruent | Sign::Iff,
            ) => self.matched(a, b),
            // `6 \mid n + 1` and `6 \mid n + 7`
            Shape::Congruent | Shape::Related(Sign::Divides | Sign::DividesNot) => {
                let found = self.in_order(a, b);
                if is_equal(found) { found } else { Reason::Unsolved }
            }
            // Residues: equal up to the modulus.
            Shape::Modulo => {
                let modulus = self.values(&a[1], &b[1]);
                if !is_equal(modulus) {
                    return self.remainders(a, b).unwrap_or(modulus);
                }
                let inner = self.values(&a[0], &b[0]);
                if is_equal(inner) {
                    return weakest(modulus, inner);
                }
                match (a[0].as_expr(), b[0].as_expr(), a[1].as_expr()) {
                    // Not where only a leniency makes the moduli equal, as 4 and 4 %.
                    (Some(x), Some(y), Some(m)) if modulus == Reason::Exact => {
                        let steps =
                            Expr::quotient(Expr::difference(x.clone(), y.clone()), m.clone());
                        match steps.as_rational() {
                            Some(steps) if steps.is_integer() => Reason::Exact,
                            _ => inner,
                        }
                    }
                    _ => inner,
                }
            }
            _ => self.in_order(a, b),
        }
    }
}

/// The values of `x_1`, `x_2`, …, where these are the names of a list.
fn numbered(names: &[Name], items: &[Value]) -> Option<Vec<Value>> {
    let [name] = names else { return None };
    let value = |(at, item): (usize, &Value)| match item {
        Value::Named(root) if root.parameters.is_empty() => match &root.names[..] {
            [own] if own.text == format!("{}_{}", name.text, at + 1) => Some(root.value.clone()),
            _ => None,
        },
        _ => None,
    };
    items.iter().enumerate().map(value).collect()
}

/// The names of `(x, y)`.
fn tuple_of_names(named: &Named) -> Option<Vec<String>> {
    let [name] = &named.names[..] else { return None };
    let inside = name.text.strip_prefix('(')?.strip_suffix(')')?;
    Some(inside.split([',', ';']).map(str::to_owned).collect())
}

/// `y \le 1 - x` as `1 - x - y \ge 0`.
fn half_plane(named: &Named) -> Option<(Expr, Strictness)> {
    let (Value::Reals(reals), [Name { expr: Some(name), .. }]) = (&named.value, &named.names[..])
    else {
        return None;
    };
    let [only] = reals.intervals() else { return None };
    let strict = |closed: bool| if closed { Strictness::Weak } else { Strictness::Strict };
    match (only.low.at.infinite_sign(), only.high.at.infinite_sign()) {
        (Some(-1), None) => {
            Some((Expr::difference(only.high.at.clone(), name.clone()), strict(only.high.closed)))
        }
        (None, Some(1)) => {
            Some((Expr::difference(name.clone(), only.low.at.clone()), strict(only.low.closed)))
        }
        _ => None,
    }
}

/// The letter that the values under several names, or the parts of a tuple, all share, if there is but one and it is
/// none of the names.
fn parameter(value: &Value) -> Option<Symbol> {
    let (Value::List(items) | Value::Tuple(_, items)) = value else { return None };
    let mut letters = BTreeSet::new();
    for item in items {
        match item {
            Value::Named(named) => letters.append(&mut named.value.variables()),
            Value::Quantity(quantity) => letters.append(&mut quantity.expr.variables()),
            _ => return None,
        }
    }
    let letter = letters.pop_first()?;
    let is_named = |item: &Value| match item {
        Value::Named(named) => named.names.iter().any(|name| name.text == letter.as_str()),
        _ => false,
    };
    (letters.is_empty() && !items.iter().any(is_named)).then_some(letter)
}

/// The value of the answer with the index that the gold's name has, where the names differ in that letter only.
fn with_index_of(gold: &Named, answer: &Named) -> Option<Value> {
    let ([ours], [theirs]) = (&gold.names[..], &answer.names[..]) else { return None };
    let split = |name: &Name| {
        let (base, index) = name.text.split_once('_')?;
        // `v_x` and `v_y` are two components.
        let letter = matches!(index.as_bytes(), [b'a'..=b'w']);
        letter.then(|| (base.to_owned(), Symbol::new(index)))
    };
    let ((base, ours), (other, theirs)) = (split(ours)?, split(theirs)?);
    let (golds, answers) = (gold.value.variables(), answer.value.variables());
    let bound = base == other
        && golds.contains(&ours)
        && answers.contains(&theirs)
        && !golds.contains(&theirs)
        && !answers.contains(&ours);
    let renamed = |name: &Symbol| (*name == theirs).then(|| Expr::variable(ours.clone()));
    bound.then(|| answer.value.clone().rename(&renamed))
}

/// Whether two functions have as many arguments, or one of them is written without.
pub(super) fn takes_as_many(gold: &Named, answer: &Named) -> bool {
    let arguments = [gold.parameters.len(), answer.parameters.len()];
    arguments[0] == arguments[1] || arguments.contains(&0)
}

/// The value of a function with its parameters named by their places.
pub(super) fn with_fresh_parameters(named: &Named) -> Value {
    let places: BTreeMap<&Symbol, Expr> = named
        .parameters
        .iter()
        .enumerate()
        .filter_map(|(place, parameter)| Some((parameter, Expr::variable(Symbol::bound(place)?))))
        .collect();
    named.value.clone().rename(&|name| places.get(name).cloned())
}

/// A residue class is no number: `x \equiv 2 \pmod 5` says less than `x = 2`.
fn is_class_and_number(one: &Value, other: &Value) -> bool {
    matches!(
        (one, other),
        (Value::Structure(Shape::Modulo, _), Value::Quantity(_))
            | (Value::Quantity(_), Value::Structure(Shape::Modulo, _))
    )
}

/// Whether a name is one of several signs, as it is written.
fn is_taken_whole(name: &Name) -> bool {
    let first = name.text.find(['{', '}']);
    name.text.starts_with('\\') || first.is_some_and(|at| name.text[at..].starts_with('}'))
}

/// A list with one item a name, of a value that has several names somewhere or a tuple of them.
fn spread(value: &Value) -> Option<Value> {
    if !matches!(value, Value::List(_) | Value::Named(_)) {
        return None;
    }
    let one = |text: String, value: Value| {
        let names = vec![Name { text, expr: None }];
        Value::Named(Box::new(Named { names, parameters: Vec::new(), value }))
    };
    let each = |item: &Value| match item {
        Value::Named(named) if named.names.len() > 1 => {
            named.names.iter().map(|name| one(name.text.clone(), named.value.clone())).collect()
        }
        Value::Named(named) => match (&named.value, tuple_of_names(named)) {
            (Value::Tuple(_, values), Some(all)) if all.len() == values.len() => {
                all.into_iter().zip(values).map(|(name, it)| one(name, it.clone())).collect()
            }
            _ => vec![item.clone()],
        },
        _ => vec![item.clone()],
    };
    let items: Vec<Value> = match value {
        Value::List(items) => items.iter().flat_map(each).collect(),
        other => each(other),
    };
    let before = if let Value::List(items) = value { items.len() } else { 1 };
    (items.len() > before).then_some(Value::List(items))
}

/// Whether equations between names, taken together, say that all of some names are equal, and nothing else.
pub(super) fn are_identified(names: &[String], items: &[Value]) -> bool {
    let mut classes: Vec<BTreeSet<&str>> = Vec::new();
    for item in items {
        let Value::Named(equation) = item else { return false };
        let Some(Expr::Variable(last)) = equation.value.as_expr() else { return false };
        let mut class: BTreeSet<&str> = equation.names.iter().map(|name| &*name.text).collect();
        class.insert(last.as_str());
        let (joined, apart): (Vec<_>, Vec<_>) =
            classes.into_iter().partition(|other| !other.is_disjoint(&class));
        class.extend(joined.into_iter().flatten());
        classes = apart;
        classes.push(class);
    }
    let names: BTreeSet<&str> = names.iter().map(|name| &**name).collect();
    classes == [names]
}
