//! The check over random networks: never red without reason, red with one, mostly green.

use proptest::prelude::*;

use super::gradients::{Gradients, Subject};
use super::{Cause, Check, Method, Reason, Verdict, What, compare};
use crate::error::Error;
use crate::flow::{Draw, FlowReport, Input, Instrument, Precision, Question, Signal, Weights};
use crate::network::{Cell, Design, Nonlinearity, Wiring};
use crate::task::{Loss, TaskChoice};
use crate::ticket::Ticket;

const TANH: Cell = Cell::Rnn(Nonlinearity::Tanh);
const RELU: Cell = Cell::Rnn(Nonlinearity::Relu);
const IDENTITY: Cell = Cell::Rnn(Nonlinearity::Identity);
const CELLS: [Cell; 5] = [TANH, RELU, IDENTITY, Cell::Lstm, Cell::Gru];

fn question(design: Design, length: usize, loss: Loss) -> Question {
    let weights = Weights::Draw(Draw { design, seed: 3 });
    let input = Input { length, ..Input::default() };
    Question { weights, input, loss, ..Question::default() }
}

fn check(question: &Question) -> Check {
    Instrument::new().check(question, &Ticket::new()).unwrap()
}

fn told(check: &Check) -> String {
    let line = |part: &super::Part| {
        let super::Part { what, method, autograd, difference, error, uncertainty, verdict } = part;
        format!(
            "{what} {method:?} {autograd:e} {difference:e} {error:.1e} {uncertainty:.1e} {verdict:?}\n"
        )
    };
    check.parts.iter().map(line).collect()
}

/// Gradients as autograd has them, spoilt by `spoil` before they are compared.
fn check_spoilt(question: &Question, spoil: impl FnOnce(&mut Gradients)) -> Check {
    let ticket = Ticket::new();
    let mut instrument = Instrument::new();
    let (network, batch) = instrument.ready(question).unwrap();
    let subject = Subject { network: &network, batch, loss: question.loss, ticket: &ticket };
    let mut gradients = Gradients::of(&subject).unwrap();
    spoil(&mut gradients);
    compare(&subject, &gradients).unwrap()
}

fn of_parameter<'a>(gradients: &'a mut Gradients, name: &str) -> &'a mut Vec<f64> {
    &mut gradients.parameters.iter_mut().find(|(other, _)| other == name).unwrap().1
}

fn culprit(check: &Check) -> String {
    assert_eq!(check.verdict(), Verdict::Differs, "{}", told(check));
    check.culprit().unwrap().what.to_string()
}

#[test]
fn default_networks_are_green() {
    for cell in CELLS {
        let found = check(&question(Design::new(cell, 16, 2), 10, Loss::All));
        assert_eq!(found.verdict(), Verdict::Agrees);
        assert_eq!(found.count(Verdict::Agrees), found.parts.len(), "{cell}\n{}", told(&found));
        assert!(found.worst().unwrap() < 1e-7, "{cell}\n{}", told(&found));
    }
}

#[test]
fn a_wrong_gradient_of_one_tensor_is_red_and_named() {
    for cell in CELLS {
        for name in ["weight_ih_l1", "weight_hh_l0", "bias_hh_l1", "head.weight", "head.bias"] {
            for factor in [1.01, -1.0, 0.0] {
                let question = question(Design::new(cell, 8, 2), 12, Loss::All);
                let found = check_spoilt(&question, |gradients| {
                    of_parameter(gradients, name).iter_mut().for_each(|grad| *grad *= factor);
                });
                assert_eq!(culprit(&found), name, "{cell} {factor}");
                let part = found.culprit().unwrap();
                assert_eq!(part.method, Method::Whole);
                let expected = if factor == 1.01 { 1.0 - 1.0 / 1.01 } else { 1.0 - factor };
                assert!((part.error - expected).abs() < 1e-6, "{cell} {factor} {part:?}");
                assert_eq!(found.count(Verdict::Differs), 1, "{cell} {factor}\n{}", told(&found));
            }
        }
    }
}

#[test]
fn one_wrong_number_in_a_tensor_is_red() {
    let question = question(Design::new(Cell::Gru, 6, 1), 10, Loss::Last);
    for (n, factor) in [(0, 1.1), (20, -1.0), (107, 2.0)] {
        let found = check_spoilt(&question, |gradients| {
            of_parameter(gradients, "weight_hh_l0")[n] *= factor;
        });
        assert_eq!(culprit(&found), "weight_hh_l0");
    }
}

