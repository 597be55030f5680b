//! The end of a comparison as a table.

use egui::{Label, RichText, Ui};

use crate::app::commands::Command;
use crate::app::theme;
use crate::figure::Color;
use crate::figure::of_run::Ranking;

/// Draws the table with a button that copies it.
pub fn show(ui: &mut Ui, ranking: &Ranking, commands: &mut Vec<Command>) {
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new("Ranking").strong());
        if Command::CopyNumbers.named_button(ui, "Copy table").clicked() {
            commands.push(Command::CopyNumbers);
        }
        ui.weak("by the mean of the last 100 losses; diverged contenders come last");
    });
    egui::ScrollArea::horizontal().id_salt("ranking, sideways").show(ui, |ui| {
        let grid = egui::Grid::new("ranking").striped(true).min_col_width(16.0);
        grid.spacing([18.0, 5.0]).show(ui, |ui| {
            for header in ranking.headers() {
                ui.label(RichText::new(header).size(12.0).strong());
            }
            ui.end_row();
            let theme = theme::of_window(ui.visuals());
            for (cells, standing) in ranking.cells().into_iter().zip(&ranking.standings) {
                for (column, cell) in cells.into_iter().enumerate() {
                    let text = RichText::new(cell).size(12.5);
                    if column == 1 {
                        ui.horizontal(|ui| {
                            ui.spacing_mut().item_spacing.x = 4.0;
                            let color = theme::color(theme, Color::Category(standing.color));
                            ui.label(RichText::new("●").color(color));
                            ui.add(Label::new(text).selectable(true));
                        });
                    } else {
                        ui.add(Label::new(text).selectable(true));
                    }
                }
                ui.end_row();
            }
        });
    });
}
