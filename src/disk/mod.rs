//! Files. This is the only room that touches the disk: what is read is a regular file of bounded
//! size, what is written is there whole or not at all.
//!
//! - One file: written under a hidden name beside its target, flushed, renamed, its folder flushed
//!   ([`save()`]). A target that can be written in a folder that cannot is refused: without a second
//!   file a save that is cut off would leave half of it.
//! - Several files: a journal decides for all of them at once ([`save_all`], `set`).
//! - Growing files: whole records only ([`Growing`]).
//! - What killed processes leave is hidden, unlocked, and named `.rnnscope-…`: the next save into the
//!   folder finishes or removes it (`tidy`), and [`tidied`] tells what was finished.
//!
//! Every call that reaches the system stands in `operation`, so that tests can let the n-th one
//! fail; see `fault`. Clippy refuses such calls elsewhere.

#[cfg(test)]
#[cfg(debug_assertions)]
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
