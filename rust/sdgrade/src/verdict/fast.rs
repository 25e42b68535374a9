//! The commonest answers by their bytes alone: equal texts, whole numbers, small fractions and
//! decimals, tuples and intervals of whole numbers.
//!
//! Whatever this road decides, the long road decides in the same way.

use crate::Reason;
use crate::read::Source;

/// Decides a pair of plain numbers, or of equal texts; `None` where the long road is needed.
pub(crate) fn compare(gold: &str, answer: &str) -> Option<Reason> {
    let (gold, answer) = (gold.trim_ascii(), answer.trim_ascii());
    let (a, b) = (gold.as_bytes(), answer.as_bytes());
    if a == b && !a.is_empty() {
        let says_something = a[0].is_ascii_alphanumeric() || !Source::new(gold).bare().is_empty();
        return says_something.then_some(Reason::ExactString);
    }
    if let (Some(a), Some(b)) = (Bracketed::read(a), Bracketed::read(b)) {
        return match (a.brackets, b.brackets) {
            (ROUND, ROUND) => tuples(a.inside, b.inside),
            _ => intervals(&a, &b),
        };
    }
    if let (Some(a), Some(b)) = (Integer::read(a), Integer::read(b)) {
        return Some(if a == b { Reason::Exact } else { Reason::DifferentValue });
    }
    let (a, b) = (Small::read(a)?, Small::read(b)?);
    let apart = a.numerator * b.denominator - b.numerator * a.denominator;
    if apart == 0 {
        return Some(Reason::Exact);
    }
    // A decimal may round, and then the policy decides. A whole number never does, nor what is further than one.
    let may_round = (a.decimal || b.decimal)
        && !a.is_whole()
        && !b.is_whole()
        && apart.abs() < a.denominator * b.denominator;
    (!may_round).then_some(Reason::DifferentValue)
}

const ROUND: (u8, u8) = (b'(', b')');

/// What stands between two brackets of any size: `(1, 2)`, `\left[1, 2\right)`.
struct Bracketed<'t> {
    brackets: (u8, u8),
    inside: &'t [u8],
}

impl<'t> Bracketed<'t> {
    fn read(text: &'t [u8]) -> Option<Self> {
        let sized = text.strip_prefix(b"\\left");
        let (&open @ (b'(' | b'['), rest) = sized.unwrap_or(text).split_first()? else {
            return None;
        };
        let (&close @ (b')' | b']'), rest) = rest.split_last()? else { return None };
        let inside = if sized.is_some() { rest.strip_suffix(b"\\right")? } else { rest };
        Some(Self { brackets: (open, close), inside })
    }
}

/// Intervals between small integers in order, which are open at the same ends or at one each.
fn intervals(a: &Bracketed<'_>, b: &Bracketed<'_>) -> Option<Reason> {
    let half_open = |it: &Bracketed<'_>| matches!(it.brackets, (b'(', b']') | (b'[', b')'));
    if a.brackets != b.brackets && !(half_open(a) && half_open(b)) {
        return None;
    }
    let ends = |it: &Bracketed<'_>| {
        let mut ends = it
            .inside
            .split(|&byte| byte == b',')
            .map(|end| Small::read(end.trim_ascii()).filter(|end| end.denominator == 1));
        match (ends.next()??.numerator, ends.next()??.numerator, ends.next()) {
            (low, high, None) if low < high => Some((low, high)),
            _ => None,
        }
    };
    let same = (a.brackets, ends(a)?) == (b.brackets, ends(b)?);
    Some(if same { Reason::Exact } else { Reason::DifferentValue })
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

/// A whole number of any size: its sign and its digits without leading zeros.
#[derive(PartialEq, Eq)]
struct Integer<'t> {
    negative: bool,
    digits: &'t [u8],
}

impl<'t> Integer<'t> {
    fn read(text: &'t [u8]) -> Option<Self> {
        let (negative, digits) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            _ => (false, text),
        };
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
        let digits = &digits[zeros..];
        Some(Self { negative: negative && !digits.is_empty(), digits })
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

