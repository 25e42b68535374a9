//! Whether two meanings are the same, under a policy.

use crate::budget::{Budget, Stop};
use crate::canonical::{self, Decision, Expr, Proof, Rational, Symbol};
use crate::value::{
    Bound, Brackets, Decimal, Interval, Named, Quantity, Reals, Strictness, Unit, Value, text,
};
use crate::{Policy, Reason, Verdict};
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

/// Compares two meanings; the roles matter for rounding only.
pub(crate) fn compare(
    gold: &Value,
    answer: &Value,
    policy: &Policy,
    budget: &mut Budget,
) -> Reason {
    Equivalence { policy, budget }.values(gold, answer)
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
                let decision = match same_constant(a, b) {
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

    // Scalars.

    fn quantities(&mut self, gold: &Quantity, answer: &Quantity) -> Reason {
        match (&gold.unit, &answer.unit) {
            (None, None) => self.scalars(gold, answer),
            (Some(a), Some(b)) => self.united(gold, a, answer, b),
            (Some(unit), None) => self.one_unit(gold, unit, answer, true),
            (None, Some(unit)) => self.one_unit(answer, unit, gold, false),
        }
    }

    /// Both carry a unit.
    fn united(&mut self, gold: &Quantity, a: &Unit, answer: &Quantity, b: &Unit) -> Reason {
        match (a, b) {
            (Unit::Percent, Unit::Percent) => self.scalars(gold, answer),
            (Unit::Measure(x), Unit::Measure(y)) if x.dimension == y.dimension => {
                if x.factor == y.factor {
                    return self.scalars(gold, answer);
                }
                let gold = Quantity::from(Expr::product(vec![gold.expr.clone(), x.factor.clone()]));
                let answer =
                    Quantity::from(Expr::product(vec![answer.expr.clone(), y.factor.clone()]));
                match self.scalars(&gold, &answer) {
                    Reason::DifferentValue => Reason::DifferentUnit,
                    other => other,
                }
            }
            (Unit::Remark(x), Unit::Remark(y)) if Unit::remarks_agree(x, y) => {
                self.scalars(gold, answer)
            }
            _ => match self.scalars(gold, answer) {
                Reason::DifferentValue => Reason::DifferentValue,
                _ => Reason::DifferentUnit,
            },
        }
    }

    /// `with` carries a unit and `plain` does not.
    fn one_unit(
        &mut self,
        with: &Quantity,
        unit: &Unit,
        plain: &Quantity,
        gold_has_it: bool,
    ) -> Reason {
        let mut bare = with.clone();
        bare.unit = None;
        let mut ordered = |this: &mut Self, with: &Quantity| {
            if gold_has_it { this.scalars(with, plain) } else { this.scalars(plain, with) }
        };
        let factor = match unit {
            Unit::Percent => Some(Expr::rational(Rational::new(1, 100).unwrap_or(Rational::ONE))),
            Unit::Measure(measure) if unit.is_angle() => Some(measure.factor.clone()),
            _ => None,
        };
        if let Some(factor) = factor {
            let mut value = Quantity::from(Expr::product(vec![with.expr.clone(), factor]));
            if *unit == Unit::Percent {
                value.decimal =
                    with.decimal.map(|decimal| Decimal { places: decimal.places + 2, ..decimal });
            }
            let reason = ordered(self, &value);
            if reason.verdict() == Verdict::Equal {
                return reason;
            }
        }
        let inner = ordered(self, &bare);
        if *unit == Unit::Percent {
            Self::lenient(
                self.policy.ignore_percent,
                inner,
                Reason::PercentIgnored,
                Reason::DifferentUnit,
            )
        } else {
            Self::lenient(
                self.policy.ignore_unit,
                inner,
                Reason::UnitIgnored,
                Reason::DifferentUnit,
            )
        }
    }

    /// Numbers without units, with the rounding rules.
    fn scalars(&mut self, gold: &Quantity, answer: &Quantity) -> Reason {
        let exact = self.exprs(&gold.expr, &answer.expr);
        if is_equal(exact) {
            return exact;
        }
        // A decimal equals an exact value that rounds to it.
        if let (Some(decimal), Some(enough)) = (answer.decimal, self.policy.answer_rounding_digits)
            && gold.decimal.is_none()
        {
            return self.rounded(answer, decimal, &gold.expr, decimal.significant >= enough, exact);
        }
        if let (Some(decimal), Some(enough)) = (gold.decimal, self.policy.gold_rounding_digits) {
            let written_exactly = match answer.decimal {
                None => true,
                Some(other) => {
                    self.policy
                        .answer_rounding_digits
                        .is_some_and(|digits| other.significant >= digits)
                        && other.places > decimal.places
                }
            };
            return self.rounded(
                gold,
                decimal,
                &answer.expr,
                decimal.significant >= enough && written_exactly,
                exact,
            );
        }
        exact
    }

    /// Whether `exact` rounds to the decimal. Integers never round.
    fn rounded(
        &mut self,
        decimal: &Quantity,
        digits: Decimal,
        exact: &Expr,
        allowed: bool,
        otherwise: Reason,
    ) -> Reason {
        let Some(value) = decimal.expr.as_rational() else { return otherwise };
        if value.is_integer()
            || exact.as_rational().is_some_and(Rational::is_integer)
            || !exact.is_constant()
        {
            return otherwise;
        }
        match canonical::rounds_to(exact, value, digits.places, self.budget) {
            Decision::Equal(_) if allowed => Reason::Rounded,
            Decision::Equal(_) => Reason::NotRounded,
            Decision::Different(_) => Reason::DifferentValue,
            Decision::Unknown(_) => otherwise,
        }
    }

    fn choices(&mut self, gold: &Value, answer: &Value) -> Reason {
        let letter_of = |value: &Value| match value {
            Value::Choice(letter, _) => Some(*letter),
            Value::Text(word) if word.chars().count() == 1 => word.to_uppercase().chars().next(),
            Value::Quantity(quantity) if quantity.unit.is_none() => match &quantity.expr {
                Expr::Variable(symbol) if symbol.as_str().len() == 1 => {
                    symbol.as_str().chars().next().map(|letter| letter.to_ascii_uppercase())
                }
                // The letter `e` alone may be an option.
                expr if *expr == Expr::e() => Some('E'),
                _ => None,
            },
            _ => None,
        };
        let inner_of = |value: &Value| match value {
            Value::Choice(_, inner) => inner.as_deref().cloned(),
            _ => None,
        };
        let granted = self.policy.option_letters;
        if let (Some(a), Some(b)) = (letter_of(gold), letter_of(answer)) {
            let same = if a == b { Reason::OptionLetter } else { Reason::DifferentText };
            return match (inner_of(gold), inner_of(answer)) {
                // Both say the value too: it must agree.
                (Some(x), Some(y)) if a == b => match self.values(&x, &y).verdict() {
                    Verdict::Different => Reason::DifferentValue,
                    _ => same,
                },
                _ if granted || a != b => same,
                _ => Reason::DifferentKind,
            };
        }
        let inner = match (inner_of(gold), inner_of(answer)) {
            (Some(inner), None) => self.values(&inner, answer),
            (None, Some(inner)) => self.values(gold, &inner),
            _ => return Reason::DifferentKind,
        };
        Self::lenient(granted, inner, Reason::OptionLetter, Reason::DifferentKind)
    }

    // Collections.

    fn in_order(&mut self, gold: &[Value], answer: &[Value]) -> Reason {
        if gold.len() != answer.len() {
            return Reason::DifferentCount;
        }
        let mut whole = Reason::Exact;
        for (a, b) in gold.iter().zip(answer) {
            let part = self.values(a, b);
            whole = weakest(whole, part);
            if whole.verdict() == Verdict::Different {
                return whole;
            }
        }
        whole
    }

    /// Multisets: every element has its own partner.
    fn unordered(&mut self, gold: &[Value], answer: &[Value]) -> Reason {
        if gold.len() != answer.len() {
            return Reason::DifferentCount;
        }
        if gold.iter().any(|item| *item == Value::Ellipsis) {
            return self.in_order(gold, answer);
        }
        self.matched(gold, answer)
    }

    fn matched(&mut self, gold: &[Value], answer: &[Value]) -> Reason {
        if self.budget.spend((gold.len() + answer.len()) as u64).is_err() {
            return Reason::OverBudget;
        }
        // The same expression first: it needs no proof.
        let (left, mut free) = without_common(gold, answer);
        let mut whole = Reason::Exact;
        let mut undecided = None;
        for item in left {
            let mut partner = None;
            let mut open = None;
            for (at, other) in free.iter().enumerate() {
                let reason = self.values(item, other);
                match reason.verdict() {
                    Verdict::Equal => {
                        partner = Some((at, reason));
                        break;
                    }
                    Verdict::Undecided => open = Some(reason),
                    Verdict::Different => {}
                }
            }
            match partner {
                Some((at, reason)) => {
                    free.swap_remove(at);
                    whole = weakest(whole, reason);
                }
                // An element that equals none of the others decides.
                None => match open {
                    None => return Reason::DifferentValue,
                    open => undecided = open,
                },
            }
        }
        undecided.unwrap_or(whole)
    }

    fn sets(&mut self, gold: &[Value], answer: &[Value]) -> Reason {
        let (gold, answer) = (self.distinct(gold), self.distinct(answer));
        if gold.len() != answer.len() {
            return Reason::DifferentCount;
        }
        self.unordered(&gold, &answer)
    }

    /// The elements without repetitions.
    fn distinct(&mut self, items: &[Value]) -> Vec<Value> {
        let mut kept: Vec<Value> = Vec::with_capacity(items.len());
        let mut plain: HashSet<&Expr> = HashSet::with_capacity(items.len());
        for item in items {
            if items.len() >= 100
                && let Some(expr) = item.as_expr()
            {
                if plain.insert(expr) {
                    kept.push(item.clone());
                }
                continue;
            }
            let known = kept.iter().any(|other| {
                self.budget.spend(1).is_ok()
                    && (other == item
                        || items.len() < 100 && self.values(other, item) == Reason::Exact)
            });
            if !known {
                kept.push(item.clone());
            }
        }
        kept
    }

    /// A bare list takes the other side's brackets.
    fn bare_list(&mut self, list: &[Value], other: &Value, list_is_gold: bool) -> Reason {
        let inner = match other {
            Value::Tuple(_, items) if items.len() == list.len() => {
                let bare: Vec<Value> = list.iter().map(without_name).collect();
                if list_is_gold { self.in_order(&bare, items) } else { self.in_order(items, &bare) }
            }
            Value::Set(items) => {
                if list_is_gold {
                    self.sets_of(list, items)
                } else {
                    self.sets_of(items, list)
                }
            }
            Value::Tuple(..) => Reason::DifferentCount,
            Value::Matrix(columns, cells) if *columns == 1 || cells.len() == *columns => {
                let cells: Vec<Value> = cells.iter().cloned().map(Value::from).collect();
                if list_is_gold { self.in_order(list, &cells) } else { self.in_order(&cells, list) }
            }
            Value::Equation(_) => Reason::DifferentKind,
            _ => {
                return if list.len() > 1 { Reason::DifferentCount } else { Reason::DifferentKind };
            }
        };
        Self::lenient(
            self.policy.adopt_brackets,
            inner,
            Reason::BracketsTaken,
            Reason::DifferentKind,
        )
    }

    /// A list against a set: repetitions in the list are not allowed.
    fn sets_of(&mut self, gold: &[Value], answer: &[Value]) -> Reason {
        self.unordered(gold, answer)
    }

    fn cells(&mut self, gold: &[Expr], answer: &[Expr]) -> Reason {
        let mut whole = Reason::Exact;
        for (a, b) in gold.iter().zip(answer) {
            let part = self.exprs(a, b);
            whole = weakest(whole, part);
            if whole.verdict() == Verdict::Different {
                return whole;
            }
        }
        whole
    }

    fn vector(
        &mut self,
        columns: usize,
        cells: &[Expr],
        items: &[Value],
        matrix_is_gold: bool,
    ) -> Reason {
        if cells.len() != items.len() {
            return Reason::DifferentCount;
        }
        if columns != 1 && columns != cells.len() {
            return Reason::DifferentKind;
        }
        let cells: Vec<Value> = cells.iter().cloned().map(Value::from).collect();
        if matrix_is_gold { self.in_order(&cells, items) } else { self.in_order(items, &cells) }
    }

    /// Sets of reals, whichever way they are written.
    fn reals(&mut self, gold: &Value, answer: &Value) -> Reason {
        match (as_reals(gold, self.budget), as_reals(answer, self.budget)) {
            (Some(a), Some(b)) => {
                let decision = a.same(&b, self.budget);
                self.decided(decision)
            }
            _ => match (gold, answer) {
                (Value::Inequality(..), _) | (_, Value::Inequality(..)) => Reason::Unproved,
                _ => Reason::DifferentKind,
            },
        }
    }

    // Names and equations.

    fn named(&mut self, gold: &Named, answer: &Named) -> Reason {
        if gold.same_names(answer) {
            let renamed = renamed_parameters(answer, gold);
            return self.values(&gold.value, renamed.as_ref().unwrap_or(&answer.value));
        }
        // `(x, y) = (1, 2)` names what `x = 1, y = 2` names; other names may be an equation moved around.
        if let (Some(a), Some(b)) = (gold.as_equation(), answer.as_equation())
            && !(gold.value.as_expr().is_some_and(Expr::is_constant)
                && answer.value.as_expr().is_some_and(Expr::is_constant))
        {
            let decision = canonical::ratio(&a, &b, self.budget);
            if let Decision::Equal(_) = decision {
                return self.decided(decision);
            }
        }
        // A function and its graph: `f(x) = x^2` and `y = x^2`.
        let graph = |named: &Named| named.names.len() == 1 && named.names[0].text == "y";
        if (graph(gold) && !answer.parameters.is_empty())
            || (graph(answer) && !gold.parameters.is_empty())
        {
            let inner = self.values(&gold.value, &answer.value);
            return Self::lenient(
                self.policy.ignore_name,
                inner,
                Reason::NameIgnored,
                Reason::DifferentName,
            );
        }
        match self.values(&gold.value, &answer.value).verdict() {
            Verdict::Different => Reason::DifferentValue,
            _ => Reason::DifferentName,
        }
    }

    fn named_and_bare(&mut self, named: &Named, other: &Value, named_is_gold: bool) -> Reason {
        match other {
            Value::Equation(equation) => {
                let Some(expr) = named.as_equation() else { return Reason::DifferentKind };
                let decision = canonical::ratio(&expr, equation, self.budget);
                return self.decided(decision);
            }
            // `(x, y) = (1, 2)` and `x = 1, y = 2`
            Value::List(items) if items.iter().any(|item| matches!(item, Value::Named(_))) => {
                if let (Value::Tuple(_, values), Some(names)) =
                    (&named.value, tuple_of_names(named))
                    && names.len() == values.len()
                {
                    let spread: Vec<Value> = names
                        .into_iter()
                        .zip(values)
                        .map(|(text, value)| {
                            Value::Named(Box::new(Named {
                                names: vec![crate::value::Name { text, expr: None }],
                                parameters: Vec::new(),
                                value: value.clone(),
                            }))
                        })
                        .collect();
                    return if named_is_gold {
                        self.unordered(&spread, items)
                    } else {
                        self.unordered(items, &spread)
                    };
                }
                // `x = y = 1` and `x = 1, y = 1`
                if named.names.len() > 1 && named.names.len() == items.len() {
                    let spread: Vec<Value> = named
                        .names
                        .iter()
                        .map(|name| {
                            Value::Named(Box::new(Named {
                                names: vec![name.clone()],
                                parameters: Vec::new(),
                                value: named.value.clone(),
                            }))
                        })
                        .collect();
                    return if named_is_gold {
                        self.unordered(&spread, items)
                    } else {
                        self.unordered(items, &spread)
                    };
                }
            }
            // `x = y = 1` and `(1, 1)`
            Value::Tuple(_, items) if named.names.len() > 1 && named.names.len() == items.len() => {
                let spread = vec![named.value.clone(); items.len()];
                let inner = if named_is_gold {
                    self.in_order(&spread, items)
                } else {
                    self.in_order(items, &spread)
                };
                return Self::lenient(
                    self.policy.ignore_name,
                    inner,
                    Reason::NameIgnored,
                    Reason::DifferentKind,
                );
            }
            _ => {}
        }
        let inner = if named_is_gold {
            self.values(&named.value, other)
        } else {
            self.values(other, &named.value)
        };
        Self::lenient(self.policy.ignore_name, inner, Reason::NameIgnored, Reason::DifferentName)
    }

    /// An equation that is solved for the one name that the other side lacks: `y + 1 = x` and `x - 1`.
    fn solved_equation(&mut self, equation: &Expr, other: &Value) -> Reason {
        let Some(expr) = other.as_expr() else { return Reason::DifferentKind };
        let inside = expr.variables();
        let names = equation.variables();
        let mut missing = names.iter().filter(|&name| !inside.contains(name));
        let (Some(name), None) = (missing.next(), missing.next()) else {
            return Reason::DifferentKind;
        };
        let solved = Expr::difference(Expr::variable(name.clone()), expr.clone());
        match canonical::ratio(equation, &solved, self.budget) {
            Decision::Equal(proof) => {
                let inner = self.decided(Decision::Equal(proof));
                Self::lenient(
                    self.policy.ignore_name,
                    inner,
                    Reason::NameIgnored,
                    Reason::DifferentKind,
                )
            }
            Decision::Different(_) => Reason::DifferentKind,
            Decision::Unknown(stop) => stopped(stop),
        }
    }

    fn inequalities(&mut self, a: &Expr, x: Strictness, b: &Expr, y: Strictness) -> Reason {
        if x != y {
            return Reason::DifferentValue;
        }
        match canonical::ratio(a, b, self.budget) {
            Decision::Equal(proof) => {
                // The factor must be positive: the two agree in sign somewhere.
                let mut at = (a.clone(), b.clone());
                for (index, name) in a.variables().into_iter().enumerate() {
                    let value = Expr::rational(
                        Rational::new(7 + 4 * i64::try_from(index).unwrap_or(0), 3)
                            .unwrap_or(Rational::ONE),
                    );
                    at = (at.0.substitute(&name, &value), at.1.substitute(&name, &value));
                }
                match (canonical::sign(&at.0, self.budget), canonical::sign(&at.1, self.budget)) {
                    (Ok(Ordering::Equal), _) | (_, Ok(Ordering::Equal)) => Reason::Unproved,
                    (Ok(a), Ok(b)) if a == b => self.decided(Decision::Equal(proof)),
                    (Ok(_), Ok(_)) => Reason::DifferentValue,
                    (Err(stop), _) | (_, Err(stop)) => stopped(stop),
                }
            }
            other => self.decided(other),
        }
    }

    fn ratios(&mut self, a: &[Expr], b: &[Expr]) -> Reason {
        if a.len() != b.len() {
            return Reason::DifferentCount;
        }
        let mut whole = Reason::Exact;
        for at in 1..a.len() {
            let left = Expr::product(vec![a[0].clone(), b[at].clone()]);
            let right = Expr::product(vec![b[0].clone(), a[at].clone()]);
            let part = self.exprs(&left, &right);
            whole = weakest(whole, part);
        }
        whole
    }

    fn ratio_and_quotient(&mut self, parts: &[Expr], other: &Value, ratio_is_gold: bool) -> Reason {
        match (parts, other) {
            (_, Value::Ratio(more)) => self.ratios(parts, more),
            ([a, b], Value::Quantity(quantity)) => {
                if b.as_rational().is_some_and(Rational::is_zero) {
                    return Reason::DifferentKind;
                }
                let quotient = Quantity::from(Expr::quotient(a.clone(), b.clone()));
                if ratio_is_gold {
                    self.quantities(&quotient, quantity)
                } else {
                    self.quantities(quantity, &quotient)
                }
            }
            _ => Reason::DifferentKind,
        }
    }

    fn structures(&mut self, kind: &str, a: &[Value], b: &[Value]) -> Reason {
        if a.len() != b.len() {
            return Reason::DifferentCount;
        }
        match kind {
            "union" | "intersection" | "parallel" | "perp" | "sim" | "cong" | "=" | "!="
            | "iff" => match self.matched(a, b) {
                Reason::DifferentValue => Reason::DifferentValue,
                other => other,
            },
            // Residues: equal up to the modulus.
            "mod" => {
                let modulus = self.values(&a[1], &b[1]);
                if !is_equal(modulus) {
                    return modulus;
                }
                let inner = self.values(&a[0], &b[0]);
                if is_equal(inner) {
                    return inner;
                }
                match (a[0].as_expr(), b[0].as_expr(), a[1].as_expr()) {
                    (Some(x), Some(y), Some(m)) => {
                        let steps =
                            Expr::quotient(Expr::difference(x.clone(), y.clone()), m.clone());
                        match steps.as_rational() {
                            Some(steps) if steps.is_integer() => Reason::Exact,
                            _ => inner,
                        }
                    }
                    _ => inner,
                }
            }
            _ => self.in_order(a, b),
        }
    }
}

/// What is left of two collections without the expressions that stand in both.
fn without_common<'v>(gold: &'v [Value], answer: &'v [Value]) -> (Vec<&'v Value>, Vec<&'v Value>) {
    let mut known: HashMap<&Expr, Vec<usize>> = HashMap::with_capacity(answer.len());
    for (at, value) in answer.iter().enumerate() {
        if let Some(expr) = value.as_expr() {
            known.entry(expr).or_default().push(at);
        }
    }
    let mut taken = vec![false; answer.len()];
    let left = gold
        .iter()
        .filter(|value| match value.as_expr().and_then(|expr| known.get_mut(expr)).and_then(Vec::pop) {
            Some(at) => {
                taken[at] = true;
                false
            }
            None => true,
        })
        .collect();
    let free = answer.iter().zip(taken).filter(|(_, taken)| !taken).map(|(value, _)| value).collect();
    (left, free)
}

