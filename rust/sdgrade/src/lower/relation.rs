//! Equations, inequalities and names: `x = 5`, `1 < x \le 2`, `f(x) = x^2`, `x \in A`.

use super::collection::name_text;
use super::{Halt, Lowered, Lowering, as_scalar};
use crate::ast::{Delimiter, Function as Written, Kind, Name as Written_, NodeId, Relation};
use crate::budget::Stop;
use crate::canonical::{self, Expr, Function, Symbol};
use crate::value::{Bound, Name, Named, Reals, Strictness, Value};
use std::cmp::Ordering;

impl Lowering<'_> {
    pub(super) fn chain(
        &mut self,
        id: NodeId,
        sides: &[NodeId],
        relations: &[Relation],
    ) -> Lowered<Value> {
        // What follows `≈` after an exact value is a remark.
        let (mut sides, mut relations) = (sides, relations);
        if let Some(at) = relations.iter().position(|&relation| relation == Relation::Approximate) {
            if at == 0 && self.is_name(sides[0]) {
                (sides, relations) = (&sides[..2], &[Relation::Equal]);
            } else {
                (sides, relations) = (&sides[..=at], &relations[..at]);
            }
        }
        if sides.len() == 1 {
            return self.value(sides[0]);
        }
        // `≥ 5` without a left side.
        if matches!(self.tree.kind(sides[0]), Kind::Ellipsis) && sides.len() == 2 {
            let right = self.scalar(sides[1])?;
            return match interval_of(relations[0], right.clone()) {
                Some(reals) => Ok(Value::Reals(reals)),
                None if relations[0] == Relation::NotEqual => {
                    Ok(Value::Reals(Reals::point(right).complement()))
                }
                None => self.meaningless(id),
            };
        }
        if relations.iter().all(|&relation| relation == Relation::Equal) {
            return self.equality(id, sides);
        }
        match relations {
            [Relation::In] => self.membership(sides[0], sides[1], false),
            [Relation::NotIn] => self.membership(sides[0], sides[1], true),
            [Relation::NotEqual] => self.disequality(sides[0], sides[1]),
            [Relation::Congruent] => {
                let value = self.value(sides[1])?;
                if self.is_name(sides[0]) {
                    Ok(self.named(&sides[..1], value))
                } else {
                    let left = self.value(sides[0])?;
                    Ok(Value::Structure("congruent", vec![left, value]))
                }
            }
            [Relation::Other(kind)] => {
                let kind = *kind;
                let parts = self.values(sides)?;
                Ok(Value::Structure(kind, parts))
            }
            _ if relations.iter().all(|&relation| is_order(relation)) => {
                self.inequality(id, sides, relations)
            }
            _ => self.mixed(id, sides, relations),
        }
    }

    /// A chain of several kinds: `a = b < c` and the like, compared part by part.
    fn mixed(&mut self, id: NodeId, sides: &[NodeId], relations: &[Relation]) -> Lowered<Value> {
        // `x = \frac{1}{2} \in A` and `A = \{…\} = …`: the equalities before count.
        if relations[0] == Relation::Equal
            && matches!(relations[relations.len() - 1], Relation::In | Relation::Congruent)
        {
            return self.equality(id, &sides[..sides.len() - 1]);
        }
        let mut parts = Vec::with_capacity(2 * sides.len());
        for (at, &side) in sides.iter().enumerate() {
            parts.push(self.value(side)?);
            if let Some(relation) = relations.get(at) {
                parts.push(Value::Text(format!("{relation:?}")));
            }
        }
        Ok(Value::Structure("chain", parts))
    }

    fn equality(&mut self, id: NodeId, sides: &[NodeId]) -> Lowered<Value> {
        let last = sides[sides.len() - 1];
        let names = sides.iter().take_while(|&&side| self.is_name(side)).count();
        if names > 0 {
            // `x = y`: the last side is the value.
            let names = names.min(sides.len() - 1);
            // `f(x) = 2x + 1`: the arguments are bound in the value.
            let value = self.value(last)?;
            return Ok(self.named(&sides[..names], value));
        }
        let value = self.value(last)?;
        // `5 = x`
        if sides.len() == 2 && self.is_name(last) {
            let first = self.value(sides[0])?;
            let constant = match &first {
                Value::Quantity(quantity) => quantity.expr.is_constant(),
                _ => true,
            };
            if constant {
                return Ok(self.named(&sides[1..], first));
            }
        }
        let first = self.value(sides[0])?;
        if let (Some(left), Some(right)) = (as_scalar(first.clone()), as_scalar(value.clone())) {
            if left.is_constant() && right.is_constant() || sides.len() > 2 {
                return Ok(value);
            }
            return Ok(Value::Equation(Expr::difference(left, right)));
        }
        match (first, value) {
            // `2 \times 3 \text{ cm} = 6 \text{ cm}`
            (Value::Quantity(_), value @ Value::Quantity(_)) => Ok(value),
            (Value::Tuple(..) | Value::Matrix(..) | Value::Set(_) | Value::Reals(_), value) => {
                Ok(value)
            }
            (first, value) if sides.len() == 2 => Ok(Value::Structure("=", vec![first, value])),
            _ => self.meaningless(id),
        }
    }

    /// A value under one or more names.
    fn named(&mut self, names: &[NodeId], value: Value) -> Value {
        let mut parameters = Vec::new();
        let mut all = Vec::with_capacity(names.len());
        for &name in names {
            let mut text = name_text(self.source(name));
            if let Some((function, arguments)) = self.application(name) {
                let symbols: Option<Vec<Symbol>> = arguments
                    .iter()
                    .map(|&argument| match self.tree.kind(argument) {
                        Kind::Symbol(name) => Some(self.symbol_name(name)),
                        _ => None,
                    })
                    .collect();
                if let Some(symbols) = symbols {
                    text = name_text(self.source(function));
                    parameters = symbols;
                }
            } else if let Kind::Symbol(name) = self.tree.kind(name) {
                self.symbol_name(name).as_str().clone_into(&mut text);
            }
            let expr = self.scalar(name).ok();
            all.push(Name { text, expr });
        }
        if let Value::Named(inner) = value {
            all.extend(inner.names);
            return Value::Named(Box::new(Named { names: all, parameters, value: inner.value }));
        }
        Value::Named(Box::new(Named { names: all, parameters, value }))
    }

    /// `f(x)` and `P(x)`: what is applied, to which arguments.
    fn application(&self, id: NodeId) -> Option<(NodeId, Vec<NodeId>)> {
        match self.tree.kind(id) {
            Kind::Apply(function, arguments) => {
                Some((function, self.tree.children(arguments).to_vec()))
            }
            Kind::Product(factors) => match *self.tree.children(factors) {
                [function, arguments] if self.is_symbol(function) => {
                    match self.tree.kind(arguments) {
                        Kind::Delimited(Delimiter::Paren, Delimiter::Paren, inside) => {
                            Some((function, self.tree.children(inside).to_vec()))
                        }
                        _ => None,
                    }
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn is_symbol(&self, id: NodeId) -> bool {
        match self.tree.kind(id) {
            Kind::Symbol(Written_::Letter(letter)) => !matches!(letter, 'e' | 'i'),
            Kind::Symbol(_) => true,
            Kind::Subscript(base, _) | Kind::Prime(base, _) => self.is_symbol(base),
            _ => false,
        }
    }

    /// Whether a side names something, rather than being an expression.
    fn is_name(&self, id: NodeId) -> bool {
        let tree = self.tree;
        match tree.kind(id) {
            Kind::Symbol(Written_::Letter('i')) => false,
            Kind::Text(_) | Kind::Apply(..) => true,
            Kind::Call(Written::Absolute | Written::Accent(_), inside) => {
                tree.children(inside).iter().all(|&inner| self.is_name(inner))
            }
            Kind::Call(
                Written::Sin
                | Written::Cos
                | Written::Tan
                | Written::Cot
                | Written::Sec
                | Written::Csc
                | Written::Max
                | Written::Min
                | Written::Re
                | Written::Im
                | Written::Arg,
                inside,
            ) => matches!(*tree.children(inside), [inner] if self.is_name(inner)),
            Kind::Fraction(top, bottom) => self.is_name(top) && self.is_name(bottom),
            Kind::Ratio(parts) => tree.children(parts).iter().all(|&part| self.is_name(part)),
            Kind::Delimited(Delimiter::Paren | Delimiter::Square | Delimiter::Angle, _, inside) => {
                tree.children(inside).iter().all(|&inner| self.is_name(inner))
            }
            Kind::Product(factors) => {
                let factors = tree.children(factors);
                let capital = |id: NodeId| match tree.kind(id) {
                    Kind::Symbol(Written_::Letter(letter)) => letter.is_uppercase(),
                    Kind::Symbol(Written_::Command("angle" | "triangle" | "square")) => true,
                    Kind::Subscript(base, _) | Kind::Prime(base, _) => {
                        matches!(tree.kind(base), Kind::Symbol(Written_::Letter(letter)) if letter.is_uppercase())
                    }
                    _ => false,
                };
                let slashed = factors.iter().any(|&id| matches!(tree.kind(id), Kind::Inverse(_)));
                // Each factor is looked into once: twice would double with every level.
                let named = |id: NodeId| match tree.kind(id) {
                    Kind::Inverse(inner) => self.is_name(inner),
                    _ => capital(id) || slashed && self.is_name(id),
                };
                factors.iter().all(|&factor| named(factor))
                    // `m\angle ABC`
                    || matches!(tree.kind(factors[0]), Kind::Symbol(_)) && factors[1..].iter().all(|&id| capital(id))
                        && matches!(tree.kind(factors[1]), Kind::Symbol(Written_::Command(_)))
                    || self.application(id).is_some_and(|(_, arguments)| {
                        arguments.iter().all(|&argument| {
                            self.is_symbol(argument) || matches!(tree.kind(argument), Kind::Number(_) | Kind::Product(_))
                        })
                    })
            }
            _ => self.is_symbol(id),
        }
    }

    fn membership(&mut self, name: NodeId, set: NodeId, negated: bool) -> Lowered<Value> {
        let mut set = self.value(set)?;
        if negated {
            set = match self.as_reals(&set) {
                Some(reals) => Value::Reals(reals.complement()),
                None => Value::Structure("complement", vec![set]),
            };
        }
        // `x \in (1, 2)` is an interval, not a tuple.
        if matches!(set, Value::Tuple(..))
            && let Some(reals) = self.as_reals(&set)
        {
            set = Value::Reals(reals);
        }
        Ok(self.named(&[name], set))
    }

    fn disequality(&mut self, left: NodeId, right: NodeId) -> Lowered<Value> {
        for (name, other) in [(left, right), (right, left)] {
            if self.is_name(name) {
                let value = self.value(other)?;
                if let Some(value) = as_scalar(value.clone()) {
                    return Ok(self.named(&[name], Value::Reals(Reals::point(value).complement())));
                }
                if let Value::Tuple(..) | Value::List(_) = value {
                    return Ok(Value::Structure("!=", vec![self.value(name)?, value]));
                }
            }
        }
        let sides = self.scalars(&[left, right])?;
        let [left, right] = <[Expr; 2]>::try_from(sides).map_err(|_| Halt::Stop(Stop::Open))?;
        Ok(Value::Disequation(Expr::difference(left, right)))
    }

    fn inequality(
        &mut self,
        id: NodeId,
        sides: &[NodeId],
        relations: &[Relation],
    ) -> Lowered<Value> {
        // A name with bounds on its sides.
        let names: Vec<usize> = (0..sides.len()).filter(|&at| self.is_name(sides[at])).collect();
        let ascending = relations.iter().all(|&relation| is_ascending(relation));
        let descending = relations.iter().all(|&relation| !is_ascending(relation));
        if let &[at] = &names[..]
            && sides.len() <= 3
            && (ascending || descending)
            && (sides.len() == 2 || at == 1)
        {
            let mut reals = Reals::all();
            for (bound, relation) in sides
                .iter()
                .enumerate()
                .filter(|(side, _)| *side != at)
                .map(|(side, _)| (side, relations[side.min(at)]))
            {
                let value = self.scalar(sides[bound])?;
                // Read from the name: `bound < name` is `name > bound`.
                let relation = if bound < at { flipped(relation) } else { relation };
                let Some(part) = interval_of(relation, value) else { return self.meaningless(id) };
                reals = match &reals.intervals[..] {
                    [only] if part.intervals[0].low.at.infinite_sign() == Some(-1) => {
                        Reals::between(only.low.clone(), part.intervals[0].high.clone())
                    }
                    [only] => Reals::between(part.intervals[0].low.clone(), only.high.clone()),
                    _ => part,
                };
            }
            // Bounds that depend on the name itself are no interval.
            let free = match self.scalar(sides[at]) {
                Ok(name) => {
                    let letters = name.variables();
                    reals.intervals.iter().all(|interval| {
                        [&interval.low.at, &interval.high.at]
                            .iter()
                            .all(|at| at.variables().is_disjoint(&letters))
                    })
                }
                Err(_) => true,
            };
            if free {
                return Ok(self.bounded(sides[at], reals));
            }
        }
        if let &[left, right] = sides
            && let Some(value) = self.distance(left, relations[0], right)?
        {
            return Ok(value);
        }
        if sides.len() == 2 {
            let both = self.scalars(sides)?;
            // `9 > 0` holds whatever it is multiplied by: only its sides can be compared.
            if both.iter().all(Expr::is_constant) {
                return self.ordered(id, sides, relations);
            }
            let [left, right] = <[Expr; 2]>::try_from(both).map_err(|_| Halt::Stop(Stop::Open))?;
            let (small, large) =
                if is_ascending(relations[0]) { (left, right) } else { (right, left) };
            let strictness = strictness(relations[0]);
            let expr = Expr::difference(large, small);
            return Ok(self.solved(&expr, strictness));
        }
        if sides.len() == 3 && (ascending || descending) {
            // `-1 < 2x + 1 < 3`
            let all = self.scalars(sides)?;
            let mut reals = Reals::all();
            let mut name = None;
            for (adjacent, &relation) in all.windows(2).zip(relations) {
                let (small, large) = if is_ascending(relation) {
                    (&adjacent[0], &adjacent[1])
                } else {
                    (&adjacent[1], &adjacent[0])
                };
                let expr = Expr::difference(large.clone(), small.clone());
                match self.solved(&expr, strictness(relation)) {
                    Value::Named(found) => {
                        let Value::Reals(part) = &found.value else {
                            return self.mixed(id, sides, relations);
                        };
                        reals = reals.intersection(part, self.budget)?;
                        name = Some(found.names);
                    }
                    _ => return self.ordered(id, sides, relations),
                }
            }
            if let Some(names) = name {
                return Ok(Value::Named(Box::new(Named {
                    names,
                    parameters: Vec::new(),
                    value: Value::Reals(reals),
                })));
            }
        }
        self.ordered(id, sides, relations)
    }

    /// A chain of inequalities between several things, smallest first.
    fn ordered(&mut self, id: NodeId, sides: &[NodeId], relations: &[Relation]) -> Lowered<Value> {
        let ascending = is_ascending(relations[0]);
        if relations.iter().any(|&relation| is_ascending(relation) != ascending) {
            return self.mixed(id, sides, relations);
        }
        let mut parts = Vec::with_capacity(2 * sides.len());
        for (at, &side) in sides.iter().enumerate() {
            parts.push(self.value(side)?);
            if let Some(&relation) = relations.get(at) {
                let sign = if strictness(relation) == Strictness::Strict { "<" } else { "<=" };
                parts.push(Value::Structure(sign, Vec::new()));
            }
        }
        if !ascending {
            parts.reverse();
        }
        Ok(Value::Structure("ordered", parts))
    }

    /// `|z|` between bounds bounds `z`.
    fn bounded(&mut self, name: NodeId, reals: Reals) -> Value {
        if let Kind::Call(Written::Absolute, inside) = self.tree.kind(name)
            && let [inner] = *self.tree.children(inside)
            && self.is_symbol(inner)
            && let Ok(reals) = reals.preimage_of_absolute(self.budget)
        {
            return self.named(&[inner], Value::Reals(reals));
        }
        self.named(&[name], Value::Reals(reals))
    }

    /// `|x - 1| < 2`, whose inside is linear or quadratic in its only name.
    fn distance(
        &mut self,
        left: NodeId,
        relation: Relation,
        right: NodeId,
    ) -> Lowered<Option<Value>> {
        let inside = |side: NodeId| match self.tree.kind(side) {
            Kind::Call(Written::Absolute, inside) => self.tree.children(inside).first().copied(),
            _ => None,
        };
        let (inner, bound, within) = match (inside(left), inside(right)) {
            (Some(inner), None) => (inner, right, is_ascending(relation)),
            (None, Some(inner)) => (inner, left, !is_ascending(relation)),
            _ => return Ok(None),
        };
        let (inner, bound) = (self.scalar(inner)?, self.scalar(bound)?);
        if !bound.is_constant() {
            return Ok(None);
        }
        let (positive, negative) = if within {
            // bound - inner and bound + inner
            (Expr::difference(bound.clone(), inner.clone()), Expr::sum(vec![bound, inner]))
        } else {
            let negated = Expr::negate(inner.clone());
            (Expr::difference(inner, bound.clone()), Expr::difference(negated, bound))
        };
        let strictness = strictness(relation);
        let both = [positive, negative].map(|expr| self.solved(&expr, strictness));
        let [Value::Named(mut named), Value::Named(other)] = both else { return Ok(None) };
        let (Value::Reals(a), Value::Reals(b)) = (&named.value, other.value) else {
            return Ok(None);
        };
        named.value = Value::Reals(if within {
            a.intersection(&b, self.budget)?
        } else {
            Reals::union(vec![a.clone(), b], self.budget)
        });
        Ok(Some(Value::Named(named)))
    }

    /// `expr > 0`, solved if it is linear or quadratic in its only name.
    fn solved(&mut self, expr: &Expr, strictness: Strictness) -> Value {
        let unsolved = Value::Inequality(expr.clone(), strictness);
        let names = expr.variables();
        let mut letters = names.iter();
        let (Some(letter), None) = (letters.next(), letters.next()) else { return unsolved };
        if let Expr::Function(Function::Named(_), _) = expr {
            return unsolved;
        }
        let Ok(coefficients) = canonical::coefficients(expr, letter, self.budget) else {
            return unsolved;
        };
        let bound = |at: Expr| {
            if strictness == Strictness::Strict { Bound::open(at) } else { Bound::closed(at) }
        };
        let reals = match &coefficients[..] {
            [constant, slope] => {
                let Ok(direction) = canonical::sign(slope, self.budget) else {
                    return unsolved;
                };
                let root = Expr::quotient(Expr::negate(constant.clone()), slope.clone());
                match direction {
                    Ordering::Greater => Reals::between(bound(root), Bound::infinity()),
                    Ordering::Less => Reals::between(Bound::minus_infinity(), bound(root)),
                    Ordering::Equal => return unsolved,
                }
            }
            [_, _, lead] => {
                let Ok(direction) = canonical::sign(lead, self.budget) else { return unsolved };
                let Ok(mut roots) = canonical::solve(expr, letter, self.budget) else {
                    return unsolved;
                };
                if roots.len() != 2
                    || roots.iter().any(|root| canonical::is_real(root, self.budget) != Some(true))
                {
                    return unsolved;
                }
                match canonical::compare(&roots[0], &roots[1], self.budget) {
                    Ok(Ordering::Greater) => roots.swap(0, 1),
                    Ok(_) => {}
                    Err(_) => return unsolved,
                }
                let (Some(high), Some(low)) = (roots.pop(), roots.pop()) else {
                    return unsolved;
                };
                if direction == Ordering::Less {
                    Reals::between(bound(low), bound(high))
                } else {
                    let below = Reals::between(Bound::minus_infinity(), bound(low));
                    Reals::union(
                        vec![below, Reals::between(bound(high), Bound::infinity())],
                        self.budget,
                    )
                }
            }
            _ => return unsolved,
        };
        let name =
            Name { text: letter.as_str().to_owned(), expr: Some(Expr::variable(letter.clone())) };
        Value::Named(Box::new(Named {
            names: vec![name],
            parameters: Vec::new(),
            value: Value::Reals(reals),
        }))
    }
}

fn is_order(relation: Relation) -> bool {
    matches!(
        relation,
        Relation::Less | Relation::LessEqual | Relation::Greater | Relation::GreaterEqual
    )
}

fn is_ascending(relation: Relation) -> bool {
    matches!(relation, Relation::Less | Relation::LessEqual)
}

fn strictness(relation: Relation) -> Strictness {
    if matches!(relation, Relation::Less | Relation::Greater) {
        Strictness::Strict
    } else {
        Strictness::Weak
    }
}

fn flipped(relation: Relation) -> Relation {
    match relation {
        Relation::Less => Relation::Greater,
        Relation::LessEqual => Relation::GreaterEqual,
        Relation::Greater => Relation::Less,
        Relation::GreaterEqual => Relation::LessEqual,
        other => other,
    }
}

/// The numbers that stand in a relation to a bound: `> 5`.
fn interval_of(relation: Relation, at: Expr) -> Option<Reals> {
    Some(match relation {
        Relation::Less => Reals::between(Bound::minus_infinity(), Bound::open(at)),
        Relation::LessEqual => Reals::between(Bound::minus_infinity(), Bound::closed(at)),
        Relation::Greater => Reals::between(Bound::open(at), Bound::infinity()),
        Relation::GreaterEqual => Reals::between(Bound::closed(at), Bound::infinity()),
        _ => return None,
    })
}
