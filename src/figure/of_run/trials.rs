//! Every training as a row, and what the trials of each contender come to.

use std::fmt;

use super::training::{Span, Training, by_contender, median, trainings};
use crate::error::Result;
use crate::figure::csv::Rows;
use crate::figure::number::number;
use crate::figure::ticks::whole;
use crate::train::{Comparison, RunLog};
use crate::visible;

/// A row a training, as assignments ask for it: where it stopped and why, how many sequences it had
/// seen, and how it did on fresh ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrialTable {
    /// Names of the columns: contender, length and trial where there are several, why it stopped,
    /// sequences seen, then what was measured.
    pub headers: Vec<String>,
    /// One row a training, as people read it.
    pub rows: Vec<Vec<String>>,
    /// One row a contender, in the same columns: how many were solved, the median of sequences
    /// seen by those (by all, if none was), the mean of what was measured.
    pub totals: Vec<Vec<String>>,
    /// The totals in words, one sentence a contender.
    pub sentences: Vec<String>,
    /// Colour of each row: an index into the palette of categories.
    pub colors: Vec<usize>,
    /// Columns that hold text rather than numbers.
    texts: Vec<bool>,
}

/// A column: its name, a training's cell, and the cell of a contender's total.
struct Column {
    header: String,
    is_text: bool,
    cell: CellOf,
    total: TotalOf,
}

