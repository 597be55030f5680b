//! Runs the program again and again, each time with another fault on purpose: see `disk::fault`.
#![allow(dead_code, reason = "every test binary uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Mutex;

/// Contents of files by path, relative to a folder.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Everything that lies in a folder and those in it; a folder ends with a slash.
pub fn everything(folder: &Path) -> Files {
    let mut found = Files::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inner) = folders.pop() {
        for entry in std::fs::read_dir(inner).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                found.insert(format!("{name}/"), Vec::new());
                folders.push(path);
            } else {
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// The folder of rnnscope's own files, in that of a run.
pub const DATA: &str = ".data/";

/// Whether this is the hidden name of a file under way.
fn is_under_way(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.starts_with(".rnnscope-"))
}

/// Files that users see.
pub fn seen(folder: &Path) -> Files {
    let hidden =
        |name: &str| name.contains(".rnnscope-") || name.ends_with('/') || name.starts_with(DATA);
    everything(folder).into_iter().filter(|(name, _)| !hidden(name)).collect()
}

/// One run with a fault.
pub struct Case<'a> {
    /// Where it ran.
    pub folder: &'a Path,
    /// What it was told: `7:ENOSPC`.
    pub plan: String,
    /// The operation that failed: `Rename`.
    pub operation: String,
    /// The fault's word: `ENOSPC`, `die`.
    pub fault: &'a str,
    /// How it ended.
    pub output: Output,
    /// What was there before it.
    pub before: &'a Files,
    /// What is there after a run without faults.
    pub after: &'a Files,
}

impl Case<'_> {
    /// Whether the process was killed.
    pub fn died(&self) -> bool {
        self.fault == "die"
    }

    /// What it said on standard error.
    pub fn said(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }

    /// Which case it is, for the message of a failed assertion.
    pub fn name(&self) -> String {
        format!("{} ({}): {}", self.plan, self.operation, self.said())
    }

    /// Asserts what holds for every command: files are old or new, never half; success means that all
    /// are new; failure is one line for the user that names no hidden file; the next start leaves
    /// nothing hidden. Returns what is there in the end.
    pub fn judge(&self) -> Files {
        let name = self.name();
        let found = seen(self.folder);
        for (file, bytes) in &found {
            let (old, new) = (self.before.get(file), self.after.get(file));
            // Event files grow while a training runs; theirs is the beginning until it has ended.
            let growing = file.contains("tfevents") && !self.output.status.success();
            let begun = growing && new.is_some_and(|new| new.starts_with(bytes));
            let whole = [old, new].contains(&Some(bytes));
            assert!(whole || begun, "{name}: {file} is half, or nobody’s");
        }
        for file in self.before.keys() {
            assert!(found.contains_key(file), "{name}: {file} is lost");
        }
        if self.output.status.success() {
            assert_eq!(found.keys().collect::<Vec<_>>(), self.after.keys().collect::<Vec<_>>());
            assert!(found == *self.after, "{name}: success, and old files");
        } else if !self.died() {
            assert_eq!(self.output.status.code(), Some(2), "{name}");
            let said = self.said();
            assert!(said.lines().any(|line| line.starts_with("error: ")), "{name}");
            assert!(!said.contains("/.rnnscope-") && !said.contains("panicked"), "{name}");
        }
        if ["EINTR", "short"].contains(&self.fault) {
            assert!(self.output.status.success(), "{name}: nothing was wrong");
        }
        for folder in everything(self.folder).keys().filter(|name| name.ends_with('/')) {
            rnnscope::disk::tidy(&self.folder.join(folder));
        }
        rnnscope::disk::tidy(self.folder);
        let tidy = everything(self.folder);
        let hidden: Vec<_> = tidy.keys().filter(|name| is_under_way(name)).collect();
        assert!(hidden.is_empty(), "{name}: {hidden:?}");
        seen(self.folder)
    }
}

/// Runs the command that `command` makes for a folder under every fault that can strike it, each time
/// in a new folder that `prepare` filled. Returns how many runs there were.
pub fn under_every_fault(
    prepare: impl Fn(&Path) + Sync,
    command: impl Fn(&Path) -> Command + Sync,
    judge: impl Fn(&Case<'_>) + Sync,
) -> usize {
    let folder = place();
    prepare(folder.path());
    let before = seen(folder.path());
    let logs = place();
    let log = logs.path().join("log");
    let mut counting = command(folder.path());
    counting.env("RNNSCOPE_FAULT", "count").env("RNNSCOPE_FAULT_LOG", &log);
    let output = counting.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let after = seen(folder.path());
    let log = std::fs::read_to_string(log).expect("a program with debug assertions");
    let mut cases = Vec::new();
    let mut changed = true;
    for (index, line) in log.lines().enumerate() {
        let mut words = line.split(' ');
        let operation = words.next().unwrap();
        // A process that dies after an operation that changed nothing leaves what it leaves if it
        // dies before it; one that dies while it writes leaves half.
        let same = !changed && operation != "Write";
        let faults = words.filter(|fault| *fault != "die" || !same);
        cases.extend(faults.map(|fault| (index + 1, operation, fault)));
        changed = !["Look", "Open", "Read", "List", "Lock", "Sync"].contains(&operation);
    }
    let count = cases.len();
    let left = Mutex::new(cases);
    let work = || {
        loop {
            let next = left.lock().unwrap().pop();
            let Some((number, operation, fault)) = next else { return };
            let folder = place();
            prepare(folder.path());
            let plan = format!("{number}:{fault}");
            let output = command(folder.path()).env("RNNSCOPE_FAULT", &plan).output().unwrap();
            let (folder, operation) = (folder.path(), operation.to_owned());
            let (before, after) = (&before, &after);
            judge(&Case { folder, plan, operation, fault, output, before, after });
        }
    };
    std::thread::scope(|scope| {
        let helper = scope.spawn(work);
        work();
        helper.join().expect("every case is right");
    });
    count
}

/// A new folder, in memory where there is such a place: there flushing costs nothing.
pub fn place() -> tempfile::TempDir {
    let memory = tempfile::tempdir_in("/dev/shm");
    memory.or_else(|_| tempfile::tempdir()).expect("temporary folder")
}
