//! Backpropagation through time over the whole sequence.

use candle_core::{Layout, Result, Storage, Tensor};

use super::layout::{Dims, Input, Parameters, add, chunk, chunk_of, step_of};
use super::{Activations, Grads, Unroll, advance, slice};
use crate::network::cell::{Backward, State};
use crate::network::kernel::{Factor, Matrix, add_product, dispatch};
use crate::network::real::Real;
use crate::network::spec::Cell;
use crate::ticket::Ticket;

/// The tensors of one backward call, as candle hands them over.
pub(super) struct Tensors<'a> {
    pub(super) x: &'a Tensor,
    pub(super) packed: &'a Tensor,
    pub(super) probe: &'a Tensor,
    pub(super) states: &'a Tensor,
    /// dL/dstates through whatever reads the states.
    pub(super) grad: &'a Tensor,
}

/// Gradients of x, the packed parameters and the probe: of exactly those that candle tracks.
pub(super) fn backward<R: Real>(
    op: &Unroll,
    saved: Activations<R>,
    tensors: &Tensors<'_>,
) -> Result<Grads> {
    let &Tensors { x, packed, probe, states, grad } = tensors;
    let dims = op.dims(x.shape(), packed.shape(), probe.shape())?;
    let (storage, layout) = states.storage_and_layout();
    let states = borrowed::<R>(&storage, layout)?;
    let packed_numbers = numbers::<R>(packed)?;
    let parameters = Parameters::unpack(&packed_numbers, dims);
    let (grads, saved) = through_time(op, dims, parameters, saved, states, numbers(grad)?)?;

    let tensor =
        |numbers: Vec<R>, like: &Tensor| Tensor::from_vec(numbers, like.shape(), like.device());
    let x_grad = if x.track_op() {
        Some(tensor(input_gradient(dims, parameters, &saved), x)?)
    } else {
        None
    };
    let packed_grad = if packed.track_op() {
        let x = Read::of(x)?;
        Some(tensor(parameter_gradient(op.cell, dims, x.input(), states, &saved), packed)?)
    } else {
        None
    };
    let probe_grad = probe.track_op().then(|| tensor(grads, probe)).transpose()?;
    Ok((x_grad, packed_grad, probe_grad))
}

pub(super) fn numbers<R: Real>(tensor: &Tensor) -> Result<Vec<R>> {
    tensor.flatten_all()?.to_vec1::<R>()
}

/// The numbers of a contiguous tensor, without copying them.
fn borrowed<'a, R: Real>(storage: &'a Storage, layout: &Layout) -> Result<&'a [R]> {
    match storage {
        Storage::Cpu(storage) => slice(storage, layout),
        _ => candle_core::bail!("unroll: runs on the CPU alone"),
    }
}

/// A copy of what the layer read.
pub(super) enum Read<R> {
    Dense(Vec<R>),
    Symbols(Vec<u32>),
}

impl<R: Real> Read<R> {
    pub(super) fn of(x: &Tensor) -> Result<Self> {
        Ok(match x.rank() {
            2 => Self::Symbols(x.flatten_all()?.to_vec1()?),
            _ => Self::Dense(numbers(x)?),
        })
    }

    pub(super) fn input(&self) -> Input<'_, R> {
        match self {
            Self::Dense(x) => Input::Dense(x),
            Self::Symbols(symbols) => Input::Symbols(symbols),
        }
    }
}

/// BPTT. Turns the direct gradients of the states into total ones, and the saved activations
/// into gradients of the pre-activations.
fn through_time<R: Real>(
    op: &Unroll,
    dims: Dims,
    parameters: Parameters<'_, R>,
    mut saved: Activations<R>,
    states: &[R],
    mut grads: Vec<R>,
) -> Result<(Vec<R>, Activations<R>)> {
    let (grad_hidden, grad_cells) = grads.split_at_mut(dims.plane());
    let mut way = WayBack::new(op.cell, dims, parameters, states);
    for t in (0..dims.steps).rev() {
        let (_, grad) = step_of(grad_hidden, grad_cells, t, dims);
        way.step(t, &op.ticket, &mut saved, grad)?;
    }
    add(&mut grad_hidden[..dims.state()], &way.carry.h);
    if !grad_cells.is_empty() {
        add(&mut grad_cells[..dims.state()], &way.carry.c);
    }
    Ok((grads, saved))
}

/// The way back through a layer, a step at a time.
pub(super) struct WayBack<'a, R: Clone> {
    cell: Cell,
    dims: Dims,
    states: &'a [R],
    back: Factor<'a, R>,
    /// What the steps gone through send to the states before them.
    carry: State<Vec<R>>,
    recurrent: Vec<R>,
}

