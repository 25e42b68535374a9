//! Each leniency of the policy grants what it is for, and nothing else does.

use sdgrade::{Policy, Verdict, compare};
use sdtool_tests::leniencies;

/// The policy with one leniency switched.
fn switched(mut policy: Policy, leniency: &str, on: bool) -> Policy {
    let field = match leniency {
        "ignore_unit" => &mut policy.ignore_unit,
        "ignore_percent" => &mut policy.ignore_percent,
        "ignore_name" => &mut policy.ignore_name,
        "ignore_domain" => &mut policy.ignore_domain,
        "ignore_label" => &mut policy.ignore_label,
        "ignore_remark" => &mut policy.ignore_remark,
        "ignore_sentence" => &mut policy.ignore_sentence,
        "ignore_base" => &mut policy.ignore_base,
        "adopt_brackets" => &mut policy.adopt_brackets,
        "option_letters" => &mut policy.option_letters,
        "option_values" => &mut policy.option_values,
        "numeric_identity" => &mut policy.numeric_identity,
        other => panic!("no leniency is called {other:?}"),
    };
    *field = on;
    policy
}

#[test]
fn each_is_enough_and_needed() {
    let mut failures = Vec::new();
    for row in leniencies() {
        let alone = switched(Policy::strict(), &row.leniency, true);
        let without = switched(Policy::default(), &row.leniency, false);
        for (gold, answer) in [(&row.gold, &row.answer), (&row.answer, &row.gold)] {
            for (policy, is_equal) in [(&alone, true), (&without, false)] {
                let found = compare(gold, answer, policy);
                if (found.verdict == Verdict::Equal) != is_equal {
                    let (name, reason) = (&row.name, found.reason.as_str());
                    let which = if is_equal { "alone" } else { "left out" };
                    failures.push(format!("{name}, {} {which}: {reason}", row.leniency));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// `n \ge 1, n \in \mathbb{Z}` has a name and a domain that a set in words has not.
#[test]
fn where_two_are_needed_neither_is_enough() {
    let (gold, answer) = (r"\text{all positive integers}", r"n \ge 1, n \in \mathbb{Z}");
    assert_eq!(compare(gold, answer, &Policy::default()).verdict, Verdict::Equal);
    for leniency in ["ignore_name", "ignore_domain"] {
        for policy in [
            switched(Policy::default(), leniency, false),
            switched(Policy::strict(), leniency, true),
        ] {
            assert_ne!(compare(gold, answer, &policy).verdict, Verdict::Equal, "{leniency}");
            assert_ne!(compare(answer, gold, &policy).verdict, Verdict::Equal, "{leniency}");
        }
    }
}
