//! Landscapes against single measures, and what becomes of them when they are broken off.

use proptest::prelude::*;

use super::*;
use crate::error::{Error, Result};
use crate::flow::{Draw, Input, Instrument, Precision, Signal, Weights};
use crate::network::{Cell, Design, Nonlinearity};
use crate::task::{Loss, TaskChoice};
use crate::ticket::Ticket;

const CELLS: [Cell; 4] =
    [Cell::Rnn(Nonlinearity::Tanh), Cell::Rnn(Nonlinearity::Relu), Cell::Lstm, Cell::Gru];

fn question(cell: Cell, hidden: usize, length: usize) -> Question {
    let draw = Draw { design: Design::new(cell, hidden, 1), seed: 1 };
    let input = Input { length, batch: 2, ..Input::default() };
    Question { weights: Weights::Draw(draw), input, ..Question::default() }
}

fn survey(question: &Question, across: Across) -> Landscape {
    Surveyor::new().survey(question, across, &Ticket::new(), &mut |_| {}).unwrap()
}

/// ‖dL/dh_1‖ and ‖dL/dh_T‖ of the lowest layer, as the report has them.
fn single(question: &Question) -> [u64; 2] {
    let report = Instrument::new().answer(question, &Ticket::new()).unwrap();
    let norms = &report.layers[0].grad_norm;
    [norms[0], norms[norms.len() - 1]].map(f64::to_bits)
}

fn bits(growth: Option<Growth>) -> [u64; 2] {
    let Growth { first, last } = growth.expect("measured");
    [first, last].map(f64::to_bits)
}

#[test]
fn a_cell_is_the_single_measure_whatever_changes() {
    for cell in CELLS {
        for precision in [Precision::F32, Precision::F64] {
            let asked = Question { precision, loss: Loss::All, ..question(cell, 3, 4) };
            for across in Across::ALL {
                if across.unavailable(&asked).is_some() {
                    continue;
                }
                let found = survey(&asked, across);
                assert!(found.is_complete() && found.cells.len() == 41 * found.values.len());
                assert_eq!(bits(found.here), single(&asked));
                for [row, column] in [[0, 0], [5, 24], [17, 20], [40, 40], [24, 24], [33, 7]] {
                    let mut there = across.set(&asked, found.values[row]);
                    there.weight_scale = found.weight_scales[column];
                    let of_cell = bits(found.cell(row, column));
                    assert_eq!(of_cell, single(&there), "{cell} {precision} {across} {row}");
                }
            }
        }
    }
}

#[test]
fn layers_skips_ticks_and_tasks_are_measured_alike() {
    let stacked = Draw { design: Design::new(Cell::Gru, 3, 2), seed: 5 };
    let mut skips = stacked;
    (skips.design.wiring, skips.design.ticks) = (crate::network::Wiring::Skips, 2);
    let task =
        TaskChoice::all().into_iter().find(|task| task.name() == "first-zero").expect("a task");
    let signal = Signal::Task(task);
    for (draw, signal) in [(stacked, Signal::Sine), (skips, Signal::Noise), (stacked, signal)] {
        let input = Input { signal, length: 3, ..Input::default() };
        let asked = Question { weights: Weights::Draw(draw), input, ..Question::default() };
        let found = survey(&asked, Across::BiasScale);
        for column in [0, 13, 20, 30] {
            let weight_scale = found.weight_scales[column];
            let there = Question { weight_scale, bias_scale: found.values[9], ..asked.clone() };
            assert_eq!(bits(found.cell(9, column)), single(&there), "{column}");
        }
    }
}

#[test]
fn it_is_told_at_once_then_level_by_level() {
    let mut told: Vec<Landscape> = Vec::new();
    let mut surveyor = Surveyor::new();
    let asked = question(CELLS[0], 4, 6);
    let found = surveyor
        .survey(&asked, Across::BiasScale, &Ticket::new(), &mut |so_far| told.push(so_far.clone()))
        .unwrap();
    assert_eq!((told[0].measured(), told[0].here), (0, None));
    let counts: Vec<usize> = told.iter().map(Landscape::measured).collect();
    for level in [36, 121, 441, 1681] {
        assert!(counts.contains(&level), "{level} in {counts:?}");
    }
    assert!(counts.is_sorted() && told.last() == Some(&found));
    for so_far in &told {
        let whole = (0..41).all(|row| (0..41).all(|column| so_far.nearest(row, column).is_some()));
        assert_eq!(whole, so_far.measured() >= 36, "complete from the first level on");
        assert_eq!(so_far.finest()[0].is_empty(), so_far.measured() < 36);
    }
    let coarse = told.iter().find(|so_far| so_far.measured() == 36).unwrap();
    assert_eq!(coarse.nearest(11, 36), coarse.cell(8, 40));
    assert_eq!(coarse.finest()[1], [0, 8, 16, 24, 32, 40]);
}

#[test]
fn what_is_known_is_not_measured_again() {
    let mut surveyor = Surveyor::new();
    let mut ask = |question: &Question, across| {
        let before = surveyor.measurements();
        let mut told = 0;
        let ticket = Ticket::new();
        let found = surveyor.survey(question, across, &ticket, &mut |_| told += 1).unwrap();
        assert!(found.is_complete() && bits(found.here) == single(question));
        assert_eq!(ticket.progress(), Some(1.0));
        (surveyor.measurements() - before, told)
    };
    let lstm = question(Cell::Lstm, 3, 4);
    assert_eq!(ask(&lstm, Across::BiasScale).0, 1682);
    let moved = Question { weight_scale: -0.3, bias_scale: 2.2, ..lstm.clone() };
    assert_eq!(ask(&moved, Across::BiasScale), (1, 1), "the sliders only");
    assert_eq!(ask(&moved, Across::Length).0, 1682, "another bias scale");
    let longer = Across::Length.set(&moved, 17.0);
    assert_eq!(ask(&longer, Across::Length), (1, 1));
    assert_eq!(ask(&longer, Across::BiasScale).0, 1682, "another length");
    assert_eq!(ask(&lstm, Across::ForgetBias).0, 1682);
    assert_eq!(ask(&Across::ForgetBias.set(&lstm, 3.0), Across::ForgetBias), (1, 1));
    assert_eq!(ask(&lstm, Across::BiasScale), (1, 1), "still known");
    assert_eq!(ask(&Question { loss: Loss::All, ..lstm }, Across::BiasScale).0, 1682);
}

