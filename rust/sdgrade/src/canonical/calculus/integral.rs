//! Definite integrals, by an antiderivative that is continuous between the bounds.

use std::cmp::Ordering;

use super::antiderivative::antiderivative;
use super::limit::{Side, limit};
use crate::budget::{Budget, Stop};
use crate::canonical::decide::{compare, is_real, solve};
use crate::canonical::expression::{Expr, Function, Symbol};
use crate::canonical::normalise::normalise;

/// The integral from one bound to the other; a bound may be infinite.
///
/// # Errors
/// [`Stop::Undefined`] where it diverges, [`Stop::Open`] where there is no known antiderivative, or
/// it is not known to be continuous between the bounds.
pub(crate) fn integral(
    expr: &Expr,
    variable: &Symbol,
    from: &Expr,
    to: &Expr,
    budget: &mut Budget,
) -> Result<Expr, Stop> {
    let found = antiderivative(expr, variable, budget)?;
    let mut edges = Vec::new();
    for part in [expr, &found] {
        singular(part, variable, &mut edges);
    }
    edges.sort_unstable();
    edges.dedup();
    let (mut rises, mut improper) = (Ordering::Less, [false, false]);
    if !edges.is_empty() {
        rises = compare(from, to, budget)?;
        for edge in &edges {
            for zero in zeros(edge, variable, budget)? {
                let sides = [compare(&zero, from, budget)?, compare(&zero, to, budget)?];
                if sides == [rises.reverse(), rises] {
                    return Err(Stop::Open);
                }
                for (index, order) in sides.into_iter().enumerate() {
                    improper[index] |= order == Ordering::Equal;
                }
            }
        }
    }
    let mut value = |at: &Expr, improper: bool, side: Side| {
        if improper || at.infinite_sign().is_some() {
            let value = limit(&found, variable, at, side, budget)?;
            return if value.infinite_sign().is_some() { Err(Stop::Undefined) } else { Ok(value) };
        }
        Ok(found.substitute(variable, at))
    };
    let (start, end) = match rises {
        Ordering::Greater => (Side::Below, Side::Above),
        _ => (Side::Above, Side::Below),
    };
    let (low, high) = (value(from, improper[0], start)?, value(to, improper[1], end)?);
    Ok(normalise(&Expr::difference(high, low), budget)?.to_expr())
}

/// What must not be zero, or not change its sign, for an expression to be continuous.
fn singular(expr: &Expr, x: &Symbol, edges: &mut Vec<Expr>) {
    if !expr.mentions(x) {
        return;
    }
    match expr {
        Expr::Variable(_) => {}
        Expr::Sum(parts) | Expr::Product(parts) => {
            for part in parts {
                singular(part, x, edges);
            }
        }
        Expr::Power(parts) => {
            singular(&parts.0, x, edges);
            singular(&parts.1, x, edges);
            let whole = parts.1.as_rational().is_some_and(|n| n.is_integer() && !n.is_negative());
            if parts.0.mentions(x) && !whole {
                edges.push(parts.0.clone());
            }
        }
        Expr::Function(function, arguments) => {
            for argument in arguments {
                singular(argument, x, edges);
            }
            let entire = matches!(
                function,
                Function::Sin
                    | Function::Cos
                    | Function::Sinh
                    | Function::Cosh
                    | Function::Tanh
                    | Function::Arctan
                    | Function::Arsinh
                    | Function::Abs
            );
            // The logarithm of |u| has its edge where u is zero; that of arcsin is inside of a root.
            match (function, &arguments[..]) {
                _ if entire => {}
                (Function::Ln, [Expr::Function(Function::Abs, inner)]) => {
                    edges.extend(inner.iter().cloned());
                }
                (Function::Ln, [argument]) => edges.push(argument.clone()),
                (Function::Arcsin | Function::Arccos, [argument]) => {
                    let one = Expr::integer(1);
                    edges.push(Expr::difference(one.clone(), argument.clone()));
                    edges.push(Expr::sum(vec![one, argument.clone()]));
                }
                _ => edges.push(expr.clone()),
            }
        }
        _ => edges.push(expr.clone()),
    }
}

/// The real zeros of an expression.
fn zeros(expr: &Expr, x: &Symbol, budget: &mut Budget) -> Result<Vec<Expr>, Stop> {
    let mut real = Vec::new();
    for root in solve(expr, x, budget)? {
        match is_real(&root, budget) {
            Some(true) => real.push(root),
            Some(false) => {}
            None => return Err(Stop::Open),
        }
    }
    Ok(real)
}
