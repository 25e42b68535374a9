//! Normal forms: what an expression is brought to.

use super::reader::read;
use crate::budget::{Budget, Stop};
use crate::canonical::normalise;

fn normal_form(text: &str) -> String {
    match normalise(&read(text), &mut Budget::new(1_000_000)) {
        Ok(normal) => normal.to_string(),
        Err(stop) => format!("{stop:?}"),
    }
}

#[track_caller]
fn check(table: &[(&str, &str)]) {
    let wrong: Vec<String> = table
        .iter()
        .filter_map(|(given, wanted)| {
            let found = normal_form(given);
            (found != *wanted).then(|| format!("{given}  ->  {found}  instead of  {wanted}"))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn numbers() {
    check(&[
        ("2/4", "1/2"),
        ("-6/4", "-3/2"),
        ("0.1 + 0.2", "3/10"),
        ("2^10", "1024"),
        ("2^(-3)", "1/8"),
        ("2^100", "1267650600228229401496703205376"),
        ("5!", "120"),
        ("binomial(5, 2)", "10"),
        ("permutations(5, 2)", "20"),
        ("gcd(12, 18)", "6"),
        ("lcm(4, 6)", "12"),
        ("mod(-7, 3)", "2"),
        ("floor(-7/2)", "-4"),
        ("ceil(7/2)", "4"),
        ("abs(-3/2)", "3/2"),
        ("max(1/2, 1/3)", "1/2"),
        ("phi(36)", "12"),
        ("9^9^9", "3^774840978"),
    ]);
}

#[test]
fn roots() {
    check(&[
        ("sqrt(8)", "2*sqrt(2)"),
        ("1/sqrt(2)", "sqrt(2)/2"),
        ("2^(-2/3)", "2^(1/3)/2"),
        ("1/root(4, 3)", "2^(1/3)/2"),
        ("sqrt(2)*sqrt(3)", "sqrt(2)*sqrt(3)"),
        ("sqrt(6)/sqrt(3)", "sqrt(2)"),
        ("sqrt(12) - sqrt(3) - sqrt(3)", "0"),
        ("(1 + sqrt(2))*(1 - sqrt(2))", "-1"),
        ("1/(15 + 2*sqrt(33))", "-2*sqrt(3)*sqrt(11)/93 + 5/31"),
        ("1/(sqrt(2) + sqrt(3) + sqrt(5))", "-sqrt(2)*sqrt(3)*sqrt(5)/12 + sqrt(2)/4 + sqrt(3)/6"),
        ("sqrt(-4)", "2*i"),
        ("root(-8, 3)", "-2"),
        ("(-8)^(2/3)", "4"),
        ("sqrt(3 + 2*sqrt(2))", "sqrt(2) + 1"),
        ("sqrt(5 - sqrt(21)) + sqrt(5 + sqrt(21))", "sqrt(2)*sqrt(7)"),
        ("sqrt(24*sqrt(2) + 41)", "4*sqrt(2) + 3"),
        ("sqrt(sqrt(2))", "2^(1/4)"),
        ("1/(1 + root(2, 3))", "2^(2/3)/3 - 2^(1/3)/3 + 1/3"),
        ("1/i", "-i"),
        ("(1 + i)^2", "2*i"),
        ("1/(1 + i)", "-i/2 + 1/2"),
    ]);
}

#[test]
fn polynomials_and_quotients() {
    check(&[
        ("(x + 1)^2", "x^2 + 2*x + 1"),
        ("(x - 1)*(x + 1)", "x^2 - 1"),
        ("(x^2 - 1)/(x - 1)", "x + 1"),
        ("(x^2 + 3*x + 2)/(x^2 + 4*x + 3)", "(x + 2)/(x + 3)"),
        ("1/(2*x - 2) + 1/(2*x + 2)", "x/(x^2 - 1)"),
        ("x^2/x", "x"),
        ("x/x^2", "1/x"),
        ("x^3*y/(x*y^2)", "x^2/y"),
        ("(a + b)^2 - (a - b)^2", "4*a*b"),
        ("1/(x + sqrt(2))", "(-sqrt(2) + x)/(x^2 - 2)"),
        ("1/(3*root(x, 3)^2)", "1/(3*x^(2/3))"),
        ("sqrt(x^2)", "abs(x)"),
        ("sqrt(x)^2", "x"),
        ("root(x^3, 3)", "x"),
        ("sqrt(4*x + 4)", "2*sqrt(x + 1)"),
        ("sqrt(x + 1)^3", "x*sqrt(x + 1) + sqrt(x + 1)"),
        ("e^(2*x)*e^(-x)", "e^x"),
        ("2^(n + 1) - 2^n", "2^n"),
        ("4^n/2^n", "2^n"),
        ("e^(1/x)*e^(-1/x)", "1"),
        ("2^((n + 1)/n)", "2*2^(1/n)"),
        ("(n + 1)!/n!", "n + 1"),
        ("binomial(n, 2)", "n^2/2 - n/2"),
        ("abs(-2*x)", "2*abs(x)"),
    ]);
}

#[test]
fn functions() {
    check(&[
        ("sin(pi/6)", "1/2"),
        ("cos(pi/12)", "sqrt(2)*sqrt(3)/4 + sqrt(2)/4"),
        ("tan(pi/3)", "sqrt(3)"),
        ("tan(pi/2)", "Undefined"),
        ("cos(2*pi/5)", "sqrt(5)/4 - 1/4"),
        ("sin(x + pi)", "-sin(x)"),
        ("sin(pi/2 - x)", "cos(x)"),
        ("cos(-x)", "cos(x)"),
        ("sin(58*pi/180)", "cos(8*pi/45)"),
        ("arctan(1)", "pi/4"),
        ("arcsin(-1/2)", "-pi/6"),
        ("arccos(sqrt(3)/2)", "pi/6"),
        ("arctan(2 - sqrt(3))", "pi/12"),
        ("ln(8)/ln(2)", "3"),
        ("log(2, 8)", "3"),
        ("ln(e^3)", "3"),
        ("ln(12)", "2*ln(2) + ln(3)"),
        ("e^(2*ln(3))", "9"),
        ("2^(log(2, 5))", "5"),
        ("e^(i*pi)", "-1"),
        ("e^(i*pi/3)", "sqrt(3)*i/2 + 1/2"),
        ("sum(k, 1, n, k)", "n^2/2 + n/2"),
        ("sum(k, 1, 100, k^2)", "338350"),
        ("sum(k, 0, n, 2^k)", "2*2^n - 1"),
        ("sum(k, 0, infinity, 1/2^k)", "2"),
        ("sum(k, 1, infinity, k/3^k)", "3/4"),
        ("product(k, 1, n, k)", "factorial(n)"),
        ("product(k, 1, 5, 2*k)", "3840"),
    ]);
}

#[test]
fn functions_of_integers() {
    check(&[
        ("gamma(5)", "24"),
        ("gamma(1/2)", "sqrt(pi)"),
        ("gamma(7/2)", "15*sqrt(pi)/8"),
        ("gamma(-1/2)", "-2*sqrt(pi)"),
        ("gamma(-5/2)", "-8*sqrt(pi)/15"),
        ("gamma(0)", "Undefined"),
        ("gamma(x + 2)/gamma(x + 1)", "x + 1"),
        ("gamma(1/3)", "factorial(-2/3)"),
        ("zeta(2)", "pi^2/6"),
        ("zeta(4)", "pi^4/90"),
        ("zeta(12)", "691*pi^12/638512875"),
        ("zeta(0)", "-1/2"),
        ("zeta(-1)", "-1/12"),
        ("zeta(-2)", "0"),
        ("zeta(-3)", "1/120"),
        ("zeta(1)", "Undefined"),
        ("zeta(3)", "zeta(3)"),
        ("subfactorial(0)", "1"),
        ("subfactorial(1)", "0"),
        ("subfactorial(5)", "44"),
        ("fibonacci(0)", "0"),
        ("fibonacci(10)", "55"),
        ("fibonacci(-8)", "-21"),
        ("fibonacci(-7)", "13"),
        ("fibonacci(100)", "354224848179261915075"),
        ("falling(7, 3)", "210"),
        ("falling(1/2, 2)", "-1/4"),
        ("falling(x, 2)", "x^2 - x"),
        ("sum(j, 1, 4, 1/j)", "25/12"),
        ("mod(3^100000000, 7)", "4"),
        ("mod(2^(10^18) + 3^(10^15), 1000)", "377"),
        ("mod(7^2024, 10)", "1"),
        ("phi(100)", "40"),
    ]);
}

#[test]
fn infinite_sums() {
    check(&[
        ("sum(k, 0, infinity, 1/2^k)", "2"),
        ("sum(k, 0, infinity, (-1)^k/2^k)", "2/3"),
        ("sum(k, 2, infinity, k^2/3^k)", "7/6"),
        ("sum(k, 0, infinity, 1/sqrt(2)^k)", "sqrt(2) + 2"),
        ("sum(k, 1, infinity, 1/k^2)", "pi^2/6"),
        ("sum(k, 2, infinity, 1/k^2)", "pi^2/6 - 1"),
        ("sum(k, 1, infinity, (-1)^(k + 1)/k^2)", "pi^2/12"),
        ("sum(k, 1, infinity, (-1)^(k + 1)/k)", "ln(2)"),
        ("sum(k, 1, infinity, 1/(k*2^k))", "ln(2)"),
        ("sum(k, 1, infinity, 1/(2*k - 1)^2)", "pi^2/8"),
        ("sum(k, 0, infinity, 1/(2*k + 1)^4)", "pi^4/96"),
        ("sum(k, 1, infinity, 1/(k*(k + 1)))", "1"),
        ("sum(k, 1, infinity, 1/(k*(k + 2)))", "3/4"),
        ("sum(k, 2, infinity, 1/(k^2 - 1))", "3/4"),
        ("sum(k, 1, infinity, 1/(4*k^2 - 1))", "1/2"),
        ("sum(k, 1, infinity, 1/((3*k - 2)*(3*k + 1)))", "1/3"),
        ("sum(k, 1, infinity, 1/(k*(k + 1)*(k + 2)))", "1/4"),
        ("sum(k, 1, infinity, 1/(k*(2*k - 1)))", "2*ln(2)"),
        ("sum(k, 1, infinity, 1/(k^2*(k + 1)))", "pi^2/6 - 1"),
        ("sum(k, 1, infinity, 1/(k^2*(k + 1)^2))", "pi^2/3 - 3"),
        ("sum(k, 0, infinity, 1/k!)", "e"),
        ("sum(k, 1, infinity, 1/k!)", "e - 1"),
        ("sum(k, 0, infinity, k^2/k!)", "2*e"),
        ("sum(k, 0, infinity, x^k/k!)", "e^x"),
        ("sum(k, 0, infinity, (-1)^k*2^k/k!)", "1/e^2"),
    ]);
    check(&[
        ("sum(k, 1, n, 1/(k*(k + 1)))", "n/(n + 1)"),
        ("sum(k, 1, 2024, 1/(k*(k + 1)))", "2024/2025"),
        ("sum(k, 2, 100000, 1/(k^2 - 1))", "14999949999/20000200000"),
        ("product(k, 2, infinity, 1 - 1/k^2)", "1/2"),
        ("product(k, 1, infinity, 4*k^2/(4*k^2 - 1))", "pi/2"),
        ("product(k, 3, infinity, 1 - 4/k^2)", "1/6"),
    ]);
    // What diverges, or is not known, stays.
    for text in [
        "sum(k, 1, infinity, 1/k)",
        "sum(k, 0, infinity, 2^k)",
        "sum(k, 0, infinity, (-1)^k)",
        "sum(k, 1, infinity, k)",
        "sum(k, 0, infinity, x^k)",
        "sum(k, 0, infinity, sqrt(2)^k)",
        "sum(k, 1, infinity, (k + 1)/(k*(k + 2)))",
        "sum(k, 1, infinity, 1/(k^2 + 1))",
        "sum(k, 1, infinity, 1/(k*(3*k - 1)))",
        "product(k, 1, infinity, 1 + 1/k)",
        "product(k, 1, infinity, 1 + 1/k^2)",
    ] {
        let found = normal_form(text);
        assert!(found.starts_with("sum(") || found.starts_with("product("), "{text}: {found}");
    }
    assert_eq!(normal_form("sum(k, 0, infinity, 1/(k*(k + 1)))"), "Undefined");
}

#[test]
fn what_has_no_value() {
    for text in ["1/0", "0^0", "0^(-1)", "ln(0)", "1/(x - x)", "tan(pi/2)", "(-1)!"] {
        let stop = normalise(&read(text), &mut Budget::new(100_000));
        assert_eq!(stop, Err(Stop::Undefined), "{text}");
    }
}
