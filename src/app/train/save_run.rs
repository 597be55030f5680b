//! A whole run in a folder: what was trained, every loss, every network.

use std::path::{Path, PathBuf};

use super::errand::{network, slug};
use crate::disk::{NewFolder, save_all, stamp};
use crate::error::Result;
use crate::figure::of_run;
use crate::train::RunLog;
use crate::worker::Race;

/// Writes `comparison.json`, `losses.csv` and the networks as trained so far into a new folder inside
/// `folder`. Returns the new folder, and the updates after which each network was saved.
///
/// # Errors
/// What drawing or writing says.
pub fn save_run(
    (number, race): (u64, &Race),
    logs: &[RunLog],
    folder: &Path,
) -> Result<(PathBuf, Vec<u64>)> {
    let comparison = race.comparison();
    let borrowed: Vec<&RunLog> = logs.iter().collect();
    let mut files = vec![
        ("comparison.json".to_owned(), comparison.encode()?),
        ("losses.csv".to_owned(), of_run::losses_csv(comparison, &borrowed)?.into_bytes()),
    ];
    let mut steps = Vec::new();
    for (lane, entry) in comparison.entries().iter().enumerate() {
        let (found, done) =
            race.look(lane, |trainee| (network(trainee, None), trainee.log().steps()));
        let (bytes, taken) = found?;
        let who = slug(&comparison.label(entry));
        files.push((format!("{}-{who}-step-{}.safetensors", lane + 1, taken.updates), bytes));
        steps.push(done);
    }
    let folder = vacant(folder, &format!("run-{number}-{}", comparison.task.name()));
    // Removed again if nothing can be written into it.
    let _new = NewFolder::make(&folder)?;
    let files: Vec<(PathBuf, Vec<u8>)> =
        files.into_iter().map(|(name, bytes)| (folder.join(name), bytes)).collect();
    let all: Vec<(&Path, &[u8])> =
        files.iter().map(|(path, bytes)| (path.as_path(), bytes.as_slice())).collect();
    save_all(&all)?;
    Ok((folder, steps))
}

/// A name that nothing has yet: runs are counted anew each time the window opens, and an older one is
/// not to be replaced by another of the same number.
fn vacant(folder: &Path, name: &str) -> PathBuf {
    let mut path = folder.join(name);
    let mut copies = 1;
    while stamp(&path).is_some() {
        copies += 1;
        path = folder.join(format!("{name}-{copies}"));
    }
    path
}
