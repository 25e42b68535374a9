//! Units: what they are called, what they measure and how they convert, in one table.

use super::text::{Piece, Pieces, is_markup};
use crate::canonical::{Expr, Rational};
use crate::value::{Measure, Unit};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Base units and their powers.
type Dimension = &'static [(&'static str, i32)];

/// A unit: its names (singular) and symbols, how many base units it is as a fraction, its dimension, and
/// whether `k`, `m`, `kilo` and the like may stand before it.
struct Entry {
    names: &'static [&'static str],
    symbols: &'static [&'static str],
    factor: (i64, i64),
    dimension: Dimension,
    prefixed: bool,
}

const fn entry(
    names: &'static [&'static str],
    symbols: &'static [&'static str],
    factor: (i64, i64),
    dimension: Dimension,
    prefixed: bool,
) -> Entry {
    Entry { names, symbols, factor, dimension, prefixed }
}

const LENGTH: Dimension = &[("m", 1)];
const AREA: Dimension = &[("m", 2)];
const VOLUME: Dimension = &[("m", 3)];
const MASS: Dimension = &[("kg", 1)];
const TIME: Dimension = &[("s", 1)];
const CALENDAR: Dimension = &[("month", 1)];
const FORCE: Dimension = &[("kg", 1), ("m", 1), ("s", -2)];
const ENERGY: Dimension = &[("kg", 1), ("m", 2), ("s", -2)];
const POWER: Dimension = &[("kg", 1), ("m", 2), ("s", -3)];
const PRESSURE: Dimension = &[("kg", 1), ("m", -1), ("s", -2)];
const USD: Dimension = &[("usd", 1)];
const EUR: Dimension = &[("eur", 1)];
const GBP: Dimension = &[("gbp", 1)];
const CNY: Dimension = &[("cny", 1)];
const JPY: Dimension = &[("jpy", 1)];
const INR: Dimension = &[("inr", 1)];
const RUB: Dimension = &[("rub", 1)];
const MONEY: [Dimension; 7] = [USD, EUR, GBP, CNY, JPY, INR, RUB];

