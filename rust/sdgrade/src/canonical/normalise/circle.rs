//! Cosines of rational multiples of π, and the points of the unit circle at these angles.

use super::root;
use crate::budget::{Budget, Stop};
use crate::canonical::expression::Function;
use crate::canonical::normal::Normal;
use crate::canonical::number::Rational;

/// `e^(iπr) = cos πr + i sin πr`.
pub(crate) fn unit_circle(turn: &Rational, budget: &mut Budget) -> Result<Normal, Stop> {
    let cosine = cosine_of_turn(turn, budget)?;
    let sine = cosine_of_turn(&(&Rational::HALF - turn), budget)?;
    cosine.add(sine.multiply(&Normal::i(), budget)?, budget)
}

/// `cos πr`, brought to an angle between 0 and π/2.
pub(crate) fn cosine_of_turn(turn: &Rational, budget: &mut Budget) -> Result<Normal, Stop> {
    budget.spend(8 + 4 * turn.cost(turn))?;
    let whole_turns = Rational::from((turn * &Rational::HALF).floor());
    let mut turn = turn - &(&whole_turns * &Rational::from(2));
    if turn > Rational::ONE {
        turn = &Rational::from(2) - &turn;
    }
    let negative = turn > Rational::HALF;
    if negative {
        turn = &Rational::ONE - &turn;
    }
    let value = acute_cosine(&turn, budget)?;
    Ok(if negative { value.negate() } else { value })
}

/// `cos πr` for `0 ≤ r ≤ 1/2`.
fn acute_cosine(turn: &Rational, budget: &mut Budget) -> Result<Normal, Stop> {
    let root = |radicand: i64, budget: &mut Budget| {
        root::power_of_positive(&radicand.into(), &Rational::HALF, budget)
    };
    let quarter = &Rational::HALF * &Rational::HALF;
    // (a + b√c)/4, or √(a + b√c)/4 where `nested`.
    let surd = |a: i64, b: i64, c: i64, nested: bool, budget: &mut Budget| {
        let sum = root(c, budget)?.scale(&b.into(), budget)?.add(Normal::integer(a), budget)?;
        let value = if nested {
            root::root_of_positive(sum.numerator(), &Rational::HALF, budget)?
        } else {
            sum
        };
        value.scale(&quarter, budget)
    };
    match turn.to_small() {
        Some((0, _)) => Ok(Normal::integer(1)),
        Some((1, 2)) => Ok(Normal::integer(0)),
        Some((1, 3)) => Ok(Rational::HALF.into()),
        Some((1, 4)) => surd(0, 2, 2, false, budget),
        Some((1, 6)) => surd(0, 2, 3, false, budget),
        Some((1, 5)) => surd(1, 1, 5, false, budget),
        Some((2, 5)) => surd(-1, 1, 5, false, budget),
        Some((1, 10)) => surd(10, 2, 5, true, budget),
        Some((3, 10)) => surd(10, -2, 5, true, budget),
        Some((1, 8)) => surd(8, 4, 2, true, budget),
        Some((3, 8)) => surd(8, -4, 2, true, budget),
        Some((numerator @ (1 | 5), 12)) => {
            let (large, small) = (root(6, budget)?, root(2, budget)?);
            let small = if numerator == 1 { small } else { small.negate() };
            large.add(small, budget)?.scale(&quarter, budget)
        }
        _ => Ok(Normal::function(Function::Cos, vec![Normal::pi().scale(turn, budget)?])),
    }
}
