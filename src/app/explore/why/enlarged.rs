//! One pane with the whole window for itself; both scales stay at hand in a line above it.

use egui::{Key, RichText, Ui};

use super::pane::{self, Board};
use crate::app::explore::controls;
use crate::session::Pane;

/// From this width in points, title and scales stand in one line.
const ONE_LINE_FROM: f32 = 900.0;

/// Draws the pane and the line above it.
pub fn show(ui: &mut Ui, pane: Pane, board: &mut Board<'_>) {
    let mut back = false;
    let wide = ui.available_width() >= ONE_LINE_FROM;
    ui.horizontal(|ui| {
        let tip = "Brings back the controls and the other panes (Esc).";
        back = ui.button("Back").on_hover_text(tip).clicked();
        ui.label(RichText::new(pane.question()).strong().size(16.0));
        if let Some(work) = board.viewers.work(pane) {
            ui.weak(work.in_short());
        }
        if wide {
            ui.add_space(16.0);
            controls::scales_in_a_line(ui, &mut board.session.question);
        }
    });
    if !wide {
        ui.horizontal(|ui| controls::scales_in_a_line(ui, &mut board.session.question));
    }
    ui.add_space(2.0);
    pane::show(ui, pane, board);
    // Escape closes what is on top of the window first.
    let on_top = ui.ctx().memory(|memory| memory.top_modal_layer().is_some());
    if back || (!on_top && ui.input(|input| input.key_pressed(Key::Escape))) {
        board.session.why.enlarged = None;
    }
}
