//! What the gates do: activations as maps, saturation, the highway, and the gradients on it.

use super::{Layout, by_step, of_layer, positions, time};
use crate::figure::model::{Axis, CellText, Color, Figure, Heat, Range, Series, Stroke};
use crate::flow::view::{Gate, Gates, Highway, Kind, LayerGates};
use crate::network::{Cell, Nonlinearity};

/// The maps of all gates, then saturation, then the highway and the gradients of h and c where there
/// are some; layer by layer.
pub(super) fn figures(gates: &Gates, layout: Layout) -> Vec<Figure> {
    let layers = gates.layers.iter().enumerate();
    layers
        .flat_map(|(n, layer)| {
            let maps = layer.gates.iter().map(move |gate| map(gates, n, gate, layout));
            let highway = layer.highway.iter().map(move |way| highway(gates, n, way));
            let gradient = layer.cell_grad_norm.iter();
            let gradient = gradient.map(move |cell| gradients(gates, n, layer, cell));
            maps.chain([saturation(gates, n, layer)]).chain(highway).chain(gradient)
        })
        .collect()
}

/// File name, heading and symbol of a gate.
fn names(cell: Cell, gate: &Gate) -> (&'static str, &'static str, &'static str) {
    match (cell, gate.name) {
        (Cell::Lstm, "i") => ("gate-input", "Input gate", "i"),
        (Cell::Lstm, "f") => ("gate-forget", "Forget gate", "f"),
        (Cell::Lstm, "g") => ("gate-candidate", "Candidate", "g"),
        (Cell::Lstm, _) => ("gate-output", "Output gate", "o"),
        (Cell::Gru, "r") => ("gate-reset", "Reset gate", "r"),
        (Cell::Gru, "z") => ("gate-update", "Update gate", "z"),
        (Cell::Gru, _) => ("gate-candidate", "Candidate", "n"),
        (Cell::Rnn(_), _) => ("activations", "Activations", "h"),
    }
}

/// What a gate is for, or a unit.
fn purpose(cell: Cell, gate: &Gate) -> &'static str {
    match (cell, gate.name) {
        (Cell::Lstm, "i") => "how much of the candidate is written into the cell",
        (Cell::Lstm, "f") => "how much of the cell is kept, and of its gradient",
        (Cell::Lstm, "g") => "what is to be written into the cell",
        (Cell::Lstm, _) => "how much of the cell is shown",
        (Cell::Gru, "r") => "how much of the state the candidate sees",
        (Cell::Gru, "z") => "how much of the state is kept, and of its gradient",
        (Cell::Gru, _) => "what is to be written into the state",
        (Cell::Rnn(_), _) => "the state of each unit",
    }
}

fn source(cell: Cell) -> &'static str {
    match cell {
        Cell::Rnn(_) => "Elman 1990",
        Cell::Lstm => "Hochreiter & Schmidhuber 1997, Gers et al. 2000",
        Cell::Gru => "Cho et al. 2014",
    }
}

fn map(gates: &Gates, n: usize, gate: &Gate, Layout { sort, .. }: Layout) -> Figure {
    let Gates { cell, ticks, batch, layers } = gates;
    let (name, title, symbol) = names(*cell, gate);
    let range = match gate.kind {
        Kind::Gate => Range::Fixed(0.0, 1.0),
        Kind::Unit(Nonlinearity::Tanh) => Range::Fixed(-1.0, 1.0),
        Kind::Unit(Nonlinearity::Relu | Nonlinearity::Identity) => Range::Auto,
    };
    let rows = sort.rows(gate);
    let units = rows.iter().map(|row| (gate.units[*row] + 1).to_string()).collect();
    let heat = Heat {
        x: positions(gate.values.first().map_or(0, Vec::len)),
        y: (0..rows.len()).map(|row| row as f64).collect(),
        values: rows.iter().flat_map(|row| gate.values[*row].iter().copied()).collect(),
        color: Axis { range, ..Axis::linear(of_layer(symbol, n, layers.len())) },
        middle: None,
        blank: Vec::new(),
        text: CellText::None,
    };
    let y = Axis { reversed: true, ..Axis::named(sort.label(), units) };
    let mut explanation =
        format!("{title} {symbol}: {} ({}).", purpose(*cell, gate), source(*cell));
    if *batch > 1 {
        explanation.push_str(&format!(" First of {batch} sequences."));
    }
    Figure {
        heat: Some(heat),
        notes: vec![explanation],
        ..Figure::new(name, of_layer(title, n, layers.len()), time(*ticks), y)
    }
}

