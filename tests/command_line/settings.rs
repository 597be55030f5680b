//! What becomes of the real window's settings when it is killed, asked to end, or not alone.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rnnscope::app::open_settings;
use rnnscope::session::{Pane, Session, Tab};

/// Far longer than a window takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A home of its own for windows.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("temporary folder"))
    }

    fn settings(&self) -> PathBuf {
        self.0.path().join("rnnscope/app.ron")
    }

    fn start(&self, flags: &[&str]) -> Child {
        let built = env!("CARGO_BIN_EXE_rnnscope");
        let binary = std::env::var_os("RNNSCOPE_BINARY").unwrap_or_else(|| built.into());
        let mut command = Command::new(binary);
        command.args(flags).env("XDG_DATA_HOME", self.0.path());
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("starts")
    }

    /// The saved session, which must be sound.
    fn session(&self) -> Session {
        let (session, notices) = open_settings(&self.settings());
        assert_eq!(notices, [""; 0]);
        session
    }

    fn wait_for(&self, there: impl Fn(&Session) -> bool) {
        let start = Instant::now();
        while !(self.settings().exists() && there(&self.session())) {
            assert!(start.elapsed() < PATIENCE, "it was never saved: {:?}", self.names());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn names(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.0.path().join("rnnscope")) else {
            return Vec::new();
        };
        let name = |entry: std::io::Result<std::fs::DirEntry>| {
            entry.expect("an entry").file_name().to_string_lossy().into_owned()
        };
        entries.map(name).collect()
    }

    /// Whether a start is marked as under way, or as failed.
    fn is_marked(&self) -> bool {
        self.names().iter().any(|name| name.contains(".starting-"))
    }
}

fn signal(window: &Child, name: &str) {
    let sent = Command::new("kill").args(["-s", name, &window.id().to_string()]).status();
    assert!(sent.expect("kill").success());
}

fn wait(window: Child) -> (Option<i32>, String) {
    let output = window.wait_with_output().expect("ends");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Waits until the window is there: it listens to signals from then on, and has settled if it was
/// marked.
fn settled(home: &Home) {
    let start = Instant::now();
    while !home.settings().exists() || home.is_marked() {
        assert!(start.elapsed() < PATIENCE, "{:?}", home.names());
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
#[ignore = "needs a display with OpenGL: `xvfb-run -a cargo test -- --ignored real_windows`"]
fn real_windows_save_their_settings_whatever_ends_them() {
    signals_save_and_close();
    two_windows_keep_what_both_have_changed();
    killed_windows_leave_whole_settings();
    a_safe_start_touches_nothing();
}

fn signals_save_and_close() {
    for (name, tab, word) in [
        ("TERM", Tab::Train, "train"),
        ("HUP", Tab::Explore, "explore"),
        ("INT", Tab::Train, "train"),
    ] {
        let home = Home::new();
        // The first one makes the file, so that the second is seen to be there by its mark.
        let mut first = Session::default();
        first.pin();
        std::fs::create_dir(home.0.path().join("rnnscope")).expect("a folder");
        let keys = std::collections::HashMap::from([("session", first.save().expect("saves"))]);
        std::fs::write(home.settings(), ron::to_string(&keys).expect("ron")).expect("a file");
        let window = home.start(&["--tab", word, "--view", "gates"]);
        let start = Instant::now();
        while !home.is_marked() {
            assert!(start.elapsed() < PATIENCE);
            std::thread::sleep(Duration::from_millis(5));
        }
        settled(&home);
        signal(&window, name);
        assert_eq!(wait(window), (Some(0), String::new()), "{name}");
        let session = home.session();
        assert!(session.why.arrangement.has(Pane::Gates), "{name}");
        assert_eq!(session.tab, tab, "{name}");
        assert!(!home.is_marked(), "{name}");
    }
}

fn two_windows_keep_what_both_have_changed() {
    let home = Home::new();
    let one = home.start(&["--view", "gates"]);
    home.wait_for(|session| session.why.arrangement.has(Pane::Gates));
    let two = home.start(&["--tab", "train"]);
    home.wait_for(|session| session.tab == Tab::Train);
    signal(&one, "TERM");
    signal(&two, "TERM");
    assert_eq!([wait(one), wait(two)], [(Some(0), String::new()), (Some(0), String::new())]);
    let session = home.session();
    assert!(session.tab == Tab::Train && session.why.arrangement.has(Pane::Gates));
}

fn killed_windows_leave_whole_settings() {
    let home = Home::new();
    let views = ["gates", "theory", "weights", "itemized", "jacobians"];
    for round in 0..30_u64 {
        let tab = ["explore", "train"][round as usize % 2];
        let mut window = home.start(&["--tab", tab, "--view", views[round as usize % 5]]);
        // From before the window is there until after its settings are.
        std::thread::sleep(Duration::from_millis(100 + (round * 733) % 2900));
        window.kill().expect("killed");
        window.wait().expect("ends");
        home.session();
    }
    let mut window = home.start(&["--view", "check"]);
    home.wait_for(|session| session.why.arrangement.has(Pane::Check));
    window.kill().expect("killed");
    window.wait().expect("ends");
}

fn a_safe_start_touches_nothing() {
    let home = Home::new();
    let keys = "{\"session\": \"damaged\"}";
    std::fs::create_dir(home.0.path().join("rnnscope")).expect("a folder");
    std::fs::write(home.settings(), keys).expect("a file");
    let window = home.start(&["--safe", "--view", "gates"]);
    std::thread::sleep(Duration::from_secs(5));
    signal(&window, "TERM");
    let (_, said) = wait(window);
    assert_eq!(said, "");
    // Trainings are kept as ever, but there was none.
    let rescued = std::fs::read_dir(home.0.path().join("rnnscope/rescue"));
    assert_eq!(rescued.map_or(0, |files| files.count()), 0);
    let names: Vec<_> = home.names().into_iter().filter(|name| name != "rescue").collect();
    assert_eq!(names, ["app.ron"]);
    assert_eq!(std::fs::read_to_string(home.settings()).expect("the file"), keys);
}

#[test]
fn safe_is_about_the_window_alone() {
    let output = Command::new(env!("CARGO_BIN_EXE_rnnscope"))
        .args(["--safe", "explore"])
        .output()
        .expect("starts");
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--safe"));
}
