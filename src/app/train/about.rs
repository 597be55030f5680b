//! The task in words: the question, what to watch, what was found.

use egui::{Align, CollapsingHeader, Label, Layout, RichText, Ui};

use crate::app::explore::plots::frame;
use crate::task::About;

/// The widest that text is set, in points: longer lines are hard to read.
const MEASURE: f32 = 660.0;

/// Draws the whole text, for a page that has nothing else to show.
pub fn show(ui: &mut Ui, about: &About) {
    frame(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(RichText::new(about.title).heading().strong());
        ui.label(about.sentence);
        ui.add_space(4.0);
        text(ui, about);
    });
}

/// Draws the text under a heading that folds it; `open` is whether it is unfolded.
pub fn folded(ui: &mut Ui, about: &About, open: &mut bool) {
    let title = RichText::new(format!("About “{}”", about.title)).size(12.5);
    let header = CollapsingHeader::new(title).id_salt("about the task").open(Some(*open));
    let response = header.show(ui, |ui| text(ui, about));
    let tip = "The question, what to watch, and what was found.";
    if response.header_response.on_hover_text(tip).clicked() {
        *open ^= true;
    }
}

fn text(ui: &mut Ui, about: &About) {
    let About { title: _, sentence: _, question, watch, found, source } = *about;
    ui.with_layout(Layout::top_down(Align::Min), |ui| {
        ui.set_max_width(MEASURE.min(ui.available_width()));
        ui.spacing_mut().item_spacing.y = 5.0;
        for (head, text) in [("Question", question), ("Watch", watch), ("Found", found)] {
            let mut job = egui::text::LayoutJob::default();
            let font = egui::FontId::proportional(12.5);
            let visuals = ui.visuals();
            let format = |color| egui::TextFormat::simple(font.clone(), color);
            job.append(&format!("{head}  "), 0.0, format(visuals.weak_text_color()));
            job.append(text, 0.0, format(visuals.text_color()));
            ui.add(Label::new(job).wrap().selectable(true));
        }
        let source = RichText::new(format!("Source: {source}")).size(11.5).weak();
        ui.add(Label::new(source).wrap().selectable(true));
    });
}
