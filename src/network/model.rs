//! Layers stacked, a readout on top; what goes in, what comes out.

use candle_core::{DType, Device, Tensor, Var};
use candle_nn::{Linear, Module};

use super::parameters::LayerParameters;
use super::spec::NetworkSpec;
use super::unroll::unroll;
use crate::error::{Error, Result};
use crate::ticket::Ticket;

/// A recurrent network: layers, lowest first, and a linear readout of the top layer's h.
#[derive(Clone, Debug)]
pub struct Network {
    /// Kind and sizes.
    pub spec: NetworkSpec,
    /// One entry a layer, lowest first.
    pub layers: Vec<LayerParameters>,
    /// `head`: weight `[O, H]`, bias `[O]`; never scaled.
    pub readout: Linear,
}

/// What a network did with a batch.
#[derive(Clone, Debug)]
pub struct Run {
    /// One entry a layer, lowest first.
    pub layers: Vec<LayerRun>,
    /// Predictions `[T, B, O]`.
    pub output: Tensor,
}

/// What one layer did.
#[derive(Clone, Debug)]
pub struct LayerRun {
    /// `[S, T+1, B, H]`: h and, for an LSTM, c; row 0 is the initial state.
    pub states: Tensor,
    /// Zeros of the same shape, added to the states: candle's gradient with respect to them is
    /// the gradient with respect to the states.
    pub probe: Tensor,
}

/// Whether gradients of the states are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probing {
    /// The probe is a variable: candle computes its gradient.
    On,
    /// The probe is a constant: training needs the gradients of parameters alone.
    Off,
}

impl LayerRun {
    /// h_1..h_T, `[T, B, H]`.
    ///
    /// # Errors
    /// What candle says of the tensors.
    pub fn hidden(&self) -> candle_core::Result<Tensor> {
        steps_of(&self.states, 0)
    }

    /// c_1..c_T of an LSTM, `[T, B, H]`.
    ///
    /// # Errors
    /// What candle says of the tensors.
    pub fn cell(&self) -> candle_core::Result<Option<Tensor>> {
        (self.states.dim(0)? == 2).then(|| steps_of(&self.states, 1)).transpose()
    }
}

/// Steps 1..T of state `index` out of `[S, T+1, B, H]`.
fn steps_of(states: &Tensor, index: usize) -> candle_core::Result<Tensor> {
    let steps = states.dim(1)? - 1;
    states.get(index)?.narrow(0, 1, steps)
}

impl Network {
    /// The same network with every recurrent weight times `weight_scale` and every recurrent bias
    /// times `bias_scale`, in `dtype`. The readout is converted, not scaled.
    ///
    /// # Errors
    /// What candle says of the tensors.
    pub fn scaled(&self, weight_scale: f64, bias_scale: f64, dtype: DType) -> Result<Self> {
        let Self { spec, layers, readout } = self;
        let layers = layers
            .iter()
            .map(|layer| layer.scaled(weight_scale, bias_scale, dtype))
            .collect::<candle_core::Result<_>>()?;
        let weight = readout.weight().to_dtype(dtype)?;
        let bias = readout.bias().map(|bias| bias.to_dtype(dtype)).transpose()?;
        Ok(Self { spec: *spec, layers, readout: Linear::new(weight, bias) })
    }

    /// Runs the network on `x [T, B, I]` from a zero initial state.
    ///
    /// # Errors
    /// Shapes that do not fit, and [`Error::Cancelled`].
    pub fn run(&self, x: &Tensor, probing: Probing, ticket: &Ticket) -> Result<Run> {
        let (steps, batch, _) = x.dims3()?;
        let cell = self.spec.cell;
        let shape = (cell.states(), steps + 1, batch, self.spec.hidden_size);
        let mut layers = Vec::with_capacity(self.layers.len());
        let mut input = x.clone();
        for parameters in &self.layers {
            let probe = match probing {
                Probing::On => Var::zeros(shape, x.dtype(), &Device::Cpu)?.into_inner(),
                Probing::Off => Tensor::zeros(shape, x.dtype(), &Device::Cpu)?,
            };
            let states = unroll(cell, &input, &parameters.packed(cell)?, &probe, ticket)
                .map_err(|error| or_cancelled(error, ticket))?;
            let layer = LayerRun { states, probe };
            input = layer.hidden()?;
            layers.push(layer);
        }
        let output = self.readout.forward(&input)?;
        Ok(Run { layers, output })
    }

    /// The same network in `dtype` with every parameter a variable, and the variables by name, in
    /// the order of [`Network::named`].
    ///
    /// # Errors
    /// What candle says of the tensors.
    pub fn variables(&self, dtype: DType) -> Result<(Self, Vec<(String, Var)>)> {
        let variable = |tensor: &Tensor| -> candle_core::Result<Tensor> {
            Ok(Var::from_tensor(&tensor.to_dtype(dtype)?.copy()?)?.into_inner())
        };
        let layers = self
            .layers
            .iter()
            .map(|LayerParameters { weight_ih, weight_hh, bias_ih, bias_hh }| {
                Ok(LayerParameters {
                    weight_ih: variable(weight_ih)?,
                    weight_hh: variable(weight_hh)?,
                    bias_ih: variable(bias_ih)?,
                    bias_hh: bias_hh.as_ref().map(variable).transpose()?,
                })
            })
            .collect::<Result<_>>()?;
        let bias = self.readout.bias().map(variable).transpose()?;
        let readout = Linear::new(variable(self.readout.weight())?, bias);
        let network = Self { spec: self.spec, layers, readout };
        let variables = network
            .named()
            .into_iter()
            .map(|(name, tensor)| Ok((name, Var::from_tensor(tensor)?)))
            .collect::<Result<_>>()?;
        Ok((network, variables))
    }

    /// Names and tensors as in the state dict of a module with `rnn`'s parameters unprefixed and
    /// the readout as `head`.
    pub fn named(&self) -> Vec<(String, &Tensor)> {
        let mut named: Vec<_> =
            self.layers.iter().enumerate().flat_map(|(k, layer)| layer.named(k)).collect();
        named.push(("head.weight".to_owned(), self.readout.weight()));
        named.extend(self.readout.bias().map(|bias| ("head.bias".to_owned(), bias)));
        named
    }
}

/// candle wraps every error; a cancelled ticket is the reason that counts.
pub(crate) fn or_cancelled(error: candle_core::Error, ticket: &Ticket) -> Error {
    if ticket.is_cancelled() { Error::Cancelled } else { error.into() }
}
