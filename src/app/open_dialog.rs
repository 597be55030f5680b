//! A path to type, for desktops without a file dialog.

use std::path::PathBuf;

use egui::{RichText, Ui};

use super::widgets::{named, row};

/// The dialog while it is open.
#[derive(Default)]
pub struct OpenDialog {
    path: String,
    /// Whether the field has been given the keyboard, once.
    focused: bool,
}

/// What the dialog wants to happen.
pub enum Wish {
    /// Nothing yet.
    Stay,
    /// Close without opening anything.
    Close,
    /// Open this file.
    Open(PathBuf),
}

impl OpenDialog {
    /// Draws the dialog.
    pub fn show(&mut self, ctx: &egui::Context) -> Wish {
        let frame = egui::Frame::popup(&ctx.global_style()).inner_margin(16.0);
        let modal = egui::Modal::new(egui::Id::unique("open")).frame(frame).show(ctx, |ui| {
            ui.set_width((ctx.content_rect().width() - 60.0).clamp(200.0, 460.0));
            self.contents(ui)
        });
        match modal.inner {
            Wish::Stay if modal.should_close() => Wish::Close,
            wish => wish,
        }
    }

    fn contents(&mut self, ui: &mut Ui) -> Wish {
        ui.label(
            RichText::new("Open weights, a sequence, a comparison, data or a session")
                .heading()
                .strong(),
        );
        ui.add_space(4.0);
        ui.label(
            "Your desktop offers no file dialog: type the path, or drop the file on the window.",
        );
        let tip = "A .safetensors or .pt file with torch.nn names, a .csv file with a row a step, a .json \
                   comparison, a data set for MNIST-1D (.npz, or .csv with a row a sequence), or a \
                   .rnnscope session.";
        let entered = row(ui, "File", tip, |ui| {
            let field = egui::TextEdit::singleline(&mut self.path).desired_width(f32::INFINITY);
            let response = named(ui.add(field), "File").on_hover_text(tip);
            if !self.focused {
                self.focused = true;
                response.request_focus();
            }
            response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter))
        });
        ui.add_space(6.0);
        ui.horizontal(|ui| {
            let ready = !self.path.trim().is_empty();
            let open = ui.add_enabled(ready, egui::Button::new("Open"));
            let open = open.on_hover_text("Reads the file.").clicked();
            if ui.button("Cancel").on_hover_text("Closes without opening anything (Esc).").clicked()
            {
                return Wish::Close;
            }
            if ready && (open || entered) {
                return Wish::Open(PathBuf::from(self.path.trim()));
            }
            Wish::Stay
        })
        .inner
    }
}
