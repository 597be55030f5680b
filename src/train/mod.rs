//! Training: one update, the loop around it, and what it leaves behind. Knows nothing of threads.

mod checkpoint;
mod comparison;
mod comparison_file;
mod contender_text;
mod curriculum;
mod entry;
mod evaluation;
mod line_up;
mod log;
mod optimizer;
mod preset;
mod stop;
mod tensor_board;
mod trainee;

pub use checkpoint::Checkpoint;
pub(crate) use checkpoint::Kept;
pub use comparison::{Comparison, Contender, Feed, StopRule};
pub use curriculum::{Curriculum, Growth, Mastery};
pub use entry::Entry;
pub use evaluation::{Evaluation, Score, Test};
pub use line_up::LineUp;
pub use log::{ParameterNorms, RunLog, Snapshot};
pub use optimizer::{Clip, Optimizer, Schedule};
pub use preset::{Preset, presets};
pub use stop::Stop;
pub use tensor_board::{EventFile, Since};
pub use trainee::Trainee;
