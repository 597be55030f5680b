//! What every renderer relies on, on ordinary and on hostile data.

use proptest::prelude::*;

use super::*;
use crate::figure::model::{Axis, Color, Range};

fn figure(y: Axis, values: &[f64]) -> Figure {
    let points = values.iter().enumerate().map(|(t, v)| [t as f64 + 1.0, *v]).collect();
    Figure {
        name: "test",
        title: "Test".into(),
        x: Axis::steps(),
        y,
        heat: None,
        series: vec![Series::line("layer 1", Color::Category(0), points)],
        guides: Vec::new(),
        notes: Vec::new(),
        equal_aspect: false,
    }
}

fn kinds(resolved: &Resolved) -> Vec<FlagKind> {
    resolved.flags.iter().map(|f| f.kind).collect()
}

#[test]
fn a_nan_splits_the_line_and_keeps_its_neighbours() {
    let resolved = figure(Axis::linear("y"), &[1.0, 2.0, f64::NAN, 4.0, 5.0]).resolve();
    assert_eq!(resolved.curves[0].segments.len(), 2);
    assert_eq!(resolved.curves[0].dots.len(), 4);
    assert_eq!(kinds(&resolved), [FlagKind::NotANumber]);
    assert_eq!(resolved.flags[0].at, [3.0, resolved.y.lo]);
    assert_eq!(
        resolved.sentences(),
        ["Layer 1: 1 of 5 values are not a number, NaN (× at the bottom)."]
    );
}

#[test]
fn a_point_between_nans_is_still_a_dot_on_a_long_line() {
    let mut values = vec![1.0; 100];
    (values[49], values[51]) = (f64::NAN, f64::NAN);
    let resolved = figure(Axis::linear("y"), &values).resolve();
    assert_eq!(resolved.curves[0].dots, [[51.0, 1.0]]);
}

#[test]
fn zeros_stand_at_the_floor_below_the_smallest_positive_value() {
    let resolved = figure(Axis::log("y"), &[0.0, 0.0, 1e-94, 1e5]).resolve();
    assert!(resolved.y.lo < -94.0 && resolved.y.lo > -110.0, "{}", resolved.y.lo);
    assert_eq!(kinds(&resolved), [FlagKind::Underflow; 2]);
    assert!(resolved.flags.iter().all(|f| f.at[1] == resolved.y.lo));
    assert_eq!(resolved.sentences(), ["Layer 1: 2 of 4 values are exactly zero (▽ at the floor)."]);
}

#[test]
fn all_zero_on_a_log_axis_still_has_bounds() {
    let resolved = figure(Axis::log("y"), &[0.0; 3]).resolve();
    assert!(resolved.y.lo < resolved.y.hi);
    assert!(resolved.curves[0].segments.is_empty());
    assert_eq!(resolved.sentences(), ["Layer 1: all 3 values are exactly zero (▽ at the floor)."]);
}

#[test]
fn infinity_points_up_and_minus_infinity_down() {
    let values = [f64::INFINITY, 1.0, f64::NEG_INFINITY];
    let resolved = figure(Axis::linear("y"), &values).resolve();
    assert_eq!(kinds(&resolved), [FlagKind::Overflow; 2]);
    assert!(resolved.flags[0].upward && !resolved.flags[1].upward);
}

#[test]
fn fixed_bounds_are_kept_and_what_they_hide_is_said() {
    let axis = Axis { range: Range::Fixed(1e-6, 1e5), ..Axis::log("y") };
    let resolved = figure(axis, &[1e-9, 1.0, 1e9]).resolve();
    assert!((resolved.y.lo + 6.0).abs() < 1e-12 && (resolved.y.hi - 5.0).abs() < 1e-12);
    assert_eq!(kinds(&resolved), [FlagKind::Underflow, FlagKind::Overflow]);
    let sentences = resolved.sentences();
    assert!(sentences[0].contains("below 10⁻⁶ (▽"), "{sentences:?}");
    assert!(sentences[1].contains("above 10⁵ (▲"), "{sentences:?}");
    let line = &resolved.curves[0].segments[0];
    assert!(line.iter().all(|p| resolved.y.contains(p[1])), "clipped at the frame");
}

#[test]
fn a_useless_fixed_range_falls_back_to_the_data() {
    for (low, high) in [(5.0, 5.0), (2.0, 1.0), (f64::NAN, 1.0), (-1.0, 1.0)] {
        let axis = Axis { range: Range::Fixed(low, high), ..Axis::log("y") };
        let resolved = figure(axis, &[1.0, 10.0]).resolve();
        assert!(resolved.y.lo < 0.0 && resolved.y.hi > 1.0);
    }
}

#[test]
fn one_step_is_in_the_middle_with_its_tick() {
    let resolved = figure(Axis::linear("y"), &[3.0]).resolve();
    assert_eq!((resolved.x.lo, resolved.x.hi), (0.5, 1.5));
    assert_eq!(resolved.x.ticks.len(), 1);
    assert_eq!(resolved.curves[0].dots.len(), 1);
}