/// The constant of integration may be written `C` or `c`: `b` with the letter of `a`.
fn same_constant(a: &Expr, b: &Expr) -> Option<Expr> {
    let term = |expr: &Expr, letter: &str| match expr {
        Expr::Sum(terms) => {
            terms.iter().any(|term| matches!(term, Expr::Variable(name) if name.as_str() == letter))
        }
        _ => false,
    };
    for (ours, theirs) in [("C", "c"), ("c", "C")] {
        if term(a, ours) && term(b, theirs) && !term(b, ours) {
            let (ours, theirs) = (Symbol::new(ours), Symbol::new(theirs));
            let clash = a.variables().contains(&theirs) || b.variables().contains(&ours);
            return (!clash).then(|| b.substitute(&theirs, &Expr::variable(ours)));
        }
    }
    None
}

/// Plain things that a one-element collection may stand for.
fn is_plain(value: &Value) -> bool {
    matches!(value, Value::Quantity(_) | Value::Text(_) | Value::Numeral(..))
}

fn without_name(value: &Value) -> Value {
    match value {
        Value::Named(named) => named.value.clone(),
        other => other.clone(),
    }
}

fn time_as_ratio(parts: &[u32]) -> Vec<Expr> {
    parts.iter().map(|&part| Expr::integer(part.into())).collect()
}