/// How many units are in a range in which little moves.
fn saturation(gates: &Gates, n: usize, layer: &LayerGates) -> Figure {
    let Gates { cell, ticks, layers, .. } = gates;
    let mut series = Vec::new();
    for (color, gate) in layer.gates.iter().enumerate() {
        let (_, _, symbol) = names(*cell, gate);
        let mut add = |words: &str, stroke, values: &[f64]| {
            if !values.is_empty() {
                let name = format!("{symbol} {words}");
                series.push(Series { stroke, ..line(gates, n, &name, color, values) });
            }
        };
        add("open", Stroke::Solid, &gate.open);
        add("closed", Stroke::Dashed, &gate.closed);
        let stroke = if matches!(cell, Cell::Rnn(_)) { Stroke::Solid } else { Stroke::Dotted };
        add("saturated", stroke, &gate.flat);
    }
    let explanation = match cell {
        Cell::Rnn(Nonlinearity::Tanh) => {
            "Saturated: 1 − h² < 0.1. Such a unit passes less than a tenth of its gradient on \
             (Bengio et al. 1994)."
        }
        Cell::Rnn(Nonlinearity::Relu) => {
            "Saturated: a ReLU at 0. Such a unit passes no gradient on (Glorot et al. 2011)."
        }
        Cell::Rnn(Nonlinearity::Identity) => {
            "Without a nonlinearity no unit saturates: the gradient is shaped by the weights alone \
             (Saxe et al. 2014)."
        }
        Cell::Lstm | Cell::Gru => {
            "Open: a gate above 0.9, closed: below 0.1 (Karpathy et al. 2016); a candidate is \
             saturated where 1 − tanh² < 0.1. What saturates hardly passes a gradient on to what it \
             reads."
        }
    };
    let y = Axis { range: Range::Fixed(0.0, 1.04), ..Axis::linear("fraction of units") };
    Figure {
        series,
        notes: vec![explanation.to_owned()],
        ..Figure::new("saturation", of_layer("Saturation", n, layers.len()), time(*ticks), y)
    }
}

fn highway(gates: &Gates, n: usize, highway: &Highway) -> Figure {
    let Gates { cell, ticks, layers, .. } = gates;
    let Highway { mean, best } = highway;
    let (label, explanation) = match cell {
        Cell::Lstm => (
            "fₜ₊₁ fₜ₊₂ … f_T",
            "The product of the forget gates after t is the factor by which ∂L/∂cₜ survives on the \
             straight way through the cell (Hochreiter & Schmidhuber 1997, Gers et al. 2000).",
        ),
        Cell::Gru | Cell::Rnn(_) => (
            "zₜ₊₁ zₜ₊₂ … z_T",
            "The product of the update gates after t is the factor by which ∂L/∂hₜ survives on the \
             straight way through the state, past weights and tanh (Cho et al. 2014).",
        ),
    };
    let title = of_layer("The highway through the gates", n, layers.len());
    Figure {
        series: vec![
            line(gates, n, "mean over units", 0, mean),
            line(gates, n, "best unit", 1, best),
        ],
        notes: vec![explanation.to_owned()],
        ..Figure::new("highway", title, time(*ticks), Axis::log(label))
    }
}

/// A curve by step; files tell its layer.
fn line(gates: &Gates, n: usize, name: &str, color: usize, values: &[f64]) -> Series {
    let detail = if gates.layers.len() == 1 { String::new() } else { format!("layer {}", n + 1) };
    Series { detail, ..Series::line(name, Color::Category(color), by_step(values)) }
}

fn gradients(gates: &Gates, n: usize, layer: &LayerGates, cell: &[f64]) -> Figure {
    let layers = gates.layers.len();
    let h = line(gates, n, "‖∂L/∂hₜ‖", 0, &layer.grad_norm);
    let c = line(gates, n, "‖∂L/∂cₜ‖", 1, cell);
    let explanation = "The cell carries the gradient past the gates, the hidden state only through \
                       them: ∂L/∂cₜ tells how long an LSTM remembers, ∂L/∂hₜ what its gates still \
                       learn (Hochreiter & Schmidhuber 1997).";
    Figure {
        series: vec![h, c],
        notes: vec![explanation.to_owned()],
        ..Figure::new(
            "cell-gradient",
            of_layer("Gradients of cell and hidden state", n, layers),
            time(gates.ticks),
            Axis::log("norm"),
        )
    }
}
