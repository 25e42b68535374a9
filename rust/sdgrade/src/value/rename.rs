//! Other names for the variables of a value.

use super::{Bound, Equation, Interval, Name, Named, Note, Quantity, Reals, Value};
use crate::canonical::{Expr, Symbol};
use std::collections::BTreeSet;

type Naming<'a> = &'a dyn Fn(&Symbol) -> Option<Expr>;

impl Value {
    /// The value with other names for its variables, those in notes and names included.
    pub(crate) fn rename(self, name_of: Naming<'_>) -> Self {
        let replace = |expr: Expr| expr.replace(name_of);
        let each = |items: Vec<Self>| items.into_iter().map(|item| item.rename(name_of)).collect();
        match self {
            Self::Quantity(quantity) => Self::Quantity(quantity.rename(name_of)),
            Self::Choice(letter, inner) => {
                Self::Choice(letter, inner.map(|inner| Box::new(inner.rename(name_of))))
            }
            Self::Tuple(kind, items) => Self::Tuple(kind, each(items)),
            Self::List(items) => Self::List(each(items)),
            Self::Set(items) => Self::Set(each(items)),
            Self::Permutations(items) => Self::Permutations(each(items)),
            Self::Structure(kind, items) => Self::Structure(kind, each(items)),
            Self::Equation(equation) => Self::Equation(Box::new(Equation {
                difference: replace(equation.difference),
                stated: equation.stated.map(|value| value.rename(name_of)),
            })),
            Self::Disequation(expr) => Self::Disequation(replace(expr)),
            Self::Inequality(expr, strictness) => Self::Inequality(replace(expr), strictness),
            Self::Matrix(columns, cells) => {
                let cells = cells.into_iter().map(|cell| cell.rename(name_of)).collect();
                Self::Matrix(columns, cells)
            }
            Self::Ratio(parts) => Self::Ratio(parts.into_iter().map(replace).collect()),
            Self::Reals(reals) => Self::Reals(reals.map_ends(&replace)),
            Self::Spread(intervals) => Self::Spread(
                intervals.into_iter().map(|interval| interval.map_ends(&replace)).collect(),
            ),
            Self::Named(named) => {
                let renamed = named.names.into_iter().map(|name| name.rename(name_of)).collect();
                Self::Named(Box::new(Named {
                    names: renamed,
                    parameters: named.parameters,
                    value: named.value.rename(name_of),
                }))
            }
            Self::Noted(inner) => {
                let (value, notes) = inner.into_parts();
                let notes = notes
                    .into_iter()
                    .map(|note| Note { kind: note.kind, body: note.body.rename(name_of) })
                    .collect();
                value.rename(name_of).with_notes(notes)
            }
            other @ (Self::Grouped(_)
            | Self::Text(_)
            | Self::Truth(_)
            | Self::Formula(_)
            | Self::Mark(_)
            | Self::Numbers(..)
            | Self::Identified(_)
            | Self::Time(_)
            | Self::Weekday(_)
            | Self::Date(_)
            | Self::Numeral(..)
            | Self::Ellipsis) => other,
        }
    }

    /// The names that occur in the value.
    pub(crate) fn variables(&self) -> BTreeSet<Symbol> {
        let mut found = BTreeSet::new();
        self.collect(&mut found);
        found
    }

    fn collect(&self, found: &mut BTreeSet<Symbol>) {
        let mut expr = |expr: &Expr| found.append(&mut expr.variables());
        match self {
            Self::Quantity(quantity) => expr(&quantity.expr),
            Self::Tuple(_, items)
            | Self::List(items)
            | Self::Set(items)
            | Self::Permutations(items)
            | Self::Structure(_, items) => items.iter().for_each(|item| item.collect(found)),
            Self::Equation(equation) => expr(&equation.difference),
            Self::Disequation(inner) | Self::Inequality(inner, _) => expr(inner),
            Self::Matrix(_, cells) => cells.iter().for_each(|cell| expr(&cell.expr)),
            Self::Ratio(parts) => parts.iter().for_each(expr),
            Self::Reals(reals) => reals.intervals().iter().for_each(|part| {
                expr(&part.low.at);
                expr(&part.high.at);
            }),
            Self::Spread(intervals) => intervals.iter().for_each(|part| {
                expr(&part.low.at);
                expr(&part.high.at);
            }),
            Self::Named(named) => {
                named.value.collect(found);
                for name in &named.names {
                    if let Some(expr) = &name.expr {
                        found.append(&mut expr.variables());
                    }
                }
            }
            Self::Choice(_, Some(inner)) => inner.collect(found),
            Self::Noted(inner) => inner.value().collect(found),
            _ => {}
        }
    }
}

impl Quantity {
    fn rename(self, name_of: Naming<'_>) -> Self {
        Self { expr: self.expr.replace(name_of), ..self }
    }
}

impl Name {
    fn rename(self, name_of: Naming<'_>) -> Self {
        let text = match name_of(&Symbol::new(&self.text)) {
            Some(Expr::Variable(other)) => other.as_str().to_owned(),
            _ => self.text,
        };
        Self { text, expr: self.expr.map(|expr| expr.replace(name_of)) }
    }
}

impl Interval {
    fn map_ends(self, replace: &dyn Fn(Expr) -> Expr) -> Self {
        let end = |bound: Bound| Bound { at: replace(bound.at), closed: bound.closed };
        Self { low: end(self.low), high: end(self.high) }
    }
}

impl Reals {
    /// Only names are replaced, so the order of the ends stays what it was.
    fn map_ends(self, replace: &dyn Fn(Expr) -> Expr) -> Self {
        self.map(|interval| interval.map_ends(replace))
    }
}
