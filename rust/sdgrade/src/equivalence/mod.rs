//! Whether two meanings are the same, under a policy.

mod collection;
mod named;
mod progression;
mod scalar;

use crate::budget::{Budget, Stop};
use crate::canonical::{self, Decision, Expr, Proof, Rational};
use crate::value::{Brackets, Value};
use crate::{Policy, Reason, Verdict};
pub(crate) use collection::as_reals;

/// Compares two meanings; the roles matter for rounding only.
pub(crate) fn compare(
    gold: &Value,
    answer: &Value,
    policy: &Policy,
    budget: &mut Budget,
) -> Reason {
    let mut equivalence = Equivalence { policy, budget };
    let found = equivalence.values(gold, answer);
    match found.verdict() {
        Verdict::Different => equivalence.progressions(gold, answer).unwrap_or(found),
        _ => found,
    }
}

struct Equivalence<'a> {
    policy: &'a Policy,
    budget: &'a mut Budget,
}

fn is_equal(reason: Reason) -> bool {
    reason.verdict() == Verdict::Equal
}

/// The reason of a whole from those of its parts: the first that is not equal, else the weakest.
fn weakest(a: Reason, b: Reason) -> Reason {
    match (a.verdict(), b.verdict()) {
        (Verdict::Different, _) => a,
        (_, Verdict::Different) => b,
        (Verdict::Undecided, _) => a,
        (_, Verdict::Undecided) => b,
        _ => a.max(b),
    }
}

fn stopped(stop: Stop) -> Reason {
    match stop {
        Stop::Work => Reason::OverBudget,
        Stop::Depth => Reason::OverLimit,
        Stop::Undefined => Reason::Undefined,
        Stop::Open => Reason::Unproved,
    }
}

