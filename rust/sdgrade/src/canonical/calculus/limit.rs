//! Limits: by continuity, by leading terms of rational functions, and by l'Hôpital's rule.

use std::cmp::Ordering;

use super::derivative::derivative;
use super::goal::{Goal, joined};
use crate::budget::{Budget, Stop};
use crate::canonical::decide::{Decision, equal, sign};
use crate::canonical::expression::{Depth, Expr, Function, Symbol};
use crate::canonical::normalise::normalise;

/// From where a limit is approached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// From both sides.
    Both,
    /// From smaller values.
    Below,
    /// From larger values.
    Above,
}

/// How often l'Hôpital's rule is applied to one quotient, and how many derivatives are tried to find
/// the sign of what goes to zero.
const MAX_DERIVATIVES: u32 = 8;

/// The limit of an expression as a variable goes to a finite value or to infinity; may be infinite.
///
/// # Errors
/// [`Stop::Undefined`] where the sides differ, [`Stop::Open`] where none of the rules decides.
pub(crate) fn limit(
    expr: &Expr,
    variable: &Symbol,
    to: &Expr,
    side: Side,
    budget: &mut Budget,
) -> Result<Expr, Stop> {
    // x = a + t or x = 1/t, and t goes to zero.
    let name = Expr::Variable(variable.clone());
    let one_over = |sign| Expr::quotient(Expr::integer(sign), name.clone());
    let (inner, side) = match to.infinite_sign() {
        Some(sign) if sign > 0 => (one_over(1), Side::Above),
        Some(_) => (one_over(-1), Side::Above),
        None if to.mentions(variable) => return Err(Stop::Open),
        None => (Expr::sum(vec![to.clone(), name.clone()]), side),
    };
    let moved = expr.substitute(variable, &inner);
    let mut one_sided = |side: Side| {
        let mut limits = Limits { t: variable, side, budget: &mut *budget };
        limits.of(&moved, Depth::SHALLOW).map(Goal::into_expr)
    };
    match side {
        Side::Both => {
            let (below, above) = (one_sided(Side::Below)?, one_sided(Side::Above)?);
            match equal(&below, &above, budget) {
                Decision::Equal(_) => Ok(above),
                Decision::Different(_) => Err(Stop::Undefined),
                Decision::Unknown(stop) => Err(stop),
            }
        }
        side => one_sided(side),
    }
}

/// One-sided limits as `t` goes to zero.
struct Limits<'l> {
    t: &'l Symbol,
    side: Side,
    budget: &'l mut Budget,
}

