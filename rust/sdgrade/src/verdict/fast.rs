//! The commonest answers by their bytes alone: equal texts, whole numbers, small fractions and
//! decimals, tuples of whole numbers.
//!
//! Whatever this road decides, the long road decides in the same way.

use crate::Reason;
use crate::read::Source;
use std::cmp::Ordering;

/// Decides a pair of plain numbers, or of equal texts; `None` where the long road is needed.
pub(crate) fn compare(gold: &str, answer: &str) -> Option<Reason> {
    let (gold, answer) = (gold.trim_ascii(), answer.trim_ascii());
    let (a, b) = (gold.as_bytes(), answer.as_bytes());
    if a == b && !a.is_empty() {
        return (!Source::new(gold).bare().is_empty()).then_some(Reason::ExactString);
    }
    if let ([b'(', a @ .., b')'], [b'(', b @ .., b')']) = (a, b) {
        return tuples(a, b);
    }
    if !(may_be_number(a) && may_be_number(b)) {
        return None;
    }
    if let (Some(a), Some(b)) = (Integer::read(a), Integer::read(b)) {
        return Some(if a.cmp(&b) == Ordering::Equal {
            Reason::Exact
        } else {
            Reason::DifferentValue
        });
    }
    let (a, b) = (Small::read(a)?, Small::read(b)?);
    if a.numerator * b.denominator == b.numerator * a.denominator {
        return Some(Reason::Exact);
    }
    // A decimal may round: the policy decides.
    (!a.decimal && !b.decimal).then_some(Reason::DifferentValue)
}

/// Tuples of the same number of small integers, by what stands between their brackets.
fn tuples(a: &[u8], b: &[u8]) -> Option<Reason> {
    let items = |text: &[u8]| text.split(|&byte| byte == b',').count();
    if !(2..=8).contains(&items(a)) || items(a) != items(b) {
        return None;
    }
    let mut equal = true;
    for (a, b) in a.split(|&byte| byte == b',').zip(b.split(|&byte| byte == b',')) {
        let (a, b) = (a.trim_ascii(), b.trim_ascii());
        if a.len() > 12 || b.len() > 12 {
            return None;
        }
        equal &= Integer::read(a)? == Integer::read(b)?;
    }
    Some(if equal { Reason::Exact } else { Reason::DifferentValue })
}

fn may_be_number(text: &[u8]) -> bool {
    matches!(text, [b'0'..=b'9', ..] | [b'-' | b'+' | b'\\', _, ..])
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

/// `12`, `-3/4`, `\frac{3}{4}` or `12.5`, of at most twelve digits a part.
struct Small {
    numerator: i128,
    denominator: i128,
    decimal: bool,
}

impl Small {
    fn read(text: &[u8]) -> Option<Self> {
        let (negative, text) = match text {
            [b'-', rest @ ..] => (true, rest),
            _ => (false, text),
        };
        let (numerator, denominator, decimal) = match text {
            [b'\\', rest @ ..] => {
                let rest = rest.strip_prefix(b"d").or(rest.strip_prefix(b"t")).unwrap_or(rest);
                let inside = rest.strip_prefix(b"frac{")?;
                let close = inside.iter().position(|&byte| byte == b'}')?;
                let below = inside[close + 1..].strip_prefix(b"{")?.strip_suffix(b"}")?;
                (digits(&inside[..close])?, digits(below)?, false)
            }
            _ => match text.iter().position(|byte| !byte.is_ascii_digit()) {
                None => (digits(text)?, 1, false),
                Some(at) if text[at] == b'/' => {
                    (digits(&text[..at])?, digits(&text[at + 1..])?, false)
                }
                Some(at) if text[at] == b'.' => {
                    let places = text.len() - at - 1;
                    let scale =
                        10_i128.pow(u32::try_from(places).ok().filter(|&places| places <= 12)?);
                    (digits(&text[..at])? * scale + digits(&text[at + 1..])?, scale, true)
                }
                Some(_) => return None,
            },
        };
        (denominator != 0).then_some(Self {
            numerator: if negative { -numerator } else { numerator },
            denominator,
            decimal,
        })
    }
}

fn digits(text: &[u8]) -> Option<i128> {
    if text.is_empty() || text.len() > 12 || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(text.iter().fold(0, |value, &digit| value * 10 + i128::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tuples_are_decided_as_on_the_long_road() {
        let policy = crate::Policy::default();
        let texts = [
            "(1,2)", "(2,1)", "(1, 2 )", "(01,+2)", "(-0,0)", "(0,0)", "(1,2,3)", "(5,2)", "(1,-2)",
        ];
        let mut decided = 0;
        for gold in texts {
            for answer in texts {
                // Dollars keep a pair from the short road.
                let long = crate::compare(&format!("${gold}$"), &format!("$ {answer}$"), &policy);
                let Some(short) = compare(gold, answer).filter(|_| gold != answer) else {
                    continue;
                };
                assert_eq!(short, long.reason, "{gold} {answer}");
                decided += 1;
            }
        }
        assert!(decided > 50);
    }
}
