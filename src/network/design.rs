//! How a network is built and how its weights are drawn, whatever it reads and answers.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::init::draw;
use super::model::Network;
use super::spec::{Biases, Cell, NetworkSpec, Nonlinearity, Reading, Wiring};
use crate::error::{Error, Result};
use crate::rng::Generator;

/// A network but for what it reads, what it answers, and the seed of its weights.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Design {
    /// Cell and nonlinearity.
    pub cell: Cell,
    /// Units of a layer.
    pub hidden_size: usize,
    /// Layers.
    pub num_layers: usize,
    /// Who reads whom.
    #[serde(default)]
    pub wiring: Wiring,
    /// Times that each input step is read, 1 to [`NetworkSpec::MAX_TICKS`].
    #[serde(default = "one")]
    pub ticks: usize,
    /// Whose modules the draw imitates; decides the number of biases.
    pub recipe: Recipe,
    /// What replaces the drawn `weight_hh`.
    pub init: Init,
    /// What replaces the drawn `weight_ih`.
    #[serde(default)]
    pub input_init: InputInit,
    /// What replaces the drawn biases of the gates.
    #[serde(default)]
    pub gate_bias: GateBias,
}

fn one() -> usize {
    1
}

/// Whose modules a draw imitates, number for number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Recipe {
    /// `nn.RNN`, `nn.LSTM`, `nn.GRU`: two biases, everything U(±1/√hidden_size).
    #[default]
    Torch,
    /// The course notebook's own cells: two `nn.Linear` a layer, one bias.
    Notebook,
    /// The lab's cells, which compute x W instead of W x: as `Torch`, but each matrix is drawn as
    /// its transpose.
    Lab,
}

impl Recipe {
    /// Bias vectors a layer.
    pub fn biases(self) -> Biases {
        match self {
            Self::Torch | Self::Lab => Biases::Two,
            Self::Notebook => Biases::One,
        }
    }
}

/// What replaces the drawn `weight_hh` of every layer and gate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Init {
    /// Nothing: the draw of the recipe.
    #[default]
    Default,
    /// A random orthogonal matrix per gate (Saxe et al. 2014; Haar measure by QR).
    Orthogonal,
    /// The identity per gate (IRNN, Le et al. 2015).
    Identity,
}

impl fmt::Display for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Torch => "two biases",
            Self::Notebook => "one bias",
            Self::Lab => "two biases, transposed",
        })
    }
}

impl fmt::Display for Init {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Default => "default init",
            Self::Orthogonal => "orthogonal init",
            Self::Identity => "identity init",
        })
    }
}

/// What replaces the drawn `weight_ih` of every layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InputInit {
    /// Nothing: the draw of the recipe.
    #[default]
    Default,
    /// Independent N(0, 1) weights: one-hot symbols then move the gates by amounts of order 1.
    Normal,
}

/// What replaces the drawn biases of an LSTM's or a GRU's gates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GateBias {
    /// Nothing: the draw of the recipe.
    #[default]
    Drawn,
    /// The forget gate of an LSTM, as the sum of both biases (Gers et al. 2000; Jozefowicz et
    /// al. 2015); the others stay as drawn.
    Forget(f64),
    /// b on the forget gate and -b on the input gate of an LSTM, b on a GRU's z, everything else
    /// 0: units hold their state for about e^b steps.
    Hold(f64),
    /// Chrono initialisation for memories of up to `T_max` steps (Tallec & Ollivier 2018): the
    /// forget gate of an LSTM ln U(1, `T_max` - 1), its input gate the opposite, a GRU's z like a
    /// forget gate, everything else 0.
    Chrono(f64),
}

impl Design {
    /// One cell in layers, drawn as `torch.nn` does.
    pub fn new(cell: Cell, hidden_size: usize, num_layers: usize) -> Self {
        Self {
            cell,
            hidden_size,
            num_layers,
            wiring: Wiring::Stacked,
            ticks: 1,
            recipe: Recipe::Torch,
            init: Init::Default,
            input_init: InputInit::Default,
            gate_bias: GateBias::Drawn,
        }
    }

    /// The network's shape for inputs of `input_size` features and answers of `output_size`, read
    /// off at each step.
    pub fn spec(&self, input_size: usize, output_size: usize) -> NetworkSpec {
        let Self { cell, hidden_size, num_layers, wiring, ticks, recipe, .. } = *self;
        let biases = match wiring {
            Wiring::Stacked => recipe.biases(),
            Wiring::Skips => Biases::One,
        };
        let reading = Reading::EachStep;
        NetworkSpec {
            cell,
            input_size,
            hidden_size,
            num_layers,
            wiring,
            ticks,
            biases,
            output_size,
            reading,
        }
    }

    /// Draws the network from a stream: layers and readout first, then what replaces parts of the
    /// draw, in the order of a PyTorch script.
    ///
    /// # Errors
    /// Sizes and biases out of range.
    pub fn network(&self, spec: &NetworkSpec, generator: &mut Generator) -> Result<Network> {
        self.validate()?;
        let mut network = draw(*spec, self.recipe, generator)?;
        match self.init {
            Init::Default => {}
            Init::Orthogonal => network.make_orthogonal(generator)?,
            Init::Identity => network.make_identity()?,
        }
        match self.input_init {
            InputInit::Default => {}
            InputInit::Normal => network.make_input_normal(generator)?,
        }
        network.set_gate_bias(self.gate_bias, generator)?;
        Ok(network)
    }

    /// What a network drawn so has that its shape does not tell: each setting that is not the usual
    /// one, in words.
    pub fn remarks(&self) -> Vec<String> {
        let Self { wiring, recipe, init, input_init, gate_bias, .. } = *self;
        let usual = Self::default();
        let mut remarks = Vec::new();
        // Skips have a draw of their own.
        if wiring == Wiring::Stacked && recipe != usual.recipe {
            remarks.push(recipe.to_string());
        }
        if init != usual.init {
            remarks.push(init.to_string());
        }
        if input_init != usual.input_init {
            remarks.push("normal input weights".to_owned());
        }
        remarks.extend(match (self.cell, gate_bias) {
            (Cell::Rnn(_), _) | (_, GateBias::Drawn) => None,
            (_, GateBias::Forget(bias)) => Some(format!("forget bias {bias}")),
            (_, GateBias::Hold(bias)) => Some(format!("hold bias {bias}")),
            (_, GateBias::Chrono(steps)) => Some(format!("chrono {steps}")),
        });
        remarks
    }

    /// Refuses what cannot be drawn.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] naming the setting.
    pub fn validate(&self) -> Result<()> {
        self.spec(1, 1).validate()?;
        match self.gate_bias {
            GateBias::Forget(bias) | GateBias::Hold(bias) if !bias.is_finite() => {
                Err(Error::out_of_range("gate bias", "a finite number", bias))
            }
            // Written so that NaN is refused too.
            GateBias::Chrono(steps) if !(2.0..=1e9).contains(&steps) => {
                Err(Error::out_of_range("T_max of the chrono initialisation", "2 to 1e9", steps))
            }
            _ => Ok(()),
        }
    }
}

impl Default for Design {
    /// An RNN of 16 tanh units.
    fn default() -> Self {
        Self::new(Cell::Rnn(Nonlinearity::Tanh), 16, 1)
    }
}
