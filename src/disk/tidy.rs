//! What killed processes left behind: hidden files are removed, unfinished sets are finished.
//!
//! Nothing is touched that a living process has locked, nor where locks are unknown.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::io::{ErrorKind, Read as _, Result as IoResult};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::journal::{Fate, Journal, KEPT, LEAD, UNDO};
use super::operation;
use super::part::{PART, PREFIX};
use super::save::{open_folder, sync_names};
use super::target::folder;
use crate::visible;

/// A journal of more bytes is none of ours.
const MOST_BYTES: u64 = 1 << 26;

/// What was done about a set that was cut off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tidied {
    /// Whether the set was taken back instead of finished.
    pub undone: bool,
    /// Its files.
    pub files: Vec<PathBuf>,
    /// Those of them that were changed since, and left alone.
    pub changed: Vec<PathBuf>,
    /// The first that could not be dealt with now, and why.
    pub stuck: Option<(PathBuf, String)>,
}

impl fmt::Display for Tidied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |paths: &[PathBuf]| {
            paths.iter().map(|path| visible::path(path)).collect::<Vec<_>>().join(", ")
        };
        write!(f, "an earlier save of {} was cut off; ", list(&self.files))?;
        match (&self.stuck, self.undone) {
            (Some((path, why)), _) => {
                write!(
                    f,
                    "it is still unfinished, as {} cannot be written: {why}",
                    visible::path(path)
                )
            }
            (None, true) => write!(f, "the files are as they were before it"),
            (None, false) => write!(f, "it is finished now"),
        }?;
        if !self.changed.is_empty() {
            write!(f, "; changed since, and left alone: {}", list(&self.changed))?;
        }
        Ok(())
    }
}

/// Folders seen to by this process, and what is to be told of them.
static SEEN: Mutex<(BTreeSet<PathBuf>, Vec<Tidied>)> = Mutex::new((BTreeSet::new(), Vec::new()));

/// Tidies a folder unless this process did. What was done waits for [`tidied`].
pub(super) fn tidy_once(folder: &Path) {
    let Ok(path) = std::path::absolute(folder) else { return };
    if SEEN.lock().unwrap_or_else(PoisonError::into_inner).0.insert(path) {
        tidy(folder);
    }
}

/// Removes what killed processes left in a folder, and finishes their sets. What was done waits for
/// [`tidied`]. A folder that cannot be read is left as it is.
pub fn tidy(folder: &Path) {
    let told = leftovers(folder).unwrap_or_default();
    SEEN.lock().unwrap_or_else(PoisonError::into_inner).1.extend(told);
}

/// What is to be told to the user of sets that were cut off; each once.
pub fn tidied() -> Vec<Tidied> {
    std::mem::take(&mut SEEN.lock().unwrap_or_else(PoisonError::into_inner).1)
}

/// A hidden file of ours.
#[derive(Clone, Debug)]
struct Hidden {
    path: PathBuf,
    token: String,
    /// Whether it belongs to a set.
    of_set: bool,
    ending: &'static str,
}

impl Hidden {
    /// `.rnnscope-0123456789abcdef.part`, or with a number: `.rnnscope-0123456789abcdef-7.part`.
    fn new(folder: &Path, name: &str) -> Option<Self> {
        let (stem, ending) = name.strip_prefix(PREFIX)?.split_once('.')?;
        let ending = [LEAD, UNDO, PART, KEPT].into_iter().find(|known| known[1..] == *ending)?;
        let (token, number) = stem.split_once('-').map_or((stem, None), |(t, n)| (t, Some(n)));
        let digits = token.len() == 16 && token.bytes().all(|byte| byte.is_ascii_hexdigit());
        let counted = number.is_none_or(|number| number.parse::<u32>().is_ok());
        let (path, token) = (folder.join(name), token.to_owned());
        (digits && counted).then_some(Self { path, token, of_set: number.is_some(), ending })
    }

    fn leads(&self) -> bool {
        [LEAD, UNDO].contains(&self.ending)
    }
}

fn leftovers(folder: &Path) -> IoResult<Vec<Tidied>> {
    let names = operation::names(folder)?;
    let hidden = names.iter().filter_map(|name| Hidden::new(folder, name.to_str()?));
    let (heads, rest): (Vec<_>, Vec<_>) = hidden.partition(Hidden::leads);
    let mut told = Vec::new();
    for head in heads {
        // Another process may be quicker; what cannot be done now can be at the next start.
        told.extend(follow_up(&head).unwrap_or_default());
    }
    for hidden in rest {
        let _ = remove_orphan(folder, &hidden);
    }
    Ok(told)
}

/// A handle on a file that nobody else has locked, locked; none if somebody has, or nobody can.
fn seize(path: &Path) -> IoResult<Option<File>> {
    let file = operation::open(path)?;
    Ok(matches!(operation::lock(&file), Ok(true)).then_some(file))
}

/// Finishes the set of a lead, or that of the lead which a pointer names.
fn follow_up(head: &Hidden) -> IoResult<Option<Tidied>> {
    let Some(file) = seize(&head.path)? else { return Ok(None) };
    let Some(journal) = read(&file)?.filter(|journal| journal.token == head.token) else {
        // Nothing was decided: the rest are orphans.
        operation::remove(&head.path)?;
        return Ok(None);
    };
    let Some(lead) = journal.lead.as_ref().map(PathBuf::from) else {
        return finish(&head.path, &journal);
    };
    for lead in [lead.clone(), lead.with_extension(&UNDO[1..])] {
        match seize(&lead) {
            Ok(Some(file)) => match read(&file)?.filter(|lead| lead.token == head.token) {
                Some(journal) => return finish(&lead, &journal),
                None => break,
            },
            Ok(None) => return Ok(None),
            Err(error) if is_missing(&error) => {}
            Err(error) => return Err(error),
        }
    }
    operation::remove(&head.path)?;
    Ok(None)
}

