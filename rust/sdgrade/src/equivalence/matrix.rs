//! Matrices under other notations: a list of rows, the name of an identity matrix.

use crate::Reason;
use crate::canonical::Expr;
use crate::value::{Brackets, Quantity, Value};

/// The cells of a matrix that is written as a list of its rows.
pub(super) fn cells_of(rows: &[Value], columns: usize) -> Option<Vec<Quantity>> {
    let mut cells = Vec::new();
    for row in rows {
        let Value::Tuple(Brackets::Square, items) = row else { return None };
        if items.len() != columns {
            return None;
        }
        for item in items {
            let Value::Quantity(cell) = item else { return None };
            cells.push(cell.clone());
        }
    }
    Some(cells)
}

/// A matrix against `I_2`, or against `I` of its own size; `None` for any other name.
pub(super) fn against_identity(columns: usize, cells: &[Quantity], name: &Expr) -> Option<Reason> {
    let Expr::Variable(name) = name else { return None };
    let size = match name.as_str().strip_prefix(['I', 'E'])? {
        "" => columns,
        index => index.strip_prefix('_')?.parse().ok()?,
    };
    let is_unit = |(at, cell): (usize, &Quantity)| {
        cell.expr == Expr::integer(i64::from(at % (columns + 1) == 0))
    };
    let same = columns == size
        && cells.len() == columns * columns
        && cells.iter().enumerate().all(is_unit);
    Some(if same { Reason::Exact } else { Reason::DifferentValue })
}
