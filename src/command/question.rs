//! From flags to a [`Question`].

use std::path::PathBuf;

use clap::Args;

use super::choices::{
    BiasesWord, CellWord, InitWord, InputInitWord, LossWord, NonlinearityWord, PrecisionWord,
    RecipeWord, SignalWord, WiringWord, finite, seed, whole,
};
use super::failure::Failure;
use super::task::{Flag, TaskArguments, TaskWord, refuse_strangers, set_length_and_loss};
use crate::flow::{Draw, Input, Precision, Question, SequenceFile, Signal, Weights};
use crate::network::{
    Cell, Design, GateBias, Head, InputInit, NetworkSpec, Nonlinearity, Recipe, Wiring,
};
use crate::task::{Loss, TaskChoice};

/// The flags that say what to measure. Absent ones keep the library's defaults.
#[derive(Clone, Debug, Default, PartialEq, Args)]
pub(super) struct QuestionArguments {
    /// Recurrent cell of every layer [default: rnn]
    #[arg(long, value_enum, ignore_case = true, help_heading = "Network")]
    pub(super) cell: Option<CellWord>,
    /// Activation of an RNN [default: tanh]
    #[arg(long, value_enum, value_name = "NAME", ignore_case = true, help_heading = "Network")]
    pub(super) nonlinearity: Option<NonlinearityWord>,
    /// Units of a layer, 1 to 512 [default: 16]
    #[arg(long, value_name = "N", allow_hyphen_values = true, help_heading = "Network")]
    #[arg(value_parser = whole::<1, { NetworkSpec::MAX_HIDDEN }>)]
    pub(super) hidden_size: Option<usize>,
    /// Layers stacked, 1 to 8 [default: 1]
    #[arg(long, value_name = "N", allow_hyphen_values = true, help_heading = "Network")]
    #[arg(value_parser = whole::<1, { NetworkSpec::MAX_LAYERS }>)]
    pub(super) num_layers: Option<usize>,
    /// Bias vectors a layer: 2 as torch.nn, 1 as the course notebook [default: 2]
    #[arg(long, value_enum, value_name = "1|2", help_heading = "Network")]
    pub(super) biases: Option<BiasesWord>,
    /// Whose cells the draw imitates, number for number; decides the biases [default: torch]
    #[arg(long, value_enum, value_name = "NAME", ignore_case = true, help_heading = "Network")]
    #[arg(conflicts_with_all = ["weights", "biases"])]
    recipe: Option<RecipeWord>,
    /// Seed of all that is drawn, as in torch.manual_seed [default: 0]
    #[arg(long, value_name = "N", value_parser = seed, allow_hyphen_values = true)]
    #[arg(help_heading = "Network")]
    seed: Option<u64>,
    /// What replaces the recurrent weights as drawn [default: default]
    #[arg(long, value_enum, value_name = "NAME", ignore_case = true, help_heading = "Network")]
    #[arg(conflicts_with = "weights")]
    init: Option<InitWord>,
    /// Bias of the forget gate (LSTM), instead of the one drawn
    #[arg(long, value_name = "X", value_parser = finite, allow_hyphen_values = true)]
    #[arg(help_heading = "Network", conflicts_with = "weights")]
    forget_bias: Option<f64>,
    /// Open gates that keep the state by this bias, close those that write by as much (LSTM, GRU)
    #[arg(long, value_name = "X", value_parser = finite, allow_hyphen_values = true)]
    #[arg(help_heading = "Network", conflicts_with_all = ["weights", "forget_bias"])]
    hold: Option<f64>,
    /// Chrono initialisation for memories of up to so many steps (LSTM, GRU)
    #[arg(long, value_name = "T_MAX", value_parser = finite, allow_hyphen_values = true)]
    #[arg(help_heading = "Network", conflicts_with_all = ["weights", "forget_bias", "hold"])]
    chrono: Option<f64>,
    /// What replaces the input weights as drawn [default: default]
    #[arg(long, value_enum, value_name = "NAME", ignore_case = true, help_heading = "Network")]
    #[arg(conflicts_with = "weights")]
    input_init: Option<InputInitWord>,
    /// Who reads whom in a network of several layers [default: stacked]
    #[arg(long, value_enum, value_name = "NAME", ignore_case = true, help_heading = "Network")]
    #[arg(conflicts_with = "weights")]
    wiring: Option<WiringWord>,
    /// Times that each input step is read, 1 to 16 [default: 1]
    #[arg(long, value_name = "N", allow_hyphen_values = true, help_heading = "Network")]
    #[arg(value_parser = whole::<1, { NetworkSpec::MAX_TICKS }>, conflicts_with = "weights")]
    ticks: Option<usize>,
    /// Read the weights from a .safetensors or .pt file with torch.nn names
    #[arg(long, value_name = "FILE", help_heading = "Network")]
    pub(super) weights: Option<PathBuf>,
    /// The file's linear layer that is the readout: its name, `none`, or `random` from --seed
    /// [default: the only one that fits, else random]
    #[arg(long, value_name = "NAME|none|random", help_heading = "Network", requires = "weights")]
    head: Option<Head>,

