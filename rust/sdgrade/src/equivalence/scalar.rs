//! Numbers: rounding, units, percents, options, ratios.

use super::labels::Labels;
use super::{Equivalence, is_equal, weakest};
use crate::canonical::{self, Decision, Expr, Function, Rational, Symbol};
use crate::value::{Decimal, Lettered, Measure, Quantity, Unit, Value};
use crate::{Reason, Verdict};

/// Significant digits of an answer that may be cut in place of rounded.
const FEWEST_TO_CUT_ANSWER: u32 = 6;

/// Significant digits of a gold that may be cut in place of rounded.
const FEWEST_TO_CUT_GOLD: u32 = 5;

/// Significant digits that a printed double always knows.
const DIGITS_OF_A_DOUBLE: u32 = 15;

/// How many integers tell two roundings apart.
const SMALL_INTEGERS: i64 = 12;

impl Equivalence<'_> {
    pub(super) fn quantities(&mut self, gold: &Quantity, answer: &Quantity) -> Reason {
        match (&gold.unit, &answer.unit) {
            (None, None) => {
                let found = self.scalars(gold, answer);
                match (&gold.lettered, &answer.lettered) {
                    (Some(letters), None) if found == Reason::DifferentValue => {
                        self.letters_as_unit(letters, answer, true).unwrap_or(found)
                    }
                    (None, Some(letters)) if found == Reason::DifferentValue => {
                        self.letters_as_unit(letters, gold, false).unwrap_or(found)
                    }
                    _ => found,
                }
            }
            (Some(a), Some(b)) => self.united(gold, a, answer, b),
            (Some(unit), None) => match &answer.lettered {
                Some(letters) => letters_open(self.quantities(gold, &letters.number)),
                None => self.one_unit(gold, unit, answer, true),
            },
            (None, Some(unit)) => match &gold.lettered {
                Some(letters) => letters_open(self.quantities(&letters.number, answer)),
                None => self.one_unit(answer, unit, gold, false),
            },
        }
    }

    /// `298 K` beside 298: outside of upright type letters may be a unit.
    fn letters_as_unit(
        &mut self,
        letters: &Lettered,
        plain: &Quantity,
        gold_has_it: bool,
    ) -> Option<Reason> {
        if letters.is_variable {
            return None;
        }
        let found = if gold_has_it {
            self.quantities(&letters.number, plain)
        } else {
            self.quantities(plain, &letters.number)
        };
        is_equal(found).then_some(Reason::Unproved)
    }

    /// Whether two that round a letter differ, but not where it is a small integer: `\lceil n/2 \rceil` and
    /// `\lfloor (n+1)/2 \rfloor`.
    pub(super) fn may_agree_on_integers(&mut self, gold: &Expr, answer: &Expr) -> bool {
        let rounds = |expr: &Expr| {
            expr.part(&|part| {
                matches!(part, Expr::Function(Function::Floor | Function::Ceil, inside)
                    if inside.iter().any(|inner| !inner.is_constant()))
            })
            .is_some()
        };
        let mut letters = gold.variables();
        letters.extend(answer.variables());
        let mut letters = letters.into_iter();
        let (Some(letter), None) = (letters.next(), letters.next()) else { return false };
        (rounds(gold) || rounds(answer))
            && (1..=SMALL_INTEGERS).all(|number| {
                let [ours, theirs] =
                    [gold, answer].map(|side| side.substitute(&letter, &Expr::integer(number)));
                !matches!(canonical::equal(&ours, &theirs, self.budget), Decision::Different(_))
            })
    }

    /// Both carry a unit.
    pub(super) fn united(
        &mut self,
        gold: &Quantity,
        a: &Unit,
        answer: &Quantity,
        b: &Unit,
    ) -> Reason {
        match (a, b) {
            (Unit::Percent, Unit::Percent) | (Unit::Ordinal, Unit::Ordinal) => {
                self.scalars(gold, answer)
            }
            // Each scale has a zero of its own.
            (Unit::Measure(x), Unit::Measure(y))
                if x != y && x.is_temperature() && y.is_temperature() =>
            {
                Reason::Unproved
            }
            (Unit::Measure(x), Unit::Measure(y)) if x.same_dimension(y) => {
                if x.factor == y.factor {
                    return self.scalars(gold, answer);
                }
                let gold = Quantity::from(Expr::product(vec![gold.expr.clone(), x.factor.clone()]));
                let answer =
                    Quantity::from(Expr::product(vec![answer.expr.clone(), y.factor.clone()]));
                match self.scalars(&gold, &answer) {
                    Reason::DifferentValue => Reason::DifferentUnit,
                    other => other,
                }
            }
            (Unit::Noun(x), Unit::Noun(y)) if same_things(x, y) => self.scalars(gold, answer),
            (Unit::Measure(x), Unit::Measure(y)) if may_convert(x, y) => Reason::Unproved,
            _ => {
                let found = self.scalars(gold, answer);
                if found == Reason::DifferentValue {
                    return found;
                }
                match (a, b) {
                    (Unit::Noun(x), Unit::Noun(y)) => match shared(x, y) {
                        // What one side alone says is set aside.
                        Shared::Things => Self::lenient(
                            self.policy.ignore_unit,
                            found,
                            Reason::UnitIgnored,
                            Reason::DifferentUnit,
                        ),
                        Shared::Words => weakest(found, Reason::Unproved),
                        Shared::Nothing => Reason::DifferentUnit,
                    },
                    (Unit::Measure(x), Unit::Measure(y)) if may_agree(x, y) => Reason::Unproved,
                    _ => Reason::DifferentUnit,
                }
            }
        }
    }

    /// `with` carries a unit and `plain` does not.
    pub(super) fn one_unit(
        &mut self,
        with: &Quantity,
        unit: &Unit,
        plain: &Quantity,
        gold_has_it: bool,
    ) -> Reason {
        let mut bare = with.clone();
        bare.unit = None;
        let ordered = |this: &mut Self, with: &Quantity| {
            if gold_has_it { this.scalars(with, plain) } else { this.scalars(plain, with) }
        };
        let factor = match unit {
            Unit::Percent => Some(Expr::rational(Rational::new(1, 100).unwrap_or(Rational::ONE))),
            Unit::Measure(measure) if unit.is_angle() => Some(measure.factor.clone()),
            _ => None,
        };
        if let Some(factor) = factor {
            let mut value = Quantity::from(Expr::product(vec![with.expr.clone(), factor]));
            if *unit == Unit::Percent {
                value.decimal =
                    with.decimal.map(|decimal| Decimal { places: decimal.places + 2, ..decimal });
            }
            let reason = ordered(self, &value);
            if reason.verdict() == Verdict::Equal {
                return reason;
            }
        }
        let inner = ordered(self, &bare);
        if *unit == Unit::Percent {
            // `0.5\%` is no 0.5.
            if is_equal(inner) && is_below_one(&plain.expr) {
                return Reason::DifferentValue;
            }
            Self::lenient(
                self.policy.ignore_percent,
                inner,
                Reason::PercentIgnored,
                Reason::DifferentUnit,
            )
        } else {
            Self::lenient(
                self.policy.ignore_unit,
                inner,
                Reason::UnitIgnored,
                Reason::DifferentUnit,
            )
        }
    }

    /// Numbers without units, with the rounding rules.
    pub(super) fn scalars(&mut self, gold: &Quantity, answer: &Quantity) -> Reason {
        let exact = self.exprs(&gold.expr, &answer.expr);
        if is_equal(exact) {
            return exact;
        }
        // A decimal equals an exact value that rounds to it.
        if let (Some(decimal), Some(enough)) = (answer.decimal, self.policy.answer_rounding_digits)
            && gold.decimal.is_none()
        {
            let cut = decimal.significant >= FEWEST_TO_CUT_ANSWER;
            let allowed = (decimal.significant >= enough, cut);
            return self.rounded(answer, decimal, &gold.expr, allowed, exact);
        }
        if let (Some(decimal), Some(enough)) = (gold.decimal, self.policy.gold_rounding_digits) {
            let written_exactly = match answer.decimal {
                None => true,
                Some(other) => {
                    self.policy
                        .answer_rounding_digits
                        .is_some_and(|digits| other.significant >= digits)
                        && other.places > decimal.places
                }
            };
            let allowed = decimal.significant >= enough && written_exactly;
            let cut = decimal.significant >= FEWEST_TO_CUT_GOLD;
            return self.rounded(gold, decimal, &answer.expr, (allowed, cut), exact);
        }
        exact
    }

    /// Whether `exact` rounds to the decimal, or may be cut to it. Integers never round. A decimal of as
    /// many digits as a double has is compared at those that a double knows.
    fn rounded(
        &mut self,
        decimal: &Quantity,
        digits: Decimal,
        exact: &Expr,
        (allowed, cut): (bool, bool),
        otherwise: Reason,
    ) -> Reason {
        let Some(value) = decimal.expr.as_rational() else { return otherwise };
        if value.is_integer() || !exact.is_constant() {
            return otherwise;
        }
        // `\sqrt4` is an integer too.
        if canonical::normalise(exact, self.budget).is_ok_and(|exact| exact.as_integer().is_some())
        {
            return otherwise;
        }
        let mut places = digits.places;
        let mut value = value.clone();
        if digits.significant >= DIGITS_OF_A_DOUBLE {
            let more = digits.significant - DIGITS_OF_A_DOUBLE;
            places -= i32::try_from(more).unwrap_or(0);
            match canonical::rounded(&value, places, self.budget) {
                Ok(fewer) => value = fewer,
                Err(_) => return otherwise,
            }
        }
        let mut found = canonical::rounds_to(exact, &value, places, self.budget);
        if matches!(found, Decision::Different(_)) && allowed && cut {
            found = canonical::cuts_to(exact, &value, places, self.budget);
        }
        match found {
            Decision::Equal(_) if allowed => Reason::Rounded,
            Decision::Equal(_) => Reason::NotRounded,
            Decision::Different(_) => Reason::DifferentValue,
            Decision::Unknown(_) => otherwise,
        }
    }

    pub(super) fn choices(&mut self, gold: &Value, answer: &Value) -> Reason {
        let letter_of = |value: &Value| match value {
            Value::Choice(letter, _) => Some(*letter),
            Value::Text(word) if word.chars().count() == 1 => word.to_uppercase().chars().next(),
            Value::Quantity(quantity) if quantity.unit.is_none() => match &quantity.expr {
                Expr::Variable(symbol)
                    if matches!(symbol.as_str().as_bytes(), [b'A'..=b'J' | b'a'..=b'j']) =>
                {
                    symbol.as_str().chars().next().map(|letter| letter.to_ascii_uppercase())
                }
                // The letter `e` alone may be an option.
                expr if *expr == Expr::e() => Some('E'),
                _ => None,
            },
            _ => None,
        };
        let inner_of = |value: &Value| match value {
            Value::Choice(_, inner) => inner.as_deref().cloned(),
            _ => None,
        };
        if let (Some(a), Some(b)) = (letter_of(gold), letter_of(answer)) {
            let same = if a == b { Reason::OptionLetter } else { Reason::DifferentText };
            return match (inner_of(gold), inner_of(answer)) {
                // Both say the value too: it must agree.
                (Some(x), Some(y)) if a == b => {
                    let found = self.values(&x, &y);
                    match found.verdict() {
                        Verdict::Different => Reason::DifferentValue,
                        Verdict::Equal => same,
                        Verdict::Undecided => found,
                    }
                }
                // `A. 5 B. 6` lists the options and chooses none.
                (Some(words), None) if names_another(&words, a) => Reason::Unproved,
                (None, Some(words)) if names_another(&words, b) => Reason::Unproved,
                (x, y) => {
                    let letters_alone = x.is_none() && y.is_none();
                    let granted = if letters_alone {
                        self.policy.option_letters
                    } else {
                        self.policy.option_values
                    };
                    if a != b || granted { same } else { Reason::DifferentKind }
                }
            };
        }
        // `(a) 3 or 4` has one part of an answer, `(a) 3 (b) 4` has two.
        let of_parts = |side: &Value| match side {
            Value::List(items) => Labels::of(items) == Labels::Parts,
            _ => false,
        };
        if of_parts(gold) || of_parts(answer) {
            return Reason::DifferentCount;
        }
        let inner = match (inner_of(gold), inner_of(answer)) {
            (Some(inner), None) => self.values(&inner, answer),
            (None, Some(inner)) => self.values(gold, &inner),
            _ => return Reason::DifferentKind,
        };
        let granted = self.policy.option_values;
        Self::lenient(granted, inner, Reason::OptionLetter, Reason::DifferentKind)
    }
}

