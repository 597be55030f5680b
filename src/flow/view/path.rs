//! The way of the first sequence through a layer: what the layer read and held at each step.

use candle_core::{DType, Tensor};
use faer::Mat;

use super::inverse::Inverter;
use crate::error::Result;
use crate::flow::jacobian::{Recurrence, Step};
use crate::flow::measure::numbers;
use crate::network::{LayerParameters, Network, NetworkSpec, Wiring};

/// One layer with its inputs and states, of the first sequence.
#[derive(Debug)]
pub(super) struct Path {
    recurrence: Recurrence,
    /// `[T, I (+ H)]`: what the layer reads, then what its skip connection reads.
    x: Vec<f64>,
    /// `[T+1, H]`, row 0 the initial state.
    h: Vec<f64>,
    /// The same of c; empty without a cell state.
    c: Vec<f64>,
    /// Steps T, ticks counted.
    steps: usize,
}

impl Path {
    /// The ways through all layers, from the input `[T, B, I]` (or symbols `[T, B]`) and the states
    /// `[S, T+1, B, H]` that the network made of it.
    pub(super) fn all(network: &Network, x: &Tensor, states: &[&Tensor]) -> Result<Vec<Self>> {
        let spec = &network.spec;
        let input = first_sequence(spec, x)?;
        let planes: Vec<[Vec<f64>; 2]> = states.iter().map(|s| planes(s)).collect::<Result<_>>()?;
        let layers = network.layers.iter().zip(&planes).enumerate();
        layers
            .map(|(layer, (parameters, [h, c]))| {
                let x = read_by(spec, layer, &input, &planes);
                Self::new(spec, parameters, [x, h.clone(), c.clone()])
            })
            .collect()
    }

    fn new(
        spec: &NetworkSpec,
        parameters: &LayerParameters,
        [x, h, c]: [Vec<f64>; 3],
    ) -> Result<Self> {
        let recurrence = Recurrence::new(spec.cell, parameters)?;
        let steps = h.len() / spec.hidden_size - 1;
        Ok(Self { recurrence, x, h, c, steps })
    }

    /// Steps T.
    pub(super) fn steps(&self) -> usize {
        self.steps
    }

    /// Rows of a step Jacobian.
    pub(super) fn size(&self) -> usize {
        self.recurrence.size()
    }

    /// The Jacobian of step t = 1..=T with respect to the layer's own state before, at fixed input.
    pub(super) fn jacobian(&self, t: usize) -> Mat<f64> {
        self.step(t).matrix
    }

    /// The same, with what it is built from.
    pub(super) fn step(&self, t: usize) -> Step {
        let (x, h) = self.before(t);
        let c = row(&self.c, t - 1, self.steps + 1);
        self.recurrence.step(x, h, c)
    }

    /// What inverts the Jacobians of all steps.
    pub(super) fn inverter(&self) -> Inverter {
        Inverter::new(self.recurrence.shared())
    }

    fn before(&self, t: usize) -> (&[f64], &[f64]) {
        (row(&self.x, t - 1, self.steps), row(&self.h, t - 1, self.steps + 1))
    }
}

/// Row `n` of `rows` rows of the same width, which may be zero.
fn row(values: &[f64], n: usize, rows: usize) -> &[f64] {
    let width = values.len() / rows;
    &values[n * width..][..width]
}

/// What the first sequence reads, tick by tick: `[n·T, I]`, symbols as one-hot vectors.
fn first_sequence(spec: &NetworkSpec, x: &Tensor) -> Result<Vec<f64>> {
    let first = x.narrow(1, 0, 1)?;
    let features = spec.input_size;
    let steps: Vec<f64> = if x.dtype() == DType::U32 && x.rank() == 2 {
        let symbols = first.flatten_all()?.to_vec1::<u32>()?;
        let one_hot = |symbol: &u32| {
            let hot = *symbol as usize;
            (0..features).map(move |feature| f64::from(u8::from(feature == hot)))
        };
        symbols.iter().flat_map(one_hot).collect()
    } else {
        numbers(&first)?
    };
    let held = |step: &[f64]| step.repeat(spec.ticks);
    Ok(steps.chunks_exact(features).flat_map(held).collect())
}

/// h and c of the first sequence, `[T+1, H]` each; c empty without a cell state.
fn planes(states: &Tensor) -> Result<[Vec<f64>; 2]> {
    let first = states.narrow(2, 0, 1)?;
    let c = if first.dim(0)? > 1 { numbers(&first.get(1)?)? } else { Vec::new() };
    Ok([numbers(&first.get(0)?)?, c])
}

/// What layer `layer` reads at each step.
fn read_by(spec: &NetworkSpec, layer: usize, input: &[f64], planes: &[[Vec<f64>; 2]]) -> Vec<f64> {
    let hidden = spec.hidden_size;
    match (spec.wiring, layer) {
        (Wiring::Stacked, 0) => input.to_vec(),
        (Wiring::Stacked, _) => planes[layer - 1][0][hidden..].to_vec(),
        (Wiring::Skips, _) => {
            // The lowest layer reads the top one a tick late: from the initial state on.
            let (source, from) =
                if layer == 0 { (planes.len() - 1, 0) } else { (layer - 1, hidden) };
            let below = planes[source][0][from..].chunks_exact(hidden);
            let steps = input.chunks_exact(spec.input_size).zip(below);
            steps.flat_map(|(x, below)| x.iter().chain(below).copied()).collect()
        }
    }
}
