//! Names for questions, made of what differs between them.

use std::path::Path;

use crate::flow::{Draw, Input, Question, SequenceFile, Signal, Weights};
use crate::frozen::{Checksum, Frozen};
use crate::network::{Cell, Design, GateBias, Head, InputInit, Wiring};
use crate::visible::file_name;

/// One label a question: the settings in which the questions differ, or what each is where none does.
pub fn labels(questions: &[&Question]) -> Vec<String> {
    let all: Vec<_> = questions.iter().flat_map(|question| files(question)).collect();
    let namesakes = |question: &Question| has_namesake(question, &all);
    let aspects: Vec<Vec<String>> =
        questions.iter().map(|question| aspects(question, namesakes(question))).collect();
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
        Weights::File { path, head, .. } => match head {
            Head::Fitting => file_name(path),
            Head::Named(_) | Head::None | Head::Random => {
                format!("{}, {}", file_name(path), readout(head))
            }
        },
    };
    format!("{network}, W × {}, b × {}", short(question.weight_scale), short(question.bias_scale))
}

/// The question whose curves are on screen while another is asked: its network, and what else differs.
pub fn earlier(shown: &Question, wanted: &Question) -> String {
    let by_content = has_namesake(shown, &files(wanted));
    let (own, others) = (aspects(shown, by_content), aspects(wanted, by_content));
    // Cell, size and layers stand in the name of a drawn network.
    let (name, named) = match &shown.weights {
        Weights::Draw(draw) => (draw.design.spec(1, 1).to_string(), 3),
        Weights::File { path, content, .. } => (file_told(path, content.as_ref(), by_content), 1),
    };
    let differ = own.into_iter().zip(others).skip(named).filter(|(own, other)| own != other);
    let told = differ.map(|(own, _)| own).filter(|own| !own.is_empty());
    let told: Vec<String> = std::iter::once(name).chain(told).collect();
    told.join(", ")
}

/// Whether one of these files has the name of a file that a question reads, but holds something else.
fn has_namesake(question: &Question, others: &[(String, Option<&Checksum>)]) -> bool {
    files(question).iter().any(|(name, content)| {
        others.iter().any(|(other, other_content)| other == name && other_content != content)
    })
}

/// The files that a question reads: their names, and the checksums of what they held.
fn files(question: &Question) -> Vec<(String, Option<&Checksum>)> {
    let weights = match &question.weights {
        Weights::File { path, content, .. } => {
            Some((file_name(path), content.as_ref().map(Frozen::checksum)))
        }
        Weights::Draw(_) => None,
    };
    let sequences = match &question.input.signal {
        Signal::Files(files) => files.as_slice(),
        _ => &[],
    };
    let sequences = sequences
        .iter()
        .map(|file| (file_name(&file.path), file.content.as_ref().map(Frozen::checksum)));
    weights.into_iter().chain(sequences).collect()
}

/// `net.pt`, or `net.pt (3f2a91c)` with the first digits of the checksum of what it held.
fn file_told<T>(path: &Path, content: Option<&Frozen<T>>, by_content: bool) -> String {
    let name = file_name(path);
    match content.filter(|_| by_content) {
        Some(content) => format!("{name} ({:.7})", content.checksum().to_string()),
        None => name,
    }
}

/// The readout of a network from a file.
fn readout(head: &Head) -> String {
    match head {
        Head::Fitting => "the file’s readout".to_owned(),
        Head::Named(name) => format!("readout {name}"),
        Head::None => "no readout".to_owned(),
        Head::Random => "random readout".to_owned(),
    }
}

/// The settings of a question in a fixed order; an empty text where a setting does not apply.
/// `by_content` tells what files held, too.
fn aspects(question: &Question, by_content: bool) -> Vec<String> {
    let Question { weights, input, weight_scale, bias_scale, loss, precision } = question;
    let mut aspects = match weights {
        Weights::Draw(draw) => drawn(draw),
        Weights::File { path, nonlinearity, seed, head, content } => {
            let mut aspects = vec![
                file_told(path, content.as_ref(), by_content),
                nonlinearity.to_string(),
                format!("seed {seed}"),
                readout(head),
            ];
            aspects.resize(DRAWN, String::new());
            aspects
        }
    };
    aspects.push(format!("W × {}", short(*weight_scale)));
    aspects.push(format!("b × {}", short(*bias_scale)));
    let Input { signal, length, batch, seed } = input;
    aspects.push(signal_name(signal, by_content));
    let from_files = matches!(signal, Signal::Files(_));
    aspects.push(match signal {
        Signal::Files(_) => String::new(),
        Signal::Task(task) => format!("T = {}", task.length()),
        Signal::Noise | Signal::Impulse | Signal::Sine | Signal::Constant => {
            format!("T = {length}")
        }
    });
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

fn signal_name(signal: &Signal, by_content: bool) -> String {
    match signal {
        Signal::Files(files) => {
            let told =
                |file: &SequenceFile| file_told(&file.path, file.content.as_ref(), by_content);
            files.iter().map(told).collect::<Vec<_>>().join(" + ")
        }
        Signal::Noise | Signal::Impulse | Signal::Sine | Signal::Constant | Signal::Task(_) => {
            signal.to_string()
        }
    }
}

/// At most three decimals, without trailing zeros.
fn short(value: f64) -> String {
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.replace('-', "−") }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::flow::Rows;

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

    #[test]
    fn files_of_one_name_are_told_apart_by_what_they_held() {
        let question = |bytes: &[u8]| {
            let rows = Arc::new(Rows::decode("x.csv".as_ref(), b"1\n").unwrap());
            let content = Some(Frozen::new(Checksum::of(bytes), rows));
            let mut question = Question::default();
            question.input.signal =
                Signal::Files(vec![SequenceFile { path: "a.csv".into(), content }]);
            question
        };
        let (one, other) = (question(b"1"), question(b"2"));
        assert_eq!(labels(&[&one, &other]), ["a.csv (6b86b27)", "a.csv (d4735e3)"]);
        let label = labels(&[&one, &Question { weight_scale: 2.0, ..one.clone() }]);
        assert_eq!(label, ["W × 1", "W × 2"], "the same content needs no digits");
    }

    #[test]
    fn what_was_on_screen_is_told_from_what_is_asked() {
        let rnn = Question::default();
        let mut lstm = rnn.clone();
        lstm.weights = Weights::Draw(Draw { design: Design::new(Cell::Lstm, 512, 1), seed: 0 });
        lstm.input.length = 10_000;
        assert_eq!(earlier(&rnn, &lstm), "RNN tanh, 16 units, T = 10");
        let scaled = Question { weight_scale: 2.0, ..rnn.clone() };
        assert_eq!(earlier(&scaled, &rnn), "RNN tanh, 16 units, W × 2");
    }

    #[test]
    fn readouts_of_one_file_are_told_apart() {
        let question = |head: Head| {
            let weights = Weights::File {
                path: "net.pt".into(),
                nonlinearity: crate::network::Nonlinearity::Tanh,
                seed: 0,
                head,
                content: None,
            };
            Question { weights, ..Question::default() }
        };
        let all = [Head::Fitting, Head::Named("fc".into()), Head::None, Head::Random];
        let all = all.map(question);
        let labels = labels(&all.iter().collect::<Vec<_>>());
        assert_eq!(labels, ["the file’s readout", "readout fc", "no readout", "random readout"]);
    }
}
