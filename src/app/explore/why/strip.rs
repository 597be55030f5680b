//! The line that opens views, and what can be done with those that are open.

use egui::{RichText, Ui};

use super::pane::Board;
use crate::app::commands::Command;
use crate::session::Pane;

/// Below this width in points the views are a menu.
const NARROW: f32 = 560.0;

const TIP: &str = "Each of these views answers one question about why gradients are what they are.";

/// Draws the line.
pub fn show(ui: &mut Ui, board: &mut Board<'_>) {
    let Board { session, commands, badge, .. } = board;
    let visible = session.why.arrangement.visible();
    let narrow = ui.available_width() < NARROW;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        if narrow {
            let menu = ui.menu_button(RichText::new("See why ▾").strong(), |ui| {
                if views(ui, &visible, commands) {
                    ui.close();
                }
            });
            menu.response.on_hover_text(TIP);
        } else {
            ui.label(RichText::new("See why:").strong()).on_hover_text(TIP);
            views(ui, &visible, commands);
        }
        if badge.show(ui) {
            commands.push(Command::View(Pane::Check));
        }
        if session.why.arrangement.panes().len() > 1 {
            arrange(ui, commands);
        }
    });
}

/// A button for each view. True if one was clicked.
fn views(ui: &mut Ui, visible: &[Pane], commands: &mut Vec<Command>) -> bool {
    let before = commands.len();
    for pane in Pane::VIEWS {
        let command = Command::View(pane);
        let button = egui::Button::new(pane.name()).selected(visible.contains(&pane));
        if command.explain(ui.add(button)).clicked() {
            commands.push(command);
        }
    }
    commands.len() > before
}

fn arrange(ui: &mut Ui, commands: &mut Vec<Command>) {
    ui.add_space(8.0);
    let menu = ui.menu_button("Arrange ▾", |ui| {
        for command in [Command::Stack, Command::SideBySide, Command::Grid, Command::CloseViews] {
            if command.button(ui).clicked() {
                commands.push(command);
                ui.close();
            }
        }
    });
    menu.response.on_hover_text("Where the open views stand. Tabs can also be dragged.");
}
