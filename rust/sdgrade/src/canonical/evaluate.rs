//! The value of an expression at a point, as a ball: every operation on the unexpanded form.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive};

use super::ball::Ball;
use super::complex::Complex;
use super::elementary::Context;
use super::expr::{Constant, Series, SeriesKind};
use super::normalise::MAX_DEPTH;
use super::point::Point;
use super::{Expr, Function, Rational, Symbol};
use crate::budget::{Budget, Stop};

/// A series of more terms than this is not summed at a point.
const MAX_SERIES_TERMS: i64 = 1_000;

/// The coefficients `B_2k / (2k (2k-1))` of Stirling's series.
const STIRLING: [(i64, i64); 8] = [
    (1, 12),
    (-1, 360),
    (1, 1_260),
    (-1, 1_680),
    (1, 1_188),
    (-691, 360_360),
    (1, 156),
    (-3_617, 122_400),
];

/// Evaluates expressions at one point.
#[derive(Debug)]
pub(super) struct Evaluator<'b> {
    pub(super) context: Context<'b>,
    point: Point,
    /// Values of the variables that a series binds, the innermost last.
    bound: Vec<(Symbol, Ball)>,
    /// Whether an even root or a logarithm of a negative number was taken on account of a variable.
    pub(super) left_reals: bool,
    /// Whether something was lost beside something much larger, as the 1 in `e^{1000} + 1`: values
    /// that agree may be different then.
    pub(super) absorbed: bool,
}

/// Bits that must be left to see a part that is smaller than the others.
const VISIBLE: u64 = 64;

impl<'b> Evaluator<'b> {
    /// An evaluator of this many bits at a point.
    pub(super) fn new(precision: u64, point: Point, budget: &'b mut Budget) -> Self {
        let context = Context::new(precision, budget);
        Self { context, point, bound: Vec::new(), left_reals: false, absorbed: false }
    }

    /// The value of an expression.
    ///
    /// # Errors
    /// [`Stop::Undefined`] for a division by something that may be zero, [`Stop::Open`] where a
    /// branch or an integer cannot be told at this precision, or there is no way to evaluate.
    pub(super) fn evaluate(&mut self, expr: &Expr) -> Result<Complex, Stop> {
        self.value(expr, MAX_DEPTH)
    }

