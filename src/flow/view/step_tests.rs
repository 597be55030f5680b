//! Step Jacobians and predictions against autograd, explicit products and each other.

use candle_core::{DType, Device, Tensor};
use faer::{Col, Mat};
use proptest::prelude::*;

use super::inverse::Inverse;
use super::jacobians::{JacobiansReport, LayerJacobians, jacobians};
use super::path::Path;
use super::theory::{Regime, Source, TheoryReport, theory};
use super::unit::Unit;
use crate::error::{Error, Result};
use crate::flow::measure::{measure, numbers};
use crate::flow::{LayerTrace, Trace};
use crate::network::{Cell, Design, Init, Network, Nonlinearity, Wiring};
use crate::rng::Generator;
use crate::task::{Loss, loss_of};
use crate::ticket::Ticket;

const IDENTITY: Cell = Cell::Rnn(Nonlinearity::Identity);
const CELLS: [Cell; 5] =
    [Cell::Rnn(Nonlinearity::Tanh), Cell::Rnn(Nonlinearity::Relu), IDENTITY, Cell::Lstm, Cell::Gru];

/// A network with its input and targets.
struct Case {
    network: Network,
    x: Tensor,
    target: Tensor,
}

impl Case {
    /// Two features, two sequences of noise.
    fn new(design: &Design, scale: f64, steps: usize) -> Self {
        let mut generator = Generator::seeded(7);
        let network = design.network(&design.spec(2, 1), &mut generator).unwrap();
        let network = network.scaled(scale, 1.0, DType::F64).unwrap();
        let drawn = generator.randn(steps * 4);
        let x = Tensor::from_vec(drawn, (steps, 2, 2), &Device::Cpu).unwrap();
        let target = Tensor::zeros((steps, 2, 1), DType::F64, &Device::Cpu).unwrap();
        Self { network, x: x.to_dtype(DType::F64).unwrap(), target }
    }

    fn of_cell(cell: Cell, scale: f64, steps: usize) -> Self {
        Self::new(&Design::new(cell, 6, 1), scale, steps)
    }

    fn trace(&self) -> Trace {
        measure(&self.network, &self.x, &self.target, Loss::Last, &Ticket::new()).unwrap()
    }

    fn paths(&self, trace: &Trace) -> Vec<Path> {
        let states: Vec<&Tensor> = trace.layers.iter().map(|layer| &layer.states).collect();
        Path::all(&self.network, &self.x, &states).unwrap()
    }

    fn jacobians(&self) -> JacobiansReport {
        jacobians(&self.network, &self.x, &Ticket::new()).unwrap()
    }

    fn theory(&self, loss: Loss) -> TheoryReport {
        let judge = |output: &Tensor| -> Result<Tensor> { loss_of(output, &self.target, loss) };
        theory(&self.network, &self.x, &judge, &Ticket::new()).unwrap()
    }
}

/// dL/dh_t of the first sequence.
fn grad(layer: &LayerTrace, t: usize) -> Vec<f64> {
    numbers(&layer.grads.get(0).unwrap().get(t).unwrap().get(0).unwrap()).unwrap()
}

fn orthogonal(scale: f64) -> Case {
    let design = Design { init: Init::Orthogonal, ..Design::new(IDENTITY, 12, 1) };
    Case::new(&design, scale, 80)
}

#[test]
fn an_orthogonal_identity_rnn_has_exponents_of_zero_and_a_scaled_one_of_the_scale() {
    for scale in [1.0, 0.5, 3.0, 1e-6] {
        let report = orthogonal(scale).jacobians();
        let layer = &report.layers[0];
        let expected = f64::ln(scale);
        // Weights are f32: orthogonal to 1e-7.
        for exponent in layer.lyapunov.exponents.iter().chain(&layer.lyapunov.largest) {
            assert!((exponent - expected).abs() < 1e-6, "{scale}: {exponent}");
        }
        assert!((layer.last_radius / scale - 1.0).abs() < 1e-6);
        for step in &layer.steps {
            assert!((step.max / scale - 1.0).abs() < 1e-6 && (step.min / scale - 1.0).abs() < 1e-6);
        }
        for product in &layer.products {
            let expected = expected * (80 - product.t) as f64;
            for found in [product.ln_max, product.ln_mean, product.ln_min] {
                assert!((found - expected).abs() < 1e-4, "{product:?} {expected}");
            }
        }
    }
}

