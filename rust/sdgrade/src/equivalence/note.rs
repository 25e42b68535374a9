//! Values with notes: what is said on both sides must agree, and what is said on one is ignored only
//! where a leniency allows that kind of note.

use super::domain::{half_of_integers, holds_among, is_implied, same_part, says_nothing_new};
use super::{Equivalence, is_equal, weakest};
use crate::canonical::{Expr, Symbol};
use crate::value::{Named, Note, NoteKind, Numbers, Part, Reals, Value};
use crate::{Reason, Verdict};
use std::collections::BTreeSet;

/// How many letters may be renamed at a time: their orders are tried.
const MOST_LETTERS: usize = 3;

/// Notes of one kind are held against each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Condition,
    Domain,
    Predicate,
    Counted,
    Remark,
    Explanation,
    Sentence,
    Step,
    Joined,
    Label,
    Part,
}

const CLASSES: [Class; 11] = [
    Class::Condition,
    Class::Domain,
    Class::Predicate,
    Class::Counted,
    Class::Remark,
    Class::Explanation,
    Class::Sentence,
    Class::Step,
    Class::Joined,
    Class::Label,
    Class::Part,
];

fn class(kind: NoteKind) -> Class {
    match kind {
        NoteKind::Condition => Class::Condition,
        NoteKind::Domain(_) => Class::Domain,
        NoteKind::Predicate => Class::Predicate,
        NoteKind::Counted => Class::Counted,
        NoteKind::Remark => Class::Remark,
        NoteKind::Explanation => Class::Explanation,
        NoteKind::Sentence => Class::Sentence,
        NoteKind::Step => Class::Step,
        NoteKind::Joined => Class::Joined,
        NoteKind::Label => Class::Label,
        NoteKind::Part(_) => Class::Part,
    }
}

