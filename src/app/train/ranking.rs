//! The end of a comparison as a table: contenders from best to worst.

use egui::{Label, RichText, ScrollArea, Ui};

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
        ui.weak(ranking.rule());
    });
    ScrollArea::horizontal().id_salt("ranking, sideways").show(ui, |ui| {
        let grid = egui::Grid::new("ranking").striped(true).min_col_width(16.0);
        grid.spacing([14.0, 5.0]).show(ui, |ui| {
            header(ui, &ranking.headers());
            for (cells, standing) in ranking.cells().iter().zip(&ranking.standings) {
                row(ui, cells, standing.color);
            }
        });
    });
}

fn header(ui: &mut Ui, names: &[impl AsRef<str>]) {
    for name in names {
        ui.label(RichText::new(name.as_ref()).size(12.0).strong());
    }
    ui.end_row();
}

/// A row of texts, the contender's name behind a dot in its colour.
fn row(ui: &mut Ui, cells: &[String], color: usize) {
    let theme = theme::of_window(ui.visuals());
    for (column, cell) in cells.iter().enumerate() {
        let text = RichText::new(cell).size(12.5);
        if column == 1 {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                let color = theme::color(theme, Color::Category(color));
                ui.label(RichText::new("●").color(color));
                ui.add(Label::new(text).selectable(true));
            });
        } else {
            ui.add(Label::new(text).selectable(true));
        }
    }
    ui.end_row();
}
