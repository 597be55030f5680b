//! Training error against sequences seen: what the assignment of the long time lag asks for.

use super::bundle::{self, Part, bundle, curves};
use super::training::trainings;
use super::trials::trials;
use super::{longest, smooth};
use crate::figure::model::{Axis, Figure, Guide, Range};
use crate::task::TaskChoice;
use crate::train::{Comparison, RunLog};

/// The fraction of recent training sequences answered wrongly against the number of sequences seen,
/// with the error of a guess as a line.
pub fn error_by_sequences(comparison: &Comparison, logs: &[&RunLog]) -> Figure {
    let batch = comparison.batch as f64;
    let trainings = trainings(comparison, logs);
    let error = |log: &RunLog| {
        let means = smooth::means(&log.right).into_iter();
        means.map(|[step, right]| [(step + 1.0) * batch, 1.0 - right]).collect()
    };
    let window = smooth::window(longest(logs) as usize) * comparison.batch;
    let mut notes =
        vec![format!("The part of the last {window} training sequences answered wrongly.")];
    notes.extend(bundle::note(comparison));
    notes.extend(super::at_most(trials(comparison, logs).sentences, 6));
    let seen = longest(logs) as f64 * batch;
    let range = if seen > 0.0 { Range::Fixed(0.0, seen) } else { Range::Auto };
    let x = Axis { range, ..Axis::moments("training sequences seen") };
    let y = Axis { range: Range::Fixed(0.0, 1.0), ..Axis::linear("fraction wrong") };
    Figure {
        series: bundle(curves(&trainings, error), Part::WHOLE),
        guides: chance(&comparison.task).into_iter().collect(),
        notes,
        ..Figure::new("error", "Training error", x, y)
    }
}

/// The error of a guess among the answers that are possible.
fn chance(task: &TaskChoice) -> Option<Guide> {
    let (wrong, label) = match task {
        TaskChoice::LongLag(_) => (0.5, "chance: x or y?"),
        TaskChoice::FirstZero(_) => (0.5, "chance"),
        TaskChoice::Mnist1d(_) => (0.9, "chance: one of ten"),
        TaskChoice::RunningMean(_) | TaskChoice::Echo(_) => return None,
    };
    Some(Guide::Horizontal(wrong, label.to_owned()))
}
