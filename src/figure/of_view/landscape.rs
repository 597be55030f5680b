//! Where is the edge? A map of gradient growth with the line at which it is one.

use super::contour::zero_lines;
use crate::figure::model::{Axis, Color, Figure, Guide, Heat, Range, Series, Stroke};
use crate::figure::number::{self, number};
use crate::flow::view::{Across, Growth, Landscape};
use crate::flow::{Question, Weights};
use crate::network::{Cell, GateBias};

const EXPLANATION: &str = "Growth is ‖∂L/∂h₁‖ / ‖∂L/∂h_T‖ in the lowest layer: what the way back \
                           through all steps makes of the gradient. Blue: it vanishes; red: it explodes. \
                           On the line growth is 1 and gradients arrive as they left: for tanh, the edge of chaos \
                           (Sompolinsky et al. 1988, Poole et al. 2016).";

/// The colours span at least and at most so many decades to each side of growth 1.
const DECADES: (f64, f64) = (1.0, 12.0);

/// So large a part of the cells has a colour of its own; a few extreme ones must not pale the rest.
const PART: f64 = 0.75;

/// The map.
pub(super) fn figures(landscape: &Landscape) -> Vec<Figure> {
    let Landscape { question, across, weight_scales, values, .. } = landscape;
    let place = place(landscape);
    let guides = place.into_iter().flat_map(|[x, y]| {
        [Guide::Vertical(x, String::new()), Guide::Horizontal(y, String::new())]
    });
    let x = Axis { range: spanned(weight_scales), ..Axis::linear("weight scale") };
    let y = Axis {
        range: spanned(values),
        integer: matches!(across, Across::HiddenSize | Across::Length),
        ..Axis::linear(label(*across, question))
    };
    vec![Figure {
        heat: Some(heat(landscape)),
        series: edge(landscape).into_iter().chain(here(landscape, place)).collect(),
        guides: guides.collect(),
        notes: notes(landscape, place),
        ..Figure::new("landscape", "Where is the edge?", x, y)
    }]
}

/// What the number upwards is called.
fn label(across: Across, question: &Question) -> String {
    let design = match &question.weights {
        Weights::Draw(draw) => Some(draw.design),
        Weights::File { .. } => None,
    };
    match (across, design) {
        (Across::BiasScale, _) => "bias scale",
        (Across::HiddenSize, _) => "hidden size",
        (Across::Length, _) => "length T",
        (Across::ForgetBias, Some(design)) if design.cell == Cell::Gru => {
            "bias of the update gate, others 0"
        }
        (Across::ForgetBias, Some(design)) if matches!(design.gate_bias, GateBias::Hold(_)) => {
            "bias of the forget gate, input gate opposite"
        }
        (Across::ForgetBias, _) => "bias of the forget gate",
    }
    .to_owned()
}

/// From half a cell before the first to half a cell behind the last.
fn spanned(places: &[f64]) -> Range {
    match places {
        [first, second, .., last] => {
            let half = (second - first) / 2.0;
            Range::Fixed(first - half, last + half)
        }
        _ => Range::Auto,
    }
}

/// Where the question lies on the map, if it does.
fn place(landscape: &Landscape) -> Option<[f64; 2]> {
    let Landscape { question, across, weight_scales, values, .. } = landscape;
    let within = |places: &[f64], at: &f64| match spanned(places) {
        Range::Fixed(low, high) => (low..=high).contains(at),
        Range::Auto => places.contains(at),
    };
    let up = across.of(question).filter(|up| within(values, up))?;
    within(weight_scales, &question.weight_scale).then_some([question.weight_scale, up])
}

fn heat(landscape: &Landscape) -> Heat {
    let Landscape { weight_scales, values, .. } = landscape;
    let places = (0..values.len()).flat_map(|row| (0..weight_scales.len()).map(move |c| (row, c)));
    let cells: Vec<Option<Growth>> =
        places.map(|(row, column)| landscape.nearest(row, column)).collect();
    let decades = decades(landscape);
    let color = Axis {
        range: Range::Fixed(10f64.powf(-decades), 10f64.powf(decades)),
        ..Axis::log("‖∂L/∂h₁‖ / ‖∂L/∂h_T‖")
    };
    let growth = cells.iter().map(|cell| cell.map_or(f64::NAN, Growth::ratio)).collect();
    Heat {
        middle: Some(1.0),
        blank: cells.iter().map(Option::is_none).collect(),
        ..Heat::new(weight_scales.clone(), values.clone(), growth, color)
    }
}

/// How many decades the colours span to each side.
fn decades(landscape: &Landscape) -> f64 {
    let finite = landscape.cells.iter().flatten().map(|cell| cell.log10().abs());
    let mut sizes: Vec<f64> = finite.filter(|size| size.is_finite()).collect();
    sizes.sort_by(f64::total_cmp);
    let index = (sizes.len() as f64 * PART) as usize;
    let size = sizes.get(index).or(sizes.last()).copied().unwrap_or(0.0);
    size.ceil().clamp(DECADES.0, DECADES.1)
}