impl Equivalence<'_> {
    /// Two values of which at least one has notes.
    pub(super) fn noted(&mut self, gold: &Value, answer: &Value) -> Reason {
        let found = self.among_integers(gold, answer);
        let direct = if is_subject(gold, answer) || is_subject(answer, gold) {
            // `Ann is the oldest` and `Ann`
            Reason::Unproved
        } else if found.verdict() == Verdict::Different {
            // `5 below zero`: words behind a number may make another number of it.
            let changed =
                |side: &Value| side.parts().1.iter().any(|note| note.kind == NoteKind::Predicate);
            let is_number = |side: &Value| matches!(side.parts().0, Value::Quantity(_));
            let numbers = is_number(gold) && is_number(answer);
            // Of other words another number may be the same.
            let otherwise = changed(gold) != changed(answer)
                || numbers && changed(gold) && self.notes(gold, answer) == Reason::UnmatchedNote;
            if numbers && otherwise { Reason::UnmatchedNote } else { found }
        } else {
            let said = self.notes(gold, answer);
            // What is said of the whole on one side, and of a part of it on the other.
            match (found, said) {
                (Reason::DomainIgnored, Reason::DomainIgnored) => Reason::UnmatchedNote,
                _ => weakest(found, said),
            }
        };
        if is_equal(direct) {
            return direct;
        }
        self.renamed(gold, answer).unwrap_or(direct)
    }

    /// The values without their notes; of a letter that one side says to be an integer, `n > 3` is `n \ge 4`.
    fn among_integers(&mut self, gold: &Value, answer: &Value) -> Reason {
        let (ours, theirs) = (gold.parts().0, answer.parts().0);
        let half = half_of_integers(gold, theirs).or_else(|| half_of_integers(answer, ours));
        if let Some(is_same) = half {
            return if is_same { self.name_ignored(Reason::Exact) } else { Reason::Unproved };
        }
        let found = self.values(ours, theirs);
        let integers =
            [gold, answer].into_iter().any(|side| holds_among(side, Value::is_of_integers));
        if !integers || is_equal(found) {
            return found;
        }
        let among = |part: Part| {
            let is_part = |set: &Value| *set == Value::Numbers(Numbers::Integers, part);
            [gold, answer].into_iter().all(|side| holds_among(side, is_part))
        };
        let ends = |reals: &Reals| match (among(Part::Odd), among(Part::Even)) {
            (false, false) => reals.of_integers(),
            (odd, _) => reals.of_parity(odd),
        };
        match (of_integers(ours, &ends), of_integers(theirs, &ends)) {
            (Some(ours), Some(theirs)) => self.values(&ours, &theirs),
            _ => found,
        }
    }

    /// Whether the two are equal once the letters that they declare have the same names.
    fn renamed(&mut self, gold: &Value, answer: &Value) -> Option<Reason> {
        let (ours, theirs) = (declared(gold.parts().1), declared(answer.parts().1));
        let (ours, theirs, one_sided) = match (ours.is_empty(), theirs.is_empty()) {
            (false, false) => (ours, theirs, false),
            (false, true) => {
                let theirs = undeclared(answer, ours.len())?;
                (ours, theirs, true)
            }
            (true, false) => {
                let ours = undeclared(gold, theirs.len())?;
                (ours, theirs, true)
            }
            (true, true) => return None,
        };
        if ours.len() != theirs.len() {
            return None;
        }
        if ours.len() > MOST_LETTERS {
            return Some(Reason::Unproved);
        }
        let same_letters = ours == theirs;
        let gold = with_parameters(gold, &ours);
        for order in orders(theirs.len()) {
            let theirs: Vec<Symbol> = order.iter().map(|&at| theirs[at].clone()).collect();
            let answer = with_parameters(answer, &theirs);
            let found = self.values(gold.parts().0, answer.parts().0);
            if !is_equal(found) {
                continue;
            }
            let said = self.notes(&gold, &answer);
            let found = weakest(found, said);
            if is_equal(found) {
                // `a - b` and `b - a`: the letters may be those of the question.
                return Some(if same_letters {
                    Reason::Unproved
                } else if one_sided {
                    Self::lenient(
                        self.policy.ignore_domain,
                        found,
                        Reason::DomainIgnored,
                        Reason::UnmatchedNote,
                    )
                } else {
                    found
                });
            }
        }
        None
    }

    /// Whether the notes of both sides agree, or may be ignored.
    pub(super) fn notes(&mut self, gold: &Value, answer: &Value) -> Reason {
        let mut whole = Reason::Exact;
        if tell_of_others(gold.parts().1, answer.parts().1) {
            return Reason::UnmatchedNote;
        }
        for kind in CLASSES {
            let of = |side: &Value| -> Vec<Note> {
                let all = side.parts().1;
                let said = all.iter().filter(|note| class(note.kind) == kind);
                said.filter(|note| !is_implied(note, all)).cloned().collect()
            };
            let (ours, theirs) = (of(gold), of(answer));
            let found = match (ours.is_empty(), theirs.is_empty()) {
                (true, true) => continue,
                (false, false) => self.same_notes(&ours, &theirs),
                (false, true) => self.one_sided(kind, &ours, gold),
                (true, false) => self.one_sided(kind, &theirs, answer),
            };
            whole = weakest(whole, found);
        }
        whole
    }

    /// Notes of one kind that only one side has.
    fn one_sided(&self, kind: Class, notes: &[Note], side: &Value) -> Reason {
        let (granted, found) = match kind {
            Class::Condition | Class::Predicate => return Reason::UnmatchedNote,
            // Of a derivation the last statement counts; a comma says neither `and` nor `or`.
            Class::Step | Class::Joined => return Reason::Exact,
            Class::Domain if !notes.iter().all(|note| says_nothing_new(note, side)) => {
                return Reason::UnmatchedNote;
            }
            Class::Counted => (self.policy.ignore_unit, Reason::UnitIgnored),
            Class::Domain => (self.policy.ignore_domain, Reason::DomainIgnored),
            Class::Remark | Class::Explanation => {
                (self.policy.ignore_remark && !self.notes_bind, Reason::RemarkIgnored)
            }
            Class::Sentence => (self.policy.ignore_sentence, Reason::SentenceIgnored),
            Class::Label | Class::Part => {
                (self.policy.ignore_label && !self.notes_bind, Reason::LabelIgnored)
            }
        };
        if granted { found } else { Reason::UnmatchedNote }
    }

    /// Notes of one kind, in any order.
    fn same_notes(&mut self, gold: &[Note], answer: &[Note]) -> Reason {
        if gold.len() != answer.len() {
            return Reason::UnmatchedNote;
        }
        let mut free: Vec<&Note> = answer.iter().collect();
        let mut whole = Reason::Exact;
        for note in gold {
            let mut nearest = Reason::UnmatchedNote;
            let partner = free.iter().position(|other| {
                let found = self.same_note(note, other);
                nearest = found;
                is_equal(found)
            });
            match partner {
                Some(at) => {
                    free.swap_remove(at);
                    whole = weakest(whole, nearest);
                }
                None if gold.len() == 1 => return nearest,
                None => return Reason::UnmatchedNote,
            }
        }
        whole
    }

    fn same_note(&mut self, gold: &Note, answer: &Note) -> Reason {
        match (gold.kind, answer.kind) {
            (NoteKind::Domain(ours), NoteKind::Domain(theirs)) if !ours.agrees(theirs) => {
                return Reason::UnmatchedNote;
            }
            (NoteKind::Part(ours), NoteKind::Part(theirs)) if ours != theirs => {
                return Reason::DifferentCondition;
            }
            _ => {}
        }
        if let (Value::Text(ours), Value::Text(theirs)) = (&gold.body, &answer.body) {
            return if ours == theirs { Reason::Exact } else { Reason::UnmatchedNote };
        }
        // Of other letters the same may follow.
        if let (Value::Named(ours), Value::Named(theirs)) = (&gold.body, &answer.body)
            && !ours.same_names(theirs)
        {
            return Reason::UnmatchedNote;
        }
        let found = self.elements(&gold.body, &answer.body);
        match found {
            // Another way to the same end.
            _ if gold.kind == NoteKind::Step && !is_equal(found) => Reason::UnmatchedNote,
            // `k \ge 1` of a letter that the other side says to be an integer.
            Reason::DifferentValue | Reason::DifferentKind
                if class(gold.kind) == Class::Domain && same_part(&gold.body, &answer.body) =>
            {
                if self.policy.ignore_domain {
                    Reason::DomainIgnored
                } else {
                    Reason::UnmatchedNote
                }
            }
            Reason::DifferentValue => Reason::DifferentCondition,
            Reason::Exact | Reason::NumericIdentity => found,
            _ if found.verdict() == Verdict::Undecided => found,
            // Nothing is ignored within a note, and two names may be bound to each other.
            _ => Reason::UnmatchedNote,
        }
    }
}

