//! How a training shows that it goes on: bars on a terminal, elsewhere a line now and then. Both go
//! to standard error. Many trainings share one bar, and are counted.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::super::stderr;
use crate::figure::number;
use crate::visible;
use crate::worker::{LaneStatus, Race};

/// Time between two lines; short trainings say nothing before their end.
const BETWEEN_LINES: Duration = Duration::from_secs(5);

/// Longest name beside a bar.
const NAME: usize = 24;

/// Most trainings with a bar or a phrase of their own.
const SINGLE: usize = 8;

/// What a training shows while it goes on.
pub(super) enum Progress {
    /// A bar a training.
    Bars(Vec<ProgressBar>),
    /// One bar for all.
    Bar(ProgressBar),
    /// A line now and then; when the last one was written.
    Lines(Instant),
}

impl Progress {
    /// Bars if standard error is a terminal.
    pub(super) fn of(race: &Race) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self::Lines(Instant::now());
        }
        // A faulty template would be a bar without style, not a failure.
        let style = |template| {
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
        };
        if race.lanes() > SINGLE {
            let bar = ProgressBar::new(0).with_style(style("{wide_bar} {percent}%  {msg}"));
            return Self::Bar(bar);
        }
        let style = style("{prefix} {wide_bar} {pos}/{len}  {msg}");
        let all = MultiProgress::new();
        let names = labels(race);
        let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).min(NAME);
        let bar = |(lane, name): (usize, &String)| {
            let name = visible::cut_to(name, NAME);
            let bar = ProgressBar::new(race.status(lane).budget).with_style(style.clone());
            all.add(bar.with_prefix(format!("{name:<width$}")))
        };
        Self::Bars(names.iter().enumerate().map(bar).collect())
    }

    /// Shows where all trainings stand.
    pub(super) fn show(&mut self, race: &Race) {
        match self {
            Self::Bars(bars) => {
                for (lane, bar) in bars.iter().enumerate() {
                    let status = race.status(lane);
                    bar.set_position(status.steps);
                    bar.set_message(message(&status));
                }
            }
            Self::Bar(bar) => {
                let all = Together::of(race);
                bar.set_length(all.steps);
                bar.set_position(all.done);
                bar.set_message(all.counted(race));
            }
            Self::Lines(last) if last.elapsed() >= BETWEEN_LINES => {
                *last = Instant::now();
                stderr::say(&line(race));
            }
            Self::Lines(_) => {}
        }
    }

    /// Shows the end and leaves it on the screen.
    pub(super) fn end(mut self, race: &Race) {
        if matches!(self, Self::Lines(_)) {
            return;
        }
        self.show(race);
        match self {
            Self::Bars(bars) => bars.iter().for_each(ProgressBar::abandon),
            Self::Bar(bar) => bar.abandon(),
            Self::Lines(_) => {}
        }
        // The last bar fills its line; what comes next starts below.
        stderr::say("");
    }
}

fn labels(race: &Race) -> Vec<String> {
    let comparison = race.comparison();
    let label = |entry| visible::name(&comparison.label(entry)).into_owned();
    comparison.entries().iter().map(label).collect()
}

/// Where many trainings stand.
struct Together {
    /// Updates of all that have ended, and of the budgets of those that go on.
    steps: u64,
    /// Updates done.
    done: u64,
    /// For each contender, trainings that have ended and all of its trainings.
    ended: Vec<(usize, usize)>,
}

impl Together {
    fn of(race: &Race) -> Self {
        let mut all =
            Self { steps: 0, done: 0, ended: vec![(0, 0); race.comparison().contenders.len()] };
        for (lane, entry) in race.comparison().entries().iter().enumerate() {
            let LaneStatus { steps, budget, stop, failure, .. } = race.status(lane);
            let ended = stop.is_some() || failure.is_some();
            all.steps += if ended { steps } else { budget.max(steps) };
            all.done += steps;
            if let Some((over, of)) = all.ended.get_mut(entry.contender) {
                *over += usize::from(ended);
                *of += 1;
            }
        }
        all
    }

    /// `27 of 40 trainings; LSTM 17 of 20, RNN 10 of 20`.
    fn counted(&self, race: &Race) -> String {
        let contenders = race.comparison().contenders.iter().zip(&self.ended);
        let each: Vec<String> = contenders
            .map(|(contender, (over, of))| {
                format!("{} {over} of {of}", visible::name(&contender.name))
            })
            .collect();
        let over: usize = self.ended.iter().map(|(over, _)| over).sum();
        let mut text = format!("{over} of {} trainings", race.lanes());
        // More would fill the line that the bar needs.
        if (2..=4).contains(&each.len()) {
            text += &format!("; {}", each.join(", "));
        }
        text
    }
}

/// Loss, pace, and the time left or how it ended.
fn message(status: &LaneStatus) -> String {
    let loss = status.loss.map_or_else(|| "waiting".to_owned(), |loss| number(loss, 4));
    let end = match (&status.failure, status.stop, status.seconds_left) {
        (Some(_), _, _) => "failed".to_owned(),
        // The reason, without its explanation, which the table gives.
        (None, Some(stop), _) => {
            let text = stop.to_string();
            text.split_once(':').map_or(text.clone(), |(reason, _)| reason.to_owned())
        }
        (None, None, Some(left)) => format!("{left:.0} s left"),
        (None, None, None) => String::new(),
    };
    format!("loss {loss}  {:.0}/s  {end}", status.steps_per_second)
}

fn line(race: &Race) -> String {
    if race.lanes() > SINGLE {
        let all = Together::of(race);
        return format!("{}, {} batches done", all.counted(race), all.done);
    }
    let states = labels(race).into_iter().enumerate().map(|(lane, label)| {
        let LaneStatus { steps, budget, loss, .. } = race.status(lane);
        let loss = loss.map_or_else(String::new, |loss| format!(" loss {}", number(loss, 4)));
        format!("{label} {steps}/{budget}{loss}")
    });
    states.collect::<Vec<_>>().join("; ")
}
