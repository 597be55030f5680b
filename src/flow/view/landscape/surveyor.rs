//! Measures landscapes from coarse to fine, on all cores, and remembers them.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use super::across::{MOST, scales};
use super::{Across, Growth, Landscape, STRIDES};
use crate::error::{Error, Result};
use crate::flow::batch::Batch;
use crate::flow::instrument::{Instrument, dtype, stamps};
use crate::flow::kept::Kept;
use crate::flow::measure::fits_memory;
use crate::flow::question::Question;
use crate::flow::view::cores::{cores, share};
use crate::network::Network;
use crate::ticket::Ticket;

/// While a level is being measured, news of it come no more often.
const APART: Duration = Duration::from_millis(100);

/// Landscapes remembered, at some 40 kB each.
const MEMORY: usize = 32;

/// Measures landscapes and remembers them, unfinished ones too: what was begun is taken up where it
/// was broken off, and moving along a landscape costs no more than the place itself.
#[derive(Debug, Default)]
pub struct Surveyor {
    hands: Vec<Hand>,
    /// The one used last in front.
    known: VecDeque<(Key, Vec<Option<Growth>>)>,
    measurements: u64,
}

/// What the cells of a landscape depend on.
#[derive(Clone, Debug, PartialEq)]
struct Key {
    /// With the weight scale and the number across set to what stands for all of them.
    question: Question,
    across: Across,
    values: Vec<f64>,
    stamps: Vec<Option<SystemTime>>,
}

impl Surveyor {
    /// A surveyor that remembers nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many places it has begun to measure in its life: none twice, but where the questions were.
    pub fn measurements(&self) -> u64 {
        self.measurements
    }

    /// The landscape around a question. What is known of it is published at once; then, unless it is
    /// all, each level, and now and then what has been measured of one. The ticket counts cells; those
    /// measured before it is cancelled are remembered.
    ///
    /// # Errors
    /// As for [`Instrument::answer`], a number across that this question does not let change, and too
    /// little memory for the largest row.
    pub fn survey(
        &mut self,
        question: &Question,
        across: Across,
        ticket: &Ticket,
        publish: &mut dyn FnMut(&Landscape),
    ) -> Result<Landscape> {
        question.validate()?;
        if let Some(why) = across.unavailable(question) {
            let wanted = format!("one that can be changed ({why})");
            return Err(Error::out_of_range("the number across a landscape", wanted, across));
        }
        let key = Key::of(question, across);
        let mut landscape = Landscape {
            question: question.clone(),
            across,
            weight_scales: scales(),
            cells: self.recall(&key),
            values: key.values.clone(),
            here: None,
        };
        let end = self.complete(&mut landscape, ticket, publish);
        let begun = self.hands.iter_mut().map(|hand| std::mem::take(&mut hand.measurements));
        self.measurements += begun.sum::<u64>();
        if end.is_ok() {
            // The place itself is all that is measured from here on, and networks may be large.
            self.hands.truncate(1);
        }
        self.known.push_front((key, landscape.cells.clone()));
        self.known.truncate(MEMORY);
        end.map(|()| landscape)
    }

    /// What is known of the cells, taken out of the memory.
    fn recall(&mut self, key: &Key) -> Vec<Option<Growth>> {
        let place = self.known.iter().position(|(known, _)| known == key);
        let known = place.and_then(|place| self.known.remove(place));
        known.map_or_else(|| vec![None; key.values.len() * MOST], |(_, cells)| cells)
    }

