//! Against theory: where growth is one, mean-field theory has the edge of chaos.
//!
//! For tanh networks of many units with independent weights of variance `σ_w²`/H and biases of variance
//! `σ_b²`, the variance of pre-activations settles at q = `σ_w²` E tanh²(√q z) + `σ_b²` for normal z, and a
//! gradient is multiplied by χ = `σ_w²` E sech⁴(√q z) a step, squared: χ = 1 is the edge (Sompolinsky et
//! al. 1988, Poole et al. 2016).

use super::*;
use crate::flow::{Draw, Input, Signal, Weights};
use crate::network::{Cell, Design, Nonlinearity};
use crate::ticket::Ticket;

const UNITS: usize = 128;

/// E f(z) for normal z.
fn expected(f: impl Fn(f64) -> f64) -> f64 {
    let places = (-800..=800).map(|n| f64::from(n) / 100.0);
    let (sum, weights) = places.fold((0.0, 0.0), |(sum, weights), z| {
        let weight = (-z * z / 2.0).exp();
        (sum + weight * f(z), weights + weight)
    });
    sum / weights
}

/// χ at scales of what `nn.RNN` draws: U(±1/√H) weights, and two such biases.
fn chi(weight_scale: f64, bias_scale: f64) -> f64 {
    let weights = weight_scale.powi(2) / 3.0;
    let biases = 2.0 * bias_scale.powi(2) / (3.0 * UNITS as f64);
    let next = |q: f64| weights * expected(|z| (q.sqrt() * z).tanh().powi(2)) + biases;
    let q = (0..150).fold(1.0, |q, _| next(q));
    weights * expected(|z| (q.sqrt() * z).cosh().powi(-4))
}

/// The weight scale at which a rising function is 0, between 1 and 5.
fn crossing(f: impl Fn(f64) -> f64) -> f64 {
    let halve = |(low, high): (f64, f64), _| {
        let middle = (low + high) / 2.0;
        if f(middle) < 0.0 { (middle, high) } else { (low, middle) }
    };
    (0..12).fold((1.0, 5.0), halve).0
}

#[test]
fn the_edge_lies_where_mean_field_theory_has_it() {
    let cell = Cell::Rnn(Nonlinearity::Tanh);
    let mut found = vec![0.0; 3];
    let rows = [20, 28, 36];
    let seeds = 1..=3;
    for seed in seeds.clone() {
        let draw = Draw { design: Design::new(cell, UNITS, 1), seed };
        // Nothing is read after the first step.
        let input = Input { signal: Signal::Impulse, length: 40, ..Input::default() };
        let weights = Weights::Draw(draw);
        let asked = Question { weights, input, ..Question::default() };
        let map =
            Surveyor::new().survey(&asked, Across::BiasScale, &Ticket::new(), &mut |_| {}).unwrap();
        for (row, sum) in rows.iter().zip(&mut found) {
            let log = |column: usize| map.cell(*row, column).unwrap().log10();
            let column = (24..40).find(|column| log(column + 1) > 0.0).unwrap();
            let part = log(column) / (log(column) - log(column + 1));
            *sum += map.weight_scales[column] + 0.25 * part;
        }
    }
    for (row, sum) in rows.iter().zip(found) {
        let bias_scale = (*row as f64 - 20.0) / 4.0;
        let (found, theory) =
            (sum / seeds.clone().count() as f64, crossing(|s| chi(s, bias_scale).ln()));
        assert!(
            (found - theory).abs() < 0.2,
            "biases x {bias_scale}: {found:.2}, theory {theory:.2}"
        );
    }
}
