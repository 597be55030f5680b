//! Which colour a role has on a light and on a dark background.
//!
//! The categories follow Okabe and Ito (2008), who chose hues that people with any common kind of
//! colour blindness tell apart; lightness is shifted until each stands out from its background.

use serde::{Deserialize, Serialize};

use super::model::Color;

/// Light or dark background.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// Dark ink on white: the default, and the one to print.
    #[default]
    Light,
    /// Light ink on near-black.
    Dark,
}

/// An opaque sRGB colour: red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// Blue, vermilion, green, purple, amber, sky, brown, indigo on white.
const LIGHT: [Rgb; 8] = [
    Rgb(0x00, 0x6B, 0xB0),
    Rgb(0xD1, 0x55, 0x00),
    Rgb(0x00, 0x8A, 0x63),
    Rgb(0xB8, 0x4E, 0x8C),
    Rgb(0xA8, 0x76, 0x00),
    Rgb(0x24, 0x90, 0xC9),
    Rgb(0x7A, 0x51, 0x30),
    Rgb(0x5D, 0x50, 0xC8),
];

/// The same hues on near-black.
const DARK: [Rgb; 8] = [
    Rgb(0x5C, 0xB3, 0xF0),
    Rgb(0xFF, 0x8F, 0x50),
    Rgb(0x35, 0xC9, 0x9C),
    Rgb(0xE5, 0x94, 0xC4),
    Rgb(0xF0, 0xBC, 0x3C),
    Rgb(0x9A, 0xDD, 0xFF),
    Rgb(0xCB, 0xA5, 0x85),
    Rgb(0xAB, 0xA2, 0xFF),
];

impl Theme {
    /// The colour of a role.
    pub fn rgb(self, color: Color) -> Rgb {
        match (color, self) {
            (Color::Category(n), Self::Light) => LIGHT[n % LIGHT.len()],
            (Color::Category(n), Self::Dark) => DARK[n % DARK.len()],
            (Color::Ink, Self::Light) => Rgb(0x1A, 0x1C, 0x20),
            (Color::Ink, Self::Dark) => Rgb(0xEC, 0xEE, 0xF2),
            (Color::Muted, Self::Light) => Rgb(0x5F, 0x66, 0x70),
            (Color::Muted, Self::Dark) => Rgb(0xA2, 0xAA, 0xB6),
            (Color::Alarm, Self::Light) => Rgb(0xC0, 0x1A, 0x26),
            (Color::Alarm, Self::Dark) => Rgb(0xFF, 0x70, 0x74),
        }
    }

    /// What everything is drawn on.
    pub fn background(self) -> Rgb {
        match self {
            Self::Light => Rgb(0xFF, 0xFF, 0xFF),
            Self::Dark => Rgb(0x16, 0x18, 0x1D),
        }
    }

    /// Grid lines: visible, but behind everything else.
    pub fn grid(self) -> Rgb {
        match self {
            Self::Light => Rgb(0xE4, 0xE6, 0xEA),
            Self::Dark => Rgb(0x2E, 0x32, 0x3A),
        }
    }

    /// Cells of a heat map that are exactly zero where only powers of ten have a colour: a grey
    /// that stands apart from the dark end of the map and from the background.
    pub fn nothing(self) -> Rgb {
        match self {
            Self::Light => Rgb(0xD3, 0xD6, 0xDB),
            Self::Dark => Rgb(0x6A, 0x71, 0x7D),
        }
    }

    /// Zero where only powers of ten have a colour, on a map whose neutral middle is a grey itself: a
    /// stronger grey.
    pub fn vanished(self) -> Rgb {
        match self {
            Self::Light => Rgb(0x86, 0x8C, 0x94),
            Self::Dark => Rgb(0x7A, 0x81, 0x8D),
        }
    }

    /// Infinity on a map whose upper half is red: yellow, which it has not.
    pub fn endless(self) -> Rgb {
        match self {
            Self::Light => Rgb(0xF2, 0xB7, 0x05),
            Self::Dark => Rgb(0xFF, 0xE2, 0x3D),
        }
    }

    /// The frame of a plot and the short lines of its ticks.
    pub fn frame(self) -> Rgb {
        match self {
            Self::Light => Rgb(0x9A, 0xA0, 0xA8),
            Self::Dark => Rgb(0x62, 0x69, 0x74),
        }
    }
}

impl Rgb {
    /// Black or white, whichever is easier to read on this colour.
    pub fn ink(self) -> Self {
        // At this luminance both have the same contrast: 1.05 / (L + 0.05) = (L + 0.05) / 0.05.
        if luminance(self) > 0.179 { Self(0, 0, 0) } else { Self(0xFF, 0xFF, 0xFF) }
    }
}

/// Relative luminance of WCAG 2.2.
pub(super) fn luminance(Rgb(r, g, b): Rgb) -> f64 {
    let linear = |channel: u8| {
        let c = f64::from(channel) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contrast(theme: Theme, color: Color) -> f64 {
        let (a, b) = (luminance(theme.rgb(color)), luminance(theme.background()));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn lines_and_text_stand_out_from_the_background() {
        for theme in [Theme::Light, Theme::Dark] {
            for n in 0..8 {
                let found = contrast(theme, Color::Category(n));
                assert!(found >= 3.0, "{theme:?} category {n}: {found:.2}");
            }
            for color in [Color::Ink, Color::Muted, Color::Alarm] {
                let found = contrast(theme, color);
                assert!(found >= 4.5, "{theme:?} {color:?}: {found:.2}");
            }
        }
    }

    #[test]
    fn ink_can_be_read_on_every_colour() {
        for level in 0..=u8::MAX {
            for color in [Rgb(level, level, level), crate::figure::colormap::viridis(level)] {
                let (a, b) = (luminance(color), luminance(color.ink()));
                let found = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                assert!(found >= 4.5, "{color:?}: {found:.2}");
            }
        }
    }

    #[test]
    fn categories_repeat_and_differ() {
        for theme in [Theme::Light, Theme::Dark] {
            assert_eq!(theme.rgb(Color::Category(8)), theme.rgb(Color::Category(0)));
            assert_ne!(theme.rgb(Color::Category(1)), theme.rgb(Color::Category(0)));
        }
    }
}