    /// Factor on every recurrent weight [default: 1]
    #[arg(long, value_name = "W", value_parser = finite, allow_hyphen_values = true)]
    #[arg(help_heading = "Scales, loss, precision")]
    weight_scale: Option<f64>,
    /// Factor on every recurrent bias [default: 1]
    #[arg(long, value_name = "B", value_parser = finite, allow_hyphen_values = true)]
    #[arg(help_heading = "Scales, loss, precision")]
    bias_scale: Option<f64>,
    /// Steps the loss looks at [default: last]
    #[arg(long, value_enum, value_name = "STEPS", ignore_case = true)]
    #[arg(help_heading = "Scales, loss, precision")]
    loss: Option<LossWord>,
    /// Number format of the computation [default: f64]
    #[arg(long, value_enum, value_name = "FORMAT", ignore_case = true)]
    #[arg(help_heading = "Scales, loss, precision")]
    precision: Option<PrecisionWord>,

    /// Steps of the input sequence, 1 to 100000 [default: 10]
    #[arg(long, value_name = "T", allow_hyphen_values = true, help_heading = "Input")]
    #[arg(value_parser = whole::<1, { Input::MAX_LENGTH }>)]
    pub(super) length: Option<usize>,
    /// Sequences, 1 to 256 [default: 1]
    #[arg(long, value_name = "B", allow_hyphen_values = true, help_heading = "Input")]
    #[arg(value_parser = whole::<1, { Input::MAX_BATCH }>)]
    pub(super) batch: Option<usize>,
    /// Shape of the input [default: noise]
    #[arg(long, value_enum, value_name = "NAME", ignore_case = true, help_heading = "Input")]
    #[arg(conflicts_with = "sequence")]
    signal: Option<SignalWord>,
    /// Seed of the input alone [default: the weights' stream goes on, as in a PyTorch script]
    #[arg(long, value_name = "N", value_parser = seed, allow_hyphen_values = true)]
    #[arg(help_heading = "Input", conflicts_with = "sequence")]
    input_seed: Option<u64>,
    /// Read the input from a CSV file: a row a step, a column a feature; repeat for a batch
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub(super) sequence: Vec<PathBuf>,
    /// Measure on the sequences of a task, with its loss, as a training from --seed shows them
    #[arg(long, value_enum, value_name = "TASK", ignore_case = true, help_heading = "Task")]
    #[arg(conflicts_with_all = ["signal", "sequence"])]
    task: Option<TaskWord>,
    #[command(flatten)]
    shape: TaskArguments,
}

impl QuestionArguments {
    /// The question these flags ask.
    ///
    /// # Errors
    /// Flags that contradict each other.
    pub(super) fn question(&self) -> Result<Question, Failure> {
        let default = Question::default();
        let task = self.task()?;
        let default = match &task {
            None => default,
            Some(task) => Question { input: self.of_task(task), loss: task.loss(), ..default },
        };
        let question = Question {
            weights: self.weights()?,
            input: self.input(default.input),
            weight_scale: self.weight_scale.unwrap_or(default.weight_scale),
            bias_scale: self.bias_scale.unwrap_or(default.bias_scale),
            loss: self.loss.map_or(default.loss, Loss::from),
            precision: self.precision.map_or(default.precision, Precision::from),
        };
        question.validate()?;
        Ok(question)
    }

    /// Whether a readout that is not the file's was asked for.
    pub(super) fn asks_for_random_readout(&self) -> bool {
        self.head == Some(Head::Random)
    }

