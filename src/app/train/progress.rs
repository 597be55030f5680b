//! A line a contender: how far it is, its loss, its pace, why it ended.

use egui::{Align, Label, Layout, RichText, Ui, vec2};

use super::scene::Scene;
use crate::app::theme;
use crate::figure::{Color, number};
use crate::train::{Contender, Stop};
use crate::worker::LaneStatus;

/// Below this width in points, numbers stand under the bar instead of beside it.
const ONE_LINE_FROM: f32 = 640.0;

/// Widths in points of the name and of each number.
const NAME: f32 = 132.0;
const NUMBERS: [f32; 3] = [96.0, 92.0, 150.0];

/// Draws the lines. Returns the contender that was clicked.
pub fn show(ui: &mut Ui, scene: &Scene, selected: usize) -> Option<usize> {
    let mut clicked = None;
    let wide = ui.available_width() >= ONE_LINE_FROM;
    for (index, (contender, lane)) in
        scene.comparison.contenders.iter().zip(&scene.lanes).enumerate()
    {
        let response = ui.horizontal(|ui| {
            let response = name(ui, contender, index == selected);
            let numbers: f32 = if wide { NUMBERS.iter().sum::<f32>() + 32.0 } else { 0.0 };
            bar(ui, lane, (ui.available_width() - numbers).max(60.0));
            if wide {
                for (text, width) in texts(lane).into_iter().zip(NUMBERS) {
                    cell(ui, &text, width);
                }
            }
            response
        });
        if response.inner {
            clicked = Some(index);
        }
        if !wide {
            ui.add(Label::new(RichText::new(said(lane)).size(12.0).weak()).wrap());
        }
    }
    trouble(ui, &scene.lanes);
    clicked
}

/// The name in the contender's colour; true if it was clicked.
fn name(ui: &mut Ui, contender: &Contender, selected: bool) -> bool {
    let color = theme::color(theme::of_window(ui.visuals()), Color::Category(contender.color));
    let size = vec2(NAME, ui.spacing().interact_size.y);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(size);
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.label(RichText::new("●").color(color));
        let text = RichText::new(&contender.name).size(12.5);
        let button = egui::Button::selectable(selected, text).truncate();
        ui.add(button).on_hover_text("Shows this contender’s gradient below.").clicked()
    })
    .inner
}

fn bar(ui: &mut Ui, lane: &LaneStatus, width: f32) {
    let done = lane.steps as f32 / lane.budget.max(1) as f32;
    let text = format!("{} of {}", thousands(lane.steps), thousands(lane.budget));
    let fill = match lane.stop {
        Some(Stop::Diverged(_)) => ui.visuals().error_fg_color.gamma_multiply(0.45),
        _ => ui.visuals().selection.bg_fill,
    };
    let bar = egui::ProgressBar::new(done)
        .desired_width(width)
        .desired_height(16.0)
        .corner_radius(4.0)
        .fill(fill)
        .text(RichText::new(text).size(11.5).color(ui.visuals().text_color()));
    ui.add(bar).on_hover_text("Updates done, of the budget.");
}

fn cell(ui: &mut Ui, text: &str, width: f32) {
    let size = vec2(width, 18.0);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(size);
        ui.add(Label::new(RichText::new(text).size(12.0)).truncate());
    });
}

/// Loss, pace, and time left or the reason of the end.
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
        (None, None, Some(seconds)) => format!("{} left", time(seconds)),
        (None, None, None) => "waiting".to_owned(),
    };
    [loss, pace, end]
}

/// The same on one line, without what is not known yet.
fn said(lane: &LaneStatus) -> String {
    let texts: Vec<String> = texts(lane).into_iter().filter(|text| !text.is_empty()).collect();
    texts.join(" · ")
}

/// What went wrong, and what to do about it.
fn trouble(ui: &mut Ui, lanes: &[LaneStatus]) {
    let diverged = lanes.iter().any(|lane| matches!(lane.stop, Some(Stop::Diverged(_))));
    let advice = "Diverged: loss or gradient was no longer finite. The weights before it are kept. \
                  Lower the learning rate or clip the gradients.";
    let advice = diverged.then_some(advice);
    let failures = lanes.iter().filter_map(|lane| lane.failure.as_deref());
    for text in advice.into_iter().chain(failures) {
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
fn time(seconds: f64) -> String {
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
