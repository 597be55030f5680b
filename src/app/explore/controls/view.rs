//! How the figures are laid out.

use egui::Ui;

use super::Desk;
use crate::app::commands::Command;
use crate::app::widgets::{choice, row};
use crate::session::ThemeChoice;

pub(super) fn show(ui: &mut Ui, desk: &mut Desk<'_>) {
    let view = &desk.session.view;
    let switches = [
        (Command::NotebookView, view.notebook, true),
        (Command::ReverseTime, view.reversed_time || view.notebook, !view.notebook),
        (Command::ToggleTable, desk.session.table_open, true),
    ];
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 5.0;
        ui.spacing_mut().button_padding.x = 6.0;
        for (command, on, enabled) in switches {
            let button = egui::Button::new(command.text()).selected(on);
            if command.explain(ui.add_enabled(enabled, button)).clicked() {
                desk.commands.push(command);
            }
        }
    });
    row(ui, "Theme", "Colours of the window; exported files have their own.", |ui| {
        let options = [
            (ThemeChoice::System, "system", "Follows the desktop."),
            (ThemeChoice::Light, "light", "Dark ink on white."),
            (ThemeChoice::Dark, "dark", "Light ink on near-black."),
        ];
        choice(ui, &mut desk.session.theme, &options);
    });
    row(
        ui,
        "Interface",
        "Size of everything in the window, for a projector or sharp eyes.",
        |ui| {
            ui.horizontal_wrapped(|ui| {
                if Command::ZoomOut.named_button(ui, "−").clicked() {
                    desk.commands.push(Command::ZoomOut);
                }
                ui.label(format!("{:.0} %", 100.0 * desk.session.zoom));
                if Command::ZoomIn.named_button(ui, "+").clicked() {
                    desk.commands.push(Command::ZoomIn);
                }
                desk.button(ui, Command::ZoomReset, desk.session.zoom != 1.0);
            });
        },
    );
}
