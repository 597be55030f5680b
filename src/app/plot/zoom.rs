//! Says that a plot is zoomed in and how to see it whole again, where that covers no guide.

use egui::{Rect, Shape, Ui, Vec2, pos2, vec2};
use egui_plot::PlotTransform;

use super::guides::Guides;
use crate::app::explore::scene::Picture;
use crate::app::theme;
use crate::figure::Color;

/// What is said; where there is no room for it, the beginning alone.
const WORDS: [&str; 2] = ["zoomed in: double-click for all", "zoomed in"];

/// Distance from the edges of the plot, and how far the patch reaches beyond the words, in points.
const EDGE: Vec2 = vec2(6.0, 4.0);
const PATCH: Vec2 = vec2(3.0, 1.0);

/// Draws the words, if the bounds on screen are not the figure's own.
pub fn hint(ui: &Ui, transform: &PlotTransform, picture: &Picture) {
    if !zoomed(transform, picture) || !ui.is_rect_visible(*transform.frame()) {
        return;
    }
    let theme = theme::of_window(ui.visuals());
    let font = egui::TextStyle::Small.resolve(ui.style());
    let color = theme::color(theme, Color::Muted);
    let resolved = &picture.resolved;
    let guides = Guides { resolved, theme, on_map: resolved.heat.is_some(), transform };
    let taken: Vec<Rect> =
        picture.figure.guides.iter().flat_map(|guide| guides.taken(ui, guide)).collect();
    for words in WORDS {
        let galley = ui.painter().layout_no_wrap(words.to_owned(), font.clone(), color);
        let free = places(*transform.frame(), galley.size())
            .filter(|place| !taken.iter().any(|taken| taken.intersects(place.expand2(PATCH))));
        // Of the places that cover the least of the curves the first.
        let Some(place) = free.min_by_key(|place| guides.covered(*place)) else { continue };
        let paper = theme::screen(theme.background()).gamma_multiply(0.85);
        ui.painter().add(Shape::rect_filled(place.expand2(PATCH), 3.0, paper));
        ui.painter().galley(place.min, galley, color);
        return;
    }
}

/// Places for words in a plot, line by line from the top: at the right, at the left, in the middle.
fn places(frame: Rect, size: Vec2) -> impl Iterator<Item = Rect> {
    let inner = frame.shrink2(EDGE);
    let fits = size.x <= inner.width() && size.y <= inner.height();
    let lines = if fits { (inner.height() / (size.y + 2.0)) as usize } else { 0 };
    (0..lines).flat_map(move |line| {
        let top = inner.top() + line as f32 * (size.y + 2.0);
        let lefts = [inner.right() - size.x, inner.left(), inner.center().x - size.x / 2.0];
        lefts.map(|left| Rect::from_min_size(pos2(left, top), size))
    })
}

/// Whether the bounds on screen are not the figure's own.
fn zoomed(transform: &PlotTransform, picture: &Picture) -> bool {
    let (min, max) = (transform.bounds().min(), transform.bounds().max());
    let (x, y) = (&picture.resolved.x, &picture.resolved.y);
    let slack = 1e-6;
    let cuts = |lo: f64, hi: f64, home_lo: f64, home_hi: f64| {
        let span = home_hi - home_lo;
        lo > home_lo + slack * span || hi < home_hi - slack * span
    };
    cuts(min[0], max[0], x.lo, x.hi) || cuts(min[1], max[1], y.lo, y.hi)
}

#[cfg(test)]
mod tests {
    use egui::{Context, Event, Modifiers, PointerButton, Pos2, RawInput};

    use super::*;
    use crate::app::plot;
    use crate::figure::{Axis, Color, Figure, Guide, Range, Series};

    const SIZE: Vec2 = vec2(500.0, 300.0);

    fn pressed(pos: Pos2, pressed: bool) -> Event {
        let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
        Event::PointerButton { pos, button, pressed, modifiers }
    }

