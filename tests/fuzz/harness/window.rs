//! The window under whatever a user may do to it: an event every three bytes.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use egui::{
    Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, TouchPhase, pos2,
    vec2,
};
use egui_kittest::Harness;
use egui_kittest::kittest::NodeT as _;
use rnnscope::app::{App, Command};
use rnnscope::session::{Session, Tab};

/// Events of one input; further bytes are not looked at.
const MOST: usize = 48;

/// Answers to heavy settings, such as 512 units, may take this long before they are given up.
const PATIENCE: Duration = Duration::from_secs(2);

/// Back at small settings, the window settles within this time, whatever was under way.
const RESCUE: Duration = Duration::from_secs(60);

/// Texts that are typed. None holds a path: nothing outside the present folder is written.
const TEXTS: [&str; 12] = [
    "0",
    "7",
    "-1.5",
    "1e3",
    "512",
    "99999999999999999999",
    "nan",
    "inf",
    "a b",
    "σ\u{202e}x",
    "\u{1b}[2J",
    "",
];

const KEYS: [Key; 12] = [
    Key::Tab,
    Key::Enter,
    Key::Space,
    Key::Escape,
    Key::ArrowLeft,
    Key::ArrowRight,
    Key::ArrowUp,
    Key::ArrowDown,
    Key::Home,
    Key::End,
    Key::Delete,
    Key::Backspace,
];

const SIZES: [[f32; 2]; 5] =
    [[1280.0, 800.0], [320.0, 240.0], [640.0, 400.0], [1920.0, 1080.0], [500.0, 1400.0]];

/// A window without a display; its state is there from the first frame on.
pub type Window = Harness<'static, Option<App>>;

/// Carries out what the bytes say, then lets the window rest. It settles, its labels are of what was
/// measured, and what it would save is read back equal; then it has taken all that was done to it.
pub fn events(bytes: &[u8]) -> bool {
    let tab = if bytes.len().is_multiple_of(2) { Tab::Explore } else { Tab::Train };
    let mut window = open(Session { tab, ..small() });
    carry_out(&mut window, bytes);
    check(&mut window);
    true
}

/// Carries out events, then lets go of everything and waits; settings that take long are left.
pub fn carry_out(window: &mut Window, bytes: &[u8]) {
    let mut pointer = pos2(0.0, 0.0);
    for event in bytes.chunks_exact(3).take(MOST) {
        act(window, [event[0], event[1], event[2]], &mut pointer);
        window.step();
    }
    rest(window, pointer);
}

/// A window that has drawn its first frame, in a folder of its own.
pub fn open(session: Session) -> Window {
    let networks = folder().join("networks");
    let show = move |ui: &mut egui::Ui, state: &mut Option<App>| {
        let app = state.get_or_insert_with(|| {
            let mut app = App::new(ui.ctx(), session.clone(), Vec::new()).expect("threads");
            app.training_mut().keep_networks_in(networks.clone());
            app
        });
        app.show(ui);
    };
    let builder = Harness::builder().with_size(SIZES[0]).with_max_steps(64);
    let mut window = builder.build_ui_state(show, None);
    window.step();
    window
}

/// The small settings that the window starts with.
pub fn small() -> Session {
    let mut session = Session::default();
    session.train.comparison.steps = 40;
    session
}

/// A folder of one's own, the present one, with files to drop.
fn folder() -> &'static PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = std::env::temp_dir().join(format!("rnnscope-fuzz-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        for (name, bytes) in FILES {
            std::fs::write(folder.join(name), bytes).expect("a file");
        }
        // Files are saved here, unless their path says otherwise, which no text that is typed does.
        std::env::set_current_dir(&folder).expect("the folder is there");
        folder
    })
}

/// What is dropped on the window.
const FILES: [(&str, &[u8]); 7] = [
    ("lstm.pt", include_bytes!("../../data/lstm_seed0.pt")),
    ("seq2seq.pt", include_bytes!("../../data/state_dicts/seq2seq.pt")),
    ("linear.pt", include_bytes!("../../data/state_dicts/linear.pt")),
    ("arrays.npz", include_bytes!("../../data/state_dicts/arrays.npz")),
    ("steps.csv", b"1\n0\n-1\n2\n"),
    ("wide.csv", b"a,b\n1,2\n3,4\n"),
    ("damaged.json", b"{"),
];

