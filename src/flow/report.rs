//! The answer to a question: plain numbers, ready to be drawn, printed or saved.

use std::num::FpCategory;

use faer::c64;

use super::passage::Passage;
use super::question::{Question, Signal};
use crate::network::{NetworkSpec, Reading, ReadoutSource};
use crate::task::{Loss, TaskChoice};

/// What one forward and one backward pass showed. Numbers may be zero, infinite or NaN: those
/// are results, and [`Census`] counts them.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowReport {
    /// The question answered, with the length and the batch that were measured.
    pub question: Question,
    /// Shape of the network, also when its weights came from a file.
    pub spec: NetworkSpec,
    /// Where the readout came from.
    pub readout: ReadoutSource,
    /// Names of the tensors of a file that are no part of the network.
    pub unused: Vec<String>,
    /// Numbers that training would change, those of the readout included.
    pub parameters: usize,
    /// Whether the recurrent layers have no biases, as their file has none (`bias=False`); `spec` counts
    /// one a layer then, of zeros.
    pub without_biases: bool,
    /// The row that each sequence file began with, where that was a header; empty without files.
    pub headers: Vec<Option<Vec<String>>>,
    /// Steps T of the unrolled network: of an input read n times each, n to a step.
    pub length: usize,
    /// Sequences B.
    pub batch: usize,
    /// Mean squared error, the mean norm of the states where there is no readout, or the loss of the
    /// task.
    pub loss: f64,
    /// One entry a layer, lowest first.
    pub layers: Vec<LayerFlow>,
    /// Names of the tensors that, as they were scaled, hold NaN or infinity; looked for only where
    /// the loss, a state or a gradient is no finite number.
    pub not_finite: Vec<String>,
    /// Spectra of the scaled recurrent weights, one entry a layer.
    pub spectra: Vec<LayerSpectrum>,
    /// First sequence of the batch: `input[feature][t]`.
    pub input: Vec<Vec<f64>>,
    /// Target of the first sequence, by step; NaN where nothing is asked.
    pub target: Vec<f64>,
    /// Prediction for the first sequence, by step; NaN where none is made. Of a task with classes
    /// the class, of other networks with several outputs the first.
    pub prediction: Vec<f64>,
    /// All outputs for the first sequence: `outputs[output][t]`; NaN where none is made.
    pub outputs: Vec<Vec<f64>>,
    /// Time from question to answer, in seconds.
    pub seconds: f64,
}

/// States and gradients of one layer, by step t = 1..T (index t - 1).
#[derive(Clone, Debug, PartialEq)]
pub struct LayerFlow {
    /// ‖h_t‖ of the first sequence.
    pub hidden_norm: Vec<f64>,
    /// ‖c_t‖ of the first sequence (LSTM).
    pub cell_norm: Option<Vec<f64>>,
    /// ‖dL/dh_t‖ over the whole batch and all units.
    pub grad_norm: Vec<f64>,
    /// ‖dL/dc_t‖ over the whole batch and all units (LSTM).
    pub cell_grad_norm: Option<Vec<f64>>,
    /// What became of the numbers in dL/dh_t.
    pub grad_census: Census,
    /// What became of the numbers in h_t.
    pub hidden_census: Census,
    /// What the gradient meets on its way from step to step.
    pub passage: Passage,
}

/// How many numbers of a tensor are out of the ordinary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// All numbers counted.
    pub total: usize,
    /// Exactly zero.
    pub zeros: usize,
    /// Subnormal: so small that digits are lost.
    pub denormals: usize,
    /// Plus or minus infinity.
    pub infinities: usize,
    /// Not a number.
    pub nans: usize,
}

/// Spectra of one layer.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerSpectrum {
    /// Of every gate's block of the scaled `weight_hh`: one named `hh` for an RNN, `i f g o` for
    /// an LSTM, `r z n` for a GRU. Empty until computed where the network is large.
    pub blocks: Vec<NamedSpectrum>,
    /// Of the step Jacobian d(h, c)_T / d(h, c)_{T-1} of the first sequence, for LSTM and GRU;
    /// `None` for an RNN, and until it is computed.
    pub jacobian: Option<Spectrum>,
}

