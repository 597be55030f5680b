//! One pane with the whole window for itself; both scales stay at hand in a line above it.

use egui::{Key, RichText, Ui};

use super::pane::{self, Board};
use crate::app::explore::controls;
use crate::session::Pane;

/// Draws the pane and the line above it.
pub fn show(ui: &mut Ui, pane: Pane, board: &mut Board<'_>) {
    let mut back = false;
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(pane.question()).strong().size(16.0));
        ui.add_space(10.0);
        controls::scales_in_a_line(ui, &mut board.session.question);
        ui.add_space(10.0);
        let tip = "Brings back the controls and the other panes (Esc).";
        back = ui.button("Back").on_hover_text(tip).clicked();
        if let Some(text) = board.viewers.work(pane) {
            ui.weak(text);
        }
    });
    ui.add_space(2.0);
    pane::show(ui, pane, board);
    // Escape closes what is on top of the window first.
    let on_top = ui.ctx().memory(|memory| memory.top_modal_layer().is_some());
    if back || (!on_top && ui.input(|input| input.key_pressed(Key::Escape))) {
        board.session.why.enlarged = None;
    }
}
