//! Functions with a name of their own that are others in disguise.

use super::expr::Expr;
use super::function::Function;

impl Expr {
    /// `Γ(argument)`, as a factorial.
    #[must_use]
    pub(crate) fn gamma(argument: Self) -> Self {
        let before = Self::difference(argument, Self::integer(1));
        Self::function(Function::Factorial, vec![before])
    }
}
