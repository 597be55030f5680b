//! Each view against autograd, which works it out in another way, over random networks.

mod distance;
mod special;

use candle_core::{DType, Tensor, Var};
use proptest::prelude::*;

use super::itemized::{itemize, itemized};
use super::weights::{contributions, weights};
use super::{Scene, Terms, View, ViewReport};
use crate::flow::batch::Batch;
use crate::flow::measure::{measure_by, norm, numbers};
use crate::flow::{Draw, Input, Instrument, Precision, Question, Signal, Weights};
use crate::network::{Cell, Design, Network, Nonlinearity, Probing, Reading, Wiring};
use crate::task::{Loss, TaskChoice};
use crate::ticket::Ticket;

fn question(design: Design, length: usize, batch: usize, loss: Loss) -> Question {
    let draw = Draw { design, seed: 3 };
    let input = Input { length, batch, ..Input::default() };
    Question { weights: Weights::Draw(draw), input, loss, ..Question::default() }
}

/// A question about the sequences of a task.
fn of_task(task: &TaskChoice, cell: Cell, ticks: usize) -> Question {
    let task = match task {
        TaskChoice::LongLag(task) => {
            TaskChoice::LongLag(crate::task::LongLag { symbols: 7, ..*task })
        }
        TaskChoice::FirstZero(task) => {
            TaskChoice::FirstZero(crate::task::FirstZero { length: 9, ..*task })
        }
        other => other.clone(),
    };
    let input = Input { length: task.length(), batch: 4, seed: Some(1), ..Input::default() };
    let input = Input { signal: Signal::Task(task.clone()), ..input };
    let design = Design { ticks, ..Design::new(cell, 6, 2) };
    Question { input, loss: task.loss(), ..question(design, 1, 1, Loss::All) }
}

