//! Draws a figure on screen with egui_plot, from the same [`Resolved`](crate::figure::Resolved) that
//! files are drawn from: bounds, pieces of curve and marks agree.

mod axes;
mod guides;
mod heat;
mod legend;
mod marks;
mod sketch;
mod thin;
mod writing;
mod zoom;

use egui::{Id, Pos2, Ui, Vec2b};
use egui_plot::{AxisHints, Plot, PlotTransform};

use super::explore::scene::Picture;
use super::theme;
use axes::Ruler;
use sketch::Sketch;

pub use legend::legend;
pub use sketch::{value_at, value_near};

/// What the pointer is over.
#[derive(Clone, Debug)]
pub struct Pointed {
    /// The widget of the plot area.
    pub response: egui::Response,
    /// From drawing coordinates to the screen.
    pub transform: PlotTransform,
    /// The pointer, if it is over the plot area.
    pub at: Option<Pos2>,
}

/// How much is drawn around the curves.
#[derive(Clone, Copy, PartialEq)]
enum Dress {
    /// Axes with ticks and labels; dragging a box zooms in.
    Full,
    /// The same, but the pointer picks a place.
    Picked,
    /// Nothing: for pictures side by side that are read as shapes.
    Bare,
}

/// Draws the plot area with its axes, `height` points high. `marked` is the step to single out.
pub fn show(ui: &mut Ui, picture: &Picture, height: f32, marked: Option<f64>) -> Pointed {
    draw(ui, picture, height, marked, Dress::Full)
}

/// As [`show`], with a pointer that picks a place instead of zooming in.
pub fn pick(ui: &mut Ui, picture: &Picture, height: f32) -> Pointed {
    draw(ui, picture, height, None, Dress::Picked)
}

/// Draws the plot area alone, `height` points high, to be taken in at a glance.
pub fn bare(ui: &mut Ui, picture: &Picture, height: f32) -> Pointed {
    draw(ui, picture, height, None, Dress::Bare)
}

fn draw(ui: &mut Ui, picture: &Picture, height: f32, marked: Option<f64>, dress: Dress) -> Pointed {
    let figure = &picture.figure;
    let resolved = &picture.resolved;
    let theme = theme::of_window(ui.visuals());
    // Beside a plot without a bar, room for half of the last tick's label.
    let bar = match (&resolved.heat, dress) {
        (Some(_), _) => heat::BAR_WIDTH,
        (None, Dress::Full | Dress::Picked) => 6.0,
        (None, Dress::Bare) => 0.0,
    };
    let size = egui::vec2(ui.available_width() - bar, height);
    let across = Ruler::horizontal(&figure.x, &resolved.x, size.x);
    let upward = Ruler::vertical(&figure.y, &resolved.y, size.y);
    // Dots and rings at the first and the last step are seen whole.
    let rim = if figure.x.integer { 0.02 * (resolved.x.hi - resolved.x.lo) } else { 0.0 };
    let mut plot = Plot::new((figure.name, picture.slot))
        .width(size.x)
        .height(size.y)
        .include_x(resolved.x.lo - rim)
        .include_x(resolved.x.hi + rim)
        .include_y(resolved.y.lo)
        .include_y(resolved.y.hi)
        .set_margin_fraction(egui::Vec2::ZERO)
        .invert_x(resolved.x.reversed)
        .invert_y(resolved.y.reversed)
        .show_grid(Vec2b::FALSE)
        .show_crosshair(false)
        .show_x(false)
        .show_y(false)
        .allow_drag(Vec2b::FALSE)
        .allow_scroll(Vec2b::FALSE)
        .allow_axis_zoom_drag(Vec2b::FALSE)
        .allow_boxed_zoom(dress != Dress::Picked)
        .boxed_zoom_pointer_button(egui::PointerButton::Primary)
        .x_grid_spacer(move |input| across.marks(input.bounds))
        .y_grid_spacer(move |input| upward.marks(input.bounds))
        .custom_x_axes(vec![across.dress(ui, AxisHints::new_x())])
        // Room for `10⁻¹⁰⁰`, so that plots do not jump sideways while a slider moves.
        .custom_y_axes(vec![upward.dress(ui, AxisHints::new_y().min_thickness(44.0))]);
    if dress == Dress::Bare {
        plot = plot.show_axes(Vec2b::FALSE);
    }
    if figure.x.moments {
        // Zooming into steps shows the same steps in all plots of as many steps.
        let ends = [resolved.x.lo.to_bits(), resolved.x.hi.to_bits()];
        plot = plot.link_axis(Id::unique((&figure.x.label, ends)), [true, false]);
    }
    if figure.equal_aspect {
        plot = plot.data_aspect(1.0);
    }
    let sketch = Sketch::new(picture, [across, upward], theme, marked)
        .with_tiles(heat::tiles(ui, picture))
        .with_dots(dress != Dress::Bare);
    // Columns justify their contents, which would stretch the plot over the place of the bar.
    let layout = egui::Layout::top_down(egui::Align::Min);
    let whole = size + egui::vec2(bar, 0.0);
    let drawn = ui
        .allocate_ui_with_layout(whole, layout, |ui| {
            ui.set_min_size(whole);
            plot.show(ui, |plot_ui| plot_ui.add(sketch))
        })
        .inner;
    let at = drawn.response.hover_pos();
    if let Some(mosaic) = &resolved.heat {
        heat::bar(ui, mosaic, *drawn.transform.frame());
    }
    zoom::hint(ui, &drawn.transform, picture);
    Pointed { response: drawn.response, transform: drawn.transform, at }
}
