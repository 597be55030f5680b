//! Reports become the right figures, and say what happened.

use super::fixture::report;
use super::*;
use crate::figure::{Range, Scale, Style, Theme, png};
use crate::flow::Precision;
use crate::flow::Signal;
use crate::network::{Nonlinearity, Reading, ReadoutSource};
use crate::task::{FirstZero, Loss, TaskChoice};

const RNN: Cell = Cell::Rnn(Nonlinearity::Tanh);

fn vanishing(_: usize, t: usize) -> f64 {
    10f64.powf((t as f64 - 50.0) * 0.6)
}

fn named<'a>(figures: &'a [Figure], name: &str) -> &'a Figure {
    figures.iter().find(|figure| figure.name == name).unwrap()
}

#[test]
fn an_rnn_has_four_figures_with_its_numbers() {
    let report = report(RNN, 1, 50, 0.57, vanishing);
    let figures = explore(&report, &[], &View::default());
    let names: Vec<&str> = figures.iter().map(|figure| figure.name).collect();
    assert_eq!(names, ["hidden-norm", "gradient-norm", "eigenvalues", "sequence"]);
    let gradient = named(&figures, "gradient-norm");
    assert_eq!(gradient.y.scale, Scale::Log10);
    assert_eq!(gradient.series[0].points[49], [50.0, vanishing(0, 50)]);
    let eigenvalues = named(&figures, "eigenvalues");
    assert!(eigenvalues.equal_aspect);
    assert!(
        eigenvalues.title.contains("|λ|max\u{a0}=\u{a0}0.570\u{a0}<\u{a0}1"),
        "{}",
        eigenvalues.title
    );
    assert!(eigenvalues.notes.iter().any(|note| note.contains("bias")));
    let rings = eigenvalues.series.iter().find(|s| s.stroke == Stroke::Rings).unwrap();
    assert_eq!(rings.points.len(), 2, "a conjugate pair");
}

#[test]
fn an_lstm_has_dashed_cell_states_in_the_colours_of_their_layers() {
    let report = report(Cell::Lstm, 3, 20, 1.0, vanishing);
    let figures = explore(&report, &[], &View::default());
    let hidden = named(&figures, "hidden-norm");
    assert_eq!(hidden.series.len(), 6);
    assert_eq!(hidden.series[4].color, Color::Category(2));
    assert_eq!(hidden.series[5].color, Color::Category(2));
    assert_eq!(hidden.series[5].stroke, Stroke::Dashed);
    assert_eq!(hidden.series[5].name, "layer 3, c");
}

#[test]
fn a_jacobian_still_to_come_is_announced() {
    let mut report = report(Cell::Gru, 1, 20, 1.0, vanishing);
    report.spectra[0].jacobian = None;
    let figures = explore(&report, &[], &View::default());
    let eigenvalues = named(&figures, "eigenvalues");
    assert!(eigenvalues.series.is_empty());
    assert!(eigenvalues.notes.iter().any(|note| note.contains("being computed")));
}

#[test]
fn tanh_above_one_comes_with_a_caution() {
    let grows = report(RNN, 1, 20, 1.4, vanishing);
    let eigenvalues = &explore(&grows, &[], &View::default())[2];
    assert!(eigenvalues.notes.iter().any(|note| note.contains("does not imply explosion")));
    let shrinks = report(RNN, 1, 20, 0.9, vanishing);
    let eigenvalues = &explore(&shrinks, &[], &View::default())[2];
    assert!(!eigenvalues.notes.iter().any(|note| note.contains("explosion")));
}

#[test]
fn the_notebook_view_has_the_notebook_bounds() {
    let report = report(RNN, 1, 20, 1.4, vanishing);
    let figures = explore(&report, &[], &View { notebook: true, ..View::default() });
    let [hidden, gradient] = ["hidden-norm", "gradient-norm"].map(|name| named(&figures, name));
    assert_eq!(hidden.y.range, Range::Fixed(-1.0, 5.0));
    assert_eq!(gradient.y.range, Range::Fixed(1e-6, 1e5));
    assert!(gradient.x.reversed && !hidden.x.reversed);
    let all = explore(&report, &[], &View { reversed_time: true, ..View::default() });
    assert_eq!(all.iter().filter(|figure| figure.x.reversed).count(), 3);
}