/// Sets the scene of a question in f64 and shows it.
fn show(question: &Question, see: impl FnOnce(&Scene<'_, f64>)) {
    assert_eq!(question.precision, Precision::F64);
    let mut instrument = Instrument::new();
    let (network, batch) = instrument.ready(question).unwrap();
    see(&Scene::set(&network, batch, question.loss, &Ticket::new()).unwrap());
}

/// Gradients `[n·T][B·H]` of every layer by candle's autograd.
fn autograd(
    network: &Network,
    batch: &Batch,
    loss: &dyn Fn(&Tensor) -> crate::error::Result<Tensor>,
) -> Vec<Vec<Vec<f64>>> {
    gradients(network, &batch.x, loss)
}

fn gradients(
    network: &Network,
    x: &Tensor,
    loss: &dyn Fn(&Tensor) -> crate::error::Result<Tensor>,
) -> Vec<Vec<Vec<f64>>> {
    let trace = measure_by(network, x, loss, &Ticket::new()).unwrap();
    let layer = |layer: &crate::flow::LayerTrace| {
        let (_, rows, size, hidden) = layer.grads.dims4().unwrap();
        let all = numbers(&layer.grads.get(0).unwrap()).unwrap();
        all.chunks_exact(size * hidden).skip(1).take(rows - 1).map(<[f64]>::to_vec).collect()
    };
    trace.layers.iter().map(layer).collect()
}

fn assert_near(found: &[f64], expected: &[f64], what: &str) {
    let size = 1e-300 + norm(expected);
    let off: Vec<f64> = found.iter().zip(expected).map(|(a, b)| a - b).collect();
    assert_eq!(found.len(), expected.len(), "{what}");
    assert!(norm(&off) <= 1e-9 * size, "{what}: off by {:e} of {size:e}", norm(&off));
}

/// The rows add up to the gradient of the loss, and each is what autograd makes of its loss alone,
/// however many go back at a time.
fn check_itemized(question: &Question, at_a_time: usize) {
    show(question, |scene| {
        let (network, batch) = (scene.network, scene.batch);
        let ticks = network.spec.ticks;
        let size = batch.size * network.spec.hidden_size;
        let zero = vec![vec![0.0; size]; batch.steps * ticks];
        let mut rows = vec![vec![zero; batch.steps]; scene.layers()];
        let terms = itemize(scene, at_a_time, &mut |sent| {
            rows[sent.layer][sent.step][sent.tick] = sent.gradient.to_vec();
        })
        .unwrap();
        let loss = autograd(network, batch, &|output| batch.loss(output, scene.loss));
        for (layer, rows) in rows.iter().enumerate() {
            for tick in 0..batch.steps * ticks {
                let mut sum = vec![0.0; size];
                let counted = match terms {
                    Terms::LastOnly => &rows[batch.steps - 1..],
                    Terms::Sum | Terms::Shares => &rows[..],
                };
                for row in counted {
                    sum.iter_mut().zip(&row[tick]).for_each(|(sum, part)| *sum += part);
                }
                assert_near(&sum, &loss[layer][tick], &format!("sum, layer {layer}, tick {tick}"));
            }
        }
        if network.spec.reading == Reading::EachStep && batch.obeys_loss() {
            let part = if scene.loss == Loss::All { batch.steps as f64 } else { 1.0 };
            for step in 0..batch.steps {
                let own = autograd(network, batch, &|output| {
                    Ok((batch.loss_at(&output.narrow(0, step, 1)?, step)? / part)?)
                });
                for (layer, rows) in rows.iter().enumerate() {
                    for (tick, own) in own[layer].iter().enumerate() {
                        assert_near(&rows[step][tick], own, &format!("loss {step}, tick {tick}"));
                    }
                }
            }
        }
        if matches!(network.spec.reading, Reading::LastStep | Reading::LastStepRelu) {
            for step in 0..batch.steps {
                // The sequences end there.
                let x = batch.x.narrow(0, 0, step + 1).unwrap().contiguous().unwrap();
                let own = gradients(network, &x, &|output| batch.loss_at(output, step));
                for (layer, rows) in rows.iter().enumerate() {
                    for (tick, own) in own[layer].iter().enumerate() {
                        assert_near(&rows[step][tick], own, &format!("end {step}, tick {tick}"));
                    }
                }
            }
        }
        let report = itemized(scene).unwrap();
        for (layer, rows) in report.layers.iter().zip(&rows) {
            for (step, norms) in layer.norms.iter().enumerate() {
                assert_eq!(norms.len(), (step + 1) * ticks);
                let expected: Vec<f64> = rows[step].iter().map(|row| norm(row)).collect();
                assert_near(norms, &expected[..norms.len()], "norms");
            }
        }
    });
}

/// The contributions add up to autograd's gradient of `weight_hh`.
fn check_weights(question: &Question) {
    show(question, |scene| {
        let (network, variables) = scene.network.variables(DType::F64).unwrap();
        let run = network.run(&scene.batch.x, Probing::Off, &Ticket::new()).unwrap();
        let loss = scene.batch.loss(&run.output, scene.loss).unwrap();
        let grads = loss.backward().unwrap();
        let gradient = |layer: usize| {
            let name = format!("weight_hh_l{layer}");
            let of_name = |(other, _): &&(String, Var)| *other == name;
            let (_, variable) = variables.iter().find(of_name).unwrap();
            numbers(grads.get(variable.as_tensor()).unwrap()).unwrap()
        };
        let mut sums: Vec<Vec<f64>> = vec![Vec::new(); scene.layers()];
        contributions(scene, &mut |layer, tick, matrix| {
            sums[layer].resize(matrix.len(), 0.0);
            sums[layer].iter_mut().zip(matrix).for_each(|(sum, part)| *sum += part);
            assert!(tick > 0 || matrix.iter().all(|part| *part == 0.0), "h_0 is zero");
        })
        .unwrap();
        let report = weights(scene).unwrap();
        for (layer, (sum, shown)) in sums.iter().zip(&report.layers).enumerate() {
            assert_near(sum, &gradient(layer), &format!("weight_hh_l{layer}"));
            assert_near(&[shown.total], &[norm(&gradient(layer))], "total");
            assert!(
                shown.share.windows(2).all(|pair| pair[0] >= pair[1] || pair[0].is_nan()),
                "{:?}",
                shown.share
            );
        }
    });
}

/// Gates by the cell's equations from autograd's states, and gradients as autograd has them.
fn check_gates(question: &Question) {
    let mut instrument = Instrument::new();
    let report = instrument.answer(question, &Ticket::new()).unwrap();
    let trace = instrument.trace(question, &Ticket::new()).unwrap();
    let seen = instrument.view(question, View::Gates, &Ticket::new()).unwrap();
    let ViewReport::Gates(gates) = seen else { panic!("another view") };
    for (n, (layer, flow)) in gates.layers.iter().zip(&report.layers).enumerate() {
        assert_near(&layer.grad_norm, &flow.grad_norm, "‖dL/dh‖");
        assert_eq!(layer.cell_grad_norm.is_some(), flow.cell_grad_norm.is_some());
        if let (Some(found), Some(expected)) = (&layer.cell_grad_norm, &flow.cell_grad_norm) {
            assert_near(found, expected, "‖dL/dc‖");
        }
        let states = &trace.layers[n].states;
        // h or c of the first sequence by unit and tick, 0 being the initial state.
        let state = |plane: usize, unit: usize| {
            let plane = states.get(plane).unwrap().narrow(1, 0, 1).unwrap().squeeze(1).unwrap();
            numbers(&plane.narrow(1, unit, 1).unwrap()).unwrap()
        };
        for unit in 0..report.spec.hidden_size {
            let value = |gate: usize| {
                let gate = &layer.gates[gate];
                let place = gate.units.iter().position(|other| *other == unit).unwrap();
                &gate.values[place]
            };
            for t in 0..report.length {
                let (expected, found) = match gates.cell {
                    Cell::Rnn(_) => (state(0, unit)[t + 1], value(0)[t]),
                    Cell::Gru => {
                        let (z, new) = (value(1)[t], value(2)[t]);
                        (state(0, unit)[t + 1], (1.0 - z) * new + z * state(0, unit)[t])
                    }
                    Cell::Lstm => {
                        let [i, f, g, o] = [0, 1, 2, 3].map(|gate| value(gate)[t]);
                        let c = f * state(1, unit)[t] + i * g;
                        assert_near(&[c], &[state(1, unit)[t + 1]], "c");
                        (state(0, unit)[t + 1], o * c.tanh())
                    }
                };
                assert_near(&[found], &[expected], &format!("layer {n}, unit {unit}, tick {t}"));
            }
        }
    }
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

prop_compose! {
    fn any_question()(
        cell in any_cell(), hidden in 1usize..7, layers in 1usize..4, ticks in 1usize..4,
        skips in any::<bool>(), length in 1usize..8, batch in 1usize..4, all in any::<bool>(),
        weight in -2.0f64..2.0, seed in 0u64..1000,
    ) -> Question {
        let wiring = if skips { Wiring::Skips } else { Wiring::Stacked };
        let design = Design { wiring, ticks, ..Design::new(cell, hidden, layers) };
        let loss = if all { Loss::All } else { Loss::Last };
        let draw = Draw { design, seed };
        Question {
            weights: Weights::Draw(draw),
            weight_scale: weight,
            ..question(design, length, batch, loss)
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn every_loss_goes_back_as_autograd_says(question in any_question(), some in 1usize..9) {
        check_itemized(&question, some);
    }

    #[test]
    fn contributions_add_up_to_the_gradient_of_the_weights(question in any_question()) {
        check_weights(&question);
    }

    #[test]
    fn gates_explain_the_states(question in any_question()) {
        check_gates(&question);
    }
}

#[test]
fn all_views_take_all_tasks() {
    for task in TaskChoice::all() {
        let cells = [(Cell::Lstm, 1), (Cell::Gru, 2), (Cell::Rnn(Nonlinearity::Tanh), 1)];
        for (cell, ticks) in cells {
            let question = of_task(&task, cell, ticks);
            check_itemized(&question, 5);
            check_weights(&question);
            check_gates(&question);
        }
    }
}

/// The gradient of `weight_hh` used at one step alone, by central differences: the network runs step
/// by step, and at that step with other weights.
#[test]
fn a_contribution_is_the_gradient_of_the_weights_at_its_step() {
    const STEP: f64 = 1e-5;
    for cell in [Cell::Rnn(Nonlinearity::Tanh), Cell::Lstm, Cell::Gru] {
        let question = question(Design::new(cell, 3, 2), 4, 2, Loss::Last);
        show(&question, |scene| {
            let (network, batch, ticket) = (scene.network, scene.batch, Ticket::new());
            let loss = |at: usize, layer: usize, entry: usize, off: f64| {
                let mut other = network.clone();
                let weight = &network.layers[layer].weight_hh;
                let mut moved = numbers(weight).unwrap();
                moved[entry] += off;
                other.layers[layer].weight_hh =
                    Tensor::from_vec(moved, weight.shape(), weight.device()).unwrap();
                let mut start: Option<Vec<Tensor>> = None;
                let mut last = 0.0;
                for step in 0..batch.steps {
                    let network = if step == at { &other } else { network };
                    let x = batch.x.narrow(0, step, 1).unwrap();
                    let run = network.run_from(&x, start.as_deref(), Probing::Off, &ticket);
                    let run = run.unwrap();
                    start = Some(Network::last_states(&run).unwrap());
                    last = batch.loss_at(&run.output, step).unwrap().to_scalar::<f64>().unwrap();
                }
                last
            };
            contributions(scene, &mut |layer, tick, matrix| {
                for (entry, found) in matrix.iter().enumerate().step_by(4) {
                    let above = loss(tick, layer, entry, STEP);
                    let expected = (above - loss(tick, layer, entry, -STEP)) / (2.0 * STEP);
                    assert!((found - expected).abs() < 1e-9, "{cell}: {found} for {expected}");
                }
            })
            .unwrap();
        });
    }
}

/// Single precision sees the same until its range ends.
#[test]
fn f32_agrees_with_f64() {
    for cell in [Cell::Rnn(Nonlinearity::Tanh), Cell::Lstm, Cell::Gru] {
        let double = question(Design::new(cell, 8, 2), 12, 2, Loss::All);
        let single = Question { precision: Precision::F32, ..double.clone() };
        let mut instrument = Instrument::new();
        let mut look = |question, view| instrument.view(question, view, &Ticket::new()).unwrap();
        let (ViewReport::Itemized(single_map), ViewReport::Itemized(double_map)) =
            (look(&single, View::Itemized), look(&double, View::Itemized))
        else {
            panic!("another view")
        };
        for (single, double) in single_map.layers.iter().zip(&double_map.layers) {
            for (single, double) in single.norms.iter().flatten().zip(double.norms.iter().flatten())
            {
                assert!((single / double - 1.0).abs() < 1e-3, "{cell}: {single} for {double}");
            }
        }
        let (ViewReport::Weights(single_sum), ViewReport::Weights(double_sum)) =
            (look(&single, View::Weights), look(&double, View::Weights))
        else {
            panic!("another view")
        };
        for (single, double) in single_sum.layers.iter().zip(&double_sum.layers) {
            assert!((single.total / double.total - 1.0).abs() < 1e-4, "{cell}");
            assert_ne!(single.total, double.total, "{cell}: not computed in single precision");
        }
    }
}
