//! Lines that help reading, and their labels where they cover least of the curves.

use super::canvas::{Anchor, Pen};
use super::plot::{Painter, TICK_TEXT};
use crate::error::Result;
use crate::figure::font;
use crate::figure::model::{Color, Guide, Stroke};
use crate::figure::resolve::clip;
use crate::visible;

/// Corners of the polygon that stands for a circle.
const CORNERS: usize = 256;

/// Where a label may stand: the middle of its height, the end of its text that is given, which end.
type Place = ([f64; 2], Anchor);

impl Painter<'_, '_> {
    /// The lines, to be drawn beneath the curves.
    pub fn guides(&self, guides: &[Guide]) -> Result<()> {
        let (x, y) = (&self.resolved.x, &self.resolved.y);
        for guide in guides {
            match guide {
                Guide::Horizontal(raw, _) => {
                    if let Some(at) = y.place(*raw).filter(|at| y.contains(*at)) {
                        let [_, py] = self.to([x.lo, at]);
                        self.guide(&[[self.frame.left, py], [self.frame.right(), py]])?;
                    }
                }
                Guide::Vertical(raw, _) => {
                    if let Some(at) = x.place(*raw).filter(|at| x.contains(*at)) {
                        let [px, _] = self.to([at, y.lo]);
                        self.guide(&[[px, self.frame.bottom()], [px, self.frame.top]])?;
                    }
                }
                Guide::Circle(radius, _) => self.circle(*radius)?,
            }
        }
        Ok(())
    }

    /// Their labels, to be drawn above the curves.
    pub fn guide_labels(&self, guides: &[Guide]) -> Result<()> {
        for guide in guides {
            let fits = |label: &str| {
                font::width(label, TICK_TEXT * self.unit) <= self.room(guide) - 12.0 * self.unit
            };
            let label = &*visible::cut(guide.label(), fits);
            let places = match guide {
                Guide::Horizontal(raw, _) => self.beside_horizontal(*raw),
                Guide::Vertical(raw, _) => self.beside_vertical(*raw, label),
                Guide::Circle(radius, _) => self.beside_circle(*radius),
            };
            let covered = |place: &Place| self.covered(&self.box_of(label, place));
            let best = places.into_iter().map(|place| (covered(&place), place));
            // The first of those that cover least.
            if let Some((covered, place)) = best.min_by_key(|(covered, _)| *covered) {
                self.guide_label(label, &place, covered > 0)?;
            }
        }
        Ok(())
    }

    /// Width for the words of a guide: of the plot, or on the larger side of a vertical line.
    fn room(&self, guide: &Guide) -> f64 {
        let Guide::Vertical(raw, _) = guide else { return self.frame.width };
        let at = self.resolved.x.place(*raw).unwrap_or(self.resolved.x.lo);
        let [px, _] = self.to([at, self.resolved.y.lo]);
        (px - self.frame.left).max(self.frame.right() - px)
    }

    /// Above and below the line, at its right end and at its left one.
    fn beside_horizontal(&self, raw: f64) -> Vec<Place> {
        let (x, y) = (&self.resolved.x, &self.resolved.y);
        let Some(at) = y.place(raw).filter(|at| y.contains(*at)) else { return Vec::new() };
        let [_, py] = self.to([x.lo, at]);
        let (near, up) = (6.0 * self.unit, 0.7 * TICK_TEXT * self.unit);
        let inside = |py: &f64| (self.frame.top + up..=self.frame.bottom() - up).contains(py);
        let heights: Vec<f64> = [py - up, py + up].into_iter().filter(inside).collect();
        let ends =
            [(self.frame.right() - near, Anchor::Right), (self.frame.left + near, Anchor::Left)];
        let places = ends
            .into_iter()
            .flat_map(|(px, anchor)| heights.iter().map(move |py| ([px, *py], anchor)));
        places.collect()
    }

    /// At the top, right of the line or, where there is no room, left of it.
    fn beside_vertical(&self, raw: f64, label: &str) -> Vec<Place> {
        let (x, y) = (&self.resolved.x, &self.resolved.y);
        let Some(at) = x.place(raw).filter(|at| x.contains(*at)) else { return Vec::new() };
        let [px, _] = self.to([at, y.lo]);
        let (near, up) = (6.0 * self.unit, 0.7 * TICK_TEXT * self.unit);
        let room = self.frame.right() - px > font::width(label, TICK_TEXT * self.unit) + 2.0 * near;
        let (px, anchor) =
            if room { (px + near, Anchor::Left) } else { (px - near, Anchor::Right) };
        vec![([px, self.frame.top + up + near], anchor)]
    }

    /// Outside the circle, at half past one.
    fn beside_circle(&self, radius: f64) -> Vec<Place> {
        let place = on(radius, 0.125);
        if !(self.resolved.x.contains(place[0]) && self.resolved.y.contains(place[1])) {
            return Vec::new();
        }
        let [px, py] = self.to(place);
        let off = 7.0 * self.unit;
        vec![([px + off, py - off], Anchor::Left)]
    }