/// The lines of growth 1, of the finest level that is complete.
fn edge(landscape: &Landscape) -> Vec<Series> {
    let [rows, columns] = landscape.finest();
    let of = |places: &[f64], indices: &[usize]| -> Vec<f64> {
        indices.iter().map(|index| places[*index]).collect()
    };
    let (x, y) = (of(&landscape.weight_scales, &columns), of(&landscape.values, &rows));
    let log = |row: usize, column: usize| {
        landscape.cell(rows[row], columns[column]).map_or(f64::NAN, Growth::log10)
    };
    let lines = zero_lines(&x, &y, log).into_iter();
    lines.map(|line| Series::line("growth = 1", Color::Ink, line)).collect()
}

/// The question on the map.
fn here(landscape: &Landscape, place: Option<[f64; 2]>) -> Option<Series> {
    let name = match landscape.here {
        Some(growth) => format!("here: {}", number(growth.ratio(), 3)),
        None => "here".to_owned(),
    };
    let ring = Series::line(name, Color::Ink, vec![place?]);
    Some(Series { stroke: Stroke::Rings, ..ring })
}

fn notes(landscape: &Landscape, place: Option<[f64; 2]>) -> Vec<String> {
    let Landscape { question, across, cells, here, .. } = landscape;
    let mut notes = vec![EXPLANATION.to_owned()];
    if *across == Across::HiddenSize {
        notes.push("Each row is another network, drawn from the same seed.".to_owned());
    }
    if place.is_none() {
        notes.push(outside(landscape));
    }
    notes.extend(here.map(|growth| of_here(question, *across, growth)));
    let (measured, all) = (landscape.measured(), cells.len());
    if (1..all).contains(&measured) {
        notes.push(format!(
            "Measured so far: {measured} of {all} cells; each stands for those around it."
        ));
    }
    notes
}

/// Why the question is not on the map.
fn outside(landscape: &Landscape) -> String {
    let Landscape { question, across, .. } = landscape;
    match across.of(question) {
        Some(up) => format!(
            "The present network, at weight scale {} and {across} {}, lies outside the map.",
            minus(question.weight_scale),
            minus(up)
        ),
        None => {
            "The present network is on no row of the map: its gate biases are as drawn.".to_owned()
        }
    }
}

fn of_here(question: &Question, across: Across, growth: Growth) -> String {
    let ratio = growth.ratio();
    let what = if ratio.is_nan() {
        "undefined"
    } else if ratio == 0.0 {
        "0: the gradient is cut off, or smaller than the number format can hold"
    } else if ratio.is_infinite() {
        "infinite"
    } else {
        let up = across.of(question).map(|up| format!(" and {across} {}", minus(up)));
        let up = up.unwrap_or_default();
        let means = match ratio {
            ratio if ratio < 1.0 => "less arrives at the first step than left the last",
            ratio if ratio > 1.0 => "more arrives at the first step than left the last",
            _ => "as much arrives at the first step as left the last",
        };
        let scale = minus(question.weight_scale);
        return format!("At weight scale {scale}{up} growth is {}: {means}.", number(ratio, 3));
    };
    format!("At the present place growth is {what}.")
}

