//! Views of step Jacobians made by hand become the right figures, and say what happened.

use super::Layout;
use crate::figure::{Figure, Range, Scale, Style, Theme, csv, png};
use crate::flow::ViewReport;
use crate::flow::view::{
    Gap, JacobiansReport, LayerJacobians, LayerTheory, Lyapunov, ProductValues, Source, StepValues,
    Taken, TheoryReport,
};
use crate::network::{Cell, NetworkSpec, Nonlinearity, Wiring};

fn figures(report: &ViewReport) -> Vec<Figure> {
    super::figures(report, &Layout::default())
}

const TANH: Cell = Cell::Rnn(Nonlinearity::Tanh);

/// A gradient that changes by `slope` a step back over 60 steps, where all that parts it from the
/// prediction is `matrices` and the rest `slopes`.
fn layer(slope: f64, radius: f64, sigma_max: f64, mean: Option<f64>) -> LayerTheory {
    let measured: Vec<f64> = (1..=60).map(|t| slope.powi(60 - t)).collect();
    let total = 59.0 * (slope.ln() - radius.ln());
    let slopes = if mean.is_some_and(|mean| mean < 1.0) { total } else { 0.0 };
    let gap = Gap {
        total,
        other_ways: 0.0,
        slopes,
        in_cell: 0.0,
        matrices: total - slopes,
        directions: Some(0.0),
        stretch: sigma_max / radius,
        change: None,
    };
    LayerTheory {
        own: measured.clone(),
        ln_own: 59.0 * slope.ln(),
        measured,
        closed: true,
        source: Source::Weights,
        radius,
        sigma_max,
        slope,
        from: 1,
        mean_derivative: mean,
        gap: Some(gap).filter(|_| !slope.is_nan()),
    }
}

fn theory(cell: Cell, layers: Vec<LayerTheory>) -> Vec<Figure> {
    let spec = NetworkSpec::new(cell, [1, 16, layers.len(), 1]);
    figures(&ViewReport::Theory(TheoryReport { spec, length: 60, batch: 1, layers }))
}

fn said(cell: Cell, layer: LayerTheory) -> String {
    theory(cell, vec![layer])[0].notes.join(" ")
}

#[test]
fn predictions_are_straight_lines_from_the_last_step() {
    let figure = &theory(TANH, vec![layer(0.5, 0.8, 1.4, Some(0.6))])[0];
    assert_eq!((figure.name, figure.y.scale), ("theory", Scale::Log10));
    let [measured, radius, bound] = &figure.series[..] else { panic!("{:?}", figure.series) };
    assert_eq!(measured.points.len(), 60);
    assert_eq!(radius.points[1], [60.0, 1.0]);
    assert_eq!(radius.points[0][0], 1.0);
    assert!((radius.points[0][1] / 0.8_f64.powi(59) - 1.0).abs() < 1e-9);
    // Three decades above all that was measured.
    assert!((bound.points[0][1] - 1e3).abs() < 1e-6 && bound.points[0][0] > 1.0);
}

#[test]
fn the_sentence_names_the_regime_and_why_it_differs() {
    let relu = Cell::Rnn(Nonlinearity::Relu);
    let linear = Cell::Rnn(Nonlinearity::Identity);
    let cases = [
        (TANH, layer(0.7, 0.8, 0.88, Some(0.62)), "must vanish", "slope f′ is 0.62"),
        (TANH, layer(0.9, 0.8, 1.3, Some(1.0)), "grow at first", "W is not normal"),
        (TANH, layer(0.9, 1.3, 2.0, Some(0.5)), "can explode", "saturation"),
        (relu, layer(0.9, 1.3, 2.0, Some(0.5)), "can explode", "50 % of the units are active"),
        (linear, layer(1.2, 1.2, 2.0, Some(1.0)), "eigenvectors explodes", "as |λ|max predicts"),
        (linear, layer(1.0, 1.0, 1.0, Some(1.0)), "W alone keeps 1.0", "it keeps its size"),
        (linear, layer(1.0, 1.0, 1.3, Some(1.0)), "explode for a while", "as |λ|max predicts"),
        (linear, layer(0.5, 0.8, 0.9, Some(1.0)), "must fade at least", "only a small part"),
        (TANH, layer(f64::NAN, 0.5, 0.6, None), "must vanish", "no slope can be measured"),
        (TANH, layer(0.5, f64::NAN, f64::NAN, None), "nothing to predict", "it vanishes"),
    ];
    for (cell, layer, regime, reason) in cases {
        let text = said(cell, layer);
        assert!(text.contains(regime) && text.contains(reason), "{text}");
    }
}

