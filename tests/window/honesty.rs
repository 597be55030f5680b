//! Whatever is changed, in whatever order answers come and whenever something is taken out of the
//! window: it is labelled with the question that its numbers came from.

use std::path::Path;
use std::time::{Duration, Instant};

use egui_kittest::kittest::Queryable as _;
use rnnscope::app::{Command, Sheet};
use rnnscope::figure::of_flow::{self, View as FlowView};
use rnnscope::figure::of_view::{self, Layout};
use rnnscope::figure::{Figure, Format, Series, Style, csv, raster, svg};
use rnnscope::flow::{
    Draw, FlowReport, Input, Instrument, Question, SequenceFile, Signal, View, ViewReport, Weights,
};
use rnnscope::network::{Cell, Design, Nonlinearity};
use rnnscope::session::{ExportSettings, Pane, Pin, Session};
use rnnscope::ticket::Ticket;

use super::driver::Window;

/// Views that are opened and closed.
const VIEWS: [(Pane, View); 3] =
    [(Pane::Itemized, View::Itemized), (Pane::Theory, View::Theory), (Pane::Gates, View::Gates)];

/// A question with everything that may be said of it, measured apart from any window.
struct Known {
    question: Question,
    heading: String,
    curves: Vec<Figure>,
    views: Vec<Figure>,
    table: String,
    csv: String,
    /// What stands behind every row of a table.
    settings: String,
}

impl Known {
    fn new(question: Question) -> Self {
        let mut instrument = Instrument::new();
        let ticket = Ticket::new();
        let mut report = instrument.answer(&question, &ticket).unwrap();
        instrument.complete(&mut report, &ticket).unwrap();
        let view = |instrument: &mut Instrument, view: View| -> ViewReport {
            instrument.view(&question, view, &ticket).unwrap()
        };
        let views = VIEWS
            .iter()
            .flat_map(|(_, of)| of_view::figures(&view(&mut instrument, *of), &Layout::default()));
        let views = views.collect();
        let curves = of_flow::explore(&report, &[], &FlowView::default());
        Self {
            heading: of_flow::heading(&report),
            csv: of_flow::with_settings(&csv(&curves).unwrap(), &report).unwrap(),
            settings: settings(&report),
            curves,
            views,
            table: of_flow::table(&report).tsv(),
            question,
        }
    }

    fn figure(&self, name: &str) -> &Figure {
        let mut all = self.curves.iter().chain(&self.views);
        all.find(|figure| figure.name == name).unwrap_or_else(|| panic!("no figure {name}"))
    }
}

/// What is written behind every row of a table.
fn settings(report: &FlowReport) -> String {
    let table = of_flow::with_settings("name\nx\n", report).unwrap();
    let row = table.lines().nth(1).expect("a row");
    row.strip_prefix('x').expect("settings").to_owned()
}

fn drawn(cell: Cell, hidden_size: usize, length: usize, weight_scale: f64) -> Question {
    let design = Design::new(cell, hidden_size, 1);
    let input = Input { length, seed: Some(0), ..Input::default() };
    let weights = Weights::Draw(Draw { design, ..Draw::default() });
    Question { weights, input, weight_scale, ..Question::default() }
}

/// The same path with other rows.
fn file(path: &Path, text: &str) -> Question {
    std::fs::write(path, text).unwrap();
    let signal = Signal::Files(vec![SequenceFile::open(path).unwrap()]);
    Question { input: Input { signal, ..Input::default() }, ..Question::default() }
}

fn pool(folder: &Path) -> Vec<Known> {
    let path = folder.join("x.csv");
    let tanh = Cell::Rnn(Nonlinearity::Tanh);
    let questions = [
        drawn(tanh, 16, 10, 1.0),
        drawn(tanh, 16, 10, 1.5),
        drawn(Cell::Gru, 24, 60, 1.0),
        drawn(Cell::Lstm, 48, 900, 1.0),
        file(&path, "1\n0\n-1\n"),
        file(&path, "1\n0\n-1\n2\n"),
    ];
    let known: Vec<Known> = questions.into_iter().map(Known::new).collect();
    for (n, one) in known.iter().enumerate() {
        assert!(known[..n].iter().all(|other| other.heading != one.heading), "{}", one.heading);
    }
    known
}

fn points(series: &Series) -> (&str, &[[f64; 2]]) {
    (&series.name, &series.points)
}

