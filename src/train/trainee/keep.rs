//! A training to and from what is kept of it in a file.

use std::sync::Arc;

use candle_core::{DType, Tensor};

use super::weights::WeightLog;
use super::{Best, Streams, Trainee};
use crate::error::{Error, Result};
use crate::network::Network;
use crate::rng::{Generator, Upcoming};
use crate::task::Task;
use crate::train::checkpoint::{Numbers, Saved, SavedStreams, SavedTesting};
use crate::train::comparison::Comparison;
use crate::train::entry::Entry;
use crate::train::evaluation::Testing;

impl Trainee {
    /// Everything that the training goes on from.
    ///
    /// # Errors
    /// What candle says of the tensors.
    pub(in crate::train) fn saved(&self) -> Result<Saved> {
        // Every field is named, so that a new one cannot be forgotten. Those left out follow from the
        // comparison, the streams and the lengths in the log.
        let Self {
            comparison: _,
            entry: _,
            task,
            network: _,
            names: _,
            variables,
            updater,
            streams,
            only: _,
            showcase: _,
            sets: _,
            memory,
            budget,
            log,
            weights,
            best,
            streak,
            mastered,
            testing,
            ticket: _,
        } = self;
        let dtype = self.dtype();
        let Best { loss, step } = best;
        Ok(Saved {
            weights: numbers(dtype, variables.iter().map(|variable| variable.as_tensor()))?,
            rule: updater.saved(variables, dtype),
            streams: streams.saved(),
            memory: memory.as_ref().map(|memory| numbers(dtype, memory)).transpose()?,
            budget: *budget,
            log: log.clone(),
            kept: weights.saved(dtype)?,
            best: (*loss, *step),
            streak: *streak,
            mastered: *mastered,
            testing: testing.as_ref().map(|testing| {
                let Testing { generator, asked, wrong } = testing;
                SavedTesting { stream: generator.upcoming(), asked: *asked, wrong: *wrong }
            }),
            data: task.checksum(),
            failure: None,
        })
    }

    /// A training that goes on from there. `task` is the one it began with, `network` any of its
    /// shape.
    ///
    /// # Errors
    /// What candle says of the tensors.
    pub(in crate::train) fn restore(
        comparison: Arc<Comparison>,
        entry: Entry,
        task: Arc<dyn Task>,
        network: &Network,
        saved: &Saved,
    ) -> Result<Self> {
        let Saved {
            weights,
            rule,
            streams,
            memory,
            budget,
            log,
            kept,
            best,
            streak,
            mastered,
            testing,
            data: _,
            failure: _,
        } = saved;
        let mut trainee = Self::new(comparison, entry, task, network, Streams::restored(streams)?)?;
        if let [_, .., (_, length)] = log.lengths[..] {
            let task = trainee.comparison.task_of_length(length)?.open()?;
            trainee.begin(task)?;
        }
        let dtype = trainee.dtype();
        for (variable, weights) in
            trainee.variables.iter().zip(weights.tensors(&trainee.variables, &mut 0)?)
        {
            variable.set(&weights.to_dtype(dtype)?)?;
        }
        trainee.updater.restore(rule, &trainee.variables);
        let spec = trainee.network.spec;
        let shape = [spec.cell.states(), trainee.comparison.batch, spec.hidden_size];
        trainee.memory = match memory {
            None => None,
            Some(numbers) => {
                let mut from = 0;
                let layer = |_| numbers.tensor(&shape, &mut from);
                Some((0..spec.num_layers).map(layer).collect::<Result<_>>()?)
            }
        };
        trainee.weights = WeightLog::restored(kept, &trainee.variables)?;
        trainee.testing = match testing {
            None => None,
            Some(SavedTesting { stream, asked, wrong }) => {
                Some(Testing { generator: generator(stream)?, asked: *asked, wrong: *wrong })
            }
        };
        trainee.log = log.clone();
        trainee.budget = *budget;
        trainee.best = Best { loss: best.0, step: best.1 };
        trainee.streak = *streak;
        trainee.mastered = *mastered;
        Ok(trainee)
    }
}

impl Streams {
    fn saved(&self) -> SavedStreams {
        let Self { data, showcase, test, only } = self;
        SavedStreams {
            data: data.upcoming(),
            showcase: showcase.upcoming(),
            test: test.upcoming(),
            only: only.upcoming(),
        }
    }

    fn restored(saved: &SavedStreams) -> Result<Self> {
        let SavedStreams { data, showcase, test, only } = saved;
        Ok(Self {
            data: generator(data)?,
            showcase: generator(showcase)?,
            test: generator(test)?,
            only: generator(only)?,
        })
    }
}

fn numbers<'a>(dtype: DType, tensors: impl IntoIterator<Item = &'a Tensor>) -> Result<Numbers> {
    let mut numbers = Numbers::none(dtype);
    tensors.into_iter().try_for_each(|tensor| numbers.push(tensor))?;
    Ok(numbers)
}

fn generator(upcoming: &Upcoming) -> Result<Generator> {
    Generator::from_upcoming(upcoming)
        .ok_or_else(|| Error::Fault("a checkpoint without random numbers was let through".into()))
}
