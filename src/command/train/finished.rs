//! What is left of a comparison after it ran.

use crate::error::Result;
use crate::figure::of_run;
use crate::network::Network;
use crate::task::{Example, Loss};
use crate::train::{Comparison, RunLog};
use crate::worker::Race;

/// One comparison that ran to its end, or was stopped.
pub(super) struct Finished {
    /// What was asked for.
    pub comparison: Comparison,
    /// One entry a contender, in the comparison's order.
    pub runs: Vec<Run>,
    /// When it began, in seconds since 1970.
    pub began: f64,
}

/// One contender after training.
pub(super) struct Run {
    /// Every loss, and the gradient flow.
    pub log: RunLog,
    /// The network as trained.
    pub network: Network,
    /// Names of its parameters.
    pub names: Vec<String>,
    /// The evaluation's sequences with its predictions.
    pub examples: Vec<Example>,
    /// What kept it from going on, if it was no divergence.
    pub failure: Option<String>,
}

impl Finished {
    /// Takes what a race left.
    ///
    /// # Errors
    /// What candle says of the tensors.
    pub(super) fn of(race: &Race, began: f64) -> Result<Self> {
        let run = |lane| {
            let failure = race.status(lane).failure;
            race.look(lane, |trainee| {
                Ok(Run {
                    log: trainee.log().clone(),
                    network: trainee.network().clone(),
                    names: trainee.names().to_vec(),
                    examples: trainee.examples()?,
                    failure,
                })
            })
        };
        let runs = (0..race.lanes()).map(run).collect::<Result<_>>()?;
        Ok(Self { comparison: race.comparison().clone(), runs, began })
    }

    /// One log a contender.
    pub(super) fn logs(&self) -> Vec<&RunLog> {
        self.runs.iter().map(|run| &run.log).collect()
    }

    /// What was trained, in one line.
    pub(super) fn heading(&self) -> String {
        format!("{} · loss: {}", of_run::heading(&self.comparison), loss(&self.comparison))
    }

    /// Which contender could not go on, and why.
    pub(super) fn failure(&self) -> Option<String> {
        let named = self.comparison.contenders.iter().zip(&self.runs);
        let mut failures = named.filter_map(|(contender, run)| {
            Some(format!("{}: {}", contender.name, run.failure.as_ref()?))
        });
        failures.next()
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
