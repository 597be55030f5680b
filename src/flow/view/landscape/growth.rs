//! One cell of a landscape: how much of the gradient at the last step is there at the first.

use crate::error::{Error, Result};
use crate::flow::batch::Batch;
use crate::flow::measure::{measure_by, norm, numbers};
use crate::network::Network;
use crate::task::Loss;
use crate::ticket::Ticket;

/// The gradient at both ends of the lowest layer, over the whole batch and all units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Growth {
    /// ‖dL/dh_1‖: after the way back through all steps.
    pub first: f64,
    /// ‖dL/dh_T‖: where the way begins.
    pub last: f64,
}

impl Growth {
    /// ‖dL/dh_1‖ / ‖dL/dh_T‖: below 1 the gradient vanishes, above it explodes. Of two numbers that
    /// are neither zero nor infinite it is neither either: where it would be, it is the smallest or
    /// the largest number there is.
    pub fn ratio(self) -> f64 {
        let Self { first, last } = self;
        let ratio = first / last;
        if first > 0.0 && first.is_finite() && last > 0.0 && last.is_finite() {
            ratio.clamp(f64::from_bits(1), f64::MAX)
        } else {
            ratio
        }
    }

    /// The decimal logarithm of the ratio, which neither underflows nor overflows on the way; -∞
    /// where the first gradient is zero, NaN where both are.
    pub fn log10(self) -> f64 {
        self.first.log10() - self.last.log10()
    }

    /// Runs a scaled network on its batch and back, as every report does.
    ///
    /// # Errors
    /// What candle says of the tensors, and [`Error::Cancelled`].
    pub(super) fn of(
        network: &Network,
        batch: &Batch,
        loss: Loss,
        ticket: &Ticket,
    ) -> Result<Self> {
        let judge = |output: &_| batch.loss(output, loss);
        let trace = measure_by(network, &batch.x, &judge, ticket)?;
        let lowest = trace.layers.first();
        let grads = &lowest.ok_or_else(|| Error::Fault("a network without layers".into()))?.grads;
        let last = grads.dim(1)? - 1;
        let at = |step: usize| Ok::<_, Error>(norm(&numbers(&grads.get(0)?.get(step)?)?));
        Ok(Self { first: at(1)?, last: at(last)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn growth(first: f64, last: f64) -> Growth {
        Growth { first, last }
    }

    #[test]
    fn ratios_of_extremes_stay_apart_from_zero_and_infinity() {
        assert_eq!(growth(2.0, 8.0).ratio(), 0.25);
        assert!((growth(1e-300, 1e300).log10() + 600.0).abs() < 1e-9);
        assert_eq!(growth(1e-300, 1e300).ratio(), 5e-324);
        assert_eq!(growth(1e300, 1e-300).ratio(), f64::MAX);
        assert_eq!((growth(0.0, 1.0).ratio(), growth(0.0, 1.0).log10()), (0.0, f64::NEG_INFINITY));
        assert_eq!(growth(f64::INFINITY, 1.0).log10(), f64::INFINITY);
        for (first, last) in [(0.0, 0.0), (f64::NAN, 1.0), (f64::INFINITY, f64::INFINITY)] {
            assert!(growth(first, last).ratio().is_nan() && growth(first, last).log10().is_nan());
        }
    }
}
