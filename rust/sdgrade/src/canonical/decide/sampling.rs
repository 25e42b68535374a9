//! Two expressions with variables or unknown functions, compared at points.
//!
//! One point at which they differ refutes. Agreement at independently chosen points confirms, with a
//! stated chance of error: analytic expressions that agree on a set of points of which none was
//! chosen for them agree everywhere. What is not analytic, as `|x - 10|`, is also compared on both
//! sides of the places where it switches.

use super::decision::{Decision, Proof};
use super::switches::Switches;
use crate::budget::{Budget, Stop};
use crate::canonical::enclosure::{Agreement, Evaluator, Point, Region};
use crate::canonical::expression::{Expr, Function, Symbol};
use crate::canonical::number::Random;

/// Bits at a point, and at a second look where these were lost to cancellation.
const PRECISIONS: [u64; 2] = [192, 1_024];

/// Bits in which two values must agree to count as the same.
const SAME: u64 = 96;

/// Where points are taken from, one after the other until enough of them have a value.
const REGIONS: [Region; 4] =
    [Region::Reals, Region::Positive, Region::UnitInterval, Region::Integers];

/// The same for expressions that have no values but at integers.
const DISCRETE: [Region; 1] = [Region::Integers];

/// How many agreeing points confirm an identity, and the bits of doubt that each removes. A point
/// has 60 random bits, or 7 among integers; much less is claimed, for a false identity may hold on
/// a set of points that is not small.
fn confirms(region: Region) -> (i32, i32) {
    match region {
        Region::Integers => (16, 4),
        _ => (8, 16),
    }
}

/// Compares two expressions; `halves` are their difference as two sides without a common term.
///
/// # Errors
/// [`Stop::Open`] or [`Stop::Undefined`] where too few points have values.
pub(crate) fn compare(
    a: &Expr,
    b: &Expr,
    halves: Option<&(Expr, Expr)>,
    budget: &mut Budget,
) -> Result<Decision, Stop> {
    // The same points, whichever comes first.
    let (a, b) = if a < b { (a, b) } else { (b, a) };
    let mut variables = a.variables();
    variables.append(&mut b.variables());
    let variables: Vec<Symbol> = variables.into_iter().collect();
    let regions = if is_discrete(a) || is_discrete(b) { &DISCRETE[..] } else { &REGIONS };
    let mut random = Random::new();
    let mut last = Stop::Open;
    // In the second round the principal complex values count where there are no real ones.
    for complex in [false, true] {
        let mut question = Question { a, b, halves, complex, budget: &mut *budget };
        for &region in regions {
            let (wanted, bits) = confirms(region);
            let mut agreed = 0;
            for _ in 0..2 * wanted {
                let values = variables.iter().map(|name| (name.clone(), region.value(&mut random)));
                let point = Point::new(values.collect(), region, &mut random);
                match question.at(&point) {
                    Ok(Agreement::No) => return Ok(Decision::Different(Proof::Separation)),
                    Ok(Agreement::Bits(_)) => agreed += 1,
                    Ok(Agreement::Hidden) => last = Stop::Open,
                    Err(stop @ (Stop::Open | Stop::Undefined)) => last = stop,
                    // `n!` that is too large at one point need not be at the next.
                    Err(Stop::Work)
                        if matches!(region, Region::Integers)
                            && question.budget.remaining() > 0 =>
                    {
                        last = Stop::Work;
                    }
                    Err(stop) => return Err(stop),
                }
                if agreed == wanted {
                    return if question.agrees_beyond_switches(&variables, &mut random)? {
                        let error = -wanted * bits;
                        Ok(Decision::Equal(Proof::Identity { error }))
                    } else {
                        Ok(Decision::Different(Proof::Separation))
                    };
                }
            }
        }
    }
    Err(last)
}

/// Whether an expression has values at integers alone, as `n!` and a sum of `n` terms.
fn is_discrete(expr: &Expr) -> bool {
    match expr {
        Expr::Rational(_) | Expr::Constant(_) | Expr::Variable(_) => false,
        Expr::Sum(parts) | Expr::Product(parts) => parts.iter().any(is_discrete),
        Expr::Power(parts) => is_discrete(&parts.0) || is_discrete(&parts.1),
        Expr::Function(function, arguments) => {
            let whole = match function {
                Function::Factorial
                | Function::DoubleFactorial
                | Function::Phi
                | Function::Zeta
                | Function::Subfactorial
                | Function::Fibonacci
                | Function::Gcd
                | Function::Lcm => &arguments[..],
                // `n` over a whole `k` has a value for every `n`.
                Function::Binomial | Function::Permutations => arguments.get(1..).unwrap_or(&[]),
                _ => &[],
            };
            !whole.iter().all(Expr::is_constant) || arguments.iter().any(is_discrete)
        }
        Expr::Series(series) => {
            let bounds = [&series.from, &series.to];
            bounds.iter().any(|bound| !bound.is_constant())
        }
    }
}

/// Two expressions, and what it takes to compare them at a point.
struct Question<'q> {
    a: &'q Expr,
    b: &'q Expr,
    halves: Option<&'q (Expr, Expr)>,
    /// Whether values that are complex on account of a variable count.
    complex: bool,
    budget: &'q mut Budget,
}

impl Question<'_> {
    /// Whether nothing speaks against equality at the points that the switches of both ask for.
    fn agrees_beyond_switches(
        &mut self,
        variables: &[Symbol],
        random: &mut Random,
    ) -> Result<bool, Stop> {
        let switches = Switches::of(self.a, self.b, self.budget)?;
        for point in switches.points(variables, random, self.budget)? {
            match self.at(&point) {
                Ok(Agreement::No) => return Ok(false),
                // A point so far out that a value there is too large says nothing.
                Err(Stop::Work) if self.budget.remaining() == 0 => return Err(Stop::Work),
                _ => {}
            }
        }
        let signs = switches.signs(variables, random, self.budget)?.ok_or(Stop::Open)?;
        for point in signs {
            match self.at(&point) {
                Ok(Agreement::No) => return Ok(false),
                Ok(Agreement::Bits(_)) => {}
                Err(Stop::Work) if self.budget.remaining() == 0 => return Err(Stop::Work),
                _ => return Err(Stop::Open),
            }
        }
        Ok(true)
    }

    /// Compares the two at one point.
    fn at(&mut self, point: &Point) -> Result<Agreement, Stop> {
        match (self.compare_at(self.a, self.b, point), self.halves) {
            (Ok(Agreement::Hidden), Some((a, b))) => self.compare_at(a, b, point),
            (found, _) => found,
        }
    }

    fn compare_at(&mut self, a: &Expr, b: &Expr, point: &Point) -> Result<Agreement, Stop> {
        let mut last = Err(Stop::Open);
        for precision in PRECISIONS {
            let mut evaluator = Evaluator::new(precision, point.clone(), self.budget);
            let values = evaluator.evaluate(a).and_then(|a| Ok((a, evaluator.evaluate(b)?)));
            let (left_reals, absorbed) = (evaluator.left_reals(), evaluator.absorbed());
            match values {
                Ok((a, b)) => {
                    if left_reals && !self.complex {
                        return Err(Stop::Undefined);
                    }
                    match a.agreement(&b, precision) {
                        Agreement::Bits(bits) if bits < SAME => last = Err(Stop::Open),
                        Agreement::Bits(_) if absorbed => last = Ok(Agreement::Hidden),
                        agreement => return Ok(agreement),
                    }
                }
                Err(stop @ (Stop::Open | Stop::Undefined)) => last = Err(stop),
                Err(stop) => return Err(stop),
            }
        }
        last
    }
}
