//! Figures as data: axes, series, marks and notes. Renderers draw a [`Figure`] and know nothing of
//! networks; `of_flow` turns a report into figures and knows nothing of renderers.

mod model;

pub use model::{Axis, Color, Figure, Guide, Range, Scale, Series, Stroke};
