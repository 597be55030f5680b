//! The right side of the Train tab, from top to bottom.

use egui::{Label, RichText, ScrollArea, Ui};

use super::scene::{Phase, Scene};
use super::tab::TrainTab;
use super::{about, chosen, plots, progress, ranking, runs, transport, trials};
use crate::app::commands::Command;
use crate::app::explore::plots::frame;
use crate::session::TrainSettings;
use crate::task::TaskChoice;
use crate::visible;

impl TrainTab {
    /// Draws everything that is known of the training.
    pub fn page(&mut self, ui: &mut Ui, settings: &mut TrainSettings, commands: &mut Vec<Command>) {
        if let Some(error) = &self.error {
            let text = RichText::new(format!("⚠ {}", visible::message(error))).strong();
            let text = text.color(ui.visuals().error_fg_color);
            ui.add(Label::new(text).wrap().selectable(true));
        }
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            let top = ui.cursor().top();
            let room = ui.available_height();
            let phase = self.phase();
            let scene = self.scene().cloned();
            frame(ui).show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.spacing_mut().item_spacing.y = 4.0;
                transport::show(ui, phase, scene.as_deref(), settings, commands);
                if let Some(scene) = &scene {
                    if let Some(lane) = progress::show(ui, scene, &mut self.unfolded)
                        && let Some(entry) = scene.entries.get(lane)
                    {
                        settings.look_at(&scene.comparison, entry);
                    }
                    chosen::show(ui, scene, settings);
                    let about = scene.comparison.task.about();
                    about::folded(ui, &about, &mut settings.about_open);
                }
                runs::show(ui, self, &mut settings.runs_open, commands);
            });
            let another =
                |scene: &Scene| scene.comparison.task.name() != settings.comparison.task.name();
            if scene.as_deref().is_some_and(another) {
                self.introduction(ui, &settings.comparison.task);
            }
            let Some(scene) = scene else {
                self.beginning(ui, phase, settings);
                return;
            };
            let left = room - (ui.cursor().top() - top) - ui.spacing().item_spacing.y;
            plots::show(ui, self, &scene, settings, left);
            self.results(ui, &scene, settings, commands);
        });
    }

    fn results(
        &mut self,
        ui: &mut Ui,
        scene: &Scene,
        settings: &mut TrainSettings,
        commands: &mut Vec<Command>,
    ) {
        frame(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ranking::show(ui, &scene.ranking, commands);
        });
        if let Some(table) = &scene.trials {
            frame(ui).show(ui, |ui| {
                ui.set_width(ui.available_width());
                trials::show(ui, table);
            });
        }
        if let TaskChoice::Mnist1d(task) = &scene.comparison.task {
            self.gallery.show(ui, task);
        }
        let title = if settings.parameters_open { "Hide parameters" } else { "Show parameters" };
        let tip = "Size of the gradient and of the update of each parameter of the selected \
                   contender, through training.";
        if ui.button(title).on_hover_text(tip).clicked() {
            settings.parameters_open ^= true;
        }
        plots::pairs(ui, &scene.parameters);
    }

    /// The task that is chosen but not trained yet, in words and, where there is data, in pictures.
    fn introduction(&mut self, ui: &mut Ui, task: &TaskChoice) {
        about::show(ui, &task.about());
        if let TaskChoice::Mnist1d(task) = task {
            self.gallery.show(ui, task);
        }
    }

    /// What there is to see before anything was trained.
    fn beginning(&mut self, ui: &mut Ui, phase: Phase, settings: &TrainSettings) {
        self.introduction(ui, &settings.comparison.task);
        ui.add_space(24.0);
        ui.spacing_mut().item_spacing.y = 3.0;
        ui.vertical_centered(|ui| {
            if phase == Phase::LiningUp {
                ui.spinner();
                return;
            }
            ui.label(RichText::new("Nothing is trained yet").heading().strong());
            ui.add_space(4.0);
            for line in [
                "Choose a preset or your own contenders on the left, then press Start.",
                "Losses, predictions and the gradient through time appear here",
                "while the networks learn.",
            ] {
                ui.weak(line);
            }
        });
    }
}
