//! The folder of what rnnscope keeps for its user: settings, and trainings that were cut off.

use std::path::PathBuf;

/// The folder, or none where the system names no folder for such files. It may not be there yet.
pub fn data_folder() -> Option<PathBuf> {
    let folder = dirs::data_dir()?.join("rnnscope");
    Some(if cfg!(windows) { folder.join("data") } else { folder })
}
