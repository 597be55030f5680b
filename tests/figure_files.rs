//! Figures as files: what a user gets when exporting.

use rnnscope::figure::{
    Axis, Color, Figure, Format, Guide, Series, Stroke, Style, Theme, csv, png, raster, save, svg,
};

/// Two lines with everything that can go wrong, and a cloud of points.
fn figures() -> Vec<Figure> {
    let wave = |t: usize| [t as f64, (t as f64 * 0.3).sin() + 1.1];
    let mut first: Vec<[f64; 2]> = (1..=30).map(wave).collect();
    (first[4][1], first[9][1]) = (f64::NAN, f64::INFINITY);
    let fading =
        (1..=30).map(|t| [t as f64, 10f64.powi(4 * (t - 25)).min(1e9)]).chain([[31.0, 0.0]]);
    let cloud = (0..12).map(|n| (f64::from(n) * 0.5).sin_cos()).map(|(y, x)| [0.7 * x, 0.7 * y]);
    let lines = Figure {
        name: "gradient-norm",
        title: "Gradient <norm> & \"more\" ‖∂L/∂hₜ‖ ∇ σ λ 10⁻⁶".into(),
        x: Axis::steps(),
        y: Axis::log("‖∂L/∂hₜ‖"),
        heat: None,
        series: vec![
            Series::line("layer 1", Color::Category(0), first),
            Series {
                stroke: Stroke::Dashed,
                ghost: true,
                ..Series::line("pinned", Color::Category(1), fading.collect())
            },
        ],
        guides: vec![Guide::Horizontal(1.0, "one".into()), Guide::Vertical(10.0, "here".into())],
        notes: vec![
            "A note that is long enough to need more than one line under its plot, I hope."
                .repeat(2),
        ],
        equal_aspect: false,
    };
    let plane = Figure {
        name: "eigenvalues",
        title: "Eigenvalues".into(),
        x: Axis::linear("real part"),
        y: Axis::linear("imaginary part"),
        heat: None,
        series: vec![Series {
            stroke: Stroke::Dots,
            ..Series::line("λ", Color::Category(2), cloud.collect())
        }],
        guides: vec![Guide::Circle(1.0, "|λ| = 1".into())],
        notes: Vec::new(),
        equal_aspect: true,
    };
    vec![lines, plane]
}

fn document(figures: &[Figure], style: &Style) -> String {
    svg(figures, style).expect("drawable")
}

/// Name and attributes of an element.
type Element = (String, Vec<(String, String)>);

/// Every element of a document, and all of its text.
fn read(document: &str) -> (Vec<Element>, String) {
    let tree = resvg::usvg::roxmltree::Document::parse(document).expect("well-formed XML");
    let elements = tree.descendants().filter(|node| node.is_element()).map(|node| {
        let attributes = node.attributes().map(|a| (a.name().to_owned(), a.value().to_owned()));
        (node.tag_name().name().to_owned(), attributes.collect())
    });
    let text: String = tree.descendants().filter_map(|node| node.text()).collect();
    (elements.collect(), text)
}

#[test]
fn a_png_has_the_width_asked_for_and_is_not_blank() {
    for (style, scale, width) in [
        (Style::default(), 1.0, 1600),
        (Style { width_px: 800, theme: Theme::Dark, ..Style::default() }, 2.0, 1600),
        (Style { width_px: 400, columns: Some(1), ..Style::default() }, 1.0, 400),
    ] {
        let bytes = png(&figures(), &style, scale).expect("drawable");
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().expect("a PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("fits")];
        let info = reader.next_frame(&mut pixels).expect("whole");
        assert_eq!(info.width, width);
        let colours: std::collections::HashSet<&[u8]> = pixels.chunks_exact(4).collect();
        assert!(colours.len() > 50, "found {} colours", colours.len());
        assert!(pixels.chunks_exact(4).all(|pixel| pixel[3] == 255), "opaque");
        let background = style.theme.background();
        assert_eq!(pixels[..3], [background.0, background.1, background.2]);
    }
}

#[test]
fn the_raster_is_the_png() {
    let style = Style { width_px: 400, ..Style::default() };
    let raster = raster(&figures(), &style, 1.0).expect("drawable");
    assert_eq!(raster.rgba.len(), 4 * (raster.width * raster.height) as usize);
    let bytes = png(&figures(), &style, 1.0).expect("drawable");
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("fits")];
    reader.next_frame(&mut pixels).expect("whole");
    assert!(pixels == raster.rgba);
}

