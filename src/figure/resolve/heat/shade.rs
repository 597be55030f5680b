//! The colour of one cell of a heat map.

use crate::figure::colormap::{diverging, viridis};
use crate::figure::model::{Color, Heat, Scale};
use crate::figure::palette::{Rgb, Theme};
use crate::figure::resolve::Extent;
use crate::figure::resolve::extent::LARGEST;

/// What a pixel of a heat map shows. Of two, the larger is the one not to be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shade {
    /// Nothing is known yet.
    Blank,
    /// Zero or below where only positive numbers have a place: underflow.
    Nothing,
    /// The same on a map with a middle, where pale grey means neither little nor much.
    Vanished,
    /// A place on the colour bar, from 0 (bottom) to 255 (top).
    Level(u8),
    /// A place on a colour bar with a middle, from 0 (farthest below) to 255 (farthest above).
    Side(u8),
    /// Plus or minus infinity.
    Infinite,
    /// The same on a map with a middle, where red means much.
    Endless,
    /// Not a number.
    NotANumber,
}

/// How the values of a heat map become shades.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Colors {
    pub(super) bar: Extent,
    /// Drawing coordinate of the neutral colour.
    middle: Option<f64>,
}

impl Colors {
    /// The colours of a map whose ordinary raw values span `span`. Around a middle both sides are
    /// equally long, unless the map has bounds of its own.
    pub(super) fn new(heat: &Heat, span: Option<(f64, f64)>) -> Self {
        let place = |raw: &f64| match heat.color.scale {
            // The farther end lies up to twice as far away.
            Scale::Linear => Some(*raw).filter(|raw| raw.abs() <= LARGEST),
            Scale::Log10 => Some(raw.log10()).filter(|log| log.is_finite()),
        };
        let around = heat.middle.filter(|middle| place(middle).is_some());
        let span = match (around, span) {
            (Some(middle), Some((low, high))) => Some(match heat.color.scale {
                Scale::Linear => {
                    let half = (high - middle).max(middle - low);
                    (middle - half, middle + half)
                }
                Scale::Log10 => {
                    let factor = (high / middle).max(middle / low);
                    let bound = |raw: f64| raw.clamp(f64::MIN_POSITIVE, f64::MAX);
                    (bound(middle / factor), bound(middle * factor))
                }
            }),
            (_, span) => span,
        };
        Self { bar: Extent::snug(&heat.color, span), middle: around.as_ref().and_then(place) }
    }

    /// The shade of a raw value; values beyond the ends of the bar take the colour of the end.
    pub(super) fn shade(&self, value: f64) -> Shade {
        let (split, bar) = (self.middle.is_some(), &self.bar);
        if value.is_nan() {
            return Shade::NotANumber;
        }
        if value.is_infinite() {
            return if split { Shade::Endless } else { Shade::Infinite };
        }
        if bar.scale == Scale::Log10 && value <= 0.0 {
            return if split { Shade::Vanished } else { Shade::Nothing };
        }
        // A linear value too large to compute with lies beyond an end all the same.
        self.at(bar.place(value).unwrap_or(value).clamp(bar.lo, bar.hi))
    }

    /// The shade of a place on the bar, in drawing coordinates.
    pub(super) fn at(&self, at: f64) -> Shade {
        let level = |part: f64| (part * 255.0).round() as u8;
        let Self { bar, middle } = self;
        match middle {
            None => Shade::Level(level(bar.fraction(at))),
            Some(middle) => {
                let longer = (bar.hi - middle).abs().max((middle - bar.lo).abs());
                Shade::Side(level(0.5 + 0.5 * (at - middle) / longer))
            }
        }
    }
}

impl Shade {
    /// Its colour: the map for numbers, and for the others hues and greys that the map has not.
    pub fn rgb(self, theme: Theme) -> Rgb {
        match self {
            Self::Blank => theme.background(),
            Self::Level(level) => viridis(level),
            Self::Side(level) => diverging(level, theme),
            Self::Nothing => theme.nothing(),
            Self::Vanished => theme.vanished(),
            Self::Infinite => theme.rgb(Color::Alarm),
            Self::Endless => theme.endless(),
            Self::NotANumber => theme.rgb(Color::Ink),
        }
    }
}
