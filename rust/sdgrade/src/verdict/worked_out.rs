//! Whether an expression is worked out, as far as its form tells: like terms collected, nothing left to be
//! looked up. It says so of forms that nobody leaves in an answer, and of no other.

use crate::canonical::{Expr, Function};
use crate::value::Value;

/// Whether an answer equals a gold that is worked out, but is not so itself.
pub(super) fn falls_short(gold: &Value, answer: &Value) -> bool {
    match (scalar(gold), scalar(answer)) {
        (Some(gold), Some(answer)) => is_worked_out(gold) && !is_worked_out(answer),
        _ => false,
    }
}

/// The expression of a value that is one, whatever it is called.
fn scalar(value: &Value) -> Option<&Expr> {
    match value.parts().0 {
        Value::Named(named) => scalar(&named.value),
        Value::Choice(_, Some(inner)) => scalar(inner),
        Value::Quantity(quantity) => Some(&quantity.expr),
        _ => None,
    }
}

fn is_worked_out(expr: &Expr) -> bool {
    match expr {
        Expr::Rational(_) | Expr::Constant(_) | Expr::Variable(_) => true,
        Expr::Sum(terms) => !has_like_terms(terms) && terms.iter().all(is_worked_out),
        Expr::Product(factors) => !repeats_a_variable(expr) && factors.iter().all(is_worked_out),
        Expr::Power(pair) => {
            let (base, exponent) = &**pair;
            let root_of_root = is_root(base) && is_fraction(exponent);
            let complex_divisor = is_negative(exponent) && is_complex_sum(base);
            !root_of_root && !complex_divisor && is_worked_out(base) && is_worked_out(exponent)
        }
        Expr::Function(function, arguments) => {
            let value_at_a_number =
                is_of_angles(function) && arguments.iter().all(Expr::is_constant);
            !value_at_a_number && arguments.iter().all(is_worked_out)
        }
        Expr::Series(_) => false,
    }
}

/// Terms that differ in a number alone: among those of the sum itself, or between two brackets with a
/// number before them (`4(x+1)-6(x-2)`). One bracket may stand beside other terms, as in `3+4(n-1)`,
/// unless all is a number.
fn has_like_terms(terms: &[Expr]) -> bool {
    let alone = terms.iter().all(Expr::is_constant);
    let mut seen: Vec<(usize, Vec<&Expr>)> = Vec::new();
    for (number, term) in terms.iter().enumerate() {
        let within = bracket(term);
        let group = if within.is_some() { number + 1 } else { 0 };
        for term in within.unwrap_or(std::slice::from_ref(term)) {
            let key = without_number(term);
            let is_like = |(other, found): &(usize, Vec<&Expr>)| {
                let apart = *other != group || group == 0;
                let comparable = alone || (*other == 0) == (group == 0);
                apart && comparable && *found == key
            };
            if seen.iter().any(is_like) {
                return true;
            }
            seen.push((group, key));
        }
    }
    false
}

/// The terms of a sum with a number before it.
fn bracket(term: &Expr) -> Option<&[Expr]> {
    match term {
        Expr::Product(factors) => match without_number(term)[..] {
            [Expr::Sum(terms)] if factors.len() == 2 => Some(terms),
            _ => None,
        },
        _ => None,
    }
}

/// The factors of a term but for rational numbers, in order.
fn without_number(term: &Expr) -> Vec<&Expr> {
    let factors = match term {
        Expr::Product(factors) => factors.as_slice(),
        other => std::slice::from_ref(other),
    };
    let mut rest: Vec<&Expr> =
        factors.iter().filter(|factor| !matches!(factor, Expr::Rational(_))).collect();
    rest.sort();
    rest
}

/// Whether a variable stands in two factors, or above and below a fraction, with numbers as exponents.
fn repeats_a_variable(product: &Expr) -> bool {
    fn collect<'e>(expr: &'e Expr, found: &mut Vec<&'e Expr>) {
        match expr {
            Expr::Variable(_) => found.push(expr),
            Expr::Product(factors) => factors.iter().for_each(|factor| collect(factor, found)),
            Expr::Power(pair) if matches!(pair.1, Expr::Rational(_)) => collect(&pair.0, found),
            _ => {}
        }
    }
    let mut found = Vec::new();
    collect(product, &mut found);
    found.sort();
    found.windows(2).any(|pair| pair[0] == pair[1])
}

fn is_root(expr: &Expr) -> bool {
    matches!(expr, Expr::Power(pair) if is_fraction(&pair.1))
}

fn is_fraction(exponent: &Expr) -> bool {
    exponent.as_rational().is_some_and(|exponent| !exponent.is_integer())
}

fn is_negative(exponent: &Expr) -> bool {
    exponent.as_rational().is_some_and(crate::canonical::Rational::is_negative)
}

fn is_complex_sum(expr: &Expr) -> bool {
    let is_i = |term: &Expr| without_number(term) == [&Expr::i()];
    matches!(expr, Expr::Sum(terms) if terms.iter().any(is_i))
}

/// Functions of angles and their inverses: at a number they are looked up.
fn is_of_angles(function: &Function) -> bool {
    matches!(
        function,
        Function::Sin
            | Function::Cos
            | Function::Tan
            | Function::Cot
            | Function::Sec
            | Function::Csc
            | Function::Arcsin
            | Function::Arccos
            | Function::Arctan
            | Function::Arccot
            | Function::Arcsec
            | Function::Arccsc
    )
}
