//! Which of many trainings is looked at: contender, length, trial.

use egui::{Button, ComboBox, RichText, Ui};

use super::scene::Scene;
use crate::app::widgets::named;
use crate::session::TrainSettings;
use crate::train::Contender;
use crate::visible;

/// Draws the choice, where there is one.
pub fn show(ui: &mut Ui, scene: &Scene, settings: &mut TrainSettings) {
    let comparison = &scene.comparison;
    if comparison.is_single() {
        return;
    }
    let tip = "Gradient, predictions and parameters below, “Save network…” and “Open in Explore” are \
               about this training.";
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new("Looking at").size(12.5)).on_hover_text(tip);
        let shown = |who: &Contender| visible::name(&who.name).into_owned();
        let names = comparison.contenders.iter().map(shown).collect();
        pick(ui, "Contender looked at", names, scene.view.contender, &mut settings.contender);
        if comparison.lengths.len() > 1 {
            let lengths = comparison.lengths.iter().map(|length| format!("T = {length}")).collect();
            pick(ui, "Length looked at", lengths, scene.view.length, &mut settings.length);
        }
        if comparison.trials > 1 {
            let trials = (1..=comparison.trials).map(|trial| format!("trial {trial}")).collect();
            pick(ui, "Trial looked at", trials, scene.view.trial, &mut settings.trial);
            let trial = scene.view.trial;
            let step = |ui: &mut Ui, text: &str, what: &str, to: Option<usize>| {
                let button = ui.add_enabled(to.is_some(), Button::new(text).small());
                named(button, what).on_hover_text(what).clicked().then_some(to).flatten()
            };
            let before = step(ui, "‹", "Previous trial", trial.checked_sub(1));
            let after = Some(trial + 1).filter(|next| *next < comparison.trials);
            let after = step(ui, "›", "Next trial", after);
            if let Some(to) = before.or(after) {
                settings.trial = to;
            }
        }
    });
}

fn pick(ui: &mut Ui, label: &str, options: Vec<String>, shown: usize, value: &mut usize) {
    if options.len() < 2 {
        return;
    }
    let text = options.get(shown).cloned().unwrap_or_default();
    let width = if label.starts_with("Contender") { 130.0 } else { 90.0 };
    let choice = ComboBox::from_id_salt(label).selected_text(text).width(width);
    let response = choice.show_ui(ui, |ui| {
        for (index, option) in options.into_iter().enumerate() {
            if ui.selectable_label(index == shown, option).clicked() {
                *value = index;
            }
        }
    });
    named(response.response, label);
}
