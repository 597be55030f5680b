//! Comparisons worth starting from.

use egui::Ui;

use crate::session::TrainSettings;
use crate::train::presets;

pub(super) fn show(ui: &mut Ui, settings: &mut TrainSettings) {
    ui.horizontal_wrapped(|ui| {
        for preset in presets(settings.comparison.task.name()) {
            let several = preset.rounds.len() > 1;
            for round in preset.rounds {
                let name = match several {
                    true => format!("{}, {}", preset.title, round.task.loss()),
                    false => preset.title.to_owned(),
                };
                let button = egui::Button::new(name).selected(settings.comparison == round);
                if ui.add(button).on_hover_text(preset.about).clicked() {
                    settings.take(round);
                }
            }
        }
    });
}
