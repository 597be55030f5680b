//! Layers stacked, a readout on top if there is one; what goes in, what comes out.

use candle_core::{DType, Device, Tensor, Var};
use candle_nn::{Linear, Module};

use super::parameters::LayerParameters;
use super::real::Real;
use super::spec::{NetworkSpec, Reading, Wiring};
use super::unroll::{Replay, hidden_of, unroll};
use crate::error::{Error, Result};
use crate::ticket::Ticket;

/// A recurrent network: layers, lowest first, and a linear readout of the top layer's h as the
/// spec's [`Reading`] says, which may be none.
#[derive(Clone, Debug)]
pub struct Network {
    /// Kind and sizes.
    pub spec: NetworkSpec,
    /// One entry a layer, lowest first.
    pub layers: Vec<LayerParameters>,
    /// `head`: weight `[O, H]` (`[O, T·H]` where all steps are read at once), bias `[O]` or none;
    /// never scaled. None if and only if the spec's reading is [`Reading::States`].
    pub readout: Option<Linear>,
}

/// What a network did with a batch.
#[derive(Clone, Debug)]
pub struct Run {
    /// One entry a layer, lowest first.
    pub layers: Vec<LayerRun>,
    /// Predictions `[T, B, O]`, or `[1, B, O]` where there is one a sequence; without a readout the
    /// top layer's h after each step.
    pub output: Tensor,
}

/// What one layer did.
#[derive(Clone, Debug)]
pub struct LayerRun {
    /// `[S, n·T+1, B, H]` for n ticks a step: h and, for an LSTM, c; row 0 is the initial state.
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
    /// h after each tick, `[n·T, B, H]`.
    ///
    /// # Errors
    /// What candle says of the tensors.
    pub fn hidden(&self) -> candle_core::Result<Tensor> {
        hidden_of(&self.states)
    }