/// Every unit that is read.
static UNITS: &[Entry] = &[
    entry(&["meter", "metre", "米"], &["m"], (1, 1), LENGTH, true),
    entry(&["centimeter", "厘米"], &[], (1, 100), LENGTH, false),
    entry(&["毫米"], &[], (1, 1000), LENGTH, false),
    entry(&["分米"], &[], (1, 10), LENGTH, false),
    entry(&["千米", "公里"], &[], (1000, 1), LENGTH, false),
    entry(&["angstrom"], &["Å"], (1, 10_000_000_000), LENGTH, false),
    entry(&["foot", "feet"], &["ft"], (3048, 10_000), LENGTH, false),
    entry(&["inch", "inches"], &["in"], (254, 10_000), LENGTH, false),
    entry(&["yard"], &["yd"], (9144, 10_000), LENGTH, false),
    entry(&["mile", "英里"], &["mi"], (1_609_344, 1000), LENGTH, false),
    entry(&["平方米"], &[], (1, 1), AREA, false),
    entry(&["平方厘米"], &[], (1, 10_000), AREA, false),
    entry(&["平方千米"], &[], (1_000_000, 1), AREA, false),
    entry(&["hectare", "公顷"], &["ha"], (10_000, 1), AREA, false),
    entry(&["acre"], &[], (40_468_564_224, 10_000_000), AREA, false),
    entry(&["立方米"], &[], (1, 1), VOLUME, false),
    entry(&["立方厘米"], &["cc"], (1, 1_000_000), VOLUME, false),
    entry(&["liter", "litre", "升"], &["L", "l"], (1, 1000), VOLUME, true),
    entry(&["毫升"], &[], (1, 1_000_000), VOLUME, false),
    entry(&["gallon"], &["gal"], (3_785_411_784, 1_000_000_000_000), VOLUME, false),
    entry(&["quart"], &["qt"], (946_352_946, 1_000_000_000_000), VOLUME, false),
    entry(&["pint"], &[], (473_176_473, 1_000_000_000_000), VOLUME, false),
    entry(&["gram", "gramme", "克"], &["g", "gm", "gms"], (1, 1000), MASS, true),
    entry(&["斤"], &[], (1, 2), MASS, false),
    entry(&["kilo", "千克", "公斤"], &["kgs"], (1, 1), MASS, false),
    entry(&["tonne", "吨"], &["t"], (1000, 1), MASS, false),
    entry(&["ton"], &[], (1, 1), &[("ton", 1)], false),
    entry(&["pound"], &["lb", "lbs"], (45_359_237, 100_000_000), MASS, false),
    entry(&["ounce"], &["oz"], (45_359_237, 1_600_000_000), MASS, false),
    entry(&["second", "秒"], &["s", "sec", "secs"], (1, 1), TIME, true),
    entry(&["minute", "分钟"], &["min", "mins"], (60, 1), TIME, false),
    entry(&["hour", "小时"], &["h", "hr", "hrs"], (3600, 1), TIME, false),
    entry(&["day", "天"], &[], (86_400, 1), TIME, false),
    entry(&["week", "周"], &[], (604_800, 1), TIME, false),
    entry(&["month", "个月"], &[], (1, 1), CALENDAR, false),
    entry(&["year", "年"], &["yr", "yrs"], (12, 1), CALENDAR, false),
    entry(&["decade"], &[], (120, 1), CALENDAR, false),
    entry(&["century", "centuries"], &[], (1200, 1), CALENDAR, false),
    entry(&["newton"], &["N"], (1, 1), FORCE, true),
    entry(&["joule"], &["J"], (1, 1), ENERGY, true),
    entry(&["electronvolt"], &["eV"], (1, 1), &[("eV", 1)], true),
    entry(&["calorie"], &["cal"], (4184, 1000), ENERGY, true),
    entry(&[], &["Wh"], (3600, 1), ENERGY, true),
    entry(&["watt"], &["W"], (1, 1), POWER, true),
    entry(&["horsepower"], &["hp"], (1, 1), &[("hp", 1)], false),
    entry(&["pascal"], &["Pa"], (1, 1), PRESSURE, true),
    entry(&["bar"], &["bar"], (100_000, 1), PRESSURE, true),
    entry(&["atmosphere"], &["atm"], (101_325, 1), PRESSURE, false),
    entry(&["torr"], &["Torr", "mmHg"], (101_325, 760), PRESSURE, false),
    entry(&["ampere", "amp"], &["A"], (1, 1), &[("A", 1)], true),
    entry(&["coulomb"], &["C"], (1, 1), &[("A", 1), ("s", 1)], true),
    entry(&["volt"], &["V"], (1, 1), &[("A", -1), ("kg", 1), ("m", 2), ("s", -3)], true),
    entry(&["ohm"], &["Ω", "Ω"], (1, 1), &[("A", -2), ("kg", 1), ("m", 2), ("s", -3)], true),
    entry(&["farad"], &["F"], (1, 1), &[("A", 2), ("kg", -1), ("m", -2), ("s", 4)], true),
    entry(&["tesla"], &["T"], (1, 1), &[("A", -1), ("kg", 1), ("s", -2)], true),
    entry(&["hertz"], &["Hz"], (1, 1), &[("s", -1)], true),
    entry(&["mole"], &["mol"], (1, 1), &[("mol", 1)], true),
    entry(&["radian"], &["rad"], (1, 1), &[("rad", 1)], false),
    entry(&["celsius", "摄氏度"], &["°C", "℃"], (1, 1), &[("celsius", 1)], false),
    entry(&["fahrenheit"], &["°F", "℉"], (1, 1), &[("fahrenheit", 1)], false),
    entry(&["kelvin"], &["K"], (1, 1), &[("kelvin", 1)], false),
    entry(&["byte"], &[], (8, 1), &[("bit", 1)], true),
    entry(&["bit"], &[], (1, 1), &[("bit", 1)], true),
    entry(&["knot"], &[], (1, 1), &[("knot", 1)], false),
    entry(&["dollar", "buck", "美元"], &["USD", "usd"], (1, 1), USD, false),
    entry(&["cent", "penny", "pennies", "pence"], &["¢"], (1, 100), USD, false),
    entry(&["euro"], &["EUR", "eur"], (1, 1), EUR, false),
    entry(&["gbp"], &["GBP"], (1, 1), GBP, false),
    entry(&["yuan", "rmb", "元"], &["CNY", "RMB"], (1, 1), CNY, false),
    entry(&["yen", "日元"], &["JPY"], (1, 1), JPY, false),
    entry(&["rupee"], &["INR", "Rs"], (1, 1), INR, false),
    entry(&["ruble", "rouble", "рубль", "рублей"], &["RUB"], (1, 1), RUB, false),
    entry(&["kopeck", "kopek", "копеек"], &[], (1, 100), RUB, false),
    entry(&["角"], &[], (1, 10), CNY, false),
];

/// What stands before a unit to make it larger or smaller: word, symbol, power of ten.
const PREFIXES: [(&str, &str, i32); 13] = [
    ("kilo", "k", 3),
    ("centi", "c", -2),
    ("milli", "m", -3),
    ("deci", "d", -1),
    ("micro", "μ", -6),
    ("micro", "µ", -6),
    ("micro", "u", -6),
    ("nano", "n", -9),
    ("mega", "M", 6),
    ("giga", "G", 9),
    ("tera", "T", 12),
    ("pico", "p", -12),
    ("hecto", "h", 2),
];

