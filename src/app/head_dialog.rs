//! Which layer of a file is the readout, asked when several could be.

use egui::{RichText, Ui};

use super::files::Undecided;
use crate::network::Head;

/// The dialog while it is open.
pub struct HeadDialog {
    undecided: Undecided,
    chosen: Head,
}

/// What the dialog wants to happen.
pub enum Wish {
    /// Nothing yet.
    Stay,
    /// Close without opening the file.
    Close,
    /// Open it with this readout.
    Choose(Head),
}

impl HeadDialog {
    /// A dialog about a network that was read.
    pub fn new(undecided: Undecided) -> Self {
        let first = undecided.candidates.layers.first();
        let chosen = first.map_or(Head::None, |(name, _)| Head::Named(name.clone()));
        Self { undecided, chosen }
    }

    /// The network it was about.
    pub fn into_undecided(self) -> Undecided {
        self.undecided
    }

    /// Draws the dialog.
    pub fn show(&mut self, ctx: &egui::Context) -> Wish {
        let frame = egui::Frame::popup(&ctx.global_style()).inner_margin(16.0);
        let modal = egui::Modal::new(egui::Id::unique("head")).frame(frame).show(ctx, |ui| {
            ui.set_width((ctx.content_rect().width() - 60.0).clamp(200.0, 460.0));
            self.contents(ui)
        });
        match modal.inner {
            Wish::Stay if modal.should_close() => Wish::Close,
            wish => wish,
        }
    }

    fn contents(&mut self, ui: &mut Ui) -> Wish {
        let Undecided { weights, candidates, .. } = &self.undecided;
        let name = crate::visible::file_name(&weights.path);
        ui.label(RichText::new("Which layer is the readout?").heading().strong());
        ui.add_space(4.0);
        let trouble = candidates.trouble.as_deref().unwrap_or_default();
        ui.add(egui::Label::new(crate::visible::message(&format!("{name}: {trouble}."))).wrap());
        ui.add_space(4.0);
        let most = (ui.ctx().content_rect().height() - 260.0).max(80.0);
        egui::ScrollArea::vertical().max_height(most).show(ui, |ui| {
            for (name, shape) in &candidates.layers {
                ui.radio_value(&mut self.chosen, Head::Named(name.clone()), shape);
            }
        });
        for (head, text, tip) in OTHERS {
            ui.radio_value(&mut self.chosen, head, text).on_hover_text(tip);
        }
        ui.add_space(6.0);
        ui.horizontal(|ui| {
            let open = ui.button("Open").on_hover_text("Opens the network with this readout.");
            let cancel = ui.button("Cancel");
            if cancel.on_hover_text("Closes without opening the file (Esc).").clicked() {
                return Wish::Close;
            }
            if open.clicked() { Wish::Choose(self.chosen.clone()) } else { Wish::Stay }
        })
        .inner
    }
}

/// Readouts that no file has to hold, with what each means.
pub const OTHERS: [(Head, &str, &str); 2] = [
    (
        Head::None,
        "none: norm of the states",
        "The loss is the norm of h itself, at the last step or the mean over all: no readout stands \
         between.",
    ),
    (
        Head::Random,
        "random",
        "A readout drawn from the seed, as nn.Linear(hidden_size, 1) draws it: trained weights \
         under a readout that was never trained.",
    ),
];

/// What stands for [`Head::Fitting`].
pub const FITTING: &str = "the one that fits";

/// A choice of the readout in words.
pub fn words(head: &Head) -> String {
    match head {
        Head::Fitting => FITTING.to_owned(),
        Head::Named(name) => crate::visible::text(name).into_owned(),
        Head::None | Head::Random => {
            let found = OTHERS.iter().find(|(other, ..)| other == head);
            found.map_or_else(String::new, |(_, text, _)| (*text).to_owned())
        }
    }
}
