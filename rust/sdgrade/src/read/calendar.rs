//! Times of day, weekdays, months and dates in words: `4:30 p.m.`, `Mon`, `October 30`.

use crate::value::{Time, Value};

const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Reads words in their compared form.
pub(crate) fn read(normal: &str) -> Option<Value> {
    if let Some(day) = place(&WEEKDAYS, normal) {
        return Some(Value::Weekday(u8::try_from(day).ok()?));
    }
    match normal {
        "noon" | "12 noon" => return Some(twelve(true)),
        "midnight" | "12 midnight" => return Some(twelve(false)),
        _ => {}
    }
    // `5th of March`
    let words: Vec<&str> = normal
        .split(' ')
        .filter(|word| !matches!(*word, "of" | "st" | "nd" | "rd" | "th"))
        .collect();
    match words[..] {
        [month] => Some(Value::Date(vec![place(&MONTHS, month)?])),
        [a, b] | [a, b, _] if words.len() == 2 || is_year(words[2]) => {
            let (month, day) = match place(&MONTHS, a) {
                Some(month) => (month, day(b)?),
                None => (place(&MONTHS, b)?, day(a)?),
            };
            let mut parts = vec![month, day];
            if let Some(year) = words.get(2) {
                parts.push(year.parse().ok()?);
            }
            Some(Value::Date(parts))
        }
        _ => None,
    }
    .or_else(|| time(&words))
}

/// Whether a word before a time of day says that it is in the afternoon.
pub(crate) fn half_of_day(word: &str) -> Option<bool> {
    match word {
        "上午" | "早上" => Some(false),
        "下午" | "晚上" => Some(true),
        _ => None,
    }
}

/// Twelve o'clock.
fn twelve(afternoon: bool) -> Value {
    Value::Time(Time { parts: vec![12, 0], afternoon: Some(afternoon) })
}

/// The place of a name, whole or cut to three letters or more, counted from one.
fn place(names: &[&str], word: &str) -> Option<i64> {
    let at = names.iter().position(|name| {
        *name == word || (word.len() >= 3 && word.len() <= 4 && name.starts_with(word))
    })?;
    i64::try_from(at + 1).ok()
}

fn day(word: &str) -> Option<i64> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let ordinal = matches!(&word[digits.len()..], "" | "st" | "nd" | "rd" | "th");
    digits.parse().ok().filter(|day| ordinal && (1..=31).contains(day))
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether `pm` or `am`, in small letters without points.
pub(crate) fn afternoon(half: &str) -> Option<bool> {
    match half {
        "pm" => Some(true),
        "am" => Some(false),
        _ => None,
    }
}

/// `4 30 p m`: punctuation has become spaces.
fn time(words: &[&str]) -> Option<Value> {
    if !words.iter().rfind(|word| !word.is_empty())?.ends_with('m') {
        return None;
    }
    let joined = words.concat();
    let digits = joined.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let afternoon = afternoon(&joined[digits.len()..])?;
    let count =
        words.iter().take_while(|word| word.bytes().all(|byte| byte.is_ascii_digit())).count();
    let parts: Option<Vec<u32>> = words[..count].iter().map(|word| word.parse().ok()).collect();
    let mut parts = parts.filter(|parts| parts.len() <= 3).filter(|parts| {
        !parts.is_empty() && parts[0] <= 24 && parts[1..].iter().all(|&part| part < 60)
    })?;
    if parts.len() == 1 {
        parts.push(0);
    }
    Some(Value::Time(Time { parts, afternoon: Some(afternoon) }))
}
