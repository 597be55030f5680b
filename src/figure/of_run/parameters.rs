//! How large the gradient and the update of each parameter are through training.

use super::{end, training_steps};
use crate::figure::model::{Axis, Color, Figure, Series, Stroke};
use crate::train::{Comparison, Entry, ParameterNorms, RunLog};

/// Colours that are told apart; further parameters are dashed, then dotted.
const COLORS: usize = 8;
const STROKES: [Stroke; 3] = [Stroke::Solid, Stroke::Dashed, Stroke::Dotted];

/// The figures `parameter-gradients` (‖∂L/∂θ‖ of the training batch) and `parameter-updates` (‖Δθ‖)
/// of one training against its step, a line a parameter. `names` are those of the network, in its
/// order.
pub fn parameter_norms(
    comparison: &Comparison,
    entry: &Entry,
    log: &RunLog,
    names: &[String],
) -> [Figure; 2] {
    let who = comparison.label(entry);
    let x = || training_steps(comparison, end(log));
    let gradients = format!("{who}: gradient of each parameter");
    let updates = format!("{who}: update of each parameter");
    [
        Figure {
            series: lines(log, names, |norms| norms.grad),
            ..Figure::new("parameter-gradients", gradients, x(), Axis::log("‖∂L/∂θ‖"))
        },
        Figure {
            series: lines(log, names, |norms| norms.update),
            ..Figure::new("parameter-updates", updates, x(), Axis::log("‖Δθ‖"))
        },
    ]
}

fn lines(log: &RunLog, names: &[String], norm: impl Fn(&ParameterNorms) -> f32) -> Vec<Series> {
    let line = |(n, parameter): (usize, &String)| {
        let at = |snapshot: &crate::train::Snapshot| {
            let norms = snapshot.parameters.get(n)?;
            Some([snapshot.step as f64, f64::from(norm(norms))])
        };
        let points = log.snapshots.iter().filter_map(at).collect();
        let stroke = STROKES[n / COLORS % STROKES.len()];
        Series { stroke, ..Series::line(parameter.clone(), Color::Category(n % COLORS), points) }
    };
    names.iter().enumerate().map(line).collect()
}
