//! Where things go on a sheet: heading, a grid of figures, and under each what there is to say.

use std::borrow::Cow;

use super::Style;
use super::canvas::{Anchor, Canvas, document};
use super::plot::Frame;
use super::wrap::wrap;
use super::{heat, legend, plot};
use crate::error::{Error, Result};
use crate::figure::model::{Color, Figure};
use crate::figure::resolve::Resolved;
use crate::visible;

/// Width of a figure for which sizes are given in pixels.
const NOMINAL: f64 = 800.0;
/// Text grows more slowly than the width of a figure.
const GROWTH: f64 = 0.6;
/// Height of a plot in parts of its width.
const HEIGHT: f64 = 0.58;
/// Sizes of the text, in units.
const TITLE: f64 = 23.0;
const NOTE: f64 = 17.0;
/// Characters of the text that stands for the picture.
const LONGEST_TITLE: usize = 4000;
/// Lines of a title, and of a note; what has more loses its middle.
const MOST_TITLE: usize = 5;
const MOST_NOTE: usize = 16;
/// Line spacing of notes in parts of their size.
const LEADING: f64 = 1.4;
/// A plot is never narrower than this, in pixels.
const LEAST_PLOT: f64 = 10.0;
/// Free space around a figure, in units.
const PAD: f64 = 22.0;
/// Least free space right of a plot, in units.
const RIGHT: f64 = 38.0;

/// One figure with all that follows from it and its width.
struct Panel<'a> {
    figure: &'a Figure,
    resolved: Resolved,
    titles: Vec<String>,
    legend: Vec<Vec<legend::Entry<'a>>>,
    notes: Vec<String>,
}

/// The measures shared by all figures of a sheet, in pixels.
struct Grid {
    unit: f64,
    cell: f64,
    /// Space left of the plot, for each column.
    lefts: Vec<f64>,
    /// Space right of the plot, for each column: half of a tick label, or a colour bar.
    rights: Vec<f64>,
}

impl Grid {
    fn plot_width(&self, column: usize) -> f64 {
        (self.cell - self.lefts[column] - self.rights[column] - PAD * self.unit).max(LEAST_PLOT)
    }
}

