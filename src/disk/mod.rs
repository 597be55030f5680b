//! Files. This is the only room that touches the disk: what is read is a regular file of bounded
//! size, what is written is there whole or not at all.
//!
//! Every call that reaches the system stands in `operation`, so that tests can let the n-th one
//! fail; see `fault`.

#[cfg(all(test, debug_assertions))]
mod every_fault;
#[cfg(debug_assertions)]
pub mod fault;
mod folder;
mod growing;
mod journal;
mod limit;
mod lock;
mod operation;
mod part;
mod read;
mod resolve;
mod save;
mod set;
mod target;
#[cfg(test)]
mod tests;
mod tidy;

pub use folder::{NewFolder, Stamp, contents, create_folder, remove, rename, stamp, touch};
pub use growing::Growing;
pub use limit::outlive_limits;
pub use lock::Lock;
#[cfg(debug_assertions)]
pub use operation::Operation;
pub use read::{Source, read, read_text, system_text};
pub use resolve::resolve;
pub use save::{save, save_all};
pub use target::{check_writable, same_file};
pub use tidy::{Tidied, tidied, tidy};