    fn value(&mut self, expr: &Expr, depth: u32) -> Result<Complex, Stop> {
        let depth = depth.checked_sub(1).ok_or(Stop::Depth)?;
        self.context.spend(1)?;
        let p = self.context.precision;
        match expr {
            Expr::Rational(value) => {
                self.context.budget.spend(value.bits() / 64)?;
                self.absorbed |= value.bits() > self.extreme();
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
                    sum = self.add(&sum, &term);
                }
                Ok(sum)
            }
            Expr::Product(factors) => {
                let mut product = Complex::from(Ball::from(1));
                for factor in factors {
                    self.context.spend(1)?;
                    let factor = self.value(factor, depth)?;
                    self.watch_parts(&factor);
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

    /// The size in bits beyond which a number, or its inverse, may hide what is added to it.
    fn extreme(&self) -> u64 {
        self.context.precision.saturating_sub(VISIBLE) / 2
    }

    /// The sum, which may absorb one of the two.
    fn add(&mut self, a: &Complex, b: &Complex) -> Complex {
        let p = self.context.precision;
        let most = i64::try_from(p.saturating_sub(VISIBLE)).unwrap_or(i64::MAX);
        for (a, b) in [(&a.real, &b.real), (&a.imaginary, &b.imaginary)] {
            let (large, small) = if a.magnitude() < b.magnitude() { (b, a) } else { (a, b) };
            let gap = large.magnitude().saturating_sub(small.magnitude());
            self.absorbed |= !small.contains_zero() && gap > most;
        }
        a.add(b, p)
    }

    /// Notes an argument so large or so small that a function of it may hide it, as `cos x` near 0.
    fn watch(&mut self, x: &Complex) {
        let most = self.extreme();
        for part in [&x.real, &x.imaginary] {
            self.absorbed |= !part.contains_zero() && part.magnitude().unsigned_abs() > most;
        }
    }

    /// Notes a complex number one of whose parts may hide the square of the other.
    fn watch_parts(&mut self, x: &Complex) {
        if !x.real.contains_zero() && !x.imaginary.contains_zero() {
            let gap = x.real.magnitude().saturating_sub(x.imaginary.magnitude());
            self.absorbed |= gap.unsigned_abs() > self.extreme();
        }
    }

    fn constant(&mut self, constant: Constant) -> Result<Complex, Stop> {
        match constant {
            Constant::Pi => self.context.pi().map(Complex::from),
            Constant::E => self.context.exponential(&Ball::from(1)).map(Complex::from),
            Constant::I => Ok(Complex::i()),
            Constant::Infinity => Err(Stop::Open),
        }
    }

    fn power(&mut self, base: &Expr, exponent: &Expr, depth: u32) -> Result<Complex, Stop> {
        if let Expr::Rational(exponent) = exponent {
            let value = self.value(base, depth)?;
            return self.rational_power(base, &value, exponent);
        }
        let exponent_value = self.value(exponent, depth)?;
        if *base == Expr::e() {
            self.watch(&exponent_value);
            return exponent_value.exponential(&mut self.context);
        }
        let value = self.value(base, depth)?;
        if let Some(whole) = exponent_value.as_real().and_then(Ball::as_integer) {
            return self.rational_power(base, &value, &whole.into());
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
                    self.left_reals = true;
                }
                _ => {}
            }
        }
        let logarithm = value.logarithm(&mut self.context)?;
        self.context.spend(4)?;
        let exponent = exponent_value.multiply(&logarithm, self.context.precision);
        self.watch(&exponent);
        exponent.exponential(&mut self.context)
    }

    fn rational_power(
        &mut self,
        base: &Expr,
        value: &Complex,
        exponent: &Rational,
    ) -> Result<Complex, Stop> {
        let p = self.context.precision;
        self.watch_parts(value);
        if exponent.is_zero() && value.contains_zero() {
            return Err(Stop::Undefined);
        }
        if let Some(whole) = exponent.to_i64() {
            self.context.spend(u64::from(64 - whole.unsigned_abs().leading_zeros()) * 2)?;
            let power = value.power(whole.unsigned_abs(), p);
            return if whole < 0 { power.reciprocal(p).ok_or(Stop::Undefined) } else { Ok(power) };
        }
        let odd_denominator = exponent.denominator().is_odd();
        let Some(real) = value.as_real() else {
            let logarithm = value.logarithm(&mut self.context)?;
            let scaled = logarithm.multiply(&Ball::rational(exponent, p).into(), p);
            self.watch(&scaled);
            return scaled.exponential(&mut self.context);
        };
        if real.is_zero() {
            return if exponent.is_negative() { Err(Stop::Undefined) } else { Ok(value.clone()) };
        }
        let negative = real.sign() == Some(Ordering::Less);
        let size = self.positive_power(&real.absolute(), exponent)?;
        if !negative {
            if real.contains_zero() && exponent.is_negative() {
                return Err(Stop::Undefined);
            }
            // A ball around zero may hold numbers of either sign.
            return if real.contains_zero() { Err(Stop::Open) } else { Ok(size.into()) };
        }
        if odd_denominator {
            let flipped = exponent.numerator().is_odd();
            return Ok(if flipped { size.negate() } else { size }.into());
        }
        if !base.is_constant() {
            self.left_reals = true;
        }
        if *exponent == Rational::HALF {
            return Ok(Complex { real: Ball::zero(), imaginary: size });
        }
        let angle = self.context.pi()?.multiply(&Ball::rational(exponent, p), p);
        let (imaginary, real) = self.context.sine_cosine(&angle)?;
        let direction = Complex { real, imaginary };
        Ok(direction.multiply(&size.into(), p))
    }

    /// A power of nonnegative numbers.
    fn positive_power(&mut self, base: &Ball, exponent: &Rational) -> Result<Ball, Stop> {
        let p = self.context.precision;
        if let Some((above, below)) = exponent.to_small()
            && let Ok(degree) = u32::try_from(below)
            && degree <= 12
            && above.unsigned_abs() <= 1 << 20
        {
            self.context.spend(10 * u64::from(degree))?;
            let root = base.root(degree, p + 8).ok_or(Stop::Open)?;
            let power = root.power(above.unsigned_abs(), p + 8);
            return if above < 0 {
                Ball::from(1).divide(&power, p).ok_or(Stop::Undefined)
            } else {
                Ok(power)
            };
        }
        let logarithm = self.context.logarithm(base)?;
        let product = logarithm.multiply(&Ball::rational(exponent, p + 64), p + 64);
        self.watch(&product.clone().into());
        self.context.exponential(&product)
    }

    fn series(&mut self, series: &Series, depth: u32) -> Result<Complex, Stop> {
        let p = self.context.precision;
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
            total = if product { total.multiply(&term, p) } else { self.add(&total, &term) };
        }
        Ok(total)
    }

