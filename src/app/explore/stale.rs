//! Plots whose answer is still to come, or never will: dimmed, and told whose they are.

use std::time::{Duration, Instant};

use egui::{Frame, Rect, RichText, Ui, UiBuilder};

use crate::app::window::BUSY_AFTER;
use crate::flow::Question;
use crate::session;

/// How much of the colours is left in plots that are not of the present settings.
pub const DIMMED: f32 = 0.35;

/// Tells an answer that is late from one that is about to come, so that plots do not flicker while a
/// slider is dragged.
#[derive(Debug, Default)]
pub struct Delay {
    /// When the last answer came, or when there was first something to wait for.
    since: Option<Instant>,
    late: bool,
}

impl Delay {
    /// Told in each frame whether what is on screen answers the present settings.
    pub fn follow(&mut self, answered: bool) {
        if answered {
            *self = Self::default();
        } else {
            let since = *self.since.get_or_insert_with(Instant::now);
            self.late |= since.elapsed() >= BUSY_AFTER;
        }
    }

    /// An answer came, if only to settings of before: the next one has its time again.
    pub fn restart(&mut self) {
        self.since = None;
    }

    /// Whether the answer has been missed for long enough to be noticed. It stays so until the present
    /// settings are answered.
    pub fn is_late(&self) -> bool {
        self.late
    }
}

/// How far a measurement is, as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Work {
    /// The part that is done, in 0..=1.
    pub done: Option<f64>,
    /// How long the rest will take.
    pub left: Option<Duration>,
}

impl Work {
    /// `43 %, 12 s left`; empty while nothing is known.
    pub fn in_short(self) -> String {
        let Self { done, left } = self;
        // The last step is not the end: what follows it is not counted.
        let done = done.map(|done| format!("{:.0} %", (100.0 * done).floor().min(99.0)));
        let left = left.map(|left| format!("{} left", duration(left)));
        done.into_iter().chain(left).collect::<Vec<_>>().join(", ")
    }

    /// `measuring: 43 %, 12 s left`.
    pub fn in_words(self) -> String {
        match self.in_short() {
            short if short.is_empty() => "measuring".to_owned(),
            short => format!("measuring: {short}"),
        }
    }
}

/// `12 s`, `3 min`, `2 h`, rounded up: nothing is over before it is over.
fn duration(time: Duration) -> String {
    let seconds = time.as_secs_f64().ceil().max(1.0);
    match seconds {
        ..100.0 => format!("{seconds} s"),
        ..6000.0 => format!("{} min", (seconds / 60.0).ceil()),
        _ => format!("{} h", (seconds / 3600.0).ceil()),
    }
}

/// Why plots are not those of the present settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cause {
    /// Those are being measured.
    Measuring(Work),
    /// They were not measured: it was stopped, or failed.
    Unmeasured,
}

/// Plots that are not those of the present settings.
#[derive(Clone, Debug, PartialEq)]
pub struct Stale {
    /// What they are of, as far as it differs from the present settings.
    pub of: String,
    /// Why.
    pub cause: Cause,
}

/// What the user wants done about plots that are not of the present settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Stop measuring.
    Stop,
    /// Measure after all.
    Measure,
}

impl Stale {
    /// What `shown` is to somebody who asks `wanted`; `None` if it is the answer.
    pub fn of(shown: &Question, wanted: &Question, cause: Cause) -> Option<Self> {
        (shown != wanted).then(|| Self { of: session::earlier(shown, wanted), cause })
    }

    /// Both together, as one.
    pub fn and(self, other: Self) -> Self {
        let of = match self.of == other.of {
            true => self.of,
            false => format!("{} and of {}", self.of, other.of),
        };
        let cause = if self.cause == Cause::Unmeasured { other.cause } else { self.cause };
        Self { of, cause }
    }

    /// Whose curves these are, for whoever takes them away.
    pub fn sentence(&self) -> String {
        let Self { of, cause } = self;
        match cause {
            Cause::Measuring(_) => {
                format!(
                    "These are the curves of {of}; the present settings are still being measured"
                )
            }
            Cause::Unmeasured => {
                format!("These are the curves of {of}; the present settings were not measured")
            }
        }
    }

