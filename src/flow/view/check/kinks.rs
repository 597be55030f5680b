//! On which side of its kink each ReLU is: a difference across a kink says nothing about the slope at
//! either side of it.

use crate::error::Result;
use crate::flow::measure::numbers;
use crate::network::{Cell, NetworkSpec, Nonlinearity, Reading, Run};

/// Sides of all kinks of a network.
pub(super) struct Kinks {
    /// Whether units have them, at every tick.
    units: bool,
    /// Whether the readout has them, in h_T of the top layer.
    readout: bool,
    /// Numbers of a state.
    state: usize,
    sides: Vec<Vec<bool>>,
}

impl Kinks {
    /// At h `[n·T+1, B, H]` of each layer; none for a network without kinks.
    pub(super) fn at<'a>(
        spec: &NetworkSpec,
        state: usize,
        hidden: impl Iterator<Item = &'a [f64]>,
    ) -> Option<Self> {
        let units = spec.cell == Cell::Rnn(Nonlinearity::Relu);
        let readout = spec.reading == Reading::LastStepRelu;
        (units || readout).then(|| Self {
            units,
            readout,
            state,
            sides: hidden.map(sides).collect(),
        })
    }

    /// Whether other states lie on the same sides. The state that was moved itself, of `moved.0` after
    /// tick `moved.1`, was moved after its kink.
    pub(super) fn are_as_before(&self, run: &Run, moved: Option<(usize, usize)>) -> Result<bool> {
        let top = self.sides.len() - 1;
        for (layer, (before, layer_run)) in self.sides.iter().zip(&run.layers).enumerate() {
            let after = sides(&numbers(&layer_run.states.get(0)?)?);
            let ticks = before.chunks_exact(self.state).zip(after.chunks_exact(self.state));
            let last = before.len() / self.state - 1;
            for (tick, (before, after)) in ticks.enumerate() {
                let unit = self.units && moved != Some((layer, tick));
                let counts = unit || self.readout && layer == top && tick == last;
                if counts && before != after {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Whether the readout finds other h_T of the top layer on the same sides; `hidden` ends with them.
    pub(super) fn readout_is_as_before(&self, hidden: &[f64]) -> bool {
        let last = |all: &[bool]| all[all.len() - self.state..].to_vec();
        let before = self.sides.last().map(|sides| last(sides));
        !self.readout || before == Some(last(&sides(hidden)))
    }

    /// Keeps a direction for a state away from kinks of the readout on which it lies: there is no slope.
    pub(super) fn spare(&self, (layer, tick): (usize, usize), hidden: &[f64], way: &mut [f64]) {
        let top = self.sides.len() - 1;
        let last = self.sides[top].len() / self.state - 1;
        if self.readout && (layer, tick) == (top, last) {
            let on_it = hidden.iter().zip(way).filter(|(h, _)| **h == 0.0);
            on_it.for_each(|(_, way)| *way = 0.0);
        }
    }
}

/// Whether each state is on the active side. h = max(0, a) is zero at the kink too, but positive on
/// one side of it.
pub(super) fn sides(hidden: &[f64]) -> Vec<bool> {
    hidden.iter().map(|h| *h > 0.0).collect()
}