    fn complete(
        &mut self,
        landscape: &mut Landscape,
        ticket: &Ticket,
        publish: &mut dyn FnMut(&Landscape),
    ) -> Result<()> {
        ticket.expect_steps(landscape.cells.len() as u64 + 1);
        ticket.advance(landscape.measured() as u64)?;
        let complete = landscape.is_complete();
        if !complete {
            publish(landscape);
        }
        // Files may have changed since the last time.
        self.hands.iter_mut().for_each(|hand| hand.row = Kept::default());
        self.hands.resize_with(self.hands.len().max(1), Hand::default);
        landscape.here = Some(self.hands[0].growth(&landscape.question, &ticket.part())?);
        ticket.advance(1)?;
        if complete {
            publish(landscape);
            return Ok(());
        }
        self.hire(landscape)?;
        for stride in STRIDES {
            let open = landscape.open(stride);
            if !open.is_empty() {
                self.measure(landscape, &open, ticket, publish)?;
                publish(landscape);
            }
        }
        Ok(())
    }

    /// One hand a core, or as many as have room for the largest network or the longest sequence.
    fn hire(&mut self, landscape: &Landscape) -> Result<()> {
        let last = landscape.values.len() - 1;
        let largest = landscape.question_of([last, 0]);
        let (Network { spec, .. }, batch) = self.hands[0].row(&largest)?;
        let number = dtype(largest.precision).size_in_bytes();
        let (spec, steps, size) = (*spec, batch.steps * spec.ticks, batch.size);
        let fit = |hands: usize| fits_memory(&spec, steps, hands * size, number);
        fit(1)?;
        let most = (1..=cores()).rev().find(|hands| fit(*hands).is_ok());
        self.hands.resize_with(most.unwrap_or(1), Hand::default);
        Ok(())
    }

    /// Measures cells that are open. What has been measured stays, whatever happens.
    fn measure(
        &mut self,
        landscape: &mut Landscape,
        open: &[[usize; 2]],
        ticket: &Ticket,
        publish: &mut dyn FnMut(&Landscape),
    ) -> Result<()> {
        let columns = landscape.weight_scales.len();
        let questions: Vec<Question> =
            open.iter().map(|place| landscape.question_of(*place)).collect();
        let shared = Mutex::new(landscape);
        let mut published = Instant::now();
        let job = |hand: &mut Hand, n: usize| {
            let growth = hand.growth(&questions[n], &ticket.part())?;
            let [row, column] = open[n];
            lock(&shared).cells[row * columns + column] = Some(growth);
            Ok(())
        };
        let mut between = || {
            if published.elapsed() >= APART {
                let so_far = lock(&shared).clone();
                publish(&so_far);
                published = Instant::now();
            }
        };
        share(&mut self.hands, open.len(), ticket, job, &mut between)
    }
}

/// The landscape; a panic elsewhere leaves nothing half done in it.
fn lock<'a, 'b>(shared: &'a Mutex<&'b mut Landscape>) -> MutexGuard<'a, &'b mut Landscape> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Key {
    fn of(question: &Question, across: Across) -> Self {
        let values = across.values(question);
        let any = values.first().copied().unwrap_or(f64::NAN);
        let question = Question { weight_scale: 1.0, ..across.set(question, any) };
        // Up to 32 of them are remembered, to be compared: what files held is not kept for that.
        Self { stamps: stamps(&question), question: question.without_files(), across, values }
    }
}

/// What one thread measures with.
#[derive(Debug, Default)]
struct Hand {
    instrument: Instrument,
    /// The network before scaling, and what it reads: the same for all cells of a row.
    row: Kept<Question, (Network, Batch)>,
    measurements: u64,
}

impl Hand {
    fn row(&mut self, question: &Question) -> Result<&(Network, Batch)> {
        let unscaled = Question { weight_scale: 1.0, bias_scale: 1.0, ..question.clone() };
        let instrument = &mut self.instrument;
        self.row.get(unscaled, || instrument.unscaled(question))
    }

    fn growth(&mut self, question: &Question, ticket: &Ticket) -> Result<Growth> {
        let Question { weight_scale, bias_scale, loss, precision, .. } = *question;
        self.measurements += 1;
        let (network, batch) = self.row(question)?;
        let scaled = network.scaled(weight_scale, bias_scale, dtype(precision))?;
        Growth::of(&scaled, batch, loss, ticket)
    }
}
