//! Networks in files: `.safetensors`, and what `torch.save` writes, which is only read.

mod format;
mod heads;
mod load;
mod read;
mod recurrent;
mod safe;
mod tensors;
mod torch;
mod words;
mod write;

pub use heads::{Doubt, Heads, LinearLayer};
pub use read::{Opened, StateDict};
pub use write::{encode, write};
