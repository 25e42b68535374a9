//! Constants of integration, which each side may name in its own way.

use super::{Equivalence, is_equal};
use crate::Reason;
use crate::canonical::{self, Expr, Function, Symbol};
use crate::value::Value;

/// The most constants that are tried in every order.
const MOST_CONSTANTS: usize = 3;

/// The letters of what a solution of a differential equation depends on.
const ARGUMENTS: [&str; 6] = ["x", "t", "y", "r", "s", "theta"];

/// The constant of integration may be written `C` or `c`: `b` with the letter of `a`.
pub(super) fn same_constant(a: &Expr, b: &Expr) -> Option<Expr> {
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

impl Equivalence<'_> {
    /// Two whole answers, each a general solution. The constants of parts of an answer are those of its other parts.
    pub(super) fn general_solutions(&mut self, gold: &Value, answer: &Value) -> Option<Reason> {
        match (gold, answer) {
            (Value::Quantity(a), Value::Quantity(b)) if a.unit.is_none() && b.unit.is_none() => {
                self.arbitrary_constants(&a.expr, &b.expr)
            }
            (Value::Named(a), Value::Named(b))
                if a.same_names(b) && a.parameters == b.parameters =>
            {
                self.general_solutions(&a.value, &b.value)
            }
            (Value::Named(named), other @ Value::Quantity(_)) => {
                let found = self.general_solutions(&named.value, other)?;
                Some(self.name_ignored(found))
            }
            (other @ Value::Quantity(_), Value::Named(named)) => {
                let found = self.general_solutions(other, &named.value)?;
                Some(self.name_ignored(found))
            }
            _ => None,
        }
    }

    pub(super) fn name_ignored(&self, found: Reason) -> Reason {
        let (granted, denied) = (self.policy.ignore_name, Reason::DifferentName);
        Self::lenient(granted, found, Reason::NameIgnored, denied)
    }

    /// Whether two general solutions are equal once the constants of one have the names of the other's: `Ce^{2x}` and
    /// `C_1e^{2x}`, `c_1e^x + c_2e^{-x}` and `c_1e^{-x} + c_2e^x`. Where a lone constant has another letter, it may be
    /// one that is given, and that is left open.
    fn arbitrary_constants(&mut self, gold: &Expr, answer: &Expr) -> Option<Reason> {
        if gold.is_constant() || answer.is_constant() {
            return None;
        }
        if let Some(found) = self.antiderivatives(gold, answer) {
            return Some(found);
        }
        let (ours, theirs) = (Constants::of(gold)?, Constants::of(answer)?);
        if ours.names.len() != theirs.names.len() || ours.arguments != theirs.arguments {
            return None;
        }
        let usual = [ours.usual(), theirs.usual()];
        if usual == [false, false] || !depends_on_transcendental(gold) {
            return None;
        }
        // `e^{Ct}`: what is not a factor of a term is no constant of integration.
        for (solution, names) in [(gold, &ours.names), (answer, &theirs.names)] {
            for name in names {
                let coefficients = canonical::coefficients(solution, name, self.budget).ok()?;
                if coefficients.len() > 2 {
                    return None;
                }
            }
        }
        let several = ours.names.len() > 1;
        for order in super::note::orders(theirs.names.len()) {
            let name_of = |name: &Symbol| {
                let at = theirs.names.iter().position(|constant| constant == name)?;
                Some(Expr::variable(ours.names[order[at]].clone()))
            };
            let renamed = answer.replace(&name_of);
            let decision = canonical::equal(gold, &renamed, self.budget);
            let found = self.decided(decision);
            if is_equal(found) {
                return Some(if several || usual == [true, true] {
                    found
                } else {
                    Reason::Unproved
                });
            }
        }
        None
    }

    /// `\sin^2 x + C` and `-\cos^2 x + C`: two antiderivatives, which differ by a constant. Another letter than `C`
    /// may be one that is given.
    fn antiderivatives(&mut self, gold: &Expr, answer: &Expr) -> Option<Reason> {
        let ((ours, a), (theirs, b)) = (without_constant(gold)?, without_constant(answer)?);
        let apart = Expr::difference(a, b);
        let mut letters = apart.variables();
        let by = letters.pop_first().filter(|by| *by != ours && *by != theirs)?;
        if !letters.is_empty() {
            return None;
        }
        let slope = canonical::derivative(&apart, &by, self.budget).ok()?;
        let decision = canonical::equal(&slope, &Expr::integer(0), self.budget);
        let found = self.decided(decision);
        let usual = [&ours, &theirs].into_iter().all(|name| matches!(name.as_str(), "C" | "c"));
        is_equal(found).then_some(if usual { found } else { Reason::Unproved })
    }
}

/// The constant of integration that is added to an antiderivative, and the rest.
fn without_constant(expr: &Expr) -> Option<(Symbol, Expr)> {
    let Expr::Sum(terms) = expr else { return None };
    let mut constants = terms.iter().filter_map(|term| match term {
        Expr::Variable(name) if matches!(name.as_str(), "C" | "c" | "K" | "k") => Some(name),
        _ => None,
    });
    let (Some(constant), None) = (constants.next(), constants.next()) else { return None };
    let rest: Vec<Expr> =
        terms.iter().filter(|term| **term != Expr::variable(constant.clone())).cloned().collect();
    let rest = Expr::sum(rest);
    (!rest.variables().contains(constant)).then(|| (constant.clone(), rest))
}

/// The names of a solution.
struct Constants {
    names: Vec<Symbol>,
    arguments: Vec<Symbol>,
}

impl Constants {
    /// `None` where a name may be anything else.
    fn of(solution: &Expr) -> Option<Self> {
        let (names, arguments): (Vec<_>, Vec<_>) =
            solution.variables().into_iter().partition(|name| !ARGUMENTS.contains(&name.as_str()));
        let may_be = |name: &Symbol| {
            let (letter, index) = name.as_str().split_once('_').unwrap_or((name.as_str(), "1"));
            matches!(letter, "C" | "c" | "A" | "B" | "D" | "K" | "k")
                && matches!(index, "0" | "1" | "2" | "3")
        };
        let known = (1..=MOST_CONSTANTS).contains(&names.len())
            && !arguments.is_empty()
            && names.iter().all(may_be);
        known.then_some(Self { names, arguments })
    }

    /// Whether the names are those that only constants of integration have.
    fn usual(&self) -> bool {
        self.names.iter().all(|name| name.as_str().starts_with(['C', 'c']))
    }
}

/// Whether an expression has a function or an exponential of a letter, as solutions of differential equations have. In
/// `cx` the letter may be any factor, and in `\frac{c_1m_1+c_2m_2}{m_1+m_2}` each has its place.
fn depends_on_transcendental(expr: &Expr) -> bool {
    match expr {
        Expr::Sum(parts) | Expr::Product(parts) => parts.iter().any(depends_on_transcendental),
        Expr::Power(power) => !power.1.is_constant() || depends_on_transcendental(&power.0),
        Expr::Function(function, parts) => {
            !matches!(function, Function::Named(_)) && parts.iter().any(|part| !part.is_constant())
        }
        _ => false,
    }
}
