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
    let mut wish = None;
    let list = |ui: &mut Ui| {
        for (index, label) in labels.iter().enumerate() {
            wish = entry(ui, desk, index, label).or(wish.take());
        }
    };
    scrolled(ui, labels.len(), list);
    ui.weak(format!("now: {}", visible::text(&present)));
    match wish {
        Some(Wish::Return(index)) => {
            desk.session.question = desk.session.pins[index].question.clone();
        }
        Some(Wish::Remove(index)) => drop(desk.session.pins.remove(index)),
        None => {}
    }
}

/// What the buttons of a pin ask for.
enum Wish {
    Return(usize),
    Remove(usize),
}

/// A pin on a line, and below it what went wrong with it.
fn entry(ui: &mut Ui, desk: &mut Desk<'_>, index: usize, label: &str) -> Option<Wish> {
    let mut wish = None;
    ui.horizontal(|ui| {
        if ui.button("✖").on_hover_text("Removes this pin.").clicked() {
            wish = Some(Wish::Remove(index));
        }
        let tip = "Returns to the settings of this pin, and to what its files held.";
        if ui.button("↩").on_hover_text(tip).clicked() {
            wish = Some(Wish::Return(index));
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
    wish
}

/// A list that scrolls where it is long, below how long it is.
fn scrolled(ui: &mut Ui, count: usize, list: impl FnOnce(&mut Ui)) {
    if count <= FREE {
        return list(ui);
    }
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
