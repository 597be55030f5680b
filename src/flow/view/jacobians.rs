//! What does each step do? Singular values of the step Jacobians, of their product, and the
//! Lyapunov spectrum.

use candle_core::Tensor;
use faer::{Mat, Side};

use super::cores::on_all_cores;
use super::lyapunov::{Frame, Lyapunov, Unit, resolved};
use super::path::Path;
use crate::error::Result;
use crate::flow::Spectrum;
use crate::network::{Network, NetworkSpec, Probing};
use crate::ticket::Ticket;

/// Steps whose singular values are computed at most: of longer sequences evenly spread ones.
pub(super) const MOST_STEPS: usize = 256;

/// Steps to which products are taken at most: their curves are smooth.
const MOST_PRODUCTS: usize = 32;

/// Smallest over largest eigenvalue of JᵀJ down to which their roots are singular values to six
/// digits and better; of worse conditioned Jacobians J itself is decomposed.
const WELL_CONDITIONED: f64 = 1e-9;

/// Jobs of a layer that cannot be shared out.
const CHAINS: usize = 3;

/// Steps a job takes: few enough to share out evenly, enough to be worth the hand-over.
const STEPS_A_JOB: usize = 4;

/// The step Jacobians ∂h_t/∂h_{t-1}, for an LSTM ∂(h, c)_t/∂(h, c)_{t-1}, of the first sequence: of
/// each layer for itself, at fixed input from the layers below and over skip connections.
#[derive(Clone, Debug, PartialEq)]
pub struct JacobiansReport {
    /// Shape of the network.
    pub spec: NetworkSpec,
    /// Steps T of the unrolled network, ticks counted.
    pub length: usize,
    /// One entry a layer, lowest first.
    pub layers: Vec<LayerJacobians>,
}

/// The Jacobians of one layer. Numbers may be zero, -∞ (as logarithm of zero) or NaN: results.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerJacobians {
    /// Of single steps t = 1..=T, rising; of every one unless there are many.
    pub steps: Vec<StepValues>,
    /// Of the products J_T ⋯ J_{t+1} = ∂h_T/∂h_t, by falling t < T; of evenly spread t if many.
    pub products: Vec<ProductValues>,
    /// Of J_T ⋯ J_1.
    pub lyapunov: Lyapunov,
    /// |λ|max of J_T: where the largest exponent would go if every step were like the last.
    pub last_radius: f64,
}

/// Singular values of the Jacobian of one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepValues {
    /// The step t.
    pub t: usize,
    /// Largest singular value.
    pub max: f64,
    /// Median of all of them.
    pub median: f64,
    /// Smallest singular value.
    pub min: f64,
}

/// Singular values of ∂h_T/∂h_t. For a loss on the last step and a state that only its own
/// recurrence carries back, ‖∂L/∂h_t‖ lies between the smallest and the largest times ‖∂L/∂h_T‖.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProductValues {
    /// The step t.
    pub t: usize,
    /// ln of the largest singular value.
    pub ln_max: f64,
    /// ln of the geometric mean of all of them: ln |det| / their number.
    pub ln_mean: f64,
    /// ln of the smallest singular value.
    pub ln_min: f64,
}

/// What a job made.
enum Part {
    Steps(Vec<StepValues>),
    Products(Vec<ProductValues>),
    Lyapunov(Lyapunov),
    Radius(f64),
}

/// Runs the first sequence of `[T, B, I]` (or symbols `[T, B]`) and measures all layers.
pub(super) fn jacobians(network: &Network, x: &Tensor, ticket: &Ticket) -> Result<JacobiansReport> {
    let first = x.narrow(1, 0, 1)?.contiguous()?;
    let length = first.dim(0)? * network.spec.ticks;
    let jobs = CHAINS + chosen_steps(length, MOST_STEPS).len().div_ceil(STEPS_A_JOB);
    ticket.expect_steps((network.layers.len() * (length + jobs)) as u64);
    let run = network.run(&first, Probing::Off, ticket)?;
    let states: Vec<&Tensor> = run.layers.iter().map(|layer| &layer.states).collect();
    let paths = Path::all(network, &first, &states)?;
    of_paths(&network.spec, &paths, ticket)
}

