//! Backpropagation through ticks and layers.

use candle_core::{Result, Tensor};

use super::super::backward::{
    Read, Tensors, input_gradient, numbers, parameter_gradient, split_recurrent,
};
use super::super::layout::{Dims, Parameters, add, chunk, chunk_of, step_of};
use super::super::{Activations, Grads, Unroll};
use super::weights::{Factors, unpack};
use super::{planes, skipped};
use crate::network::cell::{Backward, State};
use crate::network::kernel::{Matrix, add_product, dispatch};
use crate::network::real::Real;

/// Gradients of x, the packed parameters and the probe: of exactly those that candle tracks.
pub(in super::super) fn backward<R: Real>(
    op: &Unroll,
    saved: Activations<R>,
    tensors: &Tensors<'_>,
) -> Result<Grads> {
    let &Tensors { x, packed, probe, states, grad } = tensors;
    let dims = op.dims(x.shape(), packed.shape(), probe.shape())?;
    let mut states = numbers::<R>(states)?;
    let packed_numbers = numbers::<R>(packed)?;
    let parameters = unpack(&packed_numbers, dims);
    let (grads, saved) = through_time(op, dims, &parameters, saved, &states, numbers(grad)?)?;
    let saved = by_layer(op, dims, saved);

    let tensor =
        |numbers: Vec<R>, like: &Tensor| Tensor::from_vec(numbers, like.shape(), like.device());
    let x_grad = if x.track_op() {
        let mut sum = vec![R::default(); dims.steps * dims.batch * dims.input];
        for (parameters, saved) in parameters.iter().zip(&saved) {
            add(&mut sum, &input_gradient(dims, *parameters, saved));
        }
        Some(tensor(sum, x)?)
    } else {
        None
    };
    let packed_grad = if packed.track_op() {
        let x = Read::of(x)?;
        let mut all = Vec::with_capacity(packed_numbers.len());
        for (layer, saved) in saved.iter().enumerate() {
            let (hidden, _) = planes(op.cell, dims, &mut states, layer);
            all.extend(parameter_gradient(op.cell, dims, x.input(), hidden, saved));
            let (source, row) = skipped(dims, layer, 0);
            let (below, _) = planes(op.cell, dims, &mut states, source);
            all.extend(skip_gradient(dims, &below[row * dims.state()..], saved));
        }
        Some(tensor(all, packed)?)
    } else {
        None
    };
    let probe_grad = probe.track_op().then(|| tensor(grads, probe)).transpose()?;
    Ok((x_grad, packed_grad, probe_grad))
}

/// BPTT: turns the direct gradients of the states into total ones, and the saved activations into
/// gradients of the pre-activations. At each tick the top layer comes first, because the others
/// reach the loss through it as well.
fn through_time<R: Real>(
    op: &Unroll,
    dims: Dims,
    parameters: &[Parameters<'_, R>],
    saved: Activations<R>,
    states: &[R],
    mut grads: Vec<R>,
) -> Result<(Vec<R>, Activations<R>)> {
    let cell = op.cell;
    let Activations { mut gates, mut extra } = saved;
    let factors: Vec<_> = parameters.iter().map(|one| Factors::transposed(one, dims)).collect();
    let has_cells = cell.states() == 2;
    let zeros = || vec![R::default(); dims.state()];
    let mut carries: Vec<(Vec<R>, Vec<R>)> =
        factors.iter().map(|_| (zeros(), if has_cells { zeros() } else { Vec::new() })).collect();
    let mut recurrent = vec![R::default(); dims.split * dims.gates()];
    let mut below = zeros();
    for t in (0..dims.steps).rev() {
        for (layer, factors) in factors.iter().enumerate().rev() {
            op.advance()?;
            let (carry_h, carry_c) = &mut carries[layer];
            let (grad_hidden, grad_cells) = planes(cell, dims, &mut grads, layer);
            let (_, grad) = step_of(grad_hidden, grad_cells, t, dims);
            add(grad.h, carry_h);
            add(grad.c, carry_c);
            let size = cell.states() * dims.plane();
            let (hidden, cells) = states[layer * size..][..size].split_at(dims.plane());
            let at = |plane| chunk_of(plane, t, dims.state());
            let before = State { h: at(hidden), c: at(cells) };
            let at = layer * dims.steps + t;
            let gates = chunk(&mut gates, at, dims.gates());
            let extra = chunk(&mut extra, at, dims.state() * cell.extra_width());
            let carry = State { h: &mut carry_h[..], c: &mut carry_c[..] };
            let hidden_size = dims.hidden;
            dispatch(Backward { cell, hidden_size, gates, extra, before, grad, carry });
            below.fill(R::default());
            factors.skip.add_product(&mut below, gates, dims.batch);
            let through = if cell.splits_recurrent() {
                split_recurrent(dims, gates, extra, &mut recurrent);
                &recurrent
            } else {
                &*gates
            };
            factors.hidden.add_product(carry_h, through, dims.batch);
            let (source, row) = skipped(dims, layer, t);
            let (grad_hidden, _) = planes(cell, dims, &mut grads, source);
            add(chunk(grad_hidden, row, dims.state()), &below);
        }
    }
    for (layer, (carry_h, carry_c)) in carries.iter().enumerate() {
        let (grad_hidden, grad_cells) = planes(cell, dims, &mut grads, layer);
        add(&mut grad_hidden[..dims.state()], carry_h);
        add(grad_cells, carry_c);
    }
    Ok((grads, Activations { gates, extra }))
}

/// The activations of each layer on their own.
fn by_layer<R: Real>(op: &Unroll, dims: Dims, saved: Activations<R>) -> Vec<Activations<R>> {
    let Activations { gates, extra } = saved;
    let own = dims.steps * dims.gates();
    let extra_own = dims.steps * dims.state() * op.cell.extra_width();
    (0..dims.layers)
        .map(|layer| Activations {
            gates: gates[layer * own..][..own].to_vec(),
            extra: extra[layer * extra_own..][..extra_own].to_vec(),
        })
        .collect()
}

/// Gradient of W_skip^T: `below` begins with the state that the skip connection read first.
fn skip_gradient<R: Real>(dims: Dims, below: &[R], saved: &Activations<R>) -> Vec<R> {
    let rows = dims.steps * dims.batch;
    let mut grad = vec![R::default(); dims.hidden * dims.width];
    let below = Matrix::new(&below[..rows * dims.hidden], rows, dims.hidden).transposed();
    add_product(&mut grad, dims.width, below, Matrix::new(&saved.gates, rows, dims.width));
    grad
}
