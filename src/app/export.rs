//! The export dialog, and writing files off the interface's thread.

use std::path::{Path, PathBuf};

use egui::{RichText, Ui};

use super::browse::{self, Answer};
use super::sheet::Sheet;
use super::task::{Task, finished};
use super::widgets::{choice, named, row};
use crate::error::Result;
use crate::figure::{self, Format, Style, Theme};
use crate::session::ExportSettings;
use crate::visible;

/// The dialog while it is open.
pub struct Dialog {
    /// What all figures together are called.
    sheet: &'static str,
    /// What is typed into the path field.
    path: String,
    /// Whether the path was typed or browsed to, so that it no longer follows the settings.
    own_path: bool,
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
    /// Write this file.
    Write(PathBuf),
}

impl Dialog {
    /// A dialog with a path that follows the settings; `sheet` names all figures together.
    pub fn new(sheet: &'static str, settings: &ExportSettings) -> Self {
        let path = default_path(sheet, settings).display().to_string();
        Self { sheet, path, own_path: false, confirm: None, browsing: None, error: None }
    }

    /// Tells what went wrong, in the dialog.
    pub fn fail(&mut self, error: String) {
        self.error = Some(error);
    }

    /// Draws the dialog. `earlier` says whose figures these are, if not of the present settings.
    pub fn show(
        &mut self,
        ctx: &egui::Context,
        settings: &mut ExportSettings,
        figures: &[(&'static str, String)],
        earlier: Option<&str>,
        busy: bool,
    ) -> Wish {
        self.collect(settings);
        let frame = egui::Frame::popup(&ctx.global_style()).inner_margin(16.0);
        let modal = egui::Modal::new(egui::Id::unique("export")).frame(frame).show(ctx, |ui| {
            ui.set_width((ctx.content_rect().width() - 60.0).clamp(200.0, 460.0));
            let most = (ctx.content_rect().height() - 60.0).max(120.0);
            egui::ScrollArea::vertical()
                .max_height(most)
                .min_scrolled_height(most.min(460.0))
                .show(ui, |ui| self.contents(ui, settings, figures, earlier, busy))
                .inner
        });
        match modal.inner {
            Wish::Stay if modal.should_close() => Wish::Close,
            wish => wish,
        }
    }

    fn contents(
        &mut self,
        ui: &mut Ui,
        settings: &mut ExportSettings,
        figures: &[(&'static str, String)],
        earlier: Option<&str>,
        busy: bool,
    ) -> Wish {
        ui.label(RichText::new("Export figures").heading().strong());
        ui.add_space(4.0);
        if let Some(earlier) = earlier {
            let text = RichText::new(format!("{earlier}.")).color(ui.visuals().warn_fg_color);
            ui.add(egui::Label::new(text).wrap());
        }
        let before = settings.clone();
        let shown = |settings: &ExportSettings| (settings.figure.clone(), settings.format);
        what(ui, settings, figures);
        if shown(&before) != shown(settings) && !self.own_path {
            self.path = default_path(self.sheet, settings).display().to_string();
        }
        if shown(&before) != shown(settings) && self.own_path {
            let path = Path::new(&self.path).with_extension(settings.format.extension());
            self.path = path.display().to_string();
        }
        self.path_field(ui, settings);
        if let Some(error) = &self.error {
            ui.colored_label(ui.visuals().error_fg_color, visible::message(error));
        }
        self.buttons(ui, busy)
    }

    fn path_field(&mut self, ui: &mut Ui, settings: &ExportSettings) {
        let tip =
            "Where the file goes; a relative path starts in the folder rnnscope was started in.";
        row(ui, "File", tip, |ui| {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let browse = ui.add_enabled(self.browsing.is_none(), egui::Button::new("Browse…"));
                if browse.on_hover_text("Chooses the place in a dialog of your desktop.").clicked()
                {
                    let path = Path::new(&self.path);
                    self.browsing = Some(browse::save(ui.ctx(), path, settings.format));
                }
                let field = egui::TextEdit::singleline(&mut self.path).desired_width(f32::INFINITY);
                let response = named(ui.add(field), "File").on_hover_text(tip);
                if response.changed() {
                    self.own_path = true;
                    self.confirm = None;
                    self.error = None;
                }
            });
        });
    }

    fn buttons(&mut self, ui: &mut Ui, busy: bool) -> Wish {
        let path = PathBuf::from(self.path.trim());
        let confirming = self.confirm.as_ref() == Some(&path);
        if confirming {
            let text = format!("{} exists already.", visible::path(&path));
            ui.colored_label(ui.visuals().warn_fg_color, text);
        }
        ui.add_space(6.0);
        ui.horizontal(|ui| {
            let text = if confirming { "Replace it" } else { "Save" };
            let ready = !busy && !self.path.trim().is_empty();
            let save = ui.add_enabled(ready, egui::Button::new(text));
            let save = save.on_hover_text("Writes the file, whole or not at all.");
            if ui.button("Cancel").on_hover_text("Closes without writing (Esc).").clicked() {
                return Wish::Close;
            }
            if busy {
                ui.spinner();
            }
            if !save.clicked() {
                return Wish::Stay;
            }
            self.error = None;
            if !confirming && path.exists() {
                self.confirm = Some(path);
                return Wish::Stay;
            }
            Wish::Write(path)
        })
        .inner
    }

    /// Takes what the desktop's dialog answered.
    fn collect(&mut self, settings: &ExportSettings) {
        match finished(&mut self.browsing) {
            Some(Ok(Answer::Chosen(path))) => {
                let path = match path.extension() {
                    Some(_) => path,
                    None => path.with_extension(settings.format.extension()),
                };
                self.path = path.display().to_string();
                self.own_path = true;
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

fn what(ui: &mut Ui, settings: &mut ExportSettings, figures: &[(&'static str, String)]) {
    row(ui, "Figure", "One figure, or all of them on one sheet.", |ui| {
        let title = |name: &Option<String>| match name {
            None => "all, on one sheet".to_owned(),
            Some(name) => name.clone(),
        };
        let combo = egui::ComboBox::from_id_salt("figure to export")
            .selected_text(title(&settings.figure))
            .width(ui.available_width())
            .show_ui(ui, |ui| {
                ui.selectable_value(&mut settings.figure, None, title(&None));
                for (name, title) in figures {
                    let value = Some((*name).to_owned());
                    ui.selectable_value(&mut settings.figure, value, *name).on_hover_text(title);
                }
            });
        named(combo.response, "Figure");
    });
    row(ui, "Format", "PNG for slides and pages, SVG for print, CSV for the numbers.", |ui| {
        let options = [
            (Format::Png, "PNG", "A picture made of pixels."),
            (Format::Svg, "SVG", "A picture made of lines and text: sharp at any size."),
            (Format::Csv, "CSV", "The numbers: a row a point."),
        ];
        choice(ui, &mut settings.format, &options);
    });
    if settings.format == Format::Csv {
        return;
    }
    let tip = "Width of the drawing; its height follows. Text keeps its size, so a wider drawing has \
               finer text.";
    row(ui, "Width", tip, |ui| {
        let width = egui::DragValue::new(&mut settings.width).range(200..=8000).suffix(" px");
        named(ui.add(width), "Width").on_hover_text(tip);
    });
    if settings.format == Format::Png {
        let tip = "Pixels of the file per pixel of the drawing: 2 gives twice the resolution.";
        row(ui, "Scale", tip, |ui| {
            let scale = egui::DragValue::new(&mut settings.scale).range(0.5..=4.0).speed(0.05);
            named(ui.add(scale.prefix("× ")), "Scale").on_hover_text(tip);
            let width = f64::from(settings.width) * f64::from(settings.scale);
            ui.weak(format!("= {} px wide", width.round()));
        });
    }
    row(ui, "Theme", "Colours of the file, whatever the window’s.", |ui| {
        let options = [
            (Theme::Light, "light", "Dark ink on white, for print."),
            (Theme::Dark, "dark", "Light ink on near-black, for dark slides."),
        ];
        choice(ui, &mut settings.theme, &options);
    });
}

/// `rnnscope-gradient-norm.png` in the folder last written to.
fn default_path(sheet: &str, settings: &ExportSettings) -> PathBuf {
    let figure = settings.figure.as_deref().unwrap_or(sheet);
    let name = format!("rnnscope-{figure}.{}", settings.format.extension());
    match &settings.folder {
        Some(folder) => folder.join(name),
        None => PathBuf::from(name),
    }
}

/// The style of a picture with these settings.
pub fn style(settings: &ExportSettings, heading: Option<String>) -> Style {
    Style { width_px: settings.width, theme: settings.theme, heading, ..Style::default() }
}

/// Draws the figures and writes the file.
///
/// # Errors
/// What drawing or writing says.
pub fn write(sheet: &Sheet, settings: &ExportSettings, path: &Path) -> Result<()> {
    let Sheet { figures, heading, .. } = sheet;
    let style = style(settings, heading.clone());
    let bytes = match settings.format {
        Format::Png => figure::png(figures, &style, f64::from(settings.scale))?,
        Format::Svg => figure::svg(figures, &style)?.into_bytes(),
        Format::Csv => sheet.csv()?.into_bytes(),
    };
    figure::save(path, &bytes)
}