/// Whether words have the letter of an option other than this one in them.
fn names_another(words: &Value, letter: char) -> bool {
    let Value::Text(words) = words else { return false };
    words.split(' ').any(|word| {
        matches!(word.as_bytes(), [other @ b'a'..=b'h'] if !letter.eq_ignore_ascii_case(&char::from(*other)))
    })
}

/// Letters that are another unit than the other side has may be none.
fn letters_open(found: Reason) -> Reason {
    if found == Reason::DifferentUnit { Reason::Unproved } else { found }
}

/// Whether two units that measure different things may be meant for the same in another size: a prime of feet or of
/// minutes, a ton of 2000 pounds.
fn may_convert(a: &Measure, b: &Measure) -> bool {
    let pair = |x: &Measure, y: &Measure| {
        matches!(
            (&x.dimension[..], &y.dimension[..]),
            ([("m", 1)], [("rad", 1)]) | ([("ton", 1)], [("kg", 1)])
        )
    };
    pair(a, b) || pair(b, a)
}

/// Whether two units that measure different things may yet be meant for the same: a pound of money, a cent of any
/// currency, a radian that is not said.
fn may_agree(a: &Measure, b: &Measure) -> bool {
    let is = |measure: &Measure, base: &str| measure.dimension[..] == [(base, 1)];
    let pair = |x: &Measure, y: &Measure| {
        is(x, "gbp") && is(y, "kg")
            || is(x, "eur")
                && is(y, "usd")
                && y.factor.as_rational().is_some_and(|factor| *factor < Rational::ONE)
            || is(x, "unit") && y.dimension.iter().all(|(base, _)| *base != "unit")
    };
    let without_angle = |measure: &Measure| -> Vec<(&str, i32)> {
        measure.dimension.iter().filter(|(base, _)| *base != "rad").copied().collect()
    };
    pair(a, b)
        || pair(b, a)
        || a.dimension.len() > 1 && without_angle(a) == without_angle(b)
        || b.dimension.len() > 1 && without_angle(a) == without_angle(b)
}

