//! The control panel, one file a group.

mod input;
mod network;
mod readout;
mod scales;
mod view;

use egui::Ui;

pub use self::scales::in_a_line as scales_in_a_line;

use super::pins;
use crate::app::commands::Command;
use crate::app::heads::Candidates;
use crate::app::widgets::group;
use crate::flow::FlowReport;
use crate::session::Session;

/// What the controls work on.
pub struct Desk<'a> {
    /// The settings.
    pub session: &'a mut Session,
    /// What the buttons ask for, carried out after the frame.
    pub commands: &'a mut Vec<Command>,
    /// What was measured of the present weights, once it was.
    pub report: Option<&'a FlowReport>,
    /// What the file of the present network offers as readout.
    pub candidates: Option<&'a Candidates>,
    /// What went wrong with each pin.
    pub pin_errors: &'a [Option<String>],
    /// Whether what went wrong is to be tried again.
    pub retry: bool,
}

impl Desk<'_> {
    /// A button for a command. The command is carried out after the frame.
    pub fn button(&mut self, ui: &mut Ui, command: Command, enabled: bool) {
        if ui.add_enabled_ui(enabled, |ui| command.button(ui)).inner.clicked() {
            self.commands.push(command);
        }
    }
}

/// Draws all groups.
pub fn show(ui: &mut Ui, desk: &mut Desk<'_>) {
    group(ui, "Scales", |ui| scales::show(ui, desk));
    ui.separator();
    group(ui, "Network", |ui| network::show(ui, desk));
    ui.separator();
    group(ui, "Input and loss", |ui| input::show(ui, desk));
    ui.separator();
    group(ui, "View", |ui| view::show(ui, desk));
    ui.separator();
    group(ui, "Pins", |ui| pins::show(ui, desk));
    ui.separator();
    group(ui, "Export", |ui| {
        ui.horizontal_wrapped(|ui| {
            for command in [Command::Export, Command::CopyImage, Command::CopyNumbers] {
                desk.button(ui, command, true);
            }
        });
    });
}
