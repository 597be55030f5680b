//! Every number of one pass forward and back, so that anyone can check what is told of them.

use candle_core::{DType, Device, Tensor, Var};

use super::batch::Batch;
use super::jacobian::Recurrence;
use super::measure::{fits_bytes, numbers};
use crate::error::Result;
use crate::network::{LayerRun, Network, NetworkSpec, Probing, Wiring, repeat_steps};
use crate::task::Loss;
use crate::ticket::Ticket;

/// One array with its name. For layer k = 0.. and n ticks a step:
///
/// | name | shape | |
/// |---|---|---|
/// | `loss` | `[]` | the loss |
/// | `input` | `[T, B, I]` | what is read, symbols as one-hot vectors |
/// | `target` | `[T, B, 1]` | the running mean; of a task as its loss reads it; none without a readout |
/// | `output` | `[T, B, O]` or `[1, B, O]` | every output, at the end where that is all; without a readout h |
/// | `h_l{k}`, `c_l{k}` | `[n·T+1, B, H]` | states, row 0 the initial one; c of an LSTM |
/// | `grad_h_l{k}`, `grad_c_l{k}` | `[n·T+1, B, H]` | total dL/dh_t and dL/dc_t |
/// | `jacobian_l{k}` | `[n·T, B, S·H, S·H]` | step t = 1..: d(h, c)_t / d(h, c)_{t-1} of the layer alone |
/// | `weight_ih_l{k}` ... `head.bias` | as in `torch.nn` | parameters as used, scales included; no biases of a file without any |
/// | `grad_weight_ih_l{k}` ... | the same | their gradients, with respect to the scaled parameters |
/// | `grad_input` | `[T, B, I]` | dL/dx |
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// Its name.
    pub name: String,
    /// Its shape; empty for a single number.
    pub shape: Vec<usize>,
    /// Its numbers, row major.
    pub values: Values,
}

/// Numbers in the format in which they were computed.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Single precision.
    F32(Vec<f32>),
    /// Double precision.
    F64(Vec<f64>),
    /// Classes and symbols.
    U32(Vec<u32>),
}

impl Array {
    fn new(name: impl Into<String>, tensor: &Tensor) -> Result<Self> {
        let flat = tensor.flatten_all()?;
        let values = match tensor.dtype() {
            DType::F32 => Values::F32(flat.to_vec1()?),
            DType::U32 => Values::U32(flat.to_vec1()?),
            _ => Values::F64(flat.to_dtype(DType::F64)?.to_vec1()?),
        };
        Ok(Self { name: name.into(), shape: tensor.dims().to_vec(), values })
    }
}

/// Runs a network over a batch and back, and keeps everything; `without_biases` leaves out those of the
/// layers, which are zeros that its file does not have.
///
/// # Errors
/// Too little memory, and [`crate::error::Error::Cancelled`].
pub(super) fn arrays(
    network: &Network,
    without_biases: bool,
    batch: &Batch,
    loss: Loss,
    ticket: &Ticket,
) -> Result<Vec<Array>> {
    let spec = &network.spec;
    fits_bytes(bytes(spec, batch.steps, batch.size))?;
    let dtype = network.dtype();
    let (network, mut variables) = network.variables(dtype)?;
    if without_biases {
        variables.retain(|(name, _)| !name.starts_with("bias_"));
    }
    let x = Var::from_tensor(&as_numbers(&batch.x, spec.input_size, dtype)?)?.into_inner();
    let run = network.run(&x, Probing::On, ticket)?;
    let judged = batch.loss(&run.output, loss)?;
    let grads = judged.backward().map_err(|error| crate::network::or_cancelled(error, ticket))?;
    let gradient = |of: &Tensor| -> Result<Tensor> {
        Ok(grads.get(of).map_or_else(|| of.zeros_like(), |grad| Ok(grad.clone()))?)
    };

    let mut all = vec![
        Array::new("loss", &judged)?,
        Array::new("input", &x)?,
        Array::new("output", &run.output)?,
    ];
    if let Some(target) = batch.target() {
        all.push(Array::new("target", target)?);
    }
    for (layer, LayerRun { states, probe, carry: _ }) in run.layers.iter().enumerate() {
        let grads = gradient(probe)?;
        for (plane, state) in ["h", "c"].iter().take(states.dim(0)?).enumerate() {
            all.push(Array::new(format!("{state}_l{layer}"), &states.get(plane)?)?);
            all.push(Array::new(format!("grad_{state}_l{layer}"), &grads.get(plane)?)?);
        }
    }
    let read = repeat_steps(&x, spec.ticks)?;
    let states: Vec<&Tensor> = run.layers.iter().map(|layer| &layer.states).collect();
    for layer in 0..states.len() {
        all.push(jacobians(&network, layer, &read, &states, ticket)?);
    }
    for (name, variable) in &variables {
        all.push(Array::new(name.as_str(), variable)?);
    }
    for (name, variable) in &variables {
        all.push(Array::new(format!("grad_{name}"), &gradient(variable)?)?);
    }
    all.push(Array::new("grad_input", &gradient(&x)?)?);
    Ok(all)
}

