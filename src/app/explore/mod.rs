//! The Explore tab: controls on the left, what they do to gradients on the right.

pub mod controls;
mod headline;
pub mod hover;
mod known_spectra;
pub mod pins;
pub mod plots;
pub mod readouts;
pub mod scene;
pub mod shelf;
pub mod stale;
pub mod table;
pub mod why;
