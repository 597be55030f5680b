//! The two sliders that it is all about.

use egui::{Response, Sense, Ui, pos2, vec2};

use super::Desk;
use crate::app::commands::Command;
use crate::app::widgets::named;
use crate::flow::Question;

/// The span of the sliders; the box beside accepts more.
const SPAN: std::ops::RangeInclusive<f64> = -5.0..=5.0;

/// Step of the sliders and of the arrow keys.
const STEP: f64 = 0.05;

/// Width of a slider's handle relative to its height.
const HANDLE_ASPECT: f32 = 0.75;

/// What may be typed: far enough to see any explosion, and finite.
const TYPED: std::ops::RangeInclusive<f64> = -1e6..=1e6;

pub(super) fn show(ui: &mut Ui, desk: &mut Desk<'_>) {
    let question = &mut desk.session.question;
    scale(
        ui,
        "Weight scale",
        "Multiplies every recurrent layer’s weights; the readout is left alone. It scales the \
         eigenvalues of W_hh likewise: λ(sW) = s λ(W).",
        &mut question.weight_scale,
    );
    scale(
        ui,
        "Bias scale",
        "Multiplies every recurrent layer’s biases. Biases move the working point of the \
         nonlinearity and of the gates, but not the eigenvalues of W_hh.",
        &mut question.bias_scale,
    );
    let at_rest = question.weight_scale == 1.0 && question.bias_scale == 1.0;
    ui.horizontal(|ui| {
        desk.button(ui, Command::ResetScales, !at_rest);
        if desk.session.view.notebook {
            desk.button(ui, Command::ZeroScales, true);
        } else {
            let hint = ui.weak("double-click a slider to reset it");
            hint.on_hover_text("Each scale returns to 1, the network as it was drawn.");
        }
    });
}

/// Room for the name of a scale and the box to type it, in a line.
const BESIDE_SLIDER: f32 = 176.0;

/// Both scales in one line, for where the panel with the controls is hidden.
pub fn in_a_line(ui: &mut Ui, question: &mut Question) {
    let scales =
        [("Weight scale", &mut question.weight_scale), ("Bias scale", &mut question.bias_scale)];
    let room = ui.available_width() / 2.0 - BESIDE_SLIDER;
    ui.spacing_mut().slider_width = room.clamp(60.0, 240.0);
    for (label, value) in scales {
        ui.label(label);
        let slid = named(ui.add(bare(value)), label);
        round_if(&slid, value);
        let typed = named(ui.add(typed(value)), &format!("{label}, typed"));
        typed.on_hover_text("The slider spans −5 to 5; the box also takes values beyond.");
    }
}

fn bare(value: &mut f64) -> egui::Slider<'_> {
    egui::Slider::new(value, SPAN)
        .step_by(STEP)
        .smart_aim(false)
        .show_value(false)
        .handle_shape(egui::style::HandleShape::Rect { aspect_ratio: HANDLE_ASPECT })
        .clamping(egui::SliderClamping::Edits)
}

fn typed(value: &mut f64) -> egui::DragValue<'_> {
    egui::DragValue::new(value)
        .range(TYPED)
        .speed(0.01)
        .max_decimals(4)
        .min_decimals(2)
        .update_while_editing(false)
}

/// 78 steps of 0.05 are 3.9, not 3.9000000000000004.
fn round_if(slid: &Response, value: &mut f64) {
    if slid.changed() {
        *value = (*value * 1e6).round() / 1e6;
    }
}

fn scale(ui: &mut Ui, label: &str, idea: &str, value: &mut f64) {
    let tip = format!(
        "{idea}\nDrag, or click and use the arrow keys (steps of 0.05); double-click for 1. The \
         slider spans −5 to 5; the box also takes values beyond."
    );
    let title = ui
        .horizontal(|ui| {
            let title = ui.add(egui::Label::new(label).sense(Sense::click()));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                named(ui.add(typed(value)), &format!("{label}, typed")).on_hover_text(&tip);
            });
            title.on_hover_text(&tip)
        })
        .inner;
    let slider = slider(ui, label, value);
    let reset = slider.double_clicked();
    if !slider.has_focus() {
        // Who works with the slider has read it, and wants to see the curves.
        slider.on_hover_text(&tip);
    }
    if reset || title.double_clicked() {
        *value = 1.0;
    }
}

fn slider(ui: &mut Ui, label: &str, value: &mut f64) -> Response {
    ui.spacing_mut().slider_width = ui.available_width();
    // A slider senses drags only; clicks are needed to give it the focus and to reset it.
    let slid = named(ui.add(bare(value)), label);
    let response = slid.interact(Sense::click());
    round_if(&slid, value);
    if response.clicked() || response.drag_started() {
        response.request_focus();
    }
    landmarks(ui, &response);
    response
}

/// Small numbers under the slider, at the ends, at 0 and where the network is as drawn.
fn landmarks(ui: &mut Ui, slider: &Response) {
    let color = ui.visuals().weak_text_color();
    let font = egui::FontId::proportional(10.0);
    let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), 11.0), Sense::hover());
    // The handle stays inside the rail, so the rail's ends are half a handle further in.
    let handle = slider.rect.height() / 2.5 * HANDLE_ASPECT;
    let rail = slider.rect.x_range().shrink(handle);
    for (value, text) in [(-5.0, "−5"), (0.0, "0"), (1.0, "1"), (5.0, "5")] {
        let x = egui::emath::remap(value, -5.0..=5.0, rail.min..=rail.max);
        let top = pos2(x, line.top() - 3.0);
        ui.painter().text(top, egui::Align2::CENTER_TOP, text, font.clone(), color);
    }
}
