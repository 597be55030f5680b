//! Names of the series in rows under the title, never over the data.

use super::canvas::{Anchor, Canvas};
use super::marks;
use crate::error::Result;
use crate::figure::font;
use crate::figure::model::{Color, Figure, Series, Stroke};

/// Width of the sample beside a name, in units.
const SAMPLE: f64 = 40.0;
/// Space between sample and name, and between entries, in units.
const GAP: [f64; 2] = [8.0, 26.0];
/// Size of names, in units.
const TEXT: f64 = 18.0;
/// Height of a row, in units.
pub(super) const ROW: f64 = 29.0;

/// The series that get an entry, in rows that fit into `width` pixels.
pub(super) fn rows(figure: &Figure, width: f64, unit: f64) -> Vec<Vec<&Series>> {
    let mut entries: Vec<&Series> = Vec::new();
    for series in &figure.series {
        let named = !series.name.is_empty() && !series.faint;
        if named && !entries.iter().any(|entry| entry.name == series.name) {
            entries.push(series);
        }
    }
    // The present first, whatever lies behind it on the plot.
    entries.sort_by_key(|series| series.ghost);
    if entries.len() < 2 {
        return Vec::new();
    }
    let mut rows: Vec<Vec<&Series>> = Vec::new();
    let mut free = 0.0;
    for entry in entries {
        let wide = entry_width(entry, unit);
        match rows.last_mut() {
            Some(row) if wide <= free => row.push(entry),
            _ => {
                rows.push(vec![entry]);
                free = width + GAP[1] * unit;
            }
        }
        free -= wide;
    }
    rows
}

fn entry_width(series: &Series, unit: f64) -> f64 {
    font::width(&series.name, TEXT * unit) + (SAMPLE + GAP[0] + GAP[1]) * unit
}

/// Draws the rows from `top` downwards.
pub(super) fn draw(
    canvas: &Canvas<'_>,
    rows: &[Vec<&Series>],
    [left, top]: [f64; 2],
    unit: f64,
) -> Result<()> {
    for (n, row) in rows.iter().enumerate() {
        let y = top + (n as f64 + 0.5) * ROW * unit;
        let mut x = left;
        for series in row {
            sample(canvas, series, [x, y], unit)?;
            let at = [x + (SAMPLE + GAP[0]) * unit, y];
            let ink = canvas.theme.rgb(Color::Ink);
            canvas.text(&series.name, at, TEXT * unit, ink, Anchor::Left)?;
            x += entry_width(series, unit);
        }
    }
    Ok(())
}

fn sample(canvas: &Canvas<'_>, series: &Series, [x, y]: [f64; 2], unit: f64) -> Result<()> {
    let pen = marks::pen(canvas, series, unit);
    let end = x + SAMPLE * unit;
    match series.stroke {
        Stroke::Dots | Stroke::Rings => marks::dot(canvas, &pen, [(x + end) / 2.0, y], unit),
        Stroke::Solid | Stroke::Dashed | Stroke::Dotted => canvas.line(&[[x, y], [end, y]], &pen),
    }
}
