//! The instrument: answers questions, and remembers what did not change since the last one.

use std::path::Path;
use std::time::{Instant, SystemTime};

use candle_core::{DType, Tensor};

use super::batch::{Batch, Shown};
use super::jacobian::step_jacobian;
use super::kept::Kept;
use super::measure::{Trace, fits_memory, is_finite, measure_by, not_finite, numbers};
use super::question::{Input, Precision, Question, Signal, Weights};
use super::raw::{Array, arrays};
use super::report::{FlowReport, Spectrum};
use super::sequence::Sequence;
use super::sequence_file::SequenceFile;
use super::unscaled::Unscaled;
use super::view::{self, View, ViewReport};
use crate::error::Result;
use crate::network::{Cell, Network, Reading, Wiring};
use crate::rng::Generator;
use crate::task::TaskChoice;
use crate::ticket::Ticket;

/// Recurrent matrices up to this many rows are decomposed by [`Instrument::answer`], in about a
/// millisecond each; larger ones only in [`Instrument::complete`].
const QUICK_SPECTRUM: usize = 64;

/// Answers questions. Weights, their spectra and the input are kept from one question to the
/// next, so that moving a slider costs one forward and one backward pass.
#[derive(Debug, Default)]
pub struct Instrument {
    files: Kept<(Vec<SequenceFile>, Vec<Option<SystemTime>>), Sequence>,
    network: Kept<NetworkKey, Unscaled>,
    batch: Kept<BatchKey, Batch>,
    /// The end of the last answer, from which [`Instrument::complete`] goes on.
    end: Option<(Question, End)>,
}

/// What a network is made from.
#[derive(Debug, PartialEq)]
struct NetworkKey {
    weights: Weights,
    stamp: Option<SystemTime>,
    features: usize,
    task: Option<TaskChoice>,
    /// Size of a batch that is drawn before the weights.
    only: Option<usize>,
}

/// What a batch is made from.
#[derive(Debug, PartialEq)]
struct BatchKey {
    input: Input,
    stamps: Vec<Option<SystemTime>>,
    /// The weights, if the input continues their random stream.
    stream: Option<Weights>,
    features: usize,
    /// Whether there is no readout, so that the states themselves are judged.
    states: bool,
    precision: Precision,
}

/// The scaled network and what its last step read, by layer.
#[derive(Debug)]
struct End {
    network: Network,
    steps: Vec<LastStep>,
}

/// Input and state before step T of the first sequence, for one layer.
#[derive(Debug)]
struct LastStep {
    x: Vec<f64>,
    h: Vec<f64>,
    /// Empty without a cell state.
    c: Vec<f64>,
}

impl Instrument {
    /// An instrument that remembers nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Measures everything but what takes longer: the spectra of step Jacobians and, once a draw,
    /// of large weights; see [`Instrument::complete`].
    ///
    /// # Errors
    /// Settings out of range, files that cannot be read or do not fit, too little memory, and
    /// [`crate::error::Error::Cancelled`] when the ticket was cancelled.
    pub fn answer(&mut self, question: &Question, ticket: &Ticket) -> Result<FlowReport> {
        let start = Instant::now();
        let (unscaled, batch) = self.prepare(question)?;
        if unscaled.network.spec.hidden_size <= QUICK_SPECTRUM {
            unscaled.decompose(&Ticket::new())?;
        }
        let (scaled, trace) = pass(question, unscaled, batch, ticket)?;
        let Shown { input, target, prediction, outputs } =
            batch.shown(&trace.output)?.by_tick(scaled.spec.ticks);
        let layers: Vec<_> =
            trace.layers.iter().map(|layer| layer.flow()).collect::<Result<_>>()?;
        let mut report = FlowReport {
            not_finite: if is_finite(&trace, &layers) { Vec::new() } else { not_finite(&scaled)? },
            question: measured(question, batch),
            spec: scaled.spec,
            readout: unscaled.readout.clone(),
            unused: unscaled.unused.clone(),
            parameters: unscaled.parameters,
            without_biases: unscaled.without_biases,
            headers: batch.headers(),
            length: batch.steps * scaled.spec.ticks,
            batch: batch.size,
            loss: trace.loss,
            layers,
            spectra: unscaled.scaled_spectra(question.weight_scale),
            input,
            target,
            prediction,
            outputs,
            seconds: 0.0,
        };
        let steps = last_steps(&scaled, batch, &trace)?;
        self.end = Some((question.clone(), End { network: scaled, steps }));
        report.seconds = start.elapsed().as_secs_f64();
        Ok(report)
    }

