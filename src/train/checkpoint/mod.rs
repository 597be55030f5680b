//! A running comparison in a file: everything that it goes on from, so that what comes after is the
//! same, byte for byte, as without a break.
//!
//! The file is a safetensors one: series of numbers are its tensors, so that every bit of them
//! survives, NaN and infinity included; what there is one of stands as RON in its metadata. Beside
//! the weights it holds what the optimiser has learned, where the random streams stand, and the whole
//! record. What follows from the comparison is not in it.

mod check;
mod format;
mod log;
mod longer;
mod numbers;
mod saved;
mod sheet;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;

pub(super) use numbers::Numbers;
pub(super) use saved::{Saved, SavedRule, SavedStreams, SavedTesting, SavedWeights};

use super::comparison::Comparison;
use super::line_up::LineUp;
use super::trainee::Trainee;
use crate::disk::{self, Source};
use crate::error::{Error, Result};
use crate::ticket::Ticket;

/// What it is called where a file cannot be used.
const WHAT: &str = "a training";

/// Larger files are not read.
const MOST_BYTES: u64 = 16 << 30;

/// One comparison after another, each ended, under way or still to come.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    rounds: Vec<Round>,
}

/// One comparison.
#[derive(Clone, Debug)]
struct Round {
    comparison: Arc<Comparison>,
    /// When it began, in seconds since 1970.
    began: f64,
    /// One a training, in the order of the comparison's entries; none if it has not begun.
    trainings: Vec<Saved>,
}

impl Checkpoint {
    /// How names of such files end.
    pub const EXTENSION: &str = "rnnscope-training";

    /// A comparison that is still to come.
    pub fn of_plan(comparison: &Comparison) -> Self {
        let comparison = Arc::new(comparison.clone());
        Self { rounds: vec![Round { comparison, began: 0.0, trainings: Vec::new() }] }
    }

    /// A comparison that began at this time, in seconds since 1970: each training as it is when its
    /// number is asked for, and what went wrong with it, if anything did.
    ///
    /// # Errors
    /// What candle says of the tensors.
    pub(crate) fn of_trainees(
        comparison: &Comparison,
        began: f64,
        mut look: impl FnMut(usize) -> Result<Kept>,
    ) -> Result<Self> {
        let comparison = Arc::new(comparison.clone());
        let count = comparison.entries().len();
        let trainings = (0..count).map(|lane| Ok(look(lane)?.0)).collect::<Result<_>>()?;
        Ok(Self { rounds: vec![Round { comparison, began, trainings }] })
    }

    /// Several comparisons in the order in which they are run, as one.
    pub fn join(parts: impl IntoIterator<Item = Self>) -> Self {
        Self { rounds: parts.into_iter().flat_map(|part| part.rounds).collect() }
    }

    /// Each comparison on its own.
    pub fn split(self) -> Vec<Self> {
        self.rounds.into_iter().map(|round| Self { rounds: vec![round] }).collect()
    }

    /// All comparisons, in order.
    pub fn comparisons(&self) -> impl Iterator<Item = &Comparison> {
        self.rounds.iter().map(|round| &*round.comparison)
    }

    /// The comparison under way: the last one that has begun.
    pub fn comparison(&self) -> &Comparison {
        &self.current().comparison
    }

    /// When the comparison under way began, in seconds since 1970; none if it has not.
    pub fn began(&self) -> Option<f64> {
        let Round { began, trainings, .. } = self.current();
        (!trainings.is_empty()).then_some(*began)
    }

    /// What keeps each training of the comparison under way from going on, if it is no divergence.
    pub(crate) fn failures(&self) -> Vec<Option<String>> {
        self.current().trainings.iter().map(|saved| saved.failure.clone()).collect()
    }

    fn current(&self) -> &Round {
        let begun = self.rounds.iter().rfind(|round| !round.trainings.is_empty());
        begun.unwrap_or(&self.rounds[0])
    }

    /// The trainings of the comparison under way, ready to go on.
    ///
    /// # Errors
    /// Data that cannot be read; [`Error::TooLarge`] for more than this machine has memory for.
    pub(crate) fn line_up(&self) -> Result<LineUp> {
        let Round { comparison, trainings, .. } = self.current();
        comparison.fits_memory(1)?;
        if trainings.is_empty() {
            LineUp::new(comparison)
        } else {
            LineUp::restore(comparison, trainings)
        }
    }

    /// Reads a file that [`Checkpoint::encode`] made.
    ///
    /// # Errors
    /// A file that cannot be read, is something else, damaged, or from another version; data of the
    /// user's own that are gone or have changed since.
    pub fn read(path: &Path, ticket: &Ticket) -> Result<Self> {
        // A look at the beginning first: other files may be large.
        let mut start = [0; sheet::START];
        let mut source = Source::open(path, MOST_BYTES, WHAT)?;
        let read = std::io::Read::read_exact(&mut source, &mut start);
        if read.is_err() || !sheet::is_start(&start) {
            return Err(Error::content(path, format::FOREIGN));
        }
        Self::from_bytes(path, &disk::read(path, MOST_BYTES, WHAT, ticket)?)
    }

    /// Reads the bytes of such a file; `path` is for what is said of them.
    ///
    /// # Errors
    /// As for [`Checkpoint::read`].
    pub fn from_bytes(path: &Path, bytes: &[u8]) -> Result<Self> {
        let decoded = format::decode(bytes).map_err(|words| Error::content(path, words))?;
        for Round { comparison, trainings, .. } in &decoded.rounds {
            let refused = |error: Error| match error {
                // The user's data: the error names their file.
                Error::Read { .. } | Error::Content { .. } => error,
                other => Error::content(path, other.to_string()),
            };
            comparison.validate().map_err(refused)?;
            check::data(comparison, trainings)?;
            check::trainings(comparison, trainings)
                .map_err(refused)?
                .map_err(|words| Error::content(path, format!("{}: {words}", format::DAMAGED)))?;
        }
        Ok(decoded)
    }

    /// The bytes of the file. Equal states give equal bytes.
    ///
    /// # Errors
    /// [`Error::Session`] for a comparison that cannot be put into words.
    pub fn encode(&self) -> Result<Vec<u8>> {
        format::encode(self)
    }
}

/// A training as kept, for who builds a [`Checkpoint`] of several.
#[derive(Debug)]
pub(crate) struct Kept(Saved);

impl Kept {
    /// What is kept of a trainee, and what went wrong with it.
    ///
    /// # Errors
    /// What candle says of the tensors.
    pub(crate) fn of(trainee: &Trainee, failure: Option<String>) -> Result<Self> {
        Ok(Self(Saved { failure, ..trainee.saved()? }))
    }
}
