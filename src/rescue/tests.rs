use super::*;
use crate::task::Loss;
use crate::ticket::Ticket;
use crate::train::Comparison;
use crate::worker::Race;

/// A training of one update.
fn checkpoint() -> Checkpoint {
    after(1)
}

/// A training of so many updates.
fn after(updates: u32) -> Checkpoint {
    let mut comparison = Comparison { steps: 2, batch: 1, ..Comparison::notebook(Loss::All) };
    comparison.contenders.truncate(1);
    comparison.contenders[0].design.hidden_size = 2;
    let race = Race::start(&comparison, 1, true, || {}).unwrap();
    (0..updates).for_each(|_| race.step_once().unwrap());
    race.checkpoint().unwrap()
}

#[test]
fn what_a_living_process_keeps_is_offered_to_nobody_and_then_to_all() {
    let folder = tempfile::tempdir().unwrap();
    let other = Rescue::hold(folder.path()).unwrap();
    let kept = checkpoint();
    let path = other.place(&kept, 1);
    assert!(other.keep(&path, &kept).unwrap().is_empty());
    let mine = Rescue::hold(folder.path()).unwrap();
    assert_eq!((mine.offered(), other.offered()), (vec![], vec![]));
    drop(other);
    assert_eq!(mine.offered(), std::slice::from_ref(&path));

    let claimed = mine.claim(&path, &kept, 7).unwrap();
    assert!(mine.offered().is_empty() && claimed.is_file() && !path.exists());
    assert!(mine.claim(&path, &kept, 8).is_err(), "somebody was quicker");
    let read = Checkpoint::read(&claimed, &Ticket::new()).unwrap();
    assert_eq!(read.encode().unwrap(), kept.encode().unwrap());
    drop(mine);
    let next = Rescue::once(folder.path()).unwrap();
    assert_eq!(next.offered(), [claimed]);
    assert_eq!(disk::contents(folder.path()).unwrap().len(), 1, "no lock is left");
}

#[test]
fn the_oldest_go_when_there_are_too_many_and_never_the_newest() {
    let folder = tempfile::tempdir().unwrap();
    let kept = checkpoint();
    let write = |age: u64| {
        let rescue = Rescue::once(folder.path()).unwrap();
        let path = rescue.place(&kept, age);
        let gone = rescue.keep(&path, &kept).unwrap();
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(age)).unwrap();
        (path, gone)
    };
    let oldest = write(5000).0;
    for age in 1..MOST_FILES as u64 {
        assert!(write(age).1.is_empty());
    }
    let (newest, gone) = write(9000);
    assert_eq!(gone, [oldest]);
    assert!(newest.is_file());
    let left = Rescue::once(folder.path()).unwrap().offered();
    assert_eq!(left.len(), MOST_FILES);
}

#[test]
fn a_damaged_file_is_set_aside_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let rescue = Rescue::once(folder.path()).unwrap();
    let kept = checkpoint();
    let path = rescue.place(&kept, 1);
    rescue.keep(&path, &kept).unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.truncate(bytes.len() / 2);
    std::fs::write(&path, &bytes).unwrap();
    let error = Checkpoint::read(&path, &Ticket::new()).unwrap_err();
    assert!(is_damage(&path, &error), "{error}");
    let aside = set_aside(&path).unwrap();
    assert_eq!(std::fs::read(aside).unwrap(), bytes);
    assert!(Rescue::once(folder.path()).unwrap().offered().is_empty());
}

/// Does a job under every fault that can strike it, each time in a new folder with a kept training.
#[cfg(debug_assertions)]
fn under_every_fault(
    kept: &Checkpoint,
    job: impl Fn(&Rescue, &Path) -> bool,
    judge: impl Fn(&Path, &Path, bool, &str),
) {
    use crate::disk::fault::{Fault, Plan, with};
    let run = |plan: Plan| {
        let folder = tempfile::tempdir().unwrap();
        let rescue = Rescue::once(folder.path()).unwrap();
        let path = rescue.place(kept, 1);
        rescue.keep(&path, kept).unwrap();
        let (done, operations) = with(plan, || job(&rescue, &path));
        judge(folder.path(), &path, done, &format!("{plan:?} {:?}", operations.last()));
        operations
    };
    let operations = run(Plan { at: 0, lasting: false, fault: Fault::Short });
    for (index, operation) in operations.iter().enumerate() {
        for fault in Fault::of(*operation) {
            run(Plan { at: index as u64 + 1, lasting: false, fault: *fault });
        }
    }
}

#[cfg(debug_assertions)]
#[test]
fn whatever_strikes_the_kept_training_is_the_old_or_the_new_and_offered() {
    let [old, new] = [1, 2].map(after);
    let [before, after] = [&old, &new].map(|one| one.encode().unwrap());
    assert_ne!(before, after);
    let keep = |rescue: &Rescue, path: &Path| rescue.keep(path, &new).is_ok();
    under_every_fault(&old, keep, |folder, path, done, what| {
        let found = std::fs::read(path).expect(what);
        assert!(found == after || found == before && !done, "{what}");
        assert_eq!(Rescue::once(folder).unwrap().offered(), [path], "{what}");
    });
}

#[cfg(debug_assertions)]
#[test]
fn whatever_strikes_a_claimed_training_is_there_once() {
    let kept = checkpoint();
    let claim = |rescue: &Rescue, path: &Path| rescue.claim(path, &kept, 2).is_ok();
    under_every_fault(&kept, claim, |folder, path, done, what| {
        let offered = Rescue::once(folder).unwrap().offered();
        assert_eq!(offered.len(), 1, "{what}");
        assert!(!done || offered[0] != path, "{what}");
    });
}
