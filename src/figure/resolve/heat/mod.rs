//! Heat maps: which colour goes where, and what became of cells without a colour of their own.

mod grid;
mod shade;
mod writing;

use std::ops::Range;

pub(super) use grid::Lane;
pub use shade::Shade;
pub use writing::Writing;

use super::extent::{Extent, LARGEST};
use crate::figure::model::{CellText, Heat, Scale};
use crate::figure::number::number;
use crate::figure::palette::{Rgb, Theme};

/// More columns and rows than this are thinned, by the largest value, so that no peak is lost.
const MOST: [usize; 2] = [1024, 512];

/// A heat map ready to be drawn as one picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Mosaic {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// The lower and upper end of the picture on the horizontal axis, in drawing coordinates.
    pub x: [f64; 2],
    /// The lower and upper end of the picture on the vertical axis, in drawing coordinates.
    pub y: [f64; 2],
    /// Row by row from the top and from the left as seen, reversed axes taken into account.
    pub shades: Vec<Shade>,
    /// What the colour bar says.
    pub label: String,
    /// Bounds and ticks of the colour bar.
    pub bar: Extent,
    /// Shades that stand for no place on the colour bar, with their names; only those present.
    pub specials: Vec<(Shade, &'static str)>,
    /// Values written into their cells, if the heat map asks for it.
    pub writing: Option<Writing>,
    tally: Tally,
}

/// How many cells share a fate.
#[derive(Clone, Debug, Default, PartialEq)]
struct Tally {
    total: usize,
    zero: usize,
    negative: usize,
    infinite: usize,
    nan: usize,
    below: usize,
    above: usize,
    hidden: usize,
    /// Smallest and largest value with a place on the colour scale.
    span: Option<(f64, f64)>,
}

impl Mosaic {
    /// Works out the picture inside the bounds of the axes.
    pub(super) fn new(heat: &Heat, columns: &Lane, rows: &Lane, x: &Extent, y: &Extent) -> Self {
        let mut tally = count(heat);
        let bar = Extent::snug(&heat.color, tally.span);
        (tally.below, tally.above) = beyond(heat, &bar, &tally);
        let (mut across, x_ends) = columns.pixels([x.lo, x.hi], MOST[0]);
        let (mut down, y_ends) = rows.pixels([y.lo, y.hi], MOST[1]);
        tally.hidden = tally.total - shown(&across) * shown(&down);
        // From bottom to top so far; pictures start at the top.
        if x.reversed {
            across.reverse();
        }
        if !y.reversed {
            down.reverse();
        }
        let strongest = |row: &Range<usize>, column: &Range<usize>| {
            let cells = rows.order[row.clone()]
                .iter()
                .flat_map(|r| columns.order[column.clone()].iter().map(|c| heat.value(*r, *c)));
            cells.reduce(stronger).unwrap_or(f64::NAN)
        };
        let pixels = down.iter().flat_map(|row| across.iter().map(move |column| (row, column)));
        Self {
            width: across.len(),
            height: down.len(),
            x: x_ends,
            y: y_ends,
            shades: pixels.map(|(row, column)| Shade::of(strongest(row, column), &bar)).collect(),
            label: heat.color.label.clone(),
            specials: tally.specials(),
            writing: (heat.text != CellText::None)
                .then(|| Writing::new(heat, [columns, rows], [x, y], &bar)),
            bar,
            tally,
        }
    }

    /// Red, green, blue and alpha of each pixel, row by row from the top; always opaque.
    pub fn rgba(&self, theme: Theme) -> Vec<u8> {
        let color = |shade: &Shade| {
            let Rgb(r, g, b) = shade.rgb(theme);
            [r, g, b, 255]
        };
        self.shades.iter().flat_map(color).collect()
    }