fn act(window: &mut Window, [kind, a, b]: [u8; 3], pointer: &mut Pos2) {
    let size = window.ctx.content_rect().size();
    let at = pos2(f32::from(a) / 255.0 * size.x, f32::from(b) / 255.0 * size.y);
    let button = |pos: Pos2, pressed: bool, button: PointerButton| Event::PointerButton {
        pos,
        button,
        pressed,
        modifiers: Modifiers::NONE,
    };
    let move_to = |window: &Window, pointer: &mut Pos2| {
        *pointer = at;
        window.event(Event::PointerMoved(at));
    };
    match kind % 16 {
        0..=4 => {
            move_to(window, pointer);
            window.event(button(at, true, PointerButton::Primary));
            window.event(button(at, false, PointerButton::Primary));
        }
        5 => move_to(window, pointer),
        6 | 7 => {
            window.event(button(*pointer, true, PointerButton::Primary));
            move_to(window, pointer);
            window.event(button(at, false, PointerButton::Primary));
        }
        8 => {
            let (unit, phase, modifiers) =
                (MouseWheelUnit::Line, TouchPhase::Move, Modifiers::NONE);
            let source = MouseWheelSource::Wheel;
            let delta = vec2(f32::from(a as i8) / 32.0, f32::from(b as i8) / 16.0);
            window.event(Event::MouseWheel { unit, delta, phase, source, modifiers });
        }
        9 => {
            move_to(window, pointer);
            let which = if a % 2 == 0 { PointerButton::Secondary } else { PointerButton::Primary };
            for pressed in [true, false, true, false] {
                window.event(button(at, pressed, which));
            }
        }
        10 | 11 => {
            let command = Command::ALL[usize::from(a) % Command::ALL.len()];
            let shortcut = command.shortcut();
            window.key_press_modifiers(shortcut.modifiers, shortcut.logical_key);
        }
        12 => window.key_press(KEYS[usize::from(a) % KEYS.len()]),
        13 => {
            let text = TEXTS[usize::from(a) % TEXTS.len()].to_owned();
            window.event(if b % 4 == 0 { Event::Paste(text) } else { Event::Text(text) });
        }
        14 => drop_files(window, a, b),
        _ => {
            let size = SIZES[usize::from(a) % SIZES.len()];
            window.set_size(size.into());
        }
    }
}

fn drop_files(window: &mut Window, first: u8, second: u8) {
    let mut names = vec![FILES[usize::from(first) % FILES.len()].0];
    // Two at once now and then, one of which is not there.
    if second.is_multiple_of(3) {
        names.push(["steps.csv", "missing.pt", "wide.csv"][usize::from(second) % 3]);
    }
    let files = names.into_iter().map(|name| Arc::new(Dropped(folder().join(name))) as _);
    window.input_mut().dropped_files = files.collect();
    window.step();
    window.input_mut().dropped_files.clear();
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

/// Lets go of everything and waits.
fn rest(window: &mut Window, pointer: Pos2) {
    let modifiers = Modifiers::NONE;
    for button in [PointerButton::Primary, PointerButton::Secondary] {
        window.event(Event::PointerButton { pos: pointer, button, pressed: false, modifiers });
    }
    window.event(Event::PointerGone);
    window.step();
    let ctx = window.ctx.clone();
    app(window).command(&ctx, Command::TrainStop);
    if !settle_within(window, PATIENCE) {
        // Heavy settings: they can be left at any time.
        let small = small();
        let session = app(window).session_mut();
        session.question = small.question;
        session.pins.clear();
        session.why.close_all();
        assert!(settle_within(window, RESCUE), "the window never settled");
    }
}

/// Frames until the window is settled. False if that takes longer.
pub fn settle_within(window: &mut Window, patience: Duration) -> bool {
    let start = Instant::now();
    let mut calm = 0;
    while calm < 3 {
        window.step();
        calm = if app(window).settled() { calm + 1 } else { 0 };
        if start.elapsed() > patience {
            return false;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    true
}

fn check(window: &mut Window) {
    let app = app(window);
    let (error, session) = (app.error().map(str::to_owned), app.session().clone());
    let sheet = (session.tab == Tab::Explore).then(|| app.sheet());
    if error.is_none() {
        let report = app.report().expect("a settled window has a report");
        assert!(report.question == session.question, "the curves lag behind the controls");
        if let Some(sheet) = sheet {
            assert_eq!(sheet.earlier, None, "nothing on screen is of earlier settings");
        }
    }
    let notices: Vec<String> = app.notices().map(|notice| notice.text.clone()).collect();
    for text in notices.iter().chain(&error) {
        assert!(!text.contains("made a mistake"), "{text}");
    }
    let saved = session.save().expect("settings can be written");
    let loaded = Session::load(&saved).unwrap_or_else(|error| panic!("{error}:\n{saved}"));
    assert_eq!(loaded.save().expect("and again"), saved);
    // Every widget has a place in the tree that screen readers get.
    assert!(window.root().accesskit_node().children().count() > 0);
}

/// The application in it.
pub fn app(window: &mut Window) -> &mut App {
    window.state_mut().as_mut().expect("a frame was drawn")
}