#[test]
fn a_wrong_gradient_of_a_state_is_red_even_where_it_has_vanished() {
    for cell in [TANH, Cell::Lstm, Cell::Gru] {
        let sound =
            Question { weight_scale: 0.3, ..question(Design::new(cell, 8, 1), 60, Loss::Last) };
        for plane in 0..cell.states() {
            let found = check_spoilt(&sound, |gradients| {
                let first = &mut gradients.layers[0].grads[plane][8..16];
                assert!(first.iter().all(|grad| grad.abs() < 1e-10), "{first:?}");
                first.iter_mut().for_each(|grad| *grad *= 1.01);
            });
            let state = ["h_1 of layer 1", "c_1 of layer 1"][plane];
            assert_eq!(culprit(&found), state, "{cell}\n{}", told(&found));
        }
    }
}

/// A link that is none of the states looked at breaks the chain.
#[test]
fn a_broken_link_on_the_way_is_red() {
    let sound = Question { weight_scale: 0.3, ..question(Design::new(TANH, 8, 1), 60, Loss::Last) };
    let found = check_spoilt(&sound, |gradients| {
        gradients.layers[0].grads[0][8 * 20..8 * 21].iter_mut().for_each(|grad| *grad *= -1.0);
    });
    assert_eq!(culprit(&found), "h_1 of layer 1", "{}", told(&found));
    // What it should be is not known.
    assert!(found.culprit().unwrap().difference.is_nan());
}

#[test]
fn vanished_gradients_are_followed_step_by_step() {
    let question =
        Question { weight_scale: 0.5, ..question(Design::new(TANH, 16, 1), 200, Loss::Last) };
    let found = check(&question);
    let first = What::State { layer: 0, cell: false, tick: 1 };
    let part = found.parts.iter().find(|part| part.what == first).unwrap();
    assert_eq!((part.method, part.verdict), (Method::StepByStep, Verdict::Agrees));
    assert!(part.autograd < 1e-90 && part.error < 1e-8, "{part:?}");
}

#[test]
fn what_no_difference_can_see_is_left_open() {
    // In exact arithmetic 1e-400, in f64 zero.
    let gone =
        Question { weight_scale: 1e-3, ..question(Design::new(TANH, 4, 1), 300, Loss::Last) };
    let found = check(&gone);
    let verdict = |tick| {
        let state = What::State { layer: 0, cell: false, tick };
        found.parts.iter().find(|part| part.what == state).unwrap().verdict
    };
    assert_eq!(verdict(1), Verdict::Unresolved(Reason::Underflow), "{}", told(&found));
    assert_eq!(verdict(300), Verdict::Agrees);
    // Every pre-activation lies exactly at the kink.
    let scales = |question| Question { weight_scale: 0.0, bias_scale: 0.0, ..question };
    let found = check(&scales(question(Design::new(RELU, 4, 1), 5, Loss::Last)));
    assert!(found.count(Verdict::Unresolved(Reason::Kink)) > 0, "{}", told(&found));
    assert_eq!(found.count(Verdict::Differs), 0, "{}", told(&found));
}

#[test]
fn nan_and_infinity_are_left_open() {
    for cell in CELLS {
        for (scale, length) in [(1e200, 20), (1e80, 30), (50.0, 400)] {
            let sound = question(Design::new(cell, 4, 2), length, Loss::All);
            let found = check(&Question { weight_scale: scale, ..sound });
            assert_eq!(found.count(Verdict::Differs), 0, "{cell} {scale}\n{}", told(&found));
        }
    }
    let sound = question(Design::new(IDENTITY, 4, 1), 30, Loss::Last);
    let broken = check(&Question { weight_scale: 1e200, ..sound });
    assert_eq!(broken.count(Verdict::Agrees), 0);
    assert_eq!(broken.verdict(), Verdict::Unresolved(Reason::NotFinite));
}

