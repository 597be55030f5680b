//! The Train tab, driven as a user drives it, without a display.

#[allow(dead_code, reason = "the tests of Explore use the gestures that these do not")]
#[path = "window/driver.rs"]
mod driver;

#[path = "train_tab/closing.rs"]
mod closing;
#[path = "train_tab/files.rs"]
mod files;
#[path = "train_tab/moments.rs"]
mod moments;
#[path = "train_tab/rescued.rs"]
mod rescued;
#[path = "train_tab/runs.rs"]
mod runs;
#[path = "train_tab/settings.rs"]
mod settings;
#[path = "train_tab/steering.rs"]
mod steering;
#[path = "train_tab/support.rs"]
mod support;
#[path = "train_tab/tasks.rs"]
mod tasks;
