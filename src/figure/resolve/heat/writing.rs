//! Values as text in the cells of a heat map.

use super::grid::Lane;
use super::shade::Shade;
use crate::figure::model::Heat;
use crate::figure::number::number;
use crate::figure::resolve::Extent;

/// Text takes up at most this part of a cell's width, and of its height.
const FILL: [f64; 2] = [0.86, 0.66];

/// What to write into the cells.
#[derive(Clone, Debug, PartialEq)]
pub struct Writing {
    /// Width and height of the smallest cell, in drawing coordinates.
    pub cell: [f64; 2],
    /// One entry for each visible cell with a value other than zero.
    pub texts: Vec<Text>,
}

/// The text of one cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// Middle of the cell, in drawing coordinates.
    pub at: [f64; 2],
    /// Its value, whole numbers in full and others to three digits.
    pub value: String,
    /// What it is written on.
    pub shade: Shade,
}

impl Writing {
    /// Writes what is visible on the axes `x` and `y`.
    pub(super) fn new(
        heat: &Heat,
        [columns, rows]: [&Lane; 2],
        axes: [&Extent; 2],
        bar: &Extent,
    ) -> Self {
        let [x, y] = axes.map(|axis| [axis.lo, axis.hi]);
        let cells = rows.middles(y).flat_map(|(row, up)| {
            columns.middles(x).map(move |(column, right)| (row, column, [right, up]))
        });
        let texts = cells.filter_map(|(row, column, at)| {
            let value = heat.value(row, column);
            (value != 0.0).then(|| Text { at, value: short(value), shade: Shade::of(value, bar) })
        });
        Self { cell: [columns.narrowest(), rows.narrowest()], texts: texts.collect() }
    }

    /// The largest size of text that fits into a cell of `cell` wide and high, if the widest text is
    /// `widest` times its size wide.
    pub fn size(&self, cell: [f64; 2], widest: f64) -> f64 {
        let [across, upward] = [FILL[0] * cell[0] / widest.max(1e-3), FILL[1] * cell[1]];
        across.min(upward)
    }
}

/// A value in few characters.
fn short(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e6 { value.to_string() } else { number(value, 3) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::model::{Axis, Figure};

    fn written(values: Vec<f64>, x: Axis) -> Writing {
        let color = Axis::linear("count");
        let heat = Heat { x: vec![0.0, 1.0], y: vec![0.0, 1.0], values, color, written: true };
        let figure = Figure { heat: Some(heat), ..Figure::new("map", "", x, Axis::linear("y")) };
        figure.resolve().heat.unwrap().writing.unwrap()
    }

    #[test]
    fn cells_hold_their_values_except_zeros() {
        let writing = written(vec![0.0, 1234.0, 0.123_456, f64::NAN], Axis::linear("x"));
        let found: Vec<_> = writing.texts.iter().map(|text| (text.at, &*text.value)).collect();
        assert_eq!(found, [([1.0, 0.0], "1234"), ([0.0, 1.0], "0.123"), ([1.0, 1.0], "NaN")]);
        assert_eq!(writing.texts[2].shade, Shade::NotANumber);
        assert_eq!(writing.cell, [1.0, 1.0]);
    }

    #[test]
    fn what_is_out_of_sight_is_not_written() {
        let range = crate::figure::Range::Fixed(0.5, 1.5);
        let writing = written(vec![1.0, 2.0, 3.0, 4.0], Axis { range, ..Axis::linear("x") });
        let found: Vec<_> = writing.texts.iter().map(|text| &*text.value).collect();
        assert_eq!(found, ["2", "4"]);
    }

    #[test]
    fn text_fits_its_cell_both_ways() {
        let writing = written(vec![1.0; 4], Axis::linear("x"));
        let [wide, high] = [writing.size([100.0, 20.0], 2.0), writing.size([20.0, 100.0], 2.0)];
        assert!(wide <= 20.0 && wide > 10.0, "{wide}");
        assert!(2.0 * high <= 20.0 && high > 5.0, "{high}");
    }
}
