//! A smaller budget leaves more questions undecided, and decides none of them otherwise.

use sdgrade::{Policy, Verdict, compare};

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
