//! Heat maps on ordinary and on hostile data.

use proptest::prelude::*;

use super::*;
use crate::figure::model::{Axis, Figure, Range};

fn figure(x: usize, y: usize, values: Vec<f64>) -> Figure {
    let steps = |n: usize| (0..n).map(|n| n as f64).collect();
    let color = Axis::log("‖∂L/∂hₜ‖");
    let heat = Heat::new(steps(x), steps(y), values, color);
    let figure = Figure::new("test", "Test", Axis::linear("training step"), Axis::steps());
    Figure { heat: Some(heat), ..figure }
}

fn mosaic(figure: &Figure) -> Mosaic {
    figure.resolve().heat.unwrap()
}

#[test]
fn cells_fill_the_plot_and_the_first_row_is_at_the_bottom() {
    let figure = figure(3, 2, vec![1.0, 10.0, 100.0, 1000.0, 1000.0, 1000.0]);
    let resolved = figure.resolve();
    assert_eq!(
        (resolved.x.lo, resolved.x.hi, resolved.y.lo, resolved.y.hi),
        (-0.5, 2.5, -0.5, 1.5)
    );
    let mosaic = resolved.heat.unwrap();
    assert_eq!((mosaic.width, mosaic.height), (3, 2));
    assert_eq!((mosaic.x, mosaic.y), ([-0.5, 2.5], [-0.5, 1.5]));
    assert_eq!((mosaic.bar.lo, mosaic.bar.hi), (0.0, 3.0));
    let expected = [255, 255, 255, 0, 85, 170].map(Shade::Level);
    assert_eq!(mosaic.shades, expected);
    assert!(mosaic.specials.is_empty() && mosaic.sentences().is_empty());
    assert_eq!(mosaic.rgba(Theme::Light).len(), 4 * 6);
}

#[test]
fn reversed_axes_turn_the_picture() {
    let mut figure = figure(2, 2, vec![1.0, 10.0, 100.0, 1000.0]);
    (figure.x.reversed, figure.y.reversed) = (true, true);
    assert_eq!(mosaic(&figure).shades, [85, 0, 255, 170].map(Shade::Level));
}

#[test]
fn what_has_no_colour_has_a_shade_of_its_own_and_a_sentence() {
    let mosaic = mosaic(&figure(5, 1, vec![0.0, 1e-5, 1.0, f64::INFINITY, f64::NAN]));
    assert_eq!(
        mosaic.shades,
        [Shade::Nothing, Shade::Level(0), Shade::Level(255), Shade::Infinite, Shade::NotANumber]
    );
    let names: Vec<&str> = mosaic.specials.iter().map(|(_, name)| *name).collect();
    assert_eq!(names, ["∞", "NaN", "0"]);
    assert_eq!(
        mosaic.sentences(),
        [
            "‖∂L/∂hₜ‖ is exactly zero in 1 of 5 cells (the shade marked 0).",
            "‖∂L/∂hₜ‖ is infinite in 1 of 5 cells (the shade marked ∞).",
            "‖∂L/∂hₜ‖ is not a number in 1 of 5 cells (the shade marked NaN).",
        ]
    );
    for theme in [Theme::Light, Theme::Dark] {
        let own = [Shade::Nothing, Shade::Infinite, Shade::NotANumber].map(|s| s.rgb(theme));
        let levels: Vec<Rgb> = (0..=255).map(|level| Shade::Level(level).rgb(theme)).collect();
        assert!(own.iter().all(|color| !levels.contains(color) && *color != theme.background()));
    }
}

#[test]
fn a_large_map_is_thinned_and_keeps_its_peaks() {
    let mut values = vec![1e-6; 3000 * 2000];
    (values[1_234_567], values[4_000_000]) = (1e3, f64::NAN);
    let mosaic = mosaic(&figure(3000, 2000, values));
    assert_eq!((mosaic.width, mosaic.height), (1024, 512));
    let found = |shade| mosaic.shades.iter().filter(|s| **s == shade).count();
    assert_eq!((found(Shade::Level(255)), found(Shade::NotANumber)), (1, 1));
}

#[test]
fn fixed_bounds_are_kept_and_what_they_hide_is_said() {
    let mut figure = figure(4, 1, vec![1e-9, 1.0, 1e9, 1.0]);
    figure.x.range = Range::Fixed(-0.5, 2.5);
    if let Some(heat) = &mut figure.heat {
        heat.color.range = Range::Fixed(1e-6, 1e6);
    }
    let mosaic = mosaic(&figure);
    assert_eq!(mosaic.shades, [0, 128, 255].map(Shade::Level));
    assert_eq!(
        mosaic.sentences(),
        [
            "‖∂L/∂hₜ‖ is below 10⁻⁶ in 1 of 4 cells (drawn in the lowest colour).",
            "‖∂L/∂hₜ‖ is above 10⁶ in 1 of 4 cells (drawn in the highest colour).",
            "‖∂L/∂hₜ‖ is outside the axes in 1 of 4 cells (not drawn).",
        ]
    );
}

