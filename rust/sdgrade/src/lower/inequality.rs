//! Inequalities and sets in which a name lies: `1 < x \le 2`, `x \ne 3`, `x \in A`.

use super::{Halt, Lowered, Lowering, as_scalar};
use crate::budget::Stop;
use crate::canonical::Expr;
use crate::read::{Function as Written, Kind, Name, NodeId, Relation};
use crate::value::{Bound, Numbers, Part, Reals, Shape, Strictness, Value};

impl Lowering<'_> {
    pub(super) fn membership(
        &mut self,
        name: NodeId,
        set: NodeId,
        negated: bool,
    ) -> Lowered<Value> {
        let mut set = self.set_of_numbers(set)?;
        if negated {
            set = match self.as_reals(&set) {
                Some(reals) => Value::Reals(reals.complement()),
                None => Value::Structure(Shape::Complement, vec![set]),
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

    /// What a name is said to be among: there `N^*`, `Z` and `R` are sets of numbers.
    fn set_of_numbers(&mut self, id: NodeId) -> Lowered<Value> {
        let named = |id: NodeId| match self.tree.kind(id) {
            Kind::Symbol(Name::Letter('N')) => Some(Value::Numbers(Numbers::Naturals, Part::All)),
            Kind::Symbol(Name::Letter('Z')) => Some(Value::Numbers(Numbers::Integers, Part::All)),
            Kind::Symbol(Name::Letter('Q')) => Some(Value::Numbers(Numbers::Rationals, Part::All)),
            Kind::Symbol(Name::Letter('R')) => Some(Value::Reals(Reals::all())),
            _ => None,
        };
        match self.tree.kind(id) {
            Kind::Power(base, mark) | Kind::Subscript(base, mark) => match named(base) {
                Some(set) => self.decorated(id, set, mark),
                None => self.value(id),
            },
            _ => named(id).map_or_else(|| self.value(id), Ok),
        }
    }

    pub(super) fn disequality(&mut self, left: NodeId, right: NodeId) -> Lowered<Value> {
        for (name, other) in [(left, right), (right, left)] {
            if self.is_name(name) {
                let value = self.value(other)?;
                if let Some(value) = as_scalar(value.clone()) {
                    return Ok(self.named(&[name], Value::Reals(Reals::point(value).complement())));
                }
                if let Value::Tuple(..) | Value::List(_) = value {
                    return Ok(Value::Structure(Shape::Unequal, vec![self.value(name)?, value]));
                }
            }
        }
        let sides = self.scalars(&[left, right])?;
        let [left, right] = <[Expr; 2]>::try_from(sides).map_err(|_| Halt::Stop(Stop::Open))?;
        Ok(Value::Disequation(Expr::difference(left, right)))
    }

    pub(super) fn inequality(
        &mut self,
        id: NodeId,
        sides: &[NodeId],
        relations: &[Relation],
    ) -> Lowered<Value> {
        // A name with bounds on its sides.
        let names: Vec<usize> = (0..sides.len()).filter(|&at| self.is_name(sides[at])).collect();
        // `-x > -1` is `x < 1`.
        if let (&[left, right], &[relation], true) = (sides, relations, names.is_empty()) {
            for (side, bound, relation) in
                [(left, right, relation), (right, left, flipped(relation))]
            {
                if let Kind::Negate(name) = self.tree.kind(side)
                    && self.is_name(name)
                    && let Ok(bound) = self.scalar(bound)
                    && bound.is_constant()
                    && let Some(reals) = interval_of(flipped(relation), Expr::negate(bound))
                {
                    return Ok(self.bounded(name, reals));
                }
            }
        }
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
                reals = match (reals.intervals(), part.intervals()) {
                    ([known], [part]) if part.low.at.infinite_sign() == Some(-1) => {
                        Reals::between(known.low.clone(), part.high.clone())
                    }
                    ([known], [part]) => Reals::between(part.low.clone(), known.high.clone()),
                    _ => part,
                };
            }
            // Bounds that depend on the name itself are no interval.
            let free = match self.scalar(sides[at]) {
                Ok(name) => {
                    let letters = name.variables();
                    reals.intervals().iter().all(|interval| {
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
            return Ok(Value::Inequality(Expr::difference(large, small), strictness));
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
                let strict = strictness(relation) == Strictness::Strict;
                let sign = if strict { Shape::Less } else { Shape::AtMost };
                parts.push(Value::Structure(sign, Vec::new()));
            }
        }
        if !ascending {
            parts.reverse();
        }
        Ok(Value::Structure(Shape::Ordered, parts))
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
}

pub(super) fn is_order(relation: Relation) -> bool {
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
pub(super) fn interval_of(relation: Relation, at: Expr) -> Option<Reals> {
    Some(match relation {
        Relation::Less => Reals::between(Bound::minus_infinity(), Bound::open(at)),
        Relation::LessEqual => Reals::between(Bound::minus_infinity(), Bound::closed(at)),
        Relation::Greater => Reals::between(Bound::open(at), Bound::infinity()),
        Relation::GreaterEqual => Reals::between(Bound::closed(at), Bound::infinity()),
        _ => return None,
    })
}
