//! Units: what they measure and how they convert.

use super::text::{self, Piece, Pieces};
use crate::canonical::{Expr, Rational};

/// What is written after a number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Unit {
    Percent,
    Measure(Measure),
    /// Words that are no unit: `18 \text{ ways}`.
    Remark(String),
}

/// A unit with a dimension.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Measure {
    /// How many base units it is.
    pub(crate) factor: Expr,
    /// Base units and their powers, in order.
    pub(crate) dimension: Vec<(&'static str, i32)>,
}

impl Unit {
    pub(crate) fn degree() -> Self {
        let factor = Expr::product(vec![Expr::pi(), fraction(1, 180)]);
        Self::Measure(Measure { factor, dimension: vec![("rad", 1)] })
    }

    pub(crate) fn is_angle(&self) -> bool {
        matches!(self, Self::Measure(measure) if measure.dimension == [("rad", 1)])
    }

    /// The unit of a currency sign, as written.
    pub(crate) fn currency(sign: &str) -> Self {
        let base = match sign.trim_start_matches('\\') {
            "€" | "euro" | "texteuro" => "eur",
            "£" | "pounds" | "textsterling" => "gbp",
            "¥" | "￥" | "yen" | "textyen" => "cny",
            "₹" => "inr",
            "¢" => {
                return Self::Measure(Measure {
                    factor: fraction(1, 100),
                    dimension: vec![("usd", 1)],
                });
            }
            _ => "usd",
        };
        Self::Measure(Measure { factor: Expr::integer(1), dimension: vec![(base, 1)] })
    }

    /// Reads the words after a number; `None` if they say nothing about a unit.
    pub(crate) fn parse(words: &str) -> Option<Self> {
        let plain = spell(words);
        let lower = plain.to_lowercase();
        let mut tokens: Vec<&str> = Vec::new();
        for token in plain.split_whitespace() {
            match token {
                "mph" => tokens.extend(["mi", "/", "h"]),
                "kph" | "kmh" | "kmph" => tokens.extend(["km", "/", "h"]),
                _ => tokens.push(token),
            }
        }
        let says = |known: &[&str]| lower.split_whitespace().any(|word| known.contains(&word));
        if says(&["percent", "percentage", "pct", "%"]) && !says(&["point", "points"]) {
            return Some(Self::Percent);
        }
        if says(&["degree", "degrees", "deg"]) && !says(&["celsius", "fahrenheit", "c", "f"]) {
            return Some(Self::degree());
        }
        let mut measure = Measure { factor: Expr::integer(1), dimension: Vec::new() };
        let mut sign = 1;
        let mut pending = 1;
        let mut any = false;
        // A dozen words are a remark, whatever they are.
        let mut unknown = tokens.len() > 12;
        tokens.truncate(12);
        let mut at = 0;
        while at < tokens.len() {
            let token = tokens[at];
            at += 1;
            match token {
                "/" | "per" => sign = -1,
                _ if matches!(&token.to_lowercase()[..], "degree" | "degrees" | "deg") => {}
                "*" | "." | "," => {}
                "square" | "sq" | "sq." => pending = 2,
                "cubic" | "cu" | "cu." => pending = 3,
                _ if is_filler(token) => {}
                _ if token.starts_with('^') => unknown = true,
                _ => {
                    let Some((numerator, denominator, base)) = lookup(token) else {
                        unknown = true;
                        continue;
                    };
                    let mut power = pending;
                    if let Some(raised) = tokens.get(at).and_then(|next| next.strip_prefix('^')) {
                        power = raised
                            .parse::<i32>()
                            .ok()
                            .filter(|power| (-6..=6).contains(power))
                            .unwrap_or(1);
                        at += 1;
                    } else if matches!(tokens.get(at), Some(&"squared")) {
                        power = 2;
                        at += 1;
                    } else if matches!(tokens.get(at), Some(&"cubed")) {
                        power = 3;
                        at += 1;
                    }
                    power *= sign;
                    any = true;
                    pending = 1;
                    let each =
                        Expr::power(fraction(numerator, denominator), Expr::integer(power.into()));
                    measure.factor = Expr::product(vec![measure.factor, each]);
                    // A litre is a volume.
                    let (base, power) = if base == "m3" { ("m", 3 * power) } else { (base, power) };
                    match measure.dimension.iter_mut().find(|(known, _)| *known == base) {
                        Some((_, total)) => *total += power,
                        None => measure.dimension.push((base, power)),
                    }
                }
            }
        }
        if any && !unknown {
            measure.dimension.retain(|&(_, power)| power != 0);
            measure.dimension.sort_unstable();
            return Some(Self::Measure(measure));
        }
        let remark = text::normalise(words);
        let says = remark.split(' ').any(|word| !is_filler(word) && !word.is_empty());
        says.then_some(Self::Remark(remark))
    }

