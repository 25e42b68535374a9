//! Whether two meanings are the same, under a policy.

mod axes;
mod collection;
mod constants;
mod domain;
mod family;
mod labels;
mod matrix;
mod named;
mod note;
mod piecewise;
mod progression;
mod relation;
mod residue;
mod scalar;
mod text;
mod time;

use crate::budget::{Budget, Stop};
use crate::canonical::{self, Decision, Expr, Function, Proof, Rational};
use crate::value::{Brackets, Numbers, Part, Quantity, Reals, Shape, Sign, Value, as_reals};
use crate::{Policy, Reason, Verdict};
use time::{may_be_ratio, time_as_ratio};

/// Compares two meanings; the roles matter for rounding only.
pub(crate) fn compare(
    gold: &Value,
    answer: &Value,
    policy: &Policy,
    budget: &mut Budget,
) -> Reason {
    let mut equivalence = Equivalence { policy, budget, in_collection: false, notes_bind: false };
    let found = equivalence.values(gold, answer);
    match found.verdict() {
        // `\{3, 6, 9, \ldots\}` and all positive multiples of 3
        Verdict::Undecided if found == Reason::Unproved => {
            equivalence.progressions(gold, answer).filter(|&found| is_equal(found)).unwrap_or(found)
        }
        Verdict::Different => equivalence
            .progressions(gold, answer)
            .or_else(|| equivalence.general_solutions(gold, answer))
            .or_else(|| equivalence.parametric(gold, answer))
            .or_else(|| equivalence.worked_out(gold, answer))
            .or_else(|| equivalence.name_by_name(gold, answer))
            // What ran out of work may have been about to find them the same.
            .unwrap_or(if equivalence.budget.remaining() == 0 {
                Reason::OverBudgetAnswer
            } else {
                found
            }),
        _ => found,
    }
}

struct Equivalence<'a> {
    policy: &'a Policy,
    budget: &'a mut Budget,
    /// Whether an element of a collection is compared: it keeps its own brackets.
    in_collection: bool,
    /// Whether both sides have labels or remarks on items of theirs: then none of them is ignored.
    notes_bind: bool,
}

fn is_equal(reason: Reason) -> bool {
    reason.verdict() == Verdict::Equal
}

/// The reason of a whole from those of its parts: the first that is not equal, else the weakest.
fn weakest(a: Reason, b: Reason) -> Reason {
    match (a.verdict(), b.verdict()) {
        (Verdict::Different, _) => a,
        (_, Verdict::Different) => b,
        // That the work ran out may hide a difference.
        (Verdict::Undecided, Verdict::Undecided) if b == Reason::OverBudgetAnswer => b,
        (Verdict::Undecided, _) => a,
        _ => a.max(b),
    }
}

