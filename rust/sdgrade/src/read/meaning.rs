//! What whole words mean: numbers, sets of numbers, the empty set, dates.

use super::calendar;
use crate::canonical::{Expr, Rational};
use crate::value::{
    self, Bound, Name, Note, NoteKind, Numbers, Part, Quantifier, Quantity, Reals, Value,
};

/// What a whole answer of words says: a number, the empty set, a set of numbers, a date, or the words.
pub(crate) fn value(normal: &str) -> Value {
    if let Some(number) = number_word(normal) {
        return Value::Quantity(Quantity::plain(Expr::integer(number)));
    }
    if let Some(fraction) = fraction_words(normal) {
        return Value::Quantity(Quantity::plain(Expr::rational(fraction)));
    }
    match normal {
        "infinity" | "positive infinity" | "plus infinity" => return Expr::infinity().into(),
        "negative infinity" | "minus infinity" => return Expr::negate(Expr::infinity()).into(),
        _ => {}
    }
    if says_empty(none(normal)) {
        return Value::Set(Vec::new());
    }
    if let Some(among) = none_among(normal) {
        let kind = NoteKind::Domain(Quantifier::Open);
        return Value::Set(Vec::new()).with_notes(vec![Note { kind, body: among }]);
    }
    if let Some(value) = calendar::read(normal) {
        return value;
    }
    if let Some(set) = class_of(normal).or_else(|| half_of_parity(normal)) {
        return set;
    }
    if let Some(sorted) = adjectives_sorted(normal) {
        return Value::Text(sorted);
    }
    Value::Text(synonym(normal).to_owned())
}

/// `all positive odd integers`: `2k-1` of positive `k`.
fn half_of_parity(normal: &str) -> Option<Value> {
    let words: Vec<&str> = normal.split(' ').collect();
    let words = match words[..] {
        ["all" | "any" | "every" | "each", ref rest @ ..] => rest,
        ref words => words,
    };
    let [first, second, "integers" | "numbers"] = *words else { return None };
    let ((parity @ ("even" | "odd"), sign) | (sign, parity @ ("even" | "odd"))) = (first, second)
    else {
        return None;
    };
    let part = match (sign, parity) {
        ("positive" | "natural", _) | ("nonnegative", "odd") => Part::Positive,
        ("nonnegative", _) => Part::NotNegative,
        _ => return None,
    };
    let letter = Expr::variable("k");
    let twice = Expr::product(vec![Expr::integer(2), letter.clone()]);
    let term = match parity {
        "even" => twice,
        _ => Expr::difference(twice, Expr::integer(1)),
    };
    let domain = value::Named {
        names: vec![Name { text: "k".to_owned(), expr: Some(letter) }],
        parameters: Vec::new(),
        value: Value::Numbers(Numbers::Integers, part),
    };
    let body = Value::Named(Box::new(domain));
    let kind = NoteKind::Domain(Quantifier::Open);
    Some(Value::from(term).with_notes(vec![Note { kind, body }]))
}

/// `all odd positive integers`, which are all positive odd integers: the adjectives in one order.
fn adjectives_sorted(normal: &str) -> Option<String> {
    const PARTS: [&str; 7] =
        ["even", "negative", "nonnegative", "nonzero", "odd", "positive", "prime"];
    let mut words: Vec<&str> = normal.split(' ').collect();
    let from = usize::from(matches!(words[0], "all" | "any" | "every" | "each"));
    let count = words[from..].iter().take_while(|word| PARTS.contains(word)).count();
    if count < 2 || class(&words[from + count..]).is_none() {
        return None;
    }
    words[from..from + count].sort_unstable();
    Some(words.join(" "))
}

/// The set of numbers that words name: `all positive integers`.
pub(crate) fn class_of(normal: &str) -> Option<Value> {
    if ["所有", "一切", "任意", "全体"].iter().any(|all| normal.starts_with(all)) {
        return class(&[normal]);
    }
    let words: Vec<&str> = normal.split(' ').collect();
    match words[..] {
        ["all" | "any" | "every" | "each", ref rest @ ..] if !rest.is_empty() => class(rest),
        // `positive integers`
        [.., last] if last.ends_with('s') => class(&words),
        _ => None,
    }
}