#[test]
fn predictions_are_written_at_every_step_however_far_they_leave_the_plot() {
    let figure = &theory(TANH, vec![layer(0.5, 0.8, 1.4, Some(0.6))])[0];
    let text = csv(std::slice::from_ref(figure)).unwrap();
    let rows = |name: &str| text.lines().filter(|line| line.contains(name)).count();
    assert_eq!((rows("measured"), rows("|λ|max:"), rows("σmax:")), (60, 60, 60), "{text}");
    let first = text.lines().find(|line| line.contains("σmax:")).unwrap();
    let value: f64 = first.rsplit(',').next().unwrap().parse().unwrap();
    assert!((value / 1.4_f64.powi(59) - 1.0).abs() < 1e-9, "{first}");
}

#[test]
fn gates_have_their_own_bound_and_lower_layers_a_caution() {
    let (some, all) = (Taken { steps: 20, of: 59 }, Taken { steps: 59, of: 59 });
    let source = |radii, radius_error, sigmas| Source::Jacobians { radii, radius_error, sigmas };
    let gated = |source| LayerTheory { source, ..layer(0.9, 0.8, 1.3, None) };
    let text = said(Cell::Gru, gated(source(all, 1.0, all)));
    assert!(text.contains("does not hold for the gates of a GRU"), "{text}");
    assert!(text.contains("|λ|max of all 59 steps back") && !text.contains("estimate"), "{text}");
    assert!(text.contains("the Jacobians are not normal"), "{text}");
    let estimated = gated(source(some, 1.02, some));
    let text = said(Cell::Lstm, estimated.clone());
    assert!(text.contains("∂(h, c)ₜ/∂(h, c)ₜ₋₁") && text.contains("20 of 59 steps back"), "{text}");
    assert!(text.contains("off by 2.0 % either way (two standard errors)"), "{text}");
    assert!(text.contains("by a factor of 3.2") && text.contains("σmax is no bound"), "{text}");
    let names: Vec<String> =
        theory(Cell::Lstm, vec![estimated])[0].series.iter().map(|s| s.name.clone()).collect();
    assert!(names[1].starts_with("|λ|max, estimated: ×0.800"), "{names:?}");
    assert!(names[2].starts_with("σmax of some steps: ×1.30"), "{names:?}");
    // A prediction that may be off by more than it is.
    let text = said(Cell::Gru, gated(source(some, 1.2, all)));
    assert!(text.contains("|λ|max agrees within its error"), "{text}");
    let lower = LayerTheory { closed: false, ..layer(0.9, 0.8, 1.3, Some(1.0)) };
    let figures = theory(TANH, vec![lower, layer(0.9, 0.8, 1.3, Some(1.0))]);
    assert_eq!(
        figures.iter().map(|f| f.name).collect::<Vec<_>>(),
        ["theory-layer-1", "theory-layer-2"]
    );
    assert_eq!((figures[0].series.len(), figures[1].series.len()), (4, 3));
    assert!(figures[0].notes.iter().any(|note| note.contains("The layer above sends gradient")));
}

#[test]
fn words_follow_from_what_is_left_over_all_steps_and_thresholds_are_told() {
    let linear = Cell::Rnn(Nonlinearity::Identity);
    let text = said(linear, layer(0.99, 0.99, 0.99, Some(1.0)));
    assert!(text.contains("0.55 of the gradient at step 60 is left at step 1: it keeps"), "{text}");
    let mut long = layer(0.99, 0.99, 0.99, Some(1.0));
    long.measured = (1..=2000).map(|t| 0.99_f64.powi(2000 - t)).collect();
    long.own = long.measured.clone();
    let text = said(linear, long);
    assert!(text.contains("1.9×10⁻⁹ of the gradient at step 2000 is left"), "{text}");
    assert!(text.contains("it vanishes") && text.contains("must vanish"), "{text}");
    for threshold in ["0.001", "0.3", "3 times", "1000 times"] {
        assert!(text.contains(threshold), "{text}");
    }
}

#[test]
fn what_lies_before_the_first_number_is_told() {
    let mut cut = layer(0.1, 0.1, 0.2, Some(1.0));
    cut.measured[..20].fill(0.0);
    cut.from = 21;
    cut.ln_own = f64::NEG_INFINITY;
    let text = said(TANH, cut.clone());
    assert!(text.contains("back to 21, before which the gradient is zero or too small"), "{text}");
    assert!(text.contains("nothing of the gradient at step 60 is left"), "{text}");
    cut.measured[..20].fill(f64::INFINITY);
    assert!(said(TANH, cut).contains("before which the gradient is not finite"));
    let one = LayerTheory {
        measured: vec![1.0],
        own: vec![1.0],
        slope: f64::NAN,
        gap: None,
        ..layer(0.5, 0.5, 0.5, Some(1.0))
    };
    let text = said(TANH, one);
    assert!(text.contains("With a single step there is no step back"), "{text}");
    assert!(!text.contains("must") && !text.contains("predicts"), "{text}");
}

