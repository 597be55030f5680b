//! Heat maps: which colour goes where, and what became of cells without a colour of their own.

mod grid;
mod shade;
mod writing;

use std::ops::Range;

pub(super) use grid::Lane;
pub use shade::Shade;
pub use writing::Writing;

use self::shade::Colors;
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
    colors: Colors,
    tally: Tally,
}

/// How many cells share a fate.
#[derive(Clone, Debug, Default, PartialEq)]
struct Tally {
    total: usize,
    blank: usize,
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
        let colors = Colors::new(heat, tally.span);
        // Around a middle the ends of the colours are a choice, which the figure tells of.
        if heat.middle.is_none() {
            (tally.below, tally.above) = beyond(heat, &colors.bar, &tally);
        }
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
                .flat_map(|r| columns.order[column.clone()].iter().map(move |c| (*r, *c)));
            let known = cells.filter(|(r, c)| !heat.is_blank(*r, *c));
            let values = known.map(|(r, c)| heat.value(r, c));
            values.reduce(stronger).map_or(Shade::Blank, |value| colors.shade(value))
        };
        let pixels = down.iter().flat_map(|row| across.iter().map(move |column| (row, column)));
        Self {
            width: across.len(),
            height: down.len(),
            x: x_ends,
            y: y_ends,
            shades: pixels.map(|(row, column)| strongest(row, column)).collect(),
            label: heat.color.label.clone(),
            specials: tally.specials(heat.middle.is_some()),
            writing: (heat.text != CellText::None)
                .then(|| Writing::new(heat, [columns, rows], [x, y], &colors)),
            bar: colors.bar.clone(),
            colors,
            tally,
        }
    }

    /// The shade of a place on the colour bar: 0 at the bottom, 1 at the top.
    pub fn shade_at(&self, fraction: f64) -> Shade {
        self.colors.at(self.bar.lo + fraction * (self.bar.hi - self.bar.lo))
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
        // What is blank is no trouble: the figure says why.
        let Tally { total, zero, negative, infinite, nan, below, above, hidden, blank: _, span: _ } =
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
    fn specials(&self, has_middle: bool) -> Vec<(Shade, &'static str)> {
        let (infinite, nothing) = match has_middle {
            true => (Shade::Endless, Shade::Vanished),
            false => (Shade::Infinite, Shade::Nothing),
        };
        let all = [
            (self.infinite, infinite, "∞"),
            (self.nan, Shade::NotANumber, "NaN"),
            (self.zero + self.negative, nothing, Self::nothing(self.negative)),
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
    let is_blank = |cell: &usize| heat.blank.get(*cell).copied().unwrap_or(false);
    tally.blank = (0..total).filter(is_blank).count();
    // Cells without a value.
    tally.nan = (heat.values.len()..total).filter(|cell| !is_blank(cell)).count();
    let log = heat.color.scale == Scale::Log10;
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in known(heat) {
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

/// The values given for cells that are not blank.
fn known(heat: &Heat) -> impl Iterator<Item = f64> {
    let given = heat.values.iter().take(heat.x.len() * heat.y.len()).copied();
    let blank = heat.blank.iter().copied().chain(std::iter::repeat(false));
    given.zip(blank).filter(|(_, blank)| !blank).map(|(value, _)| value)
}

/// How many ordinary values lie below and above the colour bar.
fn beyond(heat: &Heat, bar: &Extent, tally: &Tally) -> (usize, usize) {
    let place = |value: f64| bar.place(value).unwrap_or(value);
    let inside = |value: f64| (bar.lo..=bar.hi).contains(&place(value));
    let everything = tally.span.is_none_or(|(low, high)| inside(low) && inside(high));
    if everything && bar.scale == Scale::Log10 {
        return (0, 0);
    }
    let ordinary =
        known(heat).filter(|v| v.is_finite() && (bar.scale == Scale::Linear || *v > 0.0));
    ordinary.map(place).fold((0, 0), |(below, above), at| {
        (below + usize::from(at < bar.lo), above + usize::from(at > bar.hi))
    })
}

#[cfg(test)]
mod tests;
