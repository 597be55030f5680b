//! Notices when files in use are overwritten on disk. A thread of its own looks, as a disk may sleep
//! or be far away; what is on screen stays as it was opened until somebody wants it read again.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use crate::disk::{Source, Stamp, stamp};
use crate::error::Result;
use crate::flow::{Question, Signal, Weights};
use crate::frozen::{Checksum, Frozen, Sum};
use crate::ticket::Ticket;

/// How often the thread looks.
const EVERY: Duration = Duration::from_secs(1);

/// A file in use, and the checksum of what it held when it was opened.
type InUse = (PathBuf, Checksum);

/// The thread, what it was told to look at and what it found.
pub struct Watch {
    orders: Sender<Vec<InUse>>,
    news: Receiver<Vec<PathBuf>>,
    in_use: Vec<InUse>,
    changed: Vec<PathBuf>,
}

impl Watch {
    /// Starts the thread; `wake` is called when there is news.
    ///
    /// # Errors
    /// The system's error if no thread can be started.
    pub fn new(wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let (orders, told) = mpsc::channel();
        let (tell, news) = mpsc::channel();
        std::thread::Builder::new()
            .name("rnnscope-watch".to_owned())
            .spawn(move || look(&told, &tell, &wake))?;
        Ok(Self { orders, news, in_use: Vec::new(), changed: Vec::new() })
    }

    /// Has the files of a question looked at, and takes what was found. True if one of them was
    /// written since, so that what could not be done with it may be possible now.
    pub fn tend(&mut self, question: &Question) -> bool {
        let in_use = in_use(question);
        if in_use != self.in_use {
            self.in_use.clone_from(&in_use);
            self.changed.clear();
            // Without the thread nothing is noticed, and nothing is wrong.
            let _ = self.orders.send(in_use);
        }
        let mut written = false;
        for changed in self.news.try_iter() {
            let used = |path: &PathBuf| self.in_use.iter().any(|(known, _)| known == path);
            self.changed = changed.into_iter().filter(used).collect();
            written = true;
        }
        written
    }

    /// Files of the present question that hold something else by now.
    pub fn changed(&self) -> &[PathBuf] {
        &self.changed
    }
}

/// The files that a question reads, as far as their content is known.
fn in_use(question: &Question) -> Vec<InUse> {
    let mut files = Vec::new();
    if let Weights::File { path, content: Some(content), .. } = &question.weights {
        files.push((path.clone(), content.checksum().clone()));
    }
    if let Signal::Files(sequences) = &question.input.signal {
        for file in sequences {
            let checksum = file.content.as_ref().map(Frozen::checksum).cloned();
            files.extend(checksum.map(|checksum| (file.path.clone(), checksum)));
        }
    }
    files
}

/// A file, when it was last read, and whether it was another then.
struct Looked {
    file: InUse,
    stamp: Option<Stamp>,
    changed: bool,
    /// Whether it was looked for before.
    known: bool,
}

impl Looked {
    fn new(file: InUse) -> Self {
        Self { file, stamp: None, changed: false, known: false }
    }

    /// Reads the file if its date or size is new. One that is gone or cannot be read is not another:
    /// it may be in the middle of being written. True if it was written since the last look.
    fn look(&mut self) -> bool {
        let known = std::mem::replace(&mut self.known, true);
        let (path, opened) = &self.file;
        let Some(stamp) = stamp(path).filter(|stamp| Some(*stamp) != self.stamp) else {
            return false;
        };
        let Ok(checksum) = checksum(path) else { return false };
        self.stamp = Some(stamp);
        self.changed = checksum != *opened;
        known
    }
}

/// The checksum of a file, read piece by piece: it may be large.
fn checksum(path: &Path) -> Result<Checksum> {
    let mut source = Source::open(path, u64::MAX, "what was opened")?;
    let mut piece = vec![0; 1 << 16];
    let mut sum = Sum::default();
    let ticket = Ticket::new();
    loop {
        match source.piece(&mut piece, &ticket)? {
            0 => return Ok(sum.finish()),
            count => sum.add(&piece[..count]),
        }
    }
}

fn look(told: &Receiver<Vec<InUse>>, tell: &Sender<Vec<PathBuf>>, wake: &impl Fn()) {
    let mut files: Vec<Looked> = Vec::new();
    let mut last: Vec<PathBuf> = Vec::new();
    loop {
        // With nothing to look at there is nothing to do until there is.
        let order = match files.is_empty() {
            true => told.recv().map_err(|_| RecvTimeoutError::Disconnected),
            false => told.recv_timeout(EVERY),
        };
        match order {
            Ok(order) => {
                files = order.into_iter().map(Looked::new).collect();
                last.clear();
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        // All are looked at, whatever the first ones show.
        let written = files.iter_mut().filter_map(|file| file.look().then_some(())).count() > 0;
        let changed = files.iter().filter(|file| file.changed);
        let changed: Vec<PathBuf> = changed.map(|file| file.file.0.clone()).collect();
        if written || changed != last {
            last.clone_from(&changed);
            if tell.send(changed).is_err() {
                return;
            }
            wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_another_once_its_content_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("net.pt");
        std::fs::write(&path, "one").unwrap();
        let mut looked = Looked::new((path.clone(), Checksum::of(b"one")));
        looked.look();
        assert!(!looked.changed);
        std::fs::write(&path, "another").unwrap();
        looked.look();
        assert!(looked.changed);
        std::fs::write(&path, "one").unwrap();
        assert!(looked.look(), "it was written");
        assert!(!looked.changed, "it is what was opened again");
        assert!(!looked.look(), "but not since");
        std::fs::remove_file(&path).unwrap();
        looked.look();
        assert!(!looked.changed);
    }
}
