//! Files. This is the only room that touches the disk: what is read is a regular file of bounded
//! size, what is written is there whole or not at all.
//!
//! Every call that reaches the system stands in `operation`, so that tests can let the n-th one
//! fail.

mod folder;
mod limit;
mod lock;
mod operation;
mod read;
mod resolve;
mod save;

pub use folder::{Stamp, contents, create_folder, remove, rename, stamp};
pub use limit::outlive_limits;
pub use lock::Lock;
pub use read::{Source, read, read_text, system_text};
pub use resolve::resolve;
pub use save::{check_writable, save, save_all};
