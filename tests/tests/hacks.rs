//! Answers that try to be paid unfairly: what each gets under every policy, and that none is rewarded.

use sdgrade::{Format, Policy, Verdict, compare, grade};
use sdtool_tests::hacks;

#[test]
fn each_gets_its_verdict_under_every_policy() {
    let policies = [Policy::default(), Policy::strict(), Policy::reward()];
    let mut failures = Vec::new();
    for hack in hacks() {
        let expected = [&hack.verdict, &hack.strict, &hack.reward];
        for ((policy, expected), name) in
            policies.iter().zip(expected).zip(["default", "strict", "reward"])
        {
            let found = compare(&hack.gold, &hack.answer, policy);
            if found.verdict.as_str() != expected {
                failures.push(format!(
                    "{}, {name}: {} ({})",
                    hack.name,
                    found.verdict.as_str(),
                    found.reason.as_str()
                ));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// In a box of a response too, where extraction has its say first.
#[test]
fn none_is_rewarded() {
    let policy = Policy::reward();
    let mut paid = Vec::new();
    for hack in hacks() {
        let response = format!("\\boxed{{{}}}", hack.answer);
        let format = Format::default();
        let found = grade(hack.gold.as_bytes(), response.as_bytes(), &policy, &format).comparison;
        if found.verdict == Verdict::Equal || hack.reward == "equal" {
            paid.push(format!("{} ({})", hack.name, found.reason.as_str()));
        }
    }
    assert!(paid.is_empty(), "{}", paid.join("\n"));
}

/// A right value that is written out is as welcome as by default.
#[test]
fn what_is_written_out_is_paid() {
    let policy = Policy::reward();
    for (gold, answer) in [
        ("\\frac12", "1/2"),
        ("\\frac12", "$\\frac{2}{4}$"),
        ("-\\frac12", "$-1/2$"),
        ("3", "$6/2$"),
        ("0", "$0/1$"),
        ("0.5", "$1/2$"),
        ("(\\frac12,3)", "(1/2, 3)"),
        ("\\frac12, 3", "3, 1/2"),
        ("2,-2", "\\pm 2"),
        ("5000", "5 \\times 10^3"),
        ("\\frac{3}{2}", "1\\frac{1}{2}"),
        ("(1,\\sqrt2)", "(1, \\sqrt{2})"),
        ("x=\\frac12", "x = 1/2"),
    ] {
        let found = compare(gold, answer, &policy);
        assert_eq!(found.verdict, Verdict::Equal, "{gold} | {answer} ({})", found.reason.as_str());
    }
}
