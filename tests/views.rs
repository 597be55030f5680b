//! Views of why gradients are what they are, for any network at all: where numbers end, and beyond,
//! there are a report, figures, pictures, JSON and a table.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use assert_cmd::Command;
use proptest::prelude::*;
use rnnscope::figure::of_view::{Layout, UnitSort, figures};
use rnnscope::figure::{Style, Theme, csv, png, svg};
use rnnscope::flow::view::Across;
use rnnscope::flow::{Draw, Input, Instrument, Precision, Question, Signal, View, Weights};
use rnnscope::network::{Cell, Design, Nonlinearity, Wiring};
use rnnscope::task::{LongLag, Loss, TaskChoice};
use rnnscope::ticket::Ticket;
use serde_json::Value;

/// Every view, and the word that asks for it.
const VIEWS: [(View, &str); 5] = [
    (View::Itemized, "itemized"),
    (View::Theory, "theory"),
    (View::Jacobians, "jacobians"),
    (View::Gates, "gates"),
    (View::Weights, "weights"),
];

/// Views that measure many networks, and so are looked at less often.
const LARGE_VIEWS: [(View, &str); 2] =
    [(View::Landscape(Across::BiasScale), "landscape"), (View::Check, "check")];

/// A question, as the library and as the command line have it.
#[derive(Clone, Debug)]
struct Case {
    cell: Cell,
    /// Hidden size, layers, ticks, steps and sequences.
    sizes: [usize; 5],
    skips: bool,
    /// Of weights and biases.
    scales: [f64; 2],
    loss: Loss,
    precision: Precision,
    signal: Signal,
    seed: u64,
    large: bool,
}

impl Case {
    fn views(&self) -> impl Iterator<Item = (View, &'static str)> {
        VIEWS.into_iter().chain(LARGE_VIEWS.into_iter().filter(|_| self.large))
    }

    fn question(&self) -> Question {
        let [hidden_size, layers, ticks, length, batch] = self.sizes;
        let wiring = if self.skips { Wiring::Skips } else { Wiring::Stacked };
        let design = Design { wiring, ticks, ..Design::new(self.cell, hidden_size, layers) };
        let (length, loss) = match &self.signal {
            Signal::Task(task) => (task.length(), task.loss()),
            _ => (length, self.loss),
        };
        Question {
            weights: Weights::Draw(Draw { design, seed: self.seed }),
            input: Input { signal: self.signal.clone(), length, batch, seed: Some(self.seed) },
            weight_scale: self.scales[0],
            bias_scale: self.scales[1],
            loss,
            precision: self.precision,
        }
    }

    fn flags(&self) -> String {
        let [hidden_size, layers, ticks, length, batch] = self.sizes;
        let cell = match self.cell {
            Cell::Rnn(nonlinearity) => {
                format!("rnn --nonlinearity {}", nonlinearity.to_string().to_lowercase())
            }
            Cell::Lstm => "lstm".to_owned(),
            Cell::Gru => "gru".to_owned(),
        };
        let wiring = if self.skips { "skips" } else { "stacked" };
        let loss = if self.loss == Loss::All { "all" } else { "last" };
        let input = match &self.signal {
            Signal::Task(TaskChoice::LongLag(_)) => "--task long-lag --lag 6".to_owned(),
            Signal::Task(task) => format!("--task {}", task.name()),
            signal => format!(
                "--signal {} --length {length} --batch {batch} --loss {loss}",
                format!("{signal:?}").to_lowercase()
            ),
        };
        let precision = if self.precision == Precision::F32 { "f32" } else { "f64" };
        let [weight, bias] = self.scales;
        format!(
            "explore --cell {cell} --hidden-size {hidden_size} --num-layers {layers} --ticks {ticks} \
             --wiring {wiring} --weight-scale={weight} --bias-scale={bias} --precision {precision} \
             --seed {} {input}",
            self.seed
        )
    }
}

fn any_cell() -> impl Strategy<Value = Cell> {
    let rnn = [Nonlinearity::Tanh, Nonlinearity::Relu, Nonlinearity::Identity].map(Cell::Rnn);
    prop::sample::select([&rnn[..], &[Cell::Lstm, Cell::Gru]].concat())
}

/// 0, about 1, and up to a million of either sign.
fn any_scale() -> impl Strategy<Value = f64> {
    let far = (-6.0f64..6.0, any::<bool>());
    prop_oneof![
        1 => Just(0.0),
        3 => -3.0f64..3.0,
        3 => far.prop_map(|(power, plus)| if plus { 1.0 } else { -1.0 } * 10f64.powf(power)),
    ]
}