/// Measures all layers, on all cores.
fn of_paths(spec: &NetworkSpec, paths: &[Path], ticket: &Ticket) -> Result<JacobiansReport> {
    let length = paths.first().map_or(0, Path::steps);
    let chosen = chosen_steps(length, MOST_STEPS);
    let to_products = chosen_steps(length.saturating_sub(1), MOST_PRODUCTS);
    let blocks: Vec<&[usize]> = chosen.chunks(STEPS_A_JOB).collect();
    // Chains come first, because they cannot be shared out.
    let each = CHAINS + blocks.len();
    let parts = on_all_cores(each * paths.len(), ticket, |job| {
        let path = &paths[job % paths.len()];
        Ok(match job / paths.len() {
            0 => Part::Products(products(path, &to_products, ticket)?),
            1 => Part::Lyapunov(lyapunov(path, ticket)?),
            2 => Part::Radius(Spectrum::of(&path.jacobian(length)).radius),
            block => Part::Steps(steps(path, blocks[block - CHAINS], ticket)?),
        })
    })?;
    let mut layers: Vec<LayerJacobians> = paths.iter().map(|_| LayerJacobians::empty()).collect();
    for (job, part) in parts.into_iter().enumerate() {
        let layer = &mut layers[job % paths.len()];
        match part {
            Part::Steps(mut values) => layer.steps.append(&mut values),
            Part::Products(values) => layer.products = values,
            Part::Lyapunov(lyapunov) => layer.lyapunov = lyapunov,
            Part::Radius(radius) => layer.last_radius = radius,
        }
    }
    Ok(JacobiansReport { spec: *spec, length, layers })
}

/// Steps 1..=T, or evenly spread ones from the first to the last.
pub(super) fn chosen_steps(length: usize, most: usize) -> Vec<usize> {
    if length <= most {
        return (1..=length).collect();
    }
    (0..most).map(|n| 1 + n * (length - 1) / (most - 1)).collect()
}

impl LayerJacobians {
    fn empty() -> Self {
        let lyapunov = Lyapunov { exponents: Vec::new(), largest: Vec::new() };
        Self { steps: Vec::new(), products: Vec::new(), lyapunov, last_radius: f64::NAN }
    }
}

fn lyapunov(path: &Path, ticket: &Ticket) -> Result<Lyapunov> {
    Lyapunov::of(path.size(), path.steps(), |t| {
        ticket.advance(0)?;
        Ok(path.jacobian(t))
    })
}

/// Singular values of the steps named.
fn steps(path: &Path, named: &[usize], ticket: &Ticket) -> Result<Vec<StepValues>> {
    let mut decompose = Decompose::Squared;
    named
        .iter()
        .map(|&t| {
            ticket.advance(0)?;
            Ok(StepValues::of(t, path.jacobian(t), &mut decompose))
        })
        .collect()
}

impl StepValues {
    fn of(t: usize, jacobian: Mat<f64>, decompose: &mut Decompose) -> Self {
        let unknown = Self { t, max: f64::NAN, median: f64::NAN, min: f64::NAN };
        let Some(Unit { matrix, scale }) = Unit::of(jacobian) else { return unknown };
        if scale == 0.0 {
            return Self { t, max: 0.0, median: 0.0, min: 0.0 };
        }
        let Some(values) = decompose.singular_values(&matrix) else { return unknown };
        let count = values.len();
        // Below this are rounding errors in place of zero, as of an inactive ReLU unit.
        let least = count as f64 * f64::EPSILON * values[0];
        let value = |n: usize| if values[n] > least { values[n] } else { 0.0 };
        let (max, min) = (value(0), value(count - 1));
        let median = f64::midpoint(value(count / 2), value((count - 1) / 2));
        Self { t, max: scale * max, median: scale * median, min: scale * min }
    }
}

/// How singular values are found.
enum Decompose {
    /// As roots of the eigenvalues of MᵀM: in less than half the time, with half the digits.
    Squared,
    /// From the matrix itself, which the last one needed.
    Itself,
}

impl Decompose {
    /// All of them, falling; of numbers up to 1. `None` if the iteration does not converge.
    fn singular_values(&mut self, matrix: &Mat<f64>) -> Option<Vec<f64>> {
        if matches!(self, Self::Squared) {
            let squares = squares(matrix)?;
            let (min, max) = (squares[0], squares[squares.len() - 1]);
            if min > WELL_CONDITIONED * max {
                return Some(squares.iter().rev().map(|square| square.sqrt()).collect());
            }
            *self = Self::Itself;
        }
        matrix.singular_values().ok()
    }
}

