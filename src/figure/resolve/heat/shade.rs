//! The colour of one cell of a heat map.

use crate::figure::colormap::viridis;
use crate::figure::model::{Color, Scale};
use crate::figure::palette::{Rgb, Theme};
use crate::figure::resolve::Extent;

/// What a pixel of a heat map shows. Of two, the larger is the one not to be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shade {
    /// Zero or below where only positive numbers have a place: underflow.
    Nothing,
    /// A place on the colour bar, from 0 (bottom) to 255 (top).
    Level(u8),
    /// Plus or minus infinity.
    Infinite,
    /// Not a number.
    NotANumber,
}

impl Shade {
    /// The shade of a raw value; values beyond the ends of the bar take the colour of the end.
    pub(super) fn of(value: f64, bar: &Extent) -> Self {
        if value.is_nan() {
            return Self::NotANumber;
        }
        if value.is_infinite() {
            return Self::Infinite;
        }
        if bar.scale == Scale::Log10 && value <= 0.0 {
            return Self::Nothing;
        }
        // A linear value too large to compute with lies beyond an end all the same.
        let at = bar.place(value).unwrap_or(value).clamp(bar.lo, bar.hi);
        Self::Level((bar.fraction(at) * 255.0).round() as u8)
    }

    /// Its colour: the map for numbers, and for the others hues and greys that the map has not.
    pub fn rgb(self, theme: Theme) -> Rgb {
        match self {
            Self::Level(level) => viridis(level),
            Self::Nothing => theme.nothing(),
            Self::Infinite => theme.rgb(Color::Alarm),
            Self::NotANumber => theme.rgb(Color::Ink),
        }
    }
}
