//! The value of an expression at a point, as a ball: every operation on the unexpanded form.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive};

use super::arithmetic::{Arithmetic, within_range};
use super::ball::Ball;
use super::complex::Complex;
use super::point::Point;
use crate::budget::{Budget, Stop};
use crate::canonical::expression::{Constant, Depth, Expr, Function, Series, SeriesKind, Symbol};

/// A series of more terms than this is not summed at a point.
const MAX_SERIES_TERMS: i64 = 1_000;

/// Evaluates expressions at one point.
#[derive(Debug)]
pub(crate) struct Evaluator<'b> {
    arithmetic: Arithmetic<'b>,
    point: Point,
    /// Values of the variables that a series binds, the innermost last.
    bound: Vec<(Symbol, Ball)>,
}

impl<'b> Evaluator<'b> {
    /// An evaluator of this many bits at a point.
    pub(crate) fn new(precision: u64, point: Point, budget: &'b mut Budget) -> Self {
        Self { arithmetic: Arithmetic::new(precision, budget), point, bound: Vec::new() }
    }

    /// Whether an even root or a logarithm of a negative number was taken on account of a variable.
    pub(crate) fn left_reals(&self) -> bool {
        self.arithmetic.left_reals
    }

    /// Whether something was lost beside something much larger: values that agree may be different.
    pub(crate) fn absorbed(&self) -> bool {
        self.arithmetic.absorbed
    }

    /// The value of an expression.
    ///
    /// # Errors
    /// [`Stop::Undefined`] for a division by something that may be zero, [`Stop::Open`] where a
    /// branch or an integer cannot be told at this precision, or there is no way to evaluate.
    pub(crate) fn evaluate(&mut self, expr: &Expr) -> Result<Complex, Stop> {
        self.value(expr, Depth::FULL)
    }

    fn value(&mut self, expr: &Expr, depth: Depth) -> Result<Complex, Stop> {
        let depth = depth.deeper()?;
        self.arithmetic.context.spend(1)?;
        let p = self.arithmetic.precision();
        match expr {
            Expr::Rational(value) => {
                self.arithmetic.context.budget.spend(value.bits() / 64)?;
                self.arithmetic.absorbed |= value.bits() > self.arithmetic.extreme();
                Ok(Ball::rational(value, p).into())
            }
            Expr::Constant(constant) => self.constant(*constant),
            Expr::Variable(symbol) => {
                let bound = self.bound.iter().rev().find(|(name, _)| name == symbol);
                bound
                    .map(|(_, value)| value)
                    .or_else(|| self.point.variable(symbol))
                    .map(|value| value.clone().into())
                    .ok_or(Stop::Open)
            }
            Expr::Sum(terms) => {
                let mut sum = Complex::from(Ball::zero());
                for term in terms {
                    let term = self.value(term, depth)?;
                    sum = self.arithmetic.add(&sum, &term);
                }
                Ok(sum)
            }
            Expr::Product(factors) => {
                let mut product = Complex::from(Ball::from(1));
                for factor in factors {
                    self.arithmetic.context.spend(1)?;
                    let factor = self.value(factor, depth)?;
                    self.arithmetic.watch_parts(&factor);
                    product = product.multiply(&factor, p);
                }
                within_range(product)
            }
            Expr::Power(parts) => {
                let result = self.power(&parts.0, &parts.1, depth)?;
                within_range(result)
            }
            Expr::Function(function, arguments) => self.function(function, arguments, depth),
            Expr::Series(series) => self.series(series, depth),
        }
    }

    fn constant(&mut self, constant: Constant) -> Result<Complex, Stop> {
        match constant {
            Constant::Pi => self.arithmetic.context.pi().map(Complex::from),
            Constant::E => self.arithmetic.context.exponential(&Ball::from(1)).map(Complex::from),
            Constant::I => Ok(Complex::i()),
            Constant::Infinity => Err(Stop::Open),
        }
    }

    fn power(&mut self, base: &Expr, exponent: &Expr, depth: Depth) -> Result<Complex, Stop> {
        if let Expr::Rational(exponent) = exponent {
            let value = self.value(base, depth)?;
            let constant = base.is_constant();
            return self.arithmetic.rational_power(&value, constant, exponent);
        }
        let exponent_value = self.value(exponent, depth)?;
        if *base == Expr::e() {
            self.arithmetic.watch(&exponent_value);
            return exponent_value.exponential(&mut self.arithmetic.context);
        }
        let value = self.value(base, depth)?;
        if let Some(whole) = exponent_value.as_real().and_then(Ball::as_integer) {
            let constant = base.is_constant();
            return self.arithmetic.rational_power(&value, constant, &whole.into());
        }
        let real_exponent = exponent_value.as_real().is_some();
        if let Some(real) = value.as_real() {
            match real.sign() {
                Some(Ordering::Equal) if real_exponent => {
                    return match exponent_value.real.sign() {
                        Some(Ordering::Greater) => Ok(value),
                        _ => Err(Stop::Undefined),
                    };
                }
                Some(Ordering::Less)
                    if real_exponent && !(base.is_constant() && exponent.is_constant()) =>
                {
                    self.arithmetic.left_reals = true;
                }
                _ => {}
            }
        }
        let logarithm = value.logarithm(&mut self.arithmetic.context)?;
        self.arithmetic.context.spend(4)?;
        let exponent = exponent_value.multiply(&logarithm, self.arithmetic.precision());
        self.arithmetic.watch(&exponent);
        exponent.exponential(&mut self.arithmetic.context)
    }

