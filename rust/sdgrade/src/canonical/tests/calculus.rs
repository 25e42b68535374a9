//! Derivatives, integrals, limits and endless nesting.

use super::reader::read;
use crate::budget::{Budget, Stop};
use crate::canonical::{
    Decision, Expr, Side, Symbol, antiderivative, derivative, equal, integral, limit, nested,
};

fn budget() -> Budget {
    Budget::new(2_000_000)
}

/// What was found against what is wanted, which may be the name of a [`Stop`].
fn mismatch(question: &str, found: &Result<Expr, Stop>, wanted: &str) -> Option<String> {
    let right = match found {
        Ok(found) => {
            let named = matches!(wanted, "Open" | "Undefined" | "Work");
            !named && matches!(equal(found, &read(wanted), &mut budget()), Decision::Equal(_))
        }
        Err(stop) => format!("{stop:?}") == wanted,
    };
    let shown = found.as_ref().map(ToString::to_string);
    (!right).then(|| format!("{question}: {shown:?} instead of {wanted}"))
}

#[track_caller]
fn check(rows: impl Iterator<Item = Option<String>>) {
    let wrong: Vec<String> = rows.flatten().collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn derivatives() {
    let x = Symbol::new("x");
    let table = [
        ("5", "0"),
        ("x^3 - 2*x", "3*x^2 - 2"),
        ("a*x^n", "a*n*x^(n - 1)"),
        ("x*e^x", "(x + 1)*e^x"),
        ("2^x", "2^x*ln(2)"),
        ("x^x", "x^x*(ln(x) + 1)"),
        ("sin(x^2)", "2*x*cos(x^2)"),
        ("tan(x)", "1/cos(x)^2"),
        ("ln(x^2 + 1)", "2*x/(x^2 + 1)"),
        ("sqrt(1 - x^2)", "-x/sqrt(1 - x^2)"),
        ("arctan(x/2)", "2/(x^2 + 4)"),
        ("x/(x + 1)", "1/(x + 1)^2"),
        ("f(y)*x", "f(y)"),
        ("sum(k, 0, 3, x^k)", "1 + 2*x + 3*x^2"),
        ("f(x)", "Open"),
        ("floor(x)", "Open"),
    ];
    check(table.iter().map(|(given, wanted)| {
        mismatch(given, &derivative(&read(given), &x, &mut budget()), wanted)
    }));
}

#[test]
fn antiderivatives_are_proved_by_their_derivatives() {
    let x = Symbol::new("x");
    for text in [
        "0",
        "3*x^2 + 2*x + a",
        "1/x",
        "sqrt(x) + 1/x^3",
        "(2*x + 1)^7",
        "1/(3*x - 2)",
        "x*sqrt(x + 1)",
        "x/(2*x + 3)^3",
        "e^(2*x)",
        "x^2*e^(-x)",
        "2^x",
        "sin(3*x + 1)",
        "x*cos(x)",
        "sin(x)^2",
        "e^x*sin(x)",
        "sin(x)*cos(2*x)",
        "ln(x)",
        "x^2*ln(x)",
        "ln(2*x + 1)",
        "ln(x)/x",
        "1/(x^2 + 1)",
        "1/(x^2 - 1)",
        "(x + 3)/(x^2 + 2*x + 5)",
        "x^3/(x + 1)",
        "1/(x*(x + 1)^2)",
        "1/(x^3 + 1)",
        "1/(x^2 - 2)",
        "sqrt(4 - x^2)",
        "1/sqrt(1 - x^2)",
        "1/sqrt(x^2 + 1)",
        "sqrt(x^2 + 2*x + 3)",
    ] {
        let found = antiderivative(&read(text), &x, &mut budget());
        assert!(found.is_ok(), "{text}: {found:?}");
    }
    for text in ["e^(x^2)", "sin(x)/x", "f(x)", "floor(x)", "1/ln(x)"] {
        assert!(antiderivative(&read(text), &x, &mut budget()).is_err(), "{text}");
    }
}

#[test]
fn definite_integrals() {
    let table = [
        ("x^2", "0", "1", "1/3"),
        ("x^2", "1", "0", "-1/3"),
        ("x^n", "0", "a", "Open"),
        ("2*x", "a", "b", "b^2 - a^2"),
        ("sin(x)", "0", "pi", "2"),
        ("sin(x)^2", "0", "pi", "pi/2"),
        ("x*e^x", "0", "1", "1"),
        ("1/x", "1", "e", "1"),
        ("1/x", "-2", "-1", "-ln(2)"),
        ("1/x", "-1", "1", "Open"),
        ("1/x^2", "-1", "1", "Open"),
        ("1/x^2", "1", "infinity", "1"),
        ("1/x", "1", "infinity", "Undefined"),
        ("1/x", "0", "1", "Undefined"),
        ("1/sqrt(x)", "0", "1", "2"),
        ("ln(x)", "0", "1", "-1"),
        ("e^(-x)", "0", "infinity", "1"),
        ("x^2*e^(-x)", "0", "infinity", "2"),
        ("1/(x^2 + 1)", "0", "1", "pi/4"),
        ("1/(x^2 + 1)", "-infinity", "infinity", "pi"),
        ("1/(x^2 - 1)", "2", "3", "ln(3/2)/2"),
        ("sqrt(1 - x^2)", "-1", "1", "pi/2"),
        ("sqrt(1 - x^2)", "0", "1", "pi/4"),
        ("1/sqrt(1 - x^2)", "0", "1/2", "pi/6"),
        ("x/(x^2 + 1)", "0", "1", "ln(2)/2"),
        ("e^(x^2)", "0", "1", "Open"),
    ];
    let x = Symbol::new("x");
    check(table.iter().map(|(body, from, to, wanted)| {
        let found = integral(&read(body), &x, &read(from), &read(to), &mut budget());
        mismatch(&format!("{body} from {from} to {to}"), &found, wanted)
    }));
}

#[test]
fn limits() {
    let table = [
        ("x^2 + 1", "2", "5"),
        ("(x^2 - 1)/(x - 1)", "1", "2"),
        ("(x^2 - a^2)/(x - a)", "a", "2*a"),
        ("(2*x^2 + 1)/(x^2 - x)", "infinity", "2"),
        ("(x + 1)/(x^2 + 1)", "infinity", "0"),
        ("x^3/(x^2 + 1)", "-infinity", "-infinity"),
        ("1/x^2", "0", "infinity"),
        ("1/x", "0", "Undefined"),
        ("sin(x)/x", "0", "1"),
        ("sin(3*x)/sin(5*x)", "0", "3/5"),
        ("(1 - cos(x))/x^2", "0", "1/2"),
        ("(sin(x) - x)/x^3", "0", "-1/6"),
        ("tan(x)/x", "0", "1"),
        ("(e^x - 1)/x", "0", "1"),
        ("ln(1 + x)/x", "0", "1"),
        ("(1 + 1/x)^x", "infinity", "e"),
        ("(1 + 2/x)^(3*x)", "infinity", "e^6"),
        ("x*sin(1/x)", "infinity", "1"),
        ("x^2*e^(-x)", "infinity", "0"),
        ("(x^2 + 2*x + 2)*e^(-x)", "infinity", "0"),
        ("e^x/x^3", "infinity", "infinity"),
        ("(e^x - e^(-x))/(e^x + e^(-x))", "infinity", "1"),
        ("ln(x)/x", "infinity", "0"),
        ("e^x", "-infinity", "0"),
        ("arctan(x)", "infinity", "pi/2"),
        ("(sqrt(x + 4) - 2)/x", "0", "1/4"),
        ("sqrt(x^2 + x) - x", "infinity", "1/2"),
        ("(sqrt(1 + x) - sqrt(1 - x))/x", "0", "1"),
        ("abs(x)/x", "0", "Undefined"),
        ("sin(x)", "infinity", "Open"),
        ("f(x)", "0", "Open"),
    ];
    let x = Symbol::new("x");
    check(table.iter().map(|(body, to, wanted)| {
        let found = limit(&read(body), &x, &read(to), Side::Both, &mut budget());
        mismatch(&format!("{body} as x goes to {to}"), &found, wanted)
    }));
    let one_sided = [
        ("1/x", "0", Side::Above, "infinity"),
        ("1/x", "0", Side::Below, "-infinity"),
        ("x*ln(x)", "0", Side::Above, "0"),
        ("x^x", "0", Side::Above, "1"),
        ("abs(x)/x", "0", Side::Below, "-1"),
        ("sqrt(x)", "0", Side::Above, "0"),
        ("e^(1/x)", "0", Side::Below, "0"),
        ("1/(x - 2)^3", "2", Side::Below, "-infinity"),
    ];
    check(one_sided.iter().map(|(body, to, side, wanted)| {
        let found = limit(&read(body), &x, &read(to), *side, &mut budget());
        mismatch(&format!("{body} as x goes to {to}, {side:?}"), &found, wanted)
    }));
}

#[test]
fn endless_nesting() {
    let table = [
        ("sqrt(2 + x)", "2"),
        ("sqrt(6 + x)", "3"),
        ("sqrt(1 + x)", "(1 + sqrt(5))/2"),
        ("sqrt(2*x)", "2"),
        ("1 + 1/x", "(1 + sqrt(5))/2"),
        ("2 + 1/(2 + 1/x)", "1 + sqrt(2)"),
        ("1 + x/2", "2"),
        ("1 + 2*x", "Open"),
        ("sin(x)", "Open"),
    ];
    let x = Symbol::new("x");
    check(
        table
            .iter()
            .map(|(body, wanted)| mismatch(body, &nested(&read(body), &x, &mut budget()), wanted)),
    );
}
