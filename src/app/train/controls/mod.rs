//! The controls of a comparison, one file a group.

mod contender;
mod contenders;
mod files;
mod lengths;
mod optimizer;
mod presets;
mod run;
mod task;
mod tasks;
mod thumbnail;
mod trainings;

use egui::{RichText, Ui};

use super::save_dialog::Kind;
use super::scene::Phase;
use crate::app::commands::Command;
use crate::app::widgets::{group, named, row};
use crate::session::{Session, ThemeChoice};

/// What the controls work on.
pub struct Desk<'a> {
    /// The settings.
    pub session: &'a mut Session,
    /// What the buttons ask for, carried out after the frame.
    pub commands: &'a mut Vec<Command>,
    /// Where training stands.
    pub phase: Phase,
    /// Whether there is a training to save from.
    pub trained: bool,
    /// What is to be saved, asked for after the frame.
    pub save: &'a mut Option<Kind>,
}

/// Draws all groups.
pub fn show(ui: &mut Ui, desk: &mut Desk<'_>) {
    let busy = matches!(desk.phase, Phase::Running | Phase::LiningUp);
    if busy {
        let text = "These settings rest while training runs: pause or stop it to change them.";
        ui.add(egui::Label::new(RichText::new(text).size(12.0).weak()).wrap());
    }
    ui.add_enabled_ui(!busy, |ui| settings(ui, desk));
    ui.separator();
    group(ui, "Results", |ui| files::show(ui, desk));
    ui.separator();
    group(ui, "View", |ui| view(ui, desk));
}

/// Everything that a training depends on.
fn settings(ui: &mut Ui, desk: &mut Desk<'_>) {
    group(ui, "Task", |ui| tasks::show(ui, &mut desk.session.train));
    group(ui, "Presets", |ui| presets::show(ui, &mut desk.session.train));
    ui.separator();
    group(ui, "Sequences", |ui| task::show(ui, desk));
    ui.separator();
    let settings = &mut desk.session.train;
    let comparison = &mut settings.comparison;
    group(ui, "Contenders", |ui| {
        contenders::show(ui, &mut comparison.contenders, &mut settings.contender);
        if let Some(contender) = comparison.contenders.get_mut(settings.contender) {
            ui.add_space(2.0);
            contender::show(ui, contender, &mut desk.session.memory);
        }
    });
    ui.separator();
    group(ui, "Trainings", |ui| trainings::show(ui, comparison));
    ui.separator();
    group(ui, "Optimiser", |ui| optimizer::show(ui, comparison));
    ui.separator();
    group(ui, "Run", |ui| run::show(ui, comparison));
    ui.separator();
    group(ui, "Stop early", |ui| run::stopping(ui, comparison));
}

/// Theme and size of the interface, as on the other tab.
fn view(ui: &mut Ui, desk: &mut Desk<'_>) {
    row(ui, "Theme", "Colours of the window; exported files have their own.", |ui| {
        let options = [
            (ThemeChoice::System, "system", "Follows the desktop."),
            (ThemeChoice::Light, "light", "Dark ink on white."),
            (ThemeChoice::Dark, "dark", "Light ink on near-black."),
        ];
        crate::app::widgets::choice(ui, &mut desk.session.theme, &options);
    });
}

/// A number to drag or type.
fn number<N: egui::emath::Numeric>(
    ui: &mut Ui,
    label: &str,
    tip: &str,
    value: &mut N,
    speed: f64,
    range: std::ops::RangeInclusive<N>,
) {
    row(ui, label, tip, |ui| {
        let value = egui::DragValue::new(value)
            .speed(speed)
            .range(range)
            .clamp_existing_to_range(false)
            .update_while_editing(false);
        named(ui.add(value), label).on_hover_text(tip);
    });
}

/// A positive number over many decades: typed, or dragged in proportion to its size.
fn decades(ui: &mut Ui, label: &str, tip: &str, value: &mut f64, high: f64) {
    row(ui, label, tip, |ui| {
        let speed = (value.abs() * 0.02).max(1e-9);
        let value = egui::DragValue::new(value)
            .speed(speed)
            .range(0.0..=high)
            .clamp_existing_to_range(false)
            .update_while_editing(false)
            .custom_formatter(|value, _| plain(value));
        named(ui.add(value), label).on_hover_text(tip);
    });
}

/// A number that can be typed back: `0.0001`, `1e-8`.
fn plain(value: f64) -> String {
    let size = value.abs();
    let digits: f64 = format!("{value:.3e}").parse().unwrap_or(value);
    if size == 0.0 || (1e-4..1e6).contains(&size) {
        format!("{digits}")
    } else {
        format!("{digits:e}")
    }
}

/// A switch with a number beside it that counts only while it is on.
fn optional<N: egui::emath::Numeric>(
    ui: &mut Ui,
    label: &str,
    tip: &str,
    value: &mut Option<N>,
    default: N,
    speed: f64,
    range: std::ops::RangeInclusive<N>,
) {
    row(ui, label, tip, |ui| {
        let mut on = value.is_some();
        named(ui.checkbox(&mut on, ""), &format!("{label}, set")).on_hover_text(tip);
        let mut number = value.unwrap_or(default);
        let drag = egui::DragValue::new(&mut number)
            .speed(speed)
            .range(range)
            .clamp_existing_to_range(false)
            .update_while_editing(false);
        named(ui.add_enabled(on, drag), label).on_hover_text(tip);
        *value = on.then_some(number);
    });
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn numbers_can_be_typed_back() {
        for (value, text) in
            [(1e-4, "0.0001"), (1e-8, "1e-8"), (0.0, "0"), (0.00123456, "0.001235")]
        {
            assert_eq!(plain(value), text);
        }
    }
}