#[test]
fn dense_marks_are_thinned_but_counted() {
    let resolved = figure(Axis::log("y"), &[0.0; 5000]).resolve();
    assert!(resolved.flags.len() <= 100);
    assert!(resolved.sentences()[0].contains("all 5000"));
    assert_eq!(resolved.flags.last().map(|f| f.at[0]), Some(5000.0));
}

#[test]
fn a_reversed_axis_runs_from_the_right() {
    let mut figure = figure(Axis::linear("y"), &[1.0, 2.0]);
    figure.x.reversed = true;
    let resolved = figure.resolve();
    assert!(resolved.x.fraction(1.0) > resolved.x.fraction(2.0));
}

#[test]
fn equal_aspect_shows_the_whole_circle_round() {
    let mut figure = figure(Axis::linear("y"), &[0.2]);
    figure.x = Axis::linear("x");
    figure.guides = vec![Guide::Circle(1.0, "unit circle".into())];
    figure.equal_aspect = true;
    let resolved = figure.resolve_in(1.5);
    let (wide, high) = (resolved.x.hi - resolved.x.lo, resolved.y.hi - resolved.y.lo);
    assert!((wide / high - 1.5).abs() < 1e-9);
    assert!(resolved.x.contains(-1.0) && resolved.y.contains(1.0));
}

#[test]
fn an_empty_figure_has_axes() {
    let mut figure = figure(Axis::log("y"), &[]);
    figure.series.clear();
    let resolved = figure.resolve();
    assert!(resolved.curves.is_empty() && resolved.flags.is_empty());
    assert!(resolved.x.lo < resolved.x.hi && !resolved.y.ticks.is_empty());
}

#[test]
fn dots_are_for_short_lines_alone() {
    let line = |points: Vec<[f64; 2]>| Series::line("", crate::figure::Color::Ink, points);
    let short = || line(vec![[1.0, 1.0], [2.0, 2.0], [3.0, 1.0]]);
    let long = line((0..50).map(|t| [f64::from(t), 1.0]).collect());
    let dots = |series: Vec<Series>| {
        let figure = Figure { series, ..figure(Axis::linear("y"), &[]) };
        figure.resolve().curves[0].dots.len()
    };
    assert_eq!((dots(vec![short()]), dots(vec![short(), long.clone()])), (3, 0));
    assert_eq!(dots(vec![short(), Series { faint: true, ..long }]), 3, "raw numbers do not count");
    assert_eq!(dots(vec![line(vec![[0.0, 1.0], [5.0, 1.0], [5.0, 2.0]])]), 0, "stairs");
}

proptest! {
    /// Any f64 at all, the odd ones included, on any axis: what is drawn is finite and inside.
    #[test]
    fn nothing_drawn_is_ever_outside_or_infinite(
        points in prop::collection::vec([any::<f64>(), any::<f64>()], 0..34),
        special in prop::collection::vec(prop::sample::select(vec![
            0.0, -0.0, 5e-324, f64::MAX, f64::MIN, f64::INFINITY, f64::NEG_INFINITY, f64::NAN,
        ]), 0..6),
        log in any::<[bool; 2]>(),
        integer in any::<bool>(),
        equal in any::<bool>(),
        range in prop::option::of([any::<f64>(), any::<f64>()]),
        stroke in prop::sample::select(vec![Stroke::Solid, Stroke::Rings]),
    ) {
        let scale = |log| if log { crate::figure::Scale::Log10 } else { crate::figure::Scale::Linear };
        let mut figure = figure(Axis::linear("y"), &special);
        figure.series[0].points.extend(points);
        figure.series[0].stroke = stroke;
        (figure.x.scale, figure.y.scale) = (scale(log[0] && !equal), scale(log[1] && !equal));
        figure.x.integer = integer;
        figure.equal_aspect = equal;
        if let Some([low, high]) = range {
            figure.y.range = Range::Fixed(low, high);
        }
        let total = figure.series[0].points.len();
        let resolved = figure.resolve_in(1.6);
        for extent in [&resolved.x, &resolved.y] {
            prop_assert!(extent.lo.is_finite() && extent.hi.is_finite() && extent.lo < extent.hi);
            prop_assert!((extent.hi - extent.lo).is_finite());
            prop_assert!(extent.ticks.len() < 500);
            prop_assert!(extent.ticks.iter().all(|t| t.at.is_finite()));
        }
        let curve = &resolved.curves[0];
        for p in curve.segments.iter().flatten().chain(&curve.dots) {
            prop_assert!(resolved.x.contains(p[0]) && resolved.y.contains(p[1]), "{p:?}");
        }
        for flag in &resolved.flags {
            prop_assert!(resolved.x.contains(flag.at[0]) && resolved.y.contains(flag.at[1]));
        }
        // Nothing is lost in silence: every value is drawn in its place or counted in a sentence.
        let told: usize = resolved.tallies.iter().map(|tally| tally.count).sum();
        if stroke == Stroke::Rings || !is_stairs(&figure.series[0].points) {
            prop_assert_eq!(told + curve.dots.len(), total);
        }
    }
}