/// Eigenvalues of MᵀM, rising.
fn squares(matrix: &Mat<f64>) -> Option<Vec<f64>> {
    (matrix.transpose() * matrix).self_adjoint_eigenvalues(Side::Lower).ok()
}

/// Singular values of ∂h_T/∂h_t for the steps t named, last first.
fn products(path: &Path, named: &[usize], ticket: &Ticket) -> Result<Vec<ProductValues>> {
    let mut running = Running::new(path.size());
    let mut wanted = named.iter().rev().copied().filter(|t| *t < path.steps()).peekable();
    let mut values = Vec::with_capacity(named.len());
    for t in (1..path.steps()).rev() {
        ticket.advance(0)?;
        running.go_back(path.jacobian(t + 1));
        if wanted.next_if_eq(&t).is_some() {
            values.push(running.values(t));
        }
    }
    Ok(values)
}

/// The product J_T ⋯ J_{t+1}, in parts whose numbers stay near 1: itself for its largest singular
/// value; the determinant from R of its transpose's QR; and the inverse of all R, whose largest
/// singular value is one over the smallest of the product.
struct Running {
    size: usize,
    broken: bool,
    product: Mat<f64>,
    ln_product: f64,
    frame: Frame,
    /// The transpose of (R_k ⋯ R_1)⁻¹; `None` once a direction is lost.
    inverse: Option<Mat<f64>>,
    ln_inverse: f64,
}

impl Running {
    fn new(size: usize) -> Self {
        Self {
            size,
            broken: false,
            product: Mat::identity(size, size),
            ln_product: 0.0,
            frame: Frame::new(size),
            inverse: Some(Mat::identity(size, size)),
            ln_inverse: 0.0,
        }
    }

    /// Multiplies by one more Jacobian from the right.
    fn go_back(&mut self, jacobian: Mat<f64>) {
        if self.broken {
            return;
        }
        let Some(Unit { matrix, scale }) = Unit::of(jacobian) else {
            self.broken = true;
            return;
        };
        let product = Unit::of(&self.product * &matrix);
        let transposed = Unit { matrix: matrix.transpose().to_owned(), scale };
        let qr = self.frame.advance(&transposed);
        let Some(product) = product else {
            self.broken = true;
            return;
        };
        self.product = product.matrix;
        self.ln_product += product.scale.ln() + scale.ln();
        let least = resolved(&qr);
        let lost = (0..self.size).any(|i| qr.R()[(i, i)].abs() <= least);
        self.inverse = self.inverse.take().filter(|_| !lost).and_then(|mut inverse| {
            let lower = qr.R().transpose();
            let par = faer::get_global_parallelism();
            faer::linalg::triangular_solve::solve_lower_triangular_in_place(
                lower,
                inverse.as_mut(),
                par,
            );
            let unit = Unit::of(inverse)?;
            self.ln_inverse += unit.scale.ln() - scale.ln();
            Some(unit.matrix)
        });
    }

    fn values(&self, t: usize) -> ProductValues {
        if self.broken {
            return ProductValues { t, ln_max: f64::NAN, ln_mean: f64::NAN, ln_min: f64::NAN };
        }
        let ln_max = self.ln_product + largest_singular_value(&self.product).ln();
        let ln_mean = self.frame.ln_growth.iter().sum::<f64>() / self.size as f64;
        let ln_min = match &self.inverse {
            Some(inverse) => -(self.ln_inverse + largest_singular_value(inverse).ln()),
            None => f64::NEG_INFINITY,
        };
        ProductValues { t, ln_max, ln_mean, ln_min }
    }
}

/// σ_max as the root of the largest eigenvalue of MᵀM, which loses no digits of the largest one and
/// takes a third of the time of a decomposition; of numbers up to 1.
fn largest_singular_value(matrix: &Mat<f64>) -> f64 {
    squares(matrix).map_or(f64::NAN, |squares| squares.into_iter().fold(0.0, f64::max).sqrt())
}

/// σ_max of the Jacobian of a step.
pub(super) fn largest_of_step(path: &Path, t: usize) -> f64 {
    match Unit::of(path.jacobian(t)) {
        Some(Unit { matrix, scale }) => scale * largest_singular_value(&matrix),
        None => f64::NAN,
    }
}
