//! Values with a letter that runs over the integers: `\frac{\pi}{6} + 2k\pi, k \in \mathbb{Z}`.
//!
//! Such a term stands for all its values, so `a + bk` and `c + dk` are the same wherever `d = ±b` and
//! `c - a` is a multiple of `b`, and `\frac{k\pi}{2}` is `k\pi` and `\frac{\pi}{2} + k\pi`. That holds for a
//! whole answer and for the items of a list of solutions, but not for the parts of a tuple, which share
//! the letter.

use super::family::{Family, Written};
use super::{Equivalence, is_equal, weakest};
use crate::Reason;
use crate::budget::Budget;
use crate::canonical::{self, Expr, Rational, Symbol};
use crate::value::Value;
use num_bigint::BigInt;

/// How many terms a progression may be cut into.
const MOST_PARTS: i64 = 60;

/// `first + step k` for all integers `k`.
struct Progression {
    first: Expr,
    step: Expr,
}

/// A term of an answer: one number, or those of a progression.
enum Term {
    Number(Expr),
    Progression(Progression),
}

impl Equivalence<'_> {
    /// The reason if two answers that differ letter by letter are the same progressions.
    pub(super) fn progressions(&mut self, gold: &Value, answer: &Value) -> Option<Reason> {
        let plain = |side: &Value| side.as_expr().is_some_and(Expr::is_constant);
        if [gold, answer].into_iter().any(plain) {
            return None;
        }
        let (ours, theirs) = (Family::of(gold)?, Family::of(answer)?);
        let runs = |family: &Family| {
            family.letter.is_some()
                || family.terms.iter().any(|term| matches!(term, Written::Residues { .. }))
        };
        if ![&ours, &theirs].into_iter().all(runs) {
            return None;
        }
        let reason = match (&ours.name, &theirs.name) {
            (Some(name), Some(other)) if name != other => return None,
            (None, None) | (Some(_), Some(_)) => Reason::Exact,
            _ => Self::lenient(
                self.policy.ignore_name,
                Reason::Exact,
                Reason::NameIgnored,
                Reason::DifferentName,
            ),
        };
        // Where only one side says that its letter runs over the integers, that is ignored.
        let reason = if ours.declared == theirs.declared {
            reason
        } else {
            Self::lenient(
                self.policy.ignore_domain,
                reason,
                Reason::DomainIgnored,
                Reason::UnmatchedNote,
            )
        };
        let (Some(golds), Some(answers)) = (self.terms(&ours), self.terms(&theirs)) else {
            // Letter by letter they differ, and yet may be the same numbers, as the squares of all integers are those
            // of the half of them.
            let whole = ours.least.is_none() || theirs.least.is_none();
            return (ours.declared && theirs.declared && whole).then_some(Reason::Unproved);
        };
        // `n \equiv 2 \pmod 4` says nothing of how far n goes, so it may be `4k + 2, k \ge 0`.
        let reason = match (ours.least, theirs.least) {
            (None, None) => reason,
            (Some(least), None)
                if theirs.said && !ours.is_half_line() && self.begins_at_zero(&golds, least) =>
            {
                self.half_ignored(reason)
            }
            (None, Some(least))
                if ours.said && !theirs.is_half_line() && self.begins_at_zero(&answers, least) =>
            {
                self.half_ignored(reason)
            }
            (Some(_), Some(_)) => {
                let found = self.same_halves((&ours, &golds), (&theirs, &answers))?;
                return Some(weakest(reason, found));
            }
            _ => return None,
        };
        if !ours.declared && !theirs.declared {
            return self.undeclared(&golds, &answers).map(|found| weakest(reason, found));
        }
        match self.same_terms(&golds, &answers) {
            Some(found) => Some(weakest(reason, found)),
            // `x \equiv 1 \pmod 2` and `x \equiv 1 \pmod 3` may be meant to hold at once.
            None if ours.has_several_moduli() || theirs.has_several_moduli() => {
                Some(Reason::Unproved)
            }
            None => None,
        }
    }

    /// Where nobody says that a letter runs over ℤ, multiples of π are taken for solutions: `k\pi` and `n\pi`.
    fn undeclared(&mut self, golds: &[Term], answers: &[Term]) -> Option<Reason> {
        for term in golds.iter().chain(answers) {
            if let Term::Progression(Progression { step, .. }) = term {
                self.quotient(step, &Expr::pi())?;
            }
        }
        let found = self.same_terms(golds, answers)?;
        Some(Self::lenient(
            self.policy.ignore_domain,
            found,
            Reason::DomainIgnored,
            Reason::UnmatchedNote,
        ))
    }

    /// Whether progressions that begin at a value of their letter leave out no number above zero of their class.
    fn begins_at_zero(&mut self, terms: &[Term], least: i64) -> bool {
        terms.iter().all(|term| {
            let Term::Progression(Progression { first, step }) = term else { return false };
            let begin = Expr::product(vec![step.clone(), Expr::integer(least)]);
            let begin = Expr::sum(vec![first.clone(), begin]);
            let whole = |expr: &Expr, budget: &mut Budget| {
                canonical::normalise(expr, budget).ok()?.as_rational()?.to_i64()
            };
            match (whole(&begin, self.budget), whole(step, self.budget)) {
                (Some(begin), Some(step)) => (0..=step).contains(&begin),
                _ => false,
            }
        })
    }

    /// Whether progressions that begin somewhere have the same beginnings and steps: `2k+1, k \ge 0` and `2n-1, n \ge
    /// 1`. Where a letter is of ℕ, which may begin at 0 or at 1, that is left open.
    fn same_halves(
        &mut self,
        (ours, golds): (&Family, &[Term]),
        (theirs, answers): (&Family, &[Term]),
    ) -> Option<Reason> {
        let mut open = None;
        for gold_least in ours.beginnings() {
            for answer_least in theirs.beginnings() {
                let mut gold = self.halves(golds, gold_least)?;
                let answer = self.halves(answers, answer_least)?;
                let same = gold.len() == answer.len()
                    && answer.iter().all(|half| {
                        let at = gold.iter().position(|other| other == half);
                        at.map(|at| gold.swap_remove(at)).is_some()
                    });
                if same && !ours.natural && !theirs.natural {
                    return Some(Reason::Exact);
                }
                if same {
                    open = Some(Reason::Unproved);
                }
            }
        }
        open
    }

    /// The first value and the step of each progression, from a value of its letter on.
    fn halves(&mut self, terms: &[Term], least: i64) -> Option<Vec<(Rational, Rational)>> {
        let mut found = Vec::with_capacity(terms.len());
        for term in terms {
            let Term::Progression(Progression { first, step }) = term else { return None };
            let begin = Expr::product(vec![step.clone(), Expr::integer(least)]);
            let begin = Expr::sum(vec![first.clone(), begin]);
            let mut number =
                |expr: &Expr| canonical::normalise(expr, self.budget).ok()?.as_rational();
            found.push((number(&begin)?, number(step)?));
        }
        Some(found)
    }

    fn half_ignored(&self, reason: Reason) -> Reason {
        let (granted, denied) = (self.policy.ignore_domain, Reason::UnmatchedNote);
        Self::lenient(granted, reason, Reason::DomainIgnored, denied)
    }

    /// The terms of a family; `None` where one is no progression.
    fn terms(&mut self, family: &Family) -> Option<Vec<Term>> {
        let mut all = Vec::with_capacity(family.terms.len());
        for term in &family.terms {
            match (term, &family.letter) {
                (Written::Residues { first, step }, _) => {
                    let (first, step) = (first.clone(), step.clone());
                    all.push(Term::Progression(Progression { first, step }));
                }
                (Written::Term(term), Some(letter)) if term.variables().contains(letter) => {
                    let whole = family.least.is_none();
                    match whole.then(|| self.by_parity(term, letter)).flatten() {
                        Some(halves) => {
                            for half in &halves {
                                all.push(self.progression(half, letter)?);
                            }
                        }
                        None => all.push(self.progression(term, letter)?),
                    }
                }
                (Written::Term(term), _) => all.push(Term::Number(term.clone())),
            }
        }
        Some(all)
    }

    fn progression(&mut self, term: &Expr, letter: &Symbol) -> Option<Term> {
        let coefficients = canonical::coefficients(term, letter, self.budget).ok()?;
        let [first, step] = <[Expr; 2]>::try_from(coefficients).ok()?;
        Some(Term::Progression(Progression { first, step }))
    }

    /// `(-1)^k a + k\pi` for even and for odd `k`.
    fn by_parity(&mut self, term: &Expr, letter: &Symbol) -> Option<[Expr; 2]> {
        let alternating = term.find(&|part| match part {
            Expr::Power(power) => {
                power.0 == Expr::integer(-1) && power.1.variables().contains(letter)
            }
            _ => false,
        })?;
        let Expr::Power(power) = alternating else { return None };
        let exponent = canonical::coefficients(&power.1, letter, self.budget).ok()?;
        let [Expr::Rational(first), Expr::Rational(step)] = &exponent[..] else { return None };
        let is_odd = |number: &Rational| Some(number.to_integer()?.bit(0));
        let (first, step) = (is_odd(first)?, is_odd(step)?);
        let half = |odd: bool| {
            let sign = if first ^ (odd && step) { -1 } else { 1 };
            let twice = Expr::product(vec![Expr::integer(2), Expr::variable(letter.clone())]);
            let place = Expr::sum(vec![twice, Expr::integer(odd.into())]);
            term.with(alternating, &Expr::integer(sign)).substitute(letter, &place)
        };
        Some([half(false), half(true)])
    }

    /// Whether the terms stand for the same numbers: progressions are cut to a common step.
    fn same_terms(&mut self, gold: &[Term], answer: &[Term]) -> Option<Reason> {
        let unit = gold.iter().chain(answer).find_map(|term| match term {
            Term::Progression(progression) => Some(progression.step.clone()),
            Term::Number(_) => None,
        })?;
        // Every step and every first value in units of one step.
        let common = self.common_step(gold, answer, &unit)?;
        let mut ours = self.residues(gold, &unit, &common)?;
        let mut theirs = self.residues(answer, &unit, &common)?;
        let mut numbers = [Vec::new(), Vec::new()];
        for (side, terms) in [gold, answer].into_iter().enumerate() {
            for term in terms {
                if let Term::Number(number) = term {
                    numbers[side].push(Value::from(number.clone()));
                }
            }
        }
        let found = self.unordered(&numbers[0], &numbers[1]);
        if !is_equal(found) || ours.len() != theirs.len() {
            return None;
        }
        while let Some(residue) = ours.pop() {
            let partner =
                theirs.iter().position(|other| self.whole_steps(&residue, other, &common))?;
            theirs.swap_remove(partner);
        }
        Some(found)
    }

    /// A step, in units, of which every progression's is a divisor.
    fn common_step(&mut self, gold: &[Term], answer: &[Term], unit: &Expr) -> Option<Rational> {
        let mut common = Rational::ONE;
        for term in gold.iter().chain(answer) {
            let Term::Progression(progression) = term else { continue };
            let ratio = self.quotient(&progression.step, unit)?.abs();
            common = least_common_multiple(&common, &ratio)?;
        }
        Some(common)
    }

    /// The first values of the terms, in units, once each is cut to the common step, without repetitions.
    fn residues(&mut self, terms: &[Term], unit: &Expr, common: &Rational) -> Option<Vec<Expr>> {
        let mut found: Vec<Expr> = Vec::new();
        for term in terms {
            let Term::Progression(Progression { first, step }) = term else { continue };
            let step = self.quotient(step, unit)?.abs();
            let parts = common.divide(&step)?.to_i64().filter(|&parts| parts <= MOST_PARTS)?;
            for part in 0..parts {
                let shift = Expr::product(vec![Expr::rational(step.clone()), Expr::integer(part)]);
                let residue = Expr::sum(vec![Expr::quotient(first.clone(), unit.clone()), shift]);
                if !found.iter().any(|other| self.whole_steps(&residue, other, common)) {
                    found.push(residue);
                }
            }
        }
        Some(found)
    }

    /// Whether two values are a whole number of steps apart.
    fn whole_steps(&mut self, a: &Expr, b: &Expr, step: &Rational) -> bool {
        let apart =
            Expr::quotient(Expr::difference(a.clone(), b.clone()), Expr::rational(step.clone()));
        canonical::normalise(&apart, self.budget).is_ok_and(|apart| apart.as_integer().is_some())
    }

    fn quotient(&mut self, a: &Expr, b: &Expr) -> Option<Rational> {
        let quotient = Expr::quotient(a.clone(), b.clone());
        let normal = canonical::normalise(&quotient, self.budget).ok()?;
        normal.as_rational().filter(|ratio| !ratio.is_zero())
    }
}

fn least_common_multiple(a: &Rational, b: &Rational) -> Option<Rational> {
    // lcm(p/q, r/s) = lcm(p, r) / gcd(q, s) for reduced fractions.
    let gcd = |mut a: BigInt, mut b: BigInt| {
        while b != BigInt::from(0) {
            (a, b) = (b.clone(), a % b);
        }
        a
    };
    let (p, r) = (a.numerator(), b.numerator());
    let multiple = &p / gcd(p.clone(), r.clone()) * &r;
    Rational::from_big(multiple, gcd(a.denominator(), b.denominator()))
}
