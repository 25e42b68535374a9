//! Input that is made to hurt comes back within its work units and little memory, and is not
//! called equal where it is not. Counts, not timings: `benches` has those.

use peak_alloc::PeakAlloc;
use sdgrade::budget::Budget;
use sdgrade::{Limits, Policy, Verdict, compare_within};
use sdtool_tests::hostile;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Bytes that one comparison may hold at a time, both sides' trees and meanings together.
const MOST_BYTES: usize = 50_000_000;

/// Bytes of stack: the recursion is as deep as the depth limit, never as the input.
const STACK: usize = 1 << 20;

#[test]
fn hostile_input_stays_within_its_work_and_memory() {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(compare_all);
    thread.expect("a thread").join().expect("no panic");
}

/// A limit that outgrows the stack counts as the deepest that does not.
#[test]
fn no_limit_outgrows_the_stack() {
    let compare = || {
        let mut policy = Policy::default();
        policy.limits = Limits { depth: 1_000_000, nodes: 1 << 20, ..policy.limits };
        for (open, close) in [
            ("(", ")"),
            ("{", "}"),
            ("\\frac{1}{", "}"),
            ("\\sqrt{", "}"),
            ("x^{", "}"),
            ("-", ""),
            ("|1+", "|"),
            ("\\{", "\\}"),
            ("f(", ")"),
            ("\\sin ", ""),
            ("\\begin{pmatrix}", "\\end{pmatrix}"),
            ("1 \\text{ if } (", ")"),
            ("not ", ""),
            ("x is ", ""),
            ("otherwise ", ""),
            ("选 ", ""),
            ("\\neg ", ""),
            ("\\neg(p\\land ", ")"),
            ("ℝ \\ {", "}"),
            ("x\\ (x>1) ", ""),
        ] {
            for depth in [Limits::DEEPEST - 1, Limits::DEEPEST, 2 * Limits::DEEPEST, 10_000] {
                let text = open.repeat(depth) + "x" + &close.repeat(depth);
                let mut budget = Budget::new(policy.limits.work);
                let found = compare_within(&text, "7", &policy, &mut budget);
                assert_ne!(found.verdict, Verdict::Equal, "{open} {depth}");
            }
        }
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(compare);
    thread.expect("a thread").join().expect("no panic");
}

fn compare_all() {
    let policy = Policy::default();
    for (name, most_units, text) in hostile::texts() {
        let answers = hostile::answers(&text);
        let pairs = answers.iter().flat_map(|other| [(&text, other), (other, &text)]);
        for (gold, answer) in pairs.skip(1) {
            let mut budget = Budget::new(policy.limits.work);
            let before = ALLOCATOR.current_usage();
            ALLOCATOR.reset_peak_usage();
            let verdict = compare_within(gold, answer, &policy, &mut budget).verdict;
            let bytes = ALLOCATOR.peak_usage().saturating_sub(before);
            assert!(bytes <= MOST_BYTES, "{name}: {bytes} bytes");
            let units = policy.limits.work - budget.remaining();
            assert!(units <= most_units, "{name}: {units} units");
            if gold == answer {
                assert_eq!(verdict, Verdict::Equal, "{name} against itself");
            } else if gold == "7" || answer == "7" {
                assert_ne!(verdict, Verdict::Equal, "{name} against 7");
            }
        }
    }
}
