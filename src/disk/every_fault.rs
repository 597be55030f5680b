//! Every operation of every way to write fails once, in every way it can, and the process dies at
//! every one: afterwards there is the old or the new, never half of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::fault::{Fault, Plan, with};
use super::{Growing, NewFolder, Tidied, check_writable, save, save_all, tidied, tidy};
use crate::error::Result;

/// What lies in a folder and those in it: contents by relative path.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            let inner = contents(&path).into_iter();
            found.extend(inner.map(|(inside, bytes)| (format!("{name}/{inside}"), bytes)));
        } else {
            found.insert(name, std::fs::read(&path).unwrap());
        }
    }
    found
}

/// Only what users see.
fn seen(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    contents(folder).into_iter().filter(|(name, _)| !name.contains(".rnnscope-")).collect()
}

/// What happened in one run under a plan.
struct Ran<'a, T> {
    folder: &'a Path,
    plan: Plan,
    outcome: Result<T>,
    what: String,
}

/// Runs a job under every fault that can strike it, each time in a new folder.
fn under_every_fault<T>(
    prepare: impl Fn(&Path),
    job: impl Fn(&Path) -> Result<T>,
    judge: impl Fn(Ran<'_, T>),
) -> usize {
    let run = |plan: Plan| {
        // In memory where there is such a place: there flushing costs nothing.
        let memory = tempfile::tempdir_in("/dev/shm");
        let folder = memory.or_else(|_| tempfile::tempdir()).unwrap();
        prepare(folder.path());
        let (outcome, done) = with(plan, || job(folder.path()));
        let what = format!("{plan:?} {:?}", done.last());
        judge(Ran { folder: folder.path(), plan, outcome, what });
        done
    };
    let none = Plan { at: 0, lasting: false, fault: Fault::Short };
    let operations = run(none);
    let mut runs = 0;
    for (index, operation) in operations.iter().enumerate() {
        for fault in Fault::of(*operation) {
            for lasting in [false, true] {
                // A signal that comes for ever is none.
                if lasting && [Fault::Interrupted, Fault::Die].contains(fault) {
                    continue;
                }
                let plan = Plan { at: index as u64 + 1, lasting, fault: *fault };
                let done = run(plan);
                assert!(done.len() as u64 >= plan.at, "{plan:?} did not strike");
                runs += 1;
            }
        }
    }
    runs
}

/// What a start of rnnscope says of a folder, which it tidies.
fn next_start(folder: &Path) -> Vec<Tidied> {
    tidy(folder);
    // Other tests run meanwhile in folders of their own.
    let here = |told: &Tidied| told.files.iter().any(|file| file.starts_with(folder));
    tidied().into_iter().filter(here).collect()
}

fn map(files: &[(&str, &[u8])]) -> BTreeMap<String, Vec<u8>> {
    files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect()
}

#[test]
fn one_file_is_old_or_new() {
    for old in [None, Some(&b"what was there before"[..])] {
        let before = old.map_or_else(BTreeMap::new, |old| map(&[("a.csv", old)]));
        let after = map(&[("a.csv", b"new")]);
        let runs = under_every_fault(
            |folder| {
                if let Some(old) = old {
                    std::fs::write(folder.join("a.csv"), old).unwrap();
                }
            },
            |folder| save(&folder.join("a.csv"), b"new"),
            |Ran { folder, plan, outcome, what }| {
                let found = seen(folder);
                assert!(found == before || found == after, "{what}: {found:?}");
                match &outcome {
                    Ok(()) => assert_eq!(found, after, "{what}"),
                    Err(error) => {
                        let text = error.to_string();
                        let path = folder.join("a.csv");
                        let named = format!("cannot write {}: ", path.display());
                        assert!(text.starts_with(&named) && !text.contains(".rnnscope"), "{text}");
                        if found == after && plan.fault != Fault::Die {
                            assert!(text.contains("it is there"), "{what}: {text}");
                        }
                    }
                }
                if [Fault::Interrupted, Fault::Short].contains(&plan.fault) {
                    assert!(outcome.is_ok(), "{what}: {outcome:?}");
                }
                if !plan.lasting && ![Fault::Die, Fault::Denied].contains(&plan.fault) {
                    assert_eq!(contents(folder), found, "{what}: nothing hidden is left");
                }
                assert_eq!(next_start(folder), [], "{what}");
                assert_eq!(contents(folder), found, "{what}: the next start tidies up");
            },
        );
        assert!(runs > 20, "{runs}");
    }
}

/// Three files in two folders; one of them is new.
fn set(folder: &Path) -> Vec<PathBuf> {
    ["a.csv", "sub/b.json", "sub/c.png"].map(|name| folder.join(name)).into()
}

#[test]
fn a_set_is_old_or_new_or_marked_and_finished_at_the_next_start() {
    let before = map(&[("a.csv", b"old a"), ("sub/b.json", b"old b, longer")]);
    let after = map(&[("a.csv", b"new"), ("sub/b.json", b"new b"), ("sub/c.png", b"new c")]);
    let marked = std::cell::Cell::new(0);
    let runs = under_every_fault(
        |folder| {
            std::fs::create_dir(folder.join("sub")).unwrap();
            for (name, bytes) in &before {
                std::fs::write(folder.join(name), bytes).unwrap();
            }
        },
        |folder| {
            let paths = set(folder);
            let files: Vec<(&Path, &[u8])> = paths
                .iter()
                .zip(["new", "new b", "new c"])
                .map(|(p, b)| (&**p, b.as_bytes()))
                .collect();
            save_all(&files)
        },
        |Ran { folder, plan, outcome, what }| {
            let found = seen(folder);
            for (name, bytes) in &found {
                let (old, new) = (before.get(name), after.get(name));
                assert!(old == Some(bytes) || new == Some(bytes), "{what}: {name} is half");
            }
            let whole = found == before || found == after;
            match &outcome {
                Ok(()) => assert_eq!(found, after, "{what}"),
                Err(error) => {
                    let text = error.to_string();
                    let named = set(folder).iter().any(|p| text.contains(&*p.to_string_lossy()));
                    assert!(named && !text.contains(".rnnscope"), "{text}");
                    if !whole && plan.fault != Fault::Die {
                        assert!(text.contains("marked as unfinished"), "{what}: {text}");
                    }
                }
            }
            if !plan.lasting && plan.fault != Fault::Die {
                assert!(whole, "{what}: {found:?}");
            }
            if [Fault::Interrupted, Fault::Short].contains(&plan.fault) {
                assert!(outcome.is_ok(), "{what}: {outcome:?}");
            }
            // Either folder will do for finding the rest.
            let told = match plan.at % 2 {
                0 => [next_start(&folder.join("sub")), next_start(folder)].concat(),
                _ => [next_start(folder), next_start(&folder.join("sub"))].concat(),
            };
            if !whole {
                marked.set(marked.get() + 1);
                assert_eq!(told.len(), 1, "{what}");
                assert!(
                    told[0].to_string().contains("was cut off; it is finished now"),
                    "{told:?}"
                );
            }
            let tidy = contents(folder);
            assert!(tidy == before || tidy == after, "{what}: {tidy:?}");
        },
    );
    assert!(runs > 200 && marked.get() > 4, "{runs} runs, {} marked", marked.get());
}

#[test]
fn a_growing_file_ends_with_a_whole_record() {
    let records: [&[u8]; 3] = [b"first;", b"the second;", b"3;"];
    let job = |folder: &Path| {
        let mut file = Growing::create(&folder.join("events"))?;
        let mut failed = None;
        for record in records {
            // One that fails is missing; the others are there.
            failed = failed.or(file.append(record).and_then(|()| file.flush()).err());
        }
        assert_eq!(file.path(), folder.join("events"));
        failed.map_or(Ok(file.length()), Err)
    };
    under_every_fault(
        |_| {},
        job,
        |Ran { folder, plan, outcome, what }| {
            let path = folder.join("events");
            let Ok(found) = std::fs::read_to_string(&path) else {
                assert!(outcome.is_err(), "{what}");
                return;
            };
            if let Ok(length) = outcome {
                assert_eq!((found.as_str(), length), ("first;the second;3;", found.len() as u64));
            } else if plan.fault != Fault::Die && !plan.lasting {
                assert!(found.is_empty() || found.ends_with(';'), "{what}: {found}");
            }
            // Whoever reads it knows where the last whole record ends.
            let whole = found.rfind(';').map_or(0, |end| end + 1);
            let mut file = Growing::go_on(&path, whole as u64).unwrap();
            file.append(b"last;").unwrap();
            let expected = format!("{}last;", &found[..whole]);
            assert_eq!(std::fs::read_to_string(&path).unwrap(), expected, "{what}");
        },
    );
}

#[test]
fn folders_that_stay_empty_are_removed() {
    under_every_fault(
        |_| {},
        |folder| {
            let new = NewFolder::make(&folder.join("a/b/c"))?;
            save(&folder.join("a/b/c/x"), b"new")?;
            drop(new);
            Ok(())
        },
        |Ran { folder, plan, outcome, what }| {
            let made = folder.join("a").exists();
            match outcome {
                Ok(()) => assert_eq!(seen(folder), map(&[("a/b/c/x", b"new")]), "{what}"),
                Err(_) if plan.fault != Fault::Die && !plan.lasting => {
                    assert_eq!(made, !seen(folder).is_empty(), "{what}: {:?}", contents(folder));
                }
                Err(_) => {}
            }
        },
    );
}

#[test]
fn a_check_leaves_nothing() {
    under_every_fault(
        |folder| std::fs::write(folder.join("a.csv"), "old").unwrap(),
        |folder| check_writable(&folder.join("a.csv")),
        |Ran { folder, what, .. }| {
            assert_eq!(contents(folder), map(&[("a.csv", b"old")]), "{what}")
        },
    );
}
