//! What a user of the command line relies on: numbers, files, errors, and the end without a display.

mod bad_input;
mod experiments;
mod experiments_bad_input;
mod fallback;
mod flags;
mod help;
mod landscape;
mod numbers;
#[cfg(target_os = "linux")]
mod opening;
mod raw;
mod said;
mod support;
mod train;
mod train_bad_input;
mod verdict;
mod views;
mod views_said;
mod window;