#[test]
fn pins_are_ghosts_behind_with_their_label() {
    let present = report(Cell::Lstm, 1, 20, 1.0, vanishing);
    let pinned = report(RNN, 1, 20, 0.6, vanishing);
    let figures = explore(&present, &[("RNN".into(), &pinned)], &View::default());
    for figure in &figures {
        let ghosts: Vec<&Series> = figure.series.iter().filter(|s| s.ghost).collect();
        assert_eq!(ghosts.len(), 1, "{}", figure.name);
        assert!(ghosts[0].name.starts_with("RNN"), "{}", ghosts[0].name);
        assert!(ghosts[0].color == Color::Category(1));
    }
    let plane = named(&figures, "eigenvalues");
    assert!(plane.series.iter().any(|s| s.name == "RNN (scaled Wₕₕ)"), "two kinds of matrix");
}

#[test]
fn underflow_is_called_by_its_name_only_where_it_is_one() {
    let mut tiny = report(RNN, 1, 20, 0.5, |_, t| if t < 5 { 0.0 } else { 1e-44 * t as f64 });
    tiny.question.precision = Precision::F32;
    let notes = &explore(&tiny, &[], &View::default())[1].notes;
    assert!(notes[1].starts_with("Underflow: 64 of 320 numbers of ∂L/∂hₜ in layer 1"), "{notes:?}");
    assert!(notes[1].contains("f64 resolves further down"));

    let mut cut = report(RNN, 1, 20, 0.0, |_, t| if t == 20 { 1.0 } else { 0.0 });
    cut.question.weight_scale = 0.0;
    let notes = &explore(&cut, &[], &View::default())[1].notes;
    assert!(notes[1].contains("weight scale 0") && !notes[1].contains("Underflow"), "{notes:?}");
}

#[test]
fn infinity_and_nan_are_told_apart() {
    let broken = report(RNN, 1, 3, 9.0, |_, t| [f64::NAN, f64::INFINITY, 1.0][t - 1]);
    let notes = &explore(&broken, &[], &View::default())[1].notes;
    assert!(notes.iter().any(|note| note.contains("16 of 48") && note.contains("infinite")));
    assert!(notes.iter().any(|note| note.contains("16 of 48") && note.contains("NaN")));
}

#[test]
fn the_target_that_counts_is_ringed_only_for_the_last_step() {
    let mut report = report(RNN, 1, 20, 0.5, vanishing);
    let rings = |report: &FlowReport| {
        let figures = explore(report, &[], &View::default());
        figures[3].series.iter().filter(|s| s.stroke == Stroke::Rings).count()
    };
    assert_eq!(rings(&report), 1);
    report.question.loss = Loss::All;
    assert_eq!(rings(&report), 0);
}

/// A report about the first-zero task: one prediction, at the end.
fn of_first_zero(length: usize) -> FlowReport {
    let mut report = report(Cell::Lstm, 1, length, 0.9, vanishing);
    report.question.input.signal = Signal::Task(TaskChoice::FirstZero(FirstZero::default()));
    report.spec.reading = Reading::LastStepRelu;
    let at_the_end = |value: f64| {
        let mut values = vec![f64::NAN; length];
        values[length - 1] = value;
        values
    };
    (report.target, report.prediction) = (at_the_end(1.0), at_the_end(0.25));
    report
}

fn points<'a>(figure: &'a Figure, name: &str) -> &'a [[f64; 2]] {
    &figure.series.iter().find(|series| series.name == name).unwrap().points
}

#[test]
fn a_task_is_named_and_nothing_is_shown_where_nothing_is_asked() {
    let mut report = of_first_zero(10);
    let figures = explore(&report, &[], &View::default());
    let sequence = named(&figures, "sequence");
    assert_eq!(sequence.notes, ["Loss (binary cross-entropy, last step): 0.1235."]);
    assert_eq!(points(sequence, "target"), [[10.0, 1.0]]);
    assert_eq!(points(sequence, "prediction"), [[10.0, 0.25]]);
    assert_eq!(points(sequence, "counts in the loss"), [[10.0, 1.0]]);
    assert!(sequence.resolve().sentences().is_empty(), "no NaN is told where nothing is asked");
    let heading = heading(&report);
    assert!(heading.contains("seed 0 · first zero · T = 10"), "{heading}");
    assert!(heading.contains("loss: binary cross-entropy, last step"), "{heading}");
    // A prediction that is not a number is a result.
    report.prediction[9] = f64::NAN;
    let figures = explore(&report, &[], &View::default());
    assert!(named(&figures, "sequence").resolve().sentences()[0].contains("NaN"));
}

