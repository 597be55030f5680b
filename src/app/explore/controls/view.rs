//! How the figures are laid out.

use egui::Ui;

use super::Desk;
use crate::app::commands::Command;

pub(super) fn show(ui: &mut Ui, desk: &mut Desk<'_>) {
    let view = &desk.session.view;
    let switches = [
        (Command::NotebookView, view.notebook, true),
        (Command::ReverseTime, view.reversed_time || view.notebook, !view.notebook),
        (Command::ToggleTable, desk.session.table_open, true),
    ];
    ui.horizontal_wrapped(|ui| {
        for (command, on, enabled) in switches {
            let button = egui::Button::new(command.text()).selected(on);
            if command.explain(ui.add_enabled(enabled, button)).clicked() {
                desk.commands.push(command);
            }
        }
    });
}