/// The set of numbers that an adjective and a noun name: `positive integers`, `real number`.
pub(crate) fn class(words: &[&str]) -> Option<Value> {
    match *words {
        ["arbitrary"] => return numbers(Named::Reals, Part::All),
        // `C is an arbitrary constant`
        ["arbitrary", ref rest @ ..] => return class(rest),
        [word] if !word.is_ascii() => return chinese_class(word),
        _ => {}
    }
    let (part, rest) = match *words {
        ["positive", ref rest @ ..] => (Part::Positive, rest),
        ["negative", ref rest @ ..] => (Part::Negative, rest),
        ["nonnegative", ref rest @ ..] | ["non", "negative", ref rest @ ..] => {
            (Part::NotNegative, rest)
        }
        ["nonpositive", ref rest @ ..] | ["non", "positive", ref rest @ ..] => {
            (Part::NotPositive, rest)
        }
        ["nonzero", ref rest @ ..] | ["non", "zero", ref rest @ ..] => (Part::NotZero, rest),
        ["even", ref rest @ ..] => (Part::Even, rest),
        ["odd", ref rest @ ..] => (Part::Odd, rest),
        _ => (Part::All, words),
    };
    // `even numbers` are integers.
    let rest = match (part, rest) {
        (Part::Even | Part::Odd, ["number" | "numbers"]) => &["integers"],
        _ => rest,
    };
    let rest = match *rest {
        [ref rest @ .., "number" | "numbers" | "constant" | "constants" | "value" | "values"]
            if !rest.is_empty() =>
        {
            rest
        }
        _ => rest,
    };
    numbers(
        match *rest {
            ["integer" | "integers"] => Named::Numbers(Numbers::Integers),
            ["natural" | "naturals"] => Named::Numbers(Numbers::Naturals),
            ["rational" | "rationals"] => Named::Numbers(Numbers::Rationals),
            ["complex"] => Named::Numbers(Numbers::Complexes),
            ["prime" | "primes"] => Named::Numbers(Numbers::Primes),
            // A constant is a real number unless something else is said.
            ["real" | "reals" | "constant" | "constants"] => Named::Reals,
            _ => return None,
        },
        part,
    )
}

/// The same in Chinese: `正整数`, `任意非零常数`.
fn chinese_class(word: &str) -> Option<Value> {
    const PARTS: [(&str, Part); 8] = [
        ("非零", Part::NotZero),
        ("不为零的", Part::NotZero),
        ("不为0的", Part::NotZero),
        ("非负", Part::NotNegative),
        ("正", Part::Positive),
        ("负", Part::Negative),
        ("奇", Part::Odd),
        ("偶", Part::Even),
    ];
    const QUANTIFIERS: [&str; 6] = ["任意的", "任意", "所有的", "所有", "一切", "全体"];
    let word = QUANTIFIERS.iter().find_map(|any| word.strip_prefix(any)).unwrap_or(word);
    let found = PARTS.iter().find_map(|&(sign, part)| Some((word.strip_prefix(sign)?, part)));
    let (noun, part) = found.unwrap_or((word, Part::All));
    let set = match (noun, part) {
        ("数", Part::Even | Part::Odd) | ("整数", _) => Named::Numbers(Numbers::Integers),
        ("自然数", _) => Named::Numbers(Numbers::Naturals),
        ("有理数", _) => Named::Numbers(Numbers::Rationals),
        ("复数", _) => Named::Numbers(Numbers::Complexes),
        ("质数" | "素数", _) => Named::Numbers(Numbers::Primes),
        ("实数" | "常数", _) => Named::Reals,
        _ => return None,
    };
    numbers(set, part)
}

/// A set of numbers with a name.
#[derive(Clone, Copy)]
pub(crate) enum Named {
    Reals,
    Numbers(Numbers),
}

/// A part of a named set.
pub(crate) fn numbers(set: Named, part: Part) -> Option<Value> {
    let zero = || Expr::integer(0);
    Some(match set {
        Named::Numbers(Numbers::Naturals) if part == Part::Positive => {
            Value::Numbers(Numbers::Integers, Part::Positive)
        }
        Named::Numbers(Numbers::Naturals) if part == Part::NotNegative => {
            Value::Numbers(Numbers::Integers, Part::NotNegative)
        }
        Named::Numbers(numbers) => Value::Numbers(numbers, part),
        Named::Reals => Value::Reals(match part {
            Part::All => Reals::all(),
            Part::Positive => Reals::between(Bound::open(zero()), Bound::infinity()),
            Part::NotNegative => Reals::between(Bound::closed(zero()), Bound::infinity()),
            Part::Negative => Reals::between(Bound::minus_infinity(), Bound::open(zero())),
            Part::NotPositive => Reals::between(Bound::minus_infinity(), Bound::closed(zero())),
            Part::NotZero => Reals::point(zero()).complement(),
            Part::Even | Part::Odd => return None,
        }),
    })
}

/// Words for the empty set of solutions.
fn says_empty(normal: &str) -> bool {
    // `no such polynomials`
    let lone = |noun: &str| !noun.contains(' ') && class(&[noun]).is_none();
    normal.strip_prefix("no such ").is_some_and(lone)
        || matches!(
            normal,
            "no solution"
                | "no solutions"
                | "none"
                | "empty"
                | "empty set"
                | "no such number"
                | "no such numbers"
                | "emptyset"
                | "no values"
                | "no value"
                | "there is no solution"
                | "there are no solutions"
                | "has no solution"
                | "no solution exists"
                | "no solutions exist"
                | "no such x"
                | "no such n"
                | "no roots"
                | "no answer"
                | "无解"
                | "空集"
                | "нет решений"
        )
}

