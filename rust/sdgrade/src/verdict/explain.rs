//! A comparison in words, for a reader.

use super::compare::{Failure, Side, sides};
use crate::budget::{Budget, Stop};
use crate::lower::Halt;
use crate::read::{Children, Entry, Kind, NodeId, Relation, Role, Span, Tree, account};
use crate::value::{
    Bound, Brackets, Interval, Link, NoteKind, Numbers, Part, Quantifier, Quantity, Shape, Sign,
    Strictness, Unit, Value,
};
use crate::{Policy, gold};
use std::fmt::Write;

/// Explains a comparison to a reader: what was read, the account of what was not part of the value, what
/// was compared, the verdict and why.
///
/// Where a side could not be read, a caret marks the place.
#[must_use]
pub fn explain(gold: &str, answer: &str, policy: &Policy) -> String {
    let mut budget = Budget::new(policy.limits.work);
    let gold = Side::read(&gold[gold::answer(gold)], policy, &mut budget);
    let answer = Side::read(answer, policy, &mut budget);
    let reason = sides(&gold, &answer, policy, &mut budget);
    let mut out = String::new();
    side(&mut out, "gold", &gold, policy);
    side(&mut out, "answer", &answer, policy);
    let _ = writeln!(out, "verdict: {} ({})", reason.verdict().as_str(), reason.as_str());
    let _ = writeln!(out, "  {}", reason.describe());
    out
}

fn side(out: &mut String, name: &str, side: &Side<'_>, policy: &Policy) {
    let text = side.bare();
    let _ = writeln!(out, "{name:<8} {text}");
    match &side.meaning {
        Ok(value) => {
            if let Ok((tree, root)) = side.source.parse(&policy.limits) {
                let _ = writeln!(out, "  read   {}", Outline { tree: &tree }.node(root));
                for Entry { span, role } in account(&side.source, &tree) {
                    let what = match role {
                        Role::Value | Role::Silent => continue,
                        Role::Unit => "unit",
                        Role::Note(kind) => note_name(kind),
                        Role::Wrapper => "around",
                    };
                    let _ = writeln!(
                        out,
                        "  {what:<6} {:?} at {}..{}",
                        span.of(side.source.text()),
                        span.start,
                        span.end
                    );
                }
            }
            let _ = writeln!(out, "  means  {}", meaning(value));
        }
        Err(failure) => {
            let (place, why) = match failure {
                Failure::TooLong => (None, "longer than the length limit"),
                Failure::Fault(fault) => (Some(fault.at), fault.kind.describe()),
                Failure::Halt(Halt::Meaningless(span)) => {
                    (Some(*span), "this has no meaning that can be compared")
                }
                Failure::Halt(Halt::FalseChain(span)) => {
                    (Some(*span), "this does not equal what it is said to equal")
                }
                Failure::Halt(Halt::Stop(Stop::Work)) => (None, "the work budget ran out"),
                Failure::Halt(Halt::Stop(Stop::Depth)) => (None, "a limit was exceeded"),
                Failure::Halt(Halt::Stop(Stop::Undefined)) => (None, "it has no value"),
                Failure::Halt(Halt::Stop(Stop::Open)) => (None, "no method decides what it means"),
            };
            if let Some(place) = place {
                caret(out, side, place);
            }
            let _ = writeln!(out, "  not read as mathematics: {why}");
        }
    }
}

/// A kind of note in one word.
fn note_name(kind: NoteKind) -> &'static str {
    match kind {
        NoteKind::Condition => "condition",
        NoteKind::Domain(_) => "domain",
        NoteKind::Predicate => "predicate",
        NoteKind::Counted => "of",
        NoteKind::Remark => "remark",
        NoteKind::Explanation => "explanation",
        NoteKind::Sentence => "sentence",
        NoteKind::Step => "step",
        NoteKind::Joined => "joined by",
        NoteKind::Label => "label",
        NoteKind::Part(_) => "part",
    }
}

/// Marks a place under the text.
fn caret(out: &mut String, side: &Side<'_>, at: Span) {
    let text = side.bare();
    if text.contains('\n') {
        return;
    }
    let from = side.source.span().start;
    let start = at.start.saturating_sub(from) as usize;
    let end = at.end.saturating_sub(from) as usize;
    let before = text.get(..start).unwrap_or(text).chars().count();
    let width = text.get(start..end).map_or(1, |part| part.chars().count().max(1));
    let _ = writeln!(out, "         {}{}", " ".repeat(before), "^".repeat(width));
}