    /// c of an LSTM after each tick, `[n·T, B, H]`.
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
        let readout = readout.as_ref().map(|linear| each(linear, |tensor| tensor.to_dtype(dtype)));
        Ok(Self { spec: *spec, layers, readout: readout.transpose()? })
    }

    /// Runs the network on `x [T, B, I]`, or on the numbers `[T, B]` (u32, below I) of one-hot
    /// symbols, from a zero initial state.
    ///
    /// # Errors
    /// Shapes that do not fit, and [`Error::Cancelled`].
    pub fn run(&self, x: &Tensor, probing: Probing, ticket: &Ticket) -> Result<Run> {
        self.run_from(x, None, probing, ticket)
    }

    /// As [`Network::run`], from the states `[S, B, H]` of each layer in `start`; no gradient
    /// flows into them.
    ///
    /// # Errors
    /// As for [`Network::run`].
    pub fn run_from(
        &self,
        x: &Tensor,
        start: Option<&[Tensor]>,
        probing: Probing,
        ticket: &Ticket,
    ) -> Result<Run> {
        let probes = self.probes(x, start, probing)?;
        self.run_probed(x, probes, ticket)
    }

    /// As [`Network::run`], with the probe `[S, n·T+1, B, H]` of each layer given: it need not be
    /// zero.
    ///
    /// # Errors
    /// As for [`Network::run`].
    pub(crate) fn run_probed(
        &self,
        x: &Tensor,
        probes: Vec<Tensor>,
        ticket: &Ticket,
    ) -> Result<Run> {
        let x = repeat_steps(x, self.spec.ticks)?;
        let states = match self.spec.wiring {
            Wiring::Stacked => self.stacked(&x, &probes, ticket),
            Wiring::Skips => self.with_skips(&x, &probes, ticket),
        };
        let states = states.map_err(|error| or_cancelled(error, ticket))?;
        let run = |(states, probe)| LayerRun { states, probe };
        let layers: Vec<LayerRun> = states.into_iter().zip(probes).map(run).collect();
        let top =
            layers.last().ok_or_else(|| Error::Fault("a network without layers".to_owned()))?;
        let output = self.read_off(&top.hidden()?)?;
        Ok(Run { layers, output })
    }

    /// The activations behind a run on `x`, worked out again from its states.
    ///
    /// # Errors
    /// What candle says of the tensors, and [`Error::Cancelled`].
    pub(crate) fn replay<R: Real>(
        &self,
        x: &Tensor,
        run: &Run,
        ticket: &Ticket,
    ) -> Result<Replay<R>> {
        let NetworkSpec { cell, wiring, ticks, .. } = self.spec;
        let x = repeat_steps(x, ticks)?;
        let packed: Vec<Tensor> =
            self.layers.iter().map(|layer| layer.packed(cell)).collect::<Result<_, _>>()?;
        let states = run.layers.iter().map(|layer| &layer.states);
        let layers: Vec<_> = packed.iter().zip(states).collect();
        Replay::new(cell, wiring, &x, &layers, ticket)
    }

    /// The states that a run left behind, `[S, B, H]` a layer, cut off from its gradients: what
    /// the next run starts from where memory is carried on.
    ///
    /// # Errors
    /// What candle says of the tensors.
    pub fn last_states(run: &Run) -> Result<Vec<Tensor>> {
        run.layers
            .iter()
            .map(|layer| {
                let last = layer.states.dim(1)? - 1;
                Ok(layer.states.narrow(1, last, 1)?.squeeze(1)?.contiguous()?.detach())
            })
            .collect()
    }

    /// The probe `[S, n·T+1, B, H]` of each layer: zero but for the initial state in row 0.
    fn probes(
        &self,
        x: &Tensor,
        start: Option<&[Tensor]>,
        probing: Probing,
    ) -> Result<Vec<Tensor>> {
        let (steps, batch) = (x.dim(0)? * self.spec.ticks, x.dim(1)?);
        let (states, hidden) = (self.spec.cell.states(), self.spec.hidden_size);
        let dtype = self.dtype();
        (0..self.layers.len())
            .map(|layer| {
                let probe = match start.and_then(|start| start.get(layer)) {
                    None => Tensor::zeros((states, steps + 1, batch, hidden), dtype, &Device::Cpu)?,
                    Some(first) => {
                        let first = first.to_dtype(dtype)?.unsqueeze(1)?;
                        let zeros =
                            Tensor::zeros((states, steps, batch, hidden), dtype, &Device::Cpu)?;
                        Tensor::cat(&[first, zeros], 1)?
                    }
                };
                Ok(match probing {
                    Probing::On => Var::from_tensor(&probe)?.into_inner(),
                    Probing::Off => probe,
                })
            })
            .collect()
    }

    /// Layer after layer, each over the whole sequence.
    fn stacked(
        &self,
        x: &Tensor,
        probes: &[Tensor],
        ticket: &Ticket,
    ) -> candle_core::Result<Vec<Tensor>> {
        let cell = self.spec.cell;
        let mut all: Vec<Tensor> = Vec::with_capacity(probes.len());
        for (parameters, probe) in self.layers.iter().zip(probes) {
            let input = match all.last() {
                Some(below) => hidden_of(below)?,
                None => x.clone(),
            };
            let packed = parameters.packed(cell)?;
            all.push(unroll((cell, Wiring::Stacked), &input, &packed, probe, ticket)?);
        }
        Ok(all)
    }

    /// All layers at once, because each waits for the others at every tick.
    fn with_skips(
        &self,
        x: &Tensor,
        probes: &[Tensor],
        ticket: &Ticket,
    ) -> candle_core::Result<Vec<Tensor>> {
        let cell = self.spec.cell;
        let packed: Vec<Tensor> =
            self.layers.iter().map(|layer| layer.packed(cell)).collect::<Result<_, _>>()?;
        let (packed, probe) = (Tensor::cat(&packed, 0)?, Tensor::cat(probes, 0)?);
        let states = unroll((cell, Wiring::Skips), x, &packed, &probe, ticket)?;
        let planes = cell.states();
        (0..probes.len()).map(|layer| states.narrow(0, layer * planes, planes)).collect()
    }

    /// Predictions `[T, B, O]`, or `[1, B, O]` where there is one a sequence, from the top layer's h
    /// `[n·T, B, H]`; without a readout h itself after each step.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] where all steps are read at once and there are not as many.
    pub(crate) fn read_off(&self, hidden: &Tensor) -> Result<Tensor> {
        let ticks = self.spec.ticks;
        let last = hidden.dim(0)? - 1;
        let read = match self.spec.reading {
            Reading::EachStep | Reading::States => every(hidden, ticks)?,
            Reading::LastStep => hidden.narrow(0, last, 1)?,
            Reading::LastStepRelu => hidden.narrow(0, last, 1)?.relu()?,
            Reading::AllSteps(steps) => {
                let hidden = every(hidden, ticks)?;
                let found = hidden.dim(0)?;
                if found != steps {
                    let what = "length for a readout of all steps at once";
                    return Err(Error::out_of_range(what, steps.to_string(), found));
                }
                hidden.transpose(0, 1)?.contiguous()?.flatten_from(1)?.unsqueeze(0)?
            }
        };
        let read = read.contiguous()?;
        Ok(match &self.readout {
            Some(readout) => readout.forward(&read)?,
            None => read,
        })
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
            .map(|LayerParameters { weight_ih, weight_hh, bias_ih, bias_hh, weight_skip }| {
                Ok(LayerParameters {
                    weight_ih: variable(weight_ih)?,
                    weight_hh: variable(weight_hh)?,
                    bias_ih: variable(bias_ih)?,
                    bias_hh: bias_hh.as_ref().map(variable).transpose()?,
                    weight_skip: weight_skip.as_ref().map(variable).transpose()?,
                })
            })
            .collect::<Result<_>>()?;
        let readout = self.readout.as_ref().map(|linear| each(linear, variable)).transpose()?;
        let network = Self { spec: self.spec, layers, readout };
        let variables = network
            .named()
            .into_iter()
            .map(|(name, tensor)| Ok((name, Var::from_tensor(tensor)?)))
            .collect::<Result<_>>()?;
        Ok((network, variables))
    }

    /// The number format of its parameters.
    pub fn dtype(&self) -> DType {
        self.layers.first().map_or(DType::F32, |layer| layer.weight_hh.dtype())
    }

    /// Names and tensors as in the state dict of a module with `rnn`'s parameters unprefixed and
    /// the readout, if there is one, as `head`.
    pub fn named(&self) -> Vec<(String, &Tensor)> {
        let mut named: Vec<_> =
            self.layers.iter().enumerate().flat_map(|(k, layer)| layer.named(k)).collect();
        if let Some(readout) = &self.readout {
            named.push(("head.weight".to_owned(), readout.weight()));
            named.extend(readout.bias().map(|bias| ("head.bias".to_owned(), bias)));
        }
        named
    }
}