/// A setting as it is, with a proper minus sign.
fn minus(value: f64) -> String {
    number::minus(&value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::{Shade, Style, Theme, csv, svg};
    use proptest::prelude::*;

    /// A landscape whose log10 growth is a function of weight scale and row value.
    fn landscape(log: impl Fn(f64, f64) -> Option<f64>) -> Landscape {
        let axis: Vec<f64> = (-20..=20).map(|n| 0.25 * f64::from(n)).collect();
        let growth = |log: f64| Growth { first: 10f64.powf(log), last: 1.0 };
        let cells = axis.iter().flat_map(|y| axis.iter().map(|x| log(*x, *y).map(growth)));
        Landscape {
            question: Question::default(),
            across: Across::BiasScale,
            cells: cells.collect(),
            weight_scales: axis.clone(),
            values: axis,
            here: Some(growth(-2.0)),
        }
    }

    fn figure(landscape: &Landscape) -> Figure {
        figures(landscape).remove(0)
    }

    #[test]
    fn the_edge_is_drawn_where_growth_is_one() {
        let figure = figure(&landscape(|x, y| Some(2.0 * (x - 0.3 * y - 1.1))));
        let lines: Vec<_> = figure.series.iter().filter(|s| s.name == "growth = 1").collect();
        assert_eq!(lines.len(), 1);
        for [x, y] in &lines[0].points {
            assert!((x - 0.3 * y - 1.1).abs() < 1e-9, "{x} {y}");
        }
        let ring = figure.series.last().unwrap();
        assert_eq!(
            (ring.name.as_str(), ring.points.as_slice()),
            ("here: 0.0100", &[[1.0, 1.0]][..])
        );
        assert_eq!(figure.guides.len(), 2);
        let said = "At weight scale 1 and bias scale 1 growth is 0.0100: less arrives";
        assert!(figure.notes.iter().any(|note| note.starts_with(said)), "{:?}", figure.notes);
    }

    #[test]
    fn colours_are_alike_on_both_sides_of_one() {
        let figure = figure(&landscape(|x, _| Some(if x > 4.9 { 300.0 } else { x })));
        let resolved = figure.resolve();
        let mosaic = resolved.heat.as_ref().unwrap();
        assert_eq!((mosaic.width, mosaic.height), (41, 41));
        assert_eq!((mosaic.bar.lo, mosaic.bar.hi), (-4.0, 4.0));
        let row = &mosaic.shades[..41];
        assert_eq!(
            (row[0], row[20], row[40]),
            (Shade::Side(0), Shade::Side(128), Shade::Side(255))
        );
        assert_eq!(mosaic.shade_at(0.5), Shade::Side(128));
        let sentences = resolved.sentences();
        assert!(
            sentences.iter().any(|s| s.contains("above 10000 in 164 of 1681")),
            "{sentences:?}"
        );
    }

    #[test]
    fn what_has_no_growth_is_told_apart_and_counted() {
        let figure = figure(&landscape(|x, y| {
            Some(match (x, y) {
                (x, _) if x < -4.9 => f64::NEG_INFINITY,
                (x, _) if x > 4.9 => f64::INFINITY,
                (_, y) if y > 4.9 => f64::NAN,
                (x, _) => x,
            })
        }));
        let resolved = figure.resolve();
        let mosaic = resolved.heat.as_ref().unwrap();
        let shades: Vec<Shade> = mosaic.specials.iter().map(|(shade, _)| *shade).collect();
        assert_eq!(shades, [Shade::Endless, Shade::NotANumber, Shade::Vanished]);
        let sentences = resolved.sentences().join("\n");
        for words in ["exactly zero in 41 of", "infinite in 41 of", "not a number in 39 of"] {
            assert!(sentences.contains(words), "{words} in {sentences}");
        }
        for theme in [Theme::Light, Theme::Dark] {
            let levels = (0..=255).map(|level| Shade::Side(level).rgb(theme));
            let mut all: Vec<_> = levels.collect();
            for shade in shades.iter().chain([&Shade::Blank]) {
                assert!(!all.contains(&shade.rgb(theme)), "{theme:?} {shade:?}");
                all.push(shade.rgb(theme));
            }
        }
    }

    #[test]
    fn what_is_not_measured_is_filled_by_its_neighbours_or_empty() {
        let coarse = |at: f64| at.rem_euclid(2.0) == 1.0;
        let some = landscape(|x, y| (coarse(x) && coarse(y)).then_some(x));
        assert_eq!(some.measured(), 36);
        let drawn = figure(&some).resolve().heat.unwrap();
        assert!(!drawn.shades.contains(&Shade::Blank));
        assert_eq!(drawn.shades[0], drawn.shades[3]);
        assert!(figure(&some).notes.iter().any(|note| note.contains("36 of 1681 cells")));
        let none = figure(&landscape(|_, _| None));
        assert!(none.resolve().heat.unwrap().shades.iter().all(|shade| *shade == Shade::Blank));
        assert_eq!(none.series.len(), 1, "only the present place");
        assert!(!csv(&[none]).unwrap().contains("‖"), "nothing to write");
    }

    #[test]
    fn who_is_off_the_map_is_told() {
        let mut away = landscape(|x, _| Some(x));
        away.question.weight_scale = 20.0;
        let figure = figure(&away);
        assert!(figure.guides.is_empty() && figure.series.iter().all(|s| s.name == "growth = 1"));
        let said = "at weight scale 20 and bias scale 1, lies outside the map";
        assert!(figure.notes.iter().any(|note| note.contains(said)), "{:?}", figure.notes);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn any_landscape_can_be_drawn(
            numbers in prop::collection::vec(prop::option::of(any::<[f64; 2]>()), 9),
            at in any::<[f64; 2]>(), here in prop::option::of(any::<[f64; 2]>()),
        ) {
            let growth = |[first, last]: [f64; 2]| Growth { first: first.abs(), last: last.abs() };
            let mut map = landscape(|_, _| None);
            for (cell, number) in map.cells.iter_mut().zip(numbers.iter().cycle()) {
                *cell = number.map(growth);
            }
            (map.question.weight_scale, map.question.bias_scale) = (at[0], at[1]);
            map.here = here.map(growth);
            let figures = figures(&map);
            for theme in [Theme::Light, Theme::Dark] {
                let drawn = svg(&figures, &Style { theme, ..Style::default() });
                prop_assert!(drawn.is_ok(), "{:?}", drawn);
            }
            prop_assert!(csv(&figures).is_ok());
        }
    }
}