/// Also through the layer below, whose states are the input of the one above, and with ticks.
#[test]
fn the_product_of_jacobians_carries_the_gradient_of_the_last_step_back() {
    for cell in CELLS {
        for (layers, ticks) in [(1, 1), (2, 1), (2, 3)] {
            let design = Design { ticks, ..Design::new(cell, 6, layers) };
            let case = Case::new(&design, 1.5, 12);
            let trace = case.trace();
            let path = &case.paths(&trace)[layers - 1];
            let top = &trace.layers[layers - 1];
            assert_eq!(path.steps(), 12 * ticks);
            let last = grad(top, path.steps());
            let mut back = Col::from_fn(path.size(), |i| last.get(i).copied().unwrap_or_default());
            for t in (0..path.steps()).rev() {
                back = path.jacobian(t + 1).transpose() * &back;
                for (unit, expected) in grad(top, t).into_iter().enumerate() {
                    let off = (back[unit] - expected).abs();
                    assert!(off < 1e-12 * (1.0 + expected.abs()), "{cell} {layers} {t}: {off}");
                }
            }
        }
    }
}

#[test]
fn singular_values_agree_with_the_explicit_product() {
    // Large matrices go other ways than small ones.
    for (cell, hidden) in CELLS.iter().flat_map(|cell| [(*cell, 6), (*cell, 40)]) {
        let case = Case::new(&Design::new(cell, hidden, 1), 2.0, 8);
        let report = case.jacobians();
        let layer = &report.layers[0];
        let path = &case.paths(&case.trace())[0];
        let mut product = Mat::<f64>::identity(path.size(), path.size());
        assert_eq!(layer.products.iter().map(|p| p.t).collect::<Vec<_>>(), [7, 6, 5, 4, 3, 2, 1]);
        for found in &layer.products {
            product = &product * path.jacobian(found.t + 1);
            let values = product.singular_values().unwrap();
            let (max, min) = (values[0], values[values.len() - 1]);
            assert!((found.ln_max - max.ln()).abs() < 1e-9, "{cell}: {found:?} {max}");
            if min > 1e-10 * max {
                assert!((found.ln_min - min.ln()).abs() < 1e-4, "{cell}: {found:?} {min}");
                let mean = values.iter().map(|value| value.ln()).sum::<f64>();
                assert!((found.ln_mean - mean / values.len() as f64).abs() < 1e-5, "{cell}");
            }
        }
        for step in &layer.steps {
            let values = path.jacobian(step.t).singular_values().unwrap();
            assert!((step.max - values[0]).abs() < 1e-12 * values[0]);
            // Where it is no rounding error for zero, six digits and better.
            let min = values[values.len() - 1];
            assert!((step.min - min).abs() < 1e-6 * min + 1e-14, "{cell}: {step:?} {min}");
            assert!(step.min <= step.median && step.median <= step.max);
            let middle = f64::midpoint(values[values.len() / 2], values[(values.len() - 1) / 2]);
            assert!(
                (step.median - middle).abs() < 1e-6 * middle + 1e-14,
                "{cell}: {step:?} {middle}"
            );
        }
    }
}

#[test]
fn inverses_undo_their_jacobians() {
    for cell in CELLS {
        for scale in [0.5, 2.0] {
            let case = Case::of_cell(cell, scale, 8);
            let path = &case.paths(&case.trace())[0];
            let (inverter, size) = (path.inverter(), path.size());
            for t in 1..=8 {
                let step = path.step(t);
                let jacobian = Unit::of(step.matrix.clone()).unwrap();
                let Some(Inverse { unit, ln_det }) = inverter.invert(&jacobian, &step.shape) else {
                    // A ReLU unit that is off.
                    let values = step.matrix.singular_values().unwrap();
                    assert!(values[size - 1] < 1e-15, "{cell}: {values:?}");
                    continue;
                };
                let det = step.matrix.determinant();
                assert!((ln_det - det.abs().ln()).abs() < 1e-10, "{cell}: {ln_det} {det}");
                let product =
                    &step.matrix * unit.matrix * faer::Scale(f64::from(unit.power).exp2());
                let off = product - Mat::<f64>::identity(size, size);
                assert!(off.norm_max() < 1e-10, "{cell}, step {t}: {}", off.norm_max());
            }
        }
    }
}

