//! What a user of the command line relies on: numbers, files, errors, and the end without a display.

mod bad_input;
mod experiments;
mod experiments_bad_input;
mod fallback;
#[cfg(debug_assertions)]
mod faults;
#[cfg(debug_assertions)]
#[path = "../common/faults.rs"]
mod faults_on_purpose;
mod flags;
mod help;
mod hostile;
mod installing;
mod landscape;
mod lost;
mod numbers;
#[cfg(target_os = "linux")]
mod opening;
mod raw;
mod resume;
mod said;
mod settings;
mod support;
mod train;
mod train_bad_input;
mod verdict;
mod views;
mod views_said;
mod window;