fn stopped(stop: Stop) -> Reason {
    match stop {
        Stop::Work => Reason::OverBudgetAnswer,
        Stop::Depth => Reason::OverLimitAnswer,
        Stop::Undefined => Reason::UndefinedAnswer,
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
                let decision = match constants::same_constant(a, b) {
                    Some(renamed) => canonical::equal(a, &renamed, self.budget),
                    None => canonical::equal(a, b, self.budget),
                };
                let found = match decision {
                    Decision::Different(_)
                        if scalar::spelled_apart(a, b)
                            || a.is_unfinished()
                            || b.is_unfinished()
                            || self.may_agree_on_integers(a, b) =>
                    {
                        Reason::Unproved
                    }
                    // The gold's own fault shows in the gold alone.
                    Decision::Unknown(Stop::Undefined)
                        if matches!(canonical::normalise(a, self.budget), Err(Stop::Undefined)) =>
                    {
                        Reason::UndefinedGold
                    }
                    decision => self.decided(decision),
                };
                match found {
                    Reason::DifferentValue => self.vectors(a, b).unwrap_or(found),
                    _ => found,
                }
            }
            (a, b) if a == b => Reason::Exact,
            _ => Reason::DifferentValue,
        }
    }

    /// Two expressions of which only the zeros matter.
    fn proportional(&mut self, a: &Expr, b: &Expr) -> Reason {
        match canonical::ratio(a, b, self.budget) {
            Decision::Different(_) if a.is_unfinished() || b.is_unfinished() => Reason::Unproved,
            decision => self.decided(decision),
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

    /// `3x = 18, x = 6` beside `6`: the last of several equations may be what the others lead to.
    fn worked_out(&mut self, gold: &Value, answer: &Value) -> Option<Reason> {
        let last = |value: &Value| match value {
            Value::List(items)
                if items
                    .iter()
                    .all(|item| matches!(item.parts().0, Value::Named(_) | Value::Equation(_)))
                    && items.iter().any(|item| matches!(item, Value::Equation(_))) =>
            {
                items.last().cloned()
            }
            _ => None,
        };
        let found = match (last(gold), last(answer)) {
            (Some(gold), None) => self.values(&gold, answer),
            (None, Some(answer)) => self.values(gold, &answer),
            _ => return None,
        };
        is_equal(found).then_some(Reason::Unproved)
    }

    #[expect(clippy::too_many_lines, reason = "one line a pair of kinds")]
    fn values(&mut self, gold: &Value, answer: &Value) -> Reason {
        if self.budget.spend(5).is_err() {
            return Reason::OverBudgetAnswer;
        }
        match (gold, answer) {
            (Value::Quantity(a), Value::Quantity(b)) => self.quantities(a, b),
            (Value::Noted(_), _) | (_, Value::Noted(_)) => self.noted(gold, answer),
            (Value::Grouped(_), _) | (_, Value::Grouped(_)) => self.grouped(gold, answer),
            (Value::Choice(..), _) | (_, Value::Choice(..)) => self.choices(gold, answer),
            (Value::Named(a), Value::Named(b)) => self.named(a, b),
            (Value::Named(named), other) => self.named_and_bare(named, other, true),
            (other, Value::Named(named)) => self.named_and_bare(named, other, false),
            (Value::List(a), Value::List(b)) => self.lists(a, b),
            // `4, 5, 6, …` or `n \ge 4, n \in \mathbb{Z}`, and what may be the same in other words.
            (Value::List(items) | Value::Set(items), Value::Reals(_) | Value::Numbers(..))
            | (Value::Reals(_) | Value::Numbers(..), Value::List(items) | Value::Set(items))
                if items
                    .iter()
                    .any(|item| matches!(item, Value::Ellipsis | Value::Numbers(..))) =>
            {
                Reason::Unproved
            }
            // `a = b = c` and `a = b, b = c`
            (Value::Identified(names), Value::List(items))
            | (Value::List(items), Value::Identified(names)) => {
                if named::are_identified(names, items) { Reason::Exact } else { Reason::Unproved }
            }
            (Value::Permutations(a), Value::Permutations(b)) => self.unordered(a, b),
            (Value::Permutations(items), other) => self.permuted(items, other, true),
            (other, Value::Permutations(items)) => self.permuted(items, other, false),
            (Value::Set(a), Value::Set(b)) => self.sets(a, b),
            (Value::Tuple(x, a), Value::Tuple(y, b)) if x == y => self.in_order(a, b),
            (Value::Quantity(letter), set) | (set, Value::Quantity(letter))
                if is_lettered_set(letter.expr.clone(), set, self.budget) =>
            {
                Reason::Exact
            }
            (Value::Spread(_), _) | (_, Value::Spread(_)) => self.spread(gold, answer),
            // `\{n \in \mathbb{Z} : n > 3\}` and `n > 3`; words of which one holds, or `a > b > c`, and a list; `8 cm by 5 cm` and an area.
            (Value::Structure(Shape::Subset, _), Value::Reals(_))
            | (Value::Reals(_), Value::Structure(Shape::Subset, _))
            | (Value::Structure(Shape::Either | Shape::Ordered, _), Value::List(_))
            | (Value::List(_), Value::Structure(Shape::Either | Shape::Ordered, _))
            | (Value::Structure(Shape::Dimensions, _), Value::Quantity(_))
            | (Value::Quantity(_), Value::Structure(Shape::Dimensions, _)) => Reason::Unproved,
            (Value::Reals(_), _) | (_, Value::Reals(_)) => self.reals(gold, answer),
            (Value::Structure(Shape::Dimensions, a), Value::List(b) | Value::Tuple(_, b))
            | (Value::List(a) | Value::Tuple(_, a), Value::Structure(Shape::Dimensions, b)) => {
                self.unordered(a, b)
            }
            (Value::List(list), other) => self.bare_list(list, other, true),
            (other, Value::List(list)) => self.bare_list(list, other, false),
            (Value::Matrix(columns, a), Value::Matrix(wide, b)) => {
                if columns != wide || a.len() != b.len() {
                    return Reason::DifferentCount;
                }
                self.cells(a, b)
            }
            // `[[1, 2], [3, 4]]`
            (Value::Matrix(columns, cells), Value::Tuple(Brackets::Square, rows)) => {
                match matrix::cells_of(rows, *columns) {
                    Some(others) => self.cells(cells, &others),
                    None => Reason::DifferentKind,
                }
            }
            (Value::Tuple(Brackets::Square, rows), Value::Matrix(columns, cells)) => {
                match matrix::cells_of(rows, *columns) {
                    Some(others) => self.cells(&others, cells),
                    None => Reason::DifferentKind,
                }
            }
            // A vector in a column or a row is a tuple.
            (Value::Matrix(columns, cells), Value::Tuple(Brackets::Round, items)) => {
                self.vector(*columns, cells, items, true)
            }
            (Value::Tuple(Brackets::Round, items), Value::Matrix(columns, cells)) => {
                self.vector(*columns, cells, items, false)
            }
            // `3\vec i - 2\vec j`
            (Value::Quantity(sum), Value::Tuple(_, items)) => {
                match self.components(&sum.expr, items.len()) {
                    Some(_) if sum.unit.is_some() => Reason::Unproved,
                    Some(parts) => self.in_order(&parts, items),
                    None if items.len() == 1 => {
                        let inner = self.values(gold, &items[0]);
                        self.brackets_taken(inner)
                    }
                    None => axes::number_and_tuple(&sum.expr, items),
                }
            }
            (Value::Tuple(_, items), Value::Quantity(sum)) => {
                match self.components(&sum.expr, items.len()) {
                    Some(_) if sum.unit.is_some() => Reason::Unproved,
                    Some(parts) => self.in_order(items, &parts),
                    None if items.len() == 1 => {
                        let inner = self.values(&items[0], answer);
                        self.brackets_taken(inner)
                    }
                    None => axes::number_and_tuple(&sum.expr, items),
                }
            }
            (Value::Quantity(sum), Value::Matrix(1, cells))
                if sum.unit.is_none()
                    && let Some(parts) = self.components(&sum.expr, cells.len()) =>
            {
                let cells: Vec<Value> = cells.iter().cloned().map(Value::Quantity).collect();
                self.in_order(&parts, &cells)
            }
            (Value::Matrix(1, cells), Value::Quantity(sum))
                if sum.unit.is_none()
                    && let Some(parts) = self.components(&sum.expr, cells.len()) =>
            {
                let cells: Vec<Value> = cells.iter().cloned().map(Value::Quantity).collect();
                self.in_order(&cells, &parts)
            }
            // `I_2`
            (Value::Matrix(columns, cells), Value::Quantity(name))
            | (Value::Quantity(name), Value::Matrix(columns, cells))
                if let Some(found) = matrix::against_identity(*columns, cells, &name.expr) =>
            {
                found
            }
            // `\left(\begin{array}{c} 5 \\ 2 \end{array}\right)` may be a binomial coefficient.
            (Value::Matrix(1, cells), Value::Quantity(number))
            | (Value::Quantity(number), Value::Matrix(1, cells))
                if cells.len() == 2 && number.unit.is_none() =>
            {
                self.column_and_number(cells, &number.expr)
            }
            // A matrix of one cell is its cell.
            (Value::Matrix(1, cells), other) if cells.len() == 1 => {
                self.values(&Value::Quantity(cells[0].clone()), other)
            }
            (other, Value::Matrix(1, cells)) if cells.len() == 1 => {
                self.values(other, &Value::Quantity(cells[0].clone()))
            }
            (Value::Equation(a), Value::Equation(b)) => {
                self.proportional(&a.difference, &b.difference)
            }
            (Value::Disequation(a), Value::Disequation(b)) => self.proportional(a, b),
            (Value::Equation(equation), other) => self.equation(equation, other, true),
            (other, Value::Equation(equation)) => self.equation(equation, other, false),
            (Value::Inequality(a, x), Value::Inequality(b, y)) => self.inequalities(a, *x, b, *y),
            (Value::Inequality(..), _) | (_, Value::Inequality(..)) => Reason::Unsolved,
            (Value::Identified(a), Value::Identified(b)) => {
                if a == b {
                    Reason::Exact
                } else {
                    Reason::DifferentName
                }
            }
            (Value::Mark(a), Value::Mark(b)) => {
                if a == b {
                    Reason::Exact
                } else {
                    Reason::DifferentValue
                }
            }
            (Value::Mark(number), other) | (other, Value::Mark(number)) => {
                let number = Value::from(Expr::integer((*number).into()));
                let inner = self.values(&number, other);
                Self::lenient(
                    self.policy.option_letters,
                    inner,
                    Reason::OptionLetter,
                    Reason::DifferentKind,
                )
            }
            (Value::Time(a), Value::Time(b)) => self.times(a, b),
            // `11:21` may be a time or a ratio: the other side tells.
            (Value::Time(time), other) if may_be_ratio(time) => {
                self.ratio_and_quotient(&time_as_ratio(&time.parts), other, true)
            }
            (other, Value::Time(time)) if may_be_ratio(time) => {
                self.ratio_and_quotient(&time_as_ratio(&time.parts), other, false)
            }
            (Value::Ratio(parts), other) => self.ratio_and_quotient(parts, other, true),
            (other, Value::Ratio(parts)) => self.ratio_and_quotient(parts, other, false),
            (Value::Numeral(a, x), Value::Numeral(b, y)) => match (x == y, a == b) {
                (true, true) => Reason::Exact,
                (true, false) => Reason::DifferentValue,
                _ => Reason::DifferentBase,
            },
            (Value::Numeral(digits, _), Value::Quantity(_))
            | (Value::Quantity(_), Value::Numeral(digits, _))
                if digits.contains(char::is_alphabetic) =>
            {
                Reason::DifferentBase
            }
            (Value::Numeral(digits, _), Value::Quantity(number))
            | (Value::Quantity(number), Value::Numeral(digits, _)) => {
                let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
                let negative = whole.starts_with('-');
                let read =
                    Rational::from_decimal(whole.trim_start_matches('-'), fraction, 0, self.budget);
                let Ok(value) = read else { return Reason::OverBudgetAnswer };
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
            // `7^4 \equiv 1 \pmod{10}`: which residue it is, is the question.
            (Value::Structure(Shape::Congruent, sides), Value::Quantity(number))
                if let Some(residue) = stated_residue(sides) =>
            {
                let inner = self.quantities(&residue, number);
                self.name_ignored(inner)
            }
            (Value::Quantity(number), Value::Structure(Shape::Congruent, sides))
                if let Some(residue) = stated_residue(sides) =>
            {
                let inner = self.quantities(number, &residue);
                self.name_ignored(inner)
            }
            // `X \sim N(3, 4)` names what is distributed so.
            (Value::Structure(Shape::Related(Sign::Similar), sides), other)
                if let [variable, law] = &sides[..]
                    && matches!(variable.as_expr(), Some(Expr::Variable(_)))
                    && !matches!(other, Value::Structure(..)) =>
            {
                let inner = self.values(law, other);
                self.name_ignored(inner)
            }
            (other, Value::Structure(Shape::Related(Sign::Similar), sides))
                if let [variable, law] = &sides[..]
                    && matches!(variable.as_expr(), Some(Expr::Variable(_)))
                    && !matches!(other, Value::Structure(..)) =>
            {
                let inner = self.values(other, law);
                self.name_ignored(inner)
            }
            (Value::Structure(Shape::Piecewise, cases), Value::Quantity(_)) => {
                self.piecewise_and_whole(cases, answer, true)
            }
            (Value::Quantity(_), Value::Structure(Shape::Piecewise, cases)) => {
                self.piecewise_and_whole(cases, gold, false)
            }
            // `17 \bmod 5` is its residue.
            (Value::Structure(Shape::Modulo, parts), Value::Quantity(number)) => {
                match residue(parts) {
                    Some(residue) => self.quantities(&residue, number),
                    None => Reason::DifferentKind,
                }
            }
            (Value::Quantity(number), Value::Structure(Shape::Modulo, parts)) => {
                match residue(parts) {
                    Some(residue) => self.quantities(number, &residue),
                    None => Reason::DifferentKind,
                }
            }
            (Value::Numbers(a, x), Value::Numbers(b, y)) => match (a == b, x == y) {
                (true, true) => Reason::Exact,
                (true, false) => Reason::DifferentValue,
                // ℕ may begin at 0 or at 1.
                _ => Reason::Unproved,
            },
            (Value::Weekday(_), Value::Weekday(_))
            | (Value::Date(_), Value::Date(_))
            | (Value::Formula(_), Value::Formula(_)) => {
                if gold == answer {
                    Reason::Exact
                } else {
                    Reason::DifferentValue
                }
            }
            (Value::Formula(_), _) | (_, Value::Formula(_)) => Reason::Unproved,
            (Value::Truth(a), Value::Truth(b)) => {
                if a == b {
                    Reason::Exact
                } else {
                    Reason::DifferentText
                }
            }
            // `T` for true
            (Value::Truth(truth), Value::Quantity(letter))
            | (Value::Quantity(letter), Value::Truth(truth))
                if let Some(said) = text::truth_letter(&letter.expr) =>
            {
                let same =
                    if said == *truth { Reason::OptionLetter } else { Reason::DifferentText };
                let granted = self.policy.option_letters;
                Self::lenient(granted, same, Reason::OptionLetter, Reason::DifferentKind)
            }
            // `Yes, it is possible` and `It is possible`
            (Value::Truth(_), Value::Text(_)) | (Value::Text(_), Value::Truth(_)) => {
                Reason::Unproved
            }
            (Value::Text(a), Value::Text(b)) if a == b => Reason::SameText,
            (Value::Text(a), Value::Text(b)) if text::names_the_winner(a, b) => Self::lenient(
                self.policy.ignore_sentence,
                Reason::Exact,
                Reason::SentenceIgnored,
                Reason::Unproved,
            ),
            (Value::Text(a), Value::Text(b)) => text::compare(a, b),
            (Value::Ellipsis, Value::Ellipsis) => Reason::Exact,
            (Value::Structure(x, a), Value::Structure(y, b)) if x == y => self.structures(*x, a, b),
            (Value::Set(a), Value::Tuple(_, b)) | (Value::Tuple(_, a), Value::Set(b))
                if a.len() == 1 && b.len() == 1 =>
            {
                let inner = self.elements(&a[0], &b[0]);
                self.brackets_taken(inner)
            }
            // A set or a tuple of one element, and the element.
            (Value::Set(items) | Value::Tuple(_, items), other)
                if items.len() == 1 && is_plain(other) =>
            {
                let inner = self.values(&items[0], other);
                self.brackets_taken(inner)
            }
            (other, Value::Set(items) | Value::Tuple(_, items))
                if items.len() == 1 && is_plain(other) =>
            {
                let inner = self.values(other, &items[0]);
                self.brackets_taken(inner)
            }
            // `third` is a place, and a part.
            (Value::Text(words), Value::Quantity(place))
            | (Value::Quantity(place), Value::Text(words))
                if place.expr.as_rational().is_some_and(Rational::is_integer)
                    && (words.ends_with("th")
                        || matches!(&words[..], "first" | "second" | "third")) =>
            {
                Reason::Unproved
            }
            // Words that say more than a name may yet mean the same.
            (Value::Text(words), _) | (_, Value::Text(words))
                if words.contains(' ') || !words.is_ascii() =>
            {
                Reason::Unproved
            }
            (Value::Structure(shape, _), other) | (other, Value::Structure(shape, _))
                if is_unsolved(*shape, other) =>
            {
                Reason::Unsolved
            }
            _ => Reason::DifferentKind,
        }
    }

    /// Two elements of collections: each keeps its own brackets.
    fn elements(&mut self, gold: &Value, answer: &Value) -> Reason {
        let outer = std::mem::replace(&mut self.in_collection, true);
        let found = self.values(gold, answer);
        self.in_collection = outer;
        found
    }

    /// A whole answer takes the other's brackets.
    fn brackets_taken(&self, inner: Reason) -> Reason {
        let granted = self.policy.adopt_brackets && !self.in_collection;
        Self::lenient(granted, inner, Reason::BracketsTaken, Reason::DifferentKind)
    }

    /// `120,240`: the number, or the list where the other side is one of as many.
    fn grouped(&mut self, gold: &Value, answer: &Value) -> Reason {
        let number = |value: &Value| match value {
            Value::Grouped(both) => Value::Quantity(both.0.clone()),
            other => other.clone(),
        };
        let found = self.values(&number(gold), &number(answer));
        if is_equal(found) {
            // `(1)(6)` and `(2)(3)` may be statements.
            let of_statements = |value: &Value| match value {
                Value::Grouped(both) => matches!(both.1[..], [Value::Mark(_), ..]),
                _ => false,
            };
            // `(2) \cdot (1)` is a product, and so is `(1)(2)` beside it.
            let multiplied = |value: &Value| matches!(value, Value::Quantity(it) if !it.evaluated);
            let open = gold != answer
                && (of_statements(gold) && !multiplied(answer)
                    || of_statements(answer) && !multiplied(gold));
            return if open { Reason::Unproved } else { found };
        }
        let items = |value: &Value| match value {
            Value::Grouped(both) => Some(Value::List(both.1.clone())),
            Value::List(_) | Value::Set(_) | Value::Tuple(..) => Some(value.clone()),
            _ => None,
        };
        match (gold, answer, items(gold), items(answer)) {
            (Value::Grouped(_), Value::Grouped(_), ..) => found,
            (_, _, Some(a), Some(b)) => self.values(&a, &b),
            _ => found,
        }
    }
}

/// Whether a relation stands there that is not solved for a name. What is said to divide something is no number.
fn is_unsolved(shape: Shape, other: &Value) -> bool {
    match shape {
        Shape::Equal | Shape::SetBuilder => true,
        Shape::Congruent | Shape::Related(Sign::Divides | Sign::DividesNot) => {
            other.as_expr().is_none_or(|other| !other.is_constant())
        }
        _ => false,
    }
}

/// Plain things that a one-element collection may stand for.
fn is_plain(value: &Value) -> bool {
    matches!(value, Value::Quantity(_) | Value::Text(_) | Value::Truth(_) | Value::Numeral(..))
}

/// `R` or `\mathbf{R}` for a set of numbers.
fn is_lettered_set(letter: Expr, set: &Value, budget: &mut Budget) -> bool {
    let Expr::Variable(letter) = letter else { return false };
    match (letter.as_str(), set) {
        ("R", Value::Reals(_) | Value::Tuple(..)) => {
            as_reals(set, budget).is_some_and(|reals| reals == Reals::all())
        }
        ("Z", Value::Numbers(Numbers::Integers, Part::All))
        | ("N", Value::Numbers(Numbers::Naturals, Part::All))
        | ("Q", Value::Numbers(Numbers::Rationals, Part::All))
        | ("C", Value::Numbers(Numbers::Complexes, Part::All)) => true,
        _ => false,
    }
}

/// The residue that a constant is said to have.
fn stated_residue(sides: &[Value]) -> Option<Quantity> {
    let [constant, Value::Structure(Shape::Modulo, parts)] = sides else { return None };
    let (constant, residue) = (constant.as_expr()?, parts.first()?.as_expr()?);
    (constant.is_constant() && residue.is_constant()).then(|| residue.clone().into())
}

fn residue(parts: &[Value]) -> Option<Quantity> {
    let [value, modulus] = parts else { return None };
    let (value, modulus) = (value.as_expr()?.clone(), modulus.as_expr()?.clone());
    Some(Expr::function(Function::Mod, vec![value, modulus]).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_of_a_whole_is_the_first_that_is_not_equal_else_the_weakest() {
        use Reason::{
            DifferentCount, DifferentValue, Exact, OverBudgetAnswer, Rounded, Unproved, Unsolved,
        };
        for (a, b, whole) in [
            (Exact, Rounded, Rounded),
            (Rounded, Exact, Rounded),
            (Exact, DifferentValue, DifferentValue),
            (DifferentValue, DifferentCount, DifferentValue),
            (DifferentCount, DifferentValue, DifferentCount),
            (DifferentValue, Unproved, DifferentValue),
            (Unproved, DifferentValue, DifferentValue),
            (Unproved, Unsolved, Unproved),
            (Unsolved, Unproved, Unsolved),
            (Rounded, Unsolved, Unsolved),
            (Unproved, OverBudgetAnswer, OverBudgetAnswer),
            (OverBudgetAnswer, Unproved, OverBudgetAnswer),
            (Unproved, Exact, Unproved),
        ] {
            assert_eq!(weakest(a, b), whole, "{a:?} and {b:?}");
        }
    }
}
