//! `rnnscope train`: run a comparison without a window.

mod arguments;
mod csv;
mod experiment;
mod files;
mod finished;
mod interrupt;
mod json;
mod list;
mod places;
mod plan;
mod progress;
mod report;
mod sheet;
mod words;

use std::path::Path;
use std::sync::mpsc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(super) use arguments::TrainArguments;

use super::explore::is_stdout;
use super::failure::Failure;
use super::outputs::{self, Outcome};
use super::stdout;
use crate::rescue;
use crate::train::{Checkpoint, Comparison};
use crate::worker::Race;
use finished::Finished;
use progress::Progress;

/// How long Ctrl-C may go unnoticed.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Trains, prints a report and writes what was asked for.
///
/// # Errors
/// Bad input, in one line; then nothing was trained or written. Outputs that could not be written,
/// a line each; then all others were, and the report was printed. Ctrl-C, after everything measured
/// until then was written.
pub(super) fn run(arguments: &TrainArguments) -> Result<(), Failure> {
    if arguments.list {
        return stdout::print(list::list().as_bytes());
    }
    let comparisons = arguments.comparisons()?;
    arguments.check_outputs(&comparisons)?;
    interrupt::listen()?;
    let (mut rounds, mut races, mut obstacle) = (Vec::new(), Vec::new(), None);
    for comparison in &comparisons {
        if interrupt::pressed() {
            break;
        }
        match race(comparison, arguments.threads()) {
            Ok((finished, race)) => {
                rounds.push(finished);
                races.push(race);
            }
            Err(failure) if rounds.is_empty() => return Err(failure),
            // What was trained before is not to be lost for it.
            Err(failure) => {
                obstacle = Some(failure);
                break;
            }
        }
    }
    let interrupted = interrupt::pressed();
    let outcome = arguments.write(&rounds, comparisons.len(), interrupted);
    finish(arguments, &rounds, interrupted, outcome).inspect_err(|_| {
        keep(&races, &comparisons[races.len()..]);
    })?;
    match (obstacle, rounds.iter().find_map(Finished::failure)) {
        (Some(obstacle), _) => Err(obstacle),
        (None, Some(failure)) => Err(Failure::unforeseen(failure)),
        (None, None) if interrupted => {
            Err(Failure::interrupted("what was measured until then was kept"))
        }
        (None, None) => Ok(()),
    }
}

/// Prints the report, or the JSON if that is to go where reports go, and says what could not be
/// written. The report is always seen: if it cannot be where it belongs, on standard error.
fn finish(
    arguments: &TrainArguments,
    rounds: &[Finished],
    interrupted: bool,
    mut outcome: Outcome,
) -> Result<(), Failure> {
    let name = Path::new("the report");
    let report = outcome.attempt(name, || Ok(reports(rounds, !arguments.no_timing)));
    let report = report.unwrap_or_default();
    let json_on_stdout = arguments.json.as_deref().is_some_and(is_stdout);
    let printed = outcome.attempt(Path::new("standard output"), || match json_on_stdout {
        true => stdout::print(&json::json(rounds, arguments.what(interrupted))?),
        false => stdout::print(report.as_bytes()),
    });
    if printed.is_some() && !json_on_stdout {
        let lines = outcome.lines();
        outcome.attempt(Path::new("standard output"), || stdout::print(lines.as_bytes()));
    }
    if !outcome.has_failed() {
        return Ok(());
    }
    if printed.is_none() || json_on_stdout {
        outputs::tell(&report.trim_end());
    }
    let failed = outcome.tell();
    let outputs = if failed == 1 { "1 output was" } else { &format!("{failed} outputs were") };
    Err(Failure::input(format!("{outputs} not written; everything else was")))
}

/// Keeps what was trained where the next start finds it, and says where.
fn keep(races: &[Race], still_to_come: &[Comparison]) {
    let begun = races.iter().map(Race::checkpoint).collect::<Result<Vec<_>, _>>();
    let kept = begun.and_then(|begun| {
        let planned = still_to_come.iter().map(Checkpoint::of_plan);
        rescue::keep_at_end(&Checkpoint::join(begun.into_iter().chain(planned)))
    });
    match kept {
        Ok((path, gone)) => {
            for gone in gone {
                let gone = gone.display();
                outputs::tell(&format!("rnnscope: {gone} had to go for it: it was kept longest"));
            }
            let path = path.display();
            outputs::tell(&format!(
                "rnnscope: the results are kept in {path}: write them elsewhere with `rnnscope \
                 train --resume {path} --csv FILE`, or open them in the window"
            ));
        }
        Err(error) => {
            outputs::tell(&format!("rnnscope: the results could not be kept either: {error}"));
        }
    }
}

/// Runs a comparison to its end, or to Ctrl-C.
fn race(comparison: &Comparison, threads: usize) -> Result<(Finished, Race), Failure> {
    let began = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64());
    let (wake, woken) = mpsc::sync_channel(1);
    let race = Race::start(comparison, threads, false, move || {
        // A full channel wakes just as well.
        let _ = wake.try_send(());
    })?;
    let mut progress = Progress::of(&race);
    let mut stopped = false;
    while !race.is_over() {
        // Whether woken or not, it is time to look.
        let _ = woken.recv_timeout(LOOK_EVERY);
        progress.show(&race);
        if interrupt::pressed() && !stopped {
            race.stop();
            stopped = true;
        }
    }
    progress.end(&race);
    Ok((Finished::of(&race, began), race))
}

/// What is said of each comparison.
fn reports(rounds: &[Finished], timing: bool) -> String {
    rounds.iter().map(|finished| report::report(finished, timing)).collect()
}
