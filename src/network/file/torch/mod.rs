//! What `torch.save` writes: a zip archive since PyTorch 1.6, pickles one after another before.
//! A pickle describes which tensors there are; their numbers lie beside it.

mod archive;
mod contents;
mod old;
mod pickle;
mod rebuild;
mod storages;
mod value;

pub(super) use archive::read as from_archive;
pub(super) use old::read as from_old_file;
