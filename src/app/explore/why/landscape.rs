//! The landscape in its pane: what it runs across, and a cross-hair that is dragged.

use egui::{CursorIcon, Pos2, Stroke, Ui, pos2};

use super::pane::Board;
use crate::app::explore::plots;
use crate::app::explore::scene::Picture;
use crate::app::plot::{self, Pointed};
use crate::figure::Heat;
use crate::flow::View;
use crate::flow::view::Across;

/// Scales and biases are picked in steps of the sliders.
const STEP: f64 = 0.05;

/// Chooses what changes from row to row.
pub fn choose(ui: &mut Ui, board: &mut Board<'_>) {
    let question = &board.session.question;
    let present = board.session.why.across_of(question);
    let mut chosen = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(2.0, 2.0);
        let tip = "What changes from row to row; the weight scale runs to the right.";
        ui.label("Upwards").on_hover_text(tip);
        ui.add_space(8.0);
        for across in Across::ALL {
            let why_not = across.unavailable(question);
            let button = egui::Button::selectable(across == present, across.to_string());
            let response = ui.add_enabled(why_not.is_none(), button);
            let response = response.on_hover_text(explanation(across));
            let response = response.on_disabled_hover_text(why_not.unwrap_or_default());
            if response.clicked() {
                chosen = Some(across);
            }
        }
        ui.add_space(8.0);
        ui.weak("drag the cross-hair");
    });
    if let Some(across) = chosen {
        board.session.why.across = across;
    }
}

fn explanation(across: Across) -> &'static str {
    match across {
        Across::BiasScale => {
            "The second slider: biases move the working point of the nonlinearity."
        }
        Across::HiddenSize => "Networks of other sizes, drawn from the same seed.",
        Across::Length => "Shorter and longer sequences.",
        Across::ForgetBias => "The bias of the gate that keeps the state.",
    }
}

/// Draws the map and takes over where the pointer drags the cross-hair to.
pub fn show(ui: &mut Ui, picture: &Picture, shown: View, board: &mut Board<'_>, height: f32) {
    let draw = |ui: &mut Ui, room: f32| plot::pick(ui, picture, room);
    let pointed = plots::card_with(ui, picture, height, draw);
    let Some(heat) = &picture.figure.heat else { return };
    let response = pointed.response.clone().on_hover_cursor(CursorIcon::Crosshair);
    let Some(pointer) = response.interact_pointer_pos() else { return };
    if !response.is_pointer_button_down_on() && !response.clicked() {
        return;
    }
    cross_hair(ui, &pointed, pointer);
    let Some([weight_scale, value]) = place(heat, &pointed, pointer) else { return };
    let across = board.session.why.across_of(&board.session.question);
    if shown != View::Landscape(across) {
        // The numbers upwards are still those of what it ran across before.
        return;
    }
    // Sizes and lengths reach so far that the present one lies among them: not to shift under a hand.
    board.holding = response.is_pointer_button_down_on() && across != Across::BiasScale;
    let question = across.set(&board.session.question, value);
    board.session.question = crate::flow::Question { weight_scale, ..question };
}

/// Where the pointer is, as a weight scale and a number across.
fn place(heat: &Heat, pointed: &Pointed, pointer: Pos2) -> Option<[f64; 2]> {
    let at = pointed.transform.value_from_position(pointer);
    let within = |places: &[f64], at: f64| {
        let (first, last) = (*places.first()?, *places.last()?);
        let stepped = ((at.clamp(first, last) / STEP).round() * STEP * 1e6).round() / 1e6;
        Some(stepped)
    };
    Some([within(&heat.x, at.x)?, within(&heat.y, at.y)?])
}

/// Under the pointer, as the map with its own cross-hair comes a moment later.
fn cross_hair(ui: &Ui, pointed: &Pointed, pointer: Pos2) {
    let frame = *pointed.transform.frame();
    let at = pointer.clamp(frame.min, frame.max);
    let stroke = Stroke::new(1.0, ui.visuals().strong_text_color());
    let painter = ui.painter().with_clip_rect(frame);
    painter.line_segment([pos2(at.x, frame.top()), pos2(at.x, frame.bottom())], stroke);
    painter.line_segment([pos2(frame.left(), at.y), pos2(frame.right(), at.y)], stroke);
}
