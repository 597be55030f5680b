//! What the views of step Jacobians say of networks made to embarrass them: non-normal, defective,
//! rank-deficient, saturated, dead, almost a rotation, one step long and ten thousand.

use candle_core::{DType, Device, Tensor};
use proptest::prelude::*;

use super::jacobians::jacobians;
use super::path::Path;
use super::theory::{Gap, LayerTheory, Reason, Regime, Source, TheoryReport, theory};
use crate::error::Result;
use crate::figure::csv;
use crate::figure::of_view::{Layout, figures};
use crate::flow::measure::measure;
use crate::flow::{Fate, Spectrum, ViewReport};
use crate::network::{Cell, Design, Network, Nonlinearity};
use crate::rng::Generator;
use crate::task::{Loss, loss_of};
use crate::ticket::Ticket;

const IDENTITY: Cell = Cell::Rnn(Nonlinearity::Identity);
const TANH: Cell = Cell::Rnn(Nonlinearity::Tanh);
const RELU: Cell = Cell::Rnn(Nonlinearity::Relu);

struct Hard {
    network: Network,
    x: Tensor,
}

impl Hard {
    fn drawn(cell: Cell, size: usize, scale: f64, steps: usize, seed: u64) -> Self {
        let mut generator = Generator::seeded(seed);
        let design = Design::new(cell, size, 1);
        let network = design.network(&design.spec(1, 1), &mut generator).unwrap();
        let network = network.scaled(scale, 1.0, DType::F64).unwrap();
        let x = Tensor::from_vec(generator.randn(steps), (steps, 1, 1), &Device::Cpu).unwrap();
        Self { network, x: x.to_dtype(DType::F64).unwrap() }
    }

    /// A plain RNN with these recurrent weights.
    fn rnn(cell: Cell, weights: &[&[f64]], steps: usize) -> Self {
        let size = weights.len();
        let mut hard = Self::drawn(cell, size, 1.0, steps, 5);
        let weights = Tensor::from_vec(weights.concat(), (size, size), &Device::Cpu).unwrap();
        hard.network.layers[0].weight_hh = weights;
        hard
    }

    /// The same with this bias of every unit.
    fn with_bias(mut self, bias: &[f64]) -> Self {
        let bias = Tensor::from_slice(bias, bias.len(), &Device::Cpu).unwrap();
        self.network.layers[0].bias_ih = bias;
        self
    }

    fn target(&self) -> Tensor {
        Tensor::zeros((self.x.dim(0).unwrap(), 1, 1), DType::F64, &Device::Cpu).unwrap()
    }

    fn report(&self) -> TheoryReport {
        let target = self.target();
        let judge = |output: &Tensor| -> Result<Tensor> { loss_of(output, &target, Loss::Last) };
        theory(&self.network, &self.x, &judge, &Ticket::new()).unwrap()
    }

    fn theory(&self) -> (LayerTheory, String) {
        let mut report = self.report();
        let notes = notes(&ViewReport::Theory(report.clone()));
        (report.layers.remove(0), notes)
    }

    fn jacobians(&self) -> (ViewReport, String) {
        let report = jacobians(&self.network, &self.x, &Ticket::new()).unwrap();
        let report = ViewReport::Jacobians(report);
        let notes = notes(&report);
        (report, notes)
    }
}

fn notes(report: &ViewReport) -> String {
    let figures = figures(report, &Layout::default());
    figures.into_iter().flat_map(|figure| figure.notes).collect::<Vec<_>>().join("\n")
}

fn rotation(scale: f64, steps: usize) -> Hard {
    let (sin, cos) = 0.3_f64.sin_cos();
    let weights = [[scale * cos, -scale * sin], [scale * sin, scale * cos]];
    Hard::rnn(IDENTITY, &[&weights[0], &weights[1]], steps)
}

#[test]
fn a_rotation_of_0_99_keeps_over_ten_steps_and_vanishes_over_thousands() {
    let (layer, text) = rotation(0.99, 10).theory();
    assert_eq!((layer.regime(), layer.fate()), (Regime::Keeps, Fate::Keeps));
    assert!(text.contains("0.91 of the gradient at step 10 is left at step 1"), "{text}");
    for (steps, left) in [(2000, "1.9×10⁻⁹"), (10_000, "2.3×10⁻⁴⁴")] {
        let (layer, text) = rotation(0.99, steps).theory();
        assert_eq!((layer.regime(), layer.fate()), (Regime::MustVanish, Fate::Vanishes));
        assert_eq!(layer.reason(), Some(Reason::AsPredicted));
        assert!(text.contains(left) && text.contains("must vanish"), "{text}");
        assert!(!text.contains("not normal") && !text.contains("saturation"), "{text}");
        let (_, text) = rotation(0.99, steps).jacobians();
        let all = format!("all {} steps back together: {left}, so a gradient", steps - 1);
        assert!(text.contains(&all) && text.contains("in its direction vanishes"), "{text}");
    }
    let (_, text) = rotation(0.99, 10).jacobians();
    assert!(text.contains("together: 0.91, so a gradient in its direction keeps"), "{text}");
}

