//! Every training of a comparison as a table. Only the rows in sight are drawn: there may be hundreds.

use egui::{Align, Label, Layout, RichText, ScrollArea, Sense, Ui, UiBuilder, vec2};

use crate::app::theme;
use crate::figure::Color;
use crate::figure::of_run::TrialTable;
use crate::visible;

/// The part that scrolls is at most this high, in points, and a row this high.
const HEIGHT: f32 = 300.0;
const ROW: f32 = 22.0;

/// Width of a letter, about, and of the gap between columns.
const LETTER: f32 = 6.9;
const GAP: f32 = 18.0;

/// Room for a dot in front of a name.
const DOT: f32 = 16.0;

/// Draws a row a training below the contenders' totals, with a button that copies them.
pub fn show(ui: &mut Ui, table: &TrialTable) {
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new("Trainings").strong());
        let tip = "Puts this table on the clipboard, ready to paste into a spreadsheet.";
        if ui.button("Copy trainings").on_hover_text(tip).clicked() {
            ui.ctx().copy_text(table.tsv());
        }
        ui.weak("each contender’s total first");
    });
    for sentence in &table.sentences {
        ui.add(Label::new(visible::text(sentence)).wrap().selectable(true));
    }
    let widths = widths(table);
    ScrollArea::horizontal().id_salt("trials, sideways").show(ui, |ui| {
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        let head = |text: &String| RichText::new(text).size(12.0).strong();
        row(ui, &widths, table.headers.iter().map(head), None, false);
        for (index, total) in table.totals.iter().enumerate() {
            let cells = TrialTable::shown(total);
            let cells = cells.into_iter().map(|text| RichText::new(text).size(12.5).strong());
            row(ui, &widths, cells, None, index % 2 == 0);
        }
        let rows = table.rows.len();
        let height = HEIGHT.min(rows as f32 * ROW);
        let area = ScrollArea::vertical()
            .id_salt("trials")
            .max_height(height)
            .min_scrolled_height(height)
            .auto_shrink([false, true]);
        area.show_rows(ui, ROW, rows, |ui, range| {
            for index in range {
                let cells = TrialTable::shown(&table.rows[index]);
                let cells = cells.into_iter().map(|text| RichText::new(text).size(12.5));
                row(ui, &widths, cells, table.colors.get(index).copied(), index % 2 == 0);
            }
        });
    });
}

/// Room for the longest text of each column.
fn widths(table: &TrialTable) -> Vec<f32> {
    let all = || std::iter::once(&table.headers).chain(&table.totals).chain(&table.rows);
    let letters = |column: usize| {
        let cells = all().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let dot = |column: usize| if column == 0 { DOT } else { 0.0 };
    let width = |column| letters(column) as f32 * LETTER + GAP + dot(column);
    (0..table.headers.len()).map(width).collect()
}

/// A line of cells; `color` is that of a dot in front of the first.
fn row(
    ui: &mut Ui,
    widths: &[f32],
    cells: impl Iterator<Item = RichText>,
    color: Option<usize>,
    striped: bool,
) {
    let size = vec2(widths.iter().sum(), ROW);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    if striped {
        ui.painter().rect_filled(rect, 2.0, ui.visuals().faint_bg_color);
    }
    let theme = theme::of_window(ui.visuals());
    let mut left = rect.left() + 2.0;
    for (column, (text, width)) in cells.zip(widths).enumerate() {
        let mut room = egui::Rect::from_min_size(egui::pos2(left, rect.top()), vec2(*width, ROW));
        left += width;
        if column == 0 {
            if let Some(color) = color {
                let center = room.left_center() + vec2(5.0, 0.0);
                let color = theme::color(theme, Color::Category(color));
                ui.painter().circle_filled(center, 4.0, color);
            }
            *room.left_mut() += DOT;
        }
        let layout = Layout::left_to_right(Align::Center);
        let mut cell = ui.new_child(UiBuilder::new().max_rect(room).layout(layout));
        cell.add(Label::new(text).truncate().selectable(true));
    }
}
