//! Units, as they are written: products, quotients and powers of those in the table.

mod spelling;
mod table;

use crate::canonical::{Expr, Rational};
use crate::value::{Measure, Unit};
use spelling::spell;
use std::collections::HashMap;
use std::sync::LazyLock;
use table::{Dimension, Entry, MONEY, PREFIXES, RUN_TOGETHER, UNITS, USD};

/// The most words that a compound unit is spelled in.
const MOST_WORDS: usize = 24;

/// The most bytes of letters that may be a unit.
const MOST_LETTERS: usize = 40;

/// The smallest prefix of a unit outside of upright type.
const SMALLEST_BARE: i32 = -12;

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
        code if is_currency_code(code) => code,
        "¢" | "cent" | "textcent" => "cent",
        _ => return measure(USD),
    };
    parse(name).unwrap_or_else(|| measure(USD))
}

/// Whether letters before an amount are the code of its currency: `USD 50`.
pub(crate) fn is_currency_code(run: &str) -> bool {
    matches!(run, "USD" | "EUR" | "GBP" | "CNY" | "RMB" | "JPY" | "INR" | "RUB")
}

fn measure(dimension: Dimension) -> Unit {
    Unit::Measure(Measure { factor: Expr::integer(1), dimension: dimension.to_vec() })
}

/// Whether an amount of money is measured.
pub(crate) fn is_money(measure: &Measure) -> bool {
    MONEY.iter().any(|currency| measure.dimension == *currency)
}

/// Whether words in upright type are a unit.
pub(crate) fn is_unit(words: &str) -> bool {
    // The letters of mathematics, of which most are none.
    let plain = words.len() < 4 && words.bytes().all(|byte| byte.is_ascii_alphabetic());
    if plain {
        find(words).is_some() || run_together(words).is_some() || words.eq_ignore_ascii_case("pct")
    } else {
        parse(words).is_some()
    }
}

/// Whether two letters or more are a unit outside of upright type, where others may be a product.
pub(crate) fn is_bare_unit(run: &str) -> bool {
    match find(run) {
        Some((unit, prefix)) => !unit.upright && prefix >= SMALLEST_BARE && run.len() > 1,
        None => {
            run.eq_ignore_ascii_case("pct")
                || run_together(run).is_some() && run.bytes().all(|byte| byte.is_ascii_lowercase())
        }
    }
}

/// A unit outside of upright type: one of its parts has two letters or more, or it is that of a speed or an
/// acceleration. `g/h` may be a quotient of letters.
pub(crate) fn parse_bare(source: &str) -> Option<Unit> {
    let plain = spell(source);
    let mut words = plain.split_whitespace();
    let of_motion = matches!(
        plain.split_whitespace().collect::<Vec<_>>()[..],
        ["m", "/", "s"]
            | ["m", "/", "s", "^2"]
            | ["m", "s", "^-1" | "^-2"]
            | ["m", "*", "s", "^-1" | "^-2"]
    );
    // `18 N-m` is no difference.
    (of_motion || source == "N-m" || words.any(is_bare_unit)).then(|| parse(source)).flatten()
}

/// The unit that letters outside of upright type may be, and whether they are one small letter, which is taken for a
/// variable.
pub(crate) fn letters_as_unit(source: &str) -> Option<(Unit, bool)> {
    // The commonest variables are no units.
    let first = match source.as_bytes() {
        [b'x' | b'y' | b'z' | b'n' | b'a' | b'b' | b'r', rest @ ..] => {
            rest.first().is_some_and(u8::is_ascii_alphabetic)
        }
        [b'\\', ..] => source.starts_with("\\mu") || source.starts_with("\\Omega"),
        [first, ..] => first.is_ascii_alphabetic() || !first.is_ascii(),
        [] => false,
    };
    if !first || source.len() > MOST_LETTERS {
        return None;
    }
    let unit = parse(source)?;
    let is_variable = matches!(source.as_bytes(), [b'a'..=b'z']);
    Some((unit, is_variable))
}

/// What the words of a name, a label or a subject say of the number that they describe.
pub(crate) enum Said {
    Unit(Unit),
    /// `in thousands`
    Multiple,
}

