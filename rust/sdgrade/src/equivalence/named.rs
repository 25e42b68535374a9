//! Values under their names.

use super::relation::half_plane;
use super::{Equivalence, is_equal};
use crate::canonical::{self, Decision, Expr, Symbol};
use crate::value::{Name, Named, Shape, Value};
use crate::{Reason, Verdict};
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
        if ours == theirs || is_in_a_name(answer, &ours) || is_in_a_name(gold, &theirs) {
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
    (letters.is_empty() && !is_in_a_name(value, &letter)).then_some(letter)
}

/// Whether a letter is one of the names of a list, or part of one.
fn is_in_a_name(value: &Value, letter: &Symbol) -> bool {
    let (Value::List(items) | Value::Tuple(_, items)) = value else { return false };
    items.iter().any(|item| match item {
        Value::Named(named) => named.names.iter().any(|name| {
            name.text == letter.as_str()
                || name.expr.as_ref().is_some_and(|expr| expr.mentions(letter))
        }),
        _ => false,
    })
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
