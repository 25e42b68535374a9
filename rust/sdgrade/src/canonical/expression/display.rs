//! Expressions as plain text: `3/2*sqrt(2)*x^2 - 1`.

use std::fmt;

use super::expr::{Constant, Expr, Series, SeriesKind};
use crate::canonical::number::Rational;

/// How tightly an operator binds, loosest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Sum,
    Product,
    Power,
    Atom,
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rational(value) => value.fmt(f),
            Self::Constant(constant) => f.write_str(match constant {
                Constant::Pi => "pi",
                Constant::E => "e",
                Constant::I => "i",
                Constant::Infinity => "infinity",
            }),
            Self::Variable(symbol) => symbol.fmt(f),
            Self::Sum(terms) => sum(terms, f),
            Self::Product(factors) => product(factors, f),
            Self::Power(parts) => power(&parts.0, &parts.1, f),
            Self::Function(function, arguments) => {
                write!(f, "{}(", function.name())?;
                list(arguments, f)?;
                f.write_str(")")
            }
            Self::Series(inner) => series(inner, f),
        }
    }
}

fn binding(expr: &Expr) -> Binding {
    match expr {
        Expr::Rational(value) if value.is_negative() => Binding::Sum,
        Expr::Rational(value) if !value.is_integer() => Binding::Product,
        Expr::Sum(_) => Binding::Sum,
        Expr::Product(factors) if leading_sign(factors) => Binding::Sum,
        Expr::Product(_) => Binding::Product,
        Expr::Power(parts) => match &parts.1 {
            exponent if is_half(exponent) => Binding::Atom,
            Expr::Rational(exponent) if exponent.is_negative() => Binding::Product,
            _ => Binding::Power,
        },
        _ => Binding::Atom,
    }
}

/// An operand, in parentheses if it binds less tightly than its place asks for.
fn operand(expr: &Expr, place: Binding, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if binding(expr) < place { write!(f, "({expr})") } else { write!(f, "{expr}") }
}

fn list(items: &[Expr], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        write!(f, "{item}")?;
    }
    Ok(())
}

/// Whether a product begins with a negative number.
fn leading_sign(factors: &[Expr]) -> bool {
    matches!(factors.first(), Some(Expr::Rational(value)) if value.is_negative())
}

fn is_half(exponent: &Expr) -> bool {
    matches!(exponent, Expr::Rational(value) if value.to_small() == Some((1, 2)))
}

fn sum(terms: &[Expr], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, term) in terms.iter().enumerate() {
        let negated = match term {
            Expr::Rational(value) if value.is_negative() => Some(Expr::Rational(-value)),
            Expr::Product(factors) if leading_sign(factors) => {
                let mut factors = factors.clone();
                if let Expr::Rational(value) = &factors[0] {
                    factors[0] = Expr::Rational(-value);
                }
                Some(Expr::product(factors))
            }
            _ => None,
        };
        match (index, negated) {
            (0, _) => operand(term, Binding::Sum, f)?,
            (_, Some(positive)) => {
                f.write_str(" - ")?;
                operand(&positive, Binding::Product, f)?;
            }
            (_, None) => {
                f.write_str(" + ")?;
                operand(term, Binding::Product, f)?;
            }
        }
    }
    Ok(())
}

fn product(factors: &[Expr], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (mut above, mut below) = (Vec::new(), Vec::new());
    for factor in factors {
        match factor {
            Expr::Power(parts) => match &parts.1 {
                Expr::Rational(exponent) if exponent.is_negative() => {
                    below.push(Expr::power(parts.0.clone(), Expr::Rational(-exponent)));
                }
                _ => above.push(factor.clone()),
            },
            Expr::Rational(value) if !value.is_integer() => {
                let part = |value: num_bigint::BigInt| Expr::Rational(Rational::from(value));
                above.insert(0, part(value.numerator()));
                below.insert(0, part(value.denominator()));
            }
            _ => above.push(factor.clone()),
        }
    }
    let number = |expr: &Expr, wanted: i64| matches!(expr, Expr::Rational(value) if value.to_i64() == Some(wanted));
    if above.len() > 1 && number(&above[0], -1) {
        f.write_str("-")?;
        above.remove(0);
    }
    above.retain(|factor| !number(factor, 1));
    match &above[..] {
        [] => f.write_str("1")?,
        factors => {
            for (index, factor) in factors.iter().enumerate() {
                let leading_number = index == 0 && matches!(factor, Expr::Rational(_));
                if index > 0 {
                    f.write_str("*")?;
                }
                if leading_number {
                    write!(f, "{factor}")?;
                } else {
                    operand(factor, Binding::Product, f)?;
                }
            }
        }
    }
    match &below[..] {
        [] => Ok(()),
        [single] => {
            f.write_str("/")?;
            operand(single, Binding::Power, f)
        }
        _ => {
            f.write_str("/(")?;
            for (index, factor) in below.iter().enumerate() {
                if index > 0 {
                    f.write_str("*")?;
                }
                operand(factor, Binding::Product, f)?;
            }
            f.write_str(")")
        }
    }
}

fn power(base: &Expr, exponent: &Expr, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if is_half(exponent) {
        return write!(f, "sqrt({base})");
    }
    if let Expr::Rational(value) = exponent
        && value.is_negative()
    {
        f.write_str("1/")?;
        let below = Expr::power(base.clone(), Expr::Rational(-value));
        return operand(&below, Binding::Power, f);
    }
    operand(base, Binding::Atom, f)?;
    f.write_str("^")?;
    operand(exponent, Binding::Atom, f)
}

fn series(series: &Series, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let name = match series.kind {
        SeriesKind::Sum => "sum",
        SeriesKind::Product => "product",
    };
    let Series { variable, from, to, body, .. } = series;
    write!(f, "{name}({body}, {variable}={from}..{to})")
}
