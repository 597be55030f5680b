//! Names for questions, made of what differs between them.

use std::path::Path;

use crate::flow::{Draw, Input, Question, Signal, Weights};
use crate::network::{Cell, Design, GateBias, InputInit, Wiring};

/// One label a question: the settings in which the questions differ, or what each is where none does.
pub fn labels(questions: &[&Question]) -> Vec<String> {
    let aspects: Vec<Vec<String>> = questions.iter().map(|question| aspects(question)).collect();
    let differs = |index: usize| aspects.iter().any(|other| other[index] != aspects[0][index]);
    aspects
        .iter()
        .zip(questions)
        .map(|(own, question)| {
            let told: Vec<&str> = (0..own.len())
                .filter(|&index| differs(index) && !own[index].is_empty())
                .map(|index| own[index].as_str())
                .collect();
            if told.is_empty() { label(question) } else { told.join(", ") }
        })
        .collect()
}

/// What a question is, on its own: cell, size and scales.
pub fn label(question: &Question) -> String {
    let network = match &question.weights {
        Weights::Draw(draw) => draw.design.spec(1, 1).to_string(),
        Weights::File { path, .. } => file_name(path),
    };
    format!("{network}, W × {}, b × {}", short(question.weight_scale), short(question.bias_scale))
}

/// The settings of a question in a fixed order; an empty text where a setting does not apply.
fn aspects(question: &Question) -> Vec<String> {
    let Question { weights, input, weight_scale, bias_scale, loss, precision } = question;
    let mut aspects = match weights {
        Weights::Draw(draw) => drawn(draw),
        Weights::File { path, nonlinearity, seed, head: _, content: _ } => {
            let mut aspects =
                vec![file_name(path), nonlinearity.to_string(), format!("seed {seed}")];
            aspects.resize(DRAWN, String::new());
            aspects
        }
    };
    aspects.push(format!("W × {}", short(*weight_scale)));
    aspects.push(format!("b × {}", short(*bias_scale)));
    let Input { signal, length, batch, seed } = input;
    aspects.push(signal.to_string());
    let from_files = matches!(signal, Signal::Files(_));
    aspects.push(if from_files { String::new() } else { format!("T = {length}") });
    aspects.push(if from_files { String::new() } else { format!("B = {batch}") });
    aspects.push(seed.map_or("input from the weights’ stream".to_owned(), |seed| {
        format!("input seed {seed}")
    }));
    aspects.push(format!("loss on {loss}"));
    aspects.push(precision.to_string());
    aspects
}

/// How many aspects a drawn network has; files are padded to it.
const DRAWN: usize = 9;

fn drawn(draw: &Draw) -> Vec<String> {
    let Draw { design, seed } = *draw;
    let Design { cell, hidden_size, num_layers, wiring, ticks, recipe, .. } = design;
    let Design { init, input_init, gate_bias, .. } = design;
    let aspects = vec![
        cell.to_string(),
        format!("H = {hidden_size}"),
        format!("{num_layers} layer{}", if num_layers == 1 { "" } else { "s" }),
        match wiring {
            Wiring::Skips => "skips".to_owned(),
            Wiring::Stacked => recipe.to_string(),
        },
        if ticks > 1 { format!("{ticks} ticks") } else { String::new() },
        format!("seed {seed}"),
        init.to_string(),
        match input_init {
            InputInit::Default => String::new(),
            InputInit::Normal => "normal input weights".to_owned(),
        },
        match (cell, gate_bias) {
            (Cell::Rnn(_), _) | (_, GateBias::Drawn) => String::new(),
            (_, GateBias::Forget(bias)) => format!("forget bias {}", short(bias)),
            (_, GateBias::Hold(bias)) => format!("hold bias {}", short(bias)),
            (_, GateBias::Chrono(steps)) => format!("chrono {}", short(steps)),
        },
    ];
    debug_assert_eq!(aspects.len(), DRAWN);
    aspects
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// At most three decimals, without trailing zeros.
fn short(value: f64) -> String {
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.replace('-', "−") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Head;

    #[test]
    fn pins_are_named_by_what_differs() {
        let rnn = Question::default();
        let mut lstm = rnn.clone();
        lstm.weights = Weights::Draw(Draw { design: Design::new(Cell::Lstm, 16, 1), seed: 0 });
        let mut wide = lstm.clone();
        wide.weight_scale = -1.5;
        assert_eq!(labels(&[&rnn, &lstm]), ["RNN tanh", "LSTM"]);
        assert_eq!(
            labels(&[&rnn, &lstm, &wide]),
            ["RNN tanh, W × 1", "LSTM, W × 1", "LSTM, W × −1.5"]
        );
    }

    #[test]
    fn equal_questions_say_what_they_are() {
        let question = Question::default();
        assert_eq!(labels(&[&question])[0], "RNN tanh, 16 units, W × 1, b × 1");
        assert_eq!(labels(&[&question, &question])[1], "RNN tanh, 16 units, W × 1, b × 1");
    }

    #[test]
    fn a_file_is_named_by_its_file_name() {
        let drawn = Question::default();
        let mut file = drawn.clone();
        file.weights = Weights::File {
            path: "/tmp/deep/net.safetensors".into(),
            nonlinearity: crate::network::Nonlinearity::Tanh,
            seed: 0,
            head: Head::Fitting,
            content: None,
        };
        let labels = labels(&[&drawn, &file]);
        assert!(labels[1].starts_with("net.safetensors"), "{}", labels[1]);
        assert!(labels[0].starts_with("RNN tanh"), "{}", labels[0]);
    }
}
