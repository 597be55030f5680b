//! How much is answered rightly while training goes on.

use super::bundle::{self, Part, bundle, curves};
use super::evaluation::{Clock, evaluated};
use super::training::trainings;
use super::{longest, smooth};
use crate::figure::model::{Axis, Figure, Range, Series, Stroke};
use crate::train::{Comparison, RunLog};

/// Accuracy in per cent. Where a training set is gone through in epochs: that of the batches of each
/// epoch (dashed) and that on the test set (solid) against the epoch. Else: a moving mean over
/// training batches against the training step, dashed beside the (balanced) accuracy on the task's
/// fixed set where that is evaluated.
pub fn accuracy(comparison: &Comparison, logs: &[&RunLog]) -> Figure {
    let clock = Clock::of(comparison);
    let trainings = trainings(comparison, logs);
    let mut notes: Vec<String> = Vec::new();
    let series: Vec<Series> = match clock.epoch {
        None => {
            let window = smooth::window(longest(logs) as usize);
            let recent = |log: &RunLog| percent(smooth::means(&log.right));
            let recent = curves(&trainings, recent);
            let fixed = curves(&trainings, |log| percent(on_the_set(log, &clock)));
            let training = format!(
                "the fraction of training sequences answered rightly, over the last {window} \
                 batches"
            );
            match comparison.task.set_name() {
                Some(set) if fixed.iter().any(|curve| !curve.points.is_empty()) => {
                    let name = comparison.task.accuracy_name();
                    notes.push(format!(
                        "Solid: {name} on {set}, the mean of the recalls of both classes; 50 % is a \
                         guess. Dashed: {training}."
                    ));
                    let dashed = Part { word: "training", stroke: Stroke::Dashed };
                    let solid = Part { word: name, ..Part::WHOLE };
                    [bundle(fixed, solid), bundle(recent, dashed)].concat()
                }
                Some(_) | None => {
                    notes.push(training.replacen("the", "The", 1) + ".");
                    bundle(recent, Part::WHOLE)
                }
            }
        }
        Some(_) => {
            notes.push(
                "Solid: on the test set. Dashed: on the batches of each epoch, while the network \
                 still learns from them."
                    .to_owned(),
            );
            let test = |log: &RunLog| percent(on_the_set(log, &clock));
            let training = |log: &RunLog| percent(clock.means(&log.right));
            let test = bundle(curves(&trainings, test), Part { word: "test", ..Part::WHOLE });
            let dashed = Part { word: "training", stroke: Stroke::Dashed };
            [test, bundle(curves(&trainings, training), dashed)].concat()
        }
    };
    notes.extend(bundle::note(comparison));
    let mut y = Axis::linear("accuracy (%)");
    if clock.epoch.is_none() {
        y.range = Range::Fixed(0.0, 104.0);
    }
    Figure {
        series,
        notes,
        ..Figure::new("accuracy", "Accuracy", clock.axis(comparison, longest(logs)), y)
    }
}

/// The accuracy at each evaluation.
fn on_the_set(log: &RunLog, clock: &Clock) -> Vec<[f64; 2]> {
    evaluated(log, clock, |score| score.right.unwrap_or(f64::NAN))
}

fn percent(points: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    points.into_iter().map(|[x, part]| [x, 100.0 * part]).collect()
}
