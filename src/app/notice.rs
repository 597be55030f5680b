//! Short messages that do not interrupt: what was saved, what failed, what was set aside.

use std::time::{Duration, Instant};

use super::commands::Command;

/// How long good news stay; bad news stay until they are closed.
const STAY: Duration = Duration::from_secs(8);

/// Whether a notice is good news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something worked.
    Success,
    /// Something failed or was set aside.
    Warning,
}

/// One message.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Good or bad news.
    pub kind: Kind,
    /// One sentence.
    pub text: String,
    /// How often this was said, the last time counting.
    pub times: u32,
    /// What can be done about it, as a button.
    pub remedy: Option<Command>,
    since: Instant,
}

/// The messages on screen, oldest first.
#[derive(Debug, Default)]
pub struct Notices(Vec<Notice>);

impl Notices {
    /// Shows good news for a while.
    pub fn success(&mut self, text: impl Into<String>) {
        self.push(Kind::Success, text.into(), None);
    }

    /// Shows bad news until they are closed.
    pub fn warning(&mut self, text: impl Into<String>) {
        self.push(Kind::Warning, text.into(), None);
    }

    /// Shows bad news with what can be done about it.
    pub fn warning_with(&mut self, text: impl Into<String>, remedy: Command) {
        self.push(Kind::Warning, text.into(), Some(remedy));
    }

    /// Takes back news that hold no longer.
    pub fn retract(&mut self, text: &str) {
        self.0.retain(|notice| notice.text != text);
    }

    /// Takes back news about which something has been done.
    pub fn remedied(&mut self, remedy: Command) {
        self.0.retain(|notice| notice.remedy != Some(remedy));
    }

    /// The messages on screen.
    pub fn iter(&self) -> impl Iterator<Item = &Notice> {
        self.0.iter()
    }

    fn push(&mut self, kind: Kind, text: String, remedy: Option<Command>) {
        // The same news again stand in one place, but are seen to be new.
        let said = self.0.iter().position(|notice| notice.text == text);
        let times = said.map_or(0, |said| self.0.remove(said).times) + 1;
        self.0.push(Notice { kind, text, times, remedy, since: Instant::now() });
        let surplus = self.0.len().saturating_sub(4);
        self.0.drain(..surplus);
    }

    /// Draws them in the lower right corner. What somebody wants done about them, if anything.
    pub fn show(&mut self, ctx: &egui::Context) -> Option<Command> {
        self.0.retain(|notice| notice.kind == Kind::Warning || notice.since.elapsed() < STAY);
        if self.0.is_empty() {
            return None;
        }
        if self.0.iter().any(|notice| notice.kind == Kind::Success) {
            ctx.request_repaint_after(Duration::from_millis(500));
        }
        let mut closed = None;
        let mut wanted = None;
        egui::Area::new(egui::Id::unique("notices"))
            .anchor(egui::Align2::RIGHT_BOTTOM, [-12.0, -12.0])
            .order(egui::Order::Foreground)
            .show(ctx, |ui| {
                for (index, notice) in self.0.iter().enumerate() {
                    let End { close, remedy } = notice.ui(ui);
                    if close || remedy {
                        closed = Some(index);
                    }
                    wanted = wanted.or(notice.remedy.filter(|_| remedy));
                    ui.add_space(6.0);
                }
            });
        if let Some(index) = closed {
            self.0.remove(index);
        }
        wanted
    }
}

/// What was clicked in a message.
struct End {
    close: bool,
    remedy: bool,
}

impl Notice {
    /// Draws it.
    fn ui(&self, ui: &mut egui::Ui) -> End {
        let (sign, color) = match self.kind {
            Kind::Success => ("✔", ui.visuals().hyperlink_color),
            Kind::Warning => ("⚠", ui.visuals().warn_fg_color),
        };
        let width = (ui.ctx().content_rect().width() - 48.0).clamp(120.0, 420.0);
        egui::Frame::popup(ui.style())
            .stroke(egui::Stroke::new(1.5, color))
            .show(ui, |ui| {
                ui.set_max_width(width);
                ui.horizontal_top(|ui| {
                    ui.label(egui::RichText::new(sign).color(color).strong());
                    let text = match self.times {
                        0 | 1 => self.text.clone(),
                        times => format!("{} ({times} times)", self.text),
                    };
                    let remedy = ui
                        .vertical(|ui| {
                            // Room for the button that closes it.
                            ui.set_max_width(ui.available_width() - 32.0);
                            ui.add(egui::Label::new(text).wrap().selectable(true));
                            self.remedy.is_some_and(|remedy| remedy.button(ui).clicked())
                        })
                        .inner;
                    let close = ui.button("✖").on_hover_text("Close this message.").clicked();
                    End { close, remedy }
                })
                .inner
            })
            .inner
    }
}
