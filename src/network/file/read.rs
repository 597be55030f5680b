//! From named tensors with `torch.nn` names and shapes to a network.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use candle_core::Tensor;

use super::super::head::{Head, ReadoutSource};
use super::super::init::draw_readout;
use super::super::model::Network;
use super::super::spec::{NetworkSpec, Nonlinearity, Reading};
use super::heads::{Found, Heads, Wanted, search, take};
use super::load::{Stored, decode, load};
use super::recurrent::Recurrent;
use super::tensors::Entry;
use crate::error::{Error, Result};
use crate::frozen::Checksum;
use crate::rng::Generator;
use crate::ticket::Ticket;

/// The named tensors of a file: `.safetensors`, or a PyTorch state dict; which, its content says.
#[derive(Debug)]
pub struct StateDict {
    path: PathBuf,
    stored: Stored,
}

/// A network from a file, and where its readout came from.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The network.
    pub network: Network,
    /// Where its readout came from.
    pub readout: ReadoutSource,
    /// Where the random stream stands after what was drawn.
    pub after: Generator,
    /// Names of the tensors that the network does not use, such as an embedding's or an optimiser's, and
    /// of those of other networks in the file, such as an average of this one.
    pub unused: Vec<String>,
    /// Numbers of the file that are used, and of a readout that was drawn: what training would change.
    pub parameters: usize,
    /// Whether the file has no biases (`bias=False`); the network then has zeros in their place.
    pub without_biases: bool,
}

impl StateDict {
    /// Reads all tensors of a file.
    ///
    /// # Errors
    /// A file that cannot be read or is of no known format.
    pub fn read(path: &Path) -> Result<Self> {
        Self::read_with(path, &Ticket::new())
    }

    /// As [`StateDict::read`], but can be watched and stopped: bytes are counted on the ticket.
    ///
    /// # Errors
    /// As for [`StateDict::read`], and [`Error::Cancelled`].
    pub fn read_with(path: &Path, ticket: &Ticket) -> Result<Self> {
        Ok(Self { path: path.to_owned(), stored: load(path, ticket)? })
    }

    /// All tensors in the bytes of a file. The path is for messages.
    ///
    /// # Errors
    /// As for [`StateDict::read`].
    pub fn from_bytes(path: &Path, bytes: &[u8]) -> Result<Self> {
        Ok(Self { path: path.to_owned(), stored: decode(path, bytes.to_vec())? })
    }

    /// Memory that its tensors take, in bytes.
    pub fn bytes(&self) -> usize {
        self.stored.tensors.values().map(Entry::bytes).sum()
    }

    /// Checksum of the file's bytes.
    pub fn checksum(&self) -> &Checksum {
        &self.stored.checksum
    }

    /// The network that the tensors describe. Cell, sizes, layers, biases and skip connections are
    /// inferred from names and shapes; `nonlinearity` is assumed for a plain RNN whose file does
    /// not record it (only [`super::write()`] does, as well as ticks and what the readout reads).
    /// All recurrent tensors may share a prefix (`rnn.weight_ih_l0`). The readout is what `head`
    /// says; one to be drawn comes from the seed. What else is in the file is not used, and listed.
    ///
    /// # Errors
    /// Tensors that are missing, unknown or do not fit, and a readout that is not clear; the text
    /// names the tensors.
    pub fn open(&self, nonlinearity: Nonlinearity, head: &Head, seed: u64) -> Result<Opened> {
        self.opened(nonlinearity, head, seed).map_err(|trouble| match trouble {
            Trouble::Here(message) => Error::content(&self.path, message),
            Trouble::Elsewhere(error) => error,
        })
    }

    /// The linear layers that could be the readout, and which [`Head::Fitting`] takes.
    ///
    /// # Errors
    /// Recurrent tensors that are missing, unknown or do not fit.
    pub fn heads(&self) -> Result<Heads> {
        let Stored { tensors, recorded, .. } = &self.stored;
        let content = |message: String| Error::content(&self.path, message);
        let recurrent = Recurrent::find(tensors).map_err(content)?;
        let (_, [input_size, hidden_size]) =
            recurrent.cell(Nonlinearity::default()).map_err(content)?;
        let prefix = recurrent.prefix;
        let recorded = recorded.reading;
        Ok(search(tensors, &Wanted { prefix, input_size, hidden_size, recorded }))
    }

