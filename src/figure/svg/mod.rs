//! Figures as SVG: one, or a sheet of several in a grid, in publication quality.
//!
//! plotters writes the elements; where they go is decided here, because its own legend covers text
//! and its axes know nothing of marks at the floor. PNG is this SVG in pixels.

mod canvas;
mod guides;
mod heat;
mod legend;
mod marks;
mod plot;
mod sheet;
mod wrap;

use super::model::Figure;
use super::palette::Theme;
use crate::error::{Error, Result};
use crate::visible;

/// How a picture looks, apart from what it shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Style {
    /// Width of the whole picture in pixels.
    pub width_px: u32,
    /// Light or dark.
    pub theme: Theme,
    /// Size of text, lines and marks relative to the default; 1.3 suits slides.
    pub scale: f64,
    /// Figures side by side; `None` for one figure alone, two of several, three of many.
    pub columns: Option<usize>,
    /// A line above all figures, such as what was measured.
    pub heading: Option<String>,
}

impl Style {
    /// The largest side of a picture in pixels.
    pub const MAX_SIDE: u32 = 16384;
    /// The smallest width that has room for a plot.
    pub const MIN_WIDTH: u32 = 200;

    /// Refuses what cannot be drawn.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] naming the setting.
    pub fn validate(&self) -> Result<()> {
        let Self { width_px, theme: _, scale, columns, heading: _ } = self;
        let range = Self::MIN_WIDTH..=Self::MAX_SIDE;
        if !range.contains(width_px) {
            let wanted = format!("{} to {} pixels", range.start(), range.end());
            return Err(Error::out_of_range("picture width", wanted, width_px));
        }
        if !(0.5..=3.0).contains(scale) {
            return Err(Error::out_of_range("text scale", "0.5 to 3", scale));
        }
        if columns.is_some_and(|columns| !(1..=8).contains(&columns)) {
            let found = columns.unwrap_or_default();
            return Err(Error::out_of_range("number of columns", "1 to 8", found));
        }
        Ok(())
    }
}

impl Default for Style {
    /// 1600 pixels wide, light.
    fn default() -> Self {
        Self { width_px: 1600, theme: Theme::Light, scale: 1.0, columns: None, heading: None }
    }
}

/// Draws figures into an SVG document whose height follows from its contents.
///
/// # Errors
/// [`Error::OutOfRange`] for an impossible style or a picture higher than [`Style::MAX_SIDE`].
pub fn svg(figures: &[Figure], style: &Style) -> Result<String> {
    style.validate()?;
    let figures: Vec<_> = figures.iter().map(Figure::shown).collect();
    let heading = style.heading.as_deref().map(|heading| visible::text(heading).into_owned());
    sheet::draw(&figures, &Style { heading, ..style.clone() })
}
