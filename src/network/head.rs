//! Where the readout of a network from a file comes from.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Which tensors of a file are to be the readout.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Head {
    /// The only linear layer that fits behind the recurrence, under whatever name.
    #[default]
    Fitting,
    /// The linear layer of this name: `fc` for `fc.weight` and `fc.bias`.
    Named(String),
    /// None: the loss is the norm of the states themselves.
    None,
    /// One drawn at random as `nn.Linear(hidden_size, 1)`, whatever the file holds.
    Random,
}

impl Head {
    /// Whether nothing was chosen.
    pub fn is_fitting(&self) -> bool {
        *self == Self::Fitting
    }
}

impl FromStr for Head {
    type Err = std::convert::Infallible;

    /// `none`, `random`, or the name of a layer, with or without `.weight`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "none" => Self::None,
            "random" => Self::Random,
            name => Self::Named(name.strip_suffix(".weight").unwrap_or(name).to_owned()),
        })
    }
}

/// Where the readout of a measured network came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ReadoutSource {
    /// Drawn with the rest of the network.
    Drawn,
    /// Read from the file: the name of the layer, `fc` for `fc.weight`.
    File(String),
    /// Drawn for a network whose other weights come from a file.
    Random {
        /// Seed of the draw.
        seed: u64,
    },
    /// There is none: the loss is the norm of the states themselves.
    None,
}

impl ReadoutSource {
    /// What a label must say of it; nothing where the readout is what the origin of the network
    /// lets expect.
    pub fn remark(&self) -> Option<String> {
        match self {
            Self::Drawn => None,
            Self::File(_) | Self::Random { .. } | Self::None => Some(format!("readout: {self}")),
        }
    }
}

impl fmt::Display for ReadoutSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Drawn => f.write_str("drawn with the network"),
            Self::File(name) => f.write_str(name),
            Self::Random { seed } => write!(f, "random, seed {seed}"),
            Self::None => f.write_str("none"),
        }
    }
}