    fn circle(&self, radius: f64) -> Result<()> {
        let (x, y) = (&self.resolved.x, &self.resolved.y);
        let points: Vec<[f64; 2]> =
            (0..=CORNERS).map(|n| on(radius, n as f64 / CORNERS as f64)).collect();
        for part in clip(&points, [x.lo, y.lo], [x.hi, y.hi]) {
            let part: Vec<[f64; 2]> = part.into_iter().map(|p| self.to(p)).collect();
            self.guide(&part)?;
        }
        Ok(())
    }

    fn guide(&self, points: &[[f64; 2]]) -> Result<()> {
        let theme = self.canvas.theme;
        let pen = Pen { opacity: 0.8, ..Pen::new(theme.rgb(Color::Muted), 1.6 * self.unit) };
        let dashed = Pen { stroke: Stroke::Dashed, ..pen };
        if self.resolved.heat.is_none() {
            return self.canvas.line(points, &dashed);
        }
        // Seen on every colour of a heat map.
        let halo = Pen { color: theme.background(), width: 4.0 * self.unit, ..pen };
        self.canvas.line(points, &halo)?;
        self.canvas.line(points, &Pen { color: theme.rgb(Color::Ink), opacity: 1.0, ..dashed })
    }

    /// Left, top, right and bottom of a label in pixels.
    fn box_of(&self, label: &str, ([x, y], anchor): &Place) -> [f64; 4] {
        let (width, pad) = (font::width(label, TICK_TEXT * self.unit), 4.0 * self.unit);
        let left = if matches!(anchor, Anchor::Right) { x - width } else { *x };
        let half = 0.625 * TICK_TEXT * self.unit;
        [left - pad, y - half, left + width + pad, y + half]
    }

    /// How many pieces of curve, and dots, a box in pixels would cover.
    fn covered(&self, [left, top, right, bottom]: &[f64; 4]) -> usize {
        let meets = |points: &[[f64; 2]]| {
            let sides = |k: usize| {
                let of = points.iter().map(move |point| self.to(*point)[k]);
                of.fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), v| (lo.min(v), hi.max(v)))
            };
            let ((x_lo, x_hi), (y_lo, y_hi)) = (sides(0), sides(1));
            x_lo <= *right && x_hi >= *left && y_lo <= *bottom && y_hi >= *top
        };
        let curves = || self.resolved.curves.iter();
        let pieces = curves().flat_map(|curve| &curve.segments);
        let pieces = pieces.flat_map(|line| line.windows(2)).filter(|piece| meets(piece));
        let dots = curves().flat_map(|curve| curve.dots.chunks(1)).filter(|dot| meets(dot));
        pieces.count() + dots.count()
    }

    fn guide_label(&self, label: &str, place: &Place, covers: bool) -> Result<()> {
        if label.is_empty() {
            return Ok(());
        }
        let theme = self.canvas.theme;
        let on_map = self.resolved.heat.is_some();
        if on_map || covers {
            let [left, top, right, bottom] = self.box_of(label, place);
            let size = [right - left, bottom - top];
            let opacity = if on_map { 0.85 } else { 0.7 };
            self.canvas.rectangle([left, top], size, theme.background(), opacity)?;
        }
        let color = theme.rgb(if on_map { Color::Ink } else { Color::Muted });
        self.label(label, place.0, color, place.1)
    }
}

/// The point of a circle about the origin after part of a turn from the right.
fn on(radius: f64, turn: f64) -> [f64; 2] {
    let (sin, cos) = (turn * std::f64::consts::TAU).sin_cos();
    [radius * cos, radius * sin]
}

#[cfg(test)]
mod tests {
    use crate::figure::model::{Axis, Color, Figure, Guide, Range, Series};
    use crate::figure::svg::{Style, svg};

    /// How far down the label of a guide at 1 stands beside a curve at a height.
    fn label_beside(height: f64) -> f64 {
        let points = (0..100).map(|t| [f64::from(t), height]).collect();
        let y = Axis { range: Range::Fixed(0.0, 2.0), ..Axis::linear("loss") };
        let figure = Figure {
            series: vec![Series::line("", Color::Ink, points)],
            guides: vec![Guide::Horizontal(1.0, "the floor".into())],
            ..Figure::new("loss", "", Axis::linear("step"), y)
        };
        let document = svg(&[figure], &Style::default()).unwrap();
        let tree = resvg::usvg::roxmltree::Document::parse(&document).unwrap();
        let is_label = |node: &resvg::usvg::roxmltree::Node<'_, '_>| {
            node.has_tag_name("text") && node.text().is_some_and(|text| text.contains("the floor"))
        };
        let label = tree.descendants().find(is_label).unwrap();
        label.attribute("y").unwrap().parse().unwrap()
    }

    #[test]
    fn a_label_stands_on_the_side_of_its_line_where_there_is_no_curve() {
        let (above, below) = (label_beside(0.97), label_beside(1.03));
        assert!(above < below - 100.0, "{above} {below}");
        assert_eq!(label_beside(1.9), above, "above, unless a curve is there");
    }
}
