//! Matrices and vectors: small sums, products, powers and determinants.

use super::{Lowered, Lowering};
use crate::canonical::{self, Expr};
use crate::read::{Environment, Kind, Name, NodeId};
use crate::value::{Quantity, Value};

impl Lowering<'_> {
    pub(super) fn matrix(
        &mut self,
        id: NodeId,
        environment: Environment,
        columns: usize,
        cells: &[NodeId],
    ) -> Lowered<Value> {
        let values = self.values(cells)?;
        let cells: Option<Vec<Quantity>> = values.iter().map(as_cell).collect();
        match cells {
            Some(cells) if environment == Environment::Determinant => {
                self.determinant(id, columns, &exprs(&cells))
            }
            Some(cells) => Ok(Value::Matrix(columns, cells)),
            // An array of anything else is a list of lines.
            None if columns == 1 => Ok(super::note::listed(values)),
            None => self.meaningless(id),
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
            _ => self.meaningless(id),
        }
    }
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