    /// Adds what [`Instrument::answer`] left out: spectra of large weights and, for an LSTM or
    /// GRU, of the step Jacobians at the last step of the first sequence. Does nothing if none is
    /// missing.
    ///
    /// # Errors
    /// As for [`Instrument::answer`].
    pub fn complete(&mut self, report: &mut FlowReport, ticket: &Ticket) -> Result<()> {
        if report.is_complete() {
            return Ok(());
        }
        let start = Instant::now();
        let end = self.end.take().filter(|(question, _)| *question == report.question);
        let (unscaled, batch) = self.prepare(&report.question)?;
        let End { network, steps } = match end {
            Some((_, end)) => end,
            None => {
                let (scaled, trace) = pass(&report.question, unscaled, batch, ticket)?;
                let steps = last_steps(&scaled, batch, &trace)?;
                End { network: scaled, steps }
            }
        };
        unscaled.decompose(ticket)?;
        report.spectra = unscaled.scaled_spectra(report.question.weight_scale);
        let cell = network.spec.cell;
        if !matches!(cell, Cell::Rnn(_)) {
            let layers = network.layers.iter().zip(&steps).zip(&mut report.spectra);
            for ((parameters, LastStep { x, h, c }), spectra) in layers {
                ticket.advance(0)?;
                let jacobian = step_jacobian(cell, parameters, x, h, c)?;
                spectra.jacobian = Some(Spectrum::of(&jacobian));
            }
        }
        report.seconds += start.elapsed().as_secs_f64();
        Ok(())
    }

    /// States and gradients in full: every number behind the norms of a report.
    ///
    /// # Errors
    /// As for [`Instrument::answer`].
    pub fn trace(&mut self, question: &Question, ticket: &Ticket) -> Result<Trace> {
        let (unscaled, batch) = self.prepare(question)?;
        Ok(pass(question, unscaled, batch, ticket)?.1)
    }

    /// Every number of one pass forward and back, as arrays; see [`Array`].
    ///
    /// # Errors
    /// As for [`Instrument::answer`].
    pub fn arrays(&mut self, question: &Question, ticket: &Ticket) -> Result<Vec<Array>> {
        let without_biases = self.prepare(question)?.0.without_biases;
        let (network, batch) = self.ready(question)?;
        arrays(&network, without_biases, batch, question.loss, ticket)
    }

    /// One view of why the gradients are what they are.
    ///
    /// # Errors
    /// As for [`Instrument::answer`], and sequences too long for the view.
    pub fn view(&mut self, question: &Question, view: View, ticket: &Ticket) -> Result<ViewReport> {
        if view == View::Check {
            return self.trust(question, ticket).map(ViewReport::Check);
        }
        let (network, batch) = self.ready(question)?;
        view::look(&network, batch, question, view, ticket)
    }

    /// What would be measured: the report of a question before any number of it, with the network, the
    /// source of its readout, steps, batch and features. Files are read, the network is built and the
    /// input fitted to it, so that whatever stands in the way is found.
    ///
    /// # Errors
    /// As for [`Instrument::answer`].
    pub fn outline(&mut self, question: &Question) -> Result<FlowReport> {
        let (unscaled, batch) = self.prepare(question)?;
        let spec = unscaled.network.spec;
        Ok(FlowReport {
            question: measured(question, batch),
            spec,
            readout: unscaled.readout.clone(),
            unused: unscaled.unused.clone(),
            parameters: unscaled.parameters,
            without_biases: unscaled.without_biases,
            headers: batch.headers(),
            length: batch.steps * spec.ticks,
            batch: batch.size,
            loss: f64::NAN,
            layers: Vec::new(),
            not_finite: Vec::new(),
            spectra: Vec::new(),
            input: vec![Vec::new(); spec.input_size],
            target: Vec::new(),
            prediction: Vec::new(),
            outputs: Vec::new(),
            seconds: 0.0,
        })
    }

    /// The network of a question before scaling, and what it reads.
    pub(super) fn unscaled(&mut self, question: &Question) -> Result<(Network, Batch)> {
        let (unscaled, batch) = self.prepare(question)?;
        Ok((unscaled.network.clone(), batch.clone()))
    }

    /// The scaled network of a question and what it reads.
    pub(super) fn ready(&mut self, question: &Question) -> Result<(Network, &Batch)> {
        let (unscaled, batch) = self.prepare(question)?;
        let Question { weight_scale, bias_scale, precision, .. } = *question;
        Ok((unscaled.network.scaled(weight_scale, bias_scale, dtype(precision))?, batch))
    }

