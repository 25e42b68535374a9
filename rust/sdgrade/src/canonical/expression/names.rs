//! The names in an expression: free variables and unknown functions, found and replaced.

use std::collections::BTreeSet;

use super::expr::Expr;
use super::function::Function;
use super::symbol::Symbol;

impl Expr {
    /// The free variables.
    #[must_use]
    pub(crate) fn variables(&self) -> BTreeSet<Symbol> {
        let mut found = BTreeSet::new();
        self.collect_variables(&mut found);
        found
    }

    fn collect_variables(&self, found: &mut BTreeSet<Symbol>) {
        match self {
            Self::Rational(_) | Self::Constant(_) => {}
            Self::Variable(symbol) => {
                if !found.contains(symbol) {
                    found.insert(symbol.clone());
                }
            }
            Self::Sum(parts) | Self::Product(parts) | Self::Function(_, parts) => {
                for part in parts {
                    part.collect_variables(found);
                }
            }
            Self::Power(power) => {
                power.0.collect_variables(found);
                power.1.collect_variables(found);
            }
            Self::Series(series) => {
                series.from.collect_variables(found);
                series.to.collect_variables(found);
                let mut inner = series.body.variables();
                inner.remove(&series.variable);
                found.append(&mut inner);
            }
        }
    }

    /// The first part, the whole among them, that is wanted.
    pub(crate) fn part(&self, wanted: &dyn Fn(&Self) -> bool) -> Option<&Self> {
        if wanted(self) {
            return Some(self);
        }
        match self {
            Self::Rational(_) | Self::Constant(_) | Self::Variable(_) | Self::Series(_) => None,
            Self::Sum(parts) | Self::Product(parts) | Self::Function(_, parts) => {
                parts.iter().find_map(|part| part.part(wanted))
            }
            Self::Power(parts) => parts.0.part(wanted).or_else(|| parts.1.part(wanted)),
        }
    }

    /// Whether a variable occurs free.
    pub(crate) fn mentions(&self, name: &Symbol) -> bool {
        match self {
            Self::Rational(_) | Self::Constant(_) => false,
            Self::Variable(symbol) => symbol == name,
            Self::Sum(parts) | Self::Product(parts) | Self::Function(_, parts) => {
                parts.iter().any(|part| part.mentions(name))
            }
            Self::Power(parts) => parts.0.mentions(name) || parts.1.mentions(name),
            Self::Series(series) => {
                series.from.mentions(name)
                    || series.to.mentions(name)
                    || (series.variable != *name && series.body.mentions(name))
            }
        }
    }

    /// Whether the expression is one number: there is no free variable, and no unknown function.
    #[must_use]
    pub(crate) fn is_constant(&self) -> bool {
        self.is_constant_beside(&mut Vec::new())
    }

    /// [`Self::is_constant`] inside series that bind these variables.
    fn is_constant_beside<'e>(&'e self, bound: &mut Vec<&'e Symbol>) -> bool {
        match self {
            Self::Rational(_) | Self::Constant(_) => true,
            Self::Variable(name) => bound.contains(&name),
            Self::Function(Function::Named(_), _) => false,
            Self::Sum(parts) | Self::Product(parts) | Self::Function(_, parts) => {
                parts.iter().all(|part| part.is_constant_beside(bound))
            }
            Self::Power(power) => {
                power.0.is_constant_beside(bound) && power.1.is_constant_beside(bound)
            }
            Self::Series(series) => {
                if !series.from.is_constant_beside(bound) || !series.to.is_constant_beside(bound) {
                    return false;
                }
                bound.push(&series.variable);
                let constant = series.body.is_constant_beside(bound);
                bound.pop();
                constant
            }
        }
    }

    /// The expression with `value` in place of the free variable `symbol`.
    #[must_use]
    pub(crate) fn substitute(&self, symbol: &Symbol, value: &Self) -> Self {
        self.replace(&|name| (name == symbol).then(|| value.clone()))
    }

    /// The expression with other values in place of all free variables that have one.
    #[must_use]
    pub(crate) fn replace(&self, value_of: &dyn Fn(&Symbol) -> Option<Self>) -> Self {
        self.rewrite(&|part| match part {
            Self::Variable(name) => value_of(name),
            _ => None,
        })
    }

    /// The expression with other values in place of all applications of unknown functions.
    pub(crate) fn replace_unknown(&self, value_of: &dyn Fn(&Symbol) -> Self) -> Self {
        self.rewrite(&|part| match part {
            Self::Function(Function::Named(name), _) => Some(value_of(name)),
            _ => None,
        })
    }

    /// The expression with something else in place of free variables and unknown functions.
    fn rewrite(&self, new: &dyn Fn(&Self) -> Option<Self>) -> Self {
        let each = |parts: &[Self]| parts.iter().map(|part| part.rewrite(new)).collect();
        match self {
            Self::Rational(_) | Self::Constant(_) => self.clone(),
            Self::Variable(_) => new(self).unwrap_or_else(|| self.clone()),
            Self::Sum(terms) => Self::sum(each(terms)),
            Self::Product(factors) => Self::product(each(factors)),
            Self::Function(function, arguments) => {
                let unknown = matches!(function, Function::Named(_));
                unknown
                    .then(|| new(self))
                    .flatten()
                    .unwrap_or_else(|| Self::function(function.clone(), each(arguments)))
            }
            Self::Power(power) => Self::power(power.0.rewrite(new), power.1.rewrite(new)),
            Self::Series(series) => {
                let free = |part: &Self| match part {
                    Self::Variable(name) if *name == series.variable => None,
                    part => new(part),
                };
                Self::series(
                    series.kind,
                    series.variable.clone(),
                    series.from.rewrite(new),
                    series.to.rewrite(new),
                    series.body.rewrite(&free),
                )
            }
        }
    }
}