fn any_signal() -> impl Strategy<Value = Signal> {
    let tasks = TaskChoice::all().map(|task| match task {
        // Of two symbols more than the lag, as the command line has it.
        TaskChoice::LongLag(task) => TaskChoice::LongLag(LongLag { symbols: 7, ..task }),
        other => other,
    });
    let plain = [Signal::Noise, Signal::Impulse, Signal::Sine, Signal::Constant];
    prop_oneof![
        2 => prop::sample::select(plain.to_vec()),
        1 => prop::sample::select(tasks.map(Signal::Task).to_vec()),
    ]
}

prop_compose! {
    fn any_case()(
        cell in any_cell(), hidden in 1usize..7, layers in 1usize..4, ticks in 1usize..4,
        length in prop_oneof![1usize..4, 1usize..61], batch in 1usize..6, skips: bool,
        scales in [any_scale(), any_scale()], all: bool, single: bool,
        signal in any_signal(), seed in 0u64..1000, large in 0..8,
    ) -> Case {
        Case {
            cell, sizes: [hidden, layers, ticks, length, batch], skips, scales,
            loss: if all { Loss::All } else { Loss::Last },
            precision: if single { Precision::F32 } else { Precision::F64 },
            signal, seed, large: large == 0,
        }
    }
}

fn any_style() -> impl Strategy<Value = (Layout, Style)> {
    let sort = prop::sample::select(UnitSort::ALL.to_vec());
    (sort, any::<bool>(), any::<bool>()).prop_map(|(sort, reversed_time, dark)| {
        let theme = if dark { Theme::Dark } else { Theme::Light };
        (Layout { sort, reversed_time }, Style { theme, ..Style::default() })
    })
}

/// What the program prints.
fn printed(flags: &str) -> Vec<u8> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rnnscope"));
    let output = command.args(flags.split_whitespace()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{flags}\n{said}");
    output.stdout
}

/// All numbers of a document, where NaN and infinity are words.
fn check_numbers(value: &Value) {
    match value {
        Value::Array(values) => values.iter().for_each(check_numbers),
        Value::Object(entries) => entries.values().for_each(check_numbers),
        Value::Number(number) => assert!(number.as_f64().is_some_and(f64::is_finite), "{number}"),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    #[test]
    fn any_network_has_a_report_figures_and_pictures(
        case in any_case(), (layout, style) in any_style(), raster in 0..8,
    ) {
        let (mut instrument, question) = (Instrument::new(), case.question());
        let mut drawn = Vec::new();
        for (view, name) in case.views() {
            let report = instrument.view(&question, view, &Ticket::new()).unwrap();
            let figures = figures(&report, &layout);
            prop_assert!(!figures.is_empty(), "{name}");
            for figure in &figures {
                prop_assert!(figure.resolve().sentences().iter().all(|said| !said.is_empty()));
                prop_assert!(!figure.notes.is_empty(), "{name}: {}", figure.name);
            }
            drawn.extend(figures);
        }
        let picture = svg(&drawn, &style).unwrap();
        prop_assert!(picture.ends_with("</svg>\n") || picture.ends_with("</svg>"));
        // What is NaN is said; a place that is NaN would draw nothing.
        for tag in picture.split('<').filter_map(|part| part.split('>').next()) {
            prop_assert!(!tag.contains("NaN") && !tag.contains("inf"), "{}", tag);
        }
        let table = csv(&drawn).unwrap();
        prop_assert!(table.lines().all(|line| line.split(',').count() >= 5), "{table}");
        if raster == 0 {
            let pixels = png(&drawn, &style, 0.25).unwrap();
            prop_assert_eq!(&pixels[1..4], b"PNG");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_network_has_json_and_a_table(case in any_case()) {
        let flags = case.views().fold(case.flags(), |flags, (_, word)| format!("{flags} --view {word}"));
        let json: Value = serde_json::from_slice(&printed(&format!("{flags} --json -"))).unwrap();
        let scale = json["question"]["weight_scale"].as_f64().unwrap();
        prop_assert!((scale - case.scales[0]).abs() <= 1e-15 * scale.abs(), "{}", scale);
        let shown = json["views"].as_object().unwrap();
        prop_assert_eq!(shown.len(), case.views().count());
        for (_, word) in case.views() {
            prop_assert!(shown[word].as_object().is_some_and(|view| !view.is_empty()), "{word}");
        }
        check_numbers(&json);
        let table = String::from_utf8(printed(&flags)).unwrap();
        prop_assert!(table.lines().count() > 10, "{}", table);
    }
}
