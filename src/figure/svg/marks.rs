//! Curves, dots and the marks for numbers without a place.

use super::canvas::{Canvas, Pen};
use crate::error::Result;
use crate::figure::model::{Series, Stroke};
use crate::figure::resolve::{Curve, Flag, FlagKind, decimate};

/// Opacity of ghosts, and of raw numbers behind their smoothed curve.
const FAINT: f64 = 0.6;
const PALE: f64 = 0.3;

/// Opacity of the rim of what lies on a heat map.
const RIM: f64 = 0.8;

/// Width, in pixels, within which points of a line cannot be told apart.
const COLUMN: f64 = 0.5;

/// Lines with more points than this are drawn thinner, so that they do not fill the plot.
const MANY: usize = 250;

/// The pen of a series; `unit` is the size that everything follows.
pub(super) fn pen(canvas: &Canvas<'_>, series: &Series, unit: f64) -> Pen {
    let thin = if series.points.len() > MANY { 0.6 } else { 1.0 };
    let (opacity, width) = match (series.faint, series.ghost) {
        (true, _) => (PALE, 2.0),
        (false, true) => (FAINT, 2.0),
        (false, false) => (1.0, 2.6),
    };
    let color = canvas.theme.rgb(series.color);
    Pen { color, opacity, width: width * thin * unit, stroke: series.stroke }
}

/// Draws a series; `to` maps drawing coordinates to pixels.
pub(super) fn curve(
    canvas: &Canvas<'_>,
    series: &Series,
    curve: &Curve,
    unit: f64,
    to: impl Fn([f64; 2]) -> [f64; 2],
) -> Result<()> {
    let pen = pen(canvas, series, unit);
    for segment in &curve.segments {
        let points: Vec<[f64; 2]> = segment.iter().map(|p| to(*p)).collect();
        canvas.line(&decimate(&points, COLUMN), &pen)?;
    }
    for p in &curve.dots {
        dot(canvas, &pen, to(*p), unit)?;
    }
    Ok(())
}

/// A rim around lines and rings, so that they are seen on every colour of a heat map.
pub(super) fn rim(
    canvas: &Canvas<'_>,
    series: &Series,
    curve: &Curve,
    unit: f64,
    to: impl Fn([f64; 2]) -> [f64; 2],
) -> Result<()> {
    let pen = pen(canvas, series, unit);
    let width = pen.width + 3.0 * unit;
    let rim = Pen { opacity: RIM, ..Pen::new(canvas.theme.background(), width) };
    for segment in &curve.segments {
        let points: Vec<[f64; 2]> = segment.iter().map(|p| to(*p)).collect();
        canvas.line(&decimate(&points, COLUMN), &rim)?;
    }
    for p in curve.dots.iter().filter(|_| series.stroke == Stroke::Rings) {
        canvas.ring(to(*p), 10.0 * unit, &rim)?;
    }
    Ok(())
}

/// One data point in the manner of its series.
pub(super) fn dot(canvas: &Canvas<'_>, pen: &Pen, at: [f64; 2], unit: f64) -> Result<()> {
    match pen.stroke {
        Stroke::Solid | Stroke::Dashed | Stroke::Dotted => {
            canvas.disc(at, 1.6 * pen.width, pen.color, pen.opacity)
        }
        Stroke::Dots => canvas.disc(at, 5.0 * unit, pen.color, 0.85 * pen.opacity),
        Stroke::Rings => canvas.ring(at, 10.0 * unit, &Pen { width: 2.2 * unit, ..*pen }),
    }
}

/// A mark at the edge of the plot: ▽ hollow, ▲ or ▼ filled, ×.
pub(super) fn flag(canvas: &Canvas<'_>, flag: &Flag, at: [f64; 2], unit: f64) -> Result<()> {
    let size = 8.0 * unit;
    let color = canvas.theme.rgb(flag.color);
    let opacity = if flag.ghost { FAINT } else { 1.0 };
    // Inside the frame, its tip or foot on the edge.
    let up = if flag.upward { 1.0 } else { -1.0 };
    let [x, y] = [at[0], at[1] + up * size];
    let corner = |dx: f64, dy: f64| [x + dx * size, y - up * dy * size];
    let triangle = [corner(-0.95, -0.8), corner(0.95, -0.8), corner(0.0, 0.95)];
    let pen = Pen { opacity, ..Pen::new(color, 2.2 * unit) };
    match flag.kind {
        FlagKind::Overflow => canvas.polygon(&triangle, color, opacity),
        FlagKind::Underflow => {
            canvas.polygon(&triangle, canvas.theme.background(), 1.0)?;
            canvas.line(&[triangle[0], triangle[1], triangle[2], triangle[0]], &pen)
        }
        FlagKind::NotANumber => {
            canvas.line(&[corner(-0.7, -0.7), corner(0.7, 0.7)], &pen)?;
            canvas.line(&[corner(-0.7, 0.7), corner(0.7, -0.7)], &pen)
        }
    }
}
