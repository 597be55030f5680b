//! Closing the window during a training asks first.

use egui::{Context, Modal, RichText, ViewportCommand};

use super::tab::TrainTab;

impl TrainTab {
    /// Holds the window open while training has not ended, until the user has said yes.
    pub fn guard_closing(&mut self, ctx: &Context) {
        let closing = ctx.input(|input| input.viewport().close_requested());
        if closing && !self.may_close && self.phase().is_unfinished() {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            self.asking_to_close = true;
        }
        if self.asking_to_close {
            self.ask_about_closing(ctx);
        }
    }

    fn ask_about_closing(&mut self, ctx: &Context) {
        let frame = egui::Frame::popup(&ctx.global_style()).inner_margin(16.0);
        let modal = Modal::new(egui::Id::unique("closing")).frame(frame).show(ctx, |ui| {
            ui.set_width((ctx.content_rect().width() - 60.0).clamp(200.0, 400.0));
            ui.label(RichText::new("Close during a training?").heading().strong());
            ui.add_space(4.0);
            ui.label(
                "The training has not ended. Closing the window ends it, and its weights are lost \
                 unless they are saved first. The settings are kept.",
            );
            ui.add_space(6.0);
            ui.horizontal(|ui| {
                let keep = ui.button("Keep training").on_hover_text("Closes nothing (Esc).");
                if keep.clicked() {
                    self.asking_to_close = false;
                }
                let close = ui.button("End training and close");
                if close.on_hover_text("Closes the window.").clicked() {
                    self.may_close = true;
                    self.asking_to_close = false;
                    ctx.send_viewport_cmd(ViewportCommand::Close);
                }
            });
        });
        if modal.should_close() {
            self.asking_to_close = false;
        }
    }
}