#[test]
fn what_was_broken_off_goes_on() {
    let (asked, across) = (question(Cell::Gru, 4, 8), Across::BiasScale);
    let mut surveyor = Surveyor::new();
    let ticket = Ticket::new();
    let mut stop = |so_far: &Landscape| {
        if so_far.measured() >= 121 {
            ticket.cancel();
        }
    };
    let end = surveyor.survey(&asked, across, &ticket, &mut stop);
    assert!(matches!(end, Err(Error::Cancelled)));
    let begun = surveyor.measurements();
    assert!((122..1682).contains(&begun), "{begun}");
    let mut first = None;
    let mut publish = |so_far: &Landscape| {
        first.get_or_insert(so_far.measured());
    };
    let found = surveyor.survey(&asked, across, &Ticket::new(), &mut publish).unwrap();
    assert!(first >= Some(121), "{first:?}");
    // The place itself is measured again; each hand may have been at a cell when it was stopped.
    let again = 1 + crate::flow::view::cores::cores() as u64;
    assert!(surveyor.measurements() <= 1682 + again);
    assert_eq!(found, survey(&asked, across));
}

#[test]
fn a_cancelled_ticket_stops_inside_a_cell() {
    let asked = question(CELLS[0], 64, 50_000);
    let (ticket, start) = (Ticket::new(), std::time::Instant::now());
    let canceller = ticket.clone();
    let thread = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(100));
        canceller.cancel();
    });
    let end = Surveyor::new().survey(&asked, Across::BiasScale, &ticket, &mut |_| {});
    assert!(matches!(end, Err(Error::Cancelled)));
    assert!(start.elapsed().as_secs_f64() < 5.0, "{:?}", start.elapsed());
    thread.join().unwrap();
}

#[test]
fn what_cannot_be_surveyed_is_refused_in_words() {
    let refused = |question: &Question, across| -> Result<Landscape> {
        Surveyor::new().survey(question, across, &Ticket::new(), &mut |_| {})
    };
    let text = refused(&question(CELLS[0], 3, 3), Across::ForgetBias).unwrap_err().to_string();
    assert!(text.contains("forget bias") && text.contains("no gates"), "{text}");
    let mut large = question(Cell::Lstm, 512, 100_000);
    large.input.batch = 256;
    let error = refused(&large, Across::BiasScale).unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    let nan = Question { weight_scale: f64::NAN, ..question(CELLS[0], 3, 3) };
    assert!(matches!(refused(&nan, Across::BiasScale), Err(Error::OutOfRange { .. })));
}

/// A linear network's gradient is multiplied by s a step; what overflows and underflows is told apart.
#[test]
fn linear_networks_have_their_edge_at_one() {
    let mut design = Design::new(Cell::Rnn(Nonlinearity::Identity), 4, 1);
    design.init = crate::network::Init::Identity;
    let input = Input { length: 9, signal: Signal::Impulse, ..Input::default() };
    let weights = Weights::Draw(Draw { design, seed: 0 });
    let asked = Question { weights, input, ..Question::default() };
    let found = survey(&asked, Across::Length);
    for (row, length) in found.values.iter().enumerate() {
        for (column, scale) in found.weight_scales.iter().enumerate() {
            let growth = found.cell(row, column).unwrap();
            let expected = (length - 1.0) * scale.abs().log10();
            let near = (growth.log10() - expected).abs() < 1e-9;
            assert!(near || (*scale == 0.0 && (growth.first == 0.0) == (*length > 1.0)), "{scale}");
        }
    }
    let mut long = asked.clone();
    (long.input.length, long.precision) = (3000, Precision::F32);
    let extremes = survey(&long, Across::BiasScale);
    let count = |what: fn(f64) -> bool| {
        extremes.cells.iter().flatten().filter(|growth| what(growth.log10())).count()
    };
    assert!(count(f64::is_nan) > 0 && count(|log| log == f64::NEG_INFINITY) > 0);
    assert!(extremes.is_complete());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_network_has_a_landscape_of_single_measures(
        cell in prop::sample::select(CELLS.to_vec()), hidden in 1usize..6, length in 1usize..8,
        weight in -6.0f64..6.0, bias in -6.0f64..6.0, single_precision in any::<bool>(),
        across in prop::sample::select(Across::ALL.to_vec()), place in (0usize..20, 0usize..41),
    ) {
        let precision = if single_precision { Precision::F32 } else { Precision::F64 };
        let scales = Question { weight_scale: weight, bias_scale: bias, ..Question::default() };
        let asked = Question { precision, ..question(cell, hidden, length) };
        let asked = Question { weight_scale: scales.weight_scale, bias_scale: scales.bias_scale, ..asked };
        prop_assume!(across.unavailable(&asked).is_none());
        let found = survey(&asked, across);
        let (row, column) = place;
        let mut there = across.set(&asked, found.values[row]);
        there.weight_scale = found.weight_scales[column];
        prop_assert_eq!(bits(found.cell(row, column)), single(&there));
        prop_assert_eq!(bits(found.here), single(&asked));
    }
}