type CellOf = Box<dyn Fn(&Training<'_>) -> String>;
type TotalOf = Box<dyn Fn(&[Training<'_>]) -> String>;

/// The trainings in the order of the comparison.
pub fn trials(comparison: &Comparison, logs: &[&RunLog]) -> TrialTable {
    let trainings = trainings(comparison, logs);
    let columns = columns(comparison, &trainings);
    let row = |one: &Training<'_>| columns.iter().map(|column| (column.cell)(one)).collect();
    let total = |all: &[Training<'_>]| columns.iter().map(|column| (column.total)(all)).collect();
    TrialTable {
        headers: columns.iter().map(|column| column.header.clone()).collect(),
        rows: trainings.iter().map(row).collect(),
        totals: by_contender(&trainings).map(total).collect(),
        sentences: by_contender(&trainings).map(sentence).collect(),
        colors: trainings.iter().map(|one| one.who.color).collect(),
        texts: columns.iter().map(|column| column.is_text).collect(),
    }
}

fn columns(comparison: &Comparison, trainings: &[Training<'_>]) -> Vec<Column> {
    let name = |one: &Training<'_>| one.who.name.clone();
    let mut columns = vec![Column::text("contender", name, |all| {
        all.first().map_or_else(String::new, |one| format!("{}, all", one.who.name))
    })];
    if comparison.lengths.len() > 1 {
        let length = |one: &Training<'_>| text_of(one.entry.length);
        columns.push(Column::number("length", length, |_| String::new()));
    }
    if comparison.trials > 1 {
        let trial = |one: &Training<'_>| (one.entry.trial + 1).to_string();
        columns.push(Column::number("trial", trial, |all| all.len().to_string()));
    }
    columns.push(Column::text("stopped", stopped, |all| match solved(all) {
        Some(solved) => format!("{solved} of {} solved", all.len()),
        None => String::new(),
    }));
    let seen = |one: &Training<'_>| whole(one.sequences(one.log.steps()) as f64);
    columns.push(Column::number("sequences seen", seen, |all| {
        sequences(all).map_or_else(String::new, |(_, median)| format!("median {}", whole(median)))
    }));
    if comparison.curriculum.is_some() {
        let mastered = |one: &Training<'_>| text_of(one.log.mastered_length());
        columns.push(Column::number("length mastered", mastered, |all| {
            let lengths = all.iter().map(|one| one.log.mastered_length().unwrap_or(0) as f64);
            median(lengths.collect()).map_or_else(dash, |length| format!("median {length}"))
        }));
    }
    columns.extend(measured(trainings));
    columns
}

/// What was measured at the end, as far as the task has it.
fn measured(trainings: &[Training<'_>]) -> Vec<Column> {
    let mut columns = Vec::new();
    if let Some(test) = trainings.iter().find_map(|one| one.log.test) {
        let wrong = |one: &Training<'_>| text_of(one.log.test.map(|test| test.wrong));
        let mean = |all: &[Training<'_>]| {
            mean_wrong(all).map_or_else(dash, |(mean, _)| format!("mean {}", tenths(mean)))
        };
        let header = format!("wrong of {}", whole(test.sequences as f64));
        columns.push(Column::number(&header, wrong, mean));
    }
    if trainings.iter().any(|one| one.accuracy().is_some()) {
        let right = |one: &Training<'_>| percent(one.accuracy());
        let what = trainings[0].comparison.task.accuracy_name();
        columns.push(Column::number(what, right, |all| match mean_right(all) {
            Some(mean) => format!("mean {}", percent(Some(mean))),
            None => dash(),
        }));
    }
    let loss =
        |one: &Training<'_>| one.log.mean_of_last(100).map_or_else(dash, |loss| number(loss, 4));
    let header = match Span::of(trainings, 100) {
        Span::Last => "mean of last 100 losses",
        Span::All => "mean of all losses",
        Span::LastOrAll => "mean of last 100 losses or all",
    };
    columns.push(Column::number(header, loss, |all| {
        let losses = all.iter().filter_map(|one| one.log.mean_of_last(100)).collect();
        median(losses).map_or_else(dash, |loss| format!("median {}", number(loss, 4)))
    }));
    columns
}

impl Column {
    fn number(
        header: &str,
        cell: impl Fn(&Training<'_>) -> String + 'static,
        total: impl Fn(&[Training<'_>]) -> String + 'static,
    ) -> Self {
        let (cell, total) = (Box::new(cell), Box::new(total));
        Self { header: header.to_owned(), is_text: false, cell, total }
    }

    fn text(
        header: &str,
        cell: impl Fn(&Training<'_>) -> String + 'static,
        total: impl Fn(&[Training<'_>]) -> String + 'static,
    ) -> Self {
        Self { is_text: true, ..Self::number(header, cell, total) }
    }
}

fn dash() -> String {
    "–".to_owned()
}

fn text_of(number: Option<usize>) -> String {
    number.map_or_else(dash, |number| number.to_string())
}

fn percent(part: Option<f64>) -> String {
    part.map_or_else(dash, |part| format!("{:.1} %", 100.0 * part))
}

/// A mean of counts: `0.3`, `1510`.
fn tenths(mean: f64) -> String {
    if mean < 100.0 && mean.fract() != 0.0 { format!("{mean:.1}") } else { whole(mean.round()) }
}

fn stopped(one: &Training<'_>) -> String {
    match one.log.stop {
        Some(stop) => stop.to_string(),
        None if one.has_begun() => "not yet".to_owned(),
        None => "not begun".to_owned(),
    }
}

/// The mean accuracy of those evaluated.
fn mean_right(all: &[Training<'_>]) -> Option<f64> {
    let all: Vec<f64> = all.iter().filter_map(Training::accuracy).collect();
    (!all.is_empty()).then(|| all.iter().sum::<f64>() / all.len() as f64)
}

/// How many were solved, if there is a rule for it.
fn solved(all: &[Training<'_>]) -> Option<usize> {
    let count = all.iter().filter(|one| one.solved().is_some()).count();
    all.iter().any(Training::has_goal).then_some(count)
}

/// The mean number of wrong answers of those tested, and how many were asked each.
fn mean_wrong(all: &[Training<'_>]) -> Option<(f64, usize)> {
    let tests: Vec<_> = all.iter().filter_map(|one| one.log.test).collect();
    let asked = tests.first()?.sequences;
    let wrong = tests.iter().map(|test| test.wrong as f64).sum::<f64>();
    Some((wrong / tests.len() as f64, asked))
}

/// The median of sequences seen by those that were solved, or by all that have begun.
fn sequences(all: &[Training<'_>]) -> Option<(bool, f64)> {
    let of = |one: &Training<'_>, steps| one.sequences(steps) as f64;
    let solved: Vec<f64> = all.iter().filter_map(|one| Some(of(one, one.solved()?))).collect();
    let begun = all.iter().filter(|one| one.has_begun());
    match median(solved) {
        Some(median) => Some((true, median)),
        None => Some((false, median(begun.map(|one| of(one, one.log.steps())).collect())?)),
    }
}

/// `LSTM: solved 10 of 10, median 5072 sequences, average wrong 0.3 of 3000.` Of a single training
/// neither a median nor an average is said, of trainings under way what holds so far.
fn sentence(all: &[Training<'_>]) -> String {
    let name = visible::name(all.first().map_or("", |one| one.who.name.as_str()));
    if !all.iter().any(Training::has_begun) {
        return format!("{name}: not begun.");
    }
    let (goal, seen) = (solved(all), sequences(all));
    let seen = |before: &str| {
        seen.map_or_else(String::new, |(_, middle)| format!("{before}{} sequences", whole(middle)))
    };
    let single = all.len() == 1;
    let open = all.iter().any(|one| one.log.stop.is_none());
    let so_far = if open { " so far" } else { "" };
    let mut text = match goal {
        Some(0) if single && open => format!("{name}: not solved so far{}", seen(" after ")),
        Some(0) if single => format!("{name}: not solved{}", seen(" after ")),
        Some(_) if single => format!("{name}: solved{}", seen(" after ")),
        Some(0) => format!("{name}: solved 0 of {}{so_far}{}", all.len(), seen(" after ")),
        Some(count) => {
            format!("{name}: solved {count} of {}{so_far}{}", all.len(), seen(", median "))
        }
        None => format!("{name}: trained{so_far}{}", seen(" on ")),
    };
    if let Some(mean) = mean_right(all) {
        let what = all[0].comparison.task.accuracy_name();
        text += &format!(", {what} {}", percent(Some(mean)));
    }
    if let Some((mean, asked)) = mean_wrong(all) {
        let average = if single { "" } else { "average " };
        text += &format!(", {average}wrong {} of {}", tenths(mean), whole(asked as f64));
    }
    text + "."
}

impl TrialTable {
    /// A row as people read it: the name in front is of anybody.
    pub fn shown(row: &[String]) -> Vec<String> {
        let shown = |(column, cell): (usize, &String)| match column {
            0 => visible::name(cell).into_owned(),
            _ => visible::text(cell).into_owned(),
        };
        row.iter().enumerate().map(shown).collect()
    }

    /// Tab-separated values, as spreadsheets take them from the clipboard; totals last.
    pub fn tsv(&self) -> String {
        let line = |row: &Vec<String>| {
            row.iter().map(|cell| visible::cell(cell)).collect::<Vec<_>>().join("\t") + "\n"
        };
        std::iter::once(&self.headers).chain(&self.rows).chain(&self.totals).map(line).collect()
    }

    /// CSV with a row a training; totals are left to who reads it.
    ///
    /// # Errors
    /// [`crate::error::Error::Drawing`] if the writer fails, which memory does not.
    pub fn csv(&self) -> Result<String> {
        let mut writer = Rows::new();
        writer.write(&self.headers)?;
        for row in &self.rows {
            // Digits in groups are for people; a dash stands for nothing.
            let plain = |cell: &String| match cell.as_str() {
                "–" => String::new(),
                cell => cell.replace('\u{202f}', ""),
            };
            writer.write(row.iter().map(plain))?;
        }
        writer.finish()
    }
}

/// The table for a terminal: columns aligned, text to the left, numbers to the right; totals below
/// a line, then in words.
impl fmt::Display for TrialTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |rows: &[Vec<String>]| -> Vec<Vec<String>> {
            rows.iter().map(|row| Self::shown(row)).collect()
        };
        let (rows, totals) = (shown(&self.rows), shown(&self.totals));
        let width = |column: usize| {
            let rows = std::iter::once(&self.headers).chain(&rows).chain(&totals);
            rows.map(|row| row[column].chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.headers.len()).map(width).collect();
        let mut write = |row: &Vec<String>| {
            let cells = row.iter().zip(&widths).zip(&self.texts);
            let cells = cells.map(|((cell, &width), &is_text)| match is_text {
                true => format!("{cell:<width$}"),
                false => format!("{cell:>width$}"),
            });
            let line = cells.collect::<Vec<_>>().join("  ");
            writeln!(f, "{}", line.trim_end())
        };
        write(&self.headers)?;
        rows.iter().try_for_each(&mut write)?;
        let rule = widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1);
        write(&vec!["─".repeat(rule)])?;
        totals.iter().try_for_each(&mut write)?;
        let mut sentences = self.sentences.iter().map(|sentence| visible::text(sentence));
        sentences.try_for_each(|sentence| writeln!(f, "{sentence}"))
    }
}