/// Factors of 0.9, 0.5 and `least` a step.
fn jacobians(cell: Cell, layers: usize, least: f64) -> JacobiansReport {
    let steps = (1..=30).map(|t| StepValues { t, max: 0.9, median: 0.5, min: least }).collect();
    let product = |t: usize| {
        let back = (30 - t) as f64;
        let ln = |factor: f64| back * f64::ln(factor);
        ProductValues { t, ln_max: ln(0.9), ln_mean: ln(0.5), ln_min: ln(least) }
    };
    let lyapunov = Lyapunov {
        exponents: vec![f64::ln(0.9), f64::ln(0.5), f64::ln(least)],
        largest: vec![f64::ln(0.9); 30],
    };
    let products = (1..30).rev().map(product).collect();
    let layer = LayerJacobians { steps, products, lyapunov, last_radius: 0.88 };
    let spec = NetworkSpec::new(cell, [1, 3, layers, 1]);
    JacobiansReport { spec, length: 30, layers: vec![layer; layers] }
}

fn shown(report: &JacobiansReport) -> [Figure; 4] {
    figures(&ViewReport::Jacobians(report.clone())).try_into().unwrap()
}

#[test]
fn singular_values_exponents_and_their_drift_are_figures() {
    let [steps, products, spectrum, drift] = shown(&jacobians(Cell::Gru, 2, 0.4));
    let names = [&steps, &products, &spectrum, &drift].map(|figure| figure.name);
    let expected =
        ["step-singular-values", "product-singular-values", "lyapunov-spectrum", "lyapunov-drift"];
    assert_eq!(names, expected);
    assert_eq!((steps.series.len(), products.series.len()), (6, 6));
    assert_eq!(steps.series[4].full_name(), "layer 2, median");
    assert_eq!(products.series[0].points[29], [30.0, 0.0]);
    assert!((products.series[0].points[0][1] - 29.0 * 0.9_f64.log10()).abs() < 1e-12);
    assert_eq!(spectrum.series[1].points[1], [2.0, f64::ln(0.5)]);
    assert!(spectrum.notes.iter().any(|note| note.contains("Layer 2: the largest is −0.105")));
    assert_eq!(drift.series[1].points, [[1.0, f64::ln(0.88)], [30.0, f64::ln(0.88)]]);
    for figure in [&steps, &products, &spectrum, &drift] {
        assert!(figure.notes.iter().any(|note| note.contains("held fixed")), "{}", figure.name);
    }
}