#[test]
fn what_is_read_in_ticks_runs_tick_by_tick() {
    let mut report = report(Cell::Lstm, 2, 12, 0.9, vanishing);
    report.question.loss = Loss::All;
    report.spec.ticks = 3;
    let last_tick = |t: usize| t % 3 == 2;
    for t in (0..12).filter(|t| !last_tick(*t)) {
        (report.target[t], report.prediction[t]) = (f64::NAN, f64::NAN);
    }
    let figures = explore(&report, &[], &View::default());
    for figure in figures.iter().filter(|figure| figure.name != "eigenvalues") {
        assert_eq!(figure.x.label, "tick t (3 a step)", "{}", figure.name);
    }
    let sequence = named(&figures, "sequence");
    let at: Vec<f64> = points(sequence, "prediction").iter().map(|point| point[0]).collect();
    assert_eq!(at, [3.0, 6.0, 9.0, 12.0]);
    assert!(sequence.resolve().sentences().is_empty());
    assert!(sequence.notes[1].contains("read 3 times"), "{:?}", sequence.notes);
}

#[test]
fn the_table_has_a_row_a_step_and_the_columns_there_are() {
    let lstm = table(&report(Cell::Lstm, 2, 7, 0.5, vanishing));
    assert_eq!((lstm.headers.len(), lstm.rows.len()), (9, 7));
    assert_eq!(lstm.headers[8], "‖∂L/∂cₜ‖ layer 2");
    let rnn = table(&report(RNN, 1, 7, 0.5, |_, _| f64::INFINITY));
    assert_eq!(rnn.headers, ["t", "‖hₜ‖", "‖∂L/∂hₜ‖"]);
    let tsv = rnn.tsv();
    assert_eq!(tsv.lines().count(), 8);
    assert!(tsv.lines().nth(1).unwrap().starts_with("1\t") && tsv.contains("\tinf\n"));
}

#[test]
fn the_wide_csv_reads_back() {
    let report = report(RNN, 2, 5, 0.5, vanishing);
    let text = wide_csv(&report).unwrap();
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    let headers: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let numbers = ["layer", "step", "hidden_norm", "grad_norm", "cell_norm", "cell_grad_norm"];
    assert_eq!(headers[..6], numbers);
    let settings = "network weights readout input length batch target weight_scale bias_scale loss \
                    precision";
    assert_eq!(headers[6..].join(" "), settings);
    let rows: Vec<::csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 10);
    assert_eq!((&rows[9][0], &rows[9][1]), ("2", "5"));
    assert_eq!(rows[9][3].parse::<f64>().unwrap(), report.layers[1].grad_norm[4]);
    assert_eq!(&rows[9][4], "", "an RNN has no cell state");
}

#[test]
fn one_of_several_outputs_and_columns_is_named_as_such() {
    let mut report = report(RNN, 1, 5, 0.5, vanishing);
    report.input.push(vec![0.0; 5]);
    report.outputs = vec![vec![0.0; 5]; 3];
    let figures = explore(&report, &[], &View::default());
    let sequence = named(&figures, "sequence");
    let names: Vec<&str> = sequence.series.iter().map(|series| series.name.as_str()).collect();
    assert_eq!(names[0], "input 1 of 2");
    assert!(names.contains(&"prediction (output 1 of 3)"), "{names:?}");
    assert!(sequence.title.contains("target (running mean of input 1)"), "{}", sequence.title);
    assert!(heading(&report).contains("target: running mean of input 1"));
    // Classes are told from all outputs.
    report.question.input.signal = Signal::Task(TaskChoice::all()[2].clone());
    assert_eq!(report.output_words(), None);
}

#[test]
fn a_drawn_readout_of_a_file_is_said_in_the_heading() {
    let mut report = report(RNN, 1, 5, 0.5, vanishing);
    assert!(!heading(&report).contains("readout"));
    report.readout = ReadoutSource::Random { seed: 3 };
    assert!(heading(&report).contains("readout: random, seed 3"), "{}", heading(&report));
    assert!(wide_csv(&report).unwrap().lines().nth(1).unwrap().contains("random, seed 3"));
}

