//! The sequences that predictions are shown for, at every length that was looked at.

use std::collections::HashMap;

use candle_core::{DType, Device, Tensor};

use crate::error::Result;
use crate::network::Reading;
use crate::rng::Generator;
use crate::task::Example;
use crate::train::{Comparison, Entry, Feed};
use crate::worker::Race;

/// Sequences by trial and number of steps; the predictions in them are not used.
#[derive(Default)]
pub struct Examples(HashMap<(usize, usize), Vec<Example>>);

impl Examples {
    /// The sequences of so many steps that a training shows; none where they cannot be had any more.
    pub fn of(
        &mut self,
        race: &Race,
        comparison: &Comparison,
        (place, entry): (usize, &Entry),
        length: usize,
    ) -> &[Example] {
        self.0.entry((entry.trial, length)).or_insert_with(|| {
            let present = race.look(place, |trainee| {
                (trainee.task().length() == length).then(|| trainee.examples())
            });
            present.unwrap_or_else(|| earlier(comparison, entry, length)).unwrap_or_default()
        })
    }
}

/// The sequences of a length that the curriculum has left behind.
fn earlier(comparison: &Comparison, entry: &Entry, length: usize) -> Result<Vec<Example>> {
    if comparison.feed != Feed::Fair {
        return Ok(Vec::new());
    }
    let task = comparison.task_of_length(length)?.open()?;
    let mut generator = Generator::seeded(comparison.seed_of(entry.trial).wrapping_add(2));
    let batch = task.showcase(&mut generator)?;
    let rows = match task.reading() {
        Reading::EachStep | Reading::States => length,
        Reading::LastStep | Reading::LastStepRelu | Reading::AllSteps(_) => 1,
    };
    let shape = (rows, batch.size()?, task.output_size());
    task.examples(&Tensor::zeros(shape, DType::F32, &Device::Cpu)?, &batch)
}
