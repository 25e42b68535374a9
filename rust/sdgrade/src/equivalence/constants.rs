//! Constants of integration, which each side may name in its own way.

use super::named::{takes_as_many, with_fresh_parameters};
use super::{Equivalence, is_equal, weakest};
use crate::Reason;
use crate::canonical::{self, Expr, Function, Symbol};
use crate::value::Value;
use std::collections::BTreeSet;

/// The most constants that are tried in every order.
const MOST_CONSTANTS: usize = 4;

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
        self.arbitrary_solutions(gold, answer).or_else(|| self.renamed_constants(gold, answer))
    }

    fn arbitrary_solutions(&mut self, gold: &Value, answer: &Value) -> Option<Reason> {
        match (gold, answer) {
            // `The general solution is y = Ce^x`
            (Value::Noted(_), _) | (_, Value::Noted(_)) => {
                let found = self.general_solutions(gold.parts().0, answer.parts().0)?;
                let said = self.notes(gold, answer);
                Some(weakest(found, said))
            }
            (Value::Quantity(a), Value::Quantity(b)) => {
                let found = self.arbitrary_constants(&a.expr, &b.expr)?;
                // The constant may take in the factor between two units.
                Some(if a.unit == b.unit { found } else { Reason::Unproved })
            }
            // `y = Ce^{2x}` and `y(t) = C_1e^{2t}`
            (Value::Named(a), Value::Named(b)) if a.same_names(b) && takes_as_many(a, b) => {
                if a.parameters.len() == b.parameters.len() {
                    self.general_solutions(&with_fresh_parameters(a), &with_fresh_parameters(b))
                } else {
                    self.general_solutions(&a.value, &b.value)
                }
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

    /// Whether two equations are equal once the constants of one have the names of the other's. Only `C` for `c` is
    /// surely one constant; under other names either may be given.
    fn renamed_constants(&mut self, gold: &Value, answer: &Value) -> Option<Reason> {
        let (ours, theirs) = (constants_of_equation(gold)?, constants_of_equation(answer)?);
        if ours.is_empty() || ours.len() != theirs.len() || ours.len() > MOST_CONSTANTS {
            return None;
        }
        for order in super::note::orders(theirs.len()) {
            let pairs: Vec<_> = order.iter().map(|&at| &theirs[at]).zip(&ours).collect();
            let name_of = |name: &Symbol| {
                let (_, renamed) = pairs.iter().find(|(theirs, _)| *theirs == name)?;
                Some(Expr::variable((*renamed).clone()))
            };
            let found = self.values(gold, &answer.clone().rename(&name_of));
            if is_equal(found) {
                let is_other_case =
                    |(theirs, ours): &(&Symbol, &Symbol)| other_case(theirs) == **ours;
                let same = one_case(&ours) && one_case(&theirs) && pairs.iter().all(is_other_case);
                return Some(if same { found } else { Reason::Unproved });
            }
        }
        None
    }

    pub(super) fn name_ignored(&self, found: Reason) -> Reason {
        let (granted, denied) = (self.policy.ignore_name, Reason::DifferentName);
        Self::lenient(granted, found, Reason::NameIgnored, denied)
    }

    /// Whether two general solutions are equal once the constants of one have the names of the other's: `Ce^{2x}` and
    /// `C_1e^{2x}`, `c_1e^x + c_2e^{-x}` and `c_1e^{-x} + c_2e^x`. Where a lone constant has another letter, or other
    /// letters are given as well, it may be given too, and that is left open.
    fn arbitrary_constants(&mut self, gold: &Expr, answer: &Expr) -> Option<Reason> {
        if let Some(found) = self.antiderivatives(gold, answer) {
            return Some(found);
        }
        if !depends_on_transcendental(gold) {
            return None;
        }
        let (ours, theirs) = (self.constants(gold), self.constants(answer));
        let count = ours.names.len();
        let usual = [ours.usual(), theirs.usual()];
        if count == 0 || theirs.names.len() != count || usual == [false, false] {
            return None;
        }
        if count > MOST_CONSTANTS {
            return Some(Reason::Unproved);
        }
        let arbitrary = !ours.beside_given && (count > 1 || usual == [true, true]);
        for order in super::note::orders(count) {
            let name_of = |name: &Symbol| {
                let at = theirs.names.iter().position(|constant| constant == name)?;
                Some(Expr::variable(ours.names[order[at]].clone()))
            };
            let renamed = answer.replace(&name_of);
            let decision = canonical::equal(gold, &renamed, self.budget);
            let found = self.decided(decision);
            if is_equal(found) {
                return Some(if arbitrary { found } else { Reason::Unproved });
            }
        }
        None
    }

    /// The constants of integration in a solution. Each is a factor of a term at most, not as in `e^{Ct}`.
    fn constants(&mut self, solution: &Expr) -> Constants {
        let (names, others): (Vec<_>, Vec<_>) =
            solution.variables().into_iter().partition(|name| {
                may_be_constant(name)
                    && canonical::coefficients(solution, name, self.budget)
                        .is_ok_and(|coefficients| coefficients.len() <= 2)
            });
        Constants { names, beside_given: others.len() > 1 }
    }

    /// `\sin^2 x + C` and `-\cos^2 x + C`: two antiderivatives, which differ by a constant. Another letter than `C`
    /// may be one that is given.
    fn antiderivatives(&mut self, gold: &Expr, answer: &Expr) -> Option<Reason> {
        let ((ours, a), (theirs, b)) = (without_constant(gold)?, without_constant(answer)?);
        let apart = Expr::difference(a, b);
        let mut letters = apart.variables();
        let by = letters.pop_first()?;
        if !letters.is_empty() {
            return None;
        }
        let slope = canonical::derivative(&apart, &by, self.budget).ok()?;
        let decision = canonical::equal(&slope, &Expr::integer(0), self.budget);
        let found = self.decided(decision);
        let usual = [&ours, &theirs].into_iter().all(|name| !matches!(name.as_str(), "K" | "k"));
        is_equal(found).then_some(if usual { found } else { Reason::Unproved })
    }
}

/// The constant of integration that is added to an antiderivative, and the rest.
fn without_constant(expr: &Expr) -> Option<(Symbol, Expr)> {
    let Expr::Sum(terms) = expr else { return None };
    let mut constants = terms.iter().filter_map(|term| match term {
        Expr::Variable(name) if is_added(name) => Some(name),
        _ => None,
    });
    let (Some(constant), None) = (constants.next(), constants.next()) else { return None };
    let rest: Vec<Expr> =
        terms.iter().filter(|term| **term != Expr::variable(constant.clone())).cloned().collect();
    let rest = Expr::sum(rest);
    (!rest.variables().contains(constant)).then(|| (constant.clone(), rest))
}

/// Whether a name is one of those of a constant that is added.
fn is_added(name: &Symbol) -> bool {
    matches!(
        name.as_str(),
        "C" | "c" | "K" | "k" | "C'" | "C_0" | "C_1" | "c_1" | "const" | "constant"
    )
}

/// The constants of integration in a solution.
struct Constants {
    names: Vec<Symbol>,
    /// Whether there are more letters than the one of the argument.
    beside_given: bool,
}

impl Constants {
    /// Whether the names are those that only constants of integration have.
    fn usual(&self) -> bool {
        self.names.iter().all(|name| name.as_str().starts_with(['C', 'c']))
    }
}

/// The constants of an equation that has no other letters but those of variables, in the order of letters.
fn constants_of_equation(value: &Value) -> Option<Vec<Symbol>> {
    let own: BTreeSet<Symbol> = match value {
        Value::Named(named) => {
            named.names.iter().flat_map(|name| &name.expr).flat_map(Expr::variables).collect()
        }
        Value::Equation(_) => BTreeSet::new(),
        _ => return None,
    };
    let letters = match value {
        Value::Named(named) => named.value.variables(),
        other => other.variables(),
    };
    let (constants, variables): (Vec<_>, Vec<_>) = letters.into_iter().partition(may_be_constant);
    let is_variable = |name: &Symbol| {
        matches!(name.as_str(), "x" | "y" | "z" | "t" | "u" | "v" | "s" | "r" | "theta")
    };
    let plain = variables.iter().all(|name| is_variable(name) || own.contains(name));
    let free = !constants.iter().any(|name| own.contains(name));
    (plain && free && !variables.is_empty()).then_some(constants)
}

/// Whether constants are all written `C`, or all `c`.
fn one_case(constants: &[Symbol]) -> bool {
    let all = |letter: char| constants.iter().all(|name| name.as_str().starts_with(letter));
    all('C') || all('c')
}

/// `c_1` for `C_1`, and the other way round.
fn other_case(name: &Symbol) -> Symbol {
    let (letter, index) = name.as_str().split_at(1);
    let letter = if letter == "C" { 'c' } else { 'C' };
    Symbol::new(&format!("{letter}{index}"))
}

/// Whether a letter is one of those that constants of integration have.
fn may_be_constant(name: &Symbol) -> bool {
    let (letter, index) = name.as_str().split_once('_').unwrap_or((name.as_str(), "1"));
    matches!(letter, "C" | "c" | "A" | "B" | "D" | "K" | "k")
        && matches!(index.as_bytes(), [b'0'..=b'9'])
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
