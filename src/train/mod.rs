//! Training: one update, the loop around it, and what it leaves behind. Knows nothing of threads.

mod comparison;
mod log;
mod optimizer;
mod stop;

pub use comparison::{Comparison, Contender, Feed, StopRule};
pub use log::{ParameterNorms, RunLog, Snapshot};
pub use optimizer::{Clip, Optimizer, Schedule};
pub use stop::Stop;
