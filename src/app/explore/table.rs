//! The numbers behind the curves, step by step.

use egui::{Align, Label, Layout, RichText, Ui, vec2};

use crate::app::commands::Command;
use crate::figure::number;
use crate::figure::of_flow::Table;

/// Width of a column of numbers, and of the column of steps, in points.
const COLUMN: f32 = 118.0;
const STEP_COLUMN: f32 = 52.0;

/// Height of the part that scrolls.
const HEIGHT: f32 = 220.0;

/// What the table is told and tells.
pub struct Marked {
    /// The step to single out.
    pub step: Option<f64>,
    /// Whether to scroll to it: the pointer is over a plot, not over the table.
    pub follow: bool,
}

/// Draws the table. Returns the step under the pointer.
pub fn show(
    ui: &mut Ui,
    table: &Table,
    marked: &Marked,
    commands: &mut Vec<Command>,
) -> Option<f64> {
    ui.horizontal(|ui| {
        ui.label(RichText::new("Numbers").strong());
        if Command::CopyNumbers.button(ui).clicked() {
            commands.push(Command::CopyNumbers);
        }
        ui.weak("norms by step; h of the first sequence, gradients over the batch");
    });
    let mut hovered = None;
    egui::ScrollArea::horizontal().id_salt("table, sideways").show(ui, |ui| {
        header(ui, table);
        let height = 18.0;
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        let mut area = egui::ScrollArea::vertical()
            .id_salt("table")
            .max_height(HEIGHT)
            .min_scrolled_height(HEIGHT)
            .auto_shrink([false, true]);
        if let Some(step) = marked.step.filter(|_| marked.follow) {
            let above = (HEIGHT / height / 2.0) as f64;
            area = area.vertical_scroll_offset((step - 1.0 - above).max(0.0) as f32 * height);
        }
        area.show_rows(ui, height, table.rows.len(), |ui, range| {
            for row in &table.rows[range] {
                let step = row.first().copied();
                let chosen = step.is_some() && step == marked.step;
                if line(ui, row, height, chosen) {
                    hovered = step;
                }
            }
        });
    });
    hovered
}

fn header(ui: &mut Ui, table: &Table) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        for (index, name) in table.headers.iter().enumerate() {
            cell(ui, index, 20.0, RichText::new(name).size(12.0).strong());
        }
    });
}

/// One row; true if the pointer is over it.
fn line(ui: &mut Ui, row: &[f64], height: f32, chosen: bool) -> bool {
    let width = STEP_COLUMN + COLUMN * row.len().saturating_sub(1) as f32;
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), egui::Sense::hover());
    if chosen {
        ui.painter().rect_filled(rect, 3.0, ui.visuals().selection.bg_fill);
    }
    let layout = Layout::left_to_right(Align::Center);
    ui.scope_builder(egui::UiBuilder::new().max_rect(rect).layout(layout), |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        for (index, value) in row.iter().enumerate() {
            let text = if index == 0 { format!("{value}") } else { number(*value, 6) };
            cell(ui, index, height, RichText::new(text).size(12.0));
        }
    });
    response.contains_pointer()
}

fn cell(ui: &mut Ui, index: usize, height: f32, text: RichText) {
    let width = if index == 0 { STEP_COLUMN } else { COLUMN };
    let layout = Layout::right_to_left(Align::Center);
    ui.allocate_ui_with_layout(vec2(width, height), layout, |ui| {
        ui.set_min_size(vec2(width, height));
        ui.add(Label::new(text).truncate());
    });
}