    /// The network and the input of a question, from memory where nothing changed.
    fn prepare(&mut self, question: &Question) -> Result<(&Unscaled, &Batch)> {
        question.validate()?;
        let Question { weights, input, precision, .. } = question;
        let stamps = match &input.signal {
            Signal::Files(files) => files.iter().map(sequence_stamp).collect(),
            _ => Vec::new(),
        };
        let from_files = match &input.signal {
            Signal::Files(files) => {
                let key = (files.clone(), stamps.clone());
                Some(self.files.get(key, || Sequence::from_files(files))?)
            }
            _ => None,
        };
        let task = match &input.signal {
            Signal::Task(task) => Some(task),
            _ => None,
        };
        let features = match task {
            Some(task) => task.input_size(),
            None => from_files.map_or(1, |sequence| sequence.features),
        };
        // In a stream of its own an input does not come between the weights and their seed.
        let only = (input.seed.is_none() && task.is_some()).then_some(input.batch);
        let key = NetworkKey {
            weights: weights.clone(),
            stamp: weights_stamp(weights),
            features,
            task: task.cloned(),
            only,
        };
        let make = || Unscaled::new(weights, features, task, only);
        let unscaled = self.network.get(key, make)?;
        let spec = unscaled.network.spec;
        let reads = spec.input_size;
        let (length, sequences) = match task {
            Some(task) => (task.length(), input.batch),
            None => from_files
                .map_or((input.length, input.batch), |sequence| (sequence.length, sequence.batch)),
        };
        unscaled.suits_length(weights, length, from_files.is_some())?;
        let number = dtype(*precision).size_in_bytes();
        fits_memory(&spec, length * spec.ticks, sequences, number)?;

        let key = BatchKey {
            input: input.clone(),
            stamps,
            stream: input.seed.is_none().then(|| weights.clone()),
            features: reads,
            states: spec.reading == Reading::States,
            precision: *precision,
        };
        let batch = self.batch.get(key, || {
            let own = input.seed.map(Generator::seeded);
            let mut generator = own.unwrap_or_else(|| unscaled.stream.clone());
            let dtype = dtype(*precision);
            let batch = match (task, from_files) {
                (Some(task), _) => Batch::of_task(task, input.batch, dtype, &mut generator),
                (None, Some(sequence)) => Batch::signal(sequence.clone(), reads, input, dtype),
                (None, None) => {
                    let sequence = Sequence::new(input, reads, &mut generator);
                    Batch::signal(sequence, reads, input, dtype)
                }
            };
            match spec.reading {
                Reading::States => batch.map(Batch::without_target),
                Reading::EachStep
                | Reading::LastStep
                | Reading::LastStepRelu
                | Reading::AllSteps(_) => batch,
            }
        })?;
        Ok((unscaled, batch))
    }
}

/// A question with the length and the batch of what its network reads.
fn measured(question: &Question, batch: &Batch) -> Question {
    let input = Input { length: batch.steps, batch: batch.size, ..question.input.clone() };
    Question { input, ..question.clone() }
}

fn pass(
    question: &Question,
    unscaled: &Unscaled,
    batch: &Batch,
    ticket: &Ticket,
) -> Result<(Network, Trace)> {
    let spec = &unscaled.network.spec;
    let steps = batch.steps * spec.ticks * unscaled.network.layers.len();
    ticket.expect_steps(2 * steps as u64);
    let Question { weight_scale, bias_scale, loss, precision, .. } = *question;
    let scaled = unscaled.network.scaled(weight_scale, bias_scale, dtype(precision))?;
    let judge = |output: &Tensor| batch.loss(output, loss);
    let trace = measure_by(&scaled, &batch.x, &judge, ticket)?;
    Ok((scaled, trace))
}

/// Input and state of the first sequence before the last step, by layer.
fn last_steps(network: &Network, batch: &Batch, trace: &Trace) -> Result<Vec<LastStep>> {
    let spec = &network.spec;
    let last = batch.steps * spec.ticks;
    let top = network.layers.len() - 1;
    let state = |layer: usize, plane: usize, step: usize| -> Result<Vec<f64>> {
        numbers(&trace.layers[layer].states.get(plane)?.get(step)?.get(0)?)
    };
    (0..network.layers.len())
        .map(|layer| {
            let x = match (spec.wiring, layer) {
                (Wiring::Stacked, 0) => batch.last_input(spec.input_size)?,
                (Wiring::Stacked, _) => state(layer - 1, 0, last)?,
                (Wiring::Skips, _) => {
                    let below = match layer {
                        0 => state(top, 0, last - 1)?,
                        _ => state(layer - 1, 0, last)?,
                    };
                    [batch.last_input(spec.input_size)?, below].concat()
                }
            };
            let h = state(layer, 0, last - 1)?;
            let has_cell = spec.cell == Cell::Lstm;
            let c = if has_cell { state(layer, 1, last - 1)? } else { Vec::new() };
            Ok(LastStep { x, h, c })
        })
        .collect()
}

/// When each of the files that a question reads last changed, where that matters.
pub(super) fn stamps(question: &Question) -> Vec<Option<SystemTime>> {
    let sequences: &[SequenceFile] = match &question.input.signal {
        Signal::Files(files) => files,
        _ => &[],
    };
    let weights = weights_stamp(&question.weights);
    std::iter::once(weights).chain(sequences.iter().map(sequence_stamp)).collect()
}

fn weights_stamp(weights: &Weights) -> Option<SystemTime> {
    match weights {
        // Told by its checksum.
        Weights::File { content: Some(_), .. } | Weights::Draw(_) => None,
        Weights::File { path, content: None, .. } => modified(path),
    }
}

fn sequence_stamp(SequenceFile { path, content }: &SequenceFile) -> Option<SystemTime> {
    if content.is_some() { None } else { modified(path) }
}

pub(super) fn dtype(precision: Precision) -> DType {
    match precision {
        Precision::F32 => DType::F32,
        Precision::F64 => DType::F64,
    }
}

/// When a file last changed, so that an edited file is read again. A missing file is reported
/// when it is read.
fn modified(path: &Path) -> Option<SystemTime> {
    crate::disk::stamp(path)?.0
}
