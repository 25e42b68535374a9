//! Matrices and vectors: small sums, products, powers and determinants.

use super::{Lowered, Lowering};
use crate::canonical::{self, Expr, Function};
use crate::read::{Environment, Kind, Name, NodeId};
use crate::value::{Quantity, Value};

/// The largest matrix that is inverted.
const LARGEST_INVERSE: usize = 4;

impl Lowering<'_> {
    pub(super) fn matrix(
        &mut self,
        id: NodeId,
        environment: Environment,
        columns: usize,
        cells: &[NodeId],
    ) -> Lowered<Value> {
        let values = self.values(cells)?;
        if self.choosing
            && let (1, [Some(all), Some(chosen)]) =
                (columns, &values.iter().map(Value::as_expr).collect::<Vec<_>>()[..])
        {
            let pair = vec![(*all).clone(), (*chosen).clone()];
            return Ok(Expr::function(Function::Binomial, pair).into());
        }
        let cells: Option<Vec<Quantity>> = values.iter().map(as_cell).collect();
        match cells {
            Some(cells) if environment == Environment::Determinant => {
                self.determinant(id, columns, &exprs(&cells))
            }
            Some(cells) => Ok(Value::Matrix(columns, cells)),
            // An array of anything else is a list of lines.
            None if columns == 1 => Ok(Value::listed(values)),
            None => self.meaningless(id),
        }
    }

    /// Whether columns of two are ways to choose: one stands before nothing but numbers, where a vector has its numbers
    /// before it; two stand side by side, where no two vectors do; or one is of letters that count.
    pub(super) fn counts_ways(&self, factors: &[NodeId]) -> bool {
        let (&[first, second, ..], 2..) = (factors, factors.len()) else { return false };
        let number = |id: NodeId| {
            matches!(self.tree.kind(id), Kind::Number(_))
                || matches!(self.tree.kind(id), Kind::Power(base, exponent)
                if [base, exponent].iter().all(|&id| matches!(self.tree.kind(id), Kind::Number(_) | Kind::Fraction(..))))
        };
        let letter = |id: NodeId, known: [char; 3]| matches!(self.tree.kind(id), Kind::Symbol(Name::Letter(letter)) if known.contains(&letter));
        let of_letters = |&id: &NodeId| match self.tree.kind(id) {
            Kind::Matrix(Environment::Matrix, 1, cells) => match *self.tree.children(cells) {
                [all, chosen] => letter(all, ['n', 'N', 'm']) && letter(chosen, ['k', 'r', 'j']),
                _ => false,
            },
            _ => false,
        };
        self.is_pair(first)
            && (factors[1..].iter().all(|&id| number(id) || self.is_pair(id))
                && !(self.is_pair(second) && self.is_dotted(first, second)))
            || factors.iter().any(of_letters)
    }

    /// Whether a node is a column of two numbers, the upper one not the smaller.
    pub(super) fn is_pair(&self, id: NodeId) -> bool {
        let whole = |id: NodeId| match self.tree.kind(id) {
            Kind::Number(_) => self.tree.numeral(id).parse::<u64>().ok(),
            _ => None,
        };
        match self.tree.kind(id) {
            Kind::Matrix(Environment::Matrix, 1, cells) => match *self.tree.children(cells) {
                [all, chosen] => match (whole(all), whole(chosen)) {
                    (Some(all), Some(chosen)) => all >= chosen,
                    _ => false,
                },
                _ => false,
            },
            _ => false,
        }
    }

    /// The `T` of `A^T`.
    pub(super) fn is_transposition(&self, exponent: NodeId) -> bool {
        matches!(
            self.tree.kind(exponent),
            Kind::Symbol(Name::Letter('T' | 't') | Name::Command("top"))
        )
    }

    pub(super) fn determinant(
        &mut self,
        id: NodeId,
        columns: usize,
        cells: &[Expr],
    ) -> Lowered<Value> {
        if columns * columns != cells.len() || columns > 5 {
            return self.meaningless(id);
        }
        // Each cell is copied once for every order of the rows and columns of its minor.
        let copies: u64 = (1..columns as u64).product();
        let nodes: u64 = cells.iter().map(Expr::nodes).sum();
        self.budget.spend(8 * copies.saturating_mul(nodes))?;
        Ok(determinant(columns, cells).into())
    }

    pub(super) fn matrix_product(
        &mut self,
        id: NodeId,
        a: (usize, &[Expr]),
        b: (usize, &[Expr]),
    ) -> Lowered<Value> {
        let (inner, left) = a;
        let (columns, right) = b;
        if inner * columns != right.len() || inner == 0 {
            return self.meaningless(id);
        }
        let mut cells = Vec::with_capacity(left.len() / inner * columns);
        for row in left.chunks(inner) {
            for column in 0..columns {
                let nodes: u64 = row.iter().map(Expr::nodes).sum();
                self.budget.spend(20 * inner as u64 + 20 * nodes)?;
                let terms = row
                    .iter()
                    .enumerate()
                    .map(|(at, cell)| {
                        Expr::product(vec![cell.clone(), right[at * columns + column].clone()])
                    })
                    .collect();
                let cell = Expr::sum(terms);
                // Entries are kept expanded, as products of products would grow without end.
                cells.push(canonical::normalise(&cell, self.budget)?.to_expr());
            }
        }
        Ok(Value::Matrix(columns, cells.into_iter().map(Quantity::from).collect()))
    }

    pub(super) fn matrix_power(
        &mut self,
        id: NodeId,
        columns: usize,
        cells: &[Quantity],
        exponent: NodeId,
    ) -> Lowered<Value> {
        let times = self.scalar(exponent)?;
        match times.as_rational().and_then(crate::canonical::Rational::to_i64) {
            Some(times @ 1..=16) if columns * columns == cells.len() => {
                let mut power = Value::Matrix(columns, cells.to_vec());
                let cells = exprs(cells);
                for _ in 1..times {
                    let Value::Matrix(_, left) = &power else { break };
                    power = self.matrix_product(id, (columns, &exprs(left)), (columns, &cells))?;
                }
                Ok(power)
            }
            Some(-1) if columns * columns == cells.len() && columns <= LARGEST_INVERSE => {
                self.inverse(id, columns, &exprs(cells))
            }
            _ => self.meaningless(id),
        }
    }

    /// By minors. A matrix whose determinant is not known to be a number other than zero has none here.
    fn inverse(&mut self, id: NodeId, columns: usize, cells: &[Expr]) -> Lowered<Value> {
        let nodes: u64 = cells.iter().map(Expr::nodes).sum();
        self.budget.spend(200 * nodes)?;
        let whole = canonical::normalise(&determinant(columns, cells), self.budget)?.to_expr();
        match whole.as_rational() {
            Some(number) if !number.is_zero() => {}
            _ => return self.meaningless(id),
        }
        let mut inverse = Vec::with_capacity(cells.len());
        for row in 0..columns {
            for column in 0..columns {
                // The minor without the row and column of the transposed place.
                let minor: Vec<Expr> = (0..cells.len())
                    .filter(|at| at / columns != column && at % columns != row)
                    .map(|at| cells[at].clone())
                    .collect();
                let minor = if minor.is_empty() {
                    Expr::integer(1)
                } else {
                    determinant(columns - 1, &minor)
                };
                let sign = if (row + column) % 2 == 0 { minor } else { Expr::negate(minor) };
                let cell = Expr::quotient(sign, whole.clone());
                inverse.push(canonical::normalise(&cell, self.budget)?.to_expr().into());
            }
        }
        Ok(Value::Matrix(columns, inverse))
    }

    /// `a \cdot b` of two columns.
    pub(super) fn dot(&mut self, a: &[Expr], b: &[Expr]) -> Lowered<Value> {
        let nodes: u64 = a.iter().chain(b).map(Expr::nodes).sum();
        self.budget.spend(4 * nodes)?;
        let terms =
            a.iter().zip(b).map(|(a, b)| Expr::product(vec![a.clone(), b.clone()])).collect();
        Ok(Expr::sum(terms).into())
    }

    /// `a \times b` of three numbers each.
    pub(super) fn cross(&mut self, id: NodeId, a: NodeId, b: NodeId) -> Lowered<Value> {
        let (first, second) = (self.value(a)?, self.value(b)?);
        let (Some(a), Some(b)) = (components(&first), components(&second)) else {
            return self.meaningless(id);
        };
        let nodes: u64 = a.iter().chain(&b).map(Expr::nodes).sum();
        self.budget.spend(8 * nodes)?;
        let minor = |i: usize, j: usize| {
            let down = Expr::product(vec![a[i].clone(), b[j].clone()]);
            let up = Expr::product(vec![a[j].clone(), b[i].clone()]);
            Expr::difference(down, up)
        };
        let cells = [minor(1, 2), minor(2, 0), minor(0, 1)];
        Ok(match first {
            Value::Matrix(..) => Value::Matrix(1, cells.map(Quantity::from).to_vec()),
            Value::Tuple(brackets, _) => Value::Tuple(brackets, cells.map(Value::from).to_vec()),
            _ => return self.meaningless(id),
        })
    }
}

