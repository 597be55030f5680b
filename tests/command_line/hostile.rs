//! Names as nobody would choose them: what is printed obeys no terminal, and files keep their rows.

use rnnscope::visible::is_hidden;

use crate::support::Desk;

/// A name that clears a screen, turns its end around, begins a line, and is a formula.
const NAME: &str = "=a\u{1b}[2J\u{9b}31m\u{202e}\u{2028}\u{feff}\nb\tc\u{fffe}";

/// The same as it is shown.
const SHOWN: &str = r"=a\u{1b}[2J\u{9b}31m\u{202e}\u{2028}\u{feff}\nb\tc\u{fffe}";

/// Trains two contenders for a moment, one with that name, the other with a Hebrew one.
fn train(desk: &Desk, flags: &str) -> std::process::Output {
    let mut command = desk.command("train running-mean --steps 3 --batch 2 --length 5");
    command.arg("--contender").arg(format!("rnn,hidden=2,\"name={NAME}\""));
    command.arg("--contender").arg("gru,hidden=2,name=שלום");
    command.args(flags.split_whitespace()).output().expect("the program starts")
}

fn assert_visible(bytes: &[u8]) -> String {
    let text = String::from_utf8(bytes.to_vec()).expect("UTF-8");
    let hidden = text.chars().find(|letter| *letter != '\n' && is_hidden(*letter));
    assert_eq!(hidden, None, "{text:?}");
    text
}

#[test]
fn a_report_and_its_files_hide_nothing() {
    let desk = Desk::new();
    let output = train(&desk, "--csv out.csv --svg out.svg --png out.png");
    assert!(output.status.success(), "{output:?}");
    let report = assert_visible(&output.stdout);
    assert!(report.contains(SHOWN) && report.contains("שלום"), "{report}");
    assert_visible(&output.stderr);
    let svg = assert_visible(&std::fs::read(desk.path("out.svg")).expect("SVG"));
    assert!(resvg::usvg::roxmltree::Document::parse(&svg).is_ok());
    let numbers = assert_visible(&std::fs::read(desk.path("out.csv")).expect("CSV"));
    let mut reader = csv::Reader::from_reader(numbers.as_bytes());
    let names: Vec<String> =
        reader.records().map(|row| row.expect("a row")[2].to_owned()).collect();
    assert_eq!(names.len(), 6, "three batches of each");
    assert_eq!(names[0], format!("'{SHOWN}"), "a text, not a formula");
}

#[test]
fn json_hides_nothing_and_reads_back_the_name() {
    let desk = Desk::new();
    let output = train(&desk, "--json - --save-comparison who.json");
    let text = assert_visible(&output.stdout);
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(json["trainings"][0]["name"], NAME);
    let saved = assert_visible(&std::fs::read(desk.path("who.json")).expect("a comparison"));
    let saved: serde_json::Value = serde_json::from_str(&saved).expect("JSON");
    assert_eq!(saved["comparison"]["contenders"][0]["name"], NAME);
}

#[test]
fn an_error_names_the_file_on_one_line_and_hides_nothing() {
    let desk = Desk::new();
    for name in [NAME, "a\rb\u{7f}", "\u{2066}x\u{2069}"] {
        let mut command = desk.command("explore --weights");
        let output = command.arg(name).output().expect("the program starts");
        assert_eq!(output.status.code(), Some(2));
        let said = assert_visible(&output.stderr);
        assert_eq!(said.lines().count(), 1, "{said:?}");
    }
    let output = desk.command("explore --weights").arg(NAME).output().expect("starts");
    assert!(String::from_utf8_lossy(&output.stderr).contains(SHOWN), "{output:?}");
}

#[cfg(unix)]
#[test]
fn a_file_whose_name_is_no_text_can_be_told_from_others() {
    use std::os::unix::ffi::OsStrExt as _;
    let name = std::ffi::OsStr::from_bytes(b"net\xff.pt");
    let desk = Desk::new();
    let output = desk.command("explore --weights").arg(name).output().expect("starts");
    let said = assert_visible(&output.stderr);
    assert!(said.contains(r"net\xff.pt"), "{said}");
}

#[test]
fn a_long_name_keeps_the_report_readable() {
    let desk = Desk::new();
    let mut command = desk.command("train running-mean --steps 3 --batch 2 --length 5");
    let name = format!("begins {}ends", "long ".repeat(190));
    let output = command.arg("--contender").arg(format!("rnn,hidden=2,name={name}"));
    let output = output.output().expect("starts");
    let report = assert_visible(&output.stdout);
    assert!(report.contains("begins long") && report.contains("long ends"), "{report}");
    let widest = report.lines().map(|line| line.chars().count()).max();
    assert!(widest.is_some_and(|widest| widest < 250), "{widest:?}: {report}");
}