/// The words of a count, but for those that do not tell what is counted.
fn things(noun: &str) -> Vec<&str> {
    let idle = ["of", "in", "total", "different", "distinct", "possible"];
    noun.split(' ')
        .filter(|word| !idle.contains(word))
        .map(|word| word.trim_end_matches('s'))
        .collect()
}

/// Whether two counts are of the same things.
fn same_things(a: &str, b: &str) -> bool {
    let (a, b) = (things(a), things(b));
    a.iter().all(|word| b.contains(word)) && b.iter().all(|word| a.contains(word))
}

/// What is counted in the first place: `boxes` of `boxes of pencils`.
fn counted_first(noun: &str) -> Option<&str> {
    const BEHIND: [&str; 12] =
        ["of", "in", "for", "with", "on", "from", "to", "that", "who", "which", "and", "at"];
    let words = noun.split(' ').take_while(|word| !BEHIND.contains(word));
    words.last().map(|word| word.trim_end_matches('s'))
}

/// Two counts of the same things, as far as both say of which.
enum Shared {
    /// `5 red balls` and `5 balls`
    Things,
    /// One side has all words of the other, and may count something else: `4 boxes of pencils` and `4 pencils`,
    /// `4 roots` and `4 non-real roots`.
    Words,
    Nothing,
}

