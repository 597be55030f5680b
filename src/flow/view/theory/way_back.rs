//! The gradient of the last step carried back through one layer's own recurrence, and what it would
//! be with parts of that left away.

use faer::{Col, Mat};

use crate::error::Result;
use crate::flow::Spectrum;
use crate::flow::jacobian::Shape;
use crate::flow::measure::norm;
use crate::flow::view::path::Path;
use crate::flow::view::unit::{Product, Unit};
use crate::network::NetworkSpec;
use crate::ticket::Ticket;

/// Jacobians are multiplied if that takes no more multiplications: about a third of a second.
const MOST_MULTIPLICATIONS: usize = 1 << 30;

/// Below this part of the largest entry of a product its |λ|max may be a rounding error.
const RESOLVED: f64 = 1e-10;

/// What the way back through the layer's own recurrence does.
pub(super) struct WayBack {
    /// ‖∂L/∂h_t‖ by step, as far as it goes this way.
    pub(super) own: Vec<f64>,
    /// ln of what is left of it at step `from`, of 1 at step T.
    pub(super) ln_own: f64,
    /// As `ln_own`, but at step 1, wherever the number format ends.
    pub(super) ln_first: f64,
    /// As `ln_own` of h and c together: as `ln_own` for cells without a cell state.
    pub(super) ln_whole: f64,
    /// The same with W_hh alone, without the slopes of the nonlinearity; of a plain RNN.
    pub(super) ln_linear: Option<f64>,
    /// Mean slope of the nonlinearity over units and the steps from `from` to T.
    pub(super) mean_derivative: Option<f64>,
    /// Mean of ‖J_t - J_{t+1}‖ / ‖J_{t+1}‖ over these steps, in the Frobenius norm; of cells with gates.
    pub(super) change: Option<f64>,
    /// ln |λ|max of the product of the Jacobians of these steps; of cells with gates, if it is known
    /// and the product does not take too long.
    pub(super) ln_product: Option<f64>,
}

/// A gradient on its way back: a unit vector and the logarithm of its length, so that nothing over-
/// or underflows.
struct Carried {
    direction: Col<f64>,
    ln_length: f64,
}

impl Carried {
    fn new(mut direction: Col<f64>) -> Self {
        let length = shorten(&mut direction);
        Self { direction, ln_length: length.ln() }
    }

    fn go_back(&mut self, matrix: &Mat<f64>) {
        self.direction = matrix.transpose() * &self.direction;
        self.ln_length += shorten(&mut self.direction).ln();
    }

    /// ln of the length of the first `count` numbers.
    fn ln_of_first(&self, count: usize) -> f64 {
        let first: Vec<f64> = self.direction.iter().take(count).copied().collect();
        self.ln_length + norm(&first).ln()
    }
}

/// Makes it a unit vector, unless it is zero or not finite; its length before.
fn shorten(vector: &mut Col<f64>) -> f64 {
    let numbers: Vec<f64> = vector.iter().copied().collect();
    let length = norm(&numbers);
    if length > 0.0 {
        vector.iter_mut().for_each(|value| *value /= length);
    }
    length
}

impl WayBack {
    /// Follows ∂L/∂h_T, `last`, to step 1. `weights` are W_hh of a plain RNN.
    pub(super) fn follow(
        path: &Path,
        spec: &NetworkSpec,
        weights: Option<&Mat<f64>>,
        last: &[f64],
        from: usize,
        ticket: &Ticket,
    ) -> Result<Self> {
        let (size, steps) = (spec.hidden_size, path.steps());
        // c_T matters to no later step; what it does through h_T, the rows of h hold.
        let start = Col::from_fn(path.size(), |i| last.get(i).copied().unwrap_or(0.0));
        let (mut own, mut whole) = (vec![norm(last); steps], Carried::new(start.clone()));
        let mut linear = weights.map(|_| Carried::new(start));
        let ln_last = whole.ln_length;
        let mut left = Self {
            own: Vec::new(),
            ln_own: 0.0,
            ln_first: 0.0,
            ln_whole: 0.0,
            ln_linear: linear.as_ref().map(|_| 0.0),
            mean_derivative: None,
            change: None,
            ln_product: None,
        };
        let (mut slopes, mut changes) = (Mean::default(), Mean::default());
        let mut later: Option<Mat<f64>> = None;
        let multiplications = path.size().saturating_pow(3).saturating_mul(steps - from);
        let affordable = weights.is_none() && multiplications <= MOST_MULTIPLICATIONS;
        let mut product = affordable.then(|| Product::new(path.size()));
        for t in (1..steps).rev() {
            ticket.advance(1)?;
            let step = path.step(t + 1);
            whole.go_back(&step.matrix);
            let ln_own = whole.ln_of_first(size);
            own[t - 1] = ln_own.exp();
            left.ln_first = ln_own - ln_last;
            if t < from {
                continue;
            }
            (left.ln_own, left.ln_whole) = (ln_own - ln_last, whole.ln_length - ln_last);
            match (&step.shape, weights) {
                (Shape::Rows { slopes: row }, Some(weights)) => {
                    row.iter().for_each(|slope| slopes.add(*slope));
                    if let Some(linear) = &mut linear {
                        linear.go_back(weights);
                        left.ln_linear = Some(linear.ln_length - ln_last);
                    }
                }
                (Shape::Rows { .. } | Shape::Blocks { .. } | Shape::Full, _) => {
                    if let Some(later) = &later {
                        changes.add(change(&step.matrix, later));
                    }
                    product =
                        product.and_then(|product| product.then(&Unit::of(step.matrix.clone())?));
                    later = Some(step.matrix);
                }
            }
        }
        left.own = own;
        left.mean_derivative = weights.and(slopes.value());
        left.change = changes.value();
        left.ln_product = product.and_then(ln_radius);
        Ok(left)
    }
}

/// ln |λ|max, if it is no rounding error.
fn ln_radius(product: Product) -> Option<f64> {
    let radius = Spectrum::radius_of(&product.matrix);
    (radius > RESOLVED * product.matrix.norm_max()).then(|| radius.ln() + product.ln_scale)
}

/// ‖A - B‖ / ‖B‖; 0 of two zeros.
fn change(one: &Mat<f64>, other: &Mat<f64>) -> f64 {
    let of = other.norm_l2();
    if of == 0.0 && one.norm_max() == 0.0 { 0.0 } else { (one - other).norm_l2() / of }
}

/// A mean of many numbers; of none, none.
#[derive(Default)]
struct Mean {
    sum: f64,
    count: usize,
}

impl Mean {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.count += 1;
    }

    fn value(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.count as f64)
    }
}
