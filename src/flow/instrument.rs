//! The instrument: answers questions, and remembers what did not change since the last one.

use std::cell::OnceCell;
use std::path::Path;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use candle_core::{DType, Tensor};
use faer::Mat;

use super::batch::{Batch, Shown};
use super::jacobian::step_jacobian;
use super::kept::Kept;
use super::measure::{Trace, fits_memory, measure_by, numbers};
use super::question::{Input, Precision, Question, Signal, Weights};
use super::report::{FlowReport, LayerSpectrum, NamedSpectrum, Spectrum};
use super::sequence::Sequence;
use super::sequence_file::SequenceFile;
use super::view::{self, View, ViewReport};
use crate::error::Result;
use crate::frozen::Frozen;
use crate::network::{
    Cell, LayerParameters, Network, Opened, Reading, ReadoutSource, StateDict, Wiring,
};
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
    network: Kept<(Weights, Option<SystemTime>, usize, Option<TaskChoice>), Unscaled>,
    batch: Kept<BatchKey, Batch>,
    /// The end of the last answer, from which [`Instrument::complete`] goes on.
    end: Option<(Question, End)>,
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

/// A network before scaling.
#[derive(Debug)]
struct Unscaled {
    network: Network,
    readout: ReadoutSource,
    /// By layer and gate, of the unscaled blocks of `weight_hh`.
    spectra: OnceCell<Vec<Vec<NamedSpectrum>>>,
    /// Where the random stream stood after the weights.
    after: Generator,
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
        let Shown { input, target, prediction } =
            batch.shown(&trace.output)?.by_tick(scaled.spec.ticks);
        let mut report = FlowReport {
            question: question.clone(),
            spec: scaled.spec,
            readout: unscaled.readout.clone(),
            length: batch.steps * scaled.spec.ticks,
            batch: batch.size,
            loss: trace.loss,
            layers: trace.layers.iter().map(|layer| layer.flow()).collect::<Result<_>>()?,
            spectra: unscaled.scaled_spectra(question.weight_scale),
            input,
            target,
            prediction,
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
            question: question.clone(),
            spec,
            readout: unscaled.readout.clone(),
            length: batch.steps * spec.ticks,
            batch: batch.size,
            loss: f64::NAN,
            layers: Vec::new(),
            spectra: Vec::new(),
            input: vec![Vec::new(); spec.input_size],
            target: Vec::new(),
            prediction: Vec::new(),
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
        let key = (weights.clone(), weights_stamp(weights), features, task.cloned());
        let unscaled = self.network.get(key, || Unscaled::new(weights, features, task))?;
        let spec = unscaled.network.spec;
        let reads = spec.input_size;
        let (length, sequences) = match task {
            Some(task) => (task.length(), input.batch),
            None => from_files
                .map_or((input.length, input.batch), |sequence| (sequence.length, sequence.batch)),
        };
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
            let mut generator = own.unwrap_or_else(|| unscaled.after.clone());
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
        batch.suits(&spec)?;
        Ok((unscaled, batch))
    }
}

impl Unscaled {
    fn new(weights: &Weights, features: usize, task: Option<&TaskChoice>) -> Result<Self> {
        let (network, readout, after) = match weights {
            Weights::Draw(draw) => {
                let mut generator = Generator::seeded(draw.seed);
                let outputs = task.map_or(1, TaskChoice::output_size);
                let mut spec = draw.design.spec(features, outputs);
                spec.reading = task.map_or(spec.reading, TaskChoice::reading);
                (draw.design.network(&spec, &mut generator)?, ReadoutSource::Drawn, generator)
            }
            Weights::File { path, nonlinearity, seed, head, content } => {
                let stored = stored(path, content.as_ref())?;
                let Opened { mut network, readout, after, unused: _ } =
                    stored.open(*nonlinearity, head, *seed)?;
                // Without a readout there is nothing for the task to judge: it says so later on.
                if let Some(task) = task
                    && network.readout.is_some()
                {
                    network.spec.reading = task.reading();
                }
                (network, readout, after)
            }
        };
        Ok(Self { network, readout, spectra: OnceCell::new(), after })
    }

    /// Works out the spectra, unless that has been done. Only reports need them.
    fn decompose(&self, ticket: &Ticket) -> Result<()> {
        if self.spectra.get().is_none() {
            let spectra = recurrent_spectra(&self.network, ticket)?;
            self.spectra.get_or_init(|| spectra);
        }
        Ok(())
    }

    /// Spectra of the recurrent weights times `factor`; without blocks where not yet computed.
    fn scaled_spectra(&self, factor: f64) -> Vec<LayerSpectrum> {
        let scale = |block: &NamedSpectrum| NamedSpectrum {
            name: block.name,
            spectrum: block.spectrum.scaled(factor),
        };
        let layer = |blocks: &Vec<NamedSpectrum>| LayerSpectrum {
            blocks: blocks.iter().map(scale).collect(),
            jacobian: None,
        };
        match self.spectra.get() {
            Some(layers) => layers.iter().map(layer).collect(),
            None => vec![layer(&Vec::new()); self.network.layers.len()],
        }
    }
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

/// Spectra of every gate's block of `weight_hh`, by layer.
fn recurrent_spectra(network: &Network, ticket: &Ticket) -> Result<Vec<Vec<NamedSpectrum>>> {
    let hidden = network.spec.hidden_size;
    let names = network.spec.cell.gate_names();
    let spectrum = |(&name, block): (&&'static str, &[f64])| {
        ticket.advance(0)?;
        let matrix = Mat::from_fn(hidden, hidden, |i, j| block[i * hidden + j]);
        Ok(NamedSpectrum { name, spectrum: Spectrum::of(&matrix) })
    };
    let layer = |parameters: &LayerParameters| {
        let weights = numbers(&parameters.weight_hh)?;
        names.iter().zip(weights.chunks_exact(hidden * hidden)).map(spectrum).collect()
    };
    network.layers.iter().map(layer).collect()
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

/// The tensors of a file as they were when it was opened.
fn stored(path: &Path, content: Option<&Frozen<StateDict>>) -> Result<Arc<StateDict>> {
    if let Some(held) = content.and_then(Frozen::held) {
        return Ok(Arc::clone(held));
    }
    let stored = StateDict::read(path)?;
    if let Some(content) = content {
        content.verify(path, stored.checksum())?;
    }
    Ok(Arc::new(stored))
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
    std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}