impl Limits<'_> {
    fn of(&mut self, expr: &Expr, depth: Depth) -> Result<Goal, Stop> {
        let depth = depth.deeper()?;
        self.budget.spend(8 + expr.nodes())?;
        if !expr.mentions(self.t) {
            return self.constant(expr);
        }
        match expr {
            Expr::Variable(_) => {
                let above = self.side == Side::Above;
                Ok(Goal::Zero(Some(if above { Ordering::Greater } else { Ordering::Less })))
            }
            Expr::Sum(terms) => match self.sum(terms, depth)? {
                Some(goal) => Ok(goal),
                None => self.quotient_of(expr, depth),
            },
            Expr::Product(factors) => match self.product(factors, depth)? {
                Some(goal) => Ok(goal),
                None => self.quotient_of(expr, depth),
            },
            Expr::Power(parts) => self.power(&parts.0, &parts.1, depth),
            Expr::Function(function, arguments) => match &arguments[..] {
                [argument] => self.function(function, argument, depth),
                _ => Err(Stop::Open),
            },
            _ => Err(Stop::Open),
        }
    }

    /// A value without the variable; zero is told apart.
    fn constant(&mut self, expr: &Expr) -> Result<Goal, Stop> {
        match expr.infinite_sign() {
            Some(sign) => return Ok(Goal::Infinite(sign.cmp(&0))),
            None if expr.is_constant() => {}
            None => {
                let zero = normalise(expr, self.budget)?.is_zero();
                return Ok(if zero { Goal::Zero(None) } else { Goal::Finite(expr.clone()) });
            }
        }
        match equal(expr, &Expr::integer(0), self.budget) {
            Decision::Equal(_) => Ok(Goal::Zero(None)),
            Decision::Different(_) => Ok(Goal::Finite(expr.clone())),
            Decision::Unknown(stop) => Err(stop),
        }
    }

    /// The sign of a finite limit other than zero.
    fn sign_of(&mut self, value: &Expr) -> Result<Ordering, Stop> {
        match sign(value, self.budget)? {
            Ordering::Equal => Err(Stop::Open),
            order => Ok(order),
        }
    }

    fn sum(&mut self, terms: &[Expr], depth: Depth) -> Result<Option<Goal>, Stop> {
        let mut finite = Vec::new();
        let mut infinite = None;
        for term in terms {
            match self.of(term, depth)? {
                Goal::Finite(value) => finite.push(value),
                Goal::Zero(_) => {}
                Goal::Infinite(sign) if infinite.is_none_or(|known| known == sign) => {
                    infinite = Some(sign);
                }
                Goal::Infinite(_) => return Ok(None),
            }
        }
        if let Some(sign) = infinite {
            return Ok(Some(Goal::Infinite(sign)));
        }
        match self.constant(&Expr::sum(finite))? {
            Goal::Zero(_) => {
                let whole = Expr::sum(terms.to_vec());
                Ok(Some(Goal::Zero(self.approach(&whole))))
            }
            goal => Ok(Some(goal)),
        }
    }

    /// From which side something goes to zero: by the sign of its first derivative that is not zero
    /// there.
    fn approach(&mut self, expr: &Expr) -> Option<Ordering> {
        let mut current = normalise(expr, self.budget).ok()?.to_expr();
        for count in 1..=MAX_DERIVATIVES {
            current = derivative(&current, self.t, self.budget).ok()?;
            current = normalise(&current, self.budget).ok()?.to_expr();
            let at = current.substitute(self.t, &Expr::integer(0));
            let value = normalise(&at, self.budget).ok()?;
            if !value.is_zero() {
                let order = sign(&value.to_expr(), self.budget).ok()?;
                let turned = self.side == Side::Below && count % 2 == 1;
                return (order != Ordering::Equal).then_some(if turned {
                    order.reverse()
                } else {
                    order
                });
            }
        }
        None
    }

    fn product(&mut self, factors: &[Expr], depth: Depth) -> Result<Option<Goal>, Stop> {
        let mut finite = Vec::new();
        let mut sign = Some(Ordering::Greater);
        let (mut zero, mut infinite) = (false, false);
        let flip = |sign: &mut Option<Ordering>, order: Option<Ordering>| {
            *sign = match (*sign, order) {
                (Some(sign), Some(Ordering::Less)) => Some(sign.reverse()),
                (known, Some(_)) => known,
                (_, None) => None,
            };
        };
        for factor in factors {
            match self.of(factor, depth)? {
                Goal::Finite(value) => finite.push(value),
                Goal::Zero(order) => {
                    zero = true;
                    flip(&mut sign, order);
                }
                Goal::Infinite(order) => {
                    infinite = true;
                    flip(&mut sign, Some(order));
                }
            }
        }
        if zero && infinite {
            return Ok(None);
        }
        if !zero && !infinite {
            return Ok(Some(Goal::Finite(Expr::product(finite))));
        }
        if !finite.is_empty() {
            let order = self.sign_of(&Expr::product(finite));
            match order {
                Ok(order) => flip(&mut sign, Some(order)),
                Err(stop) if infinite => return Err(stop),
                Err(_) => sign = None,
            }
        }
        if zero {
            return Ok(Some(Goal::Zero(sign)));
        }
        sign.map(|sign| Some(Goal::Infinite(sign))).ok_or(Stop::Open)
    }

    fn power(&mut self, base: &Expr, exponent: &Expr, depth: Depth) -> Result<Goal, Stop> {
        if exponent.mentions(self.t) {
            // b^e = exp(e ln b)
            let logarithm = Expr::logarithm(Expr::e(), base.clone());
            let inner = Expr::product(vec![exponent.clone(), logarithm]);
            return if *base == Expr::e() {
                self.exponential(exponent, depth)
            } else {
                self.exponential(&inner, depth)
            };
        }
        let Some(power) = exponent.as_rational() else {
            return match self.of(base, depth)? {
                Goal::Finite(value) => Ok(Goal::Finite(Expr::power(value, exponent.clone()))),
                _ => Err(Stop::Open),
            };
        };
        self.of(base, depth)?.power(power)
    }

    fn exponential(&mut self, exponent: &Expr, depth: Depth) -> Result<Goal, Stop> {
        Ok(match self.of(exponent, depth)? {
            Goal::Finite(value) => Goal::Finite(Expr::power(Expr::e(), value)),
            Goal::Zero(_) => Goal::Finite(Expr::integer(1)),
            Goal::Infinite(Ordering::Less) => Goal::Zero(Some(Ordering::Greater)),
            Goal::Infinite(_) => Goal::Infinite(Ordering::Greater),
        })
    }

    fn function(
        &mut self,
        function: &Function,
        argument: &Expr,
        depth: Depth,
    ) -> Result<Goal, Stop> {
        let goal = self.of(argument, depth)?;
        let zero = Goal::Zero(None);
        match (function, goal) {
            (Function::Abs, Goal::Infinite(_)) => Ok(Goal::Infinite(Ordering::Greater)),
            (Function::Abs, Goal::Zero(_)) => Ok(Goal::Zero(Some(Ordering::Greater))),
            (Function::Ln, Goal::Zero(Some(Ordering::Greater))) => {
                Ok(Goal::Infinite(Ordering::Less))
            }
            (Function::Ln, Goal::Infinite(Ordering::Greater)) => {
                Ok(Goal::Infinite(Ordering::Greater))
            }
            (Function::Ln, Goal::Finite(value)) => {
                if value.is_constant() && self.sign_of(&value)? == Ordering::Less {
                    return Err(Stop::Undefined);
                }
                let goal = self.constant(&Expr::function(Function::Ln, vec![value]))?;
                Ok(match goal {
                    Goal::Zero(_) => {
                        let whole = Expr::function(Function::Ln, vec![argument.clone()]);
                        Goal::Zero(self.approach(&whole))
                    }
                    goal => goal,
                })
            }
            (Function::Arctan, Goal::Infinite(order)) => {
                let quarter = Expr::quotient(Expr::pi(), Expr::integer(2));
                Ok(Goal::Finite(if order == Ordering::Less {
                    Expr::negate(quarter)
                } else {
                    quarter
                }))
            }
            // These rise through the origin.
            (
                Function::Sin
                | Function::Tan
                | Function::Arcsin
                | Function::Arctan
                | Function::Sinh
                | Function::Tanh
                | Function::Arsinh,
                Goal::Zero(order),
            ) => Ok(Goal::Zero(order)),
            (Function::Cos | Function::Cosh | Function::Sec, Goal::Zero(_)) => {
                Ok(Goal::Finite(Expr::integer(1)))
            }
            (
                Function::Sin
                | Function::Cos
                | Function::Arcsin
                | Function::Arccos
                | Function::Arctan
                | Function::Sinh
                | Function::Cosh
                | Function::Tanh
                | Function::Arsinh
                | Function::Abs,
                Goal::Finite(value),
            ) => {
                let whole = Expr::function(function.clone(), vec![value]);
                let goal = self.constant(&whole)?;
                Ok(if let Goal::Zero(_) = goal { zero } else { goal })
            }
            _ => Err(Stop::Open),
        }
    }

    /// `0·∞`, `∞ - ∞` and their like: the quotient that the expression is in normal form.
    fn quotient_of(&mut self, expr: &Expr, depth: Depth) -> Result<Goal, Stop> {
        let plain = self.without_bars(expr);
        let normal = normalise(&plain, self.budget)?;
        let above = normal.numerator().to_expr();
        if let Some(below) = normal.denominator() {
            return self.quotient(&above, &below.to_expr(), MAX_DERIVATIVES, depth);
        }
        // A product without a denominator, as t ln t: what is infinite goes above.
        if let Expr::Product(factors) = &above {
            let (mut large, mut small) = (Vec::new(), Vec::new());
            for factor in factors {
                match self.of(factor, depth)? {
                    Goal::Zero(_) => small.push(Expr::power(factor.clone(), Expr::integer(-1))),
                    _ => large.push(factor.clone()),
                }
            }
            if !small.is_empty() && !large.is_empty() {
                let (above, below) = (Expr::product(large), Expr::product(small));
                return self.quotient(&above, &below, MAX_DERIVATIVES, depth);
            }
        }
        if above == *expr { Err(Stop::Open) } else { self.of(&above, depth) }
    }

    /// `|t|` is known on one side.
    fn without_bars(&mut self, expr: &Expr) -> Expr {
        let bars = Expr::function(Function::Abs, vec![Expr::Variable(self.t.clone())]);
        let name = Expr::Variable(self.t.clone());
        let inner = if self.side == Side::Above { name } else { Expr::negate(name) };
        match normalise(expr, self.budget) {
            Ok(normal) => normal.to_expr().with(&bars, &inner),
            Err(_) => expr.clone(),
        }
    }

    fn quotient(
        &mut self,
        above: &Expr,
        below: &Expr,
        tries: u32,
        depth: Depth,
    ) -> Result<Goal, Stop> {
        let (top, bottom) = (self.of(above, depth)?, self.of(below, depth)?);
        match (&top, &bottom) {
            (Goal::Zero(_), Goal::Zero(_)) | (Goal::Infinite(_), Goal::Infinite(_)) => {
                let tries = tries.checked_sub(1).ok_or(Stop::Open)?;
                let above = derivative(above, self.t, self.budget)?;
                let below = derivative(below, self.t, self.budget)?;
                let normal = normalise(&Expr::quotient(above, below), self.budget)?;
                let above = normal.numerator().to_expr();
                match normal.denominator() {
                    Some(below) => self.quotient(&above, &below.to_expr(), tries, depth.deeper()?),
                    None => self.of(&above, depth),
                }
            }
            _ => {
                let inverse = bottom.inverse()?;
                match (top, inverse) {
                    (Goal::Finite(a), Goal::Finite(b)) => {
                        Ok(Goal::Finite(Expr::product(vec![a, b])))
                    }
                    (Goal::Zero(a), Goal::Zero(b)) => Ok(Goal::Zero(joined(a, b))),
                    (Goal::Infinite(a), Goal::Infinite(b)) => {
                        joined(Some(a), Some(b)).map(Goal::Infinite).ok_or(Stop::Open)
                    }
                    (Goal::Finite(value), goal) | (goal, Goal::Finite(value)) => {
                        let order = self.sign_of(&value).ok();
                        match goal {
                            Goal::Zero(other) => Ok(Goal::Zero(joined(order, other))),
                            Goal::Infinite(other) => {
                                joined(order, Some(other)).map(Goal::Infinite).ok_or(Stop::Open)
                            }
                            Goal::Finite(_) => Err(Stop::Open),
                        }
                    }
                    _ => Err(Stop::Open),
                }
            }
        }
    }
}