    /// Files the question reads, which no output may overwrite.
    pub(super) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.weights.iter().chain(&self.sequence).chain(&self.shape.data)
    }

    fn weights(&self) -> Result<Weights, Failure> {
        let nonlinearity = self.nonlinearity.map_or(Nonlinearity::Tanh, Nonlinearity::from);
        let default = Draw::default();
        let seed = self.seed.unwrap_or(default.seed);
        if let Some(path) = &self.weights {
            let (path, head) = (path.clone(), self.head.clone().unwrap_or_default());
            return Ok(Weights::File { path, nonlinearity, seed, head, content: None });
        }
        let cell = self.cell(nonlinearity)?;
        let default = default.design;
        let design = Design {
            cell,
            hidden_size: self.hidden_size.unwrap_or(default.hidden_size),
            num_layers: self.num_layers.unwrap_or(default.num_layers),
            wiring: self.wiring.map_or(default.wiring, Wiring::from),
            ticks: self.ticks.unwrap_or(default.ticks),
            recipe: self.recipe()?.unwrap_or(default.recipe),
            init: self.init.map_or(default.init, Into::into),
            input_init: self.input_init.map_or(default.input_init, InputInit::from),
            gate_bias: self.gate_bias(cell)?,
        };
        Ok(Weights::Draw(Draw { design, seed }))
    }

    fn recipe(&self) -> Result<Option<Recipe>, Failure> {
        let skips = self.wiring.map(Wiring::from) == Some(Wiring::Skips);
        if self.recipe.is_some() && skips {
            let message = "--recipe goes with --wiring stacked: with skips there is one draw alone";
            return Err(Failure::input(message));
        }
        Ok(self.recipe.map(Recipe::from).or(self.biases.map(Recipe::from)))
    }

    fn gate_bias(&self, cell: Cell) -> Result<GateBias, Failure> {
        if self.forget_bias.is_some() && cell != Cell::Lstm {
            return Err(Failure::input(format!(
                "--forget-bias needs --cell lstm: {} has no forget gate",
                named(cell)
            )));
        }
        let holding = [(self.hold.is_some(), "--hold"), (self.chrono.is_some(), "--chrono")];
        if let Some((_, flag)) = holding.iter().find(|(given, _)| *given)
            && matches!(cell, Cell::Rnn(_))
        {
            return Err(Failure::input(format!(
                "{flag} needs --cell lstm or gru: {} has no gates",
                named(cell)
            )));
        }
        Ok(match (self.forget_bias, self.hold, self.chrono) {
            (Some(bias), ..) => GateBias::Forget(bias),
            (None, Some(bias), _) => GateBias::Hold(bias),
            (None, None, Some(steps)) => GateBias::Chrono(steps),
            (None, None, None) => GateBias::Drawn,
        })
    }

    fn cell(&self, nonlinearity: Nonlinearity) -> Result<Cell, Failure> {
        let gated = match self.cell {
            None | Some(CellWord::Rnn) => return Ok(Cell::Rnn(nonlinearity)),
            Some(CellWord::Lstm) => Cell::Lstm,
            Some(CellWord::Gru) => Cell::Gru,
        };
        if nonlinearity != Nonlinearity::Tanh {
            return Err(Failure::input(format!(
                "--nonlinearity {} needs --cell rnn: {} is built on tanh",
                nonlinearity.to_string().to_lowercase(),
                named(gated)
            )));
        }
        Ok(gated)
    }

    /// The task whose sequences are measured, if it is one.
    fn task(&self) -> Result<Option<TaskChoice>, Failure> {
        let Some(word) = self.task else {
            return match self.shape.given() {
                Some(flag) => Err(Failure::input(format!("{flag} needs --task"))),
                None => Ok(None),
            };
        };
        let mut task = word.choice();
        self.shape.apply(&mut task)?;
        set_length_and_loss(&mut task, self.length, self.loss.map(Loss::from))?;
        if self.batch.is_some() {
            refuse_strangers(&task, &[Flag::new("--batch", true, &["running-mean", "echo"])])?;
        }
        task.validate()?;
        Ok(Some(task))
    }

    /// The sequences on which a fair training from this seed shows what it does.
    fn of_task(&self, task: &TaskChoice) -> Input {
        let shown = self.seed.unwrap_or(Draw::default().seed).wrapping_add(SHOWCASE);
        let shown = Some(shown);
        let (signal, seed) = match task {
            // What it reads is noise, whose length, batch and loss rest with other flags.
            TaskChoice::RunningMean(_) => (Signal::Noise, shown),
            // Its only batch is drawn before the weights, from the same stream.
            TaskChoice::Echo(_) => (Signal::Task(task.clone()), None),
            TaskChoice::FirstZero(_) | TaskChoice::Mnist1d(_) | TaskChoice::LongLag(_) => {
                (Signal::Task(task.clone()), shown)
            }
        };
        Input { signal, length: task.length(), batch: SEQUENCES, seed }
    }

    fn input(&self, default: Input) -> Input {
        let signal = if self.sequence.is_empty() {
            self.signal.map_or(default.signal, Signal::from)
        } else {
            Signal::Files(self.sequence.iter().map(SequenceFile::new).collect())
        };
        Input {
            signal,
            length: self.length.unwrap_or(default.length),
            batch: self.batch.unwrap_or(default.batch),
            seed: self.input_seed.or(default.seed),
        }
    }
}

/// Sequences that a training shows.
const SEQUENCES: usize = 4;

/// Their seed, counted from that of the weights.
const SHOWCASE: u64 = 2;

/// A cell with its article.
fn named(cell: Cell) -> &'static str {
    match cell {
        Cell::Rnn(_) => "an RNN",
        Cell::Lstm => "an LSTM",
        Cell::Gru => "a GRU",
    }
}
