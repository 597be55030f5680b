//! One layer as a network of a single tick, at all ticks of the sequence at once: what it read and where
//! it started are those of the whole run, as rows of one batch.

use std::ops::Range;

use candle_core::{Device, Tensor};

use super::direction::moved;
use super::gradients::{States, Subject};
use super::kinks::sides;
use super::ridders::Sample;
use crate::error::Result;
use crate::flow::measure::numbers;
use crate::network::{
    Cell, LayerParameters, Network, NetworkSpec, Nonlinearity, Reading, Wiring, repeat_steps,
};
use crate::ticket::Ticket;

/// Rounding of a state in units of its last place.
const ULPS: f64 = 4.0;

/// A layer's states after one tick may be off those of the whole run by such a part of their size.
const FAITHFUL: f64 = 1e-9;

/// h and c `[n·T, B, H]`; c empty without a cell state.
struct Rows {
    h: Vec<f64>,
    c: Vec<f64>,
}

/// What is moved, and along which direction: `[n·T, B, H]`, or a tensor of parameters.
pub(super) enum Move<'a> {
    /// The state at which each tick starts: h, or c.
    Start { cell: bool, way: &'a [f64] },
    /// c of the tick itself, before its h is made of it.
    Cell { way: &'a [f64] },
    /// The h of the layer that this one reads.
    Below { way: &'a [f64] },
    /// The tensor at a place of [`LayerParameters::named`].
    Parameter { place: usize, way: &'a [f64] },
}

/// One layer of one tick.
pub(super) struct Link<'a> {
    spec: NetworkSpec,
    parameters: &'a LayerParameters,
    /// Columns of the input, and what of it comes from another layer: all from `own` on.
    columns: usize,
    own: usize,
    x: Input,
    start: Rows,
    states: &'a States,
    base: Rows,
    /// Numbers of a state of one tick.
    state: usize,
    /// Whether single ticks do what the whole run did.
    pub(super) faithful: bool,
    ticket: &'a Ticket,
}

/// What a layer reads, `[n·T·B]` rows.
enum Input {
    Numbers(Vec<f64>),
    Symbols(Tensor),
}

impl<'a> Link<'a> {
    /// Layer `n` of a network with these states.
    pub(super) fn new(subject: &Subject<'a>, layers: &'a [States], n: usize) -> Result<Self> {
        let spec = subject.network.spec;
        let (state, ticks) = (subject.state(), subject.ticks());
        let (x, columns, own) = read_by(subject, layers, n)?;
        let states = &layers[n];
        let before = |plane: usize| match states.values.get(plane) {
            Some(values) => values[..ticks * state].to_vec(),
            None => Vec::new(),
        };
        let start = Rows { h: before(0), c: before(1) };
        let parameters = &subject.network.layers[n];
        let base = Rows { h: Vec::new(), c: Vec::new() };
        let ticket = subject.ticket;
        let mut link = Self {
            spec,
            parameters,
            columns,
            own,
            x,
            start,
            states,
            base,
            state,
            faithful: true,
            ticket,
        };
        let zero = vec![0.0; link.start.c.len()];
        link.base = link.run(&link.x.tensor(columns)?, parameters, &link.start, &zero)?;
        link.faithful = link.is_faithful();
        Ok(link)
    }

    fn is_faithful(&self) -> bool {
        let near = |(found, expected): (&Vec<f64>, &Vec<f64>)| {
            let expected = &expected[self.state..];
            found.chunks(self.state).zip(expected.chunks(self.state)).all(|(found, expected)| {
                let size = expected.iter().fold(1.0_f64, |size, value| size.max(value.abs()));
                let near = |(a, b): (&f64, &f64)| (a - b).abs() <= FAITHFUL * size;
                found.iter().zip(expected).all(near)
            })
        };
        [&self.base.h, &self.base.c].into_iter().zip(&self.states.values).all(near)
    }

    /// One tick from `start`, with `probe` added to c.
    fn run(
        &self,
        x: &Tensor,
        parameters: &LayerParameters,
        start: &Rows,
        probe: &[f64],
    ) -> Result<Rows> {
        let (cell, hidden) = (self.spec.cell, self.spec.hidden_size);
        let (rows, numbers_of_plane) = (start.h.len() / hidden, start.h.len());
        let mut probes = start.h.clone();
        probes.resize(2 * numbers_of_plane, 0.0);
        probes.extend(start.c.iter().chain(probe));
        let shape = (cell.states(), 2, rows, hidden);
        let probes = Tensor::from_vec(probes, shape, &Device::Cpu)?;
        // Nothing is read off.
        let spec = NetworkSpec {
            reading: Reading::States,
            ..NetworkSpec::new(cell, [self.columns, hidden, 1, hidden])
        };
        let network = Network { spec, layers: vec![side_by_side(parameters)?], readout: None };
        let run = network.run_probed(x, vec![probes], self.ticket)?;
        let states = &run.layers[0].states;
        let plane = |n: usize| numbers(&states.get(n)?.get(1)?);
        let c = if cell.states() == 2 { plane(1)? } else { Vec::new() };
        Ok(Rows { h: plane(0)?, c })
    }

    /// h and c after a move by `step`, each as though the other had not changed within the tick: what
    /// c does to h, dL/dc counts already.
    fn after(&self, change: &Move<'_>, step: f64) -> Result<Rows> {
        let mut x = self.x.tensor(self.columns)?;
        let (mut h, mut c) = (self.start.h.clone(), self.start.c.clone());
        let mut probe = vec![0.0; c.len()];
        let mut parameters = self.parameters.clone();
        match *change {
            Move::Start { cell: false, way } => h = moved(&h, way, step),
            Move::Start { cell: true, way } => c = moved(&c, way, step),
            Move::Cell { way } => probe = moved(&probe, way, step),
            Move::Below { way } => x = self.x.moved((self.own, self.columns), way, step)?,
            Move::Parameter { place, way } => {
                if let Some(tensor) = parameters.tensors_mut().into_iter().nth(place) {
                    let values = moved(&numbers(tensor)?, way, step);
                    *tensor = Tensor::from_vec(values, tensor.shape(), &Device::Cpu)?;
                }
            }
        }
        let start = Rows { h, c };
        let after = self.run(&x, &parameters, &start, &probe)?;
        if after.c.is_empty() || matches!(change, Move::Cell { .. }) {
            return Ok(after);
        }
        let held: Vec<f64> = self.base.c.iter().zip(&after.c).map(|(base, c)| base - c).collect();
        let Rows { h, .. } = self.run(&x, &parameters, &start, &held)?;
        Ok(Rows { h, c: after.c })
    }

    /// What moving both ways does to the loss, through the states after each tick and autograd's
    /// gradients of those, by tick from 0.
    pub(super) fn effect(&self, change: &Move<'_>, step: f64) -> Result<Vec<Sample>> {
        let (above, below) = (self.after(change, step)?, self.after(change, -step)?);
        // Where c itself is moved, it counts by what it does to h.
        let with_cell = !(above.c.is_empty() || matches!(change, Move::Cell { .. }));
        let kinked = self.spec.cell == Cell::Rnn(Nonlinearity::Relu);
        let sample = |tick: usize| {
            let rows = tick * self.state..(tick + 1) * self.state;
            let mut sample = self.weigh(0, rows.clone(), [&above.h, &below.h, &self.base.h]);
            if with_cell {
                sample.add(&self.weigh(1, rows.clone(), [&above.c, &below.c, &self.base.c]));
            }
            if kinked {
                let side = |of: &Rows| sides(&of.h[rows.clone()]);
                let base = side(&self.base);
                sample.smooth = side(&above) == base && side(&below) == base;
            }
            sample
        };
        Ok((0..self.base.h.len() / self.state).map(sample).collect())
    }

    /// States above, below and at rest, weighed by the gradient of one plane.
    fn weigh(&self, plane: usize, rows: Range<usize>, states: [&[f64]; 3]) -> Sample {
        let grads = &self.states.grads[plane][self.state..][rows.clone()];
        let mut sum = Sample::NOTHING;
        for (n, grad) in rows.zip(grads) {
            let [above, below, base] = states.map(|state| state[n]);
            // h is made with an error of c too.
            let more = if plane == 0 { self.base.c.get(n).map_or(0.0, |c| c.abs()) } else { 0.0 };
            sum.difference += grad * (above - below);
            sum.bend += grad * (above + below - 2.0 * base);
            sum.noise += ULPS * f64::EPSILON * grad.abs() * (above.abs() + below.abs() + more);
        }
        sum
    }
}

impl Input {
    fn tensor(&self, columns: usize) -> Result<Tensor> {
        match self {
            Self::Numbers(values) => of_rows(values.clone(), columns),
            Self::Symbols(symbols) => Ok(symbols.clone()),
        }
    }

    /// With the last columns, from `own` on, moved.
    fn moved(&self, (own, columns): (usize, usize), way: &[f64], step: f64) -> Result<Tensor> {
        let Self::Numbers(values) = self else { return self.tensor(columns) };
        let mut values = values.clone();
        let rows = values.chunks_exact_mut(columns).zip(way.chunks_exact(columns - own));
        for (row, way) in rows {
            for (value, way) in row[own..].iter_mut().zip(way) {
                *value += step * way;
            }
        }
        of_rows(values, columns)
    }
}

fn of_rows(values: Vec<f64>, columns: usize) -> Result<Tensor> {
    let rows = values.len() / columns;
    Ok(Tensor::from_vec(values, (1, rows, columns), &Device::Cpu)?)
}

/// What layer `n` reads at every tick, its columns, and how many of them are the network's own input.
fn read_by(subject: &Subject<'_>, layers: &[States], n: usize) -> Result<(Input, usize, usize)> {
    let Subject { network, batch, .. } = subject;
    let spec = &network.spec;
    let (hidden, state) = (spec.hidden_size, subject.state());
    let after = |layer: usize| layers[layer].values[0][state..].to_vec();
    if spec.wiring == Wiring::Stacked && n > 0 {
        return Ok((Input::Numbers(after(n - 1)), hidden, 0));
    }
    let x = repeat_steps(&batch.x, spec.ticks)?;
    let features = spec.input_size;
    if spec.wiring == Wiring::Stacked && !x.dtype().is_float() {
        let rows = x.elem_count();
        return Ok((Input::Symbols(x.reshape((1, rows))?), features, features));
    }
    let x = dense(&x, features)?;
    if spec.wiring == Wiring::Stacked {
        return Ok((Input::Numbers(x), features, features));
    }
    let top = &layers[layers.len() - 1].values[0];
    let below = if n == 0 { top[..top.len() - state].to_vec() } else { after(n - 1) };
    let rows = x.chunks_exact(features).zip(below.chunks_exact(hidden));
    let both = rows.flat_map(|(x, below)| x.iter().chain(below).copied()).collect();
    Ok((Input::Numbers(both), features + hidden, features))
}

/// Numbers of an input, symbols as one-hot vectors.
fn dense(x: &Tensor, features: usize) -> Result<Vec<f64>> {
    if x.dtype().is_float() {
        return numbers(x);
    }
    let mut all = vec![0.0; x.elem_count() * features];
    let symbols = x.flatten_all()?.to_vec1::<u32>()?;
    for (row, symbol) in all.chunks_exact_mut(features).zip(symbols) {
        row[symbol as usize] = 1.0;
    }
    Ok(all)
}

/// Parameters of a layer that reads its skip connection as more columns of its input.
fn side_by_side(parameters: &LayerParameters) -> Result<LayerParameters> {
    let mut parameters = parameters.clone();
    if let Some(skip) = parameters.weight_skip.take() {
        parameters.weight_ih = Tensor::cat(&[&parameters.weight_ih, &skip], 1)?;
    }
    Ok(parameters)
}
