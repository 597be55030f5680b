//! Figures as data: axes, series, marks and notes. Renderers draw a [`Figure`] and know nothing of
//! networks; [`of_flow`] turns a report into figures, [`of_view`] a view of why, [`of_run`] the record of a
//! training, [`of_data`] sequences with classes, and none of them knows of renderers.

mod colormap;
mod csv;
pub mod font;
mod format;
mod model;
mod number;
pub mod of_data;
pub mod of_flow;
pub mod of_run;
pub mod of_view;
mod overlay;
mod palette;
mod png;
mod resolve;
mod shown;
mod svg;
pub mod ticks;
mod words;

pub(crate) use self::csv::Rows;
pub use self::csv::csv;
pub use self::png::{Raster, png, raster};
pub use format::Format;
pub use model::{Axis, CellText, Color, Figure, Guide, Heat, Range, Scale, Series, Stroke};
pub use number::number;
pub use overlay::{Owner, overlay};
pub use palette::{Rgb, Theme};
pub use resolve::{
    Curve, Extent, Flag, FlagKind, Mosaic, Resolved, Shade, Writing, clip, decimate,
};
pub use svg::{Style, svg};
pub use words::loss_in_full;

pub use crate::disk::{check_writable, save, save_all};
