//! Derivatives, by the rules.

use crate::budget::{Budget, Stop};
use crate::canonical::expression::{Depth, Expr, Function, SeriesKind, Symbol};

/// The derivative of an expression with respect to a variable.
///
/// # Errors
/// [`Stop::Open`] where an unknown function, or one without a derivative, depends on the variable.
pub(crate) fn derivative(
    expr: &Expr,
    variable: &Symbol,
    budget: &mut Budget,
) -> Result<Expr, Stop> {
    differentiate(expr, variable, Depth::FULL, budget)
}

fn differentiate(expr: &Expr, x: &Symbol, depth: Depth, budget: &mut Budget) -> Result<Expr, Stop> {
    let depth = depth.deeper()?;
    budget.spend(2 * expr.nodes())?;
    if !expr.mentions(x) {
        return Ok(Expr::integer(0));
    }
    match expr {
        Expr::Rational(_) | Expr::Constant(_) => Ok(Expr::integer(0)),
        Expr::Variable(_) => Ok(Expr::integer(1)),
        Expr::Sum(terms) => {
            let each = terms.iter().map(|term| differentiate(term, x, depth, budget));
            Ok(Expr::sum(each.collect::<Result<_, _>>()?))
        }
        Expr::Product(factors) => {
            let mut terms = Vec::new();
            for (index, factor) in factors.iter().enumerate() {
                if !factor.mentions(x) {
                    continue;
                }
                budget.spend(expr.nodes())?;
                let mut product = factors.clone();
                product[index] = differentiate(factor, x, depth, budget)?;
                terms.push(Expr::product(product));
            }
            Ok(Expr::sum(terms))
        }
        Expr::Power(parts) => {
            let (base, exponent) = &**parts;
            let mut terms = Vec::new();
            if base.mentions(x) {
                // e b^(e-1) b'
                let less = Expr::difference(exponent.clone(), Expr::integer(1));
                let inner = differentiate(base, x, depth, budget)?;
                let power = Expr::power(base.clone(), less);
                terms.push(Expr::product(vec![exponent.clone(), power, inner]));
            }
            if exponent.mentions(x) {
                // b^e ln b e'
                let inner = differentiate(exponent, x, depth, budget)?;
                let logarithm = Expr::logarithm(Expr::e(), base.clone());
                terms.push(Expr::product(vec![expr.clone(), logarithm, inner]));
            }
            Ok(Expr::sum(terms))
        }
        Expr::Function(function, arguments) => {
            let [argument] = &arguments[..] else { return Err(Stop::Open) };
            let outer = outer_derivative(function, argument).ok_or(Stop::Open)?;
            Ok(Expr::product(vec![outer, differentiate(argument, x, depth, budget)?]))
        }
        Expr::Series(series) => {
            let bounds = [&series.from, &series.to];
            if series.kind != SeriesKind::Sum || bounds.iter().any(|bound| bound.mentions(x)) {
                return Err(Stop::Open);
            }
            let body = differentiate(&series.body, x, depth, budget)?;
            let (from, to) = (series.from.clone(), series.to.clone());
            Ok(Expr::series(series.kind, series.variable.clone(), from, to, body))
        }
    }
}

/// `f'(u)`.
fn outer_derivative(function: &Function, u: &Expr) -> Option<Expr> {
    let of = |function: Function| Expr::function(function, vec![u.clone()]);
    let one = || Expr::integer(1);
    let squared = |value: Expr| Expr::power(value, Expr::integer(2));
    let inverse = |value: Expr| Expr::power(value, Expr::integer(-1));
    let inverse_root = |value: Expr| inverse(Expr::sqrt(value));
    let square = || squared(u.clone());
    Some(match function {
        Function::Abs => Expr::quotient(u.clone(), of(Function::Abs)),
        Function::Ln => inverse(u.clone()),
        Function::Sin => of(Function::Cos),
        Function::Cos => Expr::negate(of(Function::Sin)),
        Function::Tan => inverse(squared(of(Function::Cos))),
        Function::Cot => Expr::negate(inverse(squared(of(Function::Sin)))),
        Function::Sec => Expr::product(vec![of(Function::Sec), of(Function::Tan)]),
        Function::Csc => Expr::negate(Expr::product(vec![of(Function::Csc), of(Function::Cot)])),
        Function::Arcsin => inverse_root(Expr::difference(one(), square())),
        Function::Arccos => Expr::negate(inverse_root(Expr::difference(one(), square()))),
        Function::Arctan => inverse(Expr::sum(vec![one(), square()])),
        Function::Arccot => Expr::negate(inverse(Expr::sum(vec![one(), square()]))),
        Function::Sinh => of(Function::Cosh),
        Function::Cosh => of(Function::Sinh),
        Function::Tanh => inverse(squared(of(Function::Cosh))),
        Function::Coth => Expr::negate(inverse(squared(of(Function::Sinh)))),
        Function::Arsinh => inverse_root(Expr::sum(vec![square(), one()])),
        Function::Arcosh => inverse_root(Expr::difference(square(), one())),
        Function::Artanh => inverse(Expr::difference(one(), square())),
        _ => return None,
    })
}
