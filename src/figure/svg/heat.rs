//! The cells of a heat map, and its colour bar.

use std::collections::BTreeMap;

use super::canvas::{Anchor, Canvas, Pen};
use super::plot::{AXIS_TEXT, Frame, TICK, TICK_TEXT};
use crate::error::Result;
use crate::figure::font;
use crate::figure::model::Color;
use crate::figure::resolve::{Mosaic, Shade, Writing};
use crate::visible;

/// Space between plot and colour bar, and width of the bar, in units.
const GAP: f64 = 16.0;
const BAR: f64 = 20.0;
/// Height of the shade of cells without a place on the bar, and of the space above it, in units.
const SPECIAL: f64 = 20.0;
const APART: f64 = 9.0;

/// Smaller text in cells is left out, in units.
const LEAST_TEXT: f64 = 9.0;

/// A picture that takes more rectangles is drawn more coarsely: it would be slow and large.
const MOST_RECTANGLES: usize = 150_000;

/// Space right of the plot, in pixels.
pub(super) fn right_margin(mosaic: &Mosaic, unit: f64) -> f64 {
    (GAP + BAR + TICK + 8.0 + 2.4 * AXIS_TEXT) * unit + widest(mosaic, unit)
}

fn widest(mosaic: &Mosaic, unit: f64) -> f64 {
    let ticks = mosaic.bar.ticks.iter().map(|tick| tick.label.as_str());
    let labels = ticks.chain(mosaic.specials.iter().map(|(_, name)| *name));
    labels.map(|label| font::width(label, TICK_TEXT * unit)).fold(0.0, f64::max)
}

/// Draws the cells and, right of the frame, what their colours mean. `to` maps drawing coordinates
/// to pixels.
pub(super) fn draw(
    canvas: &Canvas<'_>,
    mosaic: &Mosaic,
    frame: Frame,
    unit: f64,
    to: impl Fn([f64; 2]) -> [f64; 2],
) -> Result<()> {
    let corners = [to([mosaic.x[0], mosaic.y[0]]), to([mosaic.x[1], mosaic.y[1]])];
    let low = [0, 1].map(|k| corners[0][k].min(corners[1][k]));
    let high = [0, 1].map(|k| corners[0][k].max(corners[1][k]));
    cells(canvas, mosaic, low, high);
    if let Some(writing) = &mosaic.writing {
        write(canvas, writing, unit, &to)?;
    }
    let left = frame.right() + GAP * unit;
    let foot = mosaic.specials.len() as f64 * (SPECIAL + APART) * unit;
    let height = (frame.height - foot).max(frame.height / 2.0);
    bar(canvas, mosaic, Frame { left, width: BAR * unit, height, ..frame }, unit)?;
    let mut top = frame.top + height;
    for (shade, name) in &mosaic.specials {
        top += APART * unit;
        let bottom = top + SPECIAL * unit;
        special(canvas, *shade, name, [left, top, left + BAR * unit, bottom], unit)?;
        top = bottom;
    }
    let beside = left + (BAR + TICK + 8.0 + AXIS_TEXT) * unit + widest(mosaic, unit);
    let at = [beside, frame.top + height / 2.0];
    let ink = canvas.theme.rgb(Color::Ink);
    let fits = |label: &str| font::width(label, AXIS_TEXT * unit) <= 1.15 * frame.height;
    canvas.text(&visible::cut(&mosaic.label, fits), at, AXIS_TEXT * unit, ink, Anchor::Upwards)
}

/// The values in their cells, unless they would be too small to read.
fn write(
    canvas: &Canvas<'_>,
    writing: &Writing,
    unit: f64,
    to: impl Fn([f64; 2]) -> [f64; 2],
) -> Result<()> {
    let (origin, corner) = (to([0.0, 0.0]), to(writing.cell));
    let cell = [0, 1].map(|k| (corner[k] - origin[k]).abs());
    let size = writing.size(cell, |line| font::width(line, 1.0)).min(TICK_TEXT * unit);
    if size < LEAST_TEXT * unit {
        return Ok(());
    }
    for text in &writing.texts {
        let ink = text.shade.rgb(canvas.theme).ink();
        let [x, y] = to(text.at);
        for (line, below) in text.placed() {
            canvas.text(line, [x, y + below * size], size, ink, Anchor::Center)?;
        }
    }
    Ok(())
}

