//! A line a contender: how far it is, its loss, its pace, why it ended.

use egui::{Align, Label, Layout, RichText, Ui, vec2};

use super::crowd;
use super::scene::Scene;
use crate::app::theme;
use crate::figure::{Color, number};
use crate::train::Stop;
use crate::visible;
use crate::worker::LaneStatus;

/// Below this width in points, numbers stand under the bar instead of beside it.
const ONE_LINE_FROM: f32 = 640.0;

/// Widths in points of the name and of each number.
const NAME: f32 = 132.0;
const NUMBERS: [f32; 3] = [96.0, 92.0, 150.0];

/// Draws the lines. Returns the lane of the training that was clicked.
pub fn show(ui: &mut Ui, scene: &Scene, unfolded: &mut Vec<bool>) -> Option<usize> {
    let clicked = if scene.comparison.is_single() {
        single(ui, scene)
    } else {
        crowd::show(ui, scene, unfolded)
    };
    trouble(ui, &scene.lanes);
    clicked
}

/// Every contender is trained once.
fn single(ui: &mut Ui, scene: &Scene) -> Option<usize> {
    let mut clicked = None;
    let wide = Line::is_wide(ui);
    let all = scene.comparison.contenders.iter().zip(&scene.lanes);
    for (index, (contender, lane)) in all.enumerate() {
        let line = Line::of(lane);
        ui.horizontal(|ui| {
            let selected = index == scene.view.contender;
            let tip = "Shows this contender’s gradient below.";
            if name(ui, (&contender.name, contender.color), selected, tip) {
                clicked = Some(index);
            }
            bar(ui, line.fraction, &line.done, line.diverged, wide);
            if wide {
                numbers(ui, line.texts.clone());
            }
        });
        if !wide {
            ui.add(Label::new(RichText::new(line.said()).size(12.0).weak()).wrap());
        }
    }
    clicked
}

/// The name in the contender's colour; true if it was clicked.
pub(super) fn name(ui: &mut Ui, (text, color): (&str, usize), selected: bool, tip: &str) -> bool {
    let color = theme::color(theme::of_window(ui.visuals()), Color::Category(color));
    let size = vec2(NAME, ui.spacing().interact_size.y);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(size);
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.label(RichText::new("●").color(color));
        let text = RichText::new(visible::name(text)).size(12.5);
        let button = egui::Button::selectable(selected, text).truncate();
        ui.add(button).on_hover_text(tip).clicked()
    })
    .inner
}

/// How much is done, in what room numbers leave if they stand beside it.
pub(super) fn bar(ui: &mut Ui, fraction: f32, text: &str, diverged: bool, numbers: bool) {
    let taken = if numbers { NUMBERS.iter().sum::<f32>() + 32.0 } else { 0.0 };
    let fill = match diverged {
        true => ui.visuals().error_fg_color.gamma_multiply(0.45),
        false => ui.visuals().selection.bg_fill,
    };
    let bar = egui::ProgressBar::new(fraction)
        .desired_width((ui.available_width() - taken).max(60.0))
        .desired_height(16.0)
        .corner_radius(4.0)
        .fill(fill)
        .text(RichText::new(text).size(11.5).color(ui.visuals().text_color()));
    ui.add(bar).on_hover_text("Updates done, of the budget.");
}

/// Texts in columns that stand below each other.
pub(super) fn numbers(ui: &mut Ui, texts: [String; 3]) {
    for (text, width) in texts.into_iter().zip(NUMBERS) {
        let size = vec2(width, 18.0);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_size(size);
            ui.add(Label::new(RichText::new(text).size(12.0)).truncate());
        });
    }
}

/// Where a training stands, in words.
pub(super) struct Line {
    /// Part of the budget that is used.
    pub(super) fraction: f32,
    /// The same as numbers.
    pub(super) done: String,
    pub(super) diverged: bool,
    /// Loss, pace, and time left or the reason of the end.
    pub(super) texts: [String; 3],
}

impl Line {
    /// Whether there is room for numbers beside the bar.
    pub(super) fn is_wide(ui: &Ui) -> bool {
        ui.available_width() >= ONE_LINE_FROM
    }

    pub(super) fn of(lane: &LaneStatus) -> Self {
        Self {
            fraction: lane.steps as f32 / lane.budget.max(1) as f32,
            done: format!("{} of {}", thousands(lane.steps), thousands(lane.budget)),
            diverged: matches!(lane.stop, Some(Stop::Diverged(_))),
            texts: texts(lane),
        }
    }

    /// The numbers on one line, without what is not known yet.
    fn said(&self) -> String {
        let known: Vec<&str> =
            self.texts.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
        known.join(" · ")
    }
}

fn texts(lane: &LaneStatus) -> [String; 3] {
    let loss =
        lane.loss.map_or_else(|| "loss –".to_owned(), |loss| format!("loss {}", number(loss, 4)));
    let pace = match lane.steps {
        0 => String::new(),
        _ => format!("{} steps/s", thousands(lane.steps_per_second.round() as u64)),
    };
    let end = match (&lane.failure, lane.stop, lane.seconds_left) {
        (Some(_), ..) => "failed".to_owned(),
        (None, Some(Stop::Diverged(step)), _) => format!("diverged at step {}", thousands(step)),
        (None, Some(stop), _) => stop.to_string(),
        (None, None, _) if lane.testing => "being tested".to_owned(),
        (None, None, Some(seconds)) => format!("{} left", time(seconds)),
        (None, None, None) => "waiting".to_owned(),
    };
    [loss, pace, end]
}

/// What went wrong, and what to do about it.
fn trouble(ui: &mut Ui, lanes: &[LaneStatus]) {
    let diverged = lanes.iter().any(|lane| matches!(lane.stop, Some(Stop::Diverged(_))));
    let advice = "Diverged: loss, gradient or update was no longer finite. The weights before it are \
                  kept. Lower the learning rate or clip the gradients.";
    let advice = diverged.then_some(advice);
    let mut failures: Vec<&str> = lanes.iter().filter_map(|lane| lane.failure.as_deref()).collect();
    failures.sort_unstable();
    failures.dedup();
    for text in advice.into_iter().chain(failures) {
        let text = visible::message(text);
        let text = RichText::new(text).size(12.0).color(ui.visuals().error_fg_color);
        ui.add(Label::new(text).wrap());
    }
}

/// A count as the axes write it: `1234`, and from 10 000 up in groups of three.
pub fn thousands(value: u64) -> String {
    let digits = value.to_string();
    if digits.len() < 5 {
        return digits;
    }
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// A time as people say it: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`.
pub(super) fn time(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match whole {
        0..10 => format!("{seconds:.1} s"),
        10..60 => format!("{whole} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_are_readable() {
        assert_eq!(
            [0, 9999, 10_000, 1_234_567].map(thousands),
            ["0", "9999", "10\u{202f}000", "1\u{202f}234\u{202f}567"]
        );
        assert_eq!(
            [0.42, 12.3, 200.0, 7500.0].map(time),
            ["0.4 s", "12 s", "3 min 20 s", "2 h 5 min"]
        );
    }
}
