//! The settings file in all that can happen to it, and the thread that writes it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::store::{Contents, Store};
use super::*;
use crate::session::{Pane, ThemeChoice};

/// Far longer than anything here takes.
const SOON: Duration = Duration::from_secs(20);

fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rnnscope/app.ron");
    (folder, path)
}

fn zoomed(zoom: f32) -> Session {
    Session { zoom, ..Session::default() }
}

fn save(path: &Path, session: Session) {
    let (mut store, notices) = Store::open(path);
    assert_eq!(notices, [""; 0]);
    store.save(&Contents::new(session, None)).unwrap();
}

/// Files of the settings' folder that begin so, without the rest of their names before it.
fn files(path: &Path, beginning: &str) -> Vec<String> {
    let all = std::fs::read_dir(path.parent().unwrap()).unwrap();
    let names = all.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name.starts_with(beginning)).collect();
    names.sort();
    names
}

#[test]
fn settings_are_read_back_and_the_version_before_is_kept() {
    let (_folder, path) = place();
    assert_eq!(open(&path), (Session::default(), Vec::new()), "a missing file is no trouble");
    assert!(!path.parent().unwrap().exists(), "reading makes nothing");
    save(&path, zoomed(1.25));
    save(&path, zoomed(1.5));
    assert_eq!(open(&path), (zoomed(1.5), Vec::new()));
    assert_eq!(files(&path, ""), ["app.ron", "app.ron.before", "app.ron.lock"]);
    let before = path.with_file_name("app.ron.before");
    assert_eq!(open(&before).0, zoomed(1.25));
}

#[test]
fn a_file_of_eframe_is_read_with_the_place_of_the_window_and_unknown_keys_stay() {
    let (_folder, path) = place();
    std::fs::create_dir(path.parent().unwrap()).unwrap();
    let session = zoomed(1.75).save().unwrap().replace('\\', "\\\\").replace('"', "\\\"");
    let window = "(normal_geometry:(outer_position_pixels:Some((x:12.0,y:34.0)),scale_factor:1.0,\
                  inner_size_points:(x:900.0,y:700.0)),fullscreen:false,maximized:false)";
    let session = session.replace('\n', "\\n");
    let text = format!(
        "{{\n    \"window\": \"{window}\",\n    \"later\": \"7\",\n    \"session\": \"{session}\",\n}}"
    );
    std::fs::write(&path, text).unwrap();
    let beginning = Beginning::from_settings(Some(&path), &[]);
    assert_eq!((beginning.session.clone(), &beginning.notices[..]), (zoomed(1.75), &[][..]));
    assert_eq!(ron::to_string(&beginning.geometry.unwrap()).unwrap(), window);
    save(&path, zoomed(2.0));
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("\"later\": \"7\"") && text.contains("y:700.0"), "{text}");
}

#[test]
fn damaged_settings_are_set_aside_one_beside_the_other_and_those_before_are_used() {
    let (_folder, path) = place();
    save(&path, zoomed(1.25));
    save(&path, zoomed(1.5));
    let damaged: [&[u8]; 5] = [
        b"",
        b"{\"session\": ",
        b"\xff\xfe\x00",
        b"{\"session\": \"x\"}",
        b"{\"session\": \"(version: 99, session: ())\"}",
    ];
    for (index, bytes) in damaged.iter().enumerate() {
        std::fs::write(&path, bytes).unwrap();
        let (session, notices) = open(&path);
        assert_eq!(session, zoomed(1.25), "the version before");
        let name = if index == 0 { "damaged".to_owned() } else { format!("damaged-{}", index + 1) };
        let aside = path.with_file_name(format!("app.ron.{name}"));
        let place = format!("set aside as {}, and those saved before", aside.display());
        assert!(notices.len() == 1 && notices[0].contains(&place), "{notices:?}");
        assert_eq!(notices[0].lines().count(), 1, "{notices:?}");
        assert_eq!(std::fs::read(aside).unwrap(), *bytes, "nothing is lost");
        assert!(!path.exists());
    }
    std::fs::write(&path, damaged[1]).unwrap();
    assert!(open(&path).1[0].contains("app.ron.damaged-2, and"), "the same once");

    std::fs::write(&path, b"one too many").unwrap();
    let (mut store, notices) = Store::open(&path);
    assert!(notices[0].contains("what you set now is not kept"), "{notices:?}");
    let error = store.save(&Contents::new(zoomed(3.0), None)).unwrap_err().to_string();
    assert!(error.ends_with("5 damaged files are there already; remove them first"), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), b"one too many", "left alone");
    assert_eq!(files(&path, "app.ron.damaged").len(), 5);
}

