//! The Train tab: a comparison on the left, what becomes of it on the right.

mod about;
mod actions;
mod archive;
mod chosen;
mod closing;
mod controls;
mod crowd;
mod director;
mod errand;
mod examples;
mod follow;
mod gallery;
mod ledger;
mod mistakes;
mod office;
mod overview;
mod page;
mod plots;
mod progress;
mod ranking;
mod run;
mod runs;
mod save_dialog;
mod save_run;
mod scene;
mod scrub;
mod tab;
mod taken;
mod transport;
mod trials;
mod wrong;

pub use controls::{Desk, show as controls};
pub use ledger::{Ledger, RunLine};
pub use scene::{Phase, Scene};
pub use tab::TrainTab;
pub use taken::Taken;