/// Orthonormal columns at every step (Benettin et al. 1980) against what is computed in their place.
#[test]
fn exponents_are_those_of_orthonormal_columns() {
    for (cell, scale) in CELLS.iter().flat_map(|cell| [(*cell, 0.7), (*cell, 2.0)]) {
        let case = Case::new(&Design::new(cell, 32, 1), scale, 40);
        let path = &case.paths(&case.trace())[0];
        let (size, found) = (path.size(), case.jacobians().layers.remove(0).lyapunov);
        let (mut q, mut sums) = (Mat::<f64>::identity(size, size), vec![0.0; size]);
        for t in 1..=40 {
            let qr = (path.jacobian(t) * &q).qr();
            q = qr.compute_Q();
            sums.iter_mut().enumerate().for_each(|(i, sum)| *sum += qr.R()[(i, i)].abs().ln());
            let largest = sums.iter().copied().fold(f64::NEG_INFINITY, f64::max) / t as f64;
            let off = (found.largest[t - 1] - largest).abs();
            assert!(off < 1e-9, "{cell}, step {t}: off by {off:e}");
        }
        sums.sort_by(|a, b| b.total_cmp(a));
        for (found, sum) in found.exponents.iter().zip(&sums) {
            // What a ReLU unit that is off loses is lost for one and a rounding error for the other.
            if *found > f64::NEG_INFINITY {
                assert!((found - sum / 40.0).abs() < 1e-9, "{cell}: {found} {}", sum / 40.0);
            }
        }
    }
}

#[test]
fn exponents_add_up_to_the_mean_logarithm_of_the_determinant() {
    for cell in [CELLS[0], Cell::Lstm, Cell::Gru] {
        let case = Case::of_cell(cell, 1.0, 30);
        let path = &case.paths(&case.trace())[0];
        let ln_det = |t: usize| path.jacobian(t).determinant().abs().ln();
        let mean = (1..=30).map(ln_det).sum::<f64>() / 30.0;
        let sum: f64 = case.jacobians().layers[0].lyapunov.exponents.iter().sum();
        assert!((sum - mean).abs() < 1e-8 * mean.abs(), "{cell}: {sum} {mean}");
    }
}

#[test]
fn long_sequences_are_thinned_from_the_first_step_to_the_last() {
    let report = Case::of_cell(CELLS[0], 1.0, 700).jacobians();
    let layer = &report.layers[0];
    assert_eq!(layer.steps.len(), 256);
    assert_eq!((layer.steps[0].t, layer.steps[255].t), (1, 700));
    assert_eq!((layer.products.len(), layer.products[0].t), (32, 699));
    assert_eq!(layer.products.last().unwrap().t, 1);
    assert_eq!(layer.lyapunov.largest.len(), 700);
    // Predictions are of every step as long as that takes no time.
    let theory = Case::of_cell(Cell::Gru, 1.0, 700).theory(Loss::Last);
    let Source::Jacobians { radii, radius_error, sigmas } = theory.layers[0].source else {
        panic!("no weights of an RNN")
    };
    assert_eq!((radii.steps, radii.of, radius_error, sigmas.all()), (699, 699, 1.0, true));
}