    fn opened(
        &self,
        nonlinearity: Nonlinearity,
        head: &Head,
        seed: u64,
    ) -> std::result::Result<Opened, Trouble> {
        let Stored { tensors, recorded, aside, checksum: _ } = &self.stored;
        let recurrent = Recurrent::find(tensors)?;
        let (cell, sizes) = recurrent.cell(recorded.nonlinearity.unwrap_or(nonlinearity))?;
        let [input_size, hidden_size] = sizes;
        let bare = NetworkSpec {
            wiring: recurrent.wiring,
            biases: recurrent.biases,
            ticks: recorded.ticks.unwrap_or(1),
            ..NetworkSpec::new(cell, [input_size, hidden_size, recurrent.num_layers, 1])
        };
        // Before anything of that size is made.
        bare.validate().map_err(|error| error.to_string())?;
        let layers = (0..bare.num_layers)
            .map(|layer| {
                let sizes = [bare.layer_input_size(layer), hidden_size];
                recurrent.layer(layer, cell.gates() * hidden_size, sizes)
            })
            .collect::<std::result::Result<_, _>>()?;
        let prefix = recurrent.prefix;
        let wanted = Wanted { prefix, input_size, hidden_size, recorded: recorded.reading };
        let mut generator = Generator::seeded(seed);
        let (spec, readout, source) = match take(tensors, &wanted, head)? {
            Found::Layer(name, readout, reading, output_size) => {
                let spec = NetworkSpec { reading, output_size, ..bare };
                (spec, Some(readout), ReadoutSource::File(name))
            }
            Found::Nothing => {
                let of_one_step = |reading: &Reading| reading.width(hidden_size) == hidden_size;
                let reading = recorded.reading.filter(of_one_step).unwrap_or_default();
                let spec = NetworkSpec { reading, ..bare };
                let readout = draw_readout(&spec, &mut generator).map_err(Trouble::Elsewhere)?;
                (spec, Some(readout), ReadoutSource::Random { seed })
            }
            Found::Unwanted => {
                let spec =
                    NetworkSpec { reading: Reading::States, output_size: hidden_size, ..bare };
                (spec, None, ReadoutSource::None)
            }
        };
        spec.validate().map_err(|error| match &source {
            ReadoutSource::File(name) => {
                format!("{name}: {error}; --head none or random goes without")
            }
            _ => error.to_string(),
        })?;
        let without_biases = recurrent.without_biases;
        let network = Network { spec, layers, readout };
        let layers = network.layers.iter().enumerate();
        let recurrent = layers.flat_map(|(k, layer)| layer.named(k));
        let mut used: BTreeSet<String> =
            recurrent.map(|(name, _)| format!("{prefix}{name}")).collect();
        if let ReadoutSource::File(name) = &source {
            used.extend([format!("{name}.weight"), format!("{name}.bias")]);
        }
        let own = tensors.keys().filter(|name| !used.contains(*name));
        let mut unused: Vec<String> = own.chain(aside).cloned().collect();
        unused.sort();
        let read: usize = used.iter().filter_map(|name| tensors.get(name)).map(Entry::count).sum();
        let drawn = match (&source, &network.readout) {
            (ReadoutSource::Random { .. }, Some(readout)) => {
                readout.weight().elem_count() + readout.bias().map_or(0, Tensor::elem_count)
            }
            _ => 0,
        };
        let parameters = read + drawn;
        Ok(Opened {
            network,
            readout: source,
            after: generator,
            unused,
            parameters,
            without_biases,
        })
    }
}

/// Why a file was not opened.
enum Trouble {
    /// What is wrong with this file.
    Here(String),
    /// Something that is not its fault.
    Elsewhere(Error),
}

impl From<String> for Trouble {
    fn from(message: String) -> Self {
        Self::Here(message)
    }
}
