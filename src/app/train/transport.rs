//! Start, pause, step, stop, rewind, further: the buttons that steer a training.

use egui::{Button, RichText, Ui};

use super::scene::{Phase, Scene};
use crate::app::commands::Command;
use crate::app::widgets::named;
use crate::session::TrainSettings;
use crate::train::Stop;

/// Draws the buttons, each with the reason if it has nothing to do; what they ask for is carried out after the frame.
pub fn show(
    ui: &mut Ui,
    phase: Phase,
    scene: Option<&Scene>,
    settings: &mut TrainSettings,
    commands: &mut Vec<Command>,
) {
    ui.horizontal_wrapped(|ui| {
        let mut button = |ui: &mut Ui, command: Command, text: &str, why_not: Option<&str>| {
            let response = ui.add_enabled(why_not.is_none(), Button::new(text));
            let response = match why_not {
                None => command.explain(response),
                Some(reason) => response.on_disabled_hover_text(reason),
            };
            if response.clicked() {
                commands.push(command);
            }
        };
        let text = main_text(phase, scene, settings);
        let lining_up = "The networks are being drawn.";
        let waits = (phase == Phase::LiningUp).then_some(lining_up);
        button(ui, Command::Train, text, waits);
        let over = (phase == Phase::Over && !changed(scene, settings))
            .then_some("Every contender has ended: train further, or rewind.");
        button(ui, Command::TrainStep, "Step", waits.or(over));
        let idle = match phase {
            Phase::Empty | Phase::Ready => Some("Nothing is being trained."),
            Phase::Over => Some("Every contender has ended already."),
            Phase::LiningUp => Some(lining_up),
            Phase::Running | Phase::Paused => None,
        };
        button(ui, Command::TrainStop, "Stop", idle);
        let fresh = match phase {
            Phase::Empty => Some("Nothing was trained yet."),
            Phase::Ready => Some("These are the initial weights already."),
            Phase::LiningUp => Some(lining_up),
            Phase::Running | Phase::Paused | Phase::Over => None,
        };
        button(ui, Command::Rewind, "Rewind", fresh);
        ui.separator();
        button(ui, Command::TrainFurther, "Train further", cannot_go_on(phase, scene));
        let tip = "Updates that training goes on for: with “Train further”, every contender gets \
                   so many more.";
        let value = egui::DragValue::new(&mut settings.further).range(1..=10_000_000).speed(10);
        named(ui.add(value), "Updates more").on_hover_text(tip);
        ui.separator();
        let nothing = match phase {
            Phase::Empty => Some("Nothing was trained yet."),
            Phase::LiningUp => Some(lining_up),
            Phase::Ready | Phase::Running | Phase::Paused | Phase::Over => None,
        };
        button(ui, Command::OpenInExplore, Command::OpenInExplore.text(), nothing);
        let tip = "Pins the curves of the same network before its first update, to compare with.";
        ui.checkbox(&mut settings.beside_initial, "beside its initial weights").on_hover_text(tip);
        if phase == Phase::LiningUp {
            ui.spinner();
            ui.weak("drawing the networks");
        }
    });
    note(ui, phase, scene, settings);
}

/// Whether the settings are no longer those of the training on screen.
pub fn changed(scene: Option<&Scene>, settings: &TrainSettings) -> bool {
    scene.is_some_and(|scene| *scene.comparison != settings.comparison)
}

fn main_text(phase: Phase, scene: Option<&Scene>, settings: &TrainSettings) -> &'static str {
    match phase {
        Phase::Running => "Pause",
        Phase::Paused if !changed(scene, settings) => "Resume",
        Phase::Over => "Start again",
        Phase::Paused => "Start anew",
        Phase::Empty | Phase::Ready | Phase::LiningUp => "Start",
    }
}

fn cannot_go_on(phase: Phase, scene: Option<&Scene>) -> Option<&'static str> {
    let diverged = |scene: &Scene| {
        scene
            .lanes
            .iter()
            .all(|lane| matches!(lane.stop, Some(Stop::Diverged(_))) || lane.failure.is_some())
    };
    match phase {
        Phase::Empty => Some("Nothing was trained yet."),
        Phase::LiningUp => Some("The networks are being drawn."),
        Phase::Running => Some("Training is under way: pause it, or wait for its end."),
        Phase::Over if scene.is_some_and(diverged) => {
            Some("Every contender diverged: lower the learning rate or clip the gradients.")
        }
        Phase::Ready | Phase::Paused | Phase::Over => None,
    }
}

/// What becomes of changed settings.
fn note(ui: &mut Ui, phase: Phase, scene: Option<&Scene>, settings: &TrainSettings) {
    if phase == Phase::LiningUp || !changed(scene, settings) {
        return;
    }
    let text = "The settings are not those of the training shown here: they apply when training is \
                started anew.";
    let text = RichText::new(text).size(12.0).color(ui.visuals().warn_fg_color);
    ui.add(egui::Label::new(text).wrap());
}
