//! What each view says where the answer is known, and where numbers end.

use super::{assert_near, question};
use crate::error::Error;
use crate::flow::view::{Horizon, Kind, View, ViewReport};
use crate::flow::{Instrument, Precision, Question};
use crate::network::{Cell, Design, GateBias, Nonlinearity};
use crate::task::Loss;
use crate::ticket::Ticket;

#[test]
fn horizons_are_first_falls() {
    let cases: [(&[f64], Horizon); 8] = [
        (&[1.0], Horizon::Beyond(0)),
        (&[0.5, 0.1, 1.0], Horizon::Beyond(2)),
        (&[1.0, 1e-4, 0.1, 1.0], Horizon::Within(2)),
        (&[1e-3, 1.0], Horizon::Beyond(1)),
        (&[1.0, 0.0], Horizon::Unknown),
        (&[f64::NAN, 1e-9, 1.0], Horizon::Within(1)),
        (&[f64::NAN, 1.0, 1.0], Horizon::Unknown),
        (&[1.0, f64::INFINITY], Horizon::Unknown),
    ];
    for (norms, horizon) in cases {
        assert_eq!(Horizon::of(norms), horizon, "{norms:?}");
    }
}

/// States overflow half-way: losses before do not know, later ones show it.
#[test]
fn what_is_not_finite_stays_where_it_is() {
    let design = Design::new(Cell::Rnn(Nonlinearity::Identity), 4, 1);
    for precision in [Precision::F32, Precision::F64] {
        let mut instrument = Instrument::new();
        let question =
            Question { weight_scale: 1e20, precision, ..question(design, 40, 2, Loss::All) };
        let mut look = |view| instrument.view(&question, view, &Ticket::new()).unwrap();
        let ViewReport::Itemized(itemized) = look(View::Itemized) else { panic!("another view") };
        let norms = &itemized.layers[0].norms;
        assert!(norms[0][0].is_finite(), "{}", norms[0][0]);
        assert!(!norms[39][39].is_finite(), "{}", norms[39][39]);
        let ViewReport::Weights(weights) = look(View::Weights) else { panic!("another view") };
        assert!(!weights.layers[0].total.is_finite());
        assert!(weights.layers[0].ticks_for(0.9).is_none());
        let ViewReport::Gates(gates) = look(View::Gates) else { panic!("another view") };
        let gate = &gates.layers[0].gates[0];
        assert_eq!(gate.kind, Kind::Unit(Nonlinearity::Identity));
        assert!(gate.values[0][0].is_finite() && !gate.values[0][39].is_finite());
        assert!(gate.flat.iter().all(|part| *part == 0.0));
    }
}

/// A gate held at one value keeps that much a step.
#[test]
fn highways_are_products_of_gates() {
    for cell in [Cell::Lstm, Cell::Gru] {
        let design = Design { gate_bias: GateBias::Hold(2.0), ..Design::new(cell, 5, 1) };
        let held = Question { weight_scale: 0.0, ..question(design, 7, 2, Loss::Last) };
        let seen = Instrument::new().view(&held, View::Gates, &Ticket::new()).unwrap();
        let ViewReport::Gates(gates) = seen else { panic!("another view") };
        let highway = gates.layers[0].highway.as_ref().unwrap();
        let keep: f64 = 1.0 / (1.0 + (-2.0f64).exp());
        let expected: Vec<f64> = (0..7).map(|t| keep.powi(6 - t)).collect();
        assert_near(&highway.mean, &expected, "mean");
        assert_near(&highway.best, &expected, "best");
        let gate = &gates.layers[0].gates[1];
        assert!(gate.open.iter().chain(&gate.closed).all(|part| *part == 0.0), "0.88 is neither");
    }
}

#[test]
fn saturation_is_counted_and_units_sorted() {
    let design = Design::new(Cell::Lstm, 12, 1);
    let large =
        Question { weight_scale: 6.0, bias_scale: 6.0, ..question(design, 20, 3, Loss::Last) };
    let mut instrument = Instrument::new();
    let seen = instrument.view(&large, View::Gates, &Ticket::new()).unwrap();
    let ViewReport::Gates(gates) = seen else { panic!("another view") };
    for gate in &gates.layers[0].gates {
        let means: Vec<f64> = gate.values.iter().map(|values| values.iter().sum()).collect();
        assert!(means.windows(2).all(|pair| pair[0] >= pair[1]), "{means:?}");
        let mut units = gate.units.clone();
        units.sort_unstable();
        assert_eq!(units, (0..12).collect::<Vec<_>>());
        let counted = if gate.kind == Kind::Gate { &gate.closed } else { &gate.flat };
        assert!(counted.iter().any(|part| *part > 0.0), "{}", gate.name);
        assert_eq!(gate.open.is_empty(), gate.kind != Kind::Gate);
    }
}

#[test]
fn views_stop_and_refuse() {
    let gru = question(Design::new(Cell::Gru, 4, 1), 30, 1, Loss::Last);
    for view in [View::Itemized, View::Gates, View::Weights] {
        let ticket = Ticket::new();
        ticket.cancel();
        let stopped = Instrument::new().view(&gru, view, &ticket);
        assert!(matches!(stopped, Err(Error::Cancelled)), "{view:?}");
    }
    let long = question(Design::new(Cell::Gru, 1, 1), 2_049, 1, Loss::Last);
    let refused = Instrument::new().view(&long, View::Itemized, &Ticket::new());
    let line = refused.unwrap_err().to_string();
    assert!(line.contains("itemized") && line.contains("2048") && line.contains("2049"), "{line}");
    assert!(Instrument::new().view(&long, View::Weights, &Ticket::new()).is_ok());
}
