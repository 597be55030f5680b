//! `rnnscope train`: run a comparison without a window.

mod arguments;
mod files;
mod finished;
mod interrupt;
mod json;
mod plan;
mod progress;
mod sheet;
mod words;

use std::sync::mpsc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(super) use arguments::TrainArguments;

use super::explore::{is_stdout, save};
use super::failure::Failure;
use super::stdout;
use crate::figure::{number, of_run};
use crate::train::{Comparison, Contender, Feed};
use crate::worker::Race;
use finished::Finished;
use progress::Progress;

/// How long Ctrl-C may go unnoticed.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Trains, prints the ranking and writes what was asked for.
///
/// # Errors
/// Bad input, in one line; then nothing was trained or written. Ctrl-C, after everything measured
/// until then was written.
pub(super) fn run(arguments: &TrainArguments) -> Result<(), Failure> {
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
        json::json(&rounds, arguments.every(), interrupted)?
    } else {
        format!("{}{}", tables(&rounds), arguments.written()).into_bytes()
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

/// A ranking for each comparison.
fn tables(rounds: &[Finished]) -> String {
    let table = |finished: &Finished| {
        let ranking = of_run::ranking(&finished.comparison, &finished.logs());
        format!("{}\n{ranking}{}\n", finished.heading(), printed_by_the_notebook(finished))
    };
    rounds.iter().map(table).collect()
}

/// The losses that the course notebook prints last, for a comparison in its stream.
fn printed_by_the_notebook(finished: &Finished) -> String {
    let Finished { comparison, runs, began: _ } = finished;
    if comparison.feed == Feed::Fair {
        return String::new();
    }
    let loss = |(contender, run): (&Contender, &finished::Run)| {
        let loss = number(run.log.printed_at(json::PRINTED)?, 6);
        Some(format!("{} {loss}", contender.name))
    };
    let losses: Vec<String> = comparison.contenders.iter().zip(runs).filter_map(loss).collect();
    match losses.is_empty() {
        true => String::new(),
        false => format!("printed at batch {}: {}\n", json::PRINTED, losses.join(", ")),
    }
}
