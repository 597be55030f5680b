//! The window, driven as a user drives it, without a display.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "window/driver.rs"]
mod driver;

#[path = "window/controls.rs"]
mod controls;
#[path = "window/exporting.rs"]
mod exporting;
#[path = "window/figures.rs"]
mod figures;
#[path = "window/files.rs"]
mod files;
#[path = "window/heads.rs"]
mod heads;
#[path = "window/honesty.rs"]
mod honesty;
#[path = "window/pins.rs"]
mod pins;
#[path = "window/sessions.rs"]
mod sessions;
#[path = "window/showing.rs"]
mod showing;
#[path = "window/verdict.rs"]
mod verdict;
#[path = "window/views.rs"]
mod views;