#[test]
fn one_step_has_no_step_back() {
    for cell in [IDENTITY, TANH, RELU, Cell::Lstm, Cell::Gru] {
        let hard = Hard::drawn(cell, 3, 2.0, 1, 1);
        let (layer, text) = hard.theory();
        assert!(layer.slope.is_nan() && layer.gap.is_none() && layer.reason().is_none());
        assert_eq!((layer.left_over(), layer.fate()), (1.0, Fate::Keeps));
        assert!(text.contains("With a single step there is no step back."), "{text}");
        for word in ["must", "predict ", "estimate", "normal"] {
            assert!(!text.contains(word), "{word} in {text}");
        }
        hard.jacobians();
    }
}

#[test]
fn what_is_not_normal_or_defective_is_said_to_be_so() {
    let shear = Hard::rnn(IDENTITY, &[&[0.9, 5.0], &[0.0, 0.9]], 30);
    let jordan: [&[f64]; 4] = [
        &[0.5, 1.0, 0.0, 0.0],
        &[0.0, 0.5, 1.0, 0.0],
        &[0.0, 0.0, 0.5, 1.0],
        &[0.0, 0.0, 0.0, 0.5],
    ];
    for hard in [shear, Hard::rnn(IDENTITY, &jordan, 20)] {
        let (layer, text) = hard.theory();
        assert_eq!(layer.reason(), Some(Reason::NotNormal), "{layer:?}");
        assert!(text.contains("more than |λ|max predicts, as W is not normal"), "{text}");
    }
}

/// Symmetric matrices are normal, whatever else happens.
#[test]
fn a_normal_matrix_is_never_called_otherwise() {
    let symmetric: [&[f64]; 3] = [&[1.2, 0.0, 0.0], &[0.0, 0.5, 0.1], &[0.0, 0.1, -0.3]];
    let projection: [&[f64]; 3] = [&[1.0, 0.0, 0.0], &[0.0, 0.0, 0.0], &[0.0, 0.0, 0.0]];
    for weights in [symmetric, projection] {
        for (cell, steps) in [(IDENTITY, 3), (IDENTITY, 40), (TANH, 40), (RELU, 40)] {
            let (layer, text) = Hard::rnn(cell, &weights, steps).theory();
            assert_ne!(layer.reason(), Some(Reason::NotNormal), "{layer:?}");
            assert!(!text.contains("not normal"), "{text}");
            if cell == IDENTITY {
                assert_ne!(layer.reason(), Some(Reason::Slopes), "{layer:?}");
                assert!(!text.contains("saturation ("), "{text}");
            }
        }
    }
    let (layer, text) = Hard::rnn(IDENTITY, &projection, 4).theory();
    assert_eq!(layer.reason(), Some(Reason::SmallPart), "{layer:?}");
    assert!(text.contains("only a small part in the direction that lasts"), "{text}");
    let (_, text) = Hard::rnn(IDENTITY, &projection, 4).jacobians();
    assert!(text.contains("some directions are lost altogether"), "{text}");
}

#[test]
fn saturated_and_dead_units_are_named() {
    let turned: [&[f64]; 2] = [&[0.3, -4.0], &[4.0, 0.3]];
    let (layer, text) = Hard::rnn(TANH, &turned, 40).theory();
    assert_eq!((layer.regime(), layer.reason()), (Regime::MayExplode, Some(Reason::Slopes)));
    assert!(
        layer.mean_derivative.unwrap() < 0.9 && text.contains("because of saturation"),
        "{text}"
    );
    assert!(text.contains("eigenvectors if nothing saturated"), "{text}");
    // Two of four units are off.
    let mut rows = [[0.0; 4]; 4];
    rows.iter_mut().enumerate().for_each(|(n, row)| row[n] = 0.5);
    let rows = rows.each_ref().map(|row| &row[..]);
    let half = Hard::rnn(RELU, &rows, 12).with_bias(&[100.0, -100.0, 100.0, -100.0]);
    let (layer, text) = half.theory();
    assert_eq!(layer.mean_derivative, Some(0.5), "{text}");
    assert!(matches!(layer.reason(), Some(Reason::AsPredicted | Reason::Slopes)), "{layer:?}");
    let (report, text) = half.jacobians();
    let ViewReport::Jacobians(report) = report else { panic!("another view") };
    for step in &report.layers[0].steps {
        assert_eq!([step.max, step.median, step.min], [0.5, 0.25, 0.0]);
    }
    assert!(text.contains("2 are −∞"), "{text}");
    let dead = Hard::rnn(RELU, &rows, 12).with_bias(&[-100.0; 4]);
    let (layer, text) = dead.theory();
    assert_eq!((layer.from, layer.left_over(), layer.fate()), (12, 0.0, Fate::Vanishes));
    assert!(text.contains("nothing of the gradient at step 12 is left at step 1"), "{text}");
    assert!(layer.reason().is_none() && text.contains("no slope can be measured"), "{text}");
}

