//! What each class looks like.

use super::{by_step, common};
use crate::figure::model::{Axis, Color, Figure, Series};

/// Names of the figures; there are no more of them than names.
const NAMES: [&str; 10] = [
    "class-0", "class-1", "class-2", "class-3", "class-4", "class-5", "class-6", "class-7",
    "class-8", "class-9",
];

/// A figure for each class from 0 to 9 that has an example, all on the same axes. The first example
/// of a class is drawn in full, further ones pale behind it: what varies within a class and what
/// stays.
pub fn gallery(examples: &[(Vec<f32>, usize)]) -> Vec<Figure> {
    let range = common(examples.iter().map(|(values, _)| values.as_slice()));
    let value = Axis { range, ..Axis::linear("value") };
    let figure = |(class, name): (usize, &'static str)| {
        let of_class = examples.iter().filter(|(_, found)| *found == class);
        let series: Vec<Series> = of_class
            .enumerate()
            .map(|(n, (values, _))| {
                let name = format!("example {}", n + 1);
                let line = Series::line(name, Color::Category(0), by_step(values));
                Series { faint: n > 0, ..line }
            })
            .collect();
        let title = format!("Class {class}");
        let figure = Figure::new(name, title, Axis::steps(), value.clone());
        (!series.is_empty()).then_some(Figure { series, ..figure })
    };
    NAMES.into_iter().enumerate().filter_map(figure).collect()
}
