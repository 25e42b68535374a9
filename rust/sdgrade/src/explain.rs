//! A comparison in words, for a reader.

use crate::ast::{Children, Kind, NodeId, Relation, Span, Tree};
use crate::budget::Budget;
use crate::compare::{Failure, Side, sides};
use crate::lower::Halt;
use crate::value::{Bound, Brackets, Strictness, Unit, Value};
use crate::{Policy, parser};
use std::fmt::Write;

/// Explains a comparison to a reader: what was read, what was compared, the verdict and why.
///
/// Where a side could not be read, a caret marks the place.
#[must_use]
pub fn explain(gold: &str, answer: &str, policy: &Policy) -> String {
    let mut budget = Budget::new(policy.limits.work);
    let gold = Side::read(gold, policy, &mut budget);
    let answer = Side::read(answer, policy, &mut budget);
    let reason = sides(&gold, &answer, policy, &mut budget);
    let mut out = String::new();
    side(&mut out, "gold", &gold, policy);
    side(&mut out, "answer", &answer, policy);
    let _ = writeln!(out, "verdict: {} ({})", reason.verdict().as_str(), reason.as_str());
    out
}

fn side(out: &mut String, name: &str, side: &Side<'_>, policy: &Policy) {
    let text = side.bare();
    let _ = writeln!(out, "{name:<8} {text}");
    match &side.meaning {
        Ok(value) => {
            if let Ok((tree, root)) = parser::parse(&side.text, side.span, &policy.limits) {
                let _ = writeln!(
                    out,
                    "  read   {}",
                    Outline { tree: &tree, text: &side.text }.node(root)
                );
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
                Failure::Halt(Halt::Stop(_)) => (None, "the work budget or a limit was exceeded"),
            };
            if let Some(place) = place {
                caret(out, side, place);
            }
            let _ = writeln!(out, "  not read as mathematics: {why}");
        }
    }
}

/// Marks a place under the text.
fn caret(out: &mut String, side: &Side<'_>, at: Span) {
    let text = side.bare();
    if text.contains('\n') {
        return;
    }
    let start = at.start.saturating_sub(side.span.start) as usize;
    let end = at.end.saturating_sub(side.span.start) as usize;
    let before = text.get(..start).unwrap_or(text).chars().count();
    let width = text.get(start..end).map_or(1, |part| part.chars().count().max(1));
    let _ = writeln!(out, "         {}{}", " ".repeat(before), "^".repeat(width));
}

/// The syntax tree as nested calls.
struct Outline<'a> {
    tree: &'a Tree,
    text: &'a str,
}

impl Outline<'_> {
    fn node(&self, id: NodeId) -> String {
        let call = |name: &str, parts: &[NodeId]| {
            let parts: Vec<String> = parts.iter().map(|&part| self.node(part)).collect();
            format!("{name}({})", parts.join(", "))
        };
        let all = |children: Children| self.tree.children(children).to_vec();
        let source = || self.tree.span(id).of(self.text).to_owned();
        match self.tree.kind(id) {
            Kind::Number(_) | Kind::Vulgar(..) | Kind::Symbol(_) | Kind::Constant(_) => source(),
            Kind::Text(span) => format!("{:?}", span.of(self.text)),
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
            Kind::Annotated(inner, words) => {
                format!("unit({}, {:?})", self.node(inner), words.of(self.text))
            }
            Kind::Call(function, arguments) => {
                call(&format!("{function:?}").to_lowercase(), &all(arguments))
            }
            Kind::Apply(function, arguments) => call(&self.node(function), &all(arguments)),
            Kind::Modulo(inner, modulus) => call("mod", &[inner, modulus]),
            Kind::Series(kind, parts) => call(&format!("{kind:?}").to_lowercase(), &all(parts)),
            Kind::Delimited(open, close, inside) => {
                call(&format!("{open:?}-{close:?}").to_lowercase(), &all(inside))
            }
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
            Kind::Union(parts) => call("union", &all(parts)),
            Kind::Intersection(parts) => call("intersection", &all(parts)),
            Kind::SetDifference(from, removed) => call("without", &[from, removed]),
            Kind::List(_, items) => call("list", &all(items)),
            Kind::Conditioned(inner, condition) => call("given", &[inner, condition]),
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
        Relation::Other(name) => name,
    }
}

/// A meaning in words and normal form.
pub(crate) fn meaning(value: &Value) -> String {
    let all = |items: &[Value]| items.iter().map(meaning).collect::<Vec<_>>().join(", ");
    match value {
        Value::Quantity(quantity) => match &quantity.unit {
            None => quantity.expr.to_string(),
            Some(Unit::Percent) => format!("{} percent", quantity.expr),
            Some(Unit::Remark(words)) => format!("{} {words:?}", quantity.expr),
            Some(Unit::Measure(measure)) => {
                let units: Vec<String> = measure
                    .dimension
                    .iter()
                    .map(|(unit, power)| format!("{unit}^{power}"))
                    .collect();
                format!("{} × {} {}", quantity.expr, measure.factor, units.join(" "))
            }
        },
        Value::Text(words) => format!("the words {words:?}"),
        Value::Choice(letter, None) => format!("option {letter}"),
        Value::Choice(letter, Some(inner)) => format!("option {letter}: {}", meaning(inner)),
        Value::Tuple(Brackets::Round, items) => format!("({})", all(items)),
        Value::Tuple(Brackets::Square, items) => format!("[{}]", all(items)),
        Value::List(items) => format!("the list {}", all(items)),
        Value::Set(items) => format!("{{{}}}", all(items)),
        Value::Reals(reals) => {
            let end = |bound: &Bound, closed: &'static str, open: &'static str| {
                if bound.closed { closed } else { open }
            };
            let parts: Vec<String> = reals
                .intervals
                .iter()
                .map(|part| {
                    let (low, high) = (&part.low, &part.high);
                    format!("{}{}, {}{}", end(low, "[", "("), low.at, high.at, end(high, "]", ")"))
                })
                .collect();
            if parts.is_empty() { "{}".to_owned() } else { parts.join(" ∪ ") }
        }
        Value::Named(named) => {
            let known: Vec<&str> = named.names.iter().map(|name| &name.text[..]).collect();
            format!("{} := {}", known.join(", "), meaning(&named.value))
        }
        Value::Equation(expr) => format!("{expr} = 0, up to a factor"),
        Value::Disequation(expr) => format!("{expr} ≠ 0, up to a factor"),
        Value::Inequality(expr, Strictness::Strict) => {
            format!("{expr} > 0, up to a positive factor")
        }
        Value::Inequality(expr, Strictness::Weak) => format!("{expr} ≥ 0, up to a positive factor"),
        Value::Matrix(columns, cells) => {
            let rows: Vec<String> = cells
                .chunks((*columns).max(1))
                .map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
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
        Value::Numeral(digits, base) => format!("{digits} in base {base}"),
        Value::Ellipsis => "…".to_owned(),
        Value::Structure(kind, parts) => format!("{kind}({})", all(parts)),
    }
}
