//! Reports made by hand, so that figures are tested without a network.

use faer::c64;

use crate::flow::{
    Census, Draw, FlowReport, LayerFlow, LayerSpectrum, NamedSpectrum, Passage, Question, Spectrum,
    Weights,
};
use crate::network::{Cell, Design, ReadoutSource};

/// A report whose gradient at step t of layer l (from 0) is `gradient(l, t)`.
pub(in crate::figure) fn report(
    cell: Cell,
    layers: usize,
    length: usize,
    radius: f64,
    gradient: impl Fn(usize, usize) -> f64,
) -> FlowReport {
    let mut question = Question::default();
    let draw = Draw { design: Design::new(cell, 16, layers), seed: 0 };
    question.weights = Weights::Draw(draw);
    question.input.length = length;
    let steps = |f: &dyn Fn(f64) -> f64| (1..=length).map(|t| f(t as f64)).collect::<Vec<f64>>();
    let lstm = cell == Cell::Lstm;
    let flow = |layer: usize| {
        let grad_norm: Vec<f64> = (1..=length).map(|t| gradient(layer, t)).collect();
        let hidden_norm = steps(&|t| 1.0 + 0.4 * layer as f64 + 0.3 * (0.7 * t).sin());
        LayerFlow {
            cell_norm: lstm.then(|| steps(&|t| 2.0 + 0.2 * layer as f64 + 0.01 * t)),
            cell_grad_norm: lstm.then(|| grad_norm.iter().map(|g| 3.0 * g.sqrt()).collect()),
            grad_census: Census::of(grad_norm.iter().flat_map(|g| [g.classify(); 16])),
            hidden_census: Census::of(hidden_norm.iter().map(|h| h.classify())),
            passage: passage(cell, length),
            hidden_norm,
            grad_norm,
        }
    };
    FlowReport {
        spec: draw.design.spec(1, 1),
        readout: ReadoutSource::Drawn,
        unused: Vec::new(),
        parameters: draw.design.spec(1, 1).parameter_count(),
        without_biases: false,
        headers: Vec::new(),
        question,
        length,
        batch: 1,
        loss: 0.123_456,
        layers: (0..layers).map(flow).collect(),
        not_finite: Vec::new(),
        spectra: (0..layers).map(|layer| spectra(cell, radius + 0.1 * layer as f64)).collect(),
        input: vec![steps(&|t| (2.3 * t).sin() + (5.1 * t).cos())],
        target: steps(&|t| (0.3 * t).sin() / t.sqrt()),
        prediction: steps(&|t| 0.1 + 0.8 * (0.3 * t).sin() / t.sqrt()),
        outputs: vec![steps(&|t| 0.1 + 0.8 * (0.3 * t).sin() / t.sqrt())],
        seconds: 0.001,
    }
}

/// Half of the units are flat and take half of the gradient; gates are open by nine tenths.
fn passage(cell: Cell, length: usize) -> Passage {
    let of = |value: f64| vec![value; length];
    match cell {
        Cell::Rnn(nonlinearity) => Passage::Slopes { nonlinearity, flat: of(0.5), passed: of(0.5) },
        Cell::Lstm | Cell::Gru => Passage::Gate(of(0.9)),
    }
}

/// Eigenvalues on a spiral from 0 to `radius`, in conjugate pairs.
fn spectra(cell: Cell, radius: f64) -> LayerSpectrum {
    let spiral = (1..=8).rev().flat_map(|n| {
        let z = c64::from_polar(radius * f64::from(n) / 8.0, 0.4 + 0.9 * f64::from(n));
        [z, z.conj()]
    });
    let spectrum = Spectrum { eigenvalues: spiral.collect(), radius, sigma_max: 1.7 * radius };
    let named = |name: &&'static str| NamedSpectrum { name, spectrum: spectrum.clone() };
    let blocks = cell.gate_names().iter().map(named).collect();
    let jacobian = (cell.gates() > 1).then(|| spectrum.clone());
    LayerSpectrum { blocks, jacobian }
}