impl<'a, R: Real> WayBack<'a, R> {
    /// From after the last step of a run that left these states `[S, T+1, B, H]`.
    pub(super) fn new(
        cell: Cell,
        dims: Dims,
        parameters: Parameters<'a, R>,
        states: &'a [R],
    ) -> Self {
        let cells = if cell.states() == 2 { dims.state() } else { 0 };
        let recurrent = if cell.splits_recurrent() { dims.gates() } else { 0 };
        Self {
            cell,
            dims,
            states,
            back: Factor::new(parameters.hidden.transposed(), dims.batch),
            carry: State { h: vec![R::default(); dims.state()], c: vec![R::default(); cells] },
            recurrent: vec![R::default(); recurrent],
        }
    }

    /// Back through step `t`. `grad` is the direct gradient of the states after it and becomes the
    /// total one; the step's saved activations become gradients of its pre-activations.
    pub(super) fn step(
        &mut self,
        t: usize,
        ticket: &Ticket,
        saved: &mut Activations<R>,
        grad: State<&mut [R]>,
    ) -> Result<()> {
        advance(ticket)?;
        let Self { cell, dims, states, back, carry, recurrent } = self;
        let (cell, dims) = (*cell, *dims);
        let (hidden, cells) = states.split_at(dims.plane());
        add(grad.h, &carry.h);
        add(grad.c, &carry.c);
        let at = |plane| chunk_of(plane, t, dims.state());
        let before = State { h: at(hidden), c: at(cells) };
        let gates = &mut saved.gates[t * dims.gates()..][..dims.gates()];
        let extra = chunk(&mut saved.extra, t, dims.state() * cell.extra_width());
        let hidden_size = dims.hidden;
        let State { h, c } = carry;
        let carry = State { h: &mut h[..], c: &mut c[..] };
        dispatch(Backward { cell, hidden_size, gates, extra, before, grad, carry });
        let through = if cell.splits_recurrent() {
            split_recurrent(dims, gates, extra, recurrent);
            &*recurrent
        } else {
            &*gates
        };
        back.add_product(h, through, dims.batch);
        Ok(())
    }
}

/// The gradient of a GRU's W_hh h + b_hh: that of the gates, but n's as the reset gate lets it in.
pub(super) fn split_recurrent<R: Real>(dims: Dims, gates: &[R], extra: &[R], recurrent: &mut [R]) {
    recurrent.copy_from_slice(gates);
    let rows = recurrent.chunks_exact_mut(dims.width).zip(extra.chunks_exact(dims.hidden));
    for (row, new) in rows {
        row[dims.width - dims.hidden..].copy_from_slice(new);
    }
}

/// dL/dx `[T, B, I]`.
pub(super) fn input_gradient<R: Real>(
    dims: Dims,
    parameters: Parameters<'_, R>,
    saved: &Activations<R>,
) -> Vec<R> {
    let rows = dims.steps * dims.batch;
    let mut grad = vec![R::default(); rows * dims.input];
    let gates = Matrix::new(&saved.gates, rows, dims.width);
    add_product(&mut grad, dims.input, gates, parameters.input.transposed());
    grad
}

/// Gradient of the packed parameters: one product over all steps instead of one a step.
pub(super) fn parameter_gradient<R: Real>(
    cell: Cell,
    dims: Dims,
    x: Input<'_, R>,
    states: &[R],
    saved: &Activations<R>,
) -> Vec<R> {
    let Dims { steps, batch, input, hidden, width, split, .. } = dims;
    let rows = steps * batch;
    let total = (input + 1 + hidden + split) * width;
    let mut grad = vec![R::default(); total];
    let (weight_ih, rest) = grad.split_at_mut(input * width);
    let (bias, rest) = rest.split_at_mut(width);
    let (weight_hh, hidden_bias) = rest.split_at_mut(hidden * width);

    let gates = Matrix::new(&saved.gates, rows, width);
    x.add_gradient(weight_ih, dims, &saved.gates);
    saved.gates.chunks_exact(width).for_each(|row| add(bias, row));

    let before = Matrix::new(&states[..rows * hidden], rows, hidden).transposed();
    if cell.splits_recurrent() {
        let shared = width - hidden;
        let gates = Matrix::strided(&saved.gates, rows, shared, width);
        add_product(weight_hh, width, before, gates);
        let new = Matrix::new(&saved.extra, rows, hidden);
        add_product(&mut weight_hh[shared..], width, before, new);
        hidden_bias[..shared].copy_from_slice(&bias[..shared]);
        saved.extra.chunks_exact(hidden).for_each(|row| add(&mut hidden_bias[shared..], row));
    } else {
        add_product(weight_hh, width, before, gates);
    }
    grad
}