/// A linear layer with something done to each of its tensors.
fn each(
    linear: &Linear,
    change: impl Fn(&Tensor) -> candle_core::Result<Tensor>,
) -> candle_core::Result<Linear> {
    let bias = linear.bias().map(&change).transpose()?;
    Ok(Linear::new(change(linear.weight())?, bias))
}

/// Each step `ticks` times over.
pub(crate) fn repeat_steps(x: &Tensor, ticks: usize) -> Result<Tensor> {
    if ticks == 1 {
        return Ok(x.clone());
    }
    let mut shape = x.dims().to_vec();
    shape.insert(1, ticks);
    let repeated = x.unsqueeze(1)?.broadcast_as(shape)?.contiguous()?;
    Ok(repeated.flatten(0, 1)?)
}

/// The last of every `ticks` rows.
fn every(hidden: &Tensor, ticks: usize) -> Result<Tensor> {
    if ticks == 1 {
        return Ok(hidden.clone());
    }
    let (rows, batch, size) = hidden.dims3()?;
    let by_step = hidden.contiguous()?.reshape((rows / ticks, ticks, batch, size))?;
    Ok(by_step.narrow(1, ticks - 1, 1)?.squeeze(1)?)
}

/// candle wraps every error; a cancelled ticket is the reason that counts.
pub(crate) fn or_cancelled(error: candle_core::Error, ticket: &Ticket) -> Error {
    if ticket.is_cancelled() { Error::Cancelled } else { error.into() }
}
