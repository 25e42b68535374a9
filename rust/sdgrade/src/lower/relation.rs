//! Chains of relations: what is equal to what, what follows from what, and what is only near.

use super::agreement::{is_numeric, measured_in};
use super::inequality::{interval_of, is_order};
use super::{Halt, Lowered, Lowering, as_scalar};
use crate::canonical::{self, Decision, Expr, Symbol};
use crate::read::{Function as Written, Kind, Name as Written_, NodeId, Relation};
use crate::value::{
    Brackets, Equation, Link, Name, Named, Note, NoteKind, Quantity, Reals, Shape, Sign, Unit,
    Value,
};
use std::cmp::Ordering;
use std::collections::BTreeSet;

impl Lowering<'_> {
    pub(super) fn chain(
        &mut self,
        id: NodeId,
        sides: &[NodeId],
        relations: &[Relation],
    ) -> Lowered<Value> {
        // Of `⇒` the last statement counts.
        if let Some(at) = relations.iter().rposition(|&relation| relation == IMPLIES)
            && relations.iter().any(|&relation| relation != IMPLIES)
        {
            let before = self.chain(id, &sides[..=at], &relations[..at])?;
            let (step, mut notes) = before.into_parts();
            notes.push(Note { kind: NoteKind::Step, body: step });
            let last = self.chain(id, &sides[at + 1..], &relations[at + 1..])?;
            return Ok(last.with_notes(notes));
        }
        if let Some(at) =
            relations.iter().position(|&relation| relation == Relation::Other(Sign::Iff))
        {
            let first = self.chain(id, &sides[..=at], &relations[..at])?;
            let second = self.chain(id, &sides[at + 1..], &relations[at + 1..])?;
            return self.restated(id, first, second);
        }
        let (mut sides, mut relations) = (sides, relations);
        // What follows `≈` after an exact value is the value rounded.
        if let Some(at) = relations.iter().position(|&relation| relation == Relation::Approximate) {
            if at == 0 && self.is_name(sides[0]) {
                (sides, relations) = (&sides[..2], &[Relation::Equal]);
            } else {
                let unit = self.approximates(id, sides[at], &sides[at + 1..])?;
                let exact = self.chain(id, &sides[..=at], &relations[..at])?;
                return Ok(measured_in(exact, unit));
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
            [Relation::Congruent] => self.congruent(sides[0], sides[1]),
            [Relation::NotCongruent] => self.incongruent(id, sides[0], sides[1]),
            // `x \mapsto x^2` is a function without a name.
            [Relation::Other(Sign::MapsTo)]
                if let Kind::Symbol(argument) = self.tree.kind(sides[0]) =>
            {
                let parameters = vec![self.symbol_name(argument)];
                let value = self.value(sides[1])?;
                Ok(Value::Named(Box::new(Named { names: Vec::new(), parameters, value })))
            }
            // `f: x \mapsto 2x`
            [Relation::Other(Sign::MapsTo)]
                if let Kind::Ratio(parts) = self.tree.kind(sides[0])
                    && let [name, argument] = *self.tree.children(parts)
                    && let (true, Kind::Symbol(argument)) =
                        (self.is_symbol(name), self.tree.kind(argument)) =>
            {
                let parameters = vec![self.symbol_name(argument)];
                let value = self.value(sides[1])?;
                match self.named(&[name], value) {
                    Value::Named(named) => {
                        Ok(Value::Named(Box::new(Named { parameters, ..*named })))
                    }
                    other => Ok(other),
                }
            }
            [Relation::Other(sign @ (Sign::Divides | Sign::DividesNot))]
                if let Some(residues) =
                    self.divisible(sides[0], sides[1], *sign == Sign::Divides)? =>
            {
                Ok(residues)
            }
            [Relation::Other(sign @ (Sign::Similar | Sign::Congruent))]
                if let Some(parts) = self.corresponding_points(sides) =>
            {
                Ok(Value::Structure(Shape::Related(*sign), parts))
            }
            [Relation::Other(sign)] => {
                let parts = self.values(sides)?;
                Ok(Value::Structure(Shape::Related(*sign), parts))
            }
            _ if relations.iter().all(|&relation| is_order(relation)) => {
                let Some((sides, unit)) = self.measured_sides(sides) else {
                    return self.inequality(id, sides, relations);
                };
                let one = Quantity { unit: Some(unit), ..Quantity::plain(Expr::integer(1)) };
                let note = Note { kind: NoteKind::Counted, body: Value::Quantity(one) };
                Ok(self.inequality(id, &sides, relations)?.with_notes(vec![note]))
            }
            _ => self.mixed(id, sides, relations),
        }
    }

    /// The sides of `3 \le v \le 5 \text{ m/s}` without their unit, if it is one.
    fn measured_sides(&self, sides: &[NodeId]) -> Option<(Vec<NodeId>, Unit)> {
        let tree = self.tree;
        let mut unit = None;
        let mut bare = Vec::with_capacity(sides.len());
        for &side in sides {
            let Kind::United(inner, of_side) = tree.kind(side) else {
                bare.push(side);
                continue;
            };
            let of_side = tree.unit(of_side);
            if !matches!(of_side, Unit::Measure(_)) || unit.is_some_and(|unit| unit != of_side) {
                return None;
            }
            unit = Some(of_side);
            bare.push(inner);
        }
        Some((bare, unit?.clone()))
    }

    /// `\frac{x-1}{2} = \frac{y}{3} = z`: a line, by sides that depend on one letter each.
    fn equal_ratios(&mut self, sides: &[NodeId]) -> Lowered<Option<Vec<Value>>> {
        if sides.len() < 3 {
            return Ok(None);
        }
        let seen = self.seen_signs;
        let mut letters = BTreeSet::new();
        let mut all = Vec::with_capacity(sides.len());
        for &side in sides {
            let value = self.value(side)?;
            let mut variables = value.as_expr().map(Expr::variables).unwrap_or_default();
            let letter = variables.pop_first().filter(|_| variables.is_empty());
            if !letter.is_some_and(|letter| letters.insert(letter)) {
                // The sides are lowered again, with the same signs.
                self.seen_signs = seen;
                return Ok(None);
            }
            all.push(value);
        }
        Ok(Some(all))
    }

    /// Two figures by their points, those that correspond in one order: `\triangle BCA \sim \triangle EFD` says what
    /// `\triangle ABC \sim \triangle DEF` says.
    fn corresponding_points(&self, sides: &[NodeId]) -> Option<Vec<Value>> {
        let points = |side: NodeId| -> Option<Vec<String>> {
            let spelling = self.tree.spelling(side);
            let figure = ["triangle", "△", "square"];
            let named = figure.iter().find_map(|figure| spelling.strip_prefix(figure));
            let letters = named.unwrap_or(&spelling);
            let mut points: Vec<String> = Vec::new();
            for sign in letters.chars() {
                match points.last_mut() {
                    Some(point) if !sign.is_uppercase() => point.push(sign),
                    _ => points.push(sign.to_string()),
                }
            }
            let all = points.iter().all(|point| point.starts_with(char::is_uppercase));
            (all && points.len() > 2).then_some(points)
        };
        let [first, second] = *sides else { return None };
        let (first, second) = (points(first)?, points(second)?);
        if first.len() != second.len() {
            return None;
        }
        let mut pairs: Vec<(String, String)> = first.into_iter().zip(second).collect();
        pairs.sort_unstable();
        let side = |of: fn(&(String, String)) -> &str| {
            let points = pairs.iter().map(|pair| Expr::variable(Symbol::new(of(pair))).into());
            Value::Tuple(Brackets::Round, points.collect())
        };
        Some(vec![side(|pair| &pair.0), side(|pair| &pair.1)])
    }

    /// A chain of several kinds: `a = b < c` and the like, compared part by part.
    pub(super) fn mixed(
        &mut self,
        id: NodeId,
        sides: &[NodeId],
        relations: &[Relation],
    ) -> Lowered<Value> {
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
                parts.push(Value::Structure(Shape::Link(link(*relation)), Vec::new()));
            }
        }
        Ok(Value::Structure(Shape::Chain, parts))
    }

    /// `x < -7 \iff x \in (-\infty, -7)`: a relation to reals and a set of them, by name or bare, are one value
    /// said twice. Any other two statements are compared as written.
    fn restated(&mut self, id: NodeId, first: Value, second: Value) -> Lowered<Value> {
        let sets = match (&first, &second) {
            (Value::Named(ours), Value::Named(theirs)) if !ours.same_names(theirs) => None,
            (Value::Named(ours), Value::Named(theirs)) => Some((&ours.value, &theirs.value)),
            (Value::Named(ours), bare) => Some((&ours.value, bare)),
            _ => None,
        };
        if let Some((ours, theirs)) = sets
            && let (Some(ours), Some(theirs)) = (self.as_reals(ours), self.as_reals(theirs))
        {
            return if ours == theirs {
                Ok(first)
            } else {
                Err(Halt::FalseChain(self.tree.span(id)))
            };
        }
        // `3x = 18 \iff x = 6`
        if let (Value::Equation(equation), Value::Named(named)) = (&first, &second)
            && let [Name { expr: Some(name), .. }] = &named.names[..]
            && matches!(named.value, Value::Quantity(_))
            && equation.difference.variables() == name.variables()
        {
            return Ok(second.with_notes(vec![Note { kind: NoteKind::Step, body: first }]));
        }
        Ok(Value::Structure(Shape::Related(Sign::Iff), vec![first, second]))
    }

    fn equality(&mut self, id: NodeId, sides: &[NodeId]) -> Lowered<Value> {
        let last = sides[sides.len() - 1];
        let mut names = sides.iter().take_while(|&&side| self.is_name(side)).count();
        // `i = 3` gives a value to a letter, not to the imaginary unit, and `e = \frac12` to an eccentricity.
        if matches!(self.tree.kind(sides[0]), Kind::Symbol(Written_::Letter('i' | 'e'))) {
            names = names.max(1);
        }
        if names == sides.len() && names > 2 {
            let mut all: Vec<String> = sides.iter().map(|&side| self.tree.spelling(side)).collect();
            all.sort_unstable();
            return Ok(Value::Identified(all));
        }
        if names == 0
            && let Some(ratios) = self.equal_ratios(sides)?
        {
            return Ok(Value::Structure(Shape::Equal, ratios));
        }
        let value = self.value(last)?;
        if names == 0 && self.is_expression_of_names(sides[0], &value)? {
            names = 1;
        }
        if let Some(both) = self.absolute_value(sides, &value)? {
            return Ok(both);
        }
        if names > 0 {
            // `x = y`: the last side is the value.
            let names = names.min(sides.len() - 1);
            self.hold_together(&sides[names..], &value)?;
            let steps = self.steps(&sides[names..sides.len() - 1], &value)?;
            // `f(x) = 2x + 1`: the arguments are bound in the value.
            return Ok(self.named(&sides[..names], value).with_notes(steps));
        }
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
        self.hold_together(sides, &value)?;
        let first = self.value(sides[0])?;
        if let (Some(left), Some(right)) = (as_scalar(first.clone()), as_scalar(value.clone())) {
            if left.is_constant() && right.is_constant() {
                // `5 = 5` says nothing.
                let plain = |&side: &NodeId| matches!(self.tree.kind(side), Kind::Number(_));
                if sides.len() == 2 && sides.iter().all(plain) {
                    return Ok(Value::Structure(Shape::Equal, vec![first, value]));
                }
                return Ok(value);
            }
            if sides.len() > 2 {
                let steps = self.steps(&sides[..sides.len() - 1], &value)?;
                return Ok(value.with_notes(steps));
            }
            // `m + n = 110`
            let stated = match value {
                Value::Quantity(quantity)
                    if quantity.expr.is_constant() && left.variables().len() > 1 =>
                {
                    Some(quantity)
                }
                _ => None,
            };
            let difference = Expr::difference(left, right);
            return Ok(Value::Equation(Box::new(Equation { difference, stated })));
        }
        match (first, value) {
            // `2 \times 3 \text{ cm} = 6 \text{ cm}`
            (Value::Quantity(_), value @ Value::Quantity(_)) => Ok(value),
            // `A \begin{pmatrix} 1 \\ 2 \end{pmatrix} = …`, but not `\begin{pmatrix} x \\ y \end{pmatrix} = …`.
            (Value::Matrix(_, cells), value @ Value::Matrix(..)) if is_numeric(&cells) => Ok(value),
            (first, value) if sides.len() == 2 => {
                Ok(Value::Structure(Shape::Equal, vec![first, value]))
            }
            // `A v = 2 \begin{pmatrix} 1 \\ 2 \end{pmatrix} = \begin{pmatrix} 2 \\ 4 \end{pmatrix}`
            (first, value @ Value::Matrix(..))
                if sides[1..sides.len() - 1]
                    .iter()
                    .all(|&side| self.is_matrix_of_numbers(side)) =>
            {
                Ok(Value::Structure(Shape::Equal, vec![first, value]))
            }
            _ => self.meaningless(id),
        }
    }

    /// Whether a side is a name to a value that no algebra could solve for: `P^{-1}AP` and `2\vec{a}-\vec{b}` to a matrix
    /// or a vector, an integral that is not worked out to anything. `2A` is unsolved.
    fn is_expression_of_names(&mut self, side: NodeId, value: &Value) -> Lowered<bool> {
        if matches!(value, Value::Matrix(..)) && self.is_inverse_name(side) {
            return Ok(true);
        }
        match (self.tree.kind(side), value) {
            (Kind::Integral(_), _) => Ok(self.scalar(side)?.is_unfinished()),
            // `7^4 \bmod 10 = 1`
            (Kind::Modulo(..), Value::Quantity(residue)) => {
                let Value::Structure(Shape::Modulo, parts) = self.value(side)? else {
                    return Ok(false);
                };
                let class = [Value::Quantity(residue.clone()), parts[1].clone()];
                match parts[0].as_expr().and_then(|number| self.is_residue(number, &class)) {
                    Some(false) => Err(Halt::FalseChain(self.tree.span(side))),
                    same => Ok(same.is_some()),
                }
            }
            (
                Kind::Sum(_) | Kind::Product(_) | Kind::Power(..),
                Value::Matrix(..) | Value::Tuple(..),
            ) => {
                let seen = self.seen_signs;
                let expr = as_scalar(self.value(side)?);
                self.seen_signs = seen;
                let squared = matches!(self.tree.kind(side), Kind::Power(..));
                Ok(expr
                    .is_some_and(|it| !it.is_constant() && (squared || it.variables().len() > 1)))
            }
            _ => Ok(false),
        }
    }

    fn is_matrix_of_numbers(&mut self, id: NodeId) -> bool {
        matches!(self.value(id), Ok(Value::Matrix(_, cells)) if is_numeric(&cells))
    }

    /// The sides of a chain before its last that have letters and are not shown to be what that is.
    fn steps(&mut self, before: &[NodeId], last: &Value) -> Lowered<Vec<Note>> {
        let Some(last) = as_scalar(last.clone()) else { return Ok(Vec::new()) };
        let mut steps = Vec::new();
        for &side in before {
            let body = self.value(side)?;
            let Some(step) = as_scalar(body.clone()) else { continue };
            if !step.is_constant()
                && !matches!(canonical::equal(&step, &last, self.budget), Decision::Equal(_))
            {
                steps.push(Note { kind: NoteKind::Step, body });
            }
        }
        Ok(steps)
    }

    /// `|x| = 5` is `x = 5, -5`.
    fn absolute_value(&mut self, sides: &[NodeId], value: &Value) -> Lowered<Option<Value>> {
        let (Kind::Call(Written::Absolute, inside), 2) = (self.tree.kind(sides[0]), sides.len())
        else {
            return Ok(None);
        };
        let (&[inner], Some(bound)) = (self.tree.children(inside), value.as_expr()) else {
            return Ok(None);
        };
        // `|S| = 6` says how many elements a set has, `|AB| = 1` how long a segment is, `|z| = 2` how far off zero a
        // complex number is.
        let is_set = matches!(
            self.tree.kind(inner),
            Kind::Symbol(Written_::Letter(letter)) if letter.is_uppercase() || matches!(letter, 'z' | 'w')
        ) || matches!(
            self.tree.kind(inner),
            Kind::Symbol(Written_::Segment(_) | Written_::Word(_))
        );
        // The length of a vector.
        let double = ["\\|", "||", "\\lVert", "\\Vert", "‖"];
        let norm = double.iter().any(|bar| self.tree.numeral(sides[0]).starts_with(bar));
        if is_set
            || norm
            || self.tree.is_bold(inner)
            || !self.is_symbol(inner)
            || !bound.is_constant()
        {
            return Ok(None);
        }
        if !matches!(canonical::sign(bound, self.budget), Ok(Ordering::Greater)) {
            return self.meaningless(sides[1]);
        }
        let both = vec![Value::from(bound.clone()), Value::from(Expr::negate(bound.clone()))];
        Ok(Some(self.named(&[inner], Value::List(both))))
    }
}

const IMPLIES: Relation = Relation::Other(Sign::Implies);

fn link(relation: Relation) -> Link {
    match relation {
        Relation::Equal => Link::Equal,
        Relation::NotEqual => Link::NotEqual,
        Relation::Less => Link::Less,
        Relation::LessEqual => Link::AtMost,
        Relation::Greater => Link::Greater,
        Relation::GreaterEqual => Link::AtLeast,
        Relation::Approximate => Link::Approximate,
        Relation::In => Link::In,
        Relation::NotIn => Link::NotIn,
        Relation::Congruent => Link::Congruent,
        Relation::NotCongruent => Link::NotCongruent,
        Relation::Other(sign) => Link::Sign(sign),
    }
}