/// The unit that the words of a name, a label or a subject say: `time in minutes`, `radius (m)`, `minutes`.
pub(crate) fn said_unit(words: &str) -> Option<Said> {
    let said = match words.rsplit_once(" in ") {
        Some((_, unit)) => unit,
        None => match words.strip_prefix("in ") {
            Some(unit) => unit,
            // One letter is a name.
            None if words.len() > 2 => words,
            None => return None,
        },
    };
    if multiplier(said.strip_suffix('s').unwrap_or(said)).is_some() {
        return Some(Said::Multiple);
    }
    parse(said).map(Said::Unit)
}

/// Whether the case of a word tells what it is: `mH` and `MH`, `mSv`.
pub(crate) fn has_case(word: &str) -> bool {
    let capital_behind = word.bytes().skip(1).any(|byte| byte.is_ascii_uppercase());
    capital_behind && word.len() <= 5 || word.len() <= 2 && find(word).is_some()
}

fn run_together(word: &str) -> Option<&'static str> {
    RUN_TOGETHER.iter().find(|(run, _)| *run == word).map(|(_, apart)| *apart)
}

fn is_degree(token: &str) -> bool {
    ["degree", "degrees", "deg", "度"].iter().any(|name| token.eq_ignore_ascii_case(name))
}

/// Reads words as a unit: `kJ mol^{-1}`, `miles per hour`, `m/s^2`, `W/(m·K)`. `None` unless every one of them is
/// part of it.
pub(crate) fn parse(words: &str) -> Option<Unit> {
    let plain = spell(words);
    let mut tokens: Vec<&str> = Vec::new();
    let mut rest = plain.split_whitespace().peekable();
    while let Some(token) = rest.next() {
        match run_together(token) {
            Some(apart) => {
                tokens.extend(apart.split(' '));
                // `kmh^{-1}` is said for `km/h`, where `mph^{-1}` is its inverse.
                if token == "kmh" {
                    rest.next_if_eq(&"^-1");
                }
            }
            None => tokens.push(if token == "每" { "/" } else { token }),
        }
    }
    match &tokens[..] {
        ["%"] | ["per", "cent"] => return Some(Unit::Percent),
        [word] if ["percent", "percentage", "pct"].iter().any(|p| word.eq_ignore_ascii_case(p)) => {
            return Some(Unit::Percent);
        }
        [word] if is_degree(word) => return Some(Unit::degree()),
        // `25^\circ C` and `25 degrees Celsius`
        [word, scale] if is_degree(word) => {
            return scale_of(scale).map(|unit| measure(unit.dimension));
        }
        [] => return None,
        _ if tokens.len() > MOST_WORDS => return None,
        _ => {}
    }
    let mut reader = Reader { tokens: &tokens, at: 0, found: Compound::default() };
    reader.product(1)?;
    (reader.at == tokens.len()).then(|| reader.found.finish())
}

/// The scale of temperature that a word behind degrees names.
fn scale_of(word: &str) -> Option<&'static Entry> {
    let name = match word {
        "C" => "celsius",
        "F" => "fahrenheit",
        "K" => "kelvin",
        other => other,
    };
    find(name).map(|(unit, _)| unit)
}

/// What reads the words of a compound unit.
struct Reader<'t> {
    tokens: &'t [&'t str],
    at: usize,
    found: Compound,
}

