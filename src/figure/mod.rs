//! Figures as data: axes, series, marks and notes. Renderers draw a [`Figure`] and know nothing of
//! networks; `of_flow` turns a report into figures and knows nothing of renderers.

pub mod font;
mod model;
mod number;
mod palette;
mod resolve;
pub mod ticks;

pub use model::{Axis, Color, Figure, Guide, Range, Scale, Series, Stroke};
pub use number::number;
pub use palette::{Rgb, Theme};
pub use resolve::{Curve, Extent, Flag, FlagKind, Resolved, clip};
