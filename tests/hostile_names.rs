//! Names as nobody would choose them, in files: SVG stays XML, PNG can be drawn, CSV keeps its rows and
//! columns, and nothing hidden is left in any of them.

use std::sync::LazyLock;

use proptest::prelude::*;
use resvg::usvg::roxmltree::{Document, Node};
use rnnscope::figure::{Axis, CellText, Color, Figure, Guide, Heat, Series, Style, csv, png, svg};
use rnnscope::visible::is_hidden;

/// What names are made of: hidden characters of all kinds, markup, formulas, numbers, other scripts.
static PIECES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let hidden = "\u{0}\u{7}\n\r\t\u{1b}\u{7f}\u{85}\u{9b}\u{ad}\u{61c}\u{200b}\u{200e}\u{200f}\u{202a}\u{202d}\
                  \u{202e}\u{2028}\u{2029}\u{2066}\u{2067}\u{2069}\u{feff}\u{fdd0}\u{fffe}\u{ffff}\u{1fffe}";
    let rest = [
        "=",
        "+",
        "-",
        "@",
        "<b>",
        "&",
        "\"",
        "'",
        ",",
        ";",
        " ",
        "]]>",
        "--",
        "[2J",
        "0.5",
        "LSTM",
        "שלום",
        "مرحبا",
        "网络",
        "e\u{301}",
    ];
    hidden
        .chars()
        .map(String::from)
        .chain(rest.map(str::to_owned))
        .chain(["long".repeat(80)])
        .collect()
});

fn name() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(PIECES.clone());
    prop::collection::vec(piece, 0..9).prop_map(|pieces| pieces.concat())
}

/// A figure and a table with such names wherever a figure has texts.
fn figures(names: &[String]) -> Vec<Figure> {
    let name = |n: usize| names[n % names.len()].clone();
    let series = |n: usize| Series {
        detail: name(n + 3),
        ..Series::line(name(n), Color::Category(n), vec![[1.0, 0.5], [2.0, f64::NAN], [3.0, -0.5]])
    };
    let lines = Figure {
        series: (0..3).map(series).collect(),
        guides: vec![Guide::Horizontal(0.1, name(4)), Guide::Vertical(2.0, name(5))],
        notes: vec![format!("{}: 12 of 16 values", name(6))],
        ..Figure::new("lines", name(7), Axis::linear(name(8)), Axis::linear(name(9)))
    };
    let text = CellText::Texts(vec![name(0), "1 of 2\n30 steps".to_owned()]);
    let heat = Heat {
        text,
        ..Heat::new(vec![0.0, 1.0], vec![0.0], vec![0.5, 1.0], Axis::linear(name(1)))
    };
    let (x, y) = (Axis::named(name(2), vec![name(3), name(4)]), Axis::named("", vec![name(5)]));
    let table = Figure { heat: Some(heat), ..Figure::new("table", name(6), x, y) };
    vec![lines, table]
}

/// Texts of a document, as a reader of XML finds them.
fn texts(document: &Document<'_>) -> Vec<String> {
    let is_text = |node: &Node<'_, '_>| node.has_tag_name("text") || node.has_tag_name("title");
    document
        .descendants()
        .filter(is_text)
        .filter_map(|node| node.text().map(str::to_owned))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn svg_is_xml_and_hides_nothing(names in prop::collection::vec(name(), 1..10), heading in name()) {
        let style = Style { heading: Some(heading), ..Style::default() };
        let text = svg(&figures(&names), &style).unwrap();
        let document = Document::parse(&text).expect("XML");
        for text in texts(&document) {
            let text = text.trim_matches('\n');
            prop_assert!(!text.contains(is_hidden), "{text:?}");
        }
    }

    #[test]
    fn csv_keeps_its_rows_and_columns(names in prop::collection::vec(name(), 1..10)) {
        let text = csv(&figures(&names)).unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let mut rows = 0;
        for record in reader.records() {
            let record = record.expect("as many columns as the header has");
            rows += 1;
            for cell in &record {
                prop_assert!(!cell.contains(is_hidden), "{cell:?}");
                let formula = cell.starts_with(['=', '+', '-', '@']) && cell.parse::<f64>().is_err();
                prop_assert!(!formula, "{cell:?}");
            }
        }
        // Three series of three points, two cells.
        prop_assert_eq!(rows, 11);
    }
}

#[test]
fn png_is_drawn_of_the_same() {
    let names = vec![PIECES.concat(), PIECES.iter().rev().cloned().collect()];
    assert!(png(&figures(&names), &Style::default(), 0.5).is_ok());
}

#[test]
fn names_without_end_leave_room_for_the_plot() {
    let names = vec!["endless".repeat(3000), format!("{} 0.12345", "word ".repeat(3000))];
    let text = svg(&figures(&names), &Style::default()).unwrap();
    let document = Document::parse(&text).unwrap();
    let height: f64 = document.root_element().attribute("height").unwrap().parse().unwrap();
    assert!(height < 2500.0, "{height}");
    for text in texts(&document) {
        assert!(text.chars().count() <= 4000, "{}", text.len());
    }
    // Drawn with the fonts that ship with it, nothing reaches beyond the picture.
    let mut options = resvg::usvg::Options::default();
    let fonts = options.fontdb_mut();
    for bytes in [rnnscope::figure::font::INTER, rnnscope::figure::font::DEJAVU_SANS] {
        fonts.load_font_data(bytes.to_vec());
    }
    let tree = resvg::usvg::Tree::from_str(&text, &options).unwrap();
    let drawn = tree.root().abs_bounding_box();
    assert!(drawn.left() >= -1.0 && drawn.right() <= 1601.0, "{drawn:?}");
}

#[test]
fn formulas_become_texts_and_numbers_stay_numbers() {
    let names = ["=1+1", "-x", "@a", "plain"].map(str::to_owned);
    let text = csv(&figures(&names)).unwrap();
    assert!(text.contains("lines,\"'=1+1, plain\",3,-0.5,,\n"), "{text}");
    assert!(text.contains("lines,\"'-x, =1+1\",1,0.5,,\n"), "{text}");
}
