//! How a training shows that it goes on: a bar a contender on a terminal, elsewhere a line now and
//! then. Both go to standard error.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::figure::number;
use crate::worker::{LaneStatus, Race};

/// Time between two lines; short trainings say nothing before their end.
const BETWEEN_LINES: Duration = Duration::from_secs(5);

/// Longest name beside a bar.
const NAME: usize = 24;

/// What a training shows while it goes on.
pub(super) enum Progress {
    /// A bar a contender.
    Bars(Vec<ProgressBar>),
    /// A line now and then; when the last one was written.
    Lines(Instant),
}

impl Progress {
    /// Bars if standard error is a terminal.
    pub(super) fn of(race: &Race) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self::Lines(Instant::now());
        }
        let all = MultiProgress::new();
        // A faulty template would be a bar without style, not a failure.
        let style = ProgressStyle::with_template("{prefix} {wide_bar} {pos}/{len}  {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        let contenders = &race.comparison().contenders;
        let width = contenders.iter().map(|c| c.name.chars().count()).max().unwrap_or(0).min(NAME);
        let bar = |name: &str| {
            let name: String = name.chars().take(NAME).collect();
            let bar = ProgressBar::new(race.comparison().steps).with_style(style.clone());
            all.add(bar.with_prefix(format!("{name:<width$}")))
        };
        Self::Bars(contenders.iter().map(|contender| bar(&contender.name)).collect())
    }

    /// Shows where all contenders stand.
    pub(super) fn show(&mut self, race: &Race) {
        match self {
            Self::Bars(bars) => {
                for (lane, bar) in bars.iter().enumerate() {
                    let status = race.status(lane);
                    bar.set_position(status.steps);
                    bar.set_message(message(&status));
                }
            }
            Self::Lines(last) if last.elapsed() >= BETWEEN_LINES => {
                *last = Instant::now();
                // Nobody reads it: no reason to stop training.
                let _ = writeln!(std::io::stderr(), "{}", line(race));
            }
            Self::Lines(_) => {}
        }
    }

    /// Shows the end and leaves it on the screen.
    pub(super) fn end(mut self, race: &Race) {
        if let Self::Bars(_) = self {
            self.show(race);
        }
        if let Self::Bars(bars) = self {
            bars.iter().for_each(ProgressBar::abandon);
            // The last bar fills its line; what comes next starts below.
            let _ = writeln!(std::io::stderr());
        }
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
    let states = race.comparison().contenders.iter().enumerate().map(|(lane, contender)| {
        let LaneStatus { steps, budget, loss, .. } = race.status(lane);
        let loss = loss.map_or_else(String::new, |loss| format!(" loss {}", number(loss, 4)));
        format!("{} {steps}/{budget}{loss}", contender.name)
    });
    states.collect::<Vec<_>>().join("; ")
}
