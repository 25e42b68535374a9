//! Input that is made to hurt: it must come back, and must not be called equal where it is not.

use sdgrade::{Policy, Verdict, compare};

fn joined(parts: impl Iterator<Item = String>, by: &str) -> String {
    parts.collect::<Vec<_>>().join(by)
}

fn hostile() -> Vec<(&'static str, String)> {
    let million = 1_000_000;
    vec![
        ("a million braces", "{".repeat(million)),
        ("a tower of powers", "9^{9^{9^{9}}}".to_owned()),
        ("factorials of factorials", "((((100!)!)!)!)".to_owned()),
        ("a big binomial", "\\binom{1000000}{500000}".to_owned()),
        ("a million digits", "1".repeat(million)),
        ("a million digits and a point", format!("{}.5", "1".repeat(million))),
        ("a wide power", "(a+b+c+d+e+f+g)^{60}".to_owned()),
        ("20,000 terms", joined((1..20_000).map(|i| format!("x^{{{i}}}")), "+")),
        ("22 signs in a list", joined((1..=22).map(|i| format!("\\pm {i}")), ", ")),
        ("22 signs in a sum", joined((1..=22).map(|i| format!("\\pm {i}")), "")),
        ("100,000 nested fractions", "\\frac{1}{".repeat(100_000)),
        ("9,000 items", joined((1..9_000).map(|i| i.to_string()), ", ")),
        ("a million factorial signs", format!("5{}", "!".repeat(million))),
        ("60,000 minus signs", format!("{}5", "-".repeat(60_000))),
        ("60,000 bars", "|".repeat(60_000)),
        ("a million backslashes", "\\".repeat(million)),
        ("unclosed texts", "\\text{".repeat(10_000)),
        ("unclosed environments", "\\begin{pmatrix}".repeat(4_000)),
        ("a long row", format!("\\begin{{pmatrix}}{}1\\end{{pmatrix}}", "1&".repeat(15_000))),
        (
            "4,000 intervals",
            joined((1..4_000).map(|i| format!("({},{})", 2 * i, 2 * i + 1)), "\\cup "),
        ),
        ("200,000 words", "word ".repeat(200_000)),
        ("20,000 units", format!("5{}", " cm".repeat(20_000))),
        ("20,000 boxes", "\\boxed{".repeat(2_500) + "1" + &"}".repeat(2_500)),
        ("an endless exponent", "1e99999999999".to_owned()),
        ("a long series", "\\sum_{k=1}^{1000000000} k^{100}".to_owned()),
        ("30,000 subscripts", format!("a{}", "_2".repeat(30_000))),
    ]
}

#[test]
fn hostile_input_returns_and_equals_itself_only() {
    let policy = Policy::default();
    for (name, text) in hostile() {
        assert_eq!(compare(&text, &text, &policy).verdict, Verdict::Equal, "{name} against itself");
        assert_ne!(compare(&text, "7", &policy).verdict, Verdict::Equal, "{name} against 7");
        assert_ne!(compare("7", &text, &policy).verdict, Verdict::Equal, "7 against {name}");
    }
}

#[test]
fn a_smaller_budget_leaves_more_undecided_and_decides_nothing_else() {
    let pairs = [
        ("\\sqrt{3+2\\sqrt{2}}", "1+\\sqrt{2}"),
        ("(x+1)^8", "(x+1)^7(x+1)"),
        ("\\frac{1}{x}+\\frac{1}{y}", "\\frac{x+y}{xy}"),
    ];
    for (gold, answer) in pairs {
        for work in [0, 10, 100, 1_000, 10_000, 2_000_000] {
            let mut policy = Policy::default();
            policy.limits.work = work;
            assert_ne!(
                compare(gold, answer, &policy).verdict,
                Verdict::Different,
                "{gold} at {work} units"
            );
        }
    }
}
