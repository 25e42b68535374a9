//! Reads a JSONL file of pairs and prints those that are not graded as expected.
//!
//! `cargo run --release --example cases -- FILE [--all]`

use sdgrade::{Policy, Verdict, compare, explain};
use std::io::Write;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("usage: cases FILE [--all | --unread]")?;
    let mode = arguments.next().unwrap_or_default();
    let policy = Policy::default();
    let mut out = std::io::stdout().lock();
    let (mut rows, mut agreed) = (0_u32, 0_u32);
    for line in std::fs::read_to_string(path)?.lines() {
        let row: serde_json::Value = serde_json::from_str(line)?;
        let text = |key: &str| row.get(key).and_then(serde_json::Value::as_str);
        let gold = text("gold").ok_or("no gold")?;
        let answer = text("pred").or(text("answer")).unwrap_or(gold);
        let expected = match (row.get("expected").or(row.get("math_verify")), text("truth")) {
            (_, Some(truth)) => truth != "different",
            (Some(expected), None) => expected.as_bool().unwrap_or(true),
            (None, None) => true,
        };
        if mode == "--unread" {
            // Golds that do not read as mathematics.
            let explained = explain(gold, gold, &policy);
            rows += 1;
            if explained.contains("not read") || explained.contains("means  the words") {
                writeln!(out, "{gold:?}")?;
            } else {
                agreed += 1;
            }
            continue;
        }
        let found = compare(gold, answer, &policy);
        rows += 1;
        let as_expected = (found.verdict == Verdict::Equal) == expected;
        agreed += u32::from(as_expected);
        if !as_expected || mode == "--all" {
            let mark = if expected { "+" } else { "-" };
            let id = text("id").or(text("topic")).unwrap_or("");
            writeln!(out, "{mark} {} {gold:?} | {answer:?} | {id}", found.reason.as_str())?;
        }
    }
    writeln!(out, "{agreed} of {rows}")?;
    Ok(())
}
