//! A comparison: one value that says what is trained, how, and for how long.

use serde::{Deserialize, Serialize};

use super::optimizer::{Clip, Optimizer, Schedule};
use crate::error::{Error, Result};
use crate::flow::{Draw, Init, Loss, Precision, Recipe, fits_memory};
use crate::network::{Cell, NetworkSpec, Nonlinearity};
use crate::task::{RunningMean, TaskChoice};

/// What is trained, how, and for how long; the same for window, command line and file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// What is learned.
    pub task: TaskChoice,
    /// Who learns it.
    pub contenders: Vec<Contender>,
    /// The update rule.
    pub optimizer: Optimizer,
    /// How the learning rate changes.
    pub schedule: Schedule,
    /// What happens to large gradients.
    pub clip: Clip,
    /// Sequences of a batch, 1 to 4096.
    pub batch: usize,
    /// Batches to train on: the budget.
    pub steps: u64,
    /// Seed of weights and data.
    pub seed: u64,
    /// How the data is dealt out.
    pub feed: Feed,
    /// Number format.
    pub precision: Precision,
    /// When to stop before the budget is used.
    pub stop: StopRule,
    /// The gradient flow is measured every so many steps; 0 never.
    pub probe_every: u64,
}

/// One network in a comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contender {
    /// Its name in legends and files.
    pub name: String,
    /// Its colour: an index into the palette of categories.
    pub color: usize,
    /// Cell and nonlinearity.
    pub cell: Cell,
    /// Units of a layer.
    pub hidden_size: usize,
    /// Layers stacked.
    pub num_layers: usize,
    /// Whose modules its weights are drawn like.
    pub recipe: Recipe,
    /// What replaces the drawn `weight_hh`.
    pub init: Init,
    /// If set, the forget gate's initial bias (LSTM only).
    pub forget_bias: Option<f64>,
}

/// How data is dealt out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Feed {
    /// Every contender sees the same batches and is drawn from the same seed.
    #[default]
    Fair,
    /// One random stream, as in the course notebook: all networks are drawn first, then each
    /// contender's batches follow those of the one before it.
    Notebook {
        /// Rounds that came before in the same stream: the same comparison, trained and then
        /// evaluated on four sequences.
        rounds_before: u32,
    },
}

/// When to stop before the budget is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StopRule {
    /// Stop once the mean of the last hundred losses is at most this.
    pub target_loss: Option<f64>,
    /// Stop after so many steps without an improvement of the mean of the last hundred losses by
    /// at least one in a thousand.
    pub patience: Option<u64>,
}

impl Contender {
    /// A contender drawn as `nn.RNN`, `nn.LSTM` or `nn.GRU`, named after its shape.
    pub fn new(cell: Cell, hidden_size: usize, num_layers: usize) -> Self {
        let layers = if num_layers == 1 { "layer" } else { "layers" };
        Self {
            name: format!("{cell}, {num_layers} {layers}"),
            color: 0,
            cell,
            hidden_size,
            num_layers,
            recipe: Recipe::Torch,
            init: Init::Default,
            forget_bias: None,
        }
    }

    /// The draw of its weights from a seed.
    pub fn draw(&self, seed: u64) -> Draw {
        let Self { cell, hidden_size, num_layers, recipe, init, forget_bias, .. } = *self;
        Draw { cell, hidden_size, num_layers, recipe, seed, init, forget_bias }
    }

    /// Its shape for a task.
    pub fn spec(&self, task: &TaskChoice) -> NetworkSpec {
        let task = task.task();
        NetworkSpec { output_size: task.output_size(), ..self.draw(0).spec(task.input_size()) }
    }
}

impl Comparison {
    /// The course notebook's comparison: RNN and LSTM with one and two layers of 32 units learn
    /// the running mean of 10 steps, Adam at 1e-4, 5,000 batches of 32, seed 0. The notebook
    /// trains on all steps first and goes on in the same stream with the last step only.
    pub fn notebook(loss: Loss) -> Self {
        let tanh = Cell::Rnn(Nonlinearity::Tanh);
        let contender = |(color, (name, cell, layers)): (usize, (&str, Cell, usize))| Contender {
            name: name.to_owned(),
            color,
            recipe: Recipe::Notebook,
            ..Contender::new(cell, 32, layers)
        };
        let shapes = [
            ("rnn_1_layer", tanh, 1),
            ("lstm_1_layer", Cell::Lstm, 1),
            ("rnn_2_layer", tanh, 2),
            ("lstm_2_layer", Cell::Lstm, 2),
        ];
        Self {
            task: TaskChoice::RunningMean(RunningMean { length: 10, loss }),
            contenders: shapes.into_iter().enumerate().map(contender).collect(),
            optimizer: Optimizer::adam(1e-4),
            schedule: Schedule::Constant,
            clip: Clip::None,
            batch: 32,
            steps: 5000,
            seed: 0,
            feed: Feed::Notebook { rounds_before: u32::from(loss == Loss::Last) },
            precision: Precision::F32,
            stop: StopRule::default(),
            probe_every: 50,
        }
    }

    /// Refuses a comparison of which `threads` contenders at a time would not fit into memory.
    ///
    /// # Errors
    /// [`Error::TooLarge`] with the need and what is there.
    pub fn fits_memory(&self, threads: usize) -> Result<()> {
        let numbers = match self.precision {
            Precision::F32 => 4,
            Precision::F64 => 8,
        };
        let at_a_time = threads.clamp(1, self.contenders.len().max(1));
        self.contenders.iter().try_for_each(|contender| {
            let spec = contender.spec(&self.task);
            fits_memory(&spec, self.task.task().length(), self.batch * at_a_time, numbers)
        })
    }

    /// Refuses what cannot be trained, before any work is done.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] naming the setting.
    pub fn validate(&self) -> Result<()> {
        let within = |what, found: u64, high: u64| {
            if (1..=high).contains(&found) {
                Ok(())
            } else {
                Err(Error::out_of_range(what, format!("1 to {high}"), found))
            }
        };
        within("batch", self.batch as u64, 4096)?;
        within("number of batches", self.steps, 10_000_000)?;
        within("length", self.task.task().length() as u64, 10_000)?;
        within("number of contenders", self.contenders.len() as u64, 16)?;
        for contender in &self.contenders {
            contender.spec(&self.task).validate()?;
        }
        self.optimizer.validate()
    }
}
