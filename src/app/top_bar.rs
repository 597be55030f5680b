//! The bar at the top: name, what is going on, and what concerns the whole window.

use egui::{Align, Layout, RichText, Ui};

use super::commands::Command;

/// Draws the bar.
pub fn show(ui: &mut Ui, busy: bool, progress: Option<f64>, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        ui.label(RichText::new("rnnscope").strong().size(16.0));
        ui.separator();
        ui.label(RichText::new("Explore").size(14.0)).on_hover_text(
            "What happens to gradients inside a recurrent network, while you change it.",
        );
        if busy {
            ui.add(egui::Spinner::new().size(14.0));
            let text = match progress {
                Some(done) => format!("computing, {:.0} %", 100.0 * done),
                None => "computing".to_owned(),
            };
            ui.weak(text);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let mut button = |ui: &mut Ui, command: Command, text: &str| {
                if command.named_button(ui, text).clicked() {
                    commands.push(command);
                }
            };
            button(ui, Command::Help, "?");
            button(ui, Command::ToggleTheme, "◑");
            button(ui, Command::Export, Command::Export.text());
            button(ui, Command::Redo, "↷");
            button(ui, Command::Undo, "↶");
        });
    });
}
