//! Landscapes made by hand.

use super::*;
use crate::figure::{Shade, Style, Theme, csv, svg};
use crate::flow::{Input, Signal};
use crate::task::{Loss, TaskChoice};
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
    assert_eq!((ring.name.as_str(), ring.points.as_slice()), ("here: 0.0100", &[[1.0, 1.0]][..]));
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
    assert_eq!((row[0], row[20], row[40]), (Shade::Side(0), Shade::Side(128), Shade::Side(255)));
    assert_eq!(mosaic.shade_at(0.5), Shade::Side(128));
    assert!(resolved.sentences().is_empty(), "very red is no trouble");
    let said = "The colours end at 10 to the power of ±4: 164 cells lie below, 164 above.";
    assert!(figure.notes.iter().any(|note| note == said), "{:?}", figure.notes);
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
    let larger = "At 80 places states or gradients are larger than";
    assert!(figure.notes.iter().any(|note| note.starts_with(larger)), "{:?}", figure.notes);
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
fn many_losses_are_cautioned_about() {
    let said = |question: Question| {
        let map = Landscape { question, ..landscape(|x, _| Some(x)) };
        figure(&map).notes.iter().any(|note| note.contains("enters at several steps"))
    };
    let of_task = |name: &str| {
        let task = TaskChoice::all().into_iter().find(|task| task.name() == name).expect("a task");
        let input = Input { signal: Signal::Task(task), ..Input::default() };
        said(Question { input, ..Question::default() })
    };
    assert!(
        !said(Question::default()) && said(Question { loss: Loss::All, ..Question::default() })
    );
    assert!(of_task("mnist1d") && of_task("echo") && !of_task("first-zero"));
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