/// The entries by the spellings that a column has; of several the first.
fn index(
    spellings: fn(&Entry) -> &'static [&'static str],
) -> HashMap<&'static str, &'static Entry> {
    let mut index = HashMap::new();
    for unit in UNITS {
        for &spelling in spellings(unit) {
            index.entry(spelling).or_insert(unit);
        }
    }
    index
}

static BY_SYMBOL: LazyLock<HashMap<&str, &Entry>> = LazyLock::new(|| index(|unit| unit.symbols));
static BY_NAME: LazyLock<HashMap<&str, &Entry>> = LazyLock::new(|| index(|unit| unit.names));

/// Whether a name is a unit's, with or without a prefix and a plural's s.
fn find(word: &str) -> Option<(&'static Entry, i32)> {
    let by_symbol = |symbol: &str| BY_SYMBOL.get(symbol).copied();
    let by_name =
        |name: &str| BY_NAME.get(name).or_else(|| BY_NAME.get(name.strip_suffix('s')?)).copied();
    if let Some(unit) = by_symbol(word) {
        return Some((unit, 0));
    }
    let lower = word.to_lowercase();
    if let Some(unit) = by_name(&lower) {
        return Some((unit, 0));
    }
    PREFIXES.iter().find_map(|&(prefix, symbol, power)| {
        let unit = word
            .strip_prefix(symbol)
            .and_then(by_symbol)
            .or_else(|| lower.strip_prefix(prefix).and_then(by_name))?;
        unit.prefixed.then_some((unit, power))
    })
}

/// The unit of a currency sign, as written.
pub(crate) fn currency(sign: &str) -> Unit {
    let name = match sign.trim_start_matches('\\') {
        "€" | "euro" | "texteuro" => "eur",
        "£" | "pounds" | "textsterling" => "gbp",
        "yen" | "textyen" => "yen",
        // The yuan's sign is the yen's.
        "¥" | "￥" => return measure(&[("cny or jpy", 1)]),
        "₹" | "Rs" | "Rs." => "rupee",
        "¢" => "cent",
        _ => return measure(USD),
    };
    parse(name).unwrap_or_else(|| measure(USD))
}

fn measure(dimension: Dimension) -> Unit {
    Unit::Measure(Measure { factor: Expr::integer(1), dimension: dimension.to_vec() })
}

/// Whether an amount of money is measured.
pub(crate) fn is_money(measure: &Measure) -> bool {
    MONEY.iter().any(|currency| measure.dimension == *currency)
}

/// Whether words are a unit.
pub(crate) fn is_unit(words: &str) -> bool {
    // The letters of mathematics, of which most are none.
    let plain = words.len() < 4 && words.bytes().all(|byte| byte.is_ascii_alphabetic());
    match words {
        "mph" | "kph" | "kmh" => true,
        _ if plain => {
            find(words).is_some() || ["deg", "pct"].iter().any(|p| words.eq_ignore_ascii_case(p))
        }
        _ => parse(words).is_some(),
    }
}

/// Reads words as a unit: `kJ mol^{-1}`, `miles per hour`, `m/s^2`. `None` unless every one of them is
/// part of it.
pub(crate) fn parse(words: &str) -> Option<Unit> {
    let plain = spell(words);
    let mut tokens: Vec<&str> = Vec::new();
    for token in plain.split_whitespace() {
        match token {
            "mph" => tokens.extend(["mile", "/", "hour"]),
            "kph" | "kmh" | "kmph" => tokens.extend(["km", "/", "hour"]),
            "每" => tokens.push("/"),
            _ => tokens.push(token),
        }
    }
    let is_degree = |token: &str| {
        ["degree", "degrees", "deg", "度"].iter().any(|name| token.eq_ignore_ascii_case(name))
    };
    match &tokens[..] {
        ["%"] | ["per", "cent"] => return Some(Unit::Percent),
        [word] if ["percent", "percentage", "pct"].iter().any(|p| word.eq_ignore_ascii_case(p)) => {
            return Some(Unit::Percent);
        }
        [word] if is_degree(word) => return Some(Unit::degree()),
        // `25^\circ C` and `25 degrees Celsius`
        [word, scale] if is_degree(word) => {
            let scale = match *scale {
                "C" => "celsius",
                "F" => "fahrenheit",
                "K" => "kelvin",
                other => other,
            };
            return find(scale).map(|(unit, _)| measure(unit.dimension));
        }
        _ if tokens.len() > 12 => return None,
        _ => {}
    }
    let mut found = Compound { factor: Expr::integer(1), dimension: Vec::new() };
    let mut sign = 1;
    let mut pending = 1;
    let mut rest = tokens.iter().copied().peekable();
    let mut any = false;
    while let Some(token) = rest.next() {
        match token {
            "/" | "per" => sign = -1,
            "*" => {}
            "square" | "sq" => pending = 2,
            "cubic" | "cu" => pending = 3,
            "a" | "an" | "the" | "each" if sign == -1 => {}
            _ => {
                let (unit, prefix) = find(token)?;
                let mut power = pending;
                if let Some(raised) = rest.peek().and_then(|next| next.strip_prefix('^')) {
                    power = raised.parse().ok().filter(|power: &i32| power.abs() <= 9)?;
                    rest.next();
                } else if let Some(&"squared") = rest.peek() {
                    power = 2;
                    rest.next();
                } else if let Some(&"cubed") = rest.peek() {
                    power = 3;
                    rest.next();
                }
                found.multiply(unit, prefix, power * sign);
                any = true;
                pending = 1;
            }
        }
    }
    (any && pending == 1).then(|| found.finish())
}

