//! The end of a comparison as tables: contenders from best to worst, and every training.

use egui::{Label, RichText, ScrollArea, Ui};

use crate::app::commands::Command;
use crate::app::theme;
use crate::figure::Color;
use crate::figure::of_run::{Ranking, TrialTable};

/// A table of trials is at most this high, in points, before it scrolls.
const MOST_HEIGHT: f32 = 360.0;

/// Draws the table with a button that copies it.
pub fn show(ui: &mut Ui, ranking: &Ranking, commands: &mut Vec<Command>) {
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new("Ranking").strong());
        if Command::CopyNumbers.named_button(ui, "Copy table").clicked() {
            commands.push(Command::CopyNumbers);
        }
        ui.weak("by the mean of the last 100 losses; diverged contenders come last");
    });
    ScrollArea::horizontal().id_salt("ranking, sideways").show(ui, |ui| {
        let grid = egui::Grid::new("ranking").striped(true).min_col_width(16.0);
        grid.spacing([14.0, 5.0]).show(ui, |ui| {
            header(ui, &ranking.headers());
            for (cells, standing) in ranking.cells().iter().zip(&ranking.standings) {
                row(ui, cells, Some((1, standing.color)));
            }
        });
    });
}

/// Draws a row a training and the contenders' totals, with a button that copies them.
pub fn trials(ui: &mut Ui, table: &TrialTable) {
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new("Trainings").strong());
        let tip = "Puts this table on the clipboard, ready to paste into a spreadsheet.";
        if ui.button("Copy trainings").on_hover_text(tip).clicked() {
            ui.ctx().copy_text(table.tsv());
        }
        ui.weak(
            "totals first; where a training was not solved, it may have been ended by its budget",
        );
    });
    for sentence in &table.sentences {
        ui.add(Label::new(sentence).wrap().selectable(true));
    }
    let area = ScrollArea::both()
        .id_salt("trials")
        .max_height(MOST_HEIGHT)
        .min_scrolled_height(MOST_HEIGHT);
    area.auto_shrink([false, true]).show(ui, |ui| {
        let grid = egui::Grid::new("trials").striped(true).min_col_width(16.0);
        grid.spacing([18.0, 5.0]).show(ui, |ui| {
            header(ui, &table.headers);
            for total in &table.totals {
                for cell in total {
                    ui.add(Label::new(RichText::new(cell).size(12.5).strong()).selectable(true));
                }
                ui.end_row();
            }
            for (cells, color) in table.rows.iter().zip(&table.colors) {
                row(ui, cells, Some((0, *color)));
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

/// A row of texts, one of them with a dot in a contender's colour in front.
fn row(ui: &mut Ui, cells: &[String], dot: Option<(usize, usize)>) {
    let theme = theme::of_window(ui.visuals());
    for (column, cell) in cells.iter().enumerate() {
        let text = RichText::new(cell).size(12.5);
        match dot.filter(|(at, _)| *at == column) {
            Some((_, color)) => {
                ui.horizontal(|ui| {
                    ui.spacing_mut().item_spacing.x = 4.0;
                    let color = theme::color(theme, Color::Category(color));
                    ui.label(RichText::new("●").color(color));
                    ui.add(Label::new(text).selectable(true));
                });
            }
            None => {
                ui.add(Label::new(text).selectable(true));
            }
        }
    }
    ui.end_row();
}