/// The names of `(x, y)`.
fn tuple_of_names(named: &Named) -> Option<Vec<String>> {
    let [name] = &named.names[..] else { return None };
    let inside = name.text.strip_prefix('(')?.strip_suffix(')')?;
    Some(inside.split([',', ';']).map(text::squeeze).collect())
}

/// The value of a function with its parameters renamed to another's.
fn renamed_parameters(from: &Named, to: &Named) -> Option<Value> {
    if from.parameters == to.parameters || from.parameters.len() != to.parameters.len() {
        return None;
    }
    let mut value = from.value.clone();
    for (old, new) in from.parameters.iter().zip(&to.parameters) {
        value = crate::lower::rename(value, old, new);
    }
    Some(value)
}

/// A set of reals out of a value: an interval, a finite set, a pair of ascending bounds.
pub(crate) fn as_reals(value: &Value, budget: &mut Budget) -> Option<Reals> {
    match value {
        Value::Reals(reals) => Some(reals.clone()),
        Value::Tuple(brackets, items) => {
            let [low, high] = &items[..] else { return None };
            let (low, high) = (low.as_expr()?.clone(), high.as_expr()?.clone());
            // Bounds that cannot be ordered may still be bounds.
            if crate::value::reals::order(&low, &high, budget)
                .is_ok_and(|order| order != Ordering::Less)
            {
                return None;
            }
            let bound = |at| {
                if *brackets == Brackets::Square { Bound::closed(at) } else { Bound::open(at) }
            };
            Some(Reals { intervals: vec![Interval { low: bound(low), high: bound(high) }] })
        }
        Value::Set(items) => {
            let points: Option<Vec<Reals>> = items
                .iter()
                .map(|item| item.as_expr().map(|at| Reals::point(at.clone())))
                .collect();
            Some(Reals::union(points?, budget))
        }
        Value::List(items) => {
            let parts: Option<Vec<Reals>> = items
                .iter()
                .map(|item| match item {
                    Value::Reals(_) | Value::Tuple(..) => as_reals(item, budget),
                    _ => None,
                })
                .collect();
            Some(Reals::union(parts?, budget))
        }
        _ => None,
    }
}
