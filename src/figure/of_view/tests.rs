//! Views made by hand, so that figures are tested without a network.

use super::{Layout, UnitSort};
use crate::figure::{Figure, Style, Theme, csv, svg};
use crate::flow::ViewReport;
use crate::flow::view::{
    Contributions, Gate, Gates, Highway, Horizon, Itemized, ItemizedLayer, Kind,
    LayerContributions, LayerGates, Terms,
};
use crate::network::{Cell, Nonlinearity};

fn figures(report: &ViewReport) -> Vec<Figure> {
    super::figures(report, &Layout::default())
}

fn itemized(terms: Terms, ticks: usize, norms: &[Vec<f64>]) -> ViewReport {
    let horizons = norms.iter().map(|norms| Horizon::of(norms)).collect();
    let layer = ItemizedLayer { norms: norms.to_vec(), horizons };
    ViewReport::Itemized(Itemized { terms, ticks, layers: vec![layer] })
}

fn contributions(norms: &[f64]) -> ViewReport {
    let layer = LayerContributions {
        norms: norms.to_vec(),
        share: norms.iter().map(|_| 0.5).collect(),
        total: 2.0,
        far: Vec::new(),
    };
    let layers = vec![layer.clone(), layer];
    ViewReport::Weights(Contributions {
        ticks: 1,
        many_losses: false,
        distances: Vec::new(),
        layers,
    })
}

fn gate(name: &'static str, kind: Kind, value: f64) -> Gate {
    let (closed, open, flat) = match kind {
        Kind::Gate => (vec![0.25; 3], vec![0.5; 3], Vec::new()),
        Kind::Unit(_) => (Vec::new(), Vec::new(), vec![1.0; 3]),
    };
    Gate { name, kind, units: vec![1, 0], values: vec![vec![value; 3]; 2], closed, open, flat }
}

fn gates(cell: Cell, layers: usize, value: f64) -> ViewReport {
    let own = match cell {
        Cell::Rnn(nonlinearity) => vec![gate("hh", Kind::Unit(nonlinearity), value)],
        Cell::Lstm | Cell::Gru => cell
            .gate_names()
            .iter()
            .enumerate()
            .map(|(n, name)| match n {
                2 => gate(name, Kind::Unit(Nonlinearity::Tanh), value),
                _ => gate(name, Kind::Gate, value),
            })
            .collect(),
    };
    let highway = Highway { mean: vec![value; 3], best: vec![value; 3] };
    let layer = LayerGates {
        gates: own,
        highway: (!matches!(cell, Cell::Rnn(_))).then_some(highway),
        grad_norm: vec![value; 3],
        cell_grad_norm: (cell == Cell::Lstm).then(|| vec![value; 3]),
    };
    ViewReport::Gates(Gates { cell, ticks: 1, batch: 2, layers: vec![layer; layers] })
}

fn names(figures: &[Figure]) -> Vec<&str> {
    figures.iter().map(|figure| figure.name).collect()
}

#[test]
fn the_map_has_a_row_a_loss_and_a_column_a_tick() {
    let report = itemized(Terms::LastOnly, 2, &[vec![3.0, 4.0], vec![0.0, 1e-4, 0.5, 1.0]]);
    let figure = &figures(&report)[0];
    let heat = figure.heat.as_ref().unwrap();
    assert_eq!(
        (heat.x.as_slice(), heat.y.as_slice()),
        (&[1.0, 2.0, 3.0, 4.0][..], &[1.0, 2.0][..])
    );
    assert_eq!(heat.values, [3.0, 4.0, 0.0, 0.0, 0.0, 1e-4, 0.5, 1.0]);
    assert_eq!(figure.series[0].points, [[2.0, 2.0]], "two ticks before tick 4, row 2");
    let notes = figure.notes.join(" ");
    assert!(notes.contains("Cashman et al. 2018"), "{notes}");
    assert!(notes.contains("the last step alone"), "{notes}");
    assert!(notes.contains("2 ticks back from the last loss"), "{notes}");
    assert!(notes.contains("Of the 6 cells on and left of it, 1 are zero"), "{notes}");
    assert!(figure.x.label.contains("tick"), "{}", figure.x.label);
}

#[test]
fn horizons_that_are_not_reached_or_unknown_are_said() {
    let beyond = figures(&itemized(Terms::Sum, 1, &[vec![1.0], vec![0.9, 1.0]])).remove(0);
    assert!(beyond.series.is_empty());
    let notes = beyond.notes.join(" ");
    assert!(notes.contains("beyond the first step") && notes.contains("1 step back"), "{notes}");
    assert!(!notes.contains("last step alone"), "{notes}");
    let unknown = figures(&itemized(Terms::Shares, 1, &[vec![f64::NAN]])).remove(0);
    let notes = unknown.notes.join(" ");
    assert!(notes.contains("Horizon: unknown") && notes.contains("all steps at once"), "{notes}");
}

#[test]
fn the_first_contribution_is_left_out_where_there_are_others() {
    let drawn = figures(&contributions(&[0.0, 0.25, 4.0]));
    assert_eq!(names(&drawn), ["weight-contributions", "weight-share"]);
    let sizes = &drawn[0];
    assert_eq!(sizes.series.len(), 2);
    assert_eq!(sizes.series[1].points, [[2.0, 0.25], [3.0, 4.0]]);
    assert!(csv(&drawn).unwrap().contains("weight-contributions,layer 2,1,0\n"), "but in files");
    assert_eq!(drawn[1].series[0].points.len(), 3);
    let notes = sizes.notes.join(" ");
    assert!(notes.contains("Pascanu et al. 2013") && notes.contains("h₀ = 0"), "{notes}");
    assert!(notes.contains("Layer 2: ‖∂L/∂W‖ = 2.00"), "{notes}");
    let single = figures(&contributions(&[0.0]));
    assert_eq!(single[0].series[0].points, [[1.0, 0.0]]);
}

