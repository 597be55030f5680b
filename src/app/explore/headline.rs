//! The verdict above the plots: one word, one sentence with its numbers.

use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, FontId, Ui};

use crate::app::theme;
use crate::figure::Color;
use crate::figure::of_flow::{self, Verdict};
use crate::flow::Fate;

/// Size of the sentence in points.
const SIZE: f32 = 15.0;

/// Draws the verdict; it wraps where there is little room.
pub fn show(ui: &mut Ui, verdict: &Verdict) {
    let ink = ui.visuals().text_color();
    let format = |color| TextFormat::simple(FontId::proportional(SIZE), color);
    let mut job = LayoutJob::default();
    if let Some(word) = verdict.word {
        let (text, color) = mark(ui, word);
        job.append(&format!("{text}:"), 0.0, format(color));
        job.append(" ", 0.0, format(ink));
    }
    job.append(&verdict.sentence, 0.0, format(ink));
    let label = egui::Label::new(job).wrap().selectable(true);
    ui.add(label).on_hover_text(of_flow::rule());
    ui.add_space(2.0);
}

/// A word with its sign, and the colour of both.
pub fn mark(ui: &Ui, word: Fate) -> (String, Color32) {
    let (sign, color) = match word {
        Fate::Vanishes | Fate::Fades => ("▼", Color::Category(0)),
        Fate::Keeps => ("●", Color::Category(2)),
        Fate::Grows | Fate::Explodes => ("▲", Color::Category(1)),
        Fate::Unknown => ("✕", Color::Alarm),
    };
    (format!("{sign} {word}"), theme::color(theme::of_window(ui.visuals()), color))
}
