//! `--view landscape`, `--across` and `--view all`.

use serde_json::Value;

use crate::support::{Desk, Picture, number, numbers};

fn grid(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().expect("rows").iter().map(numbers).collect()
}

#[test]
fn a_cell_of_the_map_is_what_the_plain_report_says() {
    let desk = Desk::new();
    let flags = "--cell lstm --hidden-size 4 --length 7 --precision f32 --seed 3";
    for (across, row, flag) in [
        ("bias-scale", 30, "--bias-scale 2.5"),
        ("hidden-size", 8, "--hidden-size 9"),
        ("length", 11, "--length 12"),
        ("forget-bias", 28, "--forget-bias 2"),
    ] {
        let json = desk.json(&format!("{flags} --view landscape --across {across}"));
        let map = &json["views"]["landscape"];
        assert_eq!(map["across"], across);
        assert_eq!(numbers(&map["weight_scales"])[26], 1.5);
        // A flag given twice is refused, so the one that is varied leaves its place.
        let name = flag.split(' ').next().expect("a name");
        let words: Vec<&str> = flags.split(' ').collect();
        let others: Vec<&str> =
            words.chunks(2).filter(|pair| pair[0] != name).flatten().copied().collect();
        let plain = desk.json(&format!("{} {flag} --weight-scale 1.5", others.join(" ")));
        let norms = numbers(&plain["grad_norm"][0]);
        assert_eq!(grid(&map["first"])[row][26], norms[0], "{across}");
        assert_eq!(grid(&map["last"])[row][26], norms[norms.len() - 1], "{across}");
        let growth = (norms[0] / norms[norms.len() - 1]).log10();
        assert!((grid(&map["log10_growth"])[row][26] - growth).abs() < 1e-12);
    }
}

#[test]
fn the_map_is_printed_and_written() {
    let desk = Desk::new();
    let flags = "explore --length 12 --view landscape";
    let text = desk.ok(flags);
    for words in
        ["by weight scale and bias scale", "-inf", "0 at 41, inf at 0", "Poole et al. 2016"]
    {
        assert!(text.contains(words), "{words} in\n{text}");
    }
    assert!(text.lines().take(15).all(|line| line.chars().count() <= 100), "{text}");
    desk.ok(&format!("{flags} --png v.png --svg v.svg --csv v.csv --json v.json --theme dark"));
    assert_eq!(desk.files(), ["v.csv", "v.json", "v.png", "v.svg"]);
    assert_eq!(Picture::read(&desk.path("v.png")).width, 1600);
    let csv = std::fs::read_to_string(desk.path("v.csv")).expect("text");
    let of = |series: &str| {
        let start = format!("landscape,{series},");
        csv.lines().filter(|line| line.starts_with(&start)).count()
    };
    assert_eq!(of("‖∂L/∂h₁‖ / ‖∂L/∂h_T‖"), 1681);
    assert!(of("growth = 1") > 10);
}

#[test]
fn numbers_that_are_none_are_places_of_the_map() {
    let desk = Desk::new();
    let flags = "--nonlinearity identity --length 1000 --hidden-size 3 --precision f32";
    let json = desk.json(&format!("{flags} --view landscape"));
    let map = &json["views"]["landscape"];
    let all = grid(&map["log10_growth"]).concat();
    assert_eq!(all.len(), 1681);
    assert!(all.iter().any(|log| log.is_nan()) && all.contains(&f64::NEG_INFINITY));
    assert_eq!(number(&map["here"]["log10_growth"]), f64::NEG_INFINITY);
    desk.ok(&format!("explore {flags} --view landscape --svg v.svg --csv v.csv"));
}

#[test]
fn all_views_come_in_their_order() {
    let desk = Desk::new();
    let text = desk.ok("explore --cell gru --hidden-size 3 --length 5 --view gates --view all");
    let words = [
        "fractions of units",
        "loss of each step s",
        "by |λ|max",
        "exponent so far",
        "growth",
        "dL/dW",
    ];
    let places: Vec<usize> = words
        .iter()
        .map(|words| text.find(words).unwrap_or_else(|| panic!("{words} in\n{text}")))
        .collect();
    assert!(places.is_sorted(), "{places:?}: gates first, as asked, then the others");
    let json = desk.json("--hidden-size 3 --length 5 --view all --across length");
    assert!(json["views"].as_object().expect("views").len() >= 6);
    assert_eq!(json["views"]["landscape"]["across"], "length");
}

#[test]
fn what_cannot_be_changed_is_refused_in_a_line() {
    let desk = Desk::new();
    for (flags, words) in [
        ("--across length", "--across needs --view landscape"),
        ("--view gates --across length", "--across needs --view landscape"),
        ("--view landscape --across forget-bias", "--across forget-bias: a plain RNN has no gates"),
        (
            "--task echo --view landscape --across length",
            "--across length: a task has its own length",
        ),
        (
            "--weights w.safetensors --view all --across hidden-size",
            "--across hidden-size: weights from a file have a fixed hidden size",
        ),
        ("--view landscape --across depth", "bias-scale"),
    ] {
        let output = desk.run(&format!("explore {flags} --png v.png"));
        let line = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{line}");
        assert!(line.contains(words) && line.lines().count() == 1, "{line}");
        assert!(desk.files().is_empty());
    }
}
