//! The slider that goes back through training.

use egui::Ui;

use super::progress::thousands;
use super::scene::Scene;
use crate::app::widgets::named;

/// Draws the slider; `cursor` is none while it follows the training.
pub fn show(ui: &mut Ui, scene: &Scene, cursor: &mut Option<u64>) {
    let moments = &scene.moments;
    let Some(last) = moments.len().checked_sub(1) else {
        ui.weak("The first measurement comes with the first update.");
        return;
    };
    let tip = "Goes back through training: the gradient by step and the predictions are those of \
               the moment chosen, and so are the weights that “Open in Explore” and “Save network…” \
               take. At the right end they follow the training. A click on the map chooses a moment, \
               too.";
    ui.horizontal(|ui| {
        ui.label("Moment").on_hover_text(tip);
        let place = |step: u64| moments.partition_point(|moment| *moment <= step).saturating_sub(1);
        let mut index = cursor.map_or(last, place);
        ui.spacing_mut().slider_width = (ui.available_width() - 178.0).max(80.0);
        let slider = egui::Slider::new(&mut index, 0..=last).show_value(false);
        let response = named(ui.add_enabled(last > 0, slider), "Moment of training");
        if response.changed() {
            *cursor = (index < last).then(|| moments[index]);
        }
        if response.clicked() || response.drag_started() {
            response.request_focus();
        }
        if !response.has_focus() {
            response.on_hover_text(tip);
        }
        let step = moments[index.min(last)];
        ui.label(format!("step {}", thousands(step)));
        let follow = ui.add_enabled(cursor.is_some(), egui::Button::new("Newest"));
        let follow = follow.on_hover_text("Follows the training again.");
        if follow.on_disabled_hover_text("It follows the training already.").clicked() {
            *cursor = None;
        }
    });
}
