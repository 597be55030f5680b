//! Values as text in the cells of a heat map.

use super::grid::Lane;
use super::shade::{Colors, Shade};
use crate::figure::model::{CellText, Heat};
use crate::figure::number::number;
use crate::figure::resolve::Extent;

/// Text takes up at most this part of a cell's width, and of its height.
const FILL: [f64; 2] = [0.86, 0.66];

/// What to write into the cells.
#[derive(Clone, Debug, PartialEq)]
pub struct Writing {
    /// Width and height of the smallest cell, in drawing coordinates.
    pub cell: [f64; 2],
    /// One entry for each visible cell with something to say.
    pub texts: Vec<Text>,
}

/// The text of one cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// Middle of the cell, in drawing coordinates.
    pub at: [f64; 2],
    /// What it says, a line each: its value, whole numbers in full and others to three digits, or
    /// a text of its own.
    pub lines: Vec<String>,
    /// What it is written on.
    pub shade: Shade,
}

impl Text {
    /// Distance from line to line in parts of the size of text.
    const LEADING: f64 = 1.3;

    /// Its lines, each with its distance below the middle of the cell in parts of the size of text.
    pub fn placed(&self) -> impl Iterator<Item = (&str, f64)> {
        let half = (self.lines.len() as f64 - 1.0) / 2.0;
        let below = move |n: usize| (n as f64 - half) * Self::LEADING;
        self.lines.iter().enumerate().map(move |(n, line)| (line.as_str(), below(n)))
    }
}

impl Writing {
    /// Writes what is visible on the axes `x` and `y`.
    pub(super) fn new(
        heat: &Heat,
        [columns, rows]: [&Lane; 2],
        axes: [&Extent; 2],
        scale: &Colors,
    ) -> Self {
        let [x, y] = axes.map(|axis| [axis.lo, axis.hi]);
        let cells = rows.middles(y).flat_map(|(row, up)| {
            columns.middles(x).map(move |(column, right)| (row, column, [right, up]))
        });
        let known = cells.filter(|(row, column, _)| !heat.is_blank(*row, *column));
        let texts = known.filter_map(|(row, column, at)| {
            let value = heat.value(row, column);
            let lines = match &heat.text {
                CellText::None => Vec::new(),
                CellText::Values if value == 0.0 => Vec::new(),
                CellText::Values => vec![short(value)],
                CellText::Texts(texts) => {
                    let text = texts.get(row * heat.x.len() + column);
                    text.into_iter().flat_map(|text| text.lines().map(str::to_owned)).collect()
                }
            };
            (!lines.is_empty()).then(|| Text { at, lines, shade: scale.shade(value) })
        });
        Self { cell: [columns.narrowest(), rows.narrowest()], texts: texts.collect() }
    }

    /// The largest size of text that fits into a cell of `cell` wide and high, if a line is
    /// `width(line)` times its size wide.
    pub fn size(&self, cell: [f64; 2], width: impl Fn(&str) -> f64) -> f64 {
        let lines = self.texts.iter().flat_map(|text| &text.lines);
        let widest = lines.map(|line| width(line)).fold(1e-3, f64::max);
        let most = self.texts.iter().map(|text| text.lines.len()).max().unwrap_or(1);
        let high = 1.0 + Text::LEADING * (most.max(1) as f64 - 1.0);
        (FILL[0] * cell[0] / widest).min(FILL[1] * cell[1] / high)
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
        let heat = Heat {
            text: CellText::Values,
            ..Heat::new(vec![0.0, 1.0], vec![0.0, 1.0], values, color)
        };
        let figure = Figure { heat: Some(heat), ..Figure::new("map", "", x, Axis::linear("y")) };
        figure.resolve().heat.unwrap().writing.unwrap()
    }

    #[test]
    fn cells_hold_their_values_except_zeros() {
        let writing = written(vec![0.0, 1234.0, 0.123_456, f64::NAN], Axis::linear("x"));
        let found: Vec<_> =
            writing.texts.iter().map(|text| (text.at, text.lines.join("|"))).collect();
        let expected = [([1.0, 0.0], "1234"), ([0.0, 1.0], "0.123"), ([1.0, 1.0], "NaN")];
        assert_eq!(found, expected.map(|(at, text)| (at, text.to_owned())));
        assert_eq!(writing.texts[2].shade, Shade::NotANumber);
        assert_eq!(writing.cell, [1.0, 1.0]);
    }

    #[test]
    fn what_is_out_of_sight_is_not_written() {
        let range = crate::figure::Range::Fixed(0.5, 1.5);
        let writing = written(vec![1.0, 2.0, 3.0, 4.0], Axis { range, ..Axis::linear("x") });
        let found: Vec<_> = writing.texts.iter().map(|text| text.lines[0].as_str()).collect();
        assert_eq!(found, ["2", "4"]);
    }

    #[test]
    fn text_fits_its_cell_both_ways() {
        let writing = written(vec![1.0; 4], Axis::linear("x"));
        let size = |cell| writing.size(cell, |_| 2.0);
        let [wide, high] = [size([100.0, 20.0]), size([20.0, 100.0])];
        assert!(wide <= 20.0 && wide > 10.0, "{wide}");
        assert!(2.0 * high <= 20.0 && high > 5.0, "{high}");
    }

    #[test]
    fn texts_of_several_lines_stand_about_the_middle() {
        let (x, y) = (vec![0.0, 1.0], vec![0.0]);
        let text = CellText::Texts(vec!["4 of 5\n1250".into(), String::new()]);
        let heat = Heat { text, ..Heat::new(x, y, vec![0.8, 0.0], Axis::linear("part")) };
        let axis = || Axis::linear("");
        let figure = Figure { heat: Some(heat), ..Figure::new("map", "", axis(), axis()) };
        let writing = figure.resolve().heat.unwrap().writing.unwrap();
        assert_eq!(writing.texts.len(), 1, "an empty text is none");
        let placed: Vec<(&str, f64)> = writing.texts[0].placed().collect();
        assert_eq!(placed, [("4 of 5", -0.65), ("1250", 0.65)]);
        let size = writing.size([100.0, 23.0], |line| line.len() as f64 * 0.5);
        assert!(2.3 * size <= 23.0 && size > 6.0, "{size}");
    }
}
