//! Lists: their items, what joins them, and labels that hold for several.

use super::enumeration::enumerated;
use super::note::{domains, integers, share_bound, shared};
use super::{Lowered, Lowering};
use crate::budget::Stop;
use crate::canonical::{self, Expr, Rational, Symbol};
use crate::read::{Children, Kind, NodeId, Relation, Separator, Tree, is_money};
use crate::value::{
    Brackets, Measure, Named, Note, NoteKind, Numbers, Part, Quantity, Reals, Shape, Unit, Value,
};

impl Lowering<'_> {
    pub(super) fn list(&mut self, separator: Separator, children: Children) -> Lowered<Value> {
        let tree = self.tree;
        if let Some(value) = self.distributed(tree.children(children))? {
            return Ok(value);
        }
        if let (Separator::And | Separator::Comma, &[whole, rest]) =
            (separator, tree.children(children))
            && let Some(both) = self.whole_and_rest(whole, rest)?
        {
            return Ok(both);
        }
        let mut items = Vec::new();
        for &child in tree.children(children) {
            let grouped = matches!(tree.kind(child), Kind::List(..));
            let values = self.expanded(child)?;
            if grouped && values.len() > 1 {
                items.push(Value::List(values));
            } else {
                items.extend(values);
            }
        }
        if let Some(cases) = super::piecewise::from_items(&items) {
            return Ok(cases);
        }
        share_labels(&mut items);
        self.join_labelled(&mut items);
        share_bound(&mut items);
        let mut notes = enumerated(&mut items);
        notes.append(&mut integers(&mut items));
        notes.append(&mut domains(&mut items));
        notes.append(&mut shared(&mut items));
        if let Some(reals) = self.join_reals(separator, tree.children(children), &items)? {
            return Ok(reals.with_notes(notes));
        }
        // `2\frac14 \text{ or } \frac94`
        if separator == Separator::Or
            && let [first, rest @ ..] = &items[..]
            && first.as_expr().is_some_and(Expr::is_constant)
            && rest.iter().all(|item| item.as_expr() == first.as_expr())
        {
            return Ok(first.clone().with_notes(notes));
        }
        if separator == Separator::Or
            && (are_statements(&items) || are_options(&items) || are_conditions(&items))
        {
            return Ok(Value::Structure(Shape::Either, items).with_notes(notes));
        }
        let value = Value::listed(self.spelled_out(items)?);
        notes.extend(joined(separator, &value));
        Ok(value.with_notes(notes))
    }

    /// Joins intervals that are said the same of: `increasing on (0, 1) and (2, 3)`.
    fn join_labelled(&mut self, items: &mut Vec<Value>) {
        let is_labelled =
            |item: &Value| item.parts().1.iter().any(|note| note.kind == NoteKind::Predicate);
        if items.iter().filter(|item| is_labelled(item)).count() < 2 {
            return;
        }
        let mut joined: Vec<Value> = Vec::with_capacity(items.len());
        for run in items.chunk_by(|a, b| is_labelled(a) && a.parts().1 == b.parts().1) {
            let parts: Option<Vec<Reals>> =
                run.iter().map(|item| self.interval(item.parts().0)).collect();
            match parts {
                Some(parts) if run.len() > 1 => {
                    joined.push(self.united(parts).with_notes(run[0].parts().1.to_vec()));
                }
                _ => joined.extend_from_slice(run),
            }
        }
        *items = joined;
    }

    /// An interval, or a union of several.
    fn interval(&mut self, value: &Value) -> Option<Reals> {
        let pair = matches!(value, Value::Reals(_))
            || matches!(value, Value::Tuple(Brackets::Round | Brackets::Square, ends) if ends.len() == 2);
        if pair { self.as_reals(value) } else { None }
    }

    /// `1 hour and 30 minutes`, `5 dollars and 25 cents`: one quantity in a unit and in the next smaller one.
    fn whole_and_rest(&mut self, whole: NodeId, rest: NodeId) -> Lowered<Option<Value>> {
        const SMALLER: [i64; 6] = [3, 7, 12, 16, 24, 60];
        let (Some(large), Some(small)) = (measure(self.tree, whole), measure(self.tree, rest))
        else {
            return Ok(None);
        };
        let ratio = Expr::quotient(large.factor.clone(), small.factor.clone());
        let Some(ratio) = canonical::normalise(&ratio, self.budget)?.as_i64() else {
            return Ok(None);
        };
        let is_next = SMALLER.contains(&ratio) || ratio == 100 && is_money(large);
        if !large.same_dimension(small) || !is_next {
            return Ok(None);
        }
        let (first, second) = (self.value(whole)?, self.value(rest)?);
        match (&first, &second) {
            (
                Value::Quantity(_),
                Value::Quantity(Quantity { expr: Expr::Rational(number), .. }),
            ) if !number.is_negative() && *number < Rational::from(ratio) => {
                self.add(whole, first, second).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// `n \equiv 0, 1 \pmod 4` and `x \ne 1, 2`: one relation to several things.
    fn distributed(&mut self, items: &[NodeId]) -> Lowered<Option<Value>> {
        let tree = self.tree;
        let (&[first, ..], &[.., last]) = (items, items) else { return Ok(None) };
        let Kind::Chain(sides, relations) = tree.kind(first) else { return Ok(None) };
        let &[name, value] = tree.children(sides) else { return Ok(None) };
        let is_plain = |id: NodeId| matches!(tree.kind(id), Kind::Number(_) | Kind::Negate(_));
        let middle = &items[1..items.len() - 1];
        if !self.is_symbol(name) || !is_plain(value) || !middle.iter().all(|&item| is_plain(item)) {
            return Ok(None);
        }
        match (tree.relations(relations, 2), tree.kind(last)) {
            ([Relation::Congruent], Kind::Modulo(residue, modulus)) => {
                let modulus = self.value(modulus)?;
                let mut residues = vec![self.value(value)?];
                for &item in middle.iter().chain([&residue]) {
                    residues.push(self.value(item)?);
                }
                let all = residues
                    .into_iter()
                    .map(|residue| Value::Structure(Shape::Modulo, vec![residue, modulus.clone()]))
                    .collect();
                Ok(Some(self.named(&[name], Value::List(all))))
            }
            ([Relation::NotEqual], _) if is_plain(last) => {
                let mut reals = Reals::all();
                for &item in [&value].into_iter().chain(&items[1..]) {
                    let without = Reals::point(self.scalar(item)?).complement();
                    reals = reals.intersection(&without, self.budget)?;
                }
                Ok(Some(self.named(&[name], Value::Reals(reals))))
            }
            _ => Ok(None),
        }
    }

    /// Sets of reals of the same name in a list: `x < 1 or x > 2`, `x > 0, x \ne 1`.
    fn join_reals(
        &mut self,
        separator: Separator,
        children: &[NodeId],
        items: &[Value],
    ) -> Lowered<Option<Value>> {
        let mut parts = Vec::with_capacity(items.len());
        let mut head: Option<&Named> = None;
        for item in items {
            let (named, reals) = match item {
                Value::Named(named) => match &named.value {
                    Value::Reals(reals) => (Some(&**named), reals),
                    // `x = 1 or x > 2`
                    Value::Quantity(Quantity { expr, unit: None, .. }) => {
                        parts.push(Reals::point(expr.clone()));
                        if head.is_some_and(|head| !head.same_names(named)) {
                            return Ok(None);
                        }
                        head = Some(named);
                        continue;
                    }
                    _ => return Ok(None),
                },
                Value::Reals(reals) if separator == Separator::Or => (None, reals),
                _ => return Ok(None),
            };
            if let (Some(head), Some(named)) = (head, named)
                && !head.same_names(named)
            {
                return Ok(None);
            }
            head = head.or(named);
            parts.push(reals.clone());
        }
        let intervals = items.iter().filter(|item| {
            matches!(item, Value::Reals(_))
                || matches!(item, Value::Named(named) if matches!(named.value, Value::Reals(_)))
        });
        if items.len() < 2 || intervals.count() == 0 {
            return Ok(None);
        }
        let mut joined = None;
        if separator != Separator::Or {
            // All hold at once, unless nothing would be left: then `x < 1, x > 2` lists the parts.
            let mut both = parts[0].clone();
            for part in &parts[1..] {
                both = match both.intersection(part, self.budget) {
                    // Bounds that cannot be ordered: each relation stands for itself.
                    Err(Stop::Open) => return Ok(None),
                    both => both?,
                };
            }
            joined = Some(both).filter(|both| !both.is_empty());
            // `x < 1 and x > 2` says that there is none, and may be meant as their union.
            if joined.is_none() && separator == Separator::And {
                return self.meaningless(children[children.len() - 1]);
            }
        }
        let value = match joined {
            Some(reals) => Value::Reals(reals),
            None => self.united(parts),
        };
        Ok(Some(match head {
            Some(head) => Value::Named(Box::new(Named { value, ..head.clone() })),
            None => value,
        }))
    }
}

/// What a number is measured in.
fn measure<'t>(tree: &'t Tree<'_>, id: NodeId) -> Option<&'t Measure> {
    let (Kind::United(number, unit) | Kind::Currency(number, unit)) = tree.kind(id) else {
        return None;
    };
    match (tree.kind(number), tree.unit(unit)) {
        (
            Kind::Number(_) | Kind::Said(_) | Kind::Vulgar(..) | Kind::Mixed(..),
            Unit::Measure(measure),
        ) => Some(measure),
        _ => None,
    }
}

/// Gives a label to the items behind the one it stands before, up to the next label: `zeros: 1, 2, poles: 3`.
fn share_labels(items: &mut [Value]) {
    let label = |item: &Value| {
        let is_label = |note: &&Note| {
            matches!(note.kind, NoteKind::Label | NoteKind::Sentence | NoteKind::Predicate)
        };
        item.parts().1.iter().find(is_label).cloned()
    };
    if items.iter().filter(|item| label(item).is_some()).count() < 2 {
        return;
    }
    for at in 1..items.len() {
        let (before, rest) = items.split_at_mut(at);
        let (last, item) = (&before[at - 1], &mut rest[0]);
        let alike = match (last.parts().0, item.parts().0) {
            (Value::Named(last), Value::Named(item)) => last.same_names(item),
            (last, item) => !matches!(last, Value::Named(_)) && !matches!(item, Value::Named(_)),
        };
        if let (Some(note), None, true) = (label(last), label(item), alike) {
            let value = std::mem::replace(item, Value::Ellipsis);
            *item = value.with_notes(vec![note]);
        }
    }
}

/// Whether items are words, or statements about several things, of which `or` says that one holds.
fn are_statements(items: &[Value]) -> bool {
    let subject = |item: &Value| {
        item.parts().1.iter().find_map(|note| match (note.kind, &note.body) {
            (NoteKind::Sentence | NoteKind::Predicate, Value::Text(words)) => Some(words.clone()),
            _ => None,
        })
    };
    let name = |item: &Value| match item.parts().0 {
        Value::Named(named) => named.names.first().map(|name| name.text.clone()),
        _ => subject(item),
    };
    let states = |item: &Value| {
        subject(item).is_some()
            || matches!(
                item.parts().0,
                Value::Text(_)
                    | Value::Named(_)
                    | Value::Equation(_)
                    | Value::Inequality(..)
                    | Value::Disequation(_)
            )
    };
    let first = items.first().and_then(name);
    items.len() > 1
        && items.iter().all(states)
        && !(first.is_some() && items.iter().all(|item| name(item) == first))
}

/// Whether `and` or `or` stands between relations of one name, where the two are not the same: to residues of several
/// moduli, or to other unknowns. `x=1 \text{ and } x=2` lists what `x=1 \text{ or } x=2` does.
fn joined(separator: Separator, value: &Value) -> Option<Note> {
    let Value::Named(named) = value else { return None };
    let (Value::List(items), true) = (&named.value, named.parameters.is_empty()) else {
        return None;
    };
    let modulus = |item: &Value| match item {
        Value::Structure(Shape::Modulo, parts) => parts.get(1).cloned(),
        Value::Numbers(Numbers::Integers, Part::Even | Part::Odd) => Some(Expr::integer(2).into()),
        _ => None,
    };
    let is_of_unknowns = |item: &Value| {
        let letters = item.variables();
        let is_unknown = |letter: &Symbol| matches!(letter.as_str(), "x" | "y" | "z");
        !letters.is_empty() && letters.iter().all(is_unknown)
    };
    let first = modulus(&items[0]);
    let several = first.is_some() && items.iter().any(|item| modulus(item) != first);
    let word = match separator {
        Separator::Or => "or",
        Separator::And => "and",
        // Congruences in a row are a system.
        Separator::Comma | Separator::Semicolon if several => "and",
        Separator::Comma | Separator::Semicolon => return None,
    };
    let body = Value::Text(word.to_owned());
    (several || items.iter().all(is_of_unknowns)).then_some(Note { kind: NoteKind::Joined, body })
}

/// Whether a value has a condition that goes on with another relation: `x \text{ such that } x+y=0 \text{ or } xy=0`.
fn are_conditions(items: &[Value]) -> bool {
    let holds_under =
        |item: &Value| item.parts().1.iter().any(|note| note.kind == NoteKind::Condition);
    let is_relation = |item: &Value| {
        matches!(item, Value::Equation(_) | Value::Inequality(..) | Value::Disequation(_))
    };
    items.iter().any(holds_under) && items.iter().any(is_relation)
}

/// Whether all items are letters of options: of `A or B` one is left open, and `AB` are both.
fn are_options(items: &[Value]) -> bool {
    let is_option = |item: &Value| {
        matches!(item, Value::Mark(_))
            || matches!(item.as_expr(), Some(Expr::Variable(letter))
                if matches!(letter.as_str().as_bytes(), [b'A'..=b'H']))
    };
    items.len() > 1 && items.iter().all(is_option)
}