#[test]
fn a_shear_of_1e8_has_its_smallest_singular_value_in_every_file() {
    let hard = Hard::rnn(IDENTITY, &[&[1.0, 1e8], &[0.0, 1.0]], 6);
    let (report, text) = hard.jacobians();
    let ViewReport::Jacobians(of_layers) = &report else { panic!("another view") };
    let layer = &of_layers.layers[0];
    assert!(layer.steps.iter().all(|step| (step.min * 1e8 - 1.0).abs() < 1e-7), "{layer:?}");
    // The product of n shears is a shear of n times as much.
    for product in &layer.products {
        let expected = ((6 - product.t) as f64 * 1e8).ln();
        assert!((product.ln_max - expected).abs() < 1e-7, "{product:?}");
        assert!((product.ln_min + expected).abs() < 1e-7, "{product:?}");
    }
    assert!(!text.contains("lost"), "{text}");
    let text = csv(&figures(&report, &Layout::default())).unwrap();
    let smallest = |figure: &str| {
        text.lines().filter(|line| line.starts_with(&format!("{figure},smallest,"))).count()
    };
    assert_eq!([smallest("step-singular-values"), smallest("product-singular-values")], [6; 2]);
}

/// Numbers so small that one over them is infinite: 1e-310 is subnormal.
#[test]
fn products_of_subnormal_weights_have_a_smallest_singular_value() {
    let products = |hard: Hard| {
        let report = jacobians(&hard.network, &hard.x, &Ticket::new()).unwrap();
        report.layers[0].products.clone()
    };
    for product in products(rotation(1e-310, 30)) {
        let expected = f64::ln(1e-310) * (30 - product.t) as f64;
        for found in [product.ln_max, product.ln_mean, product.ln_min] {
            assert!((found - expected).abs() < 1e-9 * expected.abs(), "{product:?} {expected}");
        }
    }
    for cell in [TANH, Cell::Lstm] {
        let [one, other] =
            [1e-295, 1e-308].map(|scale| products(Hard::drawn(cell, 6, scale, 8, 7))[6].ln_min);
        // States do not depend on weights so small: all that is left is linear in them.
        let expected = 7.0 * f64::ln(1e-13);
        assert!((other - one - expected).abs() < 1e-3, "{cell}: {one} {other} {expected}");
    }
}

/// One unit's Jacobians are numbers: their product is the product of their sizes.
#[test]
fn one_gated_unit_does_just_what_all_its_steps_predict() {
    for (seed, steps) in [(1, 33), (2, 33), (3, 1000), (4, 10_000)] {
        for scale in [0.5, -1.5, 3.0] {
            let (layer, text) = Hard::drawn(Cell::Gru, 1, scale, steps, seed).theory();
            let Source::Jacobians { radii, radius_error, .. } = layer.source else {
                panic!("no weights of an RNN")
            };
            assert_eq!((radii.of, radius_error), (steps - layer.from, 1.0));
            assert!(radii.all() && (layer.radius / layer.slope - 1.0).abs() < 1e-9, "{text}");
            assert_eq!(layer.reason(), Some(Reason::AsPredicted));
            assert!(!text.contains("normal"), "{text}");
        }
    }
}

#[test]
fn what_is_estimated_says_so_and_its_error_covers_the_mean_of_all() {
    let hard = Hard::drawn(Cell::Lstm, 40, 2.0, 120, 3);
    let (layer, text) = hard.theory();
    let Source::Jacobians { radii, radius_error, sigmas } = layer.source else {
        panic!("no weights of an RNN")
    };
    assert!(radii.steps < radii.of && radii.of == 119 && sigmas.all(), "{radii:?}");
    let trace =
        measure(&hard.network, &hard.x, &hard.target(), Loss::Last, &Ticket::new()).unwrap();
    let path = &Path::all(&hard.network, &hard.x, &[&trace.layers[0].states]).unwrap()[0];
    let ln = |t: usize| Spectrum::radius_of(&path.jacobian(t)).ln();
    let mean = (2..=120).map(ln).sum::<f64>() / 119.0;
    assert!((layer.radius.ln() - mean).abs() < 1.5 * radius_error.ln(), "{layer:?} {mean}");
    assert!(radius_error > 1.0 && text.contains("|λ|max is an estimate from"), "{text}");
}

