//! Who learned best: the end of a comparison as a table.

use std::cmp::Ordering;
use std::fmt;

use super::training::{Training, by_contender, median, trainings};
use crate::figure::csv::field;
use crate::figure::number::number;
use crate::train::{Comparison, RunLog, Stop};

/// More trainings than this have a row a contender instead of a row each.
const MOST_ROWS: usize = 16;

/// Names of the columns, where each row is a training.
const HEADERS: [&str; 9] = [
    "",
    "contender",
    "parameters",
    "final loss",
    "mean of last 10",
    "mean of last 100",
    "seconds",
    "steps/s",
    "stopped",
];

/// Names of the columns, where each row is all trainings of a contender.
const HEADERS_OF_MANY: [&str; 9] = [
    "",
    "contender",
    "parameters",
    "median final loss",
    "best mean of last 100",
    "median mean of last 100",
    "seconds",
    "steps/s",
    "stopped",
];

/// Trainings from the best to the worst, or of more than 16 trainings the contenders.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ranking {
    /// One entry a training; one a contender where there are many trainings.
    pub standings: Vec<Standing>,
    /// Whether an entry stands for all trainings of a contender.
    pub aggregated: bool,
}

/// How one training did, or all of a contender.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Place among the comparison's entries, from 0; of several trainings that of the best.
    pub index: usize,
    /// Its name, with length and trial where there are several.
    pub name: String,
    /// Its colour: an index into the palette of categories.
    pub color: usize,
    /// Trainable numbers.
    pub parameters: usize,
    /// The last loss, of several trainings the median; `None` before the first.
    pub final_loss: Option<f64>,
    /// Mean of the last 10 losses, of several trainings the median.
    pub mean_last_10: Option<f64>,
    /// Mean of the last 100 losses, of several trainings the median.
    pub mean_last_100: Option<f64>,
    /// The smallest mean of the last 100 losses of any of its trainings.
    pub best: Option<f64>,
    /// Time spent on training, in seconds, of all together.
    pub seconds: f64,
    /// Updates a second.
    pub steps_per_second: f64,
    /// Why it ended; `None` while it can go on. Of several trainings: of the best.
    pub stop: Option<Stop>,
    /// Why it ended in words, or how many of several trainings ended how.
    pub ending: String,
}

/// Ranks trainings by the mean of their last 100 losses; then those that have not begun; those that
/// diverged come last. Equals keep the order of the comparison. Of more than 16 trainings the
/// contenders are ranked, by their medians.
pub fn ranking(comparison: &Comparison, logs: &[&RunLog]) -> Ranking {
    let trainings = trainings(comparison, logs);
    let mut standings: Vec<Standing> =
        trainings.iter().enumerate().map(|(index, one)| standing(index, one)).collect();
    let aggregated = standings.len() > MOST_ROWS;
    if aggregated {
        let mut rest = standings.as_slice();
        let groups = by_contender(&trainings).map(|group| {
            let (own, others) = rest.split_at(group.len());
            rest = others;
            together(group, own)
        });
        standings = groups.collect();
    }
    standings.sort_by(better);
    Ranking { standings, aggregated }
}

fn standing(index: usize, one: &Training<'_>) -> Standing {
    let log = one.log;
    let ending = match (log.stop, log.final_loss()) {
        (Some(stop), _) => stop.to_string(),
        (None, Some(_)) => "not yet".into(),
        (None, None) => "not begun".into(),
    };
    Standing {
        index,
        name: one.label(),
        color: one.who.color,
        parameters: one.who.spec(&one.comparison.task).parameter_count(),
        final_loss: log.final_loss(),
        mean_last_10: log.mean_of_last(10),
        mean_last_100: log.mean_of_last(100),
        best: log.mean_of_last(100),
        seconds: log.seconds,
        steps_per_second: log.steps_per_second(),
        stop: log.stop,
        ending,
    }
}

