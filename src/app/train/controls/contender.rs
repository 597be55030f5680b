//! The selected contender: name, cell, sizes, how its weights are drawn.

use egui::Ui;

use super::optional;
use crate::app::design;
use crate::app::widgets::{name_field, named, row};
use crate::session::Memory;
use crate::train::Contender;

pub(super) fn show(ui: &mut Ui, contender: &mut Contender, memory: &mut Memory) {
    let tip = "Its name in legends, tables and files.";
    row(ui, "Name", tip, |ui| {
        let add = |field: egui::TextEdit<'_>| ui.add(field.char_limit(60));
        let response = name_field(&mut contender.name, "", add);
        named(response, "Contender’s name").on_hover_text(tip);
    });
    // A name that says what it is goes on doing so.
    let follows = contender.has_default_name();
    design::show(ui, &mut contender.design, memory);
    let tip = "Ends this contender’s training earlier than the others’, after so many updates.";
    optional(ui, "Own budget", tip, &mut contender.budget, 1000, 10.0, 1..=10_000_000);
    if follows {
        contender.name = contender.default_name();
    }
}
