//! The list of pinned curves: rename, return to, remove.

use egui::Ui;

use super::controls::Desk;
use crate::app::commands::Command;
use crate::app::widgets::named;

pub(super) fn show(ui: &mut Ui, desk: &mut Desk<'_>) {
    let (labels, present) = desk.session.pin_labels();
    let pinned = desk.session.pins.iter().any(|pin| pin.question == desk.session.question);
    ui.horizontal(|ui| {
        desk.button(ui, Command::Pin, !pinned);
        desk.button(ui, Command::ClearPins, !labels.is_empty());
    });
    if labels.is_empty() {
        ui.weak("Pin, then change something: the frozen curves stay behind as ghosts.");
        return;
    }
    let mut removed = None;
    let mut restored = None;
    for (index, label) in labels.iter().enumerate() {
        ui.horizontal(|ui| {
            if ui.button("✖").on_hover_text("Removes this pin.").clicked() {
                removed = Some(index);
            }
            let tip = "Returns to the settings of this pin, and to what its files held.";
            if ui.button("↩").on_hover_text(tip).clicked() {
                restored = Some(index);
            }
            rename(ui, desk, index, label);
        });
        if let Some(Some(error)) = desk.pin_errors.get(index) {
            ui.colored_label(ui.visuals().error_fg_color, error);
            ui.horizontal_wrapped(|ui| {
                ui.weak("This pin is not drawn: bring its file back as it was, or remove the pin.");
                let tip = "Measures this pin after all.";
                desk.retry |= ui.button("Try again").on_hover_text(tip).clicked();
            });
        }
    }
    ui.weak(format!("now: {present}"));
    if let Some(index) = restored {
        desk.session.question = desk.session.pins[index].question.clone();
    }
    if let Some(index) = removed {
        desk.session.pins.remove(index);
    }
}

/// The name, which can be typed over; an empty name returns to the automatic one.
fn rename(ui: &mut Ui, desk: &mut Desk<'_>, index: usize, label: &str) {
    let pin = &mut desk.session.pins[index];
    let mut text = pin.name.clone().unwrap_or_default();
    let field = egui::TextEdit::singleline(&mut text)
        .hint_text(label)
        .desired_width(f32::INFINITY)
        .id_salt(("pin", index));
    let tip = "The pin’s name: made of what differs, until you type another. Empty it to have the \
               automatic one back.";
    let response = named(ui.add(field), &format!("Name of pin {}", index + 1)).on_hover_text(tip);
    if response.changed() {
        pin.name = (!text.trim().is_empty()).then_some(text);
    }
}
