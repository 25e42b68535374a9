//! Floors, and the largest and smallest of several values.

use std::cmp::Ordering;

use super::reality::sign;
use crate::budget::{Budget, Stop};
use crate::canonical::enclosure::constant;
use crate::canonical::expression::Function;
use crate::canonical::normal::Normal;
use crate::canonical::number::Rational;

/// Work units for finding the floor of a constant by enclosure.
const ENCLOSURE: u64 = 100_000;

/// The largest integer that is not above a real constant.
pub(crate) fn floor(x: Normal, budget: &mut Budget) -> Normal {
    if let Some(value) = x.as_rational() {
        return Rational::from(value.floor()).into();
    }
    if x.is_constant()
        && let Ok(floor) = budget.attempt(ENCLOSURE, |part| constant::floor(&x.to_expr(), part))
    {
        return Rational::from(floor).into();
    }
    Normal::function(Function::Floor, vec![x])
}

/// The largest or smallest of constants; otherwise a set of arguments.
pub(crate) fn extremum(
    function: Function,
    mut arguments: Vec<Normal>,
    budget: &mut Budget,
) -> Result<Normal, Stop> {
    arguments.sort();
    arguments.dedup();
    let wanted = if function == Function::Max { Ordering::Greater } else { Ordering::Less };
    let mut best: Option<Normal> = None;
    for argument in &arguments {
        best = match best {
            None => Some(argument.clone()),
            Some(best) => {
                let difference = argument.clone().subtract(best.clone(), budget)?;
                match sign(&difference, budget) {
                    Some(order) if order == wanted => Some(argument.clone()),
                    Some(_) => Some(best),
                    None => return Ok(Normal::function(function, arguments)),
                }
            }
        };
    }
    best.ok_or(Stop::Undefined)
}
