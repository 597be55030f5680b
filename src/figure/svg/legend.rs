//! Names of the series in rows under the title, never over the data.

use std::borrow::Cow;

use super::canvas::{Anchor, Canvas};
use super::marks;
use crate::error::Result;
use crate::figure::font;
use crate::figure::model::{Color, Figure, Series, Stroke};
use crate::visible;

/// Width of the sample beside a name, in units.
const SAMPLE: f64 = 40.0;
/// Space between sample and name, and between entries, in units.
const GAP: [f64; 2] = [8.0, 26.0];
/// Size of names, in units.
const TEXT: f64 = 18.0;
/// Height of a row, in units.
pub(super) const ROW: f64 = 29.0;

/// A series and as much of its name as there is room for.
pub(super) struct Entry<'a> {
    series: &'a Series,
    name: Cow<'a, str>,
}

/// The series that get an entry, in rows that fit into `width` pixels.
pub(super) fn rows(figure: &Figure, width: f64, unit: f64) -> Vec<Vec<Entry<'_>>> {
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
    let room = width - (SAMPLE + GAP[0]) * unit;
    let fits = |name: &str| font::width(name, TEXT * unit) <= room;
    let mut rows: Vec<Vec<Entry<'_>>> = Vec::new();
    let mut free = 0.0;
    for series in entries {
        let entry = Entry { series, name: visible::cut(&series.name, fits) };
        let wide = entry.width(unit);
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

impl Entry<'_> {
    /// With the space to the next one.
    fn width(&self, unit: f64) -> f64 {
        font::width(&self.name, TEXT * unit) + (SAMPLE + GAP[0] + GAP[1]) * unit
    }
}

/// Draws the rows from `top` downwards.
pub(super) fn draw(
    canvas: &Canvas<'_>,
    rows: &[Vec<Entry<'_>>],
    [left, top]: [f64; 2],
    unit: f64,
) -> Result<()> {
    for (n, row) in rows.iter().enumerate() {
        let y = top + (n as f64 + 0.5) * ROW * unit;
        let mut x = left;
        for entry in row {
            sample(canvas, entry.series, [x, y], unit)?;
            let at = [x + (SAMPLE + GAP[0]) * unit, y];
            let ink = canvas.theme.rgb(Color::Ink);
            canvas.text(&entry.name, at, TEXT * unit, ink, Anchor::Left)?;
            x += entry.width(unit);
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