#[test]
fn nan_infinity_and_zero_are_results() {
    for cell in CELLS {
        for (scale, steps) in [(1e200, 20), (50.0, 800), (0.0, 5), (1.0, 1)] {
            let case = Case::of_cell(cell, scale, steps);
            let report = case.jacobians();
            assert_eq!(report.layers[0].steps.len(), steps.min(256));
            assert_eq!(case.theory(Loss::All).layers[0].measured.len(), steps);
        }
        let mut case = Case::of_cell(cell, 1.0, 20);
        case.x = (case.x * f64::NAN).unwrap();
        let LayerJacobians { steps, products, lyapunov, last_radius } =
            case.jacobians().layers.remove(0);
        // The Jacobian of a linear recurrence is W, whatever the states.
        let known = cell == IDENTITY;
        assert!(lyapunov.exponents.iter().all(|exponent| exponent.is_nan() != known));
        assert!(products.iter().all(|product| product.ln_max.is_nan() != known));
        assert!(steps.iter().all(|step| step.median.is_nan() != known));
        assert!(last_radius.is_nan() != known);
        let theory = case.theory(Loss::Last);
        assert!(theory.layers[0].slope.is_nan());
    }
    let overflown = Case::of_cell(IDENTITY, 50.0, 800).theory(Loss::Last);
    assert!(!overflown.layers[0].measured[0].is_finite());
    let cut = Case::of_cell(CELLS[0], 0.0, 5).jacobians();
    assert!(cut.layers[0].lyapunov.exponents.iter().all(|e| *e == f64::NEG_INFINITY));
    assert!(cut.layers[0].products.iter().all(|p| p.ln_max == f64::NEG_INFINITY));
}

#[test]
fn a_cancelled_ticket_ends_both() {
    let case = Case::of_cell(Cell::Lstm, 1.0, 10);
    let ticket = Ticket::new();
    ticket.cancel();
    let found = jacobians(&case.network, &case.x, &ticket);
    assert!(matches!(found, Err(Error::Cancelled)));
    let judge = |output: &Tensor| loss_of(output, &case.target, Loss::Last);
    assert!(matches!(theory(&case.network, &case.x, &judge, &ticket), Err(Error::Cancelled)));
}

#[test]
fn a_scaled_rotation_is_predicted_exactly() {
    let report = orthogonal(0.8).theory(Loss::Last);
    let layer = &report.layers[0];
    for factor in [layer.radius, layer.sigma_max, layer.slope] {
        assert!((factor - 0.8).abs() < 1e-6, "{layer:?}");
    }
    assert_eq!(layer.regime(), Regime::MustVanish);
    assert_eq!((layer.mean_derivative, layer.source), (Some(1.0), Source::Weights));
}

#[test]
fn regimes_follow_the_two_factors() {
    let mut layer = orthogonal(1.0).theory(Loss::Last).layers.remove(0);
    assert_eq!(layer.regime(), Regime::Keeps);
    let nan = f64::NAN;
    for (radius, sigma_max, regime) in [
        (0.9, 0.95, Regime::MustVanish),
        (0.995, 0.999, Regime::Keeps),
        // 0.9^79 = 0.0002, 0.98^79 = 0.2, 0.99^79 = 0.45, 1.02^79 = 4.8.
        (0.9, 1.0, Regime::VanishesInTheEnd),
        (0.98, 1.2, Regime::VanishesInTheEnd),
        (0.99, 0.99, Regime::Keeps),
        (0.99, 1.2, Regime::MayGrow),
        (1.0, 1.2, Regime::MayGrow),
        (1.02, 1.2, Regime::MayExplode),
        (f64::INFINITY, f64::INFINITY, Regime::MayExplode),
        (nan, 1.0, Regime::Unknown),
        (0.5, nan, Regime::Unknown),
    ] {
        (layer.radius, layer.sigma_max) = (radius, sigma_max);
        assert_eq!(layer.regime(), regime, "{radius} {sigma_max}");
    }
}