    /// Whether two remarks speak of the same things.
    pub(crate) fn remarks_agree(a: &str, b: &str) -> bool {
        let stem = |word: &str| word.trim_end_matches('s').to_owned();
        let words = |text: &str| -> Vec<String> {
            text.split(' ').filter(|word| !is_filler(word)).map(stem).collect()
        };
        let (a, b) = (words(a), words(b));
        a.iter().any(|word| b.contains(word))
    }
}

/// How many units a word with a count means: `5 million`.
pub(crate) fn multiplier(words: &str) -> Option<(i64, String)> {
    let normal = text::normalise(words);
    let (first, rest) = normal.split_once(' ').unwrap_or((&normal, ""));
    let factor = match first {
        "hundred" => 100,
        "thousand" => 1_000,
        "million" => 1_000_000,
        "billion" => 1_000_000_000,
        "trillion" => 1_000_000_000_000,
        "dozen" => 12,
        _ => return None,
    };
    Some((factor, rest.to_owned()))
}

fn fraction(numerator: i64, denominator: i64) -> Expr {
    Rational::new(numerator, denominator).map_or_else(|| Expr::integer(1), Expr::rational)
}

#[allow(clippy::match_same_arms)] // in the order a reader looks up
/// Words apart by spaces, with `/`, `*` and `^n` as words of their own; case is kept.
fn spell(words: &str) -> String {
    let mut out = String::with_capacity(words.len() + 8);
    let mut rest = Pieces::of(words).peekable();
    while let Some(piece) = rest.next() {
        let sign = match piece {
            Piece::Sign(sign) => sign,
            Piece::Command("cdot" | "times") => '*',
            Piece::Command("circ") => {
                out.push_str(" degree ");
                continue;
            }
            Piece::Command(_) | Piece::Escaped(_) => ' ',
        };
        match sign {
            '{' | '}' | '$' | '(' | ')' | '~' => out.push(' '),
            '/' => out.push_str(" / "),
            '*' | '·' | '⋅' => out.push_str(" * "),
            '²' => out.push_str(" ^2 "),
            '³' => out.push_str(" ^3 "),
            '^' => {
                out.push_str(" ^");
                while rest.next_if(|&c| matches!(c, Piece::Sign(' ' | '{'))).is_some() {}
                if rest.next_if_eq(&Piece::Sign('-')).is_some() {
                    out.push('-');
                }
                while let Some(Piece::Sign(digit @ '0'..='9')) = rest.peek() {
                    out.push(*digit);
                    rest.next();
                }
                out.push(' ');
            }
            '.' | ',' | ';' => out.push(' '),
            _ if sign.is_whitespace() => out.push(' '),
            _ => out.push(sign),
        }
    }
    out
}

/// Words that say nothing about the unit.
fn is_filler(word: &str) -> bool {
    matches!(
        word,
        "of" | "about"
            | "approximately"
            | "approx"
            | "exactly"
            | "in"
            | "total"
            | "each"
            | "the"
            | "a"
            | "an"
            | "is"
            | "are"
            | "roughly"
            | "around"
            | "more"
            | "less"
            | "only"
            | "all"
            | "different"
            | "possible"
            | "distinct"
            | "respectively"
            | "exact"
            | "value"
            | "nearest"
            | "rounded"
            | "to"
            | "at"
            | "least"
            | "most"
            | "both"
            | "correct"
            | "answer"
            | "final"
            | "also"
            | "total."
            | "altogether"
            | ""
            | "and"
            | "or"
    )
}