    /// What is drawn after a box was dragged over the plot, from part to part of it, or as it is.
    fn zoomed_into(figure: Figure, part: Option<[Vec2; 2]>) -> Vec<Shape> {
        let picture = Picture::new(figure);
        let context = Context::default();
        let mut frame = Rect::NOTHING;
        let mut shapes = Vec::new();
        for step in 0..9 {
            let at = |part: Vec2| frame.min + part * frame.size();
            let [from, to] = part.unwrap_or_default();
            let events = match step {
                _ if part.is_none() => Vec::new(),
                2 => vec![Event::PointerMoved(at(from))],
                3 => vec![pressed(at(from), true)],
                // A drag begins where the pointer has moved a little.
                4 => vec![Event::PointerMoved(at(from) + vec2(8.0, 8.0))],
                5 => vec![Event::PointerMoved(at(to))],
                6 => vec![pressed(at(to), false)],
                _ => Vec::new(),
            };
            let screen_rect = Some(Rect::from_min_size(Pos2::ZERO, SIZE));
            let time = Some(f64::from(step) * 0.1);
            let input = RawInput { screen_rect, events, time, ..RawInput::default() };
            let mut output = context.run_ui(input, |ui| {
                frame = *plot::show(ui, &picture, SIZE.y - 20.0, None).transform.frame();
            });
            output.textures_delta.clear();
            shapes = std::mem::take(&mut output.shapes)
                .into_iter()
                .map(|clipped| clipped.shape)
                .collect();
        }
        shapes
    }

    fn words<'a>(shapes: &'a [Shape], wanted: &str) -> Vec<Rect> {
        let text = |shape: &'a Shape| match shape {
            Shape::Text(text) if text.galley.text().contains(wanted) => {
                Some(text.visual_bounding_rect())
            }
            _ => None,
        };
        shapes.iter().filter_map(text).collect()
    }

    /// A curve that falls from 1 to 0 over 100 steps, with guides at heights.
    fn figure(heights: &[f64]) -> Figure {
        let points = (0..=100).map(|t| [f64::from(t), 1.0 - f64::from(t) / 100.0]).collect();
        let y = Axis { range: Range::Fixed(0.0, 1.0), ..Axis::linear("loss") };
        let x = Axis { range: Range::Fixed(0.0, 100.0), ..Axis::linear("step") };
        let guide = |at: &f64| Guide::Horizontal(*at, format!("a guide at {at}"));
        Figure {
            series: vec![Series::line("", Color::Ink, points)],
            guides: heights.iter().map(guide).collect(),
            ..Figure::new("loss", "", x, y)
        }
    }

    /// Looks at the hint after zooming into the part from 0 to `top`.
    fn hint_is_free(heights: &[f64], top: f64) {
        let part = [vec2(0.2, 1.0 - top as f32), vec2(0.8, 0.999)];
        let shapes = zoomed_into(figure(heights), Some(part));
        let hints = words(&shapes, "zoomed in");
        let [hint] = hints.as_slice() else { panic!("{hints:?} for {heights:?}") };
        let labels = words(&shapes, "a guide at");
        assert!(!labels.is_empty(), "a guide is in sight");
        for label in labels {
            assert!(!hint.intersects(label), "{hint:?} over the words {label:?} of {heights:?}");
        }
        // Dashed lines are many short ones, as wide as a guide's.
        let dashes = shapes.iter().flat_map(|shape| match shape {
            Shape::Vec(shapes) => shapes.as_slice(),
            one => std::slice::from_ref(one),
        });
        for dash in dashes {
            if let Shape::LineSegment { points, stroke } = dash
                && stroke.width == 1.2
            {
                let dash = Rect::from_two_pos(points[0], points[1]);
                assert!(!hint.intersects(dash), "{hint:?} over a line at {dash:?}");
            }
        }
    }

    #[test]
    fn the_hint_covers_no_guide() {
        // Near the corner where it stands otherwise, in several places, and all over the plot.
        hint_is_free(&[0.49], 0.55);
        hint_is_free(&[0.5, 0.44, 0.39, 0.02], 0.55);
        hint_is_free(&(0..9).map(|n| f64::from(n) * 0.06 + 0.01).collect::<Vec<_>>(), 0.55);
    }

    #[test]
    fn a_plot_that_is_whole_has_no_hint() {
        let shapes = zoomed_into(figure(&[0.5]), None);
        assert!(words(&shapes, "zoomed in").is_empty());
    }
}