#[test]
fn what_comes_from_far_is_a_curve_by_distance() {
    let ViewReport::Weights(mut report) = contributions(&[0.0, 1.0, 1.0]) else {
        panic!("another view")
    };
    report.many_losses = true;
    report.distances = vec![0, 1, 2];
    report.layers[0].far = vec![2.0, 0.1, 0.01];
    report.layers[1].far = vec![2.0, 1.0, f64::NAN];
    let drawn = figures(&ViewReport::Weights(report));
    assert_eq!(names(&drawn), ["weight-contributions", "weight-share", "weight-reach"]);
    assert_eq!(drawn[2].series[0].points, [[0.0, 2.0], [1.0, 0.1], [2.0, 0.01]]);
    let notes = drawn[2].notes.join(" ");
    assert!(notes.contains("Layer 1: less than a hundredth of it comes from 2 steps"), "{notes}");
    assert!(drawn[0].notes.iter().any(|note| note.contains("below by distance")));
}

#[test]
fn each_cell_has_the_figures_of_its_gates() {
    let of = |cell, layers| figures(&gates(cell, layers, 0.5));
    let lstm = of(Cell::Lstm, 1);
    let expected = [
        "gate-input",
        "gate-forget",
        "gate-candidate",
        "gate-output",
        "saturation",
        "highway",
        "cell-gradient",
    ];
    assert_eq!(names(&lstm), expected);
    let gru = of(Cell::Gru, 1);
    let expected = ["gate-reset", "gate-update", "gate-candidate", "saturation", "highway"];
    assert_eq!(names(&gru), expected);
    let rnn = of(Cell::Rnn(Nonlinearity::Tanh), 1);
    assert_eq!(names(&rnn), ["activations", "saturation"]);
    let map = &lstm[1];
    assert_eq!(map.y.names, ["2", "1"], "units in the order of their means");
    let layout = Layout { sort: UnitSort::Index, ..Layout::default() };
    let sorted = super::figures(&gates(Cell::Lstm, 1, 0.5), &layout);
    assert_eq!(
        (sorted[1].y.names.as_slice(), &*sorted[1].y.label),
        (&["1", "2"].map(String::from)[..], "unit")
    );
    assert!(map.notes[0].contains("First of 2 sequences"), "{}", map.notes[0]);
    // What closes and what opens, and the candidate that saturates.
    let legend: Vec<_> = lstm[4].series.iter().map(|series| series.name.as_str()).collect();
    let expected =
        ["i open", "i closed", "f open", "f closed", "g saturated", "o open", "o closed"];
    assert_eq!(legend, expected);
}

/// So many names stand one above the other that not one more would fit.
#[test]
fn units_are_named_as_far_as_there_is_room() {
    for (units, most) in [(16, 16), (17, 9), (512, 16)] {
        let gate = Gate {
            units: (0..units).collect(),
            values: vec![vec![0.5; 3]; units],
            ..gate("hh", Kind::Unit(Nonlinearity::Tanh), 0.5)
        };
        let ViewReport::Gates(mut report) = gates(Cell::Rnn(Nonlinearity::Tanh), 1, 0.5) else {
            panic!("another view")
        };
        report.layers[0].gates = vec![gate];
        let map = figures(&ViewReport::Gates(report)).remove(0);
        assert_eq!(map.resolve().y.ticks.len(), most, "{units} units");
    }
}

#[test]
fn files_tell_the_layers_apart() {
    let text = csv(&figures(&gates(Cell::Lstm, 2, 0.5))).unwrap();
    for line in [
        "gate-forget,\"f, layer 2\",3,2,0.5",
        "saturation,\"i closed, layer 1\",1,0.25,",
        "highway,\"best unit, layer 2\",1,0.5,",
        "cell-gradient,\"‖∂L/∂cₜ‖, layer 1\",1,0.5,",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
}

/// Whatever the numbers are, there is a picture, and each figure explains itself.
#[test]
fn all_views_are_drawn_and_explained_whatever_the_numbers() {
    for value in [0.0, 1.0, 1e-320, f64::INFINITY, f64::NAN, -1.0] {
        let cells = [Cell::Lstm, Cell::Gru, Cell::Rnn(Nonlinearity::Relu)];
        let mut reports: Vec<_> = cells.map(|cell| gates(cell, 2, value)).into();
        reports.push(itemized(Terms::Sum, 1, &[vec![value], vec![value, 1.0]]));
        reports.push(contributions(&[0.0, value, 1.0]));
        for report in &reports {
            let figures = figures(report);
            for figure in &figures {
                let explained =
                    figure.notes.iter().any(|note| note.contains(" 19") || note.contains(" 20"));
                assert!(explained, "{}: {:?}", figure.name, figure.notes);
            }
            for theme in [Theme::Light, Theme::Dark] {
                let drawn = svg(&figures, &Style { theme, ..Style::default() });
                assert!(drawn.is_ok(), "{value}: {drawn:?}");
            }
        }
    }
}
