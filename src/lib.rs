//! rnnscope shows, live, what happens to gradients inside recurrent networks.
//!
//! The crate is a library that measures and two thin faces on it, a window and a command line.
//! Data flows one way, top to bottom; a module uses only modules above it:
//!
//! - [`visible`]: texts of others as they are shown: nothing in them stays hidden
//! - [`error`]: what can go wrong, in words a user can act on
//! - [`signal`]: the system's requests to end, for the window and the command line alike
//! - [`ticket`]: how a long computation is watched and stopped
//! - [`disk`]: files, read within bounds and written whole or not at all
//! - [`path_text`]: paths as text that loses nothing
//! - `archive`: zip archives, whose claims are checked before they are believed
//! - [`frozen`]: what a file held when it was opened
//! - `header`: which first rows of CSV files name their columns
//! - `table`: CSV files row by row, in bounded memory
//! - `unique`: JSON in which no key stands twice
//! - [`rng`]: PyTorch's CPU generator, the only source of randomness
//! - [`network`]: recurrent networks on candle, run and differentiated by one operation
//! - [`task`]: what networks are asked to learn
//! - [`flow`]: what a network does to gradients: from a question to a report
//! - [`train`]: learning it: optimisers, the loop, comparisons
//! - [`figure`]: figures as data, written as SVG, PNG and CSV
//! - [`session`]: everything that decides what is on screen, versioned and saved
//! - [`rescue`]: trainings that no other file holds, kept until somebody saves or discards them
//! - [`worker`]: a background thread on which the newest request wins
//! - [`app`]: the window, and the only module that knows egui
//! - [`command`]: the command line

// Only the room of files touches files: the list stands in clippy.toml.
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

mod archive;
pub mod disk;
pub mod error;
pub mod frozen;
mod header;
pub mod path_text;
pub mod signal;
mod table;
pub mod ticket;
mod unique;
pub mod visible;

pub mod rng;

pub mod network;

pub mod task;

pub mod flow;

pub mod train;

pub mod figure;

pub mod session;

pub mod rescue;

pub mod worker;

pub mod app;

pub mod command;
