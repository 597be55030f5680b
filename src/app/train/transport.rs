//! Start, pause, step, stop, rewind, further: the buttons that steer a training.

use egui::{Button, RichText, Ui};

use super::scene::{Phase, Scene};
use crate::app::commands::Command;
use crate::app::widgets::named;
use crate::session::TrainSettings;
use crate::train::Stop;

/// Buttons whose text changes are at least this wide, in points, so that the others stay where they are.
const WIDTHS: [f32; 2] = [78.0, 108.0];

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
            let width = match command {
                Command::Train => WIDTHS[0],
                Command::StartAnew => WIDTHS[1],
                _ => 0.0,
            };
            let face = Button::new(text).min_size(egui::vec2(width, 0.0));
            let response = ui.add_enabled(why_not.is_none(), face);
            let response = match why_not {
                None => command.explain(response),
                Some(reason) => response.on_disabled_hover_text(reason),
            };
            let taken = scene.filter(|_| command == Command::OpenInExplore && why_not.is_none());
            let response = match taken {
                Some(scene) => response.on_hover_text(format!("Now: {}.", scene.taken.in_words())),
                None => response,
            };
            if response.clicked() {
                commands.push(command);
            }
        };
        let lining_up = "The networks are being drawn.";
        let waits = (phase == Phase::LiningUp).then_some(lining_up);
        let ended = "Every contender has ended: start again, or train further.";
        let over = (phase == Phase::Over).then_some(ended);
        button(ui, Command::Train, main_text(phase), waits.or(over));
        let over = over.filter(|_| !changed(scene, settings));
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
        // Far from where “Pause” stands, and always in its place: a click that comes a moment too late
        // hits nothing else.
        let again = match phase {
            Phase::Empty | Phase::Ready => Some("Nothing was trained yet: press “Start”."),
            Phase::LiningUp => Some(lining_up),
            Phase::Running => Some("Training is under way: pause it, or wait for its end."),
            Phase::Paused | Phase::Over => None,
        };
        let text = if changed(scene, settings) { "Start new run" } else { "Start again" };
        button(ui, Command::StartAnew, text, again);
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

fn main_text(phase: Phase) -> &'static str {
    match phase {
        // Where a run ends, nothing else takes the place of the button that was there.
        Phase::Running | Phase::Over => "Pause",
        Phase::Paused => "Resume",
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

/// What becomes of changed settings, and which weights are taken from the run.
fn note(ui: &mut Ui, phase: Phase, scene: Option<&Scene>, settings: &mut TrainSettings) {
    let Some(scene) = scene.filter(|_| phase != Phase::LiningUp) else { return };
    if scene.taken.chosen.is_some() {
        let text =
            format!("“Open in Explore” and “Save network…” take the {}.", scene.taken.in_words());
        ui.add(egui::Label::new(RichText::new(text).size(12.0)).wrap());
    }
    if !changed(Some(scene), settings) {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        let text = "The settings are not those of the training shown here: they apply when training \
                    is started anew.";
        let text = RichText::new(text).size(12.0).color(ui.visuals().warn_fg_color);
        ui.add(egui::Label::new(text).wrap());
        let tip = "Sets the controls to what is trained here; those there are now are replaced.";
        let button = ui.add_enabled(phase != Phase::Running, Button::new("Use its settings").small());
        let button = button.on_hover_text(tip);
        let resting = "Settings rest while training runs.";
        if button.on_disabled_hover_text(resting).clicked() {
            settings.return_to(&scene.comparison);
        }
    });
}