/// A spectrum with the name of its matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedSpectrum {
    /// Gate name, or `hh`.
    pub name: &'static str,
    /// The spectrum.
    pub spectrum: Spectrum,
}

/// Eigenvalues and the largest singular value of one square matrix.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spectrum {
    /// All eigenvalues, by falling absolute value.
    pub eigenvalues: Vec<c64>,
    /// |λ|max, the spectral radius.
    pub radius: f64,
    /// σ_max, the spectral norm.
    pub sigma_max: f64,
}

impl FlowReport {
    /// Whether the gradient enters at several steps: each has an error of its own, or one prediction
    /// is read from the states of all.
    pub fn enters_at_many_steps(&self) -> bool {
        match self.spec.reading {
            Reading::EachStep | Reading::States => {
                self.judged() == Loss::All && self.length > self.spec.ticks
            }
            Reading::AllSteps(steps) => steps > 1,
            Reading::LastStep | Reading::LastStepRelu => false,
        }
    }

    /// What the network should say at each step, unless a task brings its own or there is no readout
    /// to say anything.
    pub fn target_words(&self) -> Option<&'static str> {
        if self.spec.reading == Reading::States {
            return None;
        }
        self.question.input.target(self.input.len())
    }

    /// Which output `prediction` is, where there are several: `output 1 of 10`. Classes are told
    /// from all of them.
    pub fn output_words(&self) -> Option<String> {
        let first = match &self.question.input.signal {
            Signal::Task(task) => match task {
                TaskChoice::RunningMean(_) | TaskChoice::Echo(_) => true,
                TaskChoice::FirstZero(_) | TaskChoice::Mnist1d(_) | TaskChoice::LongLag(_) => false,
            },
            Signal::Noise
            | Signal::Impulse
            | Signal::Sine
            | Signal::Constant
            | Signal::Files(_) => true,
        };
        let outputs = self.outputs.len();
        (first && outputs > 1).then(|| format!("output 1 of {outputs}"))
    }

    /// Which steps the loss looked at: the last alone where there is one prediction a sequence.
    pub fn judged(&self) -> Loss {
        match (&self.question.input.signal, self.spec.reading) {
            (Signal::Task(task), _) => task.loss(),
            (_, Reading::EachStep | Reading::States) => self.question.loss,
            (_, Reading::LastStep | Reading::LastStepRelu | Reading::AllSteps(_)) => Loss::Last,
        }
    }

    /// Whether no spectrum is missing.
    pub fn is_complete(&self) -> bool {
        let missing = |spectrum: &LayerSpectrum| spectrum.leading().is_none();
        !self.spectra.iter().any(missing)
    }
}

impl LayerSpectrum {
    /// The spectrum that drives the recurrence: of W_hh for an RNN, else of the step Jacobian.
    pub fn leading(&self) -> Option<&Spectrum> {
        match self.blocks.as_slice() {
            [only] if only.name == "hh" => Some(&only.spectrum),
            _ => self.jacobian.as_ref(),
        }
    }
}

impl Census {
    /// Whether all numbers are finite.
    pub fn is_finite(&self) -> bool {
        self.infinities + self.nans == 0
    }

    /// Counts numbers by their class.
    pub fn of(classes: impl IntoIterator<Item = FpCategory>) -> Self {
        let mut census = Self::default();
        for class in classes {
            census.total += 1;
            match class {
                FpCategory::Zero => census.zeros += 1,
                FpCategory::Subnormal => census.denormals += 1,
                FpCategory::Infinite => census.infinities += 1,
                FpCategory::Nan => census.nans += 1,
                FpCategory::Normal => {}
            }
        }
        census
    }
}