#[test]
fn one_step_and_a_batch_work() {
    for cell in CELLS {
        let mut single = question(Design::new(cell, 5, 2), 1, Loss::Last);
        single.input.batch = 7;
        let found = check(&single);
        // h_0 is zero, so W_hh has no gradient: not a bit changes.
        assert_eq!(found.count(Verdict::Agrees), found.parts.len(), "{cell}\n{}", told(&found));
        let hh = found.parts.iter().find(|part| part.what.to_string() == "weight_hh_l0").unwrap();
        assert_eq!((hh.autograd, hh.difference), (0.0, 0.0));
    }
}

#[test]
fn tasks_with_skips_and_ticks_are_green() {
    for task in TaskChoice::all() {
        for (cell, wiring, ticks) in [
            (Cell::Lstm, Wiring::Skips, 2),
            (TANH, Wiring::Stacked, 1),
            (Cell::Gru, Wiring::Skips, 1),
        ] {
            let task = match &task {
                TaskChoice::LongLag(task) => {
                    TaskChoice::LongLag(crate::task::LongLag { symbols: 7, ..*task })
                }
                other => other.clone(),
            };
            let input = Input { batch: 3, signal: Signal::Task(task.clone()), ..Input::default() };
            let design = Design { wiring, ticks, ..Design::new(cell, 6, 2) };
            let found = check(&Question { input, ..question(design, 1, Loss::All) });
            let agree = found.count(Verdict::Agrees);
            assert_eq!(agree, found.parts.len(), "{task:?} {cell}\n{}", told(&found));
        }
    }
}

/// All the sliders offer, in steps of 1.
#[test]
fn the_sliders_range_is_never_red() {
    let (mut agree, mut all) = (0, 0);
    for cell in CELLS {
        for weight in -5..=5 {
            for bias in -5..=5 {
                let question = Question {
                    weight_scale: f64::from(weight),
                    bias_scale: f64::from(bias),
                    ..question(Design::new(cell, 16, 1), 10, Loss::Last)
                };
                let found = check(&question);
                assert_eq!(
                    found.count(Verdict::Differs),
                    0,
                    "{cell} {weight} {bias}\n{}",
                    told(&found)
                );
                agree += found.count(Verdict::Agrees);
                all += found.parts.len();
            }
        }
    }

    assert!(agree as f64 > 0.98 * all as f64, "{agree} of {all}");
}

#[test]
fn a_cancelled_ticket_ends_the_check() {
    let ticket = Ticket::new();
    ticket.cancel();
    let question = question(Design::new(TANH, 4, 1), 10, Loss::Last);
    let found = Instrument::new().check(&question, &ticket);
    assert!(matches!(found, Err(Error::Cancelled)));
    let found = Instrument::new().precision(&question, &ticket);
    assert!(matches!(found, Err(Error::Cancelled)));
}

#[test]
fn equal_questions_have_equal_checks_in_any_precision() {
    let double = question(Design::new(Cell::Lstm, 8, 1), 20, Loss::Last);
    let single = Question { precision: Precision::F32, ..double.clone() };
    assert_eq!(check(&double), check(&single));
}

#[test]
fn f32_loses_a_vanished_gradient_where_its_range_ends() {
    let question =
        Question { weight_scale: 0.5, ..question(Design::new(TANH, 16, 1), 200, Loss::Last) };
    let report = Instrument::new().precision(&question, &Ticket::new()).unwrap();
    let layer = &report.layers[0];
    let lost = layer.lost.unwrap();
    assert_eq!(lost.cause, Cause::Underflow);
    // Numbers below f32::MIN_POSITIVE keep some digits down to 1.4e-45.
    let (at, after) = (layer.double[lost.tick - 1], layer.double[lost.tick]);
    assert!(at < f64::from(f32::MIN_POSITIVE) && at > 1e-46, "{lost:?} {at:e}");
    assert!(after > 2.0 * at.min(1e-45), "{after:e}");
    assert_eq!(layer.single[0], 0.0);
    assert!(layer.double[0] < 1e-90 && layer.error[0] == 1.0);
    assert!(layer.error[199] < 1e-5 && layer.weight_error < 1e-5);
}

