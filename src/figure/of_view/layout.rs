//! How the figures of views are to be seen, apart from what they show.

use serde::{Deserialize, Serialize};

use crate::flow::view::Gate;

/// What can be chosen about the figures of views.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Which unit stands on top in the maps of gates.
    pub sort: UnitSort,
    /// Time runs from right to left.
    pub reversed_time: bool,
}

/// The order of units in the map of a gate, from top to bottom. Each map is sorted by its own
/// numbers, those of the first sequence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UnitSort {
    /// By falling mean over time.
    #[default]
    Mean,
    /// As the network numbers them.
    Index,
    /// By falling fraction of time in which the unit is saturated, as in [`Kind::saturated`].
    ///
    /// [`Kind::saturated`]: crate::flow::view::Kind::saturated
    Saturation,
    /// By falling standard deviation over time.
    Change,
}

impl UnitSort {
    /// All of them, in the order of a menu.
    pub const ALL: [Self; 4] = [Self::Mean, Self::Index, Self::Saturation, Self::Change];

    /// What a menu calls it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Mean => "Mean",
            Self::Index => "Unit number",
            Self::Saturation => "Saturation",
            Self::Change => "Change",
        }
    }

    /// What it does, in a sentence.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Mean => "The unit with the largest mean over time on top.",
            Self::Index => "In the order of the weights, so that maps can be compared row by row.",
            Self::Saturation => {
                "The unit that is saturated most of the time on top: a gate below 0.1 or above 0.9, \
                 any other unit where its nonlinearity has less than a tenth of its slope."
            }
            Self::Change => "The unit that varies most over time (standard deviation) on top.",
        }
    }

    /// The name of the axis of units.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Mean => "unit, by mean over time",
            Self::Index => "unit",
            Self::Saturation => "unit, by time saturated",
            Self::Change => "unit, by change over time",
        }
    }

    /// The rows of [`Gate::values`] from top to bottom. Units of the same rank stay in the order of
    /// their numbers; one whose rank is NaN counts as infinite.
    pub fn rows(self, gate: &Gate) -> Vec<usize> {
        let mut rows: Vec<usize> = (0..gate.units.len()).collect();
        match self {
            // As the report has them.
            Self::Mean => {}
            Self::Index => rows.sort_by_key(|row| gate.units[*row]),
            Self::Saturation => sort(&mut rows, gate, |values| {
                values.iter().filter(|value| gate.kind.saturated(**value)).count() as f64
            }),
            Self::Change => sort(&mut rows, gate, deviation),
        }
        rows
    }
}

/// By falling rank of a unit's values.
fn sort(rows: &mut [usize], gate: &Gate, rank: impl Fn(&[f64]) -> f64) {
    let rank = |row: &usize| match rank(&gate.values[*row]) {
        nan if nan.is_nan() => f64::INFINITY,
        rank => rank,
    };
    rows.sort_by_cached_key(|row| gate.units[*row]);
    rows.sort_by(|a, b| rank(b).total_cmp(&rank(a)));
}

/// Standard deviation.
fn deviation(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::view::Kind;
    use crate::network::Nonlinearity;

    /// Units 0 to 4: held open, closed, swinging, slowly rising, and not a number.
    fn gate(kind: Kind) -> Gate {
        let values = [
            vec![0.95, 0.95, 0.95, 0.95],
            vec![0.05, 0.05, 0.05, 0.5],
            vec![0.2, 0.8, 0.2, 0.8],
            vec![0.4, 0.45, 0.5, 0.55],
            vec![f64::NAN, 0.5, 0.5, 0.5],
        ];
        let units = vec![4, 0, 2, 3, 1];
        let values = units.iter().map(|unit| values[*unit].clone()).collect();
        let (closed, open, flat) = (Vec::new(), Vec::new(), Vec::new());
        Gate { name: "f", kind, units, values, closed, open, flat }
    }

    #[test]
    fn units_are_sorted_by_what_was_asked_for() {
        let order = |sort: UnitSort, gate: &Gate| -> Vec<usize> {
            sort.rows(gate).into_iter().map(|row| gate.units[row]).collect()
        };
        let shut = gate(Kind::Gate);
        assert_eq!(order(UnitSort::Mean, &shut), [4, 0, 2, 3, 1]);
        assert_eq!(order(UnitSort::Index, &shut), [0, 1, 2, 3, 4]);
        assert_eq!(order(UnitSort::Saturation, &shut), [0, 1, 2, 3, 4]);
        assert_eq!(order(UnitSort::Change, &shut), [4, 2, 1, 3, 0]);
        // 0.95 is past the knee of tanh, 0.05 in its straight part.
        let unit = gate(Kind::Unit(Nonlinearity::Tanh));
        assert_eq!(order(UnitSort::Saturation, &unit), [0, 1, 2, 3, 4]);
        let mut swapped = unit;
        swapped.values.swap(1, 4);
        assert_eq!(order(UnitSort::Saturation, &swapped), [1, 0, 2, 3, 4]);
    }

    #[test]
    fn every_order_has_a_text_and_survives_a_file() {
        for sort in UnitSort::ALL {
            assert!(!sort.text().is_empty() && sort.explanation().ends_with('.'));
            let text = ron::to_string(&sort).unwrap();
            assert_eq!(ron::from_str::<UnitSort>(&text).unwrap(), sort);
        }
    }
}
