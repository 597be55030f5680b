//! A figure worked out to the point where any renderer only has to draw it: bounds, ticks,
//! unbroken pieces of curve, and marks for the numbers that have no place on the axes.
//!
//! Coordinates here are drawing coordinates: the raw value, or its decimal logarithm on a log axis.
//! They are always finite. Window, SVG and PNG use the same result, so they agree.

mod clip;
mod decimate;
mod extent;
mod flag;
mod heat;

pub use clip::clip;
pub use decimate::decimate;
pub use extent::Extent;
pub use flag::{Flag, FlagKind};
pub use heat::{Mosaic, Shade, Writing};

use super::model::{Figure, Guide, Series, Stroke};
use flag::Tally;
use heat::Lane;

/// Where no line has more points than this, lines get a dot at each; stairs have corners enough.
const MOST_DOTS: usize = 40;

/// What a renderer draws.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    /// Horizontal bounds and ticks.
    pub x: Extent,
    /// Vertical bounds and ticks.
    pub y: Extent,
    /// The heat map, as a picture.
    pub heat: Option<Mosaic>,
    /// One entry for each series of the figure, in the same order.
    pub curves: Vec<Curve>,
    /// Marks at the edges for values that cannot be shown in their place; thinned where dense.
    pub flags: Vec<Flag>,
    tallies: Vec<Tally>,
}

/// The drawable part of a series, in drawing coordinates, inside the bounds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve {
    /// Unbroken lines of two points or more; empty for dots and rings.
    pub segments: Vec<Vec<[f64; 2]>>,
    /// Points to mark: all of them for dots, rings and short lines, else only those without a
    /// drawable neighbour.
    pub dots: Vec<[f64; 2]>,
}

impl Figure {
    /// Works out what to draw. For a plot whose shape is not known: [`Figure::resolve_in`] with a
    /// square.
    pub fn resolve(&self) -> Resolved {
        self.resolve_in(1.0)
    }

    /// Works out what to draw in a plot `aspect` times as wide as high. The aspect matters only
    /// for figures of equal aspect, whose bounds are widened to fit.
    pub fn resolve_in(&self, aspect: f64) -> Resolved {
        let points = || self.series.iter().flat_map(|series| &series.points);
        let circles = || {
            self.guides.iter().filter_map(|guide| match guide {
                Guide::Circle(radius, _) => Some([-radius, *radius]),
                Guide::Horizontal(..) | Guide::Vertical(..) => None,
            })
        };
        let mut x = Extent::fit(&self.x, points().map(|p| p[0]).chain(circles().flatten()));
        let mut y = Extent::fit(&self.y, points().map(|p| p[1]).chain(circles().flatten()));
        if self.equal_aspect {
            extent::equalise(&mut x, &mut y, aspect);
        }
        // The cells of a heat map fill its plot to the edges.
        let lanes =
            self.heat.as_ref().map(|heat| (heat, Lane::new(&heat.x, &x), Lane::new(&heat.y, &y)));
        if let Some((_, columns, rows)) = &lanes {
            x.frame(&self.x, columns.ends());
            y.frame(&self.y, rows.ends());
        }
        x.lay_ticks(&self.x, extent::MOST_ACROSS);
        y.lay_ticks(&self.y, extent::MOST_UP);
        let heat = lanes.map(|(heat, columns, rows)| Mosaic::new(heat, &columns, &rows, &x, &y));
        let lines = self.series.iter().filter(|series| !series.faint);
        // On a heat map they would hide what is beneath.
        let few = self.heat.is_none()
            && lines.map(|series| series.points.len()).max().unwrap_or(0) <= MOST_DOTS;
        let curves = self.series.iter().map(|series| curve(series, &x, &y, few)).collect();
        let mut flags = Vec::new();
        let mut tallies = Vec::new();
        for series in &self.series {
            let found = flag::find(series, &x, &y);
            tallies.extend(flag::tally(series, &found));
            flags.extend(flag::thin(&found, &x));
        }
        Resolved { x, y, heat, curves, flags, tallies }
    }
}

impl Resolved {
    /// What happened to the numbers that have no place on the axes, a sentence a kind.
    pub fn sentences(&self) -> Vec<String> {
        let mut sentences = flag::sentences(&self.tallies);
        sentences.extend(self.heat.iter().flat_map(Mosaic::sentences));
        sentences
    }
}

fn curve(series: &Series, x: &Extent, y: &Extent, few: bool) -> Curve {
    let place = |p: &[f64; 2]| Some([x.place(p[0])?, y.place(p[1])?]);
    let inside = |p: &[f64; 2]| x.contains(p[0]) && y.contains(p[1]);
    let placed: Vec<Option<[f64; 2]>> = series.points.iter().map(place).collect();
    if matches!(series.stroke, Stroke::Dots | Stroke::Rings) {
        let dots = placed.into_iter().flatten().filter(inside).collect();
        return Curve { segments: Vec::new(), dots };
    }
    let all = few && !is_stairs(&series.points) && series.points.len() <= MOST_DOTS;
    let mut result = Curve::default();
    for run in placed.split(Option::is_none) {
        let run: Vec<[f64; 2]> = run.iter().copied().flatten().collect();
        if all || run.len() == 1 {
            result.dots.extend(run.iter().filter(|p| inside(p)));
        }
        result.segments.extend(clip(&run, [x.lo, y.lo], [x.hi, y.hi]));
    }
    result
}

/// Whether a line goes straight up or down somewhere.
fn is_stairs(points: &[[f64; 2]]) -> bool {
    points.windows(2).any(|pair| pair[0][0] == pair[1][0])
}

#[cfg(test)]
mod tests;
