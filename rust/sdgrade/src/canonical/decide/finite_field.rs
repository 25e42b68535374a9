//! Rational functions at random points of a finite field: an identity test without expansion.
//!
//! Two rational functions that differ at one point are different. Two that agree at a random point
//! are equal but for a chance of at most degree / size of the field (Schwartz 1980, Zippel 1979).

use std::collections::HashMap;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::ToPrimitive;

use super::decision::{Decision, Proof};
use crate::budget::{Budget, Stop};
use crate::canonical::expression::{Constant, Depth, Expr, Symbol};
use crate::canonical::number::Random;
use crate::canonical::number::prime::{add_modulo, is_prime, multiply_modulo, power_modulo};

/// Fields in which two expressions are compared.
const FIELDS: i32 = 4;

/// Degrees beyond this say too little.
const MAX_DEGREE: f64 = 1e9;

/// Compares two rational functions; `None` where they are not rational functions.
pub(crate) fn compare(a: &Expr, b: &Expr, budget: &mut Budget) -> Result<Option<Decision>, Stop> {
    let Some(degree) = degree(a, Depth::FULL).zip(degree(b, Depth::FULL)) else { return Ok(None) };
    let degree = 2.0 * degree.0 + 2.0 * degree.1 + 1.0;
    if degree > MAX_DEGREE {
        return Ok(None);
    }
    let mut random = Random::new();
    let mut agreed = 0;
    for _ in 0..4 * FIELDS {
        let mut point = Point::new(&mut random);
        let left = point.value(a, Depth::FULL, budget);
        let right = point.value(b, Depth::FULL, budget);
        match (left, right) {
            (Ok(left), Ok(right)) if left == right => agreed += 1,
            (Ok(_), Ok(_)) => return Ok(Some(Decision::Different(Proof::Separation))),
            (Err(Stop::Undefined), _) | (_, Err(Stop::Undefined)) => {}
            (Err(Stop::Open), _) | (_, Err(Stop::Open)) => return Ok(None),
            (Err(stop), _) | (_, Err(stop)) => return Err(stop),
        }
        if agreed == FIELDS {
            // Each of the fields has more than 2^60 elements and the degree is below 2^30.
            return Ok(Some(Decision::Equal(Proof::Identity { error: -30 * FIELDS })));
        }
    }
    Ok(None)
}

/// A bound on the degrees of numerator and denominator together.
fn degree(expr: &Expr, depth: Depth) -> Option<f64> {
    let depth = depth.deeper().ok()?;
    match expr {
        Expr::Rational(_) => Some(0.0),
        // Like a variable: π and e are transcendental, though perhaps not independently.
        Expr::Constant(Constant::Pi) | Expr::Variable(_) => Some(1.0),
        Expr::Sum(parts) | Expr::Product(parts) => {
            parts.iter().try_fold(0.0, |sum, part| Some(sum + degree(part, depth)?))
        }
        Expr::Power(parts) => {
            let Expr::Rational(exponent) = &parts.1 else { return None };
            let exponent = exponent.to_i64()?;
            Some(degree(&parts.0, depth)? * exponent.unsigned_abs().to_f64()?)
        }
        Expr::Constant(_) | Expr::Function(..) | Expr::Series(_) => None,
    }
}

/// A prime, and a value in its field for every variable.
struct Point {
    prime: u64,
    seed: u64,
    pi: u64,
    variables: HashMap<Symbol, u64>,
}

impl Point {
    /// A random prime between 2^60 and 2^61.
    fn new(random: &mut Random) -> Self {
        let mut prime = ((1 << 60) + (random.next() >> 4)) | 1;
        while !is_prime(prime) {
            prime += 2;
        }
        let pi = random.next() % prime;
        Self { prime, seed: random.next(), pi, variables: HashMap::new() }
    }

    fn variable(&mut self, symbol: &Symbol) -> u64 {
        if let Some(value) = self.variables.get(symbol) {
            return *value;
        }
        // Keyed by the name, so that both expressions see the same value.
        let value = Random::keyed(self.seed, symbol.as_str()).next() % self.prime;
        self.variables.insert(symbol.clone(), value);
        value
    }

    fn value(&mut self, expr: &Expr, depth: Depth, budget: &mut Budget) -> Result<u64, Stop> {
        let depth = depth.deeper()?;
        budget.spend(4)?;
        let prime = self.prime;
        match expr {
            Expr::Rational(value) => {
                budget.spend(value.bits() / 64)?;
                let reduce = |integer: BigInt| {
                    integer.mod_floor(&BigInt::from(prime)).to_u64().unwrap_or_default()
                };
                let above = reduce(value.numerator());
                if value.is_integer() {
                    return Ok(above);
                }
                Ok(multiply_modulo(above, self.inverse(reduce(value.denominator()))?, prime))
            }
            Expr::Variable(symbol) => Ok(self.variable(symbol)),
            Expr::Constant(Constant::Pi) => Ok(self.pi),
            Expr::Sum(terms) => {
                let mut sum = 0;
                for term in terms {
                    sum = add_modulo(sum, self.value(term, depth, budget)?, prime);
                }
                Ok(sum)
            }
            Expr::Product(factors) => {
                let mut product = 1;
                for factor in factors {
                    product = multiply_modulo(product, self.value(factor, depth, budget)?, prime);
                }
                Ok(product)
            }
            Expr::Power(parts) => {
                let base = self.value(&parts.0, depth, budget)?;
                let Expr::Rational(exponent) = &parts.1 else { return Err(Stop::Open) };
                let exponent = exponent.to_i64().ok_or(Stop::Open)?;
                budget.spend(60)?;
                if exponent <= 0 && base == 0 {
                    return Err(Stop::Undefined);
                }
                let power = power_modulo(base, exponent.unsigned_abs(), prime);
                if exponent < 0 { self.inverse(power) } else { Ok(power) }
            }
            Expr::Constant(_) | Expr::Function(..) | Expr::Series(_) => Err(Stop::Open),
        }
    }

    fn inverse(&self, value: u64) -> Result<u64, Stop> {
        if value == 0 {
            return Err(Stop::Undefined);
        }
        Ok(power_modulo(value, self.prime - 2, self.prime))
    }
}