/// The syntax tree as nested calls.
struct Outline<'a> {
    tree: &'a Tree<'a>,
}

impl Outline<'_> {
    fn node(&self, id: NodeId) -> String {
        let call = |name: &str, parts: &[NodeId]| {
            let parts: Vec<String> = parts.iter().map(|&part| self.node(part)).collect();
            format!("{name}({})", parts.join(", "))
        };
        let all = |children: Children| self.tree.children(children).to_vec();
        let source = || self.tree.numeral(id).to_owned();
        match self.tree.kind(id) {
            Kind::Number(_)
            | Kind::Vulgar(..)
            | Kind::Symbol(_)
            | Kind::Constant(_)
            | Kind::Circled(_) => source(),
            Kind::Said(at) => meaning(self.tree.said(at)),
            Kind::Ellipsis => "…".to_owned(),
            Kind::Sum(terms) => call("sum", &all(terms)),
            Kind::Negate(inner) => call("negate", &[inner]),
            Kind::PlusMinus(inner) => call("plus-minus", &[inner]),
            Kind::MinusPlus(inner) => call("minus-plus", &[inner]),
            Kind::Product(factors) => call("product", &all(factors)),
            Kind::Inverse(inner) => call("inverse", &[inner]),
            Kind::Fraction(top, bottom) => call("fraction", &[top, bottom]),
            Kind::Mixed(whole, part) => call("mixed-number", &[whole, part]),
            Kind::Power(base, exponent) => call("power", &[base, exponent]),
            Kind::Subscript(base, index) => call("subscript", &[base, index]),
            Kind::Prime(inner, _) => call("prime", &[inner]),
            Kind::Factorial(inner, _) => call("factorial", &[inner]),
            Kind::Percent(inner) => call("percent", &[inner]),
            Kind::Degree(inner) => call("degrees", &[inner]),
            Kind::Currency(inner, _) => call("currency", &[inner]),
            Kind::United(inner, at) => {
                format!("unit({}, {})", self.node(inner), unit(self.tree.unit(at)))
            }
            Kind::HalfDay(inner, afternoon) => {
                call(if afternoon { "afternoon" } else { "morning" }, &[inner])
            }
            Kind::Noted(inner, kind, body) => call(note_name(kind), &[inner, body]),
            Kind::Permutations(inner, false) => call("permutations", &[inner]),
            Kind::Permutations(inner, true) => call("cyclic-permutations", &[inner]),
            Kind::Call(function, arguments) => {
                call(&format!("{function:?}").to_lowercase(), &all(arguments))
            }
            Kind::Apply(function, arguments) => call(&self.node(function), &all(arguments)),
            Kind::Modulo(inner, modulus) => call("mod", &[inner, modulus]),
            Kind::Series(kind, parts) => call(&format!("{kind:?}").to_lowercase(), &all(parts)),
            Kind::Delimited(open, close, inside) => {
                call(&format!("{open:?}-{close:?}").to_lowercase(), &all(inside))
            }
            Kind::Limit(approached, body) => call("limit", &[approached, body]),
            Kind::Integral(parts) => call("integral", self.tree.children(parts)),
            Kind::SetBuilder(element, condition) => call("set-builder", &[element, condition]),
            Kind::Matrix(_, columns, cells) => {
                call(&format!("matrix[{columns} columns]"), &all(cells))
            }
            Kind::Piecewise(cases) => call("piecewise", &all(cases)),
            Kind::Chain(sides, start) => {
                let sides = all(sides);
                let mut out = self.node(sides[0]);
                for (side, relation) in
                    sides[1..].iter().zip(self.tree.relations(start, sides.len()))
                {
                    let _ = write!(out, " {} {}", sign(*relation), self.node(*side));
                }
                out
            }
            Kind::Ratio(parts) => call("ratio", &all(parts)),
            Kind::Dimensions(sides) => call("dimensions", &all(sides)),
            Kind::Union(parts) => call("union", &all(parts)),
            Kind::Intersection(parts) => call("intersection", &all(parts)),
            Kind::SetDifference(from, removed) => call("without", &[from, removed]),
            Kind::List(_, items) => call("list", &all(items)),
            Kind::Choice(letter, inner) => match inner {
                Some(inner) => format!("option({letter}, {})", self.node(inner)),
                None => format!("option({letter})"),
            },
        }
    }
}

