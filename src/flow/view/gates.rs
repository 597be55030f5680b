//! What the gates do: activations over time, how many are saturated (Karpathy, Johnson & Li 2016,
//! “Visualizing and Understanding Recurrent Networks”), and the highway that gates which keep the state
//! leave open to the gradient (the constant error carousel of Hochreiter & Schmidhuber 1997 with the
//! forget gate of Gers, Schmidhuber & Cummins 2000).

use super::{Scene, norm_of};
use crate::error::Result;
use crate::network::real::Real;
use crate::network::{Cell, Nonlinearity};

/// A gate below is as good as closed.
pub const CLOSED: f64 = 0.1;
/// A gate above is as good as open.
pub const OPEN: f64 = 0.9;
/// A unit whose nonlinearity is less steep than this is saturated.
pub const FLAT: f64 = 0.1;

/// Activations of every layer, by tick t = 1..T (index t - 1).
#[derive(Clone, Debug, PartialEq)]
pub struct Gates {
    /// The cell, which says what the activations are.
    pub cell: Cell,
    /// Ticks of a step.
    pub ticks: usize,
    /// Sequences B.
    pub batch: usize,
    /// Lowest first.
    pub layers: Vec<LayerGates>,
}

/// Activations of one layer.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerGates {
    /// Each gate, in `torch.nn` order; the units themselves for an RNN.
    pub gates: Vec<Gate>,
    /// What keeps the state: the forget gate of an LSTM, z of a GRU.
    pub highway: Option<Highway>,
    /// ‖dL/dh_t‖ over the whole batch and all units.
    pub grad_norm: Vec<f64>,
    /// ‖dL/dc_t‖ over the whole batch and all units (LSTM).
    pub cell_grad_norm: Option<Vec<f64>>,
}

/// One gate of all units.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    /// As in [`Cell::gate_names`].
    pub name: &'static str,
    /// What its values are.
    pub kind: Kind,
    /// Units, from 0, by falling mean activation over time.
    pub units: Vec<usize>,
    /// `values[n][t - 1]` of unit `units[n]`, for the first sequence.
    pub values: Vec<Vec<f64>>,
    /// Fraction of all units and sequences below [`CLOSED`], by tick; of gates alone.
    pub closed: Vec<f64>,
    /// Fraction above [`OPEN`], by tick; of gates alone.
    pub open: Vec<f64>,
    /// Fraction whose nonlinearity has a slope below [`FLAT`], by tick; of all but gates.
    pub flat: Vec<f64>,
}

/// What the numbers of a [`Gate`] are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A gate proper: a logistic function, from 0 (closed) to 1 (open).
    Gate,
    /// What is to be written, or a unit's activation.
    Unit(Nonlinearity),
}

impl Kind {
    /// Whether little moves at this value: a gate as good as [`CLOSED`] or [`OPEN`], any other unit
    /// where its nonlinearity is less steep than [`FLAT`]. NaN is not.
    pub fn saturated(self, value: f64) -> bool {
        match self {
            Self::Gate => {
                let (closed, open) = (value < CLOSED, value > OPEN);
                closed || open
            }
            Self::Unit(nonlinearity) => slope(nonlinearity, value) < FLAT,
        }
    }
}

/// Products of the gates that keep the state over the ticks after t: the factor by which the
/// gradient of a unit's state at t is that at T, as far as it takes the straight way through the
/// gates. 1 at the last tick.
#[derive(Clone, Debug, PartialEq)]
pub struct Highway {
    /// Mean over units and sequences.
    pub mean: Vec<f64>,
    /// Of the unit and sequence that keep most.
    pub best: Vec<f64>,
}

/// Everything about the gates of every layer.
pub(super) fn gates<R: Real>(scene: &Scene<'_, R>) -> Result<Gates> {
    let cell = scene.network.spec.cell;
    let (mut hidden_norms, mut cell_norms) = (Vec::new(), Vec::new());
    for norms in [&mut hidden_norms, &mut cell_norms] {
        *norms = vec![vec![0.0; scene.replay.ticks()]; scene.layers()];
    }
    scene.go_back(&mut |back| {
        hidden_norms[back.layer][back.tick] = norm_of(back.hidden);
        cell_norms[back.layer][back.tick] = norm_of(back.cell);
    })?;
    let layers = hidden_norms.into_iter().zip(cell_norms).enumerate();
    let layers = layers
        .map(|(layer, (grad_norm, cell_grad_norm))| {
            scene.ticket.advance(0)?;
            let gates = (0..cell.gates()).map(|gate| gate_of(scene, layer, gate)).collect();
            Ok(LayerGates {
                gates,
                highway: cell.keeper().map(|gate| highway(scene, layer, gate)),
                grad_norm,
                cell_grad_norm: (cell == Cell::Lstm).then_some(cell_grad_norm),
            })
        })
        .collect::<Result<_>>()?;
    let ticks = scene.network.spec.ticks;
    Ok(Gates { cell, ticks, batch: scene.batch.size, layers })
}