#[test]
fn what_cannot_be_read_is_never_written_over() {
    let (_folder, path) = place();
    std::fs::create_dir_all(path.join("inside")).unwrap();
    let (mut store, notices) = Store::open(&path);
    assert!(notices[0].contains("app.ron: this is a folder"), "{notices:?}");
    let error = store.save(&Contents::new(zoomed(2.0), None)).unwrap_err().to_string();
    assert!(error.contains("app.ron: this is a folder"), "{error}");
    assert!(path.join("inside").is_dir());
}

#[test]
fn two_windows_do_not_undo_each_other() {
    let (_folder, path) = place();
    save(&path, Session::default());
    let ((mut one, _), (mut two, _)) = (Store::open(&path), Store::open(&path));
    let mut of_one = zoomed(1.5);
    of_one.pin();
    let mut of_two = Session { theme: ThemeChoice::Dark, ..Session::default() };
    one.save(&Contents::new(of_one.clone(), None)).unwrap();
    two.save(&Contents::new(of_two.clone(), None)).unwrap();
    of_one.why.arrangement.open(Pane::Gates);
    one.save(&Contents::new(of_one.clone(), None)).unwrap();
    of_two.question.weight_scale = 2.0;
    of_two.pin();
    two.save(&Contents::new(of_two.clone(), None)).unwrap();
    let (found, notices) = open(&path);
    assert_eq!(notices, [""; 0]);
    assert_eq!((found.zoom, found.theme, found.pins.len()), (1.5, ThemeChoice::Dark, 2));
    assert_eq!((found.why, found.question.weight_scale), (of_one.why, 2.0));
}

fn begun(path: &Path) -> (Scribe, std::sync::mpsc::Receiver<()>) {
    let (wake, woken) = std::sync::mpsc::channel();
    let mut beginning = Beginning::from_settings(Some(path), &[]);
    let scribe = beginning
        .scribe(move || {
            let _ = wake.send(());
        })
        .unwrap();
    (scribe.expect("settings are kept"), woken)
}

