//! Verdicts on networks drawn and measured.

use super::*;
use crate::figure::of_flow::{View, explore};
use crate::flow::{Draw, Input, Instrument, Question, Weights};
use crate::network::{Design, GateBias, Init, Nonlinearity};
use crate::task::Loss;
use crate::ticket::Ticket;

const CELLS: [Cell; 5] = [
    Cell::Rnn(Nonlinearity::Tanh),
    Cell::Rnn(Nonlinearity::Relu),
    Cell::Rnn(Nonlinearity::Identity),
    Cell::Lstm,
    Cell::Gru,
];

fn measured(design: Design, length: usize, change: impl Fn(&mut Question)) -> FlowReport {
    let input = Input { length, batch: 2, ..Input::default() };
    let weights = Weights::Draw(Draw { design, seed: 3 });
    let mut question = Question { weights, input, ..Question::default() };
    change(&mut question);
    let (mut instrument, ticket) = (Instrument::new(), Ticket::new());
    let mut report = instrument.answer(&question, &ticket).unwrap();
    instrument.complete(&mut report, &ticket).unwrap();
    report
}

/// An orthogonal W_hh keeps lengths, so that the slopes alone make the factor of each step.
#[test]
fn the_slopes_share_is_what_an_orthogonal_network_loses() {
    for nonlinearity in [Nonlinearity::Tanh, Nonlinearity::Relu] {
        let design =
            Design { init: Init::Orthogonal, ..Design::new(Cell::Rnn(nonlinearity), 12, 1) };
        let report = measured(design, 9, |_| {});
        let flow = &report.layers[0];
        let Passage::Slopes { passed, flat, .. } = &flow.passage else { panic!("no gates") };
        for (pair, passed) in flow.grad_norm.windows(2).zip(&passed[1..]) {
            let factor = pair[0] / pair[1];
            assert!((passed - factor).abs() < 1e-6 * factor, "{nonlinearity} {factor}");
        }
        assert!(flat.iter().all(|flat| (0.0..=1.0).contains(flat)));
        let verdict = verdict(&report);
        assert!((verdict.met.slope.unwrap() / verdict.factor - 1.0).abs() < 1e-6);
        assert!(!verdict.sentence.contains("Wₕₕ shrinks"), "{}", verdict.sentence);
    }
}

/// The gate is that of the gates view, in each layer, whoever reads whom.
#[test]
fn the_gate_is_the_mean_of_the_gate_that_keeps_the_state() {
    let wirings = [Wiring::Stacked, Wiring::Skips];
    for (cell, wiring) in [Cell::Lstm, Cell::Gru].into_iter().zip(wirings) {
        let gate_bias = GateBias::Hold(2.0);
        let design = Design { gate_bias, wiring, ..Design::new(cell, 7, 2) };
        let report = measured(design, 6, |_| {});
        let view = crate::flow::View::Gates;
        let seen = Instrument::new().view(&report.question, view, &Ticket::new()).unwrap();
        let crate::flow::ViewReport::Gates(gates) = seen else { panic!("gates") };
        for (flow, layer) in report.layers.iter().zip(&gates.layers) {
            let Passage::Gate(means) = &flow.passage else { panic!("a gate") };
            let highway = layer.highway.as_ref().unwrap();
            // One step before the end the highway's mean is that of the last gate, over the batch.
            assert!((means[5] - highway.mean[4]).abs() < 1e-12, "{cell}");
            assert_eq!(means.len(), 6);
        }
    }
}

/// Whatever is asked, a word agrees with the curve it is about, and every sentence is whole.
#[test]
fn every_word_agrees_with_its_curve() {
    for cell in CELLS {
        for layers in [1, 3] {
            for length in [1, 2, 40] {
                for scale in [0.0, 0.3, 1.0, 2.0, 30.0] {
                    for loss in [Loss::Last, Loss::All] {
                        let report = measured(Design::new(cell, 6, layers), length, |question| {
                            (question.weight_scale, question.loss) = (scale, loss);
                        });
                        judge(&report);
                    }
                }
            }
        }
    }
}

fn judge(report: &FlowReport) {
    let Verdict { word, sentence, state, factor, left, .. } = verdict(report);
    let Question { weight_scale, loss, .. } = report.question;
    let what = format!("{} × {weight_scale}, T = {}, {loss}", report.spec, report.length);
    let flow = &report.layers[0];
    let norms = match state {
        State::Hidden => &flow.grad_norm,
        State::Cell => flow.cell_grad_norm.as_ref().unwrap(),
    };
    assert!(sentence.ends_with('.') && !sentence.contains("  "), "{what}: {sentence}");
    assert!(!sentence.contains(" NaN") || word == Some(Fate::Unknown), "{what}: {sentence}");
    if let Left::Part { quotient, .. } = left {
        assert_eq!(quotient, norms[0] / norms[report.length - 1], "{what}");
        assert_eq!(word, Some(Fate::of(quotient)), "{what}");
        let product = factor.powi(report.length as i32 - 1);
        assert!(
            (product / quotient - 1.0).abs() < 1e-9 || quotient.ln().abs() > 660.0,
            "{what}: {sentence}"
        );
    }
    if loss == Loss::All && report.length > 1 {
        assert!(!matches!(left, Left::Part { .. }), "{what}: {sentence}");
    }
    if report.layers.len() > 1 {
        assert!(!sentence.contains("because"), "{what}: {sentence}");
    }
    let gradient = &explore(report, &[], &View::default())[1];
    assert_eq!(gradient.notes[0], sentence, "the figure says the same");
}

#[test]
fn the_rule_names_all_thresholds() {
    let rule = rule();
    for part in ["0.001", "0.3", "3 times", "1000 times", "1 − h² is below 0.1"] {
        assert!(rule.contains(part), "{rule}");
    }
}
