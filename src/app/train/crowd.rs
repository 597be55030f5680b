//! Many trainings a contender: a line for all of them together, and each on request.

use egui::{Label, RichText, ScrollArea, Ui};

use super::progress::{Line, bar, name, numbers, thousands, time};
use super::scene::Scene;
use crate::app::widgets::named;
use crate::train::{Stop, StopRule};
use crate::worker::LaneStatus;

/// Trainings listed at a time, before the list scrolls.
const LISTED: usize = 6;

/// Height of a line in the list, in points.
const ROW: f32 = 23.0;

/// Draws a line a contender, and below it, if it is unfolded, one a training. Returns the lane of the
/// training that was clicked.
pub fn show(ui: &mut Ui, scene: &Scene, unfolded: &mut Vec<bool>) -> Option<usize> {
    let mut clicked = None;
    let each = scene.lanes.len() / scene.comparison.contenders.len().max(1);
    unfolded.resize(scene.comparison.contenders.len(), false);
    let chosen = scene.view.entry(&scene.comparison);
    let all = scene.comparison.contenders.iter().zip(scene.lanes.chunks(each.max(1)));
    for (index, ((contender, lanes), open)) in all.zip(unfolded).enumerate() {
        let wide = Line::is_wide(ui);
        let first = index * each;
        let sum = Sum::of(lanes);
        let texts = sum.texts(goal(&scene.comparison.stop));
        ui.horizontal(|ui| {
            fold(ui, &contender.name, open);
            let selected = (first..first + each).contains(&chosen);
            let tip = "Shows a training of this contender below.";
            if name(ui, (&contender.name, contender.color), selected, tip) {
                // The same length and trial, of this contender.
                clicked = Some(first + chosen % each.max(1));
            }
            bar(ui, sum.fraction(), &sum.count(), sum.diverged > 0, wide);
            if wide {
                numbers(ui, texts.clone());
            }
        });
        if !wide {
            let said: Vec<&str> =
                texts.iter().map(String::as_str).filter(|t| !t.is_empty()).collect();
            ui.add(Label::new(RichText::new(said.join(" · ")).size(12.0).weak()).wrap());
        }
        if *open {
            clicked = list(ui, scene, first..first + each, chosen).or(clicked);
        }
    }
    clicked
}

/// The triangle that unfolds a contender's trainings.
fn fold(ui: &mut Ui, who: &str, open: &mut bool) {
    let text = if *open { "▾" } else { "▸" };
    let tip = if *open { "Hides its trainings." } else { "Lists its trainings one by one." };
    let button = egui::Button::new(text).frame(false).min_size(egui::vec2(14.0, 18.0));
    let response = ui.add(button).on_hover_text(tip);
    if named(response, &format!("Trainings of {}", crate::visible::name(who))).clicked() {
        *open ^= true;
    }
}

/// Every training of a contender, in a list that scrolls if it is long.
fn list(ui: &mut Ui, scene: &Scene, lanes: std::ops::Range<usize>, chosen: usize) -> Option<usize> {
    let mut clicked = None;
    let gap = ui.spacing().item_spacing.y;
    let height = lanes.len().min(LISTED) as f32 * (ROW + gap);
    let area = ScrollArea::vertical()
        .id_salt(("trainings", lanes.start))
        .max_height(height)
        .min_scrolled_height(height)
        .auto_shrink([false, true]);
    area.show_rows(ui, ROW, lanes.len(), |ui, rows| {
        for lane in rows.map(|row| lanes.start + row) {
            let (Some(entry), Some(status)) = (scene.entries.get(lane), scene.lanes.get(lane))
            else {
                continue;
            };
            ui.horizontal(|ui| {
                ui.set_height(ROW);
                ui.add_space(22.0);
                let contender = &scene.comparison.contenders[entry.contender];
                let color = contender.color;
                // The list stands below the contender's name.
                let label = scene.comparison.label(entry);
                let text = label.strip_prefix(&contender.name).unwrap_or(&label);
                let text = text.trim_start_matches([',', ' ']);
                let wide = Line::is_wide(ui);
                let tip = "Shows this training’s gradient and predictions below.";
                if name(ui, (text, color), lane == chosen, tip) {
                    clicked = Some(lane);
                }
                let line = Line::of(status);
                bar(ui, line.fraction, &line.done, line.diverged, wide);
                if wide {
                    numbers(ui, line.texts);
                }
            });
        }
    });
    clicked
}