    /// An unknown function.
    fn application(
        &mut self,
        name: &Symbol,
        arguments: &[Expr],
        depth: u32,
    ) -> Result<Complex, Stop> {
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            let value = self.value(argument, depth)?;
            self.watch(&value);
            values.push(value);
        }
        self.context.spend(1 + self.point.applications() as u64)?;
        let value = self.point.application(name, values, self.context.precision)?;
        Ok(value.into())
    }

    fn real(&mut self, expr: &Expr, depth: u32) -> Result<Ball, Stop> {
        self.value(expr, depth)?.as_real().cloned().ok_or(Stop::Open)
    }

    fn integer(&mut self, expr: &Expr, depth: u32) -> Result<BigInt, Stop> {
        self.real(expr, depth)?.as_integer().ok_or(Stop::Open)
    }

    fn function(
        &mut self,
        function: &Function,
        arguments: &[Expr],
        depth: u32,
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
                    let order = value.subtract(&best, self.context.precision).sign();
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
                let p = self.context.precision;
                let (value, modulus) = (self.real(value, depth)?, self.real(modulus, depth)?);
                let quotient = value.divide(&modulus, p).ok_or(Stop::Undefined)?;
                let whole = Ball::scaled(quotient.floor().ok_or(Stop::Open)?, 0);
                Ok(value.subtract(&whole.multiply(&modulus, p), p).into())
            }
            (Function::Binomial, [n, k]) => self.falling(n, k, true, depth),
            (Function::Permutations, [n, k]) => self.falling(n, k, false, depth),
            (Function::Factorial, [n]) => {
                let n = self.integer(n, depth)?;
                if n.is_negative() {
                    return Err(Stop::Undefined);
                }
                self.factorial(&n).map(Complex::from)
            }
            (Function::DoubleFactorial, [n]) => {
                let n = self.integer(n, depth)?.to_u64().ok_or(Stop::Open)?;
                self.context.spend(n)?;
                let mut product = Ball::from(1);
                let mut factor = n;
                while factor > 1 {
                    let ball = Ball::scaled(factor.into(), 0);
                    product = product.multiply(&ball, self.context.precision);
                    factor -= 2;
                }
                Ok(product.into())
            }
            (Function::Phi, [n]) => {
                let n = self.integer(n, depth)?;
                if !n.is_positive() {
                    return Err(Stop::Undefined);
                }
                let count = super::integer::totient(n.magnitude(), self.context.budget)?;
                Ok(Ball::scaled(count.ok_or(Stop::Open)?, 0).into())
            }
            (Function::Named(name), _) => self.application(name, arguments, depth),
            (_, [argument]) => {
                let constant = argument.is_constant();
                let value = self.value(argument, depth)?;
                self.function_of_one(function, &value, constant)
            }
            _ => Err(Stop::Open),
        }
    }

    /// `n (n-1) … (n-k+1)`, over `k!` where `divided`.
    fn falling(&mut self, n: &Expr, k: &Expr, divided: bool, depth: u32) -> Result<Complex, Stop> {
        let p = self.context.precision;
        let n = self.real(n, depth)?;
        let k = self.integer(k, depth)?;
        let whole = n.as_integer().filter(|n| !n.is_negative());
        if k.is_negative() || whole.as_ref().is_some_and(|n| k > *n) {
            return Ok(Ball::zero().into());
        }
        if let Some(n) = &whole {
            if divided
                && let (Some(n), Some(k)) = (n.to_u64(), k.to_u64())
                && n <= 1_000
            {
                let exact = super::integer::binomial(n, k, self.context.budget)?;
                return Ok(Ball::scaled(exact, 0).into());
            }
            let mut below = self.factorial(&(n - &k))?;
            if divided {
                below = below.multiply(&self.factorial(&k)?, p);
            }
            return Ok(self.factorial(n)?.divide(&below, p).ok_or(Stop::Open)?.into());
        }
        let k = k.to_i64().filter(|&k| k <= 1_000).ok_or(Stop::Work)?;
        let mut product = Ball::from(1);
        for step in 0..k {
            self.context.spend(3)?;
            let factor = self.add(&n.clone().into(), &Ball::from(-step).into()).real;
            product = product.multiply(&factor, p);
            if divided {
                product = product.divide(&(step + 1).into(), p).ok_or(Stop::Undefined)?;
            }
        }
        Ok(product.into())
    }

    /// `n!`: the product, or Stirling's series with its error bound for a large `n`.
    fn factorial(&mut self, n: &BigInt) -> Result<Ball, Stop> {
        let p = self.context.precision;
        if let Some(small) = n.to_i64()
            && small <= 2_000
        {
            self.context.spend(small.unsigned_abs())?;
            return Ok((2..=small).fold(Ball::from(1), |product, k| product.times(k, p)));
        }
        if n.bits() > 58 {
            return Err(Stop::Work);
        }
        // ln n! = n ln n - n + ln(2πn)/2 + Σ B_2k / (2k (2k-1) n^(2k-1)); the error is below the
        // first term left out.
        let wide = p + 2 * n.bits() + 16;
        let mut inner = Context::new(wide, self.context.budget);
        inner.spend(64)?;
        let n = Ball::scaled(n.clone(), 0);
        let logarithm = inner.logarithm(&n)?;
        let circle = inner.pi()?.shifted(1).multiply(&n, wide);
        let mut sum = n.multiply(&logarithm, wide).subtract(&n, wide);
        sum = sum.add(&inner.logarithm(&circle)?.shifted(-1), wide);
        let inverse = Ball::from(1).divide(&n, wide).ok_or(Stop::Open)?;
        let square = inverse.multiply(&inverse, wide);
        let mut power = inverse;
        for (above, below) in STIRLING {
            let coefficient = Rational::new(above, below).unwrap_or(Rational::ZERO);
            sum = sum.add(&power.multiply(&Ball::rational(&coefficient, wide), wide), wide);
            power = power.multiply(&square, wide);
        }
        let sum = sum.widened(power.magnitude() + 1, wide);
        inner.exponential(&sum)
    }

    fn function_of_one(
        &mut self,
        function: &Function,
        x: &Complex,
        constant: bool,
    ) -> Result<Complex, Stop> {
        let p = self.context.precision;
        let real = x.as_real().cloned();
        self.context.spend(2)?;
        // These lose nothing; a sum under the logarithm was noted as it was made.
        let safe = matches!(
            function,
            Function::Abs
                | Function::Sign
                | Function::Floor
                | Function::Ceil
                | Function::Re
                | Function::Im
                | Function::Conjugate
                | Function::Ln
        );
        if !safe {
            self.watch(x);
        }
        match function {
            Function::Abs => x.absolute(p).map(Complex::from),
            Function::Sign => {
                let order = real.ok_or(Stop::Open)?.sign().ok_or(Stop::Open)?;
                Ok(Ball::from(order as i64).into())
            }
            Function::Floor => {
                let floor = real.ok_or(Stop::Open)?.floor().ok_or(Stop::Open)?;
                Ok(Ball::scaled(floor, 0).into())
            }
            Function::Ceil => {
                let floor = real.ok_or(Stop::Open)?.negate().floor().ok_or(Stop::Open)?;
                Ok(Ball::scaled(-floor, 0).into())
            }
            Function::Re => Ok(x.real.clone().into()),
            Function::Im => Ok(x.imaginary.clone().into()),
            Function::Conjugate => {
                Ok(Complex { real: x.real.clone(), imaginary: x.imaginary.negate() })
            }
            Function::Arg => x.argument(&mut self.context).map(Complex::from),
            Function::Exp => x.exponential(&mut self.context),
            Function::Ln => {
                if x.contains_zero() {
                    return Err(Stop::Undefined);
                }
                let negative = real.is_some_and(|x| x.sign() == Some(Ordering::Less));
                self.left_reals |= negative && !constant;
                x.logarithm(&mut self.context)
            }
            Function::Sinh | Function::Cosh | Function::Tanh | Function::Coth => {
                let rise = x.exponential(&mut self.context)?;
                let fall = rise.reciprocal(p).ok_or(Stop::Open)?;
                let (sum, difference) = (rise.add(&fall, p), rise.subtract(&fall, p));
                let half = Complex::from(Ball::scaled(1.into(), -1));
                match function {
                    Function::Sinh => Ok(difference.multiply(&half, p)),
                    Function::Cosh => Ok(sum.multiply(&half, p)),
                    Function::Tanh => quotient(&difference, &sum, p),
                    _ => quotient(&sum, &difference, p),
                }
            }
            Function::Arsinh | Function::Arcosh | Function::Artanh => {
                self.inverse_hyperbolic(function, x, constant)
            }
            _ => self.circular(function, x, constant),
        }
    }

    fn circular(
        &mut self,
        function: &Function,
        x: &Complex,
        constant: bool,
    ) -> Result<Complex, Stop> {
        let p = self.context.precision;
        let one = Complex::from(Ball::from(1));
        match function {
            Function::Arcsin => self.arcsine(x, constant),
            Function::Arccos => {
                let quarter = Complex::from(self.context.pi()?.shifted(-1));
                Ok(quarter.subtract(&self.arcsine(x, constant)?, p))
            }
            Function::Arcsec => {
                let inverse = x.reciprocal(p).ok_or(Stop::Undefined)?;
                self.circular(&Function::Arccos, &inverse, constant)
            }
            Function::Arccsc => {
                let inverse = x.reciprocal(p).ok_or(Stop::Undefined)?;
                self.arcsine(&inverse, constant)
            }
            Function::Arctan => self.arctangent(x),
            Function::Arccot => {
                let quarter = Complex::from(self.context.pi()?.shifted(-1));
                Ok(quarter.subtract(&self.arctangent(x)?, p))
            }
            Function::Sin => Ok(self.sine_cosine(x)?.0),
            Function::Cos => Ok(self.sine_cosine(x)?.1),
            Function::Tan => self.sine_cosine(x).and_then(|(s, c)| quotient(&s, &c, p)),
            Function::Cot => self.sine_cosine(x).and_then(|(s, c)| quotient(&c, &s, p)),
            Function::Sec => self.sine_cosine(x).and_then(|(_, c)| quotient(&one, &c, p)),
            Function::Csc => self.sine_cosine(x).and_then(|(s, _)| quotient(&one, &s, p)),
            _ => Err(Stop::Open),
        }
    }

    fn sine_cosine(&mut self, x: &Complex) -> Result<(Complex, Complex), Stop> {
        let p = self.context.precision;
        if let Some(real) = x.as_real() {
            let (sine, cosine) = self.context.sine_cosine(real)?;
            return Ok((sine.into(), cosine.into()));
        }
        // With w = e^(ix): sin x = (w - 1/w)/2i, cos x = (w + 1/w)/2.
        let w = x.multiply(&Complex::i(), p).exponential(&mut self.context)?;
        let inverse = w.reciprocal(p).ok_or(Stop::Open)?;
        let half = Complex::from(Ball::scaled(1.into(), -1));
        let turned = Complex::i().multiply(&half, p).negate();
        Ok((w.subtract(&inverse, p).multiply(&turned, p), w.add(&inverse, p).multiply(&half, p)))
    }

    /// `arcsin x = -i ln(ix + √(1 - x²))`; by the inverse tangent between −1 and 1.
    fn arcsine(&mut self, x: &Complex, constant: bool) -> Result<Complex, Stop> {
        let p = self.context.precision;
        let one = Complex::from(Ball::from(1));
        let rest = one.subtract(&x.multiply(x, p), p);
        if let (Some(x), Some(rest)) = (x.as_real(), rest.as_real())
            && rest.sign() != Some(Ordering::Less)
        {
            if rest.is_zero() {
                let quarter = self.context.pi()?.shifted(-1);
                let negative = x.sign() == Some(Ordering::Less);
                return Ok(if negative { quarter.negate() } else { quarter }.into());
            }
            let root = rest.root(2, p).ok_or(Stop::Open)?;
            let tangent = x.divide(&root, p).ok_or(Stop::Open)?;
            return self.context.arctangent(&tangent).map(Complex::from);
        }
        self.left_reals |= x.as_real().is_some() && !constant;
        let root = self.square_root(&rest)?;
        let inner = x.multiply(&Complex::i(), p).add(&root, p);
        Ok(inner.logarithm(&mut self.context)?.multiply(&Complex::i(), p).negate())
    }

    /// `arctan x = i/2 (ln(1 - ix) - ln(1 + ix))`.
    fn arctangent(&mut self, x: &Complex) -> Result<Complex, Stop> {
        if let Some(real) = x.as_real() {
            return self.context.arctangent(real).map(Complex::from);
        }
        let p = self.context.precision;
        let one = Complex::from(Ball::from(1));
        let turned = x.multiply(&Complex::i(), p);
        let left = one.subtract(&turned, p).logarithm(&mut self.context)?;
        let right = one.add(&turned, p).logarithm(&mut self.context)?;
        let half = Complex::i().multiply(&Ball::scaled(1.into(), -1).into(), p);
        Ok(left.subtract(&right, p).multiply(&half, p))
    }

    fn square_root(&mut self, x: &Complex) -> Result<Complex, Stop> {
        // A constant as base: whether reals were left is the caller's to say.
        self.rational_power(&Expr::integer(0), x, &Rational::HALF)
    }

    fn inverse_hyperbolic(
        &mut self,
        function: &Function,
        x: &Complex,
        constant: bool,
    ) -> Result<Complex, Stop> {
        let p = self.context.precision;
        let one = Complex::from(Ball::from(1));
        let (inner, halved) = match function {
            Function::Artanh => (quotient(&one.add(x, p), &one.subtract(x, p), p)?, true),
            Function::Arsinh => {
                let root = self.square_root(&x.multiply(x, p).add(&one, p))?;
                (x.add(&root, p), false)
            }
            _ => {
                let root = self.square_root(&x.multiply(x, p).subtract(&one, p))?;
                (x.add(&root, p), false)
            }
        };
        let real = inner.as_real().is_some_and(|inner| inner.sign() == Some(Ordering::Greater));
        self.left_reals |= x.as_real().is_some() && !real && !constant;
        let logarithm = inner.logarithm(&mut self.context)?;
        let half = Complex::from(Ball::scaled(1.into(), -1));
        Ok(if halved { logarithm.multiply(&half, p) } else { logarithm })
    }
}

fn quotient(above: &Complex, below: &Complex, precision: u64) -> Result<Complex, Stop> {
    let inverse = below.reciprocal(precision).ok_or(Stop::Undefined)?;
    Ok(above.multiply(&inverse, precision))
}

fn within_range(value: Complex) -> Result<Complex, Stop> {
    Ok(Complex { real: value.real.within_range()?, imaginary: value.imaginary.within_range()? })
}
