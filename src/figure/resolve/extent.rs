//! The bounds of an axis: always finite, never empty, whatever the data.

use crate::figure::model::{Axis, Range, Scale};
use crate::figure::ticks::{self, Tick};

/// Raw values beyond this are treated as lying outside: differences of larger ones overflow f64.
pub(super) const LARGEST: f64 = 1e300;

/// Part of the span left free at both ends.
const MARGIN: f64 = 0.05;

/// Bounds, in decades, of a log axis without a single positive value.
const EMPTY_LOG: (f64, f64) = (-6.0, 0.0);

/// A log axis spans at least this many decades, so that rounding noise looks like what it is.
const LEAST_DECADES: f64 = 0.5;

/// A linear axis spans at least this part of its largest value, for the same reason.
const LEAST_SPAN: f64 = 0.01;

/// Ticks aimed for.
const MOST_TICKS: usize = 8;

/// Most names along a horizontal axis.
pub(super) const MOST_ACROSS: usize = 24;

/// Most names along a vertical axis, which is shorter.
pub(super) const MOST_UP: usize = 16;

/// Bounds and ticks of one axis in drawing coordinates.
#[derive(Clone, Debug, PartialEq)]
pub struct Extent {
    /// Lower bound, finite; on a log axis with zeros this is the floor.
    pub lo: f64,
    /// Upper bound, finite and above `lo`.
    pub hi: f64,
    /// Linear or log10.
    pub scale: Scale,
    /// Larger values lie to the left or at the bottom.
    pub reversed: bool,
    /// Ticks inside the bounds.
    pub ticks: Vec<Tick>,
}

impl Extent {
    /// Bounds for raw `values`; ticks are laid later, when the bounds are settled.
    pub(super) fn fit(axis: &Axis, values: impl Iterator<Item = f64> + Clone) -> Self {
        let (lo, hi) = axis_bounds(axis).unwrap_or_else(|| match axis.scale {
            Scale::Linear => fit_linear(values, axis.integer),
            Scale::Log10 => fit_log(values),
        });
        Self { lo, hi, scale: axis.scale, reversed: axis.reversed, ticks: Vec::new() }
    }

    /// Bounds for a colour bar, with no margin, whose drawable raw values span `low..=high`.
    pub(super) fn snug(axis: &Axis, span: Option<(f64, f64)>) -> Self {
        let (lo, hi) = axis_bounds(axis).unwrap_or_else(|| match (axis.scale, span) {
            (Scale::Linear, None) => (0.0, 1.0),
            (Scale::Log10, None) => EMPTY_LOG,
            (Scale::Linear, Some((low, high))) => at_least(low, high, least_half(low, high)),
            (Scale::Log10, Some((low, high))) => {
                at_least(low.log10(), high.log10(), LEAST_DECADES / 2.0)
            }
        });
        let mut bar = Self { lo, hi, scale: axis.scale, reversed: false, ticks: Vec::new() };
        bar.lay_ticks(axis, MOST_UP);
        bar
    }

    /// Takes these bounds, in drawing coordinates, unless the axis has its own.
    pub(super) fn frame(&mut self, axis: &Axis, bounds: Option<[f64; 2]>) {
        if let (Some([lo, hi]), None) = (bounds, axis_bounds(axis)) {
            (self.lo, self.hi) = (lo, hi);
        }
    }

    pub(super) fn lay_ticks(&mut self, axis: &Axis, most_names: usize) {
        let Self { lo, hi, .. } = *self;
        self.ticks = match axis.scale {
            Scale::Log10 => ticks::log(lo, hi, MOST_TICKS),
            Scale::Linear if !axis.names.is_empty() => {
                ticks::named(lo, hi, &axis.names, most_names)
            }
            Scale::Linear if axis.integer => ticks::integer(lo, hi, MOST_TICKS + 2),
            Scale::Linear => ticks::linear(lo, hi, MOST_TICKS),
        };
    }

    /// The drawing coordinate of a raw value, inside the bounds or not; `None` if it has none.
    pub fn place(&self, raw: f64) -> Option<f64> {
        let at = match self.scale {
            Scale::Linear => raw,
            Scale::Log10 if raw > 0.0 => raw.log10(),
            Scale::Log10 => return None,
        };
        (at.is_finite() && at.abs() <= LARGEST).then_some(at)
    }