/// Against |λ|max of the product itself, made of explicit Jacobians.
#[test]
fn directions_that_differ_are_named_only_where_they_make_up_most_of_the_gap() {
    let (mut differ, mut small) = (0, 0);
    for (cell, seed) in (0..60).flat_map(|seed| [(Cell::Gru, seed), (Cell::Lstm, seed)]) {
        let hard = Hard::drawn(cell, 4, [0.5, 1.0, 3.0, 6.0][seed as usize % 4], 12, seed);
        let (layer, text) = hard.theory();
        let (Some(gap), Some(reason)) = (layer.gap, layer.reason()) else { continue };
        let trace =
            measure(&hard.network, &hard.x, &hard.target(), Loss::Last, &Ticket::new()).unwrap();
        let states: Vec<&Tensor> = trace.layers.iter().map(|layer| &layer.states).collect();
        let path = &Path::all(&hard.network, &hard.x, &states).unwrap()[0];
        let product =
            (layer.from + 1..12).rev().fold(path.jacobian(12), |p, t| p * path.jacobian(t));
        let single: f64 =
            (layer.from + 1..=12).map(|t| Spectrum::radius_of(&path.jacobian(t)).ln()).sum();
        let directions = Spectrum::radius_of(&product).ln() - single;
        match reason {
            Reason::StepsDiffer => {
                differ += 1;
                assert!(directions / gap.total >= 0.5 - 1e-6, "{directions} {gap:?}");
                let times = text.contains("times the product of their own");
                assert!(times && text.contains("differs from step to step"), "{text}");
            }
            Reason::SmallPart => {
                small += 1;
                let rest = gap.matrices - directions;
                assert!(rest / gap.total >= 0.5 - 1e-6, "{directions} {gap:?}");
            }
            _ => {}
        }
    }
    assert!(differ > 0 && small > 0, "{differ} {small}");
}

fn check_gap(layer: &LayerTheory) -> std::result::Result<(), TestCaseError> {
    let Some(gap) = layer.gap else { return Ok(()) };
    let Gap { total, other_ways, slopes, in_cell, matrices, directions, .. } = gap;
    let sum = other_ways + slopes + in_cell + matrices;
    prop_assert!((total - sum).abs() <= 1e-9 * (1.0 + total.abs()), "{gap:?}");
    let steps = (layer.measured.len() - layer.from) as f64;
    let expected = steps * (layer.slope.ln() - layer.radius.ln());
    prop_assert!((total - expected).abs() <= 1e-6 * (1.0 + total.abs()), "{gap:?} {expected}");
    prop_assert!(in_cell <= 1e-9, "{gap:?}");
    let part = match layer.reason() {
        Some(Reason::OtherWays) => other_ways,
        Some(Reason::Slopes) => slopes,
        Some(Reason::InCell) => in_cell,
        Some(Reason::NotNormal) => matrices,
        Some(Reason::StepsDiffer) => directions.unwrap_or(f64::NAN),
        Some(Reason::SmallPart) => matrices - directions.unwrap_or(f64::NAN),
        Some(Reason::AsPredicted | Reason::WithinError | Reason::Several) | None => return Ok(()),
    };
    prop_assert!(part / total >= 0.5, "a cause of less than half: {part} in {gap:?}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// No cause that is impossible for the network, and parts that add up.
    #[test]
    fn no_impossible_cause_is_named(
        cell in prop::sample::select(&[IDENTITY, TANH, RELU, Cell::Lstm, Cell::Gru][..]),
        size in 1usize..6, scale in -4.0f64..4.0, steps in 1usize..60, seed in 0u64..1000,
    ) {
        let (layer, text) = Hard::drawn(cell, size, scale, steps, seed).theory();
        check_gap(&layer)?;
        let reason = layer.reason();
        prop_assert!(reason != Some(Reason::OtherWays) && reason != Some(Reason::WithinError));
        if !matches!(cell, TANH | RELU) {
            prop_assert!(reason != Some(Reason::Slopes), "{text}");
        }
        if cell != Cell::Lstm {
            prop_assert!(reason != Some(Reason::InCell), "{text}");
            if size == 1 {
                prop_assert!(
                    matches!(reason, None | Some(Reason::AsPredicted | Reason::Slopes)), "{text}"
                );
            }
        }
        if matches!(cell, IDENTITY | TANH | RELU) {
            prop_assert!(reason != Some(Reason::StepsDiffer), "{text}");
        }
    }
}