    fn series(&mut self, series: &Series, depth: Depth) -> Result<Complex, Stop> {
        let p = self.arithmetic.precision();
        let mut bound = |expr: &Expr| {
            let value = self.value(expr, depth)?;
            let whole = value.as_real().and_then(Ball::as_integer).ok_or(Stop::Open)?;
            whole.to_i64().ok_or(Stop::Work)
        };
        let (from, to) = (bound(&series.from)?, bound(&series.to)?);
        let product = series.kind == SeriesKind::Product;
        let mut total = Complex::from(Ball::from(i64::from(product)));
        if to.saturating_sub(from) > MAX_SERIES_TERMS {
            return Err(Stop::Work);
        }
        for index in from..=to {
            self.bound.push((series.variable.clone(), index.into()));
            let term = self.value(&series.body, depth);
            self.bound.pop();
            let term = term?;
            total =
                if product { total.multiply(&term, p) } else { self.arithmetic.add(&total, &term) };
        }
        Ok(total)
    }

    /// An unknown function.
    fn application(
        &mut self,
        name: &Symbol,
        arguments: &[Expr],
        depth: Depth,
    ) -> Result<Complex, Stop> {
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let value = self.value(argument, depth)?;
            self.arithmetic.watch(&value);
            values.push(value);
        }
        self.arithmetic.context.spend(1 + self.point.applications() as u64)?;
        let value = self.point.application(name, values, self.arithmetic.precision())?;
        Ok(value.into())
    }

    fn real(&mut self, expr: &Expr, depth: Depth) -> Result<Ball, Stop> {
        self.value(expr, depth)?.as_real().cloned().ok_or(Stop::Open)
    }

    fn integer(&mut self, expr: &Expr, depth: Depth) -> Result<BigInt, Stop> {
        self.real(expr, depth)?.as_integer().ok_or(Stop::Open)
    }

    fn function(
        &mut self,
        function: &Function,
        arguments: &[Expr],
        depth: Depth,
    ) -> Result<Complex, Stop> {
        match (function, arguments) {
            (Function::Gcd | Function::Lcm, [_, ..]) => {
                let mut result = self.integer(&arguments[0], depth)?;
                for argument in &arguments[1..] {
                    let value = self.integer(argument, depth)?;
                    let gcd = *function == Function::Gcd;
                    result = if gcd { result.gcd(&value) } else { result.lcm(&value) };
                }
                Ok(Ball::scaled(result.abs(), 0).into())
            }
            (Function::Max | Function::Min, [_, ..]) => {
                let mut best = self.real(&arguments[0], depth)?;
                for argument in &arguments[1..] {
                    let value = self.real(argument, depth)?;
                    let order = value.subtract(&best, self.arithmetic.precision()).sign();
                    match (order.ok_or(Stop::Open)?, function) {
                        (Ordering::Greater, Function::Max) | (Ordering::Less, Function::Min) => {
                            best = value;
                        }
                        _ => {}
                    }
                }
                Ok(best.into())
            }
            (Function::Mod, [value, modulus]) => {
                let p = self.arithmetic.precision();
                let (value, modulus) = (self.real(value, depth)?, self.real(modulus, depth)?);
                let quotient = value.divide(&modulus, p).ok_or(Stop::Undefined)?;
                let whole = Ball::scaled(quotient.floor().ok_or(Stop::Open)?, 0);
                Ok(value.subtract(&whole.multiply(&modulus, p), p).into())
            }
            (Function::Binomial, [n, k]) => {
                let (n, k) = (self.real(n, depth)?, self.integer(k, depth)?);
                self.arithmetic.falling(&n, &k, true).map(Complex::from)
            }
            (Function::Permutations, [n, k]) => {
                let (n, k) = (self.real(n, depth)?, self.integer(k, depth)?);
                self.arithmetic.falling(&n, &k, false).map(Complex::from)
            }
            (Function::Factorial, [n]) => {
                let n = self.real(n, depth)?;
                self.arithmetic.gamma_of_next(&n).map(Complex::from)
            }
            (
                Function::DoubleFactorial
                | Function::Phi
                | Function::Subfactorial
                | Function::Fibonacci
                | Function::Zeta,
                [n],
            ) => {
                let n = self.integer(n, depth)?;
                self.arithmetic.function_of_integer(function, &n).map(Complex::from)
            }
            (Function::Named(name), _) => self.application(name, arguments, depth),
            (_, [argument]) => {
                let constant = argument.is_constant();
                let value = self.value(argument, depth)?;
                self.arithmetic.function_of_one(function, &value, constant)
            }
            _ => Err(Stop::Open),
        }
    }
}