/// Every figure is of the question that its heading names, every ghost of the pin that it names.
fn check(sheet: &Sheet, known: &[Known], wanted: &Question) {
    let all_of = |heading: &str| {
        let found = known.iter().find(|known| known.heading == heading);
        found.unwrap_or_else(|| panic!("{heading:?} is nobody’s heading"))
    };
    for figure in &sheet.figures {
        let of = match &sheet.heading {
            Some(heading) => all_of(heading),
            None => all_of(&figure.notes[0]),
        };
        let right = of.figure(figure.name);
        assert_eq!(figure.title, right.title);
        let own: Vec<_> = figure.series.iter().filter(|one| !one.ghost).map(points).collect();
        let right: Vec<_> = right.series.iter().filter(|one| !one.ghost).map(points).collect();
        assert_eq!(own, right, "{} under {:?}", figure.name, of.heading);
        for ghost in figure.series.iter().filter(|one| one.ghost) {
            let pin = ghost.name.trim_start_matches("pin ");
            let pin: usize = pin[..1].parse().unwrap_or_else(|_| panic!("{}", ghost.name));
            let pinned = &known[pin].figure(figure.name).series;
            assert!(
                pinned.iter().any(|series| series.points == ghost.points),
                "{} is not {}",
                ghost.name,
                known[pin].heading
            );
        }
        assert!(of.question == *wanted || sheet.earlier.is_some(), "old curves without a word");
    }
    // The columns behind each row of a table say the same, those of ghosts what the pin is of.
    let table = sheet.csv().unwrap();
    for figure in &sheet.figures {
        let of = all_of(sheet.heading.as_ref().unwrap_or_else(|| &figure.notes[0]));
        let own = format!("{},", figure.name);
        for row in table.lines().filter(|row| row.starts_with(&own)) {
            let series = row[own.len()..].trim_start_matches('"');
            let of = match series.strip_prefix("pin ") {
                Some(pin) => &known[pin[..1].parse::<usize>().unwrap()],
                None => of,
            };
            assert!(row.ends_with(&of.settings), "{row} is not of {}", of.heading);
        }
    }
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

#[test]
fn labels_are_of_the_question_that_the_numbers_came_from_at_any_moment() {
    let folder = tempfile::tempdir().unwrap();
    let known = pool(folder.path());
    let mut session = Session { question: known[0].question.clone(), ..Session::default() };
    session.export.width = 500;
    session.export.scale = 0.5;
    let mut window = Window::open(session);
    let mut dice = Dice(7);
    let (mut earlier, mut mixed, mut copied) = (0, 0, 0);
    for _ in 0..220 {
        match dice.throw(8) {
            0..=2 => {
                let question = known[dice.throw(known.len())].question.clone();
                window.change(|session| session.question = question);
            }
            3 => {
                let pin = dice.throw(known.len());
                let name = Some(format!("pin {pin}"));
                let pin = Pin { name, question: known[pin].question.clone() };
                window.change(|session| {
                    match session.pins.iter().position(|other| *other == pin) {
                        Some(there) => drop(session.pins.remove(there)),
                        None => session.pins.push(pin),
                    }
                });
            }
            4 => {
                let (pane, _) = VIEWS[dice.throw(VIEWS.len())];
                window.change(|Session { why, .. }| {
                    why.toggle(pane);
                    why.arrangement = why.arrangement.gridded();
                });
            }
            5 => {
                window.carry_out(Command::CopyNumbers);
            }
            _ => std::thread::sleep(Duration::from_millis(dice.throw(40) as u64)),
        }
        for _ in 0..=dice.throw(3) {
            window.harness.step();
            let sheet = window.app().sheet();
            check(&sheet, &known, window.question());
            earlier += u32::from(sheet.earlier.is_some());
            mixed += u32::from(sheet.heading.is_none());
            for command in &window.harness.output().platform_output.commands {
                let egui::OutputCommand::CopyText(text) = command else { continue };
                let (heading, table) = text.split_once('\n').expect("a heading");
                let of = known.iter().find(|known| known.heading == heading);
                assert_eq!(of.expect("a heading of the pool").table, table);
                copied += 1;
            }
        }
    }
    assert!(earlier > 20 && mixed > 0 && copied > 5, "{earlier} {mixed} {copied}: too tame");
}

/// The bytes that a file of some figures has.
fn bytes(known: &Known, settings: &ExportSettings) -> Vec<u8> {
    let style = Style {
        width_px: settings.width,
        theme: settings.theme,
        heading: Some(known.heading.clone()),
        ..Style::default()
    };
    match settings.format {
        Format::Svg => svg(&known.curves, &style).unwrap().into_bytes(),
        Format::Csv => known.csv.clone().into_bytes(),
        Format::Png => unreachable!("not compared"),
    }
}

#[test]
fn files_and_images_taken_while_an_answer_is_awaited_are_whole_answers_to_one_question() {
    let folder = tempfile::tempdir().unwrap();
    let known = pool(folder.path());
    let mut dice = Dice(3);
    for format in [Format::Svg, Format::Csv] {
        let export = ExportSettings {
            format,
            width: 500,
            scale: 0.5,
            folder: Some(folder.path().to_owned()),
            ..ExportSettings::default()
        };
        let question = known[0].question.clone();
        let mut window = Window::open(Session { question, export, ..Session::default() });
        for _ in 0..6 {
            let path = folder.path().join(format!("rnnscope-explore.{}", format.extension()));
            let _ = std::fs::remove_file(&path);
            let next = known[dice.throw(known.len())].question.clone();
            window.change(|session| session.question = next);
            for _ in 0..dice.throw(3) {
                window.harness.step();
            }
            window.start(Command::Export);
            // The dialog has to find its place.
            window.harness.step();
            window.harness.step();
            window.harness.get_by_label("Save").click();
            let start = Instant::now();
            while !path.exists() {
                window.harness.step();
                // On a busy machine the dialog may have been on its way when it was clicked.
                if let Some(save) = window.harness.query_by_label("Save") {
                    save.click();
                }
                assert!(start.elapsed() < Duration::from_secs(30), "no file");
                std::thread::sleep(Duration::from_millis(2));
            }
            window.settle();
            let written = std::fs::read(&path).unwrap();
            let settings = &window.session().export;
            assert!(known.iter().any(|known| bytes(known, settings) == written));

            let next = known[dice.throw(known.len())].question.clone();
            window.change(|session| session.question = next);
            let (size, pixels) = window.clipboard(Command::CopyImage, |command| match command {
                egui::OutputCommand::CopyImage(image) => Some((image.size, image.pixels.clone())),
                _ => None,
            });
            let settings = window.session().export.clone();
            let of = known.iter().find(|known| {
                let heading = Some(known.heading.clone());
                let style = Style { width_px: settings.width, heading, ..Style::default() };
                let picture = raster(&known.curves, &style, f64::from(settings.scale)).unwrap();
                let sides = [picture.width as usize, picture.height as usize];
                sides == size
                    && egui::ColorImage::from_rgba_unmultiplied(sides, &picture.rgba).pixels
                        == pixels
            });
            assert!(of.is_some(), "an image of no question");
        }
    }
}

/// An LSTM of 512 units over 10,000 steps.
fn slow() -> Question {
    drawn(Cell::Lstm, 512, 10_000, 1.0)
}

#[test]
fn old_curves_are_dimmed_and_named_until_the_answer_comes_or_is_given_up() {
    let mut window = Window::open(Session::default());
    window.click("Theory");
    window.press(Command::SideBySide);
    let before = window.app().sheet();
    assert_eq!(before.earlier, None);
    window.change(|session| session.question = slow());
    window.harness.step();
    window.harness.step();
    let sheet = window.app().sheet();
    assert_eq!(sheet.heading, before.heading, "the heading is that of the curves");
    assert_eq!(sheet.figures, before.figures);
    let earlier = sheet.earlier.expect("a word about them");
    let wanted = "These are the curves of RNN tanh, 16 units, T = 10; the present settings are still \
                  being measured";
    assert_eq!(earlier, wanted);
    window.start(Command::Export);
    window.harness.get_by_label_contains(wanted);
    window.start(Command::Export);
    window.wait_for(|window| {
        window.harness.query_all_by_label("Stop").count() == 2
            && window.harness.query_all_by_label_contains("measuring").count() >= 2
    });
    let copied = window.clipboard(Command::CopyNumbers, |command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    assert_eq!(copied.lines().next(), before.heading.as_deref());
    window.wait_for(|window| window.app().notices().any(|notice| notice.text.contains(wanted)));
    for _ in 0..2 {
        window.harness.get_all_by_label("Stop").next().expect("a button").click();
        window.harness.step();
        window.harness.step();
    }
    window.settle();
    assert!(window.app().error().is_some_and(|error| error.starts_with("stopped")));
    let told = window.harness.query_all_by_label("not of the present settings").count();
    assert_eq!(told, 2, "curves and view");
    let sheet = window.app().sheet();
    assert_eq!(sheet.figures, before.figures, "they stay");
    let given_up = "These are the curves of RNN tanh, 16 units, T = 10; the present settings were not \
                    measured";
    assert_eq!(sheet.earlier.as_deref(), Some(given_up));
    // What is pinned then is what is seen, and the stop stays.
    let seen = window.app().report().expect("curves").question.clone();
    window.press(Command::Pin);
    assert_eq!(window.session().pins.last().expect("a pin").question, seen);
    assert!(window.app().error().is_some_and(|error| error.starts_with("stopped")));
    window.press(Command::ClearPins);
    assert!(window.app().error().is_some_and(|error| error.starts_with("stopped")));
    // Whoever wants it after all gets it.
    window.harness.get_all_by_label("Measure").next().expect("a button").click();
    window.wait_for(|window| window.harness.query_all_by_label("Stop").count() > 0);
    assert_eq!(window.app().error(), None);
    window.press(Command::Undo);
    assert_eq!(window.app().sheet(), before);
}