#[test]
fn the_same_figure_gives_the_same_bytes() {
    assert!(
        png(&figures(), &Style::default(), 1.0).ok()
            == png(&figures(), &Style::default(), 1.0).ok()
    );
}

#[test]
fn an_svg_holds_every_text_escaped_and_its_marks() {
    let style = Style { heading: Some("RNN <tanh> & more".into()), ..Style::default() };
    let (_, text) = read(&document(&figures(), &style));
    for expected in [
        "Gradient <norm> & \"more\" ‖∂L/∂hₜ‖",
        "Eigenvalues",
        "RNN <tanh> & more",
        "step t",
        "imaginary part",
        "layer 1",
        "pinned",
        "|λ| = 1",
        "▽ at the floor",
        "infinite",
        "NaN",
    ] {
        assert!(text.contains(expected), "missing {expected:?}");
    }
}

#[test]
fn nothing_in_an_svg_lies_outside_the_picture() {
    let document = document(&figures(), &Style::default());
    let (elements, _) = read(&document);
    let view: Vec<f64> = elements[0]
        .1
        .iter()
        .find(|(name, _)| name == "viewBox")
        .map(|(_, value)| value.split(' ').map(|n| n.parse().expect("a number")).collect())
        .expect("a view box");
    let mut points = 0;
    for (name, attributes) in &elements {
        for (attribute, value) in attributes {
            if attribute == "points" {
                for pair in value.split_whitespace() {
                    let (x, y) = pair.split_once(',').expect("a pair");
                    let (x, y): (f64, f64) = (x.parse().expect("x"), y.parse().expect("y"));
                    assert!((0.0..=view[2]).contains(&x), "{name} {pair}");
                    assert!((0.0..=view[3]).contains(&y), "{name} {pair}");
                    points += 1;
                }
            }
        }
    }
    assert!(points > 100);
}

/// All text is drawn: with the bundled fonts alone, every text element has a box of some size
/// inside the picture.
#[test]
fn all_text_fits_into_the_picture() {
    use resvg::usvg;
    let mut options = usvg::Options::default();
    let fonts = options.fontdb_mut();
    fonts.load_font_data(rnnscope::figure::font::INTER.to_vec());
    fonts.load_font_data(rnnscope::figure::font::DEJAVU_SANS.to_vec());
    for width_px in [400, 1600] {
        let style = Style { width_px, ..Style::default() };
        let tree = usvg::Tree::from_str(&document(&figures(), &style), &options).expect("SVG");
        let (width, height) = (tree.size().width(), tree.size().height());
        let mut texts = 0;
        let mut visit = vec![tree.root()];
        while let Some(group) = visit.pop() {
            for node in group.children() {
                match node {
                    usvg::Node::Group(inner) => visit.push(inner),
                    usvg::Node::Text(text) => {
                        let found = text.abs_bounding_box();
                        let said: String = text.chunks().iter().map(|c| c.text()).collect();
                        assert!(found.width() > 0.0, "{said}");
                        assert!(found.left() >= 0.0 && found.right() <= width, "{said}");
                        assert!(found.top() >= 0.0 && found.bottom() <= height, "{said}");
                        texts += 1;
                    }
                    usvg::Node::Path(_) | usvg::Node::Image(_) => {}
                }
            }
        }
        assert!(texts > 20, "only {texts} texts");
    }
}

#[test]
fn a_csv_reads_back_equal() {
    let figures = figures();
    let text = csv(&figures).expect("writable");
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    assert_eq!(reader.headers().expect("headers"), vec!["figure", "series", "x", "y"]);
    let read: Vec<(String, String, f64, f64)> =
        reader.deserialize().map(|row| row.expect("a row")).collect();
    let mut rows = read.iter();
    for figure in &figures {
        for series in &figure.series {
            for [x, y] in &series.points {
                let row = rows.next().expect("a row for each point");
                assert_eq!((row.0.as_str(), row.1.as_str()), (figure.name, series.name.as_str()));
                assert_eq!(row.2, *x);
                assert!(row.3 == *y || (row.3.is_nan() && y.is_nan()));
            }
        }
    }
    assert!(rows.next().is_none());
}

