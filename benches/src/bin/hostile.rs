//! Milliseconds, work units and peak megabytes of input that is made to hurt.
//!
//! `cargo run --release --bin hostile [PART OF A NAME]`. Each text is compared in both orders with
//! itself, with two texts much like it and with 7; the dearest comparison counts, and the reason is
//! that of the text with `(2-1)` for its last 1.

use peak_alloc::PeakAlloc;
use sdgrade::budget::Budget;
use sdgrade::{Policy, compare_within};
use sdtool_tests::hostile;
use std::io::Write;
use std::time::Instant;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

fn main() -> std::io::Result<()> {
    let wanted = std::env::args().nth(1).unwrap_or_default();
    let policy = Policy::default();
    let mut out = std::io::stdout().lock();
    let mut worst = (0.0_f64, 0.0_f64);
    writeln!(out, "{:>8} {:>8} {:>9}  {:40} reason", "ms", "MB", "units", "input")?;
    for (name, _, text) in hostile::texts() {
        if !name.contains(&wanted) {
            continue;
        }
        let answers = hostile::answers(&text);
        let (mut milliseconds, mut megabytes, mut units) = (0.0_f64, 0.0_f64, 0);
        let mut reason = "";
        for (gold, answer) in answers.iter().flat_map(|other| [(&text, other), (other, &text)]) {
            // The best of three, as other work on the machine only adds.
            let mut best = f64::INFINITY;
            for _ in 0..3 {
                let mut budget = Budget::new(policy.limits.work);
                ALLOCATOR.reset_peak_usage();
                let before = ALLOCATOR.current_usage();
                let start = Instant::now();
                let found = compare_within(gold, answer, &policy, &mut budget);
                best = best.min(start.elapsed().as_secs_f64() * 1e3);
                let peak = ALLOCATOR.peak_usage().saturating_sub(before);
                megabytes =
                    megabytes.max(u32::try_from(peak).map_or(f64::INFINITY, f64::from) / 1e6);
                units = units.max(policy.limits.work - budget.remaining());
                if *answer == answers[2] {
                    reason = found.reason.as_str();
                }
            }
            milliseconds = milliseconds.max(best);
        }
        writeln!(out, "{milliseconds:8.1} {megabytes:8.1} {units:9}  {name:40} {reason}")?;
        worst = (worst.0.max(milliseconds), worst.1.max(megabytes));
    }
    writeln!(out, "{:8.1} {:8.1} {:>9}  the worst", worst.0, worst.1, "")
}
