//! Ticks and labels of the axes, laid by the same functions as in files, for the bounds on screen.

use std::ops::RangeInclusive;

use egui::{Color32, Ui, Vec2};
use egui_plot::{AxisHints, GridMark};

use crate::app::theme;
use crate::figure::ticks::{self, Tick};
use crate::figure::{Axis, Color, Figure, Scale};

/// Which of the two axes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Horizontal.
    X,
    /// Vertical.
    Y,
}

/// How many ticks fit on each axis.
#[derive(Clone, Copy)]
pub struct Room {
    /// On the horizontal axis.
    pub x: usize,
    /// On the vertical axis.
    pub y: usize,
}

/// How many ticks fit into a plot of this size in points.
pub fn room(size: Vec2) -> Room {
    let fit = |length: f32, each: f32| ((length / each) as usize).clamp(2, 10);
    Room { x: fit(size.x - 60.0, 48.0), y: fit(size.y - 40.0, 28.0) }
}

/// Ticks between these bounds, in drawing coordinates.
pub fn ticks(figure: &Figure, side: Side, lo: f64, hi: f64, most: usize) -> Vec<Tick> {
    let axis = axis(figure, side);
    match axis.scale {
        Scale::Log10 => ticks::log(lo, hi, most),
        Scale::Linear if axis.integer => ticks::integer(lo, hi, most),
        Scale::Linear => ticks::linear(lo, hi, most),
    }
}

/// The labelled ticks as egui_plot wants them. The step size is the whole span, for which it draws
/// every label in full strength.
pub fn marks(figure: &Figure, side: Side, (lo, hi): (f64, f64), most: usize) -> Vec<GridMark> {
    let step_size = hi - lo;
    ticks(figure, side, lo, hi, most)
        .into_iter()
        .filter(Tick::is_major)
        .map(|tick| GridMark { value: tick.at, step_size })
        .collect()
}

/// Label and tick texts of an axis.
pub fn hints<'a>(
    ui: &Ui,
    figure: &'a Figure,
    side: Side,
    most: usize,
    length: f32,
) -> AxisHints<'a> {
    let theme = theme::of_window(ui.visuals());
    let hints = match side {
        Side::X => AxisHints::new_x(),
        // Room for `10⁻¹⁰⁰`, so that plots do not jump sideways while a slider moves.
        Side::Y => AxisHints::new_y().min_thickness(44.0),
    };
    let text = move |mark: GridMark, range: &RangeInclusive<f64>| {
        ticks(figure, side, *range.start(), *range.end(), most)
            .into_iter()
            .find(|tick| tick.at == mark.value)
            .map_or_else(String::new, |tick| tick.label)
    };
    let muted = theme::color(theme, Color::Muted);
    let label = &axis(figure, side).label;
    let label = egui::RichText::new(label).size(label_size(ui, label, length));
    hints
        .formatter(text)
        .label(label)
        .tick_label_color(theme::color(theme, Color::Ink).lerp_to_gamma(muted, 0.4))
        .tick_label_font(egui::FontId::proportional(11.5))
}

/// The size at which a label fits along its axis of `length` points.
fn label_size(ui: &Ui, label: &str, length: f32) -> f32 {
    let font = egui::FontId::proportional(12.0);
    let width = ui.painter().layout_no_wrap(label.to_owned(), font, Color32::PLACEHOLDER).size().x;
    (12.0 * (length - 36.0) / width).clamp(9.0, 12.0)
}

fn axis(figure: &Figure, side: Side) -> &Axis {
    match side {
        Side::X => &figure.x,
        Side::Y => &figure.y,
    }
}
