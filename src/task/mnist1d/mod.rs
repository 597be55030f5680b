//! MNIST-1D: tell ten digits apart, each a noisy, shifted and stretched curve of forty points
//! (Greydanus & Kobak 2020, "Scaling down deep learning with MNIST-1D").

mod data;
mod file;
mod signal;
mod task;
mod template;

pub use data::{CLASSES, Dataset, LENGTH, Points};
pub use task::{Classify, Mnist1d};
