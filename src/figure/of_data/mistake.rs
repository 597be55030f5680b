//! Sequences that a network gets wrong.

use super::{by_step, common};
use crate::figure::model::{Axis, Color, Figure, Series};

/// Names of the figures; there are no more of them than names.
const NAMES: [&str; 12] = [
    "mistake-1",
    "mistake-2",
    "mistake-3",
    "mistake-4",
    "mistake-5",
    "mistake-6",
    "mistake-7",
    "mistake-8",
    "mistake-9",
    "mistake-10",
    "mistake-11",
    "mistake-12",
];

/// A sequence taken for one of another class.
#[derive(Clone, Debug, PartialEq)]
pub struct Mistake {
    /// Place in its data set, from 0.
    pub index: usize,
    /// Value by step.
    pub values: Vec<f32>,
    /// Its class.
    pub truth: usize,
    /// The class it is taken for.
    pub predicted: usize,
    /// Probability that the network gives the predicted class, from 0 to 1, if it is known.
    pub probability: Option<f64>,
}

/// A figure for each of the first twelve mistakes of `who`, all on the same axes. Behind the
/// sequence, faint, a `typical` one of the predicted class if there is one, to see what misled.
pub fn mistakes(who: &str, mistakes: &[Mistake], typical: &[(Vec<f32>, usize)]) -> Vec<Figure> {
    let shown = &mistakes[..mistakes.len().min(NAMES.len())];
    let sequences = shown.iter().map(|mistake| mistake.values.as_slice());
    let behind = typical.iter().map(|(values, _)| values.as_slice());
    let value = Axis { range: common(sequences.chain(behind)), ..Axis::linear("value") };
    let figure = |(name, mistake): (&'static str, &Mistake)| {
        let Mistake { index, values, truth, predicted, probability } = mistake;
        let sure = probability.map(|part| format!(" ({:.0} %)", 100.0 * part)).unwrap_or_default();
        let number = index + 1;
        let title = format!("{who}, sequence {number}: {truth} taken for {predicted}{sure}");
        let line = Series::line(format!("true class {truth}"), Color::Category(0), by_step(values));
        let mut series = vec![line];
        if let Some((values, _)) = typical.iter().find(|(_, class)| class == predicted) {
            let name = format!("an example of class {predicted}");
            let line = Series::line(name, Color::Category(1), by_step(values));
            series.push(Series { ghost: true, ..line });
        }
        Figure { series, ..Figure::new(name, title, Axis::steps(), value.clone()) }
    };
    NAMES.into_iter().zip(shown).map(figure).collect()
}
