//! Singular values of the products of step Jacobians, J_T ⋯ J_{t+1} = ∂h_T/∂h_t.

use super::inverse::Inverter;
use super::jacobians::ProductValues;
use super::path::Path;
use super::singular::largest;
use super::unit::{Product, Unit};
use crate::error::Result;
use crate::flow::jacobian::Step;
use crate::ticket::Ticket;

/// Those of ∂h_T/∂h_t for the steps t named, last first.
pub(super) fn products(
    path: &Path,
    inverter: &Inverter,
    named: &[usize],
    ticket: &Ticket,
) -> Result<Vec<ProductValues>> {
    let mut running = Some(Running::new(path.size()));
    let mut wanted = named.iter().rev().copied().filter(|t| *t < path.steps()).peekable();
    let mut values = Vec::with_capacity(named.len());
    for t in (1..path.steps()).rev() {
        ticket.advance(0)?;
        running = running.and_then(|running| running.go_back(path.step(t + 1), inverter));
        if wanted.next_if_eq(&t).is_some() {
            let unknown =
                ProductValues { t, ln_max: f64::NAN, ln_mean: f64::NAN, ln_min: f64::NAN };
            values.push(running.as_ref().map_or(unknown, |running| running.values(t)));
        }
    }
    Ok(values)
}

/// The product so far: itself for its largest singular value, and its inverse, whose largest is one
/// over the smallest of the product.
struct Running {
    size: usize,
    product: Product,
    /// `None` once a direction is lost.
    inverse: Option<Product>,
    ln_det: f64,
}

impl Running {
    fn new(size: usize) -> Self {
        let identity = || Product::new(size);
        Self { size, product: identity(), inverse: Some(identity()), ln_det: 0.0 }
    }

    /// Multiplies by one more Jacobian from the right. `None` if that holds NaN or infinity.
    fn go_back(self, step: Step, inverter: &Inverter) -> Option<Self> {
        let Self { size, product, inverse, ln_det } = self;
        let Step { matrix, shape } = step;
        let unit = Unit::of(matrix)?;
        let found = inverse.and_then(|so_far| {
            let one_more = inverter.invert(&unit, &shape)?;
            Some((so_far.after(&one_more.unit)?, ln_det + one_more.ln_det))
        });
        let product = product.then(&unit)?;
        let (inverse, ln_det) = match found {
            Some((inverse, ln_det)) => (Some(inverse), ln_det),
            None => (None, f64::NEG_INFINITY),
        };
        Some(Self { size, product, inverse, ln_det })
    }

    fn values(&self, t: usize) -> ProductValues {
        let ln_largest = |product: &Product| product.ln_scale + largest(&product.matrix).ln();
        ProductValues {
            t,
            ln_max: ln_largest(&self.product),
            ln_mean: self.ln_det / self.size as f64,
            ln_min: self.inverse.as_ref().map_or(f64::NEG_INFINITY, |inv| -ln_largest(inv)),
        }
    }
}
