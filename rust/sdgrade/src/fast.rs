//! The commonest answers, whole numbers, by their bytes alone.

use crate::Reason;
use std::cmp::Ordering;

/// Decides a pair of whole numbers, or of equal texts; `None` where the long road is needed.
pub(crate) fn compare(gold: &str, answer: &str) -> Option<Reason> {
    let (a, b) = (
        Integer::read(gold.trim_ascii().as_bytes())?,
        Integer::read(answer.trim_ascii().as_bytes())?,
    );
    Some(match a.cmp(&b) {
        Ordering::Equal if gold == answer => Reason::ExactString,
        Ordering::Equal => Reason::Exact,
        _ => Reason::DifferentValue,
    })
}

/// A whole number of any size: its sign and its digits without leading zeros.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Integer<'t> {
    negative: bool,
    digits: &'t [u8],
}

impl<'t> Integer<'t> {
    fn read(text: &'t [u8]) -> Option<Self> {
        let (sign, digits) = match text {
            [sign @ (b'-' | b'+'), rest @ ..] => (*sign, rest),
            _ => (b'+', text),
        };
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
        let digits = &digits[zeros..];
        Some(Self { negative: sign == b'-' && !digits.is_empty(), digits })
    }
}
