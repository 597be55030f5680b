//! Hidden-state norms and gradient norms against the step.

use super::{View, by_step, haunt, layer_name, notes, time, verdict};
use crate::figure::model::{Axis, Color, Figure, Guide, Range, Series, Stroke};
use crate::flow::{FlowReport, LayerFlow, Precision};
use crate::network::Cell;

/// Bounds of the notebook's plot of hidden norms.
const NOTEBOOK_HIDDEN: Range = Range::Fixed(-1.0, 5.0);
/// Bounds of the notebook's plot of gradient norms.
const NOTEBOOK_GRADIENT: Range = Range::Fixed(1e-6, 1e5);

/// ‖h_t‖, and ‖c_t‖ of an LSTM, of the first sequence.
pub(super) fn hidden(report: &FlowReport, ghosts: &[(String, &FlowReport)], view: &View) -> Figure {
    let mut y = Axis::linear(with_cell(report, "‖hₜ‖", "‖cₜ‖"));
    if view.notebook {
        y.range = NOTEBOOK_HIDDEN;
    }
    Figure {
        name: "hidden-norm",
        title: "Hidden state: norm by step".into(),
        x: time(report, view.reversed_time),
        y,
        heat: None,
        series: with_ghosts(report, ghosts, |layer| {
            [Some(&layer.hidden_norm), layer.cell_norm.as_ref()]
        }),
        guides: Vec::new(),
        notes: notes::hidden(report),
        equal_aspect: false,
    }
}

/// ‖∂L/∂h_t‖, and ‖∂L/∂c_t‖ of an LSTM, over batch and units, on a log axis.
pub(super) fn gradient(
    report: &FlowReport,
    ghosts: &[(String, &FlowReport)],
    view: &View,
) -> Figure {
    let mut y = Axis::log(with_cell(report, "‖∂L/∂hₜ‖", "‖∂L/∂cₜ‖"));
    if view.notebook {
        y.range = NOTEBOOK_GRADIENT;
    }
    Figure {
        name: "gradient-norm",
        title: "Gradient: how much each step still matters to the loss".into(),
        x: time(report, view.reversed_time || view.notebook),
        y,
        heat: None,
        series: with_ghosts(report, ghosts, |layer| {
            [Some(&layer.grad_norm), layer.cell_grad_norm.as_ref()]
        }),
        guides: smallest_normal(report.question.precision),
        notes: [verdict(report).sentence].into_iter().chain(notes::gradient(report)).collect(),
        equal_aspect: false,
    }
}

/// In single precision the edge below which digits are lost is in sight; in double it is not.
fn smallest_normal(precision: Precision) -> Vec<Guide> {
    match precision {
        Precision::F32 => {
            vec![Guide::Horizontal(f64::from(f32::MIN_POSITIVE), "smallest normal f32".into())]
        }
        Precision::F64 => Vec::new(),
    }
}

fn with_cell(report: &FlowReport, hidden: &str, cell: &str) -> String {
    match report.spec.cell {
        Cell::Lstm => format!("{hidden}, {cell} (dashed)"),
        Cell::Rnn(_) | Cell::Gru => hidden.to_owned(),
    }
}

/// The present curves and those of the pinned reports, ghosts first so that they lie behind.
fn with_ghosts<'a>(
    report: &'a FlowReport,
    ghosts: &[(String, &'a FlowReport)],
    pick: impl Fn(&'a LayerFlow) -> [Option<&'a Vec<f64>>; 2],
) -> Vec<Series> {
    let present = super::most_layers(report, ghosts);
    let pinned = ghosts.iter().enumerate().flat_map(|(n, (label, ghost))| {
        let layers = ghost.layers.len();
        lines(ghost, &pick).into_iter().map(move |line| haunt(line, n, label, layers, present))
    });
    let mut series: Vec<Series> = pinned.collect();
    series.extend(lines(report, &pick));
    series
}

fn lines<'a>(
    report: &'a FlowReport,
    pick: impl Fn(&'a LayerFlow) -> [Option<&'a Vec<f64>>; 2],
) -> Vec<Series> {
    let mut series = Vec::new();
    for (layer, flow) in report.layers.iter().enumerate() {
        let states = pick(flow).into_iter().zip([("h", Stroke::Solid), ("c", Stroke::Dashed)]);
        for (values, (state, stroke)) in states {
            let Some(values) = values else { continue };
            let name = layer_name(report, layer, state);
            let line = Series::line(name, Color::Category(layer), by_step(values));
            series.push(Series { stroke, ..line });
        }
    }
    series
}