    /// What became of cells that have no colour of their own, a sentence a kind.
    pub(super) fn sentences(&self) -> Vec<String> {
        let Tally { total, zero, negative, infinite, nan, below, above, hidden, span: _ } =
            self.tally;
        let nothing = Tally::nothing(negative);
        let bound = |at: f64| number(self.bar.raw(at), 3);
        let kinds = [
            (zero, "exactly zero".to_owned(), format!("the shade marked {nothing}")),
            (
                negative,
                "negative, which a log scale cannot show,".to_owned(),
                format!("the shade marked {nothing}"),
            ),
            (
                below,
                format!("below {}", bound(self.bar.lo)),
                "drawn in the lowest colour".to_owned(),
            ),
            (
                above,
                format!("above {}", bound(self.bar.hi)),
                "drawn in the highest colour".to_owned(),
            ),
            (infinite, "infinite".to_owned(), "the shade marked ∞".to_owned()),
            (nan, "not a number".to_owned(), "the shade marked NaN".to_owned()),
            (hidden, "outside the axes".to_owned(), "not drawn".to_owned()),
        ];
        let said = kinds.into_iter().filter(|(count, ..)| *count > 0);
        let sentence = |(count, what, how): (usize, String, String)| {
            let cells =
                if count == total { format!("all {total}") } else { format!("{count} of {total}") };
            format!("{} is {what} in {cells} cells ({how}).", self.label)
        };
        said.map(sentence).collect()
    }
}

impl Tally {
    fn specials(&self) -> Vec<(Shade, &'static str)> {
        let all = [
            (self.infinite, Shade::Infinite, "∞"),
            (self.nan, Shade::NotANumber, "NaN"),
            (self.zero + self.negative, Shade::Nothing, Self::nothing(self.negative)),
        ];
        all.into_iter().filter(|(n, ..)| *n > 0).map(|(_, shade, name)| (shade, name)).collect()
    }

    fn nothing(negative: usize) -> &'static str {
        if negative > 0 { "≤ 0" } else { "0" }
    }
}

/// Columns, or rows, that are in some pixel.
fn shown(pixels: &[Range<usize>]) -> usize {
    let first = pixels.iter().map(|pixel| pixel.start).min();
    let last = pixels.iter().map(|pixel| pixel.end).max();
    last.unwrap_or(0) - first.unwrap_or(0)
}

/// Of two values in one pixel the one to show: what went wrong, else the larger.
fn stronger(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() {
        f64::NAN
    } else if a.is_infinite() {
        a
    } else if b.is_infinite() {
        b
    } else {
        a.max(b)
    }
}

fn count(heat: &Heat) -> Tally {
    let total = heat.x.len() * heat.y.len();
    let mut tally = Tally { total, ..Tally::default() };
    let given = heat.values.iter().take(total).copied();
    let missing = total.saturating_sub(heat.values.len());
    tally.nan += missing;
    let log = heat.color.scale == Scale::Log10;
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in given {
        if value.is_nan() {
            tally.nan += 1;
        } else if value.is_infinite() {
            tally.infinite += 1;
        } else if log && value == 0.0 {
            tally.zero += 1;
        } else if log && value < 0.0 {
            tally.negative += 1;
        } else if log || value.abs() <= LARGEST {
            (low, high) = (low.min(value), high.max(value));
        }
    }
    tally.span = (low <= high).then_some((low, high));
    tally
}

/// How many ordinary values lie below and above the colour bar.
fn beyond(heat: &Heat, bar: &Extent, tally: &Tally) -> (usize, usize) {
    let place = |value: f64| bar.place(value).unwrap_or(value);
    let inside = |value: f64| (bar.lo..=bar.hi).contains(&place(value));
    let everything = tally.span.is_none_or(|(low, high)| inside(low) && inside(high));
    if everything && bar.scale == Scale::Log10 {
        return (0, 0);
    }
    let total = heat.x.len() * heat.y.len();
    let ordinary = heat
        .values
        .iter()
        .take(total)
        .copied()
        .filter(|v| v.is_finite() && (bar.scale == Scale::Linear || *v > 0.0));
    ordinary.map(place).fold((0, 0), |(below, above), at| {
        (below + usize::from(at < bar.lo), above + usize::from(at > bar.hi))
    })
}

#[cfg(test)]
mod tests;