fn is_missing(error: &std::io::Error) -> bool {
    [ErrorKind::NotFound, ErrorKind::NotADirectory].contains(&error.kind())
}

fn read(file: &File) -> IoResult<Option<Journal>> {
    let mut bytes = Vec::new();
    Reader(file).take(MOST_BYTES).read_to_end(&mut bytes)?;
    Ok(Journal::decode(&bytes))
}

/// A file that is read by way of `operation`.
struct Reader<'a>(&'a File);

impl std::io::Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> IoResult<usize> {
        operation::read(&mut self.0, buffer)
    }
}

/// Gives the files of a set their names, or takes them back if that was begun.
fn finish(lead: &Path, journal: &Journal) -> IoResult<Option<Tidied>> {
    let undone = lead.extension().is_some_and(|ending| *ending == UNDO[1..]);
    let mut told = Tidied { undone, ..Tidied::default() };
    let mine = journal.targets().enumerate().filter(|(_, target)| {
        // A journal that somebody sent must not reach beyond the folders it came with.
        folder(target) == folder(lead) || is_there(&journal.pointer(folder(target)))
    });
    let mut folders = BTreeSet::new();
    let mut hidden = Vec::new();
    for (number, target) in mine {
        let fate = if undone { journal.back(number) } else { journal.on(number) };
        match fate {
            Ok(Fate::Done) => {}
            Ok(Fate::Changed) => told.changed.push(target.clone()),
            Err(error) => told.stuck = told.stuck.or(Some((target.clone(), error.to_string()))),
        }
        hidden.push(folder(&target).join(journal.part(number)));
        hidden.push(journal.kept(number, &target));
        folders.insert(folder(&target).to_owned());
        told.files.push(target);
    }
    if told.stuck.is_some() {
        return Ok(Some(told));
    }
    for folder in &folders {
        sync_names(open_folder(folder)?.as_ref())?;
    }
    // First the lead: without it the rest is rubbish, whatever happens next.
    operation::remove(lead)?;
    let pointers = folders.iter().map(|folder| journal.pointer(folder));
    for path in hidden.into_iter().chain(pointers) {
        let _ = operation::remove(&path);
    }
    Ok(Some(told))
}

fn is_there(path: &Path) -> bool {
    operation::metadata(path).is_ok()
}

/// Removes a file under way, or one kept, that no living save has.
fn remove_orphan(folder: &Path, hidden: &Hidden) -> IoResult<()> {
    if hidden.of_set {
        // Looked for once more: the list of names may be older than the set.
        let head = |ending| folder.join(format!("{PREFIX}{}{ending}", hidden.token));
        if is_there(&head(LEAD)) || is_there(&head(UNDO)) {
            return Ok(());
        }
    }
    match seize(&hidden.path)? {
        Some(_) => operation::remove(&hidden.path),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::journal::Entry;
    use super::super::part::create_locked;
    use super::*;

    #[test]
    fn what_is_being_written_is_left_alone_until_its_writer_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let (token, path, file) = create_locked(folder.path(), PART, false).unwrap();
        let (set, lead, held) = create_locked(folder.path(), LEAD, false).unwrap();
        let member = folder.path().join(format!("{PREFIX}{set}-3{PART}"));
        let mine = folder.path().join(format!("{PREFIX}{token}.notes"));
        let other = folder.path().join(".rnnscope-notes.part");
        for path in [&member, &mine, &other] {
            std::fs::write(path, "x").unwrap();
        }
        tidy(folder.path());
        assert!([&path, &lead, &member, &mine, &other].iter().all(|path| path.exists()));
        drop((file, held));
        tidy(folder.path());
        assert!([&path, &lead, &member].iter().all(|path| !path.exists()));
        assert!(mine.exists() && other.exists(), "only what this room makes is removed");
    }

    /// A set as a process leaves it that was killed before any file got its name.
    fn cut_off(folder: &Path, target: &Path, undo: bool) -> PathBuf {
        let mut journal = Journal::new("0123456789abcdef".to_owned());
        let part = folder.join(journal.part(0));
        std::fs::write(&part, "new").unwrap();
        let stamp = |path: &Path| {
            let found = std::fs::metadata(path).unwrap();
            (found.modified().ok(), found.len())
        };
        let before = (!undo).then(|| stamp(target));
        let after = if undo { stamp(target) } else { stamp(&part) };
        journal.entries.push(Entry { target: target.into(), before, after });
        let lead =
            folder.join(format!("{PREFIX}{}{}", journal.token, if undo { UNDO } else { LEAD }));
        std::fs::write(lead, journal.encode().unwrap()).unwrap();
        part
    }

    #[test]
    fn what_was_changed_since_stays_and_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a.csv");
        std::fs::write(&target, "old").unwrap();
        cut_off(folder.path(), &target, false);
        std::fs::write(&target, "changed by hand").unwrap();
        let told = leftovers(folder.path()).unwrap();
        assert_eq!(std::fs::read(&target).unwrap(), b"changed by hand");
        let text = told[0].to_string();
        assert!(text.ends_with(&format!("changed since, and left alone: {}", target.display())));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_journal_from_elsewhere_does_not_reach_beyond_its_folder() {
        let [home, sent] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let target = home.path().join("precious");
        std::fs::write(&target, "precious").unwrap();
        for undo in [false, true] {
            cut_off(sent.path(), &target, undo);
            leftovers(sent.path()).unwrap();
            assert_eq!(std::fs::read(&target).unwrap(), b"precious");
        }
    }
}