#[test]
fn f32_overflows_and_goes_astray() {
    let loud =
        Question { weight_scale: 40.0, ..question(Design::new(IDENTITY, 8, 1), 60, Loss::Last) };
    let report = Instrument::new().precision(&loud, &Ticket::new()).unwrap();
    assert_eq!(report.layers[0].lost.unwrap().cause, Cause::Overflow);
    // A chaotic network: after some steps f32 is on another way.
    let wild = Question { weight_scale: 5.0, ..question(Design::new(TANH, 64, 1), 200, Loss::All) };
    let report = Instrument::new().precision(&wild, &Ticket::new()).unwrap();
    let lost = report.layers[0].lost.unwrap();
    assert_eq!(lost.cause, Cause::Rounding);
    assert!(report.layers[0].weight_error > 0.5);
}

#[test]
fn f32_keeps_the_gradient_of_a_short_sequence() {
    for cell in CELLS {
        let question = question(Design::new(cell, 8, 2), 10, Loss::All);
        let report = Instrument::new().precision(&question, &Ticket::new()).unwrap();
        for layer in &report.layers {
            assert_eq!(layer.lost, None);
            assert!(layer.error.iter().all(|error| *error < 1e-4), "{cell} {:?}", layer.error);
            assert!(layer.error.iter().any(|error| *error > 0.0));
            assert!(layer.weight_error > 0.0 && layer.weight_error < 1e-4);
        }
    }
}

fn any_cell() -> impl Strategy<Value = Cell> {
    prop::sample::select(&CELLS[..])
}

prop_compose! {
    fn any_question()(
        cell in any_cell(), hidden in 1usize..9, layers in 1usize..4, ticks in 1usize..4,
        skips: bool, length in 1usize..50, batch in 1usize..4, all: bool, seed in 0u64..1000,
        weight in -3.0f64..3.0, bias in -3.0f64..3.0,
    ) -> Question {
        let wiring = if skips { Wiring::Skips } else { Wiring::Stacked };
        let design = Design { wiring, ticks, ..Design::new(cell, hidden, layers) };
        let loss = if all { Loss::All } else { Loss::Last };
        let mut question = question(design, length, loss);
        question.weights = Weights::Draw(Draw { design, seed });
        question.input.batch = batch;
        Question { weight_scale: weight, bias_scale: bias, ..question }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn no_network_is_ever_red(question in any_question()) {
        let found = check(&question);
        prop_assert_eq!(found.count(Verdict::Differs), 0, "{}", told(&found));

    }

    #[test]
    fn no_task_is_ever_red(
        cell in any_cell(), which in 0usize..5, skips: bool, ticks in 1usize..3, weight in -3.0f64..3.0,
    ) {
        let task = TaskChoice::all()[which].clone();
        let input = Input { batch: 2, signal: Signal::Task(task), ..Input::default() };
        let wiring = if skips { Wiring::Skips } else { Wiring::Stacked };
        let design = Design { wiring, ticks, ..Design::new(cell, 4, 2) };
        let question = question(design, 1, Loss::All);
        let found = check(&Question { input, weight_scale: weight, ..question });
        prop_assert_eq!(found.count(Verdict::Differs), 0, "{}", told(&found));

    }
}

#[test]
fn the_effort_grows_with_parts_and_time() {
    let effort = |design, precision, seconds| {
        let question = Question { precision, ..question(design, 10, Loss::Last) };
        let report = Instrument::new().answer(&question, &Ticket::new()).unwrap();
        Check::effort(&FlowReport { seconds, ..report })
    };
    let single = effort(Design::new(TANH, 4, 1), Precision::F64, 1e-3);
    // Nine parts of some dozen runs, of which an answer takes three.
    assert!((0.02..0.1).contains(&single), "{single}");
    assert!((effort(Design::new(TANH, 4, 1), Precision::F64, 2e-3) / single - 2.0).abs() < 1e-12);
    assert!(effort(Design::new(TANH, 4, 3), Precision::F64, 1e-3) > 2.0 * single);
    assert!(effort(Design::new(Cell::Lstm, 4, 1), Precision::F32, 1e-3) > 2.0 * single);
}

#[test]
fn progress_is_told_and_the_runs_are_few() {
    for cell in CELLS {
        let question = question(Design::new(cell, 8, 2), 40, Loss::Last);
        let ticket = Ticket::new();
        let found = Instrument::new().check(&question, &ticket).unwrap();
        let done = ticket.progress().unwrap();
        // Of the eight runs expected for each part.
        assert!((0.4..=1.0).contains(&done), "{cell}: {done}");
        assert_eq!(found.count(Verdict::Agrees), found.parts.len(), "{cell}");
    }
}