impl Reader<'_> {
    fn peek(&self) -> Option<&str> {
        self.tokens.get(self.at).copied()
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.peek() == Some(word);
        self.at += usize::from(found);
        found
    }

    /// Reads a product, each unit of it to this power, up to a closing parenthesis or the end.
    fn product(&mut self, power: i32) -> Option<()> {
        let mut sign = power;
        let mut pending = 1;
        let mut any = false;
        while let Some(token) = self.peek().filter(|&token| token != ")") {
            let divided = self.at.checked_sub(1).map(|before| self.tokens[before]);
            match token {
                "/" | "per" => {
                    sign = -power;
                    self.at += 1;
                    continue;
                }
                "*" => {
                    self.at += 1;
                    continue;
                }
                "(" => {
                    self.at += 1;
                    self.product(sign)?;
                    if !self.take(")") {
                        return None;
                    }
                    any = true;
                    continue;
                }
                "square" | "sq" => {
                    pending = 2;
                    self.at += 1;
                    continue;
                }
                "cubic" | "cu" => {
                    pending = 3;
                    self.at += 1;
                    continue;
                }
                "a" | "an" | "the" | "each" if matches!(divided, Some("/" | "per")) => {
                    self.at += 1;
                    continue;
                }
                // `miles an hour`
                "a" | "an" if any => {
                    sign = -power;
                    self.at += 1;
                    continue;
                }
                _ => {}
            }
            let (unit, prefix, width) = self.unit()?;
            self.at += width;
            let exponent = self.exponent(pending)?;
            self.found.multiply(unit, prefix, exponent * sign);
            any = true;
            pending = 1;
        }
        let ends = *self.tokens.get(self.at.checked_sub(1)?)?;
        (any && pending == 1 && !matches!(ends, "/" | "per" | "a" | "an" | "the" | "each"))
            .then_some(())
    }

    /// The unit of one to three words that stands here.
    fn unit(&self) -> Option<(&'static Entry, i32, usize)> {
        let rest = &self.tokens[self.at..];
        // A difference of temperatures is the same in kelvins.
        if let [degree, scale, ..] = rest
            && is_degree(degree)
            && let Some(unit) = scale_of(if *scale == "C" { "K" } else { scale })
        {
            return Some((unit, 0, 2));
        }
        (2..=rest.len().min(3))
            .rev()
            .find_map(|width| {
                let (unit, prefix) = find(&rest[..width].join(" "))?;
                Some((unit, prefix, width))
            })
            .or_else(|| find(rest[0]).map(|(unit, prefix)| (unit, prefix, 1)))
    }

    /// The power behind a unit.
    fn exponent(&mut self, otherwise: i32) -> Option<i32> {
        let Some(next) = self.peek() else { return Some(otherwise) };
        let power = match next {
            "squared" => 2,
            "cubed" => 3,
            _ => match next.strip_prefix('^') {
                Some(raised) => raised.parse().ok().filter(|power: &i32| power.abs() <= 9)?,
                None => return Some(otherwise),
            },
        };
        self.at += 1;
        Some(power)
    }
}

/// A product of powers of units.
#[derive(Default)]
struct Compound {
    factors: Vec<Expr>,
    dimension: Vec<(&'static str, i32)>,
}

impl Compound {
    fn multiply(&mut self, unit: &Entry, prefix: i32, power: i32) {
        let (numerator, denominator) = unit.factor;
        let size = Rational::new(numerator, denominator).unwrap_or(Rational::ONE);
        let ten = Expr::power(Expr::integer(10), Expr::integer(prefix.into()));
        let one = Expr::product(vec![Expr::rational(size), ten]);
        let each = Expr::power(one, Expr::integer(power.into()));
        self.factors.push(each);
        for &(base, inner) in unit.dimension {
            match self.dimension.iter_mut().find(|(known, _)| *known == base) {
                Some((_, total)) => *total += inner * power,
                None => self.dimension.push((base, inner * power)),
            }
        }
    }

    fn finish(mut self) -> Unit {
        if let Some((base, turns)) = self.dimension.iter_mut().find(|(base, _)| *base == "turn") {
            *base = "rad";
            let turn = Expr::product(vec![Expr::integer(2), Expr::pi()]);
            self.factors.push(Expr::power(turn, Expr::integer((*turns).into())));
        }
        self.dimension.retain(|&(_, power)| power != 0);
        self.dimension.sort_unstable();
        Unit::Measure(Measure { factor: Expr::product(self.factors), dimension: self.dimension })
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

/// How many units a letter behind money means: `\$1.5 \text{ M}`.
pub(crate) fn money_multiplier(letter: &str) -> Option<i64> {
    Some(match letter {
        "k" | "K" => 1_000,
        "M" => 1_000_000,
        "B" | "bn" => 1_000_000_000,
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