/// What the numbers of gate `gate` are.
fn kind_of(cell: Cell, gate: usize) -> Kind {
    match (cell, gate) {
        (Cell::Rnn(nonlinearity), _) => Kind::Unit(nonlinearity),
        (Cell::Lstm | Cell::Gru, 2) => Kind::Unit(Nonlinearity::Tanh),
        (Cell::Lstm | Cell::Gru, _) => Kind::Gate,
    }
}

/// Activations of one gate by tick, each of all sequences and units: `[T][B·H]`.
fn by_tick<'a, R: Real>(
    scene: &'a Scene<'_, R>,
    layer: usize,
    gate: usize,
) -> impl DoubleEndedIterator<Item = Vec<f64>> + 'a {
    let hidden = scene.network.spec.hidden_size;
    let width = scene.network.spec.cell.gates() * hidden;
    let rows = scene.replay.gates(layer).chunks_exact(scene.batch.size * width);
    rows.map(move |tick| {
        let own = tick.chunks_exact(width).flat_map(|row| &row[gate * hidden..][..hidden]);
        own.map(|value| value.to_f64()).collect()
    })
}

fn gate_of<R: Real>(scene: &Scene<'_, R>, layer: usize, gate: usize) -> Gate {
    let spec = &scene.network.spec;
    let kind = kind_of(spec.cell, gate);
    let mut values = vec![Vec::with_capacity(scene.replay.ticks()); spec.hidden_size];
    let (mut closed, mut open, mut flat) = (Vec::new(), Vec::new(), Vec::new());
    for tick in by_tick(scene, layer, gate) {
        for (values, value) in values.iter_mut().zip(&tick) {
            values.push(*value);
        }
        // What is not a number is in no state at all.
        let part = |is: &dyn Fn(f64) -> bool| {
            tick.iter().filter(|value| is(**value)).count() as f64 / tick.len() as f64
        };
        match kind {
            Kind::Gate => {
                closed.push(part(&|value| value < CLOSED));
                open.push(part(&|value| value > OPEN));
            }
            Kind::Unit(_) => flat.push(part(&|value| kind.saturated(value))),
        }
    }
    let mean = |unit: usize| values[unit].iter().sum::<f64>();
    let mut units: Vec<usize> = (0..values.len()).collect();
    units.sort_by(|a, b| mean(*b).total_cmp(&mean(*a)).then(a.cmp(b)));
    let values = units.iter().map(|unit| values[*unit].clone()).collect();
    let name = spec.cell.gate_names()[gate];
    Gate { name, kind, units, values, closed, open, flat }
}

/// The slope of a nonlinearity where it has this value.
fn slope(nonlinearity: Nonlinearity, value: f64) -> f64 {
    match nonlinearity {
        Nonlinearity::Tanh => 1.0 - value * value,
        Nonlinearity::Relu if value <= 0.0 => 0.0,
        // Neither flat nor steep.
        Nonlinearity::Relu | Nonlinearity::Identity if value.is_nan() => f64::NAN,
        Nonlinearity::Relu | Nonlinearity::Identity => 1.0,
    }
}

fn highway<R: Real>(scene: &Scene<'_, R>, layer: usize, gate: usize) -> Highway {
    let mut product = vec![1.0; scene.state()];
    let (mut mean, mut best) = (Vec::new(), Vec::new());
    for tick in by_tick(scene, layer, gate).rev() {
        mean.push(product.iter().sum::<f64>() / product.len() as f64);
        // A maximum that does not skip NaN.
        let larger = |a: f64, b: &f64| if a.is_nan() || a > *b { a } else { *b };
        best.push(product.iter().fold(0.0, larger));
        product.iter_mut().zip(&tick).for_each(|(product, gate)| *product *= gate);
    }
    mean.reverse();
    best.reverse();
    Highway { mean, best }
}
