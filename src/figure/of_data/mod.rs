//! From sequences with classes to figures: what the classes look like, which of them a network takes
//! for which, and the sequences it gets wrong.

mod confusion;
mod gallery;
mod mistake;

pub use confusion::confusion;
pub use gallery::gallery;
pub use mistake::{Mistake, mistakes};

/// (t, value) with steps counted from 1.
fn by_step(values: &[f32]) -> Vec<[f64; 2]> {
    values.iter().enumerate().map(|(t, value)| [t as f64 + 1.0, f64::from(*value)]).collect()
}

/// Bounds that hold every finite value of all sequences, with a margin, so that figures side by
/// side share an axis.
fn common<'a>(sequences: impl Iterator<Item = &'a [f32]>) -> crate::figure::Range {
    let values = sequences.flatten().copied().map(f64::from).filter(|value| value.is_finite());
    let (low, high) =
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (v.min(low), v.max(high)));
    if low > high {
        return crate::figure::Range::Auto;
    }
    let margin = (0.06 * (high - low)).max(1e-3 * high.abs()).max(1e-6);
    crate::figure::Range::Fixed(low - margin, high + margin)
}

#[cfg(test)]
mod tests;
