//! What the director fetches from a training and writes into files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::shelf::Shelf;
use super::taken::Taken;
use crate::disk::{NewFolder, save, save_all};
use crate::error::{Error, Result};
use crate::figure::of_run;
use crate::network::{Network, encode};
use crate::task::TaskChoice;
use crate::train::{Comparison, Entry, EventFile, LineUp, RunLog, Trainee};
use crate::worker::Race;

/// Something to be written.
#[derive(Clone, Debug)]
pub enum Errand {
    /// A network as `.safetensors`.
    Network {
        /// Which training.
        lane: usize,
        /// The moment chosen; none for the newest weights.
        moment: Option<u64>,
        /// The file.
        path: PathBuf,
    },
    /// Every loss as CSV.
    Losses {
        /// The file.
        path: PathBuf,
    },
    /// A folder for each training with an event file.
    TensorBoard {
        /// The folder of the folders.
        folder: PathBuf,
    },
    /// A network in a file that Explore reads.
    Explore {
        /// Which training.
        lane: usize,
        /// The moment chosen; none for the newest weights.
        moment: Option<u64>,
        /// Where such files are kept.
        folder: PathBuf,
        /// Whether its initial weights are wanted too.
        initial: bool,
        /// Files that Explore names already.
        in_use: Vec<PathBuf>,
    },
}

/// What was written.
#[derive(Clone, Debug)]
pub enum Delivery {
    /// A file or folder the user chose.
    Saved(PathBuf),
    /// A network in a file the user chose.
    Network {
        /// The file.
        path: PathBuf,
        /// Which weights it holds.
        taken: Taken,
    },
    /// Runs in folders of their own.
    Runs(Vec<PathBuf>),
    /// A network to look at in Explore.
    Explore {
        /// The trained network.
        path: PathBuf,
        /// The same network before training.
        initial: Option<PathBuf>,
        /// Which weights it has.
        taken: Taken,
        /// Which training it comes from.
        entry: Entry,
        /// The task at the length it had come to by then.
        task: TaskChoice,
        /// What was trained.
        comparison: Arc<Comparison>,
    },
}

/// Writes what is asked for.
///
/// # Errors
/// What drawing or writing says.
pub fn deliver(errand: Errand, race: &Race, logs: &[RunLog], began: f64) -> Result<Delivery> {
    match errand {
        Errand::Network { lane, moment, path } => {
            let (bytes, taken) = race.look(lane, |trainee| network(trainee, moment))?;
            save(&path, &bytes)?;
            Ok(Delivery::Network { path, taken })
        }
        Errand::Losses { path } => {
            let logs: Vec<&RunLog> = logs.iter().collect();
            save(&path, of_run::losses_csv(race.comparison(), &logs)?.as_bytes())?;
            Ok(Delivery::Saved(path))
        }
        Errand::TensorBoard { folder } => {
            tensor_board(race, logs, began, &folder)?;
            Ok(Delivery::Saved(folder))
        }
        Errand::Explore { lane, moment, folder, initial, in_use } => {
            let shelf = Shelf { folder, in_use };
            explore(race, (lane, moment), &shelf, initial)
        }
    }
}

/// The bytes of the network nearest to the moment chosen, and which it is.
pub(super) fn network(trainee: &Trainee, moment: Option<u64>) -> Result<(Vec<u8>, Taken)> {
    let taken = Taken::of(trainee, moment);
    let network = trainee.network_after(taken.updates)?;
    // What is told to be at hand is, while nobody else looks at the trainee.
    let network = network.ok_or_else(|| Error::Fault("weights that were kept are gone".into()))?;
    Ok((encode(&network)?, taken))
}

fn tensor_board(race: &Race, logs: &[RunLog], began: f64, folder: &Path) -> Result<()> {
    let mut files = Vec::new();
    // Removed again if nothing can be written into them.
    let mut new = NewFolder::make(folder)?;
    let entries = race.comparison().entries();
    for (index, (log, entry)) in logs.iter().zip(&entries).enumerate() {
        let names = race.look(index, |trainee| trainee.names().to_vec());
        let task = &race.comparison().task;
        let file = EventFile { log, task, names: &names, began: Some(began), every: 1 };
        let run = format!("{}-{}", index + 1, slug(&race.comparison().label(entry)));
        let run = folder.join(run);
        new.also_make(&run)?;
        files.push((run.join(file.name()), file.encode()));
    }
    let files: Vec<(&Path, &[u8])> =
        files.iter().map(|(path, bytes)| (path.as_path(), bytes.as_slice())).collect();
    save_all(&files)?;
    Ok(())
}

fn explore(
    race: &Race,
    (lane, moment): (usize, Option<u64>),
    shelf: &Shelf,
    initial: bool,
) -> Result<Delivery> {
    let (found, entry, lengths) = race.look(lane, |trainee| {
        (network(trainee, moment), trainee.entry(), trainee.log().lengths.clone())
    });
    let (bytes, taken) = found?;
    let comparison = race.comparison();
    let name = slug(&comparison.label(&entry));
    let path = shelf.keep(&format!("{name}-step-{}", taken.updates), &bytes)?;
    let initial = initial.then(|| {
        // Equal comparisons line up equally: these are the weights that training began with.
        let line_up = LineUp::new(comparison)?;
        let network: &Network = line_up.trainees[lane].network();
        shelf.keep(&format!("{name}-initial"), &encode(network)?)
    });
    let initial = initial.transpose()?;
    shelf.make_room(&[Some(&path), initial.as_ref()]);
    let begun = lengths.iter().rev().find(|(step, _)| *step <= taken.updates);
    let task = match begun {
        Some((_, length)) if *length != comparison.task.length() => {
            comparison.task_of_length(*length)?
        }
        _ => comparison.task.clone(),
    };
    let comparison = Arc::new(comparison.clone());
    Ok(Delivery::Explore { path, initial, taken, entry, task, comparison })
}

/// A contender's name as part of a file's name.
pub fn slug(name: &str) -> String {
    let letter = |c: char| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let joined: String = name.chars().map(letter).collect();
    let words: Vec<&str> = joined.split('-').filter(|word| !word.is_empty()).collect();
    if words.is_empty() { "network".to_owned() } else { words.join("-") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_parts_of_file_names() {
        assert_eq!(slug("LSTM, 2 layers"), "lstm-2-layers");
        assert_eq!(slug("../../etc/passwd"), "etc-passwd");
        assert_eq!(slug("//"), "network");
    }
}
