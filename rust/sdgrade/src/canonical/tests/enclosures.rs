//! Balls against what mpmath says, to 60 digits: `tests/python/test_enclosures.py` writes the rows.

use super::reader::read;
use crate::budget::{Budget, Stop};
use crate::canonical::Rational;
use crate::canonical::enclosure::{Ball, Complex, Evaluator, Point};

/// Precisions at which every row is enclosed.
const PRECISIONS: [u64; 3] = [64, 192, 1_024];

/// Stirling's series has as many terms as a comparison needs, and no more.
const LARGE: [&str; 3] = ["factorial(5000)", "factorial(20000)", "binomial(5000, 2500)"];

/// Bits that a row has lost to cancellation or to large arguments, at most.
const LOST: i64 = 160;

struct Row {
    text: String,
    value: Complex,
}

/// A decimal, with its last digit in doubt.
fn decimal(text: &str) -> Ball {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (sign, digits) = match mantissa.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, mantissa),
    };
    let (whole, fraction) = digits.split_once('.').expect("a point");
    let exponent: i64 = exponent.parse().expect("an exponent");
    let budget = &mut Budget::new(10_000_000);
    let value = Rational::from_decimal(whole, fraction, exponent, budget).expect("a decimal");
    if value.is_zero() {
        return Ball::zero();
    }
    let ball = Ball::rational(&(&value * &sign.into()), 400);
    let doubt = ball.magnitude() - 190;
    ball.widened(doubt, 400)
}

fn rows() -> Vec<Row> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/cases/enclosures.jsonl");
    let text = std::fs::read_to_string(path).expect("the rows");
    text.lines()
        .map(|line| {
            let row: serde_json::Value = serde_json::from_str(line).expect("a row");
            let field = |name: &str| row[name].as_str().expect("a text").to_owned();
            let value =
                Complex { real: decimal(&field("real")), imaginary: decimal(&field("imaginary")) };
            Row { text: field("expr"), value }
        })
        .collect()
}

fn enclose(text: &str, precision: u64) -> Result<Complex, Stop> {
    Evaluator::new(precision, Point::nowhere(), &mut Budget::new(20_000_000)).evaluate(&read(text))
}

#[test]
fn balls_hold_what_mpmath_says() {
    let mut wrong = Vec::new();
    for Row { text, value } in rows() {
        for precision in PRECISIONS {
            let Ok(found) = enclose(&text, precision) else { continue };
            let apart = found.real.is_disjoint(&value.real, 1_100)
                || found.imaginary.is_disjoint(&value.imaginary, 1_100);
            if apart {
                wrong.push(format!("{text} at {precision} bits: {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// A ball that holds everything would hold the right value too.
#[test]
fn balls_are_small() {
    let mut wide = Vec::new();
    for Row { text, .. } in rows() {
        if LARGE.contains(&text.as_str()) {
            continue;
        }
        match enclose(&text, 1_024) {
            Ok(found) => {
                let size = found.real.magnitude().max(found.imaginary.magnitude());
                let error = found.real.error_magnitude().max(found.imaginary.error_magnitude());
                if error > size.max(-100) - 1_024 + LOST {
                    wide.push(format!("{text}: {error} of {size}"));
                }
            }
            Err(stop) => wide.push(format!("{text}: {stop:?}")),
        }
    }
    assert_eq!(wide, [""; 0]);
}