fn sign(relation: Relation) -> &'static str {
    match relation {
        Relation::Equal => "=",
        Relation::NotEqual => "≠",
        Relation::Less => "<",
        Relation::LessEqual => "≤",
        Relation::Greater => ">",
        Relation::GreaterEqual => "≥",
        Relation::Approximate => "≈",
        Relation::In => "∈",
        Relation::NotIn => "∉",
        Relation::Congruent => "≡",
        Relation::NotCongruent => "≢",
        Relation::Other(sign) => sign_name(sign),
    }
}

fn sign_name(sign: Sign) -> &'static str {
    match sign {
        Sign::To => "→",
        Sign::MapsTo => "↦",
        Sign::Implies => "⇒",
        Sign::Iff => "⇔",
        Sign::Parallel => "∥",
        Sign::Divides => "∣",
        Sign::DividesNot => "∤",
        Sign::Perpendicular => "⊥",
        Sign::Similar => "∼",
        Sign::Congruent => "≅",
        Sign::Subset => "⊂",
        Sign::SubsetOrEqual => "⊆",
        Sign::Proportional => "∝",
    }
}

fn link_name(link: Link) -> &'static str {
    match link {
        Link::Equal => "=",
        Link::NotEqual => "≠",
        Link::Less => "<",
        Link::AtMost => "≤",
        Link::Greater => ">",
        Link::AtLeast => "≥",
        Link::Approximate => "≈",
        Link::In => "∈",
        Link::NotIn => "∉",
        Link::Congruent => "≡",
        Link::NotCongruent => "≢",
        Link::Sign(sign) => sign_name(sign),
    }
}

fn shape_name(shape: Shape) -> &'static str {
    match shape {
        Shape::Modulo => "mod",
        Shape::Congruent => "congruent",
        Shape::Equal => "equal",
        Shape::Unequal => "unequal",
        Shape::Related(sign) => sign_name(sign),
        Shape::Ordered => "ordered",
        Shape::Less => "<",
        Shape::AtMost => "≤",
        Shape::Chain => "chain",
        Shape::Link(link) => link_name(link),
        Shape::Piecewise => "piecewise",
        Shape::Case => "case",
        Shape::Dimensions => "dimensions",
        Shape::Power => "power",
        Shape::Union => "union",
        Shape::Intersection => "intersection",
        Shape::Without => "without",
        Shape::Complement => "complement",
        Shape::Subset => "subset",
        Shape::SetBuilder => "set-builder",
        Shape::Either => "either",
    }
}

fn unit(unit: &Unit) -> String {
    match unit {
        Unit::Percent => "percent".to_owned(),
        Unit::Noun(words) => format!("{words:?}"),
        Unit::Ordinal => "ordinal".to_owned(),
        Unit::Measure(measure) => {
            let bases: Vec<String> = measure
                .dimension
                .iter()
                .map(|(base, power)| match power {
                    1 => (*base).to_owned(),
                    power => format!("{base}^{power}"),
                })
                .collect();
            format!("{} {}", measure.factor, bases.join(" "))
        }
    }
}

fn number(quantity: &Quantity) -> String {
    match &quantity.unit {
        None => quantity.expr.to_string(),
        Some(known) => format!("{} × {}", quantity.expr, unit(known)),
    }
}

fn interval(part: &Interval) -> String {
    let end = |bound: &Bound, closed: &'static str, open: &'static str| {
        if bound.closed { closed } else { open }
    };
    let (low, high) = (&part.low, &part.high);
    format!("{}{}, {}{}", end(low, "[", "("), low.at, high.at, end(high, "]", ")"))
}

