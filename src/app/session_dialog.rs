//! Where the session goes when it is saved as a file of its own.

use std::path::{Path, PathBuf};

use egui::{Context, RichText, Ui};

use super::App;
use super::browse::{self, Answer};
use super::commands::Command;
use super::task::{Task, finished};
use super::widgets::{named, row};
use crate::disk;
use crate::session::{EXTENSION, Session};

/// The title of this dialog and of the desktop's.
const TITLE: &str = "Save the session";

/// The dialog while it is open.
pub struct SessionDialog {
    path: String,
    /// A file that exists, which the user has been told.
    confirm: Option<PathBuf>,
    browsing: Option<Task<Answer<PathBuf>>>,
    writing: Option<Task<Written>>,
    /// What went wrong with the last try.
    error: Option<String>,
    /// Whether the field has been given the keyboard, once.
    focused: bool,
}

/// What came of writing.
enum Written {
    Done(PathBuf),
    /// Something is there already, and nobody has said that it may go.
    Exists(PathBuf),
}

/// What the dialog wants to happen.
enum Wish {
    Stay,
    Close,
    Write(PathBuf),
}

impl App {
    /// Asks where the session goes.
    pub(super) fn ask_for_session_file(&mut self) {
        if self.saving_session.is_none() {
            let folder = self.session.export.folder.as_deref();
            self.saving_session = Some(SessionDialog::new(folder));
        }
    }

    /// Draws the dialog and does what it wants.
    pub(super) fn session_dialog(&mut self, ctx: &Context) {
        let Some(mut dialog) = self.saving_session.take() else { return };
        match finished(&mut dialog.writing) {
            Some(Ok(Written::Done(path))) => {
                self.notices.success(format!("Saved {}.", path.display()));
                return;
            }
            Some(Ok(Written::Exists(path))) => dialog.confirm = Some(path),
            Some(Err(error)) => dialog.error = Some(error.to_string()),
            None => {}
        }
        match dialog.show(ctx) {
            Wish::Stay => {}
            Wish::Close => return,
            Wish::Write(path) => dialog.write(ctx, self.session.clone(), path),
        }
        self.saving_session = Some(dialog);
    }
}

impl SessionDialog {
    fn new(folder: Option<&Path>) -> Self {
        let name = PathBuf::from(format!("session.{EXTENSION}"));
        let path = folder.map_or_else(|| name.clone(), |folder| folder.join(&name));
        Self {
            path: path.display().to_string(),
            confirm: None,
            browsing: None,
            writing: None,
            error: None,
            focused: false,
        }
    }

    fn write(&mut self, ctx: &Context, session: Session, path: PathBuf) {
        let replace = self.confirm.as_ref() == Some(&path);
        self.error = None;
        self.writing = Some(Task::spawn(ctx, move || {
            if !replace && disk::stamp(&path).is_some() {
                return Ok(Written::Exists(path));
            }
            session.write(&path)?;
            Ok(Written::Done(path))
        }));
    }

    fn show(&mut self, ctx: &Context) -> Wish {
        self.collect();
        let frame = egui::Frame::popup(&ctx.global_style()).inner_margin(16.0);
        let modal =
            egui::Modal::new(egui::Id::unique("save session")).frame(frame).show(ctx, |ui| {
                ui.set_width((ctx.content_rect().width() - 60.0).clamp(200.0, 460.0));
                self.contents(ui)
            });
        match modal.inner {
            Wish::Stay if modal.should_close() && self.writing.is_none() => Wish::Close,
            wish => wish,
        }
    }

    fn contents(&mut self, ui: &mut Ui) -> Wish {
        ui.label(RichText::new(TITLE).heading().strong());
        ui.add_space(4.0);
        ui.label(Command::SaveSession.explanation());
        let entered = self.path_field(ui);
        if let Some(error) = &self.error {
            ui.colored_label(ui.visuals().error_fg_color, error);
        }
        self.buttons(ui, entered)
    }

    /// Draws the field; true if Enter was pressed in it.
    fn path_field(&mut self, ui: &mut Ui) -> bool {
        let tip = "Where it goes; a relative path starts in the folder rnnscope was started in.";
        row(ui, "File", tip, |ui| {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let browse = ui.add_enabled(self.browsing.is_none(), egui::Button::new("Browse…"));
                if browse.on_hover_text("Chooses the place in a dialog of your desktop.").clicked()
                {
                    let path = Path::new(&self.path);
                    self.browsing = Some(browse::place(ui.ctx(), path, TITLE, Some(EXTENSION)));
                }
                let field = egui::TextEdit::singleline(&mut self.path).desired_width(f32::INFINITY);
                let response = named(ui.add(field), "File").on_hover_text(tip);
                if !self.focused {
                    self.focused = true;
                    response.request_focus();
                }
                if response.changed() {
                    self.confirm = None;
                    self.error = None;
                }
                response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter))
            })
            .inner
        })
    }

    fn buttons(&mut self, ui: &mut Ui, entered: bool) -> Wish {
        let path = with_extension(PathBuf::from(self.path.trim()));
        let confirming = self.confirm.as_ref() == Some(&path);
        if confirming {
            let text = format!("{} exists already.", path.display());
            ui.colored_label(ui.visuals().warn_fg_color, text);
        }
        ui.add_space(6.0);
        ui.horizontal(|ui| {
            let text = if confirming { "Replace it" } else { "Save" };
            let ready = self.writing.is_none() && !self.path.trim().is_empty();
            let save = ui.add_enabled(ready, egui::Button::new(text));
            let save = save.on_hover_text("Writes the file, whole or not at all.");
            if ui.button("Cancel").on_hover_text("Closes without writing (Esc).").clicked() {
                return Wish::Close;
            }
            match ready && (save.clicked() || entered) {
                true => Wish::Write(path),
                false => Wish::Stay,
            }
        })
        .inner
    }

    /// Takes what the desktop's dialog answered.
    fn collect(&mut self) {
        match finished(&mut self.browsing) {
            Some(Ok(Answer::Chosen(path))) => {
                let named = with_extension(path.clone());
                self.path = named.display().to_string();
                // The desktop's dialog has asked about replacing the very file it named.
                self.confirm = Some(path).filter(|path| *path == named);
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

/// A session is known by the ending of its file's name.
fn with_extension(path: PathBuf) -> PathBuf {
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(EXTENSION)) {
        return path;
    }
    let mut name = path.into_os_string();
    name.push(".");
    name.push(EXTENSION);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_file_is_known_by_its_name() {
        assert_eq!(with_extension("a/b".into()), Path::new("a/b.rnnscope"));
        assert_eq!(with_extension("v1.2".into()), Path::new("v1.2.rnnscope"));
        assert_eq!(with_extension("b.RNNSCOPE".into()), Path::new("b.RNNSCOPE"));
    }
}