#[test]
fn settings_are_written_when_the_hand_rests_and_at_the_end() {
    let (_folder, path) = place();
    let (mut scribe, _woken) = begun(&path);
    let start = Instant::now();
    scribe.keep(&Session::default(), None);
    scribe.keep(&zoomed(1.25), None);
    while !path.exists() {
        assert!(start.elapsed() < SOON);
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(start.elapsed() > Duration::from_millis(900), "after a rest, not at every tick");
    let stamp = std::fs::metadata(&path).unwrap().modified().unwrap();
    scribe.keep(&zoomed(1.25), None);
    std::thread::sleep(Duration::from_millis(1200));
    assert_eq!(std::fs::metadata(&path).unwrap().modified().unwrap(), stamp, "nothing changed");
    scribe.keep(&zoomed(1.5), None);
    scribe.finish().unwrap();
    assert_eq!(open(&path).0, zoomed(1.5));
    let (mut scribe, _woken) = begun(&path);
    scribe.keep(&zoomed(1.75), None);
    drop(scribe);
    assert_eq!(open(&path).0, zoomed(1.75), "a window that ends by a fault saves, too");
}

#[test]
fn a_failure_is_told_once_and_again_after_it_worked() {
    let (folder, path) = place();
    let obstacle = path.parent().unwrap().to_owned();
    // A file where the folder should be stops everybody, root too.
    let block = || std::fs::write(&obstacle, b"in the way").unwrap();
    block();
    let (mut scribe, woken) = begun(&path);
    let hurry = scribe.hurrier();
    let mut seen = Vec::new();
    let mut zoom = 1.0;
    let mut change = |scribe: &mut Scribe| {
        zoom += 0.125;
        scribe.keep(&zoomed(zoom), None);
        hurry();
    };
    for _ in 0..3 {
        change(&mut scribe);
    }
    woken.recv_timeout(SOON).unwrap();
    seen.extend(scribe.news());
    std::fs::remove_file(&obstacle).unwrap();
    change(&mut scribe);
    woken.recv_timeout(SOON).unwrap();
    seen.extend(scribe.news());
    let start = Instant::now();
    while open(&path).0.zoom != 1.5 {
        assert!(start.elapsed() < SOON, "the newest is written");
    }
    std::fs::remove_dir_all(&obstacle).unwrap();
    block();
    change(&mut scribe);
    woken.recv_timeout(SOON).unwrap();
    seen.extend(scribe.news());
    let [News::Failed(first), News::Works, News::Failed(second)] = &seen[..] else {
        panic!("{seen:?}")
    };
    assert!(first == second && first.contains("rnnscope"), "{seen:?}");
    let error = scribe.finish().unwrap_err();
    assert_eq!(error.to_string(), *second, "the end tells, too");
    drop(folder);
}

#[test]
fn a_start_after_a_failed_one_leaves_out_what_that_one_was_opening() {
    let (_folder, path) = place();
    let mut session = zoomed(1.5);
    session.pin();
    session.draw_again(7);
    save(&path, session.clone());
    // Killed: the mark stays, its lock goes.
    drop(start::Marker::set(&path, &["net.pt".to_owned()]).unwrap());
    let two = Beginning::from_settings(Some(&path), &[]);
    assert_eq!(two.session, session.emptied());
    let (file, text) = two.left_out.clone().unwrap();
    assert!(
        text.contains("leaves out what that one was opening: the settings of Explore and a pin."),
        "{text}"
    );
    assert!(text.contains(&file.display().to_string()), "{text}");
    assert_eq!(Session::read(&file).unwrap(), session, "nothing is lost");
    // This one succeeds, and the next has nothing to complain of.
    let mut two = two;
    let mut scribe = two.scribe(|| {}).unwrap().unwrap();
    scribe.keep(&session, None);
    scribe.started();
    scribe.finish().unwrap();
    let three = Beginning::from_settings(Some(&path), &[]);
    assert_eq!((three.session.clone(), three.left_out.clone()), (session.clone(), None));
    // Two windows that start together do not accuse each other.
    let mut three = three;
    let _third = three.scribe(|| {}).unwrap().unwrap();
    assert_eq!(files(&path, "app.ron.starting").len(), 1);
    let four = Beginning::from_settings(Some(&path), &[]);
    assert_eq!((four.session.clone(), four.left_out.clone()), (session, None));
}

#[test]
fn a_window_that_ends_in_order_leaves_no_mark() {
    let (_folder, path) = place();
    save(&path, {
        let mut session = Session::default();
        session.pin();
        session
    });
    let (scribe, _woken) = begun(&path);
    assert_eq!(files(&path, "app.ron.starting").len(), 1);
    scribe.finish().unwrap();
    assert_eq!(files(&path, "app.ron.starting").len(), 0);
}

#[test]
fn a_safe_start_keeps_nothing() {
    let mut safe = Beginning::safe();
    assert_eq!((&safe.session, safe.notices.len()), (&Session::default(), 1));
    assert!(safe.scribe(|| {}).unwrap().is_none());
    let nowhere = Beginning::from_settings(None, &[]);
    assert!(nowhere.notices[0].contains("names no folder") && !nowhere.keeps());
}

#[test]
fn the_window_does_not_wait_for_two_hundred_pins() {
    let (_folder, path) = place();
    let mut session = Session::default();
    for seed in 0..200 {
        session.draw_again(seed);
        session.pin();
    }
    let (mut scribe, _woken) = begun(&path);
    scribe.keep(&session, None);
    let start = Instant::now();
    scribe.keep(&session, None);
    let same = start.elapsed();
    session.zoom = 2.0;
    scribe.keep(&session, None);
    let both = start.elapsed();
    println!("200 pins: {same:?} to see that nothing changed, {:?} to hand in", both - same);
    assert!(both < Duration::from_millis(100), "{same:?}, {both:?} without optimisation");
    scribe.finish().unwrap();
    println!("{} bytes", std::fs::metadata(&path).unwrap().len());
}

const WRITER: &str = "RNNSCOPE_TEST_WRITES_SETTINGS";

/// Not a test: what the next one starts and kills.
#[test]
#[ignore = "is killed by the test after it"]
fn writes_settings_without_end() {
    let Some(path) = std::env::var_os(WRITER) else { return };
    let (mut scribe, _woken) = begun(Path::new(&path));
    let hurry = scribe.hurrier();
    for tick in 0_u64.. {
        let mut session = zoomed(1.0 + (tick % 8) as f32 / 8.0);
        session.draw_again(tick);
        session.pin();
        scribe.keep(&session, None);
        hurry();
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[cfg(unix)]
#[test]
fn whoever_is_killed_while_writing_leaves_whole_settings() {
    let (_folder, path) = place();
    let test = "app::settings::tests::writes_settings_without_end";
    let mut written = 0;
    for round in 0..30 {
        let mut writer = std::process::Command::new(std::env::current_exe().unwrap())
            .args([test, "--exact", "--ignored", "--quiet"])
            .env(WRITER, &path)
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        // No two alike, and beyond the start of the process.
        std::thread::sleep(Duration::from_millis(60 + (round * 37) % 90));
        writer.kill().unwrap();
        writer.wait().unwrap();
        let (session, notices) = open(&path);
        assert_eq!(notices, [""; 0], "round {round}");
        written += usize::from(session != Session::default());
    }
    assert!(written > 20, "{written} of 30 had settings to find");
}

/// Saves under every fault that can strike, each time in a new folder that `prepare` has filled.
#[cfg(debug_assertions)]
fn under_every_fault(prepare: impl Fn(&Path), judge: impl Fn(&Path, bool, &str)) {
    use crate::disk::fault::{Fault, Plan, with};
    let run = |plan: Plan| {
        let (_folder, path) = place();
        std::fs::create_dir(path.parent().unwrap()).unwrap();
        prepare(&path);
        let (saved, done) = with(plan, || {
            let (mut store, _) = Store::open(&path);
            store.save(&Contents::new(zoomed(2.0), None)).is_ok()
        });
        judge(&path, saved, &format!("{plan:?} {:?}", done.last()));
        done
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
fn whatever_fails_and_wherever_it_ends_settings_are_the_old_or_the_new_ones() {
    let prepare = |path: &Path| {
        save(path, zoomed(1.25));
        save(path, zoomed(1.5));
    };
    under_every_fault(prepare, |path, saved, what| {
        let (found, notices) = open(path);
        assert_eq!(notices, [""; 0], "{what}");
        assert!(found.zoom == 2.0 || !saved && found.zoom == 1.5, "{what}: {}", found.zoom);
        let before = open(&path.with_file_name("app.ron.before")).0.zoom;
        assert!([1.25, 1.5].contains(&before), "{what}: {before}");
    });
}

#[cfg(debug_assertions)]
#[test]
fn whatever_fails_and_wherever_it_ends_damaged_settings_are_still_somewhere() {
    let prepare = |path: &Path| {
        save(path, zoomed(1.25));
        std::fs::write(path, b"damaged").unwrap();
        std::fs::write(path.with_file_name("app.ron.damaged"), b"earlier").unwrap();
    };
    under_every_fault(prepare, |path, saved, what| {
        let holds = |name: &str, bytes: &[u8]| {
            std::fs::read(path.with_file_name(name)).is_ok_and(|found| found == bytes)
        };
        assert!(holds("app.ron.damaged", b"earlier"), "{what}");
        // A name that could not be looked at is passed over.
        let places = ["", ".damaged-2", ".damaged-3", ".damaged-4", ".damaged-5"];
        let kept = places.iter().any(|place| holds(&format!("app.ron{place}"), b"damaged"));
        assert!(kept, "{what}");
        assert!(!saved || open(path).0.zoom == 2.0, "{what}");
    });
}