/// A meaning in words and normal form.
pub(crate) fn meaning(value: &Value) -> String {
    let all = |items: &[Value]| items.iter().map(meaning).collect::<Vec<_>>().join(", ");
    let union = |intervals: &[Interval]| {
        let parts: Vec<String> = intervals.iter().map(interval).collect();
        if parts.is_empty() { "{}".to_owned() } else { parts.join(" ∪ ") }
    };
    match value {
        Value::Quantity(quantity) => number(quantity),
        Value::Grouped(both) => format!("{} or the list {}", number(&both.0), all(&both.1)),
        Value::Text(words) => format!("the words {words:?}"),
        Value::Formula(formula) => {
            let models: Vec<String> =
                formula.models().map(|letters| format!("{{{letters}}}")).collect();
            let letters: String = formula.letters().iter().collect();
            format!("the formula in {letters:?} that {} make true", models.join(" "))
        }
        Value::Truth(true) => "yes".to_owned(),
        Value::Truth(false) => "no".to_owned(),
        Value::Choice(letter, None) => format!("option {letter}"),
        Value::Choice(letter, Some(inner)) => format!("option {letter}: {}", meaning(inner)),
        Value::Mark(number) => format!("statement {number}"),
        Value::Tuple(Brackets::Round, items) => format!("({})", all(items)),
        Value::Tuple(Brackets::Square, items) => format!("[{}]", all(items)),
        Value::List(items) => format!("the list {}", all(items)),
        Value::Set(items) => format!("{{{}}}", all(items)),
        Value::Permutations(items) => format!("({}) and its permutations", all(items)),
        Value::Reals(reals) => union(reals.intervals()),
        Value::Spread(intervals) => union(intervals),
        Value::Numbers(numbers, part) => format!("{}{}", part_name(*part), numbers_name(*numbers)),
        Value::Named(named) => {
            let known: Vec<&str> = named.names.iter().map(|name| &name.text[..]).collect();
            format!("{} := {}", known.join(", "), meaning(&named.value))
        }
        Value::Identified(names) => names.join(" = "),
        Value::Equation(equation) => format!("{} = 0, up to a factor", equation.difference),
        Value::Disequation(expr) => format!("{expr} ≠ 0, up to a factor"),
        Value::Inequality(expr, Strictness::Strict) => {
            format!("{expr} > 0, up to a positive factor")
        }
        Value::Inequality(expr, Strictness::Weak) => format!("{expr} ≥ 0, up to a positive factor"),
        Value::Matrix(columns, cells) => {
            let rows: Vec<String> = cells
                .chunks((*columns).max(1))
                .map(|row| row.iter().map(number).collect::<Vec<_>>().join(", "))
                .collect();
            format!("the matrix [{}]", rows.join("; "))
        }
        Value::Ratio(parts) => {
            parts.iter().map(ToString::to_string).collect::<Vec<_>>().join(" : ")
        }
        Value::Time(time) => {
            let parts: Vec<String> = time.parts.iter().map(|part| format!("{part:02}")).collect();
            let half = match time.afternoon {
                Some(true) => " p.m.",
                Some(false) => " a.m.",
                None => "",
            };
            format!("the time {}{half}", parts.join(":"))
        }
        Value::Weekday(day) => format!("day {day} of the week"),
        Value::Date(parts) => {
            let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
            format!("the date {}", parts.join("-"))
        }
        Value::Numeral(digits, base) => format!("{digits} in base {base}"),
        Value::Ellipsis => "…".to_owned(),
        Value::Structure(kind, parts) if parts.is_empty() => shape_name(*kind).to_owned(),
        Value::Structure(kind, parts) => format!("{}({})", shape_name(*kind), all(parts)),
        Value::Noted(inner) => {
            let notes: Vec<String> = inner
                .notes()
                .iter()
                .map(|note| match note.kind {
                    NoteKind::Part(ordinal) => format!("part {ordinal}"),
                    NoteKind::Domain(Quantifier::Some) => {
                        format!("domain (for some): {}", meaning(&note.body))
                    }
                    kind => format!("{}: {}", note_name(kind), meaning(&note.body)),
                })
                .collect();
            format!("{} [{}]", meaning(inner.value()), notes.join("; "))
        }
    }
}

fn numbers_name(numbers: Numbers) -> &'static str {
    match numbers {
        Numbers::Naturals => "ℕ",
        Numbers::Integers => "ℤ",
        Numbers::Rationals => "ℚ",
        Numbers::Complexes => "ℂ",
        Numbers::Primes => "the primes",
    }
}

fn part_name(part: Part) -> &'static str {
    match part {
        Part::All => "",
        Part::Positive => "the positive of ",
        Part::Negative => "the negative of ",
        Part::NotNegative => "the not negative of ",
        Part::NotPositive => "the not positive of ",
        Part::NotZero => "all but 0 of ",
        Part::Even => "the even of ",
        Part::Odd => "the odd of ",
    }
}
