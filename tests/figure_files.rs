//! Figures as files: what a user gets when exporting.

use rnnscope::figure::{
    Axis, CellText, Color, Figure, Format, Guide, Heat, Series, Stroke, Style, Theme, csv, png,
    raster, save, svg,
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

/// These and the map.
fn with_map() -> Vec<Figure> {
    [figures(), vec![map()]].concat()
}

/// A heat map with everything that can go wrong, and a cursor.
fn map() -> Figure {
    let value = |n: usize| 10f64.powf((n as f64 * 0.37).sin() * 4.0);
    let mut values: Vec<f64> = (0..600).map(value).collect();
    (values[0], values[300], values[599]) = (0.0, f64::INFINITY, f64::NAN);
    let heat = Heat {
        x: (0..60).map(|n| 50.0 * f64::from(n)).collect(),
        y: (1..=10).map(f64::from).collect(),
        values,
        color: Axis::log("‖∂L/∂hₜ‖"),
        middle: None,
        blank: Vec::new(),
        text: CellText::None,
    };
    Figure {
        heat: Some(heat),
        guides: vec![Guide::Vertical(1500.0, "step 1500".into())],
        ..Figure::new("map", "Gradient", Axis::linear("training step"), Axis::steps())
    }
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

/// The pixels of a picture are those of its cells: all colours of the map, and the three shades.
#[test]
fn a_heat_map_is_drawn_with_its_colour_bar() {
    for theme in [Theme::Light, Theme::Dark] {
        let style = Style { theme, ..Style::default() };
        let (elements, text) = read(&document(&[map()], &style));
        for expected in ["step 1500", "training step", "‖∂L/∂hₜ‖", "∞", "NaN", "marked 0"]
        {
            assert!(text.contains(expected), "missing {expected:?}");
        }
        assert!(elements.iter().filter(|(name, _)| name == "path").count() > 256);
        let picture = raster(&[map()], &style, 1.0).expect("drawable");
        let mosaic = map().resolve().heat.expect("a heat map");
        let wanted: Vec<u8> = mosaic.rgba(theme);
        let found: std::collections::HashSet<&[u8]> = picture.rgba.chunks_exact(4).collect();
        assert!(wanted.chunks_exact(4).all(|pixel| found.contains(pixel)));
        assert_eq!(mosaic.specials.len(), 3);
    }
}

#[test]
fn a_heat_map_reads_back_equal_from_its_csv() {
    let text = csv(&[map()]).expect("writable");
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<(String, String, f64, f64, f64)> =
        reader.deserialize().map(|row| row.expect("a row")).collect();
    let heat = map().heat.expect("a heat map");
    assert_eq!(rows.len(), 600);
    for (n, (_, _, x, y, value)) in rows.into_iter().enumerate() {
        assert_eq!((x, y), (heat.x[n % 60], heat.y[n / 60]));
        assert!(value == heat.values[n] || (value.is_nan() && heat.values[n].is_nan()));
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
        let tree = usvg::Tree::from_str(&document(&with_map(), &style), &options).expect("SVG");
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
    let words = "RNN tanh, 16 units, seed 0 · noise, from the weights’ stream · T = 10";
    assert!(text.contains(words), "{text}");
    let radius = report.spectra[0].leading().expect("an RNN has one").radius;
    // Numbers stay with their signs at the end of a line.
    let text = text.replace('\u{a0}', " ");
    assert!(text.contains(&format!("|λ|max = {radius:.3}")), "{text}");
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
                match svg(&[with_map(), figures()].concat(), &style) {
                    Ok(document) => assert!(read(&document).1.contains("Eigenvalues")),
                    Err(error) => assert!(error.to_string().starts_with("picture height must be")),
                }
            }
        }
    }
}

/// Trains every contender of a comparison to its end.
fn trained(comparison: &rnnscope::train::Comparison) -> rnnscope::train::LineUp {
    let mut line_up = rnnscope::train::LineUp::new(comparison).expect("a valid comparison");
    for trainee in &mut line_up.trainees {
        while !trainee.is_over() {
            trainee.step().expect("an update");
        }
    }
    line_up
}