/// The step Jacobians of a layer for every tick and sequence, in f64.
fn jacobians(
    network: &Network,
    layer: usize,
    x: &Tensor,
    states: &[&Tensor],
    ticket: &Ticket,
) -> Result<Array> {
    let spec = &network.spec;
    let recurrence = Recurrence::new(spec.cell, &network.layers[layer])?;
    let (planes, rows, batch, hidden) = states[layer].dims4()?;
    let read = read_by(spec, layer, x, states)?;
    let width = read.dim(2)?;
    let (read, h) = (numbers(&read)?, numbers(&states[layer].get(0)?)?);
    let c = if planes > 1 { numbers(&states[layer].get(1)?)? } else { Vec::new() };
    let size = recurrence.size();
    let ticks = rows - 1;
    let mut values = Vec::with_capacity(ticks * batch * size * size);
    for (tick, x) in read.chunks_exact(batch * width).enumerate() {
        ticket.advance(0)?;
        for (b, x) in x.chunks_exact(width).enumerate() {
            let at = (tick * batch + b) * hidden;
            let of = |state: &[f64]| -> Vec<f64> {
                state.get(at..at + hidden).unwrap_or_default().to_vec()
            };
            let matrix = recurrence.step(x, &of(&h), &of(&c)).matrix;
            values.extend(
                (0..size).flat_map(|i| (0..size).map(move |j| (i, j))).map(|at| matrix[at]),
            );
        }
    }
    let shape = vec![ticks, batch, size, size];
    Ok(Array { name: format!("jacobian_l{layer}"), shape, values: Values::F64(values) })
}

/// What a layer reads at each tick, `[n·T, B, I]`, followed by what its skip connection reads.
fn read_by(spec: &NetworkSpec, layer: usize, x: &Tensor, states: &[&Tensor]) -> Result<Tensor> {
    // h of a layer from tick `from` on, where 0 is the initial state.
    let hidden = |layer: usize, from: usize| -> Result<Tensor> {
        let h = states[layer].get(0)?;
        Ok(h.narrow(0, from, h.dim(0)? - 1)?.contiguous()?)
    };
    match (spec.wiring, layer) {
        (Wiring::Stacked, 0) => Ok(x.clone()),
        (Wiring::Stacked, _) => hidden(layer - 1, 1),
        // The lowest layer reads the top one a tick late.
        (Wiring::Skips, 0) => Ok(Tensor::cat(&[x, &hidden(states.len() - 1, 0)?], 2)?),
        (Wiring::Skips, _) => Ok(Tensor::cat(&[x, &hidden(layer - 1, 1)?], 2)?),
    }
}

/// The input as numbers `[T, B, I]`: symbols `[T, B]` become one-hot vectors.
fn as_numbers(x: &Tensor, features: usize, dtype: DType) -> Result<Tensor> {
    if x.rank() > 2 {
        return Ok(x.to_dtype(dtype)?);
    }
    let (steps, batch) = x.dims2()?;
    let mut numbers = vec![0.0_f32; steps * batch * features];
    for (place, symbol) in x.flatten_all()?.to_vec1::<u32>()?.into_iter().enumerate() {
        numbers[place * features + symbol as usize] = 1.0;
    }
    Ok(Tensor::from_vec(numbers, (steps, batch, features), &Device::Cpu)?.to_dtype(dtype)?)
}

/// Bytes that all arrays take, with the copies made of them on their way into a file.
fn bytes(spec: &NetworkSpec, steps: usize, batch: usize) -> f64 {
    /// A tensor, its array, and its text.
    const BYTES_A_NUMBER: f64 = 48.0;
    let [layers, states, hidden] = [spec.num_layers, spec.cell.states(), spec.hidden_size];
    let [layers, states, hidden] = [layers, states, hidden].map(|count| count as f64);
    let places = (steps * batch) as f64;
    let ticks = places * spec.ticks as f64;
    let of_layers = layers * ticks * (2.0 * states * hidden + (states * hidden).powi(2));
    let at_the_ends = places * (2 * spec.input_size + 2 * spec.output_size) as f64;
    (of_layers + at_the_ends + 2.0 * spec.parameter_count() as f64) * BYTES_A_NUMBER
}
