//! Back through all ticks and layers at once, for any number of losses.
//!
//! Backpropagation through time is linear in what is sent back, so losses of one and the same run
//! are rows of a batch: they share states, gates and weights. A loss at step s joins when the sweep
//! has come to s; whatever happens after s cannot touch it, not even states that are not finite.

use super::backward::split_recurrent;
use super::layout::{Parameters, add};
use super::replay::Replay;
use crate::network::cell::{Backward, State};
use crate::network::kernel::{Factor, dispatch};
use crate::network::real::Real;
use crate::network::spec::Wiring;

/// A sweep from the last tick wanted back to the first. Rows are those of losses, one after another,
/// each of as many rows as there are sequences.
pub(crate) struct Sweep<'a, R: Clone> {
    replay: &'a Replay<R>,
    /// The tick gone back through last, or one more than the first to come.
    tick: usize,
    rows: usize,
    factors: Vec<Factors<'a, R>>,
    /// What has arrived so far, by layer, at the states after the tick that comes next.
    arriving: Vec<State<Vec<R>>>,
    scratch: Scratch<R>,
}

/// What gradients of pre-activations are multiplied by on their way back.
struct Factors<'a, R: Clone> {
    /// To the layer's own state.
    hidden: Factor<'a, R>,
    /// To the layer it reads, if it reads one.
    below: Option<(Factor<'a, R>, usize)>,
}

/// Room for the rows of one layer at one tick.
struct Scratch<R> {
    gates: Vec<R>,
    extra: Vec<R>,
    recurrent: Vec<R>,
    before: State<Vec<R>>,
    next: State<Vec<R>>,
}

/// What one layer did at one tick.
pub(crate) struct Back<'a, R> {
    /// Lowest layer 0.
    pub(crate) layer: usize,
    /// Counted from 0.
    pub(crate) tick: usize,
    /// Total dL/dh after the tick, `[rows, H]`.
    pub(crate) hidden: &'a [R],
    /// Total dL/dc after the tick, `[rows, H]`; empty without a cell state.
    pub(crate) cell: &'a [R],
    /// Gradient of W_hh h + b_hh, `[rows, G·H]`; for a GRU's n within the reset gate.
    pub(crate) delta: &'a [R],
}

impl<'a, R: Real> Sweep<'a, R> {
    /// A sweep through ticks below `end`, with `rows` rows at most in its products.
    pub(crate) fn new(replay: &'a Replay<R>, end: usize, rows: usize) -> Self {
        let factors = (0..replay.layers.len()).map(|layer| Factors::new(replay, layer, rows));
        let empty = || State { h: Vec::new(), c: Vec::new() };
        let scratch = Scratch {
            gates: Vec::new(),
            extra: Vec::new(),
            recurrent: Vec::new(),
            before: empty(),
            next: empty(),
        };
        Self {
            replay,
            tick: end,
            rows: 0,
            factors: factors.collect(),
            arriving: replay.layers.iter().map(|_| empty()).collect(),
            scratch,
        }
    }

    /// Sends `direct [n, H]` into h of the top layer after the tick that comes next, at rows from
    /// `row` on; rows that are new start here.
    pub(crate) fn enter(&mut self, row: usize, direct: &[R]) {
        let Some(top) = self.replay.layers.last() else { return };
        let hidden = top.dims.hidden;
        self.rows = self.rows.max(row + direct.len() / hidden);
        let numbers = self.rows * hidden;
        let cells = if self.replay.cell.states() == 2 { numbers } else { 0 };
        for State { h, c } in &mut self.arriving {
            h.resize(numbers, R::default());
            c.resize(cells, R::default());
        }
        if let Some(State { h, .. }) = self.arriving.last_mut() {
            add(&mut h[row * hidden..], direct);
        }
    }

    /// Goes back through one tick and tells `observe` of each layer, the top one first.
    pub(crate) fn back(&mut self, observe: &mut dyn FnMut(&Back<'_, R>)) {
        self.tick -= 1;
        for layer in (0..self.factors.len()).rev() {
            self.back_through(layer, observe);
        }
    }

    fn back_through(&mut self, layer: usize, observe: &mut dyn FnMut(&Back<'_, R>)) {
        let Self { replay, tick, rows, factors, arriving, scratch } = self;
        let (cell, tick, rows) = (replay.cell, *tick, *rows);
        let recalled = &replay.layers[layer];
        let dims = recalled.dims;
        let copies = rows / dims.batch;
        let Scratch { gates, extra, recurrent, before, next } = scratch;
        let extras = dims.state() * cell.extra_width();
        repeat(gates, &recalled.gates[tick * dims.gates()..][..dims.gates()], copies);
        repeat(extra, &recalled.extra[tick * extras..][..extras], copies);
        let State { h, c } = recalled.state_before(tick);
        repeat(&mut before.h, h, copies);
        repeat(&mut before.c, c, copies);
        let grad = &mut arriving[layer];
        // Every number of it is written by the cell.
        next.h.resize(grad.h.len(), R::default());
        next.c.resize(grad.c.len(), R::default());
        dispatch(Backward {
            cell,
            hidden_size: dims.hidden,
            gates,
            extra,
            before: State { h: &before.h, c: &before.c },
            grad: State { h: &mut grad.h, c: &mut grad.c },
            carry: State { h: &mut next.h, c: &mut next.c },
        });
        let delta = if cell.splits_recurrent() {
            recurrent.resize(gates.len(), R::default());
            split_recurrent(dims, gates, extra, recurrent);
            &*recurrent
        } else {
            &*gates
        };
        factors[layer].hidden.add_product(&mut next.h, delta, rows);
        observe(&Back { layer, tick, hidden: &grad.h, cell: &grad.c, delta });
        std::mem::swap(grad, next);
        if let Some((factor, source)) = &factors[layer].below {
            factor.add_product(&mut arriving[*source].h, gates, rows);
        }
    }
}

impl<'a, R: Real> Factors<'a, R> {
    fn new(replay: &'a Replay<R>, layer: usize, rows: usize) -> Self {
        let recalled = &replay.layers[layer];
        let parameters = Parameters::unpack(&recalled.packed, recalled.dims);
        // Whoever is above in the same tick has been gone through before; the lowest layer's skip
        // connection leads to the tick before, at which the top layer then already waits.
        let below = match (replay.wiring, layer.checked_sub(1)) {
            (Wiring::Stacked, None) => None,
            (Wiring::Stacked, Some(below)) => Some((parameters.input, below)),
            (Wiring::Skips, Some(below)) => Some((parameters.skip, below)),
            (Wiring::Skips, None) => Some((parameters.skip, replay.layers.len() - 1)),
        };
        Self {
            hidden: Factor::new(parameters.hidden.transposed(), rows),
            below: below.map(|(matrix, below)| (Factor::new(matrix.transposed(), rows), below)),
        }
    }
}

/// `values` `copies` times over.
fn repeat<R: Copy>(out: &mut Vec<R>, values: &[R], copies: usize) {
    out.clear();
    for _ in 0..copies {
        out.extend_from_slice(values);
    }
}
