//! More batches for a training that was kept.

use super::Checkpoint;
use crate::error::{Error, Result};
use crate::train::comparison::Feed;
use crate::train::optimizer::Schedule;
use crate::train::stop::Stop;

impl Checkpoint {
    /// The same with another budget, as if it had been asked for from the start: trainings that ended
    /// only because the budget was used go on.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for less than was done, and where a training with that budget would have
    /// gone otherwise from the start.
    pub fn with_steps(mut self, steps: u64) -> Result<Self> {
        for round in &mut self.rounds {
            let mut comparison = (*round.comparison).clone();
            if steps == comparison.steps {
                continue;
            }
            let done = round.trainings.iter().map(|saved| saved.log.steps()).max().unwrap_or(0);
            let what = "number of batches to go on to";
            if steps < done {
                return Err(Error::out_of_range(
                    what,
                    format!("{done} or more: they are done"),
                    steps,
                ));
            }
            let fixed = match (comparison.schedule, comparison.feed) {
                (Schedule::Cosine, _) => Some("its learning rates"),
                (_, Feed::Notebook { .. }) if comparison.contenders.len() > 1 => {
                    Some("its batches")
                }
                (
                    Schedule::Constant | Schedule::Step { .. },
                    Feed::Fair | Feed::Notebook { .. },
                ) => None,
            };
            if let Some(fixed) = fixed {
                let wanted = format!("{}, which decides {fixed}", comparison.steps);
                return Err(Error::out_of_range(what, wanted, steps));
            }
            comparison.steps = steps;
            comparison.validate()?;
            for (entry, saved) in comparison.entries().iter().zip(&mut round.trainings) {
                let own = comparison.contenders[entry.contender].budget.unwrap_or(u64::MAX);
                saved.budget = steps.min(own);
                let log = &mut saved.log;
                if log.stop == Some(Stop::Budget) && saved.budget > log.steps() {
                    (log.stop, log.test, saved.testing) = (None, None, None);
                    // The one that ends every training; it would not have been there.
                    let interval = comparison.evaluate_every;
                    let is_extra = |step: u64| interval > 0 && !step.is_multiple_of(interval);
                    log.evaluations.pop_if(|last| is_extra(last.step));
                }
            }
            round.comparison = std::sync::Arc::new(comparison);
        }
        Ok(self)
    }
}