    /// Whether a drawing coordinate lies inside the bounds.
    pub fn contains(&self, at: f64) -> bool {
        (self.lo..=self.hi).contains(&at)
    }

    /// Where a drawing coordinate lies between left and right, or bottom and top: 0 to 1 inside.
    pub fn fraction(&self, at: f64) -> f64 {
        let fraction = (at - self.lo) / (self.hi - self.lo);
        if self.reversed { 1.0 - fraction } else { fraction }
    }

    /// The raw value at a bound.
    pub(super) fn raw(&self, at: f64) -> f64 {
        match self.scale {
            Scale::Linear => at,
            Scale::Log10 => 10f64.powf(at),
        }
    }
}

/// Widens the smaller of two linear extents until a unit is as long on x as on y.
pub(super) fn equalise(x: &mut Extent, y: &mut Extent, aspect: f64) {
    let aspect = if aspect.is_finite() && aspect > 0.0 { aspect } else { 1.0 };
    let (wide, high) = (x.hi - x.lo, y.hi - y.lo);
    if wide < high * aspect {
        widen(x, high * aspect - wide);
    } else {
        widen(y, wide / aspect - high);
    }
}

fn widen(extent: &mut Extent, by: f64) {
    extent.lo -= by / 2.0;
    extent.hi += by / 2.0;
}

/// The bounds an axis asks for, if it does and they make sense.
fn axis_bounds(axis: &Axis) -> Option<(f64, f64)> {
    match axis.range {
        Range::Fixed(low, high) => fixed(axis.scale, low, high),
        Range::Auto => None,
    }
}

fn fixed(scale: Scale, low: f64, high: f64) -> Option<(f64, f64)> {
    let (lo, hi) = match scale {
        Scale::Linear => (low, high),
        Scale::Log10 => (low.log10(), high.log10()),
    };
    (lo.abs() <= LARGEST && hi.abs() <= LARGEST && lo < hi).then_some((lo, hi))
}

fn fit_linear(values: impl Iterator<Item = f64>, integer: bool) -> (f64, f64) {
    let usable = values.filter(|v| v.abs() <= LARGEST);
    let Some((low, high)) = bounds(usable) else { return (0.0, 1.0) };
    let (middle, half) = (low / 2.0 + high / 2.0, high / 2.0 - low / 2.0);
    if integer {
        let margin = (2.0 * MARGIN * half).clamp(0.1, 0.5);
        let margin = if half == 0.0 { 0.5 } else { margin };
        // Beyond 2^53 a step of one is nothing.
        return (low - margin.max(low.abs() * 1e-9), high + margin.max(high.abs() * 1e-9));
    }
    let half = half.max(least_half(low, high)) * (1.0 + 2.0 * MARGIN);
    (middle - half, middle + half)
}

/// The bounds themselves, or ones `half` to each side of their middle if that is wider.
fn at_least(low: f64, high: f64, half: f64) -> (f64, f64) {
    let middle = low / 2.0 + high / 2.0;
    if high / 2.0 - low / 2.0 >= half { (low, high) } else { (middle - half, middle + half) }
}

/// Half of the span that a linear axis has at least.
fn least_half(low: f64, high: f64) -> f64 {
    let largest = low.abs().max(high.abs());
    if largest == 0.0 { 0.5 } else { (LEAST_SPAN / 2.0 * largest).max(1e-300) }
}

fn fit_log(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let decades = values.clone().filter(|v| *v > 0.0 && v.is_finite()).map(f64::log10);
    let (low, high) = bounds(decades).unwrap_or(EMPTY_LOG);
    let (middle, half) = (low / 2.0 + high / 2.0, high / 2.0 - low / 2.0);
    let half = half.max(LEAST_DECADES / 2.0);
    let margin = 2.0 * MARGIN * half;
    // Room between the smallest positive value and the marks at the floor.
    let floor = if values.into_iter().any(|v| v <= 0.0) { margin.max(0.1) } else { 0.0 };
    (middle - half - margin - floor, middle + half + margin)
}

fn bounds(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |found, v| match found {
        None => Some((v, v)),
        Some((low, high)) => Some((v.min(low), v.max(high))),
    })
}