/// A relation to reals, or a set of them, with the ends that an integer sees.
fn of_integers(value: &Value, ends: &dyn Fn(&Reals) -> Option<Reals>) -> Option<Value> {
    match value {
        Value::Reals(reals) => ends(reals).map(Value::Reals),
        Value::Named(named) => {
            let Value::Reals(reals) = &named.value else { return None };
            let value = Value::Reals(ends(reals)?);
            Some(Value::Named(Box::new(Named { value, ..(**named).clone() })))
        }
        _ => None,
    }
}

/// Whether words are the subject of a sentence on the other side, whose value is words.
fn is_subject(words: &Value, sentence: &Value) -> bool {
    let (value, notes) = sentence.parts();
    matches!((words, value), (Value::Text(_), Value::Text(_)))
        && notes.iter().any(|note| note.kind == NoteKind::Sentence && note.body == *words)
}

/// Whether one side says in a label of what its value is, and the other in a sentence that it is of something else:
/// `radius 5` and `The diameter is 5`.
fn tell_of_others(gold: &[Note], answer: &[Note]) -> bool {
    let told = |notes: &[Note], kind: NoteKind| {
        notes.iter().find(|note| note.kind == kind).map(|note| note.body.clone())
    };
    let apart = |label: &[Note], sentence: &[Note]| match (
        told(label, NoteKind::Label),
        told(sentence, NoteKind::Sentence),
    ) {
        (Some(ours), Some(theirs)) => {
            told(label, NoteKind::Sentence).is_none()
                && told(sentence, NoteKind::Label).is_none()
                && ours != theirs
        }
        _ => false,
    };
    apart(gold, answer) || apart(answer, gold)
}

/// The letters that notes say a domain of, in the order of letters.
fn declared(notes: &[Note]) -> Vec<Symbol> {
    fn collect(body: &Value, found: &mut BTreeSet<Symbol>) {
        match body {
            Value::Named(named) => {
                for name in &named.names {
                    if let Some(Expr::Variable(symbol)) = &name.expr {
                        found.insert(symbol.clone());
                    }
                }
            }
            Value::List(items) => items.iter().for_each(|item| collect(item, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    for note in notes.iter().filter(|note| class(note.kind) == Class::Domain) {
        collect(&note.body, &mut found);
    }
    found.into_iter().collect()
}

/// The letters of a side that declares none, where they are as many and of those that stand for integers.
fn undeclared(value: &Value, count: usize) -> Option<Vec<Symbol>> {
    let letters: BTreeSet<Symbol> = value.variables();
    let inner = match value.parts().0 {
        Value::Named(named) => &named.value,
        inner => inner,
    };
    let named: Vec<Symbol> = match value.parts().0 {
        Value::Named(named) => named.value.variables().into_iter().collect(),
        _ => letters.into_iter().collect(),
    };
    // The letters of a tuple are its parameters, whatever they are called.
    if let (Value::Tuple(..), true) = (inner, named.len() == count) {
        return Some(named);
    }
    let found: Vec<Symbol> = named
        .into_iter()
        .filter(|letter| matches!(letter.as_str(), "i" | "j" | "k" | "l" | "m" | "n" | "s" | "t"))
        .collect();
    (found.len() == count).then_some(found)
}

fn with_parameters(value: &Value, letters: &[Symbol]) -> Value {
    value.clone().rename(&|name| {
        let place = letters.iter().position(|letter| letter == name)?;
        Symbol::parameter(place).map(Expr::variable)
    })
}

/// All orders of a few places.
pub(super) fn orders(count: usize) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for _ in 0..count {
        all = all
            .into_iter()
            .flat_map(|order: Vec<usize>| {
                (0..count)
                    .filter(|at| !order.contains(at))
                    .map(|at| [&order[..], &[at]].concat())
                    .collect::<Vec<_>>()
            })
            .collect();
    }
    all
}
