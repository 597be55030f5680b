//! Networks in files: `.safetensors`, and PyTorch state dicts (`.pt`, `.pth`), which are only read.

mod read;
mod state_dict;
mod tensors;
mod write;

pub use read::{Opened, StateDict};
pub use write::{encode, write};
