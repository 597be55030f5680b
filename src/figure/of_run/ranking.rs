//! Who learned best: the end of a comparison as a table.

use std::cmp::Ordering;
use std::fmt;

use super::pairs;
use crate::figure::csv::field;
use crate::figure::number::number;
use crate::train::{Comparison, RunLog, Stop};

/// Names of the columns.
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

/// Contenders from the best to the worst.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ranking {
    /// One entry a contender.
    pub standings: Vec<Standing>,
}

/// How one contender did.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Place in the comparison's list, from 0.
    pub index: usize,
    /// Its name.
    pub name: String,
    /// Its colour: an index into the palette of categories.
    pub color: usize,
    /// Trainable numbers.
    pub parameters: usize,
    /// The last loss; `None` before the first.
    pub final_loss: Option<f64>,
    /// Mean of the last 10 losses.
    pub mean_last_10: Option<f64>,
    /// Mean of the last 100 losses.
    pub mean_last_100: Option<f64>,
    /// Time spent on training, in seconds.
    pub seconds: f64,
    /// Updates a second.
    pub steps_per_second: f64,
    /// Why it ended; `None` while it can go on.
    pub stop: Option<Stop>,
}

/// Ranks contenders by the mean of their last 100 losses; then those that have not begun; those
/// that diverged come last. Equals keep the order of the comparison.
pub fn ranking(comparison: &Comparison, logs: &[&RunLog]) -> Ranking {
    let standing =
        |(index, (contender, log)): (usize, (&crate::train::Contender, &RunLog))| Standing {
            index,
            name: contender.name.clone(),
            color: contender.color,
            parameters: contender.spec(&comparison.task).parameter_count(),
            final_loss: log.final_loss(),
            mean_last_10: log.mean_of_last(10),
            mean_last_100: log.mean_of_last(100),
            seconds: log.seconds,
            steps_per_second: log.steps_per_second(),
            stop: log.stop,
        };
    let mut standings: Vec<Standing> = pairs(comparison, logs).enumerate().map(standing).collect();
    standings.sort_by(better);
    Ranking { standings }
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
    fn cells(&self) -> [String; 8] {
        let loss = |loss: Option<f64>| loss.map_or_else(|| "–".into(), |loss| number(loss, 4));
        [
            self.name.clone(),
            self.parameters.to_string(),
            loss(self.final_loss),
            loss(self.mean_last_10),
            loss(self.mean_last_100),
            format!("{:.1}", self.seconds),
            format!("{:.0}", self.steps_per_second),
            self.ending(),
        ]
    }

    fn ending(&self) -> String {
        match (self.stop, self.final_loss) {
            (Some(stop), _) => stop.to_string(),
            (None, Some(_)) => "not yet".into(),
            (None, None) => "not begun".into(),
        }
    }
}

impl Ranking {
    /// Names of the columns of [`Ranking::cells`]; the first is the place.
    pub fn headers() -> [&'static str; 9] {
        HEADERS
    }

    /// One row a contender, as people read it.
    pub fn cells(&self) -> Vec<[String; 9]> {
        let row = |(n, standing): (usize, &Standing)| {
            let mut cells = standing.cells().into_iter();
            std::array::from_fn(|column| match column {
                0 => (n + 1).to_string(),
                _ => cells.next().unwrap_or_default(),
            })
        };
        self.standings.iter().enumerate().map(row).collect()
    }

    /// Tab-separated values in full precision, as spreadsheets take them from the clipboard.
    pub fn tsv(&self) -> String {
        let mut text = format!("place{}\n", HEADERS.join("\t"));
        for (n, standing) in self.standings.iter().enumerate() {
            let loss = |loss: Option<f64>| loss.map(field).unwrap_or_default();
            let cells = [
                (n + 1).to_string(),
                standing.name.replace(['\t', '\n', '\r'], " "),
                standing.parameters.to_string(),
                loss(standing.final_loss),
                loss(standing.mean_last_10),
                loss(standing.mean_last_100),
                field(standing.seconds),
                field(standing.steps_per_second),
                standing.ending(),
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
        let header = HEADERS.map(str::to_owned);
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
