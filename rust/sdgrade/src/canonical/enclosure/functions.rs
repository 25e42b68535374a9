//! Functions of one value.

use std::cmp::Ordering;

use super::arithmetic::Arithmetic;
use super::ball::Ball;
use super::complex::Complex;
use crate::budget::Stop;
use crate::canonical::expression::Function;

impl Arithmetic<'_> {
    /// A function of one argument; `constant` where no variable is to blame if it is not real.
    pub(crate) fn function_of_one(
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
                // Not the root of x² - 1: the branches differ left of 1.
                let above = self.square_root(&x.add(&one, p))?;
                let root = above.multiply(&self.square_root(&x.subtract(&one, p))?, p);
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