/// All cells, those of one colour together, neighbours in a row as one rectangle.
fn cells(canvas: &Canvas<'_>, mosaic: &Mosaic, low: [f64; 2], high: [f64; 2]) {
    let mut grid = Grid { width: mosaic.width, shades: mosaic.shades.clone() };
    while grid.rows().flat_map(runs).count() > MOST_RECTANGLES {
        grid = grid.halved();
    }
    let count = [grid.width, grid.rows().count()];
    let edge = |k: usize, n: usize| low[k] + (high[k] - low[k]) * n as f64 / count[k] as f64;
    let mut colors: BTreeMap<Shade, Vec<[f64; 4]>> = BTreeMap::new();
    for (row, shades) in grid.rows().enumerate() {
        let mut start = 0;
        for run in runs(shades) {
            let end = start + run.len();
            let rectangle = [edge(0, start), edge(1, row), edge(0, end), edge(1, row + 1)];
            colors.entry(run[0]).or_default().push(rectangle);
            start = end;
        }
    }
    for (shade, rectangles) in colors {
        canvas.tiles(shade.rgb(canvas.theme), rectangles.into_iter());
    }
}

/// Shades row by row.
struct Grid {
    width: usize,
    shades: Vec<Shade>,
}

impl Grid {
    fn rows(&self) -> impl Iterator<Item = &[Shade]> {
        self.shades.chunks(self.width.max(1))
    }

    /// A quarter as many cells, each the strongest of four, so that peaks stay.
    fn halved(&self) -> Self {
        let rows: Vec<&[Shade]> = self.rows().collect();
        let mut shades = Vec::with_capacity(self.shades.len() / 4 + 1);
        for pair in rows.chunks(2) {
            let strongest = |column: usize| {
                let cells = pair.iter().flat_map(|row| row.iter().skip(column).take(2));
                cells.max().copied()
            };
            shades.extend((0..self.width).step_by(2).filter_map(strongest));
        }
        Self { width: self.width.div_ceil(2), shades }
    }
}

/// Stretches of one shade.
fn runs(row: &[Shade]) -> impl Iterator<Item = &[Shade]> {
    row.chunk_by(PartialEq::eq)
}

fn bar(canvas: &Canvas<'_>, mosaic: &Mosaic, frame: Frame, unit: f64) -> Result<()> {
    let Frame { left, top, height, .. } = frame;
    let (right, bottom) = (frame.right(), frame.bottom());
    for level in 0..=u8::MAX {
        let edge = |n: u16| bottom - height * f64::from(n) / 256.0;
        let strip = [left, edge(u16::from(level) + 1), right, edge(u16::from(level))];
        let shade = mosaic.shade_at(f64::from(level) / 255.0);
        canvas.tiles(shade.rgb(canvas.theme), std::iter::once(strip));
    }
    outline(canvas, [left, top, right, bottom], unit)?;
    let pen = Pen::new(canvas.theme.frame(), 1.4 * unit);
    for tick in &mosaic.bar.ticks {
        let y = bottom - mosaic.bar.fraction(tick.at) * height;
        let length = if tick.is_major() { TICK } else { 0.5 * TICK };
        canvas.line(&[[right, y], [right + length * unit, y]], &pen)?;
        name(canvas, &tick.label, [right, y], unit)?;
    }
    Ok(())
}

/// A patch of a shade that has no place on the bar, with its name.
fn special(
    canvas: &Canvas<'_>,
    shade: Shade,
    text: &str,
    edges: [f64; 4],
    unit: f64,
) -> Result<()> {
    let [_, top, right, bottom] = edges;
    canvas.tiles(shade.rgb(canvas.theme), std::iter::once(edges));
    outline(canvas, edges, unit)?;
    name(canvas, text, [right, top / 2.0 + bottom / 2.0], unit)
}

fn outline(canvas: &Canvas<'_>, [left, top, right, bottom]: [f64; 4], unit: f64) -> Result<()> {
    let corners = [[left, top], [right, top], [right, bottom], [left, bottom], [left, top]];
    canvas.line(&corners, &Pen::new(canvas.theme.frame(), 1.4 * unit))
}

fn name(canvas: &Canvas<'_>, text: &str, [right, y]: [f64; 2], unit: f64) -> Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    let ink = canvas.theme.rgb(Color::Ink);
    canvas.text(text, [right + (TICK + 6.0) * unit, y], TICK_TEXT * unit, ink, Anchor::Left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halving_keeps_what_is_strongest() {
        let mut shades = vec![Shade::Level(3); 15];
        (shades[1], shades[4], shades[12]) = (Shade::Level(9), Shade::NotANumber, Shade::Nothing);
        let grid = Grid { width: 5, shades }.halved();
        assert_eq!(grid.width, 3);
        let [three, nine] = [3, 9].map(Shade::Level);
        assert_eq!(grid.shades, [nine, three, Shade::NotANumber, three, three, three]);
    }
}