    fn is_whole(&self) -> bool {
        self.numerator % self.denominator == 0
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
    use super::super::compare::{Side, sides};
    use super::*;
    use crate::budget::Budget;
    use crate::{Policy, gold};
    use proptest::prelude::*;

    fn on_the_long_road(gold: &str, answer: &str, policy: &Policy) -> Reason {
        let mut budget = Budget::new(policy.limits.work);
        let gold = Side::read(&gold[gold::answer(gold)], policy, &mut budget);
        let answer = Side::read(answer, policy, &mut budget);
        sides(&gold, &answer, policy, &mut budget)
    }

    /// Numbers, tuples and letters, many of them equal, in the wrappers that answers have.
    fn text() -> impl Strategy<Value = String> {
        let whole = prop_oneof![
            (-12_i64..12).prop_map(|value| value.to_string()),
            "[+-]?[0-9]{1,14}",
            "-?0{1,3}[0-9]{0,2}",
        ];
        let part = (-9_i64..9).prop_map(|value| value.to_string());
        let number = prop_oneof![
            3 => whole.clone(),
            2 => (part.clone(), "[0-9]{1,2}").prop_map(|(a, b)| format!("{a}/{b}")),
            2 => ("-?", "[dt]?", "[0-9]{1,2}", "[0-9]{1,2}")
                .prop_map(|(sign, size, a, b)| format!("{sign}\\{size}frac{{{a}}}{{{b}}}")),
            2 => "-?[0-9]{1,2}\\.[0-9]{1,3}",
            1 => "-?[0-9]{0,13}\\.[0-9]{0,13}",
            1 => "[a-z]",
        ];
        let brackets = vec![
            ("(", ")"),
            ("\\left(", "\\right)"),
            ("[", "]"),
            ("[", ")"),
            ("\\left(", "\\right]"),
            ("(", "\\right]"),
        ];
        let item = prop_oneof![4 => whole, 1 => Just("234".to_owned())];
        let tuple = (
            prop::collection::vec(item, 1..4),
            prop::sample::select(vec![",", ", ", " , "]),
            prop::sample::select(brackets),
        )
            .prop_map(|(items, comma, (open, close))| {
                format!("{open}{}{close}", items.join(comma))
            });
        let bare = prop_oneof![4 => number, 1 => tuple, 1 => "[0-9+./,(){} \\\\drac-]{1,8}"];
        let dress: Vec<fn(String) -> String> = vec![
            |text| text,
            |text| text,
            |text| format!(" {text} "),
            |text| format!("${text}$"),
            |text| format!("\\boxed{{{text}}}"),
            |text| format!("\\({text}\\)"),
        ];
        (bare, prop::sample::select(dress)).prop_map(|(bare, dress)| dress(bare))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_short_road_decides_as_the_long_one(gold in text(), answer in text(), alike in any::<bool>()) {
            let answer = if alike { gold.clone() } else { answer };
            for policy in [Policy::default(), Policy::strict(), Policy::reward()] {
                if let Some(short) = compare(&gold, &answer) {
                    prop_assert_eq!(short, on_the_long_road(&gold, &answer, &policy), "{} | {}", gold, answer);
                }
            }
        }
    }

    /// What the road is for: were it not taken, only time would tell.
    #[test]
    fn the_road_is_taken() {
        use Reason::{DifferentValue, Exact, ExactString};
        for (gold, answer, reason) in [
            ("x", "x", ExactString),
            ("\\frac{\\pi}{2}", " \\frac{\\pi}{2} ", ExactString),
            ("7", "7", ExactString),
            ("7", "8", DifferentValue),
            ("7", "-7", DifferentValue),
            ("-7", "7", DifferentValue),
            ("+7", "7", Exact),
            ("007", "7", Exact),
            ("7", "70", DifferentValue),
            ("-0", "0", Exact),
            ("0", "00", Exact),
            ("12345678901234567890", "12345678901234567891", DifferentValue),
            ("12345678901234567890", "+12345678901234567890", Exact),
            ("1/2", "2/4", Exact),
            ("1/2", "-1/2", DifferentValue),
            ("-1/2", "-2/4", Exact),
            ("1/2", "1/3", DifferentValue),
            ("3", "6/2", Exact),
            ("3", "7/2", DifferentValue),
            ("\\frac{1}{2}", "1/2", Exact),
            ("\\frac{1}{2}", "\\dfrac{2}{4}", Exact),
            ("\\tfrac{1}{2}", "\\frac{1}{3}", DifferentValue),
            ("-\\frac{1}{2}", "-0.5", Exact),
            ("\\frac{1}{2}", "0.5", Exact),
            ("0.5", "0.50", Exact),
            ("12.25", "49/4", Exact),
            ("5.0", "5", Exact),
            ("5.0", "6", DifferentValue),
            ("51.0", "51.2", DifferentValue),
            ("51.2", "51.0", DifferentValue),
            ("0.5", "1.75", DifferentValue),
            ("0.5", "1.5", DifferentValue),
            ("0.00000000005", "1/20000000000", Exact),
            ("123456789012/5", "123456789013/5", DifferentValue),
            ("(1,2)", "(1, 2)", Exact),
            ("(1,2)", "(2,1)", DifferentValue),
            ("(1,-2)", "(1,2)", DifferentValue),
            ("(01,+2)", "(1,2)", Exact),
            ("(1,2,3)", "(1,2,4)", DifferentValue),
            ("(1,2,3,4,5,6,7,8)", "(1,2,3,4,5,6,7,9)", DifferentValue),
            ("(123456789012,2)", "( 123456789012,2)", Exact),
            ("(1,2)", "\\left(1, 2\\right)", Exact),
            ("\\left(1,2\\right)", "(1,3)", DifferentValue),
            ("[-1,2]", "\\left[-1, 2\\right]", Exact),
            ("[1,2)", "\\left[ 1, 2 \\right)", Exact),
            ("(1,2]", "(1, 2]", Exact),
            ("[1,2)", "[1,3)", DifferentValue),
            ("[1,2]", "[1,3]", DifferentValue),
            ("[1,2)", "(1,2]", DifferentValue),
        ] {
            assert_eq!(compare(gold, answer), Some(reason), "{gold} | {answer}");
            assert_eq!(
                on_the_long_road(gold, answer, &Policy::default()),
                reason,
                "{gold} | {answer}"
            );
        }
        // The long road's: signs in a row, rounding, other sizes, other brackets.
        for (gold, answer) in [
            ("0.5", "0.25"),
            ("0.5", "0.75"),
            ("1/3", "0.333333"),
            ("--7", "7"),
            ("+", "7"),
            ("7", "x"),
            ("1/0", "2/0"),
            ("1/-2", "-1/2"),
            ("\\frac{1}{2}x", "x"),
            ("\\frac12", "1/2"),
            ("1.2.3", "1.2"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1234567890123/2", "1/2"),
            ("0.0000000000001", "1/2"),
            ("1,2", "2,1"),
            ("(1,2)", "(1,2,3)"),
            ("(1)", "(2)"),
            ("(1,x)", "(1,2)"),
            ("(1,,2)", "(1,3,2)"),
            ("(1234567890123,2)", "(1,2)"),
            ("(1,2)", "(1234567890123,2)"),
            ("(1,2,3,4,5,6,7,8,9)", "(1,2,3,4,5,6,7,8,0)"),
            ("[1,2]", "(1,2)"),
            ("[1,2)", "(1,2)"),
            ("[1,2)", "[1,2]"),
            ("[2,1]", "[2, 1]"),
            ("[1,1]", "[1, 1]"),
            ("[1,2,3]", "[1, 2, 3]"),
            ("[1,2)", "\\left[1, 2)"),
            ("", ""),
            (" ", ""),
            ("%", "7"),
        ] {
            assert_eq!(compare(gold, answer), None, "{gold} | {answer}");
        }
    }
}
