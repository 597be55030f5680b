//! From named tensors with `torch.nn` names and shapes to a network.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor};
use candle_nn::Linear;

use super::super::head::{Head, ReadoutSource};
use super::super::init::draw_readout;
use super::super::model::Network;
use super::super::parameters::LayerParameters;
use super::super::spec::{Biases, Cell, NetworkSpec, Nonlinearity, Reading, Wiring};
use super::tensors::{Recorded, Stored, load};
use crate::error::{Error, Result};
use crate::frozen::Checksum;
use crate::rng::Generator;

/// The named tensors of a file: `.safetensors`, or a PyTorch state dict in a `.pt` or `.pth` file.
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
}

impl StateDict {
    /// Reads all tensors of a file.
    ///
    /// # Errors
    /// A file that cannot be read or is of no known format.
    pub fn read(path: &Path) -> Result<Self> {
        Ok(Self { path: path.to_owned(), stored: load(path)? })
    }

    /// Checksum of the file's bytes.
    pub fn checksum(&self) -> &Checksum {
        &self.stored.checksum
    }

    /// The network that the tensors describe. Cell, sizes, layers, biases and skip connections are
    /// inferred from names and shapes; `nonlinearity` is assumed for a plain RNN whose file does
    /// not record it (only [`super::write()`] does, as well as ticks and what the readout reads).
    /// All recurrent tensors may share a prefix (`rnn.weight_ih_l0`). The readout is what `head`
    /// says; one to be drawn comes from the seed.
    ///
    /// # Errors
    /// Tensors that do not fit; the text names the tensor with the shape expected and found.
    pub fn open(&self, nonlinearity: Nonlinearity, head: &Head, seed: u64) -> Result<Opened> {
        let Self { path, stored: Stored { tensors, recorded, .. } } = self;
        let content = |message: String| Error::content(path, message);
        let parts = Parts::find(tensors).map_err(content)?;
        let spec = parts.spec(nonlinearity, *recorded).map_err(content)?;
        spec.validate().map_err(|error| content(error.to_string()))?;
        let layers = (0..spec.num_layers)
            .map(|layer| parts.layer(&spec, layer))
            .collect::<std::result::Result<_, _>>()
            .map_err(content)?;
        let _ = head;
        let mut generator = Generator::seeded(seed);
        let (readout, source) = match parts.readout(&spec).map_err(content)? {
            Some(readout) => (readout, ReadoutSource::File("head".to_owned())),
            None => (draw_readout(&spec, &mut generator)?, ReadoutSource::Random { seed }),
        };
        let network = Network { spec, layers, readout };
        Ok(Opened { network, readout: source, after: generator })
    }
}

/// The tensors of a file, and the prefix that the recurrent ones share.
struct Parts<'a> {
    tensors: &'a BTreeMap<String, Tensor>,
    prefix: &'a str,
}

impl<'a> Parts<'a> {
    fn find(tensors: &'a BTreeMap<String, Tensor>) -> Result<Self, String> {
        const FIRST: &str = "weight_hh_l0";
        let mut prefixes = tensors.keys().filter_map(|name| name.strip_suffix(FIRST));
        let Some(prefix) = prefixes.next() else {
            return Err(format!(
                "no tensor named {FIRST}, with or without a prefix: expected the names of \
                 nn.RNN, nn.LSTM or nn.GRU"
            ));
        };
        if let Some(other) = prefixes.next() {
            return Err(format!(
                "two networks, {prefix}{FIRST} and {other}{FIRST}: save one of them alone"
            ));
        }
        let unsupported = |name: &&String| {
            name.starts_with(prefix) && (name.ends_with("_reverse") || name.contains("weight_hr_l"))
        };
        if let Some(name) = tensors.keys().find(unsupported) {
            return Err(format!("{name}: bidirectional layers and projections are not supported"));
        }
        Ok(Self { tensors, prefix })
    }