#[test]
fn impossible_pictures_are_refused_by_name() {
    let wide = Style { width_px: 20_000, ..Style::default() };
    let error = svg(&figures(), &wide).expect_err("too wide").to_string();
    assert_eq!(error, "picture width must be 200 to 16384 pixels, found 20000");
    let large = Style { width_px: 16_000, ..Style::default() };
    let error = png(&figures(), &large, 2.0).expect_err("too large").to_string();
    assert!(error.starts_with("picture size must be at most 16384 pixels a side"), "{error}");
    for scale in [f64::NAN, 0.0, -1.0, f64::INFINITY] {
        assert!(png(&figures(), &Style::default(), scale).is_err(), "{scale}");
        assert!(svg(&figures(), &Style { scale, ..Style::default() }).is_err(), "{scale}");
    }
    let many = vec![figures().remove(0); 60];
    let high = Style { columns: Some(1), ..Style::default() };
    let error = svg(&many, &high).expect_err("too high").to_string();
    assert!(error.starts_with("picture height must be at most 16384"), "{error}");
}

#[test]
fn no_figure_and_an_empty_figure_can_be_drawn() {
    assert!(svg(&[], &Style::default()).is_ok());
    let mut empty = figures().remove(0);
    empty.series.clear();
    empty.guides.clear();
    assert!(png(&[empty], &Style::default(), 1.0).is_ok());
}

#[test]
fn a_save_into_a_missing_folder_is_one_clear_line_and_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("missing").join("figure.png");
    let error = save(&path, b"bytes").expect_err("no folder").to_string();
    assert!(error.starts_with(&format!("cannot write {}: ", path.display())), "{error}");
    assert!(!error.contains('\n'));
    assert_eq!(std::fs::read_dir(folder.path()).expect("readable").count(), 0);
}

#[test]
fn a_name_decides_the_format() {
    assert_eq!(Format::of("a.svg".as_ref()).expect("known"), Format::Svg);
    assert!(Format::of("a".as_ref()).is_err());
}

/// From a question to files, with a real network: what the command line and the window do.
#[test]
fn a_measured_network_becomes_four_figures_and_a_table() {
    use rnnscope::figure::of_flow::{View, explore, heading, table, wide_csv};
    use rnnscope::flow::{Instrument, Question};
    use rnnscope::ticket::Ticket;

    let report = Instrument::new()
        .answer(&Question::default(), &Ticket::new())
        .expect("the default question has an answer");
    let figures = explore(&report, &[], &View::default());
    let style = Style { heading: Some(heading(&report)), ..Style::default() };
    let (_, text) = read(&document(&figures, &style));
    assert!(text.contains("RNN tanh, 16 units, seed 0 · T = 10"), "{text}");
    let radius = report.spectra[0].leading().expect("an RNN has one").radius;
    assert!(text.contains(&format!("|λ|max = {radius:.3}")));
    let table = table(&report);
    assert_eq!(table.rows.len(), 10);
    assert_eq!(table.rows[9][2], report.layers[0].grad_norm[9]);
    assert_eq!(wide_csv(&report).expect("writable").lines().count(), 11);
}

/// The ends of every setting together: a picture or one clear refusal, never a panic.
#[test]
fn extreme_styles_are_drawn_or_refused() {
    for width_px in [Style::MIN_WIDTH, Style::MAX_SIDE] {
        for scale in [0.5, 3.0] {
            for columns in [1, 2, 8] {
                let style = Style { width_px, scale, columns: Some(columns), ..Style::default() };
                match svg(&[figures(), figures()].concat(), &style) {
                    Ok(document) => assert!(read(&document).1.contains("Eigenvalues")),
                    Err(error) => assert!(error.to_string().starts_with("picture height must be")),
                }
            }
        }
    }
}
