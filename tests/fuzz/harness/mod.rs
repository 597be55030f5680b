//! What must hold whatever a file holds and whatever is done to the window: a function a fuzz target.
//!
//! `tests/fuzz.rs` calls them with mutants of the corpus, on stable; the targets in `fuzz/` let libFuzzer
//! look for inputs. No panic, memory and time within bounds, messages of one line; what is accepted is the
//! same after it was written and read again.

mod archive;
pub mod limits;
mod readers;
pub mod window;

pub use readers::{comparison, data_set, npz, safetensors, sequence, session, state_dict};
pub use window::events;
