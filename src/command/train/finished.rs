//! What is left of a comparison after it ran.

use crate::figure::of_run;
use crate::network::Network;
use crate::task::{Example, Loss, TaskChoice};
use crate::train::{Comparison, Entry, RunLog};
use crate::visible;
use crate::worker::Race;

/// One comparison that ran to its end, or was stopped.
pub(super) struct Finished {
    /// What was asked for.
    pub comparison: Comparison,
    /// One a training, in the order of the comparison's entries.
    pub runs: Vec<Run>,
}

/// One training at its end.
pub(super) struct Run {
    /// Which one.
    pub entry: Entry,
    /// Every loss, and the gradient flow.
    pub log: RunLog,
    /// The network as trained.
    pub network: Network,
    /// The evaluation's sequences with its predictions.
    pub examples: Vec<Example>,
    /// What kept it from going on, if it was no divergence.
    pub failure: Option<String>,
}

impl Finished {
    /// Takes what a race left.
    pub(super) fn of(race: &Race) -> Self {
        let run = |lane| {
            let mut failure = race.status(lane).failure;
            race.look(lane, |trainee| {
                // Its losses and its network are not to be lost for want of examples.
                let examples = trainee.examples().unwrap_or_else(|error| {
                    failure.get_or_insert(error.to_string());
                    Vec::new()
                });
                Run {
                    entry: trainee.entry(),
                    log: trainee.log().clone(),
                    network: trainee.network().clone(),
                    examples,
                    failure,
                }
            })
        };
        let runs = (0..race.lanes()).map(run).collect();
        Self { comparison: race.comparison().clone(), runs }
    }

    /// One log a training.
    pub(super) fn logs(&self) -> Vec<&RunLog> {
        self.runs.iter().map(|run| &run.log).collect()
    }

    /// What tells a training from the others, as it is shown.
    pub(super) fn label(&self, run: &Run) -> String {
        visible::name(&self.comparison.label(&run.entry)).into_owned()
    }

    /// Which training could not go on, and why.
    pub(super) fn failure(&self) -> Option<String> {
        self.runs
            .iter()
            .find_map(|run| Some(format!("{}: {}", self.label(run), run.failure.as_ref()?)))
    }
}

impl Run {
    /// Why it ended.
    pub(super) fn ending(&self) -> String {
        match (&self.failure, self.log.stop) {
            (Some(failure), _) => failure.clone(),
            (None, Some(stop)) => stop.to_string(),
            (None, None) => String::new(),
        }
    }
}

/// What is trained, in one line.
pub(super) fn heading(comparison: &Comparison) -> String {
    let heading = of_run::heading(comparison);
    match comparison.task {
        // Only these let the steps that count be chosen.
        TaskChoice::RunningMean(_) | TaskChoice::LongLag(_) => {
            format!("{heading} · loss: {}", loss(comparison))
        }
        TaskChoice::FirstZero(_) | TaskChoice::Mnist1d(_) | TaskChoice::Echo(_) => heading,
    }
}

/// The steps that count.
pub(super) fn loss(comparison: &Comparison) -> Loss {
    comparison.task.loss()
}

/// A word for the steps that count, as the flag has it.
pub(super) fn loss_word(comparison: &Comparison) -> &'static str {
    match loss(comparison) {
        Loss::All => "all",
        Loss::Last => "last",
    }
}
