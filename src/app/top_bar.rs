//! The bar at the top: name, what is going on, and what concerns the whole window.

use egui::{Align, Layout, RichText, Ui};

use super::commands::Command;
use super::explore::stale::Work;
use crate::session::Tab;

/// What the bar tells.
pub struct State {
    /// Which tab is shown.
    pub tab: Tab,
    /// Whether networks are being trained.
    pub training: bool,
    /// How far the work is, if it has taken long enough to be worth a mark.
    pub work: Option<Work>,
    /// Whether the work has taken long enough to be stopped.
    pub can_stop: bool,
    /// What is on screen, in a line.
    pub facts: String,
    /// Whether there is something to undo, and to redo.
    pub undo: [bool; 2],
}

/// Draws the bar. True if the work under way is to be stopped.
pub fn show(ui: &mut Ui, state: State, commands: &mut Vec<Command>) -> bool {
    let State { tab, training, work, can_stop, facts, undo: [undo, redo] } = state;
    let mut stop = false;
    ui.horizontal(|ui| {
        ui.label(RichText::new("rnnscope").strong().size(16.0));
        ui.separator();
        for (command, of) in
            [(Command::ShowExplore, Tab::Explore), (Command::ShowTrain, Tab::Train)]
        {
            let text = RichText::new(command.text()).size(14.0);
            let button = ui.add(egui::Button::selectable(tab == of, text));
            if command.explain(button).clicked() {
                commands.push(command);
            }
        }
        if training {
            // Nothing that turns: it would have the whole window drawn 60 times a second.
            let dot = RichText::new("●").size(10.0).color(ui.visuals().hyperlink_color);
            ui.label(dot);
            ui.weak("training");
        }
        if let Some(work) = work {
            ui.add(egui::Spinner::new().size(14.0));
            ui.weak(work.in_words());
            if can_stop {
                let tip =
                    "Stops all that is being measured and keeps the curves that are on screen.";
                stop = ui.button("Stop all").on_hover_text(tip).clicked();
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let mut button = |ui: &mut Ui, command: Command, text: &str, enabled: bool| {
                let response = ui.add_enabled_ui(enabled, |ui| command.named_button(ui, text));
                if response.inner.clicked() {
                    commands.push(command);
                }
            };
            button(ui, Command::Help, "?", true);
            let other = if ui.visuals().dark_mode { "☀" } else { "☾" };
            button(ui, Command::ToggleTheme, other, true);
            button(ui, Command::Export, Command::Export.text(), true);
            button(ui, Command::Redo, "↷", redo);
            button(ui, Command::Undo, "↶", undo);
            ui.add_space(6.0);
            let facts = RichText::new(facts).size(12.0).weak();
            ui.add(egui::Label::new(facts).truncate()).on_hover_text(
                "The network on screen, the numbers that training would change, and the time this \
                 measurement took.",
            );
        });
    });
    stop
}
