//! The list of pinned curves: rename, return to, remove.

use egui::Ui;

use super::controls::Desk;
use crate::app::commands::Command;
use crate::app::widgets::{name_field, named};
use crate::visible;

/// More pins than this scroll, in a list of at most this height in points.
const FREE: usize = 6;
const LIST: f32 = 200.0;

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
    let mut list =
        |ui: &mut Ui| {
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
                    ui.colored_label(ui.visuals().error_fg_color, visible::message(error));
                    ui.horizontal_wrapped(|ui| {
                ui.weak("This pin is not drawn: bring its file back as it was, or remove the pin.");
                let tip = "Measures this pin after all.";
                desk.retry |= ui.button("Try again").on_hover_text(tip).clicked();
            });
                }
            }
        };
    match labels.len() > FREE {
        true => scrolled(ui, labels.len(), list),
        false => list(ui),
    }
    ui.weak(format!("now: {}", visible::text(&present)));
    if let Some(index) = restored {
        desk.session.question = desk.session.pins[index].question.clone();
    }
    if let Some(index) = removed {
        desk.session.pins.remove(index);
    }
}

/// A long list, with how long it is.
fn scrolled(ui: &mut Ui, count: usize, list: impl FnOnce(&mut Ui)) {
    ui.weak(format!("{count} pins"));
    egui::ScrollArea::vertical()
        .id_salt("list of pins")
        .max_height(LIST)
        .min_scrolled_height(LIST)
        .auto_shrink([false, true])
        .show(ui, list);
}

/// The name, which can be typed over; an empty name returns to the automatic one.
fn rename(ui: &mut Ui, desk: &mut Desk<'_>, index: usize, label: &str) {
    let pin = &mut desk.session.pins[index];
    let mut text = pin.name.clone().unwrap_or_default();
    let tip = "The pin’s name: made of what differs, until you type another. Empty it to have the \
               automatic one back.";
    let add = |field: egui::TextEdit<'_>| ui.add(field.id_salt(("pin", index)));
    let response = name_field(&mut text, label, add);
    let response = named(response, &format!("Name of pin {}", index + 1)).on_hover_text(tip);
    if response.changed() {
        pin.name = (!text.trim().is_empty()).then_some(text);
    }
}
