//! Functions of an integer by its residues: `2 \text{ if } 3 \mid n \text{ and } 0 \text{ otherwise}`.

use super::{Equivalence, is_equal, weakest};
use crate::Reason;
use crate::canonical::{Expr, Rational};
use crate::value::{Numbers, Part, Shape, Value};

/// The largest modulus whose residues are looked at one by one.
const MOST_RESIDUES: i64 = 60;

/// The values of a function of an integer, and where each holds.
struct Cases<'v> {
    variable: &'v str,
    pieces: Vec<(&'v Value, Classes)>,
}

/// Residues of one modulus.
struct Classes {
    modulus: i64,
    residues: Vec<i64>,
}

impl Classes {
    fn contains(&self, number: i64) -> bool {
        self.residues.contains(&number.rem_euclid(self.modulus))
    }
}

impl Equivalence<'_> {
    /// Whether two functions have the same value at every integer, where each case is a set of residues.
    pub(super) fn by_residues(&mut self, a: &[Value], b: &[Value]) -> Option<Reason> {
        let (gold, answer) = (Cases::of(a)?, Cases::of(b)?);
        let moduli = gold.pieces.iter().chain(&answer.pieces).map(|(_, classes)| classes.modulus);
        let mut common = 1;
        for modulus in moduli {
            common = least_common_multiple(common, modulus);
            if common > MOST_RESIDUES {
                return Some(Reason::Unproved);
            }
        }
        if gold.variable != answer.variable {
            return None;
        }
        let mut whole = Reason::Exact;
        for residue in 0..common {
            let found = match (gold.at(residue), answer.at(residue)) {
                (None, None) => continue,
                (Some(ours), Some(theirs)) => self.values(ours, theirs),
                // Nobody says that there is such a number.
                _ => Reason::Unproved,
            };
            if !is_equal(found) {
                return Some(found);
            }
            whole = weakest(whole, found);
        }
        Some(whole)
    }
}

impl<'v> Cases<'v> {
    /// Cases that are classes of one letter, or `otherwise` in the last.
    fn of(parts: &'v [Value]) -> Option<Self> {
        let mut variable = None;
        let mut pieces: Vec<(&Value, Classes)> = Vec::with_capacity(parts.len());
        for (at, part) in parts.iter().enumerate() {
            let Value::Structure(Shape::Case, pair) = part else { return None };
            let [value, condition] = &pair[..] else { return None };
            let classes = match condition {
                Value::Named(named) => {
                    let [name] = &named.names[..] else { return None };
                    if *variable.get_or_insert(&*name.text) != name.text {
                        return None;
                    }
                    classes(&named.value)?
                }
                // All integers, of which the cases before come first.
                Value::Text(words) if words == "otherwise" && at + 1 == parts.len() => {
                    Classes { modulus: 1, residues: vec![0] }
                }
                _ => return None,
            };
            pieces.push((value, classes));
        }
        Some(Self { variable: variable?, pieces })
    }

    /// The value at the numbers of a residue.
    fn at(&self, residue: i64) -> Option<&'v Value> {
        let piece = self.pieces.iter().find(|(_, classes)| classes.contains(residue));
        piece.map(|&(value, _)| value)
    }
}

/// The residues that a condition names.
fn classes(condition: &Value) -> Option<Classes> {
    let whole = |part: &Value| {
        let number = part.as_expr().and_then(Expr::as_rational).filter(|it| it.is_integer());
        number.and_then(Rational::to_i64)
    };
    match condition {
        Value::Numbers(Numbers::Integers, Part::Even) => {
            Some(Classes { modulus: 2, residues: vec![0] })
        }
        Value::Numbers(Numbers::Integers, Part::Odd) => {
            Some(Classes { modulus: 2, residues: vec![1] })
        }
        Value::Structure(Shape::Modulo, parts) => {
            let [residue, modulus] = &parts[..] else { return None };
            let modulus = whole(modulus).filter(|modulus| (1..=MOST_RESIDUES).contains(modulus))?;
            Some(Classes { modulus, residues: vec![whole(residue)?.rem_euclid(modulus)] })
        }
        Value::List(items) => {
            let mut all = classes(items.first()?)?;
            for item in &items[1..] {
                let mut one = classes(item)?;
                if one.modulus != all.modulus {
                    return None;
                }
                all.residues.append(&mut one.residues);
            }
            Some(all)
        }
        _ => None,
    }
}

fn least_common_multiple(a: i64, b: i64) -> i64 {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    a / x * b
}