    fn get(&self, name: &str) -> Option<&'a Tensor> {
        self.tensors.get(&format!("{}{name}", self.prefix))
    }

    fn spec(&self, assumed: Nonlinearity, recorded: Recorded) -> Result<NetworkSpec, String> {
        let Recorded { nonlinearity, ticks, reading } = recorded;
        let nonlinearity = nonlinearity.unwrap_or(assumed);
        let name = format!("{}weight_hh_l0", self.prefix);
        let [rows, hidden_size] = self.matrix("weight_hh_l0")?;
        let cell = match rows.checked_div(hidden_size).filter(|g| g * hidden_size == rows) {
            Some(1) => Cell::Rnn(nonlinearity),
            Some(3) => Cell::Gru,
            Some(4) => Cell::Lstm,
            _ => {
                return Err(format!(
                    "{name}: expected [G·H, H] with G = 1 (RNN), 3 (GRU) or 4 (LSTM), \
                     found [{rows}, {hidden_size}]"
                ));
            }
        };
        let [_, input_size] = self.matrix("weight_ih_l0")?;
        let layers = (0..).take_while(|k| self.get(&format!("weight_hh_l{k}")).is_some());
        let wiring = match self.get("weight_skip_l0") {
            Some(_) => Wiring::Skips,
            None => Wiring::Stacked,
        };
        let biases = match self.get("bias_hh_l0") {
            Some(_) => Biases::Two,
            None => Biases::One,
        };
        let reading = reading.unwrap_or_else(|| self.reading(hidden_size));
        Ok(NetworkSpec {
            cell,
            input_size,
            hidden_size,
            num_layers: layers.count(),
            wiring,
            ticks: ticks.unwrap_or(1),
            biases,
            output_size: self.output_size()?,
            reading,
        })
    }

    /// Predictions of the readout, one without a readout.
    fn output_size(&self) -> Result<usize, String> {
        match self.tensors.get("head.weight").map(Tensor::dims) {
            Some([rows, _]) => Ok(*rows),
            Some(dims) => Err(format!("head.weight: expected a matrix, found {dims:?}")),
            None => Ok(1),
        }
    }

    /// A readout that is several states wide reads as many steps at once.
    fn reading(&self, hidden_size: usize) -> Reading {
        match self.tensors.get("head.weight").map(Tensor::dims) {
            Some([_, width]) if *width > hidden_size && width.is_multiple_of(hidden_size) => {
                Reading::AllSteps(width / hidden_size)
            }
            _ => Reading::EachStep,
        }
    }

    fn matrix(&self, name: &str) -> Result<[usize; 2], String> {
        let full = format!("{}{name}", self.prefix);
        let tensor = self.get(name).ok_or_else(|| format!("{full} is missing"))?;
        <[usize; 2]>::try_from(tensor.dims())
            .map_err(|_| format!("{full}: expected a matrix, found {:?}", tensor.dims()))
    }

    fn layer(&self, spec: &NetworkSpec, layer: usize) -> Result<LayerParameters, String> {
        let rows = spec.cell.gates() * spec.hidden_size;
        let tensor = |name: &str, shape: &[usize]| {
            let name = format!("{name}_l{layer}");
            let full = format!("{}{name}", self.prefix);
            let tensor = self
                .get(&name)
                .ok_or_else(|| format!("{full} is missing: expected shape {shape:?}"))?;
            fitting(&full, tensor, shape)
        };
        let weight_ih = tensor("weight_ih", &[rows, spec.layer_input_size(layer)])?;
        let weight_hh = tensor("weight_hh", &[rows, spec.hidden_size])?;
        // `bias=False` leaves both out: one bias of zeros is the same network.
        let without_biases = self.get("bias_ih_l0").is_none() && spec.biases == Biases::One;
        let bias_ih = if without_biases {
            Tensor::zeros(rows, weight_ih.dtype(), &Device::Cpu).map_err(|e| e.to_string())?
        } else {
            tensor("bias_ih", &[rows])?
        };
        let bias_hh = match spec.biases {
            Biases::One => None,
            Biases::Two => Some(tensor("bias_hh", &[rows])?),
        };
        let weight_skip = match spec.wiring {
            Wiring::Stacked => None,
            Wiring::Skips => Some(tensor("weight_skip", &[rows, spec.hidden_size])?),
        };
        Ok(LayerParameters { weight_ih, weight_hh, bias_ih, bias_hh, weight_skip })
    }

    fn readout(&self, spec: &NetworkSpec) -> Result<Option<Linear>, String> {
        let (weight, bias) = ("head.weight", "head.bias");
        match (self.tensors.get(weight), self.tensors.get(bias)) {
            (None, None) => Ok(None),
            (Some(_), None) => {
                Err(format!("{bias} is missing beside {weight}: expected shape [1]"))
            }
            (None, Some(_)) => Err(format!("{weight} is missing beside {bias}")),
            (Some(w), Some(b)) => {
                let w =
                    fitting(weight, w, &[spec.output_size, spec.reading.width(spec.hidden_size)])?;
                let b = fitting(bias, b, &[spec.output_size])?;
                Ok(Some(Linear::new(w, Some(b))))
            }
        }
    }
}

/// The tensor, if it has the shape.
fn fitting(name: &str, tensor: &Tensor, shape: &[usize]) -> Result<Tensor, String> {
    if tensor.dims() == shape {
        Ok(tensor.clone())
    } else {
        Err(format!("{name}: expected shape {shape:?}, found {:?}", tensor.dims()))
    }
}