/// What trainings are after, in the word that tells of it.
fn goal(stop: &StopRule) -> Option<&'static str> {
    match (stop.mastery, stop.streak, stop.target_loss) {
        (Some(_), ..) => Some("mastered"),
        (None, Some(_), _) | (None, None, Some(_)) => Some("solved"),
        (None, None, None) => None,
    }
}

/// Several trainings as one.
#[derive(Debug, Default, PartialEq)]
struct Sum {
    trainings: usize,
    ended: usize,
    /// Trainings done, with the parts of those under way.
    done: f32,
    steps: u64,
    left: u64,
    mastered: usize,
    solved: usize,
    diverged: usize,
    failed: usize,
    /// Threads that work for them.
    share: f64,
    /// Updates a second of a training, on the average of those that go on.
    pace: Option<f64>,
}

impl Sum {
    fn of(lanes: &[LaneStatus]) -> Self {
        let mut sum = Self { trainings: lanes.len(), ..Self::default() };
        let mut paces = Vec::new();
        for lane in lanes {
            sum.steps += lane.steps;
            sum.failed += usize::from(lane.failure.is_some());
            match lane.stop {
                Some(Stop::Mastered(_)) => sum.mastered += 1,
                Some(Stop::Streak(_) | Stop::Target(_)) => sum.solved += 1,
                Some(Stop::Diverged(_)) => sum.diverged += 1,
                _ => {}
            }
            if lane.has_ended() {
                sum.ended += 1;
                sum.done += 1.0;
            } else {
                sum.done += lane.steps as f32 / lane.budget.max(1) as f32;
                sum.share += lane.share;
                // Only the test is left of those that have stopped.
                let left = lane.budget.saturating_sub(lane.steps);
                sum.left += if lane.testing { 0 } else { left };
                paces.extend((lane.steps > 0).then_some(lane.steps_per_second));
            }
        }
        let total: f64 = paces.iter().sum();
        sum.pace = (total > 0.0).then(|| total / paces.len() as f64);
        sum
    }

    /// Part of the trainings that is done; one under way counts by its budget.
    fn fraction(&self) -> f32 {
        self.done / self.trainings.max(1) as f32
    }

    fn count(&self) -> String {
        format!("{} of {} done", self.ended, self.trainings)
    }

    /// What came of those that have ended (`goal` is told of even if none has got there), updates, and
    /// the time left.
    fn texts(&self, goal: Option<&str>) -> [String; 3] {
        let kinds = [
            (self.mastered, "mastered"),
            (self.solved, "solved"),
            (self.diverged, "diverged"),
            (self.failed, "failed"),
        ];
        let told: Vec<String> = kinds
            .iter()
            .filter(|(count, what)| *count > 0 || (self.ended > 0 && goal == Some(*what)))
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        let end = match (self.ended == self.trainings, self.pace) {
            (true, _) => "all ended".to_owned(),
            (false, Some(pace)) => {
                // Those that succeed end earlier.
                match self.share > 0.0 {
                    true => format!("at most {} left", time(self.left as f64 / pace / self.share)),
                    false => "waiting".to_owned(),
                }
            }
            (false, None) => "waiting".to_owned(),
        };
        [told.join(", "), format!("{} steps", thousands(self.steps)), end]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(steps: u64, stop: Option<Stop>) -> LaneStatus {
        LaneStatus {
            steps,
            budget: 100,
            loss: None,
            steps_per_second: 10.0,
            share: if stop.is_none() && steps > 0 { 1.0 } else { 0.0 },
            seconds_left: None,
            length: 10,
            stop,
            testing: false,
            failure: None,
        }
    }

    #[test]
    fn trainings_are_added_up() {
        let lanes = [
            lane(60, Some(Stop::Mastered(60))),
            lane(100, Some(Stop::Budget)),
            lane(40, None),
            lane(0, None),
        ];
        let sum = Sum::of(&lanes);
        assert_eq!((sum.ended, sum.steps, sum.left), (2, 200, 160));
        assert_eq!(sum.count(), "2 of 4 done");
        assert_eq!(sum.texts(None), ["1 mastered", "200 steps", "at most 16 s left"]);
        assert!((sum.fraction() - 2.4 / 4.0).abs() < 1e-6);
        assert_eq!(Sum::of(&lanes[..2]).texts(None)[2], "all ended");
    }

    #[test]
    fn a_test_under_way_is_not_the_end() {
        let testing = LaneStatus { testing: true, ..lane(60, None) };
        assert_eq!(Sum::of(&[testing]).ended, 0);
        let vain = Sum::of(&[lane(100, Some(Stop::Budget))]);
        assert_eq!(vain.texts(Some("solved"))[0], "0 solved");
    }
}