#[expect(
    clippy::match_same_arms,
    clippy::too_many_lines,
    reason = "a table, in the order a reader looks up"
)]
/// The factor to the base unit, as a fraction, and the base unit.
fn lookup(word: &str) -> Option<(i64, i64, &'static str)> {
    let exact = |word: &str| {
        Some(match word {
            "m" => (1, 1, "m"),
            "M" => return None,
            "km" => (1000, 1, "m"),
            "dm" => (1, 10, "m"),
            "cm" => (1, 100, "m"),
            "mm" => (1, 1000, "m"),
            "nm" => (1, 1_000_000_000, "m"),
            "ft" => (3048, 10_000, "m"),
            "in" => (254, 10_000, "m"),
            "yd" => (9144, 10_000, "m"),
            "mi" => (1_609_344, 1000, "m"),
            "g" | "gm" | "gms" => (1, 1000, "kg"),
            "kg" | "kgs" => (1, 1, "kg"),
            "mg" => (1, 1_000_000, "kg"),
            "t" => (1000, 1, "kg"),
            "lb" | "lbs" => (45_359_237, 100_000_000, "kg"),
            "oz" => (45_359_237, 1_600_000_000, "kg"),
            "s" | "sec" | "secs" => (1, 1, "s"),
            "ms" => (1, 1000, "s"),
            "min" | "mins" => (60, 1, "s"),
            "h" | "hr" | "hrs" => (3600, 1, "s"),
            "L" | "l" => (1, 1000, "m3"),
            "mL" | "ml" => (1, 1_000_000, "m3"),
            "gal" => (3_785_411_784, 1_000_000_000_000, "m3"),
            "N" => (1, 1, "N"),
            "J" => (1, 1, "J"),
            "kJ" => (1000, 1, "J"),
            "W" => (1, 1, "W"),
            "kW" => (1000, 1, "W"),
            "MWh" => (1000, 1, "kWh"),
            "kWh" => (1, 1, "kWh"),
            "V" => (1, 1, "V"),
            "A" => (1, 1, "A"),
            "Hz" => (1, 1, "Hz"),
            "kHz" => (1000, 1, "Hz"),
            "Pa" => (1, 1, "Pa"),
            "kPa" => (1000, 1, "Pa"),
            "mol" => (1, 1, "mol"),
            "C" | "°C" => (1, 1, "celsius"),
            "F" | "°F" => (1, 1, "fahrenheit"),
            "K" => (1, 1, "kelvin"),
            "USD" => (1, 1, "usd"),
            "EUR" => (1, 1, "eur"),
            "GBP" => (1, 1, "gbp"),
            _ => return None,
        })
    };
    if let Some(found) = exact(word) {
        return Some(found);
    }
    let lower = word.to_lowercase();
    let singular = match &lower[..] {
        "feet" => "foot",
        "inches" => "inch",
        "pence" => "penny",
        "pennies" => "penny",
        "centuries" => "century",
        other => other.strip_suffix('s').filter(|stem| stem.len() > 1).unwrap_or(other),
    };
    Some(match singular {
        "meter" | "metre" => (1, 1, "m"),
        "kilometer" | "kilometre" => (1000, 1, "m"),
        "decimeter" | "decimetre" => (1, 10, "m"),
        "centimeter" | "centimetre" => (1, 100, "m"),
        "millimeter" | "millimetre" => (1, 1000, "m"),
        "foot" => (3048, 10_000, "m"),
        "inch" => (254, 10_000, "m"),
        "yard" => (9144, 10_000, "m"),
        "mile" => (1_609_344, 1000, "m"),
        "gram" | "gramme" => (1, 1000, "kg"),
        "kilogram" | "kilo" => (1, 1, "kg"),
        "milligram" => (1, 1_000_000, "kg"),
        "tonne" => (1000, 1, "kg"),
        "ton" => (1, 1, "ton"),
        "pound" => (45_359_237, 100_000_000, "kg"),
        "ounce" => (45_359_237, 1_600_000_000, "kg"),
        "second" => (1, 1, "s"),
        "minute" => (60, 1, "s"),
        "hour" => (3600, 1, "s"),
        "day" => (86_400, 1, "s"),
        "week" => (604_800, 1, "s"),
        "month" => (1, 1, "month"),
        "year" => (12, 1, "month"),
        "century" => (1200, 1, "month"),
        "liter" | "litre" => (1, 1000, "m3"),
        "milliliter" | "millilitre" => (1, 1_000_000, "m3"),
        "gallon" => (3_785_411_784, 1_000_000_000_000, "m3"),
        "quart" => (946_352_946, 1_000_000_000_000, "m3"),
        "pint" => (473_176_473, 1_000_000_000_000, "m3"),
        "acre" => (1, 1, "acre"),
        "radian" | "rad" => (1, 1, "rad"),
        "dollar" | "buck" | "usd" => (1, 1, "usd"),
        "cent" | "penny" | "¢" => (1, 100, "usd"),
        "euro" => (1, 1, "eur"),
        "yuan" | "rmb" => (1, 1, "cny"),
        "yen" => (1, 1, "jpy"),
        "rupee" => (1, 1, "inr"),
        "celsiu" => (1, 1, "celsius"),
        "fahrenheit" => (1, 1, "fahrenheit"),
        "kelvin" => (1, 1, "kelvin"),
        "newton" => (1, 1, "N"),
        "joule" => (1, 1, "J"),
        "watt" => (1, 1, "W"),
        "volt" => (1, 1, "V"),
        "ohm" => (1, 1, "ohm"),
        "knot" => (1, 1, "knot"),
        _ => return None,
    })
}