/// Whatever the loss looks at, the prediction is about what the last step sends back.
#[test]
fn losses_on_all_steps_and_on_the_last_have_the_same_slope() {
    for cell in CELLS {
        let case = Case::of_cell(cell, 1.2, 15);
        let [all, last] = [Loss::All, Loss::Last].map(|loss| case.theory(loss).layers.remove(0));
        let expected = case.trace().layers[0].flow().unwrap();
        // The mean over 15 steps gives each a fifteenth.
        assert!((all.slope - last.slope).abs() < 1e-9 * last.slope, "{cell}");
        assert!((15.0 * all.measured[0] - last.measured[0]).abs() < 1e-12);
        let of_two = expected.grad_norm[0];
        assert!(last.measured[0] <= of_two * (1.0 + 1e-12), "first of two sequences");
    }
}

#[test]
fn lower_layers_hear_from_above_as_well() {
    let case = Case::new(&Design::new(CELLS[0], 6, 2), 0.5, 10);
    let [lower, top] = &case.theory(Loss::Last).layers[..] else { unreachable!() };
    assert!(!lower.closed && top.closed);
    assert_eq!(top.own, top.measured);
    assert!((lower.own[9] - lower.measured[9]).abs() < 1e-15);
    assert!(lower.measured[0] > 2.0 * lower.own[0], "{lower:?}");
    let design = Design { wiring: Wiring::Skips, ..Design::new(CELLS[0], 6, 1) };
    assert!(!Case::new(&design, 1.0, 5).theory(Loss::Last).layers[0].closed);
}

#[test]
fn progress_adds_up() {
    for (cell, layers) in [(CELLS[0], 1), (Cell::Lstm, 2), (Cell::Gru, 1)] {
        let case = Case::new(&Design { ticks: 2, ..Design::new(cell, 4, layers) }, 1.0, 9);
        let ticket = Ticket::new();
        jacobians(&case.network, &case.x, &ticket).unwrap();
        assert_eq!(ticket.progress(), Some(1.0));
        let judge = |output: &Tensor| loss_of(output, &case.target, Loss::Last);
        theory(&case.network, &case.x, &judge, &ticket).unwrap();
        assert_eq!(ticket.progress(), Some(1.0));
    }
}

fn any_cell() -> impl Strategy<Value = Cell> {
    prop::sample::select(&CELLS[..])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Pascanu et al. 2013 for a plain RNN; for the others with the Jacobians in place of W_hh.
    #[test]
    fn the_bound_is_never_violated(
        cell in any_cell(), hidden in 1usize..9, layers in 1usize..4, skips: bool,
        scale in -4.0f64..4.0, steps in 1usize..40,
    ) {
        let wiring = if skips { Wiring::Skips } else { Wiring::Stacked };
        let design = Design { wiring, ..Design::new(cell, hidden, layers) };
        let report = Case::new(&design, scale, steps).theory(Loss::All);
        for layer in &report.layers {
            let last = layer.own[steps - 1];
            for (t, own) in (1..=steps).zip(&layer.own) {
                let bound = layer.sigma_max.powi((steps - t) as i32) * last;
                prop_assert!(*own <= bound * (1.0 + 1e-9) + 1e-300, "{t}: {layer:?}");
            }
            prop_assert!(layer.radius <= layer.sigma_max * (1.0 + 1e-9));
            if let Some(mean) = layer.mean_derivative {
                prop_assert!((0.0..=1.0 + 1e-12).contains(&mean), "{mean}");
            }
        }
    }

    /// What the largest and smallest singular value of the product allow.
    #[test]
    fn the_gradient_stays_between_the_products_singular_values(
        cell in any_cell(), hidden in 1usize..9, scale in -3.0f64..3.0, steps in 2usize..30,
    ) {
        let case = Case::new(&Design::new(cell, hidden, 1), scale, steps);
        let norms = case.theory(Loss::Last).layers.remove(0).own;
        let last = norms[steps - 1].ln();
        for product in &case.jacobians().layers[0].products {
            let ln = norms[product.t - 1].ln() - last;
            prop_assert!(ln <= product.ln_max + 1e-6, "{ln} {product:?}");
            if cell != Cell::Lstm {
                prop_assert!(ln >= product.ln_min - 1e-6, "{ln} {product:?}");
            }
            prop_assert!(product.ln_min <= product.ln_mean + 1e-6);
            prop_assert!(product.ln_mean <= product.ln_max + 1e-6);
        }
    }
}
