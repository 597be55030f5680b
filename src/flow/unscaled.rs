//! The network of a question before its scales: drawn, or read from a file and fitted to a task.

use std::cell::OnceCell;
use std::path::Path;
use std::sync::Arc;

use faer::Mat;

use super::measure::numbers;
use super::question::Weights;
use super::report::{LayerSpectrum, NamedSpectrum, Spectrum};
use crate::error::{Error, Result};
use crate::frozen::Frozen;
use crate::network::{LayerParameters, Network, Opened, Reading, ReadoutSource, StateDict};
use crate::rng::Generator;
use crate::task::TaskChoice;
use crate::ticket::Ticket;

/// A network before scaling.
#[derive(Debug)]
pub(super) struct Unscaled {
    pub(super) network: Network,
    pub(super) readout: ReadoutSource,
    /// Tensors of the file that are no part of it.
    pub(super) unused: Vec<String>,
    /// Numbers that training would change.
    pub(super) parameters: usize,
    /// Whether it has zeros for the biases that its file does not have.
    pub(super) without_biases: bool,
    /// By layer and gate, of the unscaled blocks of `weight_hh`.
    spectra: OnceCell<Vec<Vec<NamedSpectrum>>>,
    /// Where an input that shares the random stream of the weights begins.
    pub(super) stream: Generator,
}

impl Unscaled {
    /// The network; `only` is the size of a batch that its task draws before the weights, from the
    /// same stream.
    ///
    /// # Errors
    /// A file that cannot be used, or whose network does not fit the task.
    pub(super) fn new(
        weights: &Weights,
        features: usize,
        task: Option<&TaskChoice>,
        only: Option<usize>,
    ) -> Result<Self> {
        match weights {
            Weights::Draw(draw) => {
                let start = Generator::seeded(draw.seed);
                let mut generator = start.clone();
                let before = match (task, only) {
                    (Some(task), Some(size)) => task.open()?.only_batch(size, &mut generator)?,
                    _ => None,
                };
                let outputs = task.map_or(1, TaskChoice::output_size);
                let mut spec = draw.design.spec(features, outputs);
                spec.reading = task.map_or(spec.reading, TaskChoice::reading);
                let network = draw.design.network(&spec, &mut generator)?;
                let stream = if before.is_some() { start } else { generator };
                Ok(Self::of(network, ReadoutSource::Drawn, stream))
            }
            Weights::File { path, nonlinearity, seed, head, content } => {
                let stored = stored(path, content.as_ref())?;
                let Opened { mut network, readout, after, unused, parameters, without_biases } =
                    stored.open(*nonlinearity, head, *seed)?;
                if let Some(task) = task {
                    suits(&network, task).map_err(|message| Error::content(path, message))?;
                    network.spec.reading = task.reading();
                }
                let made = Self::of(network, readout, after);
                Ok(Self { unused, parameters, without_biases, ..made })
            }
        }
    }

    fn of(network: Network, readout: ReadoutSource, stream: Generator) -> Self {
        let parameters = network.spec.parameter_count();
        let (unused, spectra) = (Vec::new(), OnceCell::new());
        let without_biases = false;
        Self { network, readout, unused, parameters, without_biases, spectra, stream }
    }

    /// Refuses an input of other than the steps that a readout from a file reads side by side.
    ///
    /// # Errors
    /// The file, the tensor, and which length it wants.
    pub(super) fn suits_length(
        &self,
        weights: &Weights,
        length: usize,
        from_files: bool,
    ) -> Result<()> {
        let (Reading::AllSteps(steps), Weights::File { path, .. }, ReadoutSource::File(name)) =
            (self.network.spec.reading, weights, &self.readout)
        else {
            return Ok(());
        };
        if steps == length {
            return Ok(());
        }
        let hidden = self.network.spec.hidden_size;
        let remedy = match from_files {
            true => format!("give it sequences of {steps} steps"),
            false => format!("set the length to {steps} (--length {steps})"),
        };
        Err(Error::content(
            path,
            format!(
                "{name}.weight reads {} numbers, the {hidden} of each of {steps} steps, but the \
                 input has {length} steps: {remedy}",
                steps * hidden
            ),
        ))
    }

    /// Works out the spectra, unless that has been done. Only reports need them.
    pub(super) fn decompose(&self, ticket: &Ticket) -> Result<()> {
        if self.spectra.get().is_none() {
            let spectra = recurrent_spectra(&self.network, ticket)?;
            self.spectra.get_or_init(|| spectra);
        }
        Ok(())
    }

    /// Spectra of the recurrent weights times `factor`; without blocks where not yet computed.
    pub(super) fn scaled_spectra(&self, factor: f64) -> Vec<LayerSpectrum> {
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

/// Whether a network from a file can read the sequences of a task and answer them; else what does
/// not fit.
fn suits(network: &Network, task: &TaskChoice) -> std::result::Result<(), String> {
    let spec = &network.spec;
    let name = task.name();
    let Some(readout) = &network.readout else {
        return Err(format!("the network has no readout, but {name} judges predictions"));
    };
    let sizes = [spec.input_size, spec.output_size];
    let needed = [task.input_size(), task.output_size()];
    if sizes != needed {
        let shape = |[input, output]: [usize; 2]| format!("{input} inputs and {output} outputs");
        return Err(format!(
            "the network has {}, but {name} needs {}",
            shape(sizes),
            shape(needed)
        ));
    }
    let width = task.reading().width(spec.hidden_size);
    let found = readout.weight().dims().last().copied().unwrap_or(0);
    if found != width || !alike(spec.reading, task.reading()) {
        return Err(format!(
            "the readout reads {} ({found} numbers), but that of {name} reads {} ({width} numbers)",
            words(spec.reading),
            words(task.reading())
        ));
    }
    Ok(())
}

/// Whether a readout made for one reading can be used for another. Files of others do not record
/// whether a single state is rectified first.
fn alike(made_for: Reading, used_for: Reading) -> bool {
    match (made_for, used_for) {
        (Reading::EachStep, Reading::AllSteps(_)) => false,
        (Reading::EachStep, _) => true,
        (Reading::LastStep, other) => matches!(other, Reading::EachStep | Reading::LastStep),
        (Reading::LastStepRelu | Reading::AllSteps(_) | Reading::States, other) => {
            made_for == other
        }
    }
}

/// What a readout reads, in words.
fn words(reading: Reading) -> String {
    match reading {
        Reading::EachStep => "the state at each step".to_owned(),
        Reading::LastStep => "the last state".to_owned(),
        Reading::LastStepRelu => "the last state after a ReLU".to_owned(),
        Reading::AllSteps(steps) => format!("the states of {steps} steps side by side"),
        Reading::States => "nothing".to_owned(),
    }
}