/// All trainings of a contender as one standing.
fn together(group: &[Training<'_>], own: &[Standing]) -> Standing {
    let middle = |pick: fn(&Standing) -> Option<f64>| median(own.iter().filter_map(pick).collect());
    let seconds: f64 = own.iter().map(|one| one.seconds).sum();
    let steps: u64 = group.iter().map(|one| one.log.steps()).sum();
    let best = own.iter().min_by(|a, b| better(a, b));
    let (who, comparison) = (group[0].who, group[0].comparison);
    Standing {
        index: best.map_or(0, |best| best.index),
        name: format!("{}, {} trainings", who.name, group.len()),
        color: who.color,
        parameters: who.spec(&comparison.task).parameter_count(),
        final_loss: middle(|one| one.final_loss),
        mean_last_10: middle(|one| one.mean_last_10),
        mean_last_100: middle(|one| one.mean_last_100),
        best: best.and_then(|best| best.best),
        seconds,
        steps_per_second: if seconds > 0.0 { steps as f64 / seconds } else { 0.0 },
        stop: best.and_then(|best| best.stop),
        ending: endings(group),
    }
}

/// `10 solved, 3 diverged, 2 not over`
fn endings(group: &[Training<'_>]) -> String {
    let solved = group.iter().filter(|one| one.solved().is_some()).count();
    let diverged = group.iter().filter(|one| one.diverged()).count();
    let open = group.iter().filter(|one| one.log.stop.is_none()).count();
    let others = group.len() - solved - diverged - open;
    let over = if group.iter().any(Training::has_goal) { "not solved" } else { "over" };
    let kinds = [(solved, "solved"), (others, over), (diverged, "diverged"), (open, "not over")];
    let said = kinds.into_iter().filter(|(count, _)| *count > 0);
    said.map(|(count, what)| format!("{count} {what}")).collect::<Vec<_>>().join(", ")
}

fn better(a: &Standing, b: &Standing) -> Ordering {
    let mean = |standing: &Standing| standing.mean_last_100.unwrap_or(f64::INFINITY);
    // The sign of a NaN is an accident.
    a.diverged().cmp(&b.diverged()).then(mean(a).abs().total_cmp(&mean(b).abs()))
}

impl Standing {
    /// Whether it went to infinity or NaN.
    pub fn diverged(&self) -> bool {
        matches!(self.stop, Some(Stop::Diverged(_)))
            || self.mean_last_100.is_some_and(|mean| !mean.is_finite())
    }

    /// Its row without the place, as people read it.
    fn cells(&self, aggregated: bool) -> [String; 8] {
        let loss = |loss: Option<f64>| loss.map_or_else(|| "–".into(), |loss| number(loss, 4));
        [
            self.name.clone(),
            self.parameters.to_string(),
            loss(self.final_loss),
            loss(self.fourth(aggregated)),
            loss(self.mean_last_100),
            format!("{:.1}", self.seconds),
            format!("{:.0}", self.steps_per_second),
            self.ending.clone(),
        ]
    }

    /// The loss in the column whose meaning depends on what a row is.
    fn fourth(&self, aggregated: bool) -> Option<f64> {
        if aggregated { self.best } else { self.mean_last_10 }
    }
}

impl Ranking {
    /// Names of the columns of [`Ranking::cells`]; the first is the place.
    pub fn headers(&self) -> [&'static str; 9] {
        if self.aggregated { HEADERS_OF_MANY } else { HEADERS }
    }

    /// One row a standing, as people read it.
    pub fn cells(&self) -> Vec<[String; 9]> {
        let row = |(n, standing): (usize, &Standing)| {
            let mut cells = standing.cells(self.aggregated).into_iter();
            std::array::from_fn(|column| match column {
                0 => (n + 1).to_string(),
                _ => cells.next().unwrap_or_default(),
            })
        };
        self.standings.iter().enumerate().map(row).collect()
    }

    /// Tab-separated values in full precision, as spreadsheets take them from the clipboard.
    pub fn tsv(&self) -> String {
        let mut text = format!("place{}\n", self.headers().join("\t"));
        for (n, standing) in self.standings.iter().enumerate() {
            let loss = |loss: Option<f64>| loss.map(field).unwrap_or_default();
            let cells = [
                (n + 1).to_string(),
                standing.name.replace(['\t', '\n', '\r'], " "),
                standing.parameters.to_string(),
                loss(standing.final_loss),
                loss(standing.fourth(self.aggregated)),
                loss(standing.mean_last_100),
                field(standing.seconds),
                field(standing.steps_per_second),
                standing.ending.clone(),
            ];
            text.push_str(&cells.join("\t"));
            text.push('\n');
        }
        text
    }
}

/// The table for a terminal: columns aligned, text to the left, numbers to the right.
impl fmt::Display for Ranking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cells = self.cells();
        let header = self.headers().map(str::to_owned);
        let width = |column: usize| {
            let rows = std::iter::once(&header).chain(&cells);
            rows.map(|row| row[column].chars().count()).max().unwrap_or(0)
        };
        let widths: [usize; 9] = std::array::from_fn(width);
        for row in std::iter::once(&header).chain(&cells) {
            let mut line = String::new();
            for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
                let gap = if column == 0 { "" } else { "  " };
                line += &match column {
                    1 | 8 => format!("{gap}{cell:<width$}"),
                    _ => format!("{gap}{cell:>width$}"),
                };
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}
