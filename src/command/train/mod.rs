//! `rnnscope train`: run a comparison without a window.

mod arguments;
mod csv;
mod experiment;
mod files;
mod finished;
mod interrupt;
mod json;
mod list;
mod plan;
mod progress;
mod report;
mod sheet;
mod words;

use std::sync::mpsc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(super) use arguments::TrainArguments;

use super::explore::{is_stdout, save};
use super::failure::Failure;
use super::stdout;
use crate::train::Comparison;
use crate::worker::Race;
use finished::Finished;
use progress::Progress;

/// How long Ctrl-C may go unnoticed.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Trains, prints a report and writes what was asked for.
///
/// # Errors
/// Bad input, in one line; then nothing was trained or written. Ctrl-C, after everything measured
/// until then was written.
pub(super) fn run(arguments: &TrainArguments) -> Result<(), Failure> {
    if arguments.list {
        return stdout::print(list::list().as_bytes());
    }
    let comparisons = arguments.comparisons()?;
    arguments.check_outputs(&comparisons)?;
    interrupt::listen()?;
    let mut rounds = Vec::new();
    for comparison in &comparisons {
        if interrupt::pressed() {
            break;
        }
        rounds.push(race(comparison, arguments.threads())?);
    }
    let interrupted = interrupt::pressed();
    let outputs = arguments.outputs(&rounds, comparisons.len(), interrupted)?;
    let printed = if arguments.json.as_deref().is_some_and(is_stdout) {
        json::json(&rounds, arguments.what(interrupted))?
    } else {
        format!("{}{}", reports(&rounds, !arguments.no_timing), arguments.written()).into_bytes()
    };
    save(&outputs)?;
    stdout::print(&printed)?;
    match rounds.iter().find_map(Finished::failure) {
        Some(failure) => Err(Failure::unforeseen(failure)),
        None if interrupted => Err(Failure::interrupted("what was measured until then was kept")),
        None => Ok(()),
    }
}

/// Runs a comparison to its end, or to Ctrl-C.
fn race(comparison: &Comparison, threads: usize) -> Result<Finished, Failure> {
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
    Ok(Finished::of(&race, began)?)
}

/// What is said of each comparison.
fn reports(rounds: &[Finished], timing: bool) -> String {
    rounds.iter().map(|finished| report::report(finished, timing)).collect()
}
