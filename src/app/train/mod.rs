//! The Train tab: a comparison on the left, what becomes of it on the right.

mod actions;
mod closing;
mod controls;
mod director;
mod errand;
mod page;
mod plots;
mod progress;
mod ranking;
mod run;
mod save_dialog;
mod scene;
mod scrub;
mod tab;
mod transport;

pub use controls::{Desk, show as controls};
pub use scene::{Phase, Scene};
pub use tab::TrainTab;
