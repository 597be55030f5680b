//! Sequences that a classifier takes for another class, to be leafed through.

use egui::{Button, RichText, Ui};

use super::scene::Mistakes;
use crate::app::explore::hover;
use crate::app::explore::plots::frame;
use crate::app::plot;
use crate::app::widgets::named;

/// Height of the line above a sequence, in points.
const TITLE: f32 = 14.0;

/// Draws a page on a card, `height` points high, with buttons for the pages before and after.
pub fn show(ui: &mut Ui, mistakes: &Mistakes, height: f32, page: &mut usize) {
    frame(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 3.0;
        let top = ui.cursor().top();
        let (shown, pages) = mistakes.place;
        let (wrong, all) = mistakes.count;
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(format!("Mistaken: {wrong} of {all}")).strong());
            let before = ui.add_enabled(shown > 0, Button::new("‹").small());
            let before = named(before, "Mistakes before").on_hover_text("The page before.");
            ui.weak(format!("page {} of {pages}", shown + 1));
            let after = ui.add_enabled(shown + 1 < pages, Button::new("›").small());
            let after = named(after, "Mistakes after").on_hover_text("The page after.");
            if before.clicked() {
                *page = shown.saturating_sub(1);
            } else if after.clicked() {
                *page = shown + 1;
            }
        });
        ui.weak(
            RichText::new("Strong: the sequence. Faint: an example of the class it is taken for.")
                .size(11.5),
        );
        if mistakes.page.is_empty() {
            ui.label("Every sequence of the test set is classified rightly.");
            return;
        }
        let columns = if ui.available_width() < 330.0 { 2 } else { 3 };
        let rows = mistakes.page.len().div_ceil(columns).max(2) as f32;
        let used = ui.cursor().top() - top;
        let each = ((height - 16.0 - used) / rows - TITLE - 6.0).max(60.0);
        for row in mistakes.page.chunks(columns) {
            ui.columns(columns, |columns| {
                for (ui, picture) in columns.iter_mut().zip(row) {
                    let text = RichText::new(verdict(&picture.figure.title)).size(11.5);
                    let title = egui::Label::new(text).truncate();
                    ui.add_sized([ui.available_width(), TITLE], title)
                        .on_hover_text(&picture.figure.title);
                    let pointed = plot::bare(ui, picture, each);
                    hover::label(ui, picture, &pointed);
                }
            });
        }
    });
}

/// `sequence 12: 3 taken for 5 (80 %)` without the name in front and the number, which the small
/// plot has no room for: `3 taken for 5 (80 %)`.
fn verdict(title: &str) -> &str {
    title.rsplit_once(": ").map_or(title, |(_, told)| told)
}
