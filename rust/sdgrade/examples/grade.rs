//! Grades one response and explains why: `cargo run --example grade -- GOLD RESPONSE`.

#![allow(clippy::print_stdout)] // a program prints

use sdgrade::{Format, Policy, explain, grade};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (Some(gold), Some(response)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: grade GOLD RESPONSE");
        std::process::exit(2);
    };
    let policy = Policy::default();
    let found = grade(gold.as_bytes(), response.as_bytes(), &policy, &Format::default());
    match found.answer.and_then(|range| response.get(range)) {
        Some(answer) => print!("{}", explain(&gold, answer, &policy)),
        None => println!("verdict: different ({})", found.comparison.reason.as_str()),
    }
}
