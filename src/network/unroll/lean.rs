//! A layer run for its hidden states alone, as training needs it.
//!
//! Whoever asks for the gradients of all states pays for them: candle keeps states, probe and
//! several gradients of their size, three times what the way back needs. Here the operation keeps
//! states and activations to itself, hands out the h that are read, and works the gradients of the
//! states out one step at a time. The numbers are those of [`super::unroll`], bit by bit.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use candle_core::{CpuStorage, CustomOp2, Device, Layout, Result, Shape, Tensor};

use super::backward::{Read, WayBack, input_gradient, numbers, parameter_gradient};
use super::forward::forward;
use super::layout::{Dims, Parameters, add};
use super::tally::Tally;
use super::{Activations, input, slice};
use crate::network::cell::State;
use crate::network::real::Real;
use crate::network::spec::Cell;
use crate::ticket::Ticket;

/// Where a layer starts from, and what is read of it.
#[derive(Clone, Copy)]
pub(in super::super) struct Start<'a> {
    /// Initial states `[S, B, H]`, in the number format of the parameters; zero if there are none.
    pub(in super::super) states: Option<&'a Tensor>,
    /// Whether h of the last step alone is read, not of every step.
    pub(in super::super) last_alone: bool,
}

/// Runs one layer and returns h `[T, B, H]` after each step (`[1, B, H]` after the last, if it alone
/// is read), through which gradients flow, and the states `[S, B, H]` it ends with, cut off from them.
///
/// # Errors
/// Shapes that do not fit, and the ticket's cancellation.
pub(in super::super) fn hidden_alone(
    cell: Cell,
    x: &Tensor,
    packed: &Tensor,
    start: Start<'_>,
    ticket: &Ticket,
) -> Result<(Tensor, Tensor)> {
    let end = Arc::new(OnceLock::new());
    let op = Lean {
        cell,
        hidden: packed.dim(1)? / cell.gates(),
        start: start.states.map(Tensor::contiguous).transpose()?,
        last_alone: start.last_alone,
        saved: Mutex::new(None),
        end: Arc::clone(&end),
        ticket: ticket.clone(),
    };
    let hidden = x.contiguous()?.apply_op2(&packed.contiguous()?, op)?;
    match end.get() {
        Some(states) => Ok((hidden, states.clone())),
        None => candle_core::bail!("unroll: a run without an end"),
    }
}

struct Lean {
    cell: Cell,
    hidden: usize,
    start: Option<Tensor>,
    last_alone: bool,
    /// From the forward pass, taken by the backward pass.
    saved: Mutex<Option<Saved>>,
    /// The states after the last step.
    end: Arc<OnceLock<Tensor>>,
    ticket: Ticket,
}

enum Saved {
    F32(Kept<f32>),
    F64(Kept<f64>),
}

/// What the way back needs.
struct Kept<R> {
    /// `[S, T+1, B, H]`.
    states: Vec<R>,
    activations: Activations<R>,
}

impl CustomOp2 for Lean {
    fn name(&self) -> &'static str {
        "unroll, hidden states alone"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_layout: &Layout,
        packed: &CpuStorage,
        packed_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let dims = self.dims(x_layout.shape(), packed_layout.shape())?;
        let shape = Shape::from((self.read(dims), dims.batch, dims.hidden));
        let (storage, saved) = match packed {
            CpuStorage::F32(_) => {
                let packed = slice::<f32>(packed, packed_layout)?;
                let (read, kept) = self.forward(dims, x, x_layout, packed)?;
                (CpuStorage::F32(read), Saved::F32(kept))
            }
            _ => {
                let packed = slice::<f64>(packed, packed_layout)?;
                let (read, kept) = self.forward(dims, x, x_layout, packed)?;
                (CpuStorage::F64(read), Saved::F64(kept))
            }
        };
        *self.saved.lock().unwrap_or_else(PoisonError::into_inner) = Some(saved);
        Ok((storage, shape))
    }

    fn bwd(
        &self,
        x: &Tensor,
        packed: &Tensor,
        _: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner).take();
        match saved {
            Some(Saved::F32(kept)) => self.backward(kept, x, packed, grad),
            Some(Saved::F64(kept)) => self.backward(kept, x, packed, grad),
            None => candle_core::bail!("unroll: the backward pass runs once per forward pass"),
        }
    }
}

impl Lean {
    fn dims(&self, x: &Shape, packed: &Shape) -> Result<Dims> {
        let (steps, batch) = match *x.dims() {
            [steps, batch] | [steps, batch, _] => (steps, batch),
            _ => candle_core::bail!("unroll: x {x:?} is neither [T, B, I] nor [T, B]"),
        };
        let states = Shape::from((self.cell.states(), steps + 1, batch, self.hidden));
        Dims::of(self.cell, (1, 0), x, packed, &states)
    }

    /// Steps whose h is read.
    fn read(&self, dims: Dims) -> usize {
        if self.last_alone { 1 } else { dims.steps }
    }

    fn forward<R: Real>(
        &self,
        dims: Dims,
        x: &CpuStorage,
        x_layout: &Layout,
        packed: &[R],
    ) -> Result<(Vec<R>, Kept<R>)> {
        let planes = self.cell.states();
        let mut states = vec![R::default(); planes * dims.plane()];
        if let Some(start) = &self.start {
            let start = numbers::<R>(start)?;
            if start.len() != planes * dims.state() {
                candle_core::bail!("unroll: initial states do not fit");
            }
            for (plane, start) in
                states.chunks_exact_mut(dims.plane()).zip(start.chunks_exact(dims.state()))
            {
                plane[..dims.state()].copy_from_slice(start);
            }
        }
        let x = input(x, x_layout, dims)?;
        let (rule, mut tally) = ((self.cell, &self.ticket), Tally::new(None, dims));
        let (states, activations) = forward(rule, dims, x, packed, states, &mut tally)?;
        let rows = states.chunks_exact(dims.plane());
        let end: Vec<R> =
            rows.flat_map(|plane| &plane[dims.plane() - dims.state()..]).copied().collect();
        let end = Tensor::from_vec(end, (planes, dims.batch, dims.hidden), &Device::Cpu)?;
        // Nobody else sets it.
        let _ = self.end.set(end);
        let read = states[dims.plane() - self.read(dims) * dims.state()..dims.plane()].to_vec();
        Ok((read, Kept { states, activations }))
    }

