//! What equals what, and what does not.

use std::cmp::Ordering;

use super::reader::read;
use crate::budget::{Budget, Stop};
use crate::canonical::{
    Decision, Proof, Rational, Symbol, coefficients, compare, equal, is_real, ratio, rounds_to,
    solve,
};

/// The default work budget of a comparison.
const WORK: u64 = 2_000_000;

fn decide(a: &str, b: &str) -> Decision {
    equal(&read(a), &read(b), &mut Budget::new(WORK))
}

/// Every pair must be found equal, in both orders.
#[track_caller]
fn all_equal(table: &[(&str, &str)]) {
    let wrong: Vec<String> = table
        .iter()
        .flat_map(|&(a, b)| [(a, b), (b, a)])
        .filter_map(|(a, b)| match decide(a, b) {
            Decision::Equal(Proof::Identity { error }) if error > -64 => {
                Some(format!("{a} = {b}: an error of 2^{error} is too likely"))
            }
            Decision::Equal(_) => None,
            other => Some(format!("{a} = {b}: {other:?}")),
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// Every pair must be proved different, in both orders.
#[track_caller]
fn all_different(table: &[(&str, &str)]) {
    let wrong: Vec<String> = table
        .iter()
        .flat_map(|&(a, b)| [(a, b), (b, a)])
        .filter_map(|(a, b)| match decide(a, b) {
            Decision::Different(_) => None,
            other => Some(format!("{a} = {b}: {other:?}")),
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn equal_constants() {
    all_equal(&[
        ("1/3", "2/6"),
        ("2^(-2/3)", "1/root(4, 3)"),
        ("sqrt(3)/3", "1/sqrt(3)"),
        ("sqrt(5 - sqrt(21)) + sqrt(5 + sqrt(21))", "sqrt(14)"),
        ("sqrt(10 + 2*sqrt(6) + 2*sqrt(10) + 2*sqrt(15))", "sqrt(2) + sqrt(3) + sqrt(5)"),
        ("root(2 + sqrt(5), 3) + root(2 - sqrt(5), 3)", "1"),
        ("root(7 + 5*sqrt(2), 3)", "1 + sqrt(2)"),
        (
            "sqrt(sqrt(11) + sqrt(194))/(15 + 2*sqrt(33))",
            "sqrt(sqrt(194) + sqrt(11))/(2*sqrt(33) + 15)",
        ),
        ("1/(1 + root(2, 3) + root(4, 3))", "root(2, 3) - 1"),
        ("cos(pi/7) - cos(2*pi/7) + cos(3*pi/7)", "1/2"),
        ("sin(pi/18)*sin(5*pi/18)*sin(7*pi/18)", "1/8"),
        ("tan(3*pi/11) + 4*sin(2*pi/11)", "sqrt(11)"),
        ("cos(58*pi/180)", "sin(32*pi/180)"),
        ("cos(6*pi/180)*sin(12*pi/180)/sin(18*pi/180)", "cos(pi/30)*sin(pi/15)*csc(pi/10)"),
        ("arctan(1/2) + arctan(1/3)", "pi/4"),
        ("4*arctan(1/5) - arctan(1/239)", "pi/4"),
        ("arcsin(3/5)", "arccos(4/5)"),
        ("log(2, 3)*log(3, 2)", "1"),
        ("log(4, 8)", "3/2"),
        ("ln(sqrt(2))", "ln(2)/2"),
        ("ln(2 + sqrt(3))", "-ln(2 - sqrt(3))"),
        ("e^(ln(2)/2)", "sqrt(2)"),
        ("e^(i*pi/4)", "(1 + i)/sqrt(2)"),
        ("(1 + i)^10", "32*i"),
        ("(1 + i)^2024", "2^1012"),
        ("(sqrt(3) + i)^2022", "-2^2022"),
        ("((1 + sqrt(5))/2)^50 + ((1 - sqrt(5))/2)^50", "28143753123"),
        ("(1 + sqrt(3)*i)^3", "-8"),
        ("abs(3 + 4*i)", "5"),
        ("sqrt(-3)", "sqrt(3)*i"),
        ("(1/sqrt(-1))^(1/3)", "e^(-i*pi/6)"),
        ("sqrt(1/(1 - sqrt(2)))", "i*sqrt(1 + sqrt(2))"),
        ("root(1 - sqrt(2), 3)", "-root(sqrt(2) - 1, 3)"),
        ("ln(-ln(1/2))", "ln(ln(2))"),
        ("9^9^9", "3^(2*9^9)"),
        ("9^9^9 + 1", "1 + 9^9^9"),
        ("100000!", "100000*99999!"),
        ("binomial(1000000, 500000)", "binomial(1000000, 500000)"),
        ("2^100000/2^99999", "2"),
        ("floor(pi)", "3"),
        ("floor(100*sqrt(2))", "141"),
        ("max(sqrt(2), 3/2)", "3/2"),
        ("sqrt(2)^sqrt(2)", "2^(sqrt(2)/2)"),
        ("infinity", "infinity"),
        ("gamma(9/2)", "105*sqrt(pi)/16"),
        ("gamma(1/2)^2", "pi"),
        ("zeta(2)*zeta(4)", "zeta(6)*7/4"),
        ("zeta(3)", "zeta(3) + zeta(2) - pi^2/6"),
        ("floor(10^6*zeta(3))", "1202056"),
        ("sum(k, 1, infinity, 1/k^3)", "zeta(3)"),
    ]);
}

/// A number that is closer to zero than its size and degree allow is zero: no doubt is left.
#[test]
fn algebraic_numbers_are_decided_by_theorem() {
    for (a, b) in [
        ("sqrt(10 + 2*sqrt(6) + 2*sqrt(10) + 2*sqrt(15))", "sqrt(2) + sqrt(3) + sqrt(5)"),
        ("root(2 + sqrt(5), 3) + root(2 - sqrt(5), 3)", "1"),
        ("root(7 + 5*sqrt(2), 3)", "1 + sqrt(2)"),
        ("root(9 + 4*sqrt(5), 3) + root(9 - 4*sqrt(5), 3)", "3"),
        ("cos(pi/7) - cos(2*pi/7) + cos(3*pi/7)", "1/2"),
        ("sin(pi/18)*sin(5*pi/18)*sin(7*pi/18)", "1/8"),
        ("tan(3*pi/11) + 4*sin(2*pi/11)", "sqrt(11)"),
    ] {
        assert_eq!(decide(a, b), Decision::Equal(Proof::Separation), "{a} = {b}");
    }
}

/// Beside something much larger, a part of a value is not seen at any precision that is affordable.
#[test]
fn what_is_too_small_to_be_seen_is_not_called_equal() {
    for (a, b) in [
        ("e^(1000*x^2) + sin(x)", "e^(1000*x^2) + cos(x)"),
        ("10^400*pi + sin(1)", "10^400*pi + sin(2)"),
        ("(x + i)^100000", "(x + i)^100000 + 1"),
        ("x + e^(-1000*x^2)*sin(x)", "x + e^(-1000*x^2)*cos(x)"),
        ("sin(x + e^(-1000*x^2))", "sin(x)"),
        ("sin(1 + e^(-1000))", "sin(1)"),
        ("sin(1 + 1/10^400)", "sin(1)"),
        ("cos(e^(-1000*x^2))", "1"),
        ("cos(pi^(-1000))", "1"),
        ("e^(pi^(-1000))", "1"),
        ("arctan(e^(1000*x^2))", "pi/2"),
        ("arctan(pi^1000)", "pi/2"),
        ("ln(e^1000 + 1)", "1000"),
        ("(1 + i*e^(-1000))^(5/2)", "1 + i*5/2*e^(-1000)"),
    ] {
        let decision = decide(a, b);
        assert!(!matches!(decision, Decision::Equal(_)), "{a} = {b}: {decision:?}");
    }
}

#[test]
fn different_constants() {
    all_different(&[
        ("1/3", "333333333/1000000000"),
        ("1/2004!", "1/2006!"),
        ("10^(-8)", "2*10^(-8)"),
        ("4", "4*sqrt(2)"),
        ("123456789", "123456790"),
        ("pi", "355/113"),
        ("pi", "3.14159265358979323846264338327950288419716939937510"),
        ("e^(pi*sqrt(163))", "262537412640768744"),
        ("sqrt(2) + sqrt(3)", "sqrt(5 + 2*sqrt(5))"),
        ("sqrt(1000001) + sqrt(999999)", "2*sqrt(1000000)"),
        ("e", "e + 1/10^300"),
        ("sin(1)", "sin(1) + 1/10^200"),
        ("arctan(1)", "1/tan(1)"),
        ("1 - 1/e", "1 + 1/e"),
        ("9^9^9", "1"),
        ("9^9^9", "9^9^9 + 1"),
        ("10^10^10", "1"),
        ("100000!", "1"),
        ("binomial(1000000, 500000)", "1"),
        ("(13/10)^6472416997", "1"),
        ("i", "-i"),
        ("3 + 2*i", "3 - 2*i"),
        ("infinity", "-infinity"),
        ("infinity", "5"),
        ("ln(2)", "log(10, 2)"),
        ("root(-8, 3)", "2"),
        ("zeta(3)", "pi^3/26"),
        ("zeta(5)", "1"),
        ("gamma(1/2)", "pi/2"),
        ("subfactorial(5)", "45"),
    ]);
}

#[test]
fn equal_expressions() {
    all_equal(&[
        ("x^2 - 1", "(x - 1)*(x + 1)"),
        ("(x + 2)/7", "x/7 + 2/7"),
        ("1/(3*root(x, 3)^2)", "1/(3*x^(2/3))"),
        ("(x^2 - y^2)/(x^2 + 2*x*y + y^2)", "(x - y)/(x + y)"),
        ("(x^800 - 1)/(x - 1)", "(1 - x^800)/(1 - x)"),
        ("(a+b+c+d+e1+f+g)^60", "(g+f+e1+d+c+b+a)^60"),
        ("sin(x)^2 + cos(x)^2", "1"),
        ("1 + tan(y)^2", "sec(y)^2"),
        ("sin(2*x)", "2*sin(x)*cos(x)"),
        ("2*sin(b)*cos(a)", "sin(a + b) - sin(a - b)"),
        ("cos(3*x)", "4*cos(x)^3 - 3*cos(x)"),
        ("arctan(x) + arccot(x)", "pi/2"),
        ("arcsin(x) + arccos(x)", "pi/2"),
        ("ln(x^2)", "2*ln(x)"),
        ("ln(x*y)", "ln(x) + ln(y)"),
        ("sqrt(a*b)", "sqrt(a)*sqrt(b)"),
        ("sqrt(x^2)", "abs(x)"),
        ("abs(x)^2", "x^2"),
        ("abs(x - 1)", "abs(1 - x)"),
        ("sqrt(x^2 + 2*x + 1)", "abs(x + 1)"),
        ("x^(3/2)", "x*sqrt(x)"),
        ("1/(sqrt(x + 1) + sqrt(x))", "sqrt(x + 1) - sqrt(x)"),
        ("e^(x + y)", "e^x*e^y"),
        ("cosh(x)^2 - sinh(x)^2", "1"),
        ("e^(i*x)", "cos(x) + i*sin(x)"),
        ("2^(n + 1)", "2*2^n"),
        ("4^n", "2^(2*n)"),
        ("(-1)^(2*n)", "1"),
        ("cos(n*pi)", "(-1)^n"),
        ("(n + 1)!", "(n + 1)*n!"),
        ("binomial(n, k)", "n!/(k!*(n - k)!)"),
        ("binomial(n, k)", "binomial(n, n - k)"),
        ("binomial(n + 1, 3)", "(n + 1)*n*(n - 1)/6"),
        ("n*(n + 1)/2", "sum(k, 1, n, k)"),
        ("sum(k, 1, n, k^3)", "(n*(n + 1)/2)^2"),
        ("sum(k, 0, n, 2^k)", "2^(n + 1) - 1"),
        ("sum(k, 0, n, binomial(n, k))", "2^n"),
        ("sum(k, 0, n - 1, F(k)*F(n - k - 1))", "sum(k, 0, n - 1, F(n - k - 1)*F(k))"),
        ("f(2*x)", "f(x + x)"),
        ("max(a, b)", "max(b, a)"),
        ("max(a, b)", "(a + b + abs(a - b))/2"),
        ("floor(x + 1)", "floor(x) + 1"),
        ("pi*r^2*h/3", "h*r^2*pi/3"),
        ("fibonacci(n + 2)", "fibonacci(n + 1) + fibonacci(n)"),
        ("fibonacci(n)", "(((1 + sqrt(5))/2)^n - ((1 - sqrt(5))/2)^n)/sqrt(5)"),
        ("subfactorial(n)", "n*subfactorial(n - 1) + (-1)^n"),
        ("sum(k, 0, n, binomial(n, k)*subfactorial(k))", "n!"),
        ("falling(n, k)", "n!/(n - k)!"),
        ("sum(j, 1, n + 1, 1/j)", "sum(j, 1, n, 1/j) + 1/(n + 1)"),
    ]);
}

#[test]
fn different_expressions() {
    all_different(&[
        ("x + 1", "x + 2"),
        ("x^2 + 1", "t^2 + 1"),
        ("sqrt(x^2)", "x"),
        ("x + 2*n + 1", "x + 1"),
        ("sin(x)", "sin(x) + 1/10^40"),
        ("sin(x)^2", "sin(x^2)"),
        ("(a+b+c+d+e1+f+g)^60", "(a+b+c+d+e1+f+2*g)^60"),
        ("(x^800 - 1)/(x - 1)", "(x^801 - 1)/(x - 1)"),
        ("f(x)", "f(y)"),
        ("f(x)", "g(x)"),
        ("2^n", "2^(n + 1)"),
        ("n!", "(n + 1)!"),
        ("binomial(binomial(n, k), m)", "binomial(n, m)^k"),
        ("ln(x)", "log(10, x)"),
        ("x", "x + e^(-1000)"),
        ("sum(k, 1, n, k)", "n^2/2"),
        ("pi*r^2", "pi*r^3"),
    ]);
}

/// An application of an unknown function is as free as a variable.
#[test]
fn unknown_functions_decide_nothing() {
    all_equal(&[
        ("2*f(x)", "f(x) + f(x)"),
        ("f(x + x)", "f(2*x)"),
        ("f(sin(x)^2 + cos(x)^2)", "f(1)"),
        ("f(g(x)) - g(f(x))", "-(g(f(x)) - f(g(x)))"),
        ("(f(x) + g(x))^2", "f(x)^2 + 2*f(x)*g(x) + g(x)^2"),
        ("sin(f(2))^2 + cos(f(2))^2", "1"),
        ("abs(f(2))", "sqrt(f(2)^2)"),
        ("abs(f(x) - 10)", "abs(10 - f(x))"),
        ("max(f(3), 5)", "max(5, f(3))"),
        ("max(f(3), 5)", "(f(3) + 5 + abs(f(3) - 5))/2"),
        ("sum(k, 1, 30, f(k))", "sum(j, 1, 30, f(31 - j))"),
        ("sum(k, 1, n, f(k))", "sum(j, 1, n, f(j))"),
        ("f(x, y)", "f(2*x - x, y)"),
    ]);
    all_different(&[
        ("floor(f(2))", "3"),
        ("ceil(f(2))", "3"),
        ("sign(f(2))", "1"),
        ("max(f(3), 5)", "5"),
        ("max(f(3), 5)", "f(3)"),
        ("min(f(3), -5)", "-5"),
        ("max(f(3), 5000)", "5000"),
        ("abs(f(2))", "f(2)"),
        ("abs(f(x) - 10)", "10 - f(x)"),
        ("abs(f(x) + 1000000)", "f(x) + 1000000"),
        ("sqrt(f(2)^2)", "f(2)"),
        ("f(2)", "3"),
        ("f(2)", "f(3)"),
        ("f(x)", "f(y)"),
        ("f(x, y)", "f(y, x)"),
        ("f(2)", "f(2, 2)"),
        ("f(f(x))", "f(x)"),
        ("f(2 + 1/10^40)", "f(2)"),
        ("sum(k, 1, 20, f(k))", "20*f(1)"),
        ("sum(k, 1, 20, f(k))", "sum(k, 2, 21, f(k))"),
    ]);
    for text in ["f(2)", "abs(f(2))", "max(f(3), 5)", "sum(k, 1, 3, f(k))"] {
        let budget = &mut Budget::new(WORK);
        assert_eq!(compare(&read(text), &read("-100"), budget), Err(Stop::Open), "{text}");
        assert_eq!(is_real(&read(text), budget), None, "{text}");
    }
}

/// Expressions that agree near zero, and not beyond the places where they switch.
#[test]
fn pieces_are_compared_one_by_one() {
    all_equal(&[
        ("abs(x - 10)", "max(x, 10) - min(x, 10)"),
        ("abs(x - 10)", "sqrt(x^2 - 20*x + 100)"),
        ("abs(x^2 + 1)", "x^2 + 1"),
        ("max(x, 7, 9)", "max(max(7, x), 9)"),
        ("abs(x - 10)*abs(x - 11)", "abs(x^2 - 21*x + 110)"),
    ]);
    all_different(&[
        ("abs(x - 10)", "10 - x"),
        ("abs(x - 4)", "4 - x"),
        ("abs(x + 10^9)", "x + 10^9"),
        ("abs(x - 10*y)", "10*y - x"),
        ("max(x, -10)", "x"),
        ("max(x, 10)", "10"),
        ("sqrt((x - 10)^2)", "10 - x"),
        ("sqrt(x^2 - 20*x + 100)", "10 - x"),
        ("abs(x - 10) + abs(x - 11)", "abs(2*x - 21)"),
        ("abs(x^2 - 100)", "100 - x^2"),
        ("sign(x - 20)", "-1"),
        ("arctan(x - 30) + arctan(1/(x - 30))", "-pi/2"),
        ("(x - 10)*abs(x - 10)", "-(x - 10)^2"),
    ]);
}

#[test]
fn hostile_expressions_end() {
    let nested = |inner: &str, wrap: &str, times: usize| {
        (0..times).fold(inner.to_owned(), |text, _| wrap.replace('@', &text))
    };
    let terms: Vec<String> = (1..20_000).map(|k| format!("{k}*x^{k}")).collect();
    let wide = terms.join(" + ");
    for text in [
        "(((100!)!)!)!",
        "9^9^9^9",
        "2^2^2^49",
        "((9^9)^9999)^9999",
        "(10^10)!",
        "7^e^e^e^(10*e)",
        "binomial(1000000, 500000)*binomial(999999, 499999)",
        "sum(k, 1, 1000000, 1/k)",
        "sum(k, 1, 2000, 1/k)",
        "product(k, 1, 1000000, k^2 + 1)",
        &nested("2", "sqrt(1 + @)", 60),
        &nested("x", "ln(1 + @^2)", 60),
        &nested("x", "1/(1 + @)", 60),
        &nested("x", "(@)^3 + y", 12),
        &nested("2", "sqrt(1 + @)", 190),
        &nested("x", "sin(1 + @)", 190),
        &nested("x", "floor(@)", 190),
        &nested("3", "(@)!", 30),
        &nested("x", "(1 + @)^y", 95),
        "2^(-10^15)",
        "x^(-(2^(-10^15)))",
        "(1 + i)^(10^18)",
        "sum(k, 1, infinity, 1/k^2)",
        "sum(k, 1, n, sum(j, 1, k, f(j, k)))",
        &wide,
    ] {
        let expr = read(text);
        for other in ["0", "x", "2^16"] {
            // Any decision will do, within the budget and without a panic.
            let _ = equal(&expr, &read(other), &mut Budget::new(WORK));
        }
        let itself = equal(&expr, &read(text), &mut Budget::new(WORK));
        assert_eq!(itself, Decision::Equal(Proof::Exact));
    }
}

#[test]
fn no_value_is_no_decision() {
    assert_eq!(decide("1/0", "2/0"), Decision::Unknown(Stop::Undefined));
    assert_eq!(decide("0^0", "1"), Decision::Unknown(Stop::Undefined));
    assert_eq!(decide("tan(pi/2)", "1"), Decision::Unknown(Stop::Undefined));
}

#[test]
fn order_of_constants() {
    for (small, large) in [
        ("1/3", "1/2"),
        ("-2", "1"),
        ("sqrt(2)", "3/2"),
        ("pi", "22/7"),
        ("-infinity", "-10^100"),
        ("10^100", "infinity"),
        ("9^9^9", "9^9^9 + 1"),
        ("e^(pi*sqrt(163))", "262537412640768744"),
        ("log(2, 3)", "8/5"),
        ("-sqrt(3)", "-sqrt(2)"),
    ] {
        let (a, b) = (read(small), read(large));
        assert_eq!(
            compare(&a, &b, &mut Budget::new(WORK)),
            Ok(Ordering::Less),
            "{small} < {large}"
        );
        assert_eq!(compare(&b, &a, &mut Budget::new(WORK)), Ok(Ordering::Greater));
    }
    let same = compare(&read("sqrt(8)"), &read("2*sqrt(2)"), &mut Budget::new(WORK));
    assert_eq!(same, Ok(Ordering::Equal));
    assert_eq!(compare(&read("i"), &read("1"), &mut Budget::new(WORK)), Err(Stop::Open));
}

#[test]
fn rounding() {
    for (exact, decimal, digits, rounds) in [
        ("1/3", "0.333", 3, true),
        ("1/3", "0.334", 3, false),
        ("2/3", "0.666666", 6, false),
        ("2/3", "0.666667", 6, true),
        ("84/13", "6.46", 2, true),
        ("84/13", "6.47", 2, false),
        ("1/8", "0.12", 2, true),
        ("1/8", "0.13", 2, true),
        ("pi", "3.14159265", 8, true),
        ("pi", "3.14159266", 8, false),
        ("sqrt(2)", "1.414", 3, true),
        ("sqrt(2)*sqrt(2)", "2.00", 2, true),
        ("e^10", "22026.4658", 4, true),
        ("i", "1.00", 2, false),
        ("x", "1.00", 2, false),
    ] {
        let value = match read(decimal) {
            crate::canonical::Expr::Rational(value) => value,
            other => panic!("{other} is no decimal"),
        };
        let decision = rounds_to(&read(exact), &value, digits, &mut Budget::new(WORK));
        assert_eq!(matches!(decision, Decision::Equal(_)), rounds, "{exact} and {decimal}");
        assert!(!matches!(decision, Decision::Unknown(_)), "{exact} and {decimal}");
    }
    let hundreds = Rational::from(1_200);
    let decision = rounds_to(&read("1234"), &hundreds, -2, &mut Budget::new(WORK));
    assert_eq!(decision, Decision::Equal(Proof::Exact));
}

#[test]
fn equations_up_to_a_factor() {
    for (left, right, same) in [
        ("2*x + 4*y - 6", "x + 2*y - 3", true),
        ("x + y - 1", "y - 1 + x", true),
        ("x + y - 1", "1 - x - y", true),
        ("sqrt(2)*x - 2", "x - sqrt(2)", true),
        ("x + y - 1", "x - y - 1", false),
        ("x*(x + y)", "x + y", false),
        ("sin(x)^2 + cos(x)^2 - y", "2 - 2*y", true),
        ("0", "x - x", true),
        ("0", "x", false),
        ("f(2)*x - f(2)", "x - 1", false),
        ("2*f(2)*x - 2*f(2)", "f(2)*x - f(2)", true),
        ("f(2) - 3", "6 - 2*f(2)", true),
        ("f(2) - 3", "f(3) - 3", false),
    ] {
        let decision = ratio(&read(left), &read(right), &mut Budget::new(WORK));
        let found = match decision {
            Decision::Equal(_) => true,
            Decision::Different(_) => false,
            Decision::Unknown(stop) => panic!("{left} and {right}: {stop:?}"),
        };
        assert_eq!(found, same, "{left} and {right}");
    }
}

#[test]
fn coefficients_and_solutions() {
    let budget = &mut Budget::new(WORK);
    let x = Symbol::new("x");
    let show = |list: Vec<crate::canonical::Expr>| {
        list.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    let found = coefficients(&read("(x + a)^2 - 3"), &x, budget);
    assert_eq!(found.map(show).as_deref(), Ok("a^2 - 3; 2*a; 1"));
    assert_eq!(coefficients(&read("sin(x)"), &x, budget), Err(Stop::Open));
    assert_eq!(coefficients(&read("1/x"), &x, budget), Err(Stop::Open));
    let found = solve(&read("y + 1 + (2*x - 1)^2"), &Symbol::new("y"), budget);
    assert_eq!(found.map(show).as_deref(), Ok("-4*x^2 + 4*x - 2"));
    let found = solve(&read("x^2 - 5*x + 6"), &x, budget).map(|roots| {
        roots.iter().map(|root| crate::canonical::normalise(root, budget)).collect::<Vec<_>>()
    });
    let expected = [read("2"), read("3")].map(|root| crate::canonical::normalise(&root, budget));
    assert_eq!(found, Ok(expected.to_vec()));
}
