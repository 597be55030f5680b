//! Who learned best: the end of a comparison as a table.

use std::cmp::Ordering;
use std::fmt;

use super::training::{Span, Training, by_contender, median, trainings};
use crate::figure::csv::field;
use crate::figure::number::number;
use crate::train::{Comparison, RunLog, Stop};
use crate::visible;

/// More trainings than this have a row a contender instead of a row each.
const MOST_ROWS: usize = 16;

/// Trainings from the best to the worst, or of more than 16 trainings the contenders.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ranking {
    /// One entry a training; one a contender where there are many trainings.
    pub standings: Vec<Standing>,
    /// Whether an entry stands for all trainings of a contender.
    pub aggregated: bool,
    /// What comes before the loss: a length mastered, an accuracy.
    before_loss: BeforeLoss,
    /// Of what the means of the last 10 and of the last 100 losses are.
    spans: [Span; 2],
    /// Whether times are left out.
    untimed: bool,
}

/// What trainings are ranked by before their loss.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct BeforeLoss {
    /// The longest length mastered, where lengths grow.
    length: bool,
    /// The accuracy on the task's fixed set, by its name.
    accuracy: Option<&'static str>,
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
    /// The longest length mastered in a curriculum, of several trainings the median; 0 for none.
    pub mastered_length: f64,
    /// The accuracy on the task's fixed set at the last evaluation, of several trainings the median.
    pub accuracy: Option<f64>,
    /// The last loss, of several trainings the median; `None` before the first.
    pub final_loss: Option<f64>,
    /// Mean of the last 10 losses (of all, while there are fewer), of several trainings the median.
    pub mean_last_10: Option<f64>,
    /// Mean of the last 100 losses (of all, while there are fewer), of several trainings the median.
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

