//! How often and at which lengths each contender is trained, and how the length grows.

use egui::Ui;

use super::{lengths, number};
use crate::app::widgets::{choice, named, row};
use crate::task::TaskChoice;
use crate::train::{Comparison, Curriculum, Growth, Mastery};

/// What a curriculum begins with when it is switched on.
const CURRICULUM: Curriculum = Curriculum { from: 4, to: 150, growth: Growth::Factor(1.25) };

/// When a task counts as mastered unless it is said otherwise: every loss well below ln 2.
pub(super) const MASTERY: Mastery = Mastery { below: 0.1, checks: 1 };

/// Updates between two evaluations where they become necessary.
const EVALUATE_EVERY: u64 = 50;

/// Whether a task says when it is mastered.
pub(super) fn can_be_mastered(task: &TaskChoice) -> bool {
    matches!(task, TaskChoice::FirstZero(_))
}

pub(super) fn show(ui: &mut Ui, comparison: &mut Comparison) {
    let tip = "How often each contender is trained, every time from another seed.";
    number(ui, "Trials", tip, &mut comparison.trials, 0.05, 1..=100);
    if comparison.task.with_length(comparison.task.length()).is_none() {
        return;
    }
    let grows = comparison.curriculum.is_some();
    ui.add_enabled_ui(!grows, |ui| lengths::show(ui, &mut comparison.lengths));
    if can_be_mastered(&comparison.task) {
        curriculum(ui, comparison);
    }
    let trainings = comparison.entries().len();
    if trainings > comparison.contenders.len() {
        let text = egui::RichText::new(format!("{trainings} trainings in all")).size(12.0);
        let over = trainings > Comparison::MAX_TRAININGS;
        let color = if over { ui.visuals().error_fg_color } else { ui.visuals().weak_text_color() };
        ui.label(text.color(color));
    }
}

fn curriculum(ui: &mut Ui, comparison: &mut Comparison) {
    let tip = "Begins with short sequences; as soon as a length is mastered, longer ones follow (Elman \
               1993; Bengio et al. 2009).";
    row(ui, "Curriculum", tip, |ui| {
        let mut on = comparison.curriculum.is_some();
        let switch = named(ui.checkbox(&mut on, "grow after success"), "Curriculum, set");
        if switch.on_hover_text(tip).changed() {
            comparison.curriculum = on.then_some(CURRICULUM);
            if on {
                comparison.lengths.clear();
                comparison.stop.mastery.get_or_insert(MASTERY);
                if comparison.evaluate_every == 0 {
                    comparison.evaluate_every = EVALUATE_EVERY;
                }
            }
        }
    });
    let Some(Curriculum { from, to, growth }) = &mut comparison.curriculum else { return };
    number(ui, "From length", "The first length.", from, 0.1, 2..=10_000);
    number(ui, "To length", "Training ends once this length is mastered.", to, 0.5, 2..=10_000);
    grow(ui, growth);
}

fn grow(ui: &mut Ui, growth: &mut Growth) {
    row(ui, "Growth", "What follows a mastered length.", |ui| {
        let mut by_factor = matches!(growth, Growth::Factor(_));
        let options = [
            (true, "by a factor", "So many times the length, rounded down."),
            (false, "by steps", "So many steps more."),
        ];
        if choice(ui, &mut by_factor, &options) {
            *growth = if by_factor { Growth::Factor(1.25) } else { Growth::Step(1) };
        }
        match growth {
            Growth::Factor(factor) => {
                let value = egui::DragValue::new(factor).speed(0.005).range(1.01..=100.0);
                named(ui.add(value.update_while_editing(false)), "Growth factor");
            }
            Growth::Step(steps) => {
                let value = egui::DragValue::new(steps).speed(0.05).range(1..=1000);
                named(ui.add(value.update_while_editing(false)), "Growth in steps");
            }
        }
    });
}
