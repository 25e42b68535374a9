//! The parts of an expression, found and replaced, and those that are not worked out.

use super::expr::Expr;
use super::function::Function;
use super::symbol::Symbol;

impl Expr {
    /// The expression with `new` in place of all parts that are `old`.
    pub(crate) fn with(&self, old: &Self, new: &Self) -> Self {
        if self == old {
            return new.clone();
        }
        let each = |parts: &[Self]| parts.iter().map(|part| part.with(old, new)).collect();
        match self {
            Self::Sum(parts) => Self::sum(each(parts)),
            Self::Product(parts) => Self::product(each(parts)),
            Self::Function(function, parts) => Self::function(function.clone(), each(parts)),
            Self::Power(parts) => Self::power(parts.0.with(old, new), parts.1.with(old, new)),
            _ => self.clone(),
        }
    }

    /// The absolute value of what may be no real number: unknown, and the same for `z-1` and `1-z`.
    pub(crate) fn modulus(inner: Self) -> Self {
        Self::unfinished("modulus", vec![Self::power(inner, Self::integer(2))])
    }

    /// A limit, or an integral, that no algebra here works out: an unknown of its parts.
    pub(crate) fn unfinished(operator: &str, parts: Vec<Self>) -> Self {
        Self::function(Function::Named(Symbol::unfinished(operator)), parts)
    }

    /// Whether a part may yet be the same as something that it is not shown to be: an absolute value of what may be no
    /// real number, a limit, an integral.
    pub(crate) fn is_unfinished(&self) -> bool {
        let is = |part: &Self| matches!(part, Self::Function(Function::Named(name), _) if name.is_unfinished());
        self.find(&is).is_some()
    }

    /// The first part that is wanted.
    pub(crate) fn find(&self, wanted: &dyn Fn(&Self) -> bool) -> Option<&Self> {
        if wanted(self) {
            return Some(self);
        }
        match self {
            Self::Sum(parts) | Self::Product(parts) | Self::Function(_, parts) => {
                parts.iter().find_map(|part| part.find(wanted))
            }
            Self::Power(parts) => parts.0.find(wanted).or_else(|| parts.1.find(wanted)),
            _ => None,
        }
    }
}