#[test]
fn what_is_lost_or_leaves_the_plot_is_told() {
    let [_, products, ..] = shown(&jacobians(TANH, 1, 0.01));
    assert!(products.series[2].points.len() < 20);
    assert!(products.notes.iter().any(|note| note.contains("10 to the power of −58.0")));
    assert_eq!(products.series[2].all_points().len(), 30, "files have what the plot leaves out");
    let [_, products, spectrum, _] = shown(&jacobians(TANH, 1, 0.0));
    assert!(products.notes.iter().any(|note| note.contains("At all 29 steps some directions")));
    assert!(spectrum.notes.iter().any(|note| note.contains("1 are −∞")));
    let mut gone = jacobians(TANH, 1, 0.0);
    gone.layers[0].lyapunov.largest = vec![f64::NEG_INFINITY; 30];
    let [.., drift] = shown(&gone);
    assert!(drift.notes.iter().any(|note| note.contains("−∞ from t = 1 on")));
    let text = csv(&shown(&gone)).unwrap();
    for line in [
        "product-singular-values,smallest,1,-inf",
        "lyapunov-spectrum,layer 1,3,-inf",
        "lyapunov-drift,layer 1,30,-inf",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    gone.spec.wiring = Wiring::Skips;
    assert!(shown(&gone)[0].notes.iter().any(|note| note.contains("held fixed")));
}

#[test]
fn rounding_errors_do_not_fill_a_plot() {
    let mut still = jacobians(TANH, 1, 0.4);
    still.layers[0].lyapunov.exponents = vec![2e-9, 1e-9, -1e-9];
    let [_, _, spectrum, _] = shown(&still);
    assert!(matches!(spectrum.y.range, Range::Fixed(low, high) if high - low > 0.01));
    assert!(spectrum.notes.iter().any(|note| note.contains("the largest is 0, a factor of 1.00")));
    assert!(spectrum.notes.iter().any(|note| note.contains("0 of 3 lie above 0")));
}

#[test]
fn steps_that_were_not_looked_at_are_told() {
    let mut long = jacobians(TANH, 1, 0.4);
    long.length = 700;
    let [steps, products, ..] = shown(&long);
    assert!(steps.notes.iter().any(|note| note.contains("At 30 of 700 steps")));
    assert!(products.notes.iter().any(|note| note.contains("At 29 of 699 steps")));
    long.length = 30;
    assert!(!shown(&long)[0].notes.iter().any(|note| note.contains("evenly spread")));
}

/// 0.99 a step by the product, and half as much by an exponent that missed its direction.
#[test]
fn all_steps_are_judged_by_their_product_and_never_by_an_exponent() {
    let said = |length: usize, factor: f64| {
        let mut report = jacobians(TANH, 1, 0.4);
        report.length = length;
        let ln_max = (length - 1) as f64 * factor.ln();
        report.layers[0].products = vec![ProductValues { t: 1, ln_max, ln_mean: 0.0, ln_min: 0.0 }];
        report.layers[0].lyapunov.exponents[0] = f64::ln(0.5);
        report.layers[0].lyapunov.largest = vec![f64::ln(0.5); length];
        shown(&report)[2].notes.join(" ")
    };
    for (length, factor, words) in [
        (
            10,
            0.99,
            "all 9 steps back together: 0.91, so a gradient in its direction keeps its size",
        ),
        (
            2000,
            0.99,
            "all 1999 steps back together: 1.9×10⁻⁹, so a gradient in its direction vanishes",
        ),
        (2000, 0.5, "together: about 10⁻⁶⁰², so a gradient in its direction vanishes"),
        (2000, 2.0, "together: about 10⁶⁰², so a gradient in its direction explodes"),
        (2, f64::NAN, "all 1 step back together: NaN, so a gradient in its direction is unknown"),
    ] {
        let text = said(length, factor);
        assert!(text.contains("a factor of 0.500 a step; 0 of 3 lie above 0."), "{text}");
        assert!(text.contains(words), "{text}");
    }
    let mut one = jacobians(TANH, 1, 0.4);
    one.layers[0].products.clear();
    assert!(!shown(&one)[2].notes.join(" ").contains("Judged"));
}

/// What no number can hold is no "nothing" and no "∞".
#[test]
fn powers_beyond_the_number_format_are_told_by_their_logarithm() {
    let mut long = layer(0.5, 0.4, 1.5, Some(1.0));
    long.measured = (1..=2000).map(|t| 0.5_f64.powi(2000 - t)).collect();
    long.own = long.measured.clone();
    (long.from, long.ln_own) = (978, 1999.0 * f64::ln(0.5));
    let text = said(Cell::Rnn(Nonlinearity::Identity), long.clone());
    assert!(text.contains("predicts that about 10⁻⁷⁹⁵ of a gradient is left"), "{text}");
    let left = "by the Jacobians, about 10⁻⁶⁰² of the gradient at step 2000 is left at step 1: it vanishes";
    assert!(text.contains(left) && !text.contains("nothing of"), "{text}");
    long.closed = false;
    let text = said(Cell::Rnn(Nonlinearity::Identity), long.clone());
    assert!(text.contains("nothing that the number format can hold of the gradient"), "{text}");
    (long.sigma_max, long.radius) = (1e-310, 1e-311);
    let text = said(Cell::Rnn(Nonlinearity::Identity), long.clone());
    assert!(text.contains("at most about 10⁻⁶¹⁹⁶⁹⁰ of a gradient is left"), "{text}");
    (long.sigma_max, long.radius) = (50.0, 49.0);
    let text = said(Cell::Rnn(Nonlinearity::Identity), long);
    assert!(text.contains("about 10³³⁷⁹ times as large") && !text.contains('∞'), "{text}");
}

#[test]
fn broken_numbers_can_be_drawn_and_written() {
    let mut broken = jacobians(Cell::Lstm, 1, 0.0);
    let layer = &mut broken.layers[0];
    layer.lyapunov.exponents.fill(f64::NAN);
    layer.lyapunov.largest.fill(f64::NAN);
    layer.last_radius = f64::NAN;
    let nan = f64::NAN;
    layer.products.fill(ProductValues { t: 3, ln_max: nan, ln_mean: nan, ln_min: nan });
    layer.steps.fill(StepValues { t: 3, max: nan, median: f64::INFINITY, min: 0.0 });
    let mut figures = Vec::from(shown(&broken));
    figures.extend(theory(TANH, vec![layer_of_nan()]));
    png(&figures, &Style { theme: Theme::Dark, ..Style::default() }, 1.0).unwrap();
    assert!(csv(&figures).unwrap().contains("nan") || csv(&figures).unwrap().contains("NaN"));
}

fn layer_of_nan() -> LayerTheory {
    layer(f64::NAN, f64::INFINITY, f64::NAN, Some(f64::NAN))
}