/// A product of powers of units.
struct Compound {
    factor: Expr,
    dimension: Vec<(&'static str, i32)>,
}

impl Compound {
    fn multiply(&mut self, unit: &Entry, prefix: i32, power: i32) {
        let (numerator, denominator) = unit.factor;
        let size = Rational::new(numerator, denominator).unwrap_or(Rational::ONE);
        let ten = Expr::power(Expr::integer(10), Expr::integer(prefix.into()));
        let one = Expr::product(vec![Expr::rational(size), ten]);
        let each = Expr::power(one, Expr::integer(power.into()));
        self.factor =
            Expr::product(vec![std::mem::replace(&mut self.factor, Expr::integer(1)), each]);
        for &(base, inner) in unit.dimension {
            match self.dimension.iter_mut().find(|(known, _)| *known == base) {
                Some((_, total)) => *total += inner * power,
                None => self.dimension.push((base, inner * power)),
            }
        }
    }

    fn finish(mut self) -> Unit {
        self.dimension.retain(|&(_, power)| power != 0);
        self.dimension.sort_unstable();
        Unit::Measure(Measure { factor: self.factor, dimension: self.dimension })
    }
}

/// How many units a word with a count means: `5 million`, and what stands behind it.
pub(crate) fn multiplier(word: &str) -> Option<i64> {
    Some(match &word.to_lowercase()[..] {
        "hundred" => 100,
        "thousand" => 1_000,
        "million" => 1_000_000,
        "billion" => 1_000_000_000,
        "trillion" => 1_000_000_000_000,
        "dozen" => 12,
        "万" => 10_000,
        "亿" => 100_000_000,
        _ => return None,
    })
}

/// A multiple and a unit in one word: `万元`.
pub(crate) fn multiplied(word: &str) -> Option<(i64, Unit)> {
    ["万", "亿"].iter().find_map(|&sign| {
        let unit = word.strip_prefix(sign).filter(|unit| !unit.is_empty())?;
        Some((multiplier(sign)?, parse(unit)?))
    })
}

/// Words apart by spaces, with `/`, `*` and `^n` as words of their own; case is kept.
fn spell(words: &str) -> String {
    let mut out = String::with_capacity(words.len() + 8);
    let mut rest = Pieces::of(words).peekable();
    while let Some(piece) = rest.next() {
        let sign = match piece {
            Piece::Sign(sign) => sign,
            Piece::Command("cdot" | "times" | "bullet") => '*',
            Piece::Command("mu") => 'μ',
            Piece::Command("Omega") => 'Ω',
            Piece::Command("circ") => {
                out.push_str(" degree ");
                continue;
            }
            Piece::Command(name) if is_markup(name) => ' ',
            // What is no unit is kept, so that it is found to be none.
            Piece::Command(name) => {
                out.push('\\');
                out.push_str(name);
                continue;
            }
            Piece::Escaped('%') => '%',
            Piece::Escaped(_) => ' ',
        };
        match sign {
            '{' | '}' | '$' | '(' | ')' | '~' | '-' | '.' | ',' | ';' => out.push(' '),
            '/' => out.push_str(" / "),
            '*' | '·' | '⋅' => out.push_str(" * "),
            '²' => out.push_str(" ^2 "),
            '³' => out.push_str(" ^3 "),
            '^' => {
                out.push_str(" ^");
                while rest.next_if(|&c| matches!(c, Piece::Sign(' ' | '{'))).is_some() {}
                if rest.next_if(|c| matches!(c, Piece::Sign('-' | '−'))).is_some() {
                    out.push('-');
                }
                while let Some(Piece::Sign(digit @ '0'..='9')) = rest.peek() {
                    out.push(*digit);
                    rest.next();
                }
                out.push(' ');
            }
            _ if sign.is_whitespace() => out.push(' '),
            _ => out.push(sign),
        }
    }
    out
}