/// The three components of a vector.
fn components(value: &Value) -> Option<[Expr; 3]> {
    let all: Vec<Expr> = match value {
        Value::Matrix(1, cells) => exprs(cells),
        Value::Tuple(_, items) => {
            items.iter().map(|item| item.as_expr().cloned()).collect::<Option<_>>()?
        }
        _ => return None,
    };
    all.try_into().ok()
}

/// A cell out of a value: a scalar, with its digits if it is a decimal.
fn as_cell(value: &Value) -> Option<Quantity> {
    match value {
        Value::Quantity(quantity) if quantity.unit.is_none() => Some(quantity.clone()),
        other => super::as_scalar(other.clone()).map(Quantity::from),
    }
}

/// The cells as expressions.
pub(super) fn exprs(cells: &[Quantity]) -> Vec<Expr> {
    cells.iter().map(|cell| cell.expr.clone()).collect()
}

pub(super) fn transposed(columns: usize, cells: &[Quantity]) -> Value {
    let rows = cells.len() / columns.max(1);
    let cells = (0..columns)
        .flat_map(|column| (0..rows).map(move |row| cells[row * columns + column].clone()))
        .collect();
    Value::Matrix(rows, cells)
}

/// By the first row; the size is at most five.
fn determinant(columns: usize, cells: &[Expr]) -> Expr {
    if columns == 1 {
        return cells[0].clone();
    }
    let terms = (0..columns)
        .map(|skipped| {
            let minor: Vec<Expr> = cells[columns..]
                .iter()
                .enumerate()
                .filter(|(at, _)| at % columns != skipped)
                .map(|(_, cell)| cell.clone())
                .collect();
            let term =
                Expr::product(vec![cells[skipped].clone(), determinant(columns - 1, &minor)]);
            if skipped % 2 == 1 { Expr::negate(term) } else { term }
        })
        .collect();
    Expr::sum(terms)
}
