//! Draws all contenders of a comparison and deals out their streams of data.

use std::sync::Arc;

use super::checkpoint::Saved;
use super::comparison::{Comparison, Feed};
use super::entry::Entry;
use super::trainee::{Streams, Trainee};
use crate::error::Result;
use crate::network::Network;
use crate::rng::Generator;
use crate::task::{Task, TaskChoice};

/// A comparison at the start: equal comparisons line up equally, byte for byte, which is what
/// rewinding means.
#[derive(Debug)]
pub struct LineUp {
    /// One trainee an entry, in order. None needs another, so they may run in parallel.
    pub trainees: Vec<Trainee>,
}

/// What a trainee begins with.
struct Hand {
    network: Network,
    streams: Streams,
}

impl LineUp {
    /// Draws weights and places every training at its first batch.
    ///
    /// # Errors
    /// Settings out of range; data that cannot be read.
    pub fn new(comparison: &Comparison) -> Result<Self> {
        comparison.validate()?;
        let entries = comparison.entries();
        let tasks = Tasks::open(comparison, &entries)?;
        let hands = match comparison.feed {
            Feed::Fair => entries
                .iter()
                .map(|entry| fair(comparison, entry, &tasks))
                .collect::<Result<Vec<_>>>()?,
            Feed::Notebook { rounds_before } => notebook(comparison, &entries, rounds_before)?,
        };
        let comparison = Arc::new(comparison.clone());
        let trainees = entries
            .into_iter()
            .zip(hands)
            .map(|(entry, Hand { network, streams })| {
                let (_, task) = tasks.of(&entry);
                let task = Arc::clone(task);
                Trainee::new(Arc::clone(&comparison), entry, task, &network, streams)
            })
            .collect::<Result<_>>()?;
        Ok(Self { trainees })
    }
}

impl LineUp {
    /// Places every training where it was when it was kept.
    ///
    /// # Errors
    /// Data that cannot be read.
    pub(super) fn restore(comparison: &Arc<Comparison>, kept: &[Saved]) -> Result<Self> {
        let entries = comparison.entries();
        let tasks = Tasks::open(comparison, &entries)?;
        let restore = |(entry, saved): (Entry, &Saved)| {
            let (choice, task) = tasks.of(&entry);
            let contender = &comparison.contenders[entry.contender];
            // Its numbers are replaced: any draw has the right shapes.
            let drawn = &mut Generator::seeded(0);
            let network = contender.design.network(&contender.spec(choice), drawn)?;
            Trainee::restore(Arc::clone(comparison), entry, Arc::clone(task), &network, saved)
        };
        let trainees = entries.into_iter().zip(kept).map(restore).collect::<Result<_>>()?;
        Ok(Self { trainees })
    }
}

/// The task of every length that is trained, opened once: its data may come from a large file.
struct Tasks(Vec<(Option<usize>, TaskChoice, Arc<dyn Task>)>);

impl Tasks {
    fn open(comparison: &Comparison, entries: &[Entry]) -> Result<Self> {
        let mut tasks: Vec<(Option<usize>, TaskChoice, Arc<dyn Task>)> = Vec::new();
        for entry in entries {
            if tasks.iter().all(|(length, ..)| *length != entry.length) {
                let choice = comparison.task_of(entry)?;
                let task = choice.open()?;
                tasks.push((entry.length, choice, task));
            }
        }
        Ok(Self(tasks))
    }

    fn of(&self, entry: &Entry) -> (&TaskChoice, &Arc<dyn Task>) {
        let found = self.0.iter().find(|(length, ..)| *length == entry.length);
        let (_, choice, task) = found.unwrap_or(&self.0[0]);
        (choice, task)
    }
}

/// Everybody is drawn from the seed of the trial itself; data, showcase and test have streams of
/// their own, the same for all contenders. A task that has but one batch draws it before the
/// weights, as a PyTorch script does that makes its data first.
fn fair(comparison: &Comparison, entry: &Entry, tasks: &Tasks) -> Result<Hand> {
    let seed = comparison.seed_of(entry.trial);
    let (choice, task) = tasks.of(entry);
    let contender = &comparison.contenders[entry.contender];
    let mut generator = Generator::seeded(seed);
    let only = generator.clone();
    task.only_batch(comparison.batch, &mut generator)?;
    let network = contender.design.network(&contender.spec(choice), &mut generator)?;
    let stream = |place: u64| Generator::seeded(seed.wrapping_add(place));
    let streams = Streams { data: stream(1), showcase: stream(2), test: stream(3), only };
    Ok(Hand { network, streams })
}

/// One stream: all networks, the first contender's batches, the second's, ..., the showcase, and
/// the same again for the next round. Where a contender's batches begin depends only on how many
/// numbers come before, so nobody has to wait for anybody.
fn notebook(comparison: &Comparison, entries: &[Entry], rounds_before: u32) -> Result<Vec<Hand>> {
    let task = comparison.task.open()?;
    let mut stream = Generator::seeded(comparison.seed);
    let mut round = || -> Result<Vec<Hand>> {
        let only = stream.clone();
        let has_but_one = task.only_batch(comparison.batch, &mut stream)?.is_some();
        let networks = entries
            .iter()
            .map(|entry| {
                let contender = &comparison.contenders[entry.contender];
                contender.design.network(&contender.spec(&comparison.task), &mut stream)
            })
            .collect::<Result<Vec<_>>>()?;
        let mut starts = Vec::with_capacity(networks.len());
        for _ in &networks {
            starts.push(stream.clone());
            if !has_but_one {
                for _ in 0..comparison.steps {
                    task.skip(comparison.batch, &mut stream)?;
                }
            }
        }
        let showcase = stream.clone();
        task.showcase(&mut stream)?;
        let hand = |(network, data)| {
            let (showcase, test, only) = (showcase.clone(), stream.clone(), only.clone());
            Hand { network, streams: Streams { data, showcase, test, only } }
        };
        Ok(networks.into_iter().zip(starts).map(hand).collect())
    };
    for _ in 0..rounds_before {
        round()?;
    }
    round()
}
