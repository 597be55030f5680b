//! One item of egui_plot that draws a whole figure: grid, guides, curves, marks, the marked step.

use std::ops::RangeInclusive;

use egui::{Color32, Pos2, Rect, Shape, Stroke, TextureId, Ui, pos2};
use egui_plot::{PlotBounds, PlotGeometry, PlotItem, PlotItemBase, PlotPoint, PlotTransform};

use super::axes::Ruler;
use super::guides::Guides;
use super::legend::shade;
use super::marks;
use super::thin::thin;
use super::writing;
use crate::app::explore::scene::Picture;
use crate::app::theme;
use crate::figure::{Color, Curve, Figure, Resolved, Series, Stroke as Style, Theme};

/// From so many curves on, a plot is a crowd of them.
const CROWD: f32 = 20.0;

/// Everything to draw in one plot.
pub struct Sketch<'a> {
    base: PlotItemBase,
    figure: &'a Figure,
    resolved: &'a Resolved,
    theme: Theme,
    marked: Option<f64>,
    rulers: [Ruler<'a>; 2],
    /// The cells of a heat map.
    tiles: Option<TextureId>,
    /// Whether the points of lines are marked.
    dots: bool,
}

impl<'a> Sketch<'a> {
    /// A sketch of a figure with its horizontal and vertical axis; `marked` is the step to single out.
    pub fn new(
        picture: &'a Picture,
        rulers: [Ruler<'a>; 2],
        theme: Theme,
        marked: Option<f64>,
    ) -> Self {
        let Picture { figure, resolved, sentences: _, slot: _, told: _, id: _ } = picture;
        let base = PlotItemBase::new(figure.name.to_owned());
        let marked = marked.filter(|_| figure.x.moments);
        Self { base, figure, resolved, theme, marked, rulers, tiles: None, dots: true }
    }

    /// The same with the cells of its heat map as a texture.
    #[must_use]
    pub fn with_tiles(self, tiles: Option<TextureId>) -> Self {
        Self { tiles, ..self }
    }

    /// The same with or without marks at the points of lines.
    #[must_use]
    pub fn with_dots(self, dots: bool) -> Self {
        Self { dots, ..self }
    }

    fn heat(&self, ui: &Ui, transform: &PlotTransform, shapes: &mut Vec<Shape>) {
        let (Some(mosaic), Some(tiles)) = (&self.resolved.heat, self.tiles) else { return };
        let corner = |end: usize| place(transform, [mosaic.x[end], mosaic.y[end]]);
        let rect = Rect::from_two_pos(corner(0), corner(1));
        let all = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
        shapes.push(Shape::image(tiles, rect, all, Color32::WHITE));
        if let Some(written) = &mosaic.writing {
            let to = |at| place(transform, at);
            writing::shapes(ui, written, self.theme, *transform.frame(), to, shapes);
        }
    }

    fn grid(&self, transform: &PlotTransform, shapes: &mut Vec<Shape>) {
        let (min, max) = (transform.bounds().min(), transform.bounds().max());
        let frame = *transform.frame();
        let [across, upward] = self.rulers;
        let major = Stroke::new(1.0, theme::screen(self.theme.grid()));
        let minor = Stroke::new(1.0, theme::screen(self.theme.frame()));
        for tick in across.ticks(min[0], max[0]) {
            let x = transform.position_from_point_x(tick.at);
            let top = if tick.is_major() { frame.top() } else { frame.bottom() - 4.0 };
            let stroke = if tick.is_major() { major } else { minor };
            shapes.push(Shape::line_segment([pos2(x, top), pos2(x, frame.bottom())], stroke));
        }
        for tick in upward.ticks(min[1], max[1]) {
            let y = transform.position_from_point_y(tick.at);
            let right = if tick.is_major() { frame.right() } else { frame.left() + 4.0 };
            let stroke = if tick.is_major() { major } else { minor };
            shapes.push(Shape::line_segment([pos2(frame.left(), y), pos2(right, y)], stroke));
        }
    }

    fn curve(
        &self,
        series: &Series,
        curve: &Curve,
        transform: &PlotTransform,
        out: &mut Vec<Shape>,
    ) {
        let color = shade(series, self.theme);
        let width = match (series.ghost, series.faint) {
            (_, true) => 1.0,
            (true, false) => 1.5,
            (false, false) => 1.9,
        };
        let stroke = Stroke::new(width, color);
        // A rim stands out from every colour of a heat map.
        let paper = theme::screen(self.theme.background()).gamma_multiply(0.8);
        let rim = self.tiles.map(|_| Stroke::new(width + 2.0, paper));
        for segment in &curve.segments {
            let line = thin(segment.iter().map(|&point| place(transform, point)), self.column());
            out.extend(rim.map(|rim| Shape::line(line.clone(), rim)));
            match series.stroke {
                Style::Dashed => out.extend(Shape::dashed_line(&line, stroke, 7.0, 4.0)),
                Style::Dotted => out.extend(Shape::dotted_line(&line, color, 4.5, 1.3)),
                Style::Solid | Style::Dots | Style::Rings => out.push(Shape::line(line, stroke)),
            }
        }
        // A cloud of hundreds of eigenvalues must not become one blot.
        let dot = (24.0 / (curve.dots.len().max(1) as f32).sqrt()).clamp(1.6, 3.0);
        let line = matches!(series.stroke, Style::Solid | Style::Dashed | Style::Dotted);
        for &point in curve.dots.iter().filter(|_| self.dots || !line) {
            let center = place(transform, point);
            if let (Some(rim), Style::Rings) = (rim, series.stroke) {
                out.push(Shape::circle_stroke(center, 6.0, rim));
            }
            out.push(match series.stroke {
                Style::Rings => Shape::circle_stroke(center, 6.0, Stroke::new(2.0, color)),
                Style::Dots => Shape::circle_filled(center, dot, color),
                Style::Solid | Style::Dashed | Style::Dotted => {
                    Shape::circle_filled(center, 2.4, color)
                }
            });
        }
    }

    /// Width in points of a column in which a curve is drawn by its extremes: the more curves crowd,
    /// the coarser, as finer ones would only cost time.
    fn column(&self) -> f32 {
        (self.figure.series.len() as f32 / CROWD).clamp(1.0, 8.0)
    }

    fn marked_step(&self, transform: &PlotTransform, shapes: &mut Vec<Shape>) {
        let Some(step) = self.marked else { return };
        let frame = *transform.frame();
        let x = transform.position_from_point_x(step);
        if !(frame.left()..=frame.right()).contains(&x) {
            return;
        }
        let ink = theme::color(self.theme, Color::Ink);
        let line = Stroke::new(1.0, ink.gamma_multiply(0.55));
        shapes.push(Shape::line_segment([pos2(x, frame.top()), pos2(x, frame.bottom())], line));
        for series in self.figure.series.iter().filter(|series| !series.ghost && !series.faint) {
            let value = value_at(series, step).and_then(|value| self.resolved.y.place(value));
            if let Some(at) = value.filter(|&at| self.resolved.y.contains(at)) {
                let center = pos2(x, transform.position_from_point_y(at));
                let color = shade(series, self.theme);
                let paper = theme::screen(self.theme.background());
                shapes.push(Shape::circle_filled(center, 5.0, color));
                shapes.push(Shape::circle_filled(center, 2.2, paper));
            }
        }
    }
}

/// The raw value of a series at a step, if it has one there.
pub fn value_at(series: &Series, step: f64) -> Option<f64> {
    // Steps are counted from 1 without gaps in most series, so the place is known at once.
    let guess = series.points.get((step - 1.0).max(0.0) as usize);
    guess
        .filter(|point| point[0] == step)
        .or_else(|| series.points.iter().find(|point| point[0] == step))
        .map(|point| point[1])
}

/// The raw value of the point nearest to `x`, of a series whose points are in order of x and reach
/// as far.
pub fn value_near(series: &Series, x: f64) -> Option<f64> {
    let (first, last) = (series.points.first()?, series.points.last()?);
    if !(first[0]..=last[0]).contains(&x) {
        return None;
    }
    let after = series.points.partition_point(|point| point[0] < x);
    let near = [after.checked_sub(1), Some(after)].into_iter().flatten();
    near.filter_map(|index| series.points.get(index))
        .min_by(|a, b| (a[0] - x).abs().total_cmp(&(b[0] - x).abs()))
        .map(|point| point[1])
}

fn place(transform: &PlotTransform, [x, y]: [f64; 2]) -> Pos2 {
    transform.position_from_point(&PlotPoint::new(x, y))
}

impl PlotItem for Sketch<'_> {
    fn shapes(&self, ui: &Ui, transform: &PlotTransform, shapes: &mut Vec<Shape>) {
        if !ui.is_rect_visible(*transform.frame()) {
            // Scrolled out of sight.
            return;
        }
        self.grid(transform, shapes);
        self.heat(ui, transform, shapes);
        // Ghosts at the back, then pale raw numbers, then everything else.
        let layer = |series: &Series| if series.ghost { 0 } else { 2 - u8::from(series.faint) };
        for wanted in 0..=2 {
            let drawn = self.figure.series.iter().zip(&self.resolved.curves);
            for (series, curve) in drawn.filter(|(series, _)| layer(series) == wanted) {
                self.curve(series, curve, transform, shapes);
            }
        }
        // Above the curves, or a cloud of dots hides the unit circle.
        let Self { resolved, theme, .. } = *self;
        let guides = Guides { resolved, theme, on_map: self.tiles.is_some(), transform };
        for guide in &self.figure.guides {
            guides.paint(ui, guide, shapes);
        }
        for flag in &self.resolved.flags {
            let color = theme::color(self.theme, flag.color);
            let color = if flag.ghost { color.gamma_multiply(0.45) } else { color };
            marks::shapes(flag, place(transform, flag.at), color, shapes);
        }
        self.marked_step(transform, shapes);
        let outline = Stroke::new(1.0, theme::screen(self.theme.frame()));
        let frame: Rect = *transform.frame();
        shapes.push(Shape::rect_stroke(frame, 0.0, outline, egui::StrokeKind::Inside));
    }

    fn initialize(&mut self, _x_range: RangeInclusive<f64>) {}

    fn color(&self) -> Color32 {
        theme::color(self.theme, Color::Ink)
    }

    /// None, because the pointer is served by the app for all plots at once.
    fn geometry(&self) -> PlotGeometry<'_> {
        PlotGeometry::None
    }

    /// None, because the figure has settled the bounds already.
    fn bounds(&self) -> PlotBounds {
        PlotBounds::NOTHING
    }

    fn base(&self) -> &PlotItemBase {
        &self.base
    }

    fn base_mut(&mut self) -> &mut PlotItemBase {
        &mut self.base
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_between_points_but_not_beyond_them() {
        let points = vec![[0.0, 5.0], [10.0, 6.0], [20.0, 7.0]];
        let series = Series::line("loss", Color::Ink, points);
        let near = [-1.0, 0.0, 4.0, 6.0, 20.0, 21.0].map(|x| value_near(&series, x));
        assert_eq!(near, [None, Some(5.0), Some(5.0), Some(6.0), Some(7.0), None]);
        assert_eq!(value_near(&Series::line("", Color::Ink, Vec::new()), 0.0), None);
    }
}