/// Where there are no solutions, by words that name a set: `no real solutions`, `no such integers`.
fn none_among(normal: &str) -> Option<Value> {
    let words: Vec<&str> = none(normal).strip_prefix("no ")?.split(' ').collect();
    match &words[..] {
        ["such", among @ ..] | [among @ .., "solution" | "solutions" | "root" | "roots"] => {
            class(among)
        }
        _ => None,
    }
}

/// What there is none of, without the words that say that there is: `there are no such n`, `no such n exist`.
fn none(normal: &str) -> &str {
    let bare = ["there are ", "there is ", "there exist ", "there exists "]
        .iter()
        .find_map(|opening| normal.strip_prefix(opening))
        .unwrap_or(normal);
    [" exists", " exist"].iter().find_map(|ending| bare.strip_suffix(ending)).unwrap_or(bare)
}

/// Several ways to say one thing, in one spelling.
fn synonym(normal: &str) -> &str {
    match normal {
        "does not exist" | "dne" | "doesnt exist" | "do not exist" | "not exist"
        | "nonexistent" | "不存在" => "does not exist",
        "cannot be determined"
        | "not enough information"
        | "insufficient information"
        | "undetermined"
        | "impossible to determine"
        | "indeterminate" => "cannot be determined",
        "infinitely many"
        | "infinite"
        | "infinitely many solutions"
        | "infinite solutions"
        | "有无穷多解"
        | "无穷多解" => "infinitely many",
        "充分必要条件" => "充要条件",
        "星期天" => "星期日",
        "not possible" | "it is impossible" | "it is not possible" => "impossible",
        "it is possible" => "possible",
        other => other,
    }
}

/// The number of a number word up to a hundred.
pub(crate) fn number_word(word: &str) -> Option<i64> {
    const SMALL: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 9] =
        ["ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    if word.chars().all(|sign| CHINESE.contains(&sign)) {
        return chinese_number(word);
    }
    let small = |word: &str| SMALL.iter().position(|&known| known == word);
    let tens = |word: &str| TENS.iter().position(|&known| known == word).map(|at| (at + 1) * 10);
    let value = if let Some((first, second)) = word.split_once(['-', ' ']) {
        tens(first)? + small(second).filter(|&digit| (1..10).contains(&digit))?
    } else if word == "hundred" || word == "one hundred" {
        100
    } else {
        small(word).or_else(|| tens(word))?
    };
    i64::try_from(value).ok()
}

/// `one half`, `three quarters`: a number and a part in words.
pub(crate) fn fraction_words(normal: &str) -> Option<Rational> {
    const PARTS: [(&str, &str, i64); 10] = [
        ("half", "halves", 2),
        ("third", "thirds", 3),
        ("quarter", "quarters", 4),
        ("fourth", "fourths", 4),
        ("fifth", "fifths", 5),
        ("sixth", "sixths", 6),
        ("seventh", "sevenths", 7),
        ("eighth", "eighths", 8),
        ("ninth", "ninths", 9),
        ("tenth", "tenths", 10),
    ];
    // `二又三分之一`
    if let Some((whole, part)) = normal.split_once('又') {
        return Some(&Rational::from(chinese_number(whole)?) + &fraction_words(part)?);
    }
    if let Some((parts, count)) = normal.split_once("分之") {
        return Rational::new(chinese_number(count)?, chinese_number(parts)?);
    }
    let (count, part) = normal.split_once([' ', '-'])?;
    let count = number_word(count)?;
    let fits = |(one, more, _): &&(&str, &str, i64)| part == if count == 1 { *one } else { *more };
    let (.., parts) = PARTS.iter().find(fits)?;
    Rational::new(count, *parts)
}

/// The digits and powers of ten of Chinese numerals.
const CHINESE: [char; 15] =
    ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九', '两', '十', '百', '千', '万'];

pub(crate) fn is_chinese_digit(sign: char) -> bool {
    CHINESE.contains(&sign)
}

/// `十二`, `三百零五`: sums of a digit times a power of ten.
fn chinese_number(word: &str) -> Option<i64> {
    let (mut total, mut digit) = (0_i64, None);
    // What a digit stands for behind `百`, if no `零` comes between: `一百五` is 150.
    let mut place = 1;
    for sign in word.chars() {
        let power = match sign {
            '十' => 10,
            '百' => 100,
            '千' => 1000,
            '万' => 10_000,
            _ => {
                let at = CHINESE.iter().position(|&known| known == sign)?;
                if digit.is_some_and(|digit| digit != 0) {
                    return None;
                }
                if at == 0 {
                    place = 1;
                }
                digit = Some(if at == 10 { 2 } else { i64::try_from(at).ok()? });
                continue;
            }
        };
        total = match (sign, digit) {
            ('万', _) => (total + digit.unwrap_or(0)) * power,
            (_, digit) => total + digit.unwrap_or(1) * power,
        };
        digit = None;
        place = power / 10;
    }
    (!word.is_empty()).then(|| total + digit.unwrap_or(0) * place)
}