    /// Gradients of x and the packed parameters: of exactly those that candle tracks.
    fn backward<R: Real>(
        &self,
        kept: Kept<R>,
        x: &Tensor,
        packed: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let Kept { states, activations: mut saved } = kept;
        let dims = self.dims(x.shape(), packed.shape())?;
        let packed_numbers = numbers::<R>(packed)?;
        let parameters = Parameters::unpack(&packed_numbers, dims);
        let direct = numbers::<R>(grad)?;
        let first = dims.steps - self.read(dims);
        let mut h = vec![R::default(); dims.state()];
        let mut c = vec![R::default(); if self.cell.states() == 2 { dims.state() } else { 0 }];
        let mut way = WayBack::new(self.cell, dims, parameters, &states);
        for t in (0..dims.steps).rev() {
            h.fill(R::default());
            c.fill(R::default());
            if let Some(row) = t.checked_sub(first) {
                add(&mut h, &direct[row * dims.state()..][..dims.state()]);
            }
            way.step(t, &self.ticket, &mut saved, State { h: &mut h, c: &mut c })?;
        }
        let tensor =
            |numbers: Vec<R>, like: &Tensor| Tensor::from_vec(numbers, like.shape(), like.device());
        let x_grad = if x.track_op() {
            Some(tensor(input_gradient(dims, parameters, &saved), x)?)
        } else {
            None
        };
        let packed_grad = if packed.track_op() {
            let x = Read::of(x)?;
            let grad = parameter_gradient(self.cell, dims, x.input(), &states, &saved);
            Some(tensor(grad, packed)?)
        } else {
            None
        };
        Ok((x_grad, packed_grad))
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{DType, Var};

    use super::super::{hidden_of, unroll};
    use super::*;
    use crate::network::spec::{Nonlinearity, Wiring};
    use crate::rng::Generator;

    fn bits(tensor: &Tensor) -> Vec<u32> {
        let numbers = tensor.flatten_all().unwrap().to_vec1::<f32>().unwrap();
        numbers.into_iter().map(f32::to_bits).collect()
    }

    /// h, end, and the gradients of input and parameters, as bits, either way.
    fn either_way(cell: Cell, last_alone: bool, symbols: bool) -> [[Vec<u32>; 4]; 2] {
        let (steps, batch, inputs, hidden) = (7, 9, 5, 6);
        let mut generator = Generator::seeded(4);
        let mut drawn = |shape: &[usize]| {
            let numbers = generator.randn(shape.iter().product());
            Tensor::from_vec(numbers, shape, &Device::Cpu).unwrap()
        };
        let rows = inputs + 1 + hidden + usize::from(cell.splits_recurrent());
        let packed = Var::from_tensor(&drawn(&[rows, cell.gates() * hidden])).unwrap();
        let start = drawn(&[cell.states(), batch, hidden]);
        let x = match symbols {
            true => {
                let symbols = (0..steps * batch).map(|n| (n * n % inputs) as u32).collect();
                Tensor::from_vec(symbols, (steps, batch), &Device::Cpu).unwrap()
            }
            false => Var::from_tensor(&drawn(&[steps, batch, inputs])).unwrap().into_inner(),
        };
        let weights = drawn(&[if last_alone { 1 } else { steps }, batch, hidden]);
        let grads = |h: &Tensor| {
            let grads = (h * &weights).unwrap().sum_all().unwrap().backward().unwrap();
            let of_x = grads.get(&x).map(bits).unwrap_or_default();
            (of_x, bits(grads.get(&packed).unwrap()))
        };

        let zeros = (cell.states(), steps, batch, hidden);
        let zeros = Tensor::zeros(zeros, DType::F32, &Device::Cpu).unwrap();
        let probe = Tensor::cat(&[&start.unsqueeze(1).unwrap(), &zeros], 1).unwrap();
        let ticket = Ticket::new();
        let states = unroll((cell, Wiring::Stacked), &x, &packed, &probe, &ticket).unwrap();
        let mut h = hidden_of(&states).unwrap();
        if last_alone {
            h = h.narrow(0, steps - 1, 1).unwrap();
        }
        let (of_x, of_packed) = grads(&h);
        let whole = [bits(&h), bits(&states.narrow(1, steps, 1).unwrap()), of_x, of_packed];

        let from = Start { states: Some(&start), last_alone };
        let (h, end) = hidden_alone(cell, &x, &packed, from, &ticket).unwrap();
        let (of_x, of_packed) = grads(&h);
        [whole, [bits(&h), bits(&end), of_x, of_packed]]
    }

    #[test]
    fn numbers_and_gradients_are_bit_by_bit_those_of_the_whole_unroll() {
        let rnn = Cell::Rnn(Nonlinearity::Tanh);
        for cell in [rnn, Cell::Rnn(Nonlinearity::Relu), Cell::Lstm, Cell::Gru] {
            for (last_alone, symbols) in [(true, true), (true, false), (false, false)] {
                let [whole, lean] = either_way(cell, last_alone, symbols);
                assert!(whole == lean, "{cell} {last_alone} {symbols}");
                assert_eq!(whole[2].is_empty(), symbols);
            }
        }
    }
}
