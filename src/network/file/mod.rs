//! Networks in files: `.safetensors`, and PyTorch state dicts (`.pt`, `.pth`), which are only read.

mod heads;
mod read;
mod recurrent;
mod state_dict;
mod tensors;
mod words;
mod write;

pub use heads::{Doubt, Heads, LinearLayer};
pub use read::{Opened, StateDict};
pub use write::{encode, write};
