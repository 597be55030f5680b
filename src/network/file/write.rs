//! Writing a network as `.safetensors`.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use super::super::model::Network;
use super::super::spec::{Cell, NetworkSpec, Reading};
use super::tensors::{NONLINEARITY, RECORDED, Recorded};
use crate::disk::save;
use crate::error::{Error, Result};

/// What recurrent tensors are prefixed with, so that a module with an `nn.RNN`, `nn.LSTM` or
/// `nn.GRU` as `rnn` and an `nn.Linear` as `head` loads the file strictly.
const PREFIX: &str = "rnn.";

/// Writes a network whole or not at all; [`super::StateDict`] reads it back equal.
///
/// # Errors
/// [`Error::Write`] with the path and what the system said.
pub fn write(path: &Path, network: &Network) -> Result<()> {
    save(path, &encode(network)?)
}

/// The bytes of a `.safetensors` file: `rnn.weight_ih_l0`, ..., `head.weight`, `head.bias`, in the
/// number format of the network. A network with one bias a layer keeps one: it has no
/// `rnn.bias_hh_l*`. What no shape shows (nonlinearity, ticks, reading) is in the metadata. Equal
/// networks give equal bytes.
///
/// # Errors
/// What candle and safetensors say of the tensors.
pub fn encode(network: &Network) -> Result<Vec<u8>> {
    let named: BTreeMap<String, _> = network
        .named()
        .into_iter()
        .map(|(name, tensor)| match name.starts_with("head.") {
            true => (name, tensor),
            false => (format!("{PREFIX}{name}"), tensor),
        })
        .collect();
    let metadata = metadata(&network.spec)?;
    safetensors::serialize(named, metadata)
        .map_err(|error| Error::Tensor(candle_core::Error::wrap(error)))
}

/// What no shape shows. A single entry, because a hash map of several would be written in any
/// order.
fn metadata(spec: &NetworkSpec) -> Result<Option<HashMap<String, String>>> {
    let nonlinearity = match spec.cell {
        Cell::Rnn(nonlinearity) => Some(nonlinearity),
        Cell::Lstm | Cell::Gru => None,
    };
    let entry = if spec.ticks > 1 || spec.reading != Reading::EachStep {
        let recorded =
            Recorded { nonlinearity, ticks: Some(spec.ticks), reading: Some(spec.reading) };
        let text =
            serde_json::to_string(&recorded).map_err(|error| Error::Session(error.to_string()))?;
        Some((RECORDED.to_owned(), text))
    } else {
        nonlinearity.map(|word| (NONLINEARITY.to_owned(), word.to_string().to_lowercase()))
    };
    Ok(entry.map(|entry| HashMap::from([entry])))
}