/// From a comparison to files, with real training: what the command line and the window do.
#[test]
fn a_trained_comparison_becomes_figures_and_a_ranking() {
    use rnnscope::figure::of_run::{
        gradient_at, gradient_map, heading, loss, losses_csv, parameter_norms, predictions, ranking,
    };
    use rnnscope::task::Loss;
    use rnnscope::train::{Comparison, RunLog, Snapshot};

    let mut comparison = Comparison::notebook(Loss::All);
    (comparison.steps, comparison.probe_every) = (60, 10);
    let line_up = trained(&comparison);
    let logs: Vec<&RunLog> = line_up.trainees.iter().map(|trainee| trainee.log()).collect();
    let examples = line_up.trainees[0].examples().expect("example sequences");
    let last: Vec<Option<&Snapshot>> = logs.iter().map(|log| log.snapshots.last()).collect();
    let deepest = &line_up.trainees[3];
    let who = deepest.entry();

    let map = gradient_map(&comparison, &who, logs[3], 1, Some(30));
    let mut figures = vec![loss(&comparison, &logs), map];
    figures.push(gradient_at(&comparison, &who, logs[3], &logs[3].snapshots[3]));
    figures.extend(parameter_norms(&comparison, &who, logs[3], deepest.names()));
    figures.extend(predictions(&comparison, 0, &examples, &last));
    assert_eq!(figures.len(), 9);
    let heat = figures[1].heat.as_ref().expect("a heat map");
    assert_eq!((heat.x.len(), heat.y.len()), (6, 10));
    assert_eq!(figures[3].series.len(), deepest.names().len());
    assert!(figures[3].series.iter().all(|series| series.points.len() == 6));
    for figure in &figures {
        assert!(figure.resolve().sentences().is_empty(), "{}", figure.name);
    }
    let style = Style { heading: Some(heading(&comparison)), ..Style::default() };
    let (_, text) = read(&document(&figures, &style));
    for expected in ["lstm_2_layer", "always predicting 0", "step 30", "head.weight", "Example"] {
        assert!(text.contains(expected), "missing {expected:?}");
    }
    let ranking = ranking(&comparison, &logs);
    let means: Vec<f64> =
        ranking.standings.iter().map(|s| s.mean_last_100.expect("losses")).collect();
    assert!(means.len() == 4 && means.is_sorted());
    assert_eq!(losses_csv(&comparison, &logs).expect("writable").lines().count(), 61);
}

#[test]
fn a_training_that_diverged_is_drawn_and_ranked_last() {
    use rnnscope::figure::of_run::{gradient_map, loss, ranking};
    use rnnscope::task::Loss;
    use rnnscope::train::{Comparison, Optimizer, RunLog, Stop};

    let mut comparison = Comparison::notebook(Loss::All);
    (comparison.steps, comparison.probe_every) = (30, 1);
    comparison.contenders.truncate(2);
    let sound = trained(&comparison);
    comparison.optimizer = Optimizer::sgd(1e15, 0.0);
    let broken = trained(&comparison);
    let logs: [&RunLog; 2] = [broken.trainees[0].log(), sound.trainees[1].log()];
    assert!(matches!(logs[0].stop, Some(Stop::Diverged(_))), "{:?}", logs[0].stop);
    let figure = loss(&comparison, &logs);
    assert!(figure.notes[0].contains("diverged at step"), "{:?}", figure.notes);
    assert!(figure.series.iter().any(|series| series.color == Color::Alarm));
    let map = gradient_map(&comparison, &broken.trainees[0].entry(), logs[0], 0, None);
    assert!(png(&[figure, map], &Style::default(), 1.0).is_ok());
    assert_eq!(ranking(&comparison, &logs).standings[1].index, 0);
}

/// Every preset of every task, trained for a moment, becomes its figures, its tables and files.
#[test]
fn every_preset_has_figures_that_can_be_drawn_and_read() {
    use rnnscope::figure::of_run::{Focus, figures_for, losses_csv, ranking, trials};
    use rnnscope::task::TaskChoice;
    use rnnscope::train::{RunLog, presets};

    for task in TaskChoice::all() {
        for preset in presets(task.name()) {
            for mut comparison in preset.rounds {
                comparison.steps = 4;
                comparison.trials = comparison.trials.min(2);
                comparison.batch = comparison.batch.min(16);
                comparison.probe_every = comparison.probe_every.min(2);
                comparison.evaluate_every = comparison.evaluate_every.min(2);
                if let TaskChoice::LongLag(lag) = &mut comparison.task {
                    lag.test = 20;
                    lag.pool = lag.pool.map(|_| 20);
                }
                let line_up = trained(&comparison);
                let logs: Vec<&RunLog> = line_up.trainees.iter().map(|one| one.log()).collect();
                let training = logs.len() - 1;
                let examples = line_up.trainees[training].examples().expect("example sequences");
                let focus = Focus { training, examples: &examples, ..Focus::default() };
                let figures = figures_for(&comparison, &logs, &focus);
                assert_eq!(figures[0].name, "loss");
                let what = format!("{} {}", task.name(), preset.name);
                for figure in &figures {
                    let sentences = figure.resolve().sentences();
                    assert!(sentences.is_empty(), "{what}, {}: {sentences:?}", figure.name);
                }
                let (_, text) = read(&document(&figures, &Style::default()));
                assert!(text.contains("Training loss"), "{what}");
                let rows = ::csv::Reader::from_reader(csv(&figures).expect("writable").as_bytes())
                    .records()
                    .map(|row| row.expect("a row").len())
                    .collect::<Vec<_>>();
                assert!(rows.len() > 4, "{what}");
                assert_eq!(trials(&comparison, &logs).rows.len(), logs.len(), "{what}");
                assert!(!ranking(&comparison, &logs).standings.is_empty(), "{what}");
                let losses = losses_csv(&comparison, &logs).expect("writable");
                let names = losses.lines().next().expect("a head").to_owned();
                assert_eq!(
                    ::csv::Reader::from_reader(names.as_bytes()).headers().expect("names").len(),
                    logs.len() + 1
                );
            }
        }
    }
}