/// Draws the sheet.
pub(super) fn draw(figures: &[Cow<'_, Figure>], style: &Style) -> Result<String> {
    let columns = style.columns.unwrap_or_else(|| usual_columns(figures.len()));
    let columns = columns.clamp(1, figures.len().max(1));
    let mut resolved: Vec<Resolved> =
        figures.iter().map(|figure| figure.resolve_in(1.0 / HEIGHT)).collect();
    let (unit, cell) = sizes(style, columns);
    for (figure, resolved) in figures.iter().zip(&mut resolved) {
        plot::fit_names(figure, resolved, cell, unit);
    }
    let grid = measure(&resolved, [unit, cell], columns);
    let pairs = figures.iter().zip(resolved).enumerate();
    let panels: Vec<Panel<'_>> =
        pairs.map(|(n, (figure, resolved))| panel(figure, resolved, &grid, n % columns)).collect();
    let rows: Vec<&[Panel<'_>]> = panels.chunks(columns).collect();
    let top = heading_height(style, grid.unit);
    let height = top + rows.iter().map(|row| row_height(row, &grid)).sum::<f64>();
    let pixels = height.ceil().max(1.0);
    if pixels > f64::from(Style::MAX_SIDE) {
        let wanted = format!("at most {} pixels", Style::MAX_SIDE);
        return Err(Error::out_of_range("picture height", wanted, pixels));
    }
    let size = [style.width_px, pixels as u32];
    document(size, style.theme, &sheet_title(figures, style), |canvas| {
        heading(canvas, style, &grid)?;
        let mut top = top;
        for row in rows {
            for (column, panel) in row.iter().enumerate() {
                paint(canvas, panel, row, &grid, column, top)?;
            }
            top += row_height(row, &grid);
        }
        Ok(())
    })
}

/// Two, but more for many figures: a sheet should not have to be scrolled far.
fn usual_columns(figures: usize) -> usize {
    if figures > 8 { 3 } else { 2 }
}

/// Text that stands for the picture where it cannot be seen.
fn sheet_title(figures: &[Cow<'_, Figure>], style: &Style) -> String {
    let titles = figures.iter().map(|figure| figure.title.as_str());
    let title = style.heading.as_deref().into_iter().chain(titles).collect::<Vec<_>>().join("; ");
    visible::cut_to(&title, LONGEST_TITLE).into_owned()
}

/// The unit in which sizes are given, and the width of a figure, in pixels.
fn sizes(style: &Style, columns: usize) -> (f64, f64) {
    let sheet = f64::from(style.width_px);
    let cell = sheet / columns as f64;
    // A sheet twice as wide looks the same, twice as large; one figure alone has larger text.
    let nominal = sheet / (2.0 * NOMINAL);
    (style.scale * nominal * (cell / nominal / NOMINAL).powf(GROWTH), cell)
}

fn measure(figures: &[Resolved], [unit, cell]: [f64; 2], columns: usize) -> Grid {
    let mut lefts = vec![0.0f64; columns];
    let mut rights = vec![RIGHT * unit; columns];
    for (n, resolved) in figures.iter().enumerate() {
        let (left, right) = (&mut lefts[n % columns], &mut rights[n % columns]);
        *left = left.max(plot::left_margin(&resolved.y, unit));
        let bar = resolved.heat.as_ref().map_or(0.0, |mosaic| heat::right_margin(mosaic, unit));
        *right = right.max(bar).max(plot::right_margin(&resolved.x, unit));
    }
    // Labels never take more than half of a figure on the left, and a third on the right.
    lefts.iter_mut().for_each(|left| *left = left.min(cell / 2.0));
    rights.iter_mut().for_each(|right| *right = right.min(cell / 3.0));
    Grid { unit, cell, lefts, rights }
}

fn panel<'a>(figure: &'a Figure, resolved: Resolved, grid: &Grid, column: usize) -> Panel<'a> {
    let unit = grid.unit;
    let width = grid.plot_width(column);
    // Sentences may reach below a colour bar, up to the next figure.
    let under = (grid.cell - grid.lefts[column] - 2.0 * PAD * unit).max(width);
    let sentences = resolved.sentences();
    let notes = figure.notes.iter().chain(&sentences);
    Panel {
        figure,
        titles: wrap(&figure.title, width, TITLE * unit, MOST_TITLE),
        legend: legend::rows(figure, width, unit),
        notes: notes.flat_map(|note| wrap(note, under, NOTE * unit, MOST_NOTE)).collect(),
        resolved,
    }
}

/// Height of title and legend; the plots of a row start together below the tallest.
fn head_height(row: &[Panel<'_>], unit: f64) -> f64 {
    let titles = row.iter().map(|panel| panel.titles.len()).max().unwrap_or(0);
    let legends = row.iter().map(|panel| panel.legend.len()).max().unwrap_or(0);
    (titles as f64 * 1.35 * TITLE + legends as f64 * legend::ROW + 10.0) * unit
}

fn plot_height(grid: &Grid) -> f64 {
    let narrowest = (0..grid.lefts.len()).map(|c| grid.plot_width(c)).fold(f64::INFINITY, f64::min);
    (HEIGHT * narrowest).max(1.0)
}

fn row_height(row: &[Panel<'_>], grid: &Grid) -> f64 {
    let unit = grid.unit;
    let notes = row.iter().map(|panel| panel.notes.len()).max().unwrap_or(0);
    let foot = plot::bottom_margin(unit) + (notes as f64 * LEADING * NOTE) * unit;
    head_height(row, unit) + plot_height(grid) + foot + 2.0 * PAD * unit
}

fn paint(
    canvas: &Canvas<'_>,
    panel: &Panel<'_>,
    row: &[Panel<'_>],
    grid: &Grid,
    column: usize,
    top: f64,
) -> Result<()> {
    let unit = grid.unit;
    let left = column as f64 * grid.cell + PAD * unit + grid.lefts[column];
    let [ink, muted] = [Color::Ink, Color::Muted].map(|color| canvas.theme.rgb(color));
    let plot_top = top + PAD * unit + head_height(row, unit);
    // Title and legend stand directly above their plot, also beside a figure that has more.
    let head = panel.titles.len() as f64 * 1.35 * TITLE + panel.legend.len() as f64 * legend::ROW;
    let mut y = plot_top - (head + 10.0) * unit;
    for line in &panel.titles {
        canvas.text(line, [left, y + 0.6 * TITLE * unit], TITLE * unit, ink, Anchor::Left)?;
        y += 1.35 * TITLE * unit;
    }
    legend::draw(canvas, &panel.legend, [left, y], unit)?;
    let frame =
        Frame { left, top: plot_top, width: grid.plot_width(column), height: plot_height(grid) };
    plot::draw(canvas, panel.figure, &panel.resolved, frame, unit)?;
    let mut y = plot_top + frame.height + plot::bottom_margin(unit);
    for note in &panel.notes {
        y += LEADING * NOTE * unit;
        canvas.text(note, [left, y - 0.5 * NOTE * unit], NOTE * unit, muted, Anchor::Left)?;
    }
    Ok(())
}

fn heading_lines(style: &Style, unit: f64) -> Vec<String> {
    let width = f64::from(style.width_px) - 2.0 * PAD * unit;
    style
        .heading
        .as_deref()
        .map(|text| wrap(text, width, TITLE * unit, MOST_TITLE))
        .unwrap_or_default()
}

fn heading_height(style: &Style, unit: f64) -> f64 {
    match heading_lines(style, unit).len() {
        0 => 0.0,
        lines => (PAD + lines as f64 * 1.35 * TITLE) * unit,
    }
}

fn heading(canvas: &Canvas<'_>, style: &Style, grid: &Grid) -> Result<()> {
    let unit = grid.unit;
    for (n, line) in heading_lines(style, unit).iter().enumerate() {
        let y = (PAD + (n as f64 * 1.35 + 0.6) * TITLE) * unit;
        let muted = canvas.theme.rgb(Color::Muted);
        canvas.text(line, [PAD * unit, y], TITLE * unit, muted, Anchor::Left)?;
    }
    Ok(())
}
