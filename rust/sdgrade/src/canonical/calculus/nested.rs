//! Endless nesting: `√(2 + √(2 + …))`, `1 + 1/(1 + …)`.

use std::cmp::Ordering;

use super::derivative::derivative;
use crate::budget::{Budget, Stop};
use crate::canonical::decide::{Decision, compare, equal, is_real, solve};
use crate::canonical::expression::{Expr, Function, Symbol};
use crate::canonical::number::Rational;

/// The value of an expression that holds itself in the place of the variable: the one real fixed point
/// to which repeated substitution converges.
///
/// # Errors
/// [`Stop::Open`] where there is not exactly one, or it is not the root of a linear or quadratic
/// equation.
pub(crate) fn nested(body: &Expr, variable: &Symbol, budget: &mut Budget) -> Result<Expr, Stop> {
    let name = Expr::Variable(variable.clone());
    // x = u^(1/n) is x^n = u.
    let equation = match body {
        Expr::Power(parts) => match parts.1.as_rational().and_then(Rational::reciprocal) {
            Some(degree) => {
                Expr::difference(Expr::power(name.clone(), degree.into()), parts.0.clone())
            }
            None => return Err(Stop::Open),
        },
        other => Expr::difference(name.clone(), other.clone()),
    };
    let slope = derivative(body, variable, budget)?;
    let mut found = Vec::new();
    for root in solve(&equation, variable, budget)? {
        if is_real(&root, budget) != Some(true) {
            continue;
        }
        // A root of the equation may be none of the nesting, and one that repels is no limit.
        let fixed =
            matches!(equal(&body.substitute(variable, &root), &root, budget), Decision::Equal(_));
        let size = Expr::function(Function::Abs, vec![slope.substitute(variable, &root)]);
        if fixed && compare(&size, &Expr::integer(1), budget) == Ok(Ordering::Less) {
            found.push(root);
        }
    }
    match <[Expr; 1]>::try_from(found) {
        Ok([root]) => Ok(root),
        Err(_) => Err(Stop::Open),
    }
}