/// Ranks trainings by the mean of their last 100 losses (of all, while there are fewer); then those that have not begun; those that
/// diverged come last. Where a task says so the accuracy on its fixed set comes before the loss, and
/// in a curriculum the length mastered before both. Equals keep the order of the comparison. Of more
/// than 16 trainings the contenders are ranked, by their medians.
pub fn ranking(comparison: &Comparison, logs: &[&RunLog]) -> Ranking {
    let trainings = trainings(comparison, logs);
    let mut standings: Vec<Standing> =
        trainings.iter().enumerate().map(|(index, one)| standing(index, one)).collect();
    let accuracy = comparison.task.accuracy_name();
    let ranks = comparison.task.ranks_by_accuracy()
        && standings.iter().any(|standing| standing.accuracy.is_some());
    let before_loss =
        BeforeLoss { length: comparison.curriculum.is_some(), accuracy: ranks.then_some(accuracy) };
    let better = |a: &Standing, b: &Standing| better(before_loss, a, b);
    let aggregated = standings.len() > MOST_ROWS;
    if aggregated {
        let mut rest = standings.as_slice();
        let groups = by_contender(&trainings).map(|group| {
            let (own, others) = rest.split_at(group.len());
            rest = others;
            together(group, own, better)
        });
        standings = groups.collect();
    }
    standings.sort_by(better);
    let spans = [10, 100].map(|count| Span::of(&trainings, count));
    Ranking { standings, aggregated, before_loss, spans, untimed: false }
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
        mastered_length: log.mastered_length().unwrap_or(0) as f64,
        accuracy: one.accuracy(),
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
fn together(
    group: &[Training<'_>],
    own: &[Standing],
    better: impl Fn(&Standing, &Standing) -> Ordering,
) -> Standing {
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
        mastered_length: middle(|one| Some(one.mastered_length)).unwrap_or(0.0),
        accuracy: middle(|one| one.accuracy),
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

fn better(before_loss: BeforeLoss, a: &Standing, b: &Standing) -> Ordering {
    let mean = |standing: &Standing| standing.mean_last_100.unwrap_or(f64::INFINITY);
    // Who was not evaluated yet stands behind who got nothing right.
    let accuracy = |standing: &Standing| standing.accuracy.unwrap_or(-1.0);
    let BeforeLoss { length, accuracy: ranks } = before_loss;
    let by_length = match length {
        true => b.mastered_length.total_cmp(&a.mastered_length),
        false => Ordering::Equal,
    };
    let by_accuracy = match ranks {
        Some(_) => accuracy(b).total_cmp(&accuracy(a)),
        None => Ordering::Equal,
    };
    // The sign of a NaN is an accident.
    let by_loss = mean(a).abs().total_cmp(&mean(b).abs());
    a.diverged().cmp(&b.diverged()).then(by_length).then(by_accuracy).then(by_loss)
}

impl Standing {
    /// Whether it went to infinity or NaN.
    pub fn diverged(&self) -> bool {
        matches!(self.stop, Some(Stop::Diverged(_)))
            || self.mean_last_100.is_some_and(|mean| !mean.is_finite())
    }
}

/// A column: its name and its cell, for people and in full precision.
struct Column {
    header: &'static str,
    cell: fn(&Standing) -> [String; 2],
}

fn column(header: &'static str, cell: fn(&Standing) -> [String; 2]) -> Column {
    Column { header, cell }
}

fn dash() -> String {
    "–".to_owned()
}

fn loss_cell(loss: Option<f64>) -> [String; 2] {
    loss.map_or_else(|| [dash(), String::new()], |loss| [number(loss, 4), field(loss)])
}

fn text_cell(text: &str) -> [String; 2] {
    [visible::text(text).into_owned(), visible::cell(text).into_owned()]
}

fn accuracy_cell(standing: &Standing) -> [String; 2] {
    let cell = |part: f64| [format!("{:.1} %", 100.0 * part), field(part)];
    standing.accuracy.map_or_else(|| [dash(), String::new()], cell)
}

fn length_cell(standing: &Standing) -> [String; 2] {
    match standing.mastered_length {
        0.0 => [dash(), "0".to_owned()],
        length => [length.to_string(), field(length)],
    }
}

impl Ranking {
    /// The same without seconds and steps a second, which differ from run to run.
    #[must_use]
    pub fn untimed(self) -> Self {
        Self { untimed: true, ..self }
    }

    /// What is ranked by, such as `by the mean of the last 100 losses; diverged ones come last`.
    pub fn rule(&self) -> String {
        let BeforeLoss { length, accuracy } = self.before_loss;
        let of = match self.spans[1] {
            Span::Last => "of the last 100 losses",
            Span::All => "of all losses",
            Span::LastOrAll => "of the last 100 losses (of all, where there are fewer)",
        };
        let mean = match self.aggregated {
            true => format!("the median of the means {of}"),
            false => format!("the mean {of}"),
        };
        let first = [length.then_some("the length mastered"), accuracy, Some(&mean)];
        let parts: Vec<&str> = first.into_iter().flatten().collect();
        format!("by {}; diverged ones come last", parts.join(", then "))
    }

    /// What [`Standing::mean_last_100`] is: `mean of last 100 losses`.
    pub fn mean_name(&self) -> &'static str {
        match (self.aggregated, self.spans[1]) {
            (false, Span::Last) => "mean of last 100 losses",
            (false, Span::All) => "mean of all losses",
            (false, Span::LastOrAll) => "mean of last 100 losses or all",
            (true, Span::Last) => "median of last 100",
            (true, Span::All) => "median of means of all losses",
            (true, Span::LastOrAll) => "median of last 100 or all",
        }
    }

    /// The columns behind the place.
    fn columns(&self) -> Vec<Column> {
        let mut columns = vec![
            column("contender", |one| {
                [visible::name(&one.name), visible::cell(&one.name)].map(Into::into)
            }),
            column("parameters", |one| [one.parameters.to_string(), one.parameters.to_string()]),
        ];
        let BeforeLoss { length, accuracy } = self.before_loss;
        columns.extend(length.then(|| column("length mastered", length_cell)));
        columns.extend(accuracy.map(|name| column(name, accuracy_cell)));
        let [of_10, of_100] = self.spans;
        // Told apart from that of the last 100 even where both are of all.
        let mean_10 = match of_10 {
            Span::Last => "mean of last 10",
            Span::All | Span::LastOrAll => "mean of last 10 or all",
        };
        let [mean, best, median] = match of_100 {
            Span::Last => ["mean of last 100", "best mean of last 100", "median mean of last 100"],
            Span::All => ["mean of all", "best mean of all", "median mean of all"],
            Span::LastOrAll => [
                "mean of last 100 or all",
                "best mean of last 100 or all",
                "median mean of last 100 or all",
            ],
        };
        columns.extend(match self.aggregated {
            false => [
                column("final loss", |one| loss_cell(one.final_loss)),
                column(mean_10, |one| loss_cell(one.mean_last_10)),
                column(mean, |one| loss_cell(one.mean_last_100)),
            ],
            true => [
                column("median final loss", |one| loss_cell(one.final_loss)),
                column(best, |one| loss_cell(one.best)),
                column(median, |one| loss_cell(one.mean_last_100)),
            ],
        });
        if !self.untimed {
            columns
                .push(column("seconds", |one| [format!("{:.1}", one.seconds), field(one.seconds)]));
            columns.push(column("steps/s", |one| {
                [format!("{:.0}", one.steps_per_second), field(one.steps_per_second)]
            }));
        }
        columns.push(column("stopped", |one| text_cell(&one.ending)));
        columns
    }

    /// Names of the columns of [`Ranking::cells`]; the first is the place, the last why it ended.
    pub fn headers(&self) -> Vec<&'static str> {
        let names = self.columns().into_iter().map(|column| column.header);
        std::iter::once("").chain(names).collect()
    }

    /// One row a standing, as people read it.
    pub fn cells(&self) -> Vec<Vec<String>> {
        self.rows(|[for_people, _]| for_people)
    }

    fn rows(&self, pick: fn([String; 2]) -> String) -> Vec<Vec<String>> {
        let columns = self.columns();
        let row = |(n, standing): (usize, &Standing)| {
            let cells = columns.iter().map(|column| pick((column.cell)(standing)));
            std::iter::once((n + 1).to_string()).chain(cells).collect()
        };
        self.standings.iter().enumerate().map(row).collect()
    }

    /// Tab-separated values in full precision, as spreadsheets take them from the clipboard.
    pub fn tsv(&self) -> String {
        let mut text = format!("place{}\n", self.headers().join("\t"));
        for row in self.rows(|[_, exact]| exact) {
            text.push_str(&row.join("\t"));
            text.push('\n');
        }
        text
    }
}

/// The table for a terminal: columns aligned, text to the left, numbers to the right.
impl fmt::Display for Ranking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cells = self.cells();
        let header: Vec<String> = self.headers().into_iter().map(str::to_owned).collect();
        let width = |column: usize| {
            let rows = std::iter::once(&header).chain(&cells);
            rows.map(|row| row[column].chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..header.len()).map(width).collect();
        for row in std::iter::once(&header).chain(&cells) {
            let mut line = String::new();
            for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let gap = if column == 0 { "" } else { "  " };
                line += &match column {
                    _ if column == 1 || column + 1 == row.len() => format!("{gap}{cell:<width$}"),
                    _ => format!("{gap}{cell:>width$}"),
                };
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}
