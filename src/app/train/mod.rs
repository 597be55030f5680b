//! The Train tab: a comparison on the left, what becomes of it on the right.

mod about;
mod actions;
mod chosen;
mod closing;
mod controls;
mod crowd;
mod director;
mod errand;
mod examples;
mod follow;
mod gallery;
mod mistakes;
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
mod trials;
mod wrong;

pub use controls::{Desk, show as controls};
pub use scene::{Phase, Scene};
pub use tab::TrainTab;
