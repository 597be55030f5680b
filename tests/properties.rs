//! What must hold for every network: theory, determinism and limits of size.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use rnnscope::error::Error;
use rnnscope::flow::{Draw, FlowReport, Input, Instrument, Precision, Question, Signal, Weights};
use rnnscope::network::{Cell, Nonlinearity};
use rnnscope::network::{Design, Init, Recipe};
use rnnscope::task::Loss;
use rnnscope::ticket::Ticket;

fn ask(question: &Question) -> FlowReport {
    let mut instrument = Instrument::new();
    let mut report = instrument.answer(question, &Ticket::new()).unwrap();
    instrument.complete(&mut report, &Ticket::new()).unwrap();
    report
}

fn drawn(cell: Cell, hidden_size: usize, seed: u64) -> Question {
    let draw = Draw { design: Design::new(cell, hidden_size, 1), seed };
    Question { weights: Weights::Draw(draw), ..Question::default() }
}

fn any_cell() -> impl Strategy<Value = Cell> {
    prop_oneof![
        Just(Cell::Rnn(Nonlinearity::Tanh)),
        Just(Cell::Rnn(Nonlinearity::Relu)),
        Just(Cell::Rnn(Nonlinearity::Identity)),
        Just(Cell::Lstm),
        Just(Cell::Gru),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_spectral_radius_scales_with_the_weights(
        cell in any_cell(), hidden in 1usize..12, seed in 0u64..1000, scale in -5.0f64..5.0,
    ) {
        let unit = ask(&drawn(cell, hidden, seed));
        let scaled = ask(&Question { weight_scale: scale, ..drawn(cell, hidden, seed) });
        for (unit, scaled) in unit.spectra[0].blocks.iter().zip(&scaled.spectra[0].blocks) {
            let expected = unit.spectrum.radius * scale.abs();
            prop_assert!((scaled.spectrum.radius - expected).abs() <= 1e-12 * (1.0 + expected));
            prop_assert!(scaled.spectrum.radius <= scaled.spectrum.sigma_max * (1.0 + 1e-9));
        }
    }

    #[test]
    fn an_orthogonal_identity_rnn_keeps_the_gradient(
        hidden in 1usize..24, length in 1usize..60, seed in 0u64..1000,
    ) {
        let identity = Cell::Rnn(Nonlinearity::Identity);
        let design = Design { init: Init::Orthogonal, ..Design::new(identity, hidden, 1) };
        let draw = Draw { design, seed };
        let input = Input { length, ..Input::default() };
        let question = Question { weights: Weights::Draw(draw), input, ..Question::default() };
        let norms = &ask(&question).layers[0].grad_norm;
        for norm in norms {
            // Weights are f32: orthogonal to 1e-7.
            prop_assert!((norm / norms[length - 1] - 1.0).abs() < 1e-4, "{norms:?}");
        }
    }

    #[test]
    fn without_recurrent_weights_only_the_last_step_hears_the_last_loss(
        cell in any_cell(), hidden in 1usize..10, length in 2usize..20, seed in 0u64..1000,
    ) {
        let question = Question {
            weight_scale: 0.0,
            input: Input { length, ..Input::default() },
            ..drawn(cell, hidden, seed)
        };
        let report = ask(&question);
        let norms = &report.layers[0].grad_norm;
        prop_assert!(norms[length - 1] > 0.0);
        match cell {
            // Gates still carry c, and z still carries h: only the RNN is cut.
            Cell::Rnn(_) => prop_assert!(norms[..length - 1].iter().all(|&norm| norm == 0.0)),
            Cell::Lstm => prop_assert!(norms[..length - 1].iter().all(|&norm| norm == 0.0)),
            Cell::Gru => prop_assert!(norms[0] <= norms[length - 1]),
        }
    }

    #[test]
    fn the_same_question_has_the_same_bytes(
        cell in any_cell(), hidden in 1usize..10, layers in 1usize..4, seed in any::<u64>(),
        weight in -5.0f64..5.0, bias in -5.0f64..5.0, f32 in any::<bool>(),
    ) {
        let draw = Draw { design: Design::new(cell, hidden, layers), seed };
        let question = Question {
            weights: Weights::Draw(draw),
            weight_scale: weight,
            bias_scale: bias,
            precision: if f32 { Precision::F32 } else { Precision::F64 },
            ..Question::default()
        };
        let mut instrument = Instrument::new();
        // An instrument that has answered something else must not remember it.
        instrument.answer(&drawn(Cell::Gru, 3, 9), &Ticket::new()).unwrap();
        let mut second = instrument.answer(&question, &Ticket::new()).unwrap();
        let mut first = Instrument::new().answer(&question, &Ticket::new()).unwrap();
        (first.seconds, second.seconds) = (0.0, 0.0);
        prop_assert_eq!(format!("{first:?}"), format!("{second:?}"));
    }

    /// The product of the Jacobian at the last step with dL/dh_T is dL/dh_{T-1} (loss last).
    #[test]
    fn the_step_jacobian_carries_the_gradient_back(
        cell in any_cell(), hidden in 1usize..8, seed in 0u64..1000, weight in -3.0f64..3.0,
    ) {
        let question = Question { weight_scale: weight, ..drawn(cell, hidden, seed) };
        let mut instrument = Instrument::new();
        let trace = instrument.trace(&question, &Ticket::new()).unwrap();
        let layer = &trace.layers[0];
        let planes = cell.states();
        let at = |tensor: &candle_core::Tensor, t: usize| -> Vec<f64> {
            (0..planes)
                .flat_map(|s| {
                    let row = tensor.get(s).unwrap().get(t).unwrap().get(0).unwrap();
                    row.to_vec1::<f64>().unwrap()
                })
                .collect()
        };
        let state = at(&layer.states, 9);
        let (h, c) = state.split_at(hidden);
        let network = {
            let Weights::Draw(draw) = &question.weights else { unreachable!() };
            let mut generator = rnnscope::rng::Generator::seeded(draw.seed);
            draw.design.network(&draw.design.spec(1, 1), &mut generator).unwrap()
        };
        let scaled = network.scaled(weight, 1.0, candle_core::DType::F64).unwrap();
        let x = ask(&question).input[0][9];
        let jacobian =
            rnnscope::flow::step_jacobian(cell, &scaled.layers[0], &[x], h, c).unwrap();
        // At T the gradient of c is only what reaches it through h of the same step, which the
        // Jacobian's rows of h already hold.
        let mut last = at(&layer.grads, 10);
        last[hidden..].fill(0.0);
        let expected = at(&layer.grads, 9);
        let last = faer::Col::from_fn(last.len(), |i| last[i]);
        let found = jacobian.transpose() * last;
        // dL/dc at T - 1 also counts the way through h_{T-1}, so only h is compared.
        for j in 0..hidden {
            let off = (found[j] - expected[j]).abs();
            prop_assert!(off < 1e-10 * (1.0 + expected[j].abs()), "{found:?} {expected:?}");
        }
    }
}

#[test]
fn f64_resolves_gradients_that_f32_reads_as_zero() {
    let question = Question {
        weight_scale: 0.2,
        input: Input { length: 120, ..Input::default() },
        ..drawn(Cell::Rnn(Nonlinearity::Tanh), 16, 0)
    };
    let double = ask(&question);
    let first = double.layers[0].grad_norm[0];
    assert!(first > 0.0 && first < 1e-60, "{first:e}");
    let single = ask(&Question { precision: Precision::F32, ..question });
    assert_eq!(single.layers[0].grad_norm[0], 0.0);
    let census = single.layers[0].grad_census;
    assert!(census.zeros > 1000 && census.denormals > 0, "{census:?}");
}

#[test]
fn explosions_are_reported_as_infinity_or_nan() {
    let question = Question {
        weight_scale: 5.0,
        input: Input { length: 3000, ..Input::default() },
        ..drawn(Cell::Rnn(Nonlinearity::Identity), 16, 0)
    };
    let report = ask(&question);
    let census = report.layers[0].hidden_census;
    assert!(census.infinities + census.nans > 0);
    assert!(!report.loss.is_finite());
}

#[test]
fn long_sequences_do_not_overflow_the_stack() {
    for cell in [Cell::Rnn(Nonlinearity::Tanh), Cell::Lstm, Cell::Gru] {
        let input = Input { length: 10_000, signal: Signal::Sine, ..Input::default() };
        let report = ask(&Question { input, loss: Loss::All, ..drawn(cell, 4, 0) });
        assert_eq!(report.layers[0].grad_norm.len(), 10_000);
    }
}

#[test]
fn a_question_beyond_memory_is_refused_before_it_is_computed() {
    let input = Input { length: 100_000, batch: 256, ..Input::default() };
    let draw = Draw { design: Design::new(Cell::Lstm, 512, 8), seed: 0 };
    let question = Question { weights: Weights::Draw(draw), input, ..Question::default() };
    let error = Instrument::new().answer(&question, &Ticket::new()).unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
}

#[test]
fn an_own_input_seed_gives_every_network_the_same_input() {
    let input = Input { seed: Some(3), ..Input::default() };
    let ask_input = |cell, recipe| {
        let design = Design { recipe, ..Design::new(cell, 16, 1) };
        let draw = Draw { design, seed: 0 };
        let weights = Weights::Draw(draw);
        ask(&Question { weights, input: input.clone(), ..Question::default() }).input
    };
    let first = ask_input(Cell::Lstm, Recipe::Torch);
    assert_eq!(first, ask_input(Cell::Gru, Recipe::Notebook));
}