fn shared(a: &str, b: &str) -> Shared {
    let (x, y) = (things(a), things(b));
    let within = |x: &[&str], y: &[&str]| x.iter().all(|word| y.contains(word));
    if !within(&x, &y) && !within(&y, &x) || x.contains(&"per") != y.contains(&"per") {
        return Shared::Nothing;
    }
    let says_non =
        |x: &[&str], y: &[&str]| x.iter().any(|word| word.starts_with("non") && !y.contains(word));
    let denied = says_non(&x, &y) || says_non(&y, &x);
    let first = (counted_first(a), counted_first(b));
    if denied || x.is_empty() || y.is_empty() || first.0 != first.1 {
        Shared::Words
    } else {
        Shared::Things
    }
}

fn is_below_one(expr: &Expr) -> bool {
    expr.as_rational().is_some_and(|value| value.abs() < Rational::ONE)
}

/// Whether one side has `AB` as a name and the other its letters apart, or `…` stands for terms: then
/// letters do not decide.
pub(super) fn spelled_apart(a: &Expr, b: &Expr) -> bool {
    if a.is_constant() && b.is_constant() {
        return false;
    }
    let dots = |expr: &Expr| expr.variables().contains(&Symbol::ellipsis());
    if dots(a) || dots(b) {
        return true;
    }
    let apart = |a: &Expr, b: &Expr| {
        let letters = b.variables();
        a.variables().iter().any(|name| {
            let name = name.as_str();
            name.len() > 1
                && name.bytes().all(|byte| byte.is_ascii_uppercase())
                && name.chars().any(|letter| {
                    letters
                        .iter()
                        .any(|other| other.as_str().len() == 1 && other.as_str().contains(letter))
                })
        })
    };
    apart(a, b) || apart(b, a)
}
