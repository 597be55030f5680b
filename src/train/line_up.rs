//! Draws all contenders of a comparison and deals out their streams of data.

use std::sync::Arc;

use super::comparison::{Comparison, Feed};
use super::trainee::Trainee;
use crate::error::Result;
use crate::network::Network;
use crate::rng::Generator;
use crate::task::Batch;

/// Sequences on which predictions and gradient flow are recorded, as many as the notebook shows.
const EVALUATION: usize = 4;

/// A comparison at the start: equal comparisons line up equally, byte for byte, which is what
/// rewinding means.
#[derive(Debug)]
pub struct LineUp {
    /// One trainee a contender, in order. None needs another, so they may run in parallel.
    pub trainees: Vec<Trainee>,
    /// The sequences on which predictions are recorded.
    pub evaluation: Batch,
}

impl LineUp {
    /// Draws weights and places every contender at its first batch.
    ///
    /// # Errors
    /// Settings out of range.
    pub fn new(comparison: &Comparison) -> Result<Self> {
        comparison.validate()?;
        let (networks, streams, mut after) = match comparison.feed {
            Feed::Fair => fair(comparison)?,
            Feed::Notebook { rounds_before } => notebook(comparison, rounds_before)?,
        };
        let evaluation = comparison.task.task().batch(EVALUATION, &mut after)?;
        let comparison = Arc::new(comparison.clone());
        let trainees = networks
            .iter()
            .zip(streams)
            .enumerate()
            .map(|(contender, (network, data))| {
                Trainee::new(Arc::clone(&comparison), contender, network, data, &evaluation)
            })
            .collect::<Result<_>>()?;
        Ok(Self { trainees, evaluation })
    }
}

/// Networks, the stream of each one's data, and the stream of the evaluation.
type Dealt = (Vec<Network>, Vec<Generator>, Generator);

/// Everybody is drawn from the seed itself; data and evaluation have streams of their own, the
/// same for all.
fn fair(comparison: &Comparison) -> Result<Dealt> {
    let seed = comparison.seed;
    let networks = comparison
        .contenders
        .iter()
        .map(|contender| Ok(contender.draw(seed).network(&contender.spec(&comparison.task))?.0))
        .collect::<Result<Vec<_>>>()?;
    let data = Generator::seeded(seed.wrapping_add(1));
    let streams = vec![data; networks.len()];
    Ok((networks, streams, Generator::seeded(seed.wrapping_add(2))))
}

/// One stream: all networks, the first contender's batches, the second's, ..., the evaluation, and
/// the same again for the next round. Where a contender's batches begin depends only on how many
/// numbers come before, so nobody has to wait for anybody.
fn notebook(comparison: &Comparison, rounds_before: u32) -> Result<Dealt> {
    let task = comparison.task.task();
    let mut stream = Generator::seeded(comparison.seed);
    let mut round = || -> Result<Dealt> {
        let networks = comparison
            .contenders
            .iter()
            .map(|contender| {
                let draw = contender.draw(comparison.seed);
                draw.network_from(&contender.spec(&comparison.task), &mut stream)
            })
            .collect::<Result<Vec<_>>>()?;
        let streams = comparison
            .contenders
            .iter()
            .map(|_| {
                let start = stream.clone();
                for _ in 0..comparison.steps {
                    task.skip(comparison.batch, &mut stream);
                }
                start
            })
            .collect();
        let evaluation = stream.clone();
        task.skip(EVALUATION, &mut stream);
        Ok((networks, streams, evaluation))
    };
    for _ in 0..rounds_before {
        round()?;
    }
    round()
}
