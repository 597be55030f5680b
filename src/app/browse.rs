//! The desktop's file dialogs, off the interface's thread, and how to tell that there are none.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::files;
use super::task::Task;
use crate::figure::Format;

/// A dialog that closes faster than this without an answer was never shown.
const NOBODY_IS_SO_QUICK: Duration = Duration::from_millis(400);

/// What became of a dialog.
pub enum Answer<T> {
    /// The user chose.
    Chosen(T),
    /// The user thought better of it.
    Cancelled,
    /// The desktop has no dialog to show.
    NoDialog,
}

/// Asks for files to open.
pub fn open(ctx: &egui::Context) -> Task<Answer<Vec<PathBuf>>> {
    ask(ctx, || {
        rfd::FileDialog::new()
            .set_title("Open weights, sequences, a comparison, data or a session")
            .add_filter("weights, sequences, comparisons, data, sessions", &files::EXTENSIONS)
            // Weights go by any name, or none.
            .add_filter("all files", &["*"])
            .pick_files()
    })
}

/// Asks where to save; `path` is what the dialog starts from.
pub fn save(ctx: &egui::Context, path: &Path, format: Format) -> Task<Answer<PathBuf>> {
    let path = path.to_owned();
    ask(ctx, move || {
        let mut dialog = rfd::FileDialog::new()
            .set_title("Export figures")
            .add_filter(format.extension(), &[format.extension()]);
        if let Some(name) = path.file_name() {
            dialog = dialog.set_file_name(name.to_string_lossy());
        }
        if let Some(folder) = path.parent().filter(|folder| folder.is_dir()) {
            dialog = dialog.set_directory(folder);
        }
        dialog.save_file()
    })
}

/// Asks for a place to save: a file with an extension, or a folder.
pub fn place(
    ctx: &egui::Context,
    path: &Path,
    title: &'static str,
    extension: Option<&'static str>,
) -> Task<Answer<PathBuf>> {
    let path = path.to_owned();
    ask(ctx, move || {
        let mut dialog = rfd::FileDialog::new().set_title(title);
        if let Some(folder) = path.parent().filter(|folder| folder.is_dir()) {
            dialog = dialog.set_directory(folder);
        }
        let Some(extension) = extension else { return dialog.pick_folder() };
        if let Some(name) = path.file_name() {
            dialog = dialog.set_file_name(name.to_string_lossy());
        }
        dialog.add_filter(extension, &[extension]).save_file()
    })
}

fn ask<T: Send + 'static>(
    ctx: &egui::Context,
    show: impl FnOnce() -> Option<T> + Send + 'static,
) -> Task<Answer<T>> {
    Task::spawn(ctx, move || {
        let start = Instant::now();
        Ok(match show() {
            Some(chosen) => Answer::Chosen(chosen),
            None if start.elapsed() < NOBODY_IS_SO_QUICK => Answer::NoDialog,
            None => Answer::Cancelled,
        })
    })
}
