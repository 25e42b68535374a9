//! Looks for the columns of a file, and for what stands in them, by name.

use crate::files::header::{Columns, GRADES, Kind};
use crate::files::path::{Path, steps};
use crate::layouts::PARENTS;

/// Looks for columns by name.
pub(crate) struct Search<'f, F> {
    pub(crate) file: &'f F,
    pub(crate) names: Vec<&'f str>,
    pub(crate) graded_before: bool,
    /// What is no column is looked for within the objects of [`PARENTS`].
    pub(crate) within: bool,
}

impl<F: Columns> Search<'_, F> {
    /// The column of this name, else the only one whose name differs in case alone.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        let exact = self.names.iter().position(|column| *column == name);
        exact.or_else(|| self.column_in_other_case(name))
    }

    fn column_in_other_case(&self, name: &str) -> Option<usize> {
        let is_it = |column: &str| column != name && column.eq_ignore_ascii_case(name);
        let mut found = (0..self.names.len()).filter(|&column| is_it(self.names[column]));
        let column = found.next()?;
        found.next().is_none().then_some(column)
    }

    /// A path, where it leads somewhere.
    pub(crate) fn path(&self, text: &str) -> Option<Path> {
        let inside = |parent: &&str| self.path_from_column(&format!("{parent}.{text}"));
        self.path_from_column(text).or_else(|| {
            let mut found = PARENTS.iter().filter(|_| self.within).filter_map(inside);
            let path = found.next()?;
            found.next().is_none().then_some(path)
        })
    }

    /// A name with a dot is first looked up whole. Of a file that was graded before the grades are no
    /// input; a column that had such a name is kept as `input_<name>`.
    pub(crate) fn path_from_column(&self, text: &str) -> Option<Path> {
        let flat = |column: usize| Path::new(column, Vec::new(), self.names[column]);
        if self.graded_before && GRADES.contains(&text) {
            let kept = self.column(&format!("input_{text}"));
            return kept.or_else(|| self.column_in_other_case(text)).map(flat);
        }
        if let Some(column) = self.column(text) {
            return Some(flat(column));
        }
        if !text.contains(['.', '[']) {
            return None;
        }
        let mut way = steps(text);
        let root = way.remove(0);
        let column = self.column(&root)?;
        let text = format!("{}{}", self.names[column], &text[root.len()..]);
        let path = Path::new(column, way, &text);
        self.kind(&path).map(|_| path)
    }

    /// Whether a path leads through a list, to each of its items.
    pub(crate) fn through_list(&self, path: &Path) -> bool {
        (0..path.steps.len()).any(|end| {
            let is_list = self.file.is_list(path.column, &path.steps[..end]);
            is_list && path.steps[end].parse::<isize>().is_err()
        })
    }

    pub(crate) fn kind(&self, path: &Path) -> Option<Kind> {
        self.file.kind(path.column, &path.steps)
    }
}
