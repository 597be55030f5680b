//! Which class is taken for which.

use crate::figure::model::{Axis, CellText, Figure, Heat, Range};

/// The confusion matrix of a classifier called `who`: how often (`matrix[true][predicted]`) a
/// sequence of one class is taken for another, true classes from top to bottom. What is right lies
/// on the diagonal.
pub fn confusion(who: &str, matrix: &[Vec<u64>]) -> Figure {
    let classes = matrix.len();
    let count = |truth: usize, predicted: usize| matrix[truth].get(predicted).copied().unwrap_or(0);
    let cells = || (0..classes).flat_map(|row| (0..classes).map(move |column| (row, column)));
    let values: Vec<f64> = cells().map(|(row, column)| count(row, column) as f64).collect();
    let most = values.iter().copied().fold(1.0, f64::max);
    let positions: Vec<f64> = (0..classes).map(|class| class as f64).collect();
    let heat = Heat {
        x: positions.clone(),
        y: positions,
        values,
        color: Axis { range: Range::Fixed(0.0, most), integer: true, ..Axis::linear("sequences") },
        middle: None,
        blank: Vec::new(),
        text: CellText::Values,
    };

    let total: u64 = cells().map(|(row, column)| count(row, column)).sum();
    let right: u64 = (0..classes).map(|class| count(class, class)).sum();
    let mistakes = cells().filter(|(truth, predicted)| truth != predicted);
    let worst = mistakes.max_by_key(|&(row, column)| (count(row, column), std::cmp::Reverse(row)));
    let note = worst.map(|(row, column)| (count(row, column), row, column)).filter(|w| w.0 > 0);
    let class = |label: &str| Axis { integer: true, ..Axis::linear(label) };
    let truth = Axis { reversed: true, ..class("true class") };
    Figure {
        heat: Some(heat),
        notes: note.map(|worst| sentence(worst, total - right)).into_iter().collect(),
        ..Figure::new("confusion", title(who, right, total), class("predicted class"), truth)
    }
}

fn title(who: &str, right: u64, total: u64) -> String {
    if total == 0 {
        return format!("{who}: nothing classified yet");
    }
    let percent = 100.0 * right as f64 / total as f64;
    format!("{who}: {right} of {total} right ({percent:.1} %)")
}

fn sentence((times, truth, predicted): (u64, usize, usize), wrong: u64) -> String {
    format!("Most frequent mistake: {truth} taken for {predicted}, {times} of {wrong} wrong.")
}
