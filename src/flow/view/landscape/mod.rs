//! Where is the edge? Gradient growth over a grid of weight scales and of another number.
//!
//! For a random tanh network in the limit of many units, gradients vanish on one side of a line in the
//! plane of weight and bias scales and explode on the other: the edge of chaos (Sompolinsky et al. 1988,
//! Poole et al. 2016). A landscape shows where that line runs for the network at hand.

mod across;
#[cfg(test)]
mod edge_of_chaos;
mod growth;
mod surveyor;
#[cfg(test)]
mod tests;

pub use self::across::Across;
pub use self::growth::Growth;
pub use self::surveyor::Surveyor;
use super::super::question::Question;

/// Distances of the rows, and columns, measured one level after another.
const STRIDES: [usize; 4] = [8, 4, 2, 1];

/// Gradient growth by weight scale and another number, as far as it is measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Landscape {
    /// The question in whose neighbourhood this is.
    pub question: Question,
    /// What changes from row to row.
    pub across: Across,
    /// The weight scales of the columns, rising.
    pub weight_scales: Vec<f64>,
    /// The values of the rows, rising.
    pub values: Vec<f64>,
    /// Row by row, lowest first; `None` where nothing has been measured yet.
    pub cells: Vec<Option<Growth>>,
    /// Of the question itself.
    pub here: Option<Growth>,
}

impl Landscape {
    /// A cell, if it has been measured.
    pub fn cell(&self, row: usize, column: usize) -> Option<Growth> {
        if column >= self.weight_scales.len() {
            return None;
        }
        self.cells.get(row * self.weight_scales.len() + column).copied().flatten()
    }

    /// A cell, or the nearest one of a level whose cells stand for those around them.
    pub fn nearest(&self, row: usize, column: usize) -> Option<Growth> {
        let [rows, columns] = [self.values.len(), self.weight_scales.len()];
        let snapped = |at: usize, stride: usize, count: usize| {
            ((at + stride / 2) / stride * stride).min(count.saturating_sub(1))
        };
        let on_level = |stride: &usize| {
            self.cell(snapped(row, *stride, rows), snapped(column, *stride, columns))
        };
        STRIDES.iter().rev().find_map(on_level)
    }

    /// How many cells have been measured.
    pub fn measured(&self) -> usize {
        self.cells.iter().flatten().count()
    }

    /// Whether all cells have been measured.
    pub fn is_complete(&self) -> bool {
        self.cells.iter().all(Option::is_some)
    }

    /// Rows and columns, by index, of the finest level that is measured in full; none before the
    /// first is.
    pub fn finest(&self) -> [Vec<usize>; 2] {
        let level = |stride: &usize| {
            let [rows, columns] = self.level(*stride);
            let known =
                |row: &usize| columns.iter().all(|column| self.cell(*row, *column).is_some());
            rows.iter().all(known).then_some([rows.clone(), columns])
        };
        STRIDES.iter().rev().find_map(level).unwrap_or_default()
    }

    /// Rows and columns of a level: each `stride`th, and the last.
    fn level(&self, stride: usize) -> [Vec<usize>; 2] {
        [self.values.len(), self.weight_scales.len()].map(|count| {
            let inner = (0..count).step_by(stride);
            inner.chain(count.checked_sub(1).filter(|last| last % stride != 0)).collect()
        })
    }

    /// Row and column of each cell of a level that has not been measured, row by row.
    fn open(&self, stride: usize) -> Vec<[usize; 2]> {
        let [rows, columns] = self.level(stride);
        let cells = rows.iter().flat_map(|row| columns.iter().map(move |column| [*row, *column]));
        cells.filter(|[row, column]| self.cell(*row, *column).is_none()).collect()
    }

    /// The question of a cell.
    fn question_of(&self, [row, column]: [usize; 2]) -> Question {
        let question = self.across.set(&self.question, self.values[row]);
        Question { weight_scale: self.weight_scales[column], ..question }
    }
}
