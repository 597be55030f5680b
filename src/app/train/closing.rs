//! Closing the window while there are trainings that no file has asks first.

use egui::{Context, Modal, RichText, ScrollArea, ViewportCommand};

use super::director::Order;
use super::ledger::{RunLine, titled};
use super::save_dialog::Kind;
use super::tab::TrainTab;
use crate::session::TrainSettings;

/// The list of what would be lost is at most so high, in points, before it scrolls.
const LIST: f32 = 150.0;

/// What becomes of closing the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Closing {
    /// Nobody wants to close it.
    #[default]
    Open,
    /// The user is asked.
    Asking,
    /// The user saves first; then it closes.
    Saving,
    /// It may close.
    Allowed,
}

impl TrainTab {
    /// Holds the window open while there are runs that no file has, until the user has decided.
    /// `kept` says whether settings will be there at the next start.
    pub fn guard_closing(&mut self, ctx: &Context, settings: &TrainSettings, kept: bool) {
        let wanted = ctx.input(|input| input.viewport().close_requested());
        if wanted && self.closing != Closing::Allowed && self.ledger().unsaved().next().is_some() {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            // What is being written is waited for; a dialog that is only open gives way.
            if self.errands == 0 {
                self.dialog = None;
                self.closing = Closing::Asking;
            }
        }
        match self.closing {
            Closing::Asking => self.ask_about_closing(ctx, settings, kept),
            // What was asked for is saved.
            Closing::Allowed if !wanted => ctx.send_viewport_cmd(ViewportCommand::Close),
            Closing::Open | Closing::Saving | Closing::Allowed => {}
        }
    }

    /// Lets the window close without asking: nobody is there to answer.
    pub fn allow_closing(&mut self) {
        self.closing = Closing::Allowed;
    }

    fn ask_about_closing(&mut self, ctx: &Context, settings: &TrainSettings, kept: bool) {
        let frame = egui::Frame::popup(&ctx.global_style()).inner_margin(16.0);
        let modal = Modal::new(egui::Id::unique("closing")).frame(frame).show(ctx, |ui| {
            ui.set_width((ctx.content_rect().width() - 60.0).clamp(200.0, 460.0));
            ui.label(RichText::new("Close without saving?").heading().strong());
            ui.add_space(4.0);
            ui.label("These runs are in no file of yours. Discarding them loses:");
            let most = LIST.min(0.35 * ctx.content_rect().height());
            ScrollArea::vertical().max_height(most).show(ui, |ui| {
                for line in self.ledger().unsaved() {
                    let text = format!("• {}: {}; {}", titled(line.number), line.title, lost(line));
                    ui.add(egui::Label::new(text).wrap());
                }
            });
            if kept {
                ui.label("The settings are kept.");
            }
            ui.add_space(6.0);
            ui.horizontal_wrapped(|ui| {
                let tip = "Writes each of these runs into a folder, then closes the window.";
                if ui.button("Save…").on_hover_text(tip).clicked() {
                    self.closing = Closing::Saving;
                    self.ask_where(Kind::Runs, settings);
                }
                let tip = "Closes the window; these runs are gone for good.";
                if ui.button("Discard and close").on_hover_text(tip).clicked() {
                    self.closing = Closing::Allowed;
                    self.order(Order::Discard);
                    ctx.send_viewport_cmd(ViewportCommand::Close);
                }
                let tip = "Closes nothing (Esc).";
                if ui.button("Cancel").on_hover_text(tip).clicked() {
                    self.closing = Closing::Open;
                }
            });
        });
        if modal.should_close() && self.closing == Closing::Asking {
            self.closing = Closing::Open;
        }
    }
}

/// What closing would lose of a run.
fn lost(line: &RunLine) -> String {
    let (unsaved, all) = line.unsaved;
    let networks = |count: usize| if count == 1 { "network" } else { "networks" };
    let what = match unsaved {
        0 => "what it learns from now on".to_owned(),
        _ if unsaved == all => format!("its {all} {} and their losses", networks(all)),
        _ => format!("{unsaved} of its {all} {} and their losses", networks(all)),
    };
    if line.running { format!("{what} (still training)") } else { what }
}
