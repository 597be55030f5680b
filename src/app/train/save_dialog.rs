//! Where a network, a comparison, losses or event files go.

use std::path::{Path, PathBuf};

use egui::{Context, RichText, Ui};

use super::taken::Taken;
use crate::app::browse::{self, Answer};
use crate::app::task::{Task, finished};
use crate::app::widgets::{named, row};
use crate::visible;

/// What is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The selected contender's network.
    Network,
    /// The settings of the comparison.
    Comparison,
    /// Every loss of every contender.
    Losses,
    /// A folder of event files.
    TensorBoard,
    /// Whole runs, each in a folder of its own.
    Runs,
}

impl Kind {
    fn title(self) -> &'static str {
        match self {
            Self::Network => "Save the network",
            Self::Comparison => "Save the comparison",
            Self::Losses => "Save the losses",
            Self::TensorBoard => "Write event files for TensorBoard",
            Self::Runs => "Save whole runs",
        }
    }

    /// What is written; `taken` are the weights of a network.
    fn explanation(self, taken: Option<Taken>) -> String {
        let text = match self {
            Self::Network => {
                let weights = match taken {
                    Some(taken) if taken.chosen.is_some() => taken.in_words(),
                    // Training may go on while the dialog is open.
                    _ => "newest weights".to_owned(),
                };
                let what = "The selected contender with torch.nn names, as .safetensors";
                return format!("{what}: {weights}.");
            }
            Self::Comparison => {
                "Task, contenders and settings as .json, for another day, another machine or the \
                 command line."
            }
            Self::Losses => "A row a batch and a column a contender, as .csv, thinned nowhere.",
            Self::TensorBoard => "A folder; each contender gets one of its own inside.",
            Self::Runs => {
                "A folder; each run gets one of its own inside, with its comparison (.json), every \
                 loss (.csv) and every network as trained so far (.safetensors)."
            }
        };
        text.to_owned()
    }

    /// The extension of its files; folders have none.
    pub fn extension(self) -> Option<&'static str> {
        match self {
            Self::Network => Some("safetensors"),
            Self::Comparison => Some("json"),
            Self::Losses => Some("csv"),
            Self::TensorBoard | Self::Runs => None,
        }
    }

    /// The name proposed, without extension.
    pub fn default_name(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Comparison => "comparison",
            Self::Losses => "losses",
            Self::TensorBoard => "runs",
            Self::Runs => "trainings",
        }
    }
}

/// The dialog while it is open.
pub struct SaveDialog {
    kind: Kind,
    /// The weights that are saved, of a network.
    taken: Option<Taken>,
    path: String,
    /// Set once the user was told that the file exists.
    confirm: Option<PathBuf>,
    browsing: Option<Task<Answer<PathBuf>>>,
    /// What went wrong with the last try.
    error: Option<String>,
}

/// What the dialog wants to happen.
pub enum Wish {
    /// Nothing yet.
    Stay,
    /// Close without writing.
    Close,
    /// Write this.
    Write(Kind, PathBuf),
}

impl SaveDialog {
    /// A dialog that proposes a file of this name in a folder.
    pub fn new(kind: Kind, name: &str, folder: Option<&Path>, taken: Option<Taken>) -> Self {
        let file = match kind.extension() {
            Some(extension) => format!("{name}.{extension}"),
            None => name.to_owned(),
        };
        let path = folder.map_or_else(|| PathBuf::from(&file), |folder| folder.join(&file));
        let path = path.display().to_string();
        Self { kind, taken, path, confirm: None, browsing: None, error: None }
    }

    /// Tells what went wrong, in the dialog.
    pub fn fail(&mut self, error: String) {
        self.error = Some(error);
    }

    /// Draws the dialog.
    pub fn show(&mut self, ctx: &Context, busy: bool) -> Wish {
        self.collect();
        let frame = egui::Frame::popup(&ctx.global_style()).inner_margin(16.0);
        let modal = egui::Modal::new(egui::Id::unique("save")).frame(frame).show(ctx, |ui| {
            ui.set_width((ctx.content_rect().width() - 60.0).clamp(200.0, 460.0));
            self.contents(ui, busy)
        });
        match modal.inner {
            Wish::Stay if modal.should_close() => Wish::Close,
            wish => wish,
        }
    }

    fn contents(&mut self, ui: &mut Ui, busy: bool) -> Wish {
        ui.label(RichText::new(self.kind.title()).heading().strong());
        ui.add_space(4.0);
        ui.label(self.kind.explanation(self.taken));
        let entered = self.path_field(ui);
        if let Some(error) = &self.error {
            ui.colored_label(ui.visuals().error_fg_color, visible::message(error));
        }
        self.buttons(ui, busy, entered)
    }

    /// Draws the field; true if Enter was pressed in it.
    fn path_field(&mut self, ui: &mut Ui) -> bool {
        let label = if self.kind.extension().is_some() { "File" } else { "Folder" };
        let tip = "Where it goes; a relative path starts in the folder rnnscope was started in.";
        row(ui, label, tip, |ui| {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let browse = ui.add_enabled(self.browsing.is_none(), egui::Button::new("Browse…"));
                if browse.on_hover_text("Chooses the place in a dialog of your desktop.").clicked()
                {
                    let path = Path::new(&self.path);
                    let task =
                        browse::place(ui.ctx(), path, self.kind.title(), self.kind.extension());
                    self.browsing = Some(task);
                }
                let field = egui::TextEdit::singleline(&mut self.path).desired_width(f32::INFINITY);
                let response = named(ui.add(field), label).on_hover_text(tip);
                if response.changed() {
                    self.confirm = None;
                    self.error = None;
                }
                response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter))
            })
            .inner
        })
    }

    fn buttons(&mut self, ui: &mut Ui, busy: bool, entered: bool) -> Wish {
        let path = PathBuf::from(self.path.trim());
        let confirming = self.confirm.as_ref() == Some(&path);
        if confirming && path.exists() {
            let text = format!("{} exists already.", visible::path(&path));
            ui.colored_label(ui.visuals().warn_fg_color, text);
        }
        ui.add_space(6.0);
        ui.horizontal(|ui| {
            let text = if confirming { "Replace it" } else { "Save" };
            let ready = !busy && !self.path.trim().is_empty();
            let save = ui.add_enabled(ready, egui::Button::new(text));
            let save = save.on_hover_text("Writes it, whole or not at all.");
            if ui.button("Cancel").on_hover_text("Closes without writing (Esc).").clicked() {
                return Wish::Close;
            }
            if busy {
                ui.spinner();
            }
            if !(save.clicked() || ready && entered) {
                return Wish::Stay;
            }
            self.error = None;
            if !confirming && path.exists() && self.kind.extension().is_some() {
                self.confirm = Some(path);
                return Wish::Stay;
            }
            Wish::Write(self.kind, path)
        })
        .inner
    }

    /// Takes what the desktop's dialog answered.
    fn collect(&mut self) {
        match finished(&mut self.browsing) {
            Some(Ok(Answer::Chosen(path))) => {
                let path = match (path.extension(), self.kind.extension()) {
                    (None, Some(extension)) => path.with_extension(extension),
                    _ => path,
                };
                self.path = path.display().to_string();
                // The desktop's dialog has asked about replacing already.
                self.confirm = Some(path);
            }
            Some(Ok(Answer::NoDialog)) => {
                let text = "Your desktop offers no file dialog: type the path instead.";
                self.error = Some(text.to_owned());
            }
            Some(Ok(Answer::Cancelled)) => {}
            Some(Err(error)) => self.error = Some(error.to_string()),
            None => {}
        }
    }
}