    /// Draws `add`, which shows these plots, dimmed and with a word on top.
    pub fn show<R>(&self, ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> (R, Option<Act>) {
        let drawn = ui.scope(|ui| {
            ui.multiply_opacity(DIMMED);
            add(ui)
        });
        let Self { of, cause } = self;
        let whose = format!("These are the curves of {of}.");
        (drawn.inner, on_top(ui, drawn.response.rect, *cause, &whose))
    }
}

/// Draws `add` as it is, or dimmed where it is stale.
pub fn dim<R>(
    ui: &mut Ui,
    stale: Option<&Stale>,
    add: impl FnOnce(&mut Ui) -> R,
) -> (R, Option<Act>) {
    match stale {
        Some(stale) => stale.show(ui, add),
        None => (add(ui), None),
    }
}

/// Says that the first answer is still to come, in the middle of the room for it.
pub fn awaited(ui: &mut Ui, work: Work) -> Option<Act> {
    let rect = ui.available_rect_before_wrap();
    on_top(ui, rect, Cause::Measuring(work), "")
}

/// A word and a button over the part of `rect` that can be seen.
fn on_top(ui: &mut Ui, rect: Rect, cause: Cause, whose: &str) -> Option<Act> {
    /// Width that the words may take, in points.
    const WIDTH: f32 = 380.0;
    let seen = rect.intersect(ui.clip_rect());
    if !seen.is_positive() {
        return None;
    }
    let width = WIDTH.min(seen.width() - 24.0).max(80.0);
    let top = seen.top() + (0.22 * seen.height()).min(120.0);
    let place = Rect::from_center_size(egui::pos2(seen.center().x, top), egui::vec2(width, 0.0));
    let place = place.with_max_y(seen.bottom());
    let mut inside = ui.new_child(UiBuilder::new().max_rect(place));
    let frame = Frame::popup(inside.style());
    frame
        .show(&mut inside, |ui| {
            ui.set_width(width - 24.0);
            let mut act = None;
            ui.horizontal_wrapped(|ui| match cause {
                Cause::Measuring(work) => {
                    ui.label(RichText::new(work.in_words()).strong());
                    let tip = "Stops this measurement and keeps what is on screen.";
                    if ui.button("Stop").on_hover_text(tip).clicked() {
                        act = Some(Act::Stop);
                    }
                }
                Cause::Unmeasured => {
                    ui.label(RichText::new("not of the present settings").strong());
                    let tip = "Measures the present settings after all.";
                    if ui.button("Measure").on_hover_text(tip).clicked() {
                        act = Some(Act::Measure);
                    }
                }
            });
            if !whose.is_empty() {
                ui.add(egui::Label::new(RichText::new(whose).size(12.0)).wrap());
            }
            act
        })
        .inner
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_says_what_is_known() {
        assert_eq!(Work::default().in_words(), "measuring");
        let left = Some(Duration::from_millis(39_200));
        assert_eq!(Work { done: Some(1.0), left }.in_words(), "measuring: 99 %, 40 s left");
        assert_eq!(Work { done: Some(0.439), left: None }.in_short(), "43 %");
        assert_eq!(duration(Duration::from_secs(150)), "3 min");
        assert_eq!(duration(Duration::from_secs(7201)), "3 h");
    }

    #[test]
    fn an_answer_is_late_only_if_it_is_missed_for_a_while_and_until_it_comes() {
        let mut delay = Delay::default();
        delay.follow(false);
        assert!(!delay.is_late());
        std::thread::sleep(BUSY_AFTER);
        delay.restart();
        delay.follow(false);
        assert!(!delay.is_late(), "another answer came meanwhile");
        std::thread::sleep(BUSY_AFTER);
        delay.follow(false);
        assert!(delay.is_late());
        delay.restart();
        delay.follow(false);
        assert!(delay.is_late(), "no flicker");
        delay.follow(true);
        assert!(!delay.is_late());
    }

    #[test]
    fn what_is_taken_away_is_said_to_be_of_earlier_settings() {
        let shown = Question::default();
        let wanted = Question { weight_scale: 2.0, ..Question::default() };
        let stale = Stale::of(&shown, &wanted, Cause::Measuring(Work::default()));
        let stale = stale.expect("another question");
        let text = "These are the curves of RNN tanh, 16 units, W × 1; the present settings are still \
                    being measured";
        assert_eq!(stale.sentence(), text);
        assert_eq!(Stale::of(&shown, &shown, Cause::Unmeasured), None);
        let other = Stale { of: "GRU, 8 units".to_owned(), cause: Cause::Unmeasured };
        let both = other.clone().and(other).and(stale);
        assert_eq!(both.of, "GRU, 8 units and of RNN tanh, 16 units, W × 1");
        assert_eq!(both.cause, Cause::Measuring(Work::default()));
    }
}