impl Equivalence<'_> {
    fn decided(&self, decision: Decision) -> Reason {
        match decision {
            Decision::Equal(Proof::Identity { .. }) if self.policy.numeric_identity => {
                Reason::NumericIdentity
            }
            Decision::Equal(Proof::Identity { .. }) => Reason::Unproved,
            Decision::Equal(_) => Reason::Exact,
            Decision::Different(_) => Reason::DifferentValue,
            Decision::Unknown(stop) => stopped(stop),
        }
    }

    fn exprs(&mut self, a: &Expr, b: &Expr) -> Reason {
        match (a.infinite_sign(), b.infinite_sign()) {
            (None, None) => {
                let decision = match scalar::same_constant(a, b) {
                    Some(renamed) => canonical::equal(a, &renamed, self.budget),
                    None => canonical::equal(a, b, self.budget),
                };
                self.decided(decision)
            }
            (a, b) if a == b => Reason::Exact,
            _ => Reason::DifferentValue,
        }
    }

    /// `found` if a leniency that the policy grants made the two equal, `denied` if it does not grant it.
    fn lenient(granted: bool, inner: Reason, found: Reason, denied: Reason) -> Reason {
        match inner.verdict() {
            Verdict::Equal if granted => inner.max(found),
            Verdict::Equal => denied,
            _ => inner,
        }
    }

    #[expect(clippy::too_many_lines, reason = "one line a pair of kinds")]
    #[expect(clippy::match_same_arms, reason = "symmetric pairs stand together")]
    fn values(&mut self, gold: &Value, answer: &Value) -> Reason {
        if self.budget.spend(5).is_err() {
            return Reason::OverBudget;
        }
        match (gold, answer) {
            (Value::Quantity(a), Value::Quantity(b)) => self.quantities(a, b),
            (Value::Choice(..), _) | (_, Value::Choice(..)) => self.choices(gold, answer),
            (Value::Named(a), Value::Named(b)) => self.named(a, b),
            (Value::Named(named), other) => self.named_and_bare(named, other, true),
            (other, Value::Named(named)) => self.named_and_bare(named, other, false),
            (Value::List(a), Value::List(b)) => self.unordered(a, b),
            (Value::Set(a), Value::Set(b)) => self.sets(a, b),
            (Value::Tuple(x, a), Value::Tuple(y, b)) if x == y => self.in_order(a, b),
            (Value::Tuple(..), Value::Tuple(..)) => Reason::DifferentKind,
            (Value::Reals(_), _) | (_, Value::Reals(_)) => self.reals(gold, answer),
            (Value::List(list), other) => self.bare_list(list, other, true),
            (other, Value::List(list)) => self.bare_list(list, other, false),
            (Value::Matrix(columns, a), Value::Matrix(wide, b)) => {
                if columns != wide || a.len() != b.len() {
                    return Reason::DifferentCount;
                }
                self.cells(a, b)
            }
            // A vector in a column or a row is a tuple.
            (Value::Matrix(columns, cells), Value::Tuple(Brackets::Round, items)) => {
                self.vector(*columns, cells, items, true)
            }
            (Value::Tuple(Brackets::Round, items), Value::Matrix(columns, cells)) => {
                self.vector(*columns, cells, items, false)
            }
            // A matrix of one cell is its cell.
            (Value::Matrix(1, cells), other) if cells.len() == 1 => {
                self.values(&Value::from(cells[0].clone()), other)
            }
            (other, Value::Matrix(1, cells)) if cells.len() == 1 => {
                self.values(other, &Value::from(cells[0].clone()))
            }
            (Value::Equation(a), Value::Equation(b))
            | (Value::Disequation(a), Value::Disequation(b)) => {
                let decision = canonical::ratio(a, b, self.budget);
                self.decided(decision)
            }
            (Value::Equation(equation), other) => self.solved_equation(equation, other),
            (other, Value::Equation(equation)) => self.solved_equation(equation, other),
            (Value::Inequality(a, x), Value::Inequality(b, y)) => self.inequalities(a, *x, b, *y),
            (Value::Ratio(a), Value::Ratio(b)) => self.ratios(a, b),
            (Value::Ratio(parts), other) => self.ratio_and_quotient(parts, other, true),
            (other, Value::Ratio(parts)) => self.ratio_and_quotient(parts, other, false),
            (Value::Time(a), Value::Time(b)) => {
                let halves =
                    a.afternoon.is_none() || b.afternoon.is_none() || a.afternoon == b.afternoon;
                let trimmed = |parts: &[u32]| -> Vec<u32> {
                    let keep = parts.len() - usize::from(parts.len() == 3 && parts[2] == 0);
                    parts[..keep].to_vec()
                };
                if !halves || trimmed(&a.parts) != trimmed(&b.parts) {
                    Reason::DifferentValue
                } else if a.afternoon == b.afternoon {
                    Reason::Exact
                } else {
                    Self::lenient(
                        self.policy.ignore_unit,
                        Reason::Exact,
                        Reason::UnitIgnored,
                        Reason::DifferentUnit,
                    )
                }
            }
            // `11:21` may be a time or a ratio: the other side tells.
            (Value::Time(time), other) if time.afternoon.is_none() => {
                self.ratio_and_quotient(&time_as_ratio(&time.parts), other, true)
            }
            (other, Value::Time(time)) if time.afternoon.is_none() => {
                self.ratio_and_quotient(&time_as_ratio(&time.parts), other, false)
            }
            (Value::Numeral(a, x), Value::Numeral(b, y)) => match (x == y, a == b) {
                (true, true) => Reason::Exact,
                (true, false) => Reason::DifferentValue,
                _ => Reason::DifferentBase,
            },
            (Value::Numeral(digits, _), Value::Quantity(number))
            | (Value::Quantity(number), Value::Numeral(digits, _)) => {
                let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
                let negative = whole.starts_with('-');
                let read =
                    Rational::from_decimal(whole.trim_start_matches('-'), fraction, 0, self.budget);
                let Ok(value) = read else { return Reason::OverBudget };
                let mut expr = Expr::rational(value);
                if negative {
                    expr = Expr::negate(expr);
                }
                if number.unit.is_some() {
                    return Reason::DifferentKind;
                }
                let same = self.exprs(&expr, &number.expr);
                Self::lenient(
                    self.policy.ignore_base,
                    same,
                    Reason::BaseIgnored,
                    Reason::DifferentBase,
                )
            }
            (Value::Text(a), Value::Text(b)) => {
                if a == b {
                    Reason::SameText
                } else {
                    Reason::DifferentText
                }
            }
            (Value::Ellipsis, Value::Ellipsis) => Reason::Exact,
            (Value::Structure(x, a), Value::Structure(y, b)) if x == y => self.structures(x, a, b),
            (Value::Set(a), Value::Tuple(_, b)) | (Value::Tuple(_, a), Value::Set(b))
                if a.len() == 1 && b.len() == 1 =>
            {
                let inner = self.values(&a[0], &b[0]);
                Self::lenient(
                    self.policy.adopt_brackets,
                    inner,
                    Reason::BracketsTaken,
                    Reason::DifferentKind,
                )
            }
            // A set or a tuple of one element, and the element.
            (Value::Set(items) | Value::Tuple(_, items), other)
                if items.len() == 1 && is_plain(other) =>
            {
                let inner = self.values(&items[0], other);
                Self::lenient(
                    self.policy.adopt_brackets,
                    inner,
                    Reason::BracketsTaken,
                    Reason::DifferentKind,
                )
            }
            (other, Value::Set(items) | Value::Tuple(_, items))
                if items.len() == 1 && is_plain(other) =>
            {
                let inner = self.values(other, &items[0]);
                Self::lenient(
                    self.policy.adopt_brackets,
                    inner,
                    Reason::BracketsTaken,
                    Reason::DifferentKind,
                )
            }
            _ => Reason::DifferentKind,
        }
    }
}

/// Plain things that a one-element collection may stand for.
fn is_plain(value: &Value) -> bool {
    matches!(value, Value::Quantity(_) | Value::Text(_) | Value::Numeral(..))
}

fn time_as_ratio(parts: &[u32]) -> Vec<Expr> {
    parts.iter().map(|&part| Expr::integer(part.into())).collect()
}
