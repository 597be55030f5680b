//! Small building blocks of the control panel.

use std::ops::RangeInclusive;

use egui::{Response, RichText, Ui};

use crate::visible;

/// Width of the labels in front of controls, in points.
const LABEL_WIDTH: f32 = 84.0;

/// A group of controls under a heading that folds it.
pub fn group(ui: &mut Ui, title: &str, add: impl FnOnce(&mut Ui)) {
    egui::CollapsingHeader::new(RichText::new(title).strong().size(14.0))
        .default_open(true)
        .show_unindented(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 5.0;
            add(ui);
            ui.add_space(4.0);
        });
}

/// A label with an explanation, and a control beside it that fills the rest of the line.
pub fn row<R>(ui: &mut Ui, label: &str, tip: &str, add: impl FnOnce(&mut Ui) -> R) -> R {
    ui.horizontal(|ui| {
        let size = egui::vec2(LABEL_WIDTH, ui.spacing().interact_size.y);
        let layout = egui::Layout::left_to_right(egui::Align::Center);
        ui.allocate_ui_with_layout(size, layout, |ui| {
            ui.set_min_size(size);
            ui.add(egui::Label::new(label).truncate()).on_hover_text(tip);
        });
        add(ui)
    })
    .inner
}

/// One of a few values, side by side. Each has a text and an explanation. True if it was changed.
pub fn choice<T: PartialEq + Copy>(
    ui: &mut Ui,
    value: &mut T,
    options: &[(T, &str, &str)],
) -> bool {
    let mut changed = false;
    let track = egui::Frame::new()
        .fill(ui.visuals().widgets.inactive.weak_bg_fill.gamma_multiply(0.7))
        .corner_radius(6.0)
        .inner_margin(2.0);
    track.show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = egui::vec2(1.0, 1.0);
            ui.spacing_mut().button_padding = egui::vec2(5.5, 1.0);
            ui.spacing_mut().interact_size.y = 20.0;
            for (option, text, tip) in options {
                let response = ui.add(egui::Button::selectable(*value == *option, *text));
                if response.on_hover_text(*tip).clicked() && *value != *option {
                    *value = *option;
                    changed = true;
                }
            }
        });
    });
    changed
}

/// A slider for a whole number with a box to type it; small values get more room than large ones.
pub fn count(
    ui: &mut Ui,
    label: &str,
    tip: &str,
    value: &mut usize,
    range: RangeInclusive<usize>,
) -> Response {
    row(ui, label, tip, |ui| {
        let logarithmic = *range.end() > 20;
        ui.spacing_mut().slider_width = (ui.available_width() - 68.0).max(60.0);
        let slider = egui::Slider::new(value, range)
            .logarithmic(logarithmic)
            .clamping(egui::SliderClamping::Edits);
        named(ui.add(slider), label).on_hover_text(tip)
    })
}

/// A field for a name. What is hidden in it is written out, so that it can be seen and deleted, and
/// becomes what it looks like as soon as the name is changed.
pub fn name_field(
    name: &mut String,
    hint: &str,
    add: impl FnOnce(egui::TextEdit<'_>) -> Response,
) -> Response {
    let mut text = visible::text(name).into_owned();
    let hint = visible::name(hint).into_owned();
    let field = egui::TextEdit::singleline(&mut text).hint_text(hint).desired_width(f32::INFINITY);
    let response = add(field);
    if response.changed() {
        *name = visible::text(&text).into_owned();
    }
    response
}

/// Gives a control its name for screen readers and tests.
pub fn named(response: Response, label: &str) -> Response {
    response.ctx.accesskit_node_builder(response.id, |node| node.set_label(label));
    response
}
