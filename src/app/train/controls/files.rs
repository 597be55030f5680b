//! What can be done with a training, and files of comparisons.

use egui::{Button, Ui};

use super::Desk;
use crate::app::commands::Command;
use crate::app::train::save_dialog::Kind;

/// Button, what is saved, tooltip.
const SAVES: [(&str, Kind, &str); 4] = [
    (
        "Save network…",
        Kind::Network,
        "The selected contender, at the moment chosen on the slider or as trained so far, as \
         .safetensors with torch.nn names.",
    ),
    (
        "Save run…",
        Kind::Runs,
        "All of it in a folder: the comparison, every loss, and every network as trained so far.",
    ),
    ("Save losses…", Kind::Losses, "Every loss of every contender, as CSV."),
    ("TensorBoard…", Kind::TensorBoard, "Event files for TensorBoard into a folder."),
];

pub(super) fn show(ui: &mut Ui, desk: &mut Desk<'_>) {
    let none = "Nothing was trained yet.";
    ui.horizontal_wrapped(|ui| {
        for (text, kind, tip) in SAVES {
            let button = ui.add_enabled(desk.trained, Button::new(text));
            if button.on_hover_text(tip).on_disabled_hover_text(none).clicked() {
                *desk.save = Some(kind);
            }
        }
        for command in [Command::Export, Command::CopyImage] {
            let button = ui.add_enabled(desk.trained, Button::new(command.text()));
            if button.on_hover_text(command.explanation()).on_disabled_hover_text(none).clicked() {
                desk.commands.push(command);
            }
        }
    });
    ui.horizontal_wrapped(|ui| {
        let tip = "Task, contenders and all settings as a .json file.";
        if ui.button("Save comparison…").on_hover_text(tip).clicked() {
            *desk.save = Some(Kind::Comparison);
        }
        if Command::Open.button(ui).clicked() {
            desk.commands.push(Command::Open);
        }
        if Command::SaveSession.button(ui).clicked() {
            desk.commands.push(Command::SaveSession);
        }
    });
}
