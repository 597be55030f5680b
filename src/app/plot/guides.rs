//! Guides on screen: lines that help reading, with their words where they cover the least.

use std::sync::Arc;

use egui::{Align2, Color32, FontId, Galley, Pos2, Rect, Shape, Stroke, Ui, Vec2, pos2, vec2};
use egui_plot::{PlotPoint, PlotTransform};

use crate::app::theme;
use crate::figure::{Color, Guide, Resolved, Theme};
use crate::visible;

/// Corners of the polygon that stands for a circle.
const CORNERS: usize = 180;

/// Curves of more points are not looked through for a free place at every frame.
const MOST: usize = 4000;

/// What guides are drawn over.
#[derive(Clone, Copy)]
pub struct Guides<'a> {
    /// Positions of the curves.
    pub resolved: &'a Resolved,
    /// Colours.
    pub theme: Theme,
    /// Whether they lie on a heat map.
    pub on_map: bool,
    /// From drawing coordinates to the screen.
    pub transform: &'a PlotTransform,
}

/// Around words, in points: how far their patch reaches beyond them.
const PATCH: Vec2 = vec2(3.0, 1.0);

/// Where words can stand.
type Place = (Pos2, Align2);

impl Guides<'_> {
    /// Draws one guide; outside the frame nothing.
    pub fn paint(self, ui: &Ui, guide: &Guide, shapes: &mut Vec<Shape>) {
        let Some((line, places)) = self.lay(guide) else { return };
        let muted = theme::color(self.theme, Color::Muted);
        let color = if self.on_map { Color32::WHITE } else { muted };
        if self.on_map {
            // Light with a dark rim stands out from every colour of the map.
            let rim = Stroke::new(3.0, Color32::from_black_alpha(170));
            shapes.push(Shape::line(line.clone(), rim));
            shapes.push(Shape::line(line, Stroke::new(1.4, Color32::WHITE)));
        } else {
            shapes.extend(Shape::dashed_line(&line, Stroke::new(1.2, muted), 5.0, 4.0));
        }
        let label = guide.label();
        if label.is_empty() {
            return;
        }
        let galley = self.galley(ui, guide, color);
        let Some(place) = self.quietest(&places, galley.size()) else { return };
        // On a patch of its own, or curves would run through the words.
        let patch = match self.on_map {
            true => Color32::from_black_alpha(170),
            false => theme::screen(self.theme.background()).gamma_multiply(0.85),
        };
        shapes.push(Shape::rect_filled(place.expand2(PATCH), 3.0, patch));
        shapes.push(Shape::galley(place.min, galley, color));
    }

    /// Where a guide is drawn: its line in pieces, and the patch with its words.
    pub fn taken(self, ui: &Ui, guide: &Guide) -> Vec<Rect> {
        let Some((line, places)) = self.lay(guide) else { return Vec::new() };
        let pieces = line.windows(2).map(|ends| Rect::from_two_pos(ends[0], ends[1]).expand(1.5));
        let size = self.galley(ui, guide, Color32::PLACEHOLDER).size();
        let words = self.quietest(&places, size).filter(|_| !guide.label().is_empty());
        pieces.chain(words.map(|place| place.expand2(PATCH))).collect()
    }

    /// The words of a guide, as long as there is room for: the plot's width, or the larger side of a
    /// vertical line.
    fn galley(self, ui: &Ui, guide: &Guide, color: Color32) -> Arc<Galley> {
        let font = FontId::proportional(11.0);
        let layout = |text: &str| ui.painter().layout_no_wrap(text.to_owned(), font.clone(), color);
        let frame = *self.transform.frame();
        let room = match guide {
            Guide::Vertical(raw, _) => {
                let at = self.resolved.x.place(*raw).unwrap_or(self.resolved.x.lo);
                let x = self.transform.position_from_point_x(at).clamp(frame.left(), frame.right());
                (x - frame.left()).max(frame.right() - x) - 5.0
            }
            Guide::Horizontal(..) | Guide::Circle(..) => frame.width() - 8.0,
        };
        layout(&visible::cut(guide.label(), |text| layout(text).size().x <= room))
    }

    /// The line and where its words can stand, the best place first.
    fn lay(self, guide: &Guide) -> Option<(Vec<Pos2>, Vec<Place>)> {
        let frame = *self.transform.frame();
        Some(match guide {
            Guide::Horizontal(value, _) => {
                let y = self.transform.position_from_point_y(self.resolved.y.place(*value)?);
                frame.y_range().expand(1.0).contains(y).then_some(())?;
                let (left, right) = (frame.left() + 4.0, frame.right() - 4.0);
                let places = vec![
                    (pos2(right, y - 2.0), Align2::RIGHT_BOTTOM),
                    (pos2(right, y + 3.0), Align2::RIGHT_TOP),
                    (pos2(left, y - 2.0), Align2::LEFT_BOTTOM),
                    (pos2(left, y + 3.0), Align2::LEFT_TOP),
                ];
                (vec![pos2(frame.left(), y), pos2(frame.right(), y)], places)
            }
            Guide::Vertical(value, _) => {
                let x = self.transform.position_from_point_x(self.resolved.x.place(*value)?);
                frame.x_range().expand(1.0).contains(x).then_some(())?;
                let top = frame.top() + 3.0;
                let places = vec![
                    (pos2(x + 5.0, top), Align2::LEFT_TOP),
                    (pos2(x - 5.0, top), Align2::RIGHT_TOP),
                ];
                (vec![pos2(x, frame.top()), pos2(x, frame.bottom())], places)
            }
            Guide::Circle(radius, _) => {
                let on = |angle: f64| self.at([radius * angle.cos(), radius * angle.sin()]);
                let turn = |n: usize| n as f64 / CORNERS as f64 * std::f64::consts::TAU;
                let half_past_one = on(std::f64::consts::FRAC_PI_4) + vec2(4.0, -2.0);
                (
                    (0..=CORNERS).map(|n| on(turn(n))).collect(),
                    vec![(half_past_one, Align2::LEFT_BOTTOM)],
                )
            }
        })
    }

    /// Of the places inside the frame the one over the least of the curves.
    fn quietest(self, places: &[Place], size: egui::Vec2) -> Option<Rect> {
        let frame = *self.transform.frame();
        let boxes = places.iter().map(|(at, align)| align.anchor_size(*at, size));
        let inside = boxes.filter(|place| frame.contains_rect(*place));
        // Of equals the first.
        inside.min_by_key(|place| self.covered(place.expand(2.0)))
    }

    /// How many pieces of curve, and dots, lie under a box.
    pub fn covered(self, under: Rect) -> usize {
        let curves = || self.resolved.curves.iter();
        let points: usize =
            curves().map(|c| c.dots.len() + c.segments.iter().map(Vec::len).sum::<usize>()).sum();
        if points > MOST {
            return 0;
        }
        let meets = |points: &[[f64; 2]]| {
            let mut around = Rect::NOTHING;
            points.iter().for_each(|point| around.extend_with(self.at(*point)));
            around.intersects(under)
        };
        let pieces = curves().flat_map(|curve| &curve.segments).flat_map(|line| line.windows(2));
        let dots = curves().flat_map(|curve| curve.dots.chunks(1));
        pieces.chain(dots).filter(|piece| meets(piece)).count()
    }

    fn at(self, [x, y]: [f64; 2]) -> Pos2 {
        self.transform.position_from_point(&PlotPoint::new(x, y))
    }
}