/// Scales of over 300 digits are told with a power of ten, and lose none of their digits.
#[test]
fn extreme_scales_are_told_in_few_digits() {
    let mut report = report(RNN, 1, 5, 0.5, vanishing);
    for (scale, told) in [
        (1e-310, "1e-310"),
        (-2.5e300, "-2.5e300"),
        (1.5, "1.5"),
        (0.0, "0"),
        (0.001, "0.001"),
        (50_000.0, "50000"),
    ] {
        (report.question.weight_scale, report.question.bias_scale) = (scale, scale);
        let heading = heading(&report);
        assert!(heading.contains(&format!("weights × {told}, biases × {told} ·")), "{heading}");
        let row = wide_csv(&report).unwrap().lines().nth(1).unwrap().to_owned();
        assert!(row.contains(&format!(",{told},{told},")), "{row}");
    }
}

/// T is steps, as in the question and in --help, also where each is read several times.
#[test]
fn the_length_is_in_steps_whatever_the_ticks() {
    let mut report = report(RNN, 1, 12, 0.5, vanishing);
    assert!(heading(&report).contains("· T = 12 ·"), "{}", heading(&report));
    report.spec.ticks = 3;
    report.batch = 2;
    assert!(heading(&report).contains("· T = 4, 3 ticks a step, B = 2 ·"), "{}", heading(&report));
    let text = wide_csv(&report).unwrap();
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    let column = reader.headers().unwrap().iter().position(|name| name == "length").unwrap();
    let lengths: Vec<String> =
        reader.records().map(|record| record.unwrap()[column].to_owned()).collect();
    assert_eq!(lengths, ["4"; 12], "a row a tick, each of 4 steps");
}

/// Pictures of hard cases for a human to look at: `cargo test -- --ignored gallery`.
#[test]
#[ignore = "writes pictures into the temporary folder for a human to judge"]
fn gallery() {
    let folder = std::env::temp_dir().join("rnnscope-gallery");
    std::fs::create_dir_all(&folder).unwrap();
    let rnn = report(RNN, 1, 50, 0.57, vanishing);
    let lstm =
        report(Cell::Lstm, 3, 50, 1.0, |l, t| 10f64.powf((t as f64 - 50.0) * 0.1 * (l + 1) as f64));
    let broken = report(RNN, 2, 30, 2.7, |l, t| match t + 5 * l {
        0..8 => f64::NAN,
        8..14 => f64::INFINITY,
        t => 10f64.powf((30.0 - t as f64) * 8.0),
    });
    let zero = report(RNN, 1, 10, 0.0, |_, _| 0.0);
    let one = report(Cell::Gru, 1, 1, 1.005, |_, _| 0.2);
    let long = report(RNN, 8, 1000, 0.9, |l, t| 10f64.powf((t as f64 - 1000.0) * 0.3 + l as f64));
    let notebook = View { notebook: true, ..View::default() };
    let ghosts = [("RNN, 16 units".to_owned(), &rnn), ("3 layers & 8 < 9".to_owned(), &lstm)];
    type Case<'a> = (&'a str, &'a FlowReport, &'a [(String, &'a FlowReport)], View);
    let mut ticks = report(Cell::Lstm, 2, 15, 0.9, vanishing);
    ticks.spec.ticks = 3;
    for t in (0..15).filter(|t| t % 3 != 2) {
        (ticks.target[t], ticks.prediction[t]) = (f64::NAN, f64::NAN);
    }
    let task = of_first_zero(10);
    let cases: [Case<'_>; 10] = [
        ("task", &task, &[], View::default()),
        ("ticks", &ticks, &[], View::default()),
        ("vanishing", &rnn, &[], View::default()),
        ("notebook", &rnn, &[], notebook),
        ("lstm", &lstm, &ghosts[..1], View::default()),
        ("pins", &rnn, &ghosts, View::default()),
        ("broken", &broken, &[], View::default()),
        ("zero", &zero, &[], View::default()),
        ("one", &one, &[], View::default()),
        ("long", &long, &[], View::default()),
    ];
    for (name, report, ghosts, view) in cases {
        for theme in [Theme::Light, Theme::Dark] {
            let style = Style { theme, heading: Some(heading(report)), ..Style::default() };
            let bytes = png(&explore(report, ghosts, &view), &style, 1.0).unwrap();
            std::fs::write(folder.join(format!("{name}-{theme:?}.png")), bytes).unwrap();
        }
    }
    let alone = explore(&lstm, &ghosts[..1], &View::default());
    let bytes = png(&alone[1..2], &Style::default(), 1.0).unwrap();
    std::fs::write(folder.join("alone.png"), bytes).unwrap();
}
