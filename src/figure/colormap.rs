//! Numbers as colours: viridis (van der Walt and Smith 2015), whose lightness rises evenly, so that
//! equal steps look equal, in greys and to people with any common kind of colour blindness too; and a
//! map of two hues for numbers on two sides of a middle (after Moreland 2009).

use super::palette::{Rgb, Theme};

/// The map at nine evenly spaced places, from low to high.
const VIRIDIS: [Rgb; 9] = [
    Rgb(0x44, 0x01, 0x54),
    Rgb(0x47, 0x2D, 0x7B),
    Rgb(0x3B, 0x52, 0x8B),
    Rgb(0x2C, 0x72, 0x8E),
    Rgb(0x21, 0x90, 0x8C),
    Rgb(0x27, 0xAD, 0x81),
    Rgb(0x5D, 0xC8, 0x63),
    Rgb(0xAA, 0xDC, 0x32),
    Rgb(0xFD, 0xE7, 0x25),
];

/// Blue to red about a neutral middle, on white. Hues are those of OKLCh at 255 and 32 degrees, which
/// people with any common kind of colour blindness tell apart; lightness falls evenly, and alike on
/// both sides, from the middle to the ends.
const DIVERGING_ON_LIGHT: [Rgb; 9] = [
    Rgb(0x05, 0x4C, 0x94),
    Rgb(0x22, 0x71, 0xCC),
    Rgb(0x6C, 0x9C, 0xDB),
    Rgb(0xAD, 0xC6, 0xE6),
    Rgb(0xEE, 0xEE, 0xEE),
    Rgb(0xE4, 0xB7, 0xAE),
    Rgb(0xD3, 0x80, 0x70),
    Rgb(0xBD, 0x45, 0x30),
    Rgb(0x8E, 0x19, 0x05),
];

/// The same on near-black, from a dark middle to light ends, at 235 and 50 degrees.
const DIVERGING_ON_DARK: [Rgb; 9] = [
    Rgb(0x9E, 0xDA, 0xFE),
    Rgb(0x3D, 0xB1, 0xEB),
    Rgb(0x40, 0x82, 0xA7),
    Rgb(0x3A, 0x57, 0x67),
    Rgb(0x2E, 0x2E, 0x2E),
    Rgb(0x67, 0x4C, 0x3D),
    Rgb(0xA4, 0x6A, 0x4A),
    Rgb(0xE5, 0x8A, 0x54),
    Rgb(0xFE, 0xC2, 0xA1),
];

/// The colour of a level, from 0 (lowest) to 255 (highest).
pub(super) fn viridis(level: u8) -> Rgb {
    between(&VIRIDIS, level)
}

/// The colour of a level on a map with a neutral middle, from 0 (farthest below it) to 255 (farthest
/// above).
pub(super) fn diverging(level: u8, theme: Theme) -> Rgb {
    match theme {
        Theme::Light => between(&DIVERGING_ON_LIGHT, level),
        Theme::Dark => between(&DIVERGING_ON_DARK, level),
    }
}

fn between(map: &[Rgb; 9], level: u8) -> Rgb {
    let at = f64::from(level) / 255.0 * (map.len() - 1) as f64;
    let below = (at as usize).min(map.len() - 2);
    let part = at - below as f64;
    let mix = |a: u8, b: u8| (f64::from(a) + part * (f64::from(b) - f64::from(a))).round() as u8;
    let (Rgb(r, g, b), Rgb(r2, g2, b2)) = (map[below], map[below + 1]);
    Rgb(mix(r, r2), mix(g, g2), mix(b, b2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::palette::luminance;

    /// Lightness L* of CIE 1976, 0 to 100.
    fn lightness(color: Rgb) -> f64 {
        116.0 * luminance(color).cbrt() - 16.0
    }

    #[test]
    fn the_ends_are_those_of_the_map() {
        assert_eq!([viridis(0), viridis(255)], [VIRIDIS[0], VIRIDIS[8]]);
    }

    #[test]
    fn lightness_rises_evenly() {
        let lightness = |level| lightness(viridis(level));
        let rise = (lightness(255) - lightness(0)) / 255.0;
        for level in 0..=223 {
            let step = (lightness(level + 32) - lightness(level)) / 32.0;
            assert!((0.75..1.25).contains(&(step / rise)), "at {level}: {:.2}", step / rise);
        }
    }

    /// Equally far from the middle looks equally strong, and stronger the farther.
    #[test]
    fn both_sides_of_the_middle_are_alike() {
        for theme in [Theme::Light, Theme::Dark] {
            let middle = lightness(diverging(127, theme));
            let off = |level: u8| (lightness(diverging(level, theme)) - middle).abs();
            let mut last = 0.0;
            for distance in (8..=127).step_by(8) {
                let [below, above] = [off(127 - distance), off(128 + distance)];
                assert!((below - above).abs() < 4.0, "{theme:?} {distance}: {below:.1} {above:.1}");
                assert!(below > last + 2.0, "{theme:?} {distance}: {below:.1} {last:.1}");
                last = below;
            }
            let Rgb(r, _, b) = diverging(0, theme);
            let Rgb(r2, _, b2) = diverging(255, theme);
            assert!(b > r && r2 > b2, "blue below, red above");
            let grey = diverging(128, theme);
            assert!(grey.0.abs_diff(grey.2) < 4 && grey != theme.background());
        }
    }
}
