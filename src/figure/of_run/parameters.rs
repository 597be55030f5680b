//! How large the gradient and the update of each parameter are through training.

use super::{end, training_steps};
use crate::figure::model::{Axis, Color, Figure, Series, Stroke};
use crate::train::{Contender, ParameterNorms, RunLog};

/// Colours that are told apart; further parameters are dashed, then dotted.
const COLORS: usize = 8;
const STROKES: [Stroke; 3] = [Stroke::Solid, Stroke::Dashed, Stroke::Dotted];

/// The figures `parameter-gradients` (‖∂L/∂θ‖ of the training batch) and `parameter-updates` (‖Δθ‖)
/// against the training step, a line a parameter. `names` are those of the network, in its order.
pub fn parameter_norms(contender: &Contender, log: &RunLog, names: &[String]) -> [Figure; 2] {
    [
        figure(
            "parameter-gradients",
            format!("{}: gradient of each parameter", contender.name),
            "‖∂L/∂θ‖",
            |series| series.grad,
            log,
            names,
        ),
        figure(
            "parameter-updates",
            format!("{}: update of each parameter", contender.name),
            "‖Δθ‖",
            |norms| norms.update,
            log,
            names,
        ),
    ]
}

fn figure(
    name: &'static str,
    title: String,
    label: &str,
    norm: impl Fn(&ParameterNorms) -> f32,
    log: &RunLog,
    names: &[String],
) -> Figure {
    let line = |(n, parameter): (usize, &String)| {
        let at = |snapshot: &crate::train::Snapshot| {
            let norms = snapshot.parameters.get(n)?;
            Some([snapshot.step as f64, f64::from(norm(norms))])
        };
        let points = log.snapshots.iter().filter_map(at).collect();
        let stroke = STROKES[n / COLORS % STROKES.len()];
        Series { stroke, ..Series::line(parameter.clone(), Color::Category(n % COLORS), points) }
    };
    let series = names.iter().enumerate().map(line).collect();
    Figure { series, ..Figure::new(name, title, training_steps(end(log)), Axis::log(label)) }
}