#[test]
fn a_map_of_one_value_and_an_empty_one_have_bounds() {
    for values in [vec![2.0], vec![0.0], vec![f64::NAN], Vec::new()] {
        let mosaic = mosaic(&figure(1, 1, values));
        assert!(mosaic.bar.lo < mosaic.bar.hi && mosaic.shades.len() == 1);
    }
    let resolved = figure(0, 3, Vec::new()).resolve();
    assert!(resolved.x.lo < resolved.x.hi);
    assert!(resolved.heat.unwrap().shades.is_empty());
}

/// A map of three cells on a scale with a middle.
fn sided(scale: Scale, middle: f64, range: Range, values: [f64; 3]) -> Mosaic {
    let mut figure = figure(3, 1, values.to_vec());
    if let Some(heat) = &mut figure.heat {
        heat.middle = Some(middle);
        (heat.color.scale, heat.color.range) = (scale, range);
    }
    mosaic(&figure)
}

#[test]
fn a_middle_is_neutral_and_both_sides_are_alike() {
    let sides = |mosaic: &Mosaic| mosaic.shades.clone();
    let log = sided(Scale::Log10, 1.0, Range::Auto, [1e-2, 1.0, 1e4]);
    assert_eq!((log.bar.lo, log.bar.hi), (-4.0, 4.0));
    assert_eq!(sides(&log), [64, 128, 255].map(Shade::Side));
    let linear = sided(Scale::Linear, -1.0, Range::Auto, [-4.0, -1.0, 0.5]);
    assert_eq!((linear.bar.lo, linear.bar.hi), (-4.0, 2.0));
    assert_eq!(sides(&linear), [0, 128, 191].map(Shade::Side));
    assert_eq!([0.0, 0.5, 1.0].map(|at| linear.shade_at(at)), [0, 128, 255].map(Shade::Side));
    // Bounds of its own that leave one side shorter: it does not reach the strongest colour.
    let uneven = sided(Scale::Linear, 0.0, Range::Fixed(-1.0, 4.0), [-1.0, 0.0, 9.0]);
    assert_eq!(sides(&uneven), [96, 128, 255].map(Shade::Side));
    assert_eq!([0.0, 0.2, 1.0].map(|at| uneven.shade_at(at)), [96, 128, 255].map(Shade::Side));
    let special = sided(Scale::Log10, 1.0, Range::Auto, [0.0, f64::INFINITY, f64::NAN]);
    assert_eq!(sides(&special), [Shade::Vanished, Shade::Endless, Shade::NotANumber]);
}

#[test]
fn what_is_not_known_is_left_empty_and_counts_for_nothing() {
    let mut figure = figure(3, 1, vec![1e-300, 1.0, 10.0]);
    if let Some(heat) = &mut figure.heat {
        heat.blank = vec![true, false];
    }
    let mosaic = mosaic(&figure);
    assert_eq!(mosaic.shades, [Shade::Blank, Shade::Level(0), Shade::Level(255)]);
    assert!(mosaic.sentences().is_empty(), "the figure says why");
    assert_eq!(mosaic.rgba(Theme::Dark)[..3], [0x16, 0x18, 0x1D]);
}

proptest! {
    /// Any f64 at all, positions included: the picture is whole, the bounds finite.
    #[test]
    fn every_map_has_a_picture(
        x in prop::collection::vec(any::<f64>(), 0..9),
        y in prop::collection::vec(-5.0f64..5.0, 0..9),
        values in prop::collection::vec(any::<f64>(), 0..90),
        log in any::<[bool; 2]>(),
        range in prop::option::of([any::<f64>(), any::<f64>()]),
        middle in prop::option::of(any::<f64>()),
        blank in prop::collection::vec(any::<bool>(), 0..90),
    ) {
        let mut figure = figure(0, 0, values);
        let scale = |log| if log { Scale::Log10 } else { Scale::Linear };
        figure.x.scale = scale(log[0]);
        if let Some([low, high]) = range {
            figure.y.range = Range::Fixed(low, high);
        }
        if let Some(heat) = &mut figure.heat {
            (heat.x, heat.y) = (x, y);
            heat.color.scale = scale(log[1]);
            (heat.middle, heat.blank) = (middle, blank);
        }
        let resolved = figure.resolve();
        prop_assert!(resolved.x.lo < resolved.x.hi && resolved.y.lo < resolved.y.hi);
        let mosaic = resolved.heat.unwrap();
        prop_assert_eq!(mosaic.shades.len(), mosaic.width * mosaic.height);
        prop_assert!(mosaic.bar.lo < mosaic.bar.hi && (mosaic.bar.hi - mosaic.bar.lo).is_finite());
        for (ends, extent) in [(mosaic.x, &resolved.x), (mosaic.y, &resolved.y)] {
            prop_assert!(ends[0] < ends[1]);
            prop_assert!(extent.contains(ends[0]) && extent.contains(ends[1]));
        }
        // Each cell is ordinary, or told.
        let Tally { total, blank, zero, negative, infinite, nan, .. } = mosaic.tally;
        prop_assert!(blank + zero + negative + infinite + nan <= total);
        prop_assert_eq!(
            mosaic.specials.len(),
            usize::from(zero + negative > 0) + usize::from(infinite > 0) + usize::from(nan > 0)
        );
    }
}
