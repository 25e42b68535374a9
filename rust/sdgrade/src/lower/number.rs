//! Numerals: integers, decimals, repeating decimals, powers of ten, other bases.

use super::{Halt, Lowered, Lowering};
use crate::budget::Stop;
use crate::canonical::{Expr, Rational};
use crate::read::{Kind, Literal, Name, NodeId};
use crate::value::{Decimal, Quantity, Value};

impl Lowering<'_> {
    pub(super) fn number(&mut self, id: NodeId, literal: Literal) -> Lowered<Value> {
        let span = self.tree.span(id);
        let text = self.tree.numeral(id);
        if text.len() < 18
            && literal == Literal::default()
            && text.bytes().all(|byte| byte.is_ascii_digit())
        {
            // Short enough for a machine word.
            let value = text.bytes().fold(0_i64, |value, byte| value * 10 + i64::from(byte - b'0'));
            return Ok(Value::Quantity(Quantity::plain(Expr::integer(value))));
        }
        let cut = |at: u32| (at.saturating_sub(span.start) as usize).min(text.len());
        let repeat = if literal.repeat > 0 { cut(literal.repeat) } else { text.len() };
        let exponent_at = if literal.exponent > 0 { cut(literal.exponent) } else { text.len() };
        let mantissa = &text[..repeat.min(exponent_at)];
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = |part: &str| -> String { part.chars().filter(char::is_ascii_digit).collect() };
        let (whole, fraction, repeating) =
            (digits(whole), digits(fraction), digits(&text[repeat..]));
        if whole.len() + fraction.len() + repeating.len() > self.limits.digits {
            return Err(Halt::Stop(Stop::Depth));
        }
        let whole = if whole.is_empty() { "0".to_owned() } else { whole };
        if !repeating.is_empty() {
            let value = Rational::from_repeating(&whole, &fraction, &repeating, self.budget)?;
            return Ok(Value::Quantity(Quantity::plain(Expr::rational(value))));
        }
        if literal.dots
            && let Some(period) = period(&fraction)
        {
            let (fixed, repeating) = fraction.split_at(fraction.len() - 2 * period);
            let value = Rational::from_repeating(&whole, fixed, &repeating[..period], self.budget)?;
            return Ok(Value::Quantity(Quantity::plain(Expr::rational(value))));
        }
        let exponent = match text[exponent_at..].trim_start_matches('+') {
            "" => 0,
            written => written.parse().unwrap_or(i64::MAX),
        };
        if exponent.unsigned_abs() > self.limits.digits as u64 {
            return Err(Halt::Stop(Stop::Depth));
        }
        let value = Rational::from_decimal(&whole, &fraction, exponent, self.budget)?;
        let decimal = (!fraction.is_empty() || literal.exponent > 0).then(|| {
            let places = i64::try_from(fraction.len()).unwrap_or(i64::MAX).saturating_sub(exponent);
            let significant =
                whole.bytes().chain(fraction.bytes()).skip_while(|&byte| byte == b'0').count();
            Decimal {
                places: i32::try_from(places).unwrap_or(i32::MAX),
                significant: u32::try_from(significant).unwrap_or(u32::MAX),
            }
        });
        let quantity = Quantity {
            expr: Expr::rational(value),
            decimal,
            unit: None,
            evaluated: true,
            lettered: None,
        };
        Ok(Value::Quantity(quantity))
    }

    /// `120,240`: a number, or the list that its commas make.
    pub(super) fn grouped(&mut self, id: NodeId, literal: Literal) -> Lowered<Value> {
        let Value::Quantity(quantity) = self.number(id, literal)? else {
            return self.meaningless(id);
        };
        let mut items = Vec::new();
        for digits in self.tree.numeral(id).split(',') {
            // `1,000` is no list.
            if digits.starts_with('0') || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return Ok(Value::Quantity(quantity));
            }
            let value = Rational::from_decimal(digits, "", 0, self.budget)?;
            items.push(Value::Quantity(Quantity::plain(Expr::rational(value))));
        }
        Ok(Value::Grouped(Box::new((quantity, items))))
    }

    /// `11_2`, `0.0011_{2}`: digits in a base.
    pub(super) fn numeral(
        &mut self,
        id: NodeId,
        base_node: NodeId,
        literal: Literal,
        index: NodeId,
    ) -> Lowered<Value> {
        let base = match self.tree.kind(index) {
            // `101_{\text{two}}`
            Kind::Symbol(Name::Word(span)) => match self.tree.letters(span) {
                "two" => Some(2),
                "three" => Some(3),
                "four" => Some(4),
                "five" => Some(5),
                "six" => Some(6),
                "seven" => Some(7),
                "eight" => Some(8),
                "nine" => Some(9),
                "ten" => Some(10),
                _ => None,
            },
            _ => self
                .scalar(index)?
                .as_rational()
                .and_then(Rational::to_i64)
                .and_then(|base| u32::try_from(base).ok()),
        };
        let digits: String = self
            .tree
            .numeral(base_node)
            .chars()
            .filter(|sign| sign.is_ascii_alphanumeric() || *sign == '.')
            .map(|sign| sign.to_ascii_uppercase())
            .collect();
        match base {
            Some(base @ 2..=36) if literal == Literal::default() => {
                let digits = digits.trim_start_matches('0');
                Ok(Value::Numeral(
                    if digits.is_empty() { "0".to_owned() } else { digits.to_owned() },
                    base,
                ))
            }
            _ => self.meaningless(id),
        }
    }
}

pub(super) fn vulgar(top: u32, bottom: u8) -> Value {
    let value = Rational::new(top.into(), bottom.into());
    Value::Quantity(Quantity::plain(value.map_or_else(|| Expr::integer(0), Expr::rational)))
}

/// The length of the digits that repeat at the end: at least twice, a single digit at least twice too.
fn period(digits: &str) -> Option<usize> {
    let bytes = digits.as_bytes();
    (1..=bytes.len() / 2).take(64).find(|&length| {
        let tail = &bytes[bytes.len() - 2 * length..];
        tail[..length] == tail[length..]
    })
}
