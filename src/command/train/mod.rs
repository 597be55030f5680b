//! `rnnscope train`: run a comparison without a window.

mod arguments;
mod csv;
mod events;
mod experiment;
mod files;
mod finished;
mod interrupt;
mod json;
mod keep;
mod list;
mod places;
mod plan;
mod progress;
mod report;
mod sheet;
mod words;

use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

pub(super) use arguments::TrainArguments;

use super::explore::is_stdout;
use super::failure::Failure;
use super::outputs::{self, Outcome};
use super::stdout;
use crate::train::{Checkpoint, Comparison};
use crate::worker::Race;
use events::Events;
use finished::Finished;
use keep::Keeper;
use progress::Progress;

/// How long a signal may go unnoticed.
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
    let plan = arguments.plan()?;
    let comparisons: Vec<Comparison> = plan.comparisons().cloned().collect();
    // Gone at the end if nothing was put into them.
    let _folders = arguments.check_outputs(&comparisons)?;
    if arguments.resume.is_none() {
        keep::tell_of_unfinished();
    }
    interrupt::listen()?;
    let mut keeper = Keeper::of(arguments, &plan)?;
    let trained = train(arguments, plan.split(), &mut keeper)?;
    let Trained { rounds, events, obstacle } = trained;
    let interrupted = interrupt::pressed();
    let kept = if interrupted { Ok(()) } else { keeper.end() };
    let mut outcome = arguments.write(&rounds, events, comparisons.len(), interrupted);
    match (kept, keeper.named()) {
        (Err(error), _) => outcome.fail(error.into()),
        (Ok(()), Some(path)) => outcome.wrote(path),
        (Ok(()), None) => {}
    }
    let finished = finish(arguments, &rounds, interrupted, outcome);
    let end = match (finished, obstacle, rounds.iter().find_map(Finished::failure)) {
        (Err(failure), ..) | (Ok(()), Some(failure), _) => Err(failure),
        (Ok(()), None, Some(failure)) => Err(Failure::unforeseen(failure)),
        (Ok(()), None, None) => Ok(()),
    };
    match (end, interrupt::signal()) {
        (Err(failure), signal) => {
            keeper.rescue();
            if signal.is_some() {
                keeper.tell();
            }
            Err(failure)
        }
        (Ok(()), Some(signal)) => {
            keeper.tell();
            Err(Failure::interrupted(signal, "what was measured until then was kept"))
        }
        (Ok(()), None) => {
            keeper.remove();
            Ok(())
        }
    }
}

/// What became of all trainings.
#[derive(Default)]
struct Trained {
    rounds: Vec<Finished>,
    events: Vec<Events>,
    /// What keeps the others from being trained.
    obstacle: Option<Failure>,
}

/// Trains one comparison after another.
fn train(
    arguments: &TrainArguments,
    plan: Vec<Checkpoint>,
    keeper: &mut Keeper,
) -> Result<Trained, Failure> {
    let mut trained = Trained::default();
    let planned = plan.len();
    for part in plan {
        if interrupt::pressed() {
            keeper.interrupt(None);
            break;
        }
        match race(arguments, &part, planned, keeper) {
            Ok((finished, events)) => {
                trained.rounds.push(finished);
                trained.events.extend(events);
            }
            Err(failure) if trained.rounds.is_empty() => return Err(failure),
            // What was trained before is not to be lost for it.
            Err(failure) => {
                trained.obstacle = Some(failure);
                break;
            }
        }
    }
    Ok(trained)
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

/// Runs a comparison to its end, or to a signal.
fn race(
    arguments: &TrainArguments,
    part: &Checkpoint,
    planned: usize,
    keeper: &mut Keeper,
) -> Result<(Finished, Option<Events>), Failure> {
    let (wake, woken) = mpsc::sync_channel(1);
    let race = Race::resume(part, arguments.threads(), true, move || {
        // A full channel wakes just as well.
        let _ = wake.try_send(());
    })?;
    let mut events = Events::of(arguments, part.comparison(), planned, &race)?;
    race.unpause();
    let mut progress = Progress::of(&race);
    let mut stopped = false;
    while !race.is_over() {
        // Whether woken or not, it is time to look.
        let _ = woken.recv_timeout(LOOK_EVERY);
        progress.show(&race);
        if interrupt::pressed() && !stopped {
            keeper.interrupt(Some(&race));
            race.stop();
            stopped = true;
        }
        if !stopped {
            keeper.look(&race);
        }
        if let Some(events) = &mut events {
            events.look(&race);
        }
    }
    if interrupt::pressed() && !stopped {
        keeper.interrupt(Some(&race));
    }
    progress.end(&race);
    if let Some(events) = &mut events {
        events.end(&race);
    }
    let finished = Finished::of(&race);
    keeper.ended(race);
    Ok((finished, events))
}

/// What is said of each comparison.
fn reports(rounds: &[Finished], timing: bool) -> String {
    rounds.iter().map(|finished| report::report(finished, timing)).collect()
}
