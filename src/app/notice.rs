//! Short messages that do not interrupt: what was saved, what failed, what was set aside.

use std::time::{Duration, Instant};

use super::commands::Command;
use crate::visible;

/// So many messages are kept at a time; those that are driven out are counted.
const MOST: usize = 100;

/// From so many messages on they can be closed together.
const MANY: usize = 4;

/// Messages take at most this part of the window's height before they scroll.
const HEIGHT: f32 = 0.6;

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
pub struct Notices {
    kept: Vec<Notice>,
    /// How many were driven out since the last time all were closed.
    driven_out: usize,
}

impl Notices {
    /// Shows good news for a while.
    pub fn success(&mut self, text: impl Into<String>) {
        self.push(Kind::Success, &text.into(), None);
    }

    /// Shows bad news until they are closed.
    pub fn warning(&mut self, text: impl Into<String>) {
        self.push(Kind::Warning, &text.into(), None);
    }

    /// Shows bad news with what can be done about it.
    pub fn warning_with(&mut self, text: impl Into<String>, remedy: Command) {
        self.push(Kind::Warning, &text.into(), Some(remedy));
    }

    /// Takes back news that hold no longer.
    pub fn retract(&mut self, text: &str) {
        let text = visible::message(text);
        self.kept.retain(|notice| notice.text != text);
    }

    /// Takes back news about which something has been done.
    pub fn remedied(&mut self, remedy: Command) {
        self.kept.retain(|notice| notice.remedy != Some(remedy));
    }

    /// The messages on screen.
    pub fn iter(&self) -> impl Iterator<Item = &Notice> {
        self.kept.iter()
    }

    fn push(&mut self, kind: Kind, text: &str, remedy: Option<Command>) {
        // The door for whatever files and libraries say.
        let text = visible::message(text);
        // The same news again stand in one place, but are seen to be new.
        let said = self.kept.iter().position(|notice| notice.text == text);
        let times = said.map_or(0, |said| self.kept.remove(said).times) + 1;
        self.kept.push(Notice { kind, text, times, remedy, since: Instant::now() });
        let surplus = self.kept.len().saturating_sub(MOST);
        self.kept.drain(..surplus);
        self.driven_out += surplus;
    }

    /// Draws them in the lower right corner. What somebody wants done about them, if anything.
    pub fn show(&mut self, ctx: &egui::Context) -> Option<Command> {
        self.kept.retain(|notice| notice.kind == Kind::Warning || notice.since.elapsed() < STAY);
        if self.kept.is_empty() {
            return None;
        }
        if self.kept.iter().any(|notice| notice.kind == Kind::Success) {
            ctx.request_repaint_after(Duration::from_millis(500));
        }
        let mut wish = Wish::Nothing;
        let mut wanted = None;
        let most = (HEIGHT * ctx.content_rect().height()).max(60.0);
        egui::Area::new(egui::Id::unique("notices"))
            .anchor(egui::Align2::RIGHT_BOTTOM, [-12.0, -12.0])
            .order(egui::Order::Foreground)
            .show(ctx, |ui| {
                if self.kept.len() >= MANY || self.driven_out > 0 {
                    self.header(ui, &mut wish);
                }
                egui::ScrollArea::vertical()
                    .id_salt("notices")
                    .max_height(most)
                    .stick_to_bottom(true)
                    .show(ui, |ui| {
                        for (index, notice) in self.kept.iter().enumerate() {
                            let End { close, remedy } = notice.ui(ui);
                            if close || remedy {
                                wish = Wish::Close(index);
                            }
                            wanted = wanted.or(notice.remedy.filter(|_| remedy));
                            ui.add_space(6.0);
                        }
                    });
            });
        match wish {
            Wish::Nothing => {}
            Wish::Close(index) => drop(self.kept.remove(index)),
            Wish::CloseAll => *self = Self::default(),
        }
        wanted
    }

    /// How many messages there are, and a button that closes them all.
    fn header(&self, ui: &mut egui::Ui, wish: &mut Wish) {
        egui::Frame::popup(ui.style()).show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.label(self.count());
                if ui.button("Close all").on_hover_text("Closes all messages.").clicked() {
                    *wish = Wish::CloseAll;
                }
            });
        });
        ui.add_space(6.0);
    }

    /// `5 messages`, and how many more there were.
    fn count(&self) -> String {
        let messages = if self.kept.len() == 1 { "message" } else { "messages" };
        match self.driven_out {
            0 => format!("{} {messages}", self.kept.len()),
            out => format!("The last {} {messages}; {out} older ones are gone", self.kept.len()),
        }
    }
}

/// What a button of the messages asks for.
enum Wish {
    Nothing,
    Close(usize),
    CloseAll,
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
